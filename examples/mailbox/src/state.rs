//! The last-sync state: one file beside the CRM for each mailbox, replaced as a whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use counterpart::model::BySide;
use counterpart::snapshot::{StateKey, SyncState};

/// Where the state of a mailbox lies: beside the CRM.
pub(crate) fn path(crm: &Path, store: &str) -> PathBuf {
    let name = crm.file_name().unwrap_or_default().to_string_lossy();
    crm.with_file_name(format!("{name}.{}.state", store.replace(['/', '\\'], "_")))
}

/// The state of the last run, or a new one with a key of its own.
pub(crate) fn load(file: &Path, store: &str, folder: &str) -> Result<SyncState, String> {
    match fs::read(file) {
        Ok(bytes) => SyncState::from_bytes(&bytes).map_err(|error| {
            format!(
                "{}: {error}; without the file the next run compares everything anew",
                file.display()
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 16];
            getrandom::fill(&mut key).map_err(|error| format!("no random numbers: {error}"))?;
            let systems = BySide::new(store.to_owned(), folder.to_owned());
            Ok(SyncState::new("outlook_x3", systems, StateKey(key)))
        }
        Err(error) => Err(format!("{}: {error}", file.display())),
    }
}

/// Writes the state: to another file first, so that a torn write leaves the old one.
pub(crate) fn save(file: &Path, state: &SyncState) -> Result<(), String> {
    let half = file.with_extension("state.tmp");
    let write = || -> io::Result<()> {
        let mut out = fs::File::create(&half)?;
        out.write_all(&state.to_bytes())?;
        out.sync_all()?;
        fs::rename(&half, file)
    };
    write().map_err(|error| format!("{}: {error}", file.display()))
}
