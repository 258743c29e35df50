//! Pending lines: what the CRM still has to tell each user's mailbox, and how they become a listing of changes
//! (`SYNCDATA`, A4.1 to A4.6).
//!
//! 1. Whatever changes a record [enters](PendingTable::record_changed) a line for every user concerned; lines of
//!    one record are [coalesced](PendingEvent::then) while nobody has fetched them.
//! 2. A run takes its user's [lines](PendingTable::hand_out): the host fetches the records they
//!    [name](PendingLines::keys), and those the state still [wants](SyncState::wanted), and
//!    [makes](PendingLines::feed) the CRM's listing of them.
//! 3. After the run [`PendingFeed::settle`] says from the report which lines were transferred. Those of a record
//!    that failed, is held or in conflict stay.
//!
//! A [`Selection`](super::Selection) of records to be sent again becomes lines with
//! [`PendingEvent::Forced`]. What only a complete listing of the CRM shows, the lines do not: who has no correspondent
//! yet (A7.9, A9.5), and whether a contact that comes back without its key was there before (D30). List everything now
//! and then. What the run writes of a correspondent that is not listed is its key; for its name beside a link (A2.13) list
//! the correspondents that the fetched tasks, calls and appointments name as well.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::crm::Crm;
use super::kind::Kind;
use super::schema::{OutlookX3, Record};
use crate::model::Side;
use crate::report::Code;
use crate::session::Report;
use crate::snapshot::{Listing, SyncState};

/// What happened to a record, as far as one user is concerned (`SYDATTTYP`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PendingEvent {
    /// It is new (`C`; one page of the product's help writes `A` for it, A4.4).
    #[serde(rename = "C")]
    Created,
    /// It was deleted (`A`).
    #[serde(rename = "A")]
    Deleted,
    /// It is to be sent again (`R`).
    #[serde(rename = "R")]
    Forced,
    /// It was changed (`M`).
    #[serde(rename = "M")]
    Modified,
    /// It belongs to another user now (`P`); to this one it is as good as deleted.
    #[serde(rename = "P")]
    Reassigned,
}

impl PendingEvent {
    /// What two events come to, one after the other (A4.5): `C M = C`, `M A = A`, `A C = M`, and `C A` is
    /// nothing at all. `P` counts as `A`. `R` outlives everything but `A` and `P`, and revives neither (A9.12).
    pub const fn then(self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Created, Self::Deleted | Self::Reassigned) => None,
            (Self::Deleted | Self::Reassigned, Self::Created | Self::Modified) => {
                Some(Self::Modified)
            }
            (Self::Deleted | Self::Reassigned, Self::Forced) => Some(self),
            (_, Self::Deleted | Self::Forced | Self::Reassigned) => Some(next),
            (Self::Created | Self::Forced | Self::Modified, Self::Created | Self::Modified) => {
                Some(self)
            }
        }
    }

    /// Whether the record left the user.
    const fn is_leaving(self) -> bool {
        matches!(self, Self::Deleted | Self::Reassigned)
    }
}

/// One pending line (`SYNCDATA`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PendingLine {
    /// Its number (`SYDNUM`): unique, and later lines have higher ones.
    pub number: u64,
    /// The user whose mailbox is to receive the change (`SYDUSR`).
    pub user: String,
    /// The kind of the record (`SYDTYP`).
    pub kind: Kind,
    /// The key of the record (`SYDKEY`).
    pub key: String,
    /// What happened (`SYDATTTYP`).
    pub event: PendingEvent,
    /// Whether it was handed to a run (`SYDGEN`, A4.6).
    #[serde(default)]
    pub handed: bool,
    /// Whether the run confirmed it (`SYDUPD`). A line that is handed and confirmed is removed.
    #[serde(default)]
    pub confirmed: bool,
    /// Whether the run could not carry it over (`SYDOTKSTA` 1).
    #[serde(default)]
    pub failed: bool,
    /// When it was entered (`SYDDAT`, `SYDHOU`), local wall-clock time.
    #[serde(default)]
    pub at: Option<NaiveDateTime>,
}

