//! Shows that [`decide`](super::decide) follows A8.4, D3, D4 and A7.8b for every outcome, every pair of
//! ways, every policy and every order of the modification stamps, against tables written out by hand.

use super::{ConflictPolicy, Merge, Route, Terms, Way, decide};
use crate::classify::FieldOutcome;
use crate::model::{BySide, Instant, Side};

const OUTCOMES: [FieldOutcome; 6] = [
    FieldOutcome::Conflict,
    FieldOutcome::Same,
    FieldOutcome::TakeA,
    FieldOutcome::TakeB,
    FieldOutcome::Unchanged,
    FieldOutcome::Unreadable,
];

const WAYS: [Way; 4] =
    [Way::Open, Way::Forbidden, Way::Barred { overwrite: false }, Way::Barred { overwrite: true }];

/// Who wins: policy, then which side was modified later (`None` for a tie), then the winner (D4, A8.5).
const WINNERS: [(ConflictPolicy, Option<Side>, Option<Side>); 12] = [
    (ConflictPolicy::Hold, Some(Side::A), None),
    (ConflictPolicy::Hold, Some(Side::B), None),
    (ConflictPolicy::Hold, None, None),
    (ConflictPolicy::PreferA, Some(Side::A), Some(Side::A)),
    (ConflictPolicy::PreferA, Some(Side::B), Some(Side::A)),
    (ConflictPolicy::PreferA, None, Some(Side::A)),
    (ConflictPolicy::PreferB, Some(Side::A), Some(Side::B)),
    (ConflictPolicy::PreferB, Some(Side::B), Some(Side::B)),
    (ConflictPolicy::PreferB, None, Some(Side::B)),
    (ConflictPolicy::PreferNewer, Some(Side::A), Some(Side::A)),
    (ConflictPolicy::PreferNewer, Some(Side::B), Some(Side::B)),
    (ConflictPolicy::PreferNewer, None, Some(Side::B)),
];

/// What a conflicting group does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Hold,
    Write(Side),
    Wait(Side),
}

/// A8.4: whether side B may be written, whether side A may; then what happens if A wins, if B wins, and if
/// nobody does. "Only if Outlook is newer; else nothing" is the second row, the one-way mirror the third.
const A8_4: [(bool, bool, [Does; 3]); 4] = [
    (true, true, [Does::Write(Side::B), Does::Write(Side::A), Does::Hold]),
    (true, false, [Does::Write(Side::B), Does::Wait(Side::A), Does::Hold]),
    (false, true, [Does::Write(Side::A), Does::Write(Side::A), Does::Hold]),
    (false, false, [Does::Wait(Side::B), Does::Wait(Side::A), Does::Wait(Side::A)]),
];

fn terms(
    (policy, later): (ConflictPolicy, Option<Side>),
    merge: Merge,
    ways: BySide<Way>,
) -> Terms {
    let at = |side: Side| {
        let seconds = i64::from(later == Some(side));
        Instant::from_timestamp(seconds, 0).expect("an instant")
    };
    Terms { policy, merge, modified: BySide::from_fn(at), ways }
}

fn is_barred(way: Way) -> bool {
    matches!(way, Way::Barred { .. })
}

/// What a conflict does: a barred way makes the other one a mirror, whatever the policy; else A8.4.
fn conflict(winner: Option<Side>, ways: BySide<Way>) -> Does {
    for side in Side::BOTH {
        if *ways.get(side) == Way::Open && is_barred(*ways.get(side.other())) {
            return Does::Write(side);
        }
    }
    let open = ways.map(|way| way == Way::Open);
    let row = A8_4.iter().find(|row| (row.0, row.1) == (open.b, open.a));
    let [if_a, if_b, if_none] = row.expect("the table has every row").2;
    match winner {
        Some(Side::A) => if_a,
        Some(Side::B) => if_b,
        None => if_none,
    }
}

fn has_changed(outcome: FieldOutcome, side: Side) -> bool {
    match outcome {
        FieldOutcome::Conflict => true,
        FieldOutcome::TakeA => side == Side::A,
        FieldOutcome::TakeB => side == Side::B,
        FieldOutcome::Same | FieldOutcome::Unchanged | FieldOutcome::Unreadable => false,
    }
}

/// The route of one group among others.
fn expected(
    outcome: FieldOutcome,
    among: &[FieldOutcome],
    (merge, winner): (Merge, Option<Side>),
    ways: BySide<Way>,
) -> Route {
    let fought = |does: Does| match does {
        Does::Hold => Route::Held,
        Does::Wait(side) => Route::Waits(Some(side)),
        Does::Write(side) => Route::To { side, lost: has_changed(outcome, side) },
    };
    let source = match outcome {
        FieldOutcome::Same => return Route::Settled,
        FieldOutcome::Unchanged => return Route::Unchanged,
        FieldOutcome::Unreadable => return Route::Waits(None),
        FieldOutcome::Conflict => return fought(conflict(winner, ways)),
        FieldOutcome::TakeA => Side::A,
        FieldOutcome::TakeB => Side::B,
    };
    let anybody = |side| among.iter().any(|one| has_changed(*one, side));
    let target = source.other();
    let (to, lost) = if *ways.get(target) == (Way::Barred { overwrite: true }) && anybody(target) {
        (source, true)
    } else if merge == Merge::Record && anybody(Side::A) && anybody(Side::B) {
        return fought(conflict(winner, ways));
    } else {
        (target, false)
    };
    if *ways.get(to) == Way::Open { Route::To { side: to, lost } } else { Route::Waits(Some(to)) }
}

fn every_terms() -> Vec<(Terms, Merge, Option<Side>)> {
    let mut all = Vec::new();
    for (policy, later, winner) in WINNERS {
        for merge in [Merge::Fields, Merge::Record] {
            for a in WAYS {
                for b in WAYS {
                    let ways = BySide::new(a, b);
                    all.push((terms((policy, later), merge, ways), merge, winner));
                }
            }
        }
    }
    all
}

fn decided(outcomes: &[FieldOutcome], terms: &Terms) -> Vec<Route> {
    let decider = decide(&outcomes.iter().copied(), terms);
    outcomes.iter().map(|outcome| decider.route(*outcome)).collect()
}

#[test]
fn one_group_under_every_term() {
    for (terms, merge, winner) in every_terms() {
        for outcome in OUTCOMES {
            let wanted = expected(outcome, &[outcome], (merge, winner), terms.ways);
            assert_eq!(decided(&[outcome], &terms), [wanted], "{outcome:?}, {terms:?}");
        }
    }
}

#[test]
fn two_groups_under_every_term() {
    for (terms, merge, winner) in every_terms() {
        for one in OUTCOMES {
            for two in OUTCOMES {
                let both = [one, two];
                let wanted = both.map(|own| expected(own, &both, (merge, winner), terms.ways));
                assert_eq!(decided(&both, &terms), wanted, "{both:?}, {terms:?}");
            }
        }
    }
}

#[test]
fn nothing_is_written_on_a_way_that_is_not_open() {
    for (terms, ..) in every_terms() {
        for one in OUTCOMES {
            for two in OUTCOMES {
                for route in decided(&[one, two], &terms) {
                    if let Route::To { side, .. } = route {
                        assert_eq!(*terms.ways.get(side), Way::Open, "{one:?} {two:?} {terms:?}");
                    }
                }
            }
        }
    }
}
