//! Comparing what a side answered with what it lists.

use super::run::{Answer, Run, Write};
use super::{Check, Inspect, Listed, Listing};
use crate::model::{Instant, Text, normal};
use crate::plan::Action;
use crate::schema::Kind as _;

/// The side as it was last listed, with the sample in it.
pub(super) struct Standing<S: Inspect> {
    pub(super) listing: Listing<S>,
    pub(super) one: Listed<S>,
}

/// How a write is judged.
#[derive(Clone, Copy)]
pub(super) struct Judged {
    /// The check that fails if it is refused; `None` where a side may.
    pub(super) refusal: Option<Check>,
    /// Whether its texts are such as nobody writes.
    pub(super) hostile: bool,
}

impl Judged {
    /// A write that a side should take.
    pub(super) const DUE: Self = Self { refusal: Some(Check::SampleAccepted), hostile: false };
    /// A write that a side may refuse.
    pub(super) const OPEN: Self = Self { refusal: None, hostile: false };
    /// The same, with texts such as nobody writes.
    pub(super) const HOSTILE: Self = Self { refusal: None, hostile: true };
}

impl<S: Inspect> Run<'_, S> {
    /// Writes to the sample as a plan would, and compares the answer with the next listing. Says how the sample
    /// stands then, and whether it was written; `None` where there is nothing to go on with.
    pub(super) fn act(
        &mut self,
        standing: Standing<S>,
        action: Action<S>,
        judged: Judged,
    ) -> Option<(Standing<S>, bool)> {
        let name = action.name();
        let Standing { listing, one } = standing;
        let extras = self.subject.extras(self.kind, &one.id);
        let expect = Some(one.modified);
        let answer = self.write(&Write { of: &one, action, expect }, judged.hostile);
        let refused = match answer {
            Answer::Done { id, stored, modified } => {
                let standing =
                    self.settle(name, &listing, Some(&one.id), (id, stored, modified))?;
                if extras.is_some() {
                    let now = self.subject.extras(self.kind, &one.id);
                    let what = format!("the {name} changes what the mapping does not know");
                    self.expect(Check::ExtrasSurvive, extras == now, &what);
                }
                return Some((standing, true));
            }
            Answer::None => None,
            Answer::Refused(message) => Some(format!("the {name} is refused: {message}")),
            Answer::Stale => {
                Some(format!("the {name} is answered as stale, though the record is as listed"))
            }
        };
        if let (Some(check), Some(what)) = (judged.refusal, &refused) {
            self.found(check, what);
        }
        let after = self.list()?;
        if refused.is_some() {
            self.same(&format!("the {name} is not done"), &listing, &after);
        }
        let one = after.find(self.kind, &one.id)?.clone();
        Some((Standing { listing: after, one }, false))
    }

    /// Compares the answer to a write that was done with the next listing.
    pub(super) fn settle(
        &mut self,
        name: &str,
        before: &Listing<S>,
        asked: Option<&str>,
        (id, stored, modified): (String, Option<S::Record>, Option<Instant>),
    ) -> Option<Standing<S>> {
        let after = self.list()?;
        self.ids(&after, &id);
        if let Some(asked) = asked {
            let kept = asked == id && after.find(self.kind, asked).is_some();
            self.expect(
                Check::IdKept,
                kept,
                &format!("after the {name} the record has another id, or none"),
            );
            if !kept {
                return None;
            }
        }
        let Some(one) = after.find(self.kind, &id).cloned() else {
            if after.complete {
                let what =
                    "the record is made, and missing from a listing that claims to be complete";
                self.found(Check::ListingComplete, what);
            } else {
                self.found(Check::SubjectWorks, "the record is made and not listed");
            }
            return None;
        };
        if after.complete {
            self.findings.make(Check::ListingComplete);
        }
        let answered = stored.is_some();
        self.expect(
            Check::StoredAnswered,
            answered,
            &format!("the answer to the {name} holds no record"),
        );
        let shows = |record| S::modified(record).is_none_or(|modified| modified == one.modified);
        let mut stamps = modified == Some(one.modified) && shows(&one.record);
        if let Some(stored) = stored {
            stamps &= shows(&stored);
            self.expect(
                Check::IdKept,
                S::id(&stored) == id,
                &format!("the record that the {name} answers with has another id than the answer"),
            );
            let places = places::<S>(&stored, &one.record);
            let what = format!("the answer to the {name} and the next listing differ in {places}");
            self.expect(Check::StoredIsListed, places.is_empty(), &what);
        }
        let what = format!("the stamps of the answer to the {name} and of the next listing differ");
        self.expect(Check::ModifiedIsListed, stamps, &what);
        let changed = changed(before, &after, Some(&one));
        let what = format!("the {name} {}", changed.as_deref().unwrap_or_default());
        self.expect(Check::OthersUntouched, changed.is_none(), &what);
        Some(Standing { listing: after, one })
    }

    /// Nothing may have changed between two listings.
    pub(super) fn same(&mut self, when: &str, before: &Listing<S>, after: &Listing<S>) {
        let changed = changed(before, after, None);
        let what = format!("{when}, but it {}", changed.as_deref().unwrap_or_default());
        self.expect(Check::NothingAfterRefusal, changed.is_none(), &what);
    }

    fn ids(&mut self, listing: &Listing<S>, answered: &str) {
        self.expect(Check::IdsDistinct, !answered.is_empty(), "the answer names no id");
        let mut ids: Vec<(u8, &str)> =
            listing.records.iter().map(|one| (one.kind.family(), one.id.as_str())).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        let distinct = ids.len() == all && ids.iter().all(|(_, id)| !id.is_empty());
        self.expect(
            Check::IdsDistinct,
            distinct,
            "two listed records have one id, or one has none",
        );
    }

    /// Compares a record that was made with what was asked for.
    pub(super) fn values(&mut self, asked: &S::Record, listed: &S::Record) {
        self.findings.make(Check::ValueKept);
        for one in S::differences(asked, listed) {
            let given = S::GIVEN.contains(&one.field);
            if !given && !self.is_kept(&one) {
                self.found(Check::ValueKept, &format!("{} is not as it was asked for", one.place));
            }
        }
    }

    /// Compares an updated record with what it should be: the fields that were written may be cut or spaced
    /// otherwise, all others are as before.
    pub(super) fn updated(
        &mut self,
        wanted: &S::Record,
        listed: &S::Record,
        written: (Check, &[&str]),
    ) {
        let (check, fields) = written;
        self.findings.make(check);
        self.findings.make(Check::UpdateLeavesOthers);
        for one in S::differences(wanted, listed) {
            if !fields.contains(&one.field) {
                let what = format!("{} changes, and the write does not name it", one.place);
                self.found(Check::UpdateLeavesOthers, &what);
            } else if !self.is_kept(&one) {
                self.found(check, &format!("{} does not have its new value", one.place));
            }
        }
    }

    fn is_kept(&self, one: &super::Difference) -> bool {
        let reshaped = self.subject.reshapes();
        let reshaped = reshaped.iter().any(|name| *name == one.place || *name == one.field);
        reshaped || one.texts.as_ref().is_some_and(|(asked, stored)| is_cut(asked, stored))
    }
}

