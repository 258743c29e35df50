//! A first run over every kind: contacts, tasks and appointments with their contacts, companies by code, and a full
//! calendar in the CRM.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use counterpart::model::{BySide, Side, Text};
use counterpart::plan::ActionKind;
use counterpart::profiles::outlook_x3::{
    Appointment, ContactRef, Crm, CrmAppointment, Partner, Store, StoreKind, Task,
};
use counterpart::snapshot::Listing;

use crate::world::{Dice, Planted, World, at, contact, item_id, state};

/// Of so many new appointments in the mailbox, one overlaps another one or an appointment of the CRM.
const CLASHES: usize = 1000;

/// So many contacts, tasks and appointments in the mailbox, and half as many appointments in the CRM.
pub(crate) fn mixed(size: usize) -> (World, Planted) {
    let mut planted = Planted::default();
    let mut store = Store::new("mailbox-1", StoreKind::Local);
    let mut crm = Crm::new("SEED");
    for number in 0..size / 10 {
        let code = format!("P{number:06}");
        let name = Text::from(format!("Company {number}"));
        crm.partners.push(Partner { code, name, ..Partner::default() });
    }
    for number in 0..size {
        let mut one = contact(number);
        one.company = company(number);
        planted.made(
            &one.id,
            &[
                "company",
                "name",
                "job_title",
                "department",
                "business_address",
                "business_phone",
                "business_email",
            ],
        );
        store.contacts.push(one);
        store.tasks.push(task(number, size, &mut planted));
        store.appointments.push(appointment(number, size, &mut planted));
        if number % 2 == 0 {
            crm.appointments.push(standing(number, size, &mut planted));
        }
    }
    Dice(3).shuffle(&mut store.contacts);
    Dice(4).shuffle(&mut store.tasks);
    Dice(5).shuffle(&mut store.appointments);
    Dice(6).shuffle(&mut crm.appointments);
    let listings = BySide::new(Listing::full(), Listing::full());
    (World { store, crm, state: state(), listings }, planted)
}

fn company(number: usize) -> Text {
    Text::from(format!("#P{:06}#", number / 10))
}

fn named(number: usize) -> ContactRef {
    ContactRef { item: Some(item_id(number)), ..ContactRef::default() }
}

fn task(number: usize, size: usize, planted: &mut Planted) -> Task {
    let mut one = Task::default();
    one.id = item_id(size + number);
    one.modified = at(9);
    one.company = company(number);
    one.contacts = vec![named(number)];
    one.subject = Text::from(format!("Call back about order {number}"));
    one.body = Text::from("Prices and terms.");
    one.start = Some(day(0));
    one.due = Some(day(7));
    planted.made(&one.id, &["company", "contacts", "schedule", "subject", "body"]);
    one
}

fn day(after: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + TimeDelta::days(after)
}

/// The hour of an appointment: an hour of every two for each side.
fn hour(number: usize) -> NaiveDateTime {
    day(0).and_hms_opt(0, 0, 0).unwrap() + TimeDelta::hours(2 * number as i64)
}

fn appointment(number: usize, size: usize, planted: &mut Planted) -> Appointment {
    let mut one = Appointment::default();
    one.id = item_id(2 * size + number);
    one.modified = at(9);
    one.company = company(number);
    one.contacts = vec![named(number), named((number + 1) % size)];
    one.subject = Text::from(format!("Visit {number}"));
    one.body = Text::from("Annual review.");
    let start = hour(number);
    one.start = Some(start);
    one.end = Some(start + TimeDelta::minutes(60));
    // The hour after belongs to the CRM's appointment: this one runs into it and is not sent (A11.7).
    if number % CLASHES == 0 {
        one.end = Some(start + TimeDelta::minutes(90));
    } else {
        planted.made(&one.id, &["company", "contacts", "schedule", "subject", "body"]);
    }
    one
}

/// An appointment that the CRM holds and the mailbox does not know.
fn standing(number: usize, size: usize, planted: &mut Planted) -> CrmAppointment {
    let mut one = CrmAppointment::default();
    one.chrono = format!("BAP{number:08}");
    one.modified = at(9);
    "REP01".clone_into(&mut one.organizer);
    let start = hour(number) + TimeDelta::minutes(60);
    one.start = Some(start);
    one.end = Some(start + TimeDelta::minutes(60));
    one.partner = Some(format!("P{:06}", number % (size / 10)));
    one.subject = Text::from(format!("Round {number}"));
    one.report = Text::from("As agreed.");
    let ids = BySide::new("", one.chrono.as_str());
    planted.insert(Side::A, ActionKind::Create, ids, &["company", "schedule", "subject", "body"]);
    one
}
