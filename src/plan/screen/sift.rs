//! One side's records, each held against its link.
//!
//! What this costs is waiting for memory: a record, its id, the slot of its id, its link each lie somewhere else. So
//! records are looked at in blocks, a step at a time: the loads of one step do not wait for each other. Where content
//! decides, fetching the texts is one of the steps. A side that is listed in the order of the links is noticed, and
//! then the next row is tried before any look-up.

use super::rows::{Bits, Places};
use crate::model::Side;
use crate::plan::reconcile::{PlanError, World};
use crate::profile::{Glance, KindOf, Profile};
use crate::schema::Kind as _;
use crate::snapshot::{Finder, Head, Kept, Listing, Printer, SyncState, stamp};

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
    profile: &'a P,
    state: &'a SyncState,
    listing: &'w Listing,
    side: Side,
    kinds: Kinds<P>,
    /// How the table of scopes says that both sides were last listed as they are now.
    scopes: Option<u16>,
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

impl<'w, 'a, P: Profile> Sieve<'w, 'a, P> {
    pub(super) fn new(world: &World<'a, P>, state: &'a SyncState, side: Side) -> Self
    where
        'a: 'w,
    {
        let scopes = world.listings.map(|listing| Some(state.key.scope(listing.scope.as_deref())));
        Self {
            profile: world.profile,
            state,
            listing: world.listings.get(side),
            side,
            kinds: Kinds::of(world.profile),
            scopes: state.links.place_of_scopes(&scopes),
        }
    }

    /// How many records the side lists.
    #[cfg(feature = "threads")]
    pub(super) fn len(&self) -> usize {
        self.profile.len(self.side)
    }

    /// Looks at every record of the side.
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
        let mut printer = Printer::new(&self.state.key, 0);
        let mut cases: [Case<'a, P>; BLOCK] = std::array::from_fn(|_| Case::default());
        let mut next = 0;
        let mut is_in_order = true;
        let total = self.profile.len(self.side);
        for first in (0..total).step_by(BLOCK) {
            let length = BLOCK.min(total - first);
            let Some(cases) = cases.get_mut(..length) else { break };
            for (at, case) in (first..).zip(&mut *cases) {
                case.at = at;
                case.glance = self.profile.glance(self.side, at);
            }
            if !is_in_order {
                look_up(&finder, cases);
            }
            for case in &mut *cases {
                case.takes_part = self.profile.takes_part(self.side, case.at);
            }
            if !self.listing.stamps_prove {
                self.bring_near(cases);
            }
            let mut steps = 0;
            for case in &*cases {
                let Some(glance) = &case.glance else { continue };
                // A guess without a first byte is no row.
                let guess = match case.first {
                    _ if is_in_order => next,
                    Some(_) => case.guess,
                    None => usize::MAX,
                };
                let Some((row, head)) = find(&finder, &self.kinds, guess, glance) else {
                    sifted.alone.push(case.at);
                    continue;
                };
                steps += usize::from(row == next);
                next = row + 1;
                if sifted.places.enter(row, case.at) {
                    let id = glance.id.to_owned();
                    return Err(PlanError::DuplicateId { side: self.side, id });
                }
                if !self.is_quiet(&head, case, &mut printer) {
                    sifted.loud.insert(row);
                }
            }
            is_in_order = steps * 4 >= length * 3;
        }
        Ok(sifted)
    }

    /// Has the texts of a block on their way before the first of them is shown: they lie wherever the host put them.
    fn bring_near(&self, cases: &[Case<'_, P>]) {
        let first = cases.iter().map(|case| self.profile.first_bytes(self.side, case.at));
        // Nothing depends on it, so nothing but this keeps it from being left out.
        std::hint::black_box(first.fold(0, |all, one| all ^ one));
    }

    /// Whether a record shows what its link says it showed.
    #[inline]
    fn is_quiet(&self, head: &Head<'_>, case: &Case<'_, P>, printer: &mut Printer) -> bool {
        let Some(Some(kind)) = self.kinds.on.get(usize::from(head.kind)) else { return false };
        let Some(glance) = &case.glance else { return false };
        let as_before = head.is_plain() && Some(head.scopes()) == self.scopes;
        as_before
            && case.takes_part
            && *head.stamps().get(self.side) == stamp(glance.modified)
            && (self.side == Side::B || glance.mark.map(str::as_bytes) == Some(head.ids.b))
            && (self.listing.stamps_prove || self.shows_the_same(head, *kind, case.at, printer))
    }

    /// Whether the content is as it was, where stamps prove nothing (D2).
    fn shows_the_same(
        &self,
        head: &Head<'_>,
        kind: KindOf<P>,
        at: usize,
        printer: &mut Printer,
    ) -> bool {
        let Some(native) = self.profile.native(self.side, at) else { return false };
        printer.restart(kind.code());
        self.profile.show(kind, native, printer);
        let has_facts = |kept: Kept<'_>| self.profile.has_facts(native, kept);
        head.showed(self.side, printer.prints(), (self.side == Side::B).then_some(has_facts))
    }
}

/// A record of a block, and where its row most likely is.
struct Case<'a, P: Profile> {
    at: usize,
    glance: Option<Glance<'a, KindOf<P>>>,
    takes_part: bool,
    hash: u64,
    /// Its row, or none that exists.
    guess: usize,
    /// What that row begins with.
    first: Option<u8>,
}

impl<P: Profile> Default for Case<'_, P> {
    fn default() -> Self {
        Self { at: 0, glance: None, takes_part: false, hash: 0, guess: usize::MAX, first: None }
    }
}

/// Guesses the rows of a block by the ids.
fn look_up<P: Profile>(finder: &Finder<'_>, cases: &mut [Case<'_, P>]) {
    for case in &mut *cases {
        case.hash = case.glance.as_ref().map_or(0, |glance| finder.hash(glance.id));
    }
    for case in &mut *cases {
        case.guess = finder.guess(case.hash).unwrap_or(usize::MAX);
    }
    for case in &mut *cases {
        case.first = finder.first_byte(case.guess);
    }
}

/// The row of a record, if there is one: the one that was guessed, or another.
#[inline]
fn find<'a, P: Profile>(
    finder: &Finder<'a>,
    kinds: &Kinds<P>,
    guess: usize,
    glance: &Glance<'_, KindOf<P>>,
) -> Option<(usize, Head<'a>)> {
    let is_kind = |code: u8| kinds.is_family(glance.kind, code);
    if let Some(head) = finder.named(guess, glance.id, is_kind) {
        return Some((guess, head));
    }
    let row = finder.find(finder.hash(glance.id), glance.id, is_kind)?;
    Some((row, finder.named(row, glance.id, is_kind)?))
}
