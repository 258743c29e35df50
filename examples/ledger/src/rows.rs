//! What the tables of both systems have in common: which columns hold texts, lists, representatives, turnover.

use std::collections::BTreeMap;

use counterpart::profiles::sage100::{
    Account, Address, Company, Contact, ErpAccount, ErpAddress, ErpContact, FreeFieldType, Lists,
    Replicated, Representative, Turnover,
};
use groundwork::cells::{Cells, Texts, bad, cell, found, insert, text, text_cell};
use rusqlite::{Connection, Result, Row, params};

/// Texts of a record by the names of its fields.
macro_rules! texts {
    ($one:ident: $($field:ident),* $(,)?) => {
        vec![$((stringify!($field), &mut $one.$field)),*]
    };
}

pub(crate) fn company(one: &mut Company) -> Texts<'_> {
    texts!(one: name, short_name, main_contact, website, naf, siret, account_code, currency,
        accounting_category, price_category, language, company_type, territory, phone, fax, email)
}

pub(crate) fn account(one: &mut Account) -> Texts<'_> {
    texts!(one: code, title, short_name, main_contact, website, naf, siret, currency,
        accounting_category, price_category, language, territory, phone, fax, email)
}

pub(crate) fn address(one: &mut Address) -> Texts<'_> {
    texts!(one: label, street, complement, postal_code, city, region)
}

pub(crate) fn contact(one: &mut Contact) -> Texts<'_> {
    texts!(one: last_name, first_name, qualification, function, service, phone, fax, mobile, email)
}

pub(crate) fn replicated(one: &mut Replicated) -> Texts<'_> {
    texts!(one: collective_account, payer, payment_terms, risk_label, risk_action)
}

pub(crate) fn erp_account(one: &mut ErpAccount) -> Texts<'_> {
    texts!(one: title, short_name, contact_name, website, naf, siret, currency,
        accounting_category, price_category, language, phone, fax, email, collective_account,
        payer, payment_terms, risk_label, risk_action)
}

pub(crate) fn erp_address(one: &mut ErpAddress) -> Texts<'_> {
    texts!(one: label, street, complement, postal_code, city, region)
}

pub(crate) fn erp_contact(one: &mut ErpContact) -> Texts<'_> {
    texts!(one: last_name, first_name, function, service, phone, fax, mobile, email)
}

/// The cells of a turnover.
pub(crate) fn turnover_cells(one: &Turnover) -> Cells {
    vec![cell("turnover_n", one.n.clone()), cell("turnover_n_1", one.n_1.clone())]
}

pub(crate) fn turnover(row: &Row<'_>) -> Result<Turnover> {
    Ok(Turnover { n: row.get("turnover_n")?, n_1: row.get("turnover_n_1")? })
}

/// A name and a value of a free field.
pub(crate) fn value(row: &Row<'_>) -> Result<(String, String)> {
    Ok((row.get("field")?, row.get("value")?))
}

/// Replaces the values of the free fields of a record.
pub(crate) fn save_values(
    connection: &Connection,
    (table, column, owner): (&str, &str, &str),
    values: &BTreeMap<String, String>,
) -> Result<()> {
    let sql = format!("DELETE FROM {table} WHERE {column} = ?1");
    connection.prepare_cached(&sql)?.execute([owner])?;
    for (field, value) in values {
        let cells = vec![
            cell(column, owner.to_owned()),
            cell("field", field.clone()),
            cell("value", value.clone()),
        ];
        insert(connection, table, cells)?;
    }
    Ok(())
}

/// The lists of the company parameters.
pub(crate) fn lists(connection: &Connection) -> Result<Lists> {
    let mut lists = Lists::default();
    let mut statement =
        connection.prepare_cached("SELECT name, value FROM lists ORDER BY name, place")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let list = lists.list_mut(&name).ok_or_else(|| bad(row, "name"))?;
        list.push(row.get("value")?);
    }
    Ok(lists)
}

/// Replaces a list.
pub(crate) fn save_list(connection: &Connection, name: &str, values: &[String]) -> Result<()> {
    connection.execute("DELETE FROM lists WHERE name = ?1", [name])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO lists (name, place, value) VALUES (?1, ?2, ?3)")?;
    for (place, value) in (0_i64..).zip(values) {
        insert.execute(params![name, place, value])?;
    }
    Ok(())
}

/// All representatives, or one.
pub(crate) fn representatives(
    connection: &Connection,
    code: Option<&str>,
) -> Result<Vec<Representative>> {
    found(connection, "representatives", ("code", code), |row| {
        Ok(Representative { code: row.get("code")?, name: text(row, "name")? })
    })
}

pub(crate) fn representative_cells(one: &Representative) -> Cells {
    vec![cell("code", one.code.clone()), text_cell("name", &one.name)]
}

const TYPES: [(&str, FreeFieldType); 4] = [
    ("amount", FreeFieldType::Amount),
    ("date", FreeFieldType::Date),
    ("number", FreeFieldType::Number),
    ("text", FreeFieldType::Text),
];

/// What a free field holds.
pub(crate) fn holds(row: &Row<'_>) -> Result<FreeFieldType> {
    let name: String = row.get("type")?;
    let known = TYPES.iter().find(|(own, _)| *own == name);
    known.map(|(_, holds)| *holds).ok_or_else(|| bad(row, "type"))
}

/// The same as a word.
pub(crate) fn type_name(holds: FreeFieldType) -> &'static str {
    TYPES.iter().find(|(_, own)| *own == holds).map_or("text", |(name, _)| name)
}
