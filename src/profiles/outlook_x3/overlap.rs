//! X3 refuses two overlapping appointments of one organiser: the plan finds them beforehand, as errors
//! (A11.7, D13, D29).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDateTime, NaiveTime};

use super::crm::{CrmAppointment, CrmAppointmentPatch};
use super::kind::Kind;
use super::run::Run;
use super::schema::{OutlookX3, Record, RecordPatch};
use crate::model::Side;
use crate::plan::Action;
use crate::profile::{Collision, PlannedWrite};
use crate::schema::Kind as _;
use crate::snapshot::SyncState;

/// From when to when an appointment keeps its organiser busy; an all-day one the whole of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: NaiveDateTime,
    end: NaiveDateTime,
}

impl Span {
    fn new(
        start: Option<NaiveDateTime>,
        end: Option<NaiveDateTime>,
        all_day: bool,
    ) -> Option<Self> {
        let start = start?;
        let end = end.unwrap_or(start);
        if !all_day {
            return Some(Self { start, end });
        }
        let midnight = |time: NaiveDateTime| time.date().and_time(NaiveTime::MIN);
        let next = midnight(end).checked_add_days(Days::new(1))?;
        Some(Self { start: midnight(start), end: next })
    }

    fn of(record: &CrmAppointment) -> Option<Self> {
        Self::new(record.start, record.end, record.all_day)
    }

    /// As the link of an appointment that is not listed keeps it (D25), if the organiser is this one.
    fn of_facts(facts: &[String], organizer: &str) -> Option<Self> {
        let [_, who, start, end, all_day, ..] = facts else { return None };
        let span = Self::new(start.parse().ok(), end.parse().ok(), all_day == "true");
        span.filter(|_| who == organizer)
    }

    /// Touching ends do not overlap.
    fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What a write towards the CRM does to its appointment's span.
struct Claim<'w> {
    draft: usize,
    key: Option<&'w str>,
    item: Option<&'w str>,
    span: Span,
}

/// The appointments that may not be sent, and what each of them collides with.
///
/// Writes are looked at in plan order; of two that collide the first one is sent. What the plan deletes or
/// moves away no longer counts, unless the move itself may not be sent: then its old place counts again, and
/// everything is looked at anew.
pub(super) fn collisions(
    run: &Run<'_>,
    state: &SyncState,
    writes: &[PlannedWrite<'_, OutlookX3>],
) -> Vec<Collision> {
    let writes: Vec<_> = writes
        .iter()
        .filter(|write| write.kind == Kind::Appointment && write.side == Side::B)
        .collect();
    let claims: Vec<Claim<'_>> = writes.iter().filter_map(|write| claim(run, write)).collect();
    if claims.is_empty() {
        return Vec::new();
    }
    let standing = standing(run, state);
    let gone: BTreeSet<&str> = writes
        .iter()
        .filter(|write| matches!(write.action, Action::Delete) && !write.held)
        .filter_map(|write| write.ids.b.as_deref())
        .collect();
    let mut vetoed: BTreeMap<usize, Collision> = BTreeMap::new();
    loop {
        let found = first_collision(&standing, &gone, &claims, &vetoed);
        match found {
            Some(collision) => vetoed.insert(collision.draft, collision),
            None => return vetoed.into_values().collect(),
        };
    }
}

/// Where the user's own appointments stand in the CRM: those that are listed, and of a listing of changes those
/// that links know of and that were not removed.
fn standing(run: &Run<'_>, state: &SyncState) -> BTreeMap<String, Span> {
    let links = (!run.crm_is_whole).then(|| state.links.of_kind(Kind::Appointment.code()));
    let facts = links.into_iter().flatten();
    let facts = facts.filter(|((_, key), _)| !run.removed.contains(key.as_str()));
    let mut standing: BTreeMap<String, Span> = facts
        .filter_map(|((_, key), link)| {
            Span::of_facts(&link.facts, run.representative).map(|span| (key.clone(), span))
        })
        .collect();
    for record in &run.crm.appointments {
        standing.remove(&record.chrono);
        if let Some(span) = Span::of(record).filter(|_| record.organizer == run.representative) {
            standing.insert(record.chrono.clone(), span);
        }
    }
    standing
}

fn claim<'w>(run: &Run<'_>, write: &PlannedWrite<'w, OutlookX3>) -> Option<Claim<'w>> {
    let span = if let Action::Create(Record::CrmAppointment(record)) = write.action {
        Span::of(record)?
    } else if let Action::Update(RecordPatch::CrmAppointment(patch)) = write.action {
        moved(run, write, patch)?
    } else {
        return None;
    };
    let (key, item) = (write.ids.b.as_deref(), write.ids.a.as_deref());
    Some(Claim { draft: write.draft, key, item, span })
}

/// Where an update moves its appointment; `None` where it leaves it in place.
fn moved(
    run: &Run<'_>,
    write: &PlannedWrite<'_, OutlookX3>,
    patch: &CrmAppointmentPatch,
) -> Option<Span> {
    if patch.start.is_none() && patch.end.is_none() && patch.all_day.is_none() {
        return None;
    }
    let listed = run.crm.appointments.iter().find(|one| Some(&one.chrono) == write.ids.b.as_ref());
    let start = patch.start.or_else(|| listed.map(|one| one.start))?;
    let end = patch.end.or_else(|| listed.map(|one| one.end))?;
    let all_day = patch.all_day.or_else(|| listed.map(|one| one.all_day)).unwrap_or_default();
    Span::new(start, end, all_day)
}

fn first_collision(
    standing: &BTreeMap<String, Span>,
    gone: &BTreeSet<&str>,
    claims: &[Claim<'_>],
    vetoed: &BTreeMap<usize, Collision>,
) -> Option<Collision> {
    let open = || claims.iter().filter(|claim| !vetoed.contains_key(&claim.draft));
    let moving: BTreeSet<&str> = open().filter_map(|claim| claim.key).collect();
    let stays = |key: &&String| !gone.contains(key.as_str()) && !moving.contains(key.as_str());
    let mut sent: Vec<&Claim<'_>> = Vec::new();
    for claim in open() {
        let place = standing.iter().find(|(key, span)| stays(key) && span.overlaps(claim.span));
        let other = sent.iter().find(|other| other.span.overlaps(claim.span));
        let with = place
            .map(|(key, _)| key.clone())
            .or_else(|| other.and_then(|other| other.key.or(other.item)).map(str::to_owned));
        if let Some(with) = with {
            return Some(Collision { draft: claim.draft, with });
        }
        sent.push(claim);
    }
    None
}
