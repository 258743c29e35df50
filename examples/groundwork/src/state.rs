//! Where the last-sync state is kept: a journal file beside a system's file, or a table in that file.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use counterpart::host::StateStore;
use counterpart::model::BySide;
use counterpart::schema::Schema;
use counterpart::snapshot::{StateError, StateJournal, StateKey, StateRecord, SyncState};
use rusqlite::{Connection, OptionalExtension as _, params};
use thiserror::Error;

use crate::database::PATIENCE;
use crate::one_line;

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
    /// The journal of a pair of systems, beside the file of one of them.
    pub fn beside(file: &Path, pair: &str) -> Self {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{name}.{}.state", pair.replace(['/', '\\'], "_"));
        Self { file: file.with_file_name(name), open: None }
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

/// A table in a system's own SQLite file: one row for the state, one for each answer since.
#[derive(Debug)]
pub struct StateTable {
    connection: Connection,
    file: PathBuf,
    pair: String,
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS sync_states (
        pair TEXT PRIMARY KEY,
        state BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sync_records (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        pair TEXT NOT NULL REFERENCES sync_states (pair),
        record BLOB NOT NULL
    ) STRICT;
";

impl StateTable {
    /// The state of a pair of systems, in the file of one of them.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(file: &Path, pair: &str) -> Result<Self, StoreError> {
        let failed = |error| StoreError::Database { file: file.to_owned(), error };
        let connection = Connection::open(file).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        Ok(Self { connection, file: file.to_owned(), pair: pair.to_owned() })
    }

    fn database(&self, error: rusqlite::Error) -> StoreError {
        StoreError::Database { file: self.file.clone(), error }
    }

    fn replay(&self) -> rusqlite::Result<Option<Result<SyncState, StateError>>> {
        let state: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT state FROM sync_states WHERE pair = ?1", [&self.pair], |row| {
                row.get(0)
            })
            .optional()?;
        let Some(state) = state else { return Ok(None) };
        let mut statement = self
            .connection
            .prepare("SELECT record FROM sync_records WHERE pair = ?1 ORDER BY number")?;
        let records = statement.query_map([&self.pair], |row| row.get::<_, Vec<u8>>(0))?;
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
        let pair = &self.pair;
        let write = |connection: &mut Connection| -> rusqlite::Result<()> {
            let all = connection.transaction()?;
            all.execute("DELETE FROM sync_records WHERE pair = ?1", [pair])?;
            all.execute(
                "INSERT INTO sync_states (pair, state) VALUES (?1, ?2)
                 ON CONFLICT (pair) DO UPDATE SET state = excluded.state",
                params![pair, state.to_bytes()],
            )?;
            all.commit()
        };
        let file = self.file.clone();
        write(&mut self.connection).map_err(|error| StoreError::Database { file, error })
    }

    fn append(&mut self, record: &StateRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO sync_records (pair, record) VALUES (?1, ?2)";
        let written = self.connection.execute(sql, params![self.pair, record.to_bytes()]);
        written.map(|_| ()).map_err(|error| self.database(error))
    }
}

/// One of the two, as the user chose.
#[derive(Debug)]
pub enum States {
    /// A journal file beside the system's.
    File(JournalFile),
    /// A table in the system's own file.
    Table(StateTable),
}

impl States {
    /// The state of a pair of systems, in the file of one of them or beside it.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn of(file: &Path, pair: &str, inside: bool) -> Result<Self, StoreError> {
        Ok(if inside {
            Self::Table(StateTable::open(file, pair)?)
        } else {
            Self::File(JournalFile::beside(file, pair))
        })
    }

    /// The state of the last run, or a new one with a key of its own.
    ///
    /// # Errors
    /// The state cannot be read, as one line.
    pub fn current<S: Schema>(&mut self, systems: BySide<String>) -> Result<SyncState, String> {
        if let Some(state) = self.load().map_err(one_line)? {
            return Ok(state);
        }
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|error| format!("no random numbers: {error}"))?;
        Ok(SyncState::new(S::NAME, systems, StateKey(key)))
    }
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
