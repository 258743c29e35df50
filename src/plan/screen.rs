//! What nothing happened to is set aside before anything is matched.
//!
//! Nearly every pair of a nearly synchronised world is as it was: both records are listed under the ids of their
//! link, or need not be listed, and show what they showed. Such a pair costs a look at its link and at the
//! heads of its records; no value of it is made. Everything else goes through all stages.

use std::collections::{BTreeMap, BTreeSet};

use super::reconcile::{PlanError, World};
use crate::matching::is_family;
use crate::model::{BySide, Side};
use crate::profile::{Entry, KindOf, Profile, Standing};
use crate::schema::Kind as _;
use crate::snapshot::{Coverage, Head, Link, LinkKey, Links, Print, Printer, SyncState, stamp};

/// The records and links that are to be looked at, and what is known of the others.
pub(crate) struct Screened<'a, P: Profile> {
    pub(crate) entries: BySide<Vec<Entry<'a, P>>>,
    /// In the order of their keys.
    pub(crate) links: Vec<(LinkKey, Link)>,
    pub(crate) quiet: Quiet<'a>,
    /// How many records of each side were listed.
    pub(crate) listed: BySide<usize>,
}

/// Pairs nothing happened to.
#[derive(Debug)]
pub(crate) struct Quiet<'a> {
    links: &'a Links,
    /// Which rows of the links are looked at after all.
    loud: Bits,
    /// How many quiet pairs show a record of a kind on a side.
    pub(crate) shown: BTreeMap<(u8, Side), usize>,
    /// How many quiet pairs show a record on a side.
    pub(crate) records: BySide<usize>,
}

impl<'a> Quiet<'a> {
    /// Every link as it is.
    pub(crate) fn whole(links: &'a Links) -> Self {
        Self { links, loud: Bits::default(), shown: BTreeMap::new(), records: BySide::default() }
    }

    /// The head of the quiet link that names a record.
    pub(crate) fn head(&self, kind: u8, side: Side, id: &str) -> Option<Head<'a>> {
        let row = self.links.row(side, id, |code| code == kind)?;
        let head = self.links.head(row)?;
        (!self.loud.has(row) && !head.is_asleep()).then_some(head)
    }
}

/// A set of rows.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn of(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)])
    }

    fn insert(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

/// Where a side's records stand, by the row of their link. A side that is listed completely meets nearly every
/// row, one that lists changes only a few.
enum Places {
    Few(BTreeMap<usize, u32>),
    Many(Vec<u32>),
}

const NOWHERE: u32 = u32::MAX;

impl Places {
    fn of(coverage: Coverage, rows: usize) -> Self {
        match coverage {
            Coverage::Changes => Self::Few(BTreeMap::new()),
            Coverage::Full => Self::Many(vec![NOWHERE; rows]),
        }
    }

    fn get(&self, row: usize) -> Option<usize> {
        let place = match self {
            Self::Few(places) => places.get(&row).copied(),
            Self::Many(places) => places.get(row).copied().filter(|place| *place != NOWHERE),
        };
        place.and_then(|place| usize::try_from(place).ok())
    }

    /// Enters a record; says whether the row had one already.
    fn enter(&mut self, row: usize, at: usize) -> bool {
        let at = u32::try_from(at).unwrap_or(NOWHERE);
        match self {
            Self::Few(places) => places.insert(row, at).is_some(),
            Self::Many(places) => {
                places.get_mut(row).is_some_and(|place| std::mem::replace(place, at) != NOWHERE)
            }
        }
    }
}

/// Sets aside what nothing happened to.
pub(crate) fn screen<'a, P: Profile>(
    world: &World<'a, P>,
    state: &'a SyncState,
) -> Result<Screened<'a, P>, PlanError> {
    let resent = world.settings.resend_b || world.settings.store_since.is_some();
    if resent || state.links.rows() == 0 || !world.profile.writes_as_drafted() {
        return everything(world.profile, state);
    }
    let mut sieve = Sieve::new(world, state);
    sieve.mark_loud();
    for side in Side::BOTH {
        sieve.sort(side)?;
    }
    sieve.follow_marks();
    let screened = sieve.finish();
    check_distinct(&screened.entries)?;
    Ok(screened)
}

/// Nothing is set aside.
pub(crate) fn everything<'a, P: Profile>(
    profile: &'a P,
    state: &'a SyncState,
) -> Result<Screened<'a, P>, PlanError> {
    let entries = BySide::from_fn(|side| profile.entries(side));
    check_distinct(&entries)?;
    let mut loud = Bits::of(state.links.rows());
    loud.0.fill(u64::MAX);
    let (shown, records) = (BTreeMap::new(), BySide::default());
    let quiet = Quiet { links: &state.links, loud, shown, records };
    let listed = BySide::from_fn(|side| entries.get(side).len());
    Ok(Screened { entries, links: state.links.iter().collect(), quiet, listed })
}

