//! Policy: what may be done, which side wins, what is held back, and why.

mod conflict;
mod guard;
mod reason;

pub use conflict::{ConflictPolicy, Merge};
pub use guard::DeletionLimit;
pub(crate) use guard::hold_deletions;
pub use reason::Reason;
