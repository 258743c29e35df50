//! Records of either side in common form: one value per group, in the order of the kind's groups.

use std::borrow::Cow;

use chrono::{Days, NaiveDateTime, NaiveTime};

use super::comments;
use super::company;
use super::crm::{Call, Correspondent, CrmAppointment, CrmTask};
use super::details;
use super::kind::Kind;
use super::people;
use super::run::Run;
use super::schema::Native;
use super::store::{Address, Appointment, Contact, ContactRef, Role, Status, Task};
use super::text::{Title, cut, subject, three_lines};
use super::value::{Blocks, Colleagues, Company, Dates, Done, Line, Person, Value, to_minute};
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
    match native {
        Native::Contact(one) => contact(run, one),
        Native::Correspondent(one) => correspondent(run, one),
        Native::Task(one) => task(run, kind, one, identities),
        Native::CrmTask(one) => crm_task(run, one),
        Native::Call(one) => call(run, one),
        Native::Appointment(one) => appointment(run, one, identities),
        Native::CrmAppointment(one) => crm_appointment(run, one, identities),
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

fn address(address: &Address) -> [Value<'_>; 5] {
    let Address { street, postal_code, city, state, country, phone, fax, mobile, email } = address;
    let lines = [street, postal_code, city, state, country];
    let group = if lines.iter().all(|line| line.is_readable()) {
        let mut lines = lines.map(|line| normal(line.or_empty()));
        if let Some(street) = lines.first_mut() {
            *street = match std::mem::take(street) {
                Cow::Borrowed(street) => three_lines(street),
                Cow::Owned(street) => Cow::Owned(three_lines(&street).into_owned()),
            };
        }
        Value::Address(lines)
    } else {
        Value::Unreadable
    };
    [group, text(phone), text(fax), text(mobile), text(email)]
}

fn company<'a>(run: &Run<'_>, written: &Text) -> Value<'a> {
    written
        .known()
        .map_or(Value::Unreadable, |known| Value::Company(company::parse(known, &run.directory)))
}

fn contact<'a>(run: &Run<'_>, one: &'a Contact) -> Vec<Value<'a>> {
    let mut values = Vec::with_capacity(Kind::Contact.groups().len());
    values.extend([
        company(run, &one.company),
        name(&one.title, &one.last_name, &one.first_name),
        of(&one.job_title, |full| job_title(run, full)),
        text(&one.department),
        Value::Date(one.birthday),
    ]);
    match one.notes.known() {
        Some(notes) => {
            let notes = comments::parse(notes, run.representative);
            values.push(Value::Text(notes.own.into()));
            values.push(Value::Blocks(Blocks { texts: notes.others, own_at: notes.own_at }));
        }
        None => values.extend([Value::Unreadable, Value::Unreadable]),
    }
    values.extend(address(&one.business));
    values.extend(address(&one.home));
    values
}

pub(crate) fn correspondent<'a>(run: &Run<'_>, one: &'a Correspondent) -> Vec<Value<'a>> {
    let company = match (&one.partner, one.company_label.known()) {
        (Some(_), _) | (None, Some(_)) => {
            Value::Company(company::of_record(one.partner.as_deref(), one.company_label.or_empty()))
        }
        (None, None) => Value::Unreadable,
    };
    let is_own = |who: &String| who == run.representative;
    let own_at = one.comments.iter().position(|block| is_own(&block.representative));
    let own = own_at.and_then(|at| one.comments.get(at));
    let others = one.comments.iter().filter(|block| !is_own(&block.representative));
    let texts = others
        .map(|block| (block.representative.clone(), normal(block.text.or_empty()).into_owned()))
        .collect();
    let mut values = Vec::with_capacity(Kind::Contact.groups().len());
    values.extend([
        company,
        name(&one.title, &one.last_name, &one.first_name),
        of(&one.job_title, |full| job_title(run, full)),
        text(&one.department),
        Value::Date(one.birthday),
        own.map_or_else(|| Value::Text(Cow::default()), |own| text(&own.text)),
        Value::Blocks(Blocks { texts, own_at }),
    ]);
    values.extend(address(&one.professional));
    values.extend(address(&one.personal));
    values
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
    kind: Kind,
    one: &'a Task,
    identities: &dyn Identities,
) -> Vec<Value<'a>> {
    let partner_of = partner_of(run, &one.company, identities);
    let schedule = if kind == Kind::Call {
        Value::Date(one.start)
    } else {
        Value::Dates(Dates { start: one.start, due: one.due })
    };
    vec![
        company(run, &one.company),
        Value::People(people::first(&one.contacts, &run.directory, identities, partner_of)),
        schedule,
        of(&one.subject, |full| subject_line(run, full)),
        body(&one.body),
        Value::Done(Done { done: one.status == Status::Completed, present: true }),
        Value::Minutes(one.actual_work),
    ]
}

fn partner<'a>(code: Option<&str>) -> Value<'a> {
    Value::Company(company::of_record(code, ""))
}

fn crm_task<'a>(run: &Run<'_>, one: &'a CrmTask) -> Vec<Value<'a>> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::of_record(&one.correspondent)),
        Value::Dates(Dates { start: one.start, due: one.due }),
        of(&one.subject, |full| subject_line(run, full)),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Minutes(one.time_spent),
    ]
}

fn call<'a>(run: &Run<'_>, one: &'a Call) -> Vec<Value<'a>> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::of_record(&one.correspondent)),
        Value::Date(one.date),
        of(&one.subject, |full| subject_line(run, full)),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Minutes(one.duration),
    ]
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
    identities: &dyn Identities,
) -> Vec<Value<'a>> {
    let partner_of = partner_of(run, &one.company, identities);
    let mut people = people::visited(
        (&one.contacts, run.parameters.limits.contacts),
        &run.directory,
        identities,
        partner_of,
    );
    let named = std::mem::take(&mut people.colleagues);
    let readable = one.recipients.iter().all(|one| one.email.is_readable());
    let recipients = (one.role == Role::Organizer).then_some(one.recipients.as_slice());
    let colleagues = people::colleagues(recipients, named, run.representative, &run.directory);
    vec![
        company(run, &one.company),
        Value::People(people),
        item_span(one),
        of(&one.subject, |full| subject_line(run, full)),
        body(&one.body),
        Value::Done(Done { done: one.done == Some(true), present: one.done.is_some() }),
        if readable { Value::Colleagues(colleagues) } else { Value::Unreadable },
        location(run, || text(&one.location)),
    ]
}

fn crm_appointment<'a>(
    run: &Run<'_>,
    one: &'a CrmAppointment,
    identities: &dyn Identities,
) -> Vec<Value<'a>> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::visited_by_record(&one.correspondents, &run.directory, identities)),
        record_span(one),
        of(&one.subject, |full| subject_line(run, full)),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Colleagues(Colleagues { codes: one.participants.clone(), added: false }),
        location(run, || Value::Text(details::location(&one.place).into())),
    ]
}

/// The company a common form names, for expressing it.
pub(crate) fn company_of<'v>(value: Option<&'v Value<'_>>) -> Option<&'v Company> {
    match value {
        Some(Value::Company(company)) => Some(company),
        _ => None,
    }
}
