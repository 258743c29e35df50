//! X3 refuses two overlapping appointments of one organiser: the plan finds them beforehand, as errors
//! (A11.7, D13, D29).

mod calendar;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use self::calendar::{Calendar, Span};
use super::crm::{CrmAppointment, CrmAppointmentPatch};
use super::kind::Kind;
use super::run::Run;
use super::schema::{OutlookX3, Record, RecordPatch};
use crate::model::Side;
use crate::plan::Action;
use crate::profile::{Collision, PlannedWrite};
use crate::schema::Kind as _;
use crate::snapshot::SyncState;

impl Span {
    fn of(record: &CrmAppointment) -> Option<Self> {
        Self::new(record.start, record.end, record.all_day)
    }

    /// As the link of an appointment that is not listed keeps it (D25), if the organiser is this one.
    fn of_facts(facts: &[String], organizer: &str) -> Option<Self> {
        let [_, who, start, end, all_day, ..] = facts else { return None };
        let span = Self::new(start.parse().ok(), end.parse().ok(), all_day == "true");
        span.filter(|_| who == organizer)
    }
}

/// What a write towards the CRM does to its appointment's span.
#[derive(Clone, Debug)]
struct Claim<'w> {
    draft: usize,
    key: Option<&'w str>,
    /// The key, or else the item's id.
    name: &'w str,
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
    if writes.is_empty() {
        return Vec::new();
    }
    let records = run.crm.appointments.iter();
    let listed = records.map(|one| (one.chrono.as_str(), one)).collect();
    let claims: Vec<_> = writes.iter().filter_map(|write| claim(&listed, write)).collect();
    if claims.is_empty() {
        return Vec::new();
    }
    let gone = writes
        .iter()
        .filter(|write| matches!(write.action, Action::Delete) && !write.held)
        .filter_map(|write| write.ids.b.as_deref());
    vetoes(&standing(run, state), &gone.collect(), &claims)
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

/// The CRM's appointments by key.
type Listed<'a> = BTreeMap<&'a str, &'a CrmAppointment>;

fn claim<'w>(listed: &Listed<'_>, write: &PlannedWrite<'w, OutlookX3>) -> Option<Claim<'w>> {
    let (key, item) = (write.ids.b.as_deref(), write.ids.a.as_deref());
    let span = if let Action::Create(Record::CrmAppointment(record)) = write.action {
        Span::of(record)?
    } else if let Action::Update(RecordPatch::CrmAppointment(patch)) = write.action {
        moved(key.and_then(|key| listed.get(key)).copied(), patch)?
    } else {
        return None;
    };
    Some(Claim { draft: write.draft, key, name: key.or(item).unwrap_or_default(), span })
}

/// Where an update moves its appointment; `None` where it leaves it in place.
fn moved(listed: Option<&CrmAppointment>, patch: &CrmAppointmentPatch) -> Option<Span> {
    if patch.start.is_none() && patch.end.is_none() && patch.all_day.is_none() {
        return None;
    }
    let start = patch.start.or_else(|| listed.map(|one| one.start))?;
    let end = patch.end.or_else(|| listed.map(|one| one.end))?;
    let all_day = patch.all_day.or_else(|| listed.map(|one| one.all_day)).unwrap_or_default();
    Span::new(start, end, all_day)
}

