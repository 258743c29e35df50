//! What the profile `sage100` makes of a CRM and an ERP that its state knows less of than they hold: a run whose state was
//! not saved leaves nothing twice, and nothing of it is taken for a person's deletion (D12, B9.1).

use counterpart::model::{BySide, Side, Text};
use counterpart::profiles::sage100::{Conflict, Crm, ErpAccountKind, Request, Sage100};
use counterpart::report::AnomalyCode;
use counterpart::session::Report;
use serde_json::json;

use crate::moves::Unheard;
use crate::office::Office;

/// An integration after its first run: an account with a delivery address and a contact.
fn settled() -> Office {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "billing": {"city": "Paris"}, "delivery": [{"label": "Quai", "city": "Lyon"}],
        "contacts": [{"id": "K1", "last_name": "Roux"}],
    });
    let mut office = Office::new(json!({"accounts": [account]}));
    office.run(None, None);
    office.run(None, None);
    office
}

/// A run whose state is not saved.
fn run_unsaved(office: &mut Office) {
    let before = office.state.clone();
    office.run(None, None);
    office.state = before;
}

fn counts(office: &Office) -> BySide<(usize, usize)> {
    let mut companies = office.crm.crm.companies.iter();
    let crm = companies.find(|one| one.account.is_some()).expect("a company");
    let erp = &office.erp.erp.accounts[0];
    BySide::new((erp.delivery.len(), erp.contacts.len()), (crm.addresses.len(), crm.contacts.len()))
}

/// D12, D22: what a run made again in the CRM, and whose state was not saved, is known by where it came from; an ERP that
/// lists changes only is asked for it, and gets nothing twice.
#[test]
fn what_was_made_again_is_not_sent_to_an_erp_that_does_not_list_it() {
    let mut office = settled();
    // The CRM gives no id twice.
    let mut other = office.crm.crm.companies.remove(0);
    (other.id, other.account) = ("COM7".to_owned(), None);
    other.contacts[0].id = "CON7".to_owned();
    (other.addresses[0].id, other.addresses[1].id) = ("ADR7".to_owned(), "ADR8".to_owned());
    office.crm.crm.companies.push(other);
    office.crm.crm.accounts[0].company = None;
    run_unsaved(&mut office);
    let whole = BySide::new((1, 1), (2, 1));
    assert_eq!(counts(&office), whole);
    office.changes = Some(BySide::default());
    office.hide = |erp, _| erp.accounts.clear();
    office.run(None, None);
    assert_eq!(counts(&office), whole);
    assert!(office.state.wanted(Side::A).any(|code| code == "CLI01"));
    office.hide = |_, _| {};
    for changes in [Some(BySide::default()), None, None] {
        office.changes = changes;
        office.run(None, None);
        assert_eq!(counts(&office), whole);
    }
    assert_eq!(office.state.links.len(), 4);
}

/// B9.1: an address that an unsaved run wrote, and that somebody gives another label then, is the one that the CRM shows
/// with the same content.
#[test]
fn an_address_with_another_label_is_known_by_what_an_unsaved_run_wrote() {
    let mut office = settled();
    office.parameters.conflict = Conflict::Crm;
    let company = &mut office.crm.crm.companies[0];
    let address = company.addresses.iter_mut().find(|one| one.label.or_empty() == "Quai");
    address.expect("the address").city = "Nantes".into();
    company.modified = "2026-03-02T09:00:00Z".parse().expect("an instant");
    run_unsaved(&mut office);
    let erp = &mut office.erp.erp.accounts[0];
    assert_eq!(erp.delivery[0].city.or_empty(), "Nantes");
    (erp.delivery[0].label, erp.modified) =
        ("Port".into(), "2026-03-03T09:00:00Z".parse().expect("an instant"));
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(counts(&office), BySide::new((1, 1), (2, 1)));
}

/// B9.1: the label that an unsaved run wrote in the CRM tells which address it is, also where the ERP made something else of
/// what the same run wrote there.
#[test]
fn an_address_with_another_label_is_known_by_the_label_that_an_unsaved_run_wrote() {
    let mut office = settled();
    office.parameters.conflict = Conflict::Crm;
    let company = &mut office.crm.crm.companies[0];
    let address = company.addresses.iter_mut().find(|one| one.label.or_empty() == "Quai");
    address.expect("the address").city = "Nantes".into();
    let when = "2026-03-02T09:00:00Z".parse().expect("an instant");
    company.modified = when;
    let erp = &mut office.erp.erp.accounts[0];
    (erp.delivery[0].label, erp.modified) = ("Port".into(), when);
    run_unsaved(&mut office);
    office.erp.erp.accounts[0].delivery[0].city = "NANTES CEDEX".into();
    for _ in 0..3 {
        office.run(None, None);
        assert_eq!(counts(&office), BySide::new((1, 1), (2, 1)));
    }
}

