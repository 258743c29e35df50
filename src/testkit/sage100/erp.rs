//! Samples of the ERP side.

use super::{STRANGE, filled, hostile, text};
use crate::profiles::sage100::{
    Erp, ErpAccount, ErpAccountKind, ErpAccountPatch, ErpAddress, ErpAddressPatch, ErpContact,
    ErpContactPatch, Kind, Record, RecordPatch, Sage100,
};
use crate::testkit::{Inspect as _, Listed, Sample};

/// The records of an ERP base: accounts, and their addresses and contacts, which have the stamp of their account.
pub fn erp_records(erp: &Erp) -> Vec<Listed<Sage100>> {
    let mut all = Vec::new();
    for one in &erp.accounts {
        let mut add = |kind, record: Record| {
            let id = Sage100::id(&record).into_owned();
            all.push(Listed { id, kind, record, modified: one.modified });
        };
        let account = || one.code.clone();
        add(Kind::Account, Record::ErpAccount(one.clone()));
        let address = one.billing.clone();
        add(Kind::Address, Record::ErpAddress { account: account(), billing: true, address });
        for address in one.delivery.iter().cloned() {
            let record = Record::ErpAddress { account: account(), billing: false, address };
            add(Kind::Address, record);
        }
        for contact in one.contacts.iter().cloned() {
            add(Kind::Contact, Record::ErpContact { account: account(), contact });
        }
    }
    all
}

/// Samples of every kind for an ERP that has this account and no other beginning with `KIT`. The base keeps the accounts
/// of the kit unless its [`Subject`](crate::testkit::Subject) removes them.
pub fn erp(account: &str) -> Vec<Sample<Sage100>> {
    vec![customer(), supplier(), address(account), contact(account)]
}

fn customer() -> Sample<Sage100> {
    let record = Record::ErpAccount(filled(|one: &mut ErpAccount| {
        "KIT1".clone_into(&mut one.code);
        one.origin = Some("4711".to_owned());
        one.title = text(STRANGE);
        one.short_name = text("ZOË & CO");
        one.website = text("www.zoe.example");
        one.naf = text("4762Z");
        one.siret = text("91234567800012");
        one.currency = text("EUR");
        one.accounting_category = text("Ventes France");
        one.price_category = text("Grossistes");
        one.language = text("Langue courante");
        one.phone = text("03 53 01 00 01");
        one.fax = text("03 53 01 00 02");
        one.email = text("zoe.o'hara@example.org");
        one.billing = place("");
    }));
    let mut all = Sample::new("every field filled", Kind::Account, record);
    let patches = [
        filled(|patch: &mut ErpAccountPatch| {
            patch.title = Some(text("Ångström; 'Süd'"));
            patch.phone = Some(text("+33 1 99 00 00 00"));
        }),
        filled(|patch: &mut ErpAccountPatch| {
            patch.website = Some(text(""));
            patch.siret = Some(text(""));
            patch.language = Some(text("Allemand"));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::ErpAccount));
    for words in hostile() {
        let patch = filled(|patch: &mut ErpAccountPatch| {
            patch.title = Some(text(&words));
            patch.email = Some(text(&words));
        });
        all.hostile.push(RecordPatch::ErpAccount(patch));
    }
    let wrong = filled(|patch: &mut ErpAccountPatch| {
        patch.title = Some(text("Darf nicht bleiben"));
        patch.representative = Some(Some("KIT-NOBODY".to_owned()));
    });
    all.wrong_updates.push(RecordPatch::ErpAccount(wrong));
    // A code that is taken, one with a blank, one that is too long (B5.2, B5.6).
    for code in ["KIT1", "KIT 2", "KIT3KIT3KIT3KIT3KIT3"] {
        let record = filled(|one: &mut ErpAccount| {
            code.clone_into(&mut one.code);
            one.title = text("Darf nicht bleiben");
        });
        all.wrong_records.push(Record::ErpAccount(record));
    }
    all
}

fn supplier() -> Sample<Sage100> {
    let record = Record::ErpAccount(filled(|one: &mut ErpAccount| {
        "KIT2".clone_into(&mut one.code);
        one.kind = ErpAccountKind::Supplier;
        one.title = text("Papier");
    }));
    Sample::new("a supplier with a name only", Kind::Account, record)
}

fn place(label: &str) -> ErpAddress {
    filled(|one: &mut ErpAddress| {
        one.label = text(label);
        one.street = text("5 rue de l'Église; cour, \"B\"");
        one.complement = text("2ᵉ étage");
        one.postal_code = text("59000");
        one.city = text("Lille");
        one.region = text("Nord");
    })
}

fn address(account: &str) -> Sample<Sage100> {
    let of = |label: &str| Record::ErpAddress {
        account: account.to_owned(),
        billing: false,
        address: place(label),
    };
    let mut all = Sample::new("a delivery address", Kind::Address, of("KIT dépôt 'Süd'; 1"));
    let patches = [
        filled(|patch: &mut ErpAddressPatch| patch.city = Some(text("Köln"))),
        filled(|patch: &mut ErpAddressPatch| {
            patch.complement = Some(text(""));
            patch.street = Some(text(STRANGE));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::ErpAddress));
    for words in hostile() {
        let patch = filled(|patch: &mut ErpAddressPatch| patch.street = Some(text(&words)));
        all.hostile.push(RecordPatch::ErpAddress(patch));
    }
    // A label that is blank, and one that the account has already, letter case aside (B9.1).
    all.wrong_records.extend([of(" "), of("KIT DÉPÔT 'SüD'; 1")]);
    all
}

fn contact(account: &str) -> Sample<Sage100> {
    let contact = filled(|one: &mut ErpContact| {
        one.origin = Some("CON4711".to_owned());
        one.last_name = text("Müller-Łęcka; O'Neill");
        one.first_name = text("Zoë \\ Ann");
        one.function = text("Einkauf \"Süd\"; 100 %");
        one.service = text("Achats");
        one.phone = text("03 53 01 00 03");
        one.mobile = text("06 39 98 00 03");
        one.email = text("zoe@example.org");
    });
    let record = Record::ErpContact { account: account.to_owned(), contact };
    let mut all = Sample::new("every field filled", Kind::Contact, record);
    let patches = [
        filled(|patch: &mut ErpContactPatch| patch.last_name = Some(text("Ångström"))),
        filled(|patch: &mut ErpContactPatch| {
            patch.function = Some(text(""));
            patch.fax = Some(text("03 53 01 00 04"));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::ErpContact));
    for words in hostile() {
        let patch = filled(|patch: &mut ErpContactPatch| patch.function = Some(text(&words)));
        all.hostile.push(RecordPatch::ErpContact(patch));
    }
    all
}
