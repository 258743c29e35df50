//! What a run must remember, or ask for again, so that a later one does not mistake it: small worlds that the
//! simulator found.

use counterpart::model::BySide;
use counterpart::profiles::outlook_x3::{
    Appointment, Conflict, Flag, OutlookX3, Permissions, StoreKind,
};
use counterpart::report::{Anomaly, AnomalyCode, Code};
use counterpart::session::{OpResult, Report};
use counterpart::snapshot::Listing;
use serde_json::json;

use crate::copies::{guests_copy, meeting};
use crate::desk::Desk;
use crate::evidence::crash_before_the_last_answer;
use crate::found::{edit_item, edit_record, names, subjects};
use crate::peers::{deeds, many, says};
use crate::planning::world;

/// The first record goes to a colleague and back; the run between takes its item away, and never hears the answer.
pub(crate) fn taken_away(desk: &mut Desk) {
    let reassign = |desk: &mut Desk, to: &str| {
        let one = &mut desk.crm.crm.tasks[0];
        (one.representative, one.modified) = (to.to_owned(), desk.now);
    };
    reassign(desk, "REP02");
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    reassign(desk, "REP01");
}

/// A conflict that the CRM wins, written and never answered.
fn lost_conflict() -> Desk {
    let mut desk = many(1);
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "update")], "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    assert_eq!(subjects(&desk), (Some("Theirs"), Some("Theirs")));
    desk
}

/// An edited item that goes with its record, and the answer with the process.
fn lost_item(count: usize) -> Desk {
    let mut desk = many(count);
    edit_item(&mut desk, "Mine");
    desk.crm.crm.tasks.remove(0);
    desk.confirm = true;
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    desk
}

fn is_named(report: &Report<OutlookX3>, code: AnomalyCode) -> bool {
    let named = names(report, code, "subject");
    assert!(named, "{:?}", report.anomalies);
    named
}

/// D12: what an unanswered write lost is named also where its field was written over since, so that nothing shows
/// any more whether it was done.
#[test]
fn d12_what_was_lost_is_named_though_its_field_was_edited_since() {
    let mut desk = lost_conflict();
    edit_item(&mut desk, "Again");
    assert!(is_named(&desk.run().1, AnomalyCode::ConflictLoser));
    let mut desk = lost_conflict();
    edit_item(&mut desk, "Again");
    desk.crm.crm.tasks.clear();
    desk.confirm = true;
    assert!(is_named(&desk.run().1, AnomalyCode::ConflictLoser));
}

/// D12: a field that shows what it showed was not written; nothing was lost.
#[test]
fn d12_what_was_never_written_is_not_named() {
    let mut desk = many(1);
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    let plan = desk.plan();
    desk.execute_until(plan, 0, false);
    desk.crm.crm.tasks[0].subject = "Offer 0".into();
    let (_, report) = desk.run();
    assert!(!names(&report, AnomalyCode::ConflictLoser, "subject"), "{:?}", report.anomalies);
}

/// D12: so also where another field of the record went back to what it showed before: it says nothing of this one.
#[test]
fn d12_one_field_does_not_show_that_another_was_not_written() {
    let mut desk = many(1);
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    desk.store.store.tasks[0].body = "My body".into();
    desk.crm.crm.tasks[0].report = "Their body".into();
    desk.parameters.conflict = Conflict::Store;
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("B".to_owned(), "update")], "{plan}");
    crash_before_the_last_answer(&mut desk, plan);
    edit_record(&mut desk, "Else");
    desk.crm.crm.tasks[0].report = "Their body".into();
    let (_, report) = desk.run();
    // What loses now is told with its value; of what lost then the value is gone.
    let of_then = |one: &&Anomaly| one.field == "subject" && one.values == BySide::default();
    assert_eq!(report.anomalies.iter().filter(of_then).count(), 1, "{:?}", report.anomalies);
}

/// D20: a run that drops the state does not drop what unanswered writes lost.
#[test]
fn d20_what_was_lost_is_named_though_the_state_is_dropped() {
    let mut desk = lost_item(2);
    let plan = desk.plan_forced(&desk.listed());
    let report = desk.execute(plan, usize::MAX);
    assert!(is_named(&report, AnomalyCode::LostEdit));
    let mut desk = many(1);
    desk.parameters.conflict = Conflict::Store;
    edit_item(&mut desk, "Mine");
    edit_record(&mut desk, "Theirs");
    let plan = desk.plan();
    crash_before_the_last_answer(&mut desk, plan);
    desk.store.store.tasks.clear();
    let plan = desk.plan_forced(&desk.listed());
    let report = desk.execute(plan, usize::MAX);
    assert!(is_named(&report, AnomalyCode::ConflictLoser));
}

