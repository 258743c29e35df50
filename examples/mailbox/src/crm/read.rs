//! Reading rows.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use counterpart::model::Text;
use counterpart::profiles::outlook_x3::{
    Address, Call, Comment, Correspondent, CorrespondentKind, Crm, CrmAppointment, CrmTask,
    Interlocutor, Partner, PartnerKind, Representative,
};
use groundwork::cells::{bad, modified, parsed, rows, text};
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

/// Lists a folder as it is at one moment.
pub(super) fn list(reading: &Connection) -> Result<Crm> {
    let name: String = reading.query_row("SELECT name FROM folder", [], |row| row.get(0))?;
    let mut crm = Crm::new(name);
    crm.partners = rows(reading, "SELECT * FROM partners ORDER BY code", [], partner)?;
    let mut contacts = grouped(reading, "partner_interlocutors", "partner", "interlocutor")?;
    for one in &mut crm.partners {
        one.interlocutors = contacts.remove(&one.code).unwrap_or_default();
    }
    crm.representatives =
        rows(reading, "SELECT * FROM representatives ORDER BY code", [], representative)?;
    crm.interlocutors =
        rows(reading, "SELECT * FROM interlocutors ORDER BY code", [], interlocutor)?;
    crm.correspondents = correspondents(reading, None)?;
    crm.tasks = rows(reading, "SELECT * FROM tasks ORDER BY chrono", [], task)?;
    crm.calls = rows(reading, "SELECT * FROM calls ORDER BY chrono", [], call)?;
    crm.appointments = appointments(reading, None)?;
    Ok(crm)
}

/// The lists of a table of places, by what they belong to.
fn grouped(
    connection: &Connection,
    table: &str,
    owner: &str,
    member: &str,
) -> Result<BTreeMap<String, Vec<String>>> {
    let sql = format!("SELECT {owner}, {member} FROM {table} ORDER BY {owner}, place");
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        groups.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(groups)
}

/// The same for one owner.
fn members(
    connection: &Connection,
    table: &str,
    owner: &str,
    member: &str,
    key: &str,
) -> Result<Vec<String>> {
    let sql = format!("SELECT {member} FROM {table} WHERE {owner} = ?1 ORDER BY place");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map([key], |row| row.get(0))?;
    found.collect()
}

/// One record of a table, without what other tables add to it.
pub(super) fn one<T>(
    connection: &Connection,
    table: &str,
    chrono: &str,
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let sql = format!("SELECT * FROM {table} WHERE chrono = ?1");
    connection.prepare_cached(&sql)?.query_row([chrono], read).optional()
}

/// All correspondents, or one.
pub(super) fn correspondents(
    connection: &Connection,
    chrono: Option<&str>,
) -> Result<Vec<Correspondent>> {
    let Some(chrono) = chrono else {
        let mut all =
            rows(connection, "SELECT * FROM correspondents ORDER BY chrono", [], correspondent)?;
        let mut assigned =
            grouped(connection, "correspondent_assignments", "correspondent", "representative")?;
        let mut authors =
            grouped(connection, "correspondent_comments", "correspondent", "representative")?;
        let mut texts = grouped(connection, "correspondent_comments", "correspondent", "text")?;
        for one in &mut all {
            one.assigned = assigned.remove(&one.chrono).unwrap_or_default();
            let authors = authors.remove(&one.chrono).unwrap_or_default();
            one.comments = comments(authors, texts.remove(&one.chrono).unwrap_or_default());
        }
        return Ok(all);
    };
    let mut found: Vec<Correspondent> =
        one(connection, "correspondents", chrono, correspondent)?.into_iter().collect();
    let list = |table, member| members(connection, table, "correspondent", member, chrono);
    for one in &mut found {
        one.assigned = list("correspondent_assignments", "representative")?;
        let authors = list("correspondent_comments", "representative")?;
        one.comments = comments(authors, list("correspondent_comments", "text")?);
    }
    Ok(found)
}

fn comments(authors: Vec<String>, texts: Vec<String>) -> Vec<Comment> {
    let pairs = authors.into_iter().zip(texts);
    pairs.map(|(representative, text)| Comment { representative, text: Text::from(text) }).collect()
}

/// All appointments, or one.
pub(super) fn appointments(
    connection: &Connection,
    chrono: Option<&str>,
) -> Result<Vec<CrmAppointment>> {
    let (visited, invited) = ("appointment_correspondents", "appointment_participants");
    let Some(chrono) = chrono else {
        let mut all =
            rows(connection, "SELECT * FROM appointments ORDER BY chrono", [], appointment)?;
        let mut persons = grouped(connection, visited, "appointment", "correspondent")?;
        let mut workers = grouped(connection, invited, "appointment", "representative")?;
        for one in &mut all {
            one.correspondents = persons.remove(&one.chrono).unwrap_or_default();
            one.participants = workers.remove(&one.chrono).unwrap_or_default();
        }
        return Ok(all);
    };
    let mut found: Vec<CrmAppointment> =
        one(connection, "appointments", chrono, appointment)?.into_iter().collect();
    for one in &mut found {
        one.correspondents = members(connection, visited, "appointment", "correspondent", chrono)?;
        one.participants = members(connection, invited, "appointment", "representative", chrono)?;
    }
    Ok(found)
}

