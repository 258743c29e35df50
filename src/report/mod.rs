//! What a run has to tell: journal, anomalies, counters. The data comes first; a rendering of it in a
//! [language](Language) is made from it, and never the other way round.

mod anomaly;
mod code;
mod journal;
mod language;
mod render;
mod tally;

pub use anomaly::{Anomaly, AnomalyCode, AnomalyStatus};
pub use code::Code;
pub use journal::{Detail, JournalEntry, Severity};
pub use language::Language;
pub use tally::{Tally, TallyCounts};
