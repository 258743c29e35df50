//! Mailbox contacts, tasks and appointments <-> Sage X3 CRM correspondents, tasks, calls and appointments.
//!
//! A run is [`plan`]ned from an [`Input`]. Where the CRM keeps pending lines (`SYNCDATA`), [`PendingLines`] makes its
//! listing of them, and [`PendingFeed::settle`] says afterwards which of them go; a host that keeps the lines itself
//! has [`PendingTable`]. [`Selection`] says which of the CRM's records are sent again.

mod comments;
mod company;
mod crm;
mod details;
mod directory;
mod express;
mod glance;
mod input;
mod kind;
mod memory;
mod needed;
mod parameters;
mod overlap;
mod pairing;
mod pending;
mod people;
mod project;
mod read;
mod records;
mod refusal;
mod rules;
mod run;
mod schema;
mod selection;
mod show;
mod store;
mod supplement;
mod text;
mod value;
mod words;

pub use crm::{
    Call, CallPatch, Comment, Correspondent, CorrespondentKind, CorrespondentPatch, Crm,
    CrmAppointment, CrmAppointmentPatch, CrmTask, CrmTaskPatch, Interlocutor, Partner, PartnerKind,
    Place, Representative,
};
pub use input::{Input, RunError, RunOptions};
pub use kind::Kind;
pub use memory::{MemoryCrm, MemoryStore};
pub use pairing::{StoreLink, repeated_links};
pub use parameters::{
    CompanyText, Conflict, Display, Flag, Folders, Limits, Parameters, Permissions,
};
pub use pending::{PendingEvent, PendingFeed, PendingLine, PendingLines, PendingTable, Subscriber};
pub use refusal::Refusal;
pub use run::{explain, plan, settle};
pub use schema::{CalendarCounts, Counts, OutlookX3, Record, RecordPatch, Slot, Viewer};
pub use selection::{ContactSelection, KeyRange, Selection};
pub use store::{
    Address, AddressPatch, Appointment, AppointmentPatch, Contact, ContactPatch, ContactRef,
    Recipient, Role, Status, Store, StoreKind, Task, TaskPatch,
};
