//! What a person means by a text he supplies for a field of a CRM record (A12.5).

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::company;
use super::crm::{CrmAppointment, CrmTask};
use super::directory::CorrespondentFacts;
use super::kind::{Kind, activity, appointment, contact};
use super::project;
use super::run::Run;
use super::schema::Native;
use super::value::{Colleagues, Dates, Done, People, Person, Value};
use crate::model::{Text, normal};
use crate::plan::Decline;
use crate::profile::{Identities, KeyRef, Supplied};
use crate::report::AnomalyCode;

pub(crate) fn read<'r>(
    run: &Run<'r>,
    supplied: &Supplied<'_, '_, Run<'r>>,
    identities: &dyn Identities,
) -> Result<Value<'r>, Decline> {
    let (native, text) = (supplied.record.native, supplied.text);
    match supplied.kind {
        Kind::Contact => contact_value(run, supplied),
        Kind::Task | Kind::Call => match supplied.group {
            activity::COMPANY => Ok(Value::Company(company::parse(text, &run.directory))),
            activity::CONTACTS => match persons(run, text, identities)?.as_slice() {
                [key] => Ok(Value::People(first(run, native, key, identities))),
                _ => Err(Decline::TooLarge),
            },
            activity::SCHEDULE => schedule(native, text),
            activity::SUBJECT => Ok(project::subject_line(run, owned(text))),
            activity::BODY => Ok(Value::Text(owned(text))),
            activity::STATUS => done(text),
            activity::WORK => text.parse().map(Value::Minutes).map_err(|_| Decline::Malformed),
            _ => Err(Decline::NoSingleValue),
        },
        Kind::Appointment => {
            // Only the main organiser changes an appointment in the CRM (A7.5).
            if let Native::CrmAppointment(record) = native
                && record.organizer == run.representative
            {
                return appointment_value(run, supplied, record, identities);
            }
            Err(Decline::NotOwner)
        }
    }
}

fn contact_value<'r>(
    run: &Run<'r>,
    supplied: &Supplied<'_, '_, Run<'r>>,
) -> Result<Value<'r>, Decline> {
    let text = supplied.text;
    match supplied.group {
        contact::COMPANY => Ok(Value::Company(company::parse(text, &run.directory))),
        // Of a name only the form of address has a value of its own.
        contact::NAME if supplied.code == AnomalyCode::UnknownTitle => {
            let Native::Correspondent(record) = supplied.record.native else {
                return Err(Decline::NoSingleValue);
            };
            let whole = |text: &Text| Cow::Owned(text.or_empty().to_owned());
            let (last, first) = (whole(&record.last_name), whole(&record.first_name));
            Ok(Value::Name { title: Cow::Owned(text.to_owned()), last, first })
        }
        contact::JOB_TITLE => Ok(project::job_title(run, owned(text))),
        contact::BIRTHDAY => day(text).map(|date| Value::Date(Some(date))),
        contact::NAME
        | contact::OTHERS_NOTES
        | contact::BUSINESS_ADDRESS
        | contact::HOME_ADDRESS => Err(Decline::NoSingleValue),
        _ => Ok(Value::Text(owned(text))),
    }
}

fn appointment_value<'r>(
    run: &Run<'r>,
    supplied: &Supplied<'_, '_, Run<'r>>,
    record: &CrmAppointment,
    identities: &dyn Identities,
) -> Result<Value<'r>, Decline> {
    let text = supplied.text;
    match supplied.group {
        appointment::COMPANY => Ok(Value::Company(company::parse(text, &run.directory))),
        appointment::CONTACTS => {
            let keys = persons(run, text, identities)?;
            let people = super::people::of_record(&keys);
            Ok(Value::People(People { places: run.parameters.limits.contacts, ..people }))
        }
        appointment::SCHEDULE => {
            let (start, end) = text.split_once('/').ok_or(Decline::Malformed)?;
            let (start, end) = (Some(time(start)?), Some(time(end)?));
            Ok(Value::Span { start, end, all_day: record.all_day })
        }
        appointment::SUBJECT => Ok(project::subject_line(run, owned(text))),
        appointment::BODY => Ok(Value::Text(owned(text))),
        appointment::DONE => done(text),
        appointment::PARTICIPANTS => {
            let codes = words(text);
            if codes.iter().any(|code| run.directory.representative(code).is_none()) {
                return Err(Decline::Unknown);
            }
            let codes = codes.into_iter().filter(|code| *code != record.organizer).collect();
            Ok(Value::Colleagues(Colleagues { codes, added: false }))
        }
        _ => Err(Decline::NoSingleValue),
    }
}

/// A call has a date; a task has a start and a due date, of which one that stands alone is the latter.
fn schedule<'r>(native: Native<'_>, text: &str) -> Result<Value<'r>, Decline> {
    let Native::CrmTask(CrmTask { start, .. }) = native else {
        return day(text).map(|date| Value::Date(Some(date)));
    };
    let (start, due) = match text.split_once('/') {
        Some((start, due)) => (Some(day(start)?), Some(day(due)?)),
        None => (*start, Some(day(text)?)),
    };
    Ok(Value::Dates(Dates { start, due }))
}

/// Whom a task or a call gets; where it has no partner, the person's comes along (A6.6).
fn first(run: &Run<'_>, native: Native<'_>, key: &str, identities: &dyn Identities) -> People {
    let CorrespondentFacts { partner, .. } = run.directory.facts(identities, key);
    let has_partner = if let Native::CrmTask(record) = native {
        record.partner.is_some()
    } else {
        matches!(native, Native::Call(record) if record.partner.is_some())
    };
    let persons = vec![Person::Key(KeyRef::Known(key.to_owned()))];
    let partner = partner.filter(|_| !has_partner);
    People { persons, places: 1, partner, ..People::default() }
}

/// Keys of correspondents, all of which the CRM holds.
fn persons(run: &Run<'_>, text: &str, identities: &dyn Identities) -> Result<Vec<String>, Decline> {
    let keys = words(text);
    if keys.is_empty() {
        return Err(Decline::Blank);
    }
    let held = keys.iter().all(|key| run.directory.holds(identities, key));
    held.then_some(keys).ok_or(Decline::Unknown)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn day(text: &str) -> Result<NaiveDate, Decline> {
    text.trim().parse().map_err(|_| Decline::Malformed)
}

fn time(text: &str) -> Result<NaiveDateTime, Decline> {
    let text = text.trim();
    let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    let read = |form| NaiveDateTime::parse_from_str(text, form).ok();
    let whole_day = || day(text).map(|day| day.and_time(NaiveTime::MIN));
    forms.into_iter().find_map(read).map_or_else(whole_day, Ok)
}

fn done<'r>(text: &str) -> Result<Value<'r>, Decline> {
    let done = match text.to_lowercase().as_str() {
        "yes" | "oui" | "true" | "done" => true,
        "no" | "non" | "false" => false,
        _ => return Err(Decline::Malformed),
    };
    Ok(Value::Done(Done { done, present: true }))
}

/// A text as it is kept, normalised.
fn owned<'r>(text: &str) -> Cow<'r, str> {
    Cow::Owned(normal(text).into_owned())
}
