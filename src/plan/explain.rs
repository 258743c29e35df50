//! Why an item or a record is as it is, worked out anew from what a run depends on.
//!
//! A plan says nothing of a pair that stays as it is, and the state keeps fingerprints: nothing is recorded for
//! this. The run is planned once more, and what is decided of one pair is looked at on the way.

use std::collections::BTreeSet;
use std::ops::Range;

use super::draft::Draft;
use super::order::order;
use super::planner::{Planner, number, profile_name};
use super::reconcile::{begin, decide_everything, state_of};
use super::screen::everything;
use super::{Advance, PlanError, Settlement, World};
use crate::matching::{Found, KeyFinding, Pair, Presence as Known};
use crate::model::{BySide, Side};
use crate::plan::account::Fate;
use crate::profile::{KindOf, Profile, Standing, Write};
use crate::report::{
    AnomalyCode, Cause, Code, Decision, Detail, Explanation, FieldFate, FieldView, JournalEntry,
    Lever, LinkView, Pairing, PlannedOp, Presence,
};
use crate::rules::{Reason, Way};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{LinkStatus, Retry};

/// Explains the record a side knows under an id, or knew when it was last listed: its link, what the run that
/// this world describes decides, by which rule, and what would change it. Kinds that live in different places may
/// use the same ids, so that there may be several answers; none means that nobody knows the id.
///
/// It costs what [`reconcile`](super::reconcile) costs, and writes nothing.
///
/// # Errors
/// [`PlanError`] when the listings break their contract.
pub fn explain<P: Profile>(
    world: &World<'_, P>,
    side: Side,
    id: &str,
) -> Result<Vec<Explanation<P::Schema>>, PlanError> {
    let state = state_of(world);
    let screened = everything(world.profile, &state)?;
    let mut planner = begin(world, &state, &screened);
    debug_assert!(planner.state.profile == profile_name::<P>());
    let mut glimpses = Vec::new();
    decide_everything(&mut planner, &screened, world.listings, |planner, pair| {
        let linked = pair.link.map(|link| link.ids.get(side).as_str());
        let own = if side == Side::A { pair.id_a() } else { pair.id_b() };
        if own == Some(id) || linked == Some(id) {
            glimpses.push(Glimpse::of(planner, pair));
        } else {
            planner.decide(pair);
        }
    })?;
    Ok(glimpses.into_iter().map(|glimpse| glimpse.explain(&planner)).collect())
}

/// What was seen of one pair while it was decided.
struct Glimpse<P: Profile> {
    /// What is known of the pair before anything is decided.
    start: Explanation<P::Schema>,
    cause: Option<Cause>,
    levers: Vec<Lever>,
    fate: Fate,
    drafts: Range<usize>,
    settlement: Option<usize>,
    journal: Range<usize>,
    anomalies: Range<usize>,
}