fn partner(row: &Row<'_>) -> Result<Partner> {
    let kind = match row.get::<_, String>("kind")?.as_str() {
        "customer" => PartnerKind::Customer,
        "prospect" => PartnerKind::Prospect,
        "representative" => PartnerKind::Representative,
        "supplier" => PartnerKind::Supplier,
        _ => PartnerKind::Other,
    };
    Ok(Partner {
        code: row.get("code")?,
        name: text(row, "name")?,
        kind,
        representative: row.get("representative")?,
        interlocutors: Vec::new(),
    })
}

fn representative(row: &Row<'_>) -> Result<Representative> {
    Ok(Representative {
        code: row.get("code")?,
        name: text(row, "name")?,
        last_name: text(row, "last_name")?,
        first_name: text(row, "first_name")?,
        email: text(row, "email")?,
        phone: text(row, "phone")?,
    })
}

fn interlocutor(row: &Row<'_>) -> Result<Interlocutor> {
    Ok(Interlocutor {
        code: row.get("code")?,
        last_name: text(row, "last_name")?,
        first_name: text(row, "first_name")?,
        partner: row.get("partner")?,
        email: text(row, "email")?,
    })
}

fn address(row: &Row<'_>, tab: &str) -> Result<Address> {
    let cell = |name: &str| text(row, &format!("{tab}_{name}"));
    let mut one = Address::default();
    one.street = cell("street")?;
    one.postal_code = cell("postal_code")?;
    one.city = cell("city")?;
    one.state = cell("state")?;
    one.country = cell("country")?;
    one.phone = cell("phone")?;
    one.fax = cell("fax")?;
    one.mobile = cell("mobile")?;
    one.email = cell("email")?;
    Ok(one)
}

fn correspondent(row: &Row<'_>) -> Result<Correspondent> {
    let mut one = Correspondent::default();
    one.chrono = row.get("chrono")?;
    one.modified = modified(row)?;
    one.origin = row.get("origin")?;
    one.kind = match row.get::<_, String>("kind")?.as_str() {
        "representative" => CorrespondentKind::Representative,
        _ => CorrespondentKind::Interlocutor,
    };
    one.interlocutor = row.get("interlocutor")?;
    one.partner = row.get("partner")?;
    one.company_label = text(row, "company_label")?;
    one.title = text(row, "title")?;
    one.last_name = text(row, "last_name")?;
    one.first_name = text(row, "first_name")?;
    one.job_title = text(row, "job_title")?;
    one.department = text(row, "department")?;
    one.birthday = parsed(row, "birthday")?;
    one.professional = address(row, "cpy")?;
    one.personal = address(row, "hom")?;
    Ok(one)
}

pub(super) fn task(row: &Row<'_>) -> Result<CrmTask> {
    let mut one = CrmTask::default();
    one.chrono = row.get("chrono")?;
    one.modified = modified(row)?;
    one.origin = row.get("origin")?;
    one.representative = row.get("representative")?;
    one.site = row.get("site")?;
    one.partner = row.get("partner")?;
    one.correspondent = row.get("correspondent")?;
    one.interlocutor = row.get("interlocutor")?;
    one.done = row.get("done")?;
    one.start = parsed(row, "start")?;
    one.due = parsed(row, "due")?;
    one.subject = text(row, "subject")?;
    one.report = text(row, "report")?;
    one.time_spent = row.get("time_spent")?;
    Ok(one)
}

pub(super) fn call(row: &Row<'_>) -> Result<Call> {
    let mut one = Call::default();
    one.chrono = row.get("chrono")?;
    one.modified = modified(row)?;
    one.origin = row.get("origin")?;
    one.representative = row.get("representative")?;
    let time: Option<String> = row.get("time")?;
    let time = time.map(|time| NaiveTime::parse_from_str(&time, "%H:%M")).transpose();
    one.time = time.map_err(|_| bad(row, "time"))?;
    one.site = row.get("site")?;
    one.partner = row.get("partner")?;
    one.correspondent = row.get("correspondent")?;
    one.interlocutor = row.get("interlocutor")?;
    one.done = row.get("done")?;
    one.date = parsed(row, "date")?;
    one.subject = text(row, "subject")?;
    one.report = text(row, "report")?;
    one.duration = row.get("duration")?;
    Ok(one)
}

fn appointment(row: &Row<'_>) -> Result<CrmAppointment> {
    let mut one = CrmAppointment::default();
    one.chrono = row.get("chrono")?;
    one.modified = modified(row)?;
    one.origin = row.get("origin")?;
    one.organizer = row.get("organizer")?;
    one.category = row.get("category")?;
    one.site = row.get("site")?;
    one.meeting_id = row.get("meeting_id")?;
    one.partner = row.get("partner")?;
    one.done = row.get("done")?;
    one.start = parsed(row, "start")?;
    one.end = parsed(row, "end")?;
    one.all_day = row.get("all_day")?;
    one.subject = text(row, "subject")?;
    one.report = text(row, "report")?;
    Ok(one)
}
