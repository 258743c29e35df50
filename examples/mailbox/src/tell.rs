//! What the program prints of a desk: both listings, and what a person calls their records.

use counterpart::profiles::outlook_x3::{Crm, OutlookX3, Record, Store};
use groundwork::told::{Titles, Told, person};
use serde_json::json;

use crate::desk::{Desk, Sides};

/// Whose run it is, what was listed, and what could not be.
pub fn listings(desk: &Desk, sides: &Sides, told: &mut Told) {
    told.lines.push(format!("== {} ({})", desk.user, desk.representative));
    let problems = &sides.store.problems;
    told.set("user", json!(desk.user));
    let all = problems.iter().map(|one| json!({ "file": one.file, "reason": one.reason }));
    told.set("problems", all.collect());
    if told.brief {
        return;
    }
    let (store, crm) = (&sides.store.store, &sides.records);
    let (contacts, tasks, appointments, left) =
        (store.contacts.len(), store.tasks.len(), store.appointments.len(), problems.len());
    let id = &store.id;
    told.say(
        &format!(
            "mailbox {id}: {contacts} contacts, {tasks} tasks, {appointments} appointments, \
             {left} files left out"
        ),
        &format!(
            "messagerie {id} : {contacts} contacts, {tasks} tâches, {appointments} rendez-vous, \
             {left} fichiers écartés"
        ),
    );
    let (people, tasks, calls, appointments) =
        (crm.correspondents.len(), crm.tasks.len(), crm.calls.len(), crm.appointments.len());
    let id = &crm.folder;
    told.say(
        &format!(
            "crm {id}: {people} correspondents, {tasks} tasks, {calls} calls, \
             {appointments} appointments"
        ),
        &format!(
            "crm {id} : {people} correspondants, {tasks} tâches, {calls} appels, \
             {appointments} rendez-vous"
        ),
    );
    let head = told.word("left out: ", "écarté : ");
    let lines = problems.iter().map(|one| format!("{head}{} {}", one.file, one.reason));
    told.some(lines.collect());
}

/// What a person calls the items and records.
pub fn titles(store: &Store, crm: &Crm) -> Titles<OutlookX3> {
    let mut titles = Titles::new(of_new);
    for one in &store.contacts {
        titles.add(&one.id, &person(one.first_name.or_empty(), one.last_name.or_empty()));
    }
    for one in &crm.correspondents {
        titles.add(&one.chrono, &person(one.first_name.or_empty(), one.last_name.or_empty()));
    }
    let subjects = store.tasks.iter().map(|one| (&one.id, &one.subject));
    let subjects = subjects.chain(store.appointments.iter().map(|one| (&one.id, &one.subject)));
    let subjects = subjects.chain(crm.tasks.iter().map(|one| (&one.chrono, &one.subject)));
    let subjects = subjects.chain(crm.calls.iter().map(|one| (&one.chrono, &one.subject)));
    let subjects = subjects.chain(crm.appointments.iter().map(|one| (&one.chrono, &one.subject)));
    for (id, subject) in subjects {
        titles.add(id, subject.or_empty());
    }
    titles
}

/// The name of a person that is to be made.
fn of_new(record: &Record) -> Option<String> {
    match record {
        Record::Correspondent(one) => {
            Some(person(one.first_name.or_empty(), one.last_name.or_empty()))
        }
        Record::Contact(one) => Some(person(one.first_name.or_empty(), one.last_name.or_empty())),
        Record::Appointment(_)
        | Record::Call(_)
        | Record::CrmAppointment(_)
        | Record::CrmTask(_)
        | Record::Task(_)
        | _ => None,
    }
}
