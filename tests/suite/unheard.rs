//! Items that an earlier run made, and taken away or changed, without hearing so: what becomes of them depends on what
//! they show, never on what a listing left out.

use counterpart::model::Text;
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{Conflict, Flag, OutlookX3, Permissions};
use counterpart::report::{AnomalyCode, Code};
use counterpart::rules::DeletionLimit;
use counterpart::snapshot::Listing;
use serde_json::json;

use crate::desk::Desk;
use crate::found::{edit_item, edit_record, names, run_filtered, subjects};
use crate::memory::taken_away;
use crate::peers::{deeds, many, refuse, run_with, says};
use crate::planning::world;

/// Two records of the CRM of which the first became an item that no run heard of; its record is deleted since.
fn made_unheard() -> Desk {
    let record = |number: usize| {
        json!({
            "chrono": format!("TSK0000000{number}"), "subject": format!("Offer {number}"),
            "representative": "REP01",
        })
    };
    let mut desk = world(json!({}), json!({"tasks": [record(1), record(2)]}));
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    desk.crm.crm.tasks.remove(0);
    desk
}

fn run_page_without_items(desk: &mut Desk) -> Plan<OutlookX3> {
    let mut listed = desk.listed();
    listed.store.tasks.clear();
    listed.listings.a = Listing::page(Vec::new());
    let plan = desk.plan_of(&listed).expect("a plan");
    desk.execute(plan.clone(), usize::MAX);
    plan
}

fn task(side: &str, action: &'static str) -> (String, &'static str) {
    (side.to_owned(), action)
}

/// A4.9, D12: the record is gone of an item that a run made without hearing so: the item goes.
#[test]
fn a4_9_an_item_that_no_run_heard_of_goes_with_its_record() {
    let mut desk = made_unheard();
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "create"), task("A", "delete")], "{plan}");
    // So it does after another run that did not come to it.
    desk.execute(plan, 1);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "delete")], "{plan}");
    desk.execute(plan, usize::MAX);
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (1, 1));
    assert!(desk.state.attempts.is_empty());
}

/// D5: so it does when the mailbox refused that once, or nobody came to it.
#[test]
fn d5_an_item_that_no_run_heard_of_goes_after_a_refusal() {
    let mut desk = made_unheard();
    let plan = desk.plan();
    run_with(&mut desk, plan, refuse);
    desk.run();
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (1, 1));
    let mut desk = made_unheard();
    let plan = desk.plan();
    desk.execute(plan, 0);
    desk.run();
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (1, 1));
}

/// A3.5: once somebody edited or copied it, it is a new item.
#[test]
fn a3_5_an_item_that_no_run_heard_of_and_that_was_edited_is_a_new_one() {
    let mut desk = made_unheard();
    edit_item(&mut desk, "Mine");
    desk.run();
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (2, 2));
    let mut desk = made_unheard();
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.created, copy.modified) = ("K1".to_owned(), Some(desk.now), desk.now);
    desk.store.store.tasks.push(copy);
    let (plan, _) = desk.run();
    assert!(!plan.ops.iter().any(|op| op.action.is_deletion()), "{plan}");
}

/// D35: what cannot be read may have been edited: it waits.
#[test]
fn d35_an_item_that_no_run_heard_of_and_that_cannot_be_read_waits() {
    let mut desk = made_unheard();
    let mut listed = desk.listed();
    listed.store.tasks[0].subject = Text::UNREADABLE;
    let plan = desk.plan_of(&listed).expect("a plan");
    assert_eq!(deeds(&plan), [task("A", "create")], "{plan}");
    assert!(says(&plan.journal, Code::OrphanKey));
    desk.execute(plan, usize::MAX);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "delete")], "{plan}");
}

