//! `VEVENT` <-> appointment.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, Timelike as _};
use counterpart::model::Text;
use counterpart::profiles::outlook_x3::{Appointment, Recipient, Role};

use super::Options;
use super::common;
use super::edit::Edit;
use super::lines::{Doc, Line};
use super::time::{self, BadTime, Form, Moment};
use super::value;

const DONE: &str = "X-COUNTERPART-DONE";
/// Says that a meeting is the owner's own, where no e-mail address could.
const ROLE: &str = "X-COUNTERPART-ROLE";
const ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";

/// Reads a `VEVENT`. `overridden` says that the file holds changed instances of it.
pub(crate) fn read(
    doc: &Doc,
    item: usize,
    overridden: bool,
    options: &Options,
) -> Result<Appointment, BadTime> {
    let mut one = Appointment::default();
    common::read_class(doc, item, &mut one.private);
    one.created = doc.first(item, "CREATED").and_then(|(_, line)| time::stamp(line.value()));
    one.chrono = common::chrono(doc, item);
    one.company = common::text(doc, item, common::COMPANY);
    one.contacts = common::contacts(doc, item);
    one.subject = common::text(doc, item, "SUMMARY");
    one.body = common::text(doc, item, "DESCRIPTION");
    one.recipients = recipients(doc, item).map(|(_, line)| recipient(line)).collect();
    one.role = role(doc, item, options);
    if one.role != Role::Appointment {
        one.meeting_id = common::word(doc, item, "UID");
    }
    let has = |name: &str| doc.first(item, name).is_some();
    one.recurring = overridden || has("RRULE") || has("RDATE") || has("RECURRENCE-ID");
    one.done = match common::word(doc, item, DONE).unwrap_or_default().to_ascii_uppercase().as_str()
    {
        "TRUE" => Some(true),
        "FALSE" => Some(false),
        _ => None,
    };
    let span = Span::read(doc, item, options)?;
    one.all_day = span.all_day;
    one.start = span.start.map(|start| start.local);
    one.end = span.end;
    Ok(one)
}

struct Span {
    start: Option<Moment>,
    end: Option<NaiveDateTime>,
    all_day: bool,
}

impl Span {
    fn read(doc: &Doc, item: usize, options: &Options) -> Result<Self, BadTime> {
        let moment = |name: &str| match doc.first(item, name) {
            Some((_, line)) => Moment::read(doc, line, options.time_zone),
            None => Ok(None),
        };
        let Some(start) = moment("DTSTART")? else {
            return Err(BadTime("holds an event without DTSTART".to_owned()));
        };
        let duration =
            doc.first(item, "DURATION").and_then(|(_, line)| time::duration(line.value()));
        let dated = matches!(start.form, Form::Date);
        let end = match (moment("DTEND")?, duration) {
            (Some(end), _) => Some(end.local),
            (None, Some(duration)) => start.local.checked_add_signed(duration),
            (None, None) if dated => time::next_midnight(start.local),
            (None, None) => Some(start.local),
        };
        let end = end.ok_or_else(|| BadTime("has an impossible date in DURATION".to_owned()))?;
        // An all-day event that ends on the day it starts on is written by some for one day.
        let end =
            if dated && end <= start.local { time::next_midnight(start.local) } else { Some(end) };
        let marked =
            common::word(doc, item, ALL_DAY).is_some_and(|word| word.eq_ignore_ascii_case("true"));
        let midnight = |time: &NaiveDateTime| time.time().num_seconds_from_midnight() == 0;
        let whole = midnight(&start.local) && end.as_ref().is_some_and(midnight);
        Ok(Self { all_day: dated || marked && whole, end, start: Some(start) })
    }
}

fn recipients(doc: &Doc, item: usize) -> impl Iterator<Item = (usize, &Line)> {
    doc.properties(item).filter(|(_, line)| line.name == "ATTENDEE")
}

fn recipient(line: &Line) -> Recipient {
    let name = line.param("CN").map(|name| value::param_text(&name)).unwrap_or_default();
    Recipient { name: Text::from(name), email: Text::from(email(line)) }
}

/// Where a person's calendar address is no e-mail address, some name that apart.
fn email(line: &Line) -> String {
    let address = address(line.value());
    let apart = || line.param("EMAIL").map(|email| self::address(&email).to_owned());
    if address.contains('@') {
        address.to_owned()
    } else {
        apart().unwrap_or_else(|| address.to_owned())
    }
}

/// An address without its scheme.
pub(crate) fn address(value: &str) -> &str {
    calcard::icalendar::utils::strip_mailto_scheme(value.trim()).trim()
}

fn role(doc: &Doc, item: usize, options: &Options) -> Role {
    let parent = doc.components().get(item).and_then(|one| one.parent);
    let method = parent.and_then(|parent| common::word(doc, parent, "METHOD"));
    let status = common::word(doc, item, "STATUS").unwrap_or_default();
    match method.unwrap_or_default().to_ascii_uppercase().as_str() {
        "CANCEL" => return Role::Cancelled,
        "REPLY" => return Role::Response,
        "REQUEST" => return Role::Request,
        _ if status.eq_ignore_ascii_case("CANCELLED") => return Role::Cancelled,
        _ => {}
    }
    if common::word(doc, item, ROLE).is_some_and(|word| word.eq_ignore_ascii_case("ORGANIZER")) {
        return Role::Organizer;
    }
    if recipients(doc, item).next().is_none() {
        return Role::Appointment;
    }
    let organizer = doc.first(item, "ORGANIZER").map(|(_, line)| email(line).to_lowercase());
    let own = match (organizer, &options.owner_email) {
        (Some(organizer), Some(owner)) => organizer == owner.trim().to_lowercase(),
        (None, _) | (_, None) => options.own_unless_known,
    };
    if own { Role::Organizer } else { Role::Attendee }
}

