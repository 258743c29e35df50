//! A task or a call: both are tasks in the mailbox (A2.10 to A2.35).

use super::{
    Findings, Work, activity_partner, body, company_text, contact_list, done, held, minutes,
    people_of, persons_of, put, text,
};
use crate::model::Text;
use crate::profile::KeyRef;
use crate::profiles::outlook_x3::crm::{CallPatch, CrmTaskFields};
use crate::profiles::outlook_x3::kind::activity as group;
use crate::profiles::outlook_x3::schema::{Native, Slot};
use crate::profiles::outlook_x3::store::{Status, Task, TaskFields};
use crate::profiles::outlook_x3::value::{Person, Value};
use crate::report::AnomalyCode;

pub(super) fn to_store(
    work: &Work<'_>,
    current: Option<&Task>,
    findings: &mut Findings,
    out: &mut impl TaskFields,
) {
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, value) => {
                put!(out.company, company_text(work, (place, value), findings));
            }
            (group::CONTACTS, Value::People(list)) => {
                let known = current.map(|item| item.contacts.as_slice()).unwrap_or_default();
                out.contacts(contact_list(work, list, known, findings));
            }
            (group::SCHEDULE, Value::Dates(dates)) => {
                out.start(dates.start);
                out.due(dates.due);
            }
            (group::SCHEDULE, Value::Date(date)) => {
                out.start(*date);
                out.due(*date);
            }
            (group::SUBJECT, value) => put!(out.subject, held(value)),
            (group::BODY, value) => {
                put!(out.body, body(work, value, current.map(|item| &item.body)));
            }
            (group::STATUS, value) => put!(out.status, status(value, current)),
            (group::WORK, value) => put!(out.actual_work, minutes(value)),
            _ => {}
        }
    }
    if work.run.parameters.display.owner {
        out.owner(owner(work));
    }
}

/// Who is to do it, for display only: of what the mailbox shows, always the user himself (A2.23).
fn owner(work: &Work<'_>) -> Text {
    let code = work.run.representative;
    let known = work.run.directory.representative(code).map(|one| one.name.clone());
    known.filter(|name| !name.is_blank()).unwrap_or_else(|| Text::from(code))
}

/// Done is complete; not done resets a complete task and leaves any other status alone (A2.17).
fn status(value: &Value<'_>, current: Option<&Task>) -> Option<Status> {
    let complete = current.is_none_or(|item| item.status == Status::Completed);
    if done(value)?.done { Some(Status::Completed) } else { complete.then_some(Status::NotStarted) }
}

/// Whom a task or a call gets, with what follows from it (A6.2, A6.5, A6.6).
#[derive(Default)]
struct Party {
    correspondent: Option<Option<String>>,
    interlocutor: Option<Option<String>>,
    partner: Option<Option<String>>,
}

fn party(work: &Work<'_>, findings: &mut Findings) -> Party {
    let mut party = Party {
        partner: activity_partner(work, (group::COMPANY, group::CONTACTS), findings),
        ..Party::default()
    };
    let carried = work.value(group::CONTACTS).and_then(people_of);
    let first = carried.and_then(|one| one.persons.first());
    match first {
        Some(Person::Key(KeyRef::Known(key))) => {
            let facts = work.run.directory.facts(work.identities, key);
            party.correspondent = Some(Some(key.clone()));
            party.interlocutor = Some(facts.interlocutor);
        }
        Some(Person::Key(KeyRef::Made(op))) => {
            findings.need(*op, Slot::Correspondent(0));
            party.interlocutor = Some(None);
        }
        Some(Person::Unknown(name)) => {
            let code = if work.is_new {
                AnomalyCode::ContactNotCreatable
            } else {
                AnomalyCode::UnknownFirstContact
            };
            let kept = work.kept(persons_of);
            findings.problem(code, group::CONTACTS, Some(name.clone()), kept);
        }
        // An emptied list keeps the contact the CRM has (A6.8).
        None => {}
    }
    party
}

/// Raises a due date before the start (A2.19).
fn raise(
    value: &Value<'_>,
    place: usize,
    findings: &mut Findings,
) -> Option<(Option<chrono::NaiveDate>, Option<chrono::NaiveDate>)> {
    let Value::Dates(dates) = value else {
        return None;
    };
    if dates.raised() != dates.due {
        let day = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string());
        findings.problem(AnomalyCode::DueBeforeStart, place, day(dates.due), day(dates.raised()));
    }
    Some((dates.start, dates.raised()))
}

pub(super) fn to_task(work: &Work<'_>, findings: &mut Findings, out: &mut impl CrmTaskFields) {
    let Party { correspondent, interlocutor, partner } = party(work, findings);
    put!(out.partner, partner);
    put!(out.correspondent, correspondent);
    put!(out.interlocutor, interlocutor);
    for (place, value) in work.carried() {
        match (place, value) {
            (group::SCHEDULE, value) => {
                if let Some((start, due)) = raise(value, place, findings) {
                    out.start(start);
                    out.due(due);
                }
            }
            (group::SUBJECT, value) => put!(out.subject, text(value)),
            (group::BODY, value) => put!(out.report, text(value)),
            (group::STATUS, value) => put!(out.done, done(value).map(|done| done.done)),
            (group::WORK, value) => put!(out.time_spent, minutes(value)),
            _ => {}
        }
    }
}

/// How long a call of the CRM took, as text.
fn duration(record: Native<'_>) -> Option<String> {
    if let Native::Call(call) = record { Some(call.duration.to_string()) } else { None }
}

pub(super) fn to_call(work: &Work<'_>, findings: &mut Findings) -> CallPatch {
    let Party { correspondent, interlocutor, partner } = party(work, findings);
    let mut patch = CallPatch { partner, correspondent, interlocutor, ..CallPatch::default() };
    for (place, value) in work.carried() {
        match (place, value) {
            (group::SCHEDULE, Value::Date(date)) => patch.date = Some(*date),
            (group::SUBJECT, value) => patch.subject = text(value),
            (group::BODY, value) => patch.report = text(value),
            (group::STATUS, value) => patch.done = done(value).map(|done| done.done),
            (group::WORK, Value::Minutes(minutes)) => {
                if *minutes > work.run.parameters.limits.call_minutes {
                    let written = Some(minutes.to_string());
                    let kept = work.kept(duration);
                    findings.problem(AnomalyCode::DurationOverflow, place, written, kept);
                } else {
                    patch.duration = Some(*minutes);
                }
            }
            _ => {}
        }
    }
    patch
}
