//! What is about to be written is remembered before it is sent, until it is answered.

use super::{OpResult, Session, index, prints};
use crate::model::Side;
use crate::plan::{Action, Op, Settlement};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{Attempt, AttemptKey};

impl<S: Schema> Session<S> {
    /// Finds out what the record of a pair that is made shows, where the plan does not say.
    pub(super) fn show_made(&mut self, settlement: usize) {
        let Some(settlement) = self.settlements.get_mut(settlement) else { return };
        for at in 0..settlement.asked.len() {
            let Some((id, groups)) = settlement.asked.get(at) else { continue };
            let op = index(*id).and_then(|at| self.plan.ops.get(at));
            let op = op.filter(|op| groups.is_empty() && op.kind.code() == settlement.kind);
            let Some(Op { id, side, kind, action: Action::Create(record), .. }) = op else {
                continue;
            };
            let prints = prints::<S>(&self.state.key, &self.plan.viewer, *kind, record);
            let shown = settlement.asked_of((*id, *side), &prints);
            if let Some((_, groups)) = settlement.asked.get_mut(at) {
                *groups = shown;
            }
        }
    }

    /// Remembers what is about to be written for a pair, before any of it is sent: as far as it is known by what it
    /// will be recognised.
    pub(super) fn expect_answers(&mut self, settlement: usize) {
        let settlement = self.settlements.get(settlement);
        let Some(settlement) = settlement.filter(|_| S::REMEMBERS_ATTEMPTS) else { return };
        let unsent =
            settlement.ops.iter().filter_map(|op| index(*op)).filter(|at| *at >= self.next);
        for op in unsent.filter_map(|at| self.plan.ops.get(at)) {
            let asked = settlement.asked.iter().find(|(of, _)| *of == op.id);
            let groups = asked.map(|(_, groups)| groups.clone()).unwrap_or_default();
            let losses: Vec<_> =
                op.anomalies.iter().map(|one| (one.field.clone(), one.code)).collect();
            if let Some(key) = self.attempt_key(settlement, op).filter(|_| !op.held) {
                let scope = self.plan.scopes.get(op.side).as_deref();
                let (removes, scope) = (op.action.is_deletion(), self.state.key.scope(scope));
                let other = op.ids.get(key.side.other()).clone();
                let attempt = Attempt { removes, scope, other, groups, losses };
                self.changes.attempt(key.clone(), Some(attempt.clone()));
                self.state.attempts.insert(key, attempt);
            }
        }
    }

    /// The answer to an operation is known, or it will never be sent. What is held was not remembered either: what is
    /// remembered in its place is an earlier run's. What no link knows is remembered until it is taken away.
    pub(super) fn forget_attempt(&mut self, at: usize) {
        let key = self.pair_of(at).zip(self.plan.ops.get(at).filter(|op| !op.held));
        let Some(key) = key.and_then(|(pair, op)| self.attempt_key(pair, op)) else { return };
        let is_done = self.results.get(at) == Some(&OpResult::Done);
        let attempt = self.state.attempts.get(&key);
        if attempt.is_some_and(|one| is_done || !one.removes || one.groups.is_empty()) {
            self.state.attempts.remove(&key);
            self.changes.attempt(key, None);
        }
    }

    /// What an operation is remembered by until it is answered: side B's record of its pair, as soon as it is made,
    /// or for a record that is made there the item it is made from. An operation without either cannot be recognised
    /// later.
    pub(super) fn attempt_key(&self, pair: &Settlement, op: &Op<S>) -> Option<AttemptKey> {
        let is_made = matches!(op.action, Action::Create(_)) && op.side == Side::B;
        let side = if is_made { Side::A } else { Side::B };
        let is_own = op.kind.code() == pair.kind;
        let ids = if is_own { &op.ids } else { &pair.ids };
        let made = || {
            let made = pair.made.get(side).filter(|_| is_own).and_then(|op| self.answer(op))?;
            Some(pair.made_id(side, made))
        };
        let id = ids.get(side).clone().or_else(made)?;
        // What is written beside the pair says nothing of it.
        let has_content = !matches!(op.action, Action::Stamp(_)) && !pair.beside.contains(&op.id);
        has_content.then_some(AttemptKey { kind: pair.kind, target: op.side, side, id })
    }

    /// Whether what an operation deletes may be gone since an earlier run, which never heard the answer: a side may
    /// decline what is not there.
    pub(super) fn may_be_removed(&self, at: usize) -> bool {
        let op = self.plan.ops.get(at).filter(|op| op.action.is_deletion());
        let key = self.pair_of(at).zip(op).and_then(|(pair, op)| self.attempt_key(pair, op));
        key.is_some_and(|key| self.removed_before.contains(&key))
    }

    /// Whether an operation makes a record of a pair.
    pub(super) fn makes(&self, at: usize, settlement: usize) -> bool {
        let made = self.settlements.get(settlement).map(|one| one.made);
        made.is_some_and(|made| {
            [made.a, made.b].into_iter().flatten().any(|op| index(op) == Some(at))
        })
    }
}
