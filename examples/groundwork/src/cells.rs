//! Rows: what a cell holds, and writing a whole record at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use counterpart::model::{Instant, Text};
use rusqlite::types::{Type, Value};
use rusqlite::{Connection, Params, Result, Row, params_from_iter};

/// The cells of a row: column and value, the key first.
pub type Cells = Vec<(String, Value)>;

/// An instant as the tables hold it.
pub fn instant(time: Instant) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A cell.
pub fn cell(column: &str, value: impl Into<Value>) -> (String, Value) {
    (column.to_owned(), value.into())
}

/// A cell with a value of a form of its own, such as a date.
pub fn form(column: &str, value: Option<impl fmt::Display>) -> (String, Value) {
    cell(column, value.map(|value| value.to_string()))
}

/// A cell with a text; none is `''`.
pub fn text_cell(column: &str, text: &Text) -> (String, Value) {
    cell(column, text.or_empty().to_owned())
}

/// Inserts a row.
///
/// # Errors
/// The table does not allow it.
pub fn insert(connection: &Connection, table: &str, cells: Cells) -> Result<()> {
    write(connection, table, cells, |_| String::new())
}

/// Gives the row of the same key new values.
///
/// # Errors
/// The table does not allow it.
pub fn update(connection: &Connection, table: &str, cells: Cells) -> Result<()> {
    let (columns, values): (Vec<String>, Vec<Value>) = cells.into_iter().unzip();
    let sets = columns.iter().zip(1..).skip(1);
    let sets: Vec<String> = sets.map(|(column, at)| format!("\"{column}\" = ?{at}")).collect();
    let key = columns.first().map_or("rowid", String::as_str);
    let sql = format!("UPDATE {table} SET {} WHERE \"{key}\" = ?1", sets.join(", "));
    connection.prepare_cached(&sql)?.execute(params_from_iter(values)).map(drop)
}

/// The next number behind a prefix: after the highest that is there or was ever given. What was given last stands in
/// the table `counters`.
///
/// # Errors
/// There is no such counter.
pub fn next_number(
    connection: &Connection,
    (table, key): (&str, &str),
    prefix: &str,
) -> Result<i64> {
    let sql = format!(
        "INSERT INTO counters (prefix, last)
         SELECT ?1, 1 + coalesce(max(cast(substr({key}, 1 + length(?1)) AS INTEGER)), 0)
         FROM {table} WHERE {key} GLOB ?1 || '[0-9]*'
         ON CONFLICT (prefix) DO UPDATE SET last = max(excluded.last, counters.last + 1)
         RETURNING last"
    );
    connection.prepare_cached(&sql)?.query_row([prefix], |row| row.get(0))
}

/// Inserts a row, or gives the row of the same key new values.
///
/// # Errors
/// The table does not allow it.
pub fn upsert(connection: &Connection, table: &str, cells: Cells) -> Result<()> {
    write(connection, table, cells, |columns| {
        let updates: Vec<String> =
            columns.iter().skip(1).map(|column| format!("{column} = excluded.{column}")).collect();
        let key = columns.first().map_or("rowid", String::as_str);
        format!(" ON CONFLICT ({key}) DO UPDATE SET {}", updates.join(", "))
    })
}

fn write(
    connection: &Connection,
    table: &str,
    cells: Cells,
    conflict: impl FnOnce(&[String]) -> String,
) -> Result<()> {
    let (columns, values): (Vec<String>, Vec<Value>) = cells.into_iter().unzip();
    let marks: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({}){}",
        quoted.join(", "),
        marks.join(", "),
        conflict(&quoted),
    );
    connection.prepare_cached(&sql)?.execute(params_from_iter(values)).map(drop)
}

/// Every row that a query finds.
///
/// # Errors
/// A row holds something that no record can hold.
pub fn rows<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params, read)?;
    found.collect()
}

/// The rows of a table, sorted by their number of insertion: all, or those with a value in a column.
///
/// # Errors
/// A row holds something that no record can hold.
pub fn found<T>(
    connection: &Connection,
    table: &str,
    (column, value): (&str, Option<&str>),
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let all = format!("SELECT * FROM {table}");
    match value {
        Some(value) => {
            let sql = format!("{all} WHERE {column} = ?1 ORDER BY rowid");
            rows(connection, &sql, [value], read)
        }
        None => rows(connection, &format!("{all} ORDER BY rowid"), [], read),
    }
}

/// The same, by what a column names; rows in which it names nothing are left out.
///
/// # Errors
/// A row holds something that no record can hold.
pub fn by_owner<T>(
    connection: &Connection,
    table: &str,
    (column, owner): (&str, Option<&str>),
    mut read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<BTreeMap<String, Vec<T>>> {
    let both = |row: &Row<'_>| {
        let owner: Option<String> = row.get(column)?;
        owner.map(|owner| Ok((owner, read(row)?))).transpose()
    };
    let mut groups: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for (owner, one) in found(connection, table, (column, owner), both)?.into_iter().flatten() {
        groups.entry(owner).or_default().push(one);
    }
    Ok(groups)
}

/// Texts of a record, each with the name of its column.
pub type Texts<'t> = Vec<(&'static str, &'t mut Text)>;

/// Reads texts from the columns of their names, each behind a prefix.
///
/// # Errors
/// A cell holds none.
pub fn read_texts(row: &Row<'_>, prefix: &str, texts: Texts<'_>) -> Result<()> {
    for (column, own) in texts {
        *own = text(row, &format!("{prefix}{column}"))?;
    }
    Ok(())
}

/// The cells of texts.
pub fn text_cells(prefix: &str, texts: Texts<'_>) -> Cells {
    texts.into_iter().map(|(column, own)| text_cell(&format!("{prefix}{column}"), own)).collect()
}

/// A value of a form of its own, such as a date; an empty cell is none.
///
/// # Errors
/// The cell holds no such value.
pub fn parsed<T: FromStr>(row: &Row<'_>, column: &str) -> Result<Option<T>> {
    let Some(cell) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    cell.parse().map(Some).map_err(|_| bad(row, column))
}

/// The error of a cell that holds no value of its kind.
pub fn bad(row: &Row<'_>, column: &str) -> rusqlite::Error {
    let place = row.as_ref().column_index(column).unwrap_or_default();
    let cell = Box::new(BadCell(column.to_owned()));
    rusqlite::Error::FromSqlConversionFailure(place, Type::Text, cell)
}

/// A cell that holds no value of its kind. The value is not shown.
#[derive(Debug)]
struct BadCell(String);

impl fmt::Display for BadCell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a cell of column {} holds no such value", self.0)
    }
}

impl std::error::Error for BadCell {}

/// A text.
///
/// # Errors
/// The cell holds none.
pub fn text(row: &Row<'_>, column: &str) -> Result<Text> {
    row.get::<_, String>(column).map(Text::from)
}

/// The column `modified`.
///
/// # Errors
/// The cell holds no instant.
pub fn modified(row: &Row<'_>) -> Result<Instant> {
    parsed(row, "modified")?.ok_or_else(|| bad(row, "modified"))
}
