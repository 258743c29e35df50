//! What may flow where: scope, ownership, privacy, archive (A7, A10), and the canonical texts.

use chrono::{Months, NaiveDate};

use super::crm::CorrespondentKind;
use super::directory::CorrespondentFacts;
use super::kind::{Kind, activity, appointment, contact};
use super::parameters::Parameters;
use super::run::Run;
use super::schema::Native;
use super::store::{Appointment, Role};
use super::value::{Colleagues, Value};
use crate::model::{Places, Side};
use crate::profile::{Barrier, Effect, GroupCase, Judgement, PairView, Standing, Write};
use crate::report::Code;

/// Whether an item takes part: its folder is managed (D19), and it is not private (A7.1).
pub(crate) fn standing_of_item(run: &Run<'_>, kind: Kind, folder: &str, private: bool) -> Standing {
    if !run.manages(folder, kind) {
        Standing::Asleep(Code::OutOfScope)
    } else if private {
        Standing::Private
    } else {
        Standing::Taking
    }
}

/// Whether a calendar item takes part: beside scope and privacy, only appointments and meetings do, and no
/// series (A2.51, A11.5).
pub(crate) fn standing_of_appointment(run: &Run<'_>, item: &Appointment) -> Standing {
    let standing = standing_of_item(run, Kind::Appointment, &item.folder, item.private);
    let class = match item.role {
        Role::Request => Some(Code::MeetingRequest),
        Role::Cancelled => Some(Code::MeetingCancelled),
        Role::Response => Some(Code::MeetingResponse),
        _ if item.recurring => Some(Code::Recurring),
        Role::Appointment | Role::Attendee | Role::Organizer => None,
    };
    match (standing, class) {
        (Standing::Taking | Standing::Private, Some(code)) => Standing::Asleep(code),
        _ => standing,
    }
}

/// The kind the prefix of a key suggests (A3.9).
pub(crate) fn kind_of_key(key: &str) -> Option<Kind> {
    Kind::of_object_code(key.get(..3)?)
}

/// What stands against a write, beside the user's flags.
pub(crate) fn barrier(
    run: &Run<'_>,
    pair: &PairView<'_, '_, Run<'_>>,
    side: Side,
    write: Write,
) -> Option<Barrier> {
    if side == Side::A {
        return None;
    }
    let private = pair.a.is_some_and(|item| item.standing == Standing::Private);
    let was_private = pair.link.is_some_and(|link| link.private);
    let barred = |code, effect| Some(Barrier { code, effect });
    match write {
        Write::Create if private && !is_guest(pair) => barred(Code::Private, Effect::Ignore),
        Write::Create => refused_creation(run, pair),
        Write::Update if private => barred(Code::FrozenPrivate, Effect::Wait),
        Write::Update if is_colleague(pair) => {
            barred(Code::RepresentativeContactIgnored, Effect::Wait)
        }
        Write::Update if !is_organizer(run, pair) => barred(Code::NotOrganizer, Effect::Overwrite),
        Write::Delete if was_private => barred(Code::FrozenPrivate, Effect::Close),
        Write::Delete if !is_organizer(run, pair) => barred(Code::Dismissed, Effect::Dismiss),
        Write::Delete if is_archived(run, pair) => barred(Code::Archived, Effect::Archive),
        Write::Delete | Write::Update => None,
    }
}

/// The only groups that a rule speaks of, whatever the comparison says: see [`judge`].
pub(crate) fn has_rule(kind: Kind, place: usize) -> bool {
    (kind, place) == (Kind::Appointment, appointment::PARTICIPANTS)
}

/// Colleagues whom an item merely names are added to those the record has, as far as there are places (A2.45, A6.7):
/// how many are left, only a record that is listed tells.
pub(crate) fn judge(
    pair: &PairView<'_, '_, Run<'_>>,
    case: &GroupCase<'_, Value<'_>>,
) -> (Judgement, Option<Code>) {
    let participants = has_rule(pair.kind, case.place);
    let adds = matches!(
        case.values.a,
        Some(Value::Colleagues(Colleagues { codes, added: true })) if !codes.is_empty()
    );
    let waits = participants && adds && pair.b.is_none() && case.changed.a == Some(true);
    (if waits { Judgement::Wait } else { Judgement::AsClassified }, None)
}

