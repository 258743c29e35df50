//! What a filter hides in the profile `sage100` is neither missed nor made a second time (P-04).

use counterpart::model::BySide;
use counterpart::profiles::sage100::{Account, Company, Request, RequestRefusal};
use counterpart::report::Code;
use serde_json::json;

use crate::office::Office;

/// An account with an address and a contact on both sides, its company in the CRM.
fn joined() -> Office {
    let mut office = Office::new(json!({"accounts": [{
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "billing": {"city": "Paris"}, "delivery": [{"label": "Quai", "city": "Lyon"}],
        "contacts": [{"id": "K1", "last_name": "Petit"}],
    }]}));
    office.run(None, None);
    office
}

/// How many companies, addresses and contacts each side has.
fn counts(office: &Office) -> [usize; 5] {
    let (crm, erp) = (&office.crm.crm, &office.erp.erp);
    let addresses = crm.companies.iter().map(|one| one.addresses.len());
    let own = crm.accounts.iter().map(|one| one.addresses.len());
    let contacts = crm.companies.iter().map(|one| one.contacts.len());
    let delivery = erp.accounts.iter().map(|one| one.delivery.len());
    let theirs = erp.accounts.iter().map(|one| one.contacts.len());
    [crm.companies.len(), addresses.chain(own).sum(), contacts.sum(), delivery.sum(), theirs.sum()]
}

/// P-04: a company that a filter hides, while it shows the company's account, is there: neither it nor what stands with it is
/// made again, however often the same filter hides it.
#[test]
fn a_company_that_a_filter_hides_is_there() {
    for forgets in [false, true] {
        let mut office = joined();
        let before = counts(&office);
        if forgets {
            let links: Vec<_> = office.state.links.iter().map(|(key, _)| key).collect();
            for key in links {
                office.state.links.remove(&key);
            }
            office.state.fresh = true;
        }
        office.hide = |_, crm| crm.companies.clear();
        office.filters.b = Some("accounts".to_owned());
        for run in 0..3 {
            office.run(None, None);
            assert_eq!(counts(&office), before, "forgets {forgets}, run {run} behind the filter");
        }
        office.hide = |_, _| {};
        office.filters.b = None;
        for run in 0..3 {
            office.run(None, None);
            assert_eq!(counts(&office), before, "forgets {forgets}, run {run}");
        }
    }
}

/// P-04, B12.2: nor is one missed that a run made for an account that stood alone, while the filter does not show it yet.
#[test]
fn a_company_that_is_made_behind_a_filter_is_there() {
    let mut office = joined();
    office.crm.crm.companies.clear();
    office.crm.crm.accounts[0].company = None;
    for link in office.state.links.iter().map(|(key, _)| key).collect::<Vec<_>>() {
        office.state.links.remove(&link);
    }
    office.state.fresh = true;
    office.crm.crm.accounts[0].origin = None;
    office.hide = |_, crm| crm.companies.clear();
    office.filters.b = Some("accounts".to_owned());
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(office.crm.crm.companies.len(), 0, "an account without a company is left so");
    office.requests = vec![Request::CreateCompany(office.crm.crm.accounts[0].id.clone())];
    for run in 0..3 {
        let report = office.run(None, None);
        assert!(run == 0 || report.plan.ops.is_empty(), "run {run}: {}", report.plan);
    }
    office.hide = |_, _| {};
    office.filters.b = None;
    for _ in 0..3 {
        office.run(None, None);
    }
    assert_eq!(counts(&office), [1, 2, 1, 1, 1]);
}

