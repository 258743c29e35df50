//! One side's records, each held against its link.
//!
//! What this costs is waiting for memory: a record, its id, where it lies, the slot of its id, its link each lie somewhere
//! else. So records are looked at in blocks, a step at a time: the loads of one step do not wait for each other. Where
//! content decides, fetching the texts is one of the steps. A side that is listed in the order of the links is noticed,
//! and then the next row is tried before any look-up.

use std::ops::Range;

use super::rows::{Bits, Places};
use crate::model::{BySide, Side};
use crate::plan::reconcile::{PlanError, World};
use crate::profile::{Glance, KindOf, Profile};
use crate::schema::Kind as _;
use crate::snapshot::{Condition, Digester, Finder, Kept, Line, Listing, Printer, SyncState};

/// How many records are looked at together.
const BLOCK: usize = 32;

/// No row.
const NOWHERE: usize = usize::MAX;

/// One side's records by their rows.
pub(super) struct Sifted {
    pub(super) places: Places,
    /// The rows whose record shows that something happened.
    pub(super) loud: Bits,
    /// Records without a link.
    pub(super) alone: Vec<usize>,
}

/// What a record is held against.
pub(super) struct Sieve<'w, 'a, P: Profile> {
    profile: &'a P,
    state: &'a SyncState,
    listing: &'w Listing,
    side: Side,
    /// Where the content decides and the digest of any record is known.
    digester: Option<Digester>,
    kinds: Kinds<P>,
}

/// What was seen so far.
struct Seen<'s> {
    sifted: &'s mut Sifted,
    readers: &'s mut Readers,
    /// The row behind the last one.
    next: usize,
    /// How many records of the block were under the row behind the one before.
    steps: usize,
}

/// What reads the content of records, where stamps prove nothing.
struct Readers {
    printer: Printer,
    digester: Option<Digester>,
}

impl Seen<'_> {
    #[inline]
    fn met(&mut self, row: usize) {
        self.steps += usize::from(row == self.next);
        self.next = row + 1;
    }
}

/// The kinds by their numbers.
struct Kinds<P: Profile> {
    kind: [Option<KindOf<P>>; 256],
    family: [u8; 256],
    /// The condition of a link that leaves only its records to be asked, where the kind is on.
    quiet: [Condition; 256],
}

impl<P: Profile> Kinds<P> {
    /// The kinds of a profile. `scopes` is how the table of scopes says that both sides were last listed as they are now.
    fn of(profile: &P, scopes: Option<u16>) -> Self {
        let mut kinds = Self { kind: [None; 256], family: [0; 256], quiet: [Condition::NONE; 256] };
        for kind in KindOf::<P>::ALL {
            let code = usize::from(kind.code());
            if let (Some(one), Some(family)) =
                (kinds.kind.get_mut(code), kinds.family.get_mut(code))
            {
                (*one, *family) = (Some(*kind), kind.family());
            }
            if let (Some(quiet), Some(scopes)) = (kinds.quiet.get_mut(code), scopes)
                && profile.is_on(*kind)
            {
                *quiet = Condition::plain(kind.code(), scopes);
            }
        }
        kinds
    }

    /// Whether a kind lives in the same place as the kind of a number.
    #[inline]
    fn is_family(&self, kind: KindOf<P>, code: u8) -> bool {
        self.family.get(usize::from(code)) == Some(&kind.family())
    }

    #[inline]
    fn is_quiet(&self, condition: Condition) -> bool {
        self.quiet.get(usize::from(condition.kind())) == Some(&condition)
    }
}

impl<'w, 'a, P: Profile> Sieve<'w, 'a, P> {
    pub(super) fn new(world: &World<'a, P>, state: &'a SyncState, side: Side) -> Self
    where
        'a: 'w,
    {
        let listing = world.listings.get(side);
        let reads_digests = !listing.stamps_prove && state.links.has_digests();
        let scopes = world.listings.map(|listing| Some(state.key.scope(listing.scope.as_deref())));
        Self {
            profile: world.profile,
            state,
            listing,
            side,
            digester: reads_digests.then(|| Digester::new(&state.key, &world.viewer)),
            kinds: Kinds::of(world.profile, state.links.place_of_scopes(&scopes)),
        }
    }

