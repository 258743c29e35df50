//! Writing rows: a whole record at a time, as a new row or over the row of the same key.

use counterpart::profiles::sage100::{
    Account, AccountKind, Address, AddressKind, Company, Contact, FreeField, Replicated, Status,
};
use groundwork::cells::{Cells, cell, instant, text_cells};
use rusqlite::{Connection, Result};

use crate::rows::{self, save_values, turnover_cells, type_name};

/// Inserts a row, or gives one new values.
type Put = fn(&Connection, &str, Cells) -> Result<()>;

const fn status(one: Status) -> &'static str {
    match one {
        Status::Inactive => "inactive",
        Status::Active | _ => "active",
    }
}

fn replicated(one: &Replicated) -> Cells {
    let mut cells = text_cells("", rows::replicated(&mut one.clone()));
    cells.extend(turnover_cells(&one.turnover));
    cells
}

/// Writes a company, without what stands with it and without its join.
pub(super) fn company(connection: &Connection, one: &Company, put: Put) -> Result<()> {
    let mut cells = vec![
        cell("id", one.id.clone()),
        cell("modified", instant(one.modified)),
        cell("integration", one.integration.clone()),
        cell("status", status(one.status).to_owned()),
        cell("manager", one.manager.clone()),
        cell("generic_account", one.generic_account.clone()),
    ];
    cells.extend(text_cells("", rows::company(&mut one.clone())));
    cells.extend(replicated(&one.replicated));
    put(connection, "companies", cells)?;
    save_values(connection, ("company_values", "owner", &one.id), &one.replicated.free)
}

/// Writes an account, with its join and without what stands with it.
pub(super) fn account(connection: &Connection, one: &Account, put: Put) -> Result<()> {
    let kind = match one.kind {
        AccountKind::Supplier => "supplier",
        AccountKind::Customer | _ => "customer",
    };
    let mut cells = vec![
        cell("id", one.id.clone()),
        cell("modified", instant(one.modified)),
        cell("integration", one.integration.clone()),
        cell("origin", one.origin.clone()),
        cell("kind", kind.to_owned()),
        cell("status", status(one.status).to_owned()),
        cell("principal", one.principal.0),
        cell("company", one.company.clone()),
        cell("detached", one.detached),
        cell("pending", one.pending),
        cell("representative", one.representative.clone()),
    ];
    cells.extend(text_cells("", rows::account(&mut one.clone())));
    cells.extend(replicated(&one.replicated));
    put(connection, "accounts", cells)?;
    save_values(connection, ("account_values", "owner", &one.id), &one.replicated.free)
}

/// Writes an address that stands with a company or an account.
pub(super) fn address(
    connection: &Connection,
    one: &Address,
    put: Put,
    (holder, owner): (&str, &str),
) -> Result<()> {
    let kind = one.kind.map(|kind| match kind {
        AddressKind::Billing => "billing".to_owned(),
        AddressKind::Delivery | _ => "delivery".to_owned(),
    });
    let mut cells =
        vec![cell("id", one.id.clone()), cell(holder, owner.to_owned()), cell("kind", kind)];
    cells.extend(text_cells("", rows::address(&mut one.clone())));
    put(connection, "addresses", cells)
}

/// Writes a contact that stands with a company or an account.
pub(super) fn contact(
    connection: &Connection,
    one: &Contact,
    put: Put,
    (holder, owner): (&str, &str),
) -> Result<()> {
    let mut cells = vec![
        cell("id", one.id.clone()),
        cell(holder, owner.to_owned()),
        cell("origin", one.origin.clone()),
        cell("main", one.main),
        cell("default_address", one.default_address.clone()),
    ];
    cells.extend(text_cells("", rows::contact(&mut one.clone())));
    put(connection, "contacts", cells)
}

/// Writes the definition of a free field.
pub(super) fn free_field(connection: &Connection, one: &FreeField, put: Put) -> Result<()> {
    let cells = vec![
        cell("name", one.name.clone()),
        cell("type", type_name(one.holds).to_owned()),
        cell("replicated", one.replicated),
    ];
    put(connection, "free_fields", cells)
}
