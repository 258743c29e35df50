//! What lies outside a filter, and writes whose answer never arrived.

use counterpart::host::Response;
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::OutlookX3;
use counterpart::report::{AnomalyCode, AnomalyStatus, Code};
use counterpart::session::Session;
use counterpart::snapshot::StateJournal;
use serde_json::json;

use crate::desk::Desk;
use crate::peers::{deeds, many, says};

/// Others delete what leaves the filter or the window of time.
#[test]
fn p04_what_leaves_the_filter_is_not_deleted() {
    let mut desk = many(3);
    let scoped = |desk: &Desk, scope: &str, shown: usize| {
        let mut listed = desk.listed();
        listed.listings.a.scope = Some(scope.to_owned());
        listed.store.tasks.truncate(shown);
        desk.plan_of(&listed).expect("a plan")
    };
    let plan = scoped(&desk, "from 2025", 3);
    desk.execute(plan, usize::MAX);
    let plan = scoped(&desk, "from 2026", 1);
    assert!(plan.ops.is_empty(), "{plan}");
    assert!(says(&plan.journal, Code::ScopeChanged), "{plan}");
    let plan = scoped(&desk, "from 2025", 2);
    assert_eq!(deeds(&plan), [("B".to_owned(), "delete")], "the same filter: {plan}");
    assert!(!says(&plan.journal, Code::ScopeChanged), "{plan}");
}

/// A filter that stays as it is now never showed what it leaves out, and an unfiltered listing shows all.
#[test]
fn p04_a_filter_that_stays_narrow_deletes_nothing() {
    let mut desk = many(3);
    desk.confirm = true;
    let run = |desk: &mut Desk, scope: Option<&str>, shown: usize| {
        let mut listed = desk.listed();
        listed.listings.a.scope = scope.map(str::to_owned);
        listed.store.tasks.truncate(shown);
        let plan = desk.plan_of(&listed).expect("a plan");
        let done = deeds(&plan);
        desk.execute(plan, usize::MAX);
        done
    };
    for _ in 0..3 {
        assert!(run(&mut desk, Some("from 2026"), 1).is_empty());
    }
    let made = json!({
        "chrono": "TSK00000009", "subject": "Outside", "representative": "REP01",
        "modified": "2026-01-01T00:00:00Z",
    });
    desk.crm.crm.tasks.push(serde_json::from_value(made).expect("a task"));
    assert_eq!(run(&mut desk, Some("from 2026"), 1), [("A".to_owned(), "create")]);
    assert!(run(&mut desk, Some("from 2026"), 1).is_empty(), "the filter does not show it");
    assert!(run(&mut desk, None, 9).is_empty(), "everything is listed, and there");
    desk.store.store.tasks.truncate(1);
    assert_eq!(run(&mut desk, None, 9).len(), 3, "what was listed and is not any more");
}

/// Executes a plan; the last answer is lost with the process, and so is the report. What is left is the journal
/// of the state.
pub(crate) fn crash_before_the_last_answer(desk: &mut Desk, plan: Plan<OutlookX3>) {
    let last = plan.ops.len();
    let mut session = Session::new(plan, desk.state.clone());
    session.take_checkpoint();
    let mut journal = StateJournal::begin(session.state());
    for at in 1..=last {
        let request = session.poll_request().expect("a request");
        let response = desk.write(&request);
        assert!(matches!(response, Response::Done { .. }));
        if at < last {
            session.handle_response(response);
            journal.extend(StateJournal::entry(&session.take_checkpoint()));
        }
    }
    desk.state = StateJournal::replay(&journal).expect("a journal").state;
}

/// D4, D12: what a person entered and lost in a conflict is named, though the answer never arrived.
#[test]
fn d12_the_loser_of_a_conflict_is_named_though_the_answer_was_lost() {
    let mut desk = many(2);
    desk.store.store.tasks[0].subject = "Mine".into();
    desk.crm.crm.tasks[0].subject = "Theirs".into();
    let plan = desk.plan();
    assert_eq!(plan.ops.len(), 1, "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    let plan = desk.plan();
    assert!(plan.ops.is_empty(), "it was written: {plan}");
    let (_, report) = desk.run();
    let named: Vec<_> = report.anomalies.iter().map(|one| (one.code, one.status)).collect();
    assert_eq!(named, [(AnomalyCode::ConflictLoser, AnomalyStatus::New)]);
    assert!(desk.state.attempts.is_empty());
}

/// A4.19, D12: the same for an edit of an item that went with its record.
#[test]
fn a4_19_a_lost_edit_is_named_though_the_answer_was_lost() {
    let mut desk = many(2);
    desk.store.store.tasks[0].subject = "Mine".into();
    desk.crm.crm.tasks.remove(0);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    let (_, report) = desk.run();
    let named: Vec<_> = report.anomalies.iter().map(|one| (one.code, one.status)).collect();
    assert_eq!(named, [(AnomalyCode::LostEdit, AnomalyStatus::New)]);
}

/// D12: a write that was planned and never sent is planned again, and nothing is said of it.
#[test]
fn d12_a_write_that_was_never_sent_is_planned_again() {
    let mut desk = many(2);
    desk.store.store.tasks[0].subject = "Mine".into();
    desk.crm.crm.tasks[0].subject = "Theirs".into();
    let first = desk.plan();
    let session = Session::new(first.clone(), desk.state.clone());
    assert_eq!(session.state().attempts.len(), 1, "it is remembered before it is sent");
    desk.state = session.state().clone();
    let again = desk.plan();
    assert_eq!(again.hash(), first.hash());
    assert!(again.anomalies.is_empty());
}

/// Anomalies of answered writes are in the checkpoints, not only in the state of a run that ended.
#[test]
fn an_anomaly_outlives_a_crash_after_its_answer() {
    let mut desk = many(2);
    for at in 0..2 {
        desk.store.store.tasks[at].subject = "Mine".into();
        desk.crm.crm.tasks[at].subject = "Theirs".into();
    }
    let plan = desk.plan();
    assert_eq!(plan.ops.len(), 2, "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    assert_eq!(desk.state.anomalies.len(), 1);
    assert_eq!(desk.run().1.anomalies.len(), 2);
}