/// A7.8, D12: so also where another copy of the meeting stands in the place of the one that an unanswered deletion
/// was for.
#[test]
fn d12_what_was_lost_is_named_though_a_copy_stands_in_its_place() {
    for kind in [StoreKind::Local, StoreKind::Exchange] {
        let mut desk = world(json!({}), json!({"appointments": [meeting(1)]}));
        (desk.store.store.kind, desk.confirm) = (kind, true);
        desk.store.store.appointments = vec![guests_copy(&desk, "G1")];
        desk.run();
        let mut copy = desk.store.store.appointments[0].clone();
        (copy.id, copy.created, copy.chrono) = ("K1".to_owned(), Some(desk.now), None);
        desk.store.store.appointments.push(copy);
        let item = &mut desk.store.store.appointments[0];
        (item.subject, item.modified) = ("Mine".into(), desk.now);
        desk.crm.crm.appointments[0].participants.clear();
        let plan = desk.plan();
        assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
        desk.execute_until(plan, 0, true);
        let (_, report) = desk.run();
        assert!(is_named(&report, AnomalyCode::LostEdit));
        assert_eq!(report.anomalies[0].ids.a.as_deref(), Some("G1"));
    }
}

/// A7.3, D12: so also where the record is somebody else's by then, and the pair is left alone.
#[test]
fn d12_what_was_lost_is_named_though_the_record_went_to_somebody_else() {
    let mut desk = lost_conflict();
    desk.crm.crm.tasks[0].representative = "REP02".to_owned();
    let plan = desk.plan_forced(&desk.listed());
    assert!(says(&plan.journal, Code::NotOwner) && plan.ops.is_empty(), "{plan}");
    let report = desk.execute(plan, usize::MAX);
    assert!(is_named(&report, AnomalyCode::ConflictLoser));
}

/// P-04: where the filter does not show the item that an unanswered deletion was for, it is taken for done.
#[test]
fn p04_what_was_lost_is_named_though_a_filter_hides_it() {
    let mut desk = lost_item(1);
    let mut listed = desk.listed();
    listed.listings.a.scope = Some("this year".to_owned());
    let plan = desk.plan_of(&listed).expect("a plan");
    let report = desk.execute(plan, usize::MAX);
    assert!(is_named(&report, AnomalyCode::LostEdit));
}

/// D22: a host whose run did not end lists from where it listed before: what was removed in that run, and is back
/// as it was, is asked for.
#[test]
fn d22_what_comes_back_after_a_run_that_did_not_end_is_listed() {
    let mut desk = many(2);
    desk.changes = true;
    desk.run();
    let item = desk.store.store.tasks.remove(0);
    edit_second(&mut desk);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("B".to_owned(), "delete"), ("A".to_owned(), "update")], "{plan}");
    desk.execute(plan, 1);
    desk.store.store.tasks.insert(0, item.clone());
    for _ in 0..3 {
        desk.run();
    }
    assert_eq!(desk.crm.crm.tasks.len(), 2);
    assert!(desk.state.retries.is_empty(), "{:?}", desk.state.retries);

    // The same of an item without a record.
    let mut desk = many(1);
    desk.changes = true;
    desk.parameters.permissions = Permissions::all();
    desk.run();
    let mut waiting = item;
    (waiting.id, waiting.chrono, waiting.modified) = ("W1".to_owned(), None, desk.now);
    desk.store.store.tasks.push(waiting.clone());
    desk.parameters.permissions = [Flag::TSKOTKUPD].into_iter().collect::<Permissions>();
    desk.run();
    desk.store.store.tasks.pop();
    edit_record(&mut desk, "Changed");
    let plan = desk.plan();
    assert_eq!(plan.ops.len(), 1, "{plan}");
    desk.execute(plan, 0);
    desk.store.store.tasks.push(waiting);
    desk.parameters.permissions = Permissions::all();
    desk.run();
    assert_eq!(desk.crm.crm.tasks.len(), 2);
}

