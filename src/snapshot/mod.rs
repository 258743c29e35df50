//! What was observed, and what was agreed last time.

mod journal;
mod listing;
mod print;
mod state;
mod format;

pub use format::{FORMAT_VERSION, StateError};
pub use journal::{Replayed, StateJournal, StateRecord};
pub use listing::{Coverage, Listing};
pub use print::{Print, Printer, Prints, StateKey};
pub use state::{
    Base, Link, LinkKey, LinkStatus, OpenAnomaly, RefusalKey, Retry, Swing, SyncState, Undecided,
};
