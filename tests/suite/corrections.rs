//! Shows how an open anomaly is settled by a value that the user supplies: what is taken, what is not and why, and
//! that the value reaches the mailbox (A12.5, A12.8, D14).

use std::collections::BTreeSet;

use counterpart::host::{Adapter as _, Response};
use counterpart::model::Side;
use counterpart::plan::{Action, Correction, Decline, Verdict};
use counterpart::profiles::outlook_x3::{Input, OutlookX3, RunOptions, settle};
use counterpart::report::{AnomalyCode, AnomalyStatus, Language};
use counterpart::rules::Reason;
use counterpart::snapshot::{OpenAnomaly, StateJournal, SyncState};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::planning::world;
use crate::small::listing_changes;

/// A world after its first run, in which one anomaly is open.
fn after(store: Value, crm: Value) -> Desk {
    let mut crm = crm;
    crm["partners"] = json!([
        {"code": "DIS001", "name": "Distribution One"}, {"code": "DIS002", "name": "Distribution Two"},
    ]);
    let mut desk = world(store, crm);
    desk.run();
    desk
}

fn open(desk: &Desk) -> OpenAnomaly {
    assert_eq!(desk.state.anomalies.len(), 1, "{:?}", desk.state.anomalies);
    desk.state.anomalies.first().cloned().expect("an open anomaly")
}

fn verdict(desk: &Desk, anomaly: &OpenAnomaly, value: &str) -> Verdict<OutlookX3> {
    let listed = desk.listed();
    let input = Input {
        parameters: &desk.parameters,
        store: &listed.store,
        crm: &listed.crm,
        store_listing: &listed.listings.a,
        crm_listing: &listed.listings.b,
        state: &desk.state,
        options: RunOptions::at(desk.now),
    };
    settle(&input, anomaly, value).expect("a verdict")
}

fn declined(desk: &Desk, value: &str) -> Decline {
    let verdict = verdict(desk, &open(desk), value);
    let Verdict::Declined(why) = verdict else { panic!("{value:?} is taken: {verdict:?}") };
    why
}

fn accepted(desk: &Desk, value: &str) -> Box<Correction<OutlookX3>> {
    let verdict = verdict(desk, &open(desk), value);
    let Verdict::Accepted(correction) = verdict else { panic!("{value:?}: {verdict:?}") };
    correction
}

/// Has the CRM write a value, and closes the anomaly.
fn write(desk: &mut Desk, value: &str) {
    let correction = accepted(desk, value);
    let answer = desk.crm.write(&correction.request);
    let mut file = StateJournal::begin(&desk.state);
    let record = correction.answered(&answer, &mut desk.state);
    file.extend(StateJournal::entry(&record.expect("what to persist")));
    let replayed = StateJournal::replay(&file).expect("a state");
    assert_eq!(replayed.state, desk.state, "what is to be persisted is not all that changed");
    assert_eq!(desk.state.anomalies, BTreeSet::new());
}

/// The next run carries the value to the mailbox as a modification of the CRM, and the one after it is empty.
fn carried(mut desk: Desk) -> Desk {
    let (plan, report) = desk.run();
    let [op] = plan.ops.as_slice() else { panic!("{plan}") };
    assert_eq!((op.side, op.reason), (Side::A, Reason::UpdatedInB), "{plan}");
    assert_eq!(report.anomalies, [], "the value is no news, and nothing is closed twice");
    let plan = desk.plan();
    assert!(plan.ops.is_empty() && desk.state.retries.is_empty(), "{plan}");
    desk
}

fn task(fields: &Value) -> Value {
    let mut task = json!({"id": "T1", "subject": "Offer"});
    task.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    json!({"tasks": [task]})
}

// ---- what becomes of a value ----

/// A12.5, A12.8: a partner supplied for an unknown company is written in the CRM, closes the line, and goes to the
/// mailbox.
#[test]
fn a_supplied_partner_closes_the_line_and_goes_to_the_mailbox() {
    let mut desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    assert_eq!(open(&desk).code, AnomalyCode::UnknownCompany);
    write(&mut desk, " #dis001# ");
    assert_eq!(desk.crm.crm.tasks[0].partner.as_deref(), Some("DIS001"));
    let desk = carried(desk);
    assert_eq!(desk.store.store.tasks[0].company.known(), Some("#DIS001#"));
}