impl<P: Profile> Glimpse<P> {
    fn of<'a>(planner: &mut Planner<'a, P>, pair: &Pair<'a, P>) -> Self {
        let levers = open_ways(planner, pair);
        let start = describe(planner, pair);
        let counts = |planner: &Planner<'a, P>| {
            [planner.drafts.len(), planner.journal.len(), planner.anomalies.len()]
        };
        let (before, settled) = (counts(planner), planner.settlements.len());
        let fate = planner.decide(pair);
        let [drafts, journal, anomalies] = counts(planner);
        let settlement = (planner.settlements.len() > settled).then_some(settled);
        Self {
            start,
            cause: silent_cause(planner, pair),
            levers,
            fate,
            drafts: before[0]..drafts,
            settlement,
            journal: before[1]..journal,
            anomalies: before[2]..anomalies,
        }
    }

    /// What became of the pair, once every other is decided and guards have spoken.
    fn explain(self, planner: &Planner<'_, P>) -> Explanation<P::Schema> {
        let Self { start: mut told, cause, levers, fate, drafts, settlement, journal, anomalies } =
            self;
        let places = order(&planner.drafts, |_| true);
        let number_of = |birth: usize| {
            let place = places.iter().position(|one| *one == birth)?;
            Some(number(place + 1))
        };
        let settlement = settlement.and_then(|at| planner.settlements.nth(at));
        // A profile's last word may add operations to a pair.
        let added = settlement.iter().flat_map(|one| &one.ops).map(|op| *op as usize);
        let mut own: BTreeSet<usize> = added.collect();
        own.extend(drafts);
        let own = || own.iter().filter_map(|at| Some((*at, planner.drafts.get(*at)?)));
        told.ops.extend(own().filter_map(|(at, draft)| Some(planned_op(draft, number_of(at)?))));
        told.journal.extend(planner.journal.get(journal).into_iter().flatten().cloned());
        for (_, draft) in own().filter(|(_, draft)| draft.held || draft.dropped) {
            told.journal.extend(later_entry(planner, draft).cloned());
        }
        if !planner.profile.writes_as_drafted() {
            let added = added_entries(planner, &told);
            told.journal.extend(added);
        }
        told.journal.dedup();
        told.ops.sort_by_key(|op| op.op);
        let raised = planner.anomalies.get(anomalies).unwrap_or_default();
        let impossible = raised.first().filter(|_| fate == Fate::Skipped);
        if let Some(settlement) = settlement.filter(|one| one.made == BySide::default()) {
            enter_fates(&mut told, &settlement, planner, number_of);
        }
        told.decision = decision(&told, fate, cause, impossible.map(|one| one.code));
        told.fields.retain(|field| {
            let changed = field.changed.a == Some(true) || field.changed.b == Some(true);
            changed || field.fate != FieldFate::Agreed
        });
        told.levers = what_would_change(&told, levers, planner);
        if let (Decision::Skipped(Cause::Impossible(_)), Some(one)) = (told.decision, impossible) {
            told.levers.push(Lever::Correct(one.field.clone().into()));
        }
        told
    }
}

/// What is known of a pair before anything is decided.
fn describe<'a, P: Profile>(
    planner: &Planner<'a, P>,
    pair: &Pair<'a, P>,
) -> Explanation<P::Schema> {
    let ids = Planner::ids(pair);
    let presence = |presence: &Known<'_, P>| match presence {
        Known::Gone => Presence::Gone,
        Known::Never => Presence::Never,
        Known::Seen(_) => Presence::Listed,
        Known::Unlisted => Presence::Unlisted,
    };
    let state = planner.state;
    let retries = Side::BOTH.into_iter().filter_map(|side| {
        let key = (side, ids.get(side).clone()?);
        state.retries.get(&key)
    });
    let retry: Option<&Retry> = retries.min_by_key(|retry| retry.since);
    let is_own = |other: &BySide<Option<String>>| {
        ids.b.is_some() && ids.b == other.b || ids.a.is_some() && ids.a == other.a
    };
    let code = pair.kind.code();
    let anomalies = state.anomalies.iter().filter(|one| one.kind == code && is_own(&one.ids));
    let unanswered = Side::BOTH.into_iter().filter(|target| {
        let asked = |side: Side, id: &str| ids.get(side).as_deref() == Some(id);
        let mut keys =
            state.attempts.keys().filter(|key| key.kind == code && key.target == *target);
        keys.any(|key| asked(key.side, &key.id))
    });
    Explanation {
        kind: pair.kind,
        presence: BySide::new(presence(&pair.a), presence(&pair.b)),
        pairing: pairing(pair),
        link: pair.link.map(|link| LinkView {
            status: link.status,
            private: link.private,
            agreed: link.seen,
        }),
        retry: retry.cloned(),
        unanswered: unanswered.collect(),
        decision: Decision::Unchanged,
        ops: Vec::new(),
        fields: fields(planner, pair),
        journal: Vec::new(),
        anomalies: anomalies.cloned().collect(),
        levers: Vec::new(),
        ids,
    }
}

const fn pairing<P: Profile>(pair: &Pair<'_, P>) -> Pairing {
    if pair.undecided {
        return Pairing::Undecided;
    }
    match pair.found {
        Found::Alone => Pairing::Alone,
        Found::Content => Pairing::Content,
        Found::Foreign => Pairing::Foreign,
        Found::Linked => Pairing::Link,
        Found::Mark => Pairing::Key,
        Found::Origin => Pairing::Origin,
        Found::Waiting => Pairing::Waiting,
    }
}

