//! What other engines get wrong, one test for each failure that was seen in them: the engine must not.

use chrono::TimeDelta;
use counterpart::host::{Request, Response};
use counterpart::model::BySide;
use counterpart::plan::{Action, Approval, ApprovalError, Op, Plan};
use counterpart::profiles::outlook_x3::{Conflict, OutlookX3};
use counterpart::report::{AnomalyCode, Code, JournalEntry};
use counterpart::session::{OpResult, Outcome, Report, Session};
use counterpart::snapshot::Listing;
use serde_json::{Value, json};

use crate::desk::{Desk, Listed};
use crate::planning::{settled, world};

type Answer = Response<OutlookX3>;

// ---- helpers ----

/// A run whose requests are answered by `answer`; the next run lists as this desk says, and of what went before
/// it only what the state asks for.
pub(crate) fn run_with(
    desk: &mut Desk,
    plan: Plan<OutlookX3>,
    mut answer: impl FnMut(&mut Desk, &Request<OutlookX3>) -> Answer,
) -> Report<OutlookX3> {
    let before = (desk.store.store.clone(), desk.crm.crm.clone());
    let mut session = Session::new(plan, desk.state.clone());
    while let Some(request) = session.poll_request() {
        let response = answer(desk, &request);
        session.handle_response(response);
    }
    let (state, report) = session.finish();
    let sides = (desk.store.store.clone(), desk.crm.crm.clone());
    let mut next = Desk::new(desk.parameters.clone(), sides.0, sides.1);
    next.store = desk.store.clone();
    (next.state, next.seen) = (state, Some(before));
    (next.changes, next.confirm) = (desk.changes, desk.confirm);
    next.now = desk.now + TimeDelta::hours(1);
    *desk = next;
    report
}

pub(crate) fn refuse(_: &mut Desk, _: &Request<OutlookX3>) -> Answer {
    Response::Refused { message: "the server is busy".to_owned(), trace: None }
}

pub(crate) fn without_reading_back(desk: &mut Desk, request: &Request<OutlookX3>) -> Answer {
    let mut response = desk.write(request);
    if let Response::Done { stored, modified, .. } = &mut response {
        (*stored, *modified) = (None, None);
    }
    response
}

/// What each operation does, whatever its keys.
pub(crate) fn deeds(plan: &Plan<OutlookX3>) -> Vec<(String, &'static str)> {
    plan.ops.iter().map(|op| (format!("{:?}", op.side), op.action.name())).collect()
}

pub(crate) fn says(journal: &[JournalEntry], code: Code) -> bool {
    journal.iter().any(|entry| entry.code == code)
}

fn removes(op: &Op<OutlookX3>) -> bool {
    matches!(op.action, Action::Delete | Action::Unassign(_))
}

fn touches(plan: &Plan<OutlookX3>, id: &str) -> bool {
    plan.ops.iter().any(|op| [&op.ids.a, &op.ids.b].contains(&&Some(id.to_owned())))
}

fn is_quiet(desk: &Desk) {
    let plan = desk.plan();
    assert!(plan.ops.is_empty(), "{plan}");
}

fn bytes(plan: &Plan<OutlookX3>) -> String {
    serde_json::to_string(plan).expect("JSON")
}

/// As many tasks in the mailbox, all of them in the CRM.
pub(crate) fn many(count: usize) -> Desk {
    let task =
        |number: usize| json!({"id": format!("T{number}"), "subject": format!("Offer {number}")});
    let tasks: Vec<Value> = (0..count).map(task).collect();
    let mut desk = world(json!({"tasks": tasks}), json!({}));
    desk.run();
    is_quiet(&desk);
    desk
}

/// The same listing in other orders.
fn shuffled(listed: &Listed) -> Vec<Listed> {
    let turned = |by: usize, reversed: bool| {
        let mut listed = listed.clone();
        macro_rules! turn {
            ($list:expr) => {
                if let Some(by) = by.checked_rem($list.len()) {
                    $list.rotate_left(by);
                }
                if reversed {
                    $list.reverse();
                }
            };
        }
        turn!(listed.store.contacts);
        turn!(listed.store.tasks);
        turn!(listed.store.appointments);
        turn!(listed.crm.correspondents);
        turn!(listed.crm.tasks);
        turn!(listed.crm.calls);
        turn!(listed.crm.appointments);
        listed
    };
    [(0, true), (1, false), (1, true), (17, false), (23, true)]
        .map(|(by, reversed)| turned(by, reversed))
        .into()
}

