//! What each record shows in each field group: the text a fingerprint is made of.
//!
//! This sees one record and nothing else, so that the answer to a write can be fingerprinted without any
//! rule. The order of the groups is that of [`Kind::groups`](crate::schema::Kind::groups).

use chrono::{NaiveDate, NaiveDateTime};

use super::comments;
use super::crm::{Comment, CrmAppointment};
use super::details;
use super::directory::CorrespondentFacts;
use super::kind::Kind;
use super::schema::{Native, Viewer};
use super::store::{Address, Appointment, ContactRef, Recipient, Status};
use super::text::{Title, subject};
use super::value::to_minute;
use crate::model::Text;
use crate::snapshot::Printer;

/// Shows a record, group by group.
pub(crate) fn show(viewer: &Viewer, kind: Kind, record: Native<'_>, out: &mut Printer) {
    match record {
        Native::Contact(one) => {
            out.text(&one.company).end();
            name(out, &one.title, &one.last_name, &one.first_name);
            out.text(&one.job_title).end();
            out.text(&one.department).end();
            out.date(one.birthday).end();
            if one.notes.is_unset() {
                out.text(&one.notes).end();
                out.end();
            } else if let Some(notes) = one.notes.known() {
                let notes = comments::parse(notes, &viewer.representative);
                out.known(&notes.own).end();
                blocks(out, notes.others.iter().map(|(who, text)| (who.as_str(), text.as_str())));
            } else {
                out.text(&Text::UNREADABLE).end();
                out.text(&Text::UNREADABLE).end();
            }
            address(out, &one.business);
            address(out, &one.home);
        }
        Native::Correspondent(one) => {
            out.code(one.partner.as_deref()).text(&one.company_label).end();
            name(out, &one.title, &one.last_name, &one.first_name);
            out.text(&one.job_title).end();
            out.text(&one.department).end();
            out.date(one.birthday).end();
            let is_own = |block: &&Comment| block.representative == viewer.representative;
            match one.comments.iter().find(is_own) {
                Some(block) => out.text(&block.text),
                None => out.text(&Text::default()),
            };
            out.end();
            let others = one.comments.iter().filter(|block| !is_own(block));
            blocks(out, others.map(|block| (block.representative.as_str(), block.text.or_empty())));
            address(out, &one.professional);
            address(out, &one.personal);
        }
        Native::Task(one) => {
            out.text(&one.company).end();
            contacts(out, &one.contacts);
            out.date(one.start);
            if kind == Kind::Task {
                out.date(one.due);
            }
            out.end();
            subject_line(out, viewer, &one.subject);
            body(out, &one.body);
            out.flag(one.status == Status::Completed).end();
            out.number(u64::from(one.actual_work)).end();
        }
        Native::CrmTask(one) => {
            out.code(one.partner.as_deref()).end();
            out.code(one.correspondent.as_deref()).end();
            out.date(one.start).date(one.due).end();
            texts(out, viewer, &one.subject, &one.report);
            out.flag(one.done).end();
            out.number(u64::from(one.time_spent)).end();
        }
        Native::Call(one) => {
            out.code(one.partner.as_deref()).end();
            out.code(one.correspondent.as_deref()).end();
            out.date(one.date).end();
            texts(out, viewer, &one.subject, &one.report);
            out.flag(one.done).end();
            out.number(u64::from(one.duration)).end();
        }
        Native::Appointment(one) => appointment(out, viewer, one),
        Native::CrmAppointment(one) => crm_appointment(out, viewer, one),
    }
}

fn appointment(out: &mut Printer, viewer: &Viewer, one: &Appointment) {
    out.text(&one.company).end();
    contacts(out, &one.contacts);
    span(out, (one.start, one.end), one.all_day);
    subject_line(out, viewer, &one.subject);
    body(out, &one.body);
    out.flag(one.done.is_some()).flag(one.done == Some(true)).end();
    recipients(out, &one.recipients, &one.contacts);
    location(out, viewer, || one.location.clone());
}

