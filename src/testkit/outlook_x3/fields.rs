//! The fields of each record, one after the other.

use crate::profiles::outlook_x3::{
    Address, AddressPatch, Appointment, AppointmentPatch, Call, CallPatch, Contact, ContactPatch,
    Correspondent, CorrespondentPatch, CrmAppointment, CrmAppointmentPatch, CrmTask, CrmTaskPatch,
    Record, RecordPatch, Task, TaskPatch,
};
use crate::testkit::Difference;
use crate::testkit::fields::{Fields, Found, fields};

fields! {
    Address, AddressPatch:
    skip {}
    fixed {}
    texts { street, postal_code, city, state, country, phone, fax, mobile, email }
    plain {}
    blocks {}
}

fields! {
    Contact, ContactPatch:
    skip { id, modified }
    fixed { folder, created, private, chrono }
    texts { company, title, last_name, first_name, job_title, department, notes }
    plain { birthday }
    blocks { business, home }
}

fields! {
    Task, TaskPatch:
    skip { id, modified }
    fixed { folder, created, private, chrono }
    texts { company, subject, body, owner }
    plain { contacts, status, start, due, actual_work }
    blocks {}
}

fields! {
    Appointment, AppointmentPatch:
    skip { id, modified }
    fixed { folder, created, private, chrono, role, meeting_id, recurring }
    texts { company, subject, body, location }
    plain { contacts, recipients, start, end, all_day, done }
    blocks {}
}

fields! {
    Correspondent, CorrespondentPatch:
    skip { chrono, modified }
    fixed { origin, kind, interlocutor, comments, assigned }
    texts { company_label, title, last_name, first_name, job_title, department }
    plain { partner, birthday }
    blocks { professional, personal }
}

fields! {
    CrmTask, CrmTaskPatch:
    skip { chrono, modified }
    fixed { origin, representative, site }
    texts { subject, report }
    plain { partner, correspondent, interlocutor, done, start, due, time_spent }
    blocks {}
}

fields! {
    Call, CallPatch:
    skip { chrono, modified }
    fixed { origin, representative, time, site }
    texts { subject, report }
    plain { partner, correspondent, interlocutor, done, date, duration }
    blocks {}
}

fields! {
    CrmAppointment, CrmAppointmentPatch:
    skip { chrono, modified }
    fixed { origin, organizer, category, site, meeting_id, place }
    texts { subject, report }
    plain { partner, done, start, end, all_day, correspondents, participants }
    blocks {}
}

/// The fields in which two records differ.
pub(super) fn differences(one: &Record, other: &Record) -> Vec<Difference> {
    let mut found = Found::default();
    match (one, other) {
        (Record::Appointment(one), Record::Appointment(other)) => one.compare(other, &mut found),
        (Record::Call(one), Record::Call(other)) => one.compare(other, &mut found),
        (Record::Contact(one), Record::Contact(other)) => one.compare(other, &mut found),
        (Record::Correspondent(one), Record::Correspondent(other)) => {
            one.compare(other, &mut found);
        }
        (Record::CrmAppointment(one), Record::CrmAppointment(other)) => {
            one.compare(other, &mut found);
        }
        (Record::CrmTask(one), Record::CrmTask(other)) => one.compare(other, &mut found),
        (Record::Task(one), Record::Task(other)) => one.compare(other, &mut found),
        _ => found.add("the sort of record", None),
    }
    found.all
}

/// A patch that names every field of a record.
pub(super) fn whole(record: &Record) -> RecordPatch {
    match record {
        Record::Appointment(one) => RecordPatch::from(one.whole()),
        Record::Call(one) => RecordPatch::from(one.whole()),
        Record::Contact(one) => RecordPatch::from(one.whole()),
        Record::Correspondent(one) => RecordPatch::from(one.whole()),
        Record::CrmAppointment(one) => RecordPatch::from(one.whole()),
        Record::CrmTask(one) => RecordPatch::from(one.whole()),
        Record::Task(one) => RecordPatch::from(one.whole()),
    }
}
