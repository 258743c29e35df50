//! Writing rows: a whole record at a time.

use counterpart::profiles::sage100::{ErpAccount, ErpAccountKind, ErpAddress, ErpContact};
use groundwork::cells::{Cells, cell, instant, text_cells};
use rusqlite::{Connection, Result};

use crate::rows::{self, save_values, turnover_cells};

/// Writes an account and its billing address, as a new row or over the row of its code.
pub(super) fn account(
    connection: &Connection,
    one: &ErpAccount,
    put: fn(&Connection, &str, Cells) -> Result<()>,
) -> Result<()> {
    let kind = match one.kind {
        ErpAccountKind::Customer => "customer",
        ErpAccountKind::Supplier => "supplier",
        ErpAccountKind::Other | _ => "other",
    };
    let mut cells = vec![
        cell("code", one.code.clone()),
        cell("modified", instant(one.modified)),
        cell("origin", one.origin.clone()),
        cell("kind", kind.to_owned()),
        cell("dormant", one.dormant),
        cell("representative", one.representative.clone()),
    ];
    cells.extend(text_cells("", rows::erp_account(&mut one.clone())));
    cells.extend(text_cells("billing_", rows::erp_address(&mut one.billing.clone())));
    cells.extend(turnover_cells(&one.turnover));
    put(connection, "accounts", cells)?;
    save_values(connection, ("free_values", "account", &one.code), &one.free)
}

/// The cells of a delivery address of an account.
pub(super) fn delivery(account: &str, one: &ErpAddress) -> Cells {
    let mut cells = vec![cell("account", account.to_owned())];
    cells.extend(text_cells("", rows::erp_address(&mut one.clone())));
    cells
}

/// The cells of a contact of an account.
pub(super) fn contact(account: &str, one: &ErpContact) -> Cells {
    let mut cells = vec![cell("account", account.to_owned()), cell("origin", one.origin.clone())];
    cells.extend(text_cells("", rows::erp_contact(&mut one.clone())));
    cells
}
