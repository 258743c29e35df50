//! Records of either side in common form: one value per group, in the order of the kind's groups.

use chrono::{Days, NaiveDateTime, NaiveTime, Timelike as _};

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
use super::value::{Blocks, Colleagues, Company, Dates, Done, Line, Person, Value};
use crate::model::{Text, normal};
use crate::profile::{Identities, KeyRef};

/// The record in common form.
pub(crate) fn project(
    run: &Run<'_>,
    kind: Kind,
    native: Native<'_>,
    identities: &dyn Identities,
) -> Vec<Value> {
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

pub(crate) fn text(text: &Text) -> Value {
    text.known().map_or(Value::Unreadable, |known| Value::Text(normal(known).into_owned()))
}

/// The report a mailbox item holds, without the details above it (A2.7).
fn body(body: &Text) -> Value {
    body.known().map_or(Value::Unreadable, |known| Value::Text(details::parse(known).report))
}

/// Where an appointment takes place, while that is transferred at all (A2.49).
fn location(run: &Run<'_>, location: impl FnOnce() -> Value) -> Value {
    if run.parameters.display.location { location() } else { Value::Text(String::new()) }
}

fn line(text: &Text, held: impl Fn(&str) -> String) -> Value {
    let Some(known) = text.known() else {
        return Value::Unreadable;
    };
    let full = normal(known).into_owned();
    Value::Line(Line { held: held(&full), full })
}

pub(crate) fn subject_line(run: &Run<'_>, text: &Text) -> Value {
    line(text, |full| subject(full, run.parameters.limits.subject))
}

pub(crate) fn job_title(run: &Run<'_>, text: &Text) -> Value {
    line(text, |full| cut(full, run.parameters.limits.job_title).trim_end().to_owned())
}

fn name(title: &Text, last: &Text, first: &Text) -> Value {
    let (Some(written), Some(last), Some(first)) = (title.known(), last.known(), first.known())
    else {
        return Value::Unreadable;
    };
    let title = Title::of(title)
        .map_or_else(|| normal(written).into_owned(), |known| known.label().to_owned());
    Value::Name { title, last: normal(last).into_owned(), first: normal(first).into_owned() }
}

fn address(address: &Address) -> [Value; 5] {
    let Address { street, postal_code, city, state, country, phone, fax, mobile, email } = address;
    let lines = [street, postal_code, city, state, country];
    let group = if lines.iter().all(|line| line.is_readable()) {
        let mut lines = lines.map(|line| normal(line.or_empty()).into_owned());
        if let Some(street) = lines.first_mut() {
            *street = three_lines(street);
        }
        Value::Address(lines)
    } else {
        Value::Unreadable
    };
    [group, text(phone), text(fax), text(mobile), text(email)]
}

fn company(run: &Run<'_>, written: &Text) -> Value {
    written
        .known()
        .map_or(Value::Unreadable, |known| Value::Company(company::parse(known, &run.directory)))
}

fn contact(run: &Run<'_>, one: &Contact) -> Vec<Value> {
    let mut values = vec![
        company(run, &one.company),
        name(&one.title, &one.last_name, &one.first_name),
        job_title(run, &one.job_title),
        text(&one.department),
        Value::Date(one.birthday),
    ];
    match one.notes.known() {
        Some(notes) => {
            let notes = comments::parse(notes, run.representative);
            values.push(Value::Text(notes.own));
            values.push(Value::Blocks(Blocks { texts: notes.others, own_at: notes.own_at }));
        }
        None => values.extend([Value::Unreadable, Value::Unreadable]),
    }
    values.extend(address(&one.business));
    values.extend(address(&one.home));
    values
}

pub(crate) fn correspondent(run: &Run<'_>, one: &Correspondent) -> Vec<Value> {
    let company = match (&one.partner, one.company_label.known()) {
        (Some(_), _) | (None, Some(_)) => {
            Value::Company(company::of_record(one.partner.as_deref(), one.company_label.or_empty()))
        }
        (None, None) => Value::Unreadable,
    };
    let is_own = |who: &String| who == run.representative;
    let own_at = one.comments.iter().position(|block| is_own(&block.representative));
    let own = own_at.and_then(|at| one.comments.get(at)).map(|block| block.text.clone());
    let others = one.comments.iter().filter(|block| !is_own(&block.representative));
    let texts = others
        .map(|block| (block.representative.clone(), normal(block.text.or_empty()).into_owned()))
        .collect();
    let mut values = vec![
        company,
        name(&one.title, &one.last_name, &one.first_name),
        job_title(run, &one.job_title),
        text(&one.department),
        Value::Date(one.birthday),
        text(&own.unwrap_or_default()),
        Value::Blocks(Blocks { texts, own_at }),
    ];
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

fn task(run: &Run<'_>, kind: Kind, one: &Task, identities: &dyn Identities) -> Vec<Value> {
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
        subject_line(run, &one.subject),
        body(&one.body),
        Value::Done(Done { done: one.status == Status::Completed, present: true }),
        Value::Minutes(one.actual_work),
    ]
}

fn partner(code: Option<&str>) -> Value {
    Value::Company(company::of_record(code, ""))
}

fn crm_task(run: &Run<'_>, one: &CrmTask) -> Vec<Value> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::of_record(&one.correspondent)),
        Value::Dates(Dates { start: one.start, due: one.due }),
        subject_line(run, &one.subject),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Minutes(one.time_spent),
    ]
}

fn call(run: &Run<'_>, one: &Call) -> Vec<Value> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::of_record(&one.correspondent)),
        Value::Date(one.date),
        subject_line(run, &one.subject),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Minutes(one.duration),
    ]
}

fn to_minute(time: NaiveDateTime) -> NaiveDateTime {
    time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time)
}

fn midnight(time: NaiveDateTime) -> NaiveDateTime {
    time.date().and_time(NaiveTime::MIN)
}

/// Start and end with the seconds dropped (A2.39); the end of an all-day item is the day before the midnight
/// the mailbox names (A2.42).
fn item_span(one: &Appointment) -> Value {
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
pub(crate) fn record_span(one: &CrmAppointment) -> Value {
    let time = |time: Option<NaiveDateTime>| {
        time.map(|time| if one.all_day { midnight(time) } else { to_minute(time) })
    };
    Value::Span { start: time(one.start), end: time(one.end), all_day: one.all_day }
}

fn appointment(run: &Run<'_>, one: &Appointment, identities: &dyn Identities) -> Vec<Value> {
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
        subject_line(run, &one.subject),
        body(&one.body),
        Value::Done(Done { done: one.done == Some(true), present: one.done.is_some() }),
        if readable { Value::Colleagues(colleagues) } else { Value::Unreadable },
        location(run, || text(&one.location)),
    ]
}

fn crm_appointment(run: &Run<'_>, one: &CrmAppointment, identities: &dyn Identities) -> Vec<Value> {
    vec![
        partner(one.partner.as_deref()),
        Value::People(people::visited_by_record(&one.correspondents, &run.directory, identities)),
        record_span(one),
        subject_line(run, &one.subject),
        text(&one.report),
        Value::Done(Done { done: one.done, present: true }),
        Value::Colleagues(Colleagues { codes: one.participants.clone(), added: false }),
        location(run, || Value::Text(details::location(&one.place))),
    ]
}

/// The company a common form names, for expressing it.
pub(crate) fn company_of(value: Option<&Value>) -> Option<&Company> {
    match value {
        Some(Value::Company(company)) => Some(company),
        _ => None,
    }
}
