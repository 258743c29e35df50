//! Why an item or a record is as it is: its link, the decision of a run, and what would change it.

mod render;
mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{AnomalyCode, Code, JournalEntry};
use crate::model::{BySide, Instant, Side};
use crate::plan::{ActionKind, OpId};
use crate::rules::Reason;
use crate::schema::Schema;
use crate::snapshot::{LinkStatus, OpenAnomaly, Retry};

/// Why an item or a record is as it is, with the decision of the run it was explained for. It holds keys, names of
/// fields, stamps and codes; no value of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Explanation<S: Schema> {
    /// What it is taken for.
    pub kind: S::Kind,
    /// Its id and its counterpart's, where known.
    pub ids: BySide<Option<String>>,
    /// What is known of the record on each side.
    pub presence: BySide<Presence>,
    /// How the two were found to belong together.
    pub pairing: Pairing,
    /// What the link says; `None` where there is none.
    pub link: Option<LinkView>,
    /// What an earlier run left undone, and how often it was tried.
    pub retry: Option<Retry>,
    /// The sides for which an earlier run planned a write that nobody answered.
    pub unanswered: Vec<Side>,
    /// What is decided.
    pub decision: Decision,
    /// The operations planned for it.
    pub ops: Vec<PlannedOp>,
    /// The fields that are not as they were when both sides were last agreed.
    pub fields: Vec<FieldView>,
    /// What the run's journal says of it.
    pub journal: Vec<JournalEntry>,
    /// Its open anomalies.
    pub anomalies: Vec<OpenAnomaly>,
    /// What would change the decision, each on its own or with others.
    pub levers: Vec<Lever>,
}

/// What a run knows of one side's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Presence {
    /// It is gone: missing from a complete listing, or listed as removed.
    Gone,
    /// It is listed.
    Listed,
    /// There never was one.
    Never,
    /// It is not listed by a listing that could not show its absence: it is taken to be as it was.
    Unlisted,
}

/// How the records of a pair were found to belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pairing {
    /// There is a record on one side only.
    Alone,
    /// By equal content, unique on both sides (D12).
    Content,
    /// Its key names somebody else's record (A7.3).
    Foreign,
    /// By the key the item carries (A3.5).
    Key,
    /// By their link.
    Link,
    /// By the origin the record keeps (D12).
    Origin,
    /// Several records could be its counterpart (D24).
    Undecided,
    /// Not yet: nothing is known of the key the item carries.
    Waiting,
}

/// A link, without its fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkView {
    /// What it is at present.
    pub status: LinkStatus,
    /// Whether the item was private when last seen.
    pub private: bool,
    /// The stamp of each side's record when everything it showed was agreed; `None` while something is not.
    pub agreed: BySide<Option<Instant>>,
}

/// What is decided of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// Both sides changed the same, and neither is touched.
    Conflict,
    /// A guard holds its deletion.
    Held(Code),
    /// It is left alone.
    Skipped(Cause),
    /// There is nothing to do.
    Unchanged,
    /// It is written, for this reason.
    Written(Reason),
}

/// Why a pair is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The link keeps it so: archived, closed, dismissed or asleep.
    Away(LinkStatus),
    /// As the journal says.
    Code(Code),
    /// Both records are gone, or the item is gone and the record somebody else's by now: the link goes.
    Gone,
    /// It cannot be made on the other side; the anomaly says why.
    Impossible(AnomalyCode),
    /// Nothing is known of the key it carries, as long as no listing speaks of it.
    KeyNotListed,
    /// Nothing is written over this side's record, or into what it holds, until it is listed (D22).
    NotListed(Side),
    /// The item did not change since the instant from which items are sent again (A9.7).
    NotSince,
    /// It is somebody else's record, and the user never had a counterpart.
    SomebodyElses,
    /// What the other side changed waits until a field can be read (D35).
    Unreadable,
}