/// One plan, whatever the order of the listing.
fn same_plan_in_any_order(desk: &Desk) -> Plan<OutlookX3> {
    let listed = desk.listed();
    let plan = desk.plan_of(&listed).expect("a plan");
    for other in shuffled(&listed) {
        let other = desk.plan_of(&other).expect("a plan");
        assert_eq!(bytes(&plan), bytes(&other));
        assert_eq!(plan.hash(), other.hash());
    }
    plan
}

// ---- E1, E1b, E1c ----

/// All writes of a run are refused, nothing changes afterwards, and the host lists changes only.
fn is_retried(edit: impl FnOnce(&mut Desk), expected: (&str, &str)) -> Desk {
    let mut desk = settled();
    desk.changes = true;
    edit(&mut desk);
    let first = desk.plan();
    assert!(deeds(&first).contains(&(expected.0.to_owned(), expected.1)), "{first}");
    for _ in 0..2 {
        let plan = desk.plan();
        let report = run_with(&mut desk, plan, refuse);
        assert_eq!(report.outcome, Outcome::Warning);
        assert!(!report.results.contains(&OpResult::Done), "{:?}", report.results);
        assert_eq!(deeds(&desk.plan()), deeds(&first), "{}", desk.plan());
    }
    let (_, report) = desk.run();
    assert!(report.results.iter().all(|one| *one == OpResult::Done), "{:?}", report.results);
    is_quiet(&desk);
    desk.changes = false;
    is_quiet(&desk);
    desk
}

/// Others store the new token although the write failed, and the other side is stale for ever.
#[test]
fn e1_a_failed_update_is_tried_again() {
    let edit = |desk: &mut Desk| desk.store.store.tasks[0].subject = "Second offer".into();
    let desk = is_retried(edit, ("B", "update"));
    assert_eq!(desk.crm.crm.tasks[0].subject, "Second offer".into());
    let edit = |desk: &mut Desk| desk.crm.crm.tasks[0].subject = "Third offer".into();
    let desk = is_retried(edit, ("A", "update"));
    assert_eq!(desk.store.store.tasks[0].subject, "Third offer".into());
}

/// Others store the new token although the creation failed, and the item never arrives.
#[test]
fn e1b_a_failed_creation_is_tried_again() {
    let edit = |desk: &mut Desk| {
        let new = world(json!({"tasks": [{"id": "T7", "subject": "New"}]}), json!({}));
        let mut new = new.store.store.tasks[0].clone();
        new.folder = desk.store.store.tasks[0].folder.clone();
        desk.store.store.tasks.push(new);
    };
    let desk = is_retried(edit, ("B", "create"));
    assert_eq!(desk.crm.crm.tasks.len(), 2);
    let edit = |desk: &mut Desk| {
        let task = json!({"chrono": "TSK00000900", "subject": "New", "representative": "REP01"});
        let new = world(json!({}), json!({"tasks": [task]}));
        desk.crm.crm.tasks.extend(new.crm.crm.tasks);
    };
    let desk = is_retried(edit, ("A", "create"));
    assert!(desk.store.store.tasks.iter().any(|one| one.subject == "New".into()));
}

/// Others store the new token although the deletion failed, and the deleted item stays.
#[test]
fn e1c_a_failed_deletion_is_tried_again() {
    let edit = |desk: &mut Desk| desk.store.store.tasks.retain(|one| one.id != "T1");
    let desk = is_retried(edit, ("B", "delete"));
    assert!(desk.crm.crm.tasks.is_empty());
    let desk = is_retried(|desk| desk.crm.crm.tasks.clear(), ("A", "delete"));
    assert!(desk.store.store.tasks.iter().all(|one| one.id != "T1"));
}

// ---- E2 ----

