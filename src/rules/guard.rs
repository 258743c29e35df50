//! Guards against mass deletion (D6).

use serde::{Deserialize, Serialize};

/// How many deletions of one kind on one side a run may execute without being confirmed (D6).
///
/// They are held when there are more than `count` *and* more than `percent` of the links of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletionLimit {
    /// Records; 10 by default.
    #[serde(default = "default_count")]
    pub count: usize,
    /// Percent of the links of the kind, 0 to 100; 25 by default.
    #[serde(default = "default_percent")]
    pub percent: usize,
}

const fn default_count() -> usize {
    10
}

const fn default_percent() -> usize {
    25
}

impl Default for DeletionLimit {
    fn default() -> Self {
        Self { count: default_count(), percent: default_percent() }
    }
}

/// Why deletions of a kind on a side are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The side they come from shows no record of the kind; it had one, for a deletion follows a record that is gone.
    EmptiedSide,
    /// There are more than both limits allow.
    TooMany,
}

/// What a guard looks at: one kind, and deletions on one side of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deletions {
    /// How many are planned; unassignments count (D31).
    pub(crate) planned: usize,
    /// How many links of the kind there were.
    pub(crate) links: usize,
    /// Whether the other side shows any record of the kind, private and unlinked ones too (D31).
    pub(crate) shows_any: bool,
    /// Whether the other side's listing claims to be complete, or only repeats what one that did was held for.
    pub(crate) complete: bool,
}

/// Whether the deletions are held, and why.
pub(crate) fn guard(deletions: Deletions, limit: DeletionLimit) -> Option<Guard> {
    let Deletions { planned, links, shows_any, complete } = deletions;
    if planned == 0 {
        None
    } else if complete && !shows_any {
        Some(Guard::EmptiedSide)
    } else if planned > limit.count && planned * 100 > limit.percent * links {
        Some(Guard::TooMany)
    } else {
        None
    }
}
