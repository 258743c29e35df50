//! Policy: what may be done, which side wins, what is held back, and why.

mod conflict;
mod decide;
mod guard;
mod reason;
#[cfg(test)]
mod tests;

pub use conflict::{ConflictPolicy, Merge};
pub(crate) use decide::{Route, Terms, Way, decide};
pub use guard::DeletionLimit;
pub(crate) use guard::{Deletions, Guard, guard};
pub use reason::Reason;