/// Others report an unresolved conflict once and are silent ever after.
#[test]
fn e2_an_open_conflict_is_reported_in_every_run() {
    for changes in [false, true] {
        let mut desk = settled();
        desk.changes = changes;
        desk.parameters.conflict = Conflict::Hold;
        desk.store.store.contacts[0].job_title = "Buyer".into();
        desk.crm.crm.correspondents[0].job_title = "Head buyer".into();
        for run in 0..4 {
            let (plan, report) = desk.run();
            assert!(plan.ops.is_empty(), "{plan}");
            assert_eq!(plan.account.conflicts, 1, "run {run}, changes {changes}\n{plan}");
            assert!(says(&report.journal, Code::ConflictHeld), "run {run}, changes {changes}");
            assert_eq!(report.outcome, Outcome::Warning);
        }
        assert_eq!(desk.store.store.contacts[0].job_title, "Buyer".into());
        assert_eq!(desk.crm.crm.correspondents[0].job_title, "Head buyer".into());
        desk.parameters.conflict = Conflict::Store;
        desk.run();
        assert_eq!(desk.crm.crm.correspondents[0].job_title, "Buyer".into());
        is_quiet(&desk);
    }
}

/// Others call it a conflict when both sides were edited, though they say the same.
#[test]
fn e2c_the_same_edit_on_both_sides_is_no_conflict() {
    for changes in [false, true] {
        let mut desk = settled();
        desk.changes = changes;
        desk.store.store.contacts[0].job_title = "Buyer".into();
        desk.crm.crm.correspondents[0].job_title = "Buyer".into();
        let (plan, report) = desk.run();
        assert!(plan.ops.is_empty(), "{plan}");
        assert!(plan.journal.is_empty() && report.anomalies.is_empty(), "{plan}");
        assert_eq!(report.outcome, Outcome::Success);
        desk.crm.crm.correspondents[0].job_title = "Head buyer".into();
        let plan = desk.plan();
        assert!(!says(&plan.journal, Code::Conflict), "the base moved on: {plan}");
        assert_eq!(deeds(&plan), [("A".to_owned(), "update")]);
    }
}

// ---- first contact ----

/// Others overwrite one of two texts under one identity, or leave both unlike for ever, as the listing is cut.
#[test]
fn f_two_texts_under_one_identity_are_a_merge_decision_in_any_order() {
    let contacts = json!([
        {"id": "C1", "last_name": "DURAND", "job_title": "Buyer", "chrono": "COR00000001"},
        {"id": "C2", "last_name": "MARTIN", "job_title": "Clerk", "chrono": "COR00000002"},
    ]);
    let record = |number: u32, name: &str| {
        json!({
            "chrono": format!("COR0000000{number}"), "origin": format!("mailbox-1/C{number}"),
            "last_name": name, "job_title": "Head", "assigned": ["REP01"],
        })
    };
    let correspondents = json!([record(1, "DURAND"), record(2, "MARTIN")]);
    for policy in [Conflict::Hold, Conflict::LastModified, Conflict::Store] {
        let mut desk = world(
            json!({"contacts": contacts.clone()}),
            json!({"correspondents": correspondents.clone()}),
        );
        desk.parameters.conflict = policy;
        let plan = same_plan_in_any_order(&desk);
        let held = policy == Conflict::Hold;
        let code = if held { Code::ConflictHeld } else { Code::Conflict };
        let said = plan.journal.iter().filter(|entry| entry.code == code).count();
        assert_eq!(said, 2, "{policy:?}\n{plan}");
        assert!(plan.ops.iter().all(|op| op.action.name() != "create"), "{plan}");
        let (_, report) = desk.run();
        let lost = report.anomalies.iter().filter(|one| one.code == AnomalyCode::ConflictLoser);
        assert_eq!(lost.count(), if held { 0 } else { 2 }, "the losing texts are kept");
        let kept = desk.store.store.contacts[0].job_title == "Buyer".into()
            && desk.crm.crm.correspondents[0].job_title == "Head".into();
        assert_eq!(kept, held, "{policy:?}");
    }
}

/// Others let one side's edit replace the other's when both were edited and the items come in another order.
#[test]
fn e2f_edits_of_both_sides_meet_alike_in_any_order() {
    let mut desk = many(8);
    for number in 0..8 {
        desk.store.store.tasks[number].subject = format!("Mailbox {number}").into();
        desk.crm.crm.tasks[number].subject = format!("CRM {number}").into();
    }
    let plan = same_plan_in_any_order(&desk);
    let said = plan.journal.iter().filter(|entry| entry.code == Code::Conflict).count();
    assert_eq!((said, plan.ops.len()), (8, 8), "{plan}");
}