/// E7, B7.8: what an ERP account lost while it takes no part is not deleted in the CRM by a run that does not list it,
/// nor by one that lists the account and not its company.
#[test]
fn what_an_account_that_sleeps_lost_is_not_deleted() {
    for lists in [true, false] {
        let mut office = settled();
        let account = &mut office.erp.erp.accounts[0];
        account.kind = ErpAccountKind::Other;
        account.contacts.clear();
        office.changes = Some(BySide::default());
        office.run(None, None);
        if lists {
            office.changes = None;
            office.hide = |_, crm| crm.companies.clear();
            office.filters.b = Some("none".to_owned());
        } else {
            office.hide = |erp, _| erp.accounts.clear();
        }
        for _ in 0..2 {
            office.run(None, None);
            assert_eq!(counts(&office).b, (2, 1), "{lists}");
        }
    }
}

/// P-04, B7.5: a company that a filter does not show is not missing, also where the last run listed by the same filter.
#[test]
fn a_company_that_a_filter_hides_twice_is_not_made_again() {
    run_without_its_company(settled());
}

/// A filter hides the only company from three runs.
fn run_without_its_company(mut office: Office) {
    office.filters.b = Some("mine".to_owned());
    office.hide = |_, crm| crm.companies.clear();
    for _ in 0..3 {
        office.run(None, None);
        assert_eq!(office.crm.crm.companies.len(), 1);
    }
}

/// B15.3, E2: an address that a run paired which sent everything, and on whose label both sides agree, was not edited:
/// whoever deletes it then is obeyed.
#[test]
fn what_was_paired_while_everything_is_sent_may_be_deleted() {
    let mut office = settled();
    let mut mine = office.crm.crm.companies[0].addresses[1].clone();
    (mine.id, mine.label, mine.city) = ("ADR7".to_owned(), "Port".into(), "Nice".into());
    office.crm.crm.companies[0].addresses.push(mine);
    let mut theirs = office.erp.erp.accounts[0].delivery[0].clone();
    (theirs.label, theirs.city) = ("Port".into(), "Nantes".into());
    office.erp.erp.accounts[0].delivery.push(theirs);
    office.parameters.conflict = Conflict::Crm;
    office.parameters.active = false;
    office.requests = vec![Request::SendAll];
    office.run(None, None);
    office.parameters.active = true;
    assert_eq!(office.erp.erp.accounts[0].delivery[1].city.or_empty(), "Nice");
    office.erp.erp.accounts[0].delivery.remove(1);
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(counts(&office), BySide::new((1, 1), (2, 1)));
}

/// P-04, B12.2: a company that a run made under a filter was never listed by it: it is not made again.
#[test]
fn a_company_that_a_filter_never_showed_is_not_made_again() {
    run_without_its_company(Office::new(crate::office::one_account()));
}

/// B7.4, E2: what the CRM says while an ERP account seems to be gone is compared once it is back; what loses is named.
#[test]
fn an_edit_beside_an_account_that_is_gone_is_in_conflict_when_it_comes_back() {
    let mut office = settled();
    let when = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let company = &mut office.crm.crm.companies[0];
    (company.website, company.modified) = ("mine.test".into(), when);
    let account = &mut office.erp.erp.accounts[0];
    (account.website, account.modified) = ("theirs.test".into(), when);
    office.parameters.conflict = Conflict::Erp;
    office.hide = |erp, _| erp.accounts.clear();
    office.run(None, None);
    assert_eq!(office.crm.crm.accounts[0].website.or_empty(), "mine.test");
    office.hide = |_, _| {};
    let report = office.run(None, None);
    assert_eq!(office.crm.crm.companies[0].website.or_empty(), "theirs.test");
    let lost = report.anomalies.iter().find(|one| one.code == AnomalyCode::ConflictLoser);
    assert_eq!(lost.map(|one| one.field.as_str()), Some("website"), "{:?}", report.anomalies);
}

