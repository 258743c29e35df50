//! The profile's data types, and how each record shows itself to a fingerprint.

use serde::{Deserialize, Serialize};

use super::crm::{
    Call, CallPatch, Correspondent, CorrespondentPatch, CrmAppointment, CrmAppointmentPatch,
    CrmTask, CrmTaskPatch,
};
use super::kind::Kind;
use super::store::{
    Appointment, AppointmentPatch, Contact, ContactPatch, ContactRef, Task, TaskPatch,
};
use super::{show, words};
use crate::model::record::Patch as _;
use crate::model::{BySide, Side};
use crate::plan::ActionKind;
use crate::report::Language;
use crate::schema::Schema;
use crate::snapshot::{Digester, Print, Printer};

/// The types of the profile `outlook_x3`. Side A is the mailbox ("store"), side B the CRM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlookX3;

/// A whole record of either side. A plan is a list of operations, and most of them carry none: what is carried lies
/// beside the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// A mailbox appointment.
    Appointment(Box<Appointment>),
    /// A CRM call.
    Call(Box<Call>),
    /// A mailbox contact.
    Contact(Box<Contact>),
    /// A CRM correspondent.
    Correspondent(Box<Correspondent>),
    /// A CRM appointment.
    CrmAppointment(Box<CrmAppointment>),
    /// A CRM task.
    CrmTask(Box<CrmTask>),
    /// A mailbox task.
    Task(Box<Task>),
}

/// New values for fields of a record of either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordPatch {
    /// For a mailbox appointment.
    Appointment(Box<AppointmentPatch>),
    /// For a CRM call.
    Call(Box<CallPatch>),
    /// For a mailbox contact.
    Contact(Box<ContactPatch>),
    /// For a CRM correspondent.
    Correspondent(Box<CorrespondentPatch>),
    /// For a CRM appointment.
    CrmAppointment(Box<CrmAppointmentPatch>),
    /// For a CRM task.
    CrmTask(Box<CrmTaskPatch>),
    /// For a mailbox task.
    Task(Box<TaskPatch>),
}

/// A record or patch of one type is one of either side.
macro_rules! of_either_side {
    ($($variant:ident($record:ty, $patch:ty);)*) => {$(
        impl From<$record> for Record {
            fn from(record: $record) -> Self {
                Self::$variant(Box::new(record))
            }
        }

        impl From<$patch> for RecordPatch {
            fn from(patch: $patch) -> Self {
                Self::$variant(Box::new(patch))
            }
        }
    )*};
}

of_either_side! {
    Appointment(Appointment, AppointmentPatch);
    Call(Call, CallPatch);
    Contact(Contact, ContactPatch);
    Correspondent(Correspondent, CorrespondentPatch);
    CrmAppointment(CrmAppointment, CrmAppointmentPatch);
    CrmTask(CrmTask, CrmTaskPatch);
    Task(Task, TaskPatch);
}

