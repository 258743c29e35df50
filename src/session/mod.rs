//! Executing a plan without IO.
//!
//! A [`Session`] hands out one request at a time and learns the answer. The calling order is
//! [`poll_request`](Session::poll_request), do it, [`handle_response`](Session::handle_response), until there
//! is no request; then [`finish`](Session::finish). Nothing is timed, retried or logged here. The state it
//! holds is correct after every answer, and a host that stores it then loses nothing to a crash.

mod attempts;
mod exchange;
mod findings;
mod outcome;
mod refusals;
mod unsettled;

pub use exchange::{Request, Response, Said};
pub use outcome::{OpResult, Outcome, Report};

use std::collections::{BTreeMap, BTreeSet};

use self::findings::Findings;
use crate::model::{BySide, Instant, Side};
use crate::plan::{Action, Done, Ending, Op, OpId, Plan, Settlement};
use crate::report::{Code, Detail, JournalEntry};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{
    AttemptKey, Digester, Link, LinkKey, Printer, Prints, RefusalKey, Retry, StateKey, StateRecord,
    SyncState,
};

/// A plan being executed.
#[derive(Clone, Debug)]
pub struct Session<S: Schema> {
    plan: Plan<S>,
    state: SyncState,
    results: Vec<OpResult>,
    done: Vec<Option<Done>>,
    settlements: Vec<Settlement>,
    settlements_of: Vec<Vec<usize>>,
    written: BTreeMap<(Side, String), Option<Instant>>,
    journal: Vec<JournalEntry>,
    changes: StateRecord,
    findings: Findings,
    before: BTreeMap<(Side, String), Retry>,
    refusals: BTreeMap<RefusalKey, Said>,
    /// The pairs that no longer have the link they had when the run began.
    released: BTreeSet<usize>,
    /// The places of links that another pair got, with that pair.
    taken: BTreeMap<LinkKey, usize>,
    /// The pairs that want a record to be listed again, by the record.
    wanted_by: BTreeMap<(Side, String), BTreeSet<usize>>,
    /// Records that a listing of changes reported as removed, and of which nothing is left to do: a host whose run
    /// does not end lists from where it listed this time, and one that came back meanwhile may be as it was.
    until_end: BTreeSet<(Side, String)>,
    /// Deletions of earlier runs that were never answered.
    removed_before: BTreeSet<AttemptKey>,
    /// Of what each side stores, where digests are kept.
    digesters: BySide<Option<Digester>>,
    next: usize,
    waiting: Option<usize>,
    lost: bool,
}

impl<S: Schema> Session<S> {
    /// Begins to execute a plan made from this state. What needs no operation is entered at once; what does
    /// is entered as still to be done, so that a crash at any point is completed by the next run (D12).
    pub fn new(plan: Plan<S>, mut state: SyncState) -> Self {
        let mut settlements: Vec<Settlement> = plan.settlements.iter().collect();
        for settlement in &mut settlements {
            let kind = S::Kind::ALL.iter().find(|kind| kind.code() == settlement.kind);
            let places = kind.map_or(0, |kind| kind.groups().len());
            settlement.unfold(places, |(kind, id)| state.links.get(*kind, id));
        }
        if plan.drops_state {
            state.links.clear();
        }
        let before = state.retries.clone();
        let mut changes = StateRecord::default();
        for key in &plan.revisited {
            if state.retries.remove(key).is_some() {
                changes.retry(key.clone(), None);
            }
        }
        let mut removed_before = BTreeSet::new();
        for key in &plan.met {
            if let Some(attempt) = state.attempts.remove(key) {
                changes.attempt(key.clone(), None);
                removed_before.extend(attempt.removes.then(|| key.clone()));
            }
        }
        state.undecided = plan.undecided.iter().cloned().collect();
        if state.parked != plan.parked {
            state.parked.clone_from(&plan.parked);
            changes.parked(plan.parked.clone());
        }
        if !state.asked.iter().eq(plan.asked.keys()) {
            state.asked = plan.asked.keys().cloned().collect();
            changes.asked(state.asked.clone());
        }
        let count = plan.ops.len();
        let mut session = Self {
            results: vec![OpResult::NotReached; count],
            done: vec![None; count],
            settlements_of: vec![Vec::new(); count],
            written: BTreeMap::new(),
            journal: Vec::new(),
            changes,
            findings: Findings::new(&state),
            before,
            refusals: BTreeMap::new(),
            released: BTreeSet::new(),
            taken: BTreeMap::new(),
            wanted_by: BTreeMap::new(),
            until_end: plan.missing.iter().cloned().collect(),
            removed_before,
            digesters: plan
                .digested
                .map(|is_kept| is_kept.then(|| Digester::new(&state.key, &plan.viewer))),
            next: 0,
            waiting: None,
            lost: false,
            state,
            plan,
            settlements,
        };
        for at in 0..session.settlements.len() {
            let Some(one) = session.settlements.get(at) else { continue };
            for op in concerned(one) {
                if let Some(slot) = index(op).and_then(|op| session.settlements_of.get_mut(op))
                    && !slot.contains(&at)
                {
                    slot.push(at);
                }
            }
            session.show_made(at);
            session.settle(at);
            session.expect_answers(at);
        }
        session.remember_winners();
        for anomaly in std::mem::take(&mut session.plan.anomalies) {
            session.findings.raise::<S>(anomaly, &mut session.state, &mut session.changes);
        }
        session.close_with(None);
        session
    }

