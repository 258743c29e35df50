//! The CRM in its file.

use std::path::PathBuf;

use counterpart::host::{Adapter as _, Response};
use counterpart::profiles::outlook_x3::{OutlookX3, Record};
use groundwork::database::FileError;
use mailbox::crm::Crm;
use mailbox::demo::Demo;
use serde_json::{Value, json};

use crate::support::{NOW, request};

fn seeded() -> (tempfile::TempDir, PathBuf, Crm) {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("crm.sqlite");
    let mut crm = Crm::create(&file, "SEED").unwrap();
    crm.seed().unwrap();
    (root, file, crm)
}

fn done(response: Response<OutlookX3>) -> (String, Option<Record>) {
    match response {
        Response::Done { id, stored, .. } => (id, stored),
        other @ (Response::Refused { .. } | Response::Stale | Response::Lost | _) => {
            panic!("{other:?}")
        }
    }
}

fn refusal(response: Response<OutlookX3>) -> String {
    match response {
        Response::Refused { message, .. } => message,
        other @ (Response::Done { .. } | Response::Stale | Response::Lost | _) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn the_seed_is_whole_and_always_the_same() {
    let (_one, _, first) = seeded();
    let (_two, _, second) = seeded();
    let crm = first.list().unwrap();
    assert_eq!(crm, second.list().unwrap());
    assert_eq!(
        (crm.folder.as_str(), crm.partners.len(), crm.representatives.len()),
        ("SEED", 8, 3)
    );
    assert_eq!((crm.interlocutors.len(), crm.correspondents.len()), (5, 6));
    assert_eq!((crm.tasks.len(), crm.calls.len(), crm.appointments.len()), (5, 3, 4));
    assert_eq!(crm.correspondents[2].assigned, ["REP02", "REP01"]);
    assert_eq!(crm.correspondents[2].comments[1].representative, "REP01");
    assert_eq!(crm.partners[1].interlocutors, ["CNT0002", "CNT0003"]);
    assert_eq!(crm.appointments[3].participants, ["REP02", "REP03"]);
    assert!(crm.appointments[3].all_day && crm.calls[0].time.is_some());
}

fn new_records() -> [(&'static str, &'static str, Value, &'static str); 4] {
    let address = json!({"street": "A\nB", "postal_code": "1", "city": "C", "state": "S", "country": "D", "phone": "2",
        "fax": "3", "mobile": "4", "email": "e@example.org"});
    [
        (
            "contact",
            "correspondent",
            json!({"chrono": "", "modified": NOW, "origin": "m/1", "partner": "ATELIER",
            "title": "Mr", "last_name": "L", "first_name": "F", "job_title": "J", "department": "D",
            "birthday": "1970-12-01", "professional": address, "personal": address, "assigned": ["REP01", "REP03"],
            "comments": [{"representative": "REP03", "text": "x"}, {"representative": "REP01", "text": "y"}]}),
            "COR00000007",
        ),
        (
            "task",
            "crm_task",
            json!({"chrono": "", "modified": NOW, "origin": "m/1", "representative": "REP01", "site": "S",
            "partner": "ATELIER", "correspondent": "COR00000001", "interlocutor": "CNT0001", "done": true,
            "start": "2026-01-01", "due": "2026-01-02", "subject": "s", "report": "r", "time_spent": 61}),
            "TSK00000006",
        ),
        (
            "call",
            "call",
            json!({"chrono": "", "modified": NOW, "origin": "m/2", "representative": "REP01", "time": "09:05",
            "site": "S", "partner": null, "done": false, "date": "2026-01-01", "subject": "s", "report": "r",
            "duration": 9}),
            "CLL00000004",
        ),
        (
            "appointment",
            "crm_appointment",
            json!({"chrono": "", "modified": NOW, "origin": "m/3", "organizer": "REP01",
            "category": "VISIT", "site": "S", "meeting_id": "uid", "partner": "ATELIER", "done": false,
            "start": "2026-01-01T09:00:00", "end": "2026-01-01T10:00:00", "all_day": false,
            "correspondents": ["COR00000003", "COR00000001"], "participants": ["REP02"], "subject": "s",
            "report": "r"}),
            "BAP00000005",
        ),
    ]
}

#[test]
fn records_are_made_once_and_read_back_whole() {
    let (_root, file, mut crm) = seeded();
    for (kind, name, record, key) in new_records() {
        let ask =
            request(kind, None, &json!({ "create": { name: record } }), &json!({ "side": "b" }));
        let (id, stored) = done(crm.write(&ask));
        assert_eq!(id, key);
        assert_eq!(done(crm.write(&ask)), (id, stored.clone()));
        let shown = serde_json::to_value(stored).unwrap();
        for (field, value) in record.as_object().unwrap() {
            if field != "chrono" {
                assert_eq!(&shown[name][field], value, "{name} {field}");
            }
        }
    }
    let listed = crm.list().unwrap();
    drop(crm);
    assert_eq!(Crm::open(&file).unwrap().list().unwrap(), listed);
}

#[test]
fn without_an_origin_the_idempotency_key_is_one() {
    let (_root, _, mut crm) = seeded();
    let record = json!({"chrono": "", "modified": NOW, "representative": "REP01"});
    let ask = |key: &str| {
        request(
            "task",
            None,
            &json!({ "create": { "crm_task": record } }),
            &json!({ "idempotency_key": key }),
        )
    };
    assert_eq!(done(crm.write(&ask("a"))).0, "TSK00000006");
    assert_eq!(done(crm.write(&ask("a"))).0, "TSK00000006");
    assert_eq!(done(crm.write(&ask("b"))).0, "TSK00000007");
    // A number that was given is not given again.
    done(crm.write(&request("task", Some("TSK00000007"), &json!("delete"), &Value::Null)));
    assert_eq!(done(crm.write(&ask("c"))).0, "TSK00000008");
}

#[test]
fn updates_deletions_and_unassignments_expect_what_was_listed() {
    let (_root, _, mut crm) = seeded();
    let listed = crm.list().unwrap();
    let expect = json!({ "expect": listed.correspondents[2].modified });
    let patch = json!({"update": {"correspondent": {
        "job_title": "Director", "professional": {"city": "Ulm"}, "assign": "REP03",
        "comment": {"representative": "REP02", "text": ""},
    }}});
    let ask = |action: &Value, more: &Value| request("contact", Some("COR00000003"), action, more);
    let (_, stored) = done(crm.write(&ask(&patch, &expect)));
    let Some(Record::Correspondent(one)) = stored else { panic!() };
    assert_eq!((one.job_title.or_empty(), one.professional.city.or_empty()), ("Director", "Ulm"));
    assert_eq!((one.assigned.len(), one.comments.len()), (3, 1));
    assert_eq!(one.modified.to_rfc3339(), "2026-06-15T12:00:00+00:00");
    // It is no longer what was listed.
    for action in [&patch, &json!({"unassign": "REP01"}), &json!("delete")] {
        assert!(matches!(crm.write(&ask(action, &expect)), Response::Stale));
    }
    let now = json!({ "expect": one.modified });
    let (_, stored) = done(crm.write(&ask(&json!({"unassign": "REP01"}), &now)));
    let Some(Record::Correspondent(one)) = stored else { panic!() };
    assert_eq!(one.assigned, ["REP02", "REP03"]);
    let gone = request("task", Some("TSK00000099"), &json!("delete"), &Value::Null);
    assert!(matches!(crm.write(&gone), Response::Stale));
    let deletion = request("task", Some("TSK00000001"), &json!("delete"), &Value::Null);
    assert_eq!(done(crm.write(&deletion)).1, None);
    assert_eq!(crm.list().unwrap().tasks.len(), 4);
}

#[test]
fn what_the_tables_do_not_allow_is_refused_and_nothing_is_written() {
    let (_root, _, mut crm) = seeded();
    let before = crm.list().unwrap();
    let mut ask = |kind: &str, id: &str, patch: Value| {
        refusal(crm.write(&request(kind, Some(id), &json!({ "update": patch }), &Value::Null)))
    };
    let message = ask("task", "TSK00000001", json!({"crm_task": {"partner": "NOPE"}}));
    assert!(message.contains("FOREIGN KEY"), "{message}");
    let message = ask("call", "CLL00000001", json!({"call": {"duration": 10_000}}));
    assert!(message.contains("CHECK") && message.contains("duration"), "{message}");
    let message =
        ask("contact", "COR00000001", json!({"correspondent": {"job_title": "x".repeat(51)}}));
    assert!(message.contains("CHECK") && !message.contains("xx"), "{message}");
    ask(
        "appointment",
        "BAP00000001",
        json!({"crm_appointment": {"correspondents": ["COR00000002", "NOPE"]}}),
    );
    ask("task", "TSK00000001", json!({"call": {"duration": 1}}));
    let referred = request("contact", Some("COR00000001"), &json!("delete"), &Value::Null);
    refusal(crm.write(&referred));
    assert_eq!(crm.list().unwrap(), before);
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let root = tempfile::tempdir().unwrap();
    let file = |name: &str| root.path().join(name);
    assert!(matches!(Crm::open(file("missing")), Err(FileError::Missing { .. })));
    std::fs::write(file("text"), "no database, but long enough to be read as one".repeat(100))
        .unwrap();
    assert!(matches!(Crm::open(file("text")), Err(FileError::NotADatabase { .. })));
    std::fs::write(file("empty"), "").unwrap();
    assert!(matches!(Crm::open(file("empty")), Err(FileError::OtherSystem { .. })));

    let (_seed, path, mut crm) = seeded();
    assert!(matches!(Crm::create(&path, "SEED"), Err(FileError::Exists { .. })));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let deletion = request("task", Some("TSK00000001"), &json!("delete"), &Value::Null);
    assert!(matches!(crm.write(&deletion), Response::Lost));
    let error = crm.trouble().unwrap();
    assert!(matches!(error, FileError::Locked { .. }), "{error}");
    assert!(!error.to_string().contains('\n'));
    other.execute_batch("ROLLBACK; PRAGMA user_version = 7").unwrap();
    let error = Crm::open(&path).unwrap_err();
    assert!(matches!(error, FileError::OtherVersion { found: 7, .. }), "{error}");
    other.execute_batch("PRAGMA user_version = 1; UPDATE tasks SET due = 'soon'").unwrap();
    let error = Crm::open(&path).unwrap().list().unwrap_err();
    assert!(
        matches!(error, FileError::Failed { .. }) && !error.to_string().contains("soon"),
        "{error}"
    );
}

#[test]
fn the_demonstration_is_made_once() {
    let root = tempfile::tempdir().unwrap();
    let demo = Demo::prepare(root.path()).unwrap();
    std::fs::remove_file(demo.mailbox.join("contacts/v4-tanaka.vcf")).unwrap();
    let again = Demo::prepare(root.path()).unwrap();
    assert!(!again.mailbox.join("contacts/v4-tanaka.vcf").exists());
    let mut vdir = crate::support::open(&again.mailbox);
    let listed = vdir.list().unwrap();
    assert_eq!((listed.store.contacts.len(), listed.problems.len()), (4, 0));
    assert_eq!(Crm::open(&again.crm).unwrap().list().unwrap().folder, "SEED");
}
