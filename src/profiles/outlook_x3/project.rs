//! Records of either side in common form: one value per group, in the order of the kind's groups.

use std::borrow::Cow;

use chrono::{Days, NaiveDateTime, NaiveTime};

use super::comments::{self, Notes};
use super::company;
use super::crm::{Call, Comment, Correspondent, CrmAppointment, CrmTask};
use super::details;
use super::kind::{Kind, activity, appointment, contact};
use super::people;
use super::run::Run;
use super::schema::Native;
use super::store::{Address, Appointment, Contact, ContactRef, Role, Status, Task};
use super::text::{Title, cut, subject, three_lines};
use super::value::{
    Blocks, Colleagues, Company, Dates, Done, Line, People, Person, Value, to_minute,
};
use crate::model::{Text, normal};
use crate::profile::{Identities, KeyRef};
use crate::schema::Kind as _;

/// The record in common form.
pub(crate) fn project<'r>(
    run: &Run<'r>,
    kind: Kind,
    native: Native<'r>,
    identities: &dyn Identities,
) -> Vec<Value<'r>> {
    let places = 0..kind.groups().len();
    places.map(|place| value(run, (kind, place), native, identities)).collect()
}

/// What a record says in one field group.
pub(crate) fn value<'r>(
    run: &Run<'r>,
    (kind, place): (Kind, usize),
    native: Native<'r>,
    identities: &dyn Identities,
) -> Value<'r> {
    match native {
        Native::Contact(one) => contact(run, one, place),
        Native::Correspondent(one) => correspondent(run, one, place),
        Native::Task(one) => task(run, (kind, place), one, identities),
        Native::CrmTask(one) => crm_task(run, one, place),
        Native::Call(one) => call(run, one, place),
        Native::Appointment(one) => appointment(run, one, place, identities),
        Native::CrmAppointment(one) => crm_appointment(run, one, place, identities),
    }
}

fn text(text: &Text) -> Value<'_> {
    text.known().map_or(Value::Unreadable, |known| Value::Text(normal(known)))
}

/// The report a mailbox item holds, without the details above it (A2.7).
fn body(body: &Text) -> Value<'_> {
    body.known().map_or(Value::Unreadable, |known| Value::Text(details::parse(known).report.into()))
}

/// Where an appointment takes place, while that is transferred at all (A2.49).
fn location<'a>(run: &Run<'_>, location: impl FnOnce() -> Value<'a>) -> Value<'a> {
    if run.parameters.display.location { location() } else { Value::Text(Cow::default()) }
}

/// A normal text of which one side holds a part only.
fn line(full: Cow<'_, str>, held: impl Fn(&str) -> Cow<'_, str>) -> Value<'_> {
    let held = match &full {
        Cow::Borrowed(full) => held(full),
        Cow::Owned(full) => Cow::Owned(held(full).into_owned()),
    };
    Value::Line(Line { full, held })
}

/// What a normal text means as a subject.
pub(crate) fn subject_line<'a>(run: &Run<'_>, full: Cow<'a, str>) -> Value<'a> {
    line(full, |full| subject(full, run.parameters.limits.subject))
}

/// What a normal text means as a job title.
pub(crate) fn job_title<'a>(run: &Run<'_>, full: Cow<'a, str>) -> Value<'a> {
    line(full, |full| Cow::Borrowed(cut(full, run.parameters.limits.job_title).trim_end()))
}

/// A value of a text, where it can be read.
fn of<'a>(text: &'a Text, value: impl FnOnce(Cow<'a, str>) -> Value<'a>) -> Value<'a> {
    text.known().map_or(Value::Unreadable, |known| value(normal(known)))
}

fn name<'a>(title: &'a Text, last: &'a Text, first: &'a Text) -> Value<'a> {
    let (Some(written), Some(last), Some(first)) = (title.known(), last.known(), first.known())
    else {
        return Value::Unreadable;
    };
    let title =
        Title::of(title).map_or_else(|| normal(written), |known| Cow::Borrowed(known.label()));
    Value::Name { title, last: normal(last), first: normal(first) }
}

/// One group of an address block: the lines, then telephone, fax, mobile and e-mail.
fn address(address: &Address, offset: usize) -> Value<'_> {
    let Address { street, postal_code, city, state, country, phone, fax, mobile, email } = address;
    match offset {
        0 => lines([street, postal_code, city, state, country]),
        1 => text(phone),
        2 => text(fax),
        3 => text(mobile),
        _ => text(email),
    }
}

fn lines(lines: [&Text; 5]) -> Value<'_> {
    if lines.iter().any(|line| !line.is_readable()) {
        return Value::Unreadable;
    }
    let mut lines = lines.map(|line| normal(line.or_empty()));
    if let Some(street) = lines.first_mut() {
        *street = match std::mem::take(street) {
            Cow::Borrowed(street) => three_lines(street),
            Cow::Owned(street) => Cow::Owned(three_lines(&street).into_owned()),
        };
    }
    Value::Address(lines)
}

