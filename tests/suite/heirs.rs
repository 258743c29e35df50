//! A company of the profile `sage100` that a request gives an account: it takes over what the account says, once, and what
//! somebody writes there since stays (B11.4, D4).

use counterpart::host::{Adapter, Request as Write, Response};
use counterpart::model::BySide;
use counterpart::plan::Action;
use counterpart::profiles::sage100::{
    AddressKind, Company, Conflict, ErpAccountKind, Kind, MemoryCrm, Principal, Request, Sage100,
    systems,
};
use counterpart::report::Code;
use counterpart::snapshot::{StateKey, SyncState};
use serde_json::json;

use crate::leftovers::Unread;
use crate::moves::{Unheard, company, delete, link, made, names, run_stopped, with_companies};
use crate::office::Office;

/// A CRM that answers some writes without doing them.
struct Unwilling(MemoryCrm, fn(&Write<Sage100>) -> bool, Response<Sage100>);

impl Adapter<Sage100> for Unwilling {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        if (self.1)(request) { self.2.clone() } else { self.0.write(request) }
    }
}

fn refused() -> Response<Sage100> {
    Response::Refused { message: "no".to_owned(), trace: None }
}

/// A run in which the CRM does not do some writes.
fn run_unwilling(
    office: &mut Office,
    which: fn(&Write<Sage100>) -> bool,
    answer: Response<Sage100>,
) {
    let mut crm = Unwilling(office.crm.clone(), which, answer);
    office.run(None, Some(&mut crm));
    office.crm = crm.0;
}

/// A run whose state is not saved.
fn run_unsaved(office: &mut Office) {
    let before = office.state.clone();
    office.run(None, None);
    office.state = before;
}

/// Somebody writes a company's web site.
fn write(office: &mut Office, id: &str, website: &str) {
    let one = company(office, id);
    one.website = website.into();
    one.modified = "2026-03-04T09:00:00Z".parse().expect("an instant");
}

fn website<'o>(office: &'o mut Office, id: &str) -> &'o str {
    company(office, id).website.or_empty()
}

/// B11.4, D4: an account that comes into the CRM for a company is not written over what somebody writes into that once a
/// run whose state is not saved completed what one before it could not write, whatever code the company showed before.
#[test]
fn a_completed_move_is_not_written_again() {
    for code in ["W0", "CLI02"] {
        let mut office = with_companies(&["COM8"]);
        let account = json!({
            "code": "CLI02", "modified": "2026-02-01T08:00:00Z", "kind": "customer",
            "title": "Sand", "website": "theirs.test",
        });
        let account = serde_json::from_value(account).expect("an account");
        office.erp.erp.accounts.push(account);
        company(&mut office, "COM8").account_code = code.into();
        let account = "CLI02".to_owned();
        office.requests = vec![Request::Link { company: "COM8".to_owned(), account }];
        run_unwilling(&mut office, |one| one.kind == Kind::Company, refused());
        run_unsaved(&mut office);
        assert_eq!(website(&mut office, "COM8"), "theirs.test", "{code}");
        write(&mut office, "COM8", "mine.test");
        let reports = [office.run(None, None), office.run(None, None)];
        let named = reports.iter().flat_map(|one| &one.anomalies);
        let is_named = named.into_iter().any(|one| one.field == "website");
        let stays = website(&mut office, "COM8") == "mine.test";
        assert!(stays || is_named, "{code}");
        assert_eq!(company(&mut office, "COM8").name.or_empty(), "Sand", "{code}");
    }
}

/// B11.4, D4: what somebody writes into a company after it got the account, and before a stopped run is completed, stays;
/// the rest is what the account says.
#[test]
fn an_edit_before_a_move_is_completed_stays() {
    for code in ["W0", "CLI01"] {
        let mut office = with_companies(&["COM8"]);
        company(&mut office, "COM8").account_code = code.into();
        let from = made(&office);
        office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
        run_stopped(&mut office, 1);
        write(&mut office, "COM8", "mine.test");
        for _ in 0..3 {
            office.run(None, None);
        }
        assert_eq!(website(&mut office, "COM8"), "mine.test", "{code}");
        assert_eq!(company(&mut office, "COM8").name.or_empty(), "Petit", "{code}");
        let erp = &office.erp.erp.accounts[0];
        assert_eq!((erp.title.or_empty(), erp.website.or_empty()), ("Petit", "mine.test"));
    }
}

