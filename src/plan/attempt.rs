//! Writes of an earlier run whose answer never arrived: what they left behind is recognised, not guessed.

use std::collections::BTreeSet;

use super::content::Content;
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Settlement};
use crate::matching::{Pair, Presence};
use crate::model::{BySide, Places, Side};
use crate::profile::{Entry, KindOf, Profile, Standing};
use crate::report::{Anomaly, AnomalyCode, AnomalyStatus};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{AskedGroup, Attempt, AttemptKey, Print, Prints};

impl<'a, P: Profile> Planner<'a, P> {
    /// Notes what the target shows once an update is done, if it stores the record as asked.
    pub(super) fn ask_update(
        &self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        (op, target): (u32, Side),
        settlement: &mut Settlement,
    ) {
        let current = if target == Side::A { pair.a.seen() } else { pair.b.seen() };
        let draft = usize::try_from(op).ok().and_then(|at| self.drafts.get(at));
        let Some(Draft { action: Action::Update(patch), groups, .. }) = draft else { return };
        let carried: Places = groups.iter().map(|place| usize::from(*place)).collect();
        let Some(current) = current else {
            // What is not listed is to say what it is written.
            let source = settlement.shown.get(target.other()).iter().enumerate();
            let prints = source.map(|(place, print)| print.filter(|_| carried.contains(place)));
            let prints: Prints = prints.collect();
            settlement.ask((op, target), &prints);
            return;
        };
        let happened = content.groups.iter().map(|group| group.place).collect();
        let wanted = carried.or(happened).or(self.profile.beside(pair.kind, carried));
        let mut printer = self.printer.borrow_mut();
        printer.restart_for(pair.kind.code(), wanted);
        let written = (current.native, patch);
        self.profile.show_written(pair.kind, written, &self.viewer, &mut printer);
        settlement.ask((op, target), printer.prints());
    }

    /// Notes what a record that is about to be made shows, if it is stored as asked.
    pub(crate) fn ask_made(
        &self,
        (op, target): (u32, Side),
        (kind, record): (KindOf<P>, &<P::Schema as Schema>::Record),
        settlement: &mut Settlement,
    ) {
        let mut printer = self.printer.borrow_mut();
        printer.restart(kind.code());
        P::Schema::show(&self.viewer, kind, record, &mut printer);
        settlement.ask((op, target), printer.prints());
    }

    /// Enters in a pair's base what a write of an earlier run left behind, as if it had been answered. What it lost
    /// is reported, unless the target shows that it was never done. A side that is not looked into shows what it
    /// showed when the write was planned.
    pub(crate) fn recognise(&mut self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        self.look(pair, settlement);
        for (key, attempt) in self.unanswered(pair) {
            let target = key.target;
            // Whether what is not listed was removed, a later run sees.
            let presence = if target == Side::A { &pair.a } else { &pair.b };
            if attempt.removes && matches!(presence, Presence::Unlisted) {
                continue;
            }
            self.met.push(key);
            let shown = settlement.shown.get(target).clone();
            enter_asked(settlement, target, attempt, &shown);
            self.recover_losses(pair, attempt, &shown);
            self.look(pair, settlement);
        }
    }

    /// The same of a pair that waits with one record gone: by the next run the writes are forgotten.
    pub(crate) fn recognise_left(&self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        for (key, attempt) in self.unanswered(pair) {
            let left = if key.target == Side::A { pair.a.seen() } else { pair.b.seen() };
            if let Some(entry) = left {
                let shown = self.prints(pair.kind, entry);
                enter_asked(settlement, key.target, attempt, &shown);
            }
        }
    }

    /// Whether a record that is gone was taken away by an earlier run whose answer never arrived; what that run
    /// lost with it is reported.
    pub(crate) fn was_removed(&mut self, pair: &Pair<'a, P>, target: Side) -> bool {
        let mut found = self.unanswered(pair);
        found.retain(|(key, _)| key.target == target);
        self.met.extend(found.iter().map(|(key, _)| key.clone()));
        let removal = found.into_iter().find(|(_, one)| one.removes);
        if let Some((_, attempt)) = removal {
            self.recover_losses(pair, attempt, &Prints::new());
        }
        removal.is_some()
    }

    /// Whether an earlier run may have taken a record away that is not listed: until a listing tells, nothing is
    /// written there, for a refusal of that would be taken for a person's deletion.
    pub(crate) fn may_be_removed(&self, pair: &Pair<'a, P>) -> bool {
        self.unanswered(pair).iter().any(|(key, attempt)| {
            let presence = if key.target == Side::A { &pair.a } else { &pair.b };
            attempt.removes && matches!(presence, Presence::Unlisted)
        })
    }

