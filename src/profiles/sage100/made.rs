//! Records made from others: mirrors, companies of accounts, defaults (B4, B6, B8, B16).

use std::collections::BTreeMap;

use super::crm::{
    Account, AccountKind, Address, AddressKind, Company, Contact, Crm, Lists, Replicated, Status,
};
use super::erp::{ErpAccount, ErpAccountKind};
use super::kind::Kind;
use super::mirror;
use super::parameters::{Parameters, When};
use super::project;
use super::value::PLACEHOLDER;
use crate::model::Text;
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey, RefusalKey, SyncState};

/// An id of a record that this run makes, until its side gives it one. No host gives such an id.
pub(crate) fn provisional(kind: &str, of: &str) -> String {
    format!("\u{1}{kind}/{of}")
}

/// Whether an id is one that this run makes up.
pub(crate) fn is_provisional(id: &str) -> bool {
    id.starts_with('\u{1}')
}

/// A text, or another where it is blank.
pub(crate) fn or(text: &Text, other: &str) -> Text {
    if text.is_blank() { Text::from(other) } else { text.clone() }
}

/// A text to be written in a new record: what cannot be read is left empty, and follows once it can.
pub(crate) fn known(text: &Text) -> Text {
    Text::from(text.or_empty())
}

/// A telephone or e-mail as it is written: the placeholder of a linked record is none (B9.4).
pub(crate) fn phone(text: &Text) -> Text {
    if text.known() == Some(PLACEHOLDER) { Text::default() } else { known(text) }
}

/// The representative of each user who has one (B4.19).
pub(crate) fn users(crm: &Crm) -> BTreeMap<String, String> {
    let linked = crm.users.iter();
    linked.filter_map(|user| Some((user.code.clone(), user.representative.clone()?))).collect()
}

/// Adds the addresses of an account to a company's own: of two billing addresses the account's stays one (B11.4).
pub(crate) fn add_addresses(company: &mut Company, mut own: Vec<Address>, others: Vec<Address>) {
    if others.iter().any(|one| one.kind == Some(AddressKind::Billing)) {
        own.iter_mut().for_each(deliver);
    }
    company.addresses = own;
    company.addresses.extend(others);
}

/// Makes a delivery address of a billing address.
pub(crate) fn deliver(one: &mut Address) {
    if one.kind == Some(AddressKind::Billing) {
        one.kind = Some(AddressKind::Delivery);
    }
}

/// Adds the contacts of an account to a company's own: of two main contacts the account's stays the main one (B11.4).
pub(crate) fn add_contacts(company: &mut Company, mut own: Vec<Contact>, others: Vec<Contact>) {
    if others.iter().any(|one| one.main) {
        for one in &mut own {
            one.main = false;
        }
    }
    company.contacts = own;
    company.contacts.extend(others);
}

/// Gives a company the defaults of blank values before its account is created (B6.4, B8.4, B9.7).
pub(crate) fn fill_defaults(company: &mut Company, lists: &Lists, currency: &str) {
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    company.currency = or(&company.currency, currency);
    company.accounting_category =
        or(&company.accounting_category, &first(&lists.accounting_categories));
    company.price_category = or(&company.price_category, &first(&lists.price_categories));
    company.language = or(&company.language, &first(&lists.languages));
    let has_billing = company.addresses.iter().any(|one| one.kind == Some(AddressKind::Billing));
    let open = company.addresses.iter_mut().filter(|one| one.kind.is_none());
    let mut open: Vec<_> = open.collect();
    open.sort_by(|one, two| one.id.cmp(&two.id));
    for (place, address) in open.into_iter().enumerate() {
        let billing = place == 0 && !has_billing;
        address.kind = Some(if billing { AddressKind::Billing } else { AddressKind::Delivery });
    }
    for contact in &mut company.contacts {
        contact.function = or(&contact.function, contact.qualification.or_empty());
    }
}

/// What an ERP account is to the CRM; `None` where it takes no part (B1.4).
pub(crate) const fn kind_of(kind: ErpAccountKind) -> Option<AccountKind> {
    match kind {
        ErpAccountKind::Customer => Some(AccountKind::Customer),
        ErpAccountKind::Supplier => Some(AccountKind::Supplier),
        ErpAccountKind::Other => None,
    }
}

