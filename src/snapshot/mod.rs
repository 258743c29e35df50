//! What was observed, and what was agreed last time.

mod attempt;
pub(crate) mod digest;
mod index;
mod journal;
mod lines;
mod links;
mod listing;
mod packed;
mod print;
mod state;
mod format;

pub use attempt::{AskedGroup, Attempt, AttemptKey};
pub use digest::{Digester, Raw};
pub(crate) use digest::{layout, raw};
pub use format::{FORMAT_VERSION, StateError};
pub(crate) use format::{Reader, Writer};
pub(crate) use index::{ById, Lookup};
pub use journal::{Replayed, StateJournal, StateRecord};
pub(crate) use lines::{Condition, Line};
pub(crate) use links::Finder;
pub use links::Links;
pub use listing::{Coverage, Listing};
pub(crate) use packed::{Head, Kept};
pub use print::{Print, Printer, Prints, StateKey};
pub use state::{
    Base, Link, LinkKey, LinkStatus, OpenAnomaly, RefusalKey, Refused, Retry, Swing, SyncState,
    Undecided,
};
