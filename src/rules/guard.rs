//! Guards against mass deletion (D6).

use serde::{Deserialize, Serialize};

/// How many deletions of one kind on one side a run may execute without being confirmed (D6).
///
/// They are held when there are more than `count` *and* more than `percent` of the links of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletionLimit {
    /// Records; 10 by default.
    pub count: usize,
    /// Percent of the links of the kind, 0 to 100; 25 by default.
    pub percent: usize,
}

impl Default for DeletionLimit {
    fn default() -> Self {
        Self { count: 10, percent: 25 }
    }
}

pub(crate) fn hold_deletions() {}
