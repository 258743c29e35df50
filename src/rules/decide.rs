//! Which side's value each field group gets, under policy and permissions (D3, D4, A8.4).

use super::{ConflictPolicy, Merge};
use crate::classify::FieldOutcome;
use crate::model::{BySide, Instant, Side};

/// Whether values may be written on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Yes.
    Open,
    /// No: the user's flags forbid it. A conflict may still be decided against that side's wish (A8.4).
    Forbidden,
    /// No: a rule stands against it.
    Barred {
        /// Whether whatever the other side changes next overwrites the whole copy (A7.8b).
        overwrite: bool,
    },
}

/// What decides between two values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) policy: ConflictPolicy,
    pub(crate) merge: Merge,
    pub(crate) modified: BySide<Instant>,
    /// Whether values may be written on each side.
    pub(crate) ways: BySide<Way>,
}

/// What becomes of one field group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Both sides changed it, and neither is touched until a policy decides.
    Held,
    /// Nothing has to be written; what both sides show is agreed.
    Settled,
    /// The value goes to this side. If this overwrites a change, `lost` says so.
    To {
        /// The side that is written.
        side: Side,
        /// Whether a change of that side is overwritten.
        lost: bool,
    },
    /// Nothing happened.
    Unchanged,
    /// A change waits: it may not be written on this side, or one side could not be read.
    Waits(Option<Side>),
}

/// What decides the groups of one pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decider<'t> {
    terms: &'t Terms,
    /// Whether one side's record is kept whole.
    whole: bool,
    /// Whether each side's copy is overwritten as a whole.
    overwrites: BySide<bool>,
}

/// Decides the groups of a pair, of which these are the outcomes.
///
/// 1. Under [`Merge::Record`], if both sides changed anything, every change is a conflict: the winner's
///    record is kept whole.
/// 2. A group changed on one side goes to the other if that way is open, else it waits.
/// 3. A conflict is decided by A8.4: both ways open, the policy's winner is written; only one way open, it is
///    written there, towards side B only if side A won; none open, it waits. A barred way is no matter of
///    policy: the other way is a mirror.
/// 4. A barred copy is overwritten as a whole as soon as the other side changed anything (A7.8b).
pub(crate) fn decide<'t>(
    outcomes: &(impl Iterator<Item = FieldOutcome> + Clone),
    terms: &'t Terms,
) -> Decider<'t> {
    let changed = |side| {
        let own = if side == Side::A { FieldOutcome::TakeA } else { FieldOutcome::TakeB };
        outcomes.clone().any(|outcome| outcome == own || outcome == FieldOutcome::Conflict)
    };
    let whole = terms.merge == Merge::Record && changed(Side::A) && changed(Side::B);
    let overwrites = BySide::from_fn(|side| {
        *terms.ways.get(side) == Way::Barred { overwrite: true } && changed(side)
    });
    Decider { terms, whole, overwrites }
}

impl Decider<'_> {
    /// Where a group goes that has an outcome.
    pub(crate) fn route(&self, outcome: FieldOutcome) -> Route {
        let Self { terms, whole, overwrites } = *self;
        match outcome {
            FieldOutcome::Same => Route::Settled,
            FieldOutcome::Unchanged => Route::Unchanged,
            FieldOutcome::Unreadable => Route::Waits(None),
            FieldOutcome::TakeA if overwrites.b => mirror(terms, Side::A, true),
            FieldOutcome::TakeB if overwrites.a => mirror(terms, Side::B, true),
            FieldOutcome::TakeA if whole => conflict(terms, BySide::new(true, false)),
            FieldOutcome::TakeB if whole => conflict(terms, BySide::new(false, true)),
            FieldOutcome::TakeA => single(terms, Side::B),
            FieldOutcome::TakeB => single(terms, Side::A),
            FieldOutcome::Conflict => conflict(terms, BySide::new(true, true)),
        }
    }
}

fn single(terms: &Terms, to: Side) -> Route {
    match terms.ways.get(to) {
        Way::Open => Route::To { side: to, lost: false },
        Way::Forbidden | Way::Barred { .. } => Route::Waits(Some(to)),
    }
}

/// A conflict; `changed` says which sides changed this very group.
fn conflict(terms: &Terms, changed: BySide<bool>) -> Route {
    let write = |side: Side| Route::To { side, lost: *changed.get(side) };
    let winner = terms.policy.winner(terms.modified);
    match (terms.ways.a, terms.ways.b) {
        (Way::Open, Way::Barred { .. }) => write(Side::A),
        (Way::Barred { .. }, Way::Open) => write(Side::B),
        (Way::Forbidden | Way::Barred { .. }, Way::Forbidden | Way::Barred { .. }) => {
            Route::Waits(Some(winner.map_or(Side::A, Side::other)))
        }
        (way_a, way_b) => match winner {
            None => Route::Held,
            Some(winner) if way_a == Way::Open && way_b == Way::Open => write(winner.other()),
            Some(_) if way_a == Way::Open => write(Side::A),
            Some(Side::A) => write(Side::B),
            Some(Side::B) => Route::Waits(Some(Side::A)),
        },
    }
}

/// The overwritten copy of A7.8b: side `of` changed this group, and gets the other side's value.
fn mirror(terms: &Terms, of: Side, lost: bool) -> Route {
    match terms.ways.get(of) {
        Way::Open => Route::To { side: of, lost },
        Way::Forbidden | Way::Barred { .. } => Route::Waits(Some(of)),
    }
}