/// A12.5: the same with hosts that list changes, though the user's own change is none to the CRM's feed.
#[test]
fn a_supplied_value_goes_to_the_mailbox_under_changes() {
    let mut desk = listing_changes(after(task(&json!({"company": "#NOPE#"})), json!({})));
    let record = desk.crm.crm.tasks[0].chrono.clone();
    // The record is not listed any more: there is nothing to judge the value by.
    assert_eq!(declined(&desk, "DIS001"), Decline::NoRecord);
    desk.changes = false;
    write(&mut desk, "DIS001");
    desk.changes = true;
    desk.seen = Some((desk.store.store.clone(), desk.crm.crm.clone()));
    assert!(desk.state.wanted(Side::B).any(|id| id == record), "the host is not asked for it");
    let state = SyncState::from_bytes(&desk.state.to_bytes()).expect("a state");
    assert_eq!(state, desk.state);
    carried(desk);
}

/// A12.8: only a value that was written closes the line.
#[test]
fn a_value_that_was_not_written_closes_nothing() {
    let mut desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    let correction = accepted(&desk, "DIS001");
    let before = desk.state.clone();
    let refused = Response::Refused { message: "locked".to_owned(), trace: None };
    for answer in [refused, Response::Stale, Response::Lost] {
        assert_eq!(correction.answered(&answer, &mut desk.state), None);
        assert_eq!(desk.state, before);
    }
    let record = &mut desk.crm.crm.tasks[0];
    record.modified = desk.now;
    assert_eq!(
        desk.crm.write(&correction.request),
        Response::Stale,
        "it was judged by an older record"
    );
}

/// A12.8, D32: a value that was written and never answered closes the line at the next agreement.
#[test]
fn a_value_written_without_an_answer_closes_the_line_in_the_next_run() {
    let mut desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    let correction = accepted(&desk, "DIS001");
    desk.crm.write(&correction.request);
    let (_, report) = desk.run();
    let statuses: Vec<_> = report.anomalies.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [AnomalyStatus::Closed]);
    assert_eq!(desk.store.store.tasks[0].company.known(), Some("#DIS001#"));
}

// ---- what is taken ----

/// A12.7, A12.5: every sort of anomaly that a single value can settle is settled by one.
#[test]
fn every_field_with_a_single_value_takes_one() {
    let cut = "Head of ".repeat(10);
    let contact = |fields: &Value| {
        let mut contact = json!({"id": "C1", "last_name": "DURAND"});
        contact
            .as_object_mut()
            .expect("an object")
            .extend(fields.as_object().expect("fields").clone());
        json!({"contacts": [contact]})
    };
    let dates = json!({"start": "2026-03-10", "due": "2026-03-05"});
    let crm = json!({"correspondents": [
        {"chrono": "COR00000009", "last_name": "MARTIN", "assigned": ["REP01"], "partner": "DIS002"},
    ]});
    let cases = [
        (contact(&json!({"company": "#NOPE#"})), json!({}), "DIS001", "partner", json!("DIS001")),
        (
            contact(&json!({"company": "#NOPE#"})),
            json!({}),
            "No Pe SA",
            "company_label",
            json!("No Pe SA"),
        ),
        (contact(&json!({"title": "Sir"})), json!({}), "mme", "title", json!("Mrs")),
        (contact(&json!({"job_title": cut})), json!({}), "Head", "job_title", json!("Head")),
        (task(&dates), json!({}), "2026-03-12", "due", json!("2026-03-12")),
        (task(&dates), json!({}), "2026-03-01 / 2026-03-05", "start", json!("2026-03-01")),
        (
            task(&json!({"contacts": [{"name": "X"}]})),
            crm.clone(),
            "COR00000009",
            "correspondent",
            json!("COR00000009"),
        ),
        (
            task(&json!({"contacts": [{"name": "X"}]})),
            crm,
            "COR00000009",
            "partner",
            json!("DIS002"),
        ),
    ];
    for (store, crm, value, field, wanted) in cases {
        let mut desk = after(store, crm);
        write(&mut desk, value);
        let crm = serde_json::to_value(&desk.crm.crm).expect("JSON");
        let lists =
            ["correspondents", "tasks"].map(|list| crm[list].as_array().expect("a list").clone());
        let found = lists.iter().flatten().any(|record| record[field] == wanted);
        assert!(found, "{value:?} is not the {field}: {lists:?}");
        carried(desk);
    }
}