/// The places where two records differ, for a finding.
pub(super) fn places<S: Inspect>(one: &S::Record, other: &S::Record) -> String {
    let places: Vec<String> =
        S::differences(one, other).into_iter().map(|difference| difference.place).collect();
    places.join(", ")
}

/// Whether a text is another one, cut at its end and spaced otherwise.
fn is_cut(asked: &Text, stored: &Text) -> bool {
    let (Some(asked), Some(stored)) = (asked.known(), stored.known()) else {
        return false;
    };
    let (asked, stored) = (normal(asked), normal(stored));
    let letters = |text: &str| text.chars().filter(|one| !one.is_whitespace()).collect::<String>();
    let (asked, stored) = (letters(&asked), letters(&stored));
    asked.starts_with(&stored) && asked.is_empty() == stored.is_empty()
}

/// What differs between two listings beside a record that was written, as the rest of a sentence; `None` if nothing
/// does. A listing that does not claim to be complete may leave out what has not changed.
pub(super) fn changed<S: Inspect>(
    before: &Listing<S>,
    after: &Listing<S>,
    written: Option<&Listed<S>>,
) -> Option<String> {
    let other = |one: &&Listed<S>| {
        written.is_none_or(|it| {
            let is_it = one.id == it.id && one.kind.family() == it.kind.family();
            !is_it && (S::is_part(it.kind) || !S::is_part(one.kind) || !is_with(one, it))
        })
    };
    let complete = before.complete && after.complete;
    for old in before.records.iter().filter(other) {
        match after.find(old.kind, &old.id) {
            None if complete => return Some(format!("removes {}", old.id)),
            None => {}
            Some(new)
                if new.modified != old.modified && !written.is_some_and(|it| is_with(old, it)) =>
            {
                return Some(format!("gives {} another modification stamp", old.id));
            }
            Some(new) => {
                let places = places::<S>(&old.record, &new.record);
                if !places.is_empty() {
                    return Some(format!("changes {places} of {}", old.id));
                }
            }
        }
    }
    let new = |one: &&Listed<S>| before.find(one.kind, &one.id).is_none();
    let new = after.records.iter().filter(other).find(new).filter(|_| complete)?;
    Some(format!("makes {}", new.id))
}

/// Whether two records are written as one.
fn is_with<S: Inspect>(one: &Listed<S>, other: &Listed<S>) -> bool {
    S::bundle(&one.record).is_some_and(|bundle| S::bundle(&other.record) == Some(bundle))
}