fn company<'a>(run: &Run<'_>, written: &Text) -> Value<'a> {
    written
        .known()
        .map_or(Value::Unreadable, |known| Value::Company(company::parse(known, &run.directory)))
}

fn contact<'a>(run: &Run<'_>, one: &'a Contact, place: usize) -> Value<'a> {
    let notes = |part: fn(Notes) -> Value<'a>| {
        let known = one.notes.known();
        known.map_or(Value::Unreadable, |text| part(comments::parse(text, run.representative)))
    };
    match place {
        contact::COMPANY => company(run, &one.company),
        contact::NAME => name(&one.title, &one.last_name, &one.first_name),
        contact::JOB_TITLE => of(&one.job_title, |full| job_title(run, full)),
        contact::DEPARTMENT => text(&one.department),
        contact::BIRTHDAY => Value::Date(one.birthday),
        contact::NOTES => notes(|notes| Value::Text(notes.own.into())),
        contact::OTHERS_NOTES => {
            notes(|Notes { others, own_at, .. }| Value::Blocks(Blocks { texts: others, own_at }))
        }
        _ if place < contact::HOME_ADDRESS => {
            address(&one.business, place - contact::BUSINESS_ADDRESS)
        }
        _ => address(&one.home, place - contact::HOME_ADDRESS),
    }
}

/// What a correspondent says in one field group.
pub(crate) fn correspondent<'a>(run: &Run<'_>, one: &'a Correspondent, place: usize) -> Value<'a> {
    let is_own = |block: &&Comment| block.representative == run.representative;
    match place {
        contact::COMPANY => match (&one.partner, one.company_label.known()) {
            (Some(_), _) | (None, Some(_)) => Value::Company(company::of_record(
                one.partner.as_deref(),
                one.company_label.or_empty(),
            )),
            (None, None) => Value::Unreadable,
        },
        contact::NAME => name(&one.title, &one.last_name, &one.first_name),
        contact::JOB_TITLE => of(&one.job_title, |full| job_title(run, full)),
        contact::DEPARTMENT => text(&one.department),
        contact::BIRTHDAY => Value::Date(one.birthday),
        contact::NOTES => {
            let own = one.comments.iter().find(is_own);
            own.map_or_else(|| Value::Text(Cow::default()), |own| text(&own.text))
        }
        contact::OTHERS_NOTES => {
            let own_at = one.comments.iter().position(|block| is_own(&block));
            let others = one.comments.iter().filter(|block| !is_own(block));
            let said = |block: &Comment| normal(block.text.or_empty()).into_owned();
            let texts = others.map(|block| (block.representative.clone(), said(block))).collect();
            Value::Blocks(Blocks { texts, own_at })
        }
        _ if place < contact::HOME_ADDRESS => {
            address(&one.professional, place - contact::BUSINESS_ADDRESS)
        }
        _ => address(&one.personal, place - contact::HOME_ADDRESS),
    }
}

/// The partner the first contact of an item belongs to, where the item's company text is empty (A5.20): the
/// correspondent's, or the one its contact names while the correspondent is still to be made.
fn partner_of(
    run: &Run<'_>,
    written: &Text,
    identities: &dyn Identities,
) -> impl Fn(&Person, &ContactRef) -> Option<String> {
    move |person, entry| {
        if !written.is_blank() {
            return None;
        }
        match person {
            Person::Key(KeyRef::Known(chrono)) => run.directory.facts(identities, chrono).partner,
            Person::Key(KeyRef::Made(_)) => {
                let item = run.contact(entry.item.as_deref()?)?;
                company::parse(item.company.known()?, &run.directory).partner
            }
            Person::Unknown(_) => None,
        }
    }
}

fn task<'a>(
    run: &Run<'_>,
    (kind, place): (Kind, usize),
    one: &'a Task,
    identities: &dyn Identities,
) -> Value<'a> {
    match place {
        activity::COMPANY => company(run, &one.company),
        activity::CONTACTS => {
            let partner_of = partner_of(run, &one.company, identities);
            Value::People(people::first(&one.contacts, &run.directory, identities, partner_of))
        }
        activity::SCHEDULE if kind == Kind::Call => Value::Date(one.start),
        activity::SCHEDULE => Value::Dates(Dates { start: one.start, due: one.due }),
        activity::SUBJECT => of(&one.subject, |full| subject_line(run, full)),
        activity::BODY => body(&one.body),
        activity::STATUS => {
            Value::Done(Done { done: one.status == Status::Completed, present: true })
        }
        _ => Value::Minutes(one.actual_work),
    }
}

fn partner<'a>(code: Option<&str>) -> Value<'a> {
    Value::Company(company::of_record(code, ""))
}

