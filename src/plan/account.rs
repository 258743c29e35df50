//! How every record and link given to the planner was accounted for.

use serde::{Deserialize, Serialize};

use crate::model::BySide;

/// What became of a pair, for the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Conflict,
    Operation,
    Skipped,
    Unchanged,
}

/// How many pairs, and records of each side, met which fate. Every record and every link is in exactly one
/// pair, and every pair in exactly one of the five counters; the planner checks the sums itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// Pairs in which both sides changed the same thing and neither was touched.
    pub conflicts: usize,
    /// Pairs whose deletion a guard holds.
    pub held: usize,
    /// Pairs with an operation.
    pub operations: usize,
    /// Pairs left alone, for a reason in the journal or because they are somebody else's.
    pub skipped: usize,
    /// Pairs with nothing to do.
    pub unchanged: usize,
    /// Records a rule adds that no pair asks for; they are in no other counter.
    pub added: usize,
    /// Records that were listed.
    pub records: BySide<usize>,
    /// Links there were.
    pub links: usize,
}

impl Account {
    /// Enters a pair.
    pub(crate) const fn enter(&mut self, fate: Fate, records: (bool, bool), link: bool) {
        match fate {
            Fate::Conflict => self.conflicts += 1,
            Fate::Operation => self.operations += 1,
            Fate::Skipped => self.skipped += 1,
            Fate::Unchanged => self.unchanged += 1,
        }
        self.records.a += records.0 as usize;
        self.records.b += records.1 as usize;
        self.links += link as usize;
    }

    /// Enters pairs nothing happened to, all at once.
    pub(crate) const fn set_aside(&mut self, pairs: usize, records: BySide<usize>) {
        self.unchanged += pairs;
        self.links += pairs;
        self.records.a += records.a;
        self.records.b += records.b;
    }

    /// The number of pairs.
    pub const fn pairs(&self) -> usize {
        self.conflicts + self.held + self.operations + self.skipped + self.unchanged
    }
}
