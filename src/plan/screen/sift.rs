//! One side's records, each held against its link.
//!
//! What this costs is waiting for memory: a record, its id, the slot of its id, its link each lie somewhere else. So
//! records are looked at in blocks, a step at a time: the loads of one step do not wait for each other. A side
//! that is listed in the order of the links is noticed, and then the next row is tried before any look-up.

use super::rows::{Bits, Places};
use crate::model::Side;
use crate::plan::reconcile::PlanError;
use crate::profile::{Glance, KindOf, Profile};
use crate::schema::Kind as _;
use crate::snapshot::{Finder, Head, Listing, Printer, SyncState, stamp};

/// How many records are looked at together.
const BLOCK: usize = 32;

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
    pub(super) profile: &'a P,
    pub(super) state: &'a SyncState,
    pub(super) listing: &'w Listing,
    pub(super) side: Side,
    /// How the table of scopes says that both sides were last listed as they are now.
    pub(super) scopes: Option<u16>,
}

/// The kinds by their numbers.
struct Kinds<P: Profile> {
    family: [u8; 256],
    on: [Option<KindOf<P>>; 256],
}

impl<P: Profile> Kinds<P> {
    fn of(profile: &P) -> Self {
        let (mut family, mut on) = ([0; 256], [None; 256]);
        for kind in KindOf::<P>::ALL {
            let code = usize::from(kind.code());
            if let (Some(family), Some(on)) = (family.get_mut(code), on.get_mut(code)) {
                (*family, *on) = (kind.family(), profile.is_on(*kind).then_some(*kind));
            }
        }
        Self { family, on }
    }

    /// Whether a kind lives in the same place as the kind of a number.
    fn is_family(&self, kind: KindOf<P>, code: u8) -> bool {
        self.family.get(usize::from(code)) == Some(&kind.family())
    }
}

impl<'a, P: Profile> Sieve<'_, 'a, P> {
    pub(super) fn sift(&self) -> Result<Sifted, PlanError> {
        let rows = self.state.links.rows();
        let mut sifted = Sifted {
            places: Places::of(self.listing.coverage, rows),
            loud: Bits::of(rows),
            alone: Vec::new(),
        };
        let Some(finder) = self.state.links.finder(self.side) else {
            sifted.alone = (0..self.profile.len(self.side)).collect();
            return Ok(sifted);
        };
        let kinds = Kinds::of(self.profile);
        let mut printer = Printer::new(&self.state.key, 0);
        let mut glances: Vec<Option<Glance<'a, KindOf<P>>>> = Vec::with_capacity(BLOCK);
        let mut found = [None; BLOCK];
        let mut next = 0;
        let mut is_in_order = true;
        let total = self.profile.len(self.side);
        for first in (0..total).step_by(BLOCK) {
            let block = first..total.min(first + BLOCK);
            glances.clear();
            glances.extend(block.clone().map(|at| self.profile.glance(self.side, at)));
            if is_in_order {
                follow(&finder, &kinds, &glances, &mut found, next);
            } else {
                look_up(&finder, &kinds, &glances, &mut found);
            }
            let mut steps = 0;
            for ((at, glance), found) in block.clone().zip(&glances).zip(&found) {
                let Some(glance) = glance else { continue };
                let Some((row, head)) = found else {
                    sifted.alone.push(at);
                    continue;
                };
                steps += usize::from(*row == next);
                next = row + 1;
                if sifted.places.enter(*row, at) {
                    let id = glance.id.to_owned();
                    return Err(PlanError::DuplicateId { side: self.side, id });
                }
                if !self.is_quiet(&kinds, head, glance, at, &mut printer) {
                    sifted.loud.insert(*row);
                }
            }
            is_in_order = steps * 4 >= block.len() * 3;
        }
        Ok(sifted)
    }

    /// Whether a record shows what its link says it showed.
    #[inline]
    fn is_quiet(
        &self,
        kinds: &Kinds<P>,
        head: &Head<'_>,
        glance: &Glance<'_, KindOf<P>>,
        at: usize,
        printer: &mut Printer,
    ) -> bool {
        let Some(Some(kind)) = kinds.on.get(usize::from(head.kind)) else { return false };
        let as_before = head.is_plain() && Some(head.scopes()) == self.scopes;
        as_before
            && glance.is_taking
            && *head.stamps().get(self.side) == stamp(glance.modified)
            && (self.side == Side::B || glance.mark.map(str::as_bytes) == Some(head.ids.b))
            && (self.listing.stamps_prove || self.shows_the_same(head, *kind, at, printer))
    }

    /// Whether the content is as it was, where stamps prove nothing (D2).
    fn shows_the_same(
        &self,
        head: &Head<'_>,
        kind: KindOf<P>,
        at: usize,
        printer: &mut Printer,
    ) -> bool {
        let Some(entry) = self.profile.entry(self.side, at) else { return false };
        printer.restart(kind.code());
        self.profile.show(kind, entry.native, printer);
        head.showed(self.side, printer.prints())
            && (self.side == Side::A || head.agrees_with_facts(|| self.profile.facts(entry.native)))
    }
}

type Row<'a> = Option<(usize, Head<'a>)>;

/// Finds the rows of a block by their ids.
fn look_up<'a, P: Profile>(
    finder: &Finder<'a>,
    kinds: &Kinds<P>,
    glances: &[Option<Glance<'_, KindOf<P>>>],
    found: &mut [Row<'a>; BLOCK],
) {
    let mut hashes = [0; BLOCK];
    for (hash, glance) in hashes.iter_mut().zip(glances) {
        *hash = glance.as_ref().map_or(0, |glance| finder.hash(glance.id));
    }
    let mut guesses = [None; BLOCK];
    for (guess, hash) in guesses.iter_mut().zip(hashes) {
        *guess = finder.guess(hash);
    }
    let mut starts = [None; BLOCK];
    for (start, guess) in starts.iter_mut().zip(guesses) {
        *start = guess.and_then(|row| finder.start(row));
    }
    for (((slot, glance), (hash, guess)), start) in
        found.iter_mut().zip(glances).zip(hashes.into_iter().zip(guesses)).zip(starts)
    {
        *slot = None;
        let Some(glance) = glance else { continue };
        let is_kind = |code: u8| kinds.is_family(glance.kind, code);
        let head = start.and_then(|start| finder.named_at(start, glance.id, is_kind));
        *slot = guess.zip(head).or_else(|| search(finder, hash, glance.id, is_kind));
    }
}

/// Finds the rows of a block, of which each is likely the one behind the last.
fn follow<'a, P: Profile>(
    finder: &Finder<'a>,
    kinds: &Kinds<P>,
    glances: &[Option<Glance<'_, KindOf<P>>>],
    found: &mut [Row<'a>; BLOCK],
    mut next: usize,
) {
    for (slot, glance) in found.iter_mut().zip(glances) {
        *slot = None;
        let Some(glance) = glance else { continue };
        let is_kind = |code: u8| kinds.is_family(glance.kind, code);
        *slot = match finder.named(next, glance.id, is_kind) {
            Some(head) => Some((next, head)),
            None => search(finder, finder.hash(glance.id), glance.id, is_kind),
        };
        if let Some((row, _)) = slot {
            next = *row + 1;
        }
    }
}

fn search<'a>(finder: &Finder<'a>, hash: u64, id: &str, is_kind: impl Fn(u8) -> bool) -> Row<'a> {
    let row = finder.find(hash, id, &is_kind)?;
    finder.named(row, id, is_kind).map(|head| (row, head))
}