// ---- E3 ----

/// Others give two plans for one state: their order is that of a hash map.
#[test]
fn e3_a_plan_has_the_same_bytes_in_any_order() {
    let fifty = |one: fn(usize) -> Value| (0..50).map(one).collect::<Vec<Value>>();
    let tasks = fifty(|at| json!({"id": format!("T{at}"), "subject": format!("Offer {at}")}));
    let contacts = fifty(|at| json!({"id": format!("C{at}"), "last_name": format!("NAME {at}")}));
    let calls = fifty(|at| {
        let (chrono, subject) = (format!("CLL{at:08}"), format!("Ring {at}"));
        json!({"chrono": chrono, "subject": subject, "representative": "REP01"})
    });
    let mut desk = world(json!({"tasks": tasks, "contacts": contacts}), json!({"calls": calls}));
    same_plan_in_any_order(&desk);
    desk.run();
    desk.store.store.tasks.truncate(90);
    for task in desk.store.store.tasks.iter_mut().step_by(3) {
        task.subject = "Another".into();
    }
    for record in desk.crm.crm.correspondents.iter_mut().step_by(4) {
        record.job_title = "Buyer".into();
    }
    let plan = same_plan_in_any_order(&desk);
    assert!(plan.ops.len() > 40, "{plan}");
}

// ---- E4 ----

/// Others collapse two items with one key, and the one that is left out is never synchronised.
#[test]
fn e4_two_items_with_one_key_both_live() {
    let mut desk = world(
        json!({"tasks": [
            {"id": "T1", "subject": "Offer", "chrono": "TSK00000001", "created": "2026-01-01T00:00:00Z"},
            {"id": "T2", "subject": "Order", "chrono": "TSK00000001", "created": "2026-02-01T00:00:00Z"},
        ]}),
        json!({"tasks": [{
            "chrono": "TSK00000001", "subject": "Offer", "representative": "REP01",
            "origin": "mailbox-1/T1",
        }]}),
    );
    let plan = same_plan_in_any_order(&desk);
    assert!(says(&plan.journal, Code::DuplicateKey), "{plan}");
    desk.run();
    is_quiet(&desk);
    assert_eq!(desk.crm.crm.tasks.len(), 2);
    let keys: Vec<_> = desk.store.store.tasks.iter().map(|one| one.chrono.clone()).collect();
    assert_eq!(keys[0].as_deref(), Some("TSK00000001"));
    assert!(keys[1].is_some() && keys[1] != keys[0], "{keys:?}");
}

/// Others make three copies on each side of two that are on both.
#[test]
fn e4b_copies_on_both_sides_do_not_multiply() {
    let task = |id: &str| json!({"id": id, "subject": "Offer"});
    let record = |key: &str| json!({"chrono": key, "subject": "Offer", "representative": "REP01"});
    let mut desk = world(
        json!({"tasks": [task("T1"), task("T2")]}),
        json!({"tasks": [record("TSK00000001"), record("TSK00000002")]}),
    );
    for _ in 0..3 {
        let plan = same_plan_in_any_order(&desk);
        assert!(says(&plan.journal, Code::AmbiguousPairing), "{plan}");
        desk.run();
        assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (2, 2));
    }
}

/// Others delete or overwrite the original of an item that was copied with its key.
#[test]
fn e4c_a_copy_leaves_the_original_alone() {
    for changes in [false, true] {
        let mut desk = settled();
        desk.changes = changes;
        let mut copy = desk.store.store.tasks[0].clone();
        (copy.id, copy.created) = ("T9".to_owned(), Some(desk.now));
        copy.subject = "Offer to somebody else".into();
        desk.store.store.tasks.insert(0, copy);
        let key = desk.crm.crm.tasks[0].chrono.clone();
        let plan = desk.plan();
        assert!(!touches(&plan, "T1") && !touches(&plan, &key), "changes {changes}\n{plan}");
        desk.run();
        is_quiet(&desk);
        assert_eq!(desk.crm.crm.tasks.len(), 2);
        assert_eq!(desk.crm.crm.tasks[0].subject, "Offer".into());
    }
}