/// A4.2: without the permission to delete it waits for that, and is nothing new meanwhile.
#[test]
fn a4_2_an_item_that_no_run_heard_of_waits_for_the_permission_to_delete_it() {
    let mut desk = made_unheard();
    let every = desk.parameters.permissions.clone();
    desk.parameters.permissions =
        [Flag::TSKOTKCRE, Flag::TSKADXCRE].into_iter().collect::<Permissions>();
    desk.run();
    let (plan, _) = desk.run();
    assert!(plan.ops.is_empty() && says(&plan.journal, Code::NotPermitted), "{plan}");
    desk.parameters.permissions = every;
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "delete")], "{plan}");
}

/// P-04, E2f: it is remembered until a listing shows it: not while a filter hides it, nor before the last page.
#[test]
fn p04_an_item_that_no_run_heard_of_is_remembered_until_it_is_listed() {
    let hide: [fn(&mut Desk) -> Plan<OutlookX3>; 2] = [run_filtered, run_page_without_items];
    for hide in hide {
        let mut desk = made_unheard();
        hide(&mut desk);
        let plan = desk.plan();
        assert!(deeds(&plan).contains(&task("A", "delete")), "{plan}");
    }
}

/// P-04, D12: so is what was asked for from an item that a filter hides: its record is not made a second time by a run
/// whose filter hides that.
#[test]
fn p04_a_record_that_no_run_heard_of_is_made_once() {
    let mut desk = world(
        json!({"tasks": [{"id": "T1", "subject": "One"}, {"id": "T2", "subject": "Two"}]}),
        json!({}),
    );
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    run_filtered(&mut desk);
    let mut listed = desk.listed();
    listed.listings.b.scope = Some("this year".to_owned());
    listed.crm.tasks.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    desk.execute(plan, usize::MAX);
    desk.run();
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (2, 2));
}

/// D6: a guard holds its deletion like any other, and what is held is not forgotten.
#[test]
fn d6_a_guard_holds_the_deletion_of_an_item_that_no_run_heard_of() {
    let limited = |desk: &mut Desk| {
        desk.parameters.max_deletions = DeletionLimit { count: 0, percent: 0 };
    };
    for hold in [limited, |desk: &mut Desk| desk.crm.crm.tasks.clear()] {
        let mut desk = made_unheard();
        hold(&mut desk);
        for _ in 0..2 {
            let (plan, _) = desk.run();
            let held: Vec<_> = plan.ops.iter().filter(|op| op.held).collect();
            assert!(matches!(held.as_slice(), [op] if op.action.is_deletion()), "{plan}");
        }
        desk.confirm = true;
        desk.run();
        assert_eq!(desk.store.store.tasks.len(), desk.crm.crm.tasks.len());
    }
}

/// A4.10, D12: while nobody knows whether an earlier run took a record away, nothing is written to it: a side that
/// does not have it any more would be taken to say that a person deleted it.
#[test]
fn d12_what_may_have_been_taken_away_is_not_written() {
    let mut desk = many(2);
    desk.confirm = true;
    taken_away(&mut desk);
    edit_record(&mut desk, "Theirs");
    let plan = run_page_without_items(&mut desk);
    assert!(plan.ops.is_empty(), "{plan}");
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "create")], "{plan}");
}

/// P-04, D12: a filtered listing in between does not take the memory of an unheard deletion, and of what it lost.
#[test]
fn p04_what_an_unheard_deletion_lost_is_named_after_a_filtered_listing() {
    let mut desk = world(json!({"contacts": [{"id": "C1", "last_name": "DURAND"}]}), json!({}));
    desk.run();
    desk.confirm = true;
    desk.parameters.permissions = [Flag::COROTKDLT].into_iter().collect::<Permissions>();
    let item = &mut desk.store.store.contacts[0];
    (item.job_title, item.modified) = ("Mine".into(), desk.now);
    desk.run();
    let record = &mut desk.crm.crm.correspondents[0];
    (record.assigned, record.modified) = (Vec::new(), desk.now);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("A", "delete")], "{plan}");
    desk.execute_until(plan, 0, true);
    let mut listed = desk.listed();
    listed.listings.a.scope = Some("this year".to_owned());
    let plan = desk.plan_of(&listed).expect("a plan");
    desk.execute(plan, usize::MAX);
    let named = (0..2).any(|_| names(&desk.run().1, AnomalyCode::LostEdit, "job_title"));
    assert!(named);
}

