//! Copies: of meetings, of items with their key, and those a guest does not want.

use counterpart::profiles::outlook_x3::{Appointment, Flag, Permissions, Role, StoreKind};
use counterpart::report::{AnomalyCode, AnomalyStatus, Code};
use counterpart::snapshot::LinkStatus;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::peers::{deeds, many, says};
use crate::planning::world;

/// A colleague's meeting in the CRM, of which the user is a guest.
pub(crate) fn meeting(number: u32) -> Value {
    json!({
        "chrono": format!("BAP0000000{number}"), "subject": "Visit", "organizer": "REP02",
        "participants": ["REP01"], "meeting_id": "meeting", "start": "2026-03-10T09:00:00",
        "end": "2026-03-10T10:00:00", "modified": "2026-03-01T08:00:00Z",
    })
}

/// What the user's mail program made of its invitation.
pub(crate) fn guests_copy(desk: &Desk, id: &str) -> Appointment {
    let mut copy = Appointment::default();
    (copy.id, copy.modified, copy.role) = (id.to_owned(), desk.now, Role::Attendee);
    copy.meeting_id = Some("meeting".to_owned());
    copy
}

/// D11, A7.8: of two records of one meeting the first by its key is the guest's, in whatever order they are listed;
/// the other one is not his copy's.
#[test]
fn d11_two_records_of_one_meeting_in_any_order() {
    let records = [meeting(1), meeting(2)];
    let mut plans = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let listed = order.map(|at: usize| records[at].clone());
        let mut desk = world(json!({}), json!({"appointments": listed}));
        desk.store.store.appointments.push(guests_copy(&desk, "G1"));
        plans.push(desk.plan());
        desk.run();
        let keys = desk
            .store
            .store
            .appointments
            .iter()
            .map(|one| (one.id.clone(), one.chrono.clone().unwrap_or_default()));
        let keys: Vec<_> = keys.collect();
        assert_eq!(keys[0], ("G1".to_owned(), "BAP00000001".to_owned()), "{keys:?}");
        assert_eq!(keys[1].1, "BAP00000002", "{keys:?}");
        let plan = desk.plan();
        assert!(plan.ops.is_empty(), "{plan}");
    }
    assert_eq!(plans[0], plans[1]);
}

/// A3.7, D12: a copy that has a record of its own, and whose new key was never written, does not keep the key of its
/// source when the state is lost, older though it may be.
#[test]
fn a3_7_after_a_lost_state_a_copy_keeps_its_own_record() {
    for kind in [StoreKind::Local, StoreKind::Exchange] {
        let mut desk = many(1);
        desk.store.store.kind = kind;
        let mut copy = desk.store.store.tasks[0].clone();
        copy.id = "A1".to_owned();
        copy.created = Some(desk.now - chrono::TimeDelta::days(900));
        desk.store.store.tasks.push(copy);
        let plan = desk.plan();
        assert_eq!(deeds(&plan), [("B".to_owned(), "create"), ("A".to_owned(), "stamp")], "{plan}");
        desk.execute(plan, 1);
        let source = desk.store.store.tasks[0].chrono.clone();
        assert_eq!(desk.store.store.tasks[1].chrono, source, "the stamp was never written");
        desk.state = world(json!({}), json!({})).state;
        for _ in 0..2 {
            desk.run();
        }
        let made = desk.crm.crm.tasks[1].chrono.clone();
        let [item, copy] = desk.store.store.tasks.as_slice() else { panic!("two items") };
        assert_eq!((&item.chrono, &copy.chrono), (&source, &Some(made)), "{kind:?}");
        assert_eq!(desk.crm.crm.tasks.len(), 2);
    }
}

/// A guest of a meeting who deleted his copy; gives the copy as it was.
fn dismissed(changes: bool) -> (Desk, Appointment) {
    let mut desk = world(json!({}), json!({"appointments": [meeting(1)]}));
    (desk.changes, desk.confirm) = (changes, true);
    desk.store.store.appointments.push(guests_copy(&desk, "G1"));
    for _ in 0..2 {
        desk.run();
    }
    let copy = desk.store.store.appointments.remove(0);
    let (plan, _) = desk.run();
    assert!(says(&plan.journal, Code::Dismissed) && plan.ops.is_empty(), "{plan}");
    let status = desk.state.links.values().map(|link| link.status).collect::<Vec<_>>();
    assert_eq!(status, [LinkStatus::Dismissed]);
    (desk, copy)
}

