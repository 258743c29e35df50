//! Listing what changed (D9).

use counterpart::model::Instant;
use counterpart::profiles::sage100::Erp;
use rusqlite::{Connection, Result};

use super::read;
use crate::changes::{Changes, ids};

/// An account is needed with all that stands with it: its code is what its addresses and contacts begin with.
pub(super) fn list(reading: &Connection, since: Instant, needed: &[&str]) -> Result<Changes<Erp>> {
    let codes: Vec<&str> = needed.iter().filter_map(|key| key.split('#').next()).collect();
    let mut listed = read::directory(reading)?;
    let sql = "WITH needed AS (SELECT value FROM json_each(?2))
        SELECT code FROM accounts WHERE modified >= ?1 OR code IN needed";
    for code in ids(reading, sql, since, &codes)? {
        listed.accounts.extend(read::accounts(reading, Some(&code))?);
    }
    let sql = "SELECT id FROM removed WHERE at >= ?1 AND id NOT IN (SELECT code FROM accounts)
        UNION SELECT value FROM json_each(?2) WHERE value NOT IN (SELECT code FROM accounts)";
    Ok(Changes { listed, removed: ids(reading, sql, since, &codes)? })
}
