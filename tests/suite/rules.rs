//! Shows that every rule is followed somewhere and shown by something, and rules that no scenario file can show.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::TimeDelta;
use counterpart::host::{Adapter as _, Response};
use counterpart::model::{BySide, Side};
use counterpart::profiles::outlook_x3::{Permissions, StoreLink, repeated_links};
use counterpart::session::{Outcome, Session, commit};
use serde_json::json;

use crate::planning::{settled, world};
use crate::rules_table::{gaps, parse, render, scan};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

// ---- the table ----

#[test]
fn the_table_of_rules_is_fresh_and_without_gaps() {
    let read = |name: &str| std::fs::read_to_string(repository().join(name)).expect("a file");
    let systems = parse(&read("docs/rules.txt")).expect("a list of rules");
    let found = scan(repository()).expect("a readable repository");
    let gaps = gaps(&systems, &found);
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    let page = render(&systems, &found);
    let stale = "stale: cargo run --quiet --example rules > docs/rules.md";
    assert!(page == read("docs/rules.md"), "{stale}");
}

#[test]
fn a_rule_that_nobody_shows_is_a_gap() {
    let list = "[one] One <-> other\nA1.1 | shown\nA1.2 | not shown\nA1.3 | not ours | why\n\n\
        [two] Two\nB1.1 | of another system\nE7 | a decision";
    let systems = parse(list).expect("a list");
    assert_eq!(systems.len(), 2);
    let mut found = crate::rules_table::Found::default();
    let place = |name: &str| std::collections::BTreeSet::from([name.to_owned()]);
    for id in ["A1.1", "A1.2", "B1.1", "A9.9"] {
        found.sources.insert(id.to_owned(), place("`file.rs`"));
    }
    for id in ["A1.1", "E7"] {
        found.tests.insert(id.to_owned(), place("scenario `shown`"));
    }
    let expected = [
        "A1.2 (not shown): no test names it",
        "B1.1 (of another system): no test names it",
        "E7 (a decision): no source names it",
        "A9.9: there is no such rule",
    ];
    assert_eq!(gaps(&systems, &found), expected);
    let page = render(&systems, &found);
    assert!(page.contains("| A1.1 | shown | `file.rs` | scenario `shown` |"), "{page}");
    assert!(page.contains("| A1.3 | not ours | left to the host: why |  |"), "{page}");
    assert!(page.contains("## `two`: Two"), "{page}");
    for bad in ["A1.1 | before a system", "[one] One\nA1.1", "[a] A\nA1.1 | x\nA1.1 | y"] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}

// ---- rules that no scenario file can show ----

/// A1.15: there is no flag that would let a mailbox create a call.
#[test]
fn there_is_no_flag_to_create_a_call() {
    let flags = |text: &str| serde_json::from_str::<Permissions>(text);
    assert!(flags(r#"{"CLLADXUPD": true}"#).is_ok());
    assert!(flags(r#"{"CLLADXCRE": true}"#).is_err());
    let all = serde_json::to_value(Permissions::all()).expect("JSON");
    assert_eq!(all.as_object().map(serde_json::Map::len), Some(23));
}

/// A1.23, A1.30: a store, and a folder with its user, are joined once.
#[test]
fn links_that_would_fight_are_named() {
    let link = |store: &str, folder: &str, user: &str| StoreLink {
        store: store.to_owned(),
        server: "x3".to_owned(),
        folder: folder.to_owned(),
        user: user.to_owned(),
    };
    let fine = [link("a", "SEED", "U1"), link("b", "SEED", "U2"), link("c", "LIVE", "U1")];
    assert!(repeated_links(&fine).is_empty());
    let one_store = [link("a", "SEED", "U1"), link("b", "SEED", "U2"), link("a", "LIVE", "U1")];
    assert_eq!(repeated_links(&one_store), [0, 2]);
    let one_user = [link("a", "SEED", "U1"), link("b", "SEED", "U1"), link("c", "SEED", "U2")];
    assert_eq!(repeated_links(&one_user), [0, 1]);
}

/// A2.2, A8.2, D4: a write carries the stamp of the record it comes from, for a host that takes it over when the
/// mailbox won a conflict.
#[test]
fn a_write_carries_the_stamp_of_its_source() {
    let mut desk = settled();
    let when = desk.now - TimeDelta::minutes(2);
    let task = desk.store.store.tasks.iter_mut().find(|one| one.id == "T1").expect("the task");
    (task.subject, task.modified) = ("The mailbox's".into(), when);
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("The CRM's".into(), when - TimeDelta::minutes(1));
    let plan = desk.plan();
    let [op] = plan.ops.as_slice() else { panic!("{plan}") };
    assert_eq!((op.side, op.source_modified), (Side::B, Some(when)));
    let mut session = Session::new(plan.clone(), desk.state.clone());
    let request = session.poll_request().expect("a request");
    assert_eq!(request.source_modified, Some(when));
}

/// A13.7: planning changes nothing and gives the same again; the answers give the next state, as often as asked.
#[test]
fn planning_and_committing_are_pure() {
    let desk = world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}));
    let before = desk.clone();
    let plan = desk.plan();
    assert_eq!(plan, desk.plan());
    assert_eq!((&desk.store, &desk.crm, &desk.state), (&before.store, &before.crm, &before.state));
    let mut host = desk.clone();
    let mut session = Session::new(plan.clone(), desk.state.clone());
    let mut answers = BTreeMap::new();
    while let Some(request) = session.poll_request() {
        let answer = match request.side {
            Side::A => host.store.write(&request),
            Side::B => host.crm.write(&request),
        };
        answers.insert(request.op, answer.clone());
        session.handle_response(answer);
    }
    let first = commit(desk.state.clone(), plan.clone(), &answers);
    assert_eq!(first, commit(desk.state.clone(), plan, &answers));
    assert_eq!(first, session.finish());
    assert_eq!(first.0.links.len(), 1);
}

/// A13.4, D9: what a run costs depends on what is listed: of listings of changes only what changed is looked at,
/// and entered in the state.
#[test]
fn a_run_over_changes_does_not_pay_for_the_rest() {
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            json!({"chrono": format!("TSK{number:08}"), "subject": format!("Task {number}"),
                "representative": "REP01"})
        })
        .collect();
    let mut desk = world(json!({}), json!({"tasks": tasks}));
    desk.run();
    desk.changes = true;
    desk.run();
    desk.crm.crm.tasks[7].subject = "Changed".into();
    let plan = desk.plan();
    assert_eq!(plan.account.records, BySide::new(0, 1));
    assert_eq!((plan.ops.len(), plan.settlements.len()), (1, 1), "{plan}");
}

/// A9.10: the watermark is the start of the last run that came to its end; one that did not leaves it, and one with
/// errors moves it, as what failed is kept by itself.
#[test]
fn the_watermark_is_the_start_of_the_last_complete_run() {
    let mut desk = world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}));
    assert_eq!(desk.state.watermark, None);
    desk.execute(desk.plan(), 0);
    assert_eq!(desk.state.watermark, None, "it did not come to its end");
    let start = desk.now;
    let plan = desk.plan();
    let mut session = Session::new(plan, desk.state.clone());
    while session.poll_request().is_some() {
        session.handle_response(Response::Stale);
    }
    let (state, report) = session.finish();
    assert_eq!((state.watermark, report.outcome), (Some(start), Outcome::Warning));
    assert!(state.wanted(Side::A).any(|id| id == "T1"), "what failed is looked at again");
}
