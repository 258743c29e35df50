//! Writing to the CRM.

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::Instant;
use counterpart::model::record::Patch as _;
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{
    Call, Correspondent, CrmAppointment, CrmTask, Kind, OutlookX3, Record, RecordPatch,
};
use groundwork::cells::next_number;
use groundwork::database::{Failure, Written};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::{Crm, read, save};

impl Adapter<OutlookX3> for Crm {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        self.database.answer(request, |writing, now| {
            let (id, stored) = write(writing, request, now)?;
            let modified = stored.as_ref().map(Row::modified);
            Ok(Written { id, stored: stored.map(Record::from), modified })
        })
    }
}

fn write(
    writing: &Transaction<'_>,
    request: &Request<OutlookX3>,
    now: Instant,
) -> Result<(String, Option<Row>), Failure> {
    let kind = request.kind;
    match (&request.action, request.id.as_deref()) {
        (Action::Create(record), _) => create(writing, request, record, now),
        (_, None) => Err(Failure::because("the record has no key")),
        (Action::Delete, Some(chrono)) => {
            expected(writing, request, chrono)?;
            let sql = format!("DELETE FROM {} WHERE chrono = ?1", table(kind));
            writing.execute(&sql, [chrono])?;
            Ok((chrono.to_owned(), None))
        }
        (Action::Update(patch), Some(chrono)) => {
            let mut row = expected(writing, request, chrono)?;
            row.patch(patch)?;
            Ok((chrono.to_owned(), Some(row.saved(writing, kind, now)?)))
        }
        (Action::Unassign(representative), Some(chrono)) => {
            let mut row = expected(writing, request, chrono)?;
            row.unassign(representative)?;
            Ok((chrono.to_owned(), Some(row.saved(writing, kind, now)?)))
        }
        (Action::Stamp(item), Some(chrono)) => {
            let mut row = expected(writing, request, chrono)?;
            row.identity().origin.clone_from(item);
            Ok((chrono.to_owned(), Some(row.saved(writing, kind, now)?)))
        }
        (_, Some(_)) => Err(Failure::because("the CRM does not know this operation")),
    }
}

/// Makes a record, or finds the one that was made of the same item before.
fn create(
    writing: &Transaction<'_>,
    request: &Request<OutlookX3>,
    record: &Record,
    now: Instant,
) -> Result<(String, Option<Row>), Failure> {
    let kind = request.kind;
    let mut row =
        Row::of(kind, record).ok_or_else(|| Failure::because("the record is of another kind"))?;
    let origin = row.identity().origin.clone().or_else(|| request.idempotency_key.clone());
    if let Some(origin) = &origin {
        let sql = format!("SELECT chrono FROM {} WHERE origin = ?1", table(kind));
        let made: Option<String> =
            writing.query_row(&sql, [origin], |row| row.get(0)).optional()?;
        if let Some(chrono) = made {
            let row = Row::read(writing, kind, &chrono)?;
            return Ok((chrono, row));
        }
    }
    let chrono = next_key(writing, kind)?;
    chrono.clone_into(row.identity().chrono);
    *row.identity().origin = origin;
    Ok((chrono, Some(row.saved(writing, kind, now)?)))
}

/// The record a request is about, if it is still as the request expects it.
fn expected(
    writing: &Transaction<'_>,
    request: &Request<OutlookX3>,
    chrono: &str,
) -> Result<Row, Failure> {
    let row = Row::read(writing, request.kind, chrono)?.ok_or(Failure::Stale)?;
    match request.expect {
        Some(expect) if expect != row.modified() => Err(Failure::Stale),
        Some(_) | None => Ok(row),
    }
}

/// The next key of a kind: after the highest that is there or was ever given.
fn next_key(writing: &Transaction<'_>, kind: Kind) -> Result<String, Failure> {
    let prefix = prefix(kind);
    let number = next_number(writing, (table(kind), "chrono"), prefix)?;
    Ok(format!("{prefix}{number:08}"))
}

const fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Task => "TSK",
        Kind::Call => "CLL",
        Kind::Appointment => "BAP",
        Kind::Contact | _ => "COR",
    }
}

const fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Task => "tasks",
        Kind::Call => "calls",
        Kind::Appointment => "appointments",
        Kind::Contact | _ => "correspondents",
    }
}

