//! The profile, built for one run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::TimeDelta;

use super::crm::Crm;
use super::directory::Directory;
use super::input::{Input, RunError};
use super::kind::Kind;
use super::parameters::{Flag, Parameters};
use super::refusal::Refusal;
use super::schema::{CalendarCounts, Counts, Native, OutlookX3, Record, RecordPatch, Viewer};
use super::store::{Contact, Role, Store, StoreKind};
use super::value::Value;
use super::{express, glance, needed, overlap, project, read, rules, show, supplement};
use crate::model::{Instant, Places, Side, same_bytes};
use crate::plan::{Decline, Plan, RunSettings, Verdict, World, reconcile};
use crate::profile::{
    Barrier, Change, Collision, Entry, Expressed, Glance, GroupCase, Identities, Judgement,
    PairView, PlannedWrite, Profile, Supplement, Supplied, Write,
};
use crate::report::{Code, Explanation};
use crate::rules::Reason;
use crate::schema::Schema as _;
use crate::snapshot::{
    Coverage, Digester, Links, Lookup, OpenAnomaly, Print, Printer, StateKey, SyncState,
};

/// Makes the plan of a run: checks the preconditions, then reconciles both sides.
///
/// # Errors
/// [`RunError::Refused`] for the first precondition of A1.3 that fails, [`RunError::Plan`] when a listing
/// breaks its contract.
///
/// # Example
/// ```
/// use counterpart::model::BySide;
/// use counterpart::profiles::outlook_x3::{plan, Crm, Input, OutlookX3, Parameters, RunOptions, Store, StoreKind};
/// use counterpart::snapshot::{Listing, StateKey, SyncState};
///
/// let (store, crm) = (Store::new("mailbox-1", StoreKind::Local), Crm::new("SEED"));
/// let systems = BySide::new(store.id.clone(), crm.folder.clone());
/// let plan = plan(&Input {
///     parameters: &Parameters::new("U1", "REP01"),
///     store: &store,
///     crm: &crm,
///     store_listing: &Listing::full(),
///     crm_listing: &Listing::full(),
///     state: &SyncState::new("outlook_x3", systems, StateKey([0; 16])),
///     options: RunOptions::at("2026-03-02T08:00:00Z".parse()?),
/// })?;
/// assert!(plan.ops.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(input: &Input<'_>) -> Result<Plan<OutlookX3>, RunError> {
    Ok(in_world(input, reconcile)??)
}

/// Judges a value that the user supplies for an open anomaly of the state: the change of the CRM's record it
/// amounts to, or why it is not taken (A12.5). Nothing is written yet; see [`Correction`](crate::plan::Correction).
///
/// The value is a text as a person writes it: a partner's code, with or without hashes; keys of correspondents or
/// codes of representatives, separated by commas; a date `2026-03-02`, a time `2026-03-02T09:00`, two of them separated
/// by `/`; minutes; `yes` or `no`; else the text itself.
///
/// # Errors
/// [`RunError::Refused`] for the first precondition of A1.3 that fails. A value that is not taken is no error.
///
/// # Example
/// ```
/// # use counterpart::host::Adapter;
/// # use counterpart::model::{BySide, Text};
/// # use counterpart::profiles::outlook_x3::*;
/// # use counterpart::snapshot::{Listing, StateKey, SyncState};
/// use counterpart::host::drive;
/// use counterpart::plan::Verdict;
/// use counterpart::session::Session;
///
/// # let mut store = MemoryStore::new(Store::new("mailbox-1", StoreKind::Local));
/// # let mut crm = MemoryCrm::new(Crm::new("SEED"));
/// # crm.crm.partners.push(Partner { code: "DIS001".to_owned(), ..Partner::default() });
/// # let mut task = Task::default();
/// # "T1".clone_into(&mut task.id);
/// # task.company = Text::from("#NOPE#");
/// # store.store.tasks.push(task);
/// # let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
/// # let state = SyncState::new("outlook_x3", systems, StateKey([0; 16]));
/// # let (parameters, full) = (Parameters::new("U1", "REP01"), Listing::full());
/// # let (listed_store, listed_crm) = (store.store.clone(), crm.crm.clone());
/// # let now = "2026-03-02T08:00:00Z".parse()?;
/// # let input = Input {
/// #     parameters: &parameters, store: &listed_store, crm: &listed_crm, store_listing: &full,
/// #     crm_listing: &full, state: &state, options: RunOptions::at(now),
/// # };
/// # let mut session = Session::new(plan(&input)?, state.clone());
/// // A task came in with a company that the CRM does not know: an anomaly is open.
/// drive(&mut session, &mut BySide::<&mut dyn Adapter<_>>::new(&mut store, &mut crm), |_| true);
/// let (mut state, _) = session.finish();
/// let anomaly = state.anomalies.first().cloned().ok_or("an open anomaly")?;
/// # let (before, listed_crm) = (state.clone(), crm.crm.clone());
/// # let input = Input { crm: &listed_crm, state: &before, ..input };
///
/// let Verdict::Accepted(correction) = settle(&input, &anomaly, "DIS001")? else { return Err("declined".into()) };
/// let answer = crm.write(&correction.request);
/// let _to_persist = correction.answered(&answer, &mut state).ok_or("it was not written")?;
/// assert!(state.anomalies.is_empty(), "the line is closed");
/// assert_eq!(crm.crm.tasks[0].partner.as_deref(), Some("DIS001"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn settle(
    input: &Input<'_>,
    anomaly: &OpenAnomaly,
    value: &str,
) -> Result<Verdict<OutlookX3>, RunError> {
    in_world(input, |world| crate::plan::settle(&world, anomaly, value))
}

