//! A plan before it is ordered, for the profile's last word.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::{Closing, Settlement};
use crate::report::{Anomaly, JournalEntry};
use crate::schema::Schema;
use crate::snapshot::{OpenAnomaly, RefusalKey};

/// A plan before it is ordered: what the core drafted for pairs, open to a profile whose records stand for several
/// of one side (B16), or whose users ask for things beside the comparison (E5).
#[derive(Debug)]
pub struct Sheet<'s, S: Schema> {
    pub(crate) drafts: &'s mut Vec<Draft<S>>,
    pub(crate) settlements: &'s mut Vec<Settlement>,
    pub(crate) journal: &'s mut Vec<JournalEntry>,
    pub(crate) anomalies: &'s mut Vec<Anomaly>,
    pub(crate) closings: &'s mut Vec<Closing>,
    pub(crate) open: &'s BTreeMap<(u8, String), Vec<&'s OpenAnomaly>>,
    pub(crate) parked: &'s mut BTreeSet<(u8, String)>,
    /// What users asked for and no side has answered yet, each with the operation that settles it.
    pub(crate) asked: &'s mut BTreeMap<String, Option<u32>>,
    pub(crate) refusals_kept: &'s mut BTreeSet<RefusalKey>,
}

impl<S: Schema> Sheet<'_, S> {
    /// Adds a line to the journal.
    pub fn note(&mut self, entry: JournalEntry) {
        self.journal.push(entry);
    }
}
