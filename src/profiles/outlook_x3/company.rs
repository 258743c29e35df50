//! The company text of a mailbox item and the partner of a CRM record (A5).

use super::crm::Partner;
use super::directory::Directory;
use super::parameters::CompanyText;
use super::value::Company;

/// Reads a company text (A5.3, A5.4): between the last pair of hashes stands a code; without hashes the whole text
/// is tried as a code, and is a label otherwise. A name never finds a partner (A5.5).
pub(crate) fn parse(text: &str, directory: &Directory<'_>) -> Company {
    let text = text.trim();
    let hashed = hashed_code(text);
    let code = hashed.unwrap_or(text);
    let partner = if code.is_empty() { None } else { directory.partner(code) };
    match partner {
        Some(partner) => Company {
            partner: Some(partner.code.clone()),
            label: String::new(),
            unknown_code: false,
        },
        None => Company { partner: None, label: code.to_owned(), unknown_code: hashed.is_some() },
    }
}

/// The trimmed text between the last pair of hashes, if there is any.
fn hashed_code(text: &str) -> Option<&str> {
    let (rest, _) = text.rsplit_once('#')?;
    let (_, code) = rest.rsplit_once('#')?;
    Some(code.trim()).filter(|code| !code.is_empty())
}

/// What the CRM's partner and label say (A5.8, A5.11 to A5.17); a partner's label is the partner's own affair.
pub(crate) fn of_record(partner: Option<&str>, label: &str) -> Company {
    match partner.filter(|code| !code.is_empty()) {
        Some(code) => {
            Company { partner: Some(code.to_owned()), label: String::new(), unknown_code: false }
        }
        None => Company { partner: None, label: label.trim().to_owned(), unknown_code: false },
    }
}

/// The text the mailbox shows for a company (A5.1, A5.2, A5.23, A5.24, D7).
pub(crate) fn text(company: &Company, form: CompanyText, directory: &Directory<'_>) -> String {
    let Some(code) = &company.partner else {
        return company.label.clone();
    };
    let name = directory.partner(code).map(|Partner { name, .. }| name.or_empty().trim());
    match (form, name) {
        (CompanyText::NameAndCode, Some(name)) if !name.is_empty() => format!("{name}   #{code}#"),
        _ => format!("#{code}#"),
    }
}
