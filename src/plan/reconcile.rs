//! The one function that calls every stage.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::draft::Draft;
use super::entered::Entered;
use super::guarded::hold_deletions;
use super::known::Known;
use super::order::{order, put_in_place};
use super::planner::{Planner, number, profile_name};
use super::screen::{Screened, screen};
use super::sheet::open_anomalies;
use super::{Account, Action, Closing, Op, Plan, Settlements};
use crate::matching::{Ground, Pair, match_records, pair_twins};
use crate::model::{BySide, Instant, Side, ordered};
use crate::profile::{Entry, KindOf, Profile};
use crate::report::{AnomalyCode, Code, Detail, JournalEntry};
use crate::rules::{ConflictPolicy, DeletionLimit, Merge};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{Coverage, Digester, Listing, Printer, SyncState, Undecided};

/// What a run is asked for, beside the rules of the profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// The instant of the run.
    pub now: Instant,
    /// Who wins a conflict (D4).
    #[serde(default)]
    pub policy: ConflictPolicy,
    /// How edits of both sides are brought together (D3).
    #[serde(default)]
    pub merge: Merge,
    /// How many deletions are executed without being confirmed (D6).
    #[serde(default)]
    pub limit: DeletionLimit,
    /// Whether deletions held by a guard are executed.
    #[serde(default)]
    pub confirm: bool,
    /// Whether side B's records are sent again to side A (A9.2); [`Listing::forced`] names single ones.
    #[serde(default)]
    pub resend_b: bool,
    /// The instant since which side A's items are sent again; the last-sync state is dropped (A9.7, D20).
    #[serde(default)]
    pub resend_a_since: Option<Instant>,
}

impl RunSettings {
    /// A plain run at an instant, with every default.
    pub fn at(now: Instant) -> Self {
        Self {
            now,
            policy: ConflictPolicy::default(),
            merge: Merge::default(),
            limit: DeletionLimit::default(),
            confirm: false,
            resend_b: false,
            resend_a_since: None,
        }
    }
}

/// Everything a plan depends on.
#[derive(Debug)]
pub struct World<'a, P: Profile> {
    /// The profile, built for this run from the snapshots and the parameters.
    pub profile: &'a P,
    /// What was agreed last time.
    pub state: &'a SyncState,
    /// How complete each side's listing is.
    pub listings: BySide<&'a Listing>,
    /// What the run is asked for.
    pub settings: &'a RunSettings,
    /// How the session will look at stored records.
    pub viewer: <P::Schema as Schema>::Viewer,
    /// Counters of the profile.
    pub counts: <P::Schema as Schema>::Counts,
}

/// A promise of the caller that was broken: there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Two records of one side share an id. The host's listing is wrong.
    #[error("two records on side {side:?} share the id {id:?}")]
    DuplicateId {
        /// The side.
        side: Side,
        /// The id.
        id: String,
    },
    /// A record has an empty id. The host's listing is wrong.
    #[error("a record on side {side:?} has an empty id")]
    EmptyId {
        /// The side.
        side: Side,
    },
    /// A record or link was not accounted for exactly once. A defect of this crate: please report it.
    #[error("{found} of {expected} records and links were accounted for")]
    Unaccounted {
        /// How many there were.
        expected: usize,
        /// How many were accounted for.
        found: usize,
    },
}

