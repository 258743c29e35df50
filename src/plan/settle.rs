//! What a pair's link becomes, once it is known which operations were done.

use serde::{Deserialize, Serialize};

use super::OpId;
use crate::model::{BySide, Instant, Side};
use crate::snapshot::{Base, Link, LinkKey, LinkStatus, Prints};

/// When a field group counts as agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Advance {
    /// Not in this run: a change waits or is in conflict.
    Never,
    /// At once: there is nothing to write.
    Now,
    /// Once this operation is done.
    With(OpId),
}

/// When a link goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// At once: both records are gone.
    Now,
    /// Once this operation is done.
    With(OpId),
}

/// What a pair's link becomes. It advances by acknowledgement only: what was not answered *done* leaves the
/// base as it was, and is planned again (A4.21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settlement {
    /// The kind's number.
    pub kind: u8,
    /// The link it had.
    pub key: Option<LinkKey>,
    /// The ids its records have.
    pub ids: BySide<Option<String>>,
    /// The operations that make the records it has not.
    pub made: BySide<Option<OpId>>,
    /// The base it had.
    pub base: Vec<Base>,
    /// What each side shows.
    pub shown: BySide<Prints>,
    /// When each group counts as agreed.
    pub groups: Vec<Advance>,
    /// The stamps its records have.
    pub seen: BySide<Option<Instant>>,
    /// Every operation of the pair.
    pub ops: Vec<OpId>,
    /// When the link goes.
    pub ending: Option<Ending>,
    /// What the link is from now on.
    pub status: LinkStatus,
    /// Whether the item is private.
    pub private: bool,
    /// What rules need of a record that is not listed.
    pub facts: Vec<String>,
}

/// What an operation that was done left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Done {
    /// The record's id on the side that was written.
    pub id: String,
    /// The fingerprints of the record as stored; `None` for a deletion.
    pub prints: Option<Prints>,
    /// The record's new stamp.
    pub modified: Option<Instant>,
    /// What rules need of a record of side B when it is not listed; `None` for a deletion.
    pub facts: Option<Vec<String>>,
}

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whether the link it had goes.
    pub(crate) remove: bool,
    /// The link from now on.
    pub(crate) link: Option<Link>,
    /// Whether something of the pair is left undone.
    pub(crate) retry: bool,
}

impl Settlement {
    /// Works out the link from what was done so far. `done` gives the side an operation wrote and what it
    /// left behind.
    pub(crate) fn settle<'d>(&self, done: impl Fn(OpId) -> Option<(Side, &'d Done)>) -> Settled {
        let undone = self.ops.iter().any(|op| done(*op).is_none());
        match self.ending {
            Some(Ending::Now) => {
                return Settled { remove: true, link: None, retry: false };
            }
            Some(Ending::With(op)) => {
                return Settled { remove: done(op).is_some(), link: None, retry: undone };
            }
            None => {}
        }
        let id = |side: Side| {
            let made = self.made.get(side).and_then(&done).map(|(_, done)| done.id.clone());
            made.or_else(|| self.ids.get(side).clone())
        };
        let (Some(a), Some(b)) = (id(Side::A), id(Side::B)) else {
            return Settled { remove: false, link: None, retry: true };
        };
        if Side::BOTH.iter().any(|side| self.made.get(*side).is_some_and(|op| done(op).is_none())) {
            return Settled { remove: false, link: None, retry: true };
        }
        let mut shown = self.shown.clone();
        let mut seen = self.seen;
        let mut facts = self.facts.clone();
        for (side, answer) in self.ops.iter().filter_map(|op| done(*op)) {
            if let Some(prints) = &answer.prints {
                shown.get_mut(side).clone_from(prints);
            }
            if let (Side::B, Some(stored)) = (side, &answer.facts) {
                facts.clone_from(stored);
            }
            *seen.get_mut(side) = answer.modified;
        }
        let agreed = |advance: &Advance| match advance {
            Advance::Never => false,
            Advance::Now => true,
            Advance::With(op) => done(*op).is_some(),
        };
        let complete = self.groups.iter().all(agreed);
        let base = self.groups.iter().enumerate().map(|(place, advance)| {
            let old = self.base.get(place).copied().unwrap_or_default();
            if !agreed(advance) {
                return old;
            }
            BySide::from_fn(|side| {
                let print = shown.get(side).get(place).copied().flatten();
                if print.is_some() { print } else { *old.get(side) }
            })
        });
        let link = Link {
            status: self.status,
            ids: BySide::new(a, b),
            seen: if complete { seen } else { BySide::default() },
            private: self.private,
            base: base.collect(),
            facts,
        };
        Settled { remove: true, link: Some(link), retry: undone || !complete }
    }
}