/// A borrowed record of either side.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Native<'a> {
    Appointment(&'a Appointment),
    Call(&'a Call),
    Contact(&'a Contact),
    Correspondent(&'a Correspondent),
    CrmAppointment(&'a CrmAppointment),
    CrmTask(&'a CrmTask),
    Task(&'a Task),
}

impl Native<'_> {
    /// The digest of the whole record.
    pub(crate) fn digest(self, kind: Kind, digester: &mut Digester) -> Print {
        match self {
            Self::Appointment(record) => digester.of(kind, record),
            Self::Call(record) => digester.of(kind, record),
            Self::Contact(record) => digester.of(kind, record),
            Self::Correspondent(record) => digester.of(kind, record),
            Self::CrmAppointment(record) => digester.of(kind, record),
            Self::CrmTask(record) => digester.of(kind, record),
            Self::Task(record) => digester.of(kind, record),
        }
    }

    pub(crate) fn to_record(self) -> Record {
        match self {
            Self::Appointment(record) => Record::Appointment(Box::new(record.clone())),
            Self::Call(record) => Record::Call(Box::new(record.clone())),
            Self::Contact(record) => Record::Contact(Box::new(record.clone())),
            Self::Correspondent(record) => Record::Correspondent(Box::new(record.clone())),
            Self::CrmAppointment(record) => Record::CrmAppointment(Box::new(record.clone())),
            Self::CrmTask(record) => Record::CrmTask(Box::new(record.clone())),
            Self::Task(record) => Record::Task(Box::new(record.clone())),
        }
    }
}

impl Record {
    pub(crate) const fn native(&self) -> Native<'_> {
        match self {
            Self::Appointment(record) => Native::Appointment(record),
            Self::Call(record) => Native::Call(record),
            Self::Contact(record) => Native::Contact(record),
            Self::Correspondent(record) => Native::Correspondent(record),
            Self::CrmAppointment(record) => Native::CrmAppointment(record),
            Self::CrmTask(record) => Native::CrmTask(record),
            Self::Task(record) => Native::Task(record),
        }
    }
}

/// A place for a key that another operation makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Slot {
    /// The contact's item in entry *n* of a mailbox item's contact list.
    ContactItem(usize),
    /// The key stamped on a mailbox item.
    Chrono,
    /// The correspondent of a CRM task or call, or slot *n* of an appointment's persons to visit.
    Correspondent(usize),
}

/// What showing a record depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Viewer {
    /// The user's representative: his block of a comment is his own (A7.18).
    pub representative: String,
    /// How many characters of a subject the mailbox holds (A2.6).
    pub subject_limit: usize,
    /// Whether the location of an appointment counts as shown (A2.49).
    #[serde(default)]
    pub location: bool,
}

/// Counters of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Calendar items by class.
    pub appointments: CalendarCounts,
}

/// Calendar items that were listed and are in scope, by class (A11.4, D36). The sum of the four classes is
/// the number of those items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CalendarCounts {
    /// Appointments and meetings.
    pub managed: u32,
    /// Answers to requests, and series.
    pub unmanaged: u32,
    /// Cancelled meetings.
    pub cancelled: u32,
    /// Meeting requests.
    pub requests: u32,
    /// The series among the unmanaged (A11.5); left out of the serialised form where there is none.
    #[serde(default, skip_serializing_if = "is_none_of")]
    pub recurring: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_none_of(count: &u32) -> bool {
    *count == 0
}

impl Schema for OutlookX3 {
    type Kind = Kind;
    type Record = Record;
    type Patch = RecordPatch;
    type Slot = Slot;
    type Viewer = Viewer;
    type Counts = Counts;

    const NAME: &'static str = "outlook_x3";
    const SIDES: BySide<&'static str> = BySide::new("store", "crm");

    fn show(viewer: &Viewer, kind: Kind, record: &Record, out: &mut Printer) {
        show::show(viewer, kind, record.native(), out);
    }

    fn digest(kind: Kind, record: &Record, digester: &mut Digester) -> Option<Print> {
        Some(record.native().digest(kind, digester))
    }

    fn apply(record: &mut Record, patch: &RecordPatch) {
        match (record, patch) {
            (Record::Appointment(one), RecordPatch::Appointment(patch)) => patch.clone().apply(one),
            (Record::Call(one), RecordPatch::Call(patch)) => patch.clone().apply(one),
            (Record::Contact(one), RecordPatch::Contact(patch)) => patch.clone().apply(one),
            (Record::Correspondent(one), RecordPatch::Correspondent(patch)) => {
                patch.clone().apply(one);
            }
            (Record::CrmAppointment(one), RecordPatch::CrmAppointment(patch)) => {
                patch.clone().apply(one);
            }
            (Record::CrmTask(one), RecordPatch::CrmTask(patch)) => patch.clone().apply(one),
            (Record::Task(one), RecordPatch::Task(patch)) => patch.clone().apply(one),
            _ => {}
        }
    }

    fn facts(record: &Record) -> Vec<String> {
        show::facts(record.native())
    }

    fn fields(patch: &RecordPatch) -> Vec<&'static str> {
        match patch {
            RecordPatch::Appointment(patch) => patch.fields(),
            RecordPatch::Call(patch) => patch.fields(),
            RecordPatch::Contact(patch) => patch.fields(),
            RecordPatch::Correspondent(patch) => patch.fields(),
            RecordPatch::CrmAppointment(patch) => patch.fields(),
            RecordPatch::CrmTask(patch) => patch.fields(),
            RecordPatch::Task(patch) => patch.fields(),
        }
    }

    fn kind_label(kind: Kind, side: Side, language: Language) -> &'static str {
        words::kind(kind, side, language)
    }

    fn field_label(kind: Kind, field: &str, language: Language) -> Option<&'static str> {
        words::field(kind, field, language)
    }

    fn side_label(side: Side, language: Language) -> &'static str {
        words::side(side, language)
    }

    fn server_error(
        kind: Kind,
        side: Side,
        action: ActionKind,
        language: Language,
    ) -> Option<&'static str> {
        words::server_error(kind, side, action, language)
    }

    fn counters(counts: &Counts, language: Language) -> Vec<(&'static str, u32)> {
        words::counters(counts, language)
    }

    fn fill_record(record: &mut Record, slot: &Slot, key: &str) {
        match record {
            Record::Contact(item) if *slot == Slot::Chrono => item.chrono = Some(key.to_owned()),
            Record::Task(task) => fill_contact(&mut task.contacts, *slot, key),
            Record::Appointment(item) => fill_contact(&mut item.contacts, *slot, key),
            Record::CrmTask(task) => task.correspondent = Some(key.to_owned()),
            Record::Call(call) => call.correspondent = Some(key.to_owned()),
            Record::CrmAppointment(record) => fill_visit(&mut record.correspondents, *slot, key),
            Record::Contact(_) | Record::Correspondent(_) => {}
        }
    }

    fn fill_patch(patch: &mut RecordPatch, slot: &Slot, key: &str) {
        match patch {
            RecordPatch::Task(patch) => {
                if let Some(contacts) = &mut patch.contacts {
                    fill_contact(contacts, *slot, key);
                }
            }
            RecordPatch::Appointment(patch) => {
                if let Some(contacts) = &mut patch.contacts {
                    fill_contact(contacts, *slot, key);
                }
            }
            RecordPatch::CrmTask(patch) => patch.correspondent = Some(Some(key.to_owned())),
            RecordPatch::Call(patch) => patch.correspondent = Some(Some(key.to_owned())),
            RecordPatch::CrmAppointment(patch) => {
                if let Some(persons) = &mut patch.correspondents {
                    fill_visit(persons, *slot, key);
                }
            }
            RecordPatch::Contact(_) | RecordPatch::Correspondent(_) => {}
        }
    }
}

fn fill_contact(contacts: &mut [ContactRef], slot: Slot, key: &str) {
    if let Slot::ContactItem(place) = slot
        && let Some(entry) = contacts.get_mut(place)
    {
        entry.item = Some(key.to_owned());
    }
}

fn fill_visit(persons: &mut [String], slot: Slot, key: &str) {
    if let Slot::Correspondent(place) = slot
        && let Some(entry) = persons.get_mut(place)
    {
        key.clone_into(entry);
    }
}
