//! The in-memory host: a mailbox and a CRM that do what they are asked, for examples, tests and scenarios.
//!
//! They keep no idempotency keys: a creation asked for twice makes two records, so that a test sees it.

use super::crm::Crm;
use super::kind::Kind;
use super::schema::{OutlookX3, Record, RecordPatch};
use super::store::Store;
use crate::host::{Adapter, Request, Response};
use crate::model::Instant;
use crate::model::record::Patch as _;
use crate::plan::Action;

/// A mailbox in memory. New items get the ids `N1`, `N2`, … in order of creation; what is written is stamped
/// with the run's "now".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStore {
    /// Its items.
    pub store: Store,
    created: u32,
}

/// A CRM folder in memory. New records get the keys `COR00000001`, `TSK00000001`, … counting on from the
/// highest of their prefix; it accepts whatever it is asked to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryCrm {
    /// Its records and directory.
    pub crm: Crm,
}

/// What every record of the in-memory host has.
trait Held {
    fn id(&self) -> &str;
    fn set_id(&mut self, id: String);
    fn modified(&self) -> Instant;
    fn touch(&mut self, now: Instant);

    /// Stamps a record that is new.
    fn born(&mut self, now: Instant) {
        self.touch(now);
    }
}

macro_rules! held {
    ($($type:ty: $id:ident $(, $created:ident)?;)*) => {$(
        impl Held for $type {
            $(
                fn born(&mut self, now: Instant) {
                    self.$created = Some(now);
                    self.touch(now);
                }
            )?

            fn id(&self) -> &str {
                &self.$id
            }

            fn set_id(&mut self, id: String) {
                self.$id = id;
            }

            fn modified(&self) -> Instant {
                self.modified
            }

            fn touch(&mut self, now: Instant) {
                self.modified = now;
            }
        }
    )*};
}

held! {
    super::store::Contact: id, created;
    super::store::Task: id, created;
    super::store::Appointment: id, created;
    super::crm::Correspondent: chrono;
    super::crm::CrmTask: chrono;
    super::crm::Call: chrono;
    super::crm::CrmAppointment: chrono;
}

/// Finds the record a request names, if it is as the request expects it.
fn find<'l, T: Held>(list: &'l mut [T], request: &Request<OutlookX3>) -> Option<&'l mut T> {
    let id = request.id.as_deref()?;
    let record = list.iter_mut().find(|record| record.id() == id)?;
    request.expect.is_none_or(|expect| expect == record.modified()).then_some(record)
}

/// Changes a record in place and answers with what is stored.
fn change<T: Held + Clone>(
    list: &mut [T],
    request: &Request<OutlookX3>,
    store: impl Fn(T) -> Record,
    write: impl FnOnce(&mut T),
) -> Response<OutlookX3> {
    let Some(record) = find(list, request) else {
        return Response::Stale;
    };
    write(record);
    record.touch(request.now);
    done(record.id().to_owned(), Some(store(record.clone())), request)
}

fn insert<T: Held + Clone>(
    list: &mut Vec<T>,
    mut record: T,
    id: String,
    request: &Request<OutlookX3>,
    store: impl Fn(T) -> Record,
) -> Response<OutlookX3> {
    record.set_id(id.clone());
    record.born(request.now);
    list.push(record.clone());
    done(id, Some(store(record)), request)
}

fn remove<T: Held>(list: &mut Vec<T>, request: &Request<OutlookX3>) -> Response<OutlookX3> {
    let Some(id) = find(list, request).map(|record| record.id().to_owned()) else {
        return Response::Stale;
    };
    list.retain(|record| record.id() != id);
    done(id, None, request)
}

fn done(id: String, stored: Option<Record>, request: &Request<OutlookX3>) -> Response<OutlookX3> {
    Response::Done { id, stored, modified: Some(request.now) }
}

fn not_understood() -> Response<OutlookX3> {
    Response::Refused { message: "this side holds no such record".to_owned(), trace: None }
}

impl MemoryStore {
    /// A mailbox that holds these items.
    pub const fn new(store: Store) -> Self {
        Self { store, created: 0 }
    }

    fn next_id(&mut self) -> String {
        loop {
            self.created += 1;
            let id = format!("N{}", self.created);
            let contacts = self.store.contacts.iter().map(|one| &one.id);
            let tasks = self.store.tasks.iter().map(|one| &one.id);
            let mut taken =
                contacts.chain(tasks).chain(self.store.appointments.iter().map(|one| &one.id));
            if taken.all(|one| *one != id) {
                return id;
            }
        }
    }
}

