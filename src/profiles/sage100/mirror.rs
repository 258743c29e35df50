//! What a company and the account that mirrors it are to say alike (B16).

use super::crm::{Account, AccountPatch, Company, CompanyPatch, Principal};
use super::kind::account as group;
use super::made::{self, is_provisional};
use crate::model::record::Patch as _;

/// Writes one group of the company on the account that mirrors it.
pub(crate) fn mirror_group(
    account: &mut Account,
    company: &Company,
    (place, with_main): (usize, bool),
) {
    match place {
        group::NAME => account.title = company.name.clone(),
        group::SHORT_NAME => account.short_name = company.short_name.clone(),
        group::MAIN_CONTACT if with_main => account.main_contact = company.main_contact.clone(),
        group::WEBSITE => account.website = company.website.clone(),
        group::NAF => account.naf = company.naf.clone(),
        group::SIRET => account.siret = company.siret.clone(),
        group::CURRENCY => account.currency = company.currency.clone(),
        group::ACCOUNTING_CATEGORY => {
            account.accounting_category = company.accounting_category.clone();
        }
        group::PRICE_CATEGORY => account.price_category = company.price_category.clone(),
        group::LANGUAGE => account.language = company.language.clone(),
        group::PHONE => account.phone = made::phone(&company.phone),
        group::FAX => account.fax = made::phone(&company.fax),
        group::EMAIL => account.email = made::phone(&company.email),
        // An account rests with its company (B10.2).
        group::STATUS => account.status = company.status,
        group::REPLICATED => account.replicated = company.replicated.clone(),
        _ => {}
    }
}

/// Writes one group of the account on the company that it mirrors.
pub(crate) fn take_group(company: &mut Company, account: &Account, place: usize) {
    match place {
        group::NAME => company.name = account.title.clone(),
        group::SHORT_NAME => company.short_name = account.short_name.clone(),
        group::WEBSITE => company.website = account.website.clone(),
        group::NAF => company.naf = account.naf.clone(),
        group::SIRET => company.siret = account.siret.clone(),
        group::CURRENCY => company.currency = account.currency.clone(),
        group::LANGUAGE => company.language = account.language.clone(),
        group::PHONE => company.phone = account.phone.clone(),
        group::FAX => company.fax = account.fax.clone(),
        group::EMAIL => company.email = account.email.clone(),
        _ => {}
    }
}

/// The account's part of what the ERP gives to the company.
pub(crate) fn mirrored(patch: &CompanyPatch) -> AccountPatch {
    AccountPatch {
        title: patch.name.clone(),
        short_name: patch.short_name.clone(),
        main_contact: patch.main_contact.clone(),
        website: patch.website.clone(),
        naf: patch.naf.clone(),
        siret: patch.siret.clone(),
        currency: patch.currency.clone(),
        accounting_category: patch.accounting_category.clone(),
        price_category: patch.price_category.clone(),
        language: patch.language.clone(),
        phone: patch.phone.clone(),
        fax: patch.fax.clone(),
        email: patch.email.clone(),
        status: patch.status,
        replicated: patch.replicated.clone(),
        ..AccountPatch::default()
    }
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
    match place {
        group::NAME => patch.title = all.title,
        group::SHORT_NAME => patch.short_name = all.short_name,
        group::MAIN_CONTACT => patch.main_contact = all.main_contact,
        group::WEBSITE => patch.website = all.website,
        group::NAF => patch.naf = all.naf,
        group::SIRET => patch.siret = all.siret,
        group::CURRENCY => patch.currency = all.currency,
        group::ACCOUNTING_CATEGORY => patch.accounting_category = all.accounting_category,
        group::PRICE_CATEGORY => patch.price_category = all.price_category,
        group::LANGUAGE => patch.language = all.language,
        group::PHONE => patch.phone = all.phone,
        group::FAX => patch.fax = all.fax,
        group::EMAIL => patch.email = all.email,
        group::STATUS => patch.status = all.status,
        group::REPLICATED => patch.replicated = all.replicated,
        _ => {}
    }
    patch
}

/// Two patches in one; the second is the later word.
pub(crate) fn join(first: AccountPatch, second: AccountPatch) -> AccountPatch {
    AccountPatch {
        title: second.title.or(first.title),
        short_name: second.short_name.or(first.short_name),
        main_contact: second.main_contact.or(first.main_contact),
        website: second.website.or(first.website),
        naf: second.naf.or(first.naf),
        siret: second.siret.or(first.siret),
        currency: second.currency.or(first.currency),
        accounting_category: second.accounting_category.or(first.accounting_category),
        price_category: second.price_category.or(first.price_category),
        language: second.language.or(first.language),
        phone: second.phone.or(first.phone),
        fax: second.fax.or(first.fax),
        email: second.email.or(first.email),
        status: second.status.or(first.status),
        replicated: second.replicated.or(first.replicated),
        representative: second.representative.or(first.representative),
        ..AccountPatch::default()
    }
}
