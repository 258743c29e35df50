//! Writing rows: a whole record at a time, with its lists.

use counterpart::profiles::outlook_x3::{
    Address, Call, Correspondent, CorrespondentKind, CrmAppointment, CrmTask,
};
use groundwork::cells::{Cells, cell, form, instant, text_cell, upsert};
use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

/// Replaces a list of a record.
fn list<'a>(
    connection: &Connection,
    (table, owner, key): (&str, &str, &str),
    columns: &[&str],
    rows: impl Iterator<Item = Vec<&'a str>>,
) -> Result<()> {
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE {owner} = ?1"))?
        .execute([key])?;
    let marks: Vec<String> = (0..columns.len()).map(|number| format!("?{}", number + 3)).collect();
    let sql = format!(
        "INSERT INTO {table} ({owner}, place, {}) VALUES (?1, ?2, {})",
        columns.join(", "),
        marks.join(", "),
    );
    let mut insert = connection.prepare_cached(&sql)?;
    for (place, row) in (0_i64..).zip(rows) {
        let head = [Value::from(key.to_owned()), Value::from(place)];
        let cells = row.into_iter().map(|cell| Value::from(cell.to_owned()));
        insert.execute(params_from_iter(head.into_iter().chain(cells)))?;
    }
    Ok(())
}

fn address(tab: &str, one: &Address) -> Cells {
    let columns = [
        ("street", &one.street),
        ("postal_code", &one.postal_code),
        ("city", &one.city),
        ("state", &one.state),
        ("country", &one.country),
        ("phone", &one.phone),
        ("fax", &one.fax),
        ("mobile", &one.mobile),
        ("email", &one.email),
    ];
    let cells = columns.into_iter();
    cells.map(|(name, text)| text_cell(&format!("{tab}_{name}"), text)).collect()
}

/// Writes a correspondent.
pub(super) fn correspondent(connection: &Connection, one: &Correspondent) -> Result<()> {
    let kind = match one.kind {
        CorrespondentKind::Representative => "representative",
        CorrespondentKind::Interlocutor | _ => "interlocutor",
    };
    let mut cells = vec![
        cell("chrono", one.chrono.clone()),
        cell("modified", instant(one.modified)),
        cell("origin", one.origin.clone()),
        cell("kind", kind.to_owned()),
        cell("interlocutor", one.interlocutor.clone()),
        cell("partner", one.partner.clone()),
        text_cell("company_label", &one.company_label),
        text_cell("title", &one.title),
        text_cell("last_name", &one.last_name),
        text_cell("first_name", &one.first_name),
        text_cell("job_title", &one.job_title),
        text_cell("department", &one.department),
        form("birthday", one.birthday),
    ];
    cells.extend(address("cpy", &one.professional));
    cells.extend(address("hom", &one.personal));
    upsert(connection, "correspondents", cells)?;
    let assigned = one.assigned.iter().map(|code| vec![code.as_str()]);
    let place = ("correspondent_assignments", "correspondent", one.chrono.as_str());
    list(connection, place, &["representative"], assigned)?;
    let comments = one.comments.iter();
    let comments = comments.map(|block| vec![block.representative.as_str(), block.text.or_empty()]);
    let place = ("correspondent_comments", "correspondent", one.chrono.as_str());
    list(connection, place, &["representative", "text"], comments)
}

/// Writes a task.
pub(super) fn task(connection: &Connection, one: &CrmTask) -> Result<()> {
    let cells = vec![
        cell("chrono", one.chrono.clone()),
        cell("modified", instant(one.modified)),
        cell("origin", one.origin.clone()),
        cell("representative", one.representative.clone()),
        cell("site", one.site.clone()),
        cell("partner", one.partner.clone()),
        cell("correspondent", one.correspondent.clone()),
        cell("interlocutor", one.interlocutor.clone()),
        cell("done", one.done),
        form("start", one.start),
        form("due", one.due),
        text_cell("subject", &one.subject),
        text_cell("report", &one.report),
        cell("time_spent", one.time_spent),
    ];
    upsert(connection, "tasks", cells)
}

/// Writes a call.
pub(super) fn call(connection: &Connection, one: &Call) -> Result<()> {
    let cells = vec![
        cell("chrono", one.chrono.clone()),
        cell("modified", instant(one.modified)),
        cell("origin", one.origin.clone()),
        cell("representative", one.representative.clone()),
        form("time", one.time.map(|time| time.format("%H:%M"))),
        cell("site", one.site.clone()),
        cell("partner", one.partner.clone()),
        cell("correspondent", one.correspondent.clone()),
        cell("interlocutor", one.interlocutor.clone()),
        cell("done", one.done),
        form("date", one.date),
        text_cell("subject", &one.subject),
        text_cell("report", &one.report),
        cell("duration", one.duration),
    ];
    upsert(connection, "calls", cells)
}

/// Writes an appointment.
pub(super) fn appointment(connection: &Connection, one: &CrmAppointment) -> Result<()> {
    const LOCAL: &str = "%Y-%m-%dT%H:%M:%S";
    let cells = vec![
        cell("chrono", one.chrono.clone()),
        cell("modified", instant(one.modified)),
        cell("origin", one.origin.clone()),
        cell("organizer", one.organizer.clone()),
        cell("category", one.category.clone()),
        cell("site", one.site.clone()),
        cell("meeting_id", one.meeting_id.clone()),
        cell("partner", one.partner.clone()),
        cell("done", one.done),
        form("start", one.start.map(|time| time.format(LOCAL))),
        form("end", one.end.map(|time| time.format(LOCAL))),
        cell("all_day", one.all_day),
        text_cell("subject", &one.subject),
        text_cell("report", &one.report),
    ];
    upsert(connection, "appointments", cells)?;
    let place = |table| (table, "appointment", one.chrono.as_str());
    let persons = one.correspondents.iter().map(|code| vec![code.as_str()]);
    list(connection, place("appointment_correspondents"), &["correspondent"], persons)?;
    let workers = one.participants.iter().map(|code| vec![code.as_str()]);
    list(connection, place("appointment_participants"), &["representative"], workers)
}