/// Makes the plan of a run: the only function that calls every stage, in one direction, and a pure one (A13.7).
///
/// 1. *Project*: the profile lists the records of both sides.
/// 2. For each family of kinds, in their order: *match* records and links; then for each pair *classify* what
///    happened to each field group, *decide* by policy and permission, and draft operations. Kinds whose keys
///    others need come first.
/// 3. Guards hold deletions back (D6); drafts are ordered (D10) and numbered.
/// 4. Every record and link is checked to be accounted for exactly once.
///
/// It reads no clock, draws no random number and does no IO: the same world gives the same plan (D11).
///
/// # Errors
/// [`PlanError`] when the listings break their contract.
pub fn reconcile<P: Profile>(world: World<'_, P>) -> Result<Plan<P::Schema>, PlanError> {
    let state = state_of(&world);
    let screened = screen(&world, &state)?;
    let mut planner = begin(&world, &state, &screened);
    let mut undecided =
        decide_everything(&mut planner, &screened, world.listings, |planner, pair| {
            planner.decide(pair);
        })?;
    if planner.more_to_come {
        undecided.extend(state.undecided.iter().cloned());
    }
    let asks = !state.attempts.is_empty() || !state.retries.is_empty();
    let listed = if asks { listed(&screened.entries) } else { BTreeSet::new() };
    planner.drop_attempts(|side, id| listed.contains(&(side, id)));
    let again = state.retries.keys().filter(|(side, id)| listed.contains(&(*side, id.as_str())));
    let revisited = again.cloned().collect();
    let removed = world.listings.map(removed_ids);
    let is_gone = |side: Side, id: &str| match world.listings.get(side).coverage {
        Coverage::Full => world.listings.get(side).scope.is_none() && !listed.contains(&(side, id)),
        Coverage::Changes => removed.get(side).contains(id),
    };
    let gone = state.retries.keys().filter(|(side, id)| is_gone(*side, id)).cloned().collect();
    let mut plan = assemble(planner, world.counts, undecided, revisited);
    plan.missing = gone;
    plan.digested = world.listings.map(|listing| !listing.stamps_prove);
    plan.scopes = world.listings.map(|listing| listing.scope.clone());
    Ok(plan)
}

/// The state a run starts from: one forced from side A compares everything anew (D20).
pub(crate) fn state_of<'a, P: Profile>(world: &World<'a, P>) -> Cow<'a, SyncState> {
    if world.settings.resend_a_since.is_none() {
        return Cow::Borrowed(world.state);
    }
    let mut dropped = world.state.clone();
    dropped.links.clear();
    dropped.fresh = true;
    Cow::Owned(dropped)
}

/// A planner that has decided nothing yet, and what is to be said of the run as a whole.
pub(crate) fn begin<'a, P: Profile>(
    world: &World<'a, P>,
    state: &'a SyncState,
    screened: &'a Screened<'a, P>,
) -> Planner<'a, P> {
    let scopes = world.listings.map(|listing| state.key.scope(listing.scope.as_deref()));
    let mut planner = Planner {
        profile: world.profile,
        state,
        dropped: world.settings.resend_a_since.map(|_| &world.state.links),
        settings: world.settings,
        stamps_prove: world.listings.map(|listing| listing.stamps_prove),
        listed_whole: world.listings.map(|listing| listing.coverage == Coverage::Full),
        more_to_come: world.listings.a.is_page() || world.listings.b.is_page(),
        forced: world.listings.map(|listing| listing.forced.iter().map(String::as_str).collect()),
        drafts: Vec::new(),
        settlements: if world.profile.writes_as_drafted() {
            Entered::Packed(Settlements::default())
        } else {
            Entered::Loose(Vec::new())
        },
        journal: Vec::new(),
        anomalies: Vec::new(),
        closings: Vec::new(),
        account: Account::default(),
        known: Known::new(world.profile, &screened.quiet, &state.key),
        open: open_anomalies(state),
        parked: state.parked.clone(),
        asked: IndexMap::new(),
        refusals_kept: BTreeSet::new(),
        scopes,
        born: BySide::from_fn(|side| {
            let is_unfiltered = world.listings.get(side).scope.is_none();
            Some(if is_unfiltered { *scopes.get(side) } else { state.key.no_scope() })
        }),
        unfiltered: world.listings.map(|listing| listing.scope.is_none()),
        met: Vec::new(),
        undoing: BTreeSet::new(),
        viewer: world.viewer.clone(),
        printer: RefCell::new(Printer::new(&state.key, 0)),
        digesters: world.listings.map(|listing| {
            (!listing.stamps_prove).then(|| RefCell::new(Digester::new(&state.key, &world.viewer)))
        }),
        spare_values: RefCell::default(),
        spare_groups: Cell::default(),
        spare_places: Cell::default(),
        spare_settlement: Cell::default(),
    };
    note_missing_state(&mut planner, &screened.entries);
    note_scopes(&mut planner, world.listings);
    for side in Side::BOTH.into_iter().filter(|side| world.listings.get(*side).is_page()) {
        note_side(&mut planner, Code::MoreToCome, side);
    }
    planner
}

