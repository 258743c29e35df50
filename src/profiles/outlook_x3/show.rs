//! What each record shows in each field group: the text a fingerprint is made of.
//!
//! This sees one record and nothing else, so that the answer to a write can be fingerprinted without any
//! rule. The order of the groups is that of [`Kind::groups`](crate::schema::Kind::groups).

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};

use super::comments;
use super::crm::{Comment, Correspondent, CorrespondentPatch, CrmAppointment};
use super::details;
use super::directory::CorrespondentFacts;
use super::kind::Kind;
use super::schema::{Native, OutlookX3, RecordPatch, Viewer};
use super::store::{
    Address, AddressPatch, Appointment, Contact, ContactPatch, ContactRef, Recipient, Status,
};
use super::text::{Title, subject};
use super::value::to_minute;
use crate::model::Text;
use crate::schema::Schema as _;
use crate::snapshot::Printer;

/// A record, and the patch that may lie over it: together they say what the record says once it is written. Whether one
/// does is in the type, because most records are shown without, each time, and each field would ask.
struct Laid<'a, R, P, const PATCHED: bool> {
    record: &'a R,
    patch: Option<&'a P>,
}

impl<'a, R, P> Laid<'a, R, P, false> {
    const fn bare(record: &'a R) -> Self {
        Self { record, patch: None }
    }
}

impl<'a, R, P> Laid<'a, R, P, true> {
    const fn patched(record: &'a R, patch: &'a P) -> Self {
        Self { record, patch: Some(patch) }
    }
}

/// A field of a record with a patch over it.
macro_rules! field {
    ($laid:ident.$field:ident) => {
        match $laid.patch.filter(|_| PATCHED).and_then(|patch| patch.$field.as_ref()) {
            Some(value) => value,
            None => &$laid.record.$field,
        }
    };
}

/// A block of fields of a record with a patch over it.
macro_rules! block {
    ($laid:ident.$block:ident) => {
        Laid::<_, _, PATCHED> {
            record: &$laid.record.$block,
            patch: $laid.patch.map(|patch| &patch.$block),
        }
    };
}

/// Shows a record, group by group.
pub(crate) fn show(viewer: &Viewer, kind: Kind, record: Native<'_>, out: &mut Printer) {
    match record {
        Native::Contact(record) => contact(out, viewer, &Laid::bare(record)),
        Native::Correspondent(record) => correspondent(out, viewer, &Laid::bare(record)),
        Native::Task(one) => {
            out.group(|out| out.text(&one.company));
            out.group(|out| entries(out, &one.contacts));
            out.group(|out| {
                let out = out.date(one.start);
                if kind == Kind::Task { out.date(one.due) } else { out }
            });
            out.group(|out| subject_line(out, viewer, &one.subject));
            out.group(|out| body(out, &one.body));
            out.group(|out| out.flag(one.status == Status::Completed));
            out.group(|out| out.number(u64::from(one.actual_work)));
        }
        Native::CrmTask(one) => {
            out.group(|out| out.code(one.partner.as_deref()));
            out.group(|out| out.code(one.correspondent.as_deref()));
            out.group(|out| out.date(one.start).date(one.due));
            out.group(|out| subject_line(out, viewer, &one.subject));
            out.group(|out| out.text(&one.report));
            out.group(|out| out.flag(one.done));
            out.group(|out| out.number(u64::from(one.time_spent)));
        }
        Native::Call(one) => {
            out.group(|out| out.code(one.partner.as_deref()));
            out.group(|out| out.code(one.correspondent.as_deref()));
            out.group(|out| out.date(one.date));
            out.group(|out| subject_line(out, viewer, &one.subject));
            out.group(|out| out.text(&one.report));
            out.group(|out| out.flag(one.done));
            out.group(|out| out.number(u64::from(one.duration)));
        }
        Native::Appointment(one) => appointment(out, viewer, one),
        Native::CrmAppointment(one) => crm_appointment(out, viewer, one),
    }
}

