//! The links of a state: as they were loaded, and what changed since.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::format::{Reader, Writer};
use super::index::{IdHash, Index};
use super::lines::Line;
use super::packed::{Head, Packed};
use super::{Link, LinkKey, Print, StateKey};
use crate::model::{BySide, Side};

/// The links of a state, in the order of their keys.
///
/// A million of them are kept as the bytes they were loaded from; a link becomes a value when it is asked for. What
/// changes is kept beside them until there is much of it.
#[derive(Clone, Default)]
pub struct Links {
    packed: Packed,
    rows: BySide<Index>,
    /// What is looked at of each row, by side.
    lines: BySide<Vec<Line>>,
    /// The digest of each row's whole record, by side; of a side without any none. Zero where it is not known.
    digests: BySide<Vec<u64>>,
    hash: Option<IdHash>,
    /// What was entered or removed since.
    changed: BTreeMap<LinkKey, Option<Link>>,
    len: usize,
}

impl Links {
    /// No links yet. The key makes the places of their ids in memory unpredictable.
    pub(super) fn new(key: &StateKey) -> Self {
        Self { hash: Some(IdHash::new(key.0)), ..Self::default() }
    }

    /// Whether the digest of any whole record was loaded.
    pub(crate) fn has_digests(&self) -> bool {
        !(self.digests.a.is_empty() && self.digests.b.is_empty())
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The link of a record of side B.
    pub fn get(&self, kind: u8, id: &str) -> Option<Link> {
        if !self.changed.is_empty()
            && let Some(link) = self.changed.get(&(kind, id.to_owned()))
        {
            return link.clone();
        }
        let row = self.row(Side::B, id, |code| code == kind)?;
        self.packed.link(row).map(|(_, link)| link)
    }

    /// Enters a link under its key, in the place of the one that stood there.
    pub fn insert(&mut self, key: LinkKey, link: Link) {
        if !self.contains(&key) {
            self.len += 1;
        }
        self.changed.insert(key, Some(link));
    }

    /// Takes a link away; says whether there was one.
    pub fn remove(&mut self, key: &LinkKey) -> bool {
        let was_there = self.contains(key);
        if was_there {
            self.len -= 1;
            if self.packed.row_of(key.0, &key.1).is_ok() {
                self.changed.insert(key.clone(), None);
            } else {
                self.changed.remove(key);
            }
        }
        was_there
    }

    /// Takes all links away.
    pub fn clear(&mut self) {
        *self = Self { hash: self.hash, ..Self::default() };
    }

    /// Every link with its key, in order.
    pub fn iter(&self) -> impl Iterator<Item = (LinkKey, Link)> + '_ {
        self.merged().filter_map(|source| self.read_source(source))
    }

