//! Small worlds that the simulator found, each with the rule that did not hold in it.

use counterpart::model::Text;
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{Conflict, Flag, OutlookX3, Permissions, Role, StoreKind};
use counterpart::report::{AnomalyCode, Code};
use counterpart::session::Report;
use serde_json::json;

use crate::desk::Desk;
use crate::peers::{deeds, many, refuse, run_with, says, without_reading_back};
use crate::planning::world;

pub(crate) fn edit_item(desk: &mut Desk, subject: &str) {
    let when = desk.now;
    let one = &mut desk.store.store.tasks[0];
    (one.subject, one.modified) = (subject.into(), when);
}

pub(crate) fn edit_record(desk: &mut Desk, subject: &str) {
    let when = desk.now;
    let one = &mut desk.crm.crm.tasks[0];
    (one.subject, one.modified) = (subject.into(), when);
}

pub(crate) fn subjects(desk: &Desk) -> (Option<&str>, Option<&str>) {
    let item = desk.store.store.tasks.first().and_then(|one| one.subject.known());
    (item, desk.crm.crm.tasks.first().and_then(|one| one.subject.known()))
}

pub(crate) fn names(report: &Report<OutlookX3>, code: AnomalyCode, field: &str) -> bool {
    report.anomalies.iter().any(|one| one.code == code && one.field == field)
}

/// A run in which the mailbox cannot read a subject.
fn run_unreadable(desk: &mut Desk) -> (Plan<OutlookX3>, Report<OutlookX3>) {
    let mut listed = desk.listed();
    listed.store.tasks[0].subject = Text::UNREADABLE;
    let plan = desk.plan_of(&listed).expect("a plan");
    let report = desk.execute(plan.clone(), usize::MAX);
    (plan, report)
}

/// A run that is told which filter side A is listed by, and shows nothing of it.
pub(crate) fn run_filtered(desk: &mut Desk) -> Plan<OutlookX3> {
    let mut listed = desk.listed();
    listed.listings.a.scope = Some("this year".to_owned());
    listed.store.tasks.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    desk.execute(plan.clone(), usize::MAX);
    plan
}

/// A mailbox that lists changes only, with a task that was copied, key and all.
fn copied(kind: StoreKind) -> Desk {
    let mut desk = many(1);
    desk.store.store.kind = kind;
    desk.changes = true;
    desk.run();
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.modified, copy.created) = ("K1".to_owned(), desk.now, Some(desk.now));
    desk.store.store.tasks.push(copy);
    desk
}

/// D4: while neither its content nor its stamp is known, nothing is written over a record.
#[test]
fn d4_what_is_not_listed_and_was_not_agreed_is_not_overwritten() {
    let mut desk = many(1);
    desk.parameters.conflict = Conflict::Hold;
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    desk.run();
    desk.crm.crm.tasks[0].report = "More".into();
    desk.crm.crm.tasks[0].modified = desk.now;
    let plan = run_filtered(&mut desk);
    assert!(plan.ops.is_empty(), "{plan}");
    let (plan, _) = desk.run();
    assert_eq!(deeds(&plan), [("A".to_owned(), "update")], "listed again: {plan}");
    assert_eq!(subjects(&desk), (Some("Mine"), Some("Theirs")), "held");
}

/// D22, A3.7: what tells a copy from its source is listed again, also when the source has news of its own in
/// the same run, and when the copy's creation is refused.
#[test]
fn d22_a_copy_gets_its_record_under_changes() {
    for kind in [StoreKind::Local, StoreKind::Exchange] {
        let mut desk = copied(kind);
        edit_record(&mut desk, "Changed");
        desk.run();
        let (plan, _) = desk.run();
        assert_eq!(deeds(&plan), [("B".to_owned(), "create"), ("A".to_owned(), "stamp")], "{plan}");
        let mut desk = copied(kind);
        desk.run();
        for _ in 0..3 {
            let plan = desk.plan();
            assert!(says(&plan.journal, Code::DuplicateKey), "{plan}");
            run_with(&mut desk, plan, refuse);
        }
    }
}

