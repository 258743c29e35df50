//! The mailbox side: contacts, tasks and appointments as a mail program holds them. Dates and times of day are those
//! of the CRM folder's wall clock, without a zone (A13.9).

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::model::record::{plain_field_values, record};
use crate::model::{Instant, Text};
use crate::snapshot::{Digester, Raw, raw};

/// How a store gives ids to its items (A3.1, A3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StoreKind {
    /// An item keeps its id for life: the link is looked up by id first, then by key. The default.
    #[default]
    Local,
    /// An item gets a new id and date when it moves to another folder: the key comes first.
    Exchange,
}

/// All items of a mailbox that the host could list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Store {
    /// The store's own id. A last-sync state belongs to one store and one CRM folder (A1.23); a user with several
    /// mailboxes has a run for each (A13.2).
    pub id: String,
    /// How ids behave.
    pub kind: StoreKind,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// Tasks; the CRM's calls live among them (A2.26).
    pub tasks: Vec<Task>,
    /// Calendar items of every role.
    pub appointments: Vec<Appointment>,
}

impl Store {
    /// An empty store.
    pub fn new(id: impl Into<String>, kind: StoreKind) -> Self {
        Self { id: id.into(), kind, ..Self::default() }
    }
}

record! {
    /// An address block of a contact or a correspondent.
    Address, AddressPatch, id = city, digested by Digester, written by AddressFields,
    required {}
    identity {}
    fields {
        /// Street lines, separated by line breaks (`CPYADD`, `HOMADD`; three lines in the CRM).
        street: Text,
        /// Postal code (`CPYZIP`, `HOMZIP`).
        postal_code: Text,
        /// City (`CPYCTY`, `HOMCTY`).
        city: Text,
        /// State or region (`CPYSAT`, `HOMSAT`).
        state: Text,
        /// Country by name (`CPYCRYNAM`, `HOMCRYNAM`).
        country: Text,
        /// Telephone (`CPYTEL`, `HOMTEL`).
        phone: Text,
        /// Fax (`CPYFAX`, `HOMFAX`).
        fax: Text,
        /// Mobile telephone (`CPYMOB`, `HOMMOB`).
        mobile: Text,
        /// E-mail (`CPYEML`, `HOMEML`).
        email: Text,
    }
    blocks {}
    parts {}
}

record! {
    /// A contact of the mailbox (A2.52 to A2.67).
    Contact, ContactPatch, id = id, digested by Digester, written by ContactFields (AddressFields),
    required {
        /// The store's id of the item.
        id: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The folder it lies in; empty means the default folder.
        folder: String,
        /// When it was made; `None` means with its last change.
        created: Option<Instant>,
        /// Whether its owner marked it private (A7.1).
        private: bool,
        /// The CRM's key stamped on it (`AdxID`, A2.1).
        chrono: Option<String>,
    }
    fields {
        /// Company text (`CompanyName`), see A5.
        company: Text,
        /// Form of address (`TTL`): `Mr`, `Mrs`, `Ms` and their French forms are known (D23).
        title: Text,
        /// Last name (`LNA`).
        last_name: Text,
        /// First name (`FNA`).
        first_name: Text,
        /// Job title (`FNCLIB`).
        job_title: Text,
        /// Department (`SRV`).
        department: Text,
        /// Date of birth (`BIR`).
        birthday: Option<NaiveDate>,
        /// Notes: the item's body (`CRCCLOB`), see A7.15 to A7.19.
        notes: Text,
    }
    blocks {
        /// Business address, telephones and e-mail.
        business: Address => AddressPatch,
        /// Home address, telephones and e-mail.
        home: Address => AddressPatch,
    }
    parts {}
}

/// A contact named by a task or an appointment.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactRef {
    /// What the item shows (`Lk_1_Name`).
    pub name: Text,
    /// The contact's item in the same store.
    pub item: Option<String>,
    /// The key of its correspondent (`Lk_1_CtAdxId`, A3.3).
    pub chrono: Option<String>,
}

raw! { ContactRef { name: Text, item: Option<String>, chrono: Option<String>, } }

impl std::fmt::Debug for ContactRef {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ContactRef")
            .field("item", &self.item)
            .field("chrono", &self.chrono)
            .finish_non_exhaustive()
    }
}

/// A recipient of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipient {
    /// Display name.
    pub name: Text,
    /// E-mail address; matched to representatives without regard to case (D21).
    pub email: Text,
}