/// Explains the item or record that a side knows under an id: its link, what a run decides of it and by which
/// rule, and what would change that (see [`plan::explain`](crate::plan::explain)). There may be several, for the
/// same id may name a contact and a task; none means that nobody knows it.
///
/// # Errors
/// As [`plan`].
///
/// # Example
/// ```
/// # use counterpart::model::BySide;
/// # use counterpart::profiles::outlook_x3::*;
/// # use counterpart::snapshot::{Listing, StateKey, SyncState};
/// use counterpart::model::Side;
/// use counterpart::report::{Cause, Code, Decision, Language, Lever};
///
/// # let mut store = Store::new("mailbox-1", StoreKind::Local);
/// # let mut task = Task::default();
/// # ("T1".clone_into(&mut task.id), task.private = true);
/// # store.tasks.push(task);
/// # let crm = Crm::new("SEED");
/// # let systems = BySide::new(store.id.clone(), crm.folder.clone());
/// # let (parameters, full) = (Parameters::new("U1", "REP01"), Listing::full());
/// # let state = SyncState::new("outlook_x3", systems, StateKey([0; 16]));
/// # let options = RunOptions::at("2026-03-02T08:00:00Z".parse()?);
/// # let input = Input {
/// #     parameters: &parameters, store: &store, crm: &crm, store_listing: &full, crm_listing: &full,
/// #     state: &state, options,
/// # };
/// let told = explain(&input, Side::A, "T1")?;
/// assert_eq!(told[0].decision, Decision::Skipped(Cause::Code(Code::Private)));
/// assert_eq!(told[0].levers, [Lever::MakePublic]);
/// assert!(told[0].text(Language::Fr).ends_with("le retrait de la marque « privé »"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(
    input: &Input<'_>,
    side: Side,
    id: &str,
) -> Result<Vec<Explanation<OutlookX3>>, RunError> {
    Ok(in_world(input, |world| crate::plan::explain(&world, side, id))??)
}