/// Others delete and create again, on the other side, an item that only has a new address.
#[test]
fn e4d_a_renamed_item_is_neither_deleted_nor_created() {
    for changes in [false, true] {
        let mut desk = settled();
        desk.changes = changes;
        desk.store.store.tasks[0].id = "T-moved".to_owned();
        let crm = desk.crm.crm.clone();
        let (plan, report) = desk.run();
        assert!(plan.ops.is_empty(), "changes {changes}\n{plan}");
        assert!(says(&report.journal, Code::Moved), "{plan}");
        assert_eq!(desk.crm.crm, crm);
        desk.store.store.tasks[0].subject = "Second offer".into();
        assert_eq!(deeds(&desk.plan()), [("B".to_owned(), "update")]);
    }
}

// ---- E5 ----

/// Others delete 99 of 100 because one listing shows one; their guard acts at exactly none.
#[test]
fn e5_deletions_of_nearly_everything_are_held() {
    let mut desk = many(100);
    desk.store.store.tasks.truncate(1);
    let (plan, report) = desk.run();
    assert_eq!(plan.ops.iter().filter(|op| removes(op) && op.held).count(), 99, "{plan}");
    assert!(says(&report.journal, Code::DeletionsHeld));
    assert_eq!((desk.crm.crm.tasks.len(), report.outcome), (100, Outcome::Warning));
    let again = desk.plan();
    assert_eq!(again.account.held, 99, "they wait: {again}");
    desk.confirm = true;
    desk.run();
    assert_eq!(desk.crm.crm.tasks.len(), 1);
    is_quiet(&desk);
    let mut desk = many(100);
    desk.crm.crm.tasks.truncate(1);
    let (plan, _) = desk.run();
    assert_eq!((plan.account.held, desk.store.store.tasks.len()), (99, 100), "{plan}");
}

/// Others empty a side because the other one could not be read.
#[test]
fn e5b_an_emptied_side_deletes_nothing_until_confirmed() {
    let mut desk = many(100);
    desk.store.store.tasks.clear();
    let (plan, report) = desk.run();
    assert_eq!((plan.account.held, desk.crm.crm.tasks.len()), (100, 100), "{plan}");
    assert!(says(&report.journal, Code::EmptiedSideHeld));
    desk.confirm = true;
    let (_, report) = desk.run();
    assert!(report.results.iter().all(|one| *one == OpResult::Done));
    assert!(desk.crm.crm.tasks.is_empty());
    is_quiet(&desk);
}

/// Others take what a page, or a list of changes, does not show for deleted.
#[test]
fn e5c_what_a_listing_of_changes_does_not_show_is_there() {
    let desk = many(100);
    let mut listed = desk.listed();
    listed.listings = BySide::from_fn(|_| Listing::changes(Vec::new()));
    listed.store.tasks.truncate(1);
    listed.crm.tasks.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(plan.ops.is_empty(), "{plan}");
    assert_eq!(plan.account.unchanged, 100, "{plan}");
}

// ---- P-03, P-04 ----

/// Others delete an item they have just made, because the other side does not list it yet.
#[test]
fn p03_a_creation_that_is_not_listed_yet_is_not_a_deletion() {
    let mut desk = world(
        json!({"tasks": [{"id": "T1", "subject": "Offer"}]}),
        json!({"calls": [{"chrono": "CLL00000001", "subject": "Ring", "representative": "REP01"}]}),
    );
    let plan = desk.plan();
    run_with(&mut desk, plan, without_reading_back);
    let (made, call) = (desk.crm.crm.tasks.clone(), desk.store.store.tasks[1].clone());
    for _ in 0..2 {
        desk.crm.crm.tasks.clear();
        desk.store.store.tasks.retain(|one| one.id != call.id);
        let (plan, report) = desk.run();
        assert!(!plan.ops.iter().any(removes), "{plan}");
        assert!(!deeds(&plan).iter().any(|(_, deed)| *deed == "create"), "{plan}");
        assert!(says(&report.journal, Code::NotYetSeen), "{plan}");
        assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.calls.len()), (1, 1));
    }
    desk.crm.crm.tasks = made;
    desk.store.store.tasks.push(call);
    desk.run();
    is_quiet(&desk);
    desk.confirm = true;
    desk.crm.crm.tasks.clear();
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "seen once, its absence counts: {plan}");
}

// ---- P-10 ----

