//! What a move of an account leaves behind in the profile `sage100` goes; what only looks like it stays (B7.4, B11.4).

use counterpart::host::{Adapter, Request as Write, Response};
use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{Address, AddressKind, Company, MemoryCrm, Request, Sage100};
use counterpart::report::Code;
use counterpart::rules::Reason;
use counterpart::snapshot::LinkStatus;
use serde_json::json;

use crate::office::{Office, Silent, one_account};

/// A side that does not tell what it stored.
pub(crate) struct Unread<T>(pub(crate) T);

impl<T: Adapter<Sage100>> Adapter<Sage100> for Unread<T> {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        let mut response = self.0.write(request);
        if let Response::Done { stored, modified, .. } = &mut response {
            (*stored, *modified) = (None, None);
        }
        response
    }
}

/// An integration after its first run, with a company beside the one that was made.
fn with_companies(others: &[&str]) -> Office {
    let mut office = Office::new(one_account());
    for id in others {
        let mut one = Company::default();
        (one.id, one.name) = ((*id).to_owned(), "Own".into());
        office.crm.crm.companies.push(one);
    }
    office.run(None, None);
    office
}

fn companies(office: &Office) -> Vec<&str> {
    office.crm.crm.companies.iter().map(|one| one.id.as_str()).collect()
}

fn holder(office: &Office) -> Option<&str> {
    let account = office.crm.crm.accounts.first().map(|one| one.id.as_str());
    let mut companies = office.crm.crm.companies.iter();
    companies.find(|one| one.account.as_deref() == account).map(|one| one.id.as_str())
}

fn link(company: &str) -> Request {
    Request::Link { company: company.to_owned(), account: "CLI01".to_owned() }
}

/// B7.4, B7.5: a company that a complete listing left out by mistake is made again, and its account with it; when it is
/// listed once more, nobody moved anything, and it stays. A filter that hides the new one meanwhile changes nothing.
#[test]
fn a_company_that_was_left_out_of_a_listing_stays() {
    let mut office = with_companies(&[]);
    office.run(None, None);
    office.hide = |_, crm| crm.companies.retain(|one| one.id != "COM1");
    let mut unread = Unread(office.crm.clone());
    office.run(None, Some(&mut unread));
    office.crm = unread.0;
    assert_eq!(holder(&office), Some("COM2"), "made again");
    office.hide = |_, crm| crm.companies.retain(|one| one.id != "COM2");
    office.filters.b = Some("today".to_owned());
    office.run(None, None);
    office.hide = |_, _| {};
    office.filters.b = None;
    office.run(None, None);
    assert!(companies(&office).contains(&"COM1"), "{:?}", companies(&office));
}

/// B11.4: a link that was asked for and never reached the CRM moved nothing: no company goes.
#[test]
fn a_move_that_never_began_leaves_its_company() {
    let mut office = with_companies(&["COM8", "COM9"]);
    office.requests = vec![link("COM8")];
    office.run(None, None);
    assert_eq!((holder(&office), companies(&office).len()), (Some("COM8"), 2));
    office.requests = vec![link("COM9")];
    office.run(None, Some(&mut Silent));
    // Nobody wants it any more.
    office.state.asked.clear();
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!((holder(&office), companies(&office)), (Some("COM8"), vec!["COM8", "COM9"]));
}

/// B11.4: of two moves that followed each other the companies that lost the account go, both of them.
#[test]
fn companies_that_lost_their_account_go() {
    let mut office = with_companies(&["COM8", "COM9"]);
    for company in ["COM8", "COM9"] {
        office.requests = vec![link(company)];
        office.run(None, None);
    }
    assert_eq!((holder(&office), companies(&office)), (Some("COM9"), vec!["COM9"]));
    let links = office.state.links.values();
    assert!(links.into_iter().all(|one| one.status == LinkStatus::Live));
}

/// B7.8, D4: an address that a filter hides, of an account that was written since, may say something nobody has seen: it
/// is neither deleted nor overwritten before it is shown again.
#[test]
fn what_a_filter_hides_is_not_deleted_unseen() {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "delivery": [{"label": "Quai", "city": "Lyon"}],
    });
    let mut office = Office::new(json!({"accounts": [account]}));
    office.run(None, None);
    let when = "2026-03-01T09:00:00Z".parse().expect("an instant");
    let erp = &mut office.erp.erp.accounts[0];
    (erp.modified, erp.delivery[0].city) = (when, "Nantes".into());
    let company = &mut office.crm.crm.companies[0];
    (company.modified, company.addresses) = (when, Vec::new());
    office.hide = |erp, _| erp.accounts[0].delivery.clear();
    office.filters.a = Some("identification".to_owned());
    let report = office.run(None, None);
    assert!(report.plan.ops.is_empty(), "{}", report.plan);
    office.hide = |_, _| {};
    office.filters.a = None;
    let report = office.run(None, None);
    assert_eq!(report.plan.ops[0].reason, Reason::Recreated, "{}", report.plan);
    assert_eq!(office.crm.crm.companies[0].addresses[0].city.or_empty(), "Nantes");
}