raw! { Recipient { name: Text, email: Text, } }

/// The status of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Complete: done in the CRM (A2.16).
    Completed,
    /// Put off.
    Deferred,
    /// Begun.
    InProgress,
    /// Not begun. The default.
    #[default]
    NotStarted,
    /// Waiting for somebody.
    Waiting,
}

impl Raw for Status {
    const LAYOUT: u64 = 0;

    fn tell(&self, out: &mut Digester) {
        out.number(match self {
            Self::NotStarted => 0,
            Self::Completed => 1,
            Self::Deferred => 2,
            Self::InProgress => 3,
            Self::Waiting => 4,
        });
    }
}

record! {
    /// A task of the mailbox: the counterpart of a CRM task, or of a CRM call (A2.10 to A2.35).
    Task, TaskPatch, id = id, digested by Digester, written by TaskFields,
    required {
        /// The store's id of the item.
        id: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The folder it lies in; empty means the default folder.
        folder: String,
        /// When it was made; `None` means with its last change.
        created: Option<Instant>,
        /// Whether its owner marked it private (A7.1).
        private: bool,
        /// The CRM's key stamped on it (`AdxID`, A2.1).
        chrono: Option<String>,
    }
    fields {
        /// Company text (`Companies`), see A5.
        company: Text,
        /// Linked contacts, in order; the first one counts (A6.1).
        contacts: Vec<ContactRef>,
        /// Subject, at most 255 characters (A2.6).
        subject: Text,
        /// Body: the CRM's report.
        body: Text,
        /// Status (A2.16, A2.17).
        status: Status,
        /// Start date.
        start: Option<NaiveDate>,
        /// Due date.
        due: Option<NaiveDate>,
        /// Actual work in whole minutes (A2.15).
        actual_work: u32,
        /// Owner as the mail program shows it; written for display only, where the option is on (A2.23).
        owner: Text,
    }
    blocks {}
    parts {}
}

/// What a calendar item is (A7.6, A11.4, A11.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// A plain appointment. The default.
    #[default]
    Appointment,
    /// Somebody else's meeting.
    Attendee,
    /// A cancelled meeting.
    Cancelled,
    /// The owner's own meeting.
    Organizer,
    /// A meeting request.
    Request,
    /// An answer to a meeting request.
    Response,
}

impl Raw for Role {
    const LAYOUT: u64 = 0;

    fn tell(&self, out: &mut Digester) {
        out.number(match self {
            Self::Appointment => 0,
            Self::Attendee => 1,
            Self::Cancelled => 2,
            Self::Organizer => 3,
            Self::Request => 4,
            Self::Response => 5,
        });
    }
}

record! {
    /// An appointment of the mailbox (A2.36 to A2.51).
    Appointment, AppointmentPatch, id = id, digested by Digester, written by AppointmentFields,
    required {
        /// The store's id of the item.
        id: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The folder it lies in; empty means the default folder.
        folder: String,
        /// When it was made; `None` means with its last change.
        created: Option<Instant>,
        /// Whether its owner marked it private (A7.1).
        private: bool,
        /// The CRM's key stamped on it (`AdxID`, A2.1).
        chrono: Option<String>,
        /// What it is.
        role: Role,
        /// The global id of a meeting (A7.8).
        meeting_id: Option<String>,
        /// Whether it is the master of a series (A2.51).
        recurring: bool,
    }
    fields {
        /// Company text (`Companies`), see A5.
        company: Text,
        /// Linked contacts, in order; the first ten count (A6.4).
        contacts: Vec<ContactRef>,
        /// Recipients of a meeting (A2.45).
        recipients: Vec<Recipient>,
        /// Subject, at most 255 characters (A2.6).
        subject: Text,
        /// Body: the CRM's report.
        body: Text,
        /// Start, local wall-clock time (D8).
        start: Option<NaiveDateTime>,
        /// End, local wall-clock time; of an all-day item the next midnight (A2.42).
        end: Option<NaiveDateTime>,
        /// Whether it takes the whole day.
        all_day: bool,
        /// Where it takes place; written for display only, where the option is on (A2.49).
        #[serde(skip_serializing_if = "Text::is_unset")]
        location: Text,
        /// Done, where the store carries it (A2.38).
        done: Option<bool>,
    }
    blocks {}
    parts {}
}

plain_field_values!(Vec<Recipient>, Status, Vec<ContactRef>);