/// A12.7: a call's duration that was too long.
#[test]
fn a_duration_that_fits_is_taken() {
    let call =
        json!({"calls": [{"chrono": "CLL00000001", "representative": "REP01", "duration": 5}]});
    let mut desk = after(json!({}), call);
    let item = &mut desk.store.store.tasks[0];
    (item.actual_work, item.modified) = (10_000, desk.now);
    desk.run();
    assert_eq!(declined(&desk, "10000"), Decline::TooLarge);
    assert_eq!(declined(&desk, "-1"), Decline::Malformed);
    write(&mut desk, "90");
    assert_eq!(carried(desk).store.store.tasks[0].actual_work, 90);
}

/// A8.7, A12.5: the loser of a conflict may be put right by a third value.
#[test]
fn the_loser_of_a_conflict_is_settled_by_a_value() {
    let mut desk = after(task(&json!({})), json!({}));
    let item = &mut desk.store.store.tasks[0];
    (item.subject, item.modified) = ("Mine".into(), desk.now - chrono::TimeDelta::minutes(1));
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Hers".into(), desk.now);
    desk.run();
    assert_eq!(open(&desk).code, AnomalyCode::ConflictLoser);
    assert_eq!(declined(&desk, "Hers"), Decline::Same);
    write(&mut desk, "Ours");
    assert_eq!(carried(desk).store.store.tasks[0].subject.known(), Some("Ours"));
}

/// A6.4, A2.45: lists take keys and codes that the CRM holds, and not more than fit.
#[test]
fn lists_of_an_appointment_take_known_keys_only() {
    let persons: Vec<Value> = (0..11).map(|at| json!({"chrono": format!("COR{at:08}"), "last_name": format!("P{at}"), "assigned": ["REP01"]})).collect();
    let contacts: Vec<Value> = (0..11).map(|at| json!({"chrono": format!("COR{at:08}")})).collect();
    let item = json!({"id": "A1", "subject": "Fair", "contacts": contacts});
    let mut desk = after(json!({"appointments": [item]}), json!({"correspondents": persons}));
    assert_eq!(open(&desk).code, AnomalyCode::TooManyContacts);
    let all: Vec<String> = (0..11).map(|at| format!("COR{at:08}")).collect();
    assert_eq!(declined(&desk, &all.join(",")), Decline::TooLarge);
    assert_eq!(declined(&desk, "COR00000001, COR00000077"), Decline::Unknown);
    assert_eq!(declined(&desk, " , "), Decline::Blank);
    write(&mut desk, "COR00000001, COR00000002");
    assert_eq!(desk.crm.crm.appointments[0].correspondents, ["COR00000001", "COR00000002"]);
    assert_eq!(carried(desk).store.store.appointments[0].contacts.len(), 2);
}

// ---- what is not taken ----

/// A12.5: what the CRM does not know, or the field cannot hold, is not taken; nothing is written.
#[test]
fn a_value_the_field_cannot_hold_is_declined() {
    let desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    assert_eq!(declined(&desk, "NOPE"), Decline::Unknown);
    assert_eq!(
        declined(&desk, "Distribution One"),
        Decline::Unknown,
        "a name never finds a partner (A5.5)"
    );
    assert_eq!(declined(&desk, " \t"), Decline::Blank);
    let desk = after(task(&json!({"start": "2026-03-10", "due": "2026-03-05"})), json!({}));
    assert_eq!(declined(&desk, "2026-03-10 / 2026-03-05"), Decline::Inconsistent);
    assert_eq!(declined(&desk, "2026-03-05"), Decline::Inconsistent);
    assert_eq!(declined(&desk, "tomorrow"), Decline::Malformed);
    assert_eq!(declined(&desk, "2026-03-10"), Decline::Same, "the date was raised to the start");
    let sir = json!({"contacts": [{"id": "C1", "last_name": "DURAND", "title": "Sir"}]});
    assert_eq!(declined(&after(sir, json!({})), "Lord"), Decline::Unknown);
}