impl PendingLine {
    /// A line that nobody has fetched yet.
    pub fn new(
        number: u64,
        user: impl Into<String>,
        (kind, key): (Kind, impl Into<String>),
        event: PendingEvent,
    ) -> Self {
        Self {
            number,
            user: user.into(),
            kind,
            key: key.into(),
            event,
            handed: false,
            confirmed: false,
            failed: false,
            at: None,
        }
    }

    /// Whether it was carried over, and goes (A4.6).
    pub const fn is_done(&self) -> bool {
        self.handed && self.confirmed
    }
}

/// A user of the CRM whose mailbox is synchronised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscriber {
    /// The user's code.
    pub user: String,
    /// The representative he is (`AUSCRMF`).
    pub representative: String,
}

/// All pending lines of a CRM folder, for a host that keeps them itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PendingTable {
    lines: Vec<PendingLine>,
}

impl PendingTable {
    /// The lines, by number.
    pub fn lines(&self) -> &[PendingLine] {
        &self.lines
    }

    /// One user's lines (A13.8), as they stand.
    pub fn of(&self, user: &str) -> PendingLines {
        PendingLines::new(&self.lines, user)
    }

    /// Hands one user's lines to his next run (A4.6): what happens from now on gets lines of its own, so that the
    /// run's confirmation does not cover it.
    pub fn hand_out(&mut self, user: &str) -> PendingLines {
        for line in self.lines.iter_mut().filter(|line| line.user == user) {
            line.handed = true;
        }
        self.of(user)
    }

    /// Enters an event for a user. It is coalesced with what is pending on the same record, unless a run has
    /// fetched that already (A4.5).
    pub fn enter(
        &mut self,
        user: &str,
        (kind, key): (Kind, &str),
        event: PendingEvent,
        at: Option<NaiveDateTime>,
    ) {
        let pending = self.lines.iter().position(|line| {
            !line.handed && line.user == user && line.kind == kind && line.key == key
        });
        if let Some(line) = pending.and_then(|place| self.lines.get_mut(place)) {
            if let Some(event) = line.event.then(event) {
                (line.event, line.at) = (event, at);
                return;
            }
            let number = line.number;
            self.delete(number);
            return;
        }
        let number = self.lines.iter().map(|line| line.number).max().unwrap_or(0) + 1;
        self.lines.push(PendingLine { at, ..PendingLine::new(number, user, (kind, key), event) });
    }

    /// Enters what a change of a record means for every user: `before` and `after` are the record, `None` where
    /// there was or is none.
    ///
    /// Every representative the record belongs to gets a line (A4.1, A7.14); one it no longer belongs to gets
    /// `P`, and one it newly belongs to gets `C` (A4.10). `author` is the user whose run wrote the change: he
    /// never gets it back. A person who works in the CRM is nobody's run (`None`), and his own mailbox gets the
    /// change as well. Of a meeting that came from a mailbox the co-workers get nothing new: their mail programs
    /// have told them (A7.8).
    pub fn record_changed(
        &mut self,
        (before, after): (Option<&Record>, Option<&Record>),
        author: Option<&str>,
        subscribers: &[Subscriber],
        at: Option<NaiveDateTime>,
    ) {
        let Some((kind, key)) = before.or(after).and_then(identity) else { return };
        let (had, has) = (holders(before), holders(after));
        let distributed = author.is_some() && after.is_some_and(is_meeting);
        for one in subscribers.iter().filter(|one| Some(one.user.as_str()) != author) {
            let rep = one.representative.as_str();
            let event = match (had.contains(&rep), has.contains(&rep)) {
                (false, false) => continue,
                (false, true) => PendingEvent::Created,
                (true, true) => PendingEvent::Modified,
                (true, false) if after.is_some() => PendingEvent::Reassigned,
                (true, false) => PendingEvent::Deleted,
            };
            let told = distributed && !event.is_leaving() && has.first() != Some(&rep);
            if !told {
                self.enter(&one.user, (kind, key), event, at);
            }
        }
    }