/// Others write a field back and forth for ever when something on each side insists on its own form.
#[test]
fn p10_a_field_that_goes_back_and_forth_is_held() {
    for in_store in [true, false] {
        let mut desk = settled();
        let set = |desk: &mut Desk, subject: &str| {
            if in_store {
                desk.store.store.tasks[0].subject = subject.into();
            } else {
                desk.crm.crm.tasks[0].subject = subject.into();
            }
        };
        for subject in ["Offer!", "Offer", "Offer!"] {
            set(&mut desk, subject);
            let (plan, _) = desk.run();
            assert!(!says(&plan.journal, Code::Oscillation), "{plan}");
            assert_eq!(plan.ops.len(), 1, "{plan}");
        }
        set(&mut desk, "Offer");
        for _ in 0..3 {
            let (plan, report) = desk.run();
            assert!(plan.ops.is_empty(), "{plan}");
            assert!(says(&report.journal, Code::Oscillation), "{plan}");
            assert_eq!(report.outcome, Outcome::Warning);
        }
        set(&mut desk, "A new offer");
        let (plan, report) = desk.run();
        assert_eq!(plan.ops.len(), 1, "a third value is an edit: {plan}");
        assert!(!says(&report.journal, Code::Oscillation), "{plan}");
        assert_eq!(desk.crm.crm.tasks[0].subject, desk.store.store.tasks[0].subject);
        is_quiet(&desk);
    }
}

// ---- guards ----

/// Others know one switch that turns every guard off; here a person releases what was looked at.
#[test]
fn an_approval_releases_what_it_names_and_nothing_else() {
    let mut desk = many(20);
    desk.store.store.tasks.truncate(2);
    let plan = desk.plan();
    assert_eq!(plan.account.held, 18);
    let approval = Approval { plan: plan.hash(), ops: vec![3, 5] };
    let released = desk.plan().approve(&approval).expect("the same plan");
    let report = desk.execute(released, usize::MAX);
    let done: Vec<_> = (1..=18).filter(|op| report.result(*op) == OpResult::Done).collect();
    assert_eq!((done, desk.crm.crm.tasks.len()), (vec![3, 5], 18));
    assert_eq!(desk.plan().account.held, 16, "the rest still waits");
    let error = desk.plan().approve(&approval).expect_err("another plan by now");
    assert_eq!(error, ApprovalError::PlanChanged);
}

#[test]
fn an_approval_is_void_when_an_item_has_changed() {
    let mut desk = many(20);
    desk.store.store.tasks.truncate(2);
    let plan = desk.plan();
    let approve = |plan: Plan<OutlookX3>, approval: &Approval| plan.approve(approval).err();
    let approval = Approval { plan: plan.hash(), ops: vec![1] };
    assert_eq!(approve(desk.plan(), &approval), None);
    desk.store.store.tasks[0].subject = "Another".into();
    assert_eq!(approve(desk.plan(), &approval), Some(ApprovalError::PlanChanged));
    let plan = desk.plan();
    let not_held = plan.ops.iter().find(|op| !op.held).expect("the edit").id;
    for op in [not_held, 0, 999] {
        let approval = Approval { plan: plan.hash(), ops: vec![op] };
        assert_eq!(approve(desk.plan(), &approval), Some(ApprovalError::NotHeld { op }));
    }
}

/// Others overwrite a record that changed since it was read, or give the write up.
#[test]
fn a_stale_answer_is_planned_again_against_what_is_there() {
    for changes in [false, true] {
        let mut desk = settled();
        desk.changes = changes;
        desk.store.store.tasks[0].subject = "Second offer".into();
        let plan = desk.plan();
        let later = desk.now;
        let record = &mut desk.crm.crm.tasks[0];
        (record.report, record.modified) = ("Called twice".into(), later);
        let report = run_with(&mut desk, plan, Desk::write);
        assert_eq!(report.results, [OpResult::Stale]);
        assert!(says(&report.journal, Code::Stale));
        assert_eq!(desk.crm.crm.tasks[0].subject, "Offer".into(), "nothing was written");
        let plan = desk.plan();
        assert_eq!(plan.ops.iter().filter(|op| op.expect == Some(later)).count(), 1, "{plan}");
        desk.run();
        is_quiet(&desk);
        assert_eq!(desk.crm.crm.tasks[0].subject, "Second offer".into());
        assert_eq!(desk.store.store.tasks[0].body, "Called twice".into());
    }
}