/// Shows a record as it will be with a patch. Of contacts, which are most of all, no copy is made for it.
pub(crate) fn show_written(
    viewer: &Viewer,
    kind: Kind,
    (record, patch): (Native<'_>, &RecordPatch),
    out: &mut Printer,
) {
    match (record, patch) {
        (Native::Contact(record), RecordPatch::Contact(patch)) => {
            contact(out, viewer, &Laid::patched(record, &**patch));
        }
        // What one writes is put in its place among what others wrote.
        (Native::Correspondent(record), RecordPatch::Correspondent(patch))
            if patch.comment.is_none() =>
        {
            correspondent(out, viewer, &Laid::patched(record, &**patch));
        }
        _ => {
            let mut written = record.to_record();
            OutlookX3::apply(&mut written, patch);
            show(viewer, kind, written.native(), out);
        }
    }
}

fn contact<const PATCHED: bool>(
    out: &mut Printer,
    viewer: &Viewer,
    one: &Laid<'_, Contact, ContactPatch, PATCHED>,
) {
    out.group(|out| out.text(field!(one.company)));
    out.group(|out| name(out, field!(one.title), field!(one.last_name), field!(one.first_name)));
    out.group(|out| out.text(field!(one.job_title)));
    out.group(|out| out.text(field!(one.department)));
    out.group(|out| out.date(*field!(one.birthday)));
    let text = field!(one.notes);
    let known = text.known().filter(|notes| !notes.is_empty());
    let notes = known.map(|notes| comments::parse(notes, &viewer.representative));
    out.group(|out| match &notes {
        Some(notes) => out.known(&notes.own),
        None => out.text(text),
    });
    out.group(|out| match &notes {
        Some(notes) => {
            blocks(out, notes.others.iter().map(|(who, text)| (who.as_str(), text.as_str())))
        }
        None if text.is_readable() => out,
        None => out.text(text),
    });
    address(out, &block!(one.business));
    address(out, &block!(one.home));
}

fn correspondent<const PATCHED: bool>(
    out: &mut Printer,
    viewer: &Viewer,
    one: &Laid<'_, Correspondent, CorrespondentPatch, PATCHED>,
) {
    out.group(|out| out.code(field!(one.partner).as_deref()).text(field!(one.company_label)));
    out.group(|out| name(out, field!(one.title), field!(one.last_name), field!(one.first_name)));
    out.group(|out| out.text(field!(one.job_title)));
    out.group(|out| out.text(field!(one.department)));
    out.group(|out| out.date(*field!(one.birthday)));
    let is_own = |block: &&Comment| block.representative == viewer.representative;
    let comments = &one.record.comments;
    out.group(|out| match comments.iter().find(is_own) {
        Some(block) => out.text(&block.text),
        None => out.text(&Text::default()),
    });
    out.group(|out| {
        let others = comments.iter().filter(|block| !is_own(block));
        blocks(out, others.map(|block| (block.representative.as_str(), block.text.or_empty())))
    });
    address(out, &block!(one.professional));
    address(out, &block!(one.personal));
}

fn appointment(out: &mut Printer, viewer: &Viewer, one: &Appointment) {
    out.group(|out| out.text(&one.company));
    out.group(|out| entries(out, &one.contacts));
    out.group(|out| span(out, (one.start, one.end), one.all_day));
    out.group(|out| subject_line(out, viewer, &one.subject));
    out.group(|out| body(out, &one.body));
    out.group(|out| out.flag(one.done.is_some()).flag(one.done == Some(true)));
    out.group(|out| recipients(out, &one.recipients, &one.contacts));
    out.group(|out| location(out, viewer, || one.location.clone()));
}

fn crm_appointment(out: &mut Printer, viewer: &Viewer, one: &CrmAppointment) {
    out.group(|out| out.code(one.partner.as_deref()));
    out.group(|out| codes(out, &one.correspondents));
    out.group(|out| span(out, (one.start, one.end), one.all_day));
    out.group(|out| subject_line(out, viewer, &one.subject));
    out.group(|out| out.text(&one.report));
    out.group(|out| out.flag(one.done));
    out.group(|out| codes(out, &one.participants));
    out.group(|out| location(out, viewer, || Text::from(details::location(&one.place))));
}

/// When an appointment takes place: to the minute on either side (A2.39).
fn span(
    out: &mut Printer,
    (start, end): (Option<NaiveDateTime>, Option<NaiveDateTime>),
    all_day: bool,
) -> &mut Printer {
    out.date_time(start.map(to_minute)).date_time(end.map(to_minute)).flag(all_day)
}

fn name<'o>(out: &'o mut Printer, title: &Text, last: &Text, first: &Text) -> &'o mut Printer {
    match Title::of(title) {
        Some(known) => out.number(known as u64),
        None => out.text(title),
    };
    out.text(last).text(first)
}

