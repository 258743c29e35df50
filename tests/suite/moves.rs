//! Requests of the profile `sage100` that move, break and make links, where one speaks of what another one does, where a
//! run stops in between, and where a listing hides a part: nothing that stands with a company is lost (B7.5, B11).

use counterpart::host::{Adapter, Request as Write, Response, drive};
use counterpart::model::BySide;
use counterpart::plan::Action;
use counterpart::profiles::sage100::{
    Address, AddressKind, Company, Conflict, Contact, ErpAccountKind, Kind, MemoryCrm, MemoryErp,
    Principal, Record, RecordPatch, Request, RequestRefusal, Sage100, systems,
};
use counterpart::report::AnomalyCode;
use counterpart::session::Session;
use counterpart::snapshot::{StateKey, SyncState};
use serde_json::json;

use crate::leftovers::Stops;
use crate::office::{Office, Silent};

/// An integration after its first run: an account with a delivery address and a contact, and companies of their own,
/// with a contact each.
pub(crate) fn with_companies(others: &[&str]) -> Office {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
        "billing": {"city": "Paris"}, "delivery": [{"label": "Quai", "city": "Lyon"}],
        "contacts": [{"id": "K1", "last_name": "Roux"}],
    });
    let mut office = Office::new(json!({"accounts": [account]}));
    for (at, id) in others.iter().enumerate() {
        let mut one = Company::default();
        (one.id, one.name) = ((*id).to_owned(), format!("Own {at}").as_str().into());
        (one.company_type, one.integration) = ("Client".into(), Some("Sage100".to_owned()));
        one.account_code = format!("W{at}").as_str().into();
        let mut contact = Contact::default();
        (contact.id, contact.last_name) = (format!("CON9{at}"), format!("Of {id}").as_str().into());
        one.contacts.push(contact);
        office.crm.crm.companies.push(one);
    }
    office.run(None, None);
    office
}

pub(crate) fn company<'o>(office: &'o mut Office, id: &str) -> &'o mut Company {
    let mut companies = office.crm.crm.companies.iter_mut();
    companies.find(|one| one.id == id).expect("the company")
}

/// The company that was made for the account.
pub(crate) fn made(office: &Office) -> String {
    let account = office.crm.crm.accounts.first().expect("an account");
    account.company.clone().expect("its company")
}

/// The last names of the contacts of a company.
pub(crate) fn names(office: &mut Office, id: &str) -> Vec<String> {
    let contacts = company(office, id).contacts.iter();
    let mut names: Vec<String> = contacts.map(|one| one.last_name.or_empty().to_owned()).collect();
    names.sort();
    names
}

pub(crate) fn link(company: &str) -> Request {
    Request::Link { company: company.to_owned(), account: "CLI01".to_owned() }
}

fn refusals(office: &Office) -> Vec<Option<RequestRefusal>> {
    office.planned().answers.iter().map(|one| one.refused).collect()
}

/// A run whose CRM stops after so many writes.
pub(crate) fn run_stopped(office: &mut Office, writes: usize) {
    let mut stops = Stops(office.crm.clone(), writes);
    office.run(None, Some(&mut stops));
    office.crm = stops.0;
}

/// Somebody deletes a company; the CRM writes both ends of its join.
pub(crate) fn delete(office: &mut Office, id: &str) {
    office.crm.crm.companies.retain(|one| one.id != id);
    for one in &mut office.crm.crm.accounts {
        one.company = one.company.take().filter(|company| company != id);
    }
}

/// B11.1, B11.4: a link that the same run makes is not broken yet, so that the company which lost the account loses
/// nothing else.
#[test]
fn a_link_is_not_broken_by_the_run_that_makes_it() {
    let mut office = with_companies(&["COM8"]);
    office.requests = vec![link("COM8"), Request::Unlink("COM8".to_owned())];
    assert_eq!(refusals(&office), [None, Some(RequestRefusal::NotLinked)]);
    office.run(None, None);
    assert_eq!(names(&mut office, "COM8"), ["Of COM8", "Roux"]);
}

/// B6.5, B11.3: an account that the same run is to make stands in the CRM for nobody yet: there is nothing to reassign.
#[test]
fn an_account_is_not_reassigned_by_the_run_that_makes_it() {
    let mut office = with_companies(&["COM8", "COM9"]);
    office.requests = vec![
        Request::CreateAccount("COM8".to_owned()),
        Request::Reassign { from: "COM8".to_owned(), to: "COM9".to_owned() },
    ];
    assert_eq!(refusals(&office), [None, Some(RequestRefusal::NotLinked)]);
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(names(&mut office, "COM8"), ["Of COM8"]);
    assert_eq!(names(&mut office, "COM9"), ["Of COM9"]);
}

