//! What a company and the account that mirrors it are to say alike (B16).

use super::crm::{Account, AccountPatch, Company, CompanyPatch, Principal};
use super::kind::{Kind, account as group};
use super::made::{self, is_provisional};
use crate::model::record::{FieldValue, Patch as _};
use crate::schema::Kind as _;

/// The fields that a company and the account that mirrors it are to say alike, with their groups: identical names but
/// for the prefix, and the table of B8.1 (B16.2). Calls a macro with each.
macro_rules! alike {
    ($each:ident) => {
        $each!(NAME, name, title);
        $each!(SHORT_NAME, short_name, short_name);
        $each!(MAIN_CONTACT, main_contact, main_contact);
        $each!(WEBSITE, website, website);
        $each!(NAF, naf, naf);
        $each!(SIRET, siret, siret);
        $each!(CURRENCY, currency, currency);
        $each!(ACCOUNTING_CATEGORY, accounting_category, accounting_category);
        $each!(PRICE_CATEGORY, price_category, price_category);
        $each!(LANGUAGE, language, language);
        // An account rests with its company (B10.2).
        $each!(STATUS, status, status);
        $each!(REPLICATED, replicated, replicated);
    };
}

/// The telephones and the e-mail among them, in which a company may show a placeholder (B9.4).
macro_rules! phones_alike {
    ($each:ident) => {
        $each!(PHONE, phone, phone);
        $each!(FAX, fax, fax);
        $each!(EMAIL, email, email);
    };
}

fn every_group() -> std::ops::Range<usize> {
    0..Kind::Account.groups().len()
}

/// Writes one group of the company on the account that mirrors it; the main contact only where it is replicated.
pub(crate) fn mirror_group(
    account: &mut Account,
    company: &Company,
    (place, with_main): (usize, bool),
) {
    if place == group::MAIN_CONTACT && !with_main {
        return;
    }
    macro_rules! copy {
        ($group:ident, $company:ident, $account:ident) => {
            if place == group::$group {
                account.$account = company.$company.clone();
            }
        };
    }
    macro_rules! copy_phone {
        ($group:ident, $company:ident, $account:ident) => {
            if place == group::$group {
                account.$account = made::phone(&company.$company);
            }
        };
    }
    alike!(copy);
    phones_alike!(copy_phone);
}

/// Writes one group of the account on the company that it mirrors; the main contact only where it is replicated.
pub(crate) fn take_group(
    company: &mut Company,
    account: &Account,
    (place, with_main): (usize, bool),
) {
    if place == group::MAIN_CONTACT && !with_main {
        return;
    }
    macro_rules! copy {
        ($group:ident, $company:ident, $account:ident) => {
            if place == group::$group {
                company.$company = account.$account.clone();
            }
        };
    }
    macro_rules! copy_phone {
        ($group:ident, $company:ident, $account:ident) => {
            if place == group::$group
                && made::phone(&company.$company) != made::phone(&account.$account)
            {
                company.$company = account.$account.clone();
            }
        };
    }
    alike!(copy);
    phones_alike!(copy_phone);
}

/// The account that mirrors a company; its id, kind and code are still to be given.
pub(crate) fn mirror(company: &Company, with_main: bool) -> Account {
    let mut account = Account { territory: company.territory.clone(), ..Account::default() };
    every_group().for_each(|place| mirror_group(&mut account, company, (place, with_main)));
    account
}

/// Gives a company what its account says: name, fields, telephones, and what comes from the ERP (B11.4).
pub(crate) fn take_account(company: &mut Company, account: &Account, with_main: bool) {
    every_group().for_each(|place| take_group(company, account, (place, with_main)));
}

/// Whether company and account say different things in a replicated field (B11.6).
pub(crate) fn differ(company: &Company, account: &Account, with_main: bool) -> bool {
    let mut differ = false;
    macro_rules! compare {
        ($group:ident, $company:ident, $account:ident) => {
            differ |= (with_main || group::$group != group::MAIN_CONTACT)
                && !same(&company.$company, &account.$account);
        };
    }
    macro_rules! compare_phone {
        ($group:ident, $company:ident, $account:ident) => {
            differ |= !same(&made::phone(&company.$company), &made::phone(&account.$account));
        };
    }
    alike!(compare);
    phones_alike!(compare_phone);
    differ
}

fn same<T: FieldValue>(one: &T, other: &T) -> bool {
    one.same(other)
}

/// The account's part of what the ERP gives to the company.
pub(crate) fn mirrored(patch: &CompanyPatch) -> AccountPatch {
    let mut own = AccountPatch::default();
    macro_rules! copy {
        ($group:ident, $company:ident, $account:ident) => {
            own.$account = patch.$company.clone();
        };
    }
    alike!(copy);
    phones_alike!(copy);
    own
}

pub(crate) fn mirror_patch(account: &mut Account, patch: &CompanyPatch) {
    mirrored(patch).apply(account);
}

/// What of an account has to be written. Its code is a matter of stamps, and a company that is made names its
/// account itself.
pub(crate) fn account_patch(account: &Account, original: &Account) -> AccountPatch {
    let mut patch = AccountPatch::of(account);
    patch.code = None;
    patch.reduce(original);
    if let Some(Some(company)) = &patch.company
        && is_provisional(company)
    {
        let leaves = original.company.is_some() && original.principal == Principal(false);
        patch.company = leaves.then_some(None);
    }
    // A secondary account that becomes the principal one of its company is joined to it.
    if patch.principal == Some(Principal(true)) && patch.company.is_none() {
        patch.company = account.company.clone().filter(|id| !is_provisional(id)).map(Some);
    }
    patch
}

/// What of a company has to be written; its account is tied to it from the other end.
pub(crate) fn company_patch(company: &Company, original: Option<&Company>) -> CompanyPatch {
    let Some(original) = original else { return CompanyPatch::default() };
    let mut patch = CompanyPatch::of(company);
    patch.account = None;
    patch.reduce(original);
    patch
}

/// The part of a patch that one group is.
pub(crate) fn group_patch(account: &Account, place: usize) -> AccountPatch {
    let all = AccountPatch::of(account);
    let mut patch = AccountPatch::default();
    macro_rules! keep {
        ($group:ident, $company:ident, $account:ident) => {
            if place == group::$group {
                patch.$account = all.$account;
            }
        };
    }
    alike!(keep);
    phones_alike!(keep);
    patch
}

/// Two patches in one; the second is the later word.
pub(crate) fn join(first: AccountPatch, second: AccountPatch) -> AccountPatch {
    let representative = second.representative.or(first.representative);
    let mut joined = AccountPatch { representative, ..AccountPatch::default() };
    macro_rules! either {
        ($group:ident, $company:ident, $account:ident) => {
            joined.$account = second.$account.or(first.$account);
        };
    }
    alike!(either);
    phones_alike!(either);
    joined
}