/// Every field group, with what each side did to it since the last agreement.
fn fields<'a, P: Profile>(planner: &Planner<'a, P>, pair: &Pair<'a, P>) -> Vec<FieldView> {
    let shown = BySide::new(pair.a.seen(), pair.b.seen())
        .map(|entry| entry.map(|entry| planner.prints(pair.kind, entry)));
    let base = pair.link.map(|link| link.base.as_slice()).unwrap_or_default();
    let groups = pair.kind.groups().iter().enumerate();
    let views = groups.map(|(place, name)| {
        let print = |side: Side| {
            let prints = shown.get(side).as_ref();
            prints.map(|prints| prints.get(place).copied().flatten())
        };
        let before = |side: Side| base.get(place).and_then(|base| *base.get(side));
        FieldView {
            field: (*name).into(),
            changed: BySide::from_fn(|side| Some(print(side)?? != before(side)?)),
            // A record that is not listed is as it was, unreadable fields as well.
            readable: BySide::from_fn(|side| match print(side) {
                Some(print) => print.is_some(),
                None => base.is_empty() || before(side).is_some(),
            }),
            fate: FieldFate::Agreed,
        }
    });
    views.collect()
}

/// Why a pair is left alone where the journal says nothing.
fn silent_cause<P: Profile>(planner: &Planner<'_, P>, pair: &Pair<'_, P>) -> Option<Cause> {
    let foreign = pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign);
    let status = pair.link.map(|link| link.status);
    let since = planner.settings.resend_a_since;
    let asleep = [pair.a.seen(), pair.b.seen()].into_iter().flatten().find_map(|entry| {
        if let Standing::Asleep(code) = entry.standing { Some(Cause::Code(code)) } else { None }
    });
    match (pair.a, pair.b) {
        _ if planner.more_to_come && pair.link.is_none() => Some(Cause::Code(Code::MoreToCome)),
        _ if asleep.is_some() && planner.profile.is_on(pair.kind) => asleep,
        _ if pair.found == Found::Waiting => Some(Cause::KeyNotListed),
        (Known::Seen(_), Known::Never) if pair.key == KeyFinding::Unlisted => {
            Some(Cause::KeyNotListed)
        }
        (Known::Seen(item), Known::Never) => {
            since.filter(|since| item.modified <= *since).map(|_| Cause::NotSince)
        }
        (Known::Never, Known::Seen(_)) if foreign => Some(Cause::SomebodyElses),
        _ if foreign && !planner.profile.is_on(pair.kind) => Some(Cause::Code(Code::KindOff)),
        (Known::Gone, Known::Gone) => Some(Cause::Gone),
        (Known::Gone, _) if foreign => Some(Cause::Gone),
        (Known::Gone, _) => status
            .filter(|status| !matches!(status, LinkStatus::Asleep | LinkStatus::Live))
            .map(Cause::Away),
        (Known::Unlisted, _) => {
            status.filter(|status| *status == LinkStatus::Asleep).map(Cause::Away)
        }
        _ => None,
    }
}

fn planned_op<S: Schema>(draft: &Draft<S>, op: u32) -> PlannedOp {
    PlannedOp {
        op,
        side: draft.side,
        action: draft.action.kind(),
        reason: draft.reason,
        rule: draft.rule.into(),
        held: draft.held,
    }
}

/// What a profile's last word says of a pair, or of a record that goes with it.
fn added_entries<P: Profile>(
    planner: &Planner<'_, P>,
    told: &Explanation<P::Schema>,
) -> Vec<JournalEntry> {
    let ours = |entry: &&JournalEntry| {
        let same =
            |side: Side| entry.ids.get(side).is_some() && entry.ids.get(side) == told.ids.get(side);
        (same(Side::A) || same(Side::B)) && !told.journal.contains(entry)
    };
    planner.journal.iter().filter(ours).cloned().collect()
}