/// B11.1, B11.2: a link that is broken and made again while the CRM leaves a contact out of its listing leaves no link
/// of before behind: the contact that is made meanwhile is nobody's deletion.
#[test]
fn a_link_made_again_without_a_contact_deletes_nothing() {
    let mut office = with_companies(&[]);
    let id = made(&office);
    office.requests = vec![Request::Unlink(id.clone()), link(&id)];
    office.hide = |_, crm| crm.companies[0].contacts.clear();
    office.run(None, None);
    office.hide = |_, _| {};
    for _ in 0..2 {
        let report = office.run(None, None);
        assert!(!report.plan.ops.iter().any(|op| op.action.is_deletion()), "{}", report.plan);
    }
}

/// B7.5, B3.1: of what a company listed that somebody deleted nothing is deleted in the ERP, also where it may not come
/// again, and where the account was moved to another company while a filter was on.
#[test]
fn what_may_not_be_made_again_is_not_deleted_either() {
    let mut office = with_companies(&["COM8"]);
    let id = made(&office);
    (office.parameters.sync_addresses, office.parameters.sync_contacts) = (false, false);
    delete(&mut office, &id);
    office.requests = vec![link("COM8")];
    office.filters.b = Some("today".to_owned());
    office.run(None, None);
    office.filters.b = None;
    for _ in 0..3 {
        let report = office.run(None, None);
        assert!(!report.plan.ops.iter().any(|op| op.action.is_deletion()), "{}", report.plan);
    }
    let erp = &office.erp.erp.accounts[0];
    // The contact of the other company goes there as a new one.
    assert_eq!((erp.delivery.len(), erp.contacts.len()), (1, 2));
}

/// B7.5, B11.4: a company that just got an account, by a run that stopped, and that somebody deletes is made again with
/// what it listed, also where the CRM lists changes only; nothing of it is deleted in the ERP.
#[test]
fn the_heir_of_a_stopped_move_may_be_deleted() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    // No run made it: it came from a base that was in use before.
    office.crm.crm.accounts[0].origin = None;
    office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
    run_stopped(&mut office, 1);
    assert_eq!(made(&office), "COM8");
    delete(&mut office, "COM8");
    office.changes = Some(BySide::new(Vec::new(), vec!["COM8".to_owned()]));
    office.run(None, None);
    for quiet in [true, true, false, false] {
        office.changes = quiet.then(BySide::default);
        office.hide = if quiet { |_, crm| crm.accounts.clear() } else { |_, _| {} };
        office.run(None, None);
    }
    let erp = &office.erp.erp.accounts[0];
    assert_eq!((erp.delivery.len(), erp.contacts.len()), (1, 1));
    let heir = made(&office);
    assert_eq!(names(&mut office, &heir), ["Roux"]);
    assert_eq!(company(&mut office, &heir).addresses.len(), 2);
}

/// B11.2, B11.4: a link that was asked for and never begun is not made any more once somebody worked on the company that
/// it would take away.
#[test]
fn a_company_that_was_worked_on_is_not_taken_away_later() {
    let mut office = with_companies(&["COM8"]);
    let id = made(&office);
    office.run(None, None);
    office.requests = vec![link("COM8")];
    office.run(None, Some(&mut Silent));
    let one = company(&mut office, &id);
    one.website = "worked.example".into();
    one.modified = "2026-03-03T09:00:00Z".parse().expect("an instant");
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(company(&mut office, &id).website.or_empty(), "worked.example");
}

/// B11.4, D4: a company that lost its account to a stopped run, and that somebody uses again before the move is
/// completed, stays, also where a listing of changes does not show it any more.
#[test]
fn a_company_that_is_used_again_stays_under_changes() {
    let mut office = with_companies(&["COM8"]);
    let left = made(&office);
    office.requests = vec![Request::Reassign { from: left.clone(), to: "COM8".to_owned() }];
    run_stopped(&mut office, 1);
    let mut address = Address::default();
    (address.id, address.city) = ("ADR7".to_owned(), "Nice".into());
    address.kind = Some(AddressKind::Delivery);
    let one = company(&mut office, &left);
    one.addresses.push(address);
    one.modified = "2026-03-03T09:00:00Z".parse().expect("an instant");
    office.changes = Some(BySide::default());
    run_stopped(&mut office, 0);
    office.hide = |_, crm| crm.companies.retain(|one| one.account.is_some());
    for _ in 0..3 {
        office.run(None, None);
    }
    assert_eq!(company(&mut office, &left).addresses.len(), 1);
}