/// Checks the preconditions and builds the world of a run.
fn in_world<'i, T>(
    input: &Input<'i>,
    then: impl FnOnce(World<'_, Run<'i>>) -> T,
) -> Result<T, RunError> {
    let representative = input.parameters.check()?;
    let state = input.state;
    let foreign = state.profile != OutlookX3::NAME
        || state.systems.a != input.store.id
        || state.systems.b != input.crm.folder;
    if foreign {
        return Err(Refusal::ForeignState.into());
    }
    let run = Run::new(input, representative);
    let settings = RunSettings {
        now: input.options.now,
        policy: input.parameters.conflict.policy(),
        merge: input.parameters.merge,
        limit: input.parameters.max_deletions,
        confirm: input.options.confirm,
        resend_b: input.options.force_crm,
        resend_a_since: input.options.force_store_since,
    };
    Ok(then(World {
        profile: &run,
        state,
        listings: crate::model::BySide::new(input.store_listing, input.crm_listing),
        settings: &settings,
        viewer: run.viewer.clone(),
        counts: run.counts(),
    }))
}

/// The profile, built for one run: what the rules and the projection look things up in.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) representative: &'a str,
    pub(crate) store: &'a Store,
    pub(crate) crm: &'a Crm,
    pub(crate) directory: Directory<'a>,
    key: StateKey,
    contacts: OnceLock<Lookup>,
    pub(crate) now: Instant,
    /// Whether the CRM is asked to send its records again (A9.2).
    pub(crate) resend: bool,
    /// What of the CRM is asked for again by itself (A9.3).
    pub(crate) forced: BTreeSet<&'a str>,
    /// What the CRM says was removed.
    pub(crate) removed: BTreeSet<&'a str>,
    /// Whether the CRM lists every record.
    pub(crate) crm_is_whole: bool,
    /// Whether the CRM is listed by the filter of the last run.
    pub(crate) crm_as_before: bool,
    pub(crate) links: &'a Links,
    pub(crate) viewer: Viewer,
    /// Contacts that activities name which a run forced from the mailbox makes (A6.5).
    needed: BTreeMap<&'a str, Reason>,
    origin_prefix: String,
    meetings: BTreeMap<&'a str, &'a String>,
    managed: Vec<&'a str>,
}

impl<'a> Run<'a> {
    fn new(input: &Input<'a>, representative: &'a str) -> Self {
        Self {
            parameters: input.parameters,
            representative,
            store: input.store,
            crm: input.crm,
            directory: Directory::new(input.crm, input.state.key),
            key: input.state.key,
            contacts: OnceLock::new(),
            now: input.options.now,
            resend: input.options.force_crm,
            forced: input.crm_listing.forced.iter().map(String::as_str).collect(),
            removed: input.crm_listing.removed.iter().map(String::as_str).collect(),
            crm_is_whole: input.crm_listing.coverage == Coverage::Full,
            crm_as_before: input.state.scopes.b == input.crm_listing.scope,
            links: &input.state.links,
            viewer: Viewer {
                representative: representative.to_owned(),
                subject_limit: input.parameters.limits.subject,
                location: input.parameters.display.location,
            },
            needed: needed::needed(input),
            origin_prefix: format!("{}/", input.store.id),
            meetings: meetings(input.crm),
            managed: input.parameters.managed().collect(),
        }
    }

    /// A mailbox contact by its id.
    pub(crate) fn contact(&self, id: &str) -> Option<&'a Contact> {
        let listed = &self.store.contacts;
        let ids = || Lookup::of(&self.key, listed.iter().map(|one| one.id.as_str()));
        let lookup = self.contacts.get_or_init(ids);
        let at = lookup.find(id, |at| listed.get(at).is_some_and(|one| one.id == id))?;
        listed.get(at)
    }

    /// Whether items of a folder take part, as [`Parameters::manages`] says: asked of every item.
    #[expect(clippy::inline_always, reason = "asked of every record")]
    #[inline(always)]
    pub(crate) fn manages(&self, folder: &str, kind: Kind) -> bool {
        if folder.is_empty() {
            return self.parameters.manages(folder, kind);
        }
        self.managed.iter().any(|one| same_bytes(one.as_bytes(), folder.as_bytes()))
    }

    /// The calendar items in scope, by class (A11.5).
    fn counts(&self) -> Counts {
        let mut counts = CalendarCounts::default();
        let listed = self.store.appointments.iter();
        for item in listed.filter(|item| self.parameters.manages(&item.folder, Kind::Appointment)) {
            let class = match item.role {
                Role::Request => &mut counts.requests,
                Role::Cancelled => &mut counts.cancelled,
                Role::Response => &mut counts.unmanaged,
                _ if item.recurring => {
                    counts.recurring += 1;
                    &mut counts.unmanaged
                }
                Role::Appointment | Role::Attendee | Role::Organizer => &mut counts.managed,
            };
            *class += 1;
        }
        Counts { appointments: counts }
    }

    /// The item a record was made from, if it lies in this store.
    pub(super) fn origin_here<'r>(&self, origin: Option<&'r String>) -> Option<&'r str> {
        origin.and_then(|origin| origin.strip_prefix(&self.origin_prefix))
    }

    /// The key of the CRM's record of a meeting: the copy a colleague's mail program made of it is linked, not
    /// made again (A7.8).
    pub(super) fn meeting(&self, id: &str) -> Option<&'a String> {
        self.meetings.get(id).copied()
    }
}

