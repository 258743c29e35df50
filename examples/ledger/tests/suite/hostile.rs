//! Files that cannot be used end in one line and with 2, or stop the run where it is; nothing panics.

use std::fs;
use std::path::Path;

use groundwork::database::FileError;
use ledger::crm::Crm;
use ledger::erp::Erp;
use rusqlite::Connection;

use crate::support::{self, FILES, edit, program, refused};

fn error(place: &Path) -> String {
    let error = refused(place, &FILES);
    assert!(error.starts_with("ledger: ") && error.lines().count() == 1, "{error}");
    error
}

#[test]
fn a_file_that_is_no_database() {
    for file in ["erp.sqlite", "crm.sqlite"] {
        let (root, _) = support::seeded();
        let path = root.path().join(file);
        fs::write(&path, "no database, but long enough to be read as one".repeat(100)).unwrap();
        assert!(error(root.path()).ends_with(&format!("{file} is not a database\n")));
        fs::write(&path, "").unwrap();
        assert!(error(root.path()).contains(" of this program\n"));
        fs::remove_file(&path).unwrap();
        assert!(error(root.path()).ends_with(&format!("{file} does not exist\n")));
    }
}

#[test]
fn a_database_of_another_sort_or_version() {
    let (root, integration) = support::seeded();
    fs::copy(&integration.erp, &integration.crm).unwrap();
    assert!(error(root.path()).ends_with("crm.sqlite is not a CRM of this program\n"));
    edit(&integration.crm, "UPDATE base SET name = 'x'", []);
    assert!(matches!(Crm::open(&integration.crm), Err(FileError::OtherSystem { .. })));
    let other = Connection::open(&integration.erp).unwrap();
    other.execute_batch("PRAGMA user_version = 7").unwrap();
    assert!(error(root.path()).contains("has schema version 7"));
}

#[test]
fn a_missing_table_and_a_cell_that_holds_no_such_value() {
    let (root, integration) = support::seeded();
    let other = Connection::open(&integration.erp).unwrap();
    other.execute_batch("DROP TABLE free_values").unwrap();
    assert!(error(root.path()).contains("no such table: free_values"));
    let (root, integration) = support::seeded();
    edit(&integration.crm, "UPDATE companies SET modified = 'soon' WHERE id = 'COM1'", []);
    let error = error(root.path());
    assert!(error.contains("column modified") && !error.contains("soon"), "{error}");
}

#[test]
fn parameters_that_are_none() {
    let (root, integration) = support::seeded();
    let parameter = |name: &str, value: &str| {
        let sql = "INSERT INTO parameters VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        edit(&integration.crm, sql, [name, value]);
    };
    parameter("conflict", "\"secret\"");
    let said = error(root.path());
    assert!(said.ends_with("the CRM's parameter conflict has no such value\n"), "{said}");
    parameter("conflict", "\"crm\"");
    parameter("interval_minutes", "5");
    assert_eq!(error(root.path()), "ledger: invalid parameters: interval_minutes\n");
    parameter("interval_minutes", "60");
    parameter("active", "false");
    assert_eq!(error(root.path()), "ledger: the integration is not active\n");
}

#[test]
fn a_state_that_is_none() {
    let (root, _) = support::synchronised();
    let file = root.path().join("crm.sqlite.Sage100.state");
    fs::write(&file, "no state").unwrap();
    let said = error(root.path());
    assert!(said.contains("without it the next run compares everything anew"), "{said}");
}

/// A file that another program holds as a whole cannot be listed. One that it only writes to can, and the run stops at
/// its first write: exit code 1, the reason behind the outcome, and the next run goes on.
#[test]
fn a_locked_file() {
    let (root, integration) = support::synchronised();
    let other = Connection::open(&integration.erp).unwrap();
    let hold =
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE base SET name = name; COMMIT";
    other.execute_batch(hold).unwrap();
    assert!(error(root.path()).ends_with("erp.sqlite is locked by another program\n"));
    drop(other);

    edit(&integration.erp, "UPDATE accounts SET phone = '1' WHERE code LIKE 'C%'", []);
    let other = Connection::open(&integration.crm).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let output = program(root.path(), &FILES);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    let last: Vec<&str> = told.lines().rev().take(2).collect();
    assert!(last[0].ends_with("crm.sqlite is locked by another program"), "{told}");
    assert_eq!(last[1], "the synchronisation stopped before its end");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(program(root.path(), &FILES).status.code(), Some(0));
    let (crm, erp) = (support::crm(&integration), support::erp(&integration));
    let phones = |phone: &str| phone == "1";
    let erp = erp.accounts.iter().filter(|one| phones(one.phone.or_empty())).count();
    assert_eq!(crm.accounts.iter().filter(|one| phones(one.phone.or_empty())).count(), erp);
    assert!(erp > 20);
}

#[test]
fn a_new_file_is_not_made_over_another() {
    let (_root, integration) = support::seeded();
    assert!(matches!(Crm::create(&integration.crm), Err(FileError::Exists { .. })));
    assert!(matches!(Erp::create(&integration.erp, "X"), Err(FileError::Exists { .. })));
}
