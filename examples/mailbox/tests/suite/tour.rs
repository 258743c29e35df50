//! The tour: after each step, what the files and the database hold.

use std::fs;
use std::path::Path;

use counterpart::profiles::outlook_x3::{Appointment, Correspondent, CorrespondentKind, Store};
use counterpart::report::Language;
use mailbox::crm::Crm;
use mailbox::tour::{FAIR, Tour};
use tempfile::TempDir;

fn begin(language: Language) -> (TempDir, Tour) {
    let root = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(&root.path().join("tour"), language).unwrap();
    tour.first_runs().unwrap();
    (root, tour)
}

fn crm(tour: &Tour) -> counterpart::profiles::outlook_x3::Crm {
    Crm::open(&tour.demo.crm).unwrap().list().unwrap()
}

fn items(mailbox: &Path) -> Store {
    crate::support::open(mailbox).list().unwrap().store
}

fn correspondent(tour: &Tour, chrono: &str) -> Correspondent {
    crm(tour).correspondents.into_iter().find(|one| one.chrono == chrono).unwrap()
}

fn fair(mailbox: &Path) -> Option<Appointment> {
    let appointments = items(mailbox).appointments;
    appointments.into_iter().find(|one| one.chrono.as_deref() == Some(FAIR))
}

fn phone(mailbox: &Path) -> String {
    let contacts = items(mailbox).contacts;
    let one = contacts.iter().find(|one| one.chrono.as_deref() == Some("COR00000003")).unwrap();
    one.business.phone.or_empty().to_owned()
}

/// A7.9, A7.10, A7.11b: only the organiser's run makes correspondents of the co-workers, assigned to him and with
/// their own data; the co-workers' calendars get the appointment.
#[test]
fn the_organisers_meeting_reaches_the_colleague() {
    let (_root, tour) = begin(Language::En);
    let colleagues: Vec<Correspondent> = crm(&tour)
        .correspondents
        .into_iter()
        .filter(|one| one.kind == CorrespondentKind::Representative)
        .collect();
    let of_claire = colleagues.iter().filter(|one| one.is_assigned("REP01"));
    let names: Vec<&str> = of_claire.map(|one| one.last_name.or_empty()).collect();
    assert_eq!(names, ["Weber", "Byrne"]);
    let of_jonas = colleagues.iter().filter(|one| one.is_assigned("REP02"));
    let names: Vec<&str> = of_jonas.map(|one| one.last_name.or_empty()).collect();
    assert_eq!(names, ["Morel"], "the co-workers of his own appointment only");
    let weber = colleagues.iter().find(|one| one.last_name.or_empty() == "Weber").unwrap();
    assert_eq!(weber.partner.as_deref(), Some("REP02"));
    assert_eq!(weber.professional.email.or_empty(), "jonas.weber@example.com");
    assert_eq!(fair(&tour.demo.colleague).unwrap().subject.or_empty(), "Trade fair");
}

/// A7.8: the copy that the colleague's mail program made of a meeting is linked, not made again.
#[test]
fn a_meeting_is_in_each_calendar_once() {
    let (_root, tour) = begin(Language::En);
    for mailbox in [&tour.demo.mailbox, &tour.demo.colleague] {
        let appointments = items(mailbox).appointments;
        let copies = appointments.iter().filter(|one| one.subject.or_empty() == "Spring catalogue");
        assert_eq!(copies.count(), 1);
    }
    let records = crm(&tour).appointments;
    let records = records.iter().filter(|one| one.subject.or_empty() == "Spring catalogue");
    let organizers: Vec<&str> = records.map(|one| one.organizer.as_str()).collect();
    assert_eq!(organizers, ["REP01"]);
}

/// A7.14: one of two representatives edits the correspondent they share, and the other gets it.
#[test]
fn a_shared_correspondent_reaches_the_other_mailbox() {
    let (_root, mut tour) = begin(Language::En);
    assert_eq!(phone(&tour.demo.mailbox), "+49 711 5550 131");
    tour.shared_correspondent().unwrap();
    let stored = correspondent(&tour, "COR00000003");
    assert_eq!(stored.professional.phone.or_empty(), "+49 711 5550 199");
    assert_eq!(phone(&tour.demo.mailbox), "+49 711 5550 199");
    assert_eq!(phone(&tour.demo.colleague), "+49 711 5550 199");
    assert_eq!(stored.comments.len(), 2, "the comments of both are as they were");
}

