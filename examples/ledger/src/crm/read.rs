//! Reading rows.

use std::collections::BTreeMap;

use counterpart::profiles::sage100::{
    Account, AccountKind, Address, AddressKind, Company, Contact, Crm, FreeField, Principal,
    Replicated, Status, User,
};
use counterpart::session::Said;
use counterpart::snapshot::RefusalKey;
use groundwork::cells::{bad, by_owner, found, modified, read_texts, rows};
use rusqlite::{Connection, Result, Row};
use serde_json::Value;

use crate::rows;

/// Lists a CRM as it is.
pub(super) fn list(reading: &Connection) -> Result<Crm> {
    let mut crm = directory(reading)?;
    crm.companies = companies(reading, None)?;
    crm.accounts = accounts(reading, None)?;
    Ok(crm)
}

/// What a CRM holds beside companies and accounts: it is small, and listed in every run.
pub(super) fn directory(reading: &Connection) -> Result<Crm> {
    let mut crm = Crm::default();
    crm.users = found(reading, "users", ("code", None), |row| {
        Ok(User { code: row.get("code")?, representative: row.get("representative")? })
    })?;
    crm.representatives = rows::representatives(reading, None)?;
    crm.lists = rows::lists(reading)?;
    crm.free_fields = free_fields(reading, None)?;
    Ok(crm)
}

/// The parameters that have not their default.
pub(super) fn parameters(reading: &Connection) -> Result<BTreeMap<String, Value>> {
    let all = rows(reading, "SELECT name, value FROM parameters", [], |row| {
        let text: String = row.get("value")?;
        let value = serde_json::from_str(&text).map_err(|_| bad(row, "value"))?;
        Ok((row.get("name")?, value))
    })?;
    Ok(all.into_iter().collect())
}

/// What a side said of each write that it refused.
pub(super) fn refusals(reading: &Connection) -> Result<BTreeMap<RefusalKey, Said>> {
    let all = rows(reading, "SELECT record, message FROM refusals", [], |row| {
        let record: String = row.get("record")?;
        let record = serde_json::from_str(&record).map_err(|_| bad(row, "record"))?;
        Ok((record, Said(row.get("message")?)))
    })?;
    Ok(all.into_iter().collect())
}

/// All companies, or one, with the account each is joined to, their addresses, contacts and free values.
pub(super) fn companies(connection: &Connection, id: Option<&str>) -> Result<Vec<Company>> {
    let mut all = found(connection, "companies", ("id", id), company)?;
    let mut parts = Parts::read(connection, ("company", "company_values"), id)?;
    let joined = by_owner(connection, "accounts", ("company", id), |row| {
        Ok((row.get::<_, String>("id")?, row.get::<_, bool>("principal")?))
    })?;
    for one in &mut all {
        let accounts = joined.get(&one.id).into_iter().flatten();
        let mut principal = accounts.filter(|(_, principal)| *principal);
        one.account = principal.next().map(|(id, _)| id.clone());
        (one.addresses, one.contacts, one.replicated.free) = parts.of(&one.id);
    }
    Ok(all)
}

/// All accounts, or one, with what stands with them.
pub(super) fn accounts(connection: &Connection, id: Option<&str>) -> Result<Vec<Account>> {
    let mut all = found(connection, "accounts", ("id", id), account)?;
    let mut parts = Parts::read(connection, ("account", "account_values"), id)?;
    for one in &mut all {
        (one.addresses, one.contacts, one.replicated.free) = parts.of(&one.id);
    }
    Ok(all)
}

/// What stands with companies, or with accounts.
struct Parts {
    addresses: BTreeMap<String, Vec<Address>>,
    contacts: BTreeMap<String, Vec<Contact>>,
    values: BTreeMap<String, Vec<(String, String)>>,
}

impl Parts {
    fn read(
        connection: &Connection,
        (holder, values): (&str, &str),
        id: Option<&str>,
    ) -> Result<Self> {
        Ok(Self {
            addresses: by_owner(connection, "addresses", (holder, id), address)?,
            contacts: by_owner(connection, "contacts", (holder, id), contact)?,
            values: by_owner(connection, values, ("owner", id), rows::value)?,
        })
    }

    fn of(&mut self, id: &str) -> (Vec<Address>, Vec<Contact>, BTreeMap<String, String>) {
        (
            self.addresses.remove(id).unwrap_or_default(),
            self.contacts.remove(id).unwrap_or_default(),
            self.values.remove(id).unwrap_or_default().into_iter().collect(),
        )
    }
}

/// All definitions of free fields, or one.
pub(super) fn free_fields(connection: &Connection, name: Option<&str>) -> Result<Vec<FreeField>> {
    found(connection, "free_fields", ("name", name), |row| {
        Ok(FreeField {
            name: row.get("name")?,
            holds: rows::holds(row)?,
            replicated: row.get("replicated")?,
        })
    })
}

fn status(row: &Row<'_>) -> Result<Status> {
    match row.get::<_, String>("status")?.as_str() {
        "active" => Ok(Status::Active),
        "inactive" => Ok(Status::Inactive),
        _ => Err(bad(row, "status")),
    }
}

fn replicated(row: &Row<'_>) -> Result<Replicated> {
    let mut one = Replicated { turnover: rows::turnover(row)?, ..Replicated::default() };
    read_texts(row, "", rows::replicated(&mut one))?;
    Ok(one)
}

fn company(row: &Row<'_>) -> Result<Company> {
    let mut one = Company::default();
    one.id = row.get("id")?;
    one.modified = modified(row)?;
    one.integration = row.get("integration")?;
    read_texts(row, "", rows::company(&mut one))?;
    one.status = status(row)?;
    one.manager = row.get("manager")?;
    one.generic_account = row.get("generic_account")?;
    one.replicated = replicated(row)?;
    Ok(one)
}

fn account(row: &Row<'_>) -> Result<Account> {
    let mut one = Account::default();
    one.id = row.get("id")?;
    one.modified = modified(row)?;
    one.kind = match row.get::<_, String>("kind")?.as_str() {
        "customer" => AccountKind::Customer,
        "supplier" => AccountKind::Supplier,
        _ => return Err(bad(row, "kind")),
    };
    one.integration = row.get("integration")?;
    one.origin = row.get("origin")?;
    read_texts(row, "", rows::account(&mut one))?;
    one.status = status(row)?;
    one.principal = Principal(row.get("principal")?);
    one.company = row.get("company")?;
    one.detached = row.get("detached")?;
    one.pending = row.get("pending")?;
    one.representative = row.get("representative")?;
    one.replicated = replicated(row)?;
    Ok(one)
}

pub(super) fn address(row: &Row<'_>) -> Result<Address> {
    let mut one = Address::default();
    one.id = row.get("id")?;
    one.kind = match row.get::<_, Option<String>>("kind")?.as_deref() {
        None => None,
        Some("billing") => Some(AddressKind::Billing),
        Some("delivery") => Some(AddressKind::Delivery),
        Some(_) => return Err(bad(row, "kind")),
    };
    read_texts(row, "", rows::address(&mut one))?;
    Ok(one)
}

pub(super) fn contact(row: &Row<'_>) -> Result<Contact> {
    let mut one = Contact::default();
    one.id = row.get("id")?;
    one.origin = row.get("origin")?;
    read_texts(row, "", rows::contact(&mut one))?;
    one.main = row.get("main")?;
    one.default_address = row.get("default_address")?;
    Ok(one)
}