/// Ids are distinct. Those of linked records are by the rows they meet.
fn check_distinct<P: Profile>(entries: &BySide<Vec<Entry<'_, P>>>) -> Result<(), PlanError> {
    for side in Side::BOTH {
        let mut seen = BTreeSet::new();
        for entry in entries.get(side) {
            if entry.id.is_empty() {
                return Err(PlanError::EmptyId { side });
            }
            if !seen.insert((entry.kind.family(), entry.id)) {
                return Err(PlanError::DuplicateId { side, id: entry.id.to_owned() });
            }
        }
    }
    Ok(())
}

struct Sieve<'w, 'a, P: Profile> {
    world: &'w World<'a, P>,
    state: &'a SyncState,
    places: BySide<Places>,
    loud: Bits,
    /// The rows that are loud though no record of theirs says so.
    beside: BTreeSet<usize>,
    /// Records without a link.
    alone: BySide<Vec<usize>>,
    /// Kinds that are switched on, by their number.
    on: [bool; 256],
    /// How the table of scopes says that both sides were last listed as they are now.
    scopes: Option<u16>,
}

impl<'w, 'a, P: Profile> Sieve<'w, 'a, P> {
    fn new(world: &'w World<'a, P>, state: &'a SyncState) -> Self {
        let rows = state.links.rows();
        let mut on = [false; 256];
        for kind in KindOf::<P>::ALL {
            if let Some(slot) = on.get_mut(usize::from(kind.code())) {
                *slot = world.profile.is_on(*kind);
            }
        }
        let scopes = world.listings.map(|listing| Some(state.key.scope(listing.scope.as_deref())));
        Self {
            world,
            state,
            places: world.listings.map(|listing| Places::of(listing.coverage, rows)),
            loud: Bits::of(rows),
            beside: BTreeSet::new(),
            alone: BySide::default(),
            on,
            scopes: state.links.place_of_scopes(&scopes),
        }
    }

