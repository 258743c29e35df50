//! What a run has to tell: journal, anomalies, counters. The data comes first; a rendering of it in a
//! [language](Language) is made from it, and never the other way round.

mod anomaly;
mod code;
mod explanation;
mod journal;
mod language;
pub(crate) mod render;
mod tally;

pub use anomaly::{Anomaly, AnomalyCode, AnomalyStatus};
pub use code::Code;
pub use explanation::{
    Cause, Decision, Explanation, FieldFate, FieldView, Lever, LinkView, Pairing, PlannedOp,
    Presence,
};
pub use journal::{Detail, JournalEntry, Severity};
pub use language::Language;
pub use tally::{Tally, TallyCounts};
