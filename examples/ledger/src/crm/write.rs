//! Writing to the CRM.

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::record::Patch as _;
use counterpart::model::{Instant, Text};
use counterpart::plan::Action;
use counterpart::profiles::sage100::{Kind, Record, RecordPatch, Representative, Sage100};
use groundwork::cells::{insert, instant, modified, next_number, update};
use groundwork::database::{Failure, Written};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::{Crm, read, save};
use crate::rows::{self, save_list};

impl Adapter<Sage100> for Crm {
    fn write(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        self.database.answer(request, |writing, now| write(writing, request, now))
    }
}

type Done = Result<Written<Sage100>, Failure>;

fn not_understood() -> Failure {
    Failure::because("the CRM has no such operation")
}

fn write(writing: &Transaction<'_>, request: &Request<Sage100>, now: Instant) -> Done {
    let kind = request.kind;
    match (&request.action, request.id.as_deref()) {
        (Action::Create(record), _) => create(writing, request, record, now),
        (_, None) => Err(Failure::because("the record has no key")),
        (action, Some(id)) => {
            expected(writing, request, id)?;
            match action {
                Action::Update(patch) => change(writing, (kind, id), patch, now)?,
                Action::Stamp(Some(key)) => stamp(writing, (kind, id), key, now)?,
                Action::Delete => return delete(writing, (kind, id), now),
                Action::Create(_) | Action::Stamp(None) | Action::Unassign(_) | _ => {
                    return Err(not_understood());
                }
            }
            stored(writing, kind, id)
        }
    }
}

/// Whether the record a request is about is still as the request expects it. An address or contact has the stamp of
/// what it stands with; a list, a representative and a free field have none.
fn expected(
    writing: &Transaction<'_>,
    request: &Request<Sage100>,
    id: &str,
) -> Result<(), Failure> {
    let written = stored(writing, request.kind, id)?;
    match (request.expect, written.modified) {
        (Some(expect), Some(modified)) if expect != modified => Err(Failure::Stale),
        _ => Ok(()),
    }
}

// ---- new records ----

const fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "accounts",
        Kind::Company => "companies",
        Kind::Address => "addresses",
        Kind::Contact => "contacts",
        Kind::FreeField => "free_fields",
        Kind::Representative => "representatives",
        Kind::List | _ => "lists",
    }
}

/// The next id of a kind.
fn next_id(writing: &Transaction<'_>, kind: Kind, prefix: &str) -> Result<String, Failure> {
    let number = next_number(writing, (table(kind), "id"), prefix)?;
    Ok(format!("{prefix}{number}"))
}

/// Makes a record, or finds the one that was made under the same key before.
fn create(
    writing: &Transaction<'_>,
    request: &Request<Sage100>,
    record: &Record,
    now: Instant,
) -> Done {
    let (kind, key) = (request.kind, request.idempotency_key.as_deref());
    if let Some(id) = made_before(writing, kind, record, key)? {
        return stored(writing, kind, &id);
    }
    let id = match record {
        Record::Account(one) => {
            let mut one = one.clone();
            one.id = next_id(writing, kind, "")?;
            one.modified = now;
            save::account(writing, &one, insert)?;
            one.id
        }
        Record::Company(one) => {
            let mut one = one.clone();
            one.id = next_id(writing, kind, "COM")?;
            one.modified = now;
            save::company(writing, &one, insert)?;
            if let Some(account) = &one.account {
                join(writing, &one.id, account)?;
            }
            one.id
        }
        Record::Address { account, address } => {
            let holder = Holder::of_account(writing, account)?.ok_or_else(no_account)?;
            let mut one = address.clone();
            one.id = next_id(writing, kind, "ADR")?;
            save::address(writing, &one, insert, holder.column())?;
            holder.touch(writing, now)?;
            one.id
        }
        Record::Contact { account, contact } => {
            let holder = Holder::of_account(writing, account)?.ok_or_else(no_account)?;
            let mut one = contact.clone();
            one.id = next_id(writing, kind, "CON")?;
            save::contact(writing, &one, insert, holder.column())?;
            holder.touch(writing, now)?;
            one.id
        }
        Record::FreeField(one) => {
            save::free_field(writing, one, insert)?;
            one.name.clone()
        }
        Record::Representative(one) => {
            insert(writing, "representatives", rows::representative_cells(one))?;
            one.code.clone()
        }
        Record::ErpAccount(_)
        | Record::ErpAddress { .. }
        | Record::ErpContact { .. }
        | Record::List { .. }
        | _ => return Err(not_understood()),
    };
    if matches!(kind, Kind::Account | Kind::Company | Kind::Address | Kind::Contact) {
        let sql = format!("UPDATE {} SET made_by = ?1 WHERE id = ?2", table(kind));
        writing.execute(&sql, (key, &id))?;
    }
    stored(writing, kind, &id)
}

fn no_account() -> Failure {
    Failure::because("the CRM has no such account")
}