/// Brings a `VEVENT` from one state to another, line by line.
pub(crate) fn write(
    edit: &mut Edit<'_>,
    before: &Appointment,
    wanted: &Appointment,
    options: &Options,
) -> Result<(), BadTime> {
    common::write_class(edit, before.private, wanted.private);
    common::write_chrono(edit, before.chrono.as_deref(), wanted.chrono.as_deref());
    common::write_contacts(edit, &before.contacts, &wanted.contacts);
    common::write_texts(
        edit,
        &[
            ("SUMMARY", &before.subject, &wanted.subject),
            ("DESCRIPTION", &before.body, &wanted.body),
            (common::COMPANY, &before.company, &wanted.company),
        ],
    );
    if before.done != wanted.done {
        let line =
            wanted.done.map(|done| format!("{DONE}:{}", if done { "TRUE" } else { "FALSE" }));
        edit.set_plain(DONE, line);
    }
    if before.role != wanted.role && wanted.role == Role::Organizer {
        write_organizer(edit, options);
    }
    if before.recipients != wanted.recipients {
        write_recipients(edit, &wanted.recipients);
    }
    let span = |one: &Appointment| (one.start, one.end, one.all_day);
    if span(before) != span(wanted) {
        write_span(edit, before, wanted, options)?;
    }
    Ok(())
}

/// Only a new meeting gets an organiser.
fn write_organizer(edit: &mut Edit<'_>, options: &Options) {
    edit.add(format!("{ROLE}:ORGANIZER"));
    if let Some(owner) = &options.owner_email {
        let owner: String = owner.chars().filter(|letter| !letter.is_control()).collect();
        edit.set_plain("ORGANIZER", Some(format!("ORGANIZER:mailto:{owner}")));
    }
}

/// Who stays keeps his line, with his answer and whatever else it says.
fn write_recipients(edit: &mut Edit<'_>, wanted: &[Recipient]) {
    let doc = edit.doc;
    let old: Vec<(usize, &Line)> = recipients(doc, edit.component).collect();
    let mut places = old.iter().map(|(place, _)| *place);
    let key = |email: &str| email.trim().to_lowercase();
    let known: BTreeMap<String, &Line> =
        old.iter().rev().map(|(_, line)| (key(&email(line)), *line)).collect();
    for one in wanted {
        let text = known
            .get(&key(one.email.or_empty()))
            .map_or_else(|| new_attendee(one), |line| line.text.clone());
        match places.next() {
            Some(place) => edit.replace(place, text),
            None => edit.add(text),
        }
    }
    for place in places {
        edit.remove(place);
    }
}

fn new_attendee(one: &Recipient) -> String {
    let email = one.email.or_empty().trim().chars();
    let email: String = email.filter(|letter| !letter.is_control()).collect();
    match one.name.or_empty() {
        "" => format!("ATTENDEE:mailto:{email}"),
        name => format!("ATTENDEE;CN={}:mailto:{email}", value::param(name)),
    }
}

fn write_span(
    edit: &mut Edit<'_>,
    before: &Appointment,
    wanted: &Appointment,
    options: &Options,
) -> Result<(), BadTime> {
    let (doc, item) = (edit.doc, edit.component);
    let old_form = |name: &str| -> Result<Option<Form>, BadTime> {
        let Some((_, line)) = doc.first(item, name) else {
            return Ok(None);
        };
        Ok(Moment::read(doc, line, options.time_zone)?.map(|moment| moment.form))
    };
    let changed = before.all_day != wanted.all_day;
    if changed && edit.first(ALL_DAY).is_some() {
        let word = if wanted.all_day { "TRUE" } else { "FALSE" };
        edit.set_plain(ALL_DAY, Some(format!("{ALL_DAY}:{word}")));
    }
    let start_form = old_form("DTSTART")?;
    let has_duration = doc.first(item, "DURATION").is_some();
    for (name, old, new) in
        [("DTSTART", before.start, wanted.start), ("DTEND", before.end, wanted.end)]
    {
        // An end that the file says as a duration, or not at all, would move along with the start.
        let implied = name == "DTEND" && doc.first(item, name).is_none();
        if old == new && !changed && !implied {
            continue;
        }
        let Some(time) = new else { continue };
        let time = if wanted.all_day { time.date().and_time(NaiveTime::MIN) } else { time };
        let fallback = || old_form("DTSTART").ok().flatten();
        let form = match old_form(name)?.or_else(fallback) {
            Some(form) if wanted.all_day == matches!(form, Form::Date) => form,
            // All-day by Outlook's mark: midnight in the zone of the event.
            Some(form) if wanted.all_day && !changed => form,
            _ if wanted.all_day => Form::Date,
            _ => Form::Utc,
        };
        let old_line = edit.first(name).map(|(_, line)| line);
        edit.set_plain(name, Some(form.line(name, old_line, time, options.time_zone)));
    }
    if has_duration && start_form.is_some() {
        edit.set_plain("DURATION", None);
    }
    Ok(())
}
