//! Which records are the same thing.
//!
//! Identity is settled here, before anything is said about content. The ladder (A3.4, D12): the link and
//! the stamped key, in the order the profile gives; then the origin a record of side B keeps; then, where
//! the state was lost, equal content that is unique on both sides. What is claimed on one step is not seen
//! by the next, and a step never guesses.

mod content;
mod ladder;

pub(crate) use content::pair_twins;
pub(crate) use ladder::{Ground, match_records};

use crate::profile::{Entry, KindOf, Profile};
use crate::schema::Kind;
use crate::snapshot::Link;

/// Whether a kind lives in the same place as the kind of a number.
pub(crate) fn is_family<K: Kind>(kind: K, code: u8) -> bool {
    K::ALL.iter().any(|one| one.code() == code && one.family() == kind.family())
}

/// What is known of one side's record of a pair.
#[derive(Debug)]
pub(crate) enum Presence<'a, P: Profile + ?Sized> {
    /// Listed.
    Seen(&'a Entry<'a, P>),
    /// Not listed by a listing that claims no more than changes: as it was.
    Unlisted,
    /// Known before, and gone: missing from a complete listing, or listed as removed.
    Gone,
    /// There never was one.
    Never,
}

impl<P: Profile + ?Sized> Clone for Presence<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Profile + ?Sized> Copy for Presence<'_, P> {}

impl<'a, P: Profile + ?Sized> Presence<'a, P> {
    pub(crate) const fn seen(&self) -> Option<&'a Entry<'a, P>> {
        match self {
            Self::Seen(entry) => Some(entry),
            Self::Unlisted | Self::Gone | Self::Never => None,
        }
    }
}

/// How the records of a pair were found to belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// By a link.
    Linked,
    /// By the key the item carries, though there is no link.
    Mark,
    /// By the origin the record keeps, though there is no link.
    Origin,
    /// By equal content, unique on both sides.
    Content,
    /// There is a record on one side only.
    Alone,
    /// Its key names somebody else's record: left alone (A7.3).
    Foreign,
    /// By the origin the record keeps, while nothing is known of the key the item carries: left alone until
    /// it is.
    Waiting,
}

/// What the item's key says, beside who its counterpart is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KeyFinding {
    /// Nothing odd.
    #[default]
    Plain,
    /// The item carries the key of another item (A3.7).
    Duplicate,
    /// The item carries a key the other side does not hold (A3.5).
    Orphan,
    /// The item carries a key of which a listing of changes says nothing.
    Unlisted,
}

/// Two records that are the same thing, or one record that stands alone.
#[derive(Debug)]
pub(crate) struct Pair<'a, P: Profile + ?Sized> {
    pub(crate) kind: KindOf<P>,
    pub(crate) a: Presence<'a, P>,
    pub(crate) b: Presence<'a, P>,
    /// The link of this kind that it has.
    pub(crate) link: Option<&'a Link>,
    pub(crate) found: Found,
    pub(crate) key: KeyFinding,
    /// Another item that carries the same key: the one that keeps it, or one of several whose key names nothing.
    pub(crate) holder: Option<&'a str>,
    /// Whether the linked item has a new id (A3.2).
    pub(crate) moved: bool,
    /// Whether the record could not be told apart from others (D24).
    pub(crate) undecided: bool,
}

impl<P: Profile + ?Sized> Clone for Pair<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Profile + ?Sized> Copy for Pair<'_, P> {}

impl<'a, P: Profile + ?Sized> Pair<'a, P> {
    /// Side A's id, as listed or as linked.
    pub(crate) fn id_a(&self) -> Option<&'a str> {
        self.a.seen().map(|entry| entry.id).or_else(|| self.link.map(|link| link.ids.a.as_str()))
    }

    /// Side B's id, as listed or as linked.
    pub(crate) fn id_b(&self) -> Option<&'a str> {
        self.b.seen().map(|entry| entry.id).or_else(|| self.link.map(|link| link.ids.b.as_str()))
    }
}