/// A7.5: what the organiser changes reaches the co-worker.
#[test]
fn a_moved_meeting_moves_in_the_colleagues_calendar() {
    let (_root, mut tour) = begin(Language::En);
    let before = fair(&tour.demo.colleague).unwrap();
    tour.organised_meeting().unwrap();
    let records = crm(&tour).appointments;
    let record = records.iter().find(|one| one.chrono == FAIR).unwrap();
    assert_eq!(record.start.unwrap().to_string(), "2026-02-11 00:00:00");
    let after = fair(&tour.demo.colleague).unwrap();
    assert_eq!(after.id, before.id, "the same file");
    assert_eq!(after.start, record.start);
    assert_eq!(
        after.end.unwrap() - after.start.unwrap(),
        before.end.unwrap() - before.start.unwrap()
    );
}

/// A7.8b, A9.3: a copy that was deleted stays away in a plain run, and a forced one brings it back.
#[test]
fn a_forced_run_brings_a_dismissed_copy_back() {
    let (_root, mut tour) = begin(Language::En);
    let told = tour.forced_run().unwrap();
    let planned: Vec<&str> =
        told.iter().map(String::as_str).filter(|line| line.contains(" operation")).collect();
    assert_eq!(planned, ["0 operations", "1 operation"]);
    assert!(fair(&tour.demo.colleague).is_some());
    assert!(fair(&tour.demo.mailbox).is_some());
    assert!(crm(&tour).appointments.iter().any(|one| one.chrono == FAIR));
}

/// D13: an appointment that overlaps another one of its organiser is not sent until it is moved.
#[test]
fn an_overlap_is_refused_until_it_is_moved() {
    let (_root, mut tour) = begin(Language::En);
    let told = tour.overlap().unwrap().join("\n");
    assert_eq!(told.matches("overlaps another appointment").count(), 1, "{told}");
    assert!(told.contains("calendar/clash.ics") && told.contains("BAP00000001"), "{told}");
    let records = crm(&tour).appointments;
    let rounds: Vec<_> =
        records.iter().filter(|one| one.subject.or_empty() == "Budget round").collect();
    assert_eq!(rounds.len(), 1);
    assert_eq!(rounds[0].start.unwrap().to_string(), "2026-01-22 15:30:00");
}

/// A12.5, A5.19: a supplied value settles an anomaly, and the next run carries it to the mailbox.
#[test]
fn an_anomaly_is_settled_by_a_value() {
    let (_root, mut tour) = begin(Language::En);
    tour.anomaly().unwrap();
    let tasks = crm(&tour).tasks;
    let task = tasks.iter().find(|one| one.subject.or_empty() == "Quote for paper samples");
    assert_eq!(task.unwrap().partner.as_deref(), Some("LUMIERE"));
    let file = fs::read_to_string(tour.demo.mailbox.join("tasks/unknown-company.ics")).unwrap();
    assert!(file.contains("X-COUNTERPART-COMPANY:#LUMIERE#\r\n"), "{file}");
    assert!(!file.contains("#LUMIER#"), "{file}");
}

#[test]
fn after_the_tour_there_is_nothing_to_do() {
    let root = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(&root.path().join("tour"), Language::En).unwrap();
    let told = tour.play().unwrap();
    assert!(!told.iter().any(|line| line.contains("failed")));
    let last = told.iter().rposition(|line| line.starts_with("7.")).unwrap();
    let planned = told[last..].iter().filter(|line| line.contains(" operation"));
    assert_eq!(planned.collect::<Vec<_>>(), ["0 operations", "0 operations"]);
    let again = Tour::begin(&root.path().join("tour"), Language::En).unwrap().play().unwrap();
    assert_eq!(told, again, "a tour is the same at any time");
}

#[test]
fn the_overlap_in_french() {
    let (_root, mut tour) = begin(Language::Fr);
    insta::assert_snapshot!(tour.overlap().unwrap().join("\n"));
}

#[test]
fn the_anomaly_in_french() {
    let (_root, mut tour) = begin(Language::Fr);
    insta::assert_snapshot!(tour.anomaly().unwrap().join("\n"));
}