    /// How many records the side lists.
    #[cfg(feature = "threads")]
    pub(super) fn len(&self) -> usize {
        self.profile.len(self.side)
    }

    /// Looks at every record of the side.
    pub(super) fn sift(&self) -> Result<Sifted, PlanError> {
        let links = &self.state.links;
        let (Some(a), Some(b)) = (links.finder(Side::A), links.finder(Side::B)) else {
            return Ok(Sifted {
                alone: (0..self.profile.len(self.side)).collect(),
                ..self.nothing()
            });
        };
        let finders = BySide::new(a, b);
        // Said here, the side is known wherever a record is looked at: nothing is asked for each of them.
        match self.side {
            Side::A => self.sift_by(&finders, Side::A),
            Side::B => self.sift_by(&finders, Side::B),
        }
    }

    fn nothing(&self) -> Sifted {
        let rows = self.state.links.rows();
        Sifted {
            places: Places::of(self.listing.coverage, rows),
            loud: Bits::of(rows),
            alone: Vec::new(),
        }
    }

    #[expect(clippy::inline_always, reason = "the side is to be known where it is asked for")]
    #[inline(always)]
    fn sift_by(&self, finders: &BySide<Finder<'a>>, side: Side) -> Result<Sifted, PlanError> {
        let mut sifted = self.nothing();
        let mut readers =
            Readers { printer: Printer::new(&self.state.key, 0), digester: self.digester.clone() };
        let mut next = 0;
        let mut is_in_order = true;
        let total = self.profile.len(side);
        for first in (0..total).step_by(BLOCK) {
            let block = first..total.min(first + BLOCK);
            let mut seen = Seen { sifted: &mut sifted, readers: &mut readers, next, steps: 0 };
            if is_in_order {
                self.in_order(finders, side, block.clone(), &mut seen)?;
            } else {
                self.in_any_order(finders, side, &block, &mut seen)?;
            }
            is_in_order = seen.steps * 4 >= block.len() * 3;
            next = seen.next;
        }
        Ok(sifted)
    }

    /// Looks at a block that most likely stands in the order of the rows: runs of records that are as they were, and the
    /// others between them.
    #[expect(clippy::inline_always, reason = "the side is to be known where it is asked for")]
    #[inline(always)]
    fn in_order(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        mut block: Range<usize>,
        seen: &mut Seen<'_>,
    ) -> Result<(), PlanError> {
        if !self.listing.stamps_prove {
            self.bring_near(finders.get(side), side, block.clone().zip(seen.next..));
        }
        while !block.is_empty() {
            let row = seen.next;
            let run = self.run(finders, side, block.clone(), row);
            let records = block.start..block.start + run;
            if let Some(at) = seen.sifted.places.enter_run(row, records.clone()) {
                return Err(self.twice(side, at));
            }
            if !self.listing.stamps_prove {
                for (at, row) in records.zip(row..) {
                    self.look_inside(finders, side, (at, row), seen);
                }
            }
            seen.next += run;
            seen.steps += run;
            block.start += run;
            if let Some(at) = block.next() {
                self.look(finders, side, (at, seen.next), seen)?;
            }
        }
        Ok(())
    }

    /// Looks at a block whose records may be under any rows.
    #[expect(clippy::inline_always, reason = "the side is to be known where it is asked for")]
    #[inline(always)]
    fn in_any_order(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        block: &Range<usize>,
        seen: &mut Seen<'_>,
    ) -> Result<(), PlanError> {
        let (rows, quiet) = self.guess(finders, side, block);
        if !self.listing.stamps_prove {
            self.bring_near(finders.get(side), side, block.clone().zip(rows));
        }
        for (bit, (at, row)) in block.clone().zip(rows).enumerate() {
            if quiet >> bit & 1 == 0 {
                self.look(finders, side, (at, row), seen)?;
                continue;
            }
            if seen.sifted.places.enter(row, at) {
                return Err(self.twice(side, at));
            }
            if !self.listing.stamps_prove {
                self.look_inside(finders, side, (at, row), seen);
            }
            seen.met(row);
        }
        Ok(())
    }

