//! Samples of the mailbox side.

use super::{LINES, STRANGE, date, hostile, text, time};
use crate::profiles::outlook_x3::{
    Address, Appointment, AppointmentPatch, Call, Contact, ContactPatch, ContactRef, Kind,
    OutlookX3, Recipient, Record, RecordPatch, Role, Status, Task, TaskPatch,
};
use crate::testkit::Sample;
use crate::testkit::fields::filled;

/// Samples of every kind for a mailbox.
///
/// A mailbox needs nothing for them: linked contacts are named by key and name only.
pub fn mailbox() -> Vec<Sample<OutlookX3>> {
    let mut all = vec![contact(), bare_contact(), bare_task()];
    all.extend(
        [(Kind::Task, "a task"), (Kind::Call, "a call")].map(|(kind, name)| task(kind, name)),
    );
    all.extend(appointments());
    all
}

fn address() -> Address {
    filled(|one: &mut Address| {
        one.street = text("Königstraße 5; Hof, 2. Stock\nc/o \"Søren\"");
        one.postal_code = text("D-70173");
        one.city = text("Stuttgart, Mitte");
        one.state = text("Baden-Württemberg");
        one.country = text("Deutschland");
        one.phone = text("+49 711 5550-100");
        one.fax = text("+49 711 5550-199");
        one.mobile = text("+49 170 5550 100");
        one.email = text("zoe.o'hara+kit@example.org");
    })
}

