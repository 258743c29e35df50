//! Writing to the base.

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::Instant;
use counterpart::model::record::Patch as _;
use counterpart::plan::Action;
use counterpart::profiles::sage100::{
    ErpAccount, ErpAccountKind, Kind, Record, RecordPatch, Sage100,
};
use groundwork::cells::{Cells, cell, insert, instant, next_number, update};
use groundwork::database::{Failure, Written};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::{Erp, read, save};

impl Adapter<Sage100> for Erp {
    fn write(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        self.database.answer(request, |writing, now| {
            write(writing, request, now).map_err(|failure| match failure {
                Failure::Refused(message) => Failure::Refused(in_its_words(&message)),
                other @ (Failure::Stale | Failure::Unusable(_)) => other,
            })
        })
    }
}

/// What the ERP says of a code it cannot take (B5.6).
const NO_CODE: &str = "N° de compte invalide";

/// What SQLite says of a constraint, as the ERP says it.
fn in_its_words(message: &str) -> String {
    let said = match message {
        "UNIQUE constraint failed: accounts.code"
        | "UNIQUE constraint failed: index 'account_numbers'" => "Ce compte existe déjà",
        "UNIQUE constraint failed: delivery_addresses.account, delivery_addresses.label" => {
            "Intitulé d'adresse invalide"
        }
        "FOREIGN KEY constraint failed" => "Code inconnu",
        _ => message.strip_prefix("CHECK constraint failed: ").unwrap_or(message),
    };
    said.to_owned()
}

type Done = Result<Written<Sage100>, Failure>;

fn not_understood() -> Failure {
    Failure::because("the ERP has no such operation")
}

fn write(writing: &Transaction<'_>, request: &Request<Sage100>, now: Instant) -> Done {
    match (&request.action, request.id.as_deref()) {
        (Action::Create(record), _) => create(writing, request, record, now),
        (_, None) => Err(Failure::because("the record has no key")),
        (action, Some(key)) => {
            let key = Key::of(request.kind, key)?;
            let account = only(read::accounts(writing, Some(key.account))?)?;
            if request.expect.is_some_and(|expect| expect != account.modified) {
                return Err(Failure::Stale);
            }
            match action {
                Action::Update(patch) => change(writing, &key, (account, patch), now),
                Action::Delete => delete(writing, &key, now),
                Action::Create(_) | Action::Stamp(_) | Action::Unassign(_) | _ => {
                    Err(not_understood())
                }
            }
        }
    }
}

/// The key of a record: an account's code, and behind `#` what of it is meant.
struct Key<'k> {
    account: &'k str,
    part: Part<'k>,
}

enum Part<'k> {
    Whole,
    Billing,
    Delivery(&'k str),
    Contact(i64),
}

impl<'k> Key<'k> {
    fn of(kind: Kind, key: &'k str) -> Result<Self, Failure> {
        let (account, part) = key.split_once('#').unwrap_or((key, ""));
        let part = match kind {
            Kind::Account => Part::Whole,
            Kind::Address if part.is_empty() => Part::Billing,
            Kind::Address => Part::Delivery(part),
            Kind::Contact => {
                let number = part.strip_prefix('K').and_then(|number| number.parse().ok());
                Part::Contact(number.ok_or(Failure::Stale)?)
            }
            Kind::Company | Kind::FreeField | Kind::List | Kind::Representative | _ => {
                return Err(not_understood());
            }
        };
        Ok(Self { account, part })
    }
}

/// One of the records that were found under a key; there is none if it is gone.
fn only<T>(found: Vec<T>) -> Result<T, Failure> {
    found.into_iter().next().ok_or(Failure::Stale)
}

fn touch(writing: &Connection, account: &str, now: Instant) -> rusqlite::Result<()> {
    let sql = "UPDATE accounts SET modified = ?1 WHERE code = ?2";
    writing.execute(sql, params![instant(now), account]).map(drop)
}

/// What is answered of a record that stands in an account.
fn written(id: String, stored: Record, modified: Instant) -> Written<Sage100> {
    Written { id, stored: Some(stored), modified: Some(modified) }
}

