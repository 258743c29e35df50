//! A pair of which one record is gone.

use super::account::Fate;
use super::draft::Draft;
use super::planner::Planner;
use super::{Action, Advance, Ending, Settlement};
use crate::matching::{Found, Pair, Presence};
use crate::model::{BySide, Instant, Places, Side};
use crate::profile::{Effect, Entry, Loss, Profile, Standing, Value, Write};
use crate::report::{AnomalyCode, Code};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{AskedGroup, Base, LinkStatus, Prints};

impl<'a, P: Profile> Planner<'a, P> {
    /// Gone from side A (A4.13): side B's record goes as well, or loses its representative; but where side B
    /// changed it meanwhile it is made again on side A (A4.19).
    pub(crate) fn gone_on_a(&mut self, pair: &Pair<'a, P>) -> Fate {
        let Some(link) = pair.link else {
            return Fate::Skipped;
        };
        self.recover(pair);
        let by_us = self.was_removed(pair, Side::A);
        let foreign = pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign);
        if foreign {
            return self.end_link(pair);
        }
        // Nobody deleted the item but an earlier run, and its reason is no more: the record is the user's again.
        if let Some(entry) = pair.b.seen().filter(|_| by_us) {
            let alone = self.unlinked(pair);
            return self.create_copy_on_a(&alone, *entry, (Reason::CreatedInB, "A4.7"));
        }
        // Whether a record that is not listed is still the user's, the next run sees.
        if by_us && matches!(pair.b, Presence::Unlisted) {
            let alone = self.unlinked(pair);
            return self.look_again(&alone, pair.id_b());
        }
        let changed = pair.b.seen().is_some_and(|entry| self.is_changed(pair, Side::B, entry));
        if !matches!(link.status, LinkStatus::Live | LinkStatus::Asleep) {
            return self.stays_away(pair, link.status, changed);
        }
        if let Some(fate) = self.ruled_loss(pair, Side::A, changed) {
            return fate;
        }
        let unassigns = self.profile.unassigns(pair.kind).map(str::to_owned);
        if let Some(entry) = pair.b.seen()
            && (changed || self.resends(pair))
            && unassigns.is_none()
            && !link.private
        {
            let forced = (Reason::Forced, "A9.2");
            let why = if changed { (Reason::Recreated, "A4.19") } else { forced };
            return self.create_copy_on_a(pair, *entry, why);
        }
        if unassigns.is_none() && !link.private && self.may_hide_an_edit(pair, Side::B) {
            return self.wait_silently(pair);
        }
        if let Some(barrier) = self.profile.barrier(&Self::view(pair), Side::B, Write::Delete) {
            self.note_write(barrier.code, pair, Side::B, Write::Delete);
            let passed_over = barrier.effect == Effect::Dismiss;
            return self.leave(pair, barrier.effect, passed_over);
        }
        if !self.profile.permits(pair.kind, Side::B, Write::Delete) {
            return self.wait(pair, Side::B);
        }
        let action = unassigns.map_or(Action::Delete, Action::Unassign);
        let expect = Self::expected(pair, Side::B);
        if expect.is_none() {
            return self.wait_silently(pair);
        }
        let mut draft =
            Draft::new(Side::B, pair.kind, Self::ids(pair), action, (Reason::DeletedInA, "A4.13"));
        draft.expect = expect;
        self.end_with(pair, draft);
        Fate::Operation
    }

    /// Gone from side B, or no longer the user's (A4.9, A4.10): side A's item goes. An edit it had is recorded.
    pub(crate) fn gone_on_b(&mut self, pair: &Pair<'a, P>, reason: Reason) -> Fate {
        self.recover(pair);
        // A record that is somebody else's now, and of a kind whose owner no run takes off, was not deleted.
        let may_be_ours = reason != Reason::LeftScope || self.profile.reclaims(pair.kind);
        if may_be_ours
            && self.was_removed(pair, Side::B)
            && let Some(fate) = self.removed_by_us(pair, reason)
        {
            return fate;
        }
        let changed = pair.a.seen().is_some_and(|entry| self.is_changed(pair, Side::A, entry));
        if reason == Reason::DeletedInB
            && let Some(fate) = self.ruled_loss(pair, Side::B, changed)
        {
            return fate;
        }
        if let Some(barrier) = self.profile.barrier(&Self::view(pair), Side::A, Write::Delete) {
            self.note_write(barrier.code, pair, Side::A, Write::Delete);
            return self.leave(pair, barrier.effect, true);
        }
        if !self.profile.permits(pair.kind, Side::A, Write::Delete) {
            return self.wait(pair, Side::A);
        }
        let expect = Self::expected(pair, Side::A);
        if expect.is_none() {
            return self.wait_silently(pair);
        }
        let rule = if reason == Reason::LeftScope { "A4.10" } else { "A4.9" };
        let mut draft =
            Draft::new(Side::A, pair.kind, Self::ids(pair), Action::Delete, (reason, rule));
        draft.expect = expect;
        if let Some(item) = pair.a.seen() {
            draft.anomalies = self.lost_edits(pair, Side::A, item);
        }
        self.end_with(pair, draft);
        Fate::Operation
    }

    /// Nobody deleted the record but an earlier run, because the item was gone: one that is there again is a new one, and
    /// whether one is that is not listed the next run sees.
    fn removed_by_us(&mut self, pair: &Pair<'a, P>, reason: Reason) -> Option<Fate> {
        match pair.a {
            Presence::Gone | Presence::Never => None,
            Presence::Seen(_) => {
                let alone = self.unlinked(pair);
                Some(if reason == Reason::LeftScope {
                    self.reclaim(&alone, self.settlement(&alone))
                } else {
                    self.create_on_b(&alone)
                })
            }
            Presence::Unlisted => {
                self.unlinked(pair);
                Some(self.look_again(pair, None))
            }
        }
    }

    /// The record is gone of an item that an earlier run made of it, without hearing so: the item goes as it would
    /// have, had the run heard (A4.9). One that somebody edited since is a new one (A3.5).
    pub(crate) fn gone_unheard(&mut self, pair: &Pair<'a, P>, item: &Entry<'a, P>) -> Option<Fate> {
        let view = Self::view(pair);
        let is_ruled = self.profile.loss(&view, Side::B, false) != Loss::Usual
            || self.profile.barrier(&view, Side::A, Write::Delete).is_some();
        if is_ruled {
            return None;
        }
        let asked = self.made_unheard(pair, item)?;
        let shown = self.prints(pair.kind, item);
        let there = |one: &AskedGroup| shown.get(usize::from(one.group)).copied().flatten();
        if asked.iter().any(|one| there(one).is_some_and(|print| print != one.asked)) {
            return None;
        }
        if asked.iter().any(|one| there(one).is_none()) {
            self.note(Code::OrphanKey, pair);
            return Some(self.look_for_key(pair, item.mark));
        }
        if !self.profile.permits(pair.kind, Side::A, Write::Delete) {
            self.note_write(Code::NotPermitted, pair, Side::A, Write::Delete);
            return Some(self.look_for_key(pair, item.mark));
        }
        let mut settlement = Box::new(Settlement::open(pair.kind, Self::ids(pair)));
        let ids = BySide::new(Some(item.id.to_owned()), item.mark.map(str::to_owned));
        let why = (Reason::DeletedInB, "A4.9");
        let mut draft = Draft::new(Side::A, pair.kind, ids, Action::Delete, why);
        draft.expect = Some(item.modified);
        let op = self.push(draft, &mut settlement);
        settlement.asked.push((op, asked.to_vec()));
        settlement.ending = Some(Ending::With(op));
        self.enter(pair, settlement);
        Some(Fate::Operation)
    }

    /// Ends the link of which an earlier run took one record away, as that run would have, had it heard the answer:
    /// whatever becomes of this run, the next one does not take that for a person's deletion. Gives what is left.
    fn unlinked(&mut self, pair: &Pair<'a, P>) -> Pair<'a, P> {
        let mut settlement = self.settlement(pair);
        settlement.ending = Some(Ending::Now);
        self.enter(pair, settlement);
        let left = |presence: Presence<'a, P>| match presence {
            Presence::Gone => Presence::Never,
            Presence::Never | Presence::Seen(_) | Presence::Unlisted => presence,
        };
        Pair { a: left(pair.a), b: left(pair.b), link: None, found: Found::Alone, ..*pair }
    }

    /// What a rule of the profile says of a pair whose record of a side is gone.
    fn ruled_loss(&mut self, pair: &Pair<'a, P>, gone: Side, changed: bool) -> Option<Fate> {
        let loss = self.profile.loss(&Self::view(pair), gone, changed);
        // Where an edit would decide otherwise, it is to be known whether there is one.
        let unsure = !changed && self.may_hide_an_edit(pair, gone.other());
        if unsure && self.profile.loss(&Self::view(pair), gone, true) != loss {
            return Some(self.wait_silently(pair));
        }
        let code = match loss {
            Loss::Usual => return None,
            Loss::Delete => None,
            Loss::Keep { code, .. } | Loss::Restore { code, .. } => code,
        };
        if let Some(code) = code {
            self.note(code, pair);
        }
        let other = gone.other();
        let left = if other == Side::A { pair.a.seen() } else { pair.b.seen() }.copied();
        Some(match (loss, left) {
            // What is left may be edited until the other one comes back: it is compared then.
            (Loss::Keep { effect, .. }, _) => self.leave(pair, effect, false),
            (Loss::Restore { why, .. }, Some(record)) if gone == Side::A => {
                self.create_copy_on_a(pair, record, why)
            }
            (Loss::Restore { why, .. }, Some(item)) => self.create_copy_on_b(pair, item, why),
            (Loss::Restore { .. }, None) => self.wait_silently(pair),
            (Loss::Usual | Loss::Delete, _) => self.delete_left(pair, gone),
        })
    }

    /// Deletes what is left of a pair; an edit it had is recorded.
    fn delete_left(&mut self, pair: &Pair<'a, P>, gone: Side) -> Fate {
        let side = gone.other();
        if let (_, Some(code)) = self.way(pair, side, Write::Delete) {
            self.note(code, pair);
            return self.wait_silently(pair);
        }
        let why = match gone {
            Side::A => (Reason::DeletedInA, "A4.13"),
            Side::B => (Reason::DeletedInB, "A4.9"),
        };
        let mut draft = Draft::new(side, pair.kind, Self::ids(pair), Action::Delete, why);
        let left = if side == Side::A { pair.a.seen() } else { pair.b.seen() };
        draft.expect = Self::expected(pair, side);
        if draft.expect.is_none() {
            return self.wait_silently(pair);
        }
        draft.anomalies = left.map(|one| self.lost_edits(pair, side, one)).unwrap_or_default();
        self.end_with(pair, draft);
        Fate::Operation
    }

    /// The stamp that the record to be deleted is expected to have; none where nothing may be deleted: what is not
    /// listed, and was not agreed as a whole when it was, may say something nobody has seen.
    pub(crate) fn expected(pair: &Pair<'a, P>, side: Side) -> Option<Instant> {
        let left = if side == Side::A { pair.a.seen() } else { pair.b.seen() };
        let unread = |base: &Base| base.get(side).is_none() && base.get(side.other()).is_some();
        let agreed = || {
            let link = pair.link.filter(|link| !link.base.iter().any(unread))?;
            *link.seen.get(side)
        };
        left.map(|entry| entry.modified).or_else(agreed)
    }

    /// Whether a record says something that the other side never got and was to get: what an option keeps from it is
    /// nobody's edit.
    fn is_changed(&self, pair: &Pair<'a, P>, side: Side, entry: &Entry<'a, P>) -> bool {
        let changed = self.changed_groups(pair, side, entry);
        let was_agreed = |place: usize| {
            let base = pair.link.and_then(|link| link.base.get(place).copied());
            base.is_some_and(|base| base.a.is_some() || base.b.is_some())
        };
        changed.iter().any(|(place, _)| {
            was_agreed(*place) || self.profile.carries(pair.kind, side.other(), *place)
        })
    }

    /// Whether what is left of a pair was touched, and a text of it that was agreed cannot be read any more: nobody knows
    /// that it is the same.
    fn may_hide_an_edit(&self, pair: &Pair<'a, P>, side: Side) -> bool {
        let left = if side == Side::A { pair.a.seen() } else { pair.b.seen() };
        let Some((entry, link)) = left.zip(pair.link) else { return false };
        if *link.seen.get(side) == Some(entry.modified) {
            return false;
        }
        let agreed = link.base.iter().enumerate();
        let mut agreed = agreed.filter(|(_, base)| base.get(side).is_some());
        agreed.any(|(place, _)| {
            let value = self.profile.value((pair.kind, place), entry.native, &self.known);
            value.is_some_and(|value| !value.is_readable())
        })
    }

    /// What a record of a link says that the other side never got, with the text to show: an edit, or a group
    /// the two never agreed on.
    fn changed_groups(
        &self,
        pair: &Pair<'a, P>,
        side: Side,
        entry: &Entry<'a, P>,
    ) -> Vec<(usize, Option<String>)> {
        let Some(link) = pair.link else { return Vec::new() };
        // Of a record that could not be read back, what was sent is known.
        let base = |place: usize| {
            let base = link.base.get(place).copied().unwrap_or_default();
            base.get(side).or(*base.get(side.other()))
        };
        let prints = self.shown_by(pair, side, entry);
        if prints.iter().enumerate().all(|(place, print)| print.is_none() || *print == base(place))
        {
            return Vec::new();
        }
        let text = |place: usize| {
            let value = self.profile.value((pair.kind, place), entry.native, &self.known);
            value.as_ref().and_then(Value::text)
        };
        let changed = prints.iter().enumerate().filter_map(|(place, print)| {
            let known = base(place).is_some();
            let is_changed = print.is_some()
                && *print != base(place)
                && !self.is_as_asked(pair, (side, place), *print);
            (is_changed && (known || text(place).is_some())).then(|| (place, text(place)))
        });
        changed.collect()
    }

    /// What a record of a link shows. One that its stamp proves unchanged is looked into where it was not agreed only.
    fn shown_by(&self, pair: &Pair<'a, P>, side: Side, entry: &Entry<'a, P>) -> Prints {
        let link = pair.link.filter(|_| self.is_proven(pair, side, entry));
        let Some(link) = link else { return self.prints(pair.kind, entry) };
        let places = 0..pair.kind.groups().len();
        let base = places.map(|place| link.base.get(place).and_then(|base| *base.get(side)));
        let mut prints: Prints = base.collect();
        let unknown = prints.iter().enumerate().filter(|(_, print)| print.is_none());
        let unknown: Places = unknown.map(|(place, _)| place).collect();
        if unknown.meets(Places::ALL) {
            let there = self.prints_of(pair.kind, entry, unknown);
            for (print, there) in prints.iter_mut().zip(there) {
                *print = print.or(there);
            }
        }
        prints
    }

    /// The edits that go with a record. A text that cannot be read may be one, if the record was touched.
    fn lost_edits(
        &self,
        pair: &Pair<'a, P>,
        side: Side,
        item: &Entry<'a, P>,
    ) -> Vec<crate::report::Anomaly> {
        let mut lost = self.changed_groups(pair, side, item);
        let link = pair.link;
        let is_touched = link.and_then(|link| *link.seen.get(side)) != Some(item.modified);
        let agreed = |place: usize| {
            let base = link.and_then(|link| link.base.get(place).copied()).unwrap_or_default();
            base.get(side).is_some()
        };
        let prints = self.shown_by(pair, side, item);
        let unreadable = prints.iter().enumerate().filter(|(_, print)| print.is_none());
        let unreadable = unreadable.filter(|(place, _)| is_touched || !agreed(*place));
        lost.extend(unreadable.map(|(place, _)| (place, None)));
        let known: Places = lost.iter().map(|(place, _)| *place).collect();
        let ignored = self.profile.overwritten(pair.kind).iter().filter(|_| side == Side::A);
        lost.extend(ignored.filter(|place| !known.contains(**place)).filter_map(|place| {
            // What side B never took over is still side A's own.
            let base = link.and_then(|link| link.base.get(*place).copied())?;
            let text = || self.profile.value((pair.kind, *place), item.native, &self.known)?.text();
            Some((*place, Some(text().filter(|_| base.a.is_some() && base.a != base.b)?)))
        }));
        let anomaly = |(place, text)| {
            let mut values = BySide::default();
            *values.get_mut(side) = text;
            Self::anomaly(pair, AnomalyCode::LostEdit, place, values)
        };
        lost.into_iter().map(anomaly).collect()
    }

    /// A link that is not live, and whose item is still away.
    fn stays_away(&mut self, pair: &Pair<'a, P>, status: LinkStatus, changed: bool) -> Fate {
        let Presence::Seen(record) = pair.b else {
            return Fate::Unchanged;
        };
        let returns = match status {
            LinkStatus::Dismissed => changed || self.resends(pair),
            LinkStatus::Archived | LinkStatus::Closed => self.resends(pair),
            LinkStatus::Asleep | LinkStatus::Live => true,
        };
        if returns {
            let why = if self.resends(pair) {
                (Reason::Forced, "A9.2")
            } else {
                (Reason::Recreated, "A7.8b")
            };
            return self.create_copy_on_a(pair, *record, why);
        }
        self.remember(pair, BySide::default());
        Fate::Unchanged
    }

    /// The deletion is not carried over, and the link says why.
    /// `passed_over` says whether what side B shows now is passed over for good; else it reaches the item when that
    /// comes back.
    fn leave(&mut self, pair: &Pair<'a, P>, effect: Effect, passed_over: bool) -> Fate {
        let status = match effect {
            Effect::Archive => LinkStatus::Archived,
            Effect::Close => LinkStatus::Closed,
            Effect::Dismiss => LinkStatus::Dismissed,
            Effect::Ignore | Effect::Overwrite | Effect::Wait => return self.wait_silently(pair),
        };
        let mut settlement = self.settlement(pair);
        settlement.status = status;
        settlement.groups.fill(Advance::Now);
        if !passed_over {
            settlement.seen = settlement.agreed;
        }
        settlement.shown = BySide::from_fn(|side| {
            let before = settlement.base.iter().map(|group| *group.get(side)).collect();
            match (side, pair.b.seen()) {
                (Side::B, Some(entry)) if passed_over => self.prints(pair.kind, entry),
                _ => before,
            }
        });
        self.remember(pair, BySide::default());
        self.enter(pair, settlement);
        Fate::Skipped
    }

    fn wait(&mut self, pair: &Pair<'a, P>, side: Side) -> Fate {
        self.note_write(Code::NotPermitted, pair, side, Write::Delete);
        self.wait_silently(pair)
    }

    /// The link stays as it is, and the pair is looked at again.
    pub(crate) fn wait_silently(&mut self, pair: &Pair<'a, P>) -> Fate {
        let mut settlement = self.settlement(pair);
        self.recognise_left(pair, &mut settlement);
        self.remember(pair, BySide::default());
        self.enter(pair, settlement);
        Fate::Skipped
    }

    /// The item is gone and the record is somebody else's by now: there is nothing left to keep.
    fn end_link(&mut self, pair: &Pair<'a, P>) -> Fate {
        let mut settlement = self.settlement(pair);
        settlement.ending = Some(Ending::Now);
        self.enter(pair, settlement);
        Fate::Unchanged
    }

    fn end_with(&mut self, pair: &Pair<'a, P>, draft: Draft<P::Schema>) {
        let mut settlement = self.settlement(pair);
        self.recognise_left(pair, &mut settlement);
        let op = self.push(draft, &mut settlement);
        settlement.ending = Some(Ending::With(op));
        self.enter(pair, settlement);
    }
}
