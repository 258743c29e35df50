//! A host of [`counterpart`]: a mailbox of vCard and iCalendar files on one side, a CRM in one SQLite file on
//! the other.

#![forbid(unsafe_code)]

pub mod ask;
pub mod crm;
pub mod demo;
pub mod desk;
pub mod run;
pub mod tell;
pub mod tour;
pub mod vdir;