/// D4, A4.9: what a person wrote on an item that the host could not read back is named when the item goes.
#[test]
fn d4_an_edit_is_named_though_its_item_was_never_read_back() {
    let mut desk = world(
        json!({}),
        json!({"tasks": [{"chrono": "TSK00000001", "subject": "Offer", "representative": "REP01"}]}),
    );
    let plan = desk.plan();
    run_with(&mut desk, plan, without_reading_back);
    edit_item(&mut desk, "Edited");
    desk.crm.crm.tasks.clear();
    desk.confirm = true;
    let (plan, report) = desk.run();
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
    assert!(names(&report, AnomalyCode::LostEdit, "subject"), "{:?}", report.anomalies);
}

/// D3: what was sent and not read back is not what was there before: an old text that comes back is seen.
#[test]
fn d3_a_text_that_comes_back_after_an_unread_write_is_seen() {
    let mut desk = many(1);
    edit_record(&mut desk, "New");
    let plan = desk.plan();
    run_with(&mut desk, plan, without_reading_back);
    assert_eq!(subjects(&desk), (Some("New"), Some("New")));
    edit_item(&mut desk, "Offer 0");
    desk.run();
    let (item, record) = subjects(&desk);
    assert_eq!(item, record);
}

/// D35: what could not be read when the record was made goes there once it can be read, though an answer in
/// between showed it.
#[test]
fn d35_a_text_that_could_not_be_read_is_not_agreed_by_a_stamp() {
    let mut desk =
        world(json!({"tasks": [{"id": "T1", "subject": "Offer", "body": "Text"}]}), json!({}));
    run_unreadable(&mut desk);
    assert_eq!(subjects(&desk), (Some("Offer"), Some("")));
    desk.run();
    assert_eq!(subjects(&desk), (Some("Offer"), Some("Offer")));
}

/// D35: the CRM's change waits for the text to be read, also where a stamp proves that it did not change.
#[test]
fn d35_a_stamp_does_not_make_a_text_readable() {
    let mut desk = many(1);
    desk.stamps_prove = true;
    edit_record(&mut desk, "New");
    let (plan, _) = run_unreadable(&mut desk);
    assert!(plan.ops.is_empty(), "{plan}");
    desk.run();
    assert_eq!(subjects(&desk), (Some("New"), Some("New")));
}

/// D4, D35: a text that cannot be read, of an item that was touched, may be an edit: the item does not go
/// without its field being named.
#[test]
fn d4_a_text_that_cannot_be_read_is_named_when_its_item_goes() {
    for touched in [true, false] {
        let mut desk = many(1);
        if touched {
            edit_item(&mut desk, "Edited");
        }
        desk.crm.crm.tasks.clear();
        desk.confirm = true;
        let (plan, report) = run_unreadable(&mut desk);
        assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
        assert_eq!(names(&report, AnomalyCode::LostEdit, "subject"), touched);
    }
}

/// D4, P-04: the same where a filter hides the item: what could not be read when its record was made was never
/// agreed, so that the item does not go unseen.
#[test]
fn d4_an_item_with_a_text_nobody_read_does_not_go_unseen() {
    let mut desk = world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}));
    run_unreadable(&mut desk);
    desk.crm.crm.tasks.clear();
    desk.confirm = true;
    let plan = run_filtered(&mut desk);
    assert!(plan.ops.is_empty(), "{plan}");
    let (plan, report) = desk.run();
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
    assert!(names(&report, AnomalyCode::LostEdit, "subject"), "{:?}", report.anomalies);
}

/// D4, A4.19: two texts that met and were never agreed are edits of both sides: the one is named when its item
/// goes, the other comes back.
#[test]
fn d4_texts_that_were_never_agreed_are_not_lost() {
    let met = || {
        let mut desk = world(
            json!({"tasks": [{"id": "T1", "subject": "Mine", "chrono": "TSK00000001"}]}),
            json!({"tasks": [
                {"chrono": "TSK00000001", "subject": "Theirs", "representative": "REP01"}
            ]}),
        );
        let plan = desk.plan();
        run_with(&mut desk, plan, refuse);
        desk.confirm = true;
        desk
    };
    let mut desk = met();
    desk.crm.crm.tasks.clear();
    let (_, report) = desk.run();
    assert!(names(&report, AnomalyCode::LostEdit, "subject"), "{:?}", report.anomalies);
    let mut desk = met();
    desk.store.store.tasks.clear();
    let (plan, _) = desk.run();
    assert_eq!(deeds(&plan), [("A".to_owned(), "create")], "{plan}");
    assert_eq!(subjects(&desk), (Some("Theirs"), Some("Theirs")));
}