/// B7.5, B7.8: once a company that was made again is there with everything, what somebody deletes of it is deleted.
#[test]
fn a_contact_of_a_company_that_was_made_again_may_be_deleted() {
    let mut office = Office::new(crate::office::one_account());
    let mut stops = crate::leftovers::Stops(office.crm.clone(), 2);
    office.run(None, Some(&mut stops));
    office.crm = stops.0;
    let contact = json!([{"id": "K1", "last_name": "Roux"}, {"id": "K2", "last_name": "Zola"}]);
    office.erp.erp.accounts[0].contacts = serde_json::from_value(contact).expect("contacts");
    office.crm.crm.companies.clear();
    office.crm.crm.accounts[0].company = None;
    office.run(None, None);
    let company = &mut office.crm.crm.companies[0];
    assert_eq!(company.contacts.len(), 2);
    company.contacts.pop();
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 1);
}

/// Two ERP accounts with what stands with them, and a CRM that was in use before and holds the first one.
fn in_use_before() -> Office {
    let account = |number: u32, title: &str| {
        json!({
            "code": format!("CLI0{number}"), "modified": "2026-02-01T08:00:00Z", "kind": "customer",
            "title": title, "billing": {"city": "Paris"},
            "contacts": [{"id": format!("K{number}"), "last_name": "Roux", "fax": "1"}],
        })
    };
    let mut office = Office::new(json!({"accounts": [account(1, "Petit"), account(2, "Sand")]}));
    office.crm.crm = serde_json::from_value(json!({
        "companies": [
            {"id": "COM1", "modified": "2026-02-01T08:00:00Z", "name": "Petit SA", "account": "1",
             "account_code": "CLI01", "contacts": [{"id": "CON1", "last_name": "Roux", "fax": "1"}]},
            {"id": "COM2", "modified": "2026-02-01T08:00:00Z", "name": "Alone"},
        ],
        "accounts": [
            {"id": "1", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "code": "CLI01",
             "title": "Petit SA", "integration": "Sage100", "company": "COM1"},
        ],
    }))
    .expect("a CRM");
    office
}

/// What both sides say, without stamps.
fn said(office: &Office) -> String {
    let sides = (&office.erp.erp, &office.crm.crm);
    let text = serde_json::to_string(&sides).expect("JSON");
    let mut parts: Vec<&str> = text.split(',').filter(|one| !one.contains("modified")).collect();
    parts.sort_unstable();
    parts.join(",")
}

/// D9, A13.4: what the sides list in pages at first ends as what they list at once, and a page decides nothing of what has
/// no counterpart yet.
#[test]
fn first_contact_by_pages_ends_as_at_once() {
    let mut whole = in_use_before();
    for _ in 0..3 {
        whole.run(None, None);
    }
    let mut paged = in_use_before();
    paged.changes = Some(BySide::default());
    paged.more = true;
    paged.hide = |erp, crm| {
        erp.accounts.truncate(1);
        crm.companies.remove(0);
        crm.accounts.clear();
    };
    let report = paged.run(None, None);
    let made = report.plan.ops.iter().filter(|op| op.ids.a.as_deref() == Some("CLI01"));
    assert_eq!(made.count(), 0, "{}", report.plan);
    paged.more = false;
    paged.hide = |_, _| {};
    paged.run(None, None);
    paged.changes = None;
    for _ in 0..3 {
        paged.run(None, None);
    }
    assert_eq!(said(&paged), said(&whole));
}

/// E7, D22: a contact that somebody deletes in the CRM while its ERP account takes no part goes from the ERP once the
/// account is back, also where the last listing was complete and the next one is of changes.
#[test]
fn what_went_under_an_account_that_sleeps_is_deleted_when_it_wakes() {
    for changes in [false, true] {
        let mut office = settled();
        office.erp.erp.accounts[0].kind = ErpAccountKind::Other;
        let gone = office.crm.crm.companies[0].contacts.remove(0).id;
        office.changes = changes.then(BySide::default);
        for _ in 0..2 {
            office.run(None, None);
            assert!(office.state.wanted(Side::B).any(|id| id == gone));
            // Nothing of the CRM changes any more: the host names what it was asked for and does not find.
            office.hide = |_, crm| *crm = Crm::default();
            office.changes = Some(BySide::new(Vec::new(), vec![gone.clone()]));
        }
        office.erp.erp.accounts[0].kind = ErpAccountKind::default();
        office.run(None, None);
        assert_eq!(counts(&office).a, (1, 0), "{changes}");
    }
}

