//! Shows how the CRM's pending lines carry its changes into a mailbox (A4.1 to A4.6, A7.13, A7.14, A8.8, A9.6).

use std::collections::{BTreeMap, BTreeSet};

use counterpart::model::Side;
use counterpart::profiles::outlook_x3::{
    Conflict, Crm, KeyRange, Kind, OutlookX3, PendingEvent, PendingFeed, PendingLine, PendingLines,
    PendingTable, Record, Selection, Subscriber,
};
use counterpart::rules::Reason;
use counterpart::session::{OpResult, Report};
use counterpart::snapshot::Listing;
use serde_json::json;

use crate::desk::{Desk, Listed};
use crate::planning::{settled, world};
use crate::worlds::{check, for_all, permissive};

fn colleagues() -> Vec<Subscriber> {
    let one = |user: &str, rep: &str| Subscriber { user: user.into(), representative: rep.into() };
    vec![one("U1", "REP01"), one("U2", "REP02"), one("U3", "REP03")]
}

fn records(crm: &Crm) -> BTreeMap<(u8, String), Record> {
    let contacts = crm.correspondents.iter().cloned();
    let contacts = contacts.map(|one| ((1, one.chrono.clone()), Record::from(one)));
    let tasks = crm.tasks.iter().cloned();
    let tasks = tasks.map(|one| ((2, one.chrono.clone()), Record::from(one)));
    let calls = crm.calls.iter().cloned();
    let calls = calls.map(|one| ((3, one.chrono.clone()), Record::from(one)));
    let visits = crm.appointments.iter().cloned();
    let visits = visits.map(|one| ((4, one.chrono.clone()), Record::from(one)));
    contacts.chain(tasks).chain(calls).chain(visits).collect()
}

/// A desk whose CRM keeps pending lines.
struct Office {
    desk: Desk,
    table: PendingTable,
}

impl Office {
    fn new(mut desk: Desk) -> Self {
        desk.changes = true;
        Self { desk, table: PendingTable::default() }
    }

    /// Enters what became of the CRM since it was like this.
    fn enter(&mut self, before: &Crm, author: Option<&str>) {
        let (old, new) = (records(before), records(&self.desk.crm.crm));
        let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for key in keys.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
            let change = (old.get(key), new.get(key));
            self.table.record_changed(change, author, &colleagues(), None);
        }
    }

    /// People work in the CRM.
    fn edit(&mut self, edit: impl FnOnce(&mut Crm)) {
        let before = self.desk.crm.crm.clone();
        edit(&mut self.desk.crm.crm);
        self.enter(&before, None);
    }

    /// What the host fetched for the user's next run.
    fn listed(&self, lines: &PendingLines) -> (Listed, PendingFeed) {
        let mut listed = self.desk.listed();
        let mut keys: BTreeSet<&str> = lines.keys().map(|(_, key)| key).collect();
        keys.extend(self.desk.state.wanted(Side::B));
        listed.crm = self.desk.crm.crm.clone();
        listed.crm.correspondents.retain(|one| keys.contains(one.chrono.as_str()));
        listed.crm.tasks.retain(|one| keys.contains(one.chrono.as_str()));
        listed.crm.calls.retain(|one| keys.contains(one.chrono.as_str()));
        listed.crm.appointments.retain(|one| keys.contains(one.chrono.as_str()));
        let feed = lines.feed(&listed.crm, &self.desk.state);
        listed.listings.b = feed.listing.clone();
        (listed, feed)
    }

    /// A run of U1 that gets so many answers.
    fn run(&mut self, answers: usize) -> Report<OutlookX3> {
        let lines = self.table.hand_out("U1");
        let (listed, feed) = self.listed(&lines);
        let plan = self.desk.plan_of(&listed).expect("a plan");
        let before = self.desk.crm.crm.clone();
        let report = self.desk.execute(plan, answers);
        self.enter(&before, Some("U1"));
        self.table.settle(feed.settle(&report));
        report
    }

    fn lines_of(&self, user: &str) -> Vec<(&str, PendingEvent)> {
        let lines = self.table.lines().iter().filter(|line| line.user == user);
        lines.map(|line| (line.key.as_str(), line.event)).collect()
    }
}

/// The user's call and appointment of a world at rest.
const CALL: &str = "CLL00000001";
const VISIT: &str = "BAP00000001";

