//! What is known of a pair's content, group by group, before it is decided where anything goes.

use std::cell::OnceCell;

use super::Settlement;
use super::planner::Planner;
use crate::classify::{FieldOutcome, GroupView, Meaning, classify};
use crate::matching::{Pair, Presence};
use crate::model::{BySide, Instant, Side};
use crate::profile::{Entry, GroupCase, Judgement, KindOf, Profile, Value};
use crate::report::{AnomalyCode, Code};
use crate::rules::Route;
use crate::schema::Kind as _;
use crate::snapshot::Base;

/// What is known of a pair's content, and what expressing it raised so far.
pub(super) struct Content<P: Profile> {
    /// The groups in which something happened, in the order of their places; of a thorough profile every group.
    pub(super) groups: Vec<Group>,
    pub(super) forms: BySide<Option<Form<P>>>,
    pub(super) codes: Vec<Code>,
    pub(super) raised: Vec<(usize, AnomalyCode)>,
}

/// What is known of one field group, and what becomes of it.
pub(super) struct Group {
    pub(super) place: usize,
    pub(super) view: GroupView,
    pub(super) outcome: FieldOutcome,
    pub(super) judged: Judgement,
    /// Whether a dropped state knows that the side that loses was edited.
    pub(super) overruled: bool,
    pub(super) route: Route,
}

/// A record in common form, as far as it was asked for.
pub(super) struct Form<P: Profile> {
    kind: KindOf<P>,
    native: P::Native,
    values: OnceCell<Values<P>>,
}

/// A place for the value of each group.
pub(crate) type Values<P> = Vec<OnceCell<<P as Profile>::Value>>;

impl<P: Profile> Content<P> {
    pub(super) fn group(&self, place: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.place == place)
    }

    pub(super) fn group_mut(&mut self, place: usize) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.place == place)
    }

    /// What becomes of a group.
    pub(super) fn route(&self, place: usize) -> Route {
        self.group(place).map_or(Route::Unchanged, |group| group.route)
    }

    /// The groups that go to a side.
    pub(super) fn carried_to(&self, side: Side) -> impl Iterator<Item = usize> + '_ {
        self.groups.iter().filter(move |group| group.goes_to(side)).map(|group| group.place)
    }
}

impl Group {
    /// Whether its value goes to a side.
    pub(super) fn goes_to(&self, side: Side) -> bool {
        matches!(self.route, Route::To { side: to, .. } if to == side)
    }
}

impl<'a, P: Profile> Planner<'a, P> {
    /// Enters what each side shows, as fingerprints: of a record that is not listed, or proven unchanged by its
    /// stamp, what it showed last time.
    pub(super) fn look(&self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        for (side, presence) in [(Side::A, &pair.a), (Side::B, &pair.b)] {
            let shown = settlement.shown.get_mut(side);
            let digest = match presence {
                Presence::Seen(entry) if !self.is_proven(pair, side, entry) => {
                    self.print(pair.kind, entry, shown);
                    self.digest(pair.kind, (side, entry))
                }
                Presence::Seen(_) | Presence::Unlisted | Presence::Gone | Presence::Never => {
                    shown.clear();
                    shown.extend(settlement.base.iter().map(|group| *group.get(side)));
                    // What an unanswered write left behind is in the base by now; the digest is of what was there before.
                    pair.link.and_then(|link| {
                        link.digests.get(side).filter(|_| link.base == settlement.base)
                    })
                }
            };
            *settlement.digests.get_mut(side) = digest;
        }
    }

