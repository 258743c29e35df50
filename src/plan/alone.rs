//! A record that stands alone: a counterpart is made for it.

use super::account::Fate;
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Advance, Closing, Ending, Settlement};
use crate::matching::{KeyFinding, Pair, Presence};
use crate::model::{BySide, Places, Side};
use crate::profile::{Change, Effect, Entry, Expressed, Profile, Standing, Value as _, Write};
use crate::report::{Anomaly, AnomalyStatus, Code};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::LinkStatus;

impl<'a, P: Profile> Planner<'a, P> {
    /// New on side A (A4.11).
    pub(crate) fn create_on_b(&mut self, pair: &Pair<'a, P>) -> Fate {
        let Some(item) = pair.a.seen() else {
            return Fate::Skipped;
        };
        let forced = self.is_forced(Side::B, item.mark) || self.settings.resend_a_since.is_some();
        match pair.key {
            KeyFinding::Duplicate => {
                self.note(Code::DuplicateKey, pair);
                // Until it has a record of its own, what tells it from its source is listed again.
                self.look_for_key(pair, item.mark);
            }
            KeyFinding::Orphan => {
                if !forced && let Some(fate) = self.gone_unheard(pair, item) {
                    return fate;
                }
                self.note(Code::OrphanKey, pair);
                self.look_for_key(pair, item.mark);
            }
            KeyFinding::Unlisted => return self.look_for_key(pair, item.mark),
            KeyFinding::Plain => {}
        }
        if pair.key == KeyFinding::Orphan && forced {
            return self.look_for_key(pair, item.mark);
        }
        let older = self.settings.resend_a_since.is_some_and(|since| item.modified <= since);
        let needed = older.then(|| self.profile.needed(pair.kind, item.id));
        if needed == Some(None) {
            return self.look_again(pair, None);
        }
        if let (_, Some(code)) = self.way(pair, Side::B, Write::Create) {
            self.note_write(code, pair, Side::B, Write::Create);
            return self.leave_alone(pair);
        }
        let mut settlement = self.settlement(pair);
        let why = needed.flatten().map_or((Reason::CreatedInA, "A4.11"), |reason| (reason, "A6.5"));
        let Some(op) = self.create(pair, Side::B, *item, (&mut settlement, why)) else {
            return Fate::Skipped;
        };
        self.stamp(pair, None, Some(op), &mut settlement);
        self.remember(pair, BySide::new(None, Some(op)));
        self.enter(pair, settlement);
        Fate::Operation
    }

    /// An item that may not become a record now: it is looked at again where that may change by itself (D22). A
    /// copy must not keep the key of its source (A3.7).
    fn leave_alone(&mut self, pair: &Pair<'a, P>) -> Fate {
        let mut settlement = Box::new(Settlement::open(pair.kind, Self::ids(pair)));
        if pair.key == KeyFinding::Duplicate && pair.a.seen().is_some_and(|item| item.marked) {
            self.stamp(pair, None, None, &mut settlement);
            self.enter(pair, settlement);
            return Fate::Operation;
        }
        let barrier = self.profile.barrier(&Self::view(pair), Side::B, Write::Create);
        if barrier.is_none_or(|barrier| barrier.effect == Effect::Wait) {
            self.enter(pair, settlement);
        }
        Fate::Skipped
    }

    /// New on side B, or new to the user (A4.7, A4.15, A4.16).
    pub(crate) fn create_on_a(&mut self, pair: &Pair<'a, P>) -> Fate {
        let Some(record) = pair.b.seen() else {
            return Fate::Skipped;
        };
        if record.standing == Standing::Foreign {
            self.recover(pair);
            return Fate::Skipped;
        }
        let why = if self.resends(pair) {
            (Reason::Forced, "A9.2")
        } else {
            (Reason::CreatedInB, "A4.7")
        };
        self.create_copy_on_a(pair, *record, why)
    }

