//! The writes that a side refused, from one run to the next (E4).

use std::collections::{BTreeMap, BTreeSet};

use super::{OpResult, Said, Session, index};
use crate::model::Side;
use crate::plan::Action;
use crate::rules::Reason;
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{RefusalKey, Refused};

impl<S: Schema> Session<S> {
    fn refusal_key(&self, at: usize) -> RefusalKey {
        let kind = self.plan.ops.get(at).map(|op| op.kind.code()).unwrap_or_default();
        RefusalKey::new(kind, self.ids(at))
    }

    /// A side refused an operation.
    pub(super) fn refuse(&mut self, at: usize, message: String) {
        self.drop_refusals(at);
        if let Some(op) = self.plan.ops.get(at) {
            let key = self.refusal_key(at);
            if S::KEEPS_REFUSALS {
                let refused = Refused::new(op.side, op.reason);
                self.changes.refusal(key.clone(), Some(refused));
                self.state.refusals.insert(key.clone(), refused);
            }
            self.refusals.insert(key, Said(message));
        }
    }

    /// An operation is not sent, because one that it needs was not done. An update that waits for a refused one is kept
    /// beside it.
    pub(super) fn block(&mut self, at: usize) {
        let op = self.plan.ops.get(at).filter(|op| matches!(op.action, Action::Update(_)));
        let Some(op) = op.filter(|_| S::KEEPS_REFUSALS) else { return };
        let mut needs = op.needs.iter().filter(|need| !need.optional);
        let waits = needs.any(|need| match self.result(need.op) {
            OpResult::Refused => true,
            OpResult::Blocked => {
                let key = index(need.op).map(|need| self.refusal_key(need));
                key.is_some_and(|key| self.state.refusals.contains_key(&key))
            }
            OpResult::Done | OpResult::Held | OpResult::NotReached | OpResult::Stale => false,
        });
        if waits {
            self.keep_aside(at);
        }
    }

    /// Remembers who won the conflicts that are about to be written. What the run writes before them may give a record a
    /// later date, by which a run that goes on after a stop would decide otherwise (E2, D12).
    pub(super) fn remember_winners(&mut self) {
        for at in 0..self.plan.ops.len() {
            let op = self.plan.ops.get(at).filter(|op| S::KEEPS_REFUSALS && !op.held);
            let is_conflict = op.is_some_and(|op| {
                matches!(op.action, Action::Update(_))
                    && matches!(op.reason, Reason::ConflictWonByA | Reason::ConflictWonByB)
            });
            if is_conflict {
                self.keep_aside(at);
            }
        }
    }

    /// Keeps an operation beside the refused ones until it is done.
    fn keep_aside(&mut self, at: usize) {
        let key = self.refusal_key(at);
        let Some(op) = self.plan.ops.get(at).filter(|_| !self.refusals.contains_key(&key)) else {
            return;
        };
        // One that was refused itself stays in error until it succeeds.
        let blocked = self.state.refusals.get(&key).is_none_or(|one| one.blocked);
        let refused = Refused { blocked, ..Refused::new(op.side, op.reason) };
        self.changes.refusal(key.clone(), Some(refused));
        self.state.refusals.insert(key, refused);
    }

    /// What was refused of an operation's record before is over: it is answered now.
    fn drop_refusals(&mut self, at: usize) {
        let Some(op) = self.plan.ops.get(at) else { return };
        let (kind, ids) = (op.kind.code(), self.ids(at));
        self.end_refusals(|_, key| key.means(kind, &ids));
    }

    /// The same of a write that was done: what this run refused of the record with another write is not over by that.
    pub(super) fn answer_refusals(&mut self, at: usize) {
        let Some(op) = self.plan.ops.get(at) else { return };
        let (kind, ids) = (op.kind.code(), self.ids(at));
        self.end_refusals(|now, key| key.means(kind, &ids) && !now.contains_key(key));
    }

    /// Ends the refusals that are over, as far as those of this run and the refusal itself say.
    fn end_refusals(&mut self, over: impl Fn(&BTreeMap<RefusalKey, Said>, &RefusalKey) -> bool) {
        let all = self.state.refusals.keys();
        let gone: Vec<RefusalKey> = all.filter(|key| over(&self.refusals, key)).cloned().collect();
        for key in gone {
            self.refusals.remove(&key);
            self.state.refusals.remove(&key);
            self.changes.refusal(key, None);
        }
    }

    /// A refused write that is asked for no more has nothing left to succeed.
    pub(super) fn forget_refusals(&mut self) {
        let (ops, kept) = (&self.plan.ops, &self.plan.refusals_kept);
        let mut asked: BTreeSet<(u8, Side, String)> = BTreeSet::new();
        for (at, op) in ops.iter().enumerate().filter(|_| !self.state.refusals.is_empty()) {
            for ids in [self.ids(at), op.ids.clone()] {
                let named = Side::BOTH.into_iter().zip([ids.a, ids.b]);
                asked.extend(named.filter_map(|(side, id)| Some((op.kind.code(), side, id?))));
            }
        }
        let is_asked = |key: &RefusalKey, side: Side| {
            let id = key.ids.get(side).clone();
            id.is_some_and(|id| asked.contains(&(key.kind, side, id)))
        };
        let all = self.state.refusals.keys();
        let over: BTreeSet<RefusalKey> = all
            .filter(|key| {
                !kept.contains(key) && !Side::BOTH.into_iter().any(|side| is_asked(key, side))
            })
            .cloned()
            .collect();
        self.end_refusals(|_, key| over.contains(key));
    }
}