/// D4: what the ERP had there goes, and is named: nobody saw it in that company.
#[test]
fn an_edit_before_a_move_is_completed_names_what_it_outdoes() {
    let mut office = with_companies(&["COM8"]);
    office.erp.erp.accounts[0].website = "theirs.test".into();
    office.run(None, None);
    let from = made(&office);
    office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
    run_stopped(&mut office, 1);
    write(&mut office, "COM8", "mine.test");
    let report = office.run(None, None);
    assert_eq!(office.erp.erp.accounts[0].website.or_empty(), "mine.test");
    let named = report.anomalies.iter().filter_map(|one| one.values.a.as_deref());
    assert_eq!(named.collect::<Vec<_>>(), ["theirs.test"]);
}

/// B7.5, B11.4: what a company that was made again still misses is made again also where a request was to move its account
/// and stopped before its first write: nobody deleted it.
#[test]
fn what_a_company_still_misses_outlives_a_move_that_never_began() {
    let mut office = with_companies(&["COM8"]);
    let first = made(&office);
    delete(&mut office, &first);
    let mut other = Company::default();
    (other.id, other.name) = ("COM90".to_owned(), "Other".into());
    office.crm.crm.companies.push(other);
    let is_contact: fn(&Write<Sage100>) -> bool =
        |write| write.kind == Kind::Contact && matches!(write.action, Action::Create(_));
    run_unwilling(&mut office, is_contact, refused());
    let from = made(&office);
    assert!(from != first && company(&mut office, &from).contacts.is_empty(), "made without it");
    office.requests = vec![Request::Reassign { from: from.clone(), to: "COM8".to_owned() }];
    run_stopped(&mut office, 0);
    office.state.asked.clear();
    run_unwilling(&mut office, is_contact, refused());
    office.run(None, None);
    assert_eq!(names(&mut office, &from), ["Roux"]);
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 1);
}

/// B7.4: a company that somebody deletes is not made again where its ERP account goes at the same time, also where a filter
/// hid the CRM's companies in the run before.
#[test]
fn a_company_that_goes_with_its_erp_account_is_not_made_again() {
    let mut office = with_companies(&[]);
    office.filters.b = Some("some".to_owned());
    office.run(None, None);
    office.filters.b = None;
    let id = made(&office);
    delete(&mut office, &id);
    office.erp.erp.accounts.clear();
    for _ in 0..2 {
        office.run(None, None);
    }
    assert!(office.crm.crm.companies.is_empty());
}

/// B11.1: a company whose link was broken stays where its account is given to another one, also where the state of the run
/// that broke it was not saved, and the one that gets the account cannot be written at once.
#[test]
fn a_company_whose_link_was_broken_unsaved_stays() {
    let mut office = with_companies(&["COM8"]);
    let id = made(&office);
    let one = company(&mut office, &id);
    (one.addresses, one.contacts) = (Vec::new(), Vec::new());
    office.requests = vec![Request::Unlink(id.clone())];
    run_unsaved(&mut office);
    office.requests = vec![link("COM8")];
    run_unwilling(&mut office, |write| write.kind == Kind::Company, refused());
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(company(&mut office, &id).id, id);
}

/// B11.4, D4: a move whose first write was refused moved nothing: the company that kept its account is not written over,
/// whatever somebody did to its code.
#[test]
fn a_move_that_was_refused_takes_nothing() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    office.requests = vec![link("COM8")];
    run_unwilling(&mut office, |one| one.kind == Kind::Account, refused());
    write(&mut office, &from, "mine.test");
    company(&mut office, &from).account_code = "X".into();
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(made(&office), from);
    assert_eq!(website(&mut office, &from), "mine.test");
    assert_eq!(office.erp.erp.accounts[0].website.or_empty(), "mine.test");
}

/// B7.5, B11.4: a company that gets its account back, while what its predecessor listed is still to be made again, has lost
/// nothing of it by itself.
#[test]
fn an_account_that_comes_back_loses_nothing() {
    let mut office = with_companies(&["COM8"]);
    let first = made(&office);
    delete(&mut office, &first);
    office.changes = Some(BySide::new(Vec::new(), vec![first]));
    office.hide = |erp, _| erp.accounts.clear();
    office.run(None, None);
    office.changes = None;
    office.hide = |_, _| {};
    let again = made(&office);
    office.requests = vec![Request::Reassign { from: again.clone(), to: "COM8".to_owned() }];
    run_stopped(&mut office, 1);
    office.requests = vec![link(&again)];
    for _ in 0..3 {
        let report = office.run(None, None);
        let deletes = |op: &&counterpart::plan::Op<Sage100>| op.action.is_deletion();
        let lost = report.plan.ops.iter().filter(deletes).filter(|op| op.kind != Kind::Company);
        assert_eq!(lost.count(), 0, "{}", report.plan);
    }
    assert!(names(&mut office, &again).contains(&"Roux".to_owned()));
}

