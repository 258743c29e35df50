//! Shows rules in worlds as small as they can be, each found by a law over random worlds.

use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::Task;
use counterpart::rules::Reason;
use counterpart::session::{Response, Session};
use serde_json::json;

use crate::desk::Desk;
use crate::planning::{settled, world};
use crate::small::listing_changes;

fn copy_of(one: &Task, desk: &Desk) -> Task {
    let mut copy = one.clone();
    (copy.id, copy.created, copy.modified) = ("T9".to_owned(), Some(desk.now), desk.now);
    copy
}

/// D12: a run stopped after any operation is completed by the next without a duplicate.
#[test]
fn a_copied_item_is_created_once_though_the_answer_was_lost() {
    let mut desk = settled();
    let copy = copy_of(&desk.store.store.tasks[0], &desk);
    desk.store.store.tasks.push(copy);
    let plan = desk.plan();
    assert!(matches!(plan.ops[0].action, Action::Create(_)), "{plan}");
    desk.execute_until(plan, 0, true);
    desk.run();
    let made =
        desk.crm.crm.tasks.iter().filter(|one| one.origin.as_deref() == Some("mailbox-1/T9"));
    assert_eq!(made.count(), 1, "the copy was made twice");
}

/// A3.7, D9: the linked item keeps its key; that a listing of changes does not name it is no evidence that it
/// is gone.
#[test]
fn a_copy_does_not_take_the_link_of_an_item_that_is_not_listed() {
    let mut desk = listing_changes(settled());
    let copy = copy_of(&desk.store.store.tasks[0], &desk);
    desk.store.store.tasks.push(copy);
    desk.run();
    let linked = desk.state.links.values().any(|link| link.ids.a == "T1");
    assert!(linked, "T1 lost its link to its copy");
}

/// A6.2, D28: what is reported as unknown is not overwritten by the same run, as it is not by the next.
#[test]
fn a_company_just_reported_as_unknown_is_not_rewritten() {
    let mut desk = settled();
    let item = &mut desk.store.store.tasks[0];
    (item.company, item.modified) = ("#NOPE77#".into(), desk.now);
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Second offer".into(), desk.now);
    let (plan, _) = desk.run();
    assert_eq!(desk.store.store.tasks[0].company.known(), Some("#NOPE77#"), "{plan}");
}

/// The same for a contact (A6.2).
#[test]
fn a_contact_just_reported_as_unknown_stays_in_the_list() {
    let mut desk = settled();
    let item = &mut desk.store.store.tasks[0];
    item.contacts = serde_json::from_value(json!([{"name": "Somebody"}])).expect("a contact list");
    item.modified = desk.now;
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Second offer".into(), desk.now);
    let mut later = desk.clone();
    let (plan, _) = desk.run();
    later.execute(later.plan(), 0);
    later.run();
    let named = |desk: &Desk| desk.store.store.tasks[0].contacts.len();
    let (kept, after_a_stop) = (named(&desk), named(&later));
    assert_eq!(kept, after_a_stop, "a stop before the first operation changes the end:\n{plan}");
}

/// D12: a run stopped after a creation is completed without a loss.
#[test]
fn a_contact_that_is_not_creatable_stays_in_the_list_though_the_answer_was_lost() {
    let store = json!({
        "contacts": [{"id": "C1", "last_name": "DURAND"}, {"id": "C2", "last_name": "X", "private": true}],
        "appointments": [{"id": "A1", "subject": "Fair", "contacts": [{"item": "C1"}, {"item": "C2"}]}],
    });
    let mut desk = world(store, json!({}));
    desk.execute_until(desk.plan(), 1, true);
    for _ in 0..3 {
        desk.run();
    }
    assert_eq!(desk.store.store.appointments[0].contacts.len(), 2);
}

fn in_any_order(desk: &Desk) {
    let listed = desk.listed();
    let mut other = listed.clone();
    other.crm.partners.reverse();
    other.crm.representatives.reverse();
    let plans = [listed, other].map(|listed| desk.plan_of(&listed).expect("a plan").hash());
    assert_eq!(plans[0], plans[1], "another order, another plan");
}

/// D11: the listing order of partners whose codes differ in case only decides nothing.
#[test]
fn partners_alike_but_for_case_are_listed_in_any_order() {
    let store = json!({"contacts": [{"id": "C1", "company": "#Dis001#"}]});
    let crm =
        json!({"partners": [{"code": "DIS001", "name": "One"}, {"code": "dis001", "name": "Two"}]});
    in_any_order(&world(store, crm));
}

/// D11: the listing order of representatives who share an address decides nothing.
#[test]
fn representatives_who_share_an_address_are_listed_in_any_order() {
    let store = json!({"appointments": [{
        "id": "A1", "role": "organizer", "recipients": [{"name": "Both", "email": "office@example.test"}],
    }]});
    let crm = json!({"representatives": [
        {"code": "REP02", "email": "office@example.test"}, {"code": "REP03", "email": "office@example.test"},
    ]});
    in_any_order(&world(store, crm));
}

/// D9, A4.19: an item that was made again is there, though a listing of changes does not name it.
#[test]
fn an_item_made_again_is_not_gone_though_it_is_not_listed() {
    let mut desk = listing_changes(settled());
    desk.store.store.tasks.retain(|one| one.id != "T1");
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Second offer".into(), desk.now);
    let (plan, _) = desk.run();
    assert!(plan.ops.iter().any(|op| op.reason == Reason::Recreated), "{plan}");
    let mut listed = desk.listed();
    listed.store.tasks.clear();
    listed.listings.a.removed.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(plan.ops.iter().all(|op| !op.action.is_deletion()), "{plan}");
}

fn contact_of_another_representative() -> Desk {
    let store = json!({"contacts": [{"id": "C1", "last_name": "DURAND"}]});
    let crm = json!({"correspondents": [
        {"chrono": "COR00000001", "last_name": "DURAND", "origin": "mailbox-1/C1", "assigned": ["REP02"]},
    ]});
    world(store, crm)
}

/// D12, D30: a run stopped before a correspondent is assigned again loses nothing.
#[test]
fn a_contact_that_comes_back_survives_a_stop_before_the_first_answer() {
    let mut desk = contact_of_another_representative();
    let plan = desk.plan();
    assert_eq!(plan.ops[0].rule, "D30", "{plan}");
    desk.confirm = true;
    desk.execute(plan, 0);
    let (plan, _) = desk.run();
    assert_eq!(desk.store.store.contacts.len(), 1, "{plan}");
}

/// The same where the side refuses.
#[test]
fn a_contact_that_comes_back_survives_a_refusal() {
    let mut desk = contact_of_another_representative();
    desk.confirm = true;
    let mut session = Session::new(desk.plan(), desk.state.clone());
    while session.poll_request().is_some() {
        let message = "the correspondent is locked".to_owned();
        session.handle_response(Response::Refused { message, trace: None });
    }
    desk.state = session.finish().0;
    let (plan, _) = desk.run();
    assert_eq!(desk.store.store.contacts.len(), 1, "{plan}");
}