    /// Has the texts that are looked into soon on their way, all at once: they lie wherever the host put them.
    pub(super) fn bring_near(&self, pairs: &[Pair<'a, P>]) {
        let mut near = 0;
        for pair in pairs {
            for (side, presence) in [(Side::A, &pair.a), (Side::B, &pair.b)] {
                if let Some(entry) = presence.seen().filter(|one| !self.is_proven(pair, side, one))
                {
                    near ^= self.profile.first_bytes_of(entry.native);
                }
            }
        }
        // Nothing depends on it, so nothing but this keeps it from being left out.
        std::hint::black_box(near);
    }

    /// Whether a stamp proves that a record is as it was when all of it was agreed. It says nothing of an item that
    /// stands where another one stood.
    pub(super) fn is_proven(&self, pair: &Pair<'a, P>, side: Side, entry: &Entry<'_, P>) -> bool {
        let own = pair.link.filter(|link| link.ids.get(side) == entry.id);
        let seen = own.and_then(|link| *link.seen.get(side));
        *self.stamps_prove.get(side) && seen == Some(entry.modified)
    }

    pub(super) fn content(&self, pair: &Pair<'a, P>, settlement: &Settlement) -> Content<P> {
        let mut groups = self.groups(pair, settlement);
        let is_quiet = groups.is_empty();
        let form = |entry: Option<&Entry<'_, P>>| {
            entry.filter(|_| !is_quiet).map(|entry| self.form(pair.kind, entry.native))
        };
        let forms = BySide::new(form(pair.a.seen()), form(pair.b.seen()));
        for group in &mut groups {
            group.outcome = classify(&group.view, || {
                let values = self.values(&forms, group.place);
                Meaning {
                    agrees: values.a.is_some() && values.a == values.b,
                    blank: values.map(|value| value.is_none_or(Value::is_blank)),
                }
            });
        }
        if let Some(since) = self.settings.resend_a_since {
            self.decide_by_watermark(pair, &mut groups, since);
        }
        let mut content = Content { groups, forms, codes: Vec::new(), raised: Vec::new() };
        for place in self.profile.mirrored(pair.kind) {
            if let Some(Group { outcome, .. }) = content.group_mut(*place) {
                if *outcome == FieldOutcome::Conflict {
                    *outcome = FieldOutcome::TakeB;
                } else if *outcome == FieldOutcome::TakeA {
                    *outcome = FieldOutcome::Same;
                }
            }
        }
        self.judge(pair, &mut content);
        content
    }

    /// The groups in which something happened; where the profile is thorough, all of them.
    fn groups(&self, pair: &Pair<'a, P>, settlement: &Settlement) -> Vec<Group> {
        // Only what is listed can be sent again.
        let forced = BySide::new(
            self.is_forced(Side::A, pair.id_a()) && pair.a.seen().is_some(),
            self.resends(pair) && pair.b.seen().is_some(),
        );
        let is_thorough = self.profile.judges_all(&Self::view(pair));
        let group = |(place, base): (usize, &Base)| {
            let shown =
                settlement.shown.as_ref().map(|prints| prints.get(place).copied().flatten());
            let view = GroupView { base: *base, shown, forced };
            (is_thorough || !view.is_quiet()).then_some(Group {
                place,
                view,
                outcome: FieldOutcome::Unchanged,
                judged: Judgement::AsClassified,
                overruled: false,
                route: Route::Unchanged,
            })
        };
        let mut groups = self.spare_groups.take();
        groups.extend(settlement.base.iter().enumerate().filter_map(group));
        groups
    }

    /// A record in common form. What is judged in every group is made at once, else what is asked for.
    pub(super) fn form(&self, kind: KindOf<P>, native: P::Native) -> Form<P> {
        let form = Form { kind, native, values: OnceCell::new() };
        if self.profile.is_thorough() {
            let all = self.profile.project(kind, native, &self.known);
            let _ = form.values.set(all.into_iter().map(OnceCell::from).collect());
        }
        form
    }

    /// Room for the values of a record, in the place of those of another one.
    fn room(&self, kind: KindOf<P>) -> Values<P> {
        let mut values = self.spare_values.borrow_mut().pop().unwrap_or_default();
        if values.len() != kind.groups().len() {
            values.resize_with(kind.groups().len(), OnceCell::new);
        }
        values
    }

    /// Takes back what is known of a pair that is decided.
    pub(super) fn done_with(&self, mut content: Content<P>) {
        content.groups.clear();
        self.spare_groups.set(content.groups);
        for form in [content.forms.a, content.forms.b].into_iter().flatten() {
            self.give_back(form);
        }
    }