/// A12.5: a field of several parts is put right in the record itself, which closes the line (A12.8).
#[test]
fn a_field_of_several_parts_takes_no_single_value() {
    let contact =
        json!({"contacts": [{"id": "C1", "last_name": "DURAND", "business": {"city": "Lyon"}}]});
    let mut desk = after(contact, json!({}));
    let item = &mut desk.store.store.contacts[0];
    (item.business.city, item.modified) =
        ("Paris".into(), desk.now - chrono::TimeDelta::minutes(1));
    let record = &mut desk.crm.crm.correspondents[0];
    (record.professional.city, record.modified) = ("Lille".into(), desk.now);
    desk.run();
    assert_eq!(declined(&desk, "Nice"), Decline::NoSingleValue);
    let record = &mut desk.crm.crm.correspondents[0];
    (record.professional.city, record.modified) = ("Nice".into(), desk.now);
    let (_, report) = desk.run();
    assert_eq!(report.anomalies[0].status, AnomalyStatus::Closed);
}

/// A7.3, A7.5: somebody else's record is not the user's to change; nor is one that is gone, or an anomaly that is
/// not open.
#[test]
fn only_an_open_anomaly_of_the_users_own_record_is_settled() {
    let mut desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    let anomaly = open(&desk);
    desk.crm.crm.tasks[0].representative = "REP02".to_owned();
    assert_eq!(declined(&desk, "DIS001"), Decline::NotOwner);
    desk.crm.crm.tasks.clear();
    assert_eq!(declined(&desk, "DIS001"), Decline::NoRecord);
    desk.state.anomalies.clear();
    assert_eq!(verdict(&desk, &anomaly, "DIS001"), Verdict::Declined(Decline::NotOpen));

    let item = json!({"id": "A1", "subject": "Fair", "company": "#NOPE#"});
    let mut desk = after(json!({"appointments": [item]}), json!({}));
    assert!(matches!(verdict(&desk, &open(&desk), "DIS001"), Verdict::Accepted(_)));
    let record = &mut desk.crm.crm.appointments[0];
    record.organizer = "REP02".to_owned();
    record.participants = vec!["REP01".to_owned()];
    assert_eq!(
        declined(&desk, "DIS001"),
        Decline::NotOwner,
        "participants change nothing in the CRM"
    );
}

/// A2.40: an appointment that was never made has no record that could be corrected.
#[test]
fn an_item_that_was_not_transferred_is_put_right_in_the_mailbox() {
    let item = json!({"id": "A1", "start": "2026-03-10T10:00:00", "end": "2026-03-10T09:00:00"});
    let desk = after(json!({"appointments": [item]}), json!({}));
    assert_eq!(open(&desk).code, AnomalyCode::EndBeforeStart);
    assert_eq!(declined(&desk, "2026-03-10T10:00 / 2026-03-10T11:00"), Decline::NoRecord);
}

/// A12.5: every reason has a text of its own in every language, and what is supplied shows nowhere.
#[test]
fn a_verdict_is_told_in_every_language_without_the_value() {
    let texts: BTreeSet<&str> = Language::ALL
        .into_iter()
        .flat_map(|language| Decline::ALL.iter().map(move |one| one.text(language)))
        .collect();
    assert_eq!(texts.len(), Decline::ALL.len() * Language::ALL.len());
    let desk = after(task(&json!({"company": "#NOPE#"})), json!({}));
    let correction = accepted(&desk, "DIS001");
    assert!(matches!(correction.request.action, Action::Update(_)));
    assert!(!format!("{correction:?}").contains("DIS001"), "{correction:?}");
}
