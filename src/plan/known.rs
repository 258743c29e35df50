//! Who is whose counterpart, as far as it is decided: what values of later kinds refer to.

use std::cell::{RefCell, RefMut};

use super::screen::Quiet;
use crate::model::{BySide, Side};
use crate::profile::{Identities, KeyRef, Profile};
use crate::snapshot::{ById, Link, StateKey};

/// Who is whose counterpart so far.
pub(crate) struct Known<'a, P: Profile> {
    profile: &'a P,
    /// Pairs that are not looked at are as their links say.
    quiet: &'a Quiet<'a>,
    entered: Vec<Entered<'a, P>>,
    /// Made of what is entered when somebody asks: of contacts alone nobody does.
    found: RefCell<ByIds<'a>>,
}

/// A pair of which both ids are known, or one is made by a draft.
struct Entered<'a, P: Profile> {
    kind: u8,
    ids: BySide<Option<&'a str>>,
    made: BySide<Option<u32>>,
    facts: Facts<'a, P>,
}

/// The first so many pairs that were entered, by the ids of their records.
struct ByIds<'a> {
    so_many: usize,
    counterparts: BySide<ById<'a, Counterpart<'a>>>,
    /// The pairs by side B's ids, of which there are facts.
    facts: ById<'a, usize>,
}

/// The other record of a pair: it has an id, or a draft makes it.
#[derive(Clone, Copy)]
enum Counterpart<'a> {
    Known(&'a str),
    Made(usize),
}

/// Where the facts of a record are read. Hardly any are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Facts<'a, P: Profile> {
    /// In the record.
    Record(P::Native),
    /// In the link, of a record that is not listed.
    Link(&'a Link),
    /// There are none.
    None,
}

impl<'a, P: Profile> Known<'a, P> {
    /// Nothing but what the quiet links say.
    pub(crate) fn new(profile: &'a P, quiet: &'a Quiet<'a>, key: &StateKey) -> Self {
        let counterparts = BySide::from_fn(|_| ById::with_room(key, 0));
        let found = ByIds { so_many: 0, counterparts, facts: ById::with_room(key, 0) };
        Self { profile, quiet, entered: Vec::new(), found: RefCell::new(found) }
    }

    /// Enters a pair of which both ids are known, or one is made by a draft.
    pub(crate) fn enter(
        &mut self,
        kind: u8,
        ids: BySide<Option<&'a str>>,
        made: BySide<Option<u32>>,
        facts: Facts<'a, P>,
    ) {
        self.entered.push(Entered { kind, ids, made, facts });
    }

    /// Every pair that was entered, by the ids of its records.
    fn found(&self) -> RefMut<'_, ByIds<'a>> {
        let mut found = self.found.borrow_mut();
        for (at, one) in self.entered.iter().enumerate().skip(found.so_many) {
            found.enter(at, one);
        }
        found.so_many = self.entered.len();
        found
    }
}

impl<'a> ByIds<'a> {
    fn enter<P: Profile>(&mut self, at: usize, one: &Entered<'a, P>) {
        let Entered { kind, ids, made, .. } = one;
        if let (Some(id), None) = (ids.b, made.b) {
            self.facts.insert(*kind, id, at);
        }
        for side in Side::BOTH {
            let (Some(id), None) = (*ids.get(side), made.get(side)) else { continue };
            let other = side.other();
            let made = made.get(other).map(|op| Counterpart::Made(op as usize));
            if let Some(counterpart) = made.or_else(|| ids.get(other).map(Counterpart::Known)) {
                self.counterparts.get_mut(side).insert(*kind, id, counterpart);
            }
        }
    }
}

impl<P: Profile> Identities for Known<'_, P> {
    fn counterpart(&self, kind_code: u8, side: Side, id: &str) -> Option<KeyRef> {
        if let Some(known) = self.found().counterparts.get(side).get(kind_code, id) {
            return Some(match known {
                Counterpart::Known(id) => KeyRef::Known((*id).to_owned()),
                Counterpart::Made(draft) => KeyRef::Made(*draft),
            });
        }
        let head = self.quiet.head(kind_code, side, id)?;
        let other = std::str::from_utf8(head.ids.get(side.other())).ok()?;
        Some(KeyRef::Known(other.to_owned()))
    }

    fn facts(&self, kind_code: u8, id: &str) -> Option<Vec<String>> {
        let at = self.found().facts.get(kind_code, id).copied();
        match at.and_then(|at| self.entered.get(at)).map(|one| &one.facts) {
            Some(Facts::Record(native)) => Some(self.profile.facts(*native)),
            Some(Facts::Link(link)) => Some(link.facts.clone()),
            Some(Facts::None) => Some(Vec::new()),
            None => self.quiet.head(kind_code, Side::B, id)?.facts(),
        }
    }
}
