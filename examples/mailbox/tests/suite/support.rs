//! What the tests share.

use std::fs;
use std::path::{Path, PathBuf};

use counterpart::host::{Adapter as _, Request, Response};
use counterpart::profiles::outlook_x3::{OutlookX3, Record};
use mailbox::vdir::{Listed, Options, Vdir};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The run's "now" in every request.
pub(crate) const NOW: &str = "2026-06-15T12:00:00Z";

/// The directories of files the tests work on.
pub(crate) fn bundled() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![here.join("sample"), here.join("tests/fixtures")];
    // More files than may be bundled, where there are any.
    found.extend(std::env::var_os("MAILBOX_CORPUS").map(PathBuf::from));
    found
}

/// Every file of the directories, by its path in its mailbox.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for root in bundled() {
        for collection in fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()) {
            if !collection.is_dir() {
                continue;
            }
            for file in fs::read_dir(&collection).unwrap().map(|entry| entry.unwrap().path()) {
                let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                if [Some("vcf"), Some("ics")].contains(&name.rsplit('.').next()) {
                    files.push((name, fs::read(&file).unwrap()));
                }
            }
        }
    }
    files.sort();
    assert!(files.len() > 20);
    files
}

/// A mailbox with one file.
pub(crate) fn mailbox(id: &str, bytes: &[u8]) -> (TempDir, Vdir) {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), id, bytes);
    let vdir = open(root.path());
    (root, vdir)
}

pub(crate) fn put(root: &Path, id: &str, bytes: &[u8]) {
    let path = root.join(id);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    let old = fs::File::options().write(true).open(&path).unwrap();
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_768_000_000);
    old.set_modified(time).unwrap();
}

pub(crate) fn open(root: &Path) -> Vdir {
    let options =
        Options { owner_email: Some("claire.morel@example.com".into()), ..Options::default() };
    Vdir::open(root, "mailbox-1", options).unwrap()
}

/// The only record of a listing.
pub(crate) fn only(listed: &Listed) -> Option<Record> {
    let store = &listed.store;
    let contacts = store.contacts.iter().cloned().map(Record::from);
    let tasks = store.tasks.iter().cloned().map(Record::from);
    let events = store.appointments.iter().cloned().map(Record::from);
    let mut all: Vec<Record> = contacts.chain(tasks).chain(events).collect();
    assert!(all.len() <= 1);
    all.pop()
}

pub(crate) fn kind(record: &Record) -> &'static str {
    match record {
        Record::Contact(_) | Record::Correspondent(_) => "contact",
        Record::Task(_) | Record::CrmTask(_) => "task",
        Record::Call(_) => "call",
        Record::Appointment(_) | Record::CrmAppointment(_) | _ => "appointment",
    }
}

/// A request, by its serialised form.
pub(crate) fn request(
    kind: &str,
    id: Option<&str>,
    action: &Value,
    more: &Value,
) -> Request<OutlookX3> {
    let mut all = json!({
        "op": 1, "side": "a", "kind": kind, "id": id, "action": action, "expect": null,
        "source_modified": null, "idempotency_key": null, "now": NOW,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

/// Updates an item of a mailbox.
pub(crate) fn update(vdir: &mut Vdir, record: &Record, patch: &Value) -> Response<OutlookX3> {
    let whole = serde_json::to_value(record).unwrap();
    let id = whole[kind(record)]["id"].as_str();
    let kind = kind(record);
    vdir.write(&request(kind, id, &json!({ "update": { kind: patch } }), &Value::Null))
}
