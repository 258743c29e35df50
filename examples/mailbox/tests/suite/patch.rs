//! Patching changes the lines it must, and no other byte.

use std::collections::BTreeMap;
use std::fs;

use counterpart::host::Response;
use counterpart::profiles::outlook_x3::{Record, Role};
use serde_json::{Value, json};

use crate::support::{files, mailbox, only, update};

const AWKWARD: &str = "Ünïcode; semi, comma\\ back: \"quote\" =3D 50% ☎";

/// Patches by kind, and the properties they may touch.
fn patches(kind: &str) -> Vec<(Value, &'static [&'static str])> {
    let long = "Wörter ".repeat(60) + "\nand a second line\n\tand a third";
    match kind {
        "contact" => vec![
            (json!({"last_name": AWKWARD}), &["N", "FN"]),
            (json!({"first_name": "", "title": "Mr"}), &["N", "FN"]),
            (json!({"company": "#X1#", "department": AWKWARD}), &["ORG"]),
            (json!({"company": "", "department": ""}), &["ORG"]),
            (json!({"job_title": "Chief, of; all"}), &["TITLE"]),
            (json!({"job_title": ""}), &["TITLE"]),
            (json!({"notes": long}), &["NOTE"]),
            (json!({"notes": ""}), &["NOTE"]),
            (json!({"birthday": "1980-02-29"}), &["BDAY"]),
            (json!({"birthday": null}), &["BDAY"]),
            (json!({"business": {"street": "1 Main\nFloor 2; left", "city": "Zürich"}}), &["ADR"]),
            (json!({"home": {"country": "Österreich", "postal_code": "1010"}}), &["ADR"]),
            (json!({"business": {"phone": "+1 555 1"}, "home": {"phone": "+1 555 2"}}), &["TEL"]),
            (json!({"business": {"fax": "+1 555 3"}, "home": {"fax": "+1 555 4"}}), &["TEL"]),
            (json!({"business": {"mobile": "+1 555 5"}, "home": {"mobile": "+1 555 6"}}), &["TEL"]),
            (json!({"business": {"phone": "", "fax": "", "mobile": ""}}), &["TEL"]),
            (
                json!({"business": {"email": "a@example.org"}, "home": {"email": "b@example.org"}}),
                &["EMAIL"],
            ),
            (json!({"business": {"email": ""}}), &["EMAIL"]),
            (json!({"home": {"email": ""}}), &["EMAIL"]),
        ],
        "task" => vec![
            (json!({"subject": AWKWARD}), &["SUMMARY"]),
            (json!({"body": long}), &["DESCRIPTION"]),
            (json!({"body": ""}), &["DESCRIPTION"]),
            (json!({"company": "#X1#"}), &["X-COUNTERPART-COMPANY"]),
            (
                json!({"contacts": [{"name": AWKWARD, "item": "contacts/a\"b.vcf", "chrono": "COR1"}, {"name": "B"}]}),
                &["X-COUNTERPART-CONTACT", "CONTACT"],
            ),
            (json!({"contacts": []}), &["X-COUNTERPART-CONTACT", "CONTACT"]),
            (json!({"status": "completed"}), STATUS),
            (json!({"status": "not_started"}), STATUS),
            (json!({"status": "waiting"}), STATUS),
            (json!({"start": "2026-07-01", "due": "2026-07-20"}), &["DTSTART", "DUE", "DURATION"]),
            (json!({"start": "2026-02-01"}), &["DTSTART", "DUE", "DURATION"]),
            (json!({"due": null}), &["DUE", "DURATION"]),
            (json!({"actual_work": 75}), &["X-COUNTERPART-ACTUAL-WORK"]),
            (json!({"owner": "Somebody"}), &["X-COUNTERPART-OWNER"]),
        ],
        _ => vec![
            (json!({"subject": AWKWARD}), &["SUMMARY"]),
            (json!({"body": long}), &["DESCRIPTION"]),
            (json!({"company": "#X1#"}), &["X-COUNTERPART-COMPANY"]),
            (
                json!({"contacts": [{"name": "A", "item": "contacts/a.vcf"}]}),
                &["X-COUNTERPART-CONTACT", "CONTACT"],
            ),
            (
                json!({"start": "2026-07-01T09:30:00", "end": "2026-07-01T11:00:00", "all_day": false}),
                SPAN,
            ),
            (
                json!({"start": "2026-07-01T00:00:00", "end": "2026-07-03T00:00:00", "all_day": true}),
                SPAN,
            ),
            (json!({"done": true}), &["X-COUNTERPART-DONE"]),
            (
                json!({"recipients": [
                    {"name": "", "email": "new@example.org"},
                    {"name": "Jonas Weber", "email": "Jonas.Weber@example.com"},
                ]}),
                &["ATTENDEE"],
            ),
        ],
    }
}

const STATUS: &[&str] = &["STATUS", "X-OUTLOOK-STATUS", "COMPLETED", "PERCENT-COMPLETE"];
const SPAN: &[&str] = &["DTSTART", "DTEND", "DURATION", "X-MICROSOFT-CDO-ALLDAYEVENT"];

#[test]
fn an_empty_patch_leaves_the_bytes() {
    for (id, bytes) in files() {
        let (root, mut vdir) = mailbox(&id, &bytes);
        let Some(record) = only(&vdir.list().unwrap()) else {
            continue;
        };
        let Response::Done { stored, .. } = update(&mut vdir, &record, &json!({})) else {
            panic!("{id}")
        };
        assert_eq!(stored.as_ref(), Some(&record), "{id}");
        assert_eq!(fs::read(root.path().join(&id)).unwrap(), bytes, "{id}");
    }
}

