//! What an integration of the profile `sage100` shows of itself: the state of its runs, its watermark, its error set,
//! and the helper for generic accounts.

use std::collections::BTreeMap;

use counterpart::host::Adapter as _;
use counterpart::profiles::sage100::{RunState, document_filter, errors, plan};
use counterpart::session::{OpResult, Outcome, Session};
use counterpart::snapshot::StateJournal;
use serde_json::json;

use crate::office::{Office, Refusing, Silent, one_account};

/// B14.1, B14.6: never run is a state of its own; a transport failure is a failure, one refused record a warning, and
/// what was refused as a whole is not completed.
#[test]
fn the_state_of_an_integration_follows_its_runs() {
    assert_eq!(RunState::default(), RunState::NotSet);
    let outcomes = [Outcome::Success, Outcome::Warning, Outcome::Failure, Outcome::Refused];
    let states = [RunState::Success, RunState::Warning, RunState::Failure, RunState::Failure];
    assert_eq!(outcomes.map(RunState::from), states);
    let mut office = Office::new(one_account());
    assert_eq!(RunState::from(office.run(None, Some(&mut Silent)).outcome), RunState::Failure);
    assert_eq!(RunState::from(office.run(None, Some(&mut Refusing)).outcome), RunState::Warning);
    assert_eq!(RunState::from(office.run(None, None).outcome), RunState::Success);
    let name = |state: RunState| serde_json::to_value(state).expect("JSON");
    assert_eq!(name(RunState::Waiting), "waiting");
    assert_eq!(name(RunState::Running), "running");
}

/// B2.8: the watermark moves with success and warning, and stays where a run failed.
#[test]
fn the_watermark_stays_where_a_run_failed() {
    let mut office = Office::new(one_account());
    office.run(None, Some(&mut Silent));
    assert_eq!(office.state.watermark, None);
    office.run(None, Some(&mut Refusing));
    let second = office.state.watermark;
    assert!(second.is_some(), "a warning is an end");
    office.run(None, Some(&mut Silent));
    assert_eq!(office.state.watermark, second);
    office.run(None, None);
    assert!(office.state.watermark > second);
}

/// B14.2, E4: the error set is in the state and in its checkpoints; what the side said is in the report alone, and no
/// `Debug` shows it.
#[test]
fn what_a_side_said_is_in_the_report_alone() {
    let office = Office::new(one_account());
    let mut session = Session::new(office.planned().plan, office.state.clone());
    session.take_checkpoint();
    let mut journal = StateJournal::begin(session.state());
    while let Some(request) = session.poll_request() {
        let answer = Refusing.write(&request);
        assert!(!format!("{answer:?}").contains("Petit"));
        session.handle_response(answer);
        journal.extend(StateJournal::entry(&session.take_checkpoint()));
    }
    let replayed = StateJournal::replay(&journal).expect("a journal").state;
    assert_eq!((replayed.refusals.len(), &replayed.refusals), (1, &session.state().refusals));
    let (state, report) = session.finish();
    for shown in [format!("{state:?}"), format!("{report:?}")] {
        assert!(!shown.contains("Mme"), "{shown}");
    }
    assert!(!state.to_bytes().windows(3).any(|bytes| bytes == b"Mme"));
    let said = report.refusals.iter().map(|(key, said)| (key.clone(), said.clone())).collect();
    let set = errors(&state, &office.crm.crm, &said);
    assert_eq!(
        set.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(),
        ["Mme Petit est inconnue"]
    );
    assert_eq!(errors(&state, &office.crm.crm, &BTreeMap::default())[0].message, "");
}

/// B17.4: the documents of a generic account are filtered by the first characters of the name, whole characters.
#[test]
fn documents_are_filtered_by_the_beginning_of_the_name() {
    assert_eq!(document_filter("Élan & Cie", 4), "Élan");
    assert_eq!(document_filter("Zoé", 9), "Zoé");
    assert_eq!(document_filter("", 3), "");
    assert_eq!(document_filter("Zoé", 0), "");
}

/// E4, D9: an address or contact is expected with the stamp of the record that lists it, so that what a person wrote
/// there after the run read it is not overwritten.
#[test]
fn a_contact_edited_meanwhile_is_not_overwritten() {
    let mut account = one_account();
    account["accounts"][0]["contacts"] =
        json!([{"id": "K1", "last_name": "Petit"}, {"id": "K2", "last_name": "Roux"}]);
    let mut office = Office::new(account);
    office.run(None, None);
    for contact in &mut office.crm.crm.companies[0].contacts {
        contact.function = "Directrice".into();
    }
    let plan = office.planned().plan;
    assert_eq!(plan.ops.len(), 2, "{plan}");
    let mut session = Session::new(plan, office.state.clone());
    let mut edited = false;
    while let Some(request) = session.poll_request() {
        session.handle_response(office.erp.write(&request));
        if !edited {
            let account = &mut office.erp.erp.accounts[0];
            account.contacts[1].phone = "01".into();
            account.modified += chrono::TimeDelta::seconds(5);
            edited = true;
        }
    }
    let (state, report) = session.finish();
    assert_eq!(report.results, [OpResult::Done, OpResult::Stale]);
    office.state = state;
    office.run(None, None);
    let contact = &office.erp.erp.accounts[0].contacts[1];
    assert_eq!((&contact.phone, &contact.function), (&"01".into(), &"Directrice".into()));
}

/// What the CRM shows twice under one id, or without one, is the host's mistake: one of the two would be written over with
/// the other one's values.
#[test]
fn a_listing_gives_each_company_and_account_an_id_of_its_own() {
    let stamp = "2026-02-01T08:00:00Z";
    let company = |id: &str| json!({"id": id, "modified": stamp, "name": "Sand"});
    let account = |id: &str, code: &str| json!({"id": id, "modified": stamp, "code": code, "title": "Sand", "kind": "customer"});
    let twice = |id: &str| format!("two records on side B share the id \"{id}\"");
    let listings = [
        (json!({"companies": [company("C1"), company("C2"), company("C1")]}), twice("C1")),
        (json!({"accounts": [account("1", "CLI01"), account("1", "CLI02")]}), twice("1")),
        (json!({"companies": [company("")]}), "a record on side B has an empty id".to_owned()),
        (
            json!({"accounts": [account("", "CLI01")]}),
            "a record on side B has an empty id".to_owned(),
        ),
    ];
    for (crm, told) in listings {
        let mut office = Office::new(json!({}));
        office.crm.crm = serde_json::from_value(crm).expect("a CRM");
        let error = office.with_input(|input| plan(input).expect_err("no plan"));
        assert_eq!(error.to_string(), told);
    }
}
