//! Listing, making, deleting and stamping items.

use std::fs;

use counterpart::host::{Adapter as _, Response};
use counterpart::profiles::outlook_x3::{Appointment, Contact, Record, Role, Status, Task};
use mailbox::vdir::{Options, Problem, Vdir};
use serde_json::{Value, json};

use crate::support::{self, files, mailbox, only, open, put, request};

fn record(id: &str) -> Record {
    let (_, bytes) = files().into_iter().find(|(name, _)| name == id).unwrap();
    let (_root, mut vdir) = mailbox(id, &bytes);
    let listed = vdir.list().unwrap();
    assert_eq!(listed.problems, []);
    only(&listed).unwrap()
}

fn contact(id: &str) -> Contact {
    let Record::Contact(one) = record(id) else { panic!("{id}") };
    *one
}

fn task(id: &str) -> Task {
    let Record::Task(one) = record(id) else { panic!("{id}") };
    *one
}

fn event(id: &str) -> Appointment {
    let Record::Appointment(one) = record(id) else { panic!("{id}") };
    *one
}

fn done(
    response: Response<counterpart::profiles::outlook_x3::OutlookX3>,
) -> (String, Option<Record>) {
    match response {
        Response::Done { id, stored, .. } => (id, stored),
        other @ (Response::Refused { .. } | Response::Stale | Response::Lost | _) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn contacts_of_every_version() {
    let one = contact("contacts/apple-lefebvre.vcf");
    assert_eq!((one.folder.as_str(), one.title.or_empty()), ("contacts", "Mrs"));
    assert_eq!((one.company.or_empty(), one.department.or_empty()), ("#ATELIER#", "Purchasing"));
    assert_eq!(one.notes.or_empty(), "Likes samples on paper.\nNever on Fridays, please.");
    assert_eq!(one.business.phone.or_empty(), "+33 1 70 18 01 20");
    assert_eq!(one.business.city.or_empty(), "Paris");
    assert_eq!(one.birthday, "1979-04-17".parse().ok());
    assert_eq!(one.modified.to_rfc3339(), "2026-01-12T07:15:00+00:00");

    let one = contact("contacts/outlook-mueller.vcf");
    assert_eq!((one.last_name.or_empty(), one.first_name.or_empty()), ("Müller", "Jürgen"));
    assert_eq!(one.notes.or_empty(), "Zahlt pünktlich.\nFragt immer nach Skonto, immer.\n");
    assert_eq!(one.business.street.or_empty(), "Industriestraße 4");
    assert_eq!(one.business.mobile.or_empty(), "+49 170 5550 180");
    assert_eq!(one.business.email.or_empty(), "juergen.mueller@example.org");

    let one = contact("contacts/v4-tanaka.vcf");
    assert_eq!(one.business.phone.or_empty(), "+81-3-5555-0170");
    assert_eq!(one.birthday, None);

    let one = contact("contacts/latin1.vcf");
    assert_eq!((one.last_name.or_empty(), one.company.or_empty()), ("Nuñez", "Señal, S.A."));
    let one = contact("contacts/folded-utf8.vcf");
    assert_eq!(one.notes.or_empty(), "zażółć gęślą jaźń ".repeat(12));
    assert!(one.private);
    let one = contact("contacts/implicit.vcf");
    assert_eq!(
        (one.business.email.or_empty(), one.home.email.or_empty()),
        ("first@example.org", "second@example.org")
    );
    assert_eq!(
        (one.business.mobile.or_empty(), one.home.mobile.or_empty()),
        ("+1 555 0102", "+1 555 0103")
    );
    let one = contact("contacts/bare-21.vcf");
    assert_eq!((one.last_name.or_empty(), one.business.phone.or_empty()), ("O'Neill; Sons", ""));
    let one = contact("contacts/bom-no-name.vcf");
    assert_eq!((one.last_name.or_empty(), one.department.or_empty()), ("Info Desk", "Front"));
}

#[test]
fn tasks() {
    let one = task("tasks/offer.ics");
    assert_eq!((one.status, one.private), (Status::InProgress, false));
    assert_eq!(
        one.body.or_empty(),
        "Three lots:\n1. paper\n2. binding\n3. delivery, by rail if possible"
    );
    assert_eq!(one.contacts[0].item.as_deref(), Some("contacts/google-nwosu.vcf"));
    assert_eq!((one.start, one.due), ("2026-01-15".parse().ok(), "2026-01-30".parse().ok()));
    let one = task("tasks/done-invoice.ics");
    assert_eq!((one.status, one.actual_work), (Status::Completed, 15));
    assert_eq!(task("tasks/waiting-samples.ics").status, Status::Waiting);
    assert_eq!(task("tasks/phone-back.ics").contacts[0].name.or_empty(), "Haruka Tanaka");
    // Eight in the evening in New York is the next day in UTC.
    let one = task("tasks/clock-times.ics");
    assert_eq!((one.start, one.due), ("2026-03-02".parse().ok(), "2026-03-06".parse().ok()));
    assert_eq!(one.owner.or_empty(), "Someone, Else");
    let one = task("tasks/duration.ics");
    assert_eq!((one.due, one.status), ("2026-03-04".parse().ok(), Status::InProgress));
}

#[test]
fn events() {
    let time = |text: &str| text.parse().ok();
    let one = event("calendar/fair-day.ics");
    assert!(one.all_day && one.role == Role::Appointment && one.meeting_id.is_none());
    assert_eq!((one.start, one.end), (time("2026-03-05T00:00:00"), time("2026-03-07T00:00:00")));
    let one = event("calendar/outlook-visit.ics");
    assert_eq!((one.start, one.end), (time("2026-01-29T09:00:00"), time("2026-01-29T10:30:00")));
    let one = event("calendar/private-dentist.ics");
    assert!(one.private);
    assert_eq!(one.end, time("2026-01-20T09:00:00"));
    assert!(event("calendar/weekly-standup.ics").recurring);
    assert!(event("calendar/overridden.ics").recurring);
    assert_eq!(event("calendar/overridden.ics").subject.or_empty(), "Series");
    let one = event("calendar/meeting-catalogue.ics");
    assert_eq!(
        (one.role, one.meeting_id.as_deref()),
        (Role::Organizer, Some("6q2r5catalogue@example.com"))
    );
    assert_eq!(one.recipients[1].email.or_empty(), "jonas.weber@example.com");
    assert_eq!(one.recipients[1].name.or_empty(), "Jonas Weber");
    assert_eq!(event("calendar/request.ics").role, Role::Request);
    // Summer time by the rules of the file.
    assert_eq!(event("calendar/custom-zone.ics").start, time("2026-07-10T07:00:00"));
    assert_eq!(event("calendar/floating.ics").end, time("2026-04-01T12:00:00"));
}

#[test]
fn times_in_the_zone_of_the_folder() {
    let (id, bytes) =
        files().into_iter().find(|(name, _)| name.ends_with("outlook-visit.ics")).unwrap();
    let (root, _) = mailbox(&id, &bytes);
    let options = Options { time_zone: chrono_tz::Tz::Europe__Paris, ..Options::default() };
    let mut vdir = Vdir::open(root.path(), "one", options).unwrap();
    let record = only(&vdir.list().unwrap()).unwrap();
    let Record::Appointment(one) = &record else { panic!() };
    assert_eq!(one.start, "2026-01-29T10:00:00".parse().ok());
    done(support::update(
        &mut vdir,
        &record,
        &json!({"start": "2026-07-01T10:00:00", "end": "2026-07-01T11:00:00"}),
    ));
    let text = fs::read_to_string(root.path().join(&id)).unwrap();
    assert!(text.contains("DTSTART;TZID=Romance Standard Time:20260701T100000\r\n"), "{text}");
}

#[test]
fn what_cannot_be_listed_is_a_problem() {
    let (root, _) = mailbox("notes/readme.txt", b"no item");
    let card = "BEGIN:VCARD\nVERSION:3.0\nN:A;B;;;\nEND:VCARD\n";
    let event =
        |uid: &str| format!("BEGIN:VEVENT\nUID:{uid}\nDTSTART:20260101T000000Z\nEND:VEVENT\n");
    let calendar = |inside: &str| format!("BEGIN:VCALENDAR\n{inside}END:VCALENDAR\n");
    let cases: &[(&str, String, &str)] = &[
        ("contacts/cut.vcf", card.replace("END:VCARD\n", ""), "ends before its item does"),
        (
            "contacts/date.vcf",
            card.replace("\nN:", "\nBDAY:20260231\nN:"),
            "has an impossible date in BDAY",
        ),
        ("contacts/empty.vcf", String::new(), "holds no contact, task or event"),
        (
            "contacts/list.vcf",
            card.replace("\nN:", "\nKIND:group\nN:"),
            "holds a list of contacts, not a contact",
        ),
        (
            "contacts/mixed.vcf",
            card.to_owned() + &event("1"),
            "holds 2 items; a vdir file holds one",
        ),
        ("contacts/two.vcf", card.repeat(2), "holds 2 cards; a vdir file holds one"),
        (
            "calendar/busy.ics",
            calendar("BEGIN:VFREEBUSY\nEND:VFREEBUSY\n"),
            "holds no contact, task or event",
        ),
        (
            "calendar/date.ics",
            calendar(&event("1").replace("0101", "1301")),
            "has an impossible date in DTSTART",
        ),
        (
            "calendar/start.ics",
            calendar("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n"),
            "holds an event without DTSTART",
        ),
        (
            "calendar/two.ics",
            calendar(&(event("1") + &event("2"))),
            "holds 2 events; a vdir file holds one",
        ),
        (
            "calendar/zone.ics",
            calendar(
                &event("1")
                    .replace("DTSTART:20260101T000000Z", "DTSTART;TZID=Nowhere:20260101T000000"),
            ),
            "names an unknown time zone in DTSTART",
        ),
    ];
    for (id, text, _) in cases {
        put(root.path(), id, text.as_bytes());
    }
    put(root.path(), "contacts/wide.vcf", b"\xff\xfeB\0E\0");
    put(root.path(), "contacts/good.vcf", card.as_bytes());
    put(root.path(), "contacts/.hidden.vcf", card.as_bytes());
    let huge = fs::File::create(root.path().join("contacts/huge.vcf")).unwrap();
    huge.set_len((32 << 20) + 1).unwrap();
    let listed = open(root.path()).list().unwrap();
    assert_eq!(listed.store.contacts.len(), 1);
    let problem = |file: &str, reason: &str| Problem { file: file.into(), reason: reason.into() };
    let mut expected: Vec<Problem> =
        cases.iter().map(|(id, _, reason)| problem(id, reason)).collect();
    expected.push(problem("contacts/wide.vcf", "is UTF-16; a vdir file is UTF-8"));
    expected.push(problem("contacts/huge.vcf", "is larger than 32 MB"));
    expected.sort_by(|one, other| one.file.cmp(&other.file));
    assert_eq!(listed.problems, expected);
}

fn created(kind: &str, item: &Value) -> (tempfile::TempDir, Vdir, String, Record) {
    let root = tempfile::tempdir().unwrap();
    let mut vdir = open(root.path());
    vdir.list().unwrap();
    let action = json!({ "create": { kind: item } });
    let ask = request(kind, None, &action, &json!({ "idempotency_key": "crm/X1" }));
    let (id, stored) = done(vdir.write(&ask));
    // Asked again, the same file answers, and nothing is written.
    let (again, same) = done(vdir.write(&ask));
    assert_eq!((&again, &same), (&id, &stored));
    let listed = only(&vdir.list().unwrap()).unwrap();
    assert_eq!(Some(&listed), stored.as_ref());
    (root, vdir, id, listed)
}

fn assert_holds(shown: &Value, wanted: &Value) {
    for (key, value) in wanted.as_object().unwrap() {
        if value.is_object() {
            assert_holds(&shown[key], value);
        } else if key != "id" && key != "modified" {
            assert_eq!(&shown[key], value, "{key}");
        }
    }
}

#[test]
fn new_items_are_made_once_and_read_back_whole() {
    let address = json!({"street": "Rue A\n2e étage", "postal_code": "75010", "city": "Paris; Nord", "state": "IdF",
        "country": "France", "phone": "+33 1", "fax": "+33 2", "mobile": "+33 3", "email": "a@example.org"});
    let items = [
        (
            "contact",
            json!({"id": "", "modified": support::NOW, "chrono": "COR00000007", "company": "#ATELIER#",
            "title": "Mrs", "last_name": "Dupont", "first_name": "Zoé", "job_title": "Buyer", "department": "A, B",
            "birthday": "1980-01-31", "notes": "One\nTwo; three", "business": address, "home": address}),
        ),
        (
            "task",
            json!({"id": "", "modified": support::NOW, "chrono": "TSK00000009", "company": "X   #ATELIER#",
            "contacts": [{"name": "DUPONT Zoé", "item": "contacts/x.vcf", "chrono": "COR00000007"}],
            "subject": "Call, then write", "body": "Long ".repeat(50), "status": "deferred", "start": "2026-02-01",
            "due": "2026-02-03", "actual_work": 90, "owner": "CM"}),
        ),
        (
            "appointment",
            json!({"id": "", "modified": support::NOW, "chrono": "BAP00000009", "company": "#ATELIER#",
            "contacts": [{"name": "A", "item": null, "chrono": null}], "role": "organizer", "meeting_id": "uid-1",
            "recipients": [{"name": "Jonas \"J\" Weber", "email": "jonas.weber@example.com"}], "subject": "Visit",
            "body": "", "start": "2026-02-01T09:00:00", "end": "2026-02-01T10:30:00", "all_day": false, "done": false}),
        ),
        (
            "appointment",
            json!({"id": "", "modified": support::NOW, "subject": "Fair", "all_day": true,
            "start": "2026-02-10T00:00:00", "end": "2026-02-12T00:00:00"}),
        ),
    ];
    for (kind, item) in items {
        let (_root, _vdir, id, record) = created(kind, &item);
        assert!(id.ends_with(if kind == "contact" { ".vcf" } else { ".ics" }));
        assert_holds(&serde_json::to_value(&record).unwrap()[kind], &item);
    }
}

#[test]
fn keys_are_stamped_and_cleared_and_items_deleted() {
    let bytes = &files().into_iter().find(|(id, _)| id == "contacts/google-nwosu.vcf").unwrap().1;
    let (root, mut vdir) = mailbox("contacts/a.vcf", bytes);
    vdir.list().unwrap();
    let ask = |action: Value| request("contact", Some("contacts/a.vcf"), &action, &Value::Null);
    let (_, stored) = done(vdir.write(&ask(json!({"stamp": "COR00000001"}))));
    let Some(Record::Contact(one)) = stored else { panic!() };
    assert_eq!(
        (one.chrono.as_deref(), one.modified.to_rfc3339()),
        (Some("COR00000001"), "2026-06-15T12:00:00+00:00".into())
    );
    let (_, stored) = done(vdir.write(&ask(json!({"stamp": null}))));
    let Some(Record::Contact(one)) = stored else { panic!() };
    assert_eq!(one.chrono, None);
    assert_eq!(&fs::read(root.path().join("contacts/a.vcf")).unwrap(), bytes);
    done(vdir.write(&ask(json!("delete"))));
    assert!(!root.path().join("contacts/a.vcf").exists());
    assert!(matches!(vdir.write(&ask(json!("delete"))), Response::Stale));
}

#[test]
fn a_file_that_changed_or_vanished_is_stale() {
    let bytes = &files().into_iter().find(|(id, _)| id == "contacts/google-nwosu.vcf").unwrap().1;
    let (root, mut vdir) = mailbox("contacts/a.vcf", bytes);
    let record = only(&vdir.list().unwrap()).unwrap();
    let mut edited = bytes.clone();
    edited.extend_from_slice(b"\n");
    put(root.path(), "contacts/a.vcf", &edited);
    let patch = json!({"job_title": "New"});
    assert!(matches!(support::update(&mut vdir, &record, &patch), Response::Stale));
    assert_eq!(fs::read(root.path().join("contacts/a.vcf")).unwrap(), edited);
    fs::remove_file(root.path().join("contacts/a.vcf")).unwrap();
    assert!(matches!(support::update(&mut vdir, &record, &patch), Response::Stale));
    let outside = request("contact", Some("../a.vcf"), &json!("delete"), &Value::Null);
    assert!(matches!(vdir.write(&outside), Response::Refused { .. }));
}

#[test]
fn no_personal_data_in_debug_output() {
    for (id, bytes) in files() {
        let (_root, mut vdir) = mailbox(&id, &bytes);
        let listed = vdir.list().unwrap();
        let shown = format!("{listed:?} {vdir:?}");
        for word in ["Lefebvre", "Müller", "example.org", "example.com", "Dentist"] {
            assert!(!shown.contains(word), "{id}: {shown}");
        }
    }
}
