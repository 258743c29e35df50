//! What people see of a record: a view of every kind with the fields they write.

use counterpart::model::{Instant, Text};
use counterpart::profiles::outlook_x3::{Comment, ContactRef, Crm, Role, Store};

/// An item of a mailbox.
#[derive(Debug)]
pub(crate) struct Item<'s> {
    pub(crate) id: &'s mut String,
    pub(crate) folder: &'s mut String,
    pub(crate) private: &'s mut bool,
    pub(crate) chrono: &'s mut Option<String>,
    pub(crate) modified: &'s mut Instant,
    pub(crate) created: &'s mut Option<Instant>,
    /// What tells which act made it; nobody edits it.
    pub(crate) birth: String,
    pub(crate) texts: Vec<(&'static str, &'s mut Text)>,
    /// The company text of an activity; a contact's is among its texts.
    pub(crate) company: Option<&'s mut Text>,
    /// The contacts an activity names.
    pub(crate) contacts: Option<&'s mut Vec<ContactRef>>,
    /// Whether an appointment is a series.
    pub(crate) series: Option<&'s mut bool>,
    /// Whether somebody else leads the meeting.
    pub(crate) is_invitation: bool,
}

impl Item<'_> {
    /// Whether the synchronisation takes the item: it is not private, and lies in a managed folder.
    pub(crate) fn takes_part(&self) -> bool {
        !*self.private
            && *self.folder != "Elsewhere"
            && self.series.as_ref().is_none_or(|one| !**one)
    }
}

/// Whose a record is.
#[derive(Debug)]
pub(crate) enum Owners<'c> {
    One(&'c mut String),
    Many(&'c mut Vec<String>),
}

/// The contacts a record of the CRM names.
#[derive(Debug)]
pub(crate) enum Named<'c> {
    Many(&'c mut Vec<String>),
    One(&'c mut Option<String>),
}

/// A record of the CRM.
#[derive(Debug)]
pub(crate) struct Entry<'c> {
    pub(crate) kind: &'static str,
    pub(crate) chrono: &'c mut String,
    pub(crate) origin: Option<String>,
    pub(crate) modified: &'c mut Instant,
    pub(crate) owners: Owners<'c>,
    pub(crate) birth: String,
    pub(crate) texts: Vec<(&'static str, &'c mut Text)>,
    pub(crate) comments: Option<&'c mut Vec<Comment>>,
    pub(crate) partner: &'c mut Option<String>,
    pub(crate) contacts: Option<Named<'c>>,
    pub(crate) guests: Option<&'c mut Vec<String>>,
}

impl Entry<'_> {
    /// Whether a representative takes part in it.
    pub(crate) fn is_of(&self, representative: &str) -> bool {
        let is_guest = |guests: &&mut Vec<String>| guests.iter().any(|one| one == representative);
        self.is_led_by(representative) || self.guests.as_ref().is_some_and(is_guest)
    }

    /// Whether a representative may write it.
    pub(crate) fn is_led_by(&self, representative: &str) -> bool {
        match &self.owners {
            Owners::One(one) => *one == representative,
            Owners::Many(many) => many.iter().any(|one| one == representative),
        }
    }
}

/// Every item of a mailbox.
pub(crate) fn items(store: &mut Store) -> Vec<Item<'_>> {
    let mut all = Vec::new();
    macro_rules! view {
        ($one:ident, $birth:expr, $texts:expr, $activity:expr, $meeting:expr) => {{
            let birth = $birth;
            let (company, contacts) = $activity;
            let (series, is_invitation) = $meeting;
            all.push(Item {
                birth,
                company,
                contacts,
                series,
                is_invitation,
                texts: $texts,
                id: &mut $one.id,
                folder: &mut $one.folder,
                private: &mut $one.private,
                chrono: &mut $one.chrono,
                modified: &mut $one.modified,
                created: &mut $one.created,
            });
        }};
    }
    for one in &mut store.contacts {
        view!(
            one,
            one.first_name.or_empty().to_owned(),
            vec![
                ("name", &mut one.last_name),
                ("job_title", &mut one.job_title),
                ("department", &mut one.department),
                ("company", &mut one.company),
                ("business_address", &mut one.business.city),
                ("home_address", &mut one.home.city),
                ("notes", &mut one.notes),
            ],
            (None, None),
            (None, false)
        );
    }
    for one in &mut store.tasks {
        view!(
            one,
            format!("T{}", one.actual_work),
            vec![("subject", &mut one.subject), ("body", &mut one.body)],
            (Some(&mut one.company), Some(&mut one.contacts)),
            (None, false)
        );
    }
    for one in &mut store.appointments {
        view!(
            one,
            slot_name(one.start),
            vec![("subject", &mut one.subject), ("body", &mut one.body)],
            (Some(&mut one.company), Some(&mut one.contacts)),
            (Some(&mut one.recurring), one.role == Role::Attendee)
        );
    }
    all
}

