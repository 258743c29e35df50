//! What the tests share.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use counterpart::profiles::sage100::{Crm, Erp, Request, RunOptions};
use counterpart::report::Language;
use groundwork::told::Told;
use ledger::demo;
use ledger::integration::Integration;
use ledger::run::{Order, run};
use ledger::seed::Size;
use rusqlite::{Connection, Params};
use tempfile::TempDir;

/// The run's "now" of the first run.
pub(crate) const FIRST: &str = "2026-01-13T08:00:00Z";

/// A fresh ERP and CRM.
pub(crate) fn seeded() -> (TempDir, Integration) {
    let root = tempfile::tempdir().unwrap();
    let integration = demo::prepare(root.path(), Size::TOUR).unwrap();
    (root, integration)
}

/// An ERP and a CRM after their first run.
pub(crate) fn synchronised() -> (TempDir, Integration) {
    static ONCE: OnceLock<(TempDir, Integration)> = OnceLock::new();
    let (done, _) = ONCE.get_or_init(|| {
        let (root, integration) = seeded();
        let told = at(&integration, FIRST, &[]);
        assert!(!told.failed && told.done > 200, "{}", told.lines.join("\n"));
        (root, integration)
    });
    let root = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(done.path()).unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&entry, root.path().join(entry.file_name().unwrap())).unwrap();
    }
    let integration = demo::prepare(root.path(), Size::TOUR).unwrap();
    (root, integration)
}

/// A run at an instant, with what users ask for.
pub(crate) fn at(integration: &Integration, now: &str, requests: &[Request]) -> Told {
    let mut told = Told::new(Language::En);
    let options = RunOptions::at(now.parse().unwrap());
    let order = Order { requests: requests.to_vec(), ..Order::plain(options) };
    run(integration, &order, &mut told).unwrap();
    told
}

/// How many operations each round of a run had, as it was told.
pub(crate) fn planned(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).filter(|line| line.contains(" operation")).collect()
}

pub(crate) fn crm(integration: &Integration) -> Crm {
    ledger::crm::Crm::open(&integration.crm).unwrap().list().unwrap()
}

pub(crate) fn erp(integration: &Integration) -> Erp {
    ledger::erp::Erp::open(&integration.erp).unwrap().list().unwrap()
}

/// What a person does to a row; it finds one.
pub(crate) fn edit(file: &Path, sql: &str, params: impl Params) {
    let other = Connection::open(file).unwrap();
    assert!(other.execute(sql, params).unwrap() > 0, "{sql}");
}

/// The company of an ERP account's code.
pub(crate) fn company_of(integration: &Integration, code: &str) -> String {
    let crm = crm(integration);
    let account = crm.accounts.iter().find(|one| one.code.or_empty() == code).unwrap();
    account.company.clone().unwrap()
}

/// The program itself.
pub(crate) fn program(place: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ledger")).current_dir(place).args(args).output().unwrap()
}

/// The files of an integration below a directory, as arguments.
pub(crate) const FILES: [&str; 4] = ["--erp", "erp.sqlite", "--crm", "crm.sqlite"];

/// What it prints where all is well.
pub(crate) fn said(place: &Path, args: &[&str]) -> String {
    let output = program(place, args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}: {error}");
    assert_eq!(error, "");
    String::from_utf8(output.stdout).unwrap()
}

/// What it says on standard error where it ends with 2.
pub(crate) fn refused(place: &Path, args: &[&str]) -> String {
    let output = program(place, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// How many contacts the prospects of the CRM have.
pub(crate) const fn seeded_contacts() -> usize {
    ledger::seed::PROSPECTS
}
