//! From either side's record to the common form.

use super::crm::{Account, Address, Company, Contact, Replicated, Status};
use super::erp::{ErpAccount, ErpAddress, ErpContact};
use super::schema::{Native, Viewer};
use super::value::{Agent, ReplicatedValue, Value};
use crate::model::Text;

/// The record in common form, one value per group of its kind.
pub(crate) fn project(viewer: &Viewer, native: Native<'_>) -> Vec<Value> {
    match native {
        Native::ErpAccount(one) => erp_account(viewer, one),
        Native::Billing(one) => erp_address(&one.billing),
        Native::Delivery(_, one) => erp_address(one),
        Native::ErpContact(_, one) => erp_contact(one),
        Native::Joined { company: Some(one), .. } => company(viewer, one),
        Native::Joined { account, .. } => {
            account.map(|one| self::account(viewer, one)).unwrap_or_default()
        }
        Native::Address { address, .. } => self::address(address),
        Native::Contact { contact, .. } => self::contact(contact),
    }
}

fn erp_account(viewer: &Viewer, one: &ErpAccount) -> Vec<Value> {
    let representative = one.representative.clone();
    let user = representative.as_deref().and_then(|code| viewer.user_of(code)).map(str::to_owned);
    vec![
        Value::of(&one.title),
        Value::of(&one.short_name),
        Value::of(&one.contact_name),
        Value::of(&one.website),
        Value::of(&one.naf),
        Value::of(&one.siret),
        Value::of(&one.currency),
        Value::of(&one.accounting_category),
        Value::of(&one.price_category),
        Value::of(&one.language),
        Value::of(&one.phone),
        Value::of(&one.fax),
        Value::of(&one.email),
        Value::Inactive(one.dormant),
        replicated(viewer, &of_erp(one)),
        Value::Agent(Agent { representative, user }),
    ]
}

/// What of an ERP account comes to the CRM only (B8.5).
pub(crate) fn of_erp(one: &ErpAccount) -> Replicated {
    Replicated {
        collective_account: one.collective_account.clone(),
        payer: one.payer.clone(),
        payment_terms: one.payment_terms.clone(),
        risk_label: one.risk_label.clone(),
        risk_action: one.risk_action.clone(),
        turnover: one.turnover.clone(),
        free: one.free.clone(),
    }
}

fn company(viewer: &Viewer, one: &Company) -> Vec<Value> {
    let user = one.manager.clone();
    let representative = user.as_deref().and_then(|code| viewer.representative_of(code));
    let representative = representative.map(str::to_owned);
    let main_contact =
        if viewer.main_contact { Value::of(&one.main_contact) } else { Value::Text(String::new()) };
    vec![
        Value::of(&one.name),
        Value::of(&one.short_name),
        main_contact,
        Value::of(&one.website),
        Value::of(&one.naf),
        Value::of(&one.siret),
        Value::of(&one.currency),
        Value::of(&one.accounting_category),
        Value::of(&one.price_category),
        Value::of(&one.language),
        Value::of(&one.phone),
        Value::of(&one.fax),
        Value::of(&one.email),
        Value::Inactive(one.status == Status::Inactive),
        replicated(viewer, &one.replicated),
        Value::Agent(Agent { representative, user }),
    ]
}

/// An account that has no company shows what it would give to one, but for the manager.
fn account(viewer: &Viewer, one: &Account) -> Vec<Value> {
    let representative = one.representative.clone();
    let user = representative.as_deref().and_then(|code| viewer.user_of(code)).map(str::to_owned);
    vec![
        Value::of(&one.title),
        Value::of(&one.short_name),
        Value::of(&one.main_contact),
        Value::of(&one.website),
        Value::of(&one.naf),
        Value::of(&one.siret),
        Value::of(&one.currency),
        Value::of(&one.accounting_category),
        Value::of(&one.price_category),
        Value::of(&one.language),
        Value::of(&one.phone),
        Value::of(&one.fax),
        Value::of(&one.email),
        Value::Inactive(one.status == Status::Inactive),
        replicated(viewer, &one.replicated),
        Value::Agent(Agent { representative, user }),
    ]
}

fn replicated(viewer: &Viewer, one: &Replicated) -> Value {
    let texts = [
        &one.collective_account,
        &one.payer,
        &one.payment_terms,
        &one.risk_label,
        &one.risk_action,
    ];
    if texts.iter().any(|text| !text.is_readable()) {
        return Value::Unreadable;
    }
    let free = one.free.iter().filter(|(name, _)| viewer.live.contains(*name));
    Value::Replicated(Box::new(ReplicatedValue {
        texts: texts.map(|text| crate::model::normal(text.or_empty()).into_owned()),
        turnover: [one.turnover.n.clone(), one.turnover.n_1.clone()],
        free: free.map(|(name, text)| (name.clone(), text.clone())).collect(),
    }))
}

pub(crate) fn erp_address(one: &ErpAddress) -> Vec<Value> {
    let texts = [&one.street, &one.complement, &one.postal_code, &one.city, &one.region];
    vec![Value::of_all(&texts), Value::of(&one.label)]
}

pub(crate) fn address(one: &Address) -> Vec<Value> {
    let texts = [&one.street, &one.complement, &one.postal_code, &one.city, &one.region];
    vec![Value::of_all(&texts), Value::of(&one.label)]
}

pub(crate) fn erp_contact(one: &ErpContact) -> Vec<Value> {
    let names: [&Text; 2] = [&one.last_name, &one.first_name];
    vec![
        Value::of_all(&names),
        Value::of(&one.function),
        Value::of(&one.service),
        Value::of(&one.phone),
        Value::of(&one.fax),
        Value::of(&one.mobile),
        Value::of(&one.email),
    ]
}

pub(crate) fn contact(one: &Contact) -> Vec<Value> {
    let names: [&Text; 2] = [&one.last_name, &one.first_name];
    vec![
        Value::of_all(&names),
        Value::of(&one.function),
        Value::of(&one.service),
        Value::of(&one.phone),
        Value::of(&one.fax),
        Value::of(&one.mobile),
        Value::of(&one.email),
    ]
}
