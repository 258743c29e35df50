//! The tour: after each step, what both files hold.

use counterpart::profiles::sage100::{Company, ErpAccount};
use counterpart::report::Language;
use ledger::tour::{BUYER, DISPUTED, EDITED, MISTYPED, TAKEN_OVER, Tour, WON};
use tempfile::TempDir;

use crate::support::{self, planned};

fn begin(language: Language) -> (TempDir, Tour) {
    let root = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(&root.path().join("tour"), language).unwrap();
    tour.first_run().unwrap();
    (root, tour)
}

fn company(tour: &Tour, id: &str) -> Company {
    let crm = support::crm(&tour.integration);
    crm.companies.into_iter().find(|one| one.id == id).unwrap()
}

fn account(tour: &Tour, code: &str) -> Option<ErpAccount> {
    let erp = support::erp(&tour.integration);
    erp.accounts.into_iter().find(|one| one.code == code)
}

/// E2: fields that one side changed are merged; of a field that both changed the ERP's value is kept.
#[test]
fn edits_of_both_sides_are_brought_together() {
    let (_root, mut tour) = begin(Language::En);
    let told = tour.daily_run().unwrap().join("\n");
    assert!(told.contains("+32 2 555 20 20 | +32 2 555 10 10"), "the loser is named: {told}");
    let (erp, crm) =
        (account(&tour, EDITED).unwrap(), company(&tour, &tour.company_of(EDITED).unwrap()));
    assert_eq!(erp.website.or_empty(), "www.ecole.example");
    assert_eq!(crm.replicated.payment_terms.or_empty(), "45 jours fin de mois");
    let added = erp.delivery.iter().find(|one| one.street.or_empty() == "3 quai du Wault").unwrap();
    assert_eq!(added.label.or_empty(), "Lille", "B9.1");
    let known = crm.addresses.iter().find(|one| one.id == "ADR900").unwrap();
    assert_eq!(known.label, added.label);
    let disputed = company(&tour, &tour.company_of(DISPUTED).unwrap());
    assert_eq!(disputed.phone.or_empty(), "+32 2 555 10 10");
}

/// B5.3, B6, B9.2, B9.7: the code is typed, blank values are filled, and the ERP delivers to the billing address too.
#[test]
fn an_account_is_made_on_request() {
    let (_root, mut tour) = begin(Language::En);
    let before = company(&tour, WON);
    tour.account_on_request().unwrap();
    let (erp, crm) = (account(&tour, "WON2026").unwrap(), company(&tour, WON));
    assert_eq!(
        (erp.title.or_empty(), crm.account_code.or_empty()),
        (before.name.or_empty(), "WON2026")
    );
    assert_eq!(erp.accounting_category.or_empty(), "Ventes France");
    assert_eq!((erp.delivery.len(), crm.addresses.len()), (1, 2));
    assert_eq!(erp.contacts.len(), 1);
    assert_eq!(erp.contacts[0].function, crm.contacts[0].qualification);
    assert!(crm.generic_account.is_none());
    let crm = support::crm(&tour.integration);
    let mirror = crm.accounts.iter().find(|one| one.code.or_empty() == "WON2026").unwrap();
    assert!(!mirror.pending && erp.origin.as_ref() == Some(&mirror.id));
}

/// B14: refused, tried again, out of the flow, put right, back in the flow.
#[test]
fn a_refused_record_is_put_right_in_quarantine() {
    let (_root, mut tour) = begin(Language::En);
    let told = tour.refused_record().unwrap();
    let counts = planned(&told);
    assert_eq!(
        counts,
        [
            "7 operations",
            "3 operations",
            "0 operations",
            "0 operations",
            "3 operations",
            "1 operation"
        ]
    );
    let refused = told.iter().filter(|line| line.contains("in error: account MIST2026"));
    assert_eq!(refused.count(), 4);
    let account = account(&tour, "MIST2026").unwrap();
    assert_eq!(account.billing.postal_code.or_empty(), "7000");
    assert_eq!(account.contacts.len(), 1, "what belongs to it follows");
    assert!(company(&tour, MISTYPED).addresses.len() == 2, "B9.2");
}

/// B11.4: the company that lost the account is gone, the other one has its data, and its own addresses and contacts
/// beside its own.
#[test]
fn a_reassigned_account_takes_all_that_belongs_to_it_along() {
    let (_root, mut tour) = begin(Language::En);
    let lost = tour.company_of(TAKEN_OVER).unwrap();
    let (before, own) = (company(&tour, &lost), company(&tour, BUYER));
    tour.reassignment().unwrap();
    let crm = support::crm(&tour.integration);
    assert!(crm.companies.iter().all(|one| one.id != lost));
    let after = company(&tour, BUYER);
    assert_eq!((&after.name, &after.company_type), (&before.name, &own.company_type));
    let ids =
        |one: &Company| -> Vec<String> { one.contacts.iter().map(|one| one.id.clone()).collect() };
    let mut both = [ids(&own), ids(&before)].concat();
    both.sort();
    let mut all = ids(&after);
    all.sort();
    assert_eq!(all, both);
    let erp = account(&tour, TAKEN_OVER).unwrap();
    assert_eq!(erp.contacts.len(), after.contacts.len(), "its own contacts go to the ERP");
}

/// D22: the edit that came between is kept, and the write follows in the same run.
#[test]
fn a_stale_write_is_planned_again_in_the_same_run() {
    let (_root, mut tour) = begin(Language::En);
    tour.daily_run().unwrap();
    let told = tour.edit_during_a_run().unwrap();
    assert_eq!(planned(&told).len(), 2, "{told:?}");
    assert!(told.iter().any(|line| line.contains("changed since it was read")), "{told:?}");
    let erp = account(&tour, EDITED).unwrap();
    assert_eq!(
        (erp.fax.or_empty(), erp.website.or_empty()),
        ("03 53 01 99 99", "www.lycee.example")
    );
    let crm = company(&tour, &tour.company_of(EDITED).unwrap());
    assert_eq!(
        (crm.fax.or_empty(), crm.website.or_empty()),
        ("03 53 01 99 99", "www.lycee.example")
    );
}

#[test]
fn the_tour_in_english() {
    let root = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(&root.path().join("tour"), Language::En).unwrap();
    let told = tour.play().unwrap();
    let last = told.iter().rposition(|line| line.starts_with("7.")).unwrap();
    assert_eq!(planned(&told[last..]), ["0 operations"]);
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_tour_in_french() {
    let root = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(&root.path().join("tour"), Language::Fr).unwrap();
    insta::assert_snapshot!(tour.play().unwrap().join("\n"));
}