/// D4: what somebody wrote in the ERP while a filter hides its account is not overwritten unseen, and not forgotten.
#[test]
fn what_a_filter_hides_with_its_account_is_not_overwritten() {
    let mut office = with_companies(&[]);
    let id = made(&office);
    office.run(None, None);
    let when = "2026-03-05T09:00:00Z".parse().expect("an instant");
    let erp = &mut office.erp.erp.accounts[0];
    (erp.contacts[0].fax, erp.contacts[0].email, erp.modified) = ("1".into(), "a@b".into(), when);
    let one = company(&mut office, &id);
    (one.contacts[0].fax, one.modified) = ("2".into(), when);
    office.hide = |erp, _| erp.accounts.clear();
    office.filters.a = Some("today".to_owned());
    office.run(None, None);
    assert_eq!(office.erp.erp.accounts[0].contacts[0].fax.or_empty(), "1");
    office.hide = |_, _| {};
    office.filters.a = None;
    let reports = [office.run(None, None), office.run(None, None)];
    let named = reports.iter().flat_map(|one| &one.anomalies);
    let mut named = named.filter(|one| one.code == AnomalyCode::ConflictLoser);
    assert!(named.any(|one| one.field == "fax"));
    let contact = &company(&mut office, &id).contacts[0];
    assert_eq!((contact.fax.or_empty(), contact.email.or_empty()), ("1", "a@b"));
}

/// A CRM, or an ERP, that does what it is asked and whose answers never arrive.
pub(crate) struct Unheard<S>(pub(crate) S);

impl<S: Adapter<Sage100>> Adapter<Sage100> for Unheard<S> {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        self.0.write(request);
        Response::Lost
    }
}

/// D4, D12: what an unanswered write may have lost is named, also where both records of its pair are gone by the next
/// run.
#[test]
fn losses_of_a_pair_that_is_gone_are_named() {
    let mut office = with_companies(&[]);
    let id = made(&office);
    office.run(None, None);
    let when = "2026-03-05T09:00:00Z".parse().expect("an instant");
    let erp = &mut office.erp.erp.accounts[0];
    (erp.billing.city, erp.modified) = ("Brest".into(), when);
    office.parameters.active = false;
    office.requests = vec![Request::SendAll];
    let mut unheard = Unheard(office.erp.clone());
    office.run(Some(&mut unheard), None);
    office.erp = unheard.0;
    office.parameters.active = true;
    let one = company(&mut office, &id);
    one.addresses.retain(|one| one.kind != Some(AddressKind::Billing));
    office.hide = |erp, _| erp.accounts.clear();
    let report = office.run(None, None);
    let named = report.anomalies.iter().filter(|one| one.code == AnomalyCode::ConflictLoser);
    assert_eq!(named.map(|one| one.field.as_str()).collect::<Vec<_>>(), ["address"]);
}

/// B1.5, B11.4: an account that somebody edits by itself after its new company took it over, and before the run that moved
/// it is completed, goes nowhere with that.
#[test]
fn an_account_edited_by_itself_while_it_moves_goes_nowhere() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    office.run(None, None);
    office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
    run_stopped(&mut office, 2);
    assert_eq!(company(&mut office, "COM8").name.or_empty(), "Petit");
    let account = &mut office.crm.crm.accounts[0];
    account.website = "by.itself.example".into();
    account.modified = "2026-03-03T09:00:00Z".parse().expect("an instant");
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].website.or_empty(), "");
    assert_eq!(company(&mut office, "COM8").website.or_empty(), "");
}

/// An ERP that keeps five characters of a short name.
struct Cuts(MemoryErp);

impl Adapter<Sage100> for Cuts {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        let mut request = request.clone();
        if let Action::Update(RecordPatch::ErpAccount(patch)) = &mut request.action
            && let Some(name) = patch.short_name.as_mut()
        {
            *name = name.or_empty().chars().take(5).collect::<String>().as_str().into();
        }
        self.0.write(&request)
    }
}

/// A CRM that refuses to write companies.
struct NoCompanies(MemoryCrm);

impl Adapter<Sage100> for NoCompanies {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        if request.kind == Kind::Company {
            return Response::Refused { message: "no".to_owned(), trace: None };
        }
        self.0.write(request)
    }
}

