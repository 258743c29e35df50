//! What a move of an account leaves behind in the profile `sage100` goes; what only looks like it stays (B7.4, B11.4).

use counterpart::host::{Adapter, Request as Write, Response};
use counterpart::profiles::sage100::{MemoryCrm, Request, Sage100};
use counterpart::rules::Reason;
use counterpart::snapshot::LinkStatus;
use serde_json::json;

use crate::office::{Office, Silent, one_account};

/// A CRM that does not tell what it stored.
struct Unread(MemoryCrm);

impl Adapter<Sage100> for Unread {
    fn write(&mut self, request: &Write<Sage100>) -> Response<Sage100> {
        match self.0.write(request) {
            Response::Done { id, .. } => Response::Done { id, stored: None, modified: None },
            other => other,
        }
    }
}

/// An integration after its first run, with a company beside the one that was made.
fn with_companies(others: &[&str]) -> Office {
    let mut office = Office::new(one_account());
    for id in others {
        let one = json!({"id": id, "modified": "2026-02-01T08:00:00Z", "name": "Own"});
        office.crm.crm.companies.push(serde_json::from_value(one).expect("a company"));
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
