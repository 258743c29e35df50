//! What is done with a sample, in its order.

use super::run::{Answer, Run, Write};
use super::verify::{Judged, Standing, changed, places};
use super::{Check, Inspect, Listed, Sample};
use crate::model::Instant;
use crate::plan::Action;
use crate::schema::Kind as _;

/// The keys that are stamped.
const KEYS: [&str; 2] = ["KIT00000001", "KIT00000002"];

impl<S: Inspect> Run<'_, S> {
    /// Makes the sample, does everything with it, and deletes it.
    pub(super) fn sample(&mut self, sample: &Sample<S>) {
        let _ = self.steps(sample);
    }

    fn steps(&mut self, sample: &Sample<S>) -> Option<()> {
        let mut at = self.make(sample)?;
        at = self.come_late(at, sample)?;
        for patch in &sample.updates {
            at = self.update(at, patch)?;
        }
        let empty = S::empty(&at.one.record);
        at = self.rewrite(at, empty, Check::EmptyUpdateHarmless, Judged::DUE)?;
        let whole = S::whole(&at.one.record);
        at = self.rewrite(at, whole, Check::StableWhenRewritten, Judged::DUE)?;
        if self.writes().stamp {
            for key in KEYS {
                at = self.stamp(at, Some(key))?;
            }
        }
        if self.writes().clear {
            at = self.stamp(at, None)?;
        }
        if self.writes().unassign {
            at = self.unassign(at)?;
        }
        at = self.go_wrong(at, sample)?;
        for patch in &sample.hostile {
            at = self.shock(at, patch)?;
        }
        self.remove(&at, sample)
    }

    /// Makes the record, three times under the same key.
    fn make(&mut self, sample: &Sample<S>) -> Option<Standing<S>> {
        let before = self.list()?;
        let key = format!("{}/{}/{}", self.later(), self.kind.name(self.side), sample.name);
        self.findings.make(Check::SampleAccepted);
        let at = match self.create(&sample.record, &key, false) {
            Answer::Done { id, stored, modified } => {
                self.settle("creation", &before, None, (id, stored, modified))?
            }
            Answer::None => return None,
            Answer::Refused(message) => {
                self.found(Check::SampleAccepted, &format!("the creation is refused: {message}"));
                return None;
            }
            Answer::Stale => {
                self.found(Check::SampleAccepted, "the creation is answered as stale");
                return None;
            }
        };
        self.values(&sample.record, &at.one.record);
        let (at, once) = self.make_again(&at, sample, &key, Check::CreateIdempotent)?;
        if !once {
            return Some(at);
        }
        match self.subject.restart() {
            Ok(false) => Some(at),
            Ok(true) => {
                let check = Check::CreateIdempotentAfterRestart;
                self.make_again(&at, sample, &key, check).map(|(at, _)| at)
            }
            Err(reason) => {
                let what = format!("the side cannot be opened again: {reason}");
                self.found(Check::SubjectWorks, &what);
                None
            }
        }
    }

    fn make_again(
        &mut self,
        at: &Standing<S>,
        sample: &Sample<S>,
        key: &str,
        check: Check,
    ) -> Option<(Standing<S>, bool)> {
        let id = at.one.id.clone();
        let what = match self.create(&sample.record, key, false) {
            Answer::Done { id: again, .. } if again == id => None,
            Answer::Done { .. } => Some("the repeated creation answers with another id".to_owned()),
            Answer::None => return None,
            Answer::Refused(message) => {
                Some(format!("the repeated creation is refused: {message}"))
            }
            Answer::Stale => Some("the repeated creation is answered as stale".to_owned()),
        };
        let after = self.list()?;
        let changed = changed(&at.listing, &after, None);
        let changed = changed.map(|changed| format!("the repeated creation {changed}"));
        let what = what.or(changed);
        self.expect(check, what.is_none(), what.as_deref().unwrap_or_default());
        let one = after.find(self.kind, &id)?.clone();
        Some((Standing { listing: after, one }, what.is_none()))
    }

    /// Somebody else was faster: nothing that was planned before may be written.
    fn come_late(&mut self, at: Standing<S>, sample: &Sample<S>) -> Option<Standing<S>> {
        if S::is_part(self.kind) {
            return Some(at);
        }
        let old = at.one;
        let instant = self.later();
        if let Err(reason) = self.subject.edit_elsewhere(self.kind, &old.id, instant) {
            self.found(Check::SubjectWorks, &format!("nobody else can change it: {reason}"));
        }
        let unseen = self.is_stale(&old, change(sample, &old), Check::ExpectHonoured);
        let listing = self.list()?;
        let one = listing.find(self.kind, &old.id).cloned();
        let stamped = one.as_ref().is_some_and(|one| one.modified != old.modified);
        let what = "after somebody else's change it is not listed with another modification stamp";
        self.expect(Check::SubjectWorks, stamped, what);
        let one = one?;
        if !stamped || !unseen {
            return Some(Standing { listing, one });
        }
        // Listing it again does not make the old plan a new one.
        let mut actions = self.actions(sample, &old).into_iter();
        let all_stale = actions.all(|action| self.is_stale(&old, action, Check::ExpectHonoured));
        let after = self.list()?;
        if all_stale {
            self.same("a write is stale", &listing, &after);
        }
        let one = after.find(self.kind, &old.id)?.clone();
        Some(Standing { listing: after, one })
    }

    /// Every write that a plan can have for the sample.
    fn actions(&self, sample: &Sample<S>, of: &Listed<S>) -> Vec<Action<S>> {
        let writes = self.writes();
        let mut actions = vec![change(sample, of)];
        if writes.stamp {
            actions.push(Action::Stamp(Some(KEYS[0].to_owned())));
        }
        if let Some((who, _)) = S::unassigned(&of.record).filter(|_| writes.unassign) {
            actions.push(Action::Unassign(who));
        }
        if writes.delete {
            actions.push(Action::Delete);
        }
        actions
    }

    /// Writes what can only be stale; says whether it was not done.
    fn is_stale(&mut self, old: &Listed<S>, action: Action<S>, done: Check) -> bool {
        let name = action.name();
        let expect: Option<Instant> = Some(old.modified);
        self.findings.make(done);
        match self.write(&Write { of: old, action, expect }, false) {
            Answer::Done { .. } => {
                self.found(done, &format!("the {name} is done, though it comes too late"));
                return false;
            }
            Answer::None => {}
            Answer::Refused(message) => {
                let what = format!("the {name} that comes too late is refused: {message}");
                self.found(Check::StaleAnswer, &what);
            }
            Answer::Stale => self.findings.make(Check::StaleAnswer),
        }
        true
    }

    fn update(&mut self, at: Standing<S>, patch: &S::Patch) -> Option<Standing<S>> {
        let wanted = S::patched(&at.one.record, patch);
        let (at, done) = self.act(at, Action::Update(patch.clone()), Judged::DUE)?;
        if let Some(wanted) = wanted.filter(|_| done) {
            let written = (Check::UpdateWritesNamed, &*S::written(patch));
            self.updated(&wanted, &at.one.record, written);
        }
        Some(at)
    }

    /// Writes what should change nothing.
    fn rewrite(
        &mut self,
        at: Standing<S>,
        patch: S::Patch,
        check: Check,
        judged: Judged,
    ) -> Option<Standing<S>> {
        let before = at.one.record.clone();
        let judged = Judged { refusal: judged.refusal.map(|_| check), ..judged };
        let (at, done) = self.act(at, Action::Update(patch), judged)?;
        if done {
            let places = places::<S>(&before, &at.one.record);
            self.expect(check, places.is_empty(), &format!("{places} changes"));
        }
        Some(at)
    }

    fn stamp(&mut self, at: Standing<S>, key: Option<&str>) -> Option<Standing<S>> {
        let wanted = S::stamped(&at.one.record, key);
        let judged = Judged { refusal: Some(Check::StampKept), hostile: false };
        let (at, done) = self.act(at, Action::Stamp(key.map(str::to_owned)), judged)?;
        if done {
            self.updated(&wanted, &at.one.record, (Check::StampKept, S::STAMPED));
        }
        Some(at)
    }

    fn unassign(&mut self, at: Standing<S>) -> Option<Standing<S>> {
        let Some((who, wanted)) = S::unassigned(&at.one.record) else {
            return Some(at);
        };
        let check = Check::UnassignOnlyNamed;
        let judged = Judged { refusal: Some(check), hostile: false };
        let (at, done) = self.act(at, Action::Unassign(who), judged)?;
        if done {
            let places = places::<S>(&wanted, &at.one.record);
            self.expect(check, places.is_empty(), &format!("{places} is not as it should be"));
        }
        Some(at)
    }

    /// Asks for what a side should refuse.
    fn go_wrong(&mut self, mut at: Standing<S>, sample: &Sample<S>) -> Option<Standing<S>> {
        for patch in &sample.wrong_updates {
            (at, _) = self.act(at, Action::Update(patch.clone()), Judged::OPEN)?;
        }
        for (number, record) in sample.wrong_records.iter().enumerate() {
            let key = format!("{}/wrong {number} of {}", self.later(), sample.name);
            let answer = self.create(record, &key, false);
            let mut after = self.list()?;
            match answer {
                Answer::Done { id, .. } => {
                    let made = after.find(self.kind, &id).cloned();
                    if let Some(made) = made.filter(|_| self.writes().delete) {
                        let expect = Some(made.modified);
                        self.write(&Write { of: &made, action: Action::Delete, expect }, false);
                        after = self.list()?;
                    }
                }
                Answer::None => {}
                Answer::Refused(_) | Answer::Stale => {
                    self.same("a creation is refused", &at.listing, &after);
                }
            }
            let one = after.find(self.kind, &at.one.id)?.clone();
            at = Standing { listing: after, one };
        }
        Some(at)
    }

    /// Writes a text such as nobody writes; where it is taken, it must be stable.
    fn shock(&mut self, at: Standing<S>, patch: &S::Patch) -> Option<Standing<S>> {
        let (at, done) = self.act(at, Action::Update(patch.clone()), Judged::HOSTILE)?;
        if !done {
            return Some(at);
        }
        let whole = S::whole(&at.one.record);
        self.rewrite(at, whole, Check::StableWhenRewritten, Judged::HOSTILE)
    }

    /// Deletes the sample, and writes to it once more.
    fn remove(&mut self, at: &Standing<S>, sample: &Sample<S>) -> Option<()> {
        if !self.remove_once(at)? {
            return None;
        }
        let gone = self.list()?;
        let id = &at.one.id;
        if gone.complete {
            let away = gone.find(self.kind, id).is_none();
            self.expect(Check::DeleteDone, away, "the deleted record is still listed");
            if !away {
                return None;
            }
        }
        let changed_by = changed(&at.listing, &gone, Some(&at.one));
        let what = format!("the deletion {}", changed_by.as_deref().unwrap_or_default());
        self.expect(Check::OthersUntouched, changed_by.is_none(), &what);
        for action in self.actions(sample, &at.one).into_iter().rev() {
            self.is_stale(&at.one, action, Check::VanishedStaysGone);
        }
        let after = self.list()?;
        if let Some(changed) = changed(&gone, &after, None) {
            let what = format!("a write to a vanished record {changed}");
            self.found(Check::VanishedStaysGone, &what);
        }
        Some(())
    }

    /// Whether the sample could be deleted.
    fn remove_once(&mut self, at: &Standing<S>) -> Option<bool> {
        if !self.writes().delete {
            return match self.subject.remove_elsewhere(self.kind, &at.one.id) {
                Ok(removed) => Some(removed),
                Err(reason) => {
                    self.found(Check::SubjectWorks, &format!("nobody can delete it: {reason}"));
                    None
                }
            };
        }
        let expect = Some(at.one.modified);
        let action = Action::Delete;
        match self.write(&Write { of: &at.one, action, expect }, false) {
            Answer::Done { .. } => Some(true),
            Answer::None => None,
            Answer::Refused(message) => {
                self.found(Check::DeleteDone, &format!("the deletion is refused: {message}"));
                None
            }
            Answer::Stale => {
                self.found(Check::DeleteDone, "the deletion of a record as listed is stale");
                None
            }
        }
    }
}

/// A write that changes the sample.
fn change<S: Inspect>(sample: &Sample<S>, of: &Listed<S>) -> Action<S> {
    let patch = sample.updates.first().cloned();
    Action::Update(patch.unwrap_or_else(|| S::whole(&of.record)))
}