fn address<const PATCHED: bool>(out: &mut Printer, one: &Laid<'_, Address, AddressPatch, PATCHED>) {
    out.group(|out| {
        out.text(field!(one.street)).text(field!(one.postal_code)).text(field!(one.city));
        out.text(field!(one.state)).text(field!(one.country))
    });
    out.group(|out| out.text(field!(one.phone)));
    out.group(|out| out.text(field!(one.fax)));
    out.group(|out| out.text(field!(one.mobile)));
    out.group(|out| out.text(field!(one.email)));
}

fn subject_line<'o>(out: &'o mut Printer, viewer: &Viewer, line: &Text) -> &'o mut Printer {
    match line.known() {
        Some(known) => out.known(&subject(known, viewer.subject_limit)),
        None => out.text(line),
    }
}

/// The report a mailbox item holds; the details above it are not its own (A2.7).
fn body<'o>(out: &'o mut Printer, body: &Text) -> &'o mut Printer {
    match body.known() {
        Some(known) => out.known(&details::parse(known).report),
        None => out.text(body),
    }
}

/// Where an appointment takes place, while that is transferred at all (A2.49).
fn location<'o>(
    out: &'o mut Printer,
    viewer: &Viewer,
    location: impl FnOnce() -> Text,
) -> &'o mut Printer {
    out.text(&if viewer.location { location() } else { Text::default() })
}

fn blocks<'o, 'a>(
    out: &'o mut Printer,
    blocks: impl Iterator<Item = (&'a str, &'a str)>,
) -> &'o mut Printer {
    for (representative, text) in blocks {
        out.str(representative);
        out.known(text);
    }
    out
}

fn entries<'o>(out: &'o mut Printer, contacts: &[ContactRef]) -> &'o mut Printer {
    out.number(contacts.len() as u64);
    for entry in contacts {
        match (&entry.item, &entry.chrono) {
            (Some(item), _) => out.str(item),
            (None, Some(chrono)) => out.str(chrono),
            (None, None) => {
                out.text(&entry.name);
            }
        }
    }
    out
}

/// Recipients, and the contact list: a representative named there becomes a participant (A6.7).
fn recipients<'o>(
    out: &'o mut Printer,
    recipients: &[Recipient],
    contacts: &[ContactRef],
) -> &'o mut Printer {
    for one in recipients {
        match one.email.known() {
            Some(email) => out.str(&email.to_lowercase()),
            None => {
                out.text(&Text::UNREADABLE);
            }
        }
    }
    entries(out, contacts)
}

fn codes<'o>(out: &'o mut Printer, codes: &[String]) -> &'o mut Printer {
    out.number(codes.len() as u64);
    for code in codes {
        out.str(code);
    }
    out
}

/// What a link keeps of a CRM record (D25): of a correspondent what activities take from it; of an activity
/// the day that counts for archiving (A10.4); of an appointment its organiser and span as well.
pub(crate) fn facts(record: Native<'_>) -> Vec<String> {
    let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let time = |time: Option<NaiveDateTime>| {
        time.map(|time| match time.nanosecond() {
            // The same without reading a pattern, which takes longer than all else about an appointment.
            0 => format!("{time:?}"),
            _ => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
        })
        .unwrap_or_default()
    };
    match record {
        Native::Correspondent(one) => CorrespondentFacts::texts_of(one).map(str::to_owned).to_vec(),
        Native::CrmTask(one) => vec![day(one.due.or(one.start))],
        Native::Call(one) => vec![day(one.date)],
        Native::CrmAppointment(one) => vec![
            day(one.end.or(one.start).map(|time| time.date())),
            one.organizer.clone(),
            time(one.start),
            time(one.end),
            one.all_day.to_string(),
        ],
        Native::Appointment(_) | Native::Contact(_) | Native::Task(_) => Vec::new(),
    }
}

