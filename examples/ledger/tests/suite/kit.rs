//! Both adapters in the engine's conformance kit.

use std::path::PathBuf;

use counterpart::host::Adapter;
use counterpart::model::{Instant, Side};
use counterpart::profiles::sage100::{Kind, Sage100};
use counterpart::testkit::{Check, Findings, Listed, Listing, Subject, check, sage100};
use groundwork::cells::instant;
use ledger::crm::Crm;
use ledger::erp::Erp;
use rusqlite::{Connection, params_from_iter};

use crate::support;

/// A side in its file, and how it is opened and listed.
struct Opened<T> {
    file: PathBuf,
    side: T,
    open: fn(&PathBuf) -> T,
    list: fn(&T) -> Vec<Listed<Sage100>>,
    keys: fn(Kind) -> (&'static str, &'static str),
}

impl<T> Opened<T> {
    /// What another program does to the row of an account or company.
    fn execute(&self, sql: &str, values: &[&str]) -> Result<(), String> {
        let other = Connection::open(&self.file).map_err(|error| error.to_string())?;
        other.pragma_update(None, "foreign_keys", true).unwrap();
        let done = other.execute(sql, params_from_iter(values));
        done.map(drop).map_err(|error| error.to_string())
    }
}

impl<T: Adapter<Sage100>> Subject<Sage100> for Opened<T> {
    fn adapter(&mut self) -> &mut dyn Adapter<Sage100> {
        &mut self.side
    }

    fn list(&mut self) -> Result<Listing<Sage100>, String> {
        Ok(Listing { records: (self.list)(&self.side), complete: true })
    }

    fn edit_elsewhere(&mut self, kind: Kind, id: &str, at: Instant) -> Result<(), String> {
        let (table, key) = (self.keys)(kind);
        let sql = format!("UPDATE {table} SET modified = ?1, z_foreign = ?1 WHERE {key} = ?2");
        self.execute(&sql, &[&instant(at), id])
    }

    fn remove_elsewhere(&mut self, kind: Kind, id: &str) -> Result<bool, String> {
        let (table, key) = (self.keys)(kind);
        self.execute(&format!("DELETE FROM {table} WHERE {key} = ?1"), &[id])?;
        Ok(true)
    }

    fn extras(&mut self, kind: Kind, id: &str) -> Option<String> {
        let (table, key) = (self.keys)(kind);
        let other = Connection::open(&self.file).ok()?;
        let sql = format!("SELECT z_foreign FROM {table} WHERE {key} = ?1");
        other.query_row(&sql, [id], |row| row.get(0)).ok()?
    }

    fn restart(&mut self) -> Result<bool, String> {
        self.side = (self.open)(&self.file);
        Ok(true)
    }
}

fn keys(kind: Kind) -> (&'static str, &'static str) {
    if kind == Kind::Company { ("companies", "id") } else { ("accounts", "id") }
}

fn examine<T: Adapter<Sage100>>(
    mut file: Opened<T>,
    side: Side,
    samples: &[counterpart::testkit::Sample<Sage100>],
) -> Findings {
    let other = Connection::open(&file.file).unwrap();
    let tables: &[&str] = if side == Side::A { &["accounts"] } else { &["accounts", "companies"] };
    for table in tables {
        other.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN z_foreign TEXT")).unwrap();
    }
    drop(other);
    let ids = |file: &mut Opened<T>| -> Vec<String> {
        file.list().unwrap().records.into_iter().map(|one| one.id).collect()
    };
    let before = ids(&mut file);
    let findings = check(&mut file, side, samples, "2026-06-15T12:00:00Z".parse().unwrap());
    assert_eq!(ids(&mut file), before, "all samples are gone");
    findings
}

#[test]
fn the_erp_in_a_file_passes() {
    let (_root, integration) = support::seeded();
    let file = Opened {
        file: integration.erp.clone(),
        side: Erp::open(&integration.erp).unwrap(),
        open: |file| Erp::open(file).unwrap(),
        list: |erp| sage100::erp_records(&erp.list().unwrap()),
        keys: |_| ("accounts", "code"),
    };
    let findings = examine(file, Side::A, &sage100::erp("CLEFEBV01"));
    assert!(findings.is_empty(), "{findings}");
    let not_made: Vec<Check> = findings.not_made().into_iter().collect();
    assert_eq!(not_made, [Check::StampKept, Check::UnassignOnlyNamed]);
}

#[test]
fn the_crm_in_a_file_passes() {
    let (_root, integration) = support::synchronised();
    let crm = support::crm(&integration);
    let account = crm.accounts.iter().find(|one| one.code.or_empty() == "CLEFEBV01").unwrap();
    let file = Opened {
        file: integration.crm.clone(),
        side: Crm::open(&integration.crm).unwrap(),
        open: |file| Crm::open(file).unwrap(),
        list: |crm| sage100::crm_records(&crm.list().unwrap()),
        keys,
    };
    let findings = examine(file, Side::B, &sage100::crm(&account.id));
    assert!(findings.is_empty(), "{findings}");
    let not_made: Vec<Check> = findings.not_made().into_iter().collect();
    assert_eq!(not_made, [Check::UnassignOnlyNamed]);
}