/// An integration whose ERP lists its delivery address no more, while the CRM changed that: the CRM deletes it, and the answer never
/// arrives.
fn deleted_unheard() -> Office {
    let mut office = settled();
    let mut addresses = office.crm.crm.companies[0].addresses.iter_mut();
    let mine = addresses.find(|one| one.city.or_empty() == "Lyon").expect("the delivery address");
    mine.street = "Mine".into();
    office.hide = |erp, _| erp.accounts[0].delivery.clear();
    let mut unheard = Unheard(office.crm.clone());
    office.run(None, Some(&mut unheard));
    office.crm = unheard.0;
    assert_eq!(counts(&office).b, (1, 1));
    office
}

fn names_the_address(report: &Report<Sage100>) -> bool {
    let mut anomalies = report.anomalies.iter();
    anomalies.any(|one| one.code == AnomalyCode::LostEdit && one.field == "address")
}

/// E2, D12: what an edit lost to a deletion whose answer never arrived is named by the next run, also where a filter hides
/// the account by then: nothing is deleted for it either.
#[test]
fn what_an_unheard_deletion_lost_is_named_while_a_filter_hides_the_account() {
    let mut office = deleted_unheard();
    office.erp.erp.accounts[0].delivery.clear();
    office.filters.a = Some("none".to_owned());
    office.hide = |erp, _| erp.accounts.clear();
    let report = office.run(None, None);
    assert!(names_the_address(&report), "{:?}", report.anomalies);
    assert!(report.plan.ops.is_empty(), "{}", report.plan);
}

/// B7.8, D12: an address that an earlier run deleted in the CRM, since the ERP did not list it, is nobody's deletion: once the
/// ERP lists it again it comes back.
#[test]
fn what_an_unheard_deletion_took_is_not_deleted_where_it_is_listed_again() {
    let mut office = deleted_unheard();
    office.hide = |_, _| {};
    let report = office.run(None, None);
    assert!(names_the_address(&report), "{:?}", report.anomalies);
    for _ in 0..2 {
        assert_eq!(counts(&office), BySide::new((1, 1), (2, 1)));
        office.run(None, None);
    }
}

/// B9.1, D35: a delivery address that gets another label while its text cannot be read is not taken for a new one, nor the
/// one under the old label for deleted, whatever the CRM changed of it meanwhile.
#[test]
fn an_address_with_another_label_waits_until_it_can_be_read() {
    for conflict in [Conflict::Erp, Conflict::Crm] {
        let mut office = settled();
        office.parameters.conflict = conflict;
        let mut addresses = office.crm.crm.companies[0].addresses.iter_mut();
        let mine = addresses.find(|one| one.city.or_empty() == "Lyon").expect("the address");
        mine.street = "Mine".into();
        let id = mine.id.clone();
        let erp = &mut office.erp.erp.accounts[0];
        erp.delivery[0].label = "Port".into();
        office.hide = |erp, _| erp.accounts[0].delivery[0].street = Text::UNREADABLE;
        let report = office.run(None, None);
        assert!(report.plan.ops.is_empty(), "{}", report.plan);
        office.hide = |_, _| {};
        office.run(None, None);
        let there = &office.erp.erp.accounts[0].delivery;
        assert_eq!((there.len(), there[0].street.or_empty()), (1, "Mine"));
        let crm = &office.crm.crm.companies[0].addresses;
        let mine = crm.iter().find(|one| one.id == id).expect("the address");
        assert_eq!((crm.len(), mine.label.or_empty()), (2, "Port"));
    }
}

/// D12, D22: an account that was unlinked, and linked again by a run whose state was not saved, is asked for where the ERP
/// lists changes only; until it is listed nothing is made a second time there.
#[test]
fn an_account_that_is_linked_again_unsaved_is_asked_for() {
    let mut office = settled();
    let id = office.crm.crm.companies[0].id.clone();
    office.requests = vec![Request::Unlink(id.clone())];
    office.run(None, None);
    office.requests = vec![Request::Link { company: id, account: "CLI01".to_owned() }];
    run_unsaved(&mut office);
    let whole = counts(&office);
    office.changes = Some(BySide::default());
    office.hide = |erp, _| erp.accounts.clear();
    let report = office.run(None, None);
    assert!(report.plan.ops.iter().all(|op| op.side == Side::B), "{}", report.plan);
    assert!(office.state.wanted(Side::A).any(|code| code == "CLI01"));
    office.hide = |_, _| {};
    for _ in 0..2 {
        office.run(None, None);
        assert_eq!(counts(&office), whole);
    }
    assert!(office.state.links.values().any(|one| one.ids.a == "CLI01"));
}