    /// Takes back a form that is no longer needed: the next one is made in its place.
    pub(super) fn give_back(&self, form: Form<P>) {
        if let Some(mut values) = form.values.into_inner() {
            // Few places hold a value, and the next record mostly has as many.
            for place in values.iter_mut().filter(|place| place.get().is_some()) {
                place.take();
            }
            self.spare_values.borrow_mut().push(values);
        }
    }

    /// What a record in common form says in one group.
    pub(super) fn value<'f>(&self, form: &'f Form<P>, place: usize) -> Option<&'f P::Value> {
        let cell = form.values.get_or_init(|| self.room(form.kind)).get(place)?;
        if cell.get().is_none() {
            let value = self.profile.value((form.kind, place), form.native, &self.known)?;
            return Some(cell.get_or_init(|| value));
        }
        cell.get()
    }

    fn values<'f>(
        &self,
        forms: &'f BySide<Option<Form<P>>>,
        place: usize,
    ) -> BySide<Option<&'f P::Value>> {
        forms.as_ref().map(|form| form.as_ref().and_then(|form| self.value(form, place)))
    }

    /// A run forced from side A has no base; the instant it was set back to says which side changed (A9.7).
    fn decide_by_watermark(&self, pair: &Pair<'a, P>, groups: &mut [Group], since: Instant) {
        let newer = Self::newer_than(pair, since);
        for group in groups.iter_mut().filter(|_| newer.a != newer.b) {
            let baseless = group.view.base.a.is_none() || group.view.base.b.is_none();
            if group.outcome == FieldOutcome::Conflict && baseless {
                let (outcome, loser) = if newer.a {
                    (FieldOutcome::TakeA, Side::B)
                } else {
                    (FieldOutcome::TakeB, Side::A)
                };
                group.outcome = outcome;
                group.overruled = self.was_edited(pair, group, loser);
            }
        }
    }

    /// Whether a side was edited in a group that the instant decides against it, as far as a dropped link knows: a value
    /// that a person entered does not go without being named (D4, D20).
    fn was_edited(&self, pair: &Pair<'a, P>, group: &Group, side: Side) -> bool {
        let link = || self.dropped?.get(pair.kind.code(), pair.id_b()?);
        let link = link().filter(|link| Some(link.ids.a.as_str()) == pair.id_a());
        // What was never agreed was entered on both sides.
        let Some(link) = link else { return true };
        let base = link.base.get(group.place).and_then(|base| *base.get(side));
        let shown = *group.view.shown.get(side);
        base.is_some() && shown.is_some() && base != shown
    }

    /// Which sides were modified after an instant.
    fn newer_than(pair: &Pair<'a, P>, since: Instant) -> BySide<bool> {
        let newer = |entry: Option<&Entry<'_, P>>| entry.is_some_and(|one| one.modified > since);
        BySide::new(newer(pair.a.seen()), newer(pair.b.seen()))
    }

    /// Lets the profile's rules have their say on each group, before the conflict policy.
    fn judge(&self, pair: &Pair<'a, P>, content: &mut Content<P>) {
        let pair_view = Self::view(pair);
        let is_judged = |group: &&mut Group| self.profile.has_rule(pair.kind, group.place);
        for group in content.groups.iter_mut().filter(is_judged) {
            let values = self.values(&content.forms, group.place);
            let case = GroupCase {
                place: group.place,
                changed: BySide::from_fn(|side| group.view.changed(side)),
                differs: values.a.is_some() && values.b.is_some() && values.a != values.b,
                conflict: group.outcome == FieldOutcome::Conflict,
                values,
            };
            let (judgement, code) = self.profile.judge(&pair_view, &case);
            content.codes.extend(code);
            match judgement {
                Judgement::AsClassified => {}
                Judgement::Agreed | Judgement::Follow { .. } => group.outcome = FieldOutcome::Same,
                Judgement::Wait => group.outcome = FieldOutcome::Unreadable,
            }
            group.judged = judgement;
        }
    }
}
