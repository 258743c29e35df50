//! What hosts that list changes give the engine.

use std::collections::BTreeSet;

use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{Company, Crm, Erp, ErpAccount, Lists, Representative};
use counterpart::snapshot::{Listing, SyncState};

use super::world::Desk;

/// What the sides list: everything, or what was modified since the last run, what is gone since, and what the state
/// still needs (D9, D22).
pub(super) fn listed(
    desk: &Desk,
    crm: &Crm,
    state: &SyncState,
    full: bool,
) -> (Erp, Crm, BySide<Listing>) {
    let (mut erp, mut crm) = (desk.erp.erp.clone(), crm.clone());
    let (Some(last), false) = (state.watermark, full) else {
        return (erp, crm, BySide::new(Listing::full(), Listing::full()));
    };
    let wanted =
        BySide::from_fn(|side| state.wanted(side).map(str::to_owned).collect::<BTreeSet<_>>());
    let there = every_id(&erp, &crm);
    // Of what the state needs, what is not there any more is named among the removed.
    let listings = BySide::from_fn(|side: Side| {
        let every = desk.known.get(side).union(wanted.get(side));
        Listing::changes(every.filter(|id| !there.get(side).contains(*id)).cloned().collect())
    });
    let codes: BTreeSet<&str> = wanted.a.iter().filter_map(|key| key.split('#').next()).collect();
    erp.accounts.retain(|one| one.modified > last || codes.contains(one.code.as_str()));
    let needs = |id: &str| wanted.b.contains(id);
    let of_company = |one: &Company| {
        needs(&one.id)
            || one.addresses.iter().any(|one| needs(&one.id))
            || one.contacts.iter().any(|one| needs(&one.id))
    };
    let wanted_companies = crm.companies.iter().filter(|one| of_company(one));
    let accounts: BTreeSet<String> =
        wanted_companies.filter_map(|one| one.account.clone()).collect();
    crm.companies.retain(|one| {
        one.modified > last
            || of_company(one)
            || one.account.as_ref().is_some_and(|id| needs(id) || accounts.contains(id))
    });
    crm.accounts.retain(|one| {
        one.modified > last
            || needs(&one.id)
            || accounts.contains(&one.id)
            || one.addresses.iter().any(|one| needs(&one.id))
            || one.contacts.iter().any(|one| needs(&one.id))
    });
    (erp, crm, listings)
}

/// The ids of accounts and companies.
pub(super) fn ids(erp: &Erp, crm: &Crm) -> BySide<BTreeSet<String>> {
    let companies = crm.companies.iter().map(|one| one.id.clone());
    let accounts = crm.accounts.iter().map(|one| one.id.clone());
    BySide::new(
        erp.accounts.iter().map(|one| one.code.clone()).collect(),
        companies.chain(accounts).collect(),
    )
}

/// The ids of everything there is, as runs name it.
fn every_id(erp: &Erp, crm: &Crm) -> BySide<BTreeSet<String>> {
    let mut all = ids(erp, crm);
    all.a.extend(erp.accounts.iter().flat_map(parts));
    let of_companies = crm.companies.iter().map(|one| (&one.addresses, &one.contacts));
    let of_accounts = crm.accounts.iter().map(|one| (&one.addresses, &one.contacts));
    for (addresses, contacts) in of_companies.chain(of_accounts) {
        all.b.extend(addresses.iter().map(|one| one.id.clone()));
        all.b.extend(contacts.iter().map(|one| one.id.clone()));
    }
    // These are listed whole in every run.
    let lists = Lists::NAMES.iter().map(|name| (*name).to_owned());
    let codes = |all: &[Representative]| all.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
    all.a.extend(lists.clone().chain(codes(&erp.representatives)));
    all.a.extend(erp.free_fields.iter().map(|one| one.name.clone()));
    all.b.extend(lists.chain(codes(&crm.representatives)));
    all.b.extend(crm.free_fields.iter().map(|one| one.name.clone()));
    all
}

/// The keys of the addresses and contacts of an ERP account.
fn parts(account: &ErpAccount) -> impl Iterator<Item = String> {
    let labels = account.delivery.iter().map(|one| one.label.or_empty());
    let contacts = account.contacts.iter().map(|one| one.id.as_str());
    let parts = std::iter::once("").chain(labels).chain(contacts);
    parts.map(|part| format!("{}#{part}", account.code))
}