impl<'r> Profile for Run<'r> {
    type Schema = OutlookX3;
    type Value = Value<'r>;
    type Native = Native<'r>;

    fn len(&self, side: Side) -> usize {
        let Store { contacts, tasks, appointments, .. } = self.store;
        let crm = self.crm;
        match side {
            Side::A => contacts.len() + tasks.len() + appointments.len(),
            Side::B => {
                let activities = crm.tasks.len() + crm.calls.len() + crm.appointments.len();
                crm.correspondents.len() + activities
            }
        }
    }

    fn entry(&self, side: Side, at: usize) -> Option<Entry<'_, Self>> {
        match side {
            Side::A => self.item(at),
            Side::B => self.crm_record(at),
        }
    }

    #[expect(clippy::inline_always, reason = "asked of every record, with the side known")]
    #[inline(always)]
    fn sight(&self, side: Side, at: usize) -> Option<Glance<'_, Kind>> {
        glance::sight(self, side, at)
    }

    #[expect(clippy::inline_always, reason = "asked of every record, with the side known")]
    #[inline(always)]
    fn takes_part(&self, side: Side, at: usize) -> bool {
        glance::takes_part(self, side, at)
    }

    #[inline]
    fn native(&self, side: Side, at: usize) -> Option<Native<'r>> {
        glance::native(self, side, at)
    }

    #[inline]
    fn first_bytes_of(&self, native: Native<'r>) -> u8 {
        glance::first_bytes(native)
    }

    fn record(&self, native: Native<'r>) -> Record {
        native.to_record()
    }

    fn show(&self, kind: Kind, native: Native<'r>, out: &mut Printer) {
        show::show(&self.viewer, kind, native, out);
    }

    fn digest(&self, kind: Kind, native: Native<'r>, digester: &mut Digester) -> Option<Print> {
        Some(native.digest(kind, digester))
    }

    fn show_written(
        &self,
        kind: Kind,
        (native, patch): (Native<'r>, &RecordPatch),
        viewer: &Viewer,
        out: &mut Printer,
    ) {
        show::show_written(viewer, kind, (native, patch), out);
    }

    fn project(
        &self,
        kind: Kind,
        native: Native<'r>,
        identities: &dyn Identities,
    ) -> Vec<Value<'r>> {
        project::project(self, kind, native, identities)
    }

    fn value(
        &self,
        (kind, place): (Kind, usize),
        native: Native<'r>,
        identities: &dyn Identities,
    ) -> Option<Value<'r>> {
        Some(project::value(self, (kind, place), native, identities))
    }

    fn silent(&self, kind: Kind) -> Places {
        rules::silent(kind)
    }

    fn beside(&self, kind: Kind, groups: Places) -> Places {
        rules::beside(kind, groups)
    }

    fn mark_first(&self) -> bool {
        self.store.kind == StoreKind::Exchange
    }

    fn kind_of_key(&self, key: &str) -> Option<Kind> {
        rules::kind_of_key(key)
    }

    fn permits(&self, kind: Kind, side: Side, write: Write) -> bool {
        self.parameters.permissions.permits(kind, side, write)
    }

    fn is_on(&self, kind: Kind) -> bool {
        self.parameters.is_on(kind)
    }

    fn barrier(&self, pair: &PairView<'_, '_, Self>, side: Side, write: Write) -> Option<Barrier> {
        rules::barrier(self, pair, side, write)
    }

    fn has_rule(&self, kind: Kind, place: usize) -> bool {
        rules::has_rule(kind, place)
    }

    fn judge(
        &self,
        pair: &PairView<'_, '_, Self>,
        case: &GroupCase<'_, Self::Value>,
    ) -> (Judgement, Option<Code>) {
        rules::judge(pair, case)
    }

    fn unassigns(&self, kind: Kind) -> Option<&str> {
        (kind == Kind::Contact).then_some(self.representative)
    }

    fn reclaims(&self, kind: Kind) -> bool {
        kind == Kind::Contact
    }

    fn facts(&self, native: Native<'r>) -> Vec<String> {
        show::facts(native)
    }

    fn has_facts<'k>(&self, native: Native<'r>, kept: impl Iterator<Item = &'k [u8]>) -> bool {
        show::has_facts(native, kept)
    }

    fn canonical(&self, kind: Kind, side: Side) -> &'static [usize] {
        rules::canonical(self.parameters, kind, side)
    }

    fn woven(&self, kind: Kind, side: Side) -> &'static [usize] {
        rules::woven(kind, side)
    }

    fn sparse(&self, kind: Kind, side: Side) -> &'static [usize] {
        rules::sparse(kind, side)
    }

    fn joined(&self, kind: Kind) -> Places {
        rules::joined(kind)
    }

    fn mirrored(&self, kind: Kind) -> &'static [usize] {
        rules::mirrored(kind)
    }

    fn needed(&self, kind: Kind, id: &str) -> Option<Reason> {
        (kind == Kind::Contact).then(|| self.needed.get(id).copied()).flatten()
    }

    fn clock_skew(&self) -> TimeDelta {
        TimeDelta::seconds(self.parameters.clock_skew_seconds.into())
    }

    fn overwritten(&self, kind: Kind) -> &'static [usize] {
        rules::overwritten(kind)
    }

    fn create(
        &self,
        change: &Change<'_, '_, Self>,
        source: &Entry<'_, Self>,
        identities: &dyn Identities,
    ) -> Expressed<Self, Option<Record>> {
        express::create(self, change, source, identities)
    }

    fn update(
        &self,
        change: &Change<'_, '_, Self>,
        identities: &dyn Identities,
    ) -> Expressed<Self, Option<RecordPatch>> {
        express::update(self, change, identities)
    }

    fn supplements(
        &self,
        identities: &dyn Identities,
        writes: &[PlannedWrite<'_, OutlookX3>],
    ) -> Vec<Supplement<Self>> {
        supplement::supplements(self, identities, writes)
    }

    fn may_collide(&self, kind: Kind, side: Side) -> bool {
        (kind, side) == (Kind::Appointment, Side::B)
    }

    fn collisions(
        &self,
        state: &SyncState,
        writes: &[PlannedWrite<'_, OutlookX3>],
    ) -> Vec<Collision> {
        overlap::collisions(self, state, writes)
    }

    fn read(
        &self,
        supplied: &Supplied<'_, '_, Self>,
        identities: &dyn Identities,
    ) -> Result<Value<'r>, Decline> {
        read::read(self, supplied, identities)
    }

    fn flag(&self, kind: Kind, side: Side, write: Write) -> Option<&'static str> {
        Flag::of(kind, side, write).map(Flag::name)
    }

    fn reclaim(&self, kind: Kind, patch: Option<RecordPatch>) -> Option<RecordPatch> {
        express::reclaim(self, kind, patch)
    }
}

/// The appointments by their meetings: of two that name one meeting the first in the order of keys (D11).
fn meetings(crm: &Crm) -> BTreeMap<&str, &String> {
    let mut meetings = BTreeMap::new();
    for one in &crm.appointments {
        if let Some(meeting) = one.meeting_id.as_deref() {
            let first = meetings.entry(meeting).or_insert(&one.chrono);
            *first = (*first).min(&one.chrono);
        }
    }
    meetings
}