/// How many pairs are brought near together before the first of them is decided.
const BLOCK: usize = 16;

/// Matches all records, decides every pair, and lets guards and collisions have their say; gives the records that
/// could not be told apart.
pub(crate) fn decide_everything<'a, P: Profile>(
    planner: &mut Planner<'a, P>,
    screened: &'a Screened<'a, P>,
    listings: BySide<&'a Listing>,
    mut decide: impl FnMut(&mut Planner<'a, P>, &Pair<'a, P>),
) -> Result<Vec<Undecided>, PlanError> {
    let mut undecided = Vec::new();
    for family in families::<P>() {
        let pairs = match_family(planner, screened, listings, &family, &mut undecided);
        // Nearly every pair that is looked at has something to do, unless all of them are.
        if !planner.profile.is_thorough() {
            planner.settlements.reserve(pairs.len());
            planner.drafts.reserve(pairs.len());
        }
        for block in pairs.chunks(BLOCK) {
            planner.bring_near(block);
            for pair in block {
                decide(planner, pair);
            }
        }
    }
    let quiet = planner.state.links.len().saturating_sub(screened.links.len());
    planner.account.set_aside(quiet, screened.quiet.records);
    check_account(&planner.account, screened.listed, planner.state.links.len())?;
    hold_deletions(planner, screened, listings);
    planner.drop_collisions();
    if !planner.more_to_come {
        planner.supplement();
    }
    planner.complete();
    close_with_records(planner, screened, listings);
    Ok(undecided)
}

/// A state that was lost is told apart from a first run by what it left on the records (A9.8, A11.8, D20), which
/// what is known of a record from elsewhere is not. It detects no deletion (A9.9).
fn note_missing_state<P: Profile>(
    planner: &mut Planner<'_, P>,
    entries: &BySide<Vec<Entry<'_, P>>>,
) {
    let is_marked = |one: &Entry<'_, P>| one.marked && one.mark.is_some();
    let marked = Side::BOTH.iter().any(|side| entries.get(*side).iter().any(is_marked));
    let fresh = planner.state.fresh && planner.state.links.is_empty();
    if fresh && marked && planner.profile.reports(Code::LastSyncMissing) {
        let now = planner.settings.now;
        planner.journal.push(JournalEntry::new(
            now,
            Code::LastSyncMissing,
            None,
            BySide::default(),
        ));
    }
}

fn note_scopes<P: Profile>(planner: &mut Planner<'_, P>, listings: BySide<&Listing>) {
    let kept = scopes_kept(planner.state, listings);
    for side in Side::BOTH.into_iter().filter(|side| !kept.get(*side)) {
        note_side(planner, Code::ScopeChanged, side);
    }
}

/// Says something of a side's listing.
fn note_side<P: Profile>(planner: &mut Planner<'_, P>, code: Code, side: Side) {
    let mut entry = JournalEntry::new(planner.settings.now, code, None, BySide::default());
    entry.detail = Some(Detail::Side(side));
    planner.journal.push(entry);
}

/// Whether each side is listed by the same filter as last time (P-04).
fn scopes_kept(state: &SyncState, listings: BySide<&Listing>) -> BySide<bool> {
    BySide::from_fn(|side| state.runs == 0 || *state.scopes.get(side) == listings.get(side).scope)
}

fn families<P: Profile>() -> Vec<Vec<KindOf<P>>> {
    let mut families: Vec<Vec<KindOf<P>>> = Vec::new();
    for kind in KindOf::<P>::ALL {
        let known = families
            .iter_mut()
            .find(|family| family.first().is_some_and(|one| one.family() == kind.family()));
        match known {
            Some(family) => family.push(*kind),
            None => families.push(vec![*kind]),
        }
    }
    families
}