    /// Every link, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = Link> + '_ {
        self.iter().map(|(_, link)| link)
    }

    /// Every link of a kind with its key, in order.
    pub fn of_kind(&self, kind: u8) -> impl Iterator<Item = (LinkKey, Link)> + '_ {
        let is_kind = move |source: &Source<'_>| match source {
            Source::Row(row) => self.packed.head(*row).is_some_and(|head| head.kind == kind),
            Source::Changed(key, _) => key.0 == kind,
        };
        self.merged().filter(is_kind).filter_map(|source| self.read_source(source))
    }

    fn read_source(&self, source: Source<'_>) -> Option<(LinkKey, Link)> {
        match source {
            Source::Row(row) => {
                let (kind, link) = self.packed.link(row)?;
                Some(((kind, link.ids.b.clone()), link))
            }
            Source::Changed(key, link) => Some((key.clone(), link.clone())),
        }
    }

    fn contains(&self, key: &LinkKey) -> bool {
        match self.changed.get(key) {
            Some(link) => link.is_some(),
            None => self.row(Side::B, &key.1, |code| code == key.0).is_some(),
        }
    }

    /// The row of the link that names an id on a side, whatever changed since.
    pub(crate) fn row(&self, side: Side, id: &str, is_kind: impl Fn(u8) -> bool) -> Option<usize> {
        let finder = self.finder(side)?;
        finder.find(finder.hash(id), id, is_kind)
    }

    /// What finds the rows of a side's ids, step by step.
    pub(crate) fn finder(&self, side: Side) -> Option<Finder<'_>> {
        let (packed, index, lines) = (&self.packed, self.rows.get(side), self.lines.get(side));
        let digests = self.digests.get(side);
        Some(Finder { packed, index, lines, digests, hash: self.hash?, side })
    }

    /// The rows of each kind.
    pub(crate) fn kinds(&self) -> Vec<(u8, Range<usize>)> {
        self.packed.kinds()
    }

    /// How many rows there are, changed or not.
    pub(crate) fn rows(&self) -> usize {
        self.packed.len()
    }

    pub(crate) fn head(&self, row: usize) -> Option<Head<'_>> {
        self.packed.head(row)
    }

    /// The link of a row with the number of its kind, unless it changed since.
    pub(crate) fn at(&self, row: usize) -> Option<(u8, Link)> {
        let seen = |side| self.lines.get(side).get(row).and_then(|line| line.seen);
        let (kind, link) = self.packed.link_seen(row, BySide::from_fn(seen))?;
        let is_changed =
            !self.changed.is_empty() && self.changed.contains_key(&(kind, link.ids.b.clone()));
        (!is_changed).then_some((kind, link))
    }

    /// Whether a row is that of a record of side B with an id.
    pub(crate) fn names_key(&self, row: usize, id: &str) -> bool {
        self.finder(Side::B).is_some_and(|finder| finder.names(row, id))
    }

    /// Has rows that are read soon on their way, all at once.
    pub(crate) fn bring_near(&self, rows: &[usize]) {
        let near = rows.iter().fold(0, |all, row| all ^ self.packed.first_bytes(*row));
        std::hint::black_box(near);
    }

    /// The rows of links that changed since they were packed.
    pub(crate) fn changed_rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.changed.keys().filter_map(|(kind, id)| self.packed.row_of(*kind, id).ok())
    }

    /// How many links there are of a kind.
    pub(crate) fn count(&self, kind: u8) -> usize {
        let end = |kind: Option<u8>| match kind {
            Some(kind) => self.packed.row_of(kind, "").unwrap_or_else(|row| row),
            None => self.packed.len(),
        };
        let rows = end(kind.checked_add(1)) - end(Some(kind));
        let changed = self.changed.iter().filter(|((code, _), _)| *code == kind);
        let [mut more, mut less] = [0, 0];
        for ((code, id), link) in changed {
            let is_row = self.packed.row_of(*code, id).is_ok();
            more += usize::from(link.is_some() && !is_row);
            less += usize::from(link.is_none() && is_row);
        }
        (rows + more).saturating_sub(less)
    }

    /// What was entered since the rows were packed.
    pub(crate) fn entered(&self) -> impl Iterator<Item = (&LinkKey, &Link)> {
        self.changed.iter().filter_map(|(key, link)| Some((key, link.as_ref()?)))
    }

    /// The place in the table of scopes that a row has whose records were last listed so.
    pub(crate) fn place_of_scopes(&self, scopes: &BySide<Option<Print>>) -> Option<u16> {
        self.packed.place_of_scopes(scopes)
    }

    fn merged(&self) -> impl Iterator<Item = Source<'_>> + '_ {
        let mut rows = (0..self.packed.len()).peekable();
        let mut changed = self.changed.iter().peekable();
        std::iter::from_fn(move || {
            loop {
                let order = match (rows.peek(), changed.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(row), Some(((kind, id), _))) => {
                        let head = self.packed.head(*row)?;
                        (head.kind, head.ids.b).cmp(&(*kind, id.as_bytes()))
                    }
                };
                if order == Ordering::Less {
                    return rows.next().map(Source::Row);
                }
                if order == Ordering::Equal {
                    rows.next();
                }
                if let (key, Some(link)) = changed.next()? {
                    return Some(Source::Changed(key, link));
                }
            }
        })
    }

    fn packed_whole(&self) -> Packed {
        let mut packed = Packed::default();
        for source in self.merged() {
            match source {
                Source::Row(row) => packed.push_row(&self.packed, row),
                Source::Changed(key, link) => packed.push(key.0, link),
            }
        }
        packed
    }

    /// Packs what changed with the rest, if it is much.
    pub(crate) fn pack(&mut self) {
        if self.changed.len() * 8 > self.packed.len() {
            let packed = self.packed_whole();
            self.take(packed);
        }
    }

    fn take(&mut self, packed: Packed) {
        let Some(hash) = self.hash else { return };
        let mut rows = BySide::from_fn(|_| Index::with_room(packed.len()));
        let mut lines = BySide::from_fn(|_| Vec::with_capacity(packed.len()));
        let mut digests = BySide::<Vec<u64>>::default();
        for row in 0..packed.len() {
            if let (Some(head), Ok(number)) = (packed.head(row), u32::try_from(row)) {
                let seen = packed.seen(row, &head);
                for side in Side::BOTH {
                    rows.get_mut(side).insert(hash.of(head.ids.get(side)), number);
                    lines.get_mut(side).push(Line::of(&head, side, *seen.get(side)));
                    if let Some(digest) = head.digest(side) {
                        let digests = digests.get_mut(side);
                        digests.resize(packed.len(), 0);
                        if let Some(place) = digests.get_mut(row) {
                            *place = digest.get();
                        }
                    }
                }
            }
        }
        let len = packed.len();
        let changed = BTreeMap::new();
        *self = Self { len, packed, rows, lines, digests, hash: self.hash, changed };
    }

    pub(super) fn write(&self, out: &mut Writer) {
        if self.changed.is_empty() {
            self.packed.write(out);
        } else {
            self.packed_whole().write(out);
        }
    }

    pub(super) fn read(input: &mut Reader<'_>, key: &StateKey) -> Option<Self> {
        let packed = Packed::read(input)?;
        let mut links = Self::new(key);
        links.take(packed);
        Some(links)
    }
}

