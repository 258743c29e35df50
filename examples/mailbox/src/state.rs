//! Where the last-sync state is kept: a journal file beside the CRM, or a table in the CRM's own file.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use counterpart::host::StateStore;
use counterpart::snapshot::{StateError, StateJournal, StateRecord, SyncState};
use rusqlite::{Connection, OptionalExtension as _, params};
use thiserror::Error;

/// The state could not be read or written; the message is one line and names the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be read or written.
    #[error("{}: {}", file.display(), error.kind())]
    Io {
        /// Which file.
        file: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// What it holds is no usable state.
    #[error("{}: {error}; without it the next run compares everything anew", file.display())]
    State {
        /// Which file.
        file: PathBuf,
        /// Why not.
        error: StateError,
    },
    /// The database cannot be read or written.
    #[error("{}: {error}", file.display())]
    Database {
        /// Which file.
        file: PathBuf,
        /// Why not.
        error: rusqlite::Error,
    },
}

/// A journal file: the state, and after it what each answer changed.
///
/// An append is one write and an fsync; a torn one is dropped by the next load. The whole file is replaced
/// atomically at the start and at the end of a run.
#[derive(Debug)]
pub struct JournalFile {
    file: PathBuf,
    open: Option<fs::File>,
}

impl JournalFile {
    /// The journal of a mailbox, beside the CRM's file.
    pub fn beside(crm: &Path, store: &str) -> Self {
        let name = crm.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{name}.{}.state", store.replace(['/', '\\'], "_"));
        Self { file: crm.with_file_name(name), open: None }
    }

    fn io(&self, error: io::Error) -> StoreError {
        StoreError::Io { file: self.file.clone(), error }
    }
}

impl StateStore for JournalFile {
    type Error = StoreError;

    fn load(&mut self) -> Result<Option<SyncState>, StoreError> {
        let bytes = match fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        };
        let replayed = StateJournal::replay(&bytes)
            .map_err(|error| StoreError::State { file: self.file.clone(), error })?;
        Ok(Some(replayed.state))
    }

    fn replace(&mut self, state: &SyncState) -> Result<(), StoreError> {
        let half = self.file.with_extension("state.tmp");
        let write = || -> io::Result<fs::File> {
            let mut out = fs::File::create(&half)?;
            out.write_all(&StateJournal::begin(state))?;
            out.sync_all()?;
            fs::rename(&half, &self.file)?;
            Ok(out)
        };
        let open = write().map_err(|error| self.io(error))?;
        self.open = Some(open);
        Ok(())
    }

    fn append(&mut self, record: &StateRecord) -> Result<(), StoreError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                fs::File::options().append(true).open(&self.file).map_err(|error| self.io(error))?
            }
        };
        let written = open.write_all(&StateJournal::entry(record)).and_then(|()| open.sync_data());
        written.map_err(|error| self.io(error))?;
        self.open = Some(open);
        Ok(())
    }
}

/// A table in the CRM's own SQLite file: one row for the state, one for each answer since.
#[derive(Debug)]
pub struct StateTable {
    connection: Connection,
    file: PathBuf,
    store: String,
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS sync_states (
        store TEXT PRIMARY KEY,
        state BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sync_records (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        store TEXT NOT NULL REFERENCES sync_states (store),
        record BLOB NOT NULL
    ) STRICT;
";

impl StateTable {
    /// The state of a mailbox in a CRM file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(crm: &Path, store: &str) -> Result<Self, StoreError> {
        let failed = |error| StoreError::Database { file: crm.to_owned(), error };
        let connection = Connection::open(crm).map_err(failed)?;
        connection.busy_timeout(std::time::Duration::from_secs(2)).map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        Ok(Self { connection, file: crm.to_owned(), store: store.to_owned() })
    }

    fn database(&self, error: rusqlite::Error) -> StoreError {
        StoreError::Database { file: self.file.clone(), error }
    }

    fn replay(&self) -> rusqlite::Result<Option<Result<SyncState, StateError>>> {
        let state: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT state FROM sync_states WHERE store = ?1", [&self.store], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(state) = state else { return Ok(None) };
        let mut statement = self
            .connection
            .prepare("SELECT record FROM sync_records WHERE store = ?1 ORDER BY number")?;
        let records = statement.query_map([&self.store], |row| row.get::<_, Vec<u8>>(0))?;
        let records: Vec<Vec<u8>> = records.collect::<rusqlite::Result<_>>()?;
        Ok(Some(SyncState::from_bytes(&state).and_then(|mut state| {
            for record in &records {
                state.apply(StateRecord::from_bytes(record)?);
            }
            Ok(state)
        })))
    }
}

impl StateStore for StateTable {
    type Error = StoreError;

    fn load(&mut self) -> Result<Option<SyncState>, StoreError> {
        let replayed = self.replay().map_err(|error| self.database(error))?;
        replayed.transpose().map_err(|error| StoreError::State { file: self.file.clone(), error })
    }

    fn replace(&mut self, state: &SyncState) -> Result<(), StoreError> {
        let store = &self.store;
        let write = |connection: &mut Connection| -> rusqlite::Result<()> {
            let all = connection.transaction()?;
            all.execute("DELETE FROM sync_records WHERE store = ?1", [store])?;
            all.execute(
                "INSERT INTO sync_states (store, state) VALUES (?1, ?2)
                 ON CONFLICT (store) DO UPDATE SET state = excluded.state",
                params![store, state.to_bytes()],
            )?;
            all.commit()
        };
        let file = self.file.clone();
        write(&mut self.connection).map_err(|error| StoreError::Database { file, error })
    }

    fn append(&mut self, record: &StateRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO sync_records (store, record) VALUES (?1, ?2)";
        let written = self.connection.execute(sql, params![self.store, record.to_bytes()]);
        written.map(|_| ()).map_err(|error| self.database(error))
    }
}

/// One of the two, as the user chose.
#[derive(Debug)]
pub enum States {
    /// A journal file beside the CRM.
    File(JournalFile),
    /// A table in the CRM's own file.
    Table(StateTable),
}

impl StateStore for States {
    type Error = StoreError;

    fn load(&mut self) -> Result<Option<SyncState>, StoreError> {
        match self {
            Self::File(file) => file.load(),
            Self::Table(table) => table.load(),
        }
    }

    fn replace(&mut self, state: &SyncState) -> Result<(), StoreError> {
        match self {
            Self::File(file) => file.replace(state),
            Self::Table(table) => table.replace(state),
        }
    }

    fn append(&mut self, record: &StateRecord) -> Result<(), StoreError> {
        match self {
            Self::File(file) => file.append(record),
            Self::Table(table) => table.append(record),
        }
    }
}