/// What tells one appointment from another: its hour.
fn slot_name(start: Option<chrono::NaiveDateTime>) -> String {
    start.map_or_else(|| "A".to_owned(), |start| format!("A{}", start.format("%y%j")))
}

/// Every record of the CRM that people see.
pub(crate) fn entries(crm: &mut Crm) -> Vec<Entry<'_>> {
    let mut all = Vec::new();
    macro_rules! view {
        ($one:ident, $kind:literal, $birth:expr, $owners:expr, $texts:expr, $rest:expr) => {{
            let birth = $birth;
            let (comments, contacts, guests) = $rest;
            all.push(Entry {
                kind: $kind,
                birth,
                comments,
                contacts,
                guests,
                owners: $owners,
                texts: $texts,
                origin: $one.origin.clone(),
                chrono: &mut $one.chrono,
                modified: &mut $one.modified,
                partner: &mut $one.partner,
            });
        }};
    }
    for one in &mut crm.correspondents {
        view!(
            one,
            "correspondent",
            one.first_name.or_empty().to_owned(),
            Owners::Many(&mut one.assigned),
            vec![
                ("name", &mut one.last_name),
                ("job_title", &mut one.job_title),
                ("department", &mut one.department),
                ("company", &mut one.company_label),
                ("business_address", &mut one.professional.city),
                ("home_address", &mut one.personal.city),
            ],
            (Some(&mut one.comments), None, None)
        );
    }
    for one in &mut crm.tasks {
        view!(
            one,
            "task",
            format!("T{}", one.time_spent),
            Owners::One(&mut one.representative),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            (None, Some(Named::One(&mut one.correspondent)), None)
        );
    }
    for one in &mut crm.calls {
        view!(
            one,
            "call",
            format!("T{}", one.duration),
            Owners::One(&mut one.representative),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            (None, Some(Named::One(&mut one.correspondent)), None)
        );
    }
    for one in &mut crm.appointments {
        view!(
            one,
            "appointment",
            slot_name(one.start),
            Owners::One(&mut one.organizer),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            (None, Some(Named::Many(&mut one.correspondents)), Some(&mut one.participants))
        );
    }
    all
}

/// Takes an item out of a mailbox; what comes back holds that item alone.
pub(crate) fn taken(store: &mut Store, id: &str) -> Store {
    let mut bin = Store::new("", store.kind);
    macro_rules! part {
        ($list:ident) => {
            if let Some(at) = store.$list.iter().position(|one| one.id == id) {
                bin.$list.push(store.$list.remove(at));
            }
        };
    }
    part!(contacts);
    part!(tasks);
    part!(appointments);
    bin
}

/// Puts what was taken back.
pub(crate) fn put(store: &mut Store, bin: Store) {
    store.contacts.extend(bin.contacts);
    store.tasks.extend(bin.tasks);
    store.appointments.extend(bin.appointments);
}

/// Removes a record of the CRM.
pub(crate) fn remove(crm: &mut Crm, chrono: &str) {
    crm.correspondents.retain(|one| one.chrono != chrono);
    crm.tasks.retain(|one| one.chrono != chrono);
    crm.calls.retain(|one| one.chrono != chrono);
    crm.appointments.retain(|one| one.chrono != chrono);
}
