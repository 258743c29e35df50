//! The fields of each record, one after the other.

use crate::model::record::Patch as _;
use crate::profiles::sage100::{
    Account, AccountPatch, Address, AddressPatch, Company, CompanyPatch, Contact, ContactPatch,
    ErpAccount, ErpAccountPatch, ErpAddress, ErpAddressPatch, ErpContact, ErpContactPatch, Record,
    RecordPatch,
};
use crate::testkit::Difference;
use crate::testkit::fields::{Fields, Found, fields};

fields! {
    Account, AccountPatch:
    skip { id, modified, addresses, contacts }
    fixed { kind, integration, origin }
    texts { code, title, short_name, main_contact, website, naf, siret, currency, accounting_category,
        price_category, language, territory, phone, fax, email }
    plain { status, principal, company, detached, pending, representative, replicated }
    blocks {}
}

fields! {
    Company, CompanyPatch:
    skip { id, modified, addresses, contacts }
    fixed { integration }
    texts { name, short_name, main_contact, website, naf, siret, account_code, currency,
        accounting_category, price_category, language, company_type, territory, phone, fax, email }
    plain { status, manager, account, generic_account, replicated }
    blocks {}
}

fields! {
    Address, AddressPatch:
    skip { id }
    fixed {}
    texts { label, street, complement, postal_code, city, region }
    plain { kind }
    blocks {}
}

fields! {
    Contact, ContactPatch:
    skip { id }
    fixed { origin }
    texts { last_name, first_name, qualification, function, service, phone, fax, mobile, email }
    plain { main, default_address }
    blocks {}
}

fields! {
    ErpAccount, ErpAccountPatch:
    skip { code, modified, billing, delivery, contacts }
    fixed { kind, origin }
    texts { title, short_name, contact_name, website, naf, siret, currency, accounting_category,
        price_category, language, phone, fax, email, collective_account, payer, payment_terms, risk_label,
        risk_action }
    plain { dormant, representative, turnover, free }
    blocks {}
}

fields! {
    ErpAddress, ErpAddressPatch:
    skip {}
    fixed {}
    texts { label, street, complement, postal_code, city, region }
    plain {}
    blocks {}
}

fields! {
    ErpContact, ErpContactPatch:
    skip { id }
    fixed { origin }
    texts { last_name, first_name, function, service, phone, fax, mobile, email }
    plain {}
    blocks {}
}

/// The fields in which two records differ.
pub(super) fn differences(one: &Record, other: &Record) -> Vec<Difference> {
    let mut found = Found::default();
    match (one, other) {
        (Record::Account(one), Record::Account(other)) => one.compare(other, &mut found),
        (Record::Company(one), Record::Company(other)) => one.compare(other, &mut found),
        (Record::Address { address: one, .. }, Record::Address { address: other, .. }) => {
            one.compare(other, &mut found);
        }
        (Record::Contact { contact: one, .. }, Record::Contact { contact: other, .. }) => {
            one.compare(other, &mut found);
        }
        (Record::ErpAccount(one), Record::ErpAccount(other)) => one.compare(other, &mut found),
        (Record::ErpAddress { address: one, .. }, Record::ErpAddress { address: other, .. }) => {
            one.compare(other, &mut found);
        }
        (Record::ErpContact { contact: one, .. }, Record::ErpContact { contact: other, .. }) => {
            one.compare(other, &mut found);
        }
        _ if one == other => {}
        _ => found.add("the sort of record", None),
    }
    found.all
}

/// A patch that names every field of a record.
pub(super) fn whole(record: &Record) -> RecordPatch {
    match record {
        Record::Account(one) => RecordPatch::Account(one.whole()),
        Record::Address { address, .. } => RecordPatch::Address(address.whole()),
        Record::Company(one) => RecordPatch::Company(Box::new(one.whole())),
        Record::Contact { contact, .. } => RecordPatch::Contact(contact.whole()),
        Record::ErpAccount(one) => RecordPatch::ErpAccount(one.whole()),
        Record::ErpAddress { address, .. } => RecordPatch::ErpAddress(address.whole()),
        Record::ErpContact { contact, .. } => RecordPatch::ErpContact(contact.whole()),
        Record::FreeField(one) => RecordPatch::FreeField { replicated: one.replicated },
        Record::List { values, .. } => RecordPatch::List { values: values.clone() },
        Record::Representative(one) => RecordPatch::Representative(one.clone()),
    }
}

/// A record after an update; `None` where the patch is for another sort of record.
pub(super) fn patched(record: &Record, patch: &RecordPatch) -> Option<Record> {
    let mut record = record.clone();
    match (&mut record, patch.clone()) {
        (Record::Account(one), RecordPatch::Account(patch)) => patch.apply(one),
        (Record::Address { address, .. }, RecordPatch::Address(patch)) => patch.apply(address),
        (Record::Company(one), RecordPatch::Company(patch)) => patch.apply(one),
        (Record::Contact { contact, .. }, RecordPatch::Contact(patch)) => patch.apply(contact),
        (Record::ErpAccount(one), RecordPatch::ErpAccount(patch)) => patch.apply(one),
        (Record::ErpAddress { address, .. }, RecordPatch::ErpAddress(patch)) => {
            patch.apply(address);
        }
        (Record::ErpContact { contact, .. }, RecordPatch::ErpContact(patch)) => {
            patch.apply(contact);
        }
        _ => return None,
    }
    Some(record)
}