/// A record of the CRM.
enum Row {
    Appointment(Box<CrmAppointment>),
    Call(Box<Call>),
    Correspondent(Box<Correspondent>),
    Task(Box<CrmTask>),
}

/// What every record has.
struct Identity<'a> {
    chrono: &'a mut String,
    modified: &'a mut Instant,
    origin: &'a mut Option<String>,
}

macro_rules! identity {
    ($one:expr) => {
        Identity {
            chrono: &mut $one.chrono,
            modified: &mut $one.modified,
            origin: &mut $one.origin,
        }
    };
}

impl Row {
    fn of(kind: Kind, record: &Record) -> Option<Self> {
        match (kind, record) {
            (Kind::Appointment, Record::CrmAppointment(one)) => {
                Some(Self::Appointment(one.clone()))
            }
            (Kind::Call, Record::Call(one)) => Some(Self::Call(one.clone())),
            (Kind::Contact, Record::Correspondent(one)) => Some(Self::Correspondent(one.clone())),
            (Kind::Task, Record::CrmTask(one)) => Some(Self::Task(one.clone())),
            _ => None,
        }
    }

    fn read(connection: &Connection, kind: Kind, chrono: &str) -> rusqlite::Result<Option<Self>> {
        Ok(match kind {
            Kind::Appointment => read::appointments(connection, Some(chrono))?
                .pop()
                .map(|one| Self::Appointment(Box::new(one))),
            Kind::Call => read::one(connection, table(kind), chrono, read::call)?
                .map(|one| Self::Call(Box::new(one))),
            Kind::Task => read::one(connection, table(kind), chrono, read::task)?
                .map(|one| Self::Task(Box::new(one))),
            Kind::Contact | _ => read::correspondents(connection, Some(chrono))?
                .pop()
                .map(|one| Self::Correspondent(Box::new(one))),
        })
    }

    fn identity(&mut self) -> Identity<'_> {
        match self {
            Self::Appointment(one) => identity!(one),
            Self::Call(one) => identity!(one),
            Self::Correspondent(one) => identity!(one),
            Self::Task(one) => identity!(one),
        }
    }

    fn modified(&self) -> Instant {
        match self {
            Self::Appointment(one) => one.modified,
            Self::Call(one) => one.modified,
            Self::Correspondent(one) => one.modified,
            Self::Task(one) => one.modified,
        }
    }

    fn patch(&mut self, patch: &RecordPatch) -> Result<(), Failure> {
        match (self, patch) {
            (Self::Appointment(one), RecordPatch::CrmAppointment(patch)) => {
                patch.clone().apply(one);
            }
            (Self::Call(one), RecordPatch::Call(patch)) => patch.clone().apply(one),
            (Self::Correspondent(one), RecordPatch::Correspondent(patch)) => {
                patch.clone().apply(one);
            }
            (Self::Task(one), RecordPatch::CrmTask(patch)) => patch.clone().apply(one),
            _ => return Err(Failure::because("the change is for another kind of record")),
        }
        Ok(())
    }

    fn unassign(&mut self, representative: &str) -> Result<(), Failure> {
        let Self::Correspondent(one) = self else {
            return Err(Failure::because("only a correspondent has an assignment list"));
        };
        one.assigned.retain(|code| code != representative);
        Ok(())
    }

    /// Writes it, and reads back what the tables now hold.
    fn saved(
        mut self,
        writing: &Transaction<'_>,
        kind: Kind,
        now: Instant,
    ) -> Result<Self, Failure> {
        *self.identity().modified = now;
        let chrono = self.identity().chrono.clone();
        match &self {
            Self::Appointment(one) => save::appointment(writing, one)?,
            Self::Call(one) => save::call(writing, one)?,
            Self::Correspondent(one) => save::correspondent(writing, one)?,
            Self::Task(one) => save::task(writing, one)?,
        }
        Self::read(writing, kind, &chrono)?
            .ok_or_else(|| Failure::because("the record cannot be read back"))
    }
}

impl From<Row> for Record {
    fn from(row: Row) -> Self {
        match row {
            Row::Appointment(one) => Self::CrmAppointment(one),
            Row::Call(one) => Self::Call(one),
            Row::Correspondent(one) => Self::Correspondent(one),
            Row::Task(one) => Self::CrmTask(one),
        }
    }
}
