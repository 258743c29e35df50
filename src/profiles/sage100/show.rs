//! How a record shows itself to a fingerprint, and the facts a link keeps of it (D25).

use super::crm::{Account, Company, Contact};
use super::erp::ErpAccount;
use super::kind::Kind;
use super::project;
use super::schema::{Native, Record, Viewer};
use super::value::Value;
use crate::schema::Kind as _;
use crate::snapshot::{Link, Print, Printer, Prints, StateKey};

/// Shows a record group by group: what it says in common form.
pub(crate) fn show(viewer: &Viewer, native: Native<'_>, out: &mut Printer) {
    for value in project::project(viewer, native) {
        value.print(out);
    }
}

/// Shows a record as its side stored it.
pub(crate) fn show_stored(viewer: &Viewer, record: &Record, out: &mut Printer) {
    let values = match record {
        Record::Account(one) => project::project(
            viewer,
            Native::Joined { id: &one.id, account: Some(one), company: None },
        ),
        Record::Address { address, .. } => project::address(address),
        Record::Company(one) => {
            project::project(viewer, Native::Joined { id: "", account: None, company: Some(one) })
        }
        Record::Contact { contact, .. } => project::contact(contact),
        Record::ErpAccount(one) => project::project(viewer, Native::ErpAccount(one)),
        Record::ErpAddress { address, .. } => project::erp_address(address),
        Record::ErpContact { contact, .. } => project::erp_contact(contact),
        Record::FreeField(_) | Record::List { .. } | Record::Representative(_) => Vec::new(),
    };
    for value in values {
        value.print(out);
    }
}

/// The fingerprints of a company.
pub(crate) fn prints_of_company(viewer: &Viewer, key: &StateKey, company: &Company) -> Prints {
    prints(viewer, key, Native::Joined { id: "", account: None, company: Some(company) })
}

/// The fingerprints of an account as it shows itself.
pub(crate) fn prints_of_account(viewer: &Viewer, key: &StateKey, account: &Account) -> Prints {
    prints(viewer, key, Native::Joined { id: "", account: Some(account), company: None })
}

/// The fingerprints of an account of the ERP.
pub(crate) fn prints_of_erp(viewer: &Viewer, key: &StateKey, account: &ErpAccount) -> Prints {
    prints(viewer, key, Native::ErpAccount(account))
}

fn prints(viewer: &Viewer, key: &StateKey, native: Native<'_>) -> Prints {
    let mut printer = Printer::new(key, Kind::Account.code());
    show(viewer, native, &mut printer);
    printer.finish()
}

/// How a record of a kind shows in one group that says a value.
pub(crate) fn print_in(key: &StateKey, kind: Kind, place: usize, value: &Value) -> Option<Print> {
    let mut printer = Printer::new(key, kind.code());
    for _ in 0..place {
        Value::Text(String::new()).print(&mut printer);
    }
    value.print(&mut printer);
    printer.finish().get(place).copied().flatten()
}

/// The groups in which a company says something else than when it was last agreed with the ERP; what could not be read
/// at either time is no edit.
pub(crate) fn edited(link: &Link, shown: &Prints) -> impl Iterator<Item = usize> {
    let places = shown.iter().zip(&link.base).enumerate();
    let edited = places
        .filter(|(_, (shown, base))| base.b.is_some() && shown.is_some() && base.b != **shown);
    edited.map(|(place, _)| place)
}

/// The facts a link keeps of a stored record: the company an account is joined to, whether a contact is the main one
/// and which address is its default.
pub(crate) fn facts(record: &Record) -> Vec<String> {
    match record {
        Record::Company(one) => vec![one.id.clone()],
        Record::Contact { contact, .. } => facts_of_contact(contact),
        Record::Account(_)
        | Record::Address { .. }
        | Record::ErpAccount(_)
        | Record::ErpAddress { .. }
        | Record::ErpContact { .. }
        | Record::FreeField(_)
        | Record::List { .. }
        | Record::Representative(_) => Vec::new(),
    }
}

/// Whether a contact is the main one, and its default address: what rules need of one that is not listed.
pub(crate) fn facts_of_contact(contact: &Contact) -> Vec<String> {
    let main = if contact.main { MAIN } else { "" };
    vec![main.to_owned(), contact.default_address.clone().unwrap_or_default()]
}

/// The default address of the contact of a link, blank where it has none; `None` where nobody noted it.
pub(crate) fn default_of(link: &Link) -> Option<&str> {
    link.facts.get(1).map(String::as_str)
}

/// Whether the contact of a link was the main one.
pub(crate) fn is_main(link: &Link) -> bool {
    link.facts.first().is_some_and(|fact| fact == MAIN || fact == MAIN_AND_OWED)
}

/// Whether the contact of a link has yet to get a default address (B9.6).
pub(crate) fn is_owed(link: &Link) -> bool {
    link.facts.first().is_some_and(|fact| fact == OWED || fact == MAIN_AND_OWED)
}

/// The facts of a contact that has yet to get a default address.
pub(crate) fn facts_of_owed(contact: &Contact) -> Vec<String> {
    let first = if contact.main { MAIN_AND_OWED } else { OWED };
    vec![first.to_owned(), String::new()]
}

/// The fact of a main contact.
const MAIN: &str = "main";

/// The fact of a contact that has yet to get a default address.
const OWED: &str = "owed";

/// The same of a main contact.
const MAIN_AND_OWED: &str = "main, owed";
