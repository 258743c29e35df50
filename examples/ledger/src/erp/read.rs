//! Reading rows.

use counterpart::profiles::sage100::{
    Erp, ErpAccount, ErpAccountKind, ErpAddress, ErpContact, ErpFreeField,
};
use groundwork::cells::{bad, by_owner, found, modified, read_texts};
use rusqlite::{Connection, Result, Row};

use crate::rows;

/// Lists a base as it is.
pub(super) fn list(reading: &Connection) -> Result<Erp> {
    let mut erp = directory(reading)?;
    erp.accounts = accounts(reading, None)?;
    Ok(erp)
}

/// What a base holds beside accounts: it is small, and listed in every run.
pub(super) fn directory(reading: &Connection) -> Result<Erp> {
    let mut erp = Erp::default();
    erp.representatives = rows::representatives(reading, None)?;
    erp.lists = rows::lists(reading)?;
    erp.free_fields = found(reading, "free_fields", ("name", None), |row| {
        Ok(ErpFreeField { name: row.get("name")?, holds: rows::holds(row)? })
    })?;
    erp.codification = codification(reading)?;
    Ok(erp)
}

/// Whether accounts without a code are numbered (B5.6).
pub(super) fn codification(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT codification FROM base", [], |row| row.get(0))
}

/// All accounts, or one, with their addresses, contacts and free values.
pub(super) fn accounts(connection: &Connection, code: Option<&str>) -> Result<Vec<ErpAccount>> {
    let mut all = found(connection, "accounts", ("code", code), account)?;
    let owner = ("account", code);
    let mut delivery = by_owner(connection, "delivery_addresses", owner, delivery)?;
    let mut contacts = by_owner(connection, "contacts", owner, contact)?;
    let mut values = by_owner(connection, "free_values", owner, rows::value)?;
    for one in &mut all {
        one.delivery = delivery.remove(&one.code).unwrap_or_default();
        one.contacts = contacts.remove(&one.code).unwrap_or_default();
        one.free = values.remove(&one.code).unwrap_or_default().into_iter().collect();
    }
    Ok(all)
}

fn account(row: &Row<'_>) -> Result<ErpAccount> {
    let mut one = ErpAccount::default();
    one.code = row.get("code")?;
    one.modified = modified(row)?;
    one.origin = row.get("origin")?;
    one.kind = match row.get::<_, String>("kind")?.as_str() {
        "customer" => ErpAccountKind::Customer,
        "other" => ErpAccountKind::Other,
        "supplier" => ErpAccountKind::Supplier,
        _ => return Err(bad(row, "kind")),
    };
    read_texts(row, "", rows::erp_account(&mut one))?;
    read_texts(row, "billing_", rows::erp_address(&mut one.billing))?;
    one.dormant = row.get("dormant")?;
    one.representative = row.get("representative")?;
    one.turnover = rows::turnover(row)?;
    Ok(one)
}

pub(super) fn delivery(row: &Row<'_>) -> Result<ErpAddress> {
    let mut one = ErpAddress::default();
    read_texts(row, "", rows::erp_address(&mut one))?;
    Ok(one)
}

pub(super) fn contact(row: &Row<'_>) -> Result<ErpContact> {
    let mut one = ErpContact::default();
    let number: i64 = row.get("number")?;
    one.id = format!("K{number}");
    one.origin = row.get("origin")?;
    read_texts(row, "", rows::erp_contact(&mut one))?;
    Ok(one)
}
