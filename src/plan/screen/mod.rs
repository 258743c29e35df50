//! What nothing happened to is set aside before anything is matched.
//!
//! Nearly every pair of a nearly synchronised world is as it was: both records are listed under the ids of their
//! link, or need not be listed, and show what they showed. Such a pair costs a look at its link and at the
//! heads of its records; no value of it is made. Everything else goes through all stages.

mod rows;
mod sift;

use std::collections::{BTreeMap, BTreeSet};

use rows::Bits;
use sift::{Sieve, Sifted};

use super::reconcile::{PlanError, World};
use crate::matching::is_family;
use crate::model::{BySide, Side};
use crate::profile::{Entry, KindOf, Profile};
use crate::schema::Kind as _;
use crate::snapshot::{ById, Coverage, Head, Link, Links, SyncState};

/// The records and links that are to be looked at, and what is known of the others.
pub(crate) struct Screened<'a, P: Profile> {
    pub(crate) entries: BySide<Vec<Entry<'a, P>>>,
    /// With the numbers of their kinds, in the order of these and of B's ids.
    pub(crate) links: Vec<(u8, Link)>,
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

/// Sets aside what nothing happened to.
pub(crate) fn screen<'a, P: Profile>(
    world: &World<'a, P>,
    state: &'a SyncState,
) -> Result<Screened<'a, P>, PlanError> {
    let resent = world.settings.resend_b || world.settings.resend_a_since.is_some();
    if resent || state.links.rows() == 0 || !world.profile.writes_as_drafted() {
        return everything(world.profile, state);
    }
    let (a, b) = sift(&BySide::from_fn(|side| Sieve::new(world, state, side)));
    let sides = BySide::new(a?, b?);
    let screened = Screening::new(world, state, &sides).finish();
    check_distinct(state, &screened.entries, &sides.as_ref().map(|side| side.alone.len()))?;
    Ok(screened)
}

/// What each side shows, or why there is no plan.
type Looks = (Result<Sifted, PlanError>, Result<Sifted, PlanError>);

/// Looks at both sides.
#[cfg(not(feature = "threads"))]
fn sift<P: Profile>(sieves: &BySide<Sieve<'_, '_, P>>) -> Looks {
    (sieves.a.sift(), sieves.b.sift())
}

/// Looks at both sides at once.
#[cfg(feature = "threads")]
fn sift<P: Profile>(sieves: &BySide<Sieve<'_, '_, P>>) -> Looks {
    /// Below so many records a thread costs more than it saves. A debug build always starts one, so that every
    /// test of the feature has two.
    const WORTH_IT: usize = if cfg!(debug_assertions) { 1 } else { 10_000 };
    if sieves.a.len().min(sieves.b.len()) < WORTH_IT {
        return (sieves.a.sift(), sieves.b.sift());
    }
    std::thread::scope(|scope| {
        let a = std::thread::Builder::new().spawn_scoped(scope, || sieves.a.sift());
        let b = sieves.b.sift();
        // A thread that could not be had, or came to nothing, is made good here.
        let a = a.ok().and_then(|thread| thread.join().ok());
        (a.unwrap_or_else(|| sieves.a.sift()), b)
    })
}

/// Nothing is set aside.
pub(crate) fn everything<'a, P: Profile>(
    profile: &'a P,
    state: &'a SyncState,
) -> Result<Screened<'a, P>, PlanError> {
    let entries = BySide::from_fn(|side| profile.entries(side));
    let listed = BySide::from_fn(|side| entries.get(side).len());
    check_distinct(state, &entries, &listed)?;
    let loud = Bits::all(state.links.rows());
    let (shown, records) = (BTreeMap::new(), BySide::default());
    let quiet = Quiet { links: &state.links, loud, shown, records };
    let links = state.links.iter().map(|((kind, _), link)| (kind, link)).collect();
    Ok(Screened { entries, links, quiet, listed })
}

/// Ids are distinct. Those of linked records are by the rows they meet: the first so many of each side have none.
fn check_distinct<P: Profile>(
    state: &SyncState,
    entries: &BySide<Vec<Entry<'_, P>>>,
    alone: &BySide<usize>,
) -> Result<(), PlanError> {
    for side in Side::BOTH {
        let alone = *alone.get(side);
        let mut seen = ById::with_room(&state.key, alone);
        for (at, entry) in entries.get(side).iter().enumerate() {
            if entry.id.is_empty() {
                return Err(PlanError::EmptyId { side });
            }
            if at < alone && seen.insert(entry.kind.family(), entry.id, ()) {
                return Err(PlanError::DuplicateId { side, id: entry.id.to_owned() });
            }
        }
    }
    Ok(())
}

/// How many links are brought near together before the first of them is taken up.
const BLOCK: usize = 32;

/// Puts together what both sides show.
struct Screening<'w, 'a, P: Profile> {
    world: &'w World<'a, P>,
    state: &'a SyncState,
    sides: &'w BySide<Sifted>,
    /// The rows that are looked at.
    loud: Bits,
    /// Those of them of which no record says so.
    beside: BTreeSet<usize>,
}

