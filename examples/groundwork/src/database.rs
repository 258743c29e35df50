//! A system in one file of SQLite: opened, made, and why it cannot be used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::SubsecRound as _;
use counterpart::host::{Request, Response};
use counterpart::model::Instant;
use counterpart::schema::Schema;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use thiserror::Error;

/// How long a write waits for another program.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// What sort of system a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// What it is called, with its article.
    pub called: &'static str,
    /// Marks the file as one of this program (`PRAGMA application_id`).
    pub application: i64,
    /// The version of the schema that this program knows (`PRAGMA user_version`).
    pub version: i64,
    /// The tables.
    pub schema: &'static str,
}

/// Why a file cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileError {
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
    /// The file is another database.
    #[error("{} is not {called} of this program", file.display())]
    OtherSystem {
        /// The file.
        file: PathBuf,
        /// What it should be.
        called: &'static str,
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
    /// The directory cannot be written.
    #[error("{} cannot be written: {reason}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// A system in its file.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    file: PathBuf,
    trouble: Option<FileError>,
}

impl Database {
    /// Opens a system that exists.
    ///
    /// # Errors
    /// There is no such file, or it is not a system of this program and version, or it is locked.
    pub fn open(file: impl AsRef<Path>, system: &System) -> Result<Self, FileError> {
        let file = file.as_ref().to_owned();
        if !file.exists() {
            return Err(FileError::Missing { file });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Self::connect(file, flags)?;
        let number = |name: &str| -> Result<i64, FileError> {
            let read = database.connection.pragma_query_value(None, name, |row| row.get(0));
            read.map_err(|error| database.error(&error))
        };
        let (found, application) = (number("user_version")?, number("application_id")?);
        let file = database.file.clone();
        let System { called, version: known, .. } = *system;
        if application != system.application {
            Err(FileError::OtherSystem { file, called })
        } else if found != known {
            Err(FileError::OtherVersion { file, found, known })
        } else {
            Ok(database)
        }
    }

    /// Makes a new system with its tables.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(file: impl AsRef<Path>, system: &System) -> Result<Self, FileError> {
        let file = file.as_ref().to_owned();
        if file.exists() {
            return Err(FileError::Exists { file });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut database = Self::connect(file, flags)?;
        // One write to the disk for each transaction, not four.
        let log = database.connection.pragma_update(None, "journal_mode", "wal");
        log.map_err(|error| database.error(&error))?;
        database.fill(|all| {
            all.execute_batch(system.schema)?;
            all.pragma_update(None, "application_id", system.application)?;
            all.pragma_update(None, "user_version", system.version)
        })?;
        Ok(database)
    }

    /// Writes something of its own into the tables, as a whole or not at all.
    ///
    /// # Errors
    /// The tables do not allow it, or the file cannot be written.
    pub fn fill(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), FileError> {
        let done = self.connection.transaction().and_then(|all| {
            write(&all)?;
            all.commit()
        });
        done.map_err(|error| self.error(&error))
    }

    /// Reads the tables as they are at one moment.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn read<T>(
        &self,
        list: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, FileError> {
        let read = self.connection.unchecked_transaction().and_then(|moment| {
            let listed = list(&moment)?;
            moment.commit()?;
            Ok(listed)
        });
        read.map_err(|error| self.error(&error))
    }

    /// Answers a request: what it writes, it writes as a whole or not at all. Where the file itself cannot be used the
    /// answer is lost, which ends the run, and [`trouble`](Self::trouble) says why.
    pub fn answer<S: Schema>(
        &mut self,
        request: &Request<S>,
        write: impl FnOnce(&Transaction<'_>, Instant) -> Result<Written<S>, Failure>,
    ) -> Response<S> {
        let now = request.now.trunc_subsecs(0);
        let done = || -> Result<Written<S>, Failure> {
            let all = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let written = write(&all, now)?;
            all.commit()?;
            Ok(written)
        };
        match done() {
            Ok(Written { id, stored, modified }) => Response::Done { id, stored, modified },
            Err(Failure::Refused(message)) => Response::Refused { message, trace: None },
            Err(Failure::Stale) => Response::Stale,
            Err(Failure::Unusable(error)) => {
                self.trouble = Some(self.error(&error));
                Response::Lost
            }
        }
    }

    /// Why the file could not be used for the last write that was lost.
    pub const fn trouble(&self) -> Option<&FileError> {
        self.trouble.as_ref()
    }

    fn connect(file: PathBuf, flags: OpenFlags) -> Result<Self, FileError> {
        let connection =
            Connection::open_with_flags(&file, flags).map_err(|error| describe(&file, &error))?;
        let database = Self { connection, file, trouble: None };
        let prepare = || -> rusqlite::Result<()> {
            database.connection.busy_timeout(PATIENCE)?;
            database.connection.pragma_update(None, "foreign_keys", true)
        };
        prepare().map_err(|error| database.error(&error))?;
        Ok(database)
    }

    fn error(&self, error: &rusqlite::Error) -> FileError {
        describe(&self.file, error)
    }
}

fn describe(file: &Path, error: &rusqlite::Error) -> FileError {
    let file = file.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FileError::Locked { file },
        Some(ErrorCode::NotADatabase) => FileError::NotADatabase { file },
        Some(_) | None => FileError::Failed { file, reason: error.to_string() },
    }
}

/// Makes a file that is not there yet under another name first, so that one that was broken off is not taken for
/// whole.
///
/// # Errors
/// The directory cannot be written, or the file cannot be made.
pub fn made_whole<E: From<FileError>>(
    file: &Path,
    make: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    if file.exists() {
        return Ok(());
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let half = file.with_file_name(format!(".{name}.tmp"));
    let directory = file.parent().unwrap_or_else(|| Path::new("."));
    let unwritable = |file: &Path| {
        let file = file.to_owned();
        move |error: std::io::Error| FileError::Unwritable {
            file,
            reason: error.kind().to_string(),
        }
    };
    std::fs::create_dir_all(directory).map_err(unwritable(directory))?;
    if half.exists() {
        std::fs::remove_file(&half).map_err(unwritable(&half))?;
    }
    make(&half)?;
    std::fs::rename(&half, file).map_err(unwritable(file))?;
    Ok(())
}

/// What a write left in the tables.
#[derive(Debug)]
pub struct Written<S: Schema> {
    /// The record's id.
    pub id: String,
    /// The record as it is stored; `None` for a deletion.
    pub stored: Option<S::Record>,
    /// Its modification stamp.
    pub modified: Option<Instant>,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Failure {
    /// The tables do not allow it, or it means nothing to them; what they say.
    Refused(String),
    /// The record has changed, or is gone.
    Stale,
    /// The file itself cannot be used.
    Unusable(rusqlite::Error),
}

impl Failure {
    /// Refused, with a reason.
    pub fn because(message: &str) -> Self {
        Self::Refused(message.to_owned())
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            None
            | Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                Self::Refused(error.to_string())
            }
            Some(_) => Self::Unusable(error),
        }
    }
}