/// The CRM account of an ERP account that the CRM does not hold yet (B7.1).
pub(crate) fn account_of_erp(parameters: &Parameters, one: &ErpAccount) -> Account {
    let kind = kind_of(one.kind).unwrap_or_default();
    let bring = |text: &Text| if parameters.sync_phones { known(text) } else { Text::default() };
    let own = project::of_erp(one);
    Account {
        kind,
        integration: Some(parameters.integration.clone()),
        origin: Some(one.code.clone()),
        code: Text::from(one.code.as_str()),
        title: known(&one.title),
        short_name: known(&one.short_name),
        main_contact: known(&one.contact_name),
        website: known(&one.website),
        naf: known(&one.naf),
        siret: known(&one.siret),
        currency: known(&one.currency),
        accounting_category: known(&one.accounting_category),
        price_category: known(&one.price_category),
        language: known(&one.language),
        territory: Text::from(parameters.territory_of(kind)),
        phone: bring(&one.phone),
        fax: bring(&one.fax),
        email: bring(&one.email),
        status: if one.dormant { Status::Inactive } else { Status::Active },
        representative: one.representative.clone(),
        replicated: Replicated {
            collective_account: known(&own.collective_account),
            payer: known(&own.payer),
            payment_terms: known(&own.payment_terms),
            risk_label: known(&own.risk_label),
            risk_action: known(&own.risk_action),
            ..own
        },
        ..Account::default()
    }
}

/// The company of an account that has none (B7.1, B12.2), with an id of this run's own.
pub(crate) fn company_of(
    parameters: &Parameters,
    users: &BTreeMap<String, String>,
    account: &Account,
) -> Company {
    let mut company = Company {
        id: provisional("company", &account.id),
        integration: Some(parameters.integration.clone()),
        account_code: account.code.clone(),
        account: Some(account.id.clone()),
        company_type: Text::from(parameters.type_of(account.kind)),
        territory: or(&account.territory, parameters.territory_of(account.kind)),
        manager: manager(parameters, users, account.representative.as_deref()),
        modified: account.modified,
        ..Company::default()
    };
    mirror::take_account(&mut company, account, parameters.replicate_main_contact);
    company
}

/// Who looks after a company that synchronisation creates (B4.10, B4.12).
fn manager(
    parameters: &Parameters,
    users: &BTreeMap<String, String>,
    representative: Option<&str>,
) -> Option<String> {
    let linked = representative
        .filter(|_| parameters.manager_from_representative != When::Never)
        .and_then(|code| users.iter().find(|(_, own)| own.as_str() == code))
        .map(|(user, _)| user.clone());
    linked.or_else(|| parameters.default_manager.clone())
}

/// Whether a refused record belongs to a company: the company itself, its account, their addresses and contacts. Of a company
/// that is not there a link may know the account.
pub(crate) fn belongs(
    (crm, state): (&Crm, &SyncState),
    (integration, company): (&str, &str),
    key: &RefusalKey,
) -> bool {
    let one = crm.company(company);
    let (id, code) = if let Some(one) = one {
        let account = one.account.as_deref().and_then(|id| crm.account(id));
        let account = account.filter(|one| one.integration.as_deref() == Some(integration));
        account.map(|one| (one.id.clone(), one.code.or_empty().to_owned())).unzip()
    } else {
        let names = |(key, link): &(LinkKey, Link)| {
            key.0 == Kind::Account.code() && link.facts.first().is_some_and(|one| one == company)
        };
        state.links.iter().find(names).map(|(key, link)| (key.1, link.ids.a)).unzip()
    };
    let (addresses, contacts) =
        one.map_or((&[][..], &[][..]), |one| (&one.addresses, &one.contacts));
    let code = code.filter(|code| !code.is_empty());
    let under = |key: &str, code: &str| {
        key.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    };
    let by_code = key.ids.a.as_deref().zip(code.as_deref());
    let by_id = key.ids.b.as_deref().is_some_and(|own| match key.kind {
        kind if kind == Kind::Company.code() => own == company,
        kind if kind == Kind::Account.code() => id.as_deref() == Some(own),
        kind if kind == Kind::Address.code() => addresses.iter().any(|one| one.id == own),
        kind if kind == Kind::Contact.code() => contacts.iter().any(|one| one.id == own),
        _ => false,
    });
    by_id || by_code.is_some_and(|(key, code)| under(key, code))
}
