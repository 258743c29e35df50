//! An appointment of either side (A2.36 to A2.51).

use chrono::{Days, NaiveDateTime};

use super::{
    Findings, Work, activity_partner, body, company_text, contact_list, done, held, persons_of,
    put, text,
};
use crate::profile::{KeyRef, Value as _};
use crate::profiles::outlook_x3::crm::CrmAppointmentFields;
use crate::profiles::outlook_x3::kind::appointment as group;
use crate::profiles::outlook_x3::people;
use crate::profiles::outlook_x3::project::record_span;
use crate::profiles::outlook_x3::schema::{Native, Slot};
use crate::profiles::outlook_x3::store::{Appointment, AppointmentFields, Role};
use crate::profiles::outlook_x3::value::{Colleagues, People, Person, Value};
use crate::report::AnomalyCode;

pub(super) fn to_store(
    work: &Work<'_>,
    current: Option<&Appointment>,
    findings: &mut Findings,
    out: &mut impl AppointmentFields,
) {
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, value) => {
                put!(out.company, company_text(work, (place, value), findings));
            }
            (group::CONTACTS, Value::People(list)) => {
                let known = current.map(|item| item.contacts.as_slice()).unwrap_or_default();
                let mut entries = contact_list(work, list, known, findings);
                if !work.is_new {
                    keep_colleagues(work, known, &mut entries);
                }
                out.contacts(entries);
            }
            (group::SCHEDULE, Value::Span { start, end, all_day }) => {
                // The mailbox's end of an all-day item is the next midnight (A2.42).
                let next = |end: NaiveDateTime| end.checked_add_days(Days::new(1)).unwrap_or(end);
                out.start(*start);
                out.end(if *all_day { end.or(*start).map(next) } else { *end });
                out.all_day(*all_day);
            }
            (group::SUBJECT, value) => put!(out.subject, held(value)),
            (group::BODY, value) => {
                put!(out.body, body(work, value, current.map(|item| &item.body)));
            }
            (group::DONE, value) => {
                let carried = current.is_none_or(|item| item.done.is_some());
                let done = done(value).map(|done| done.done);
                put!(out.done, done.filter(|done| *done || carried).map(Some));
            }
            // No address is no word on where it takes place (A2.49).
            (group::LOCATION, value) => {
                put!(out.location, text(value).filter(|text| !text.is_blank()));
            }
            (group::PARTICIPANTS, Value::Colleagues(colleagues)) => {
                // X3 distributes to colleagues itself; only an organiser's meeting names them (D27).
                if let Some(item) = current.filter(|item| item.role == Role::Organizer) {
                    let list = people::recipients(
                        &colleagues.codes,
                        &item.recipients,
                        &work.run.directory,
                    );
                    out.recipients(list);
                }
            }
            _ => {}
        }
    }
}

/// Colleagues among the contacts take no slot in the CRM (D21), so its list never removes them.
fn keep_colleagues(
    work: &Work<'_>,
    known: &[crate::profiles::outlook_x3::store::ContactRef],
    entries: &mut Vec<crate::profiles::outlook_x3::store::ContactRef>,
) {
    for entry in known {
        let single = std::slice::from_ref(entry);
        let people =
            people::visited((single, 1), &work.run.directory, work.identities, |_, _| None);
        if !people.colleagues.is_empty() && !entries.contains(entry) {
            entries.push(entry.clone());
        }
    }
}

/// When an appointment of the CRM takes place, as text.
fn span(record: Native<'_>) -> Option<String> {
    if let Native::CrmAppointment(one) = record { record_span(one).text() } else { None }
}

pub(super) fn to_crm(
    work: &Work<'_>,
    findings: &mut Findings,
    out: &mut impl CrmAppointmentFields,
) {
    put!(out.partner, activity_partner(work, (group::COMPANY, group::CONTACTS), findings));
    for (place, value) in work.carried() {
        match (place, value) {
            (group::CONTACTS, Value::People(people)) => {
                put!(out.correspondents, persons(work, place, people, findings));
            }
            (group::SCHEDULE, Value::Span { start, end, all_day }) => {
                if start.zip(*end).is_some_and(|(start, end)| end < start) {
                    let kept = work.kept(span);
                    findings.problem(AnomalyCode::EndBeforeStart, place, value.text(), kept);
                    findings.impossible = true;
                } else {
                    out.start(*start);
                    out.end(*end);
                    out.all_day(*all_day);
                }
            }
            (group::SUBJECT, value) => put!(out.subject, text(value)),
            (group::BODY, value) => put!(out.report, text(value)),
            (group::DONE, value) => {
                put!(out.done, done(value).filter(|done| done.present).map(|done| done.done));
            }
            (group::PARTICIPANTS, Value::Colleagues(colleagues)) => {
                participants(work, place, colleagues, findings, out);
            }
            _ => {}
        }
    }
}

/// The persons to visit, at most ten (A6.4). An unknown first one keeps what the CRM has (A6.2).
fn persons(
    work: &Work<'_>,
    place: usize,
    people: &People,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let limit = work.run.parameters.limits.contacts;
    let mut too_many = false;
    for person in &people.persons {
        match person {
            Person::Unknown(name) if work.is_new => {
                findings.problem(AnomalyCode::ContactNotCreatable, place, Some(name.clone()), None);
            }
            Person::Unknown(name) => {
                let kept = work.kept(persons_of).filter(|_| keys.is_empty());
                findings.problem(AnomalyCode::UnknownFirstContact, place, Some(name.clone()), kept);
                if keys.is_empty() {
                    return None;
                }
            }
            Person::Key(_) if keys.len() == limit => too_many = true,
            Person::Key(KeyRef::Known(key)) => keys.push(key.clone()),
            Person::Key(KeyRef::Made(op)) => {
                findings.need(*op, Slot::Correspondent(keys.len()));
                keys.push(String::new());
            }
        }
    }
    if too_many {
        let count = Some(people.persons.len().to_string());
        findings.problem(AnomalyCode::TooManyContacts, place, count, Some(limit.to_string()));
    }
    (work.is_new || !keys.is_empty()).then_some(keys)
}

/// The co-workers, at most ten (A2.45); those an item merely names are added (A6.7).
fn participants(
    work: &Work<'_>,
    place: usize,
    colleagues: &Colleagues,
    findings: &mut Findings,
    out: &mut impl CrmAppointmentFields,
) {
    let limit = work.run.parameters.limits.participants;
    let mut codes = colleagues.codes.clone();
    let mut room = limit;
    if colleagues.added {
        codes.retain(|code| !work.participants().contains(code));
        room = limit.saturating_sub(work.participants().len());
    }
    if codes.len() > room {
        let values = (Some(colleagues.codes.join(", ")), Some(limit.to_string()));
        findings.problem(AnomalyCode::TooManyParticipants, place, values.0, values.1);
        codes.truncate(room);
    }
    if work.is_new || !colleagues.added {
        out.participants(codes);
    } else if !codes.is_empty() {
        out.invite(codes);
    }
}
