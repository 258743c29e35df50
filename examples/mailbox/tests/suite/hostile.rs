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
    let contacts = store.contacts.into_iter().map(Record::from);
    let tasks = store.tasks.into_iter().map(Record::from);
    let events = store.appointments.into_iter().map(Record::from);
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
            &mut (0..bytes.len()).step_by(step).map(|end| bytes[..end].to_vec()),
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

#[test]
fn a_whole_calendar_in_one_file() {
    let event = |number: usize| {
        format!("BEGIN:VEVENT\nUID:{number}\nDTSTART:20260101T000000Z\nEND:VEVENT\n")
    };
    let events: String = (0..100_000).map(event).collect();
    let nested = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n".repeat(100_000)
        + &"END:VEVENT\nEND:VCALENDAR\n".repeat(100_000);
    let stamps = "STATUS:COMPLETED\n".repeat(100_000);
    let todo = format!("BEGIN:VTODO\nUID:1\n{stamps}END:VTODO\n");
    let started = std::time::Instant::now();
    for text in [format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"), nested] {
        let (_root, mut vdir) = mailbox("calendar/all.ics", text.as_bytes());
        assert!(only(&vdir.list().unwrap()).is_none());
    }
    let (_root, mut vdir) = mailbox("tasks/all.ics", todo.as_bytes());
    let record = only(&vdir.list().unwrap()).unwrap();
    let response = update(&mut vdir, &record, &json!({"status": "waiting"}));
    assert!(matches!(response, Response::Done { .. }), "{response:?}");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
