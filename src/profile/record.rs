//! What a profile makes of one record.

use std::hash::Hash;

use super::{KindOf, Profile};
use crate::model::{Instant, Side};
use crate::report::Code;

/// The content of one field group in the common form that both sides can be compared in.
pub trait Value: Clone + Eq + Hash {
    /// Whether a person would say that nothing is there.
    fn is_blank(&self) -> bool;

    /// Whether the host could read it.
    fn is_readable(&self) -> bool;

    /// The value as a person would read it in an anomaly; `None` when there is none to show.
    fn text(&self) -> Option<String>;
}

/// Whether a record takes part, as far as the record itself can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Out of the managed scope: a link to it sleeps (D19, D26), and a new one is left alone.
    Asleep(Code),
    /// Somebody else's: to the user it is as good as deleted (A4.10), but nobody deletes it.
    Foreign,
    /// Marked private by its owner (A7.1).
    Private,
    /// Takes part.
    Taking,
}

/// One record, projected: what matching needs, and the native record for later stages.
#[derive(Debug)]
pub struct Entry<'a, P: Profile + ?Sized> {
    /// Its id on its own side.
    pub id: &'a str,
    /// Its kind; for a record whose place is shared by several kinds, the kind it is when new (D18).
    pub kind: KindOf<P>,
    /// The id of its counterpart, as the record itself carries it: the stamped key, or the origin.
    pub mark: Option<&'a str>,
    /// Whether the mark stands on the record; else the profile knows it from elsewhere, and it is to be written.
    pub marked: bool,
    /// When it was made.
    pub created: Instant,
    /// When it was last changed.
    pub modified: Instant,
    /// Whether it takes part.
    pub standing: Standing,
    /// The record.
    pub native: P::Native,
}

impl<'a, P: Profile + ?Sized> Entry<'a, P> {
    /// What of it shows at first sight whether something happened.
    pub(crate) fn glance(&self, side: Side) -> Glance<'a, KindOf<P>> {
        Glance {
            id: self.id,
            kind: self.kind,
            mark: self.mark.filter(|_| self.marked && side == Side::A),
            modified: self.modified,
        }
    }
}

impl<P: Profile + ?Sized> Clone for Entry<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Profile + ?Sized> Copy for Entry<'_, P> {}

/// What shows at first sight whether something happened to a record.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a, K> {
    /// Its id on its own side.
    pub id: &'a str,
    /// Its kind, as in [`Entry::kind`].
    pub kind: K,
    /// The key that stands on it, if it is of side A.
    pub mark: Option<&'a str>,
    /// When it was last changed.
    pub modified: Instant,
}
