//! The kit for hosts of [`sage100`](crate::profiles::sage100): what its records are made of, samples, and the records of a
//! listing. Lists, representatives and free fields have neither a stamp nor a link, and are not examined.

mod crm;
mod erp;
mod fields;

pub use crm::{crm, crm_records};
pub use erp::{erp, erp_records};

use std::borrow::Cow;

use super::fields::filled;
use super::{Inspect, Writes};
use crate::model::{Instant, Side, Text};
use crate::profiles::sage100::{Kind, Record, RecordPatch, Sage100};
use crate::schema::Schema as _;

/// What people write, and what databases trip over: letters of two and four octets, separators, quotes, escapes.
const STRANGE: &str = "Zoë-Łęcka, \"X; Y\" & Söhne \\ 100 % ^ 'x' <b> 𝔊 🙂";

/// Texts such as nobody writes.
fn hostile() -> Vec<String> {
    vec![
        "a\0b".to_owned(),
        "a\rb\r\n\td\u{85}e\u{2028}f".to_owned(),
        "\u{feff}\u{202e}\u{7}\u{1b}[31m\u{fffd}\u{ffff}e\u{301}".to_owned(),
        "'); DROP TABLE accounts; --\\".to_owned(),
        "\u{e4}\n".repeat(40_000),
    ]
}

fn text(text: &str) -> Text {
    Text::from(text)
}

impl Inspect for Sage100 {
    const GIVEN: &'static [&'static str] = &[];
    const STAMPED: &'static [&'static str] = &["account_code", "code", "label", "pending"];

    fn writes(side: Side, kind: Kind) -> Writes {
        let delete = match side {
            Side::A => matches!(kind, Kind::Address | Kind::Contact),
            Side::B => !matches!(kind, Kind::Account | Kind::List | Kind::Representative),
        };
        let stamp =
            side == Side::B && matches!(kind, Kind::Account | Kind::Address | Kind::Company);
        Writes { delete, stamp, ..Writes::default() }
    }

    fn is_part(kind: Kind) -> bool {
        matches!(kind, Kind::Address | Kind::Contact)
    }

    fn bundle(record: &Record) -> Option<&str> {
        match record {
            Record::Account(one) => Some(&one.id),
            Record::Company(one) => one.account.as_deref(),
            Record::ErpAccount(one) => Some(&one.code),
            Record::Address { account, .. }
            | Record::Contact { account, .. }
            | Record::ErpAddress { account, .. }
            | Record::ErpContact { account, .. } => Some(account),
            Record::FreeField(_) | Record::List { .. } | Record::Representative(_) => None,
        }
    }

    fn id(record: &Record) -> Cow<'_, str> {
        Cow::Borrowed(match record {
            Record::Account(one) => &one.id,
            Record::Address { address, .. } => &address.id,
            Record::Company(one) => &one.id,
            Record::Contact { contact, .. } => &contact.id,
            Record::ErpAccount(one) => &one.code,
            Record::ErpAddress { account, billing, address } => {
                let label = if *billing { "" } else { address.label.or_empty() };
                return Cow::Owned(format!("{account}#{label}"));
            }
            Record::ErpContact { account, contact } => {
                return Cow::Owned(format!("{account}#{}", contact.id));
            }
            Record::FreeField(one) => &one.name,
            Record::List { name, .. } => name,
            Record::Representative(one) => &one.code,
        })
    }

    fn modified(record: &Record) -> Option<Instant> {
        match record {
            Record::Account(one) => Some(one.modified),
            Record::Company(one) => Some(one.modified),
            Record::ErpAccount(one) => Some(one.modified),
            Record::Address { .. }
            | Record::Contact { .. }
            | Record::ErpAddress { .. }
            | Record::ErpContact { .. }
            | Record::FreeField(_)
            | Record::List { .. }
            | Record::Representative(_) => None,
        }
    }

    fn differences(one: &Record, other: &Record) -> Vec<super::Difference> {
        fields::differences(one, other)
    }

    fn patched(record: &Record, patch: &RecordPatch) -> Option<Record> {
        fields::patched(record, patch)
    }

    fn written(patch: &RecordPatch) -> Vec<&'static str> {
        Self::fields(patch)
    }

    fn whole(record: &Record) -> RecordPatch {
        fields::whole(record)
    }

    fn empty(record: &Record) -> RecordPatch {
        match record {
            Record::Account(_) => RecordPatch::Account(filled(|_| ())),
            Record::Address { .. } => RecordPatch::Address(filled(|_| ())),
            Record::Company(_) => RecordPatch::Company(filled(|_| ())),
            Record::Contact { .. } => RecordPatch::Contact(filled(|_| ())),
            Record::ErpAccount(_) => RecordPatch::ErpAccount(filled(|_| ())),
            Record::ErpAddress { .. } => RecordPatch::ErpAddress(filled(|_| ())),
            Record::ErpContact { .. } => RecordPatch::ErpContact(filled(|_| ())),
            Record::FreeField(_) | Record::List { .. } | Record::Representative(_) => {
                fields::whole(record)
            }
        }
    }

    /// An account that has a code no longer waits for the ERP (B2.5).
    fn stamped(record: &Record, key: Option<&str>) -> Record {
        let mut record = record.clone();
        let key = text(key.unwrap_or_default());
        match &mut record {
            Record::Account(one) => {
                one.pending &= one.code.is_blank();
                one.code = key;
            }
            Record::Address { address, .. } => address.label = key,
            Record::Company(one) => one.account_code = key,
            Record::Contact { .. }
            | Record::ErpAccount(_)
            | Record::ErpAddress { .. }
            | Record::ErpContact { .. }
            | Record::FreeField(_)
            | Record::List { .. }
            | Record::Representative(_) => {}
        }
        record
    }

    fn unassigned(_: &Record) -> Option<(String, Record)> {
        None
    }
}
