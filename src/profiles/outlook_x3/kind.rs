//! The four kinds of pairs and their field groups (D3).

use serde::{Deserialize, Serialize};

use crate::model::Side;

/// What a pair is. A contact and a correspondent are one kind; calls live among the mailbox's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Contact <-> correspondent (`COR`).
    Contact,
    /// Task <-> task (`TSK`).
    Task,
    /// Task <-> call (`CLL`).
    Call,
    /// Appointment <-> appointment (`BAP`).
    Appointment,
}

/// Declares a kind's groups: their places and their names in anomalies (D32).
macro_rules! groups {
    ($(#[$doc:meta])* $module:ident: $($place:tt = $name:literal),* $(,)?) => {
        $(#[$doc])*
        pub(crate) mod $module {
            groups!(@place 0usize; $($place,)*);
            /// Their names, in their order.
            pub(crate) const NAMES: &[&str] = &[$($name),*];
        }
    };
    (@place $number:expr; $first:tt, $($rest:tt,)*) => {
        pub(crate) const $first: usize = $number;
        groups!(@place $number + 1; $($rest,)*);
    };
    (@place $number:expr;) => {};
}

groups! {
    /// Groups of a contact.
    contact:
    COMPANY = "company", NAME = "name", JOB_TITLE = "job_title", DEPARTMENT = "department",
    BIRTHDAY = "birthday", NOTES = "notes", OTHERS_NOTES = "others_notes",
    BUSINESS_ADDRESS = "business_address", _ = "business_phone",
    _ = "business_fax", _ = "business_mobile",
    _ = "business_email", HOME_ADDRESS = "home_address", _ = "home_phone",
    _ = "home_fax", _ = "home_mobile", _ = "home_email",
}

groups! {
    /// Groups of a task, and of a call.
    activity:
    COMPANY = "company", CONTACTS = "contacts", SCHEDULE = "schedule", SUBJECT = "subject",
    BODY = "body", STATUS = "status", WORK = "actual_work",
}

groups! {
    /// Groups of an appointment.
    appointment:
    COMPANY = "company", CONTACTS = "contacts", SCHEDULE = "schedule", SUBJECT = "subject",
    BODY = "body", DONE = "done", PARTICIPANTS = "participants", LOCATION = "location",
}

impl Kind {
    /// The product's code for the object on the CRM's side (`SYDTYP`), which is also how a key begins (A3.9).
    pub const fn object_code(self) -> &'static str {
        match self {
            Self::Contact => "COR",
            Self::Task => "TSK",
            Self::Call => "CLL",
            Self::Appointment => "BAP",
        }
    }

    /// The kind with an object code.
    pub fn of_object_code(code: &str) -> Option<Self> {
        <Self as crate::schema::Kind>::ALL.iter().copied().find(|kind| kind.object_code() == code)
    }
}

impl crate::schema::Kind for Kind {
    const ALL: &'static [Self] = &[Self::Contact, Self::Task, Self::Call, Self::Appointment];

    fn name(self, side: Side) -> &'static str {
        match (self, side) {
            (Self::Contact, Side::A) => "contact",
            (Self::Contact, Side::B) => "correspondent",
            (Self::Task, _) => "task",
            (Self::Call, _) => "call",
            (Self::Appointment, _) => "appointment",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Contact => 1,
            Self::Task => 2,
            Self::Call => 3,
            Self::Appointment => 4,
        }
    }

    fn family(self) -> u8 {
        match self {
            Self::Contact => 1,
            Self::Task | Self::Call => 2,
            Self::Appointment => 3,
        }
    }

    fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Contact => contact::NAMES,
            Self::Task | Self::Call => activity::NAMES,
            Self::Appointment => appointment::NAMES,
        }
    }
}