/// Finds the rows of a side's ids, whatever changed since they were packed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder<'a> {
    packed: &'a Packed,
    index: &'a Index,
    lines: &'a [Line],
    digests: &'a [u64],
    hash: IdHash,
    side: Side,
}

impl<'a> Finder<'a> {
    #[inline]
    pub(crate) fn hash(&self, id: &str) -> u64 {
        self.hash.of(id.as_bytes())
    }

    /// The row an id with this hash most likely has.
    #[inline]
    pub(crate) fn guess(&self, hash: u64) -> Option<usize> {
        self.index.guess(hash).map(|row| row as usize)
    }

    /// A row.
    #[inline]
    pub(crate) fn line(&self, row: usize) -> Option<&'a Line> {
        self.lines.get(row)
    }

    /// The digest of a row's whole record, where it is known.
    #[inline]
    pub(crate) fn digest(&self, row: usize) -> Option<Print> {
        self.digests.get(row).and_then(|digest| Print::known(*digest))
    }

    /// The first bytes of the lines of memory in which most of a link is, mixed: reading them brings it near.
    pub(crate) fn first_bytes(&self, row: usize) -> u8 {
        self.packed.first_bytes(row)
    }

    /// Whether a row names an id.
    #[inline]
    pub(crate) fn names(&self, row: usize, id: &str) -> bool {
        let id = id.as_bytes();
        self.line(row).is_some_and(|line| line.names(id).unwrap_or_else(|| self.spells(row, id)))
    }

    /// Whether a row names an id that is too long for its line.
    #[cold]
    fn spells(&self, row: usize, id: &[u8]) -> bool {
        self.packed.head(row).is_some_and(|head| *head.ids.get(self.side) == id)
    }

    /// The row that names an id with this hash.
    pub(crate) fn find(&self, hash: u64, id: &str, is_kind: impl Fn(u8) -> bool) -> Option<usize> {
        let is_it = |row: u32| {
            let row = row as usize;
            self.line(row).is_some_and(|line| is_kind(line.condition.kind())) && self.names(row, id)
        };
        self.index.find(hash, is_it).map(|row| row as usize)
    }
}

/// Where a link is.
#[derive(Clone, Copy)]
enum Source<'a> {
    Row(usize),
    Changed(&'a LinkKey, &'a Link),
}

impl PartialEq for Links {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Links {}

impl fmt::Debug for Links {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_map().entries(self.iter()).finish()
    }
}