/// A4.5, and A4.4: a creation is `C`.
#[test]
fn lines_of_one_record_are_coalesced() {
    use PendingEvent::{Created, Deleted, Forced, Modified, Reassigned};
    for (one, two, both) in [
        (Created, Modified, Some(Created)),
        (Modified, Modified, Some(Modified)),
        (Created, Deleted, None),
        (Created, Reassigned, None),
        (Modified, Deleted, Some(Deleted)),
        (Modified, Reassigned, Some(Reassigned)),
        (Deleted, Created, Some(Modified)),
        (Reassigned, Created, Some(Modified)),
        (Created, Forced, Some(Forced)),
        (Modified, Forced, Some(Forced)),
        (Forced, Modified, Some(Forced)),
        (Forced, Forced, Some(Forced)),
        (Forced, Deleted, Some(Deleted)),
        (Forced, Reassigned, Some(Reassigned)),
        (Deleted, Forced, Some(Deleted)),
    ] {
        assert_eq!(one.then(two), both, "{one:?} {two:?}");
        let mut table = PendingTable::default();
        table.enter("U1", (Kind::Task, "TSK1"), one, None);
        table.enter("U1", (Kind::Task, "TSK1"), two, None);
        let events: Vec<_> = table.lines().iter().map(|line| line.event).collect();
        assert_eq!(events, Vec::from_iter(both), "{one:?} {two:?}");
        let line = |number, event| PendingLine::new(number, "U1", (Kind::Task, "TSK1"), event);
        let lines = PendingLines::new(&[line(8, two), line(3, one)], "U1");
        assert_eq!(lines.event(Kind::Task, "TSK1"), both, "in the order of their numbers");
    }
    assert_eq!(serde_json::to_string(&Created).expect("JSON"), "\"C\"");
}

/// A4.1, A4.10, A7.12, A7.14, A13.8: every representative the record belongs to, never the author.
#[test]
fn every_representative_concerned_gets_a_line_and_never_the_author() {
    let mut office = Office::new(settled());
    let key = office.desk.crm.crm.correspondents[0].chrono.clone();
    office.edit(|crm| crm.correspondents[0].assign("REP02".to_owned()));
    assert_eq!(office.lines_of("U1"), [(key.as_str(), PendingEvent::Modified)]);
    assert_eq!(office.lines_of("U2"), [(key.as_str(), PendingEvent::Created)]);
    assert_eq!(office.table.of("U3").keys().count(), 0);

    office.table = PendingTable::default();
    let before = office.desk.crm.crm.clone();
    office.desk.crm.crm.correspondents[0].job_title = "Buyer".into();
    office.enter(&before, Some("U1"));
    assert!(office.lines_of("U1").is_empty(), "the author never gets his own change back");
    assert_eq!(office.lines_of("U2"), [(key.as_str(), PendingEvent::Modified)]);

    office.table = PendingTable::default();
    office.edit(|crm| {
        crm.calls[0].representative = "REP03".to_owned();
        crm.appointments.clear();
    });
    assert_eq!(
        office.lines_of("U1"),
        [(CALL, PendingEvent::Reassigned), (VISIT, PendingEvent::Deleted)]
    );
    assert_eq!(office.lines_of("U3"), [(CALL, PendingEvent::Created)]);
}

/// A7.13: a change of an interlocutor is one of his correspondents, for all they are assigned to.
#[test]
fn an_interlocutor_changes_his_correspondents() {
    let mut office = Office::new(settled());
    let record = &mut office.desk.crm.crm.correspondents[0];
    record.interlocutor = Some("INT01".to_owned());
    record.assign("REP02".to_owned());
    let key = record.chrono.clone();
    let crm = office.desk.crm.crm.clone();
    office.table.interlocutor_changed("INT01", &crm, &colleagues(), None);
    office.table.interlocutor_changed("INT02", &crm, &colleagues(), None);
    assert_eq!(office.lines_of("U1"), [(key.as_str(), PendingEvent::Modified)]);
    assert_eq!(office.lines_of("U2"), [(key.as_str(), PendingEvent::Modified)]);
    assert!(office.lines_of("U3").is_empty());
}

/// A7.8: co-workers are not told of a meeting that their own mail programs have told them of.
#[test]
fn a_meeting_from_a_mailbox_is_not_sent_to_coworkers() {
    let mut office = Office::new(settled());
    let invite = |crm: &mut Crm| crm.appointments[0].invite(vec!["REP02".to_owned()]);
    let before = office.desk.crm.crm.clone();
    invite(&mut office.desk.crm.crm);
    office.enter(&before, Some("U1"));
    assert_eq!(office.lines_of("U2"), [(VISIT, PendingEvent::Created)], "no meeting");

    let mut office = Office::new(settled());
    let before = office.desk.crm.crm.clone();
    invite(&mut office.desk.crm.crm);
    office.desk.crm.crm.appointments[0].meeting_id = Some("M1".to_owned());
    office.enter(&before, Some("U1"));
    assert!(office.lines_of("U2").is_empty());
    office.edit(|crm| crm.appointments[0].subject = "Moved".into());
    assert_eq!(office.lines_of("U2"), [(VISIT, PendingEvent::Modified)], "changed in the CRM");
}