/// What stands against a new record. A guest's copy of somebody else's meeting is never uploaded, but linked once
/// the CRM knows the meeting (A7.8). The CRM takes no activity without a site (A1.29).
fn refused_creation(run: &Run<'_>, pair: &PairView<'_, '_, Run<'_>>) -> Option<Barrier> {
    if let Some(Native::Appointment(item)) = pair.a.map(|item| item.native)
        && is_guest(pair)
    {
        let effect = if item.meeting_id.is_some() { Effect::Wait } else { Effect::Ignore };
        return Some(Barrier { code: Code::NotOrganizer, effect });
    }
    if is_lost_colleague(run, pair) {
        let (code, effect) = (Code::RepresentativeContactIgnored, Effect::Wait);
        return Some(Barrier { code, effect });
    }
    let siteless = pair.kind != Kind::Contact && run.parameters.default_site.trim().is_empty();
    siteless.then_some(Barrier { code: Code::WriteRefused, effect: Effect::Wait })
}

/// Whether the item is a contact that carries a key the CRM does not hold, and a representative's e-mail address
/// (D21). A3.5 would make it an interlocutor, and A7.9 makes the colleague's correspondent anew: it would be there
/// twice. So the contact, which is none of the user's (A7.11), is left alone.
fn is_lost_colleague(run: &Run<'_>, pair: &PairView<'_, '_, Run<'_>>) -> bool {
    let Some(Native::Contact(item)) = pair.a.map(|item| item.native) else { return false };
    let is_lost = |key: &str| run.directory.correspondent(key).is_none();
    let is_colleague = |email: &str| run.directory.representative_at(email).is_some();
    pair.link.is_none()
        && item.chrono.as_deref().is_some_and(is_lost)
        && item.business.email.known().is_some_and(is_colleague)
}

/// Whether the item is a guest's copy of somebody else's meeting.
fn is_guest(pair: &PairView<'_, '_, Run<'_>>) -> bool {
    let role = |native| matches!(native, Native::Appointment(item) if item.role == Role::Attendee);
    pair.a.is_some_and(|item| role(item.native))
}

/// Whether the correspondent is a colleague, whose mailbox contact nobody edits (A7.11).
fn is_colleague(pair: &PairView<'_, '_, Run<'_>>) -> bool {
    if pair.kind != Kind::Contact {
        return false;
    }
    match (pair.b.map(|record| record.native), pair.link) {
        (Some(Native::Correspondent(one)), _) => one.kind == CorrespondentKind::Representative,
        (_, Some(link)) => CorrespondentFacts::from_strings(&link.facts).colleague,
        _ => false,
    }
}

/// Whether the user's representative is the main organiser; of anything but an appointment he is (A7.5).
fn is_organizer(run: &Run<'_>, pair: &PairView<'_, '_, Run<'_>>) -> bool {
    if pair.kind != Kind::Appointment {
        return true;
    }
    match (pair.b.map(|record| record.native), pair.link) {
        (Some(Native::CrmAppointment(one)), _) => one.organizer == run.representative,
        (_, Some(link)) => link.facts.get(1).is_none_or(|code| code == run.representative),
        _ => true,
    }
}

/// Whether an item that is gone was archived rather than deleted: the later of its business date and its
/// last known change lies before the deletion delay (A10.3, A10.4, D34). Contacts know no delay (A10.5). It comes back
/// by force only (A10.6).
fn is_archived(run: &Run<'_>, pair: &PairView<'_, '_, Run<'_>>) -> bool {
    let Some(delay) = run.parameters.deletion_delay_months else {
        return false;
    };
    if pair.kind == Kind::Contact {
        return false;
    }
    let Some(limit) = run.now.date_naive().checked_sub_months(Months::new(delay)) else {
        return false;
    };
    let business =
        pair.link.and_then(|link| link.facts.first()).and_then(|day| day.parse::<NaiveDate>().ok());
    let changed = pair.link.and_then(|link| link.seen.a).map(|seen| seen.date_naive());
    business.max(changed).is_some_and(|reference| reference < limit)
}