    fn entry(&self, side: Side, at: usize) -> Option<Entry<'a, P>> {
        self.world.profile.entry(side, at)
    }

    fn shout(&mut self, row: usize) {
        self.loud.insert(row);
        self.beside.insert(row);
    }

    /// Rows that are looked at whatever their records show: the state or a listing asks for them.
    fn mark_loud(&mut self) {
        let state = self.state;
        let mut names: Vec<(Side, &str)> = Vec::new();
        names.extend(state.retries.keys().map(|(side, id)| (*side, id.as_str())));
        names.extend(state.attempts.keys().map(|key| (key.side, key.id.as_str())));
        for side in Side::BOTH {
            let listing = *self.world.listings.get(side);
            names.extend(listing.forced.iter().map(|id| (side, id.as_str())));
            if listing.coverage == Coverage::Changes {
                names.extend(listing.removed.iter().map(|id| (side, id.as_str())));
            }
        }
        for (side, id) in names {
            for kind in KindOf::<P>::ALL {
                if let Some(row) = state.links.row(side, id, |code| code == kind.code()) {
                    self.shout(row);
                }
            }
        }
        for row in state.links.changed_rows() {
            self.shout(row);
        }
    }

    /// Looks at the head of every record of a side.
    fn sort(&mut self, side: Side) -> Result<(), PlanError> {
        for at in 0..self.world.profile.len(side) {
            let Some(entry) = self.entry(side, at) else { continue };
            let family = |code: u8| is_family::<KindOf<P>>(entry.kind, code);
            let Some(row) = self.state.links.row(side, entry.id, family) else {
                self.alone.get_mut(side).push(at);
                continue;
            };
            if self.places.get_mut(side).enter(row, at) {
                return Err(PlanError::DuplicateId { side, id: entry.id.to_owned() });
            }
            if !self.is_quiet(side, row, &entry) {
                self.loud.insert(row);
            }
        }
        Ok(())
    }

    fn is_quiet(&self, side: Side, row: usize, entry: &Entry<'a, P>) -> bool {
        let Some(head) = self.state.links.head(row) else { return false };
        let is_on = self.on.get(usize::from(head.kind)).copied().unwrap_or_default();
        let is_marked = || {
            let mark = entry.mark.map(str::as_bytes);
            entry.marked && mark == Some(head.ids.b)
        };
        let as_before = head.is_plain() && is_on && Some(head.scopes()) == self.scopes;
        as_before
            && entry.standing == Standing::Taking
            && *head.stamps().get(side) == stamp(entry.modified)
            && (side == Side::B || is_marked())
            && (self.world.listings.get(side).stamps_prove || self.shows_the_same(&head, entry))
    }

    /// Whether the content is as it was, where stamps prove nothing (D2).
    fn shows_the_same(&self, head: &Head<'_>, entry: &Entry<'a, P>) -> bool {
        let kind = KindOf::<P>::ALL.iter().find(|kind| kind.code() == head.kind);
        let (Some(kind), Some(base)) = (kind, head.alike()) else { return false };
        let mut printer = Printer::new(&self.state.key, kind.code());
        self.world.profile.show(*kind, entry.native, &mut printer);
        let shown = printer.finish();
        let facts = || {
            head.facts().is_some_and(|facts| {
                facts.is_empty() || facts == self.world.profile.facts(entry.native)
            })
        };
        shown.len() == base.len() && shown.into_iter().eq(base.map(Some::<Print>)) && facts()
    }

    /// What carries the key of another pair makes that pair worth a look: it may be a copy (A3.7).
    fn follow_marks(&mut self) {
        let mut marks: Vec<(KindOf<P>, &'a str)> = Vec::new();
        let alone = self.alone.a.iter().filter_map(|at| self.entry(Side::A, *at));
        let loud = (0..self.state.links.rows()).filter(|row| self.is_loud(*row));
        let linked = self.rows().into_iter().flatten().chain(loud.filter(|_| self.is_dense()));
        let linked = linked.filter_map(|row| self.entry(Side::A, self.places.a.get(row)?));
        marks.extend(alone.chain(linked).filter_map(|one| Some((one.kind, one.mark?))));
        for (kind, mark) in marks {
            let family = |code: u8| is_family::<KindOf<P>>(kind, code);
            if let Some(row) = self.state.links.row(Side::B, mark, family) {
                self.shout(row);
            }
        }
    }

    fn is_dense(&self) -> bool {
        Side::BOTH.iter().any(|side| matches!(self.places.get(*side), Places::Many(_)))
    }

    /// The rows to be looked at, where they are few; `None` where all of them are to be gone through.
    fn rows(&self) -> Option<BTreeSet<usize>> {
        let mut rows = self.beside.clone();
        for side in Side::BOTH {
            match self.places.get(side) {
                Places::Few(places) => rows.extend(places.keys()),
                Places::Many(_) => return None,
            }
        }
        Some(rows)
    }

    /// Whether a row is to be looked at: a record of it says so, or is missing from a complete listing.
    fn is_loud(&self, row: usize) -> bool {
        let is_missing = |side: Side| match self.places.get(side) {
            Places::Few(_) => false,
            Places::Many(places) => places.get(row).is_none_or(|place| *place == NOWHERE),
        };
        self.loud.has(row) || is_missing(Side::A) || is_missing(Side::B)
    }

    fn finish(mut self) -> Screened<'a, P> {
        let mut entries = BySide::from_fn(|side| {
            let alone = self.alone.get(side).iter();
            alone.filter_map(|at| self.entry(side, *at)).collect::<Vec<_>>()
        });
        let mut links = Vec::new();
        let (mut shown, mut records) = (BTreeMap::new(), BySide::<usize>::default());
        let rows = self.rows();
        let all = if rows.is_some() { 0 } else { self.state.links.rows() };
        for row in rows.into_iter().flatten().chain(0..all) {
            let places = BySide::from_fn(|side| self.places.get(side).get(row));
            if self.is_loud(row) {
                self.loud.insert(row);
                links.extend(self.state.links.at(row));
                for side in Side::BOTH {
                    let entry = places.get(side).and_then(|at| self.entry(side, at));
                    entries.get_mut(side).extend(entry);
                }
            } else if let Some(head) = self.state.links.head(row) {
                for side in Side::BOTH.into_iter().filter(|side| places.get(*side).is_some()) {
                    *shown.entry((head.kind, side)).or_default() += 1;
                    *records.get_mut(side) += 1;
                }
            }
        }
        let entered = self.state.links.entered();
        links.extend(entered.map(|(key, link)| (key.clone(), link.clone())));
        links.sort_by(|one, two| one.0.cmp(&two.0));
        let quiet = Quiet { links: &self.state.links, loud: self.loud, shown, records };
        let listed = BySide::from_fn(|side| self.world.profile.len(side));
        Screened { entries, links, quiet, listed }
    }
}
