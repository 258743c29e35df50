//! The seed: whole, always the same, and taken by both systems.

use std::collections::BTreeSet;

use counterpart::profiles::sage100::{ErpAccountKind, generic_accounts};
use ledger::seed::{self, PROSPECTS, Size};

use crate::support;

#[test]
fn the_seed_is_whole_and_always_the_same() {
    let (_one, first) = support::seeded();
    let (_two, second) = support::seeded();
    assert_eq!(support::erp(&first), support::erp(&second));
    assert_eq!(support::crm(&first), support::crm(&second));
    let crm = support::crm(&first);
    assert_eq!((crm.companies.len(), crm.accounts.len()), (PROSPECTS, 0));
    assert!(crm.companies.iter().all(|one| one.addresses.len() == 1 && one.contacts.len() == 1));
}

/// A few hundred, of three countries, none of which is another one's double; some sleep, some take no part.
#[test]
fn the_demonstration_has_a_few_hundred_customers_and_suppliers() {
    let erp = seed::erp(Size::DEMONSTRATION);
    let count = |kind| erp.accounts.iter().filter(|one| one.kind == kind).count();
    assert_eq!((count(ErpAccountKind::Customer), count(ErpAccountKind::Supplier)), (241, 70));
    assert_eq!(count(ErpAccountKind::Other), 5);
    let titles: BTreeSet<&str> = erp.accounts.iter().map(|one| one.title.or_empty()).collect();
    assert_eq!(titles.len(), erp.accounts.len());
    let cities: BTreeSet<&str> =
        erp.accounts.iter().map(|one| one.billing.city.or_empty()).collect();
    assert!(cities.is_superset(&BTreeSet::from(["Lille", "Gent", "Köln"])), "{cities:?}");
    assert!(erp.accounts.iter().filter(|one| one.dormant).count() > 10);
    let crm = seed::crm(Size::DEMONSTRATION);
    assert!(crm.companies.iter().all(|one| !titles.contains(one.name.or_empty())));
}

/// B17.6: prospects are tied to the general account by their price category.
#[test]
fn prospects_have_a_generic_account() {
    let (_root, integration) = support::seeded();
    let sides = integration.open().unwrap();
    let generic = generic_accounts(&sides.parameters, &sides.records, &sides.base);
    assert_eq!(generic.len(), PROSPECTS / 3);
    assert!(generic.values().all(|one| one.account == seed::GENERIC));
}