/// B8.4, B9.3: which address is billed to is written by the next run, where the CRM did not let the first one.
#[test]
fn the_kind_of_an_address_is_written_later() {
    let mut office = with_companies(&["COM8"]);
    let addresses = json!([{"id": "ADR7", "city": "Nice"}, {"id": "ADR8", "city": "Brest"}]);
    let one = company(&mut office, "COM8");
    one.addresses = serde_json::from_value(addresses).expect("addresses");
    office.requests = vec![Request::CreateAccount("COM8".to_owned())];
    run_unwilling(&mut office, |one| one.kind == Kind::Address, Response::Stale);
    assert_eq!(office.erp.erp.accounts.len(), 2);
    for _ in 0..2 {
        office.run(None, None);
    }
    let mut kinds = company(&mut office, "COM8").addresses.iter().map(|one| (&*one.id, one.kind));
    assert!(kinds.clone().any(|one| one == ("ADR7", Some(AddressKind::Billing))), "{kinds:?}");
    assert!(kinds.any(|one| one == ("ADR8", Some(AddressKind::Delivery))));
    assert!(office.run(None, None).plan.ops.is_empty());
}

/// The main contacts of a company.
fn mains(office: &mut Office, id: &str) -> Vec<String> {
    let contacts = company(office, id).contacts.iter().filter(|one| one.main);
    contacts.map(|one| one.last_name.or_empty().to_owned()).collect()
}

/// B9.5, B11.4: of two main contacts the account's stays the main one, also where a link of an account without company
/// stops before that is written; what somebody chose meanwhile, or chooses later, stays.
#[test]
fn a_link_that_stops_before_its_contacts_leaves_one_main_contact() {
    for unticked in [None, Some(0), Some(1)] {
        let mut office = with_companies(&["COM8"]);
        let from = made(&office);
        let other = company(&mut office, &from).clone();
        delete(&mut office, &from);
        let account = &mut office.crm.crm.accounts[0];
        (account.origin, account.addresses, account.contacts) =
            (None, other.addresses, other.contacts);
        office.state = SyncState::new("sage100", systems("Sage100"), StateKey([7; 16]));
        office.run(None, None);
        company(&mut office, "COM8").contacts[0].main = true;
        office.requests = vec![link("COM8")];
        run_stopped(&mut office, 2);
        assert_eq!(mains(&mut office, "COM8"), ["Of COM8", "Roux"]);
        if let Some(at) = unticked {
            company(&mut office, "COM8").contacts[at].main = false;
        }
        for _ in 0..2 {
            office.run(None, None);
            let main = if unticked == Some(1) { "Of COM8" } else { "Roux" };
            assert_eq!(mains(&mut office, "COM8"), [main]);
        }
        company(&mut office, "COM8").contacts.iter_mut().for_each(|one| one.main = true);
        assert!(office.run(None, None).plan.ops.is_empty());
    }
}

/// D11: what the journal says of possible duplicates does not depend on the order in which a company lists its own.
#[test]
fn duplicates_are_named_in_one_order() {
    let journal = |reversed: bool| {
        let mut office = with_companies(&["COM8"]);
        let contacts =
            json!([{"id": "CON1A", "last_name": "Roux"}, {"id": "CON1B", "last_name": "Roux"}]);
        let one = company(&mut office, "COM8");
        one.contacts = serde_json::from_value(contacts).expect("contacts");
        if reversed {
            one.contacts.reverse();
        }
        office.requests = vec![link("COM8")];
        let journal = office.planned().plan.journal;
        let named = journal.into_iter().filter(|one| one.code == Code::PossibleDuplicate);
        named.map(|one| one.ids.b).collect::<Vec<_>>()
    };
    assert_eq!(journal(false).len(), 2);
    assert_eq!(journal(false), journal(true));
}

