//! Shows that every record of the profile `sage100` can be asked why it is as it is, in the product's own words.

use counterpart::model::Side;
use counterpart::profiles::sage100::{ErpAccountKind, Request};
use counterpart::report::{Cause, Code, Decision, Explanation, FieldFate, Language, Lever};
use counterpart::rules::Reason;
use counterpart::snapshot::LinkStatus;
use serde_json::json;

use crate::office::{Office, Refusing, one_account};

type Told = Explanation<counterpart::profiles::sage100::Sage100>;

fn one(office: &Office, side: Side, id: &str) -> Told {
    let [one] = <[Told; 1]>::try_from(office.told(side, id)).expect("one explanation");
    one
}

/// An integration whose account is linked.
fn settled() -> Office {
    let mut erp = one_account();
    erp["accounts"][0]["contacts"] = json!([{"id": "K1", "last_name": "Roux"}]);
    let mut office = Office::new(erp);
    office.run(None, None);
    office
}

/// A pair at rest is found by the ERP's code, by the CRM's account and by its company; an edit of either side would
/// change it. A record nobody knows is not explained, nor is a company without an account (B1.6).
#[test]
fn a_pair_at_rest_is_found_by_every_id() {
    let mut office = settled();
    let told = one(&office, Side::A, "CLI01");
    assert_eq!(told.decision, Decision::Unchanged);
    assert_eq!(told.levers, [Lever::Edit(Side::A), Lever::Edit(Side::B)]);
    assert_eq!(told, one(&office, Side::B, "1"));
    assert_eq!(told, one(&office, Side::B, "COM1"));
    assert_eq!(one(&office, Side::A, "CLI01#K1"), one(&office, Side::B, "CON1"));
    office.crm.crm.companies.push(
        serde_json::from_value(
            json!({"id": "COM9", "modified": "2026-02-01T08:00:00Z", "name": "X"}),
        )
        .expect("a company"),
    );
    assert!(office.told(Side::B, "COM9").is_empty());
    assert!(office.told(Side::A, "CLI99").is_empty());
}

/// E2, B16.1: what is planned for account, company and ERP account stands under one explanation, by the numbers of
/// the plan, and each field says what becomes of it; no value is shown.
#[test]
fn a_conflict_is_told_with_all_its_operations() {
    let mut office = settled();
    let company = &mut office.crm.crm.companies[0];
    (company.phone, company.website) = ("0102".into(), "petit.example".into());
    office.erp.erp.accounts[0].phone = "0304".into();
    let plan = office.planned().plan;
    let told = one(&office, Side::B, "COM1");
    assert_eq!(told.ops.iter().map(|op| op.op).collect::<Vec<_>>(), [1, 2, 3], "{plan}");
    let fate =
        |name: &str| told.fields.iter().find(|field| field.field == name).map(|one| one.fate);
    assert_eq!(fate("phone"), Some(FieldFate::Overwritten(2)));
    assert_eq!(fate("website"), Some(FieldFate::Written(3)));
    let text = told.text(Language::En);
    for value in ["0102", "0304", "petit.example"] {
        assert!(!text.contains(value) && !format!("{told:?}").contains(value), "{text}");
    }
    assert!(text.contains("the ERP's value is kept [E2]"), "{text}");
    for word in ["mailbox", "store", "item", "Outlook"] {
        assert!(!text.contains(word), "{text}");
    }
    let french = told.text(Language::Fr);
    assert!(french.contains("la valeur de la Gestion Commerciale est retenue"), "{french}");
}

/// B7.4, E7: an account the ERP lost, and one that takes no part any more.
#[test]
fn what_takes_no_part_is_told_with_what_would_bring_it_back() {
    let mut office = settled();
    office.erp.erp.accounts[0].kind = ErpAccountKind::Other;
    let told = one(&office, Side::B, "COM1");
    assert_eq!(told.decision, Decision::Skipped(Cause::Code(Code::OutOfScope)));
    assert_eq!(told.levers, [Lever::Edit(Side::A)]);
    assert!(told.text(Language::En).contains("[E7]"), "{}", told.text(Language::En));
    let mut office = settled();
    office.erp.erp.accounts.clear();
    office.run(None, None);
    let told = one(&office, Side::A, "CLI01");
    assert_eq!(told.decision, Decision::Skipped(Cause::Away(LinkStatus::Closed)));
    let text = told.text(Language::En);
    assert!(text.contains("its counterpart is gone") && text.contains("[B7.4]"), "{text}");
    assert_eq!(told.levers, [Lever::List(Side::A)]);
}

/// B14.3, E4: a refused record is tried again, and one in quarantine waits for its reactivation.
#[test]
fn a_refused_record_and_one_in_quarantine_say_so() {
    let mut office = settled();
    office.crm.crm.companies[0].phone = "0102".into();
    office.run(Some(&mut Refusing), None);
    let told = one(&office, Side::B, "1");
    assert_eq!(told.decision, Decision::Written(Reason::UpdatedInB));
    assert!(told.retry.is_some() && told.levers.contains(&Lever::Retry), "{told:?}");
    office.requests = vec![Request::Quarantine("COM1".to_owned())];
    office.run(None, None);
    let told = one(&office, Side::B, "COM1");
    assert_eq!(told.decision, Decision::Skipped(Cause::Code(Code::Quarantined)));
    assert_eq!(told.levers, [Lever::Reactivate]);
    assert!(told.ops.is_empty());
    let child = one(&office, Side::A, "CLI01#K1");
    assert_eq!(child.decision, Decision::Skipped(Cause::Code(Code::Quarantined)));
}

/// B6.8: what the ERP owns is set back, and an edit in the ERP would change it.
#[test]
fn a_field_that_is_set_back_says_where_to_edit_it() {
    let mut office = settled();
    office.erp.erp.accounts[0].accounting_category = "France".into();
    office.run(None, None);
    office.crm.crm.companies[0].accounting_category = "Export".into();
    let told = one(&office, Side::B, "COM1");
    assert_eq!(told.decision, Decision::Written(Reason::Restored));
    assert!(told.levers.contains(&Lever::Edit(Side::A)), "{told:?}");
}