/// B15.2, B16, E4: what a resynchronisation wrote on an account and could not write on its company is written there by the
/// next run, though neither side changed since.
#[test]
fn a_resynchronisation_that_was_refused_half_way_is_completed() {
    let mut office = with_companies(&[]);
    let id = made(&office);
    let one = company(&mut office, &id);
    one.short_name = "Longer name".into();
    one.modified = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let mut cuts = Cuts(office.erp.clone());
    office.run(Some(&mut cuts), None);
    office.erp = cuts.0;
    office.parameters.active = false;
    office.requests = vec![Request::ResyncAll];
    let mut refuses = NoCompanies(office.crm.clone());
    office.run(None, Some(&mut refuses));
    office.crm = refuses.0;
    office.parameters.active = true;
    assert_eq!(office.crm.crm.accounts[0].short_name.or_empty(), "Longe");
    office.run(None, None);
    assert_eq!(company(&mut office, &id).short_name.or_empty(), "Longe");
    assert!(office.run(None, None).plan.ops.is_empty());
}

/// B11.4, B12: an account that stands alone, or beside the principal one of another company, and that is linked by a run
/// which stops right after it, keeps its name: the company takes it over, whatever code it showed before.
#[test]
fn a_link_that_stops_after_its_account_takes_the_name_of_the_account() {
    for (secondary, shown) in [(false, "W0"), (false, "CLI01"), (true, "W0"), (true, "CLI01")] {
        let mut office = with_companies(&["COM8"]);
        let from = made(&office);
        let other = company(&mut office, &from).clone();
        delete(&mut office, &from);
        let account = &mut office.crm.crm.accounts[0];
        account.origin = None;
        (account.addresses, account.contacts) = (other.addresses, other.contacts);
        if secondary {
            account.principal = Principal(false);
            account.company = Some("COM1X".to_owned());
            let mut holder = Company::default();
            holder.id = "COM1X".to_owned();
            office.crm.crm.companies.push(holder);
        }
        office.state = SyncState::new("sage100", systems("Sage100"), StateKey([7; 16]));
        office.run(None, None);
        company(&mut office, "COM8").account_code = shown.into();
        office.requests = vec![link("COM8")];
        run_stopped(&mut office, 1);
        for _ in 0..2 {
            office.run(None, None);
        }
        let case = (secondary, shown);
        assert_eq!(office.erp.erp.accounts[0].title.or_empty(), "Petit", "{case:?}");
        assert_eq!(company(&mut office, "COM8").name.or_empty(), "Petit", "{case:?}");
        assert_eq!(names(&mut office, "COM8"), ["Of COM8", "Roux"], "{case:?}");
    }
}

/// B7.5, B11.4: a company that gets its account back, after a stopped run gave it to another one that somebody deleted,
/// gets what stands with it too; nothing of that is deleted in the ERP.
#[test]
fn a_company_that_gets_its_account_back_lists_everything_again() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    office.run(None, None);
    office.requests = vec![Request::Reassign { from: from.clone(), to: "COM8".to_owned() }];
    run_stopped(&mut office, 1);
    delete(&mut office, "COM8");
    office.crm.crm.accounts[0].origin = None;
    office.requests = vec![link(&from)];
    for _ in 0..3 {
        office.run(None, None);
    }
    let erp = &office.erp.erp.accounts[0];
    assert_eq!((erp.delivery.len(), erp.contacts.len()), (1, 1));
    assert_eq!(names(&mut office, &from), ["Roux"]);
}

/// E7: nothing is deleted in the CRM of an account that takes no part any more, also where the answer that would have
/// linked it never arrived.
#[test]
fn an_account_that_takes_no_part_deletes_nothing() {
    let mut office = with_companies(&["COM8"]);
    let mut other = office.erp.erp.accounts[0].clone();
    (other.code, other.contacts) = ("CLI02".to_owned(), Vec::new());
    office.erp.erp.accounts.push(other);
    let mut own = Address::default();
    (own.id, own.city) = ("ADR7".to_owned(), "Nice".into());
    company(&mut office, "COM8").addresses.push(own);
    office.requests =
        vec![Request::Link { company: "COM8".to_owned(), account: "CLI02".to_owned() }];
    let mut unheard = Unheard(office.crm.clone());
    office.run(None, Some(&mut unheard));
    office.crm = unheard.0;
    office.erp.erp.accounts[1].kind = ErpAccountKind::Other;
    for _ in 0..2 {
        office.run(None, None);
    }
    assert!(company(&mut office, "COM8").addresses.iter().any(|one| one.id == "ADR7"));
}

