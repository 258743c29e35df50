//! A CRM folder in one SQLite file.
//!
//! `schema.sql` says what it holds; `seed.sql` is a small folder to try things out with.

mod read;
mod save;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use thiserror::Error;

/// The version of the schema that this program knows (`PRAGMA user_version`).
const VERSION: i64 = 1;
/// Marks the file as one of this program (`PRAGMA application_id`): `CPX3`.
const APPLICATION: i64 = 0x4350_5833;

const SCHEMA: &str = include_str!("schema.sql");
const SEED: &str = include_str!("seed.sql");

/// How long a write waits for another program.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the CRM cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CrmError {
    /// There is a file already where a new one was to be made.
    #[error("{} exists already", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The file holds something that no record can hold, or SQLite could not do its work.
    #[error("{}: {reason}", file.display())]
    Failed {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// Another program holds the file.
    #[error("{} is locked by another program", file.display())]
    Locked {
        /// The file.
        file: PathBuf,
    },
    /// There is no such file.
    #[error("{} does not exist", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The file is no SQLite database.
    #[error("{} is not a database", file.display())]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// The file is the database of another program.
    #[error("{} is not a CRM of this program", file.display())]
    NotACrm {
        /// The file.
        file: PathBuf,
    },
    /// The file was made by another version of this program.
    #[error("{} has schema version {found}; this program knows version {known}", file.display())]
    OtherVersion {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The version this program knows.
        known: i64,
    },
}

/// An open CRM folder.
#[derive(Debug)]
pub struct Crm {
    connection: Connection,
    file: PathBuf,
}

impl Crm {
    /// Opens a CRM that exists.
    ///
    /// # Errors
    /// There is no such file, or it is not a CRM of this program and version, or it is locked.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, CrmError> {
        let file = file.as_ref().to_owned();
        if !file.exists() {
            return Err(CrmError::Missing { file });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let crm = Self::connect(file, flags)?;
        let number = |name: &str| -> Result<i64, CrmError> {
            let read = crm.connection.pragma_query_value(None, name, |row| row.get(0));
            read.map_err(|error| crm.error(&error))
        };
        let (found, application) = (number("user_version")?, number("application_id")?);
        let file = crm.file.clone();
        match (application, found) {
            (APPLICATION, VERSION) => Ok(crm),
            (APPLICATION, found) => Err(CrmError::OtherVersion { file, found, known: VERSION }),
            _ => Err(CrmError::NotACrm { file }),
        }
    }

    /// Makes a new, empty CRM folder of a name.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(file: impl AsRef<Path>, folder: &str) -> Result<Self, CrmError> {
        let file = file.as_ref().to_owned();
        if file.exists() {
            return Err(CrmError::Exists { file });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let crm = Self::connect(file, flags)?;
        let make = || -> rusqlite::Result<()> {
            let transaction = crm.connection.unchecked_transaction()?;
            transaction.execute_batch(SCHEMA)?;
            transaction.execute("INSERT INTO folder (id, name) VALUES (1, ?1)", [folder])?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            transaction.commit()
        };
        make().map_err(|error| crm.error(&error))?;
        Ok(crm)
    }

    /// Fills a new folder with a few partners, representatives, correspondents and activities.
    ///
    /// # Errors
    /// The folder holds some of these already, or cannot be written.
    pub fn seed(&mut self) -> Result<(), CrmError> {
        let fill = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            transaction.execute_batch(SEED)?;
            transaction.commit()
        };
        fill(&mut self.connection).map_err(|error| self.error(&error))
    }

    /// Lists the folder: its directory and every record, sorted by key.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn list(&self) -> Result<counterpart::profiles::outlook_x3::Crm, CrmError> {
        read::list(&self.connection).map_err(|error| self.error(&error))
    }

    fn connect(file: PathBuf, flags: OpenFlags) -> Result<Self, CrmError> {
        let connection =
            Connection::open_with_flags(&file, flags).map_err(|error| describe(&file, &error))?;
        let crm = Self { connection, file };
        let prepare = || -> rusqlite::Result<()> {
            crm.connection.busy_timeout(PATIENCE)?;
            crm.connection.pragma_update(None, "foreign_keys", true)
        };
        prepare().map_err(|error| crm.error(&error))?;
        Ok(crm)
    }

    fn error(&self, error: &rusqlite::Error) -> CrmError {
        describe(&self.file, error)
    }
}

fn describe(file: &Path, error: &rusqlite::Error) -> CrmError {
    let file = file.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => CrmError::Locked { file },
        Some(ErrorCode::NotADatabase) => CrmError::NotADatabase { file },
        Some(_) | None => CrmError::Failed { file, reason: error.to_string() },
    }
}