/// An operation planned for a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedOp {
    /// Its number in the plan.
    pub op: OpId,
    /// The side it writes.
    pub side: Side,
    /// What it does.
    pub action: ActionKind,
    /// Why.
    pub reason: Reason,
    /// The rule it follows.
    pub rule: Cow<'static, str>,
    /// Whether a guard holds it.
    pub held: bool,
}

/// A field group that is not as it was when both sides were last agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldView {
    /// The group (D32).
    pub field: Cow<'static, str>,
    /// Whether each side shows something else than at the last agreement; `None` where it is not listed, not
    /// readable, or was never agreed.
    pub changed: BySide<Option<bool>>,
    /// Whether the host could read it on each side when the record was last listed.
    pub readable: BySide<bool>,
    /// What becomes of it.
    pub fate: FieldFate,
}

/// What becomes of a field group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldFate {
    /// Both sides mean the same, and count as agreed.
    Agreed,
    /// It is written by this operation; the value of the side that is written is lost, and reported.
    Overwritten(OpId),
    /// It waits.
    Waits,
    /// It is written by this operation.
    Written(OpId),
}

/// What would change a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lever {
    /// The record is assigned to the user (A7.3).
    Assign,
    /// A run that is confirmed, or an approval of the plan (D6).
    Confirm,
    /// The value of this field is put right on the item.
    Correct(Cow<'static, str>),
    /// An edit on this side.
    Edit(Side),
    /// The series becomes a single appointment (A2.51).
    EndSeries,
    /// A run forced from side B (A9.2).
    Force,
    /// A listing of this side that speaks of it (D9).
    List(Side),
    /// The item is no longer private (A7.2).
    MakePublic,
    /// The item lies in a managed folder (D19).
    MoveIntoScope,
    /// A value that is neither of the two between which a field went back and forth (P-10).
    NewValue,
    /// The main organiser edits the appointment (A7.5).
    Organizer,
    /// A user flag that permits the write (A1.14).
    Permit {
        /// The side that would be written.
        side: Side,
        /// What would be done there.
        action: ActionKind,
        /// The product's name of the flag; `None` where there is none, and no setting permits it.
        flag: Option<Cow<'static, str>>,
    },
    /// A conflict policy that decides, or an edit that makes both sides alike (D4).
    Policy,
    /// Its company is put back into the flow (B14.3).
    Reactivate,
    /// The host can read this field on this side (D35).
    Read(Side, Cow<'static, str>),
    /// The appointment no longer overlaps this one (D13).
    Reschedule(String),
    /// The next run, which tries again (D22).
    Retry,
    /// The key it carries is taken off it (A3.5).
    RemoveKey,
    /// A value supplied for the anomaly of this field (A12.5).
    Settle(Cow<'static, str>),
    /// The kind is switched on (A1.19).
    SwitchOn,
    /// The records that look alike are made to differ, or all but one on a side are deleted (D24).
    TellApart,
}

impl Decision {
    /// The rule it follows; that of an operation stands beside the operation.
    pub const fn rule(self) -> Option<&'static str> {
        match self {
            Self::Conflict => Some(Code::ConflictHeld.rule()),
            Self::Held(code) => Some(code.rule()),
            Self::Skipped(cause) => Some(cause.rule()),
            Self::Unchanged => Some("A4.22"),
            Self::Written(_) => None,
        }
    }
}

impl Cause {
    /// The rule it follows.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Away(LinkStatus::Archived) => "A10.6",
            Self::Away(LinkStatus::Asleep) => "D19",
            Self::Away(LinkStatus::Closed) => "D26",
            Self::Away(LinkStatus::Dismissed) => "A7.8b",
            Self::Away(LinkStatus::Live) => "A4.22",
            Self::Code(code) => code.rule(),
            Self::Gone => "A4.20",
            Self::Impossible(_) => "A4.21",
            Self::KeyNotListed => "D9",
            Self::NotListed(_) => "D22",
            Self::NotSince => "A9.7",
            Self::SomebodyElses => "A7.3",
            Self::Unreadable => "D35",
        }
    }
}