fn crm_appointment(out: &mut Printer, viewer: &Viewer, one: &CrmAppointment) {
    out.code(one.partner.as_deref()).end();
    codes(out, &one.correspondents);
    span(out, (one.start, one.end), one.all_day);
    texts(out, viewer, &one.subject, &one.report);
    out.flag(one.done).end();
    codes(out, &one.participants);
    location(out, viewer, || Text::from(details::location(&one.place)));
}

/// When an appointment takes place: to the minute on either side (A2.39).
fn span(
    out: &mut Printer,
    (start, end): (Option<NaiveDateTime>, Option<NaiveDateTime>),
    all_day: bool,
) {
    out.date_time(start.map(to_minute)).date_time(end.map(to_minute)).flag(all_day).end();
}

fn name(out: &mut Printer, title: &Text, last: &Text, first: &Text) {
    match Title::of(title) {
        Some(known) => out.number(known as u64),
        None => out.text(title),
    };
    out.text(last).text(first).end();
}

fn address(out: &mut Printer, address: &Address) {
    let Address { street, postal_code, city, state, country, phone, fax, mobile, email } = address;
    out.text(street).text(postal_code).text(city).text(state).text(country).end();
    for single in [phone, fax, mobile, email] {
        out.text(single).end();
    }
}

fn subject_line(out: &mut Printer, viewer: &Viewer, line: &Text) {
    match line.known() {
        Some(known) => out.known(&subject(known, viewer.subject_limit)),
        None => out.text(line),
    };
    out.end();
}

fn texts(out: &mut Printer, viewer: &Viewer, line: &Text, report: &Text) {
    subject_line(out, viewer, line);
    out.text(report).end();
}

/// The report a mailbox item holds; the details above it are not its own (A2.7).
fn body(out: &mut Printer, body: &Text) {
    match body.known() {
        Some(known) => out.known(&details::parse(known).report),
        None => out.text(body),
    };
    out.end();
}

/// Where an appointment takes place, while that is transferred at all (A2.49).
fn location(out: &mut Printer, viewer: &Viewer, location: impl FnOnce() -> Text) {
    out.text(&if viewer.location { location() } else { Text::default() }).end();
}

fn blocks<'a>(out: &mut Printer, blocks: impl Iterator<Item = (&'a str, &'a str)>) {
    for (representative, text) in blocks {
        out.str(representative);
        out.known(text);
    }
    out.end();
}

fn contacts(out: &mut Printer, contacts: &[ContactRef]) {
    entries(out, contacts);
    out.end();
}

fn entries(out: &mut Printer, contacts: &[ContactRef]) {
    out.number(contacts.len() as u64);
    for entry in contacts {
        match (&entry.item, &entry.chrono) {
            (Some(item), _) => out.str(item),
            (None, Some(chrono)) => out.str(chrono),
            (None, None) => {
                out.text(&entry.name);
            }
        }
    }
}

/// Recipients, and the contact list: a representative named there becomes a participant (A6.7).
fn recipients(out: &mut Printer, recipients: &[Recipient], contacts: &[ContactRef]) {
    for one in recipients {
        match one.email.known() {
            Some(email) => out.str(&email.to_lowercase()),
            None => {
                out.text(&Text::UNREADABLE);
            }
        }
    }
    entries(out, contacts);
    out.end();
}

fn codes(out: &mut Printer, codes: &[String]) {
    out.number(codes.len() as u64);
    for code in codes {
        out.str(code);
    }
    out.end();
}

/// What a link keeps of a CRM record (D25): of a correspondent what activities take from it; of an activity
/// the day that counts for archiving (A10.4); of an appointment its organiser and span as well.
pub(crate) fn facts(record: Native<'_>) -> Vec<String> {
    let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let time = |time: Option<NaiveDateTime>| {
        time.map(|time| time.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
    };
    match record {
        Native::Correspondent(one) => CorrespondentFacts::of(one).to_strings(),
        Native::CrmTask(one) => vec![day(one.due.or(one.start))],
        Native::Call(one) => vec![day(one.date)],
        Native::CrmAppointment(one) => vec![
            day(one.end.or(one.start).map(|time| time.date())),
            one.organizer.clone(),
            time(one.start),
            time(one.end),
            one.all_day.to_string(),
        ],
        Native::Appointment(_) | Native::Contact(_) | Native::Task(_) => Vec::new(),
    }
}