impl<'w, 'a, P: Profile> Screening<'w, 'a, P> {
    fn new(world: &'w World<'a, P>, state: &'a SyncState, sides: &'w BySide<Sifted>) -> Self {
        let mut loud = Bits::of(state.links.rows());
        for side in Side::BOTH {
            let sifted = sides.get(side);
            loud.add(&sifted.loud);
            sifted.places.missing(&mut loud);
        }
        Self { world, state, sides, loud, beside: BTreeSet::new() }
    }

    fn entry(&self, side: Side, at: usize) -> Option<Entry<'a, P>> {
        self.world.profile.entry(side, at)
    }

    fn shout(&mut self, row: usize) {
        // Of what is loud already a record says so.
        if !self.loud.has(row) {
            self.loud.insert(row);
            self.beside.insert(row);
        }
    }

    /// Rows that are looked at whatever their records show: the state or a listing asks for them.
    fn add_wanted(&mut self) {
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

    /// What carries the key of another pair makes that pair worth a look: it may be a copy (A3.7). Says whether there was
    /// one that was not to be looked at before.
    fn add_marked(&mut self, rows: &[usize], items: &[Entry<'a, P>]) -> bool {
        let before = self.beside.len();
        let Sifted { alone, places, .. } = &self.sides.a;
        let linked = rows.iter().copied().filter(|row| places.get(*row).is_some()).map(Some);
        let rows = alone.iter().map(|_| None).chain(linked);
        for (row, item) in rows.zip(items) {
            let Some(mark) = item.mark else { continue };
            // Nearly every item carries the key of its own link.
            if row.is_some_and(|row| self.state.links.names_key(row, mark)) {
                continue;
            }
            let family = |code: u8| is_family::<KindOf<P>>(item.kind, code);
            if let Some(row) = self.state.links.row(Side::B, mark, family) {
                self.shout(row);
            }
        }
        self.beside.len() > before
    }

    /// The records of a side: those without a link, and those of rows. An entry is large: there is room for all of them.
    fn entries(&self, side: Side, rows: &[usize]) -> Vec<Entry<'a, P>> {
        let Sifted { alone, places, .. } = self.sides.get(side);
        let mut entries = Vec::with_capacity(alone.len() + rows.len());
        entries.extend(alone.iter().filter_map(|at| self.entry(side, *at)));
        entries.extend(rows.iter().filter_map(|row| self.entry(side, places.get(*row)?)));
        entries
    }

    /// The rows to be looked at, in order. Where both sides list changes only, no other row is so much as counted.
    fn rows(&self) -> Vec<usize> {
        match (self.sides.a.places.few(), self.sides.b.places.few()) {
            (Some(a), Some(b)) => {
                let rows: BTreeSet<usize> = a
                    .chain(b)
                    .filter(|row| self.loud.has(*row))
                    .chain(self.beside.iter().copied())
                    .collect();
                rows.into_iter().collect()
            }
            _ => self.loud.rows().collect(),
        }
    }

    fn finish(mut self) -> Screened<'a, P> {
        self.add_wanted();
        let mut rows = self.rows();
        let mut items = self.entries(Side::A, &rows);
        if self.add_marked(&rows, &items) {
            rows = self.rows();
            items = self.entries(Side::A, &rows);
        }
        let entries = BySide::new(items, self.entries(Side::B, &rows));
        let links = &self.state.links;
        let mut loud = Vec::with_capacity(rows.len());
        for block in rows.chunks(BLOCK) {
            links.bring_near(block);
            loud.extend(block.iter().filter_map(|row| links.at(*row)));
        }
        loud.extend(links.entered().map(|(key, link)| (key.0, link.clone())));
        loud.sort_by(|one, two| (one.0, &one.1.ids.b).cmp(&(two.0, &two.1.ids.b)));
        let (shown, records) = self.quiet_records(&rows);
        let quiet = Quiet { links, loud: self.loud, shown, records };
        let listed = BySide::from_fn(|side| self.world.profile.len(side));
        Screened { entries, links: loud, quiet, listed }
    }

    /// How many records of quiet pairs each side shows, of each kind and of all.
    fn quiet_records(&self, loud: &[usize]) -> (BTreeMap<(u8, Side), usize>, BySide<usize>) {
        let (mut shown, mut records) = (BTreeMap::new(), BySide::<usize>::default());
        for (kind, rows) in self.state.links.kinds() {
            let before = |row: usize| loud.partition_point(|one| *one < row);
            let quiet = rows.len() - (before(rows.end) - before(rows.start));
            for side in Side::BOTH {
                let count = match self.sides.get(side).places.few() {
                    // Every row that a complete listing does not show is loud.
                    None => quiet,
                    Some(listed) => {
                        listed.filter(|row| rows.contains(row) && !self.loud.has(*row)).count()
                    }
                };
                *shown.entry((kind, side)).or_default() += count;
                *records.get_mut(side) += count;
            }
        }
        (shown, records)
    }
}