    /// What an earlier run, which never heard of it, made of a record that is gone by now: what it was asked to show,
    /// if an item carries that record's key, and nobody else does.
    pub(crate) fn made_unheard(
        &mut self,
        pair: &Pair<'a, P>,
        item: &Entry<'a, P>,
    ) -> Option<&'a [AskedGroup]> {
        if item.standing != Standing::Taking || pair.holder.is_some() {
            return None;
        }
        let (kind, state) = (pair.kind.code(), self.state);
        let key = AttemptKey { kind, target: Side::A, side: Side::B, id: item.mark?.to_owned() };
        let made = state.attempts.get(&key).filter(|one| !one.groups.is_empty())?;
        // What an earlier run was about to take away for the same reason is known by its id.
        if made.other.as_deref().is_some_and(|other| !made.removes || other != item.id) {
            return None;
        }
        self.undoing.insert(key);
        Some(&made.groups)
    }

    /// Reports what unanswered writes to a pair lost whose content is not brought together now: of a record that
    /// is gone, or not looked into, nobody knows whether the write was done, so that it is taken for done.
    pub(crate) fn recover(&mut self, pair: &Pair<'a, P>) {
        for (key, attempt) in self.unanswered(pair) {
            let target = key.target;
            // What may be removed, and is not looked into now, is looked into later.
            let presence = if target == Side::A { &pair.a } else { &pair.b };
            let waits = attempt.removes && matches!(presence, Presence::Unlisted);
            if waits && Self::expected(pair, target).is_none() {
                continue;
            }
            self.met.push(key);
            self.recover_from(pair, target, attempt);
        }
    }

    /// The same of a pair of which one record is made now: what the write that made it would lose is said by the
    /// one that is planned.
    pub(crate) fn recover_beside(&mut self, pair: &Pair<'a, P>, made: Side) {
        for (target, attempt) in self.attempts(pair) {
            if target != made || attempt.removes {
                self.recover_from(pair, target, attempt);
            }
        }
    }

    fn recover_from(&mut self, pair: &Pair<'a, P>, target: Side, attempt: &Attempt) {
        let presence = if target == Side::A { &pair.a } else { &pair.b };
        // Of a record that is gone, or there, another question is asked: see `was_removed`. An item that stands where
        // another one stood does not show that the other was left.
        let is_known = match presence {
            Presence::Seen(entry) => {
                target == Side::B || attempt.other.as_deref() == Some(entry.id)
            }
            Presence::Gone => true,
            Presence::Never | Presence::Unlisted => false,
        };
        let is_answered = attempt.removes && is_known;
        if is_answered || attempt.losses.is_empty() {
            return;
        }
        let open = |entry: &&Entry<'a, P>| !matches!(entry.standing, Standing::Asleep(_));
        let shows = presence.seen().filter(open).map(|entry| self.prints(pair.kind, entry));
        self.recover_losses(pair, attempt, &shows.unwrap_or_default());
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
        let found = self.unanswered(pair);
        self.met.extend(found.iter().map(|(key, _)| key.clone()));
        found.into_iter().map(|(key, attempt)| (key.target, attempt)).collect()
    }

    fn unanswered(&self, pair: &Pair<'a, P>) -> Vec<(AttemptKey, &'a Attempt)> {
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
                    found.push((key, attempt));
                }
            }
        }
        found
    }

    /// Whether a group of a record shows what an unanswered write of an earlier run left there: that is no edit.
    pub(crate) fn is_as_asked(
        &self,
        pair: &Pair<'a, P>,
        (side, place): (Side, usize),
        shown: Option<Print>,
    ) -> bool {
        let is_meant =
            |one: &AskedGroup| usize::from(one.group) == place && Some(one.asked) == shown;
        let mut attempts = self.unanswered(pair).into_iter().filter(|(key, _)| key.target == side);
        attempts.any(|(_, attempt)| attempt.groups.iter().any(is_meant))
    }

    /// Whether a side lists all that it listed when writes were planned: everything, or by the filter of the last run.
    fn shows_all(&self, side: Side) -> bool {
        let last = self.state.key.scope(self.state.scopes.get(side).as_deref());
        let is_kept = self.state.runs > 0 && last == *self.scopes.get(side);
        *self.listed_whole.get(side) && (*self.unfiltered.get(side) || is_kept)
    }

    /// Whether an item that an unanswered write made may be there, and come with another listing.
    fn may_come(&self, attempt: &Attempt) -> bool {
        let is_same = self.unfiltered.a || attempt.scope == self.scopes.a;
        !attempt.groups.is_empty() && (self.more_to_come || !is_same)
    }

    /// What a write lost is reported though its answer was not heard, unless the target shows that it was never done;
    /// the values went with the answer.
    fn recover_losses(&mut self, pair: &Pair<'a, P>, attempt: &Attempt, shown: &Prints) {
        for (field, code) in &attempt.losses {
            let place = pair.kind.groups().iter().position(|name| name == field);
            let Some(place) =
                place.filter(|place| trace_in(attempt, shown, *place) != Trace::Undone)
            else {
                continue;
            };
            let mut anomaly = Self::anomaly(pair, *code, place, BySide::default());
            // The item that was deleted may not be the one that stands there now.
            if let Some(item) = attempt.other.clone().filter(|_| attempt.removes) {
                anomaly.ids.a = Some(item);
            }
            // The pair knows one of its ids at least; the write knew both.
            for side in Side::BOTH {
                let id = anomaly.ids.get_mut(side);
                *id = id.take().or_else(|| attempt.other.clone());
            }
            self.anomalies.push(anomaly);
        }
    }

    /// Attempts whose record a complete listing does not show any more: nobody will ask for them again. A value
    /// that a person entered, and that one of them may have lost, is named.
    pub(crate) fn drop_attempts(&mut self, listed: impl Fn(Side, &str) -> bool) {
        let met: BTreeSet<AttemptKey> = self.met.iter().cloned().collect();
        for (key, attempt) in &self.state.attempts {
            let is_open = met.contains(key)
                || self.undoing.contains(key)
                || key.target == Side::A && self.may_come(attempt);
            if is_open || !self.shows_all(key.side) || listed(key.side, &key.id) {
                continue;
            }
            self.met.push(key.clone());
            let kind = KindOf::<P>::ALL.iter().find(|kind| kind.code() == key.kind);
            let Some(kind) = kind.filter(|_| key.side == Side::B) else { continue };
            let is_personal =
                |code| matches!(code, AnomalyCode::ConflictLoser | AnomalyCode::LostEdit);
            for (field, code) in attempt.losses.iter().filter(|loss| is_personal(loss.1)) {
                self.anomalies.push(Anomaly {
                    status: AnomalyStatus::New,
                    code: *code,
                    kind: kind.name(Side::B).to_owned(),
                    ids: BySide::new(attempt.other.clone(), Some(key.id.clone())),
                    field: field.clone(),
                    values: BySide::default(),
                });
            }
        }
    }
}

