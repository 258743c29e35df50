//! A host of [`counterpart`]: a mailbox of vCard and iCalendar files on one side, a CRM in one SQLite file on
//! the other.

#![forbid(unsafe_code)]

pub mod ask;
pub mod crm;
pub mod demo;
pub mod desk;
pub mod run;
pub mod state;
pub mod tell;
pub mod tour;
pub mod vdir;

/// An error as one line, as the command line shows it.
pub fn one_line(error: impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}
