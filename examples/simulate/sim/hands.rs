//! What people see of a record: a view of every kind with the fields they write.

use counterpart::model::{Instant, Text};
use counterpart::profiles::outlook_x3::{Comment, Crm, Store};

/// An item of a mailbox.
#[derive(Debug)]
pub(crate) struct Item<'s> {
    pub(crate) id: &'s mut String,
    pub(crate) folder: &'s mut String,
    pub(crate) private: &'s mut bool,
    pub(crate) chrono: &'s mut Option<String>,
    pub(crate) modified: &'s mut Instant,
    /// What tells which act made it; nobody edits it.
    pub(crate) birth: String,
    pub(crate) texts: Vec<(&'static str, &'s mut Text)>,
}

/// Whose a record is.
#[derive(Debug)]
pub(crate) enum Owners<'c> {
    One(&'c mut String),
    Many(&'c mut Vec<String>),
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
}

impl Entry<'_> {
    /// Whether it belongs to a representative.
    pub(crate) fn is_of(&self, representative: &str) -> bool {
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
        ($one:ident, $birth:expr, $texts:expr) => {
            all.push(Item {
                birth: $birth,
                texts: $texts,
                id: &mut $one.id,
                folder: &mut $one.folder,
                private: &mut $one.private,
                chrono: &mut $one.chrono,
                modified: &mut $one.modified,
            })
        };
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
            ]
        );
    }
    for one in &mut store.tasks {
        view!(
            one,
            format!("T{}", one.actual_work),
            vec![("subject", &mut one.subject), ("body", &mut one.body)]
        );
    }
    for one in &mut store.appointments {
        view!(
            one,
            format!("A{:?}", one.start),
            vec![("subject", &mut one.subject), ("body", &mut one.body)]
        );
    }
    all
}

/// Every record of the CRM that people see.
pub(crate) fn entries(crm: &mut Crm) -> Vec<Entry<'_>> {
    let mut all = Vec::new();
    macro_rules! view {
        ($one:ident, $kind:literal, $owners:expr, $birth:expr, $texts:expr, $comments:expr) => {
            all.push(Entry {
                kind: $kind,
                birth: $birth,
                owners: $owners,
                texts: $texts,
                comments: $comments,
                origin: $one.origin.clone(),
                chrono: &mut $one.chrono,
                modified: &mut $one.modified,
            })
        };
    }
    for one in &mut crm.correspondents {
        view!(
            one,
            "correspondent",
            Owners::Many(&mut one.assigned),
            one.first_name.or_empty().to_owned(),
            vec![
                ("name", &mut one.last_name),
                ("job_title", &mut one.job_title),
                ("department", &mut one.department),
                ("company", &mut one.company_label),
                ("business_address", &mut one.professional.city),
                ("home_address", &mut one.personal.city),
            ],
            Some(&mut one.comments)
        );
    }
    for one in &mut crm.tasks {
        view!(
            one,
            "task",
            Owners::One(&mut one.representative),
            format!("T{}", one.time_spent),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            None
        );
    }
    for one in &mut crm.calls {
        view!(
            one,
            "call",
            Owners::One(&mut one.representative),
            format!("T{}", one.duration),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            None
        );
    }
    for one in &mut crm.appointments {
        view!(
            one,
            "appointment",
            Owners::One(&mut one.organizer),
            format!("A{:?}", one.start),
            vec![("subject", &mut one.subject), ("body", &mut one.report)],
            None
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