impl Adapter<OutlookX3> for MemoryStore {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        if let Action::Create(record) = &request.action {
            let id = self.next_id();
            let store = &mut self.store;
            return match record.clone() {
                Record::Contact(one) => {
                    insert(&mut store.contacts, *one, id, request, Record::from)
                }
                Record::Task(one) => insert(&mut store.tasks, *one, id, request, Record::from),
                Record::Appointment(one) => {
                    insert(&mut store.appointments, *one, id, request, Record::from)
                }
                Record::Call(_)
                | Record::Correspondent(_)
                | Record::CrmAppointment(_)
                | Record::CrmTask(_) => not_understood(),
            };
        }
        let Store { contacts, tasks, appointments, .. } = &mut self.store;
        match (request.kind, request.action.clone()) {
            (Kind::Contact, Action::Update(RecordPatch::Contact(patch))) => {
                change(contacts, request, Record::from, |one| patch.apply(one))
            }
            (Kind::Task | Kind::Call, Action::Update(RecordPatch::Task(patch))) => {
                change(tasks, request, Record::from, |one| patch.apply(one))
            }
            (Kind::Appointment, Action::Update(RecordPatch::Appointment(patch))) => {
                change(appointments, request, Record::from, |one| {
                    patch.apply(one);
                })
            }
            (Kind::Contact, Action::Stamp(key)) => {
                change(contacts, request, Record::from, |one| one.chrono = key)
            }
            (Kind::Task | Kind::Call, Action::Stamp(key)) => {
                change(tasks, request, Record::from, |one| one.chrono = key)
            }
            (Kind::Appointment, Action::Stamp(key)) => {
                change(appointments, request, Record::from, |one| {
                    one.chrono = key;
                })
            }
            (Kind::Contact, Action::Delete) => remove(contacts, request),
            (Kind::Task | Kind::Call, Action::Delete) => remove(tasks, request),
            (Kind::Appointment, Action::Delete) => remove(appointments, request),
            _ => not_understood(),
        }
    }
}

impl MemoryCrm {
    /// A CRM that holds these records.
    pub const fn new(crm: Crm) -> Self {
        Self { crm }
    }

    fn next_key(&self, prefix: &str) -> String {
        let Crm { correspondents, tasks, calls, appointments, .. } = &self.crm;
        let keys = correspondents.iter().map(|one| &one.chrono);
        let keys = keys.chain(tasks.iter().map(|one| &one.chrono));
        let keys = keys.chain(calls.iter().map(|one| &one.chrono));
        let keys = keys.chain(appointments.iter().map(|one| &one.chrono));
        let numbers = keys.filter_map(|key| key.strip_prefix(prefix)?.parse::<u64>().ok());
        format!("{prefix}{:08}", numbers.max().unwrap_or(0) + 1)
    }
}

impl Adapter<OutlookX3> for MemoryCrm {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        if let Action::Create(record) = &request.action {
            return match record.clone() {
                Record::Correspondent(one) => {
                    let key = self.next_key("COR");
                    insert(&mut self.crm.correspondents, *one, key, request, Record::from)
                }
                Record::CrmTask(one) => {
                    let key = self.next_key("TSK");
                    insert(&mut self.crm.tasks, *one, key, request, Record::from)
                }
                Record::Call(one) => {
                    let key = self.next_key("CLL");
                    insert(&mut self.crm.calls, *one, key, request, Record::from)
                }
                Record::CrmAppointment(one) => {
                    let key = self.next_key("BAP");
                    insert(&mut self.crm.appointments, *one, key, request, Record::from)
                }
                Record::Appointment(_) | Record::Contact(_) | Record::Task(_) => not_understood(),
            };
        }
        let Crm { correspondents, tasks, calls, appointments, .. } = &mut self.crm;
        match (request.kind, request.action.clone()) {
            (Kind::Contact, Action::Update(RecordPatch::Correspondent(patch))) => {
                change(correspondents, request, Record::from, |one| {
                    patch.apply(one);
                })
            }
            (Kind::Task, Action::Update(RecordPatch::CrmTask(patch))) => {
                change(tasks, request, Record::from, |one| patch.apply(one))
            }
            (Kind::Call, Action::Update(RecordPatch::Call(patch))) => {
                change(calls, request, Record::from, |one| patch.apply(one))
            }
            (Kind::Appointment, Action::Update(RecordPatch::CrmAppointment(patch))) => {
                change(appointments, request, Record::from, |one| {
                    patch.apply(one);
                })
            }
            (Kind::Contact, Action::Unassign(who)) => {
                change(correspondents, request, Record::from, |one| {
                    one.assigned.retain(|code| *code != who);
                })
            }
            (Kind::Contact, Action::Delete) => remove(correspondents, request),
            (Kind::Task, Action::Delete) => remove(tasks, request),
            (Kind::Call, Action::Delete) => remove(calls, request),
            (Kind::Appointment, Action::Delete) => remove(appointments, request),
            _ => not_understood(),
        }
    }
}