/// A4.1, A4.6: a run carries every line over, and the lines go.
#[test]
fn a_run_carries_the_lines_over_and_they_go() {
    let mut office = Office::new(settled());
    office.edit(|crm| {
        crm.calls.clear();
        crm.appointments[0].subject = "Long visit".into();
        let mut task = crm.tasks[0].clone();
        (task.chrono, task.origin, task.subject) = ("TSK00005000".into(), None, "New".into());
        crm.tasks.push(task);
        crm.tasks[0].representative = "REP02".to_owned();
    });
    assert_eq!(office.lines_of("U1").len(), 4);
    let report = office.run(usize::MAX);
    let reasons: BTreeSet<Reason> = report.plan.ops.iter().map(|op| op.reason).collect();
    let expected = [Reason::CreatedInB, Reason::DeletedInB, Reason::LeftScope, Reason::UpdatedInB];
    assert_eq!(reasons, BTreeSet::from(expected));
    assert!(office.lines_of("U1").is_empty(), "{:?}", office.table);
    assert_eq!(office.lines_of("U2").len(), 1, "lines of others stay");
    assert!(office.run(usize::MAX).plan.ops.is_empty());
}

/// A4.2: a line deleted by hand is a change that is not carried over.
#[test]
fn a_line_deleted_by_hand_is_not_carried_over() {
    let mut office = Office::new(settled());
    office.edit(|crm| crm.calls[0].subject = "Ring twice".into());
    let number = office.table.lines()[0].number;
    office.table.delete(number);
    assert!(office.run(usize::MAX).plan.ops.is_empty());
    assert_eq!(office.desk.crm.crm.calls[0].subject, "Ring twice".into());
}

/// A4.3, A9.2, A9.6, A9.12: a forced line sends the record again, and nothing else.
#[test]
fn a_forced_line_sends_its_record_again() {
    let mut office = Office::new(settled());
    office.edit(|crm| {
        for one in &mut crm.appointments {
            one.organizer = "REP02".to_owned();
            one.participants = vec!["REP01".to_owned()];
        }
    });
    office.run(usize::MAX);
    office.desk.store.store.appointments[0].subject = "My own words".into();
    office.desk.store.store.tasks[0].subject = "Another offer".into();
    assert_eq!(office.run(usize::MAX).plan.ops.len(), 1, "a participant's words are his own");
    assert_eq!(office.desk.store.store.appointments[0].subject, "My own words".into());
    office.table.enter("U1", (Kind::Appointment, VISIT), PendingEvent::Modified, None);
    let number = office.table.lines().iter().find(|line| line.user == "U1").expect("a line").number;
    assert!(office.table.force(number));
    assert!(!office.table.force(4711));
    let report = office.run(usize::MAX);
    let reasons: Vec<Reason> = report.plan.ops.iter().map(|op| op.reason).collect();
    assert_eq!(reasons, [Reason::Forced]);
    assert_eq!(office.desk.store.store.appointments[0].subject, "Visit".into());
    assert!(office.lines_of("U1").is_empty());

    office.edit(|crm| crm.calls.clear());
    office.table.enter("U1", (Kind::Call, CALL), PendingEvent::Forced, None);
    office.run(usize::MAX);
    assert!(office.desk.store.store.tasks.iter().all(|one| one.subject != "Ring".into()));
}

/// A9.2, A9.3, A9.6: what is selected on the CRM's side becomes forced lines, and nothing else is sent again.
#[test]
fn a_selection_becomes_forced_lines() {
    let mut office = Office::new(settled());
    office.run(usize::MAX);
    for one in &mut office.desk.store.store.tasks {
        one.owner = "Somebody".into();
    }
    office.desk.parameters.display.owner = true;
    let selection = Selection { calls: Some(KeyRange::ALL), ..Selection::default() };
    let records = selection.records(&office.desk.crm.crm, "REP01");
    assert_eq!(records, [(Kind::Call, CALL.to_owned())]);
    for (kind, key) in records {
        office.table.enter("U1", (kind, &key), PendingEvent::Forced, None);
    }
    let report = office.run(usize::MAX);
    let [op] = report.plan.ops.as_slice() else { panic!("{}", report.plan) };
    assert_eq!((op.reason, op.ids.b.as_deref()), (Reason::Forced, Some(CALL)));
    assert!(office.table.lines().is_empty());
}

