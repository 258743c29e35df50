//! What the example hosts stand on, whichever systems they keep in step: files of SQLite that say why they cannot be
//! used, where the last-sync state is kept, one run from plan to report, and what the program prints of it.

#![forbid(unsafe_code)]

pub mod args;
pub mod cells;
pub mod database;
pub mod run;
pub mod state;
pub mod terminal;
pub mod told;
pub mod tour;

/// An error as one line, as the command line shows it.
pub fn one_line(error: impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}