/// The record that was made under a key. A free field or representative is known by its own name.
fn made_before(
    writing: &Transaction<'_>,
    kind: Kind,
    record: &Record,
    key: Option<&str>,
) -> Result<Option<String>, Failure> {
    if let Record::FreeField(one) = record {
        let known = read::free_fields(writing, Some(&one.name))?;
        return Ok(known.contains(one).then(|| one.name.clone()));
    }
    if let Record::Representative(one) = record {
        let known = rows::representatives(writing, Some(&one.code))?;
        return Ok(known.contains(one).then(|| one.code.clone()));
    }
    let sql = format!("SELECT id FROM {} WHERE made_by = ?1", table(kind));
    let Some(key) = key else { return Ok(None) };
    Ok(writing.query_row(&sql, [key], |row| row.get(0)).optional()?)
}

// ---- what stands with a company or an account ----

/// What an address or contact stands with.
enum Holder {
    Account(String),
    Company(String),
}

impl Holder {
    /// What those of an account stand with: its company where it is the principal account, else itself.
    fn of_account(connection: &Connection, account: &str) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT CASE WHEN principal = 1 THEN company END FROM accounts WHERE id = ?1";
        let company: Option<Option<String>> =
            connection.query_row(sql, [account], |row| row.get(0)).optional()?;
        let own = || Self::Account(account.to_owned());
        Ok(company.map(|company| company.map_or_else(own, Self::Company)))
    }

    fn column(&self) -> (&'static str, &str) {
        match self {
            Self::Account(id) => ("account", id),
            Self::Company(id) => ("company", id),
        }
    }

    const fn table(&self) -> &'static str {
        match self {
            Self::Account(_) => "accounts",
            Self::Company(_) => "companies",
        }
    }

    /// What an address or contact is changed with, changes too.
    fn touch(&self, writing: &Connection, now: Instant) -> rusqlite::Result<()> {
        let sql = format!("UPDATE {} SET modified = ?1 WHERE id = ?2", self.table());
        writing.execute(&sql, (instant(now), self.column().1)).map(drop)
    }

    fn modified(&self, connection: &Connection) -> rusqlite::Result<Instant> {
        let sql = format!("SELECT modified FROM {} WHERE id = ?1", self.table());
        connection.query_row(&sql, [self.column().1], modified)
    }

    /// The account whose those are that stand with it; none where a company has no account.
    fn account(&self, connection: &Connection) -> rusqlite::Result<String> {
        match self {
            Self::Account(id) => Ok(id.clone()),
            Self::Company(id) => {
                let sql = "SELECT id FROM accounts WHERE company = ?1 AND principal = 1";
                let account = connection.query_row(sql, [id], |row| row.get(0)).optional()?;
                Ok(account.unwrap_or_default())
            }
        }
    }
}

