//! Listings of what changed since the last run (D9).

use counterpart::model::Instant;
use groundwork::cells::{instant, rows};
use rusqlite::{Connection, Result, params};

/// What a side lists that lists changes only (D9).
#[derive(Clone, Debug)]
pub struct Changes<T> {
    /// Its directory, and the records that changed or are needed.
    pub listed: T,
    /// The ids of what was removed, or is needed and not there.
    pub removed: Vec<String>,
}

/// The ids that a query finds, sorted; it is told an instant and other ids, as JSON.
pub(crate) fn ids(
    reading: &Connection,
    sql: &str,
    since: Instant,
    others: &[&str],
) -> Result<Vec<String>> {
    let others = serde_json::json!(others).to_string();
    let mut ids = rows(reading, sql, params![instant(since), others], |row| row.get(0))?;
    ids.sort();
    Ok(ids)
}