/// What was said of a draft after its pair was decided: that a guard holds it, or that it may not be sent.
fn later_entry<'p, P: Profile>(
    planner: &'p Planner<'_, P>,
    draft: &Draft<P::Schema>,
) -> Option<&'p JournalEntry> {
    planner.journal.iter().find(|entry| {
        if draft.dropped {
            return entry.code == Code::Overlap && entry.ids == draft.ids;
        }
        let guard = matches!(entry.code, Code::DeletionsHeld | Code::EmptiedSideHeld);
        let kind = entry.kind.as_deref() == Some(draft.kind.name(draft.side));
        guard && kind && entry.direction == Some(draft.side)
    })
}

fn decision<S: Schema>(
    told: &Explanation<S>,
    fate: Fate,
    cause: Option<Cause>,
    impossible: Option<AnomalyCode>,
) -> Decision {
    let said =
        |wanted: fn(&Code) -> bool| told.journal.iter().rev().map(|entry| entry.code).find(wanted);
    if let Some(op) = told.ops.iter().find(|op| !op.held) {
        let first = told.ops.iter().find(|op| !op.held && op.reason != Reason::KeyWrittenBack);
        return Decision::Written(first.unwrap_or(op).reason);
    }
    if !told.ops.is_empty() {
        let guard = said(|code| matches!(code, Code::DeletionsHeld | Code::EmptiedSideHeld));
        return Decision::Held(guard.unwrap_or(Code::DeletionsHeld));
    }
    if let Some(overlap) = said(|code| *code == Code::Overlap) {
        return Decision::Skipped(Cause::Code(overlap));
    }
    let explains = |code: &Code| {
        !matches!(
            code,
            Code::Conflict
                | Code::DuplicateKey
                | Code::KeyKindMismatch
                | Code::Moved
                | Code::Relinked
                | Code::ScopeChanged
        )
    };
    let waiting = || {
        let mut fields = told.fields.iter().filter(|field| field.fate == FieldFate::Waits);
        let unread = |field: &FieldView| !field.readable.a || !field.readable.b;
        let unlisted = |side: &Side| *told.presence.get(*side) == Presence::Unlisted;
        let waits = fields.clone().next().is_some();
        if fields.any(unread) {
            return Some(Cause::Unreadable);
        }
        let gone = told.presence.a == Presence::Gone || told.presence.b == Presence::Gone;
        Side::BOTH.into_iter().find(|side| unlisted(side) && (waits || gone)).map(Cause::NotListed)
    };
    match fate {
        Fate::Conflict => Decision::Conflict,
        Fate::Unchanged => cause.or_else(waiting).map_or(Decision::Unchanged, Decision::Skipped),
        Fate::Operation | Fate::Skipped => {
            let cause = impossible.map(Cause::Impossible).or(cause);
            let cause = cause.or_else(|| said(explains).map(Cause::Code)).or_else(waiting);
            cause.map_or(Decision::Unchanged, Decision::Skipped)
        }
    }
}

/// Enters what becomes of each field group of a pair that both sides hold.
fn enter_fates<P: Profile>(
    told: &mut Explanation<P::Schema>,
    settlement: &Settlement,
    planner: &Planner<'_, P>,
    number_of: impl Fn(usize) -> Option<u32>,
) {
    let there = |presence: Presence| matches!(presence, Presence::Listed | Presence::Unlisted);
    if !there(told.presence.a) || !there(told.presence.b) {
        return;
    }
    for (place, field) in told.fields.iter_mut().enumerate() {
        let Some(advance) = settlement.advance(place) else { continue };
        let [a, b] = [field.changed.a, field.changed.b];
        let differs = a == Some(true) || b == Some(true) || a.is_none() && b.is_none();
        field.fate = match advance {
            Advance::Never if differs || !field.readable.a || !field.readable.b => FieldFate::Waits,
            Advance::Never | Advance::Now => FieldFate::Agreed,
            Advance::With(birth) => {
                let birth = *birth as usize;
                let Some(op) = number_of(birth) else { continue };
                let draft = planner.drafts.get(birth);
                let mut lost = draft.into_iter().flat_map(|draft| &draft.anomalies);
                let is_lost = lost
                    .any(|one| one.code == AnomalyCode::ConflictLoser && one.field == field.field);
                if is_lost { FieldFate::Overwritten(op) } else { FieldFate::Written(op) }
            }
        };
    }
}

