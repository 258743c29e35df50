//! Listing what changed (D9).

use counterpart::model::Instant;
use counterpart::profiles::sage100::Crm;
use rusqlite::{Connection, Result};

use super::read;
use crate::changes::{Changes, ids};

/// The companies that changed or are needed, or whose account is or did: both ends of a join are listed together.
const COMPANIES: &str = "WITH needed AS (SELECT value FROM json_each(?2))
    SELECT id FROM companies WHERE modified >= ?1 OR id IN needed
    UNION SELECT company FROM accounts WHERE company IS NOT NULL AND (modified >= ?1 OR id IN needed)
    UNION SELECT company FROM addresses WHERE company IS NOT NULL AND id IN needed
    UNION SELECT company FROM contacts WHERE company IS NOT NULL AND id IN needed";

/// The accounts that changed or are needed; those of listed companies stand in their place.
const ACCOUNTS: &str = "WITH needed AS (SELECT value FROM json_each(?2))
    SELECT id FROM accounts WHERE modified >= ?1 OR id IN needed OR company IN needed
    UNION SELECT account FROM addresses WHERE account IS NOT NULL AND id IN needed
    UNION SELECT account FROM contacts WHERE account IS NOT NULL AND id IN needed";

const REMOVED: &str = "WITH needed AS (SELECT value FROM json_each(?2)),
    here AS (SELECT id FROM companies UNION ALL SELECT id FROM accounts)
    SELECT id FROM removed WHERE at >= ?1 AND id NOT IN here
    UNION SELECT value FROM needed WHERE value NOT IN here
        AND value NOT IN (SELECT id FROM addresses) AND value NOT IN (SELECT id FROM contacts)";

pub(super) fn list(reading: &Connection, since: Instant, needed: &[&str]) -> Result<Changes<Crm>> {
    let mut listed = read::directory(reading)?;
    let companies = ids(reading, COMPANIES, since, needed)?;
    for id in &companies {
        listed.companies.extend(read::companies(reading, Some(id))?);
    }
    let needed_too: Vec<&str> =
        needed.iter().copied().chain(companies.iter().map(String::as_str)).collect();
    for id in ids(reading, ACCOUNTS, since, &needed_too)? {
        listed.accounts.extend(read::accounts(reading, Some(&id))?);
    }
    Ok(Changes { listed, removed: ids(reading, REMOVED, since, needed)? })
}
