//! The one item a file holds.

use counterpart::profiles::outlook_x3::{Appointment, Contact, Record, Task};

use super::Options;
use super::lines::Doc;
use super::time::{self, BadTime};
use super::value::Dialect;
use super::{common, contact, event, task};
use counterpart::model::Instant;

/// An item of the mailbox.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Own {
    Appointment(Box<Appointment>),
    Contact(Box<Contact>),
    Task(Box<Task>),
}

impl Own {
    /// The item a record is, if it is one of a mailbox.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        match record {
            Record::Appointment(one) => Some(Self::Appointment(one.clone())),
            Record::Contact(one) => Some(Self::Contact(one.clone())),
            Record::Task(one) => Some(Self::Task(one.clone())),
            Record::Call(_)
            | Record::Correspondent(_)
            | Record::CrmAppointment(_)
            | Record::CrmTask(_)
            | _ => None,
        }
    }

    /// Its id, its folder and its modification stamp.
    pub(crate) fn key(&mut self) -> (&mut String, &mut String, &mut Instant) {
        match self {
            Self::Appointment(one) => (&mut one.id, &mut one.folder, &mut one.modified),
            Self::Contact(one) => (&mut one.id, &mut one.folder, &mut one.modified),
            Self::Task(one) => (&mut one.id, &mut one.folder, &mut one.modified),
        }
    }

    /// The key stamped on it.
    pub(crate) fn chrono(&mut self) -> &mut Option<String> {
        match self {
            Self::Appointment(one) => &mut one.chrono,
            Self::Contact(one) => &mut one.chrono,
            Self::Task(one) => &mut one.chrono,
        }
    }
}

impl From<Own> for Record {
    fn from(own: Own) -> Self {
        match own {
            Own::Appointment(one) => Self::Appointment(one),
            Own::Contact(one) => Self::Contact(one),
            Own::Task(one) => Self::Task(one),
        }
    }
}

/// The component that is the item of its file.
#[derive(Clone, Copy)]
pub(crate) struct Item {
    pub(crate) shape: Shape,
    pub(crate) component: usize,
    overridden: bool,
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Card,
    Event,
    Todo,
}

impl Item {
    /// Finds the item of a file, or says why there is none.
    pub(crate) fn find(doc: &Doc) -> Result<Self, String> {
        let of = |name: &'static str, parents: &'static [&'static str]| {
            let inside = move |parent: Option<usize>| match parent {
                Some(parent) => doc
                    .components()
                    .get(parent)
                    .is_some_and(|one| parents.contains(&one.name.as_str())),
                None => true,
            };
            let components = doc.components().iter().enumerate();
            components
                .filter(move |(_, one)| one.name == name && inside(one.parent))
                .map(|(place, _)| place)
                .collect::<Vec<usize>>()
        };
        let (cards, events, todos) =
            (of("VCARD", &[]), of("VEVENT", &["VCALENDAR"]), of("VTODO", &["VCALENDAR"]));
        let found = match (cards.as_slice(), events.as_slice(), todos.as_slice()) {
            ([], [], []) => return Err("holds no contact, task or event".to_owned()),
            ([card], [], []) => Self { shape: Shape::Card, component: *card, overridden: false },
            ([], events, []) => Self::master(doc, Shape::Event, events)?,
            ([], [], todos) => Self::master(doc, Shape::Todo, todos)?,
            (cards, [], []) => return Err(too_many(cards.len(), "cards")),
            (cards, events, todos) => {
                return Err(too_many(cards.len() + events.len() + todos.len(), "items"));
            }
        };
        let closed = doc.components().get(found.component).is_some_and(|one| one.end.is_some());
        if !closed {
            // Half a file would look like an item whose other half was deleted.
            return Err("ends before its item does".to_owned());
        }
        let kind = ["KIND", "X-ADDRESSBOOKSERVER-KIND"].into_iter();
        let mut kind = kind.filter_map(|name| common::word(doc, found.component, name));
        if found.shape == Shape::Card && kind.any(|word| word.eq_ignore_ascii_case("group")) {
            return Err("holds a list of contacts, not a contact".to_owned());
        }
        Ok(found)
    }

    /// The master of a series, or the only component there is.
    fn master(doc: &Doc, shape: Shape, components: &[usize]) -> Result<Self, String> {
        let word =
            |place: usize, name: &str| doc.first(place, name).map(|(_, line)| line.value().trim());
        let is_master = |place: &&usize| word(**place, "RECURRENCE-ID").is_none();
        let masters = components.iter().filter(is_master).count();
        let first = components.first().copied().unwrap_or_default();
        let related = components.iter().all(|place| word(*place, "UID") == word(first, "UID"));
        if components.len() > 1 && (masters > 1 || !related) {
            let name = if shape == Shape::Event { "events" } else { "tasks" };
            return Err(too_many(components.len(), name));
        }
        let component = components.iter().find(is_master).copied().unwrap_or(first);
        Ok(Self { shape, component, overridden: components.len() > 1 })
    }

    /// How the file writes the values of the item.
    pub(crate) fn dialect(self, doc: &Doc) -> Dialect {
        match self.shape {
            Shape::Card => contact::dialect(doc, self.component),
            Shape::Event | Shape::Todo => Dialect::Modern,
        }
    }

    /// The name of the property that says when the item was changed.
    pub(crate) const fn stamp(self) -> &'static str {
        match self.shape {
            Shape::Card => "REV",
            Shape::Event | Shape::Todo => "LAST-MODIFIED",
        }
    }

    /// Reads the item. It counts as changed when it says so, or with its file if that is later.
    pub(crate) fn read(
        self,
        doc: &Doc,
        id: &str,
        file_modified: Instant,
        options: &Options,
    ) -> Result<Own, BadTime> {
        let mut own = match self.shape {
            Shape::Card => Own::Contact(Box::new(contact::read(doc, self.component)?)),
            Shape::Event => {
                let one = event::read(doc, self.component, self.overridden, options)?;
                Own::Appointment(Box::new(one))
            }
            Shape::Todo => Own::Task(Box::new(task::read(doc, self.component, options.time_zone)?)),
        };
        let stated = doc.first(self.component, self.stamp());
        let stated = stated.and_then(|(_, line)| time::stamp(line.value()));
        let (own_id, folder, modified) = own.key();
        id.clone_into(own_id);
        id.rsplit_once('/').map_or("", |(folder, _)| folder).clone_into(folder);
        *modified = stated.map_or(file_modified, |stated| stated.max(file_modified));
        Ok(own)
    }
}

fn too_many(count: usize, name: &str) -> String {
    format!("holds {count} {name}; a vdir file holds one")
}