fn match_family<'a, P: Profile>(
    planner: &Planner<'a, P>,
    screened: &'a Screened<'a, P>,
    listings: BySide<&'a Listing>,
    family: &[KindOf<P>],
    undecided: &mut Vec<Undecided>,
) -> Vec<Pair<'a, P>> {
    let of_family = |side: Side| {
        let listed = screened.entries.get(side).iter();
        listed.filter(|entry| family.contains(&entry.kind)).collect::<Vec<_>>()
    };
    let links = screened.links.iter().filter_map(|(code, link)| {
        let kind = family.iter().find(|kind| kind.code() == *code)?;
        Some((*kind, link))
    });
    let removed = BySide::from_fn(|side| {
        listings.get(side).removed.iter().map(String::as_str).collect::<BTreeSet<_>>()
    });
    let ground = Ground {
        entries: BySide::from_fn(of_family),
        links: links.collect(),
        listings,
        removed,
        key: planner.state.key,
        scopes: planner.scopes,
        complete: scopes_kept(planner.state, listings),
    };
    let mut pairs = match_records(planner.profile, ground);
    let remembered: BTreeSet<(Side, &str)> = planner
        .state
        .undecided
        .iter()
        .filter(|one| family.iter().any(|kind| kind.code() == one.kind))
        .flat_map(|one| {
            let ids = |side: Side| one.ids.get(side).iter().map(move |id| (side, id.as_str()));
            ids(Side::A).chain(ids(Side::B))
        })
        .collect();
    let may_pair = |pair: &Pair<'a, P>| {
        planner.state.fresh
            || planner.profile.pairs_by_content(pair.kind)
            || pair.a.seen().is_some_and(|one| remembered.contains(&(Side::A, one.id)))
            || pair.b.seen().is_some_and(|one| remembered.contains(&(Side::B, one.id)))
    };
    let by_content = family.iter().any(|kind| planner.profile.pairs_by_content(*kind));
    let may_be_equal = planner.state.fresh || by_content || !remembered.is_empty();
    if may_be_equal && !planner.more_to_come {
        let content = |kind, native| planner.profile.content(kind, native, &planner.known);
        undecided.extend(pair_twins(&mut pairs, family, may_pair, content).undecided);
    }
    in_order(&pairs)
}

/// Pairs in the order of their names: kind, then B's id, then A's. Those that have a link mostly stand in it already,
/// between those that have none: that is what a stable sort takes in few steps. Mostly the first bytes of an id say it.
fn in_order<'a, P: Profile>(pairs: &[Pair<'a, P>]) -> Vec<Pair<'a, P>> {
    let beginning = |(at, pair): (usize, &Pair<'a, P>)| {
        let (id_b, first) = (pair.id_b(), |id| ordered(id).0);
        ((pair.kind, id_b.is_some(), id_b.or_else(|| pair.id_a()).map_or(0, first)), at)
    };
    let whole = |at: usize| pairs.get(at).map(|pair| (pair.id_b(), pair.id_a()));
    let mut order: Vec<_> = pairs.iter().enumerate().map(beginning).collect();
    order.sort_by(|(one, at), (other, other_at)| {
        one.cmp(other).then_with(|| whole(*at).cmp(&whole(*other_at)))
    });
    order.into_iter().filter_map(|(_, at)| pairs.get(at).copied()).collect()
}

/// Every record and every link is in exactly one pair, and every pair met exactly one fate.
fn check_account(
    account: &Account,
    expected: BySide<usize>,
    links: usize,
) -> Result<(), PlanError> {
    if account.records == expected && account.links == links {
        return Ok(());
    }
    Err(PlanError::Unaccounted {
        expected: expected.a + expected.b + links,
        found: account.records.a + account.records.b + account.links,
    })
}

