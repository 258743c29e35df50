//! What becomes of links, entered pair by pair while a plan is being made.

use super::planner::Planner;
use super::{OpId, Settlement, Settlements};
use crate::matching::{Pair, Presence};
use crate::model::BySide;
use crate::profile::{Profile, Standing};
use crate::schema::Kind as _;

/// The settlements of a plan that is being made.
pub(crate) enum Entered {
    /// As values: a profile with a last word reads and changes all of them.
    Loose(Vec<Settlement>),
    /// Packed at once.
    Packed(Settlements),
}

impl Entered {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Loose(all) => all.len(),
            Self::Packed(packed) => packed.len(),
        }
    }

    pub(crate) fn reserve(&mut self, count: usize) {
        match self {
            Self::Loose(all) => all.reserve(count),
            Self::Packed(packed) => packed.reserve(count),
        }
    }

    pub(crate) fn push(&mut self, one: Settlement) {
        match self {
            Self::Loose(all) => all.push(one),
            Self::Packed(packed) => packed.push(&one),
        }
    }

    pub(crate) fn nth(&self, at: usize) -> Option<Settlement> {
        match self {
            Self::Loose(all) => all.get(at).cloned(),
            Self::Packed(packed) => packed.iter().nth(at),
        }
    }

    /// Changes those that have one of these operations.
    pub(crate) fn change(
        &mut self,
        is_meant: impl Fn(OpId) -> bool,
        mut change: impl FnMut(&mut Settlement),
    ) {
        match self {
            Self::Loose(all) => {
                let has_it = |one: &&mut Settlement| one.ops.iter().any(|op| is_meant(*op));
                all.iter_mut().filter(has_it).for_each(change);
            }
            Self::Packed(packed) => packed.change(is_meant, &mut change),
        }
    }

    /// The settlements of the plan; operations, named by their order of birth so far, have these numbers.
    pub(crate) fn finish(self, numbers: Vec<OpId>) -> Settlements {
        let mut settlements = match self {
            Self::Loose(all) => all.into_iter().collect(),
            Self::Packed(packed) => packed,
        };
        settlements.number(numbers);
        settlements
    }
}

impl<'a, P: Profile> Planner<'a, P> {
    /// Enters what becomes of a pair's link.
    pub(crate) fn enter(&mut self, pair: &Pair<'a, P>, mut settlement: Box<Settlement>) {
        match &mut self.settlements {
            Entered::Loose(all) => all.push(*settlement),
            Entered::Packed(packed) => {
                settlement.fold(pair.link);
                packed.push(&settlement);
                self.spare_settlement.set(Some(settlement));
            }
        }
    }

    /// A settlement that starts from the pair's link, with nothing agreed yet. It is made in the place of the last one
    /// that was entered: what is known of a pair takes eight allocations.
    pub(crate) fn settlement(&self, pair: &Pair<'a, P>) -> Box<Settlement> {
        let kind = pair.kind;
        let ids = BySide::new(pair.id_a(), pair.id_b());
        let places = kind.groups().len();
        let mut settlement = if let Some(mut spare) = self.spare_settlement.take() {
            spare.restart(kind.code(), ids, places);
            spare
        } else {
            let ids = ids.map(|id| id.map(str::to_owned));
            Box::new(Settlement::blank(kind.code(), ids, places))
        };
        if let Some(link) = pair.link {
            settlement.key = Some((kind.code(), link.ids.b.clone()));
            for (base, agreed) in settlement.base.iter_mut().zip(&link.base) {
                *base = *agreed;
            }
            settlement.status = link.status;
            settlement.private = link.private;
            settlement.facts.clone_from(&link.facts);
            settlement.seen = link.seen;
            settlement.agreed = link.seen;
            let is_gone = |presence: &Presence<'_, P>| matches!(presence, Presence::Gone);
            // Absence from a complete listing is judged anew each time; a removal that was reported is not
            // reported again.
            settlement.gone = BySide::new(
                is_gone(&pair.a) && !self.listed_whole.a,
                is_gone(&pair.b) && !self.listed_whole.b,
            );
            settlement.listed = link.listed;
            settlement.swings.clone_from(&link.swings);
        }
        settlement.born = self.born;
        settlement.run = self.state.runs.saturating_add(1);
        if let Some(entry) = pair.a.seen() {
            settlement.listed.a = Some(self.scopes.a);
            settlement.private = entry.standing == Standing::Private;
            settlement.seen.a = Some(entry.modified);
        }
        if let Some(entry) = pair.b.seen() {
            settlement.listed.b = Some(self.scopes.b);
            if !self.profile.has_facts(entry.native, settlement.facts.iter().map(String::as_bytes))
            {
                settlement.facts = self.profile.facts(entry.native);
            }
            settlement.seen.b = Some(entry.modified);
        }
        settlement
    }
}