/// An address or contact, and what it stands with.
fn part<T>(
    connection: &Connection,
    kind: Kind,
    id: &str,
    read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<(T, Holder), Failure> {
    let sql = format!("SELECT * FROM {} WHERE id = ?1", table(kind));
    let found = connection
        .query_row(&sql, [id], |row| {
            let company: Option<String> = row.get("company")?;
            let holder = match company {
                Some(company) => Holder::Company(company),
                None => Holder::Account(row.get("account")?),
            };
            Ok((read(row)?, holder))
        })
        .optional()?;
    found.ok_or(Failure::Stale)
}

/// Joins a company and its principal account: what the account listed itself goes to the company (B1.3).
fn join(writing: &Connection, company: &str, account: &str) -> rusqlite::Result<()> {
    writing.execute("UPDATE accounts SET company = ?1 WHERE id = ?2", (company, account))?;
    for table in ["addresses", "contacts"] {
        let sql = format!("UPDATE {table} SET company = ?1, account = NULL WHERE account = ?2");
        writing.execute(&sql, (company, account))?;
    }
    Ok(())
}

/// Gives what stands with a company to another one (B11.4).
fn hand_over(writing: &Connection, from: &str, to: &str) -> rusqlite::Result<()> {
    for table in ["addresses", "contacts"] {
        let sql = format!("UPDATE {table} SET company = ?1 WHERE company = ?2");
        writing.execute(&sql, (to, from))?;
    }
    Ok(())
}

// ---- records that are there ----

/// One of the records that were found under a key; there is none if it is gone.
fn only<T>(found: Vec<T>) -> Result<T, Failure> {
    found.into_iter().next().ok_or(Failure::Stale)
}

/// A record as the tables hold it.
fn stored(connection: &Connection, kind: Kind, id: &str) -> Done {
    let (record, modified) = match kind {
        Kind::Account => {
            let one = only(read::accounts(connection, Some(id))?)?;
            let modified = one.modified;
            (Record::Account(one), Some(modified))
        }
        Kind::Company => {
            let one = only(read::companies(connection, Some(id))?)?;
            let modified = one.modified;
            (Record::Company(one), Some(modified))
        }
        Kind::Address => {
            let (address, holder) = part(connection, kind, id, read::address)?;
            let account = holder.account(connection)?;
            (Record::Address { account, address }, Some(holder.modified(connection)?))
        }
        Kind::Contact => {
            let (contact, holder) = part(connection, kind, id, read::contact)?;
            let account = holder.account(connection)?;
            (Record::Contact { account, contact }, Some(holder.modified(connection)?))
        }
        Kind::FreeField => {
            (Record::FreeField(only(read::free_fields(connection, Some(id))?)?), None)
        }
        Kind::Representative => {
            (Record::Representative(only(rows::representatives(connection, Some(id))?)?), None)
        }
        Kind::List => {
            let values = rows::lists(connection)?.list(id).cloned().ok_or(Failure::Stale)?;
            (Record::List { name: id.to_owned(), values }, None)
        }
        _ => return Err(not_understood()),
    };
    Ok(Written { id: id.to_owned(), stored: Some(record), modified })
}

fn change(
    writing: &Transaction<'_>,
    (kind, id): (Kind, &str),
    patch: &RecordPatch,
    now: Instant,
) -> Result<(), Failure> {
    match (kind, patch.clone()) {
        (Kind::Account, RecordPatch::Account(patch)) => {
            let before = only(read::accounts(writing, Some(id))?)?;
            let mut one = before.clone();
            let moves = patch.company.clone().flatten();
            patch.apply(&mut one);
            one.modified = now;
            save::account(writing, &one, update)?;
            let left = before.company.filter(|_| before.principal.0);
            if let (Some(from), Some(to)) = (left, &moves) {
                hand_over(writing, &from, to)?;
            }
            if let Some(to) = moves.filter(|_| one.principal.0) {
                join(writing, &to, id)?;
            }
        }
        (Kind::Company, RecordPatch::Company(patch)) => {
            let mut one = only(read::companies(writing, Some(id))?)?;
            let joins = patch.account.clone();
            patch.apply(&mut one);
            one.modified = now;
            save::company(writing, &one, update)?;
            match joins {
                Some(Some(account)) => join(writing, id, &account)?,
                Some(None) => {
                    let sql =
                        "UPDATE accounts SET company = NULL WHERE company = ?1 AND principal = 1";
                    writing.execute(sql, [id])?;
                }
                None => {}
            }
        }
        (Kind::Address, RecordPatch::Address(patch)) => {
            let (mut one, holder) = part(writing, kind, id, read::address)?;
            patch.apply(&mut one);
            save::address(writing, &one, update, holder.column())?;
            holder.touch(writing, now)?;
        }
        (Kind::Contact, RecordPatch::Contact(patch)) => {
            let (mut one, holder) = part(writing, kind, id, read::contact)?;
            patch.apply(&mut one);
            save::contact(writing, &one, update, holder.column())?;
            holder.touch(writing, now)?;
        }
        (Kind::FreeField, RecordPatch::FreeField { replicated }) => {
            let mut one = only(read::free_fields(writing, Some(id))?)?;
            one.replicated = replicated;
            save::free_field(writing, &one, update)?;
        }
        (Kind::Representative, RecordPatch::Representative(new)) => {
            let one = Representative { code: id.to_owned(), ..new };
            update(writing, "representatives", rows::representative_cells(&one))?;
        }
        (Kind::List, RecordPatch::List { values }) => save_list(writing, id, &values)?,
        _ => return Err(not_understood()),
    }
    Ok(())
}

fn delete(writing: &Transaction<'_>, (kind, id): (Kind, &str), now: Instant) -> Done {
    match kind {
        Kind::Address | Kind::Contact => {
            part(writing, kind, id, |_| Ok(()))?.1.touch(writing, now)?;
        }
        Kind::Company | Kind::FreeField => {}
        Kind::Account | Kind::List | Kind::Representative | _ => return Err(not_understood()),
    }
    let key = if kind == Kind::FreeField { "name" } else { "id" };
    writing.execute(&format!("DELETE FROM {} WHERE {key} = ?1", table(kind)), [id])?;
    Ok(Written { id: id.to_owned(), stored: None, modified: None })
}

/// Writes a key: the code of an account that has none yet, or the end of its wait for the ERP; the code of a company;
/// the label of an address.
fn stamp(
    writing: &Transaction<'_>,
    (kind, id): (Kind, &str),
    key: &str,
    now: Instant,
) -> Result<(), Failure> {
    match kind {
        Kind::Account => {
            let mut one = only(read::accounts(writing, Some(id))?)?;
            let first = one.code.is_blank();
            one.code = Text::from(key);
            one.pending &= first;
            one.modified = now;
            save::account(writing, &one, update)?;
        }
        Kind::Company => {
            let mut one = only(read::companies(writing, Some(id))?)?;
            one.account_code = Text::from(key);
            one.modified = now;
            save::company(writing, &one, update)?;
        }
        Kind::Address => {
            let (mut one, holder) = part(writing, kind, id, read::address)?;
            one.label = Text::from(key);
            save::address(writing, &one, update, holder.column())?;
            holder.touch(writing, now)?;
        }
        Kind::Contact | Kind::FreeField | Kind::List | Kind::Representative | _ => {
            return Err(not_understood());
        }
    }
    Ok(())
}