/// A4.21, A8.8: the line of a record of which something is left undone stays.
#[test]
fn the_line_of_a_record_left_undone_stays() {
    // The run stops before it.
    let mut office = Office::new(settled());
    office.edit(|crm| crm.calls[0].subject = "Ring twice".into());
    office.run(0);
    let line = &office.table.lines()[0];
    assert!(line.handed && !line.confirmed && line.failed, "{line:?}");
    office.edit(|crm| crm.calls[0].subject = "Ring thrice".into());
    assert_eq!(office.table.lines().len(), 2, "what was handed out is not coalesced");
    office.run(usize::MAX);
    assert!(office.table.lines().is_empty());
    assert!(office.desk.store.store.tasks.iter().any(|one| one.subject == "Ring thrice".into()));

    // A guard holds the deletion (D6).
    office.desk.parameters.max_deletions.count = 0;
    office.desk.parameters.max_deletions.percent = 0;
    office.edit(|crm| crm.calls.clear());
    assert_eq!(office.run(usize::MAX).count(OpResult::Held), 1);
    assert_eq!(office.lines_of("U1"), [(CALL, PendingEvent::Deleted)]);
    office.desk.confirm = true;
    office.run(usize::MAX);
    assert!(office.lines_of("U1").is_empty());

    // Its kind is off (A1.19).
    office.desk.parameters.appointments = false;
    office.table.enter("U1", (Kind::Appointment, VISIT), PendingEvent::Forced, None);
    office.run(usize::MAX);
    assert_eq!(office.lines_of("U1"), [(VISIT, PendingEvent::Forced)]);
}

/// A8.8: the line of a conflict that waits stays, and goes once the mailbox has won it.
#[test]
fn a_conflict_won_by_the_mailbox_takes_the_line_with_it() {
    let mut office = Office::new(settled());
    office.desk.parameters.conflict = Conflict::Hold;
    office.edit(|crm| crm.calls[0].subject = "The CRM's".into());
    let call = office.desk.store.store.tasks.iter_mut().find(|one| one.subject == "Ring".into());
    call.expect("a call").subject = "The mailbox's".into();
    office.run(usize::MAX);
    assert_eq!(office.lines_of("U1"), [(CALL, PendingEvent::Modified)]);
    office.desk.parameters.conflict = Conflict::Store;
    office.run(usize::MAX);
    assert_eq!(office.desk.crm.crm.calls[0].subject, "The mailbox's".into());
    assert!(office.lines_of("U1").is_empty());
    assert!(office.run(usize::MAX).plan.ops.is_empty());
}

/// Only evidence of deletion deletes: what a line says is there, and the host could not fetch, waits.
#[test]
fn a_record_that_could_not_be_fetched_is_not_deleted() {
    let mut office = Office::new(settled());
    office.edit(|crm| crm.calls[0].subject = "Ring twice".into());
    let calls = std::mem::take(&mut office.desk.crm.crm.calls);
    assert!(office.run(usize::MAX).plan.ops.is_empty());
    assert_eq!(office.lines_of("U1"), [(CALL, PendingEvent::Modified)]);
    office.desk.crm.crm.calls = calls;
    assert_eq!(office.run(usize::MAX).plan.ops.len(), 1);
    assert!(office.table.lines().is_empty());
}

/// A4.1: the lines are enough. After any work on both sides a run over the lines leaves nothing for a run that
/// lists everything.
#[test]
fn what_the_lines_carry_is_all_there_is() {
    for_all(128, |spec| {
        let mut desk = permissive(spec);
        desk.parameters.limits.contacts = 10;
        desk.run();
        desk.changes = false;
        desk.run();
        let mut office = Office::new(desk);
        for step in &spec.steps {
            let before = office.desk.crm.crm.clone();
            office.desk.step(step);
            office.enter(&before, None);
            office.run(usize::MAX);
        }
        let mut quiet = 0;
        for _ in 0..6 {
            quiet = if office.run(usize::MAX).plan.ops.is_empty() { quiet + 1 } else { 0 };
        }
        check(quiet > 1, || "no rest".to_owned())?;
        let mut listed = office.desk.listed();
        listed.crm = office.desk.crm.crm.clone();
        listed.store = office.desk.store.store.clone();
        listed.listings.a = Listing::full();
        listed.listings.b = Listing::full();
        let plan = office.desk.plan_of(&listed).map_err(|error| error.to_string())?;
        let added = |reason| reason == Reason::NeededByAppointment;
        check(plan.ops.iter().all(|op| added(op.reason)), || plan.to_string())
    });
}

#[test]
fn a_world_without_lines_is_left_alone() {
    let mut office = Office::new(world(json!({}), json!({})));
    office.run(usize::MAX);
    assert!(office.run(usize::MAX).plan.ops.is_empty());
    assert!(office.table.lines().is_empty());
}
