//! `VTODO` <-> task.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use counterpart::model::{Instant, Text};
use counterpart::profiles::outlook_x3::{Status, Task};

use super::common;
use super::edit::Edit;
use super::lines::Doc;
use super::time::{self, BadTime, Form, Moment};

/// Outlook's states that iCalendar has no word for.
const STATUS: &str = "X-OUTLOOK-STATUS";
const OWNER: &str = "X-COUNTERPART-OWNER";
const WORK: &str = "X-COUNTERPART-ACTUAL-WORK";

/// Reads a `VTODO`.
pub(crate) fn read(doc: &Doc, item: usize, folder: Tz) -> Result<Task, BadTime> {
    let mut task = Task::default();
    common::read_class(doc, item, &mut task.private);
    task.created = doc.first(item, "CREATED").and_then(|(_, line)| time::stamp(line.value()));
    task.chrono = common::chrono(doc, item);
    task.company = common::text(doc, item, common::COMPANY);
    task.contacts = common::contacts(doc, item);
    task.subject = common::text(doc, item, "SUMMARY");
    task.body = common::text(doc, item, "DESCRIPTION");
    task.status = status(doc, item);
    task.start = moment(doc, item, "DTSTART", folder)?.map(|start| start.local.date());
    task.due = due(doc, item, folder)?;
    task.actual_work =
        common::word(doc, item, WORK).and_then(|work| work.parse().ok()).unwrap_or_default();
    task.owner = owner(doc, item);
    Ok(task)
}

fn moment(doc: &Doc, item: usize, name: &str, folder: Tz) -> Result<Option<Moment>, BadTime> {
    doc.first(item, name).map_or(Ok(None), |(_, line)| Moment::read(doc, line, folder))
}

fn due(doc: &Doc, item: usize, folder: Tz) -> Result<Option<NaiveDate>, BadTime> {
    if let Some(due) = moment(doc, item, "DUE", folder)? {
        return Ok(Some(due.local.date()));
    }
    let start = moment(doc, item, "DTSTART", folder)?;
    let duration = doc.first(item, "DURATION").and_then(|(_, line)| time::duration(line.value()));
    let (Some(start), Some(duration)) = (start, duration) else {
        return Ok(None);
    };
    let due = start.local.checked_add_signed(duration);
    due.map(|due| Some(due.date()))
        .ok_or_else(|| BadTime("has an impossible date in DURATION".to_owned()))
}

fn status(doc: &Doc, item: usize) -> Status {
    let word = |name| common::word(doc, item, name).unwrap_or_default().to_ascii_uppercase();
    let percent: u32 = word("PERCENT-COMPLETE").parse().unwrap_or_default();
    let stated = word("STATUS");
    let complete = stated.is_empty() && (percent >= 100 || doc.first(item, "COMPLETED").is_some());
    match (stated.as_str(), word(STATUS).as_str()) {
        ("COMPLETED", _) => Status::Completed,
        _ if complete => Status::Completed,
        (_, "WAITING") => Status::Waiting,
        (_, "DEFERRED") | ("CANCELLED", _) => Status::Deferred,
        ("IN-PROCESS", _) => Status::InProgress,
        _ if percent > 0 => Status::InProgress,
        _ => Status::NotStarted,
    }
}

fn owner(doc: &Doc, item: usize) -> Text {
    if doc.first(item, OWNER).is_some() {
        return common::text(doc, item, OWNER);
    }
    let Some((_, line)) = doc.first(item, "ORGANIZER") else {
        return Text::default();
    };
    let name = line.param("CN").filter(|name| !name.is_empty());
    Text::from(name.unwrap_or_else(|| super::event::address(line.value()).to_owned()))
}

/// Brings a `VTODO` from one state to another, line by line.
pub(crate) fn write(
    edit: &mut Edit<'_>,
    before: &Task,
    wanted: &Task,
    (folder, now): (Tz, Instant),
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
            (OWNER, &before.owner, &wanted.owner),
        ],
    );
    if before.actual_work != wanted.actual_work {
        let work = wanted.actual_work;
        edit.set_plain(WORK, (work > 0).then(|| format!("{WORK}:{work}")));
    }
    if before.status != wanted.status {
        write_status(edit, wanted.status, now);
    }
    if (before.start, before.due) != (wanted.start, wanted.due) {
        write_schedule(edit, before, wanted, folder)?;
    }
    Ok(())
}

fn write_status(edit: &mut Edit<'_>, status: Status, now: Instant) {
    let (word, outlook) = match status {
        Status::Completed => ("COMPLETED", None),
        Status::InProgress => ("IN-PROCESS", None),
        Status::Deferred => ("NEEDS-ACTION", Some("DEFERRED")),
        Status::Waiting => ("NEEDS-ACTION", Some("WAITING")),
        Status::NotStarted | _ => ("NEEDS-ACTION", None),
    };
    edit.set_plain("STATUS", Some(format!("STATUS:{word}")));
    edit.set_plain(STATUS, outlook.map(|outlook| format!("{STATUS}:{outlook}")));
    let done = status == Status::Completed;
    edit.set_plain("COMPLETED", done.then(|| format!("COMPLETED:{}", time::stamp_text(now))));
    if done || edit.first("PERCENT-COMPLETE").is_some() {
        let percent = if done { 100 } else { 0 };
        edit.set_plain("PERCENT-COMPLETE", Some(format!("PERCENT-COMPLETE:{percent}")));
    }
}

/// Start and due keep the time of day and the zone they had: the CRM knows their dates only.
fn write_schedule(
    edit: &mut Edit<'_>,
    before: &Task,
    wanted: &Task,
    folder: Tz,
) -> Result<(), BadTime> {
    let (doc, item) = (edit.doc, edit.component);
    let has_duration = doc.first(item, "DURATION").is_some();
    for (name, old, new) in
        [("DTSTART", before.start, wanted.start), ("DUE", before.due, wanted.due)]
    {
        // A due date that is written as a duration would move along with the start.
        if old == new && !(has_duration && name == "DUE") {
            continue;
        }
        let own = moment(doc, item, name, folder)?;
        let other = if name == "DUE" { "DTSTART" } else { "DUE" };
        // Both must be dates, or both times.
        let model = own.or(moment(doc, item, other, folder)?);
        let (form, clock) =
            model.map_or((Form::Date, NaiveTime::MIN), |model| (model.form, model.local.time()));
        let old_line = edit.first(name).map(|(_, line)| line);
        let line =
            new.map(|date| form.line(name, old_line, NaiveDateTime::new(date, clock), folder));
        edit.set_plain(name, line);
    }
    if has_duration {
        edit.set_plain("DURATION", None);
    }
    Ok(())
}
