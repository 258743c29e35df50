//! Asking a side, and listing it afterwards.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::Duration;

use super::{Check, Findings, Inspect, Listed, Listing, Sample, Subject, Writes};
use crate::host::{Request, Response};
use crate::model::{Instant, Side};
use crate::plan::Action;
use crate::schema::Kind as _;

/// The kit at work on a side.
pub(super) struct Run<'a, S: Inspect> {
    pub(super) subject: &'a mut dyn Subject<S>,
    pub(super) side: Side,
    pub(super) findings: Findings,
    now: Instant,
    requests: u32,
    sample: &'static str,
    pub(super) kind: S::Kind,
}

/// What a side answered.
pub(super) enum Answer<S: Inspect> {
    Done {
        id: String,
        stored: Option<S::Record>,
        modified: Option<Instant>,
    },
    /// The side panicked or said nothing; it is noted already.
    None,
    Refused(String),
    Stale,
}

/// A write to a record, and the record as it was listed before.
pub(super) struct Write<'l, S: Inspect> {
    pub(super) of: &'l Listed<S>,
    pub(super) action: Action<S>,
    pub(super) expect: Option<Instant>,
}

impl<'a, S: Inspect> Run<'a, S> {
    /// At work on a sample, with what was found so far.
    pub(super) fn new(
        subject: &'a mut dyn Subject<S>,
        side: Side,
        sample: &Sample<S>,
        (findings, now): (Findings, Instant),
    ) -> Self {
        let (name, kind) = (sample.name, sample.kind);
        Self { subject, side, findings, now, requests: 0, sample: name, kind }
    }

    /// What was found, and the last instant.
    pub(super) fn finish(self) -> (Findings, Instant) {
        (self.findings, self.now)
    }

    /// What a plan can do with the sample.
    pub(super) fn writes(&self) -> Writes {
        S::writes(self.side, self.kind)
    }

    /// Notes a finding about the sample.
    pub(super) fn found(&mut self, check: Check, what: &str) {
        let what = format!("{}, {}: {what}", self.kind.name(self.side), self.sample);
        self.findings.add(check, what);
    }

    /// Notes a finding unless something holds.
    pub(super) fn expect(&mut self, check: Check, holds: bool, what: &str) {
        self.findings.make(check);
        if !holds {
            self.found(check, what);
        }
    }

    /// A later instant than any before.
    pub(super) fn later(&mut self) -> Instant {
        self.now = self.now.checked_add_signed(Duration::minutes(2)).unwrap_or(self.now);
        self.now
    }

    /// Lists the side; `None` where it cannot be listed.
    pub(super) fn list(&mut self) -> Option<Listing<S>> {
        self.findings.make(Check::SubjectWorks);
        match self.subject.list() {
            Ok(listing) => Some(listing),
            Err(reason) => {
                self.found(Check::SubjectWorks, &format!("the side cannot be listed: {reason}"));
                None
            }
        }
    }

    /// Asks for a record to be made.
    pub(super) fn create(&mut self, record: &S::Record, key: &str, hostile: bool) -> Answer<S> {
        let mut request = self.request(Action::Create(record.clone()));
        request.idempotency_key = Some(key.to_owned());
        self.ask(&request, hostile)
    }

    /// Asks for a write to a record.
    pub(super) fn write(&mut self, write: &Write<'_, S>, hostile: bool) -> Answer<S> {
        let mut request = self.request(write.action.clone());
        request.id = Some(write.of.id.clone());
        request.expect = write.expect.filter(|_| !S::is_part(self.kind));
        self.ask(&request, hostile)
    }

    fn request(&mut self, action: Action<S>) -> Request<S> {
        self.requests += 1;
        let now = self.later();
        Request {
            op: self.requests,
            side: self.side,
            kind: self.kind,
            id: None,
            action,
            expect: None,
            source_modified: None,
            idempotency_key: None,
            now,
        }
    }

    fn ask(&mut self, request: &Request<S>, hostile: bool) -> Answer<S> {
        let name = request.action.name();
        let subject = &mut *self.subject;
        // A side that panics is the finding; its author wants to know of the others too.
        let answer = catch_unwind(AssertUnwindSafe(|| subject.adapter().write(request)));
        let check = if hostile { Check::SurvivesHostileText } else { Check::Answered };
        self.findings.make(check);
        match answer {
            Ok(Response::Done { id, stored, modified }) => Answer::Done { id, stored, modified },
            Ok(Response::Refused { message, .. }) => Answer::Refused(message),
            Ok(Response::Stale) => Answer::Stale,
            Ok(Response::Lost) => {
                self.found(Check::Answered, &format!("the {name} has no answer"));
                Answer::None
            }
            Err(_) => {
                self.found(check, &format!("the {name} panics"));
                Answer::None
            }
        }
    }
}

impl<S: Inspect> Listing<S> {
    /// The record of an id. Ids are distinct within a family of kinds only.
    pub(super) fn find(&self, kind: S::Kind, id: &str) -> Option<&Listed<S>> {
        let is = |one: &&Listed<S>| one.id == id && one.kind.family() == kind.family();
        self.records.iter().find(is)
    }
}
