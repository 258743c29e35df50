//! A base of the Gestion Commerciale in one SQLite file; `schema.sql` says what it holds and what it refuses.

mod changes;
mod read;
mod save;
mod write;

use std::path::Path;

use counterpart::model::Instant;
use counterpart::profiles::sage100::{self, Lists};
use groundwork::cells::{cell, insert};
use groundwork::database::{Database, FileError, System};
use rusqlite::Transaction;

use crate::changes::Changes;
use crate::rows::{representative_cells, save_list, type_name};

const ERP: System = System {
    called: "an ERP base",
    // `CPSE`
    application: 0x4350_5345,
    version: 2,
    schema: include_str!("schema.sql"),
};

/// An open base.
#[derive(Debug)]
pub struct Erp {
    database: Database,
}

impl Erp {
    /// Opens a base that exists.
    ///
    /// # Errors
    /// There is no such file, or it is not a base of this program and version, or it is locked.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, FileError> {
        Ok(Self { database: Database::open(file, &ERP)? })
    }

    /// Makes a new, empty base of a name.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(file: impl AsRef<Path>, name: &str) -> Result<Self, FileError> {
        let mut database = Database::create(file, &ERP)?;
        database.fill(|all| {
            all.execute("INSERT INTO base (id, name) VALUES (1, ?1)", [name]).map(drop)
        })?;
        Ok(Self { database })
    }

    /// Fills a new base with records; the ids of their contacts are given by the base.
    ///
    /// # Errors
    /// The base holds some of them already, does not take them, or cannot be written.
    pub fn seed(&mut self, seed: &sage100::Erp) -> Result<(), FileError> {
        self.database.fill(|all| fill(all, seed))
    }

    /// Lists the base: its directory and every record.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn list(&self) -> Result<sage100::Erp, FileError> {
        self.database.read(read::list)
    }

    /// Lists its directory, the accounts that changed since an instant, and those that are needed; and names what is gone.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn changes(
        &self,
        since: Instant,
        needed: &[&str],
    ) -> Result<Changes<sage100::Erp>, FileError> {
        self.database.read(|reading| changes::list(reading, since, needed))
    }

    /// Why the last write that was lost could not be done.
    pub const fn trouble(&self) -> Option<&FileError> {
        self.database.trouble()
    }
}

fn fill(all: &Transaction<'_>, seed: &sage100::Erp) -> rusqlite::Result<()> {
    all.execute("UPDATE base SET codification = ?1", [seed.codification])?;
    for name in Lists::NAMES {
        save_list(all, name, seed.lists.list(name).map_or(&[], Vec::as_slice))?;
    }
    for one in &seed.representatives {
        insert(all, "representatives", representative_cells(one))?;
    }
    for one in &seed.free_fields {
        let cells =
            vec![cell("name", one.name.clone()), cell("type", type_name(one.holds).to_owned())];
        insert(all, "free_fields", cells)?;
    }
    for one in &seed.accounts {
        save::account(all, one, insert)?;
        for address in &one.delivery {
            insert(all, "delivery_addresses", save::delivery(&one.code, address))?;
        }
        for contact in &one.contacts {
            insert(all, "contacts", save::contact(&one.code, contact))?;
        }
    }
    Ok(())
}
