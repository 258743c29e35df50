//! The kit for hosts of [`outlook_x3`](crate::profiles::outlook_x3): what its records are made of, and samples.

mod fields;
mod crm;
mod mailbox;

pub use crm::{Codes, crm};
pub use mailbox::mailbox;

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::fields::filled;
use super::{Inspect, Writes};
use crate::model::record::Patch as _;
use crate::model::{Instant, Side, Text};
use crate::profiles::outlook_x3::{Kind, OutlookX3, Record, RecordPatch};
use crate::schema::Schema as _;

/// What people write, and what files and databases trip over: letters of two and four octets, separators,
/// quotes, escapes, things that look like the format itself.
const STRANGE: &str =
    "Zoë Müller-Łęcka, \"Straße 5; Hof\" & Söhne \\ C:\\new\\table 100 % ^n ^' 'x' <b> 𝔊 🙂";

/// Several lines, one of them longer than a folded line of a file, an empty one, one that looks like a header.
const LINES: &str = "Erste Zeile, mit Komma; und Strichpunkt\n\nDritte: éééééééééééééééééééééééééééééééééééééééééé \
    und immer weiter über die fünfundsiebzig Oktette hinaus, die eine Zeile hat\nSUMMARY:keine\n  eingerückt\n\\n kein Umbruch";

/// Texts such as nobody writes.
fn hostile() -> Vec<String> {
    vec![
        "a\0b".to_owned(),
        "a\rb\r\rc\r\n\td\u{85}e\u{2028}f".to_owned(),
        "\u{feff}\u{202e}\u{7}\u{1b}[31m\u{fffd}\u{ffff}e\u{301}".to_owned(),
        "x\r\nEND:VCARD\r\nEND:VEVENT\r\nEND:VTODO\r\nBEGIN:VCARD\r\n".to_owned(),
        "'); DROP TABLE tasks; --\\".to_owned(),
        "\\".repeat(77),
        "\u{e4}\n".repeat(350_000),
    ]
}

fn text(text: &str) -> Text {
    Text::from(text)
}

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

/// A day of the sample calendar at a time; every appointment has days of its own (D13).
fn time(day: u32, hour: u32, minute: u32) -> Option<NaiveDateTime> {
    Some(date(2027, 2, day)?.and_time(NaiveTime::from_hms_opt(hour, minute, 0)?))
}

impl Inspect for OutlookX3 {
    const GIVEN: &'static [&'static str] = &["created", "folder"];
    const STAMPED: &'static [&'static str] = &["chrono"];

    fn writes(side: Side, kind: Kind) -> Writes {
        match (side, kind) {
            (Side::A, _) => Writes { delete: true, stamp: true, clear: true, unassign: false },
            (Side::B, Kind::Contact) => Writes { unassign: true, ..Writes::default() },
            (Side::B, _) => Writes { delete: true, ..Writes::default() },
        }
    }

    fn id(record: &Record) -> Cow<'_, str> {
        Cow::Borrowed(match record {
            Record::Appointment(one) => &one.id,
            Record::Call(one) => &one.chrono,
            Record::Contact(one) => &one.id,
            Record::Correspondent(one) => &one.chrono,
            Record::CrmAppointment(one) => &one.chrono,
            Record::CrmTask(one) => &one.chrono,
            Record::Task(one) => &one.id,
        })
    }

    fn modified(record: &Record) -> Option<Instant> {
        Some(match record {
            Record::Appointment(one) => one.modified,
            Record::Call(one) => one.modified,
            Record::Contact(one) => one.modified,
            Record::Correspondent(one) => one.modified,
            Record::CrmAppointment(one) => one.modified,
            Record::CrmTask(one) => one.modified,
            Record::Task(one) => one.modified,
        })
    }

    fn differences(one: &Record, other: &Record) -> Vec<super::Difference> {
        fields::differences(one, other)
    }

    fn patched(record: &Record, patch: &RecordPatch) -> Option<Record> {
        let mut record = record.clone();
        match (&mut record, patch.clone()) {
            (Record::Appointment(one), RecordPatch::Appointment(patch)) => patch.apply(one),
            (Record::Call(one), RecordPatch::Call(patch)) => patch.apply(one),
            (Record::Contact(one), RecordPatch::Contact(patch)) => patch.apply(one),
            (Record::Correspondent(one), RecordPatch::Correspondent(patch)) => patch.apply(one),
            (Record::CrmAppointment(one), RecordPatch::CrmAppointment(patch)) => patch.apply(one),
            (Record::CrmTask(one), RecordPatch::CrmTask(patch)) => patch.apply(one),
            (Record::Task(one), RecordPatch::Task(patch)) => patch.apply(one),
            _ => return None,
        }
        Some(record)
    }

    fn written(patch: &RecordPatch) -> Vec<&'static str> {
        let part = |name| match name {
            "assign" => "assigned",
            "comment" => "comments",
            "invite" => "participants",
            name => name,
        };
        Self::fields(patch).into_iter().map(part).collect()
    }

    fn whole(record: &Record) -> RecordPatch {
        fields::whole(record)
    }

    fn empty(record: &Record) -> RecordPatch {
        match record {
            Record::Appointment(_) => RecordPatch::Appointment(filled(|_| ())),
            Record::Call(_) => RecordPatch::Call(filled(|_| ())),
            Record::Contact(_) => RecordPatch::Contact(filled(|_| ())),
            Record::Correspondent(_) => RecordPatch::Correspondent(filled(|_| ())),
            Record::CrmAppointment(_) => RecordPatch::CrmAppointment(filled(|_| ())),
            Record::CrmTask(_) => RecordPatch::CrmTask(filled(|_| ())),
            Record::Task(_) => RecordPatch::Task(filled(|_| ())),
        }
    }

    fn stamped(record: &Record, key: Option<&str>) -> Record {
        let mut record = record.clone();
        let key = key.map(str::to_owned);
        match &mut record {
            Record::Appointment(one) => one.chrono = key,
            Record::Contact(one) => one.chrono = key,
            Record::Task(one) => one.chrono = key,
            Record::Call(one) => one.origin = key,
            Record::Correspondent(one) => one.origin = key,
            Record::CrmAppointment(one) => one.origin = key,
            Record::CrmTask(one) => one.origin = key,
        }
        record
    }

    fn unassigned(record: &Record) -> Option<(String, Record)> {
        let Record::Correspondent(one) = record else {
            return None;
        };
        let mut one = one.clone();
        let who = one.assigned.first()?.clone();
        one.assigned.retain(|code| *code != who);
        Some((who, Record::Correspondent(one)))
    }
}