/// Enters in a base what an unanswered write left behind, as far as its target shows it.
fn enter_asked(settlement: &mut Settlement, target: Side, attempt: &Attempt, shown: &Prints) {
    let is_done = trace(attempt, shown) == Trace::Done;
    for one in attempt.groups.iter().filter(|_| is_done) {
        let place = usize::from(one.group);
        let is_there = shown.get(place).copied().flatten() == Some(one.asked);
        if let Some(base) = settlement.base.get_mut(place).filter(|_| is_there) {
            *base.get_mut(target) = Some(one.asked);
            let source = base.get_mut(target.other());
            *source = one.source.or(*source);
        }
    }
}

/// What the target of an unanswered write shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trace {
    /// It was done: a group shows what it was asked to, and showed something else before.
    Done,
    /// It was not: a group that it was to change shows what it showed before, and none shows what it was asked to.
    Undone,
    /// Nobody knows: somebody wrote over all of it since, or it cannot be read.
    Unknown,
}

/// What a group of the target shows of it; another group says nothing of one that shows neither what it showed
/// before nor what it was asked to, for somebody wrote since.
fn trace_in(attempt: &Attempt, shown: &Prints, place: usize) -> Trace {
    let mut changing = attempt.groups.iter().filter(|one| one.before != Some(one.asked));
    let Some(group) = changing.find(|one| usize::from(one.group) == place) else {
        return trace(attempt, shown);
    };
    match shown.get(place).copied().flatten() {
        there if there == Some(group.asked) => Trace::Done,
        there if there.is_some() && there == group.before => Trace::Undone,
        _ => Trace::Unknown,
    }
}

fn trace(attempt: &Attempt, shown: &Prints) -> Trace {
    let changing = attempt.groups.iter().filter(|one| one.before != Some(one.asked));
    let there = |one: &AskedGroup| shown.get(usize::from(one.group)).copied().flatten();
    if changing.clone().any(|one| there(one) == Some(one.asked)) {
        return Trace::Done;
    }
    let mut changing = changing;
    if changing.any(|one| one.before.is_some() && there(one) == one.before) {
        Trace::Undone
    } else {
        Trace::Unknown
    }
}