/// Open anomalies of records that are gone close (A12.8), and those of items that went before they had a record.
fn close_with_records<P: Profile>(
    planner: &mut Planner<'_, P>,
    screened: &Screened<'_, P>,
    listings: BySide<&Listing>,
) {
    if planner.state.anomalies.is_empty() {
        return;
    }
    let records: BTreeSet<(u8, &str)> =
        screened.entries.b.iter().map(|entry| (entry.kind.code(), entry.id)).collect();
    let removed = removed_ids(listings.b);
    let items: BTreeSet<&str> = screened.entries.a.iter().map(|entry| entry.id).collect();
    let removed_items = removed_ids(listings.a);
    let deleted = deleted_on_b(&planner.drafts);
    for anomaly in &planner.state.anomalies {
        let Some(id) = anomaly.ids.b.as_deref() else {
            let item = anomaly.ids.a.as_deref().unwrap_or_default();
            let gone = match listings.a.coverage {
                Coverage::Full => !items.contains(item),
                Coverage::Changes => removed_items.contains(item) && !items.contains(item),
            };
            if gone {
                planner.closings.push(Closing { anomaly: anomaly.clone(), with: None });
            }
            continue;
        };
        let gone = match listings.b.coverage {
            Coverage::Full => {
                !records.contains(&(anomaly.kind, id))
                    && screened.quiet.head(anomaly.kind, Side::B, id).is_none()
            }
            // What a deletion took leaves no link behind, and no listing of changes tells of it again.
            Coverage::Changes => {
                let known = records.contains(&(anomaly.kind, id))
                    || planner.state.links.get(anomaly.kind, id).is_some();
                removed.contains(id) || anomaly.code == AnomalyCode::LostEdit && !known
            }
        };
        let deletion = deleted.get(&(anomaly.kind, id)).copied();
        if gone || deletion.is_some() {
            let with = deletion.filter(|_| !gone);
            planner.closings.push(Closing { anomaly: anomaly.clone(), with });
        }
    }
}

/// The deletions of side B's records among the drafts.
fn deleted_on_b<S: Schema>(drafts: &[Draft<S>]) -> BTreeMap<(u8, &str), u32> {
    let deletions = drafts.iter().enumerate().filter(|(_, draft)| {
        draft.side == Side::B && !draft.dropped && matches!(draft.action, Action::Delete)
    });
    let named = deletions
        .filter_map(|(at, draft)| Some(((draft.kind.code(), draft.ids.b.as_deref()?), number(at))));
    named.collect()
}

/// The records that a listing reports as removed.
fn removed_ids(listing: &Listing) -> BTreeSet<&str> {
    listing.removed.iter().map(String::as_str).collect()
}

fn listed<'e, P: Profile>(entries: &BySide<Vec<Entry<'e, P>>>) -> BTreeSet<(Side, &'e str)> {
    let ids = |side: Side| entries.get(side).iter().map(move |entry| (side, entry.id));
    ids(Side::A).chain(ids(Side::B)).collect()
}

/// Puts everything in its order.
fn assemble<P: Profile>(
    mut planner: Planner<'_, P>,
    counts: <P::Schema as Schema>::Counts,
    mut undecided: Vec<Undecided>,
    revisited: Vec<(Side, String)>,
) -> Plan<P::Schema> {
    debug_assert!(planner.state.profile == profile_name::<P>());
    let places = order(&planner.drafts, |_| true);
    let mut number_of = vec![0u32; planner.drafts.len()];
    for (place, birth) in places.iter().enumerate() {
        if let Some(slot) = number_of.get_mut(*birth) {
            *slot = number(place + 1);
        }
    }
    let renumber = |birth: u32| number_of.get(birth as usize).copied().unwrap_or_default();
    // A draft is no smaller than its operation: the list of operations is made in the place of that of drafts, and each
    // moves once more.
    let drafts = std::mem::take(&mut planner.drafts).into_iter().enumerate();
    let mut ops: Vec<Op<P::Schema>> =
        drafts.map(|(birth, draft)| draft.numbered(number(birth), renumber)).collect();
    ops.retain(|op| op.id != 0);
    put_in_place(&mut ops);
    // The place was kept for as many as could be.
    ops.shrink_to_fit();
    for closing in &mut planner.closings {
        closing.with = closing.with.map(renumber);
    }
    for op in planner.asked.values_mut() {
        *op = op.map(renumber);
    }
    undecided.sort();
    Plan {
        now: planner.settings.now,
        systems: planner.state.systems.clone(),
        ops,
        journal: planner.journal,
        anomalies: planner.anomalies,
        closings: planner.closings,
        account: planner.account,
        counts,
        settlements: planner.settlements.finish(number_of),
        undecided,
        viewer: planner.viewer,
        digested: BySide::default(),
        revisited,
        missing: Vec::new(),
        more_to_come: planner.more_to_come,
        parked: planner.parked,
        asked: planner.asked,
        refusals_kept: planner.refusals_kept,
        met: planner.met,
        scopes: BySide::default(),
        drops_state: planner.settings.resend_a_since.is_some(),
    }
}
