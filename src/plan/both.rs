//! A pair of which both records are there: what each side changed goes to the other.

use super::account::Fate;
use super::content::{Content, Group};
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Advance, Closing, Settlement};
use crate::classify::FieldOutcome;
use crate::matching::{Found, Pair, Presence};
use crate::model::{BySide, Places, Side};
use crate::profile::{Change, Entry, Expressed, Judgement, Profile, Standing, Value, Write};
use crate::report::{Anomaly, AnomalyCode, Code};
use crate::rules::{ConflictPolicy, Merge, Reason, Route, Terms, Way, decide};
use crate::snapshot::LinkStatus;

/// An update, by its number and the side it writes.
type Written = (u32, Side);

impl<'a, P: Profile> Planner<'a, P> {
    /// Brings both records together.
    pub(crate) fn both(&mut self, pair: &Pair<'a, P>) -> Fate {
        let mut settlement = self.settlement(pair);
        settlement.status = LinkStatus::Live;
        if matches!(pair.found, Found::Mark | Found::Origin | Found::Content) {
            self.note(Code::Relinked, pair);
            if let Some(entry) = pair.b.seen()
                && pair.found == Found::Mark
                && self.profile.kind_of_key(entry.id).is_some_and(|kind| kind != pair.kind)
            {
                self.note(Code::KeyKindMismatch, pair);
            }
        }
        if pair.moved {
            self.note(Code::Moved, pair);
            self.miss_former(pair);
        }
        if pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign) {
            return self.reclaim(pair, settlement);
        }
        let missing = BySide::new(&pair.a, &pair.b).map(|one| matches!(one, Presence::Unlisted));
        if pair.link.is_some_and(|link| {
            Side::BOTH.iter().any(|side| {
                *missing.get(*side)
                    && link.listed.get(*side).is_none()
                    && *self.listed_whole.get(*side)
            })
        }) {
            self.note(Code::NotYetSeen, pair);
        }
        let private = pair.a.seen().is_some_and(|entry| entry.standing == Standing::Private);
        self.recognise(pair, &mut settlement);
        if pair.link.is_some_and(|link| link.status == LinkStatus::Dismissed) {
            self.follow_b(pair, &mut settlement);
        }
        let mut content = self.content(pair, &settlement);
        let fate = if content.groups.iter().all(|one| one.outcome == FieldOutcome::Unchanged) {
            settlement.groups.fill(Advance::Now);
            if private {
                self.note_write(Code::FrozenPrivate, pair, Side::B, Write::Update);
            }
            Fate::Unchanged
        } else {
            self.bring_together(pair, &mut content, &mut settlement)
        };
        self.done_with(content);
        self.remember(pair, BySide::default());
        self.stamp_again(pair, &mut settlement);
        self.keep(pair, settlement, fate)
    }

    /// Stamps an item that does not carry the key of its record (D12).
    fn stamp_again(&mut self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        if self.lacks_its_key(pair) {
            let key = pair.id_b().map(str::to_owned);
            self.stamp(pair, key.as_deref(), None, settlement);
        }
    }

    /// Enters a settlement, unless the link would stay as it is.
    fn keep(&mut self, pair: &Pair<'a, P>, settlement: Box<Settlement>, fate: Fate) -> Fate {
        let fate = if settlement.ops.is_empty() { fate } else { Fate::Operation };
        let same = settlement.ops.is_empty()
            && pair.link.is_some_and(|link| {
                let settled = settlement.settle(|_| None);
                settled.link.as_ref() == Some(link) && !settled.retry
            });
        if !same {
            self.enter(pair, settlement);
        }
        fate
    }

    fn bring_together(
        &mut self,
        pair: &Pair<'a, P>,
        content: &mut Content<P>,
        settlement: &mut Settlement,
    ) -> Fate {
        let (way_a, code_a) = self.way(pair, Side::A, Write::Update);
        let (way_b, code_b) = self.way(pair, Side::B, Write::Update);
        self.route(pair, content, BySide::new(way_a, way_b));
        for code in &content.codes {
            self.note(*code, pair);
        }
        self.mark_overwritten(pair, content);
        self.wait_for_target(pair, content);
        self.hold_unreadable(pair, content);
        self.hold_swings(pair, content, settlement);
        self.note_routes(pair, content, BySide::new(code_a, code_b));
        let mut plain =
            content.groups.iter().filter(|group| group.judged == Judgement::AsClassified);
        let loser = plain.find_map(|group| {
            if let Route::To { side, lost: true } = group.route { Some(side) } else { None }
        });
        let barred = matches!(way_b, Way::Barred { .. });
        if let Some(loser) = loser.filter(|_| !barred) {
            self.note_conflict(Code::Conflict, pair, Some(loser.other()));
        }
        settlement.groups.fill(Advance::Now);
        for group in &content.groups {
            let is_agreed = matches!(group.route, Route::Settled | Route::Unchanged);
            if let Some(advance) = settlement.groups.get_mut(group.place).filter(|_| !is_agreed) {
                *advance = Advance::Never;
            }
        }
        let written = [Side::B, Side::A].map(|side| self.carry(pair, content, side, settlement));
        for write in written.into_iter().flatten() {
            self.ask_update(pair, content, write, settlement);
        }
        self.close_settled(pair, content, settlement);
        let mut routes = content.groups.iter().map(|group| group.route);
        if routes.clone().any(|route| route == Route::Held) {
            Fate::Conflict
        } else if routes.any(|route| matches!(route, Route::Waits(_))) {
            Fate::Skipped
        } else {
            Fate::Unchanged
        }
    }

    /// Decides where the value of each group goes.
    fn route(&self, pair: &Pair<'a, P>, content: &mut Content<P>, ways: BySide<Way>) {
        let stamp =
            |entry: Option<&Entry<'_, P>>| entry.map(|entry| entry.modified).unwrap_or_default();
        // A tie goes to side B, and so does what is no later than the clocks may differ (A8.5).
        let modified_a = stamp(pair.a.seen());
        let modified_a =
            modified_a.checked_sub_signed(self.profile.clock_skew()).unwrap_or(modified_a);
        let policy = match self.profile.won_before(&Self::view(pair)) {
            Some(Side::A) => ConflictPolicy::PreferA,
            Some(Side::B) => ConflictPolicy::PreferB,
            None => self.settings.policy,
        };
        let terms = Terms {
            policy,
            merge: self.settings.merge,
            modified: BySide::new(modified_a, stamp(pair.b.seen())),
            ways,
        };
        routes(&mut content.groups, terms, self.profile.joined(pair.kind));
        for group in &mut content.groups {
            if let Judgement::Follow { from, lost, .. } = group.judged {
                group.route = match terms.ways.get(from.other()) {
                    Way::Open => Route::To { side: from.other(), lost },
                    Way::Forbidden | Way::Barred { .. } => Route::Waits(Some(from.other())),
                };
            }
            if let Route::To { lost, .. } = &mut group.route {
                *lost |= group.overruled;
            }
        }
    }

    /// Plans the update of one side, if any group goes there.
    fn carry(
        &mut self,
        pair: &Pair<'a, P>,
        content: &mut Content<P>,
        side: Side,
        settlement: &mut Settlement,
    ) -> Option<Written> {
        let (current, source) = match side {
            Side::A => (pair.a.seen(), pair.b.seen()),
            Side::B => (pair.b.seen(), pair.a.seen()),
        };
        if content.carried_to(side).next().is_none() || current.or(source).is_none() {
            return None;
        }
        // Nothing is written over a record of which neither the content nor the stamp is known: it waits.
        let expect = current.map(|entry| entry.modified).or_else(|| *settlement.seen.get(side));
        expect?;
        let mut groups = self.spare_places.take();
        groups.clear();
        groups.extend(content.carried_to(side));
        let carried = groups.len();
        self.add_canonical(pair, content, side, &mut groups);
        let agreed = |place: usize| self.agreed_for(side, pair, content, place);
        let change = Change {
            kind: pair.kind,
            target: side,
            groups: &groups,
            agreed: &agreed,
            current,
            source,
        };
        let Expressed { payload, needs, problems } = self.profile.update(&change, &self.known);
        content.raised.extend(problems.iter().map(|problem| (problem.group, problem.code)));
        let mut anomalies = self.problems(pair, problems);
        anomalies.extend(self.losers(pair, content, side));
        let advance = if let Some(patch) = payload {
            let why = self.why(pair, content, side);
            let mut draft =
                Draft::new(side, pair.kind, Self::ids(pair), Action::Update(patch), why);
            draft.expect = expect;
            draft.source_modified = source.map(|entry| entry.modified);
            draft.needs = needs;
            draft.groups.reserve_exact(groups.len());
            draft.groups.extend(groups.iter().filter_map(|place| u8::try_from(*place).ok()));
            draft.anomalies = anomalies;
            Advance::With(self.push(draft, settlement))
        } else {
            self.anomalies.extend(anomalies);
            Advance::Now
        };
        for place in groups.iter().take(carried) {
            if let Some(group) = settlement.groups.get_mut(*place) {
                *group = advance;
            }
        }
        self.spare_places.set(groups);
        match advance {
            Advance::With(op) => Some((op, side)),
            Advance::Never | Advance::Now => None,
        }
    }

    /// The value a group has once the pair is agreed, as far as one side is concerned: what is carried there, what is
    /// carried away from there, and for the rest what it shows itself; some groups follow side B.
    fn agreed_for<'f>(
        &self,
        side: Side,
        pair: &Pair<'a, P>,
        content: &'f Content<P>,
        place: usize,
    ) -> Option<&'f P::Value> {
        let follows_b = || {
            let canonical = self.profile.canonical(pair.kind, side).iter();
            canonical.chain(self.profile.mirrored(pair.kind)).any(|one| *one == place)
        };
        let from =
            match content.route(place) {
                Route::To { side: to, .. } => to.other(),
                Route::Held | Route::Settled | Route::Unchanged | Route::Waits(_) => {
                    if follows_b() { Side::B } else { side }
                }
            };
        let form = [from, side, side.other()].map(|side| content.forms.get(side).as_ref());
        self.value(form.into_iter().flatten().next()?, place)
    }

    /// The canonical texts that go along with an update of a side (D3): not where a change of the group waits
    /// there, and not where an open anomaly says that the text means something the other side cannot hold (D28).
    fn add_canonical(
        &self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        side: Side,
        groups: &mut Vec<usize>,
    ) {
        let goes_along = |place: &usize| {
            let steady = match content.route(*place) {
                Route::Unchanged | Route::Settled => true,
                Route::To { side: to, .. } => to != side,
                Route::Held | Route::Waits(_) => false,
            };
            // Of a group in which nothing happened both sides could be read.
            let is_readable = |group: &Group| group.view.shown.get(side).is_some();
            let readable = content.group(*place).is_none_or(is_readable);
            let raised = content.raised.iter().any(|(group, _)| group == place);
            steady && readable && !raised && self.open_in(pair, *place).is_empty()
        };
        let presence = if side == Side::A { &pair.a } else { &pair.b };
        let unlisted = presence.seen().is_none();
        let sparse = self.profile.sparse(pair.kind, side);
        let canonical = self.profile.canonical(pair.kind, side).iter().copied();
        let canonical = canonical.filter(|place| !(unlisted && sparse.contains(place)));
        groups.extend(canonical.filter(goes_along));
    }

    /// The values that side loses: a value a person entered never disappears without a trace (D4).
    fn losers(&self, pair: &Pair<'a, P>, content: &mut Content<P>, side: Side) -> Vec<Anomaly> {
        let is_lost = |group: &&Group| group.route == Route::To { side, lost: true };
        let lost: Vec<usize> =
            content.groups.iter().filter(is_lost).map(|group| group.place).collect();
        let text = |side: Side, place: usize| {
            let form = content.forms.get(side).as_ref();
            form.and_then(|form| self.value(form, place)).and_then(Value::text)
        };
        let anomaly = |place: &usize| {
            let values = BySide::from_fn(|side| text(side, *place));
            Self::anomaly(pair, AnomalyCode::ConflictLoser, *place, values)
        };
        let anomalies = lost.iter().map(anomaly).collect();
        content.raised.extend(lost.iter().map(|place| (*place, AnomalyCode::ConflictLoser)));
        anomalies
    }

    /// Why a side is written.
    fn why(&self, pair: &Pair<'a, P>, content: &Content<P>, side: Side) -> (Reason, &'static str) {
        let groups = || content.groups.iter();
        let goes_there =
            |group: &&Group| matches!(group.route, Route::To { side: to, .. } if to == side);
        let rule_of = |group: &Group| match group.judged {
            Judgement::Follow { why, .. } => why,
            Judgement::Agreed | Judgement::AsClassified | Judgement::Wait => None,
        };
        let mut reasons = groups().filter(goes_there).map(rule_of);
        if let Some(Some(why)) = reasons.next()
            && reasons.all(|reason| reason.is_some())
        {
            return why;
        }
        let is_followed = |group: &Group| {
            matches!(group.judged, Judgement::Follow { from, why: None, .. } if from == side)
                && matches!(group.route, Route::To { .. })
        };
        let own = if side == Side::A { FieldOutcome::TakeA } else { FieldOutcome::TakeB };
        let both_changed = groups().any(|group| {
            is_followed(group)
                || group.outcome == own
                || group.outcome == FieldOutcome::Conflict
                || group.route == Route::Held
        });
        let mut unruled = groups().filter(goes_there).filter(|group| rule_of(group).is_none());
        let conflict = unruled.any(|group| {
            let is_lost = matches!(group.route, Route::To { lost: true, .. });
            is_lost || group.outcome == FieldOutcome::Conflict
        });
        match side {
            Side::A if self.resends(pair) => (Reason::Forced, "A9.2"),
            Side::B if self.is_forced(Side::A, pair.id_a()) => (Reason::Forced, "A9.7"),
            Side::A if conflict => (Reason::ConflictWonByB, "A8"),
            Side::B if conflict => (Reason::ConflictWonByA, "A8"),
            Side::A | Side::B if both_changed => (Reason::Merged, "D3"),
            Side::A => (Reason::UpdatedInB, "A4.8"),
            Side::B => (Reason::UpdatedInA, "A4.12"),
        }
    }

    /// Open anomalies of the groups that are agreed again close, unless they were raised anew (A12.8, D32).
    fn close_settled(&mut self, pair: &Pair<'a, P>, content: &Content<P>, settlement: &Settlement) {
        for Group { place, route, .. } in &content.groups {
            let with = match (route, settlement.groups.get(*place)) {
                (Route::Settled, _) | (Route::To { .. }, Some(Advance::Now)) => None,
                (Route::To { .. }, Some(Advance::With(op))) => Some(*op),
                _ => continue,
            };
            for anomaly in self.open_in(pair, *place) {
                if !content.raised.contains(&(*place, anomaly.code)) {
                    self.closings.push(Closing { anomaly: anomaly.clone(), with });
                }
            }
        }
    }

    /// A record the user was taken off comes back to him with its item, and what the item says comes along (D30):
    /// after this write both stamps are those of the run, and say no more who changed what last.
    pub(crate) fn reclaim(&mut self, pair: &Pair<'a, P>, mut settlement: Box<Settlement>) -> Fate {
        let Some(record) = pair.b.seen().filter(|_| self.profile.reclaims(pair.kind)) else {
            return Fate::Skipped;
        };
        if let (_, Some(code)) = self.way(pair, Side::B, Write::Update) {
            self.note_write(code, pair, Side::B, Write::Update);
            // A copy is told from its source while that is listed too.
            self.look_for_key(pair, pair.a.seen().and_then(|item| item.mark));
            return self.look_again(pair, pair.id_b());
        }
        self.recognise(pair, &mut settlement);
        let mut content = self.content(pair, &settlement);
        self.bring_together(pair, &mut content, &mut settlement);
        self.done_with(content);
        // There is no link before the record is his again: without it, it would be somebody else's.
        settlement.made.b = self.assign(pair, record, &mut settlement);
        self.remember(pair, BySide::default());
        self.stamp_again(pair, &mut settlement);
        self.enter(pair, settlement);
        Fate::Operation
    }

    /// Puts the user on a record's list, by the update that carries content to it or by one of its own.
    fn assign(
        &mut self,
        pair: &Pair<'a, P>,
        record: &Entry<'a, P>,
        settlement: &mut Settlement,
    ) -> Option<u32> {
        for op in &settlement.ops {
            let draft = usize::try_from(*op).ok().and_then(|at| self.drafts.get_mut(at));
            let update = draft.filter(|draft| draft.side == Side::B).map(|one| &mut one.action);
            if let Some(Action::Update(patch)) = update {
                *patch = self.profile.reclaim(pair.kind, Some(patch.clone()))?;
                return Some(*op);
            }
        }
        let patch = self.profile.reclaim(pair.kind, None)?;
        let why = (Reason::UpdatedInA, "D30");
        let mut draft = Draft::new(Side::B, pair.kind, Self::ids(pair), Action::Update(patch), why);
        draft.expect = Some(record.modified);
        Some(self.push(draft, settlement))
    }
}

/// Decides every group. One without a base is decided by itself, also where records are kept whole: nothing is
/// known to have changed in it, and a blank value never beats a filled one (D3). So are those that are `joined`.
fn routes(groups: &mut [Group], terms: Terms, joined: Places) {
    let goes_with_record = |group: &Group| {
        let has_base = group.view.base.a.is_some() && group.view.base.b.is_some();
        has_base && !joined.contains(group.place)
    };
    let known = |group: &Group| {
        if goes_with_record(group) { group.outcome } else { FieldOutcome::Unchanged }
    };
    let whole = decide(&groups.iter().map(known), &terms);
    let by_itself = Terms { merge: Merge::Fields, ..terms };
    let single = decide(&groups.iter().map(|group| group.outcome), &by_itself);
    for group in groups {
        let decider = if goes_with_record(group) { &whole } else { &single };
        group.route = decider.route(group.outcome);
    }
}