/// B11.4: a company that lost its account and that somebody worked on before it could go stays.
#[test]
fn a_company_that_was_worked_on_since_stays() {
    let mut office = with_companies(&["COM8"]);
    office.requests = vec![link("COM8")];
    let mut keeps = NoDeletions(office.crm.clone());
    office.run(None, Some(&mut keeps));
    office.crm = keeps.0;
    assert_eq!((holder(&office), companies(&office).len()), (Some("COM8"), 2), "refused");
    let later = |day: u32| format!("2026-03-{day:02}T09:00:00Z").parse().expect("an instant");
    let left = office.crm.crm.companies.iter_mut().find(|one| one.id != "COM8");
    let left = left.expect("the company before");
    (left.website, left.modified) = ("worked.example".into(), later(2));
    office.crm.crm.accounts[0].modified = later(3);
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(companies(&office).len(), 2);
}

/// A CRM that refuses deletions.
struct NoDeletions(MemoryCrm);

impl Adapter<Sage100> for NoDeletions {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        if request.action.is_deletion() {
            return Response::Refused { message: "no".to_owned(), trace: None };
        }
        self.0.write(request)
    }
}

/// B7.5: what a company listed is made again with it, also where the CRM never told that it stored it and lists changes
/// only: nothing of it is deleted in the ERP.
#[test]
fn a_company_that_was_never_read_back_is_made_again_whole() {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "contacts": [{"id": "K1", "last_name": "Roux"}, {"id": "K2", "last_name": "Zola"}],
    });
    let mut office = Office::new(json!({"accounts": [account]}));
    let mut unread = Unread(office.crm.clone());
    office.run(None, Some(&mut unread));
    office.crm = unread.0;
    let gone = office.crm.crm.companies.remove(0);
    office.crm.crm.accounts[0].company = None;
    // Both sides list what changed; later they list everything.
    office.changes = Some(BySide::new(Vec::new(), vec![gone.id]));
    office.hide = |erp, _| erp.accounts.clear();
    office.run(None, None);
    office.hide = |_, _| {};
    for changes in [Some(BySide::default()), None, None] {
        office.changes = changes;
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 2);
    assert_eq!(office.crm.crm.companies[0].contacts.len(), 2);
}

/// B7.5, P-04: a filter that hides a company in the second run, whose first one was stopped, makes it no second time.
#[test]
fn a_filter_after_a_stopped_first_run_makes_no_company_again() {
    let mut office = Office::new(one_account());
    let mut stops = Stops(office.crm.clone(), 2);
    office.run(None, Some(&mut stops));
    office.crm = stops.0;
    assert_eq!(companies(&office).len(), 1);
    office.hide = |_, crm| crm.companies.clear();
    office.filters.b = Some("today".to_owned());
    office.run(None, None);
    assert_eq!(companies(&office).len(), 1);
}

/// A CRM whose answers never arrive after so many.
pub(crate) struct Stops(pub(crate) MemoryCrm, pub(crate) usize);

impl Adapter<Sage100> for Stops {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        let Some(left) = self.1.checked_sub(1) else { return Response::Lost };
        self.1 = left;
        self.0.write(request)
    }
}

/// B7.5, P-04: a contact that a filter of the ERP hides while its company is made again is made again once it is shown, and
/// not deleted in the ERP.
#[test]
fn what_a_filter_of_the_erp_hides_is_made_again_later() {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "contacts": [{"id": "K1", "last_name": "Roux"}, {"id": "K2", "last_name": "Zola"}],
    });
    let mut office = Office::new(json!({"accounts": [account, {
        "code": "CLI02", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Roux",
        "contacts": [{"id": "K3", "last_name": "Sand"}],
    }]}));
    office.run(None, None);
    office.crm.crm.companies.remove(0);
    office.crm.crm.accounts[0].company = None;
    office.hide = |erp, _| erp.accounts[0].contacts.truncate(1);
    office.filters.a = Some("one".to_owned());
    office.run(None, None);
    office.hide = |_, _| {};
    office.filters.a = None;
    for _ in 0..3 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 2);
    let mut companies = office.crm.crm.companies.iter();
    assert!(companies.any(|one| one.contacts.len() == 2));
}

/// B6.5, P-04: an account is gone in the CRM and, behind a filter, in the ERP. Its company asks for another one of the same
/// code: what the company lists goes along, and nothing of it is deleted in the CRM.
#[test]
fn what_stood_with_an_account_that_a_filter_hid_stands_with_the_next_one() {
    let mut erp = one_account();
    erp["accounts"][0]["contacts"] = json!([{"id": "K1", "last_name": "Petit"}]);
    let mut office = Office::new(erp);
    office.run(None, None);
    office.crm.crm.accounts.clear();
    for company in &mut office.crm.crm.companies {
        company.account = None;
    }
    office.erp.erp.accounts.clear();
    office.filters.a = Some("one".to_owned());
    office.run(None, None);
    office.filters.a = None;
    let company = office.crm.crm.companies[0].id.clone();
    office.requests.push(Request::CreateAccount(company));
    office.run(None, None);
    office.requests.clear();
    for _ in 0..3 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 1);
    assert_eq!(office.crm.crm.companies[0].contacts.len(), 1);
}