/// B6.5, B7.4: an account that is asked for under the code of one that both sides lost, while a filter hides that the CRM's
/// is gone, has that code for itself: the former one is not made again beside it.
#[test]
fn an_account_that_follows_a_lost_one_stands_alone() {
    let mut office = joined();
    // No id is given twice.
    let mut other = Account::default();
    (other.id, other.integration) = ("7".to_owned(), Some("Other".to_owned()));
    office.crm.crm.accounts = vec![other];
    let mut company = Company::default();
    (company.id, company.name) = ("COM9".to_owned(), "Martin".into());
    (company.company_type, company.account_code) = ("Client".into(), "CLI01".into());
    company.integration = Some("Sage100".to_owned());
    office.crm.crm.companies = vec![company];
    office.erp.erp.accounts.clear();
    office.filters.b = Some("today".to_owned());
    office.requests = vec![Request::CreateAccount("COM9".to_owned())];
    office.run(None, None);
    assert_eq!((office.erp.erp.accounts.len(), office.crm.crm.accounts.len()), (1, 2));
    office.filters.b = None;
    for run in 0..3 {
        let report = office.run(None, None);
        assert!(report.plan.ops.is_empty(), "run {run}: {}", report.plan);
    }
}

/// P-04, D12: a contact that a run nobody heard of made of one that a filter of the ERP hides is not sent there: it is found
/// again once the ERP shows the other one.
#[test]
fn what_a_contact_was_made_of_may_be_hidden() {
    let mut office = joined();
    let mut roux = office.erp.erp.accounts[0].contacts[0].clone();
    (roux.id, roux.last_name) = ("K2".to_owned(), "Roux".into());
    office.erp.erp.accounts[0].contacts.push(roux);
    let state = office.state.clone();
    office.run(None, None);
    office.state = state;
    let before = counts(&office);
    assert_eq!((before[2], before[4]), (2, 2), "made in the CRM");
    office.hide = |erp, _| erp.accounts[0].contacts.truncate(1);
    office.filters.a = Some("one".to_owned());
    let report = office.run(None, None);
    assert!(report.journal.iter().any(|one| one.code == Code::NotYetSeen), "it is told");
    office.hide = |_, _| {};
    office.filters.a = None;
    office.run(None, None);
    assert_eq!(counts(&office), before);
}

/// B7.5, D9, P-04: an account's record was made again by a run nobody heard of, and its company is deleted: what stood with it
/// is not deleted in the ERP, also where that lists changes alone and the CRM everything.
#[test]
fn what_stands_with_an_account_that_waits_is_kept() {
    let mut office = joined();
    let [companies, others @ ..] = counts(&office);
    let mut account = office.crm.crm.accounts.remove(0);
    (account.id, account.company) = ("9".to_owned(), None);
    office.crm.crm.accounts.push(account);
    let mut other = Company::default();
    other.id = "COM5".to_owned();
    office.crm.crm.companies = vec![other];
    office.changes = Some(BySide::default());
    office.whole = BySide::new(false, true);
    office.hide = |erp, _| erp.accounts.clear();
    let report = office.run(None, None);
    assert!(!report.plan.ops.iter().any(|one| one.action.is_deletion()), "{}", report.plan);
    office.hide = |_, _| {};
    office.changes = None;
    office.run(None, None);
    office.run(None, None);
    let [now, there @ ..] = counts(&office);
    assert_eq!((now, there), (companies + 1, others));
}

/// B5.3, P-04: the code of an account that a filter of the ERP hides, and whose record in the CRM is gone, is in use.
#[test]
fn the_code_of_an_account_that_a_filter_hides_is_in_use() {
    let mut office = joined();
    let mut other = Company::default();
    (other.id, other.name, other.account_code) = ("COM5".to_owned(), "Roux".into(), "CLI01".into());
    (other.company_type, other.currency) = ("Client".into(), "EUR".into());
    other.integration = Some("Sage100".to_owned());
    office.crm.crm.companies.push(other);
    office.crm.crm.accounts.clear();
    office.crm.crm.companies[0].account = None;
    office.hide = |erp, _| erp.accounts.clear();
    office.filters.a = Some("none".to_owned());
    office.requests = vec![Request::CreateAccount("COM5".to_owned())];
    let answers = office.planned().answers;
    assert_eq!(answers[0].refused, Some(RequestRefusal::CodeInUse));
}