/// D9, A2.51, A7.8: a guest's copy that the organiser's record did not exist for is found when it does, also
/// while it sleeps or is private, and its key is not cleared when it never stood there.
#[test]
fn a7_8_a_guests_copy_waits_under_changes() {
    for state in ["plain", "series", "private"] {
        let mut desk = many(1);
        desk.changes = true;
        desk.run();
        let mut copy = counterpart::profiles::outlook_x3::Appointment::default();
        (copy.id, copy.modified, copy.role) = ("G1".to_owned(), desk.now, Role::Attendee);
        copy.meeting_id = Some("meeting".to_owned());
        (copy.recurring, copy.private) = (state == "series", state == "private");
        copy.subject = "Meeting".into();
        desk.store.store.appointments.push(copy);
        desk.run();
        let mut record = counterpart::profiles::outlook_x3::CrmAppointment::default();
        (record.chrono, record.modified) = ("BAP00000001".to_owned(), desk.now);
        (record.organizer, record.participants) = ("REP02".to_owned(), vec!["REP01".to_owned()]);
        (record.meeting_id, record.subject) = (Some("meeting".to_owned()), "Meeting".into());
        desk.crm.crm.appointments.push(record);
        for _ in 0..2 {
            let (plan, _) = desk.run();
            assert!(!deeds(&plan).iter().any(|(_, deed)| *deed == "create"), "{state}: {plan}");
        }
        let plan = desk.plan();
        assert!(plan.ops.is_empty(), "{state}: {plan}");
    }
}

/// A1.14, A4.19, D22: a recreation the flags do not permit waits, and with it what the CRM changed.
#[test]
fn d22_a_change_waits_with_a_recreation_that_is_not_permitted() {
    let mut desk = many(1);
    desk.changes = true;
    desk.run();
    let item = desk.store.store.tasks.remove(0);
    edit_record(&mut desk, "Changed");
    desk.parameters.permissions = [Flag::TSKOTKUPD].into_iter().collect::<Permissions>();
    let (plan, _) = desk.run();
    assert!(plan.ops.is_empty() && says(&plan.journal, Code::NotPermitted), "{plan}");
    desk.store.store.tasks.push(item);
    desk.run();
    assert_eq!(subjects(&desk), (Some("Changed"), Some("Changed")));
}

/// D18, D22: an orphan key that a forced run leaves alone is taken up by the next one, under changes too.
#[test]
fn d18_an_orphan_key_is_looked_at_after_a_forced_run() {
    let mut desk = many(1);
    desk.changes = true;
    desk.run();
    desk.crm.crm.tasks.clear();
    desk.seen = None;
    let mut listed = desk.listed();
    listed.store.tasks[0].modified = desk.now;
    let plan = desk.plan_forced(&listed);
    assert!(plan.ops.is_empty() && says(&plan.journal, Code::OrphanKey), "{plan}");
    desk.execute(plan, usize::MAX);
    let (plan, _) = desk.run();
    assert_eq!(deeds(&plan), [("B".to_owned(), "create"), ("A".to_owned(), "stamp")], "{plan}");
}

/// D2: a stamp too far away for nanoseconds since 1970 tells an edit as any other does.
#[test]
fn d2_a_stamp_of_long_ago_tells_an_edit() {
    let mut desk = many(1);
    desk.stamps_prove = true;
    let day = |day: u32| format!("1500-01-{day:02}T00:00:00Z").parse().unwrap();
    desk.store.store.tasks[0].modified = day(1);
    desk.run();
    let item = &mut desk.store.store.tasks[0];
    (item.subject, item.modified) = ("Mine".into(), day(2));
    desk.run();
    assert_eq!(subjects(&desk), (Some("Mine"), Some("Mine")));
}
