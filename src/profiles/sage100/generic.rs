//! Generic accounts: the general ERP account a company without one of its own is tied to for the time being (B17).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::crm::{Company, Crm};
use super::erp::{Erp, ErpAccountKind};
use super::parameters::Parameters;

/// How a generic account was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GenericBy {
    /// By the first letter of the company's name.
    FirstLetter,
    /// By hand, on the company.
    Manual,
    /// By the company's price category.
    PriceCategory,
}

/// A company's generic account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenericAccount {
    /// The ERP account's code.
    pub account: String,
    /// How it was found.
    pub by: GenericBy,
}

/// The generic account of each company without an account that has one (B17.1, B17.2): by hand, else by the first letter, else by
/// the price category (B17.6). A method whose code is no customer of the ERP gives nothing. It is never a link
/// (B17.5).
pub fn generic_accounts(
    parameters: &Parameters,
    crm: &Crm,
    erp: &Erp,
) -> BTreeMap<String, GenericAccount> {
    let methods = parameters.generic_accounts.clone().unwrap_or_default();
    let is_customer =
        |code: &str| erp.account(code).is_some_and(|one| one.kind == ErpAccountKind::Customer);
    let find = |company: &Company| {
        let letter = methods.by_first_letter.as_ref().and_then(|prefix| {
            initial(company.name.or_empty()).map(|letter| format!("{prefix}{letter}"))
        });
        let category = methods.by_price_category.get(company.price_category.or_empty()).cloned();
        let candidates = [
            (company.generic_account.clone(), GenericBy::Manual),
            (letter, GenericBy::FirstLetter),
            (category, GenericBy::PriceCategory),
        ];
        candidates.into_iter().find_map(|(account, by)| {
            let account = account.filter(|code| is_customer(code))?;
            Some(GenericAccount { account, by })
        })
    };
    let without = crm.companies.iter().filter(|one| one.account.is_none());
    without.filter_map(|one| Some((one.id.clone(), find(one)?))).collect()
}

/// The first letter of a name as a capital from A to Z, without its accent.
fn initial(name: &str) -> Option<char> {
    let first = name.trim().chars().next()?.to_uppercase().next()?;
    let plain = match first {
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Æ' | 'Ā' | 'Ă' | 'Ą' => 'A',
        'Ç' | 'Ć' | 'Č' => 'C',
        'Ď' | 'Đ' => 'D',
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => 'E',
        'Ğ' | 'Ģ' => 'G',
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'Į' | 'İ' => 'I',
        'Ķ' => 'K',
        'Ł' | 'Ļ' | 'Ľ' => 'L',
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => 'N',
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'Œ' | 'Ō' | 'Ő' => 'O',
        'Ř' | 'Ŕ' => 'R',
        'Ś' | 'Š' | 'Ş' | 'Ș' => 'S',
        'Ť' | 'Ţ' | 'Ț' => 'T',
        'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => 'U',
        'Ý' | 'Ÿ' => 'Y',
        'Ź' | 'Ż' | 'Ž' => 'Z',
        other => other,
    };
    plain.is_ascii_uppercase().then_some(plain)
}

/// What of a company's name the documents of its generic account are filtered by: its first characters (B17.4).
pub fn document_filter(name: &str, length: usize) -> String {
    name.chars().take(length).collect()
}