    /// Enters what a change of an interlocutor means: it shows on its correspondents, and so changes them for
    /// every representative they are assigned to (A7.13).
    pub fn interlocutor_changed(
        &mut self,
        code: &str,
        crm: &Crm,
        subscribers: &[Subscriber],
        at: Option<NaiveDateTime>,
    ) {
        for one in crm.correspondents.iter().filter(|one| one.interlocutor.as_deref() == Some(code))
        {
            let record = Record::from(one.clone());
            self.record_changed((Some(&record), Some(&record)), None, subscribers, at);
        }
    }

    /// Turns a line into a forced one, to be taken by the next run (A4.3, A9.6); says whether there is such a line.
    pub fn force(&mut self, number: u64) -> bool {
        let line = self.lines.iter_mut().find(|line| line.number == number);
        line.map(|line| (line.event, line.handed) = (PendingEvent::Forced, false)).is_some()
    }

    /// Deletes a line by hand: the change is not carried over, and the record stays as it is (A4.2).
    pub fn delete(&mut self, number: u64) {
        self.lines.retain(|line| line.number != number);
    }

    /// Takes back lines as a run left them: those carried over go, the others wait for the next run (A4.6). A
    /// line that was deleted meanwhile stays deleted, and one that was forced meanwhile stays forced.
    pub fn settle(&mut self, lines: Vec<PendingLine>) {
        for line in lines {
            let held = self.lines.iter_mut().find(|held| held.number == line.number && held.handed);
            if let Some(held) = held {
                *held = line;
            }
        }
        self.lines.retain(|line| !line.is_done());
    }
}

/// The kind and key of a record of the CRM.
fn identity(record: &Record) -> Option<(Kind, &str)> {
    match record {
        Record::Call(one) => Some((Kind::Call, &one.chrono)),
        Record::Correspondent(one) => Some((Kind::Contact, &one.chrono)),
        Record::CrmAppointment(one) => Some((Kind::Appointment, &one.chrono)),
        Record::CrmTask(one) => Some((Kind::Task, &one.chrono)),
        Record::Appointment(_) | Record::Contact(_) | Record::Task(_) => None,
    }
}

/// The representatives a record belongs to (A7.3); of an appointment the organiser first.
fn holders(record: Option<&Record>) -> Vec<&str> {
    match record {
        Some(Record::Call(one)) => vec![&one.representative],
        Some(Record::CrmTask(one)) => vec![&one.representative],
        Some(Record::Correspondent(one)) => one.assigned.iter().map(String::as_str).collect(),
        Some(Record::CrmAppointment(one)) => {
            let participants = one.participants.iter().map(String::as_str);
            std::iter::once(one.organizer.as_str()).chain(participants).collect()
        }
        Some(Record::Appointment(_) | Record::Contact(_) | Record::Task(_)) | None => Vec::new(),
    }
}

fn is_meeting(record: &Record) -> bool {
    matches!(record, Record::CrmAppointment(one) if one.meeting_id.is_some())
}

/// One user's pending lines, record by record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingLines {
    records: BTreeMap<(Kind, String), Vec<PendingLine>>,
}

