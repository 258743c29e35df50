//! Damaged files are listed or reported; nothing panics, and nothing stops the run.

use counterpart::host::Response;
use counterpart::profiles::outlook_x3::Record;
use serde_json::json;

use crate::support::{files, mailbox, only, update};

/// Lists damaged versions of every file, many at a time, and writes to those that can be listed.
fn survive(damaged: &mut dyn Iterator<Item = Vec<u8>>, extension: &str) {
    let (root, _) = mailbox(&format!("items/0.{extension}"), b"");
    let mut count = 0;
    for bytes in damaged {
        crate::support::put(root.path(), &format!("items/{count}.{extension}"), &bytes);
        count += 1;
    }
    let mut vdir = crate::support::open(root.path());
    let listed = vdir.list().unwrap();
    let store = listed.store;
    let items = store.contacts.len() + store.tasks.len() + store.appointments.len();
    assert_eq!(items + listed.problems.len(), count.max(1));
    let contacts = store.contacts.into_iter().map(Record::Contact);
    let tasks = store.tasks.into_iter().map(Record::Task);
    let events = store.appointments.into_iter().map(Record::Appointment);
    let patch = json!({"company": "#X1#"});
    for record in contacts.chain(tasks).chain(events).step_by(11) {
        let response = update(&mut vdir, &record, &patch);
        assert!(
            matches!(response, Response::Done { .. } | Response::Refused { .. }),
            "{response:?}"
        );
    }
}

fn extension(id: &str) -> &str {
    id.rsplit('.').next().unwrap()
}

#[test]
fn files_cut_anywhere() {
    for (id, bytes) in files() {
        let step = if bytes.len() > 1500 { 29 } else { 7 };
        survive(
            &mut (0..bytes.len())
                .step_by(step)
                .map(|end| bytes[..end].to_vec()),
            extension(&id),
        );
    }
}

#[test]
fn files_with_bytes_flipped() {
    for (id, bytes) in files() {
        let step = if bytes.len() > 1500 { 31 } else { 5 };
        let flips = (0..bytes.len()).step_by(step).map(|place| {
            let mut bytes = bytes.clone();
            bytes[place] ^= [0x01, 0x20, 0x80, 0xff][place % 4];
            bytes
        });
        survive(&mut { flips }, extension(&id));
    }
}

#[test]
fn files_with_bytes_put_in() {
    const BAD: &[&[u8]] = &[
        b"\\",
        b"\"",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b";",
        b":",
        b"=",
        b"\r\nBEGIN:VEVENT\r\n",
        b"\r\nEND:VCARD\r\n",
        b"^",
        b"\\\n",
    ];
    for (id, bytes) in files() {
        let step = if bytes.len() > 1500 { 53 } else { 13 };
        let puts = (0..bytes.len()).step_by(step).map(|place| {
            let mut changed = bytes[..place].to_vec();
            changed.extend_from_slice(BAD[place % BAD.len()]);
            changed.extend_from_slice(&bytes[place..]);
            changed
        });
        survive(&mut { puts }, extension(&id));
    }
}

#[test]
fn deep_nesting() {
    let deep = "BEGIN:VEVENT\n".repeat(200_000);
    let (_root, mut vdir) = mailbox("calendar/deep.ics", deep.as_bytes());
    assert!(only(&vdir.list().unwrap()).is_none());
}