/// The groups whose canonical text goes along with any update of a mailbox item (D3, A5.7, A6.3); so that the
/// details above its body are fresh, the body as well (A2.7).
pub(crate) const fn canonical(parameters: &Parameters, kind: Kind, side: Side) -> &'static [usize] {
    let details = parameters.display.preamble || parameters.display.hyperlinks.is_some();
    match (side, kind) {
        (Side::B, _) => &[],
        (Side::A, Kind::Contact) => &[contact::COMPANY],
        (Side::A, Kind::Task | Kind::Call) if details => {
            &[activity::COMPANY, activity::CONTACTS, activity::BODY]
        }
        (Side::A, Kind::Task | Kind::Call) => &[activity::COMPANY, activity::CONTACTS],
        (Side::A, Kind::Appointment) if details => {
            &[appointment::COMPANY, appointment::CONTACTS, appointment::BODY]
        }
        (Side::A, Kind::Appointment) => &[appointment::COMPANY, appointment::CONTACTS],
    }
}

/// An organiser's item keeps its guests when colleagues are added, and whose item it is only the item says (D27).
pub(crate) const fn woven(kind: Kind, side: Side) -> &'static [usize] {
    match (side, kind) {
        (Side::A, Kind::Appointment) => &[appointment::PARTICIPANTS],
        (Side::A, Kind::Call | Kind::Contact | Kind::Task) | (Side::B, _) => &[],
    }
}

/// A contact list holds the names of contacts that may not be listed (D23).
pub(crate) const fn sparse(kind: Kind, side: Side) -> &'static [usize] {
    match (side, kind) {
        (Side::B, _) | (Side::A, Kind::Contact) => &[],
        (Side::A, Kind::Task | Kind::Call) => &[activity::CONTACTS],
        (Side::A, Kind::Appointment) => &[appointment::CONTACTS],
    }
}

/// The groups that only ever follow the CRM: what others wrote (A7.18), and where an appointment takes place
/// (A2.49).
pub(crate) const fn mirrored(kind: Kind) -> &'static [usize] {
    match kind {
        Kind::Contact => &[contact::OTHERS_NOTES],
        Kind::Task | Kind::Call => &[],
        Kind::Appointment => &[appointment::LOCATION],
    }
}

/// The mirrored groups in which a person may write something of his own.
pub(crate) const fn overwritten(kind: Kind) -> &'static [usize] {
    match kind {
        Kind::Appointment => &[appointment::LOCATION],
        Kind::Contact => &[contact::OTHERS_NOTES],
        Kind::Call | Kind::Task => &[],
    }
}

/// The groups of a new contact or correspondent that need not be written where their source shows nothing; the partner of
/// an activity may follow from its contacts (A5.20), and what others wrote is named by who wrote it (A7.18).
pub(crate) fn silent(kind: Kind) -> Places {
    match kind {
        Kind::Contact => Places::ALL.without(Places::one(contact::OTHERS_NOTES)),
        Kind::Appointment | Kind::Call | Kind::Task => Places::NONE,
    }
}

/// The groups that an update may change beside those it carries: a contact's own notes and those of others are one
/// text, and of an activity one thing follows from another (A5.20, A6.7).
pub(crate) fn beside(kind: Kind, groups: Places) -> Places {
    if kind != Kind::Contact {
        return Places::ALL;
    }
    let notes = joined(kind);
    if groups.meets(notes) { notes } else { Places::NONE }
}

/// The groups that no record takes along as a whole: comments are merged, not overwritten (A8.7).
pub(crate) fn joined(kind: Kind) -> Places {
    match kind {
        Kind::Contact => Places::one(contact::NOTES).or(Places::one(contact::OTHERS_NOTES)),
        Kind::Appointment | Kind::Call | Kind::Task => Places::NONE,
    }
}