/// B9.8, D11: nor does what the journal says of departments that the ERP does not know.
#[test]
fn unknown_services_are_named_in_one_order() {
    let journal = |reversed: bool| {
        let mut office = with_companies(&["COM8"]);
        office.erp.erp.lists.services = vec!["Achats".to_owned()];
        let contacts = json!([
            {"id": "CON1A", "last_name": "Roux", "service": "Quai"},
            {"id": "CON1B", "last_name": "Noir", "service": "Quai"},
        ]);
        let one = company(&mut office, "COM8");
        one.contacts = serde_json::from_value(contacts).expect("contacts");
        if reversed {
            one.contacts.reverse();
        }
        office.requests = vec![Request::CreateAccount("COM8".to_owned())];
        let journal = office.planned().plan.journal;
        let named = journal.into_iter().filter(|one| one.code == Code::UnknownService);
        named.map(|one| one.ids.b).collect::<Vec<_>>()
    };
    assert_eq!(journal(false).len(), 2);
    assert_eq!(journal(false), journal(true));
}

/// B12.3, B11.2: a secondary account that becomes the principal one of its company stands with it, and so does what it
/// listed: the in-memory CRM writes both ends of the join.
#[test]
fn a_secondary_account_becomes_the_principal_one() {
    let mut office = with_companies(&["COM8"]);
    let account = &mut office.crm.crm.accounts[0];
    (account.principal, account.company) = (Principal(false), Some("COM8".to_owned()));
    let from = office.crm.crm.companies.remove(1);
    let account = &mut office.crm.crm.accounts[0];
    (account.addresses, account.contacts) = (from.addresses, from.contacts);
    office.run(None, None);
    office.requests = vec![link("COM8")];
    office.run(None, None);
    assert_eq!(company(&mut office, "COM8").account.as_deref(), Some("1"));
    assert!(names(&mut office, "COM8").contains(&"Roux".to_owned()));
    office.erp.erp.accounts[0].contacts[0].last_name = "Noir".into();
    office.run(None, None);
    assert!(office.run(None, None).plan.ops.is_empty());
}

/// B7.5, P-04: what a company listed while a filter was on went with the company that somebody deletes before it is off: it
/// is made again with it, also where its account seemed to be gone meanwhile and the run that makes it again stops.
#[test]
fn what_a_filter_showed_of_a_deleted_company_is_made_again_with_it() {
    let mut office = with_companies(&[]);
    office.filters.b = Some("mine".to_owned());
    office.run(None, None);
    let lost = made(&office);
    let mut other = company(&mut office, &lost).clone();
    (other.id, other.account) = ("COM50".to_owned(), None);
    (other.addresses, other.contacts) = (Vec::new(), Vec::new());
    delete(&mut office, &lost);
    office.crm.crm.companies.push(other);
    office.filters.b = None;
    office.hide = |erp, _| erp.accounts.clear();
    office.run(None, None);
    office.hide = |_, _| {};
    run_stopped(&mut office, 1);
    for _ in 0..3 {
        office.run(None, None);
    }
    let id = made(&office);
    assert_ne!(id, lost);
    assert_eq!(names(&mut office, &id), ["Roux"]);
    assert_eq!(office.erp.erp.accounts.iter().map(|one| one.contacts.len()).sum::<usize>(), 1);
}

/// B11.4, P-04: what an account says that a link brought into the CRM, whose answer never arrived, is not written over by
/// its company's words where a filter hides that from the next run.
#[test]
fn a_link_that_nobody_heard_of_keeps_the_words_of_the_account_behind_a_filter() {
    for filter in [false, true] {
        let mut office = with_companies(&["COM8"]);
        office.parameters.conflict = Conflict::Crm;
        let account = json!({
            "code": "CLI02", "modified": "2026-02-01T08:00:00Z", "kind": "customer",
            "title": "Sand", "website": "theirs.test",
        });
        office.erp.erp.accounts.push(serde_json::from_value(account).expect("an account"));
        company(&mut office, "COM8").website = "mine.test".into();
        let account = "CLI02".to_owned();
        office.requests = vec![Request::Link { company: "COM8".to_owned(), account }];
        let mut unheard = Unheard(office.crm.clone());
        office.run(None, Some(&mut unheard));
        office.crm = unheard.0;
        assert_eq!(office.crm.crm.accounts.len(), 2);
        if filter {
            office.filters.b = Some("others".to_owned());
            office.hide = |_, crm| crm.companies.retain(|one| one.id != "COM8");
            office.run(None, None);
            office.filters.b = None;
            office.hide = |_, _| {};
        }
        for _ in 0..3 {
            office.run(None, None);
        }
        let erp = &office.erp.erp.accounts[1];
        let said = (erp.title.or_empty(), erp.website.or_empty());
        assert_eq!(said, ("Sand", "theirs.test"), "{filter}");
        assert_eq!(website(&mut office, "COM8"), "theirs.test", "{filter}");
    }
}