#[test]
fn writing_what_is_there_leaves_the_bytes() {
    for (id, bytes) in files() {
        let (root, mut vdir) = mailbox(&id, &bytes);
        let Some(record) = only(&vdir.list().unwrap()) else {
            continue;
        };
        let kind = crate::support::kind(&record);
        let whole = serde_json::to_value(&record).unwrap();
        for (patch, _) in patches(kind) {
            let same: serde_json::Map<String, Value> = patch
                .as_object()
                .unwrap()
                .keys()
                .map(|key| (key.clone(), whole[kind][key].clone()))
                .collect();
            let response = update(&mut vdir, &record, &Value::Object(same));
            assert!(matches!(response, Response::Done { .. }), "{id}");
            assert_eq!(fs::read(root.path().join(&id)).unwrap(), bytes, "{id}");
        }
    }
}

#[test]
fn a_patch_changes_its_lines_only_and_shows_in_the_next_listing() {
    let (mut done, mut refused) = (0, 0);
    for (id, bytes) in files() {
        let (root, mut vdir) = mailbox(&id, &bytes);
        let Some(record) = only(&vdir.list().unwrap()) else {
            continue;
        };
        let kind = crate::support::kind(&record);
        for (patch, properties) in patches(kind) {
            // Recipients are written to the owner's own meetings only (D27).
            let own = |record: &Record| matches!(record, Record::Appointment(one) if one.role == Role::Organizer);
            if patch.get("recipients").is_some() && !own(&record) {
                continue;
            }
            crate::support::put(root.path(), &id, &bytes);
            vdir.list().unwrap();
            let (stored, modified) = match update(&mut vdir, &record, &patch) {
                Response::Done { stored, modified, .. } => (stored.unwrap(), modified),
                // What a character set cannot hold.
                Response::Refused { message, .. } => {
                    assert!(message.contains("character set"), "{id} {patch}: {message}");
                    assert_eq!(fs::read(root.path().join(&id)).unwrap(), bytes, "{id} {patch}");
                    refused += 1;
                    continue;
                }
                other @ (Response::Stale | Response::Lost | _) => panic!("{id} {patch}: {other:?}"),
            };
            done += 1;
            let after = fs::read(root.path().join(&id)).unwrap();
            let listed = only(&vdir.list().unwrap()).unwrap();
            assert_eq!(listed, stored, "{id} {patch}");
            let shown = serde_json::to_value(&listed).unwrap();
            assert_eq!(
                Some(&shown[kind]["modified"]),
                modified.map(|one| json!(one)).as_ref(),
                "{id}"
            );
            assert_shows(&id, &shown[kind], &patch);
            assert_others_stay(&id, &bytes, &after, properties, &patch);
        }
    }
    assert!(done > 150, "{done} done, {refused} refused");
}

fn assert_shows(id: &str, shown: &Value, patch: &Value) {
    for (key, value) in patch.as_object().unwrap() {
        match value {
            Value::Object(_) => assert_shows(id, &shown[key], value),
            Value::Array(wanted) => {
                assert_eq!(shown[key].as_array().unwrap().len(), wanted.len(), "{id} {key}");
                for (shown, wanted) in shown[key].as_array().unwrap().iter().zip(wanted) {
                    for name in ["item", "chrono", "email"] {
                        let text =
                            |one: &Value| one[name].as_str().unwrap_or_default().to_lowercase();
                        assert_eq!(text(shown), text(wanted), "{id} {key}");
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                assert_eq!(&shown[key], value, "{id} {key}");
            }
        }
    }
}

/// Every line of other properties is there before and after, byte for byte and as often.
fn assert_others_stay(id: &str, before: &[u8], after: &[u8], properties: &[&str], patch: &Value) {
    let others = |bytes: &[u8]| {
        let mut counts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for line in logical(bytes) {
            let head = line.iter().position(|byte| b":;".contains(byte)).unwrap_or(0);
            let name = String::from_utf8_lossy(&line[..head]).to_ascii_uppercase();
            let name = name.trim_start_matches('\u{feff}');
            let name = name.rsplit('.').next().unwrap_or_default();
            if !properties.contains(&name) && !["REV", "LAST-MODIFIED"].contains(&name) {
                *counts.entry(line).or_default() += 1;
            }
        }
        counts
    };
    assert_eq!(others(before), others(after), "{id} {patch}");
}

/// Splits a file into its lines with their folds and ends.
fn logical(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        let soft = lines.last().is_some_and(|last| {
            let text = String::from_utf8_lossy(last).to_ascii_uppercase();
            text.split(':').next().unwrap_or_default().contains("QUOTED-PRINTABLE")
                && text.trim_end().ends_with('=')
        });
        match lines.last_mut() {
            Some(last) if folded || soft => last.extend_from_slice(line),
            _ => lines.push(line.to_vec()),
        }
    }
    lines
}

#[test]
fn a_large_note_is_written_and_read_in_time() {
    let note = "Zeile mit Ümlauten, Kommas; und mehr\n".repeat(280_000);
    assert!(note.len() > 10_000_000);
    for id in ["contacts/apple-lefebvre.vcf", "contacts/outlook-mueller.vcf"] {
        let (_, bytes) = files().into_iter().find(|(name, _)| name == id).unwrap();
        let (_root, mut vdir) = mailbox(id, &bytes);
        let record = only(&vdir.list().unwrap()).unwrap();
        let started = std::time::Instant::now();
        let response = update(&mut vdir, &record, &json!({"notes": note}));
        let Response::Done { stored: Some(Record::Contact(stored)), .. } = response else {
            panic!("{id}")
        };
        assert_eq!(stored.notes.or_empty(), note);
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }
}