fn change(desk: &mut Desk, subject: &str) {
    let one = &mut desk.crm.crm.appointments[0];
    (one.subject, one.modified) = (subject.into(), desk.now);
}

fn says_both(desk: &Desk, subject: &str) {
    let item = desk.store.store.appointments.iter().map(|one| one.subject.or_empty());
    assert_eq!(item.collect::<Vec<_>>(), [subject]);
    assert_eq!(desk.crm.crm.appointments[0].subject.or_empty(), subject);
}

/// He takes a copy back, and two runs follow.
fn take_back(desk: &mut Desk, copy: Appointment) {
    desk.store.store.appointments.push(copy);
    for _ in 0..2 {
        desk.run();
    }
    says_both(desk, "Changed");
}

/// A7.8b: a copy that the guest dismissed and takes back says what the CRM says by now, whenever that changed: before
/// he took it back, in the same run, in a run that was not allowed to bring it back, or later.
#[test]
fn a7_8b_a_dismissed_copy_that_comes_back_keeps_no_old_text() {
    for changes in [false, true] {
        let (mut desk, copy) = dismissed(changes);
        change(&mut desk, "Changed");
        take_back(&mut desk, copy);

        let (mut desk, copy) = dismissed(changes);
        change(&mut desk, "Changed");
        desk.parameters.permissions = [Flag::BAPOTKUPD].into_iter().collect::<Permissions>();
        let (plan, _) = desk.run();
        assert!(plan.ops.is_empty(), "{plan}");
        take_back(&mut desk, copy);

        let (mut desk, copy) = dismissed(changes);
        desk.store.store.appointments.push(copy);
        desk.run();
        change(&mut desk, "Changed");
        for _ in 0..2 {
            desk.run();
        }
        says_both(&desk, "Changed");
    }
}

/// A7.8b: so also where the CRM changed before the copy was dismissed, and the run that saw both could not bring it
/// back.
#[test]
fn a7_8b_what_changed_before_a_copy_was_dismissed_is_not_passed_over() {
    for changes in [false, true] {
        let mut desk = world(json!({}), json!({"appointments": [meeting(1)]}));
        (desk.changes, desk.confirm) = (changes, true);
        desk.store.store.appointments.push(guests_copy(&desk, "G1"));
        for _ in 0..2 {
            desk.run();
        }
        change(&mut desk, "Changed");
        let copy = desk.store.store.appointments.remove(0);
        desk.parameters.permissions = [Flag::BAPOTKUPD].into_iter().collect::<Permissions>();
        let (plan, _) = desk.run();
        assert!(plan.ops.is_empty(), "{plan}");
        take_back(&mut desk, copy);
    }
}

/// A7.8b: so also where what he takes back is an older copy than the one he dismissed last.
#[test]
fn a7_8b_an_older_copy_that_comes_back_keeps_no_old_text() {
    for (changes, kind) in [
        (false, StoreKind::Local),
        (true, StoreKind::Local),
        (false, StoreKind::Exchange),
        (true, StoreKind::Exchange),
    ] {
        let (mut desk, copy) = dismissed(changes);
        desk.store.store.kind = kind;
        change(&mut desk, "Changed");
        for _ in 0..2 {
            desk.run();
        }
        says_both(&desk, "Changed");
        desk.store.store.appointments.clear();
        desk.run();
        desk.store.store.appointments.push(copy);
        let mut named = Vec::new();
        for _ in 0..3 {
            let (_, report) = desk.run();
            let new = report.anomalies.iter().filter(|one| one.status == AnomalyStatus::New);
            named.extend(new.map(|one| (one.code, one.values.a.clone())));
        }
        says_both(&desk, "Changed");
        assert_eq!(named, [(AnomalyCode::LostEdit, Some("Visit".to_owned()))], "nobody can tell");
    }
}