/// Whether these are the facts of a record. Those of correspondents, which are most of all, are told without making them.
pub(crate) fn has_facts<'k>(record: Native<'_>, kept: impl Iterator<Item = &'k [u8]>) -> bool {
    if let Native::Correspondent(one) = record {
        return CorrespondentFacts::texts_of(one).into_iter().map(str::as_bytes).eq(kept);
    }
    facts(record).iter().map(String::as_bytes).eq(kept)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::{Value as Json, json};

    use super::{facts, has_facts, show, show_written};
    use crate::model::record::Patch;
    use crate::model::{Places, Text};
    use crate::profiles::outlook_x3::crm::{
        Comment, Correspondent, CorrespondentKind, CorrespondentPatch,
    };
    use crate::profiles::outlook_x3::kind::Kind;
    use crate::profiles::outlook_x3::rules::beside;
    use crate::profiles::outlook_x3::schema::{Native, OutlookX3, RecordPatch, Viewer};
    use crate::profiles::outlook_x3::store::{Address, Contact, ContactPatch};
    use crate::schema::{Kind as _, Schema as _};
    use crate::snapshot::{Print, Printer, StateKey};

    fn viewer() -> Viewer {
        Viewer { representative: "REP01".to_owned(), subject_limit: 50, location: true }
    }

    /// Only the facts of the record itself are its facts, no fewer and no more of them.
    #[test]
    fn facts_are_known_again() {
        let mut one = correspondent("new");
        let known = facts(Native::Correspondent(&one));
        let is_of = |one: &Correspondent, kept: &[String]| {
            has_facts(Native::Correspondent(one), kept.iter().map(String::as_bytes))
        };
        assert!(is_of(&one, &known));
        assert!(
            !is_of(&one, &known[..2]) && !is_of(&one, &[known.clone(), known.clone()].concat())
        );
        one.interlocutor = Some("INT01".to_owned());
        assert!(!is_of(&one, &known));
        one = correspondent("new");
        one.kind = CorrespondentKind::Representative;
        assert!(!is_of(&one, &known));
    }

    fn prints(shown: impl FnOnce(&mut Printer)) -> Vec<Option<Print>> {
        let mut printer = Printer::new(&StateKey([5; 16]), Kind::Contact.code());
        shown(&mut printer);
        printer.finish()
    }

    /// A word of its own for every text.
    fn words(stem: &str) -> impl FnMut() -> Text {
        let mut number = 0;
        move || {
            number += 1;
            Text::from(format!("{stem} {number}"))
        }
    }

    fn address(word: &mut impl FnMut() -> Text) -> Address {
        let mut one = Address::default();
        let Address { street, postal_code, city, state, country, phone, fax, mobile, email } =
            &mut one;
        for text in [street, postal_code, city, state, country, phone, fax, mobile, email] {
            *text = word();
        }
        one
    }

    fn contact(stem: &str) -> Contact {
        let mut word = words(stem);
        let mut one = Contact { business: address(&mut word), ..Contact::default() };
        one.home = address(&mut word);
        let Contact { company, title, last_name, first_name, job_title, department, .. } = &mut one;
        for text in [company, title, last_name, first_name, job_title, department] {
            *text = word();
        }
        one.notes = Text::from(format!("{stem}\n[#-- REP02 --#]\n{stem} by another"));
        one.birthday = "2001-02-03".parse().ok().filter(|_| stem == "new");
        one
    }

    fn correspondent(stem: &str) -> Correspondent {
        let mut word = words(stem);
        let mut one =
            Correspondent { professional: address(&mut word), ..Correspondent::default() };
        one.personal = address(&mut word);
        let Correspondent { company_label, title, last_name, first_name, .. } = &mut one;
        for text in [company_label, title, last_name, first_name] {
            *text = word();
        }
        (one.job_title, one.department) = (word(), word());
        one.birthday = "2001-02-03".parse().ok().filter(|_| stem == "new");
        one.partner = Some(stem.to_owned());
        one.comments = vec![Comment { representative: "REP01".to_owned(), text: word() }];
        one
    }

    /// Whether a patch over a record shows what the patched record does; gives how many groups it changed.
    fn changes(record: Native<'_>, patch: impl Into<RecordPatch>) -> usize {
        let (viewer, kind, patch) = (viewer(), Kind::Contact, patch.into());
        let mut written = record.to_record();
        OutlookX3::apply(&mut written, &patch);
        let laid = prints(|out| show_written(&viewer, kind, (record, &patch), out));
        assert_eq!(laid, prints(|out| show(&viewer, kind, written.native(), out)), "{patch:?}");
        let before = prints(|out| show(&viewer, kind, record, out));
        assert_eq!(before.len(), kind.groups().len());
        laid.iter().zip(&before).filter(|(laid, before)| laid != before).count()
    }

    #[test]
    fn a_patch_over_a_record_shows_what_the_patched_record_shows() {
        let every = Kind::Contact.groups().len();
        let (old, new) = (contact("old"), contact("new"));
        assert_eq!(changes(Native::Contact(&old), ContactPatch::of(&new)), every);
        assert_eq!(changes(Native::Contact(&old), ContactPatch::default()), 0);
        let (old, new) = (correspondent("old"), correspondent("new"));
        let patch = CorrespondentPatch::of(&new);
        // Comments are no field of the patch.
        assert_eq!(changes(Native::Correspondent(&old), patch.clone()), every - 2);
        let comment = new.comments.first().cloned();
        let patch = CorrespondentPatch { comment, ..patch };
        assert_eq!(changes(Native::Correspondent(&old), patch), every - 1);
    }

    /// The patches that write one field each of those that a patch writes.
    fn single<P: Patch + Serialize + DeserializeOwned>(patch: &P) -> Vec<P> {
        let Ok(Json::Object(fields)) = serde_json::to_value(patch) else { return Vec::new() };
        let mut found = Vec::new();
        for (name, value) in fields {
            let block = value.as_object().filter(|_| name != "comment");
            let inner: Vec<Json> = match block {
                Some(block) => block.iter().map(|(name, value)| json!({ name: value })).collect(),
                None => vec![value],
            };
            let one = |value| serde_json::from_value(json!({ &name: value })).ok();
            found.extend(inner.into_iter().filter_map(one));
        }
        found
    }

    #[test]
    fn a_field_changes_one_group_and_what_may_change_beside_it() {
        let (kind, viewer) = (Kind::Contact, viewer());
        let check = |record: Native<'_>, patch: RecordPatch| {
            let before = prints(|out| show(&viewer, kind, record, out));
            let after = prints(|out| show_written(&viewer, kind, (record, &patch), out));
            let groups = before.iter().zip(after).enumerate();
            let changed: Vec<usize> =
                groups.filter(|(_, (old, new))| **old != *new).map(|(place, _)| place).collect();
            assert!(!changed.is_empty(), "{patch:?}");
            for place in &changed {
                let may = Places::one(*place).or(beside(kind, Places::one(*place)));
                assert!(changed.iter().all(|one| may.contains(*one)), "{patch:?}: {changed:?}");
            }
        };
        let (old, new) = (contact("old"), contact("new"));
        for patch in single(&ContactPatch::of(&new)) {
            check(Native::Contact(&old), patch.into());
        }
        let (old, new) = (correspondent("old"), correspondent("new"));
        let comment = new.comments.first().cloned();
        for patch in single(&CorrespondentPatch { comment, ..CorrespondentPatch::of(&new) }) {
            check(Native::Correspondent(&old), patch.into());
        }
    }

    #[test]
    fn a_group_that_is_not_wanted_is_left_out_and_the_others_stay() {
        let one = contact("one");
        let all = prints(|out| show(&viewer(), Kind::Contact, Native::Contact(&one), out));
        for place in 0..all.len() {
            let some = prints(|out| {
                out.restart_for(Kind::Contact.code(), Places::one(place));
                show(&viewer(), Kind::Contact, Native::Contact(&one), out);
            });
            let wanted = |(at, print): (usize, &Option<Print>)| print.filter(|_| at == place);
            assert_eq!(some, all.iter().enumerate().map(wanted).collect::<Vec<_>>());
        }
    }
}
