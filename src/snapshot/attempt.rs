//! Writes whose answer may never arrive.

use serde::{Deserialize, Serialize};

use super::Print;
use crate::model::Side;
use crate::report::AnomalyCode;

/// Names a write across runs: what was to be written, and the record it is found by again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AttemptKey {
    /// The kind's number.
    pub kind: u8,
    /// The side that was to be written.
    pub target: Side,
    /// The side of the record that names it: B, or A for the creation of a record of side B.
    pub side: Side,
    /// That record's id.
    pub id: String,
}

/// What one field group of the target shows once the write is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AskedGroup {
    /// The place of the group.
    pub group: u8,
    /// What the target shows.
    pub asked: Print,
    /// What the other side showed when the write was planned.
    pub source: Option<Print>,
    /// What the target showed when the write was planned: nothing of a record that was to be made.
    pub before: Option<Print>,
}

/// A write that was planned and not answered yet.
///
/// It is remembered before it is sent. When its answer is lost with the connection or the process, the next run
/// sees from the target whether it was done, and then knows what both sides showed when it was: what the target
/// made of a value is no edit of the target, and what the write lost is still reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Attempt {
    /// Whether it takes the record away: by deleting it, or by taking the user off it.
    pub removes: bool,
    /// The fingerprint of what the target's listing covered when it was planned.
    pub scope: Print,
    /// The id of the other side's record, where there was one.
    pub other: Option<String>,
    /// What the target shows in the groups it carries; for a deletion, what an unanswered creation asked
    /// for before it.
    pub groups: Vec<AskedGroup>,
    /// The field groups in which it loses something, and how.
    pub losses: Vec<(String, AnomalyCode)>,
}
