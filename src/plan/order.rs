//! The order of operations (A4.18, D10): by meaning, never by arrival.

use std::cmp::Ordering;

use super::draft::Draft;
use super::{Action, Op};
use crate::model::Side;
use crate::schema::{Kind as _, Schema};

/// The step of D10 an operation belongs to.
///
/// 1 side B deletions; 2 side B creations, then updates, of the first kind (whose keys others need);
/// 3 side B updates, then creations, of the other kinds; 4 unassignments; 5 side A creations, then updates;
/// 6 stamps; 7 side A deletions.
fn step<S: Schema>(draft: &Draft<S>) -> u8 {
    let first = S::Kind::ALL.first() == Some(&draft.kind);
    match (draft.side, &draft.action) {
        (Side::B, Action::Delete) => 1,
        (Side::B, Action::Create(_)) if first => 2,
        (Side::B, Action::Update(_)) if first => 3,
        (Side::B, Action::Update(_)) => 4,
        (Side::B, Action::Create(_)) => 5,
        (Side::B, Action::Unassign(_)) => 6,
        (Side::A, Action::Create(_)) => 7,
        (Side::A, Action::Update(_)) => 8,
        (_, Action::Stamp(_)) => 9,
        (Side::A, Action::Delete | Action::Unassign(_)) => 10,
    }
}

/// One more than the last step.
const STEPS: usize = 11;

/// The drafts that are sent and meant, by number of birth, in their order: by the place a profile gave them, then by step,
/// then kind, then B's id, else A's.
pub(crate) fn order<S: Schema>(
    drafts: &[Draft<S>],
    is_meant: impl Fn(&Draft<S>) -> bool,
) -> Vec<usize> {
    let is_sent =
        |at: &usize| drafts.get(*at).is_some_and(|draft| !draft.dropped && is_meant(draft));
    // Pairs are decided in the order of their ids: by step alone, nearly all of it is in order.
    let mut steps: [Vec<usize>; STEPS] = Default::default();
    for at in (0..drafts.len()).filter(is_sent) {
        let step = drafts.get(at).map_or(0, step);
        if let Some(places) = steps.get_mut(usize::from(step)) {
            places.push(at);
        }
    }
    let mut places = steps.concat();
    places.sort_by(|one, other| match (drafts.get(*one), drafts.get(*other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => one.cmp(other),
    });
    places
}

/// Which of two drafts comes first. Mostly one look says it.
fn compare<S: Schema>(one: &Draft<S>, other: &Draft<S>) -> Ordering {
    one.place
        .cmp(&other.place)
        .then_with(|| step(one).cmp(&step(other)))
        .then_with(|| one.kind.cmp(&other.kind))
        .then_with(|| name(one).cmp(&name(other)))
        .then_with(|| one.ids.a.cmp(&other.ids.a))
        .then_with(|| one.idempotency_key.cmp(&other.idempotency_key))
}

/// The id of side B's record, else of side A's.
fn name<S: Schema>(draft: &Draft<S>) -> Option<&str> {
    draft.ids.b.as_deref().or(draft.ids.a.as_deref())
}

/// Puts operations where their numbers say, which go from one without a gap. An operation is large: with each exchange
/// one is where it stays.
pub(crate) fn put_in_place<S: Schema>(ops: &mut [Op<S>]) {
    for at in 0..ops.len() {
        let place = |ops: &[Op<S>]| ops.get(at).map_or(at, |op| (op.id as usize).saturating_sub(1));
        loop {
            let place = place(ops);
            if place == at || place >= ops.len() {
                break;
            }
            ops.swap(at, place);
        }
    }
}