/// D22, A4.19: so is an item that was made again for its record in that run: restored, it is a copy with a record of
/// its own.
#[test]
fn d22_a_removed_item_that_was_made_again_and_comes_back_is_listed() {
    let mut desk = many(2);
    desk.changes = true;
    desk.run();
    let item = desk.store.store.tasks.remove(0);
    edit_record(&mut desk, "Changed");
    edit_second(&mut desk);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "create"), ("A".to_owned(), "update")], "{plan}");
    desk.execute(plan, 1);
    desk.store.store.tasks.insert(0, item);
    for _ in 0..3 {
        desk.run();
    }
    let mut keys: Vec<_> = desk.store.store.tasks.iter().map(|one| one.chrono.clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), desk.crm.crm.tasks.len()), (3, 3));
    assert!(desk.state.retries.is_empty(), "{:?}", desk.state.retries);
}

fn edit_second(desk: &mut Desk) {
    let when = desk.now;
    let one = desk.crm.crm.tasks.last_mut().expect("a record");
    (one.subject, one.modified) = ("Changed".into(), when);
}

/// A4.10, D22: that a record went to somebody else is not forgotten while its item sleeps.
#[test]
fn a4_10_a_reassignment_is_followed_when_the_item_wakes() {
    let mut desk = many(1);
    desk.changes = true;
    desk.confirm = true;
    desk.run();
    desk.store.store.tasks[0].folder = "Elsewhere".to_owned();
    desk.crm.crm.tasks[0].representative = "REP02".to_owned();
    desk.crm.crm.tasks[0].modified = desk.now;
    desk.run();
    desk.store.store.tasks[0].folder = "Tasks".to_owned();
    desk.run();
    assert!(desk.store.store.tasks.is_empty());
}

/// A4.10: a record that is there was not deleted by the run whose answer never arrived; it went to somebody else.
#[test]
fn a4_10_a_record_that_left_was_not_deleted_by_us() {
    let mut desk = many(1);
    desk.changes = true;
    desk.confirm = true;
    desk.run();
    let item = desk.store.store.tasks.remove(0);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("B".to_owned(), "delete")], "{plan}");
    desk.execute(plan, 0);
    desk.store.store.tasks.push(item);
    desk.crm.crm.tasks[0].representative = "REP02".to_owned();
    desk.crm.crm.tasks[0].modified = desk.now;
    desk.run();
    assert!(desk.store.store.tasks.is_empty());
    assert_eq!(desk.crm.crm.tasks.len(), 1);
}

/// A3.7: that a copy waits is said in every run of a mailbox that lists changes, from the first one on.
#[test]
fn a3_7_a_copy_that_waits_is_told_in_every_run() {
    let mut desk = many(1);
    desk.changes = true;
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.modified, copy.created) = ("K1".to_owned(), desk.now, Some(desk.now));
    desk.store.store.tasks.push(copy);
    desk.state = world(json!({}), json!({})).state;
    desk.parameters.permissions = [Flag::TSKOTKUPD].into_iter().collect::<Permissions>();
    for run in 0..3 {
        let plan = desk.plan();
        assert!(says(&plan.journal, Code::DuplicateKey), "run {run}: {plan}");
        desk.execute(plan, 0);
        desk.seen = Some((desk.store.store.clone(), desk.crm.crm.clone()));
    }
}

/// D2: that an item was stamped in the same second as the one it steps into the place of proves nothing.
#[test]
fn d2_a_stamp_proves_nothing_of_another_item() {
    let mut desk = many(1);
    desk.store.store.kind = StoreKind::Exchange;
    desk.stamps_prove = true;
    let mut copy = desk.store.store.tasks[0].clone();
    (copy.id, copy.subject) = ("V1".to_owned(), "Mine".into());
    desk.store.store.tasks[0] = copy;
    desk.run();
    assert_eq!(subjects(&desk), (Some("Mine"), Some("Mine")));
}

/// A10.6, D22: what the CRM changed while an item was archived reaches it when it comes back.
#[test]
fn a10_6_what_changed_meanwhile_reaches_an_archived_item() {
    let mut desk = many(1);
    desk.changes = true;
    desk.parameters.deletion_delay_months = Some(1);
    desk.run();
    desk.now += chrono::TimeDelta::days(90);
    let item = desk.store.store.tasks.remove(0);
    let (plan, _) = desk.run();
    assert!(says(&plan.journal, Code::Archived), "{plan}");
    edit_record(&mut desk, "Changed");
    desk.run();
    desk.store.store.tasks.push(item);
    for _ in 0..2 {
        desk.run();
    }
    assert_eq!(subjects(&desk), (Some("Changed"), Some("Changed")));
}

