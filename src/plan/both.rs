//! A pair of which both records are there: what each side changed goes to the other.

use std::borrow::Cow;

use super::account::Fate;
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Advance, Closing, Settlement};
use crate::classify::{FieldOutcome, GroupView, Meaning, classify};
use crate::matching::{Found, Pair, Presence};
use crate::model::{BySide, Side};
use crate::profile::{Change, Entry, Expressed, Profile, Standing, Value as _, Write};
use crate::report::{AnomalyCode, Code};
use crate::rules::{Reason, Route, Terms, Way, decide};
use crate::snapshot::{Base, LinkStatus, Prints};

/// What is known of a pair's content.
struct Content<P: Profile> {
    views: Vec<GroupView>,
    outcomes: Vec<FieldOutcome>,
    forms: BySide<Option<Vec<P::Value>>>,
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
                && self
                    .profile
                    .kind_of_key(entry.id)
                    .is_some_and(|kind| kind != pair.kind)
            {
                self.note(Code::KeyKindMismatch, pair);
            }
        }
        if pair.moved {
            self.note(Code::Moved, pair);
        }
        if pair
            .b
            .seen()
            .is_some_and(|entry| entry.standing == Standing::Foreign)
        {
            return self.reclaim(pair, settlement);
        }
        let private = pair
            .a
            .seen()
            .is_some_and(|entry| entry.standing == Standing::Private);
        settlement.shown = self.shown(pair, &settlement.base);
        let content = self.content(pair, &settlement);
        let fate = if content
            .outcomes
            .iter()
            .all(|outcome| *outcome == FieldOutcome::Unchanged)
        {
            settlement.groups.fill(Advance::Now);
            if private {
                self.note(Code::FrozenPrivate, pair);
            }
            Fate::Unchanged
        } else {
            self.bring_together(pair, &content, &mut settlement)
        };
        self.remember(pair, BySide::default());
        let (id_a, id_b) = (
            pair.a.seen().map(|entry| (entry.mark, entry.id)),
            pair.id_b(),
        );
        if let (Some((mark, _)), Some(key)) = (id_a, id_b)
            && mark != Some(key)
        {
            let key = key.to_owned();
            self.stamp(pair, Some(&key), None, &mut settlement);
        }
        self.keep(pair, settlement, fate)
    }

    /// Enters a settlement, unless the link would stay as it is.
    fn keep(&mut self, pair: &Pair<'a, P>, settlement: Settlement, fate: Fate) -> Fate {
        let fate = if settlement.ops.is_empty() {
            fate
        } else {
            Fate::Operation
        };
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
    fn shown(&self, pair: &Pair<'a, P>, base: &[Base]) -> BySide<Prints> {
        BySide::from_fn(|side| {
            let before = || base.iter().map(|group| *group.get(side)).collect();
            let presence = if side == Side::A { &pair.a } else { &pair.b };
            match presence {
                Presence::Seen(entry) => {
                    let seen = pair.link.and_then(|(_, link)| *link.seen.get(side));
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
        let forced = BySide::new(false, self.settings.resend_b);
        let views: Vec<GroupView> = settlement
            .base
            .iter()
            .enumerate()
            .map(|(place, base)| GroupView {
                base: *base,
                shown: settlement
                    .shown
                    .as_ref()
                    .map(|prints| prints.get(place).copied().flatten()),
                forced,
            })
            .collect();
        let quiet = views.iter().all(GroupView::is_quiet);
        let form = |entry: Option<&Entry<'_, P>>| {
            entry
                .filter(|_| !quiet)
                .map(|entry| self.profile.project(pair.kind, entry.native, &self.known))
        };
        let forms = BySide::new(form(pair.a.seen()), form(pair.b.seen()));
        let outcomes = views.iter().enumerate().map(|(place, view)| {
            classify(view, || {
                let values = forms
                    .as_ref()
                    .map(|form| form.as_ref().and_then(|form| form.get(place)));
                Meaning {
                    agrees: values.a.is_some() && values.a == values.b,
                    blank: values.map(|value| value.is_none_or(|value| value.is_blank())),
                }
            })
        });
        let mut outcomes: Vec<FieldOutcome> = outcomes.collect();
        for place in self.profile.mirrored(pair.kind) {
            if let Some(outcome) = outcomes.get_mut(*place) {
                *outcome = match *outcome {
                    FieldOutcome::Conflict => FieldOutcome::TakeB,
                    FieldOutcome::TakeA => FieldOutcome::Same,
                    other => other,
                };
            }
        }
        Content {
            outcomes,
            views,
            forms,
        }
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
        let terms = Terms {
            policy: self.settings.policy,
            merge: self.settings.merge,
            modified: BySide::new(stamp(pair.a.seen()), stamp(pair.b.seen())),
            ways: BySide::new(way_a, way_b),
        };
        let routes = decide(&content.outcomes, &terms);
        self.note_routes(pair, &routes, BySide::new(code_a, code_b));
        let lost = routes
            .iter()
            .any(|route| matches!(route, Route::To { lost: true, .. }));
        let barred = matches!(way_b, Way::Barred { .. });
        if lost && !barred {
            self.note(Code::Conflict, pair);
        }
        let mut raised = Vec::new();
        for side in [Side::B, Side::A] {
            self.carry(pair, content, &routes, side, settlement, &mut raised);
        }
        for (place, route) in routes.iter().enumerate() {
            if let Some(advance) = settlement.groups.get_mut(place)
                && matches!(route, Route::Settled | Route::Unchanged)
            {
                *advance = Advance::Now;
            }
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

    /// Says once per pair and side why changes wait, and that a conflict is held.
    fn note_routes(&mut self, pair: &Pair<'a, P>, routes: &[Route], codes: BySide<Option<Code>>) {
        let private = pair
            .a
            .seen()
            .is_some_and(|entry| entry.standing == Standing::Private);
        if private {
            self.note(Code::FrozenPrivate, pair);
        }
        for side in Side::BOTH {
            if let Some(code) = *codes.get(side)
                && code != Code::FrozenPrivate
                && (routes.contains(&Route::Waits(Some(side)))
                    || side == Side::B
                        && code != Code::NotPermitted
                        && routes
                            .iter()
                            .any(|route| matches!(route, Route::To { lost: true, .. })))
            {
                self.note(code, pair);
            }
        }
        if routes.contains(&Route::Held) {
            self.note(Code::ConflictHeld, pair);
        }
    }

    /// Plans the update of one side, if any group goes there.
    fn carry(
        &mut self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        routes: &[Route],
        side: Side,
        settlement: &mut Settlement,
        raised: &mut Vec<(usize, AnomalyCode)>,
    ) {
        let goes = |route: &Route| matches!(route, Route::To { side: to, .. } if *to == side);
        let carried: Vec<usize> = places(routes, goes);
        if carried.is_empty() {
            return;
        }
        let mut groups = carried.clone();
        for place in self.profile.canonical(pair.kind, side) {
            let steady = matches!(routes.get(*place), Some(Route::Unchanged | Route::Settled))
                || matches!(routes.get(*place), Some(Route::To { side: to, .. }) if *to != side);
            let readable = content
                .views
                .get(*place)
                .is_some_and(|view| view.shown.get(side).is_some());
            if steady && readable && self.open_in(pair, *place).is_empty() {
                groups.push(*place);
            }
        }
        let mut follows_b = self.profile.canonical(pair.kind, side).to_vec();
        follows_b.extend(self.profile.mirrored(pair.kind));
        let agreed = agreed_for(side, routes, &content.forms, &follows_b);
        let Some(agreed) = agreed else { return };
        let current = if side == Side::A {
            pair.a.seen()
        } else {
            pair.b.seen()
        };
        let facts: &[String] = pair.link.map_or(&[], |(_, link)| &link.facts);
        let change = Change {
            kind: pair.kind,
            target: side,
            groups: &groups,
            agreed: &agreed,
            current,
            facts,
        };
        let Expressed {
            payload,
            needs,
            problems,
        } = self.profile.update(&change, &self.known);
        raised.extend(problems.iter().map(|problem| (problem.group, problem.code)));
        let mut anomalies = self.problems(pair, problems);
        anomalies.extend(self.losers(pair, content, routes, side, raised));
        let advance = match payload {
            Some(patch) => {
                let why = self.why(content, routes, side);
                let mut draft =
                    Draft::new(side, pair.kind, Self::ids(pair), Action::Update(patch), why);
                let source = if side == Side::A {
                    pair.b.seen()
                } else {
                    pair.a.seen()
                };
                draft.expect = current
                    .map(|entry| entry.modified)
                    .or(*settlement.seen.get(side));
                draft.source_modified = source.map(|entry| entry.modified);
                draft.needs = needs;
                draft.groups = groups;
                draft.anomalies = anomalies;
                Advance::With(self.push(draft, settlement))
            }
            None => {
                self.anomalies.extend(anomalies);
                Advance::Now
            }
        };
        for place in carried {
            if let Some(group) = settlement.groups.get_mut(place) {
                *group = advance;
            }
        }
    }

    /// The values that side loses: a value a person entered never disappears without a trace (D4).
    fn losers(
        &self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        routes: &[Route],
        side: Side,
        raised: &mut Vec<(usize, AnomalyCode)>,
    ) -> Vec<crate::report::Anomaly> {
        let lost = places(routes, |route| *route == Route::To { side, lost: true });
        let text = |side: Side, place: usize| {
            content
                .forms
                .get(side)
                .as_ref()
                .and_then(|form| form.get(place))
                .and_then(|value| value.text())
        };
        let anomalies = lost.iter().map(|place| {
            let values = BySide::from_fn(|side| text(side, *place));
            self.anomaly(pair, AnomalyCode::ConflictLoser, *place, values)
        });
        raised.extend(
            lost.iter()
                .map(|place| (*place, AnomalyCode::ConflictLoser)),
        );
        anomalies.collect()
    }

    /// Why a side is written.
    fn why(&self, content: &Content<P>, routes: &[Route], side: Side) -> (Reason, &'static str) {
        let forced = if side == Side::A {
            self.settings.resend_b
        } else {
            false
        };
        let other_changed = routes
            .iter()
            .zip(&content.outcomes)
            .any(|(route, outcome)| {
                let own = if side == Side::A {
                    FieldOutcome::TakeA
                } else {
                    FieldOutcome::TakeB
                };
                *outcome == own || *outcome == FieldOutcome::Conflict || *route == Route::Held
            });
        let conflict = routes
            .iter()
            .zip(&content.outcomes)
            .any(|(route, outcome)| {
                let here = matches!(route, Route::To { side: to, .. } if *to == side);
                let lost = matches!(route, Route::To { lost: true, .. });
                here && (lost || *outcome == FieldOutcome::Conflict)
            });
        match side {
            _ if forced => (Reason::Forced, "A9.2"),
            Side::A if conflict => (Reason::ConflictWonByB, "A8"),
            Side::B if conflict => (Reason::ConflictWonByA, "A8"),
            _ if other_changed => (Reason::Merged, "D3"),
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
                    self.closings.push(Closing {
                        anomaly: anomaly.clone(),
                        with,
                    });
                }
            }
        }
    }

    /// A record the user was taken off comes back to him with its item (D30). Its content is compared in the
    /// next run, when the record is his again.
    fn reclaim(&mut self, pair: &Pair<'a, P>, mut settlement: Settlement) -> Fate {
        let patch = self.profile.reclaim(pair.kind);
        let (Some(patch), Some(record)) = (patch, pair.b.seen()) else {
            return Fate::Skipped;
        };
        if let (_, Some(code)) = self.way(pair, Side::B, Write::Update) {
            self.note(code, pair);
            return Fate::Skipped;
        }
        let why = (Reason::UpdatedInA, "D30");
        let mut draft = Draft::new(
            Side::B,
            pair.kind,
            Self::ids(pair),
            Action::Update(patch),
            why,
        );
        draft.expect = Some(record.modified);
        self.push(draft, &mut settlement);
        self.remember(pair, BySide::default());
        self.settlements.push(settlement);
        Fate::Operation
    }
}

fn places(routes: &[Route], wanted: impl Fn(&Route) -> bool) -> Vec<usize> {
    routes
        .iter()
        .enumerate()
        .filter(|(_, route)| wanted(route))
        .map(|(place, _)| place)
        .collect()
}

/// The value each group has once the pair is agreed, as far as one side is concerned: what is carried there,
/// what is carried away from there, and for the rest what it shows itself; some groups follow side B.
fn agreed_for<V: Clone>(
    side: Side,
    routes: &[Route],
    forms: &BySide<Option<Vec<V>>>,
    follows_b: &[usize],
) -> Option<Vec<V>> {
    let own = forms.get(side).as_ref();
    let other = forms.get(side.other()).as_ref();
    let mut agreed = own.or(other)?.clone();
    for (place, slot) in agreed.iter_mut().enumerate() {
        let from = match routes.get(place) {
            Some(Route::To { side: to, .. }) => forms.get(to.other()).as_ref(),
            _ if follows_b.contains(&place) => forms.b.as_ref(),
            _ => own,
        };
        if let Some(value) = from.or(own).or(other).and_then(|form| form.get(place)) {
            slot.clone_from(value);
        }
    }
    Some(agreed)
}

/// The names of groups, for a plan.
pub(crate) fn names<K: crate::schema::Kind>(kind: K, groups: &[usize]) -> Vec<Cow<'static, str>> {
    groups
        .iter()
        .filter_map(|place| kind.groups().get(*place))
        .map(|name| Cow::Borrowed(*name))
        .collect()
}
