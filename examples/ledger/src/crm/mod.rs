//! A Sage 100c CRM in one SQLite file; `schema.sql` says what it holds.

mod changes;
mod read;
mod save;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use counterpart::model::Instant;
use counterpart::profiles::sage100::{self, Company, Lists, Parameters, User};
use counterpart::session::Said;
use counterpart::snapshot::RefusalKey;
use groundwork::cells::{cell, insert};
use groundwork::database::{Database, FileError, System};
use rusqlite::Transaction;
use serde_json::{Map, Value};

use crate::changes::Changes;
use crate::rows::save_list;

const CRM: System = System {
    called: "a CRM",
    // `CPSC`
    application: 0x4350_5343,
    version: 2,
    schema: include_str!("schema.sql"),
};

/// An open CRM.
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

    /// Makes a new, empty CRM.
    ///
    /// # Errors
    /// There is such a file already, or it cannot be written.
    pub fn create(file: impl AsRef<Path>) -> Result<Self, FileError> {
        Ok(Self { database: Database::create(file, &CRM)? })
    }

    /// Fills a new CRM.
    ///
    /// # Errors
    /// The CRM holds some of it already, or cannot be written.
    pub fn seed(&mut self, seed: &Seed) -> Result<(), FileError> {
        self.database.fill(|all| fill(all, seed))
    }

    /// Lists the CRM: its directory and every record.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn list(&self) -> Result<sage100::Crm, FileError> {
        self.database.read(read::list)
    }

    /// Lists its directory, the records that changed since an instant, and those that are needed; and names what is gone.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn changes(
        &self,
        since: Instant,
        needed: &[&str],
    ) -> Result<Changes<sage100::Crm>, FileError> {
        self.database.read(|reading| changes::list(reading, since, needed))
    }

    /// The parameters of the integration.
    ///
    /// # Errors
    /// The file is locked, or a value is none of its parameter; the parameter is named.
    pub fn parameters(&self) -> Result<Parameters, String> {
        let values = self.database.read(read::parameters).map_err(groundwork::one_line)?;
        let mut all = Map::new();
        for (name, value) in values {
            all.insert(name.clone(), value);
            // Tried one by one, so that the one that is wrong can be named without showing its value.
            serde_json::from_value::<Parameters>(Value::Object(all.clone()))
                .map_err(|_| format!("the CRM's parameter {name} has no such value"))?;
        }
        serde_json::from_value(Value::Object(all)).map_err(groundwork::one_line)
    }

    /// What a side said of each write that it refused.
    ///
    /// # Errors
    /// The file is locked, or holds something that no record can hold.
    pub fn refusals(&self) -> Result<BTreeMap<RefusalKey, Said>, FileError> {
        self.database.read(read::refusals)
    }

    /// Keeps what a side said of each write that it refused; what was kept before goes.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep_refusals(&mut self, all: &BTreeMap<RefusalKey, Said>) -> Result<(), FileError> {
        self.database.fill(|writing| save::refusals(writing, all))
    }

    /// Why the last write that was lost could not be done.
    pub const fn trouble(&self) -> Option<&FileError> {
        self.database.trouble()
    }
}

/// What a new CRM holds.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    /// Parameters that have not their default.
    pub parameters: Map<String, Value>,
    /// Users, each with his name.
    pub users: Vec<(User, String)>,
    /// The lists, which the ERP's replace.
    pub lists: Lists,
    /// Companies without an account.
    pub companies: Vec<Company>,
}

fn fill(all: &Transaction<'_>, seed: &Seed) -> rusqlite::Result<()> {
    for (name, value) in &seed.parameters {
        let cells = vec![cell("name", name.clone()), cell("value", value.to_string())];
        insert(all, "parameters", cells)?;
    }
    for (user, name) in &seed.users {
        let cells = vec![
            cell("code", user.code.clone()),
            cell("name", name.clone()),
            cell("representative", user.representative.clone()),
        ];
        insert(all, "users", cells)?;
    }
    for name in Lists::NAMES {
        save_list(all, name, seed.lists.list(name).map_or(&[], Vec::as_slice))?;
    }
    for one in &seed.companies {
        save::company(all, one, insert)?;
        for address in &one.addresses {
            save::address(all, address, insert, ("company", &one.id))?;
        }
        for contact in &one.contacts {
            save::contact(all, contact, insert, ("company", &one.id))?;
        }
    }
    Ok(())
}
