//! A pair of which both records are there: what each side changed goes to the other.

use std::borrow::Cow;

use super::account::Fate;
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Advance, Closing, Settlement};
use crate::classify::{FieldOutcome, GroupView, Meaning, classify};
use crate::matching::{Found, Pair, Presence};
use crate::model::{BySide, Instant, Side};
use crate::profile::{Change, Entry, Expressed, Judgement, Profile, Standing, Value, Write};
use crate::report::{Anomaly, AnomalyCode, Code};
use crate::rules::{Merge, Reason, Route, Terms, Way, decide};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{Base, LinkStatus, Prints};

/// What is known of a pair's content.
pub(super) struct Content<P: Profile> {
    pub(super) views: Vec<GroupView>,
    pub(super) outcomes: Vec<FieldOutcome>,
    pub(super) forms: BySide<Option<Vec<P::Value>>>,
    pub(super) judged: Vec<Judgement>,
    pub(super) codes: Vec<Code>,
    /// Groups of which a dropped state knows that the side that loses was edited.
    pub(super) overruled: Vec<usize>,
}

/// An update, by its number and the side it writes, and the record it leaves behind.
type Written<P> = ((u32, Side), <<P as Profile>::Schema as Schema>::Record);

/// What is decided of a pair's content, and what expressing it raised so far.
struct Merging<'c, P: Profile> {
    content: &'c Content<P>,
    routes: Vec<Route>,
    raised: Vec<(usize, AnomalyCode)>,
}

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
        if pair.link.is_some_and(|(_, link)| {
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
        if pair.link.is_some_and(|(_, link)| link.status == LinkStatus::Dismissed) {
            self.follow_b(pair, &mut settlement);
        }
        let content = self.content(pair, &settlement);
        let fate = if content.outcomes.iter().all(|outcome| *outcome == FieldOutcome::Unchanged) {
            settlement.groups.fill(Advance::Now);
            if private {
                self.note_write(Code::FrozenPrivate, pair, Side::B, Write::Update);
            }
            Fate::Unchanged
        } else {
            self.bring_together(pair, &content, &mut settlement)
        };
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
    fn keep(&mut self, pair: &Pair<'a, P>, settlement: Settlement, fate: Fate) -> Fate {
        let fate = if settlement.ops.is_empty() { fate } else { Fate::Operation };
        let same = settlement.ops.is_empty()
            && pair.link.is_some_and(|(_, link)| {
                let settled = settlement.settle(|_| None);
                settled.link.as_ref() == Some(link) && !settled.retry
            });
        if !same {
            self.settlements.push(settlement);
        }
        fate
    }

    /// What each side shows, as fingerprints: of a record that is not listed, or proven unchanged by its
    /// stamp, what it showed last time.
    pub(super) fn shown(&self, pair: &Pair<'a, P>, base: &[Base]) -> BySide<Prints> {
        BySide::from_fn(|side| {
            let before = || base.iter().map(|group| *group.get(side)).collect();
            let presence = if side == Side::A { &pair.a } else { &pair.b };
            match presence {
                Presence::Seen(entry) => {
                    // A stamp says nothing of an item that stands where another one stood.
                    let own = pair.link.filter(|(_, link)| link.ids.get(side) == entry.id);
                    let seen = own.and_then(|(_, link)| *link.seen.get(side));
                    if *self.stamps_prove.get(side) && seen == Some(entry.modified) {
                        before()
                    } else {
                        self.prints(pair.kind, entry)
                    }
                }
                Presence::Unlisted | Presence::Gone | Presence::Never => before(),
            }
        })
    }

    fn content(&self, pair: &Pair<'a, P>, settlement: &Settlement) -> Content<P> {
        // Only what is listed can be sent again.
        let forced = BySide::new(
            self.is_forced(Side::A, pair.id_a()) && pair.a.seen().is_some(),
            self.resends(pair) && pair.b.seen().is_some(),
        );
        let views: Vec<GroupView> = settlement
            .base
            .iter()
            .enumerate()
            .map(|(place, base)| GroupView {
                base: *base,
                shown: settlement.shown.as_ref().map(|prints| prints.get(place).copied().flatten()),
                forced,
            })
            .collect();
        let quiet = views.iter().all(GroupView::is_quiet) && !self.profile.is_thorough();
        let form = |entry: Option<&Entry<'_, P>>| {
            entry
                .filter(|_| !quiet)
                .map(|entry| self.profile.project(pair.kind, entry.native, &self.known))
        };
        let forms = BySide::new(form(pair.a.seen()), form(pair.b.seen()));
        let outcomes = views.iter().enumerate().map(|(place, view)| {
            classify(view, || {
                let values =
                    forms.as_ref().map(|form| form.as_ref().and_then(|form| form.get(place)));
                Meaning {
                    agrees: values.a.is_some() && values.a == values.b,
                    blank: values.map(|value| value.is_none_or(Value::is_blank)),
                }
            })
        });
        let mut outcomes: Vec<FieldOutcome> = outcomes.collect();
        let overruled = self.settings.store_since.map(|since| {
            let decided = decide_by_watermark(&mut outcomes, &views, Self::newer_than(pair, since));
            self.edited_before(pair, &views, decided)
        });
        for place in self.profile.mirrored(pair.kind) {
            if let Some(outcome) = outcomes.get_mut(*place) {
                if *outcome == FieldOutcome::Conflict {
                    *outcome = FieldOutcome::TakeB;
                } else if *outcome == FieldOutcome::TakeA {
                    *outcome = FieldOutcome::Same;
                }
            }
        }
        let mut content = Content {
            judged: vec![Judgement::AsClassified; views.len()],
            codes: Vec::new(),
            overruled: overruled.unwrap_or_default(),
            views,
            outcomes,
            forms,
        };
        if !quiet {
            self.judge(pair, &mut content);
        }
        content
    }

    /// Which of the groups that the instant decided had an edit on the side that loses, as far as a dropped link knows:
    /// a value that a person entered does not go without being named (D4, D20).
    fn edited_before(
        &self,
        pair: &Pair<'a, P>,
        views: &[GroupView],
        decided: Vec<(usize, Side)>,
    ) -> Vec<usize> {
        let link = self.dropped.and_then(|links| links.get(pair.kind.code(), pair.id_b()?));
        let link = link.filter(|link| Some(link.ids.a.as_str()) == pair.id_a());
        let is_edited = |(place, loser): &(usize, Side)| {
            // What was never agreed was entered on both sides.
            let Some(link) = &link else { return true };
            let base = link.base.get(*place).and_then(|base| *base.get(*loser));
            let shown = views.get(*place).and_then(|view| *view.shown.get(*loser));
            base.is_some() && shown.is_some() && base != shown
        };
        decided.into_iter().filter(is_edited).map(|(place, _)| place).collect()
    }

    /// Which sides were modified after an instant.
    fn newer_than(pair: &Pair<'a, P>, since: Instant) -> BySide<bool> {
        let newer = |entry: Option<&Entry<'_, P>>| entry.is_some_and(|one| one.modified > since);
        BySide::new(newer(pair.a.seen()), newer(pair.b.seen()))
    }

    fn bring_together(
        &mut self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        settlement: &mut Settlement,
    ) -> Fate {
        let (way_a, code_a) = self.way(pair, Side::A, Write::Update);
        let (way_b, code_b) = self.way(pair, Side::B, Write::Update);
        let stamp =
            |entry: Option<&Entry<'_, P>>| entry.map(|entry| entry.modified).unwrap_or_default();
        // A tie goes to side B, and so does what is no later than the clocks may differ (A8.5).
        let modified_a = stamp(pair.a.seen());
        let modified_a =
            modified_a.checked_sub_signed(self.profile.clock_skew()).unwrap_or(modified_a);
        let terms = Terms {
            policy: self.settings.policy,
            merge: self.settings.merge,
            modified: BySide::new(modified_a, stamp(pair.b.seen())),
            ways: BySide::new(way_a, way_b),
        };
        let mut routes = routes(content, terms);
        for (route, judgement) in routes.iter_mut().zip(&content.judged) {
            if let Judgement::Follow { from, lost, .. } = judgement {
                *route = match terms.ways.get(from.other()) {
                    Way::Open => Route::To { side: from.other(), lost: *lost },
                    Way::Forbidden | Way::Barred { .. } => Route::Waits(Some(from.other())),
                };
            }
        }
        for place in &content.overruled {
            if let Some(Route::To { lost, .. }) = routes.get_mut(*place) {
                *lost = true;
            }
        }
        for code in &content.codes {
            self.note(*code, pair);
        }
        self.mark_overwritten(pair, content, &mut routes);
        self.wait_for_target(pair, &mut routes);
        self.hold_unreadable(pair, &mut routes);
        self.hold_swings(pair, &mut routes, settlement);
        self.note_routes(pair, &routes, BySide::new(code_a, code_b));
        let ruled = |judgement: &Judgement| *judgement != Judgement::AsClassified;
        let plain = routes.iter().zip(&content.judged).filter(|(_, one)| !ruled(one));
        let loser = plain.map(|(route, _)| route).find_map(|route| {
            if let Route::To { side, lost: true } = route { Some(*side) } else { None }
        });
        let barred = matches!(way_b, Way::Barred { .. });
        if let Some(loser) = loser.filter(|_| !barred) {
            self.note_conflict(Code::Conflict, pair, Some(loser.other()));
        }
        let mut merging = Merging { content, routes, raised: Vec::new() };
        let written =
            [Side::B, Side::A].map(|side| self.carry(pair, &mut merging, side, settlement));
        let Merging { routes, raised, .. } = merging;
        for (place, route) in routes.iter().enumerate() {
            if let Some(advance) = settlement.groups.get_mut(place)
                && matches!(route, Route::Settled | Route::Unchanged)
            {
                *advance = Advance::Now;
            }
        }
        for (write, record) in written.into_iter().flatten() {
            self.ask(write, (pair.kind, &record), settlement);
        }
        self.close_settled(pair, &routes, settlement, &raised);
        if routes.contains(&Route::Held) {
            Fate::Conflict
        } else if routes.iter().any(|route| matches!(route, Route::Waits(_))) {
            Fate::Skipped
        } else {
            Fate::Unchanged
        }
    }

    /// Plans the update of one side, if any group goes there; gives the write and what it leaves behind.
    fn carry(
        &mut self,
        pair: &Pair<'a, P>,
        merging: &mut Merging<'_, P>,
        side: Side,
        settlement: &mut Settlement,
    ) -> Option<Written<P>> {
        let goes = |route: &Route| matches!(route, Route::To { side: to, .. } if *to == side);
        let carried: Vec<usize> = places(&merging.routes, goes);
        if carried.is_empty() {
            return None;
        }
        let (current, source) = match side {
            Side::A => (pair.a.seen(), pair.b.seen()),
            Side::B => (pair.b.seen(), pair.a.seen()),
        };
        // Nothing is written over a record of which neither the content nor the stamp is known: it waits.
        let expect = current.map(|entry| entry.modified).or_else(|| *settlement.seen.get(side));
        expect?;
        let mut groups = carried.clone();
        groups.extend(self.canonical_beside(pair, merging, side));
        let mut follows_b = self.profile.canonical(pair.kind, side).to_vec();
        follows_b.extend(self.profile.mirrored(pair.kind));
        let forms = &merging.content.forms;
        let agreed = agreed_for(side, &merging.routes, forms, &follows_b)?;
        let (groups, agreed) = (groups.as_slice(), agreed.as_slice());
        let change = Change { kind: pair.kind, target: side, groups, agreed, current, source };
        let Expressed { payload, needs, problems } = self.profile.update(&change, &self.known);
        merging.raised.extend(problems.iter().map(|problem| (problem.group, problem.code)));
        let mut anomalies = Self::problems(pair, problems);
        anomalies.extend(Self::losers(pair, merging, side));
        let mut written = current.map(|entry| self.profile.record(entry.native));
        let advance = if let Some(patch) = payload {
            if let Some(record) = &mut written {
                P::Schema::apply(record, &patch);
            }
            let why = self.why(pair, merging, side);
            let mut draft =
                Draft::new(side, pair.kind, Self::ids(pair), Action::Update(patch), why);
            draft.expect = expect;
            draft.source_modified = source.map(|entry| entry.modified);
            draft.needs = needs;
            draft.groups = groups.to_vec();
            draft.anomalies = anomalies;
            Advance::With(self.push(draft, settlement))
        } else {
            self.anomalies.extend(anomalies);
            Advance::Now
        };
        for place in carried {
            if let Some(group) = settlement.groups.get_mut(place) {
                *group = advance;
            }
        }
        match advance {
            Advance::With(op) => Some(((op, side), written?)),
            Advance::Never | Advance::Now => None,
        }
    }

    /// The canonical texts that go along with an update of a side (D3): not where a change of the group waits
    /// there, and not where an open anomaly says that the text means something the other side cannot hold (D28).
    fn canonical_beside(
        &self,
        pair: &Pair<'a, P>,
        merging: &Merging<'_, P>,
        side: Side,
    ) -> Vec<usize> {
        let goes_along = |place: &usize| {
            let steady = match merging.routes.get(*place) {
                Some(Route::Unchanged | Route::Settled) => true,
                Some(Route::To { side: to, .. }) => *to != side,
                Some(Route::Held | Route::Waits(_)) | None => false,
            };
            let view = merging.content.views.get(*place);
            let readable = view.is_some_and(|view| view.shown.get(side).is_some());
            let raised = merging.raised.iter().any(|(group, _)| group == place);
            steady && readable && !raised && self.open_in(pair, *place).is_empty()
        };
        let presence = if side == Side::A { &pair.a } else { &pair.b };
        let unlisted = presence.seen().is_none();
        let sparse = self.profile.sparse(pair.kind, side);
        let canonical = self.profile.canonical(pair.kind, side).iter().copied();
        let canonical = canonical.filter(|place| !(unlisted && sparse.contains(place)));
        canonical.filter(goes_along).collect()
    }

    /// The values that side loses: a value a person entered never disappears without a trace (D4).
    fn losers(pair: &Pair<'a, P>, merging: &mut Merging<'_, P>, side: Side) -> Vec<Anomaly> {
        let lost = places(&merging.routes, |route| *route == Route::To { side, lost: true });
        let text = |side: Side, place: usize| {
            let form = merging.content.forms.get(side).as_ref();
            form.and_then(|form| form.get(place)).and_then(Value::text)
        };
        let anomalies: Vec<Anomaly> = lost
            .iter()
            .map(|place| {
                let values = BySide::from_fn(|side| text(side, *place));
                Self::anomaly(pair, AnomalyCode::ConflictLoser, *place, values)
            })
            .collect();
        merging.raised.extend(lost.iter().map(|place| (*place, AnomalyCode::ConflictLoser)));
        anomalies
    }

    /// Why a side is written.
    fn why(
        &self,
        pair: &Pair<'a, P>,
        merging: &Merging<'_, P>,
        side: Side,
    ) -> (Reason, &'static str) {
        let decided = || merging.routes.iter().zip(&merging.content.outcomes);
        let judged = || merging.routes.iter().zip(&merging.content.judged);
        let carried = |route: &Route| matches!(route, Route::To { side: to, .. } if *to == side);
        let rule_of = |judgement: &Judgement| match judgement {
            Judgement::Follow { why, .. } => *why,
            Judgement::Agreed | Judgement::AsClassified | Judgement::Wait => None,
        };
        let mut reasons = judged().filter(|(route, _)| carried(route)).map(|(_, one)| rule_of(one));
        if let Some(Some(why)) = reasons.next()
            && reasons.all(|reason| reason.is_some())
        {
            return why;
        }
        let is_followed = |one: &Judgement| matches!(one, Judgement::Follow { from, why: None, .. } if *from == side);
        let followed =
            judged().any(|(route, one)| is_followed(one) && matches!(route, Route::To { .. }));
        let own = if side == Side::A { FieldOutcome::TakeA } else { FieldOutcome::TakeB };
        let both_changed = followed
            || decided().any(|(route, outcome)| {
                *outcome == own || *outcome == FieldOutcome::Conflict || *route == Route::Held
            });
        let unruled =
            decided().zip(&merging.content.judged).filter(|(_, one)| rule_of(one).is_none());
        let conflict = unruled.map(|(decided, _)| decided).any(|(route, outcome)| match route {
            Route::To { side: to, lost } if *to == side => {
                *lost || *outcome == FieldOutcome::Conflict
            }
            Route::Held
            | Route::Settled
            | Route::To { .. }
            | Route::Unchanged
            | Route::Waits(_) => false,
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
    fn close_settled(
        &mut self,
        pair: &Pair<'a, P>,
        routes: &[Route],
        settlement: &Settlement,
        raised: &[(usize, AnomalyCode)],
    ) {
        for (place, route) in routes.iter().enumerate() {
            let with = match (route, settlement.groups.get(place)) {
                (Route::Settled, _) | (Route::To { .. }, Some(Advance::Now)) => None,
                (Route::To { .. }, Some(Advance::With(op))) => Some(*op),
                _ => continue,
            };
            for anomaly in self.open_in(pair, place) {
                if !raised.contains(&(place, anomaly.code)) {
                    self.closings.push(Closing { anomaly: anomaly.clone(), with });
                }
            }
        }
    }

    /// A record the user was taken off comes back to him with its item, and what the item says comes along (D30):
    /// after this write both stamps are those of the run, and say no more who changed what last.
    pub(crate) fn reclaim(&mut self, pair: &Pair<'a, P>, mut settlement: Settlement) -> Fate {
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
        let content = self.content(pair, &settlement);
        self.bring_together(pair, &content, &mut settlement);
        // There is no link before the record is his again: without it, it would be somebody else's.
        settlement.made.b = self.assign(pair, record, &mut settlement);
        self.remember(pair, BySide::default());
        self.stamp_again(pair, &mut settlement);
        self.settlements.push(settlement);
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

/// A run forced from side A has no base; the instant it was set back to says which side changed (A9.7). Gives the
/// groups that it decides, and the side that loses.
fn decide_by_watermark(
    outcomes: &mut [FieldOutcome],
    views: &[GroupView],
    newer: BySide<bool>,
) -> Vec<(usize, Side)> {
    let mut decided = Vec::new();
    for (place, (outcome, view)) in outcomes.iter_mut().zip(views).enumerate() {
        let baseless = view.base.a.is_none() || view.base.b.is_none();
        if *outcome == FieldOutcome::Conflict && baseless && newer.a != newer.b {
            *outcome = if newer.a { FieldOutcome::TakeA } else { FieldOutcome::TakeB };
            decided.push((place, if newer.a { Side::B } else { Side::A }));
        }
    }
    decided
}

/// Decides every group. One without a base is decided by itself, also where records are kept whole: nothing is
/// known to have changed in it, and a blank value never beats a filled one (D3).
fn routes<P: Profile>(content: &Content<P>, terms: Terms) -> Vec<Route> {
    let has_base = |view: &GroupView| view.base.a.is_some() && view.base.b.is_some();
    let outcomes = content.outcomes.iter().zip(&content.views);
    let known = outcomes.map(
        |(outcome, view)| {
            if has_base(view) { *outcome } else { FieldOutcome::Unchanged }
        },
    );
    let whole = decide(&known.collect::<Vec<_>>(), &terms);
    let single = decide(&content.outcomes, &Terms { merge: Merge::Fields, ..terms });
    let routes = whole.into_iter().zip(single).zip(&content.views);
    routes.map(|((whole, single), view)| if has_base(view) { whole } else { single }).collect()
}

fn places(routes: &[Route], wanted: impl Fn(&Route) -> bool) -> Vec<usize> {
    routes.iter().enumerate().filter(|(_, route)| wanted(route)).map(|(place, _)| place).collect()
}

/// The value each group has once the pair is agreed, as far as one side is concerned: what is carried there,
/// what is carried away from there, and for the rest what it shows itself; some groups follow side B.
fn agreed_for<'f, V>(
    side: Side,
    routes: &[Route],
    forms: &'f BySide<Option<Vec<V>>>,
    follows_b: &[usize],
) -> Option<Vec<&'f V>> {
    let own = forms.get(side).as_ref();
    let other = forms.get(side.other()).as_ref();
    let agreed = own.or(other)?.iter().enumerate().map(|(place, value)| {
        let from = match routes.get(place) {
            Some(Route::To { side: to, .. }) => forms.get(to.other()).as_ref(),
            _ if follows_b.contains(&place) => forms.b.as_ref(),
            _ => own,
        };
        from.or(own).or(other).and_then(|form| form.get(place)).unwrap_or(value)
    });
    Some(agreed.collect())
}

/// The names of groups, for a plan.
pub(crate) fn names<K: crate::schema::Kind>(kind: K, groups: &[usize]) -> Vec<Cow<'static, str>> {
    groups
        .iter()
        .filter_map(|place| kind.groups().get(*place))
        .map(|name| Cow::Borrowed(*name))
        .collect()
}