    /// How many records from the first one of some on are as they were, each under the row behind the one before.
    #[expect(clippy::inline_always, reason = "the side is to be known where it is asked for")]
    #[inline(always)]
    fn run(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        records: Range<usize>,
        row: usize,
    ) -> usize {
        let mut length = 0;
        while length < records.len() {
            let at = records.start + length;
            let is_quiet = self.is_as_it_was(finders, side, (at, row + length))
                && self.profile.takes_part(side, at);
            if !is_quiet {
                break;
            }
            length += 1;
        }
        length
    }

    /// Whether a record plainly is as it was under a row: all but whether it takes part, and its content.
    #[expect(clippy::inline_always, reason = "nothing but this is done for most records")]
    #[inline(always)]
    fn is_as_it_was(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        (at, row): (usize, usize),
    ) -> bool {
        let Some(glance) = self.profile.sight(side, at) else { return false };
        let names = |side: Side, id: &str| {
            let line = finders.get(side).line(row);
            line.is_some_and(|line| line.names(id.as_bytes()) == Some(true))
        };
        let Some(line) = finders.get(side).line(row) else { return false };
        self.kinds.is_quiet(line.condition)
            && self.kinds.is_family(glance.kind, line.condition.kind())
            && line.seen == Some(glance.modified)
            && names(side, glance.id)
            && (side == Side::B || glance.mark.is_some_and(|mark| names(Side::B, mark)))
    }

    /// The rows of a block as its ids suggest, and which of its records plainly are as they were under them, a bit for
    /// each. All that is looked at is on its way before the first of it is.
    #[expect(clippy::inline_always, reason = "the side is to be known where it is asked for")]
    #[inline(always)]
    fn guess(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        block: &Range<usize>,
    ) -> ([usize; BLOCK], u32) {
        let finder = finders.get(side);
        let mut hashes = [0; BLOCK];
        let (mut near, mut taking) = (0, 0);
        for (bit, (at, hash)) in block.clone().zip(&mut hashes).enumerate() {
            let sight = self.profile.sight(side, at);
            let takes_part = sight.is_some() && self.profile.takes_part(side, at);
            taking |= u32::from(takes_part) << bit;
            let Some(glance) = sight.or_else(|| self.profile.glance(side, at)) else { continue };
            *hash = finder.hash(glance.id);
            near ^= glance.mark.unwrap_or_default().as_bytes().first().map_or(0, |byte| *byte);
        }
        let mut rows = [NOWHERE; BLOCK];
        for (row, hash) in rows.iter_mut().zip(hashes) {
            *row = finder.guess(hash).unwrap_or(NOWHERE);
        }
        let kind =
            |side: Side, row| finders.get(side).line(row).map_or(0, |line| line.condition.kind());
        for row in rows {
            near ^= kind(side, row);
            if side == Side::A {
                near ^= kind(Side::B, row);
            }
        }
        // Nothing depends on it, so nothing but this keeps it from being left out.
        std::hint::black_box(near);
        let mut quiet = 0;
        for (bit, (at, row)) in block.clone().zip(rows).enumerate() {
            quiet |= u32::from(self.is_as_it_was(finders, side, (at, row))) << bit;
        }
        (rows, quiet & taking)
    }

    #[cold]
    fn twice(&self, side: Side, at: usize) -> PlanError {
        let id = self.profile.glance(side, at).map_or("", |glance| glance.id).to_owned();
        PlanError::DuplicateId { side, id }
    }