fn crm_task<'a>(run: &Run<'_>, one: &'a CrmTask, place: usize) -> Value<'a> {
    match place {
        activity::COMPANY => partner(one.partner.as_deref()),
        activity::CONTACTS => Value::People(people::of_record(&one.correspondent)),
        activity::SCHEDULE => Value::Dates(Dates { start: one.start, due: one.due }),
        activity::SUBJECT => of(&one.subject, |full| subject_line(run, full)),
        activity::BODY => text(&one.report),
        activity::STATUS => Value::Done(Done { done: one.done, present: true }),
        _ => Value::Minutes(one.time_spent),
    }
}

fn call<'a>(run: &Run<'_>, one: &'a Call, place: usize) -> Value<'a> {
    match place {
        activity::COMPANY => partner(one.partner.as_deref()),
        activity::CONTACTS => Value::People(people::of_record(&one.correspondent)),
        activity::SCHEDULE => Value::Date(one.date),
        activity::SUBJECT => of(&one.subject, |full| subject_line(run, full)),
        activity::BODY => text(&one.report),
        activity::STATUS => Value::Done(Done { done: one.done, present: true }),
        _ => Value::Minutes(one.duration),
    }
}

fn midnight(time: NaiveDateTime) -> NaiveDateTime {
    time.date().and_time(NaiveTime::MIN)
}

/// Start and end with the seconds dropped (A2.39); the end of an all-day item is the day before the midnight
/// the mailbox names (A2.42).
fn item_span<'a>(one: &Appointment) -> Value<'a> {
    if !one.all_day {
        return Value::Span {
            start: one.start.map(to_minute),
            end: one.end.map(to_minute),
            all_day: false,
        };
    }
    let start = one.start.map(midnight);
    let last = one.end.map(|end| {
        let before = end.checked_sub_days(Days::new(1)).filter(|_| end == midnight(end));
        let last = midnight(before.unwrap_or(end));
        // An all-day item of no length covers its day.
        if start.is_some_and(|start| start == end) { midnight(end) } else { last }
    });
    Value::Span { start, end: last, all_day: true }
}

/// Start and end as the CRM holds them.
pub(crate) fn record_span<'a>(one: &CrmAppointment) -> Value<'a> {
    let time = |time: Option<NaiveDateTime>| {
        time.map(|time| if one.all_day { midnight(time) } else { to_minute(time) })
    };
    Value::Span { start: time(one.start), end: time(one.end), all_day: one.all_day }
}

fn appointment<'a>(
    run: &Run<'_>,
    one: &'a Appointment,
    place: usize,
    identities: &dyn Identities,
) -> Value<'a> {
    let people = || {
        let partner_of = partner_of(run, &one.company, identities);
        let contacts = (one.contacts.as_slice(), run.parameters.limits.contacts);
        people::visited(contacts, &run.directory, identities, partner_of)
    };
    match place {
        appointment::COMPANY => company(run, &one.company),
        appointment::CONTACTS => Value::People(People { colleagues: Vec::new(), ..people() }),
        appointment::SCHEDULE => item_span(one),
        appointment::SUBJECT => of(&one.subject, |full| subject_line(run, full)),
        appointment::BODY => body(&one.body),
        appointment::DONE => {
            Value::Done(Done { done: one.done == Some(true), present: one.done.is_some() })
        }
        appointment::PARTICIPANTS if one.recipients.iter().all(|one| one.email.is_readable()) => {
            let named = people().colleagues;
            let recipients = (one.role == Role::Organizer).then_some(one.recipients.as_slice());
            let (own, directory) = (run.representative, &run.directory);
            Value::Colleagues(people::colleagues(recipients, named, own, directory))
        }
        appointment::PARTICIPANTS => Value::Unreadable,
        _ => location(run, || text(&one.location)),
    }
}

fn crm_appointment<'a>(
    run: &Run<'_>,
    one: &'a CrmAppointment,
    place: usize,
    identities: &dyn Identities,
) -> Value<'a> {
    match place {
        appointment::COMPANY => partner(one.partner.as_deref()),
        appointment::CONTACTS => {
            let keys = &one.correspondents;
            Value::People(people::visited_by_record(keys, &run.directory, identities))
        }
        appointment::SCHEDULE => record_span(one),
        appointment::SUBJECT => of(&one.subject, |full| subject_line(run, full)),
        appointment::BODY => text(&one.report),
        appointment::DONE => Value::Done(Done { done: one.done, present: true }),
        appointment::PARTICIPANTS => {
            Value::Colleagues(Colleagues { codes: one.participants.clone(), added: false })
        }
        _ => location(run, || Value::Text(details::location(&one.place).into())),
    }
}

/// The company a common form names, for expressing it.
pub(crate) fn company_of<'v>(value: Option<&'v Value<'_>>) -> Option<&'v Company> {
    match value {
        Some(Value::Company(company)) => Some(company),
        _ => None,
    }
}