/// D4, D12: what an unheard write lost is named also where its item is not made again for want of a permission.
#[test]
fn d12_what_was_lost_is_named_though_the_item_may_not_be_made_again() {
    let mut desk = many(1);
    desk.parameters.conflict = Conflict::Store;
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [task("B", "update")], "{plan}");
    desk.execute_until(plan, 0, true);
    desk.store.store.tasks.clear();
    desk.parameters.permissions = [Flag::TSKOTKUPD].into_iter().collect::<Permissions>();
    let plan = desk.plan_forced(&desk.listed());
    assert!(plan.ops.is_empty() && says(&plan.journal, Code::NotPermitted), "{plan}");
    let report = desk.execute(plan, usize::MAX);
    assert!(names(&report, AnomalyCode::ConflictLoser, "subject"), "{:?}", report.anomalies);
}

/// D22: an item in whose place another one stands may be restored before a run ends, as it was: it is listed then.
#[test]
fn d22_an_item_whose_place_was_taken_is_listed_when_it_comes_back() {
    let mut desk = many(2);
    desk.changes = true;
    desk.run();
    let item = desk.store.store.tasks.remove(0);
    let mut copy = item.clone();
    (copy.id, copy.created, copy.modified) = ("K1".to_owned(), Some(desk.now), desk.now);
    desk.store.store.tasks.push(copy);
    desk.crm.crm.tasks[1].subject = "Theirs".into();
    desk.crm.crm.tasks[1].modified = desk.now;
    let plan = desk.plan();
    assert!(says(&plan.journal, Code::Moved), "{plan}");
    desk.execute(plan, 0);
    desk.store.store.tasks.push(item);
    for _ in 0..3 {
        desk.run();
    }
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (3, 3));
}

/// D30, A4.2: a copy that waits for the permission to take its record back is told of in every run, also by listings of
/// changes, which do not show its source by themselves.
#[test]
fn d30_a_copy_that_waits_for_a_permission_is_told_of_in_every_run() {
    let mut desk = world(json!({"contacts": [{"id": "C1", "last_name": "DURAND"}]}), json!({}));
    desk.changes = true;
    desk.run();
    desk.run();
    let mut copy = desk.store.store.contacts[0].clone();
    (copy.id, copy.created, copy.modified) = ("K1".to_owned(), Some(desk.now), desk.now);
    desk.store.store.contacts.push(copy);
    desk.run();
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    let record = &mut desk.crm.crm.correspondents[1];
    (record.assigned, record.modified) = (Vec::new(), desk.now);
    desk.parameters.permissions = [Flag::COROTKCRE].into_iter().collect::<Permissions>();
    for _ in 0..4 {
        let (_, report) = desk.run();
        assert!(says(&report.journal, Code::NotPermitted), "{:?}", report.journal);
    }
}

/// D12: what an unheard write carried was agreed, also where its source is not listed when the write is recognised:
/// another item that takes the source's place is compared with what was carried.
#[test]
fn d12_an_unheard_write_is_recognised_while_its_source_is_not_listed() {
    let mut desk = many(1);
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.created, copy.modified) = ("K1".to_owned(), Some(desk.now), desk.now);
    edit_item(&mut desk, "Mine");
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    assert_eq!(subjects(&desk), (Some("Mine"), Some("Mine")));
    run_page_without_items(&mut desk);
    desk.store.store.tasks = vec![copy];
    desk.run();
    let (item, record) = subjects(&desk);
    assert_eq!(item, record);
}
