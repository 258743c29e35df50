//! Writes of an earlier run whose answer never arrived: what they left behind is recognised, not guessed.

use super::planner::Planner;
use super::{Advance, Settlement};
use crate::matching::Pair;
use crate::model::{BySide, Side};
use crate::profile::{Entry, KindOf, Profile, Standing};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{AskedGroup, Attempt, AttemptKey, Print};

impl<'a, P: Profile> Planner<'a, P> {
    /// Notes what the target shows once an operation is done, if it stores the record as asked: in the groups it
    /// carries, and in those that it changes beside them.
    pub(crate) fn ask(
        &self,
        (op, target): (u32, Side),
        (kind, record): (KindOf<P>, &<P::Schema as Schema>::Record),
        settlement: &mut Settlement,
    ) {
        let mut printer = self.printer.borrow_mut();
        printer.restart(kind.code());
        P::Schema::show(&self.viewer, kind, record, &mut printer);
        let asked = printer.prints().iter().enumerate().filter_map(|(place, asked)| {
            let asked = (*asked)?;
            let before = settlement.base.get(place).and_then(|base| *base.get(target));
            let enters = match settlement.groups.get(place)? {
                Advance::With(carrier) => *carrier == op,
                Advance::Now => before != Some(asked),
                Advance::Never => false,
            };
            let source = settlement.shown.get(target.other()).get(place).copied().flatten();
            let group = u8::try_from(place).ok()?;
            enters.then_some(AskedGroup { group, asked, source })
        });
        let asked = asked.collect();
        settlement.asked.push((op, asked));
    }

    /// Enters in a pair's base what a write of an earlier run left behind, as if it had been answered. That the
    /// write was done shows where the target differs from the old base in just the way it was asked to.
    pub(crate) fn recognise(&mut self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        for (target, attempt) in self.attempts(pair) {
            let place = |one: &AskedGroup| usize::from(one.group);
            let shows = |one: &AskedGroup| -> Option<Print> {
                settlement.shown.get(target).get(place(one)).copied().flatten()
            };
            let before = |one: &AskedGroup| -> Option<Print> {
                settlement.base.get(place(one)).and_then(|base| *base.get(target))
            };
            let is_there = |one: &&AskedGroup| shows(one) == Some(one.asked);
            let stored: Vec<AskedGroup> = attempt.groups.iter().filter(is_there).copied().collect();
            // A write that put back what was agreed before shows in its loss alone.
            let loses = attempt.losses.iter().any(|(field, _)| {
                let lost = pair.kind.groups().iter().position(|name| name == field);
                stored.iter().any(|one| lost == Some(place(one)))
            });
            if !loses && stored.iter().all(|one| before(one) == Some(one.asked)) {
                continue;
            }
            for one in &stored {
                if let Some(base) = settlement.base.get_mut(usize::from(one.group)) {
                    *base.get_mut(target) = Some(one.asked);
                    let source = base.get_mut(target.other());
                    *source = one.source.or(*source);
                }
            }
            // It was done as a whole, even where somebody wrote over a part of it since.
            self.recover_losses(pair, attempt, None);
        }
    }

    /// Whether a record that is gone was taken away by an earlier run whose answer never arrived; what that run
    /// lost with it is reported.
    pub(crate) fn was_removed(&mut self, pair: &Pair<'a, P>, target: Side) -> bool {
        let attempts = self.attempts(pair);
        let removal = attempts.into_iter().find(|(side, one)| *side == target && one.removes);
        if let Some((_, attempt)) = removal {
            self.recover_losses(pair, attempt, None);
        }
        removal.is_some()
    }

    /// Reports what unanswered writes to a pair lost whose content is not brought together now: of a record that
    /// is gone, or not looked into, nobody knows whether the write was done, so that it is taken for done.
    pub(crate) fn recover(&mut self, pair: &Pair<'a, P>) {
        for (target, attempt) in self.attempts(pair) {
            if attempt.removes || attempt.losses.is_empty() {
                continue;
            }
            let presence = if target == Side::A { &pair.a } else { &pair.b };
            let open = |entry: &&Entry<'a, P>| !matches!(entry.standing, Standing::Asleep(_));
            let stored: Option<Vec<usize>> = presence.seen().filter(open).map(|entry| {
                let shows = self.prints(pair.kind, entry);
                let is_there = |one: &&AskedGroup| {
                    shows.get(usize::from(one.group)).copied().flatten() == Some(one.asked)
                };
                let stored = attempt.groups.iter().filter(is_there);
                stored.map(|one| usize::from(one.group)).collect()
            });
            self.recover_losses(pair, attempt, stored.as_deref());
        }
    }

    /// Whether an earlier run asked for the record that is to be made now, and this listing could not show it:
    /// it covers something else (P-04). It may be there.
    pub(crate) fn may_be_there(&mut self, pair: &Pair<'a, P>, target: Side) -> bool {
        let everything = *self.listed_whole.get(target) && *self.unfiltered.get(target);
        let scope = *self.scopes.get(target);
        let met = self.met.len();
        let asked = self.attempts(pair).into_iter().any(|(side, attempt)| {
            side == target && !attempt.removes && attempt.scope != scope && !everything
        });
        if asked {
            self.met.truncate(met);
        }
        asked || self.is_unanswered_copy(pair, target)
    }

    /// Whether a record is what an unanswered creation made of an item that the filter hides now.
    fn is_unanswered_copy(&self, pair: &Pair<'a, P>, target: Side) -> bool {
        let origin = pair.b.seen().and_then(|record| record.mark);
        let hides = target == Side::A && !*self.unfiltered.get(target);
        let mut attempts = self.state.attempts.keys().filter(|_| hides);
        attempts.any(|key| key.side == Side::A && Some(key.id.as_str()) == origin)
    }

    /// The writes planned for a pair by an earlier run that were never answered. They are dealt with now.
    pub(crate) fn attempts(&mut self, pair: &Pair<'a, P>) -> Vec<(Side, &'a Attempt)> {
        let (state, kind) = (self.state, pair.kind.code());
        if state.attempts.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for target in Side::BOTH {
            for (side, id) in [(Side::A, pair.id_a()), (Side::B, pair.id_b())] {
                let Some(id) = id else { continue };
                let key = AttemptKey { kind, target, side, id: id.to_owned() };
                if let Some(attempt) = state.attempts.get(&key) {
                    found.push((target, attempt));
                    self.met.push(key);
                }
            }
        }
        found
    }

    /// What a write lost is reported though its answer was not heard; the values went with the answer.
    fn recover_losses(&mut self, pair: &Pair<'a, P>, attempt: &Attempt, stored: Option<&[usize]>) {
        for (field, code) in &attempt.losses {
            let place = pair.kind.groups().iter().position(|name| name == field);
            let Some(place) = place else { continue };
            if stored.is_none_or(|stored| stored.contains(&place)) {
                self.anomalies.push(Self::anomaly(pair, *code, place, BySide::default()));
            }
        }
    }

    /// Attempts whose record a complete listing does not show any more: nobody will ask for them again.
    pub(crate) fn drop_attempts(&mut self, listed: impl Fn(Side, &str) -> bool) {
        let gone = self
            .state
            .attempts
            .keys()
            .filter(|key| *self.listed_whole.get(key.side) && !listed(key.side, &key.id));
        self.met.extend(gone.cloned());
    }
}