/// B9.1: a new address does not get the label of one that is gone in the ERP and still stands in the CRM: their links would
/// be one.
#[test]
fn a_label_is_free_once_no_address_has_it() {
    let mut office = with_companies(&[]);
    let id = made(&office);
    let when = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let erp = &mut office.erp.erp.accounts[0];
    (erp.delivery[0].label, erp.modified) = ("Lyon".into(), when);
    office.run(None, None);
    office.erp.erp.accounts[0].delivery.clear();
    let mut address = Address::default();
    (address.id, address.city) = ("ADR7".to_owned(), "Lyon".into());
    address.street = "1 rue".into();
    address.kind = Some(AddressKind::Delivery);
    company(&mut office, &id).addresses.push(address);
    office.run(None, None);
    assert_eq!(office.erp.erp.accounts[0].delivery[0].label.or_empty(), "Lyon 2");
}

/// A CRM that refuses to make delivery addresses.
struct NoAddresses(MemoryCrm);

impl Adapter<Sage100> for NoAddresses {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        let mut label = "";
        if let Action::Create(Record::Address { address, .. }) = &request.action {
            label = address.label.or_empty();
        }
        if !label.is_empty() {
            return Response::Refused { message: "no".to_owned(), trace: None };
        }
        self.0.write(request)
    }
}

/// B7.5, B9.1: an address that got another label while its company was deleted, and that the CRM refuses to make again at
/// first, is not deleted in the ERP for that.
#[test]
fn an_address_with_another_label_is_awaited_with_its_company() {
    let mut office = with_companies(&[]);
    office.parameters.conflict = Conflict::Crm;
    let id = made(&office);
    office.run(None, None);
    let erp = &mut office.erp.erp.accounts[0];
    erp.delivery[0].label = "Port".into();
    erp.modified = "2026-03-03T09:00:00Z".parse().expect("an instant");
    delete(&mut office, &id);
    let mut refuses = NoAddresses(office.crm.clone());
    office.run(None, Some(&mut refuses));
    office.crm = refuses.0;
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].delivery.len(), 1);
}

/// B11.4: an account that the CRM did not hold yet, and that is linked by a run which stops once it has made it, keeps its
/// name: the company takes it over.
#[test]
fn a_link_that_stops_after_it_made_its_account_takes_the_name_of_that() {
    let mut office = with_companies(&["COM8"]);
    office.parameters.conflict = Conflict::Crm;
    let mut other = office.erp.erp.accounts[0].clone();
    (other.code, other.title) = ("CLI02".to_owned(), "Sand".into());
    office.erp.erp.accounts.push(other);
    office.requests =
        vec![Request::Link { company: "COM8".to_owned(), account: "CLI02".to_owned() }];
    let mut refuses = NoCompanies(office.crm.clone());
    office.run(None, Some(&mut refuses));
    office.crm = refuses.0;
    office.state.asked.clear();
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[1].title.or_empty(), "Sand");
    assert_eq!(company(&mut office, "COM8").name.or_empty(), "Sand");
}

/// B11.4: a company that somebody deletes while a run gives it an account gets nothing: what the former one lists stays
/// with it, an edit of it too.
#[test]
fn a_company_deleted_while_a_run_links_it_takes_nothing_along() {
    let mut office = with_companies(&["COM8"]);
    let contact = |office: &Office| {
        let companies = office.crm.crm.companies.iter();
        let mut contacts = companies
            .flat_map(|one| &one.contacts)
            .filter(|one| one.last_name.or_empty() == "Roux");
        contacts.next().map(|one| one.phone.or_empty().to_owned())
    };
    for one in office.crm.crm.companies.iter_mut().flat_map(|one| &mut one.contacts) {
        one.phone = "0102".into();
    }
    office.requests =
        vec![Request::Link { company: "COM8".to_owned(), account: "CLI01".to_owned() }];
    let plan = office.planned().plan;
    assert_eq!(contact(&office).as_deref(), Some("0102"));
    office.crm.crm.companies.retain(|one| one.id != "COM8");
    let mut session = Session::new(plan, office.state.clone());
    drive(&mut session, &mut BySide::new(&mut office.erp, &mut office.crm), |_| true);
    office.state = session.finish().0;
    assert_eq!(contact(&office).as_deref(), Some("0102"));
    office.requests.clear();
    office.run(None, None);
    let phones = office.erp.erp.accounts.iter().flat_map(|one| &one.contacts);
    assert!(phones.into_iter().any(|one| one.phone.or_empty() == "0102"));
}
