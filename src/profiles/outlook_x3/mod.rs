//! Mailbox contacts, tasks and appointments <-> Sage X3 CRM correspondents, tasks, calls and appointments.

mod comments;
mod crm;
mod kind;
mod schema;
mod show;
mod store;
mod text;

pub use crm::{
    Call, CallPatch, Comment, Correspondent, CorrespondentKind, CorrespondentPatch, Crm,
    CrmAppointment, CrmAppointmentPatch, CrmTask, CrmTaskPatch, Interlocutor, Partner, PartnerKind,
    Representative,
};
pub use kind::Kind;
pub use schema::{Counts, CalendarCounts, OutlookX3, Record, RecordPatch, Slot, Viewer};
pub use store::{
    Address, AddressPatch, Appointment, AppointmentPatch, Contact, ContactPatch, ContactRef,
    Recipient, Role, Status, Store, StoreKind, Task, TaskPatch,
};
