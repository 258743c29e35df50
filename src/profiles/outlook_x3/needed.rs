//! Contacts that are made because a new activity names them, though the run would pass over them (A6.5).

use std::collections::{BTreeMap, BTreeSet};

use super::input::Input;
use super::kind::Kind;
use super::store::{ContactRef, Role};
use crate::model::{Instant, Side};
use crate::profile::Write;
use crate::rules::Reason;

/// The contacts named by the tasks and appointments that a run forced from the mailbox makes (A9.7), and why.
/// Of a task the first contact counts (A6.1), of an appointment as many as it has places (A6.4).
pub(super) fn needed<'a>(input: &Input<'a>) -> BTreeMap<&'a str, Reason> {
    let mut needed = BTreeMap::new();
    let Some(since) = input.options.force_store_since else { return needed };
    let (store, parameters) = (input.store, input.parameters);
    let made = made_here(input);
    let is_new = |kind: Kind, (id, chrono): (&str, Option<&String>), modified: Instant| {
        modified > since
            && chrono.is_none_or(String::is_empty)
            && !made.contains(id)
            && parameters.is_on(kind)
            && parameters.permissions.permits(kind, Side::B, Write::Create)
    };
    let mut enter = |contacts: &'a [ContactRef], places: usize, reason: Reason| {
        for item in contacts.iter().take(places).filter_map(|entry| entry.item.as_deref()) {
            needed.entry(item).or_insert(reason);
        }
    };
    for one in store.tasks.iter().filter(|one| !one.private) {
        let in_scope = parameters.manages(&one.folder, Kind::Task);
        if in_scope && is_new(Kind::Task, (&one.id, one.chrono.as_ref()), one.modified) {
            enter(&one.contacts, 1, Reason::NeededByTask);
        }
    }
    let managed = |role: Role| matches!(role, Role::Appointment | Role::Organizer);
    let single = store.appointments.iter().filter(|one| !one.private && !one.recurring);
    for one in single.filter(|one| managed(one.role)) {
        let in_scope = parameters.manages(&one.folder, Kind::Appointment);
        if in_scope && is_new(Kind::Appointment, (&one.id, one.chrono.as_ref()), one.modified) {
            enter(&one.contacts, parameters.limits.contacts, Reason::NeededByAppointment);
        }
    }
    needed
}

/// The items of this store that records of the CRM were made from.
fn made_here<'a>(input: &Input<'a>) -> BTreeSet<&'a str> {
    let crm = input.crm;
    let tasks = crm.tasks.iter().map(|one| &one.origin);
    let calls = crm.calls.iter().map(|one| &one.origin);
    let origins = tasks.chain(calls).chain(crm.appointments.iter().map(|one| &one.origin));
    let here = origins.filter_map(|origin| origin.as_deref()?.strip_prefix(&input.store.id));
    here.filter_map(|rest| rest.strip_prefix('/')).collect()
}