/// B7.5, B11.4: a company that was made again in the place of one that a request had given the account, and that somebody
/// deleted, says all that the account does: what somebody writes there since stays when the rest of the move is done.
#[test]
fn an_edit_of_a_company_made_again_outlives_the_end_of_a_move() {
    for rests in [false, true] {
        let mut office = with_companies(&["COM8"]);
        let from = made(&office);
        office.requests = vec![Request::Reassign { from: from.clone(), to: "COM8".to_owned() }];
        let is_end = |one: &Write<Sage100>| one.kind == Kind::Company && one.action.is_deletion();
        run_unwilling(&mut office, is_end, refused());
        delete(&mut office, "COM8");
        if rests {
            office.erp.erp.accounts[0].kind = ErpAccountKind::Other;
        }
        office.run(None, None);
        let id = made(&office);
        assert!(id != from && id != "COM8");
        write(&mut office, &id, "mine.test");
        for _ in 0..3 {
            office.run(None, None);
        }
        assert_eq!(website(&mut office, &id), "mine.test", "{rests}");
    }
}

/// B7.8, B11.4: a contact that somebody deleted in a company is deleted in the ERP, also where a request takes the account
/// away from that company before a run saw the deletion.
#[test]
fn a_contact_deleted_before_a_move_is_not_made_again() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    company(&mut office, &from).contacts.clear();
    office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
    let plan = office.planned().plan;
    let mut of_contact = plan.ops.iter().filter(|op| op.ids.a.as_deref() == Some("CLI01#K1"));
    assert!(of_contact.all(|op| op.action.is_deletion()), "{plan}");
    assert!(
        plan.ops.iter().any(|op| op.action.is_deletion() && op.kind == Kind::Contact),
        "{plan}"
    );
}

/// B11.4, E4: what an undone run gave to an account alone, and never to its company, is no edit of that company: it goes along
/// to the one that a request gives the account, though the first write of that is stale.
#[test]
fn what_a_company_was_never_given_is_not_its_edit() {
    let mut office = with_companies(&["COM8"]);
    let from = made(&office);
    let erp = &mut office.erp.erp.accounts[0];
    erp.website = "theirs.test".into();
    erp.modified = "2026-03-01T12:00:00Z".parse().expect("an instant");
    run_stopped(&mut office, 1);
    office.requests = vec![Request::Reassign { from, to: "COM8".to_owned() }];
    run_unwilling(&mut office, |one| one.kind == Kind::Account, Response::Stale);
    for _ in 0..2 {
        office.run(None, None);
    }
    assert_eq!(website(&mut office, "COM8"), "theirs.test");
    assert_eq!(office.erp.erp.accounts[0].website.or_empty(), "theirs.test");
}

/// B7.5: nothing is deleted in the ERP for a company that goes, also where it was made for one that a listing left out, and no
/// listing showed it yet.
#[test]
fn a_company_made_for_one_that_was_left_out_goes_alone() {
    let mut office = with_companies(&[]);
    let first = made(&office);
    let mut left_out = company(&mut office, &first).clone();
    (left_out.account, left_out.contacts) = (None, Vec::new());
    delete(&mut office, &first);
    office.run(None, None);
    let second = made(&office);
    delete(&mut office, &second);
    office.crm.crm.companies.push(left_out);
    for _ in 0..3 {
        office.run(None, None);
    }
    assert_eq!(office.erp.erp.accounts[0].contacts.len(), 1);
    let third = made(&office);
    assert_eq!(names(&mut office, &third).len(), 1);
}

/// B7.5: a contact that the ERP got, and that no listing of it showed yet, is not forgotten by the request that gives the
/// account of its deleted company to another one: it is made there once it is listed, and not deleted.
#[test]
fn what_no_listing_showed_of_a_deleted_company_comes_back() {
    let mut office = with_companies(&["COM8", "COM9"]);
    office.requests = vec![link("COM8")];
    let mut erp = Unread(office.erp.clone());
    office.run(Some(&mut erp), None);
    office.erp = erp.0;
    delete(&mut office, "COM8");
    office.hide = |erp, _| erp.accounts.iter_mut().for_each(|one| one.contacts.clear());
    office.requests = vec![link("COM9")];
    office.run(None, None);
    office.hide = |_, _| {};
    let report = office.run(None, None);
    let deletes = report.plan.ops.iter().any(|op| op.action.is_deletion());
    assert!(!deletes, "{}", report.plan);
    assert_eq!(names(&mut office, "COM9"), ["Of COM8", "Of COM9", "Roux"]);
}