/// The writes that may not be sent.
///
/// Two calendars are kept: of the places that stay, and of the claims that are sent as far as is known. One claim
/// after the other is looked up in both. A claim that may not be sent gives its old place back, and the claims sent so
/// far that overlap it are taken back in their turn, the first of them first, before the next claim is looked at.
fn vetoes(
    standing: &BTreeMap<String, Span>,
    gone: &BTreeSet<&str>,
    claims: &[Claim<'_>],
) -> Vec<Collision> {
    let mut desk = Desk::new(standing, gone, claims);
    for (number, claim) in claims.iter().enumerate() {
        let place = desk.blocked_by_place(claim.span);
        let other = || desk.sent.first(claim.span).and_then(|other| claims.get(other));
        match place.or_else(|| other().map(|other| other.name)) {
            None => desk.sent.insert(number),
            Some(with) => desk.veto(number, with),
        }
    }
    desk.vetoed
        .into_iter()
        .map(|(draft, with)| Collision { draft, with: with.to_owned() })
        .collect()
}

struct Desk<'a, 'w> {
    claims: &'a [Claim<'w>],
    /// Where appointments stand, in the order of their keys.
    places: Vec<(&'a str, Span)>,
    /// Those of them that stay where they are.
    staying: Calendar,
    sent: Calendar,
    /// How many claims that are not vetoed move the appointment with a key.
    moving: BTreeMap<&'w str, usize>,
    gone: &'a BTreeSet<&'a str>,
    vetoed: BTreeMap<usize, &'a str>,
}

impl<'a, 'w: 'a> Desk<'a, 'w> {
    fn new(
        standing: &'a BTreeMap<String, Span>,
        gone: &'a BTreeSet<&'a str>,
        claims: &'a [Claim<'w>],
    ) -> Self {
        let mut moving = BTreeMap::new();
        for key in claims.iter().filter_map(|claim| claim.key) {
            *moving.entry(key).or_default() += 1;
        }
        let places: Vec<_> = standing.iter().map(|(key, span)| (key.as_str(), *span)).collect();
        let mut staying = Calendar::new(places.iter().map(|(_, span)| *span).collect());
        for (number, (key, _)) in places.iter().enumerate() {
            if !gone.contains(key) && !moving.contains_key(key) {
                staying.insert(number);
            }
        }
        let sent = Calendar::new(claims.iter().map(|claim| claim.span).collect());
        Self { claims, places, staying, sent, moving, gone, vetoed: BTreeMap::new() }
    }

    /// The first key of an appointment that stays where the span is.
    fn blocked_by_place(&self, span: Span) -> Option<&'a str> {
        self.staying.first(span).and_then(|place| self.places.get(place)).map(|(key, _)| *key)
    }

    /// Does not send a claim, nor what was sent in the belief that it would be.
    fn veto(&mut self, number: usize, with: &'a str) {
        // The first claim that overlaps each place given back.
        let mut upset: BinaryHeap<Reverse<(usize, Span)>> = BinaryHeap::new();
        let mut next = Some((number, with));
        while let Some((number, with)) = next {
            if let Some(claim) = self.claims.get(number) {
                self.vetoed.insert(claim.draft, with);
                self.sent.remove(number);
                let given_back = claim.key.and_then(|key| self.give_back(key));
                self.push(&mut upset, given_back);
            }
            next = self.pop(&mut upset);
        }
    }

    fn push(&self, upset: &mut BinaryHeap<Reverse<(usize, Span)>>, place: Option<Span>) {
        let first = place.and_then(|place| Some((self.sent.first(place)?, place)));
        upset.extend(first.map(Reverse));
    }

    /// The first claim sent so far that overlaps a place given back.
    fn pop(&self, upset: &mut BinaryHeap<Reverse<(usize, Span)>>) -> Option<(usize, &'a str)> {
        while let Some(Reverse((number, place))) = upset.pop() {
            // The place is looked up again, for it may upset several, and this one may be gone by now.
            if self.sent.first(place) != Some(number) {
                self.push(upset, Some(place));
                continue;
            }
            let claim = self.claims.get(number)?;
            upset.push(Reverse((number, place)));
            return Some((number, self.blocked_by_place(claim.span)?));
        }
        None
    }

    /// Once nothing that is sent moves an appointment, it stays in its old place.
    fn give_back(&mut self, key: &str) -> Option<Span> {
        let moving = self.moving.get_mut(key)?;
        *moving -= 1;
        if *moving > 0 || self.gone.contains(key) {
            return None;
        }
        let place = self.places.binary_search_by(|(one, _)| (*one).cmp(key)).ok()?;
        self.staying.insert(place);
        self.places.get(place).map(|(_, span)| *span)
    }
}
