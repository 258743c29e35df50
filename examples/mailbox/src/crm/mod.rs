//! A CRM folder in one SQLite file.
//!
//! `schema.sql` says what it holds; `seed.sql` is a small folder to try things out with.

mod read;
mod save;
mod write;

use std::path::Path;

use groundwork::database::{Database, FileError, System};

const CRM: System = System {
    called: "a CRM",
    // `CPX3`
    application: 0x4350_5833,
    version: 1,
    schema: include_str!("schema.sql"),
};

const SEED: &str = include_str!("seed.sql");

/// An open CRM folder.
#[derive(Debug)]
pub struct Crm {
    database: Database,
}

impl Crm {
    /// Opens a CRM that exists.
    ///
    /// # Errors
    /// There is no such file, or it is not a CRM of this program and version, or it is locked.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, FileError> {
        Ok(Self { database: Database::open(file, &CRM)? })
    }

    /// Makes a new, empty CRM folder of a name.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(file: impl AsRef<Path>, folder: &str) -> Result<Self, FileError> {
        let mut database = Database::create(file, &CRM)?;
        database.fill(|all| {
            all.execute("INSERT INTO folder (id, name) VALUES (1, ?1)", [folder]).map(drop)
        })?;
        Ok(Self { database })
    }

    /// Fills a new folder with a few partners, representatives, correspondents and activities.
    ///
    /// # Errors
    /// The folder holds some of these already, or cannot be written.
    pub fn seed(&mut self) -> Result<(), FileError> {
        self.database.fill(|all| all.execute_batch(SEED))
    }

    /// Lists the folder: its directory and every record, sorted by key.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn list(&self) -> Result<counterpart::profiles::outlook_x3::Crm, FileError> {
        self.database.read(read::list)
    }

    /// Why the last write that was lost could not be done.
    pub const fn trouble(&self) -> Option<&FileError> {
        self.database.trouble()
    }
}