/// A row of an account's addresses or contacts.
fn row<T>(
    connection: &Connection,
    (table, column): (&str, &str),
    value: impl rusqlite::ToSql,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Failure> {
    let sql = format!("SELECT * FROM {table} WHERE {column} = ?1");
    Ok(connection.query_row(&sql, [value], read).optional()?)
}

// ---- new records ----

/// Makes a record, or finds the one that was made under the same key before.
fn create(
    writing: &Transaction<'_>,
    request: &Request<Sage100>,
    record: &Record,
    now: Instant,
) -> Done {
    let key = request.idempotency_key.as_deref();
    match record {
        Record::ErpAccount(one) => create_account(writing, one, key, now),
        Record::ErpAddress { account, billing: true, address } => {
            let mut one = only(read::accounts(writing, Some(account))?)?;
            one.billing.clone_from(address);
            one.modified = now;
            save::account(writing, &one, update)?;
            billing(writing, account)
        }
        Record::ErpAddress { account, address, .. } => {
            let cells = save::delivery(account, address);
            let number = part(writing, ("delivery_addresses", account), (cells, key), now)?;
            delivery(writing, number)
        }
        Record::ErpContact { account, contact: one } => {
            let cells = save::contact(account, one);
            let number = part(writing, ("contacts", account), (cells, key), now)?;
            contact(writing, number)
        }
        Record::Account(_)
        | Record::Address { .. }
        | Record::Company(_)
        | Record::Contact { .. }
        | Record::FreeField(_)
        | Record::List { .. }
        | Record::Representative(_)
        | _ => Err(not_understood()),
    }
}

fn create_account(
    writing: &Transaction<'_>,
    record: &ErpAccount,
    key: Option<&str>,
    now: Instant,
) -> Done {
    let made: Option<String> = row(writing, ("accounts", "made_by"), key, |row| row.get("code"))?;
    if let Some(code) = made {
        return account(writing, &code);
    }
    let mut one = record.clone();
    one.modified = now;
    if one.code.is_empty() {
        let prefix = if one.kind == ErpAccountKind::Supplier { "FOU" } else { "CLI" };
        if !read::codification(writing)? {
            return Err(Failure::because(NO_CODE));
        }
        let number = next_number(writing, ("accounts", "code"), prefix)?;
        one.code = format!("{prefix}{number:05}");
    }
    save::account(writing, &one, insert)?;
    writing.execute("UPDATE accounts SET made_by = ?1 WHERE code = ?2", params![key, one.code])?;
    account(writing, &one.code)
}

/// Adds a row to an account, or finds the one that was made under the same key before.
fn part(
    writing: &Transaction<'_>,
    (table, account): (&str, &str),
    (mut cells, key): (Cells, Option<&str>),
    now: Instant,
) -> Result<i64, Failure> {
    let made: Option<i64> = row(writing, (table, "made_by"), key, |row| row.get("number"))?;
    if let Some(number) = made {
        return Ok(number);
    }
    only(read::accounts(writing, Some(account))?)?;
    cells.push(cell("made_by", key.map(str::to_owned)));
    insert(writing, table, cells)?;
    let number = writing.last_insert_rowid();
    touch(writing, account, now)?;
    Ok(number)
}

// ---- records as the tables hold them ----

fn account(connection: &Connection, code: &str) -> Done {
    let one = only(read::accounts(connection, Some(code))?)?;
    let modified = one.modified;
    Ok(written(one.code.clone(), Record::ErpAccount(one), modified))
}

fn billing(connection: &Connection, code: &str) -> Done {
    let one = only(read::accounts(connection, Some(code))?)?;
    let account = one.code.clone();
    let stored = Record::ErpAddress { account, billing: true, address: one.billing };
    Ok(written(format!("{code}#"), stored, one.modified))
}

/// The account in which a row stands, and its stamp.
fn owner(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<(String, Instant)> {
    let account: String = row.get("account")?;
    let sql = "SELECT modified FROM accounts WHERE code = ?1";
    let modified = connection.query_row(sql, [&account], groundwork::cells::modified)?;
    Ok((account, modified))
}

fn delivery(connection: &Connection, number: i64) -> Done {
    let found = row(connection, ("delivery_addresses", "number"), number, |row| {
        Ok((owner(connection, row)?, read::delivery(row)?))
    })?;
    let ((account, modified), address) = found.ok_or(Failure::Stale)?;
    let id = format!("{account}#{}", address.label.or_empty());
    Ok(written(id, Record::ErpAddress { account, billing: false, address }, modified))
}

fn contact(connection: &Connection, number: i64) -> Done {
    let found = row(connection, ("contacts", "number"), number, |row| {
        Ok((owner(connection, row)?, read::contact(row)?))
    })?;
    let ((account, modified), contact) = found.ok_or(Failure::Stale)?;
    let id = format!("{account}#{}", contact.id);
    Ok(written(id, Record::ErpContact { account, contact }, modified))
}

// ---- records that are there ----

/// The number of a delivery address in its account.
fn numbered(connection: &Connection, account: &str, label: &str) -> Result<i64, Failure> {
    let sql = "SELECT number FROM delivery_addresses WHERE account = ?1 AND label = ?2";
    let number = connection.query_row(sql, [account, label], |row| row.get(0)).optional()?;
    number.ok_or(Failure::Stale)
}

fn change(
    writing: &Transaction<'_>,
    key: &Key<'_>,
    (mut one, patch): (ErpAccount, &RecordPatch),
    now: Instant,
) -> Done {
    let code = key.account;
    match (&key.part, patch.clone()) {
        (Part::Whole, RecordPatch::ErpAccount(patch)) => {
            patch.apply(&mut one);
            one.modified = now;
            save::account(writing, &one, update)?;
            account(writing, code)
        }
        (Part::Billing, RecordPatch::ErpAddress(patch)) => {
            patch.apply(&mut one.billing);
            one.modified = now;
            save::account(writing, &one, update)?;
            billing(writing, code)
        }
        (Part::Delivery(label), RecordPatch::ErpAddress(patch)) => {
            let number = numbered(writing, code, label)?;
            let found = row(writing, ("delivery_addresses", "number"), number, read::delivery)?;
            let mut address = found.ok_or(Failure::Stale)?;
            patch.apply(&mut address);
            let mut cells = vec![cell("number", number)];
            cells.extend(save::delivery(code, &address));
            update(writing, "delivery_addresses", cells)?;
            touch(writing, code, now)?;
            delivery(writing, number)
        }
        (Part::Contact(number), RecordPatch::ErpContact(patch)) => {
            let found = row(writing, ("contacts", "number"), number, read::contact)?;
            let mut own = found.ok_or(Failure::Stale)?;
            patch.apply(&mut own);
            let mut cells = vec![cell("number", *number)];
            cells.extend(save::contact(code, &own));
            update(writing, "contacts", cells)?;
            touch(writing, code, now)?;
            contact(writing, *number)
        }
        _ => Err(not_understood()),
    }
}

fn delete(writing: &Transaction<'_>, key: &Key<'_>, now: Instant) -> Done {
    let (table, number) = match key.part {
        Part::Delivery(label) => ("delivery_addresses", numbered(writing, key.account, label)?),
        Part::Contact(number) => ("contacts", number),
        Part::Whole | Part::Billing => return Err(not_understood()),
    };
    let sql = format!("DELETE FROM {table} WHERE number = ?1 AND account = ?2");
    if writing.execute(&sql, params![number, key.account])? == 0 {
        return Err(Failure::Stale);
    }
    touch(writing, key.account, now)?;
    let id = match key.part {
        Part::Contact(number) => format!("{}#K{number}", key.account),
        Part::Delivery(label) => format!("{}#{label}", key.account),
        Part::Whole | Part::Billing => key.account.to_owned(),
    };
    Ok(Written { id, stored: None, modified: None })
}