/// B9.6: where a link tells of a main contact only, nobody knows of a default address: where the ERP deletes an address, a
/// run that lists changes waits for the contacts, and the next one keeps what is somebody's default.
#[test]
fn an_address_waits_where_nobody_noted_a_default() {
    let mut erp = one_account();
    erp["accounts"][0]["delivery"] = json!([{"label": "Quai", "city": "Lyon"}]);
    erp["accounts"][0]["contacts"] = json!([{"id": "K1", "last_name": "Petit"}]);
    let mut office = Office::new(erp);
    office.run(None, None);
    let contacts = office.state.links.iter().filter(|(_, link)| link.facts.len() == 2);
    for (key, mut link) in contacts.collect::<Vec<_>>() {
        link.facts.truncate(1);
        office.state.links.insert(key, link);
    }
    let addresses = |office: &Office| {
        let companies = office.crm.crm.companies.iter();
        let addresses = companies.flat_map(|one| &one.addresses).map(|one| one.id.clone());
        addresses.collect::<Vec<_>>()
    };
    let there = addresses(&office);
    assert_eq!(there.len(), 1);
    for contact in office.crm.crm.companies.iter_mut().flat_map(|one| &mut one.contacts) {
        contact.default_address = there.first().cloned();
    }
    for account in &mut office.erp.erp.accounts {
        account.delivery.clear();
    }
    office.hide = |_, crm| (crm.companies, crm.accounts) = (Vec::new(), Vec::new());
    office.changes = Some(BySide::default());
    let report = office.run(None, None);
    assert!(report.plan.ops.is_empty(), "{:?}", report.plan.ops);
    assert!(office.state.wanted(Side::B).next().is_some(), "the company is asked for");
    office.hide = |_, _| {};
    office.changes = None;
    let report = office.run(None, None);
    assert!(report.journal.iter().any(|entry| entry.code == Code::DefaultAddressKept));
    assert_eq!(addresses(&office), there);
}

/// B9.1, E2: the label that the ERP was given is no edit of its address, also where neither side tells what it stored: the
/// address goes with that of the CRM.
#[test]
fn a_given_label_that_nobody_told_is_no_edit() {
    let mut office = with_companies(&["COM8"]);
    let company = office.crm.crm.companies.iter_mut().find(|one| one.id == "COM8");
    let company = company.expect("the company");
    (company.company_type, company.account_code) = ("Client".into(), "CLI8".into());
    company.integration = Some("Sage100".to_owned());
    for (id, city) in [("ADR8", "Lyon"), ("ADR9", "Nice")] {
        let mut address = Address::default();
        (address.id, address.city) = (id.to_owned(), city.into());
        address.kind = Some(AddressKind::Delivery);
        company.addresses.push(address);
    }
    office.requests = vec![Request::CreateAccount("COM8".to_owned())];
    let (mut erp, mut crm) = (Unread(office.erp.clone()), Unread(office.crm.clone()));
    office.run(Some(&mut erp), Some(&mut crm));
    (office.erp, office.crm) = (erp.0, crm.0);
    let labels = |office: &Office| {
        let addresses = office.erp.erp.accounts.iter().flat_map(|one| &one.delivery);
        addresses.map(|one| one.label.or_empty().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(labels(&office), ["Lyon", "Nice"]);
    for company in &mut office.crm.crm.companies {
        company.addresses.retain(|one| one.id != "ADR8");
    }
    let report = office.run(None, None);
    assert_eq!(labels(&office), ["Nice"], "{}", report.plan);
}

/// D12, B4.12: an account that a CRM lost before any listing showed it, and of which it told nothing when it stored it, is told in
/// every run; what is new about it in the ERP is not written again and again on what nobody lists.
#[test]
fn nothing_is_written_on_an_account_that_was_never_seen() {
    let mut erp = one_account();
    erp["representatives"] = json!([{"code": "R1", "name": "Roux"}]);
    let mut office = Office::new(erp);
    let mut unread = Unread(office.crm.clone());
    office.run(None, Some(&mut unread));
    office.crm = unread.0;
    office.crm.crm.accounts.clear();
    for company in &mut office.crm.crm.companies {
        company.account = None;
    }
    office.erp.erp.accounts[0].representative = Some("R1".to_owned());
    for run in 0..2 {
        let report = office.run(None, None);
        assert!(report.plan.ops.is_empty(), "run {run}: {}", report.plan);
    }
}
