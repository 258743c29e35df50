//! What a run has to tell: journal, anomalies, counters.

mod anomaly;
mod journal;

pub use anomaly::{Anomaly, AnomalyCode, AnomalyStatus};
pub use journal::{Code, JournalEntry, Severity};
