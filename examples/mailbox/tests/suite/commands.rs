//! The program itself: what its options do to files and database, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

use mailbox::crm::Crm;
use serde_json::Value;

fn mailbox(place: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailbox")).current_dir(place).args(args).output().unwrap()
}

/// What it prints where all is well.
fn said(place: &Path, args: &[&str]) -> String {
    let output = mailbox(place, args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}: {error}");
    assert_eq!(error, "");
    String::from_utf8(output.stdout).unwrap()
}

/// What it says on standard error where it ends with 2.
fn refused(place: &Path, args: &[&str]) -> String {
    let output = mailbox(place, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

fn planned(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains(" operation")).collect()
}

fn files(place: &Path, mailbox: &str, collection: &str) -> usize {
    std::fs::read_dir(place.join("counterpart-demo").join(mailbox).join(collection))
        .unwrap()
        .count()
}

#[test]
fn both_mailboxes_are_at_rest_after_one_command() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &[]);
    assert_eq!(planned(&said(place, &[])), ["0 operations", "0 operations"]);
    assert_eq!(planned(&said(place, &["--user", "JWEBER"])), ["0 operations"]);
    let json: Value = serde_json::from_str(&said(place, &["--json"])).unwrap();
    assert_eq!(json[1]["user"], "JWEBER");
    assert_eq!(json[1]["outcome"], "success");
}

#[test]
fn a_dry_run_writes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &["--dry-run"]);
    assert_eq!(files(place, "mailbox-weber", "contacts"), 1);
    let crm = Crm::open(place.join("counterpart-demo/crm.sqlite")).unwrap().list().unwrap();
    assert_eq!(crm.correspondents.len(), 6);
}

/// A9.3: what is forced is taken again, by kind and key.
#[test]
fn forcing_names_kinds_and_keys() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &[]);
    let calendar = place.join("counterpart-demo/mailbox-weber/calendar");
    let copies = std::fs::read_dir(&calendar).unwrap().map(|entry| entry.unwrap().path());
    let copy = copies.into_iter().find(|file| {
        std::fs::read_to_string(file).unwrap().contains("X-COUNTERPART-CHRONO:BAP00000004")
    });
    std::fs::remove_file(copy.unwrap()).unwrap();
    let jonas = |force: &str| said(place, &["--user", "JWEBER", "--force", force]);
    assert_eq!(planned(&jonas("appointments=BAP00000001..BAP00000003")), ["0 operations"]);
    assert_eq!(planned(&jonas("tasks")), ["0 operations"]);
    assert_eq!(planned(&jonas("appointments=BAP00000004")), ["1 operation"]);
    assert_eq!(files(place, "mailbox-weber", "calendar"), 3);
}

/// A12.5: listed with a number, settled under it, and gone from the list.
#[test]
fn anomalies_are_listed_explained_and_settled() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &[]);
    let claire = ["--user", "CMOREL"];
    let list = said(place, &[&claire[..], &["--anomalies", "--lang", "fr"]].concat());
    let line = list.lines().find(|line| line.contains("civilité inconnue")).unwrap();
    let number = line.split_whitespace().next().unwrap();
    let why = said(place, &[&claire[..], &["--explain", "contacts/outlook-mueller.vcf"]].concat());
    assert!(why.contains("open anomaly: name: this form of address is not known"), "{why}");
    let settle = |value: &str| {
        let given = format!("{number}={value}");
        mailbox(place, &[&claire[..], &["--settle", &given]].concat())
    };
    assert_eq!(settle("Sir").status.code(), Some(2));
    let settled = settle("Mr");
    assert!(settled.status.success(), "{}", String::from_utf8_lossy(&settled.stderr));
    let crm = Crm::open(place.join("counterpart-demo/crm.sqlite")).unwrap().list().unwrap();
    let one = crm.correspondents.iter().find(|one| one.last_name.or_empty() == "Müller").unwrap();
    assert_eq!(one.title.or_empty(), "Mr");
    let list = || said(place, &[&claire[..], &["--anomalies"]].concat());
    assert!(!list().contains("form of address"), "it is closed at once");
    said(place, &claire);
    let file = place.join("counterpart-demo/mailbox/contacts/outlook-mueller.vcf");
    let file = std::fs::read_to_string(file).unwrap();
    assert!(!file.contains("Herr") && file.contains(";;Mr"), "{file}");
    assert!(!list().contains("form of address"));
}

/// D6: held deletions wait for an approval of the plan that holds them.
#[test]
fn held_deletions_are_approved_for_one_plan() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &[]);
    let tasks = place.join("counterpart-demo/mailbox/tasks");
    for entry in std::fs::read_dir(&tasks).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let count = || {
        let crm = Crm::open(place.join("counterpart-demo/crm.sqlite")).unwrap().list().unwrap();
        crm.tasks.iter().filter(|one| one.representative == "REP01").count()
    };
    let before = count();
    let held = said(place, &["--user", "CMOREL"]);
    assert!(held.contains("held until confirmed"), "{held}");
    assert_eq!(count(), before);
    let both = said(place, &[]);
    assert_eq!(planned(&both).len(), 2, "what is held is told once: {both}");
    let hash = held.lines().find_map(|line| line.strip_prefix("plan ")).unwrap();
    let line = held.lines().find(|line| line.contains("deletion: task")).unwrap();
    let op = line.split_whitespace().next().unwrap();
    let stale = format!("{}:{op}", "0".repeat(32));
    let error = refused(place, &["--user", "CMOREL", "--approve", &stale]);
    assert_eq!(error, "mailbox: the plan has changed since it was approved\n");
    said(place, &["--user", "CMOREL", "--approve", &format!("{hash}:{op}")]);
    assert_eq!(count(), before - 1);
    said(place, &["--user", "CMOREL", "--confirm"]);
    assert_eq!(count(), 0);
}

#[test]
fn errors_are_one_line() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path();
    said(place, &["--dry-run"]);
    for args in [
        &["--user", "NOBODY"][..],
        &["--settle", "1=x"],
        &["--approve", "0:1"],
        &["--explain", "COR99999999"],
        &["--user", "CMOREL", "--settle", "7=x"],
        &["--user", "CMOREL", "--explain", "COR99999999"],
        &["nowhere", "--crm", "none", "--user", "U", "--representative", "R"],
    ] {
        let error = refused(place, args);
        assert!(error.starts_with("mailbox: ") && error.lines().count() == 1, "{error}");
    }
}