    /// Closes the anomalies that an operation settles, or that are settled without one (A12.8).
    fn close_with(&mut self, op: Option<OpId>) {
        for closing in self.plan.closings.iter().filter(|closing| closing.with == op) {
            self.findings.close(&closing.anomaly, &mut self.state, &mut self.changes);
        }
    }

    /// What a user asked for is written: whatever else belongs to it is known by that.
    fn fulfil(&mut self, op: Option<OpId>) {
        let Some(op) = op else { return };
        let is_over = |with: &Option<OpId>| with.is_some_and(|with| with == op);
        let over = self.plan.asked.iter().filter(|(_, with)| is_over(with));
        let over: Vec<String> = over.map(|(words, _)| words.clone()).collect();
        for words in &over {
            self.state.asked.shift_remove(words);
        }
        if !over.is_empty() {
            self.changes.asked(self.state.asked.clone());
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &Plan<S> {
        &self.plan
    }

    /// The state as far as answers acknowledge it: what to persist after each of them.
    pub const fn state(&self) -> &SyncState {
        &self.state
    }

    /// What changed in the state since this was last asked for: the smallest thing to persist after an answer.
    /// Asked for before the first request it holds what needs no operation, and what is still to be done.
    pub fn take_checkpoint(&mut self) -> StateRecord {
        std::mem::take(&mut self.changes)
    }

    /// How many operations were answered or passed over so far.
    pub const fn progress(&self) -> usize {
        self.next
    }

    /// What became of an operation so far.
    pub fn result(&self, op: OpId) -> OpResult {
        index(op).and_then(|at| self.results.get(at)).copied().unwrap_or(OpResult::NotReached)
    }

    /// The next thing to write, or `None` when there is nothing left, or when an answer was lost. Asked
    /// again before the answer, it gives the same request again.
    pub fn poll_request(&mut self) -> Option<Request<S>> {
        if self.lost {
            return None;
        }
        if let Some(at) = self.waiting {
            return self.request(at);
        }
        while let Some(op) = self.plan.ops.get(self.next) {
            let at = self.next;
            self.next += 1;
            let mut needs = op.needs.iter().filter(|need| !need.optional);
            let blocked = needs.any(|need| self.result(need.op) != OpResult::Done);
            let result = if op.held {
                OpResult::Held
            } else if blocked {
                self.block(at);
                OpResult::Blocked
            } else {
                self.waiting = Some(at);
                return self.request(at);
            };
            self.conclude(at, result);
        }
        None
    }

    fn request(&self, at: usize) -> Option<Request<S>> {
        let op = self.plan.ops.get(at)?;
        let id = op.ids.get(op.side).clone().or_else(|| self.ids(at).get(op.side).clone());
        let id = if matches!(op.action, Action::Create(_)) { None } else { id };
        let stamped = op.listed_by.as_ref().or(id.as_ref());
        let written = stamped.and_then(|id| self.written.get(&(op.side, id.clone())));
        let written = written.filter(|_| op.listed_by.is_none() || op.expect.is_some());
        Some(Request {
            op: op.id,
            side: op.side,
            kind: op.kind,
            action: self.filled(op),
            expect: written.copied().unwrap_or(op.expect),
            source_modified: op.source_modified,
            idempotency_key: op.idempotency_key.clone(),
            now: self.plan.now,
            id,
        })
    }

    /// The action with the keys that other operations made.
    fn filled(&self, op: &Op<S>) -> Action<S> {
        let mut action = op.action.clone();
        for need in &op.needs {
            let Some(key) = self.answer(need.op).map(|done| done.id.as_str()) else {
                continue;
            };
            match (&mut action, &need.slot) {
                (Action::Create(record), Some(slot)) => S::fill_record(record, slot, key),
                (Action::Update(patch), Some(slot)) => S::fill_patch(patch, slot, key),
                (Action::Stamp(stamp @ None), slot) => *stamp = Some(S::stamp(slot.as_ref(), key)),
                _ => {}
            }
        }
        action
    }

    fn answer(&self, op: OpId) -> Option<&Done> {
        index(op).and_then(|at| self.done.get(at)).and_then(Option::as_ref)
    }

    /// Takes the answer to the last request. An answer nobody waits for is ignored.
    pub fn handle_response(&mut self, response: Response<S>) {
        let Some(at) = self.waiting.take() else {
            return;
        };
        let result = match response {
            // A record without an id could never be found again.
            Response::Done { id, .. } if id.is_empty() => {
                self.note(at, Code::WriteRefused, Some(Detail::NoId));
                self.refuse(at, String::new());
                OpResult::Refused
            }
            Response::Done { id, stored, modified } => {
                self.acknowledge(at, id, stored.as_ref(), modified);
                OpResult::Done
            }
            Response::Refused { message, trace } => {
                self.refuse(at, message.clone());
                self.note(at, Code::WriteRefused, Some(Detail::Answer { message, trace }));
                OpResult::Refused
            }
            Response::Stale => {
                self.note(at, Code::Stale, None);
                OpResult::Stale
            }
            Response::Lost => {
                self.lost = true;
                OpResult::NotReached
            }
        };
        self.conclude(at, result);
    }

    fn acknowledge(
        &mut self,
        at: usize,
        id: String,
        stored: Option<&S::Record>,
        modified: Option<Instant>,
    ) {
        let Some(op) = self.plan.ops.get(at) else {
            return;
        };
        let kind = self.kind_of_pair(at).unwrap_or(op.kind);
        let prints =
            stored.map(|record| prints::<S>(&self.state.key, &self.plan.viewer, kind, record));
        let digester = self.digesters.get_mut(op.side).as_mut().zip(stored);
        let digest = digester.and_then(|(digester, record)| S::digest(kind, record, digester));
        for anomaly in &op.anomalies {
            let mut anomaly = anomaly.clone();
            anomaly.ids.get_mut(op.side).get_or_insert_with(|| id.clone());
            self.findings.raise::<S>(anomaly, &mut self.state, &mut self.changes);
        }
        let stamped = op.listed_by.clone().unwrap_or_else(|| id.clone());
        self.written.insert((op.side, stamped), modified);
        let facts = stored.map(S::facts).filter(|facts| !facts.is_empty());
        if let Some(done) = self.done.get_mut(at) {
            *done = Some(Done { id, prints, digest, modified, facts });
        }
        self.answer_refusals(at);
        self.fulfil(OpId::try_from(at + 1).ok());
        self.close_with(OpId::try_from(at + 1).ok());
    }

    /// The pair an operation belongs to; an operation may write another record than the pair's own.
    fn pair_of(&self, at: usize) -> Option<&Settlement> {
        let op = OpId::try_from(at).ok()?.checked_add(1)?;
        let settlements = self.settlements_of.get(at)?.iter();
        settlements.filter_map(|at| self.settlements.get(*at)).find(|one| one.ops.contains(&op))
    }

    fn kind_of_pair(&self, at: usize) -> Option<S::Kind> {
        let kind = self.pair_of(at)?.kind;
        S::Kind::ALL.iter().copied().find(|one| one.code() == kind)
    }

    /// The ids of an operation's record as far as they are known by now.
    fn ids(&self, at: usize) -> BySide<Option<String>> {
        let Some(op) = self.plan.ops.get(at) else {
            return BySide::default();
        };
        let mut ids = op.ids.clone();
        let written = self.done.get(at).and_then(Option::as_ref).map(|done| done.id.clone());
        if written.is_some() && !matches!(op.action, Action::Delete) {
            *ids.get_mut(op.side) = written;
        }
        let Some(pair) = self.pair_of(at) else { return ids };
        for side in Side::BOTH {
            let other_record = side == op.side && pair.kind != op.kind.code();
            let made = pair.made.get(side).and_then(|made| self.answer(made));
            if let Some(made) = made.filter(|_| !other_record && ids.get(side).is_none()) {
                *ids.get_mut(side) = Some(pair.made_id(side, made));
            }
        }
        ids
    }

    fn note(&mut self, at: usize, code: Code, detail: Option<Detail>) {
        let Some(op) = self.plan.ops.get(at) else {
            return;
        };
        let kind = Some(op.kind.name(op.side));
        let entry = JournalEntry::new(self.plan.now, code, kind, self.ids(at));
        let mut entry = entry.about(Some(op.side), op.action.kind());
        entry.detail = detail;
        self.journal.push(entry);
    }

    fn conclude(&mut self, at: usize, result: OpResult) {
        if let Some(slot) = self.results.get_mut(at) {
            *slot = result;
        }
        let is_declined = matches!(result, OpResult::Refused | OpResult::Stale);
        if result != OpResult::NotReached && !(is_declined && self.may_be_removed(at)) {
            self.forget_attempt(at);
        }
        for settlement in self.settlements_of.get(at).cloned().unwrap_or_default() {
            self.settle(settlement);
            // What goes with the record that was made now is recognised by it.
            if result == OpResult::Done && self.makes(at, settlement) {
                self.expect_answers(settlement);
            }
        }
    }

    /// Works out a pair's link from the answers so far.
    fn settle(&mut self, at: usize) {
        let Some(settlement) = self.settlements.get(at) else {
            return;
        };
        let side_of = |op: OpId| index(op).and_then(|at| self.plan.ops.get(at)).map(|op| op.side);
        let done = |op| Some((side_of(op)?, self.answer(op)?));
        let (settled, gone) = (settlement.settle(done), settlement.still_gone(done));
        let ids = BySide::from_fn(|side| {
            let made = settlement.made.get(side).and_then(|op| self.answer(op));
            let made = made.map(|done| settlement.made_id(side, done));
            settlement.ids.get(side).clone().or(made)
        });
        let (kind, key) = (settlement.kind, settlement.key.clone());
        let made = settlement.made.b.is_some();
        if let Some(key) = key.filter(|key| self.holds(at, key)) {
            let stays = settled.link.as_ref().is_some_and(|link| link.ids.b == key.1);
            if settled.remove && !stays {
                self.released.insert(at);
            }
            if !settled.remove {
                self.keep_gone(&key, gone);
            } else if self.state.links.remove(&key) {
                self.changes.link(key, None);
            }
        }
        if let Some(link) = settled.link {
            let key = (kind, link.ids.b.clone());
            if made {
                self.take_over(at, &key, &link);
            }
            if self.taken.get(&key).is_none_or(|by| *by == at) {
                self.changes.link(key.clone(), Some(link.clone()));
                self.state.links.insert(key, link);
            }
        }
        self.retry(at, &ids, settled.retry, gone);
    }

    /// A record that was to be made again and is not: a removal that was reported is not reported again (D22).
    fn keep_gone(&mut self, key: &LinkKey, gone: BySide<bool>) {
        let Some(mut link) = self.state.links.get(key.0, &key.1) else { return };
        let known = link.gone;
        link.gone = BySide::from_fn(|side| *known.get(side) || *gone.get(side));
        if link.gone != known {
            self.changes.link(key.clone(), Some(link.clone()));
            self.state.links.insert(key.clone(), link);
        }
    }

    /// Whether the link under a pair's key is still the pair's own. A side may give a record that it makes the id of
    /// one that is gone, while the deletion of that one's counterpart is still to come.
    fn holds(&self, settlement: usize, key: &LinkKey) -> bool {
        !self.released.contains(&settlement)
            && self.taken.get(key).is_none_or(|by| *by == settlement)
    }

    /// A pair that was made gets the place of another one, if its record has that one's id.
    fn take_over(&mut self, settlement: usize, key: &LinkKey, link: &Link) {
        let there = self.state.links.get(key.0, &key.1);
        if there.is_some_and(|there| there.ids.a != link.ids.a) {
            self.taken.insert(key.clone(), settlement);
        }
    }

    /// Enters a pair's records among those to be looked at again, or takes them off, as far as no other pair wants them.
    fn retry(
        &mut self,
        pair: usize,
        ids: &BySide<Option<String>>,
        again: bool,
        gone: BySide<bool>,
    ) {
        let own = self.settlements.get(pair).map(|one| one.ops.as_slice()).unwrap_or_default();
        let ops = own.iter().filter_map(|op| index(*op).and_then(|at| self.plan.ops.get(at)));
        let held = ops.into_iter().any(|op| op.held && op.action.is_deletion());
        for side in Side::BOTH {
            let Some(id) = ids.get(side) else { continue };
            let key = (side, id.clone());
            if again {
                self.wanted_by.entry(key.clone()).or_default().insert(pair);
            } else if let Some(by) = self.wanted_by.get_mut(&key) {
                by.remove(&pair);
            }
            let is_wanted = self.wanted_by.get(&key).is_some_and(|by| !by.is_empty());
            let until_end = !is_wanted && *gone.get(side);
            if until_end {
                self.until_end.insert(key.clone());
            } else {
                self.until_end.remove(&key);
            }
            if again || until_end {
                let first = Retry { attempts: 0, since: self.plan.now, held };
                let mut retry = self.before.get(&key).cloned().unwrap_or(first);
                (retry.attempts, retry.held) = (retry.attempts.saturating_add(1), held);
                self.changes.retry(key.clone(), Some(retry.clone()));
                self.state.retries.insert(key, retry);
            } else if !is_wanted && self.state.retries.remove(&key).is_some() {
                self.changes.retry(key, None);
            }
        }
    }

    /// Ends the session: the state to keep and the report. What was not reached is planned again next time.
    pub fn finish(mut self) -> (SyncState, Report<S>) {
        let unanswered = self.waiting.is_some();
        let reached = !self.lost && !unanswered && self.next >= self.plan.ops.len();
        for at in self.next..self.plan.ops.len() {
            self.forget_attempt(at);
        }
        let ids = (0..self.plan.ops.len()).map(|at| self.ids(at)).collect();
        if reached {
            self.forget_refusals();
        }
        let anomalies = self.findings.finish::<S>();
        self.state.links.pack();
        if reached {
            self.state.retries.retain(|key, _| !self.until_end.contains(key));
            self.state.runs = self.state.runs.saturating_add(1);
            self.state.scopes = self.plan.scopes.clone();
            if !self.plan.more_to_come {
                self.state.fresh = false;
                self.state.watermark = Some(self.plan.now);
            }
        }
        let mut journal = std::mem::take(&mut self.plan.journal);
        journal.append(&mut self.journal);
        let written =
            self.done.iter().map(|done| done.as_ref().map(|done| done.id.clone())).collect();
        let outcome = Outcome::of(reached, &journal, &anomalies);
        let (plan, results, refusals) = (self.plan, self.results, self.refusals);
        let report = Report { outcome, plan, results, written, ids, journal, anomalies, refusals };
        (self.state, report)
    }
}

/// The state after a plan was executed with these answers, and the report: the whole of a session as one pure
/// function. An operation without an answer, and all after it, count as not reached.
pub fn commit<S: Schema>(
    state: SyncState,
    plan: Plan<S>,
    answers: &BTreeMap<OpId, Response<S>>,
) -> (SyncState, Report<S>) {
    let mut session = Session::new(plan, state);
    while let Some(request) = session.poll_request() {
        let Some(answer) = answers.get(&request.op) else { break };
        session.handle_response(answer.clone());
    }
    session.finish()
}

/// The fingerprints of a record.
fn prints<S: Schema>(
    key: &StateKey,
    viewer: &S::Viewer,
    kind: S::Kind,
    record: &S::Record,
) -> Prints {
    let mut printer = Printer::new(key, kind.code());
    S::show(viewer, kind, record, &mut printer);
    printer.finish()
}

/// The operations whose answers a settlement waits for.
fn concerned(one: &Settlement) -> Vec<OpId> {
    let mut ops = one.ops.clone();
    ops.extend([one.made.a, one.made.b].into_iter().flatten());
    ops.extend(match one.ending {
        Some(Ending::With(op) | Ending::Without(op)) => Some(op),
        Some(Ending::Now) | None => None,
    });
    ops.extend(one.later.iter().flat_map(|later| &later.after));
    ops
}

fn index(op: OpId) -> Option<usize> {
    usize::try_from(op).ok()?.checked_sub(1)
}
