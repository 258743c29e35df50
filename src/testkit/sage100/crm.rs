//! Samples of the CRM side.

use super::{STRANGE, filled, hostile, text};
use crate::model::Instant;
use crate::profiles::sage100::{
    Account, AccountKind, AccountPatch, Address, AddressKind, AddressPatch, Company, CompanyPatch,
    Contact, ContactPatch, Crm, Kind, Record, RecordPatch, Sage100, Status,
};
use crate::testkit::{Inspect as _, Listed, Sample};

/// The records of a CRM: companies, accounts, and the addresses and contacts that stand with them and have their stamp.
/// Those of a company without an account belong to none, and are left out.
pub fn crm_records(crm: &Crm) -> Vec<Listed<Sage100>> {
    let mut all = Vec::new();
    let mut add = |kind, record: Record, modified: Instant| {
        let id = Sage100::id(&record).into_owned();
        all.push(Listed { id, kind, record, modified });
    };
    for one in &crm.accounts {
        add(Kind::Account, Record::Account(one.clone()), one.modified);
    }
    for one in &crm.companies {
        add(Kind::Company, Record::Company(one.clone()), one.modified);
    }
    let accounts = crm.accounts.iter();
    let own = accounts.map(|one| (Some(&one.id), &one.addresses, &one.contacts, one.modified));
    let companies = crm.companies.iter();
    let joined =
        companies.map(|one| (one.account.as_ref(), &one.addresses, &one.contacts, one.modified));
    for (account, addresses, contacts, modified) in own.chain(joined) {
        let Some(account) = account else { continue };
        for address in addresses.iter().cloned() {
            let account = account.clone();
            add(Kind::Address, Record::Address { account, address }, modified);
        }
        for contact in contacts.iter().cloned() {
            let account = account.clone();
            add(Kind::Contact, Record::Contact { account, contact }, modified);
        }
    }
    all
}

/// Samples of every kind for a CRM that has this account, joined to a company. The CRM keeps the accounts of the kit
/// unless its [`Subject`](crate::testkit::Subject) removes them.
pub fn crm(account: &str) -> Vec<Sample<Sage100>> {
    vec![own_account(), company(), address(account), contact(account)]
}

fn own_account() -> Sample<Sage100> {
    let record = Record::Account(filled(|one: &mut Account| {
        one.kind = AccountKind::Supplier;
        one.integration = Some("Sage100".to_owned());
        one.origin = Some("KIT1".to_owned());
        one.title = text(STRANGE);
        one.short_name = text("ZOË & CO");
        one.website = text("www.zoe.example");
        one.currency = text("EUR");
        one.territory = text("Monde; Süd");
        one.phone = text("03 53 01 00 01");
        one.email = text("zoe.o'hara@example.org");
        one.pending = true;
        one.replicated.payment_terms = text("30 jours, 'net'");
        "1234.50".clone_into(&mut one.replicated.turnover.n);
    }));
    let mut all = Sample::new("every field filled", Kind::Account, record);
    let patches = [
        filled(|patch: &mut AccountPatch| {
            patch.title = Some(text("Ångström; 'Süd'"));
            patch.status = Some(Status::Inactive);
        }),
        filled(|patch: &mut AccountPatch| {
            patch.website = Some(text(""));
            patch.detached = Some(true);
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::Account));
    for words in hostile() {
        let patch = filled(|patch: &mut AccountPatch| patch.title = Some(text(&words)));
        all.hostile.push(RecordPatch::Account(patch));
    }
    let wrong = filled(|patch: &mut AccountPatch| {
        patch.title = Some(text("Darf nicht bleiben"));
        patch.company = Some(Some("KIT-NOBODY".to_owned()));
    });
    all.wrong_updates.push(RecordPatch::Account(wrong));
    all
}

fn company() -> Sample<Sage100> {
    let record = Record::Company(filled(|one: &mut Company| {
        one.integration = Some("Sage100".to_owned());
        one.name = text(STRANGE);
        one.short_name = text("ZOË & CO");
        one.naf = text("4762Z");
        one.siret = text("91234567800012");
        one.account_code = text("<AUTOERP>");
        one.company_type = text("Client");
        one.territory = text("Monde");
        one.phone = text("03 53 01 00 01");
        one.replicated.risk_label = text("À surveiller");
    }));
    let mut all = Sample::new("every field filled", Kind::Company, record);
    let patches = [
        filled(|patch: &mut CompanyPatch| {
            patch.name = Some(text("Ångström; 'Süd'"));
            patch.price_category = Some(text("Grossistes"));
        }),
        filled(|patch: &mut CompanyPatch| {
            patch.siret = Some(text(""));
            patch.status = Some(Status::Inactive);
        }),
    ];
    let patch = |patch| RecordPatch::Company(Box::new(patch));
    all.updates.extend(patches.map(patch));
    for words in hostile() {
        let hostile = filled(|patch: &mut CompanyPatch| patch.website = Some(text(&words)));
        all.hostile.push(patch(hostile));
    }
    all
}

fn address(account: &str) -> Sample<Sage100> {
    let address = filled(|one: &mut Address| {
        one.kind = Some(AddressKind::Delivery);
        one.street = text("5 rue de l'Église; cour, \"B\"");
        one.complement = text("2ᵉ étage");
        one.postal_code = text("59000");
        one.city = text("Lille");
    });
    let record = Record::Address { account: account.to_owned(), address };
    let mut all = Sample::new("a delivery address", Kind::Address, record);
    let patches = [
        filled(|patch: &mut AddressPatch| patch.city = Some(text("Köln"))),
        filled(|patch: &mut AddressPatch| {
            patch.complement = Some(text(""));
            patch.kind = Some(None);
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::Address));
    for words in hostile() {
        let patch = filled(|patch: &mut AddressPatch| patch.street = Some(text(&words)));
        all.hostile.push(RecordPatch::Address(patch));
    }
    all
}

fn contact(account: &str) -> Sample<Sage100> {
    let contact = filled(|one: &mut Contact| {
        one.origin = Some("K4711".to_owned());
        one.last_name = text("Müller-Łęcka; O'Neill");
        one.first_name = text("Zoë \\ Ann");
        one.qualification = text("Einkauf \"Süd\"; 100 %");
        one.service = text("Achats");
        one.mobile = text("06 39 98 00 03");
        one.email = text("zoe@example.org");
    });
    let record = Record::Contact { account: account.to_owned(), contact };
    let mut all = Sample::new("every field filled", Kind::Contact, record);
    let patches = [
        filled(|patch: &mut ContactPatch| patch.last_name = Some(text("Ångström"))),
        filled(|patch: &mut ContactPatch| {
            patch.qualification = Some(text(""));
            patch.main = Some(true);
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::Contact));
    for words in hostile() {
        let patch = filled(|patch: &mut ContactPatch| patch.function = Some(text(&words)));
        all.hostile.push(RecordPatch::Contact(patch));
    }
    all
}