impl PendingLines {
    /// A user's lines among those of all users, in whatever order (A13.8). Lines that are done are left out; one
    /// that an earlier run fetched and did not confirm is taken again.
    pub fn new(lines: &[PendingLine], user: &str) -> Self {
        let mut records: BTreeMap<_, Vec<PendingLine>> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.user == user && !line.is_done()) {
            records.entry((line.kind, line.key.clone())).or_default().push(line.clone());
        }
        for lines in records.values_mut() {
            lines.sort_by_key(|line| line.number);
        }
        Self { records }
    }

    /// The records that lines name: what the host has to fetch, as far as it is still there.
    pub fn keys(&self) -> impl Iterator<Item = (Kind, &str)> {
        self.records.keys().map(|(kind, key)| (*kind, key.as_str()))
    }

    /// What the lines of a record come to (A4.5); `None` where they cancel out, or there are none.
    pub fn event(&self, kind: Kind, key: &str) -> Option<PendingEvent> {
        coalesced(self.records.get(&(kind, key.to_owned()))?)
    }

    /// The CRM's listing of changes for this user's next run. `crm` holds the directory, and of the records that
    /// lines [name](Self::keys) and the state [wants](SyncState::wanted) those that are there; more do no harm.
    ///
    /// * A record that is there is listed, whatever its line says; one with a forced line is sent again (A4.3).
    /// * A record that is not there is removed if its lines say so. If they say that it is there, somebody has
    ///   deleted it since, or it could not be read: the line waits, and nothing is deleted for it.
    /// * A record that an earlier run left undone, and that is not there, is removed (D22).
    pub fn feed(&self, crm: &Crm, state: &SyncState) -> PendingFeed {
        let present = present(crm);
        let mut listing = Listing::changes(Vec::new());
        let mut waiting = BTreeSet::new();
        for (record, lines) in &self.records {
            let event = coalesced(lines);
            let (_, key) = record;
            if present.contains(&(record.0, key.as_str())) {
                if event == Some(PendingEvent::Forced) {
                    listing.forced.push(key.clone());
                }
            } else if event.is_none_or(PendingEvent::is_leaving) {
                listing.removed.push(key.clone());
            } else {
                waiting.insert(record.clone());
            }
        }
        let known: BTreeSet<&str> = present.iter().map(|(_, key)| *key).collect();
        let named: BTreeSet<&str> = self.records.keys().map(|(_, key)| key.as_str()).collect();
        let wanted = state.wanted(Side::B).filter(|id| !known.contains(id) && !named.contains(id));
        listing.removed.extend(wanted.map(str::to_owned));
        listing.removed.sort();
        listing.removed.dedup();
        PendingFeed { listing, lines: self.clone(), waiting }
    }
}

/// What lines of one record, in their order, come to.
fn coalesced(lines: &[PendingLine]) -> Option<PendingEvent> {
    let mut events = lines.iter().map(|line| line.event);
    let first = events.next();
    events.fold(first, |event, next| match event {
        Some(event) => event.then(next),
        None => Some(next),
    })
}

fn present(crm: &Crm) -> BTreeSet<(Kind, &str)> {
    let contacts = crm.correspondents.iter().map(|one| (Kind::Contact, one.chrono.as_str()));
    let tasks = crm.tasks.iter().map(|one| (Kind::Task, one.chrono.as_str()));
    let calls = crm.calls.iter().map(|one| (Kind::Call, one.chrono.as_str()));
    let appointments = crm.appointments.iter();
    let appointments = appointments.map(|one| (Kind::Appointment, one.chrono.as_str()));
    contacts.chain(tasks).chain(calls).chain(appointments).collect()
}

/// One user's pending lines as the CRM's listing of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingFeed {
    /// The CRM's listing ([`Input::crm_listing`](super::Input::crm_listing)).
    pub listing: Listing,
    lines: PendingLines,
    waiting: BTreeSet<(Kind, String)>,
}

impl PendingFeed {
    /// The lines as the run leaves them, by number: handed, and confirmed where nothing of their record is left
    /// undone (A4.6). A line stays while its record failed, is held, in conflict or not permitted, or its kind is
    /// off; after a conflict that the mailbox won it is confirmed (A8.8). A run without a report leaves every line
    /// as it was.
    pub fn settle(&self, report: &Report<OutlookX3>) -> Vec<PendingLine> {
        let undone = report.unsettled(Side::B);
        let off = report.journal.iter().filter(|entry| entry.code == Code::KindOff);
        let off: BTreeSet<&str> = off.filter_map(|entry| entry.ids.b.as_deref()).collect();
        let settled = self.lines.records.iter().flat_map(|(record, lines)| {
            let key = record.1.as_str();
            let stays = self.waiting.contains(record) || undone.contains(key) || off.contains(key);
            lines.iter().cloned().map(move |line| PendingLine {
                handed: true,
                confirmed: !stays,
                failed: stays,
                ..line
            })
        });
        let mut settled: Vec<PendingLine> = settled.collect();
        settled.sort_by_key(|line| line.number);
        settled
    }
}