/// A user who organises an appointment with a colleague.
fn organiser() -> Desk {
    let colleague = json!({
        "code": "REP02", "name": "Bee", "last_name": "Bee", "first_name": "Bea",
        "email": "bee@example.test",
    });
    let user = json!({
        "code": "REP01", "name": "Ant", "last_name": "Ant", "first_name": "Ann",
        "email": "ant@example.test",
    });
    let appointment = json!({
        "chrono": "BAP00000001", "subject": "Visit", "organizer": "REP01", "participants": ["REP02"],
        "start": "2026-03-10T09:00:00", "end": "2026-03-10T10:00:00",
    });
    world(json!({}), json!({"representatives": [user, colleague], "appointments": [appointment]}))
}

/// A3.5, A7.9, A7.11: a colleague's contact whose correspondent was deleted, and of which no state knows, is left
/// alone; the colleague gets one correspondent, not two.
#[test]
fn a7_9_a_colleague_is_not_made_twice_where_the_state_was_lost() {
    let mut desk = organiser();
    for _ in 0..2 {
        desk.run();
    }
    assert_eq!((desk.crm.crm.correspondents.len(), desk.store.store.contacts.len()), (1, 1));
    desk.crm.crm.correspondents.clear();
    desk.state = world(json!({}), json!({})).state;
    for _ in 0..3 {
        let (plan, _) = desk.run();
        assert!(says(&plan.journal, Code::RepresentativeContactIgnored), "{plan}");
        assert_eq!(desk.crm.crm.correspondents.len(), 1);
    }
}

/// D12, P-04: a contact that was asked for together with its correspondent, and never answered, may be there while
/// the filter hides contacts; it is not asked for twice.
#[test]
fn d12_a_contact_of_a_new_correspondent_is_not_made_twice() {
    let mut desk = organiser();
    let plan = desk.plan();
    let first = &deeds(&plan)[..2];
    assert_eq!(first, [("B".to_owned(), "create"), ("A".to_owned(), "create")], "{plan}");
    desk.execute_until(plan, 1, true);
    assert_eq!(desk.store.store.contacts.len(), 1);
    let mut listed = desk.listed();
    listed.listings.a.scope = Some("this year".to_owned());
    listed.store.contacts.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(says(&plan.journal, Code::NotYetSeen), "{plan}");
    desk.execute(plan, usize::MAX);
    for _ in 0..2 {
        desk.run();
    }
    assert_eq!((desk.crm.crm.correspondents.len(), desk.store.store.contacts.len()), (1, 1));
}

/// A7.8, D26: a guest's copy that sleeps follows its meeting to the record that was made of it again.
#[test]
fn a7_8_a_sleeping_copy_follows_its_meeting_to_a_new_record() {
    for (kind, changes) in [
        (StoreKind::Local, false),
        (StoreKind::Exchange, false),
        (StoreKind::Local, true),
        (StoreKind::Exchange, true),
    ] {
        let mut desk = world(json!({}), json!({"appointments": [meeting(1)]}));
        (desk.store.store.kind, desk.changes) = (kind, changes);
        let mut copy = guests_copy(&desk, "G1");
        copy.recurring = true;
        desk.store.store.appointments.push(copy);
        desk.run();
        desk.crm.crm.appointments.clear();
        if changes {
            desk.run();
        }
        let again = serde_json::from_value(meeting(2)).expect("an appointment");
        desk.crm.crm.appointments.push(again);
        for _ in 0..2 {
            let (plan, _) = desk.run();
            assert!(plan.ops.is_empty(), "{kind:?} {changes}: {plan}");
        }
        desk.store.store.appointments[0].recurring = false;
        desk.store.store.appointments[0].modified = desk.now;
        for _ in 0..2 {
            desk.run();
        }
        assert_eq!(desk.store.store.appointments.len(), 1, "{kind:?} {changes}");
        assert_eq!(
            desk.store.store.appointments[0].chrono.as_deref(),
            Some("BAP00000002"),
            "{kind:?} {changes}"
        );
    }
}

/// A7.9, A2.51: a series is not synchronised, and asks for nobody, whether the run lists it or not.
#[test]
fn a7_9_a_series_asks_for_no_colleague() {
    let mut desk = organiser();
    let mut item = Appointment::default();
    (item.id, item.modified, item.recurring) = ("A1".to_owned(), desk.now, true);
    item.chrono = Some("BAP00000001".to_owned());
    desk.store.store.appointments.push(item);
    let (plan, _) = desk.run();
    assert!(says(&plan.journal, Code::Recurring), "{plan}");
    assert!(plan.ops.is_empty(), "{plan}");
}