    /// Makes a counterpart on side A for a record of side B.
    pub(crate) fn create_copy_on_a(
        &mut self,
        pair: &Pair<'a, P>,
        record: Entry<'a, P>,
        why: (Reason, &'static str),
    ) -> Fate {
        let mut settlement = self.settlement(pair);
        settlement.status = LinkStatus::Live;
        if let (_, Some(code)) = self.way(pair, Side::A, Write::Create) {
            self.note_write(code, pair, Side::A, Write::Create);
            self.recover(pair);
            self.remember(pair, BySide::default());
            if code == Code::NotPermitted {
                let waits = self.settlement(pair);
                self.enter(pair, waits);
            }
            return Fate::Skipped;
        }
        let Some(op) = self.create(pair, Side::A, record, (&mut settlement, why)) else {
            return Fate::Skipped;
        };
        self.remember(pair, BySide::new(Some(op), None));
        self.enter(pair, settlement);
        if matches!(pair.a, Presence::Gone) {
            self.miss_former(pair);
        }
        Fate::Operation
    }

    /// Makes a counterpart on side B again for an item of side A.
    pub(crate) fn create_copy_on_b(
        &mut self,
        pair: &Pair<'a, P>,
        item: Entry<'a, P>,
        why: (Reason, &'static str),
    ) -> Fate {
        let mut settlement = self.settlement(pair);
        settlement.status = LinkStatus::Live;
        if let (_, Some(code)) = self.way(pair, Side::B, Write::Create) {
            self.note(code, pair);
            self.enter(pair, settlement);
            return Fate::Skipped;
        }
        let Some(op) = self.create(pair, Side::B, item, (&mut settlement, why)) else {
            return Fate::Skipped;
        };
        self.remember(pair, BySide::new(None, Some(op)));
        self.enter(pair, settlement);
        Fate::Operation
    }

    /// What makes a creation recognisable (D12): the record it is made from, and the counterpart that this
    /// record had before. A record that is made again is another one than the first.
    fn creation_key(&self, pair: &Pair<'a, P>, side: Side, source: &Entry<'a, P>) -> String {
        let before = match side {
            Side::A => pair.link.map(|link| link.ids.a.as_str()),
            Side::B => source.mark,
        };
        let system = self.state.systems.get(side.other()).as_str();
        let mut key = String::with_capacity(
            system.len() + 1 + source.id.len() + before.map_or(0, |id| id.len() + 1),
        );
        key.extend([system, "/", source.id]);
        key.extend(before.iter().flat_map(|id| ["/", id]));
        key
    }

    /// While a record is not made again, the one that is gone is asked for: a listing of changes names it once only.
    fn miss_again(&mut self, pair: &Pair<'a, P>, (side, op): (Side, u32)) {
        let Some(link) = pair.link else { return };
        let mut ids = BySide::default();
        *ids.get_mut(side) = Some(link.ids.get(side).clone());
        let mut again = Settlement::open(pair.kind, ids);
        again.ending = Some(Ending::With(op));
        self.settlements.push(again);
    }

    /// An item stands in the place of another one, which may be restored before this run ends, as it was: it is asked
    /// for once more.
    pub(crate) fn miss_former(&mut self, pair: &Pair<'a, P>) {
        if let Some(link) = pair.link.filter(|_| !self.listed_whole.a) {
            let former = BySide::new(Some(link.ids.a.clone()), None);
            self.settlements.push(Settlement::open(pair.kind, former));
        }
    }

    /// Plans the creation of a counterpart on a side; `None` where the record cannot be made.
    fn create(
        &mut self,
        pair: &Pair<'a, P>,
        side: Side,
        source: Entry<'a, P>,
        (settlement, why): (&mut Settlement, (Reason, &'static str)),
    ) -> Option<u32> {
        self.print(pair.kind, &source, settlement.shown.get_mut(side.other()));
        *settlement.digests.get_mut(side.other()) = self.digest(pair.kind, (side.other(), &source));
        let silent = self.printer.borrow().blank().and(self.profile.silent(pair.kind));
        let form = self.form(pair.kind, source.native);
        let every = 0..pair.kind.groups().len();
        let (mut given, mut filled) = (Places::NONE, Places::NONE);
        let mut expressed = self.spare_places.take();
        expressed.clear();
        for place in every.clone().filter(|at| self.profile.carries(pair.kind, side, *at)) {
            if silent.contains(place) {
                given = given.or(Places::one(place));
            } else if let Some(value) = self.value(&form, place).filter(|one| one.is_readable()) {
                given = given.or(Places::one(place));
                expressed.push(place);
                if !value.is_blank() {
                    filled = filled.or(Places::one(place));
                }
            }
        }
        let change = Change {
            kind: pair.kind,
            target: side,
            groups: &expressed,
            agreed: &|place| self.value(&form, place),
            current: None,
            source: Some(&source),
        };
        let Expressed { payload, needs, problems } =
            self.profile.create(&change, &source, &self.known);
        self.give_back(form);
        self.spare_places.set(expressed);
        let anomalies = self.problems(pair, problems);
        let Some(record) = payload else {
            self.raise_or_leave_open(pair, anomalies);
            let mut undone = Settlement::open(pair.kind, Self::ids(pair));
            undone.key = None;
            self.settlements.push(undone);
            return None;
        };
        let op = super::planner::number(self.drafts.len());
        self.recover_beside(pair, side);
        settlement.groups.fill(Advance::With(op));
        // What the copy is made without is not agreed, whatever was agreed on the record before it.
        for place in every.filter(|at| !given.contains(*at)) {
            if let (Some(advance), Some(shown), Some(base)) = (
                settlement.groups.get_mut(place),
                settlement.shown.get_mut(side.other()).get_mut(place),
                settlement.base.get_mut(place),
            ) {
                *advance = Advance::Never;
                *shown = None;
                *base = crate::snapshot::Base::default();
            }
        }
        if self.profile.writes_as_drafted() {
            settlement.asked.push((op, Vec::new()));
        } else {
            self.ask_made((op, side), (pair.kind, &record), settlement);
        }
        let mut ids = Self::ids(pair);
        *ids.get_mut(side) = None;
        let mut draft = Draft::new(side, pair.kind, ids, Action::Create(record), why);
        draft.source_modified = Some(source.modified);
        draft.idempotency_key = Some(self.creation_key(pair, side, &source));
        draft.needs = needs;
        draft.anomalies = anomalies;
        draft.groups.reserve_exact(filled.len());
        draft.groups.extend(filled.iter());
        let op = self.push(draft, settlement);
        self.miss_again(pair, (side, op));
        if pair.id_b().is_none() {
            self.close_of_item(pair, op);
        }
        if pair.link.is_none() {
            // Nothing was agreed before: the base of every group is none.
            settlement.base.clear();
        }
        *settlement.ids.get_mut(side) = None;
        *settlement.made.get_mut(side) = Some(op);
        Some(op)
    }

    /// Says why a record cannot be made: once, as long as nothing else is wrong with its item (D14).
    fn raise_or_leave_open(&mut self, pair: &Pair<'a, P>, anomalies: Vec<Anomaly>) {
        let every = 0..pair.kind.groups().len();
        let open: Vec<_> = every.flat_map(|group| self.open_in(pair, group)).collect();
        self.anomalies.extend(anomalies.into_iter().map(|mut anomaly| {
            if open.iter().any(|one| one.code == anomaly.code && one.field == anomaly.field) {
                (anomaly.status, anomaly.values) = (AnomalyStatus::Open, BySide::default());
            }
            anomaly
        }));
    }

    /// What was wrong with an item closes once it has a record (A12.8).
    fn close_of_item(&mut self, pair: &Pair<'a, P>, op: u32) {
        if self.open.is_empty() {
            return;
        }
        for group in 0..pair.kind.groups().len() {
            for anomaly in self.open_in(pair, group) {
                self.closings.push(Closing { anomaly: anomaly.clone(), with: Some(op) });
            }
        }
    }
}
