//! Shows what plans look like to a reader, world by world, and which broken promises give no plan at all.

use counterpart::model::{BySide, Side};
use counterpart::plan::PlanError;
use counterpart::profiles::outlook_x3::{
    Crm, OutlookX3, Parameters, Permissions, Refusal, RunError, Store,
};
use counterpart::schema::Schema as _;
use counterpart::snapshot::{FORMAT_VERSION, StateError, StateKey, SyncState};
use serde_json::{Value, json};

use crate::desk::Desk;

/// A world of the user REP01, from the forms of scenario files.
pub(crate) fn world(store: Value, crm: Value) -> Desk {
    let mut desk = Desk::new(Parameters::new("U1", "REP01"), read_store(store), read_crm(crm));
    desk.confirm = false;
    desk
}

fn read_store(mut store: Value) -> Store {
    store["id"] = json!("mailbox-1");
    for list in ["contacts", "tasks", "appointments"] {
        stamp(&mut store[list]);
    }
    serde_json::from_value(store).expect("a store")
}

fn read_crm(mut crm: Value) -> Crm {
    crm["folder"] = json!("SEED");
    for list in ["correspondents", "tasks", "calls", "appointments"] {
        stamp(&mut crm[list]);
    }
    serde_json::from_value(crm).expect("a CRM")
}

/// Makes a list of a list, and every record of it one of the day before.
fn stamp(list: &mut Value) {
    if list.is_null() {
        *list = json!([]);
    }
    for record in list.as_array_mut().into_iter().flatten() {
        if record["modified"].is_null() {
            record["modified"] = json!("2026-03-01T12:00:00Z");
        }
    }
}

/// A world at rest: a contact, a task that names it, a call and an appointment, each on both sides.
pub(crate) fn settled() -> Desk {
    let mut desk = world(
        json!({
            "contacts": [{"id": "C1", "last_name": "DURAND", "company": "#DIS001#"}],
            "tasks": [{"id": "T1", "subject": "Offer", "contacts": [{"item": "C1"}]}],
        }),
        json!({
            "partners": [{"code": "DIS001", "name": "Distribution One"}],
            "calls": [{"chrono": "CLL00000001", "subject": "Ring", "representative": "REP01"}],
            "appointments": [{"chrono": "BAP00000001", "subject": "Visit", "organizer": "REP01"}],
        }),
    );
    desk.run();
    assert!(desk.plan().ops.is_empty(), "{}", desk.plan());
    desk
}

// ---- plans ----

#[test]
fn a_first_run_makes_contacts_first_and_keys_last() {
    let desk = world(
        json!({
            "contacts": [
                {"id": "C1", "last_name": "DURAND", "company": "#DIS001#"},
                {"id": "C2", "last_name": "SECRET", "private": true},
            ],
            "tasks": [{"id": "T1", "subject": "Offer", "contacts": [{"name": "DURAND", "item": "C1"}]}],
            "appointments": [
                {"id": "A1", "subject": "Fair", "start": "2026-03-10T09:00:00", "end": "2026-03-10T10:00:00"},
                {"id": "A2", "subject": "Weekly", "recurring": true},
            ],
        }),
        json!({
            "partners": [{"code": "DIS001", "name": "Distribution One"}],
            "calls": [{"chrono": "CLL00000001", "subject": "Ring", "representative": "REP01"}],
            "tasks": [{"chrono": "TSK00000001", "subject": "Not mine", "representative": "REP02"}],
        }),
    );
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   create   correspondent C1 <-> (new)  company, name  [created_in_store, A4.11]
       2  crm   create   task          T1 <-> (new)  contacts, subject  [created_in_store, A4.11] after 1
       3  crm   create   appointment   A1 <-> (new)  schedule, subject  [created_in_store, A4.11]
       4  store create   call          (new) <-> CLL00000001  subject  [created_in_crm, A4.7]
       5  store stamp    contact       C1 <-> (new)  [key_written_back, A2.1] after 1
       6  store stamp    task          T1 <-> (new)  [key_written_back, A2.1] after 2
       7  store stamp    appointment   A1 <-> (new)  [key_written_back, A2.1] after 3
    info: contact C2: private: never created in the CRM
    info: appointment A2: a recurring series is not managed
    7 pairs: 4 with operations, 0 unchanged, 3 skipped, 0 held, 0 in conflict
    ");
}

