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

use std::path::Path;

/// An error as one line, as the command line shows it.
pub fn one_line(error: impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}

/// Empties the directory of a tour: what an earlier one left there goes.
///
/// # Errors
/// The directory cannot be emptied, as one line.
pub fn cleared(directory: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {}", directory.display(), error.kind()))
        }
        _ => Ok(()),
    }
}