/// What an edit of either side would meet, while both are alike.
fn open_ways<'a, P: Profile>(planner: &Planner<'a, P>, pair: &Pair<'a, P>) -> Vec<Lever> {
    let ways = Side::BOTH.into_iter().filter_map(|side| {
        let target = side.other();
        match planner.way(pair, target, Write::Update) {
            (Way::Open, _) => Some(Lever::Edit(side)),
            (Way::Forbidden, _) => Some(permit(planner, pair.kind, target, Write::Update)),
            (Way::Barred { .. }, code) => code.and_then(Lever::of_code),
        }
    });
    ways.collect()
}

fn permit<P: Profile>(
    planner: &Planner<'_, P>,
    kind: KindOf<P>,
    side: Side,
    write: Write,
) -> Lever {
    let action = planner.action_of(kind, side, write);
    let flag = planner.profile.flag(kind, side, write).map(Into::into);
    Lever::Permit { side, action, flag }
}

fn what_would_change<P: Profile>(
    told: &Explanation<P::Schema>,
    open_ways: Vec<Lever>,
    planner: &Planner<'_, P>,
) -> Vec<Lever> {
    let mut levers = match told.decision {
        Decision::Conflict => vec![Lever::Policy],
        Decision::Held(_) => vec![Lever::Confirm],
        Decision::Skipped(cause) => of_cause(cause),
        Decision::Unchanged => open_ways,
        Decision::Written(_) => told.retry.iter().map(|_| Lever::Retry).collect(),
    };
    for entry in &told.journal {
        levers.extend(of_entry(told, entry, planner));
    }
    for field in told.fields.iter().filter(|field| field.fate == FieldFate::Waits) {
        let unread = Side::BOTH.into_iter().filter(|side| !*field.readable.get(*side));
        levers.extend(unread.map(|side| Lever::Read(side, field.field.clone())));
    }
    let settled = told.anomalies.iter().filter(|one| one.ids.b.is_some());
    levers.extend(settled.map(|one| Lever::Settle(one.field.clone().into())));
    let mut distinct = Vec::new();
    for lever in levers.into_iter().map(|lever| planner.profile.lever(lever)) {
        if !distinct.contains(&lever) {
            distinct.push(lever);
        }
    }
    distinct
}

fn of_cause(cause: Cause) -> Vec<Lever> {
    match cause {
        Cause::Away(LinkStatus::Archived | LinkStatus::Closed) => vec![Lever::Force],
        Cause::Away(LinkStatus::Asleep) => vec![Lever::List(Side::A)],
        Cause::Away(LinkStatus::Dismissed) => vec![Lever::Edit(Side::B), Lever::Force],
        Cause::KeyNotListed => vec![Lever::List(Side::B)],
        Cause::NotListed(side) => vec![Lever::List(side)],
        Cause::NotSince => vec![Lever::Edit(Side::A)],
        Cause::SomebodyElses => vec![Lever::Assign],
        Cause::Code(code) => Lever::of_code(code).into_iter().collect(),
        Cause::Away(LinkStatus::Live) | Cause::Gone | Cause::Impossible(_) | Cause::Unreadable => {
            Vec::new()
        }
    }
}

fn of_entry<P: Profile>(
    told: &Explanation<P::Schema>,
    entry: &JournalEntry,
    planner: &Planner<'_, P>,
) -> Option<Lever> {
    match (entry.code, entry.direction, entry.action, &entry.detail) {
        (Code::NotPermitted, Some(side), Some(action), _) => {
            Some(permit(planner, told.kind, side, action.write()))
        }
        (Code::Overlap, _, _, Some(Detail::Record(with))) => Some(Lever::Reschedule(with.clone())),
        (Code::NotYetSeen, ..) => {
            let missing = |side: &Side| *told.presence.get(*side) != Presence::Listed;
            Side::BOTH.into_iter().find(missing).map(Lever::List)
        }
        // A private item that was deleted closes its link (D26).
        (Code::FrozenPrivate, _, Some(action), _) if action.write() == Write::Delete => {
            Some(Lever::Force)
        }
        (code, ..) => Lever::of_code(code),
    }
}