fn contact() -> Sample<OutlookX3> {
    let record = Record::from(filled(|one: &mut Contact| {
        one.chrono = Some("COR00000042".to_owned());
        one.company = text("#ATELIER#");
        one.title = text("Mrs");
        one.last_name = text("Müller-Łęcka; geb. O'Neill, d. J.");
        one.first_name = text("Zoë \\ Ann");
        one.job_title = text(STRANGE);
        one.department = text("Einkauf; Werk 2, Süd");
        one.birthday = date(1968, 2, 29);
        one.notes = text(LINES);
        one.business = address();
        one.home = address();
    }));
    let mut all = Sample::new("every field filled", Kind::Contact, record);
    let patches = [
        filled(|patch: &mut ContactPatch| {
            patch.last_name = Some(text("Ångström, Ö."));
            patch.notes = Some(text("Kurz"));
            patch.business.phone = Some(text("+33 1 70 18 00 00"));
            patch.home.street = Some(text("Rue de l'Église 1\nBât. B; 3e"));
        }),
        filled(|patch: &mut ContactPatch| {
            patch.company = Some(text("Nur ein Text; ohne Code, aber mit Zeichen"));
            patch.department = Some(text(""));
            patch.birthday = Some(None);
            patch.business.fax = Some(text(""));
            patch.business.street = Some(text(""));
            patch.home.email = Some(text(""));
        }),
        filled(|patch: &mut ContactPatch| {
            patch.title = Some(text(""));
            patch.first_name = Some(text(""));
            patch.job_title = Some(text(""));
            patch.birthday = Some(date(2001, 12, 31));
            patch.notes = Some(text(""));
            patch.business.mobile = Some(text(""));
            patch.home.phone = Some(text(""));
            patch.home.mobile = Some(text("+1 555 0100"));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::from));
    for words in hostile() {
        let patch = filled(|patch: &mut ContactPatch| {
            patch.last_name = words.get(..1000.min(words.len())).map(text);
            patch.notes = Some(words.into());
        });
        all.hostile.push(RecordPatch::from(patch));
    }
    let patch = filled(|patch: &mut TaskPatch| patch.subject = Some(text("Nicht hier")));
    all.wrong_updates.push(RecordPatch::from(patch));
    all
}

fn bare_contact() -> Sample<OutlookX3> {
    let record = Record::from(filled(|one: &mut Contact| one.last_name = text("Nur ein Nachname")));
    let mut all = Sample::new("a name only", Kind::Contact, record);
    let patch = filled(|patch: &mut ContactPatch| {
        patch.first_name = Some(text("Éva"));
        patch.home = filled(|home: &mut crate::profiles::outlook_x3::AddressPatch| {
            home.city = Some(text("Lyon"));
            home.email = Some(text("eva@example.org"));
        });
        patch.birthday = Some(date(1999, 1, 1));
        patch.notes = Some(text(LINES));
    });
    all.updates.push(RecordPatch::from(patch));
    all
}

fn linked() -> Vec<ContactRef> {
    let chrono = Some("COR00000042".to_owned());
    vec![
        ContactRef { name: text("Zoë \"Zo\" Müller; Söhne, Hof"), item: None, chrono },
        ContactRef { name: text("Ohne Schlüssel: ^n"), item: None, chrono: None },
    ]
}

fn task(kind: Kind, name: &'static str) -> Sample<OutlookX3> {
    let record = Record::from(filled(|one: &mut Task| {
        one.chrono = Some("TSK00000042".to_owned());
        one.company = text("Atelier & Söhne; Paris, 10e   #ATELIER#");
        one.contacts = linked();
        one.subject = text(STRANGE);
        one.body = text(LINES);
        one.status = Status::InProgress;
        one.start = date(2027, 2, 27);
        one.due = date(2027, 3, 1);
        one.actual_work = 95;
    }));
    let mut all = Sample::new(name, kind, record);
    let patches = [
        filled(|patch: &mut TaskPatch| {
            patch.contacts = Some(linked().into_iter().take(1).collect());
            patch.subject = Some(text("Anderer Betreff, mit Ümlaut"));
            patch.status = Some(Status::Completed);
            patch.due = Some(date(2028, 2, 29));
        }),
        filled(|patch: &mut TaskPatch| {
            patch.contacts = Some(Vec::new());
            patch.company = Some(text(""));
            patch.body = Some(text(""));
            patch.status = Some(Status::Waiting);
            patch.start = Some(None);
            patch.actual_work = Some(0);
        }),
        filled(|patch: &mut TaskPatch| {
            patch.status = Some(Status::NotStarted);
            patch.start = Some(date(2027, 1, 1));
            patch.due = Some(None);
            patch.body = Some(text("Wieder ein Text"));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::from));
    for words in hostile() {
        let patch = filled(|patch: &mut TaskPatch| {
            patch.subject = words.get(..200.min(words.len())).map(text);
            patch.body = Some(words.into());
        });
        all.hostile.push(RecordPatch::from(patch));
    }
    all.wrong_records.push(Record::from(Call::default()));
    all
}

fn bare_task() -> Sample<OutlookX3> {
    let mut all = Sample::new(
        "nothing but a subject",
        Kind::Task,
        Record::from(filled(|one: &mut Task| one.subject = text("Anrufen"))),
    );
    let patch = filled(|patch: &mut TaskPatch| patch.status = Some(Status::Deferred));
    all.updates.push(RecordPatch::from(patch));
    all
}

fn recipient(name: &str, email: &str) -> Recipient {
    Recipient { name: text(name), email: text(email) }
}

fn appointments() -> Vec<Sample<OutlookX3>> {
    let one = |name, fill: &dyn Fn(&mut Appointment)| {
        let record = filled(|one: &mut Appointment| {
            one.subject = text(STRANGE);
            one.body = text(LINES);
            fill(one);
        });
        Sample::new(name, Kind::Appointment, Record::from(record))
    };
    let all_day = |first, next| {
        move |one: &mut Appointment| {
            one.all_day = true;
            (one.start, one.end) = (time(first, 0, 0), time(next, 0, 0));
        }
    };
    let mut all = [
        one("a morning", &|one| {
            one.chrono = Some("BAP00000042".to_owned());
            one.company = text("#ATELIER#");
            one.contacts = linked();
            one.done = Some(false);
            (one.start, one.end) = (time(1, 9, 0), time(1, 10, 30));
        }),
        one("over midnight", &|one| {
            (one.start, one.end) = (time(2, 23, 45), time(3, 0, 15));
        }),
        one("no time at all", &|one| (one.start, one.end) = (time(4, 12, 0), time(4, 12, 0))),
        one("one whole day", &all_day(5, 6)),
        one("three whole days", &all_day(7, 10)),
        one("a meeting", &|one| {
            one.role = Role::Organizer;
            one.meeting_id = Some("kit-meeting-1@example.org".to_owned());
            one.recipients = vec![
                recipient("Jonas \"JW\" Weber; Süd", "jonas.weber@example.com"),
                recipient("", "aoife.byrne@example.com"),
            ];
            (one.start, one.end) = (time(11, 14, 0), time(11, 15, 0));
        }),
    ];
    for (day, sample) in (12..).zip(&mut all) {
        let patches = [
            filled(|patch: &mut AppointmentPatch| {
                patch.subject = Some(text("Verlegt, auf später"));
                patch.body = Some(text(""));
                patch.all_day = Some(false);
                patch.start = Some(time(day, 8, 0));
                patch.end = Some(time(day, 9, 45));
            }),
            filled(|patch: &mut AppointmentPatch| {
                patch.all_day = Some(true);
                patch.start = Some(time(day, 0, 0));
                patch.end = Some(time(day + 1, 0, 0));
                patch.contacts = Some(linked());
                patch.done = Some(Some(true));
            }),
            filled(|patch: &mut AppointmentPatch| {
                patch.all_day = Some(false);
                patch.start = Some(time(day, 10, 0));
                patch.end = Some(time(day, 11, 0));
                patch.company = Some(text("Ein Text; mit, Zeichen"));
            }),
        ];
        sample.updates.extend(patches.map(RecordPatch::from));
    }
    if let Some(meeting) = all.last_mut() {
        meet(meeting);
    }
    if let Some(first) = all.first_mut() {
        for words in hostile() {
            let patch = filled(|patch: &mut AppointmentPatch| {
                patch.subject = words.get(..200.min(words.len())).map(text);
                patch.body = Some(words.into());
            });
            first.hostile.push(RecordPatch::from(patch));
        }
    }
    all.into()
}

/// What is done with a meeting beside all else.
fn meet(meeting: &mut Sample<OutlookX3>) {
    let patch = filled(|patch: &mut AppointmentPatch| {
        patch.recipients = Some(vec![
            recipient("", "aoife.byrne@example.com"),
            recipient("Zoë Müller", "zoe.o'hara+kit@example.org"),
            recipient("Jonas \"JW\" Weber; Süd", "jonas.weber@example.com"),
        ]);
    });
    meeting.updates.insert(0, RecordPatch::from(patch));
    for words in hostile() {
        let short = words.get(..77.min(words.len())).unwrap_or("ä\n");
        let patch = filled(|patch: &mut AppointmentPatch| {
            let of = |name| ContactRef { name: text(name), item: None, chrono: None };
            patch.contacts = Some([short, "", " "].map(of).into());
            patch.recipients =
                Some(vec![recipient(short, short), recipient(short, "a@example.org")]);
        });
        meeting.hostile.push(RecordPatch::from(patch));
    }
}