    /// Looks at a record of which something is to be seen, or that is under another row than one thinks.
    #[inline(never)]
    fn look(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        (at, guess): (usize, usize),
        seen: &mut Seen<'_>,
    ) -> Result<(), PlanError> {
        let Some(glance) = self.profile.glance(side, at) else { return Ok(()) };
        let Some((row, line)) = self.find(finders.get(side), guess, &glance) else {
            seen.sifted.alone.push(at);
            return Ok(());
        };
        if seen.sifted.places.enter(row, at) {
            return Err(self.twice(side, at));
        }
        let is_quiet = self.profile.takes_part(side, at)
            && self.kinds.is_quiet(line.condition)
            && line.seen == Some(glance.modified)
            && (side == Side::B || glance.mark.is_some_and(|mark| finders.b.names(row, mark)));
        if !is_quiet {
            seen.sifted.loud.insert(row);
        } else if !self.listing.stamps_prove {
            self.look_inside(finders, side, (at, row), seen);
        }
        seen.met(row);
        Ok(())
    }

    /// Looks at the content of a record, where stamps prove nothing (D2).
    fn look_inside(
        &self,
        finders: &BySide<Finder<'a>>,
        side: Side,
        (at, row): (usize, usize),
        seen: &mut Seen<'_>,
    ) {
        if !self.is_the_same(finders.get(side), side, (at, row), seen.readers)
            && !self.shows_the_same(side, (at, row), &mut seen.readers.printer)
        {
            seen.sifted.loud.insert(row);
        }
    }

    /// Has what the rows of a block say of its texts, and then the texts, on their way before the first of them is shown:
    /// they lie wherever the host put them.
    fn bring_near(
        &self,
        finder: &Finder<'_>,
        side: Side,
        records: impl Iterator<Item = (usize, usize)> + Clone,
    ) {
        let rows = records.clone().map(|(_, row)| match finder.digest(row) {
            Some(_) => 0,
            None => finder.first_bytes(row),
        });
        let texts = records.map(|(at, _)| self.profile.first_bytes(side, at));
        std::hint::black_box(rows.chain(texts).fold(0, |all, one| all ^ one));
    }

    /// The row of a record, if there is one: the one that was guessed, or another.
    #[inline]
    fn find(
        &self,
        finder: &Finder<'a>,
        guess: usize,
        glance: &Glance<'_, KindOf<P>>,
    ) -> Option<(usize, &'a Line)> {
        let is_kind = |code: u8| self.kinds.is_family(glance.kind, code);
        if let Some(line) = finder.line(guess)
            && is_kind(line.condition.kind())
            && finder.names(guess, glance.id)
        {
            return Some((guess, line));
        }
        let row = finder.find(finder.hash(glance.id), glance.id, is_kind)?;
        Some((row, finder.line(row)?))
    }

    /// Whether it is the record that showed what was agreed, as far as its digest is known: then it shows it still.
    fn is_the_same(
        &self,
        finder: &Finder<'a>,
        side: Side,
        (at, row): (usize, usize),
        readers: &mut Readers,
    ) -> bool {
        let known = finder.digest(row).zip(finder.line(row)).zip(readers.digester.as_mut());
        let Some(((digest, line), digester)) = known else { return false };
        let kind = self.kinds.kind.get(usize::from(line.condition.kind())).copied().flatten();
        let record = kind.zip(self.profile.native(side, at));
        record.and_then(|(kind, native)| self.profile.digest(kind, native, digester))
            == Some(digest)
    }

    /// Whether the content is as it was.
    fn shows_the_same(&self, side: Side, (at, row): (usize, usize), printer: &mut Printer) -> bool {
        let (Some(native), Some(head)) =
            (self.profile.native(side, at), self.state.links.head(row))
        else {
            return false;
        };
        let Some(kind) = self.kinds.kind.get(usize::from(head.kind)).copied().flatten() else {
            return false;
        };
        printer.restart(kind.code());
        self.profile.show(kind, native, printer);
        let has_facts = |kept: Kept<'_>| self.profile.has_facts(native, kept);
        head.showed(side, printer.prints(), (side == Side::B).then_some(has_facts))
    }
}