/// A4.10, D12: an item that a run took away and whose record is the user's again is made again; no run that fails
/// meanwhile makes a person's deletion of it.
#[test]
fn a4_10_what_we_took_away_stays_ours_whatever_fails() {
    let mut desk = many(1);
    desk.confirm = true;
    taken_away(&mut desk);
    assert!(desk.store.store.tasks.is_empty());
    for _ in 0..2 {
        let plan = desk.plan();
        assert_eq!(deeds(&plan), [("A".to_owned(), "create")], "{plan}");
        desk.execute(plan, 0);
    }
    desk.run();
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (1, 1));
}

/// A4.10, D12: so also where the item is not listed by the run that asks for its deletion again, and is declined.
#[test]
fn a4_10_a_declined_deletion_does_not_make_our_own_a_persons() {
    let mut desk = many(2);
    desk.confirm = true;
    desk.crm.crm.tasks[0].representative = "REP02".to_owned();
    let plan = desk.plan();
    desk.execute_until(plan, 0, true);
    let mut listed = desk.listed();
    listed.store.tasks.clear();
    listed.listings.a = Listing::changes(Vec::new());
    let plan = desk.plan_of(&listed).expect("a plan");
    assert_eq!(deeds(&plan), [("A".to_owned(), "delete")], "{plan}");
    let report = desk.execute(plan, usize::MAX);
    assert_eq!(report.count(OpResult::Done), 0, "the item is gone");
    desk.crm.crm.tasks[0].representative = "REP01".to_owned();
    desk.crm.crm.tasks[0].modified = desk.now;
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "create")], "{plan}");
}

/// D12, A4.19: what an unanswered write left on a record is no edit of it: the person's deletion goes through.
#[test]
fn d12_what_we_wrote_does_not_bring_an_item_back() {
    for waits in [false, true] {
        let mut desk = many(2);
        edit_item(&mut desk, "Mine");
        let plan = desk.plan();
        desk.execute_until(plan, 0, true);
        assert_eq!(subjects(&desk), (Some("Mine"), Some("Mine")));
        desk.store.store.tasks.remove(0);
        if waits {
            desk.parameters.permissions = [Flag::TSKOTKCRE].into_iter().collect::<Permissions>();
            let (plan, _) = desk.run();
            assert!(says(&plan.journal, Code::NotPermitted) && plan.ops.is_empty(), "{plan}");
            desk.parameters.permissions = Permissions::all();
        }
        let plan = desk.plan();
        assert_eq!(deeds(&plan), [("B".to_owned(), "delete")], "{plan}");
    }
}

/// A4.10, D12: what a run took away comes back also where the record, the user's again, is not listed by the run that
/// sees it missing.
#[test]
fn a4_10_what_we_took_away_comes_back_though_its_record_is_not_listed() {
    let mut desk = many(2);
    (desk.confirm, desk.changes) = (true, true);
    desk.run();
    taken_away(&mut desk);
    let mut listed = desk.listed();
    listed.crm.tasks.clear();
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(plan.ops.is_empty(), "{plan}");
    desk.execute(plan, usize::MAX);
    for _ in 0..2 {
        desk.run();
    }
    assert_eq!((desk.store.store.tasks.len(), desk.crm.crm.tasks.len()), (2, 2));
}

/// D26, D22: what the CRM changed when a private item went reaches the item when it comes back.
#[test]
fn d26_a_change_is_not_passed_over_when_a_private_item_goes() {
    let mut desk = many(1);
    desk.store.store.tasks[0].private = true;
    desk.run();
    let mut item = desk.store.store.tasks.remove(0);
    edit_record(&mut desk, "Changed");
    desk.run();
    item.private = false;
    desk.store.store.tasks.push(item);
    desk.run();
    assert_eq!(subjects(&desk), (Some("Changed"), Some("Changed")));
}

/// D4, D20: in a run forced from the mailbox an edit that is older than the run reaches back to is overwritten, and
/// named.
#[test]
fn d20_an_edit_that_a_forced_run_overwrites_is_named() {
    let mut desk = many(1);
    edit_item(&mut desk, "Mine");
    desk.now += chrono::TimeDelta::days(1);
    edit_record(&mut desk, "Theirs");
    let plan = desk.plan_forced(&desk.listed());
    assert_eq!(deeds(&plan), [("A".to_owned(), "update")], "{plan}");
    let report = desk.execute(plan, usize::MAX);
    assert!(is_named(&report, AnomalyCode::ConflictLoser));
}