#[test]
fn edits_of_different_groups_both_survive_and_a_conflict_has_a_winner() {
    let mut desk = settled();
    let contact = &mut desk.store.store.contacts[0];
    (contact.first_name, contact.job_title) = ("Anne".into(), "Buyer".into());
    contact.modified = desk.now - chrono::TimeDelta::minutes(2);
    let record = &mut desk.crm.crm.correspondents[0];
    (record.department, record.job_title) = ("Purchase".into(), "Head buyer".into());
    record.modified = desk.now - chrono::TimeDelta::minutes(1);
    desk.crm.crm.calls[0].subject = "Ring back".into();
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   update   correspondent C1 <-> COR00001001  first_name  [merged, D3]
       2  store update   contact       C1 <-> COR00001001  job_title, department  [conflict_won_by_crm, A8]
       3  store update   call          N1 <-> CLL00000001  subject  [updated_in_crm, A4.8]
    warning: correspondent C1 COR00001001: changed on both sides; the policy decided, and the other value is among the anomalies (side A 2026-03-02T08:58:00Z, side B 2026-03-02T08:59:00Z, kept: side B)
    4 pairs: 2 with operations, 2 unchanged, 0 skipped, 0 held, 0 in conflict
    ");
    desk.parameters.conflict = counterpart::profiles::outlook_x3::Conflict::Hold;
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   update   correspondent C1 <-> COR00001001  first_name  [merged, D3]
       2  store update   contact       C1 <-> COR00001001  department  [merged, D3]
       3  store update   call          N1 <-> CLL00000001  subject  [updated_in_crm, A4.8]
    warning: correspondent C1 COR00001001: changed on both sides; neither is touched until a policy decides (side A 2026-03-02T08:58:00Z, side B 2026-03-02T08:59:00Z)
    4 pairs: 2 with operations, 2 unchanged, 0 skipped, 0 held, 0 in conflict
    ");
    desk.parameters.permissions = Permissions::none();
    insta::assert_snapshot!(desk.plan(), @r"
    info: correspondent C1 COR00001001: waits: the user's flags do not permit it
    info: correspondent C1 COR00001001: waits: the user's flags do not permit it
    info: call N1 CLL00000001: waits: the user's flags do not permit it
    4 pairs: 0 with operations, 2 unchanged, 2 skipped, 0 held, 0 in conflict
    ");
}

#[test]
fn deletions_of_both_sides() {
    let mut desk = settled();
    desk.store.store.contacts.clear();
    desk.store.store.appointments[0].modified = desk.now;
    desk.store.store.appointments[0].body = "Read the file".into();
    desk.crm.crm.appointments.clear();
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   unassign correspondent C1 <-> COR00001001  REP01  [deleted_in_store, A4.13]  HELD
       2  store delete   appointment   N2 <-> BAP00000001  [deleted_in_crm, A4.9]  HELD
    warning: correspondent: a side that had records of this kind shows none; deletions are held until confirmed
    warning: appointment: a side that had records of this kind shows none; deletions are held until confirmed
    4 pairs: 0 with operations, 2 unchanged, 0 skipped, 2 held, 0 in conflict
    ");
    desk.confirm = true;
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   unassign correspondent C1 <-> COR00001001  REP01  [deleted_in_store, A4.13]
       2  store delete   appointment   N2 <-> BAP00000001  [deleted_in_crm, A4.9]
    4 pairs: 2 with operations, 2 unchanged, 0 skipped, 0 held, 0 in conflict
    ");
}

#[test]
fn a_deletion_against_an_edit_makes_the_item_again() {
    let mut desk = settled();
    desk.store.store.tasks.clear();
    desk.crm.crm.tasks[0].subject = "Second offer".into();
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   delete   call          N1 <-> CLL00000001  [deleted_in_store, A4.13]  HELD
       2  store create   task          (new) <-> TSK00001003  company, contacts, subject  [recreated, A4.19]
    warning: call: a side that had records of this kind shows none; deletions are held until confirmed
    4 pairs: 1 with operations, 2 unchanged, 0 skipped, 1 held, 0 in conflict
    ");
}

#[test]
fn a_lost_state_pairs_again_and_says_so() {
    let mut desk = settled();
    desk.state = SyncState::new(OutlookX3::NAME, desk.state.systems.clone(), desk.state.key);
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.created) = ("T9".to_owned(), Some(desk.now));
    desk.store.store.tasks.push(copy);
    desk.store.store.contacts[0].chrono = None;
    desk.store.store.appointments[0].chrono = Some("BAP00000099".to_owned());
    insta::assert_snapshot!(desk.plan(), @r"
       1  crm   create   task          T9 <-> (new)  contacts, subject  [created_in_store, A4.11]
       2  store update   task          T1 <-> TSK00001003  company, contacts  [updated_in_crm, A4.8]
       3  store stamp    contact       C1 <-> COR00001001  COR00001001  [key_written_back, A2.1]
       4  store stamp    task          T9 <-> (new)  [key_written_back, A2.1] after 1
       5  store stamp    appointment   N2 <-> BAP00000001  BAP00000001  [key_written_back, A2.1]
    warning: the last synchronisation file was not found; deletions are not detected
    info: correspondent C1 COR00001001: found again without its link
    warning: task T9: carries the key of another item; treated as a new item
    info: task T1 TSK00001003: found again without its link
    info: call N1 CLL00000001: found again without its link
    info: appointment N2 BAP00000001: found again without its link
    5 pairs: 4 with operations, 1 unchanged, 0 skipped, 0 held, 0 in conflict
    ");
}

#[test]
fn what_may_not_be_written_waits() {
    let mut desk = settled();
    desk.parameters.permissions = Permissions::none();
    desk.store.store.contacts[0].last_name = "DUPONT".into();
    desk.store.store.tasks[0].private = true;
    desk.store.store.tasks[0].subject = "Secret offer".into();
    desk.crm.crm.appointments.clear();
    desk.parameters.calls = false;
    insta::assert_snapshot!(desk.plan(), @r"
    info: correspondent C1 COR00001001: waits: the user's flags do not permit it
    info: task T1 TSK00001003: private: nothing of it is written to the CRM
    info: call N1 CLL00000001: its kind is switched off
    info: appointment N2 BAP00000001: waits: the user's flags do not permit it
    4 pairs: 0 with operations, 0 unchanged, 4 skipped, 0 held, 0 in conflict
    ");
}

#[test]
fn a_run_forced_from_the_crm_sends_its_records_again() {
    let mut desk = settled();
    desk.store.store.tasks.remove(0);
    desk.store.store.contacts[0].last_name = "DUPONT".into();
    let listed = desk.listed();
    let mut options = counterpart::profiles::outlook_x3::RunOptions::at(desk.now);
    options.force_crm = true;
    let plan = counterpart::profiles::outlook_x3::plan(&counterpart::profiles::outlook_x3::Input {
        parameters: &desk.parameters,
        store: &listed.store,
        crm: &listed.crm,
        store_listing: &listed.listings.a,
        crm_listing: &listed.listings.b,
        state: &desk.state,
        options,
    });
    insta::assert_snapshot!(plan.expect("a plan"), @r"
       1  store create   task          (new) <-> TSK00001003  company, contacts, subject  [forced, A9.2]
       2  store update   contact       C1 <-> COR00001001  last_name  [forced, A9.2]
    warning: correspondent C1 COR00001001: changed on both sides; the policy decided, and the other value is among the anomalies (side A 2026-03-02T08:00:00Z, side B 2026-03-02T08:00:00Z, kept: side B)
    4 pairs: 2 with operations, 2 unchanged, 0 skipped, 0 held, 0 in conflict
    ");
}

// ---- listings that break their promise ----

fn refused(store: Value, crm: Value) -> RunError {
    let desk = world(store, crm);
    desk.plan_of(&desk.listed()).expect_err("no plan")
}

#[test]
fn an_id_given_twice_is_an_error() {
    let twice = json!({"contacts": [{"id": "C1"}, {"id": "C2"}, {"id": "C1"}]});
    let error = refused(twice, json!({}));
    let expected = PlanError::DuplicateId { side: Side::A, id: "C1".to_owned() };
    assert_eq!(error, RunError::Plan(expected));
    assert_eq!(error.to_string(), "two records on side A share the id \"C1\"");
    let same = |list: &str| json!({list: [{"chrono": "X1"}, {"chrono": "X1"}]});
    for list in ["correspondents", "tasks", "calls", "appointments"] {
        let error = refused(json!({}), same(list));
        let expected = PlanError::DuplicateId { side: Side::B, id: "X1".to_owned() };
        assert_eq!(error, RunError::Plan(expected), "{list}");
    }
}

#[test]
fn tasks_and_calls_share_their_ids_and_nothing_else_does() {
    let record = json!([{"chrono": "X1"}]);
    let error = refused(json!({}), json!({"tasks": record, "calls": record}));
    assert!(matches!(error, RunError::Plan(PlanError::DuplicateId { .. })), "{error}");
    let apart = json!({"correspondents": record, "tasks": record, "appointments": record});
    let desk = world(json!({}), apart);
    desk.plan_of(&desk.listed()).expect("a plan");
}

#[test]
fn an_empty_id_is_an_error() {
    let error = refused(json!({"tasks": [{"id": ""}]}), json!({}));
    assert_eq!(error, RunError::Plan(PlanError::EmptyId { side: Side::A }));
    let error = refused(json!({}), json!({"calls": [{"chrono": ""}]}));
    assert_eq!(error.to_string(), "a record on side B has an empty id");
}

// ---- states ----

#[test]
fn a_damaged_state_is_told_from_a_newer_and_from_none() {
    let bytes = settled().state.to_bytes();
    assert!(SyncState::from_bytes(&bytes).is_ok());
    for at in 0..bytes.len() {
        let cut = SyncState::from_bytes(&bytes[..at]);
        assert!(cut.is_err(), "cut after {at} bytes");
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        assert!(SyncState::from_bytes(&changed).is_err(), "changed at {at}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(SyncState::from_bytes(&longer), Err(StateError::Damaged));
    let mut newer = bytes;
    newer[8..10].copy_from_slice(&(FORMAT_VERSION + 1).to_le_bytes());
    let error = SyncState::from_bytes(&newer).expect_err("a newer format");
    assert_eq!(error, StateError::Newer { found: FORMAT_VERSION + 1, supported: FORMAT_VERSION });
    assert_eq!(SyncState::from_bytes(b"{}"), Err(StateError::NotAState));
    assert_eq!(SyncState::from_bytes(b""), Err(StateError::NotAState));
}

#[test]
fn a_state_of_other_systems_is_refused() {
    let systems = |store: &str, folder: &str| BySide::new(store.to_owned(), folder.to_owned());
    let own = systems("mailbox-1", "SEED");
    let others = [
        (OutlookX3::NAME, systems("mailbox-2", "SEED")),
        (OutlookX3::NAME, systems("mailbox-1", "OTHER")),
        ("sage100", own.clone()),
    ];
    for (profile, systems) in others {
        let mut desk = settled();
        desk.state = SyncState::new(profile, systems, StateKey([0; 16]));
        let error = desk.plan_of(&desk.listed()).expect_err("no plan");
        assert_eq!(error, RunError::Refused(Refusal::ForeignState));
    }
    let mut desk = settled();
    desk.state = SyncState::new(OutlookX3::NAME, own, StateKey([0; 16]));
    desk.plan_of(&desk.listed()).expect("a plan");
}

// ---- parameters ----

#[test]
fn preconditions_are_checked_in_their_order() {
    let mut desk = settled();
    desk.state.profile = "sage100".to_owned();
    desk.parameters.folders.tasks = None;
    desk.parameters.representative = Some("  ".to_owned());
    desk.parameters.commercial = false;
    desk.parameters.on = false;
    desk.store.store.contacts.extend(desk.store.store.contacts.clone());
    let refusal = |desk: &Desk| match desk.plan_of(&desk.listed()) {
        Err(RunError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(&desk), Refusal::MasterSwitchOff);
    desk.parameters.on = true;
    assert_eq!(refusal(&desk), Refusal::NotCommercial);
    desk.parameters.commercial = true;
    assert_eq!(refusal(&desk), Refusal::NoRepresentative);
    desk.parameters.representative = None;
    assert_eq!(refusal(&desk), Refusal::NoRepresentative);
    desk.parameters.representative = Some("REP01".to_owned());
    assert_eq!(refusal(&desk), Refusal::NoDefaultFolder);
    desk.parameters.tasks = false;
    assert_eq!(refusal(&desk), Refusal::NoDefaultFolder, "calls need the folder as well");
    desk.parameters.calls = false;
    assert_eq!(refusal(&desk), Refusal::ForeignState);
    desk.state.profile = OutlookX3::NAME.to_owned();
    let error = desk.plan_of(&desk.listed()).expect_err("no plan");
    assert!(matches!(error, RunError::Plan(PlanError::DuplicateId { .. })), "{error}");
}

#[test]
fn parameters_name_what_they_do_not_know() {
    let read = |permissions: Value| {
        serde_json::from_value::<Parameters>(
            json!({"user": "U1", "AUSCRMF": "REP01", "permissions": permissions}),
        )
    };
    for good in [json!("all"), json!("none"), json!({}), json!({"CORADXCRE": true})] {
        read(good).expect("good permissions");
    }
    let error = read(json!({"CLLADXCRE": true})).expect_err("there is no such flag (A1.15)");
    assert!(error.to_string().contains("CLLADXCRE"), "{error}");
    assert!(read(json!("some")).is_err());
    let twice =
        r#"{"user": "U1", "AUSCRMF": "R", "permissions": {"CORADXCRE": true, "CORADXCRE": false}}"#;
    assert!(serde_json::from_str::<Parameters>(twice).is_err());
    let unknown = json!({"user": "U1", "AUSCRMF": "REP01", "CRMSYNCAPP": true});
    let error =
        serde_json::from_value::<Parameters>(unknown).expect_err("there is no such switch (A1.4)");
    assert!(error.to_string().contains("CRMSYNCAPP"), "{error}");
    let missing = serde_json::from_value::<Parameters>(json!({"user": "U1"}));
    assert!(missing.is_err_and(|error| error.to_string().contains("AUSCRMF")));
}

#[test]
fn every_flag_permits_its_own_write_only() {
    let none = serde_json::to_value(Permissions::none()).expect("JSON");
    let flags = none.as_object().expect("an object of flags");
    assert_eq!(flags.keys().map(String::as_str).collect::<Vec<_>>(), {
        let mut names = crate::genes::FLAGS;
        names.sort_unstable();
        names
    });
}
