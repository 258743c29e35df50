//! How much of what a run did: counters per kind, direction and action (A11.6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Code, JournalEntry};
use crate::model::Side;
use crate::plan::ActionKind;
use crate::schema::{Schema, kind_named};
use crate::session::{OpResult, Report};

/// How many writes of one kind, direction and action met which fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Tally<S: Schema> {
    /// The kind of the pairs.
    pub kind: S::Kind,
    /// The side that was, or would have been, written; `None` for a conflict that is held, which may be decided
    /// either way.
    pub direction: Option<Side>,
    /// What was, or would have been, done there.
    pub action: ActionKind,
    /// How often, by fate.
    pub counts: TallyCounts,
}

/// Writes by their fate. The sum of `done`, `errors`, `held` and `left` is the number of operations, and
/// appointments that were not sent because of an overlap (D13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TallyCounts {
    /// Written and acknowledged.
    pub done: u32,
    /// Not planned: the user's flags do not permit it (A1.14).
    pub skipped_by_flag: u32,
    /// Not planned: the item is private (A7.1, A7.2).
    pub skipped_private: u32,
    /// Both sides changed the same; decided for the other side, or held (A8.7).
    pub conflicts: u32,
    /// The side refused it (A4.23), or would refuse it (D13).
    pub errors: u32,
    /// Planned, and held by a guard (D6).
    pub held: u32,
    /// Planned, and left to the next run: the record had changed, an operation it needs was not done, or the run
    /// stopped before it.
    pub left: u32,
}

impl<S: Schema> Report<S> {
    /// The counters of the run, by kind, direction and action; what was never met is left out.
    pub fn tally(&self) -> Vec<Tally<S>> {
        let mut rows: BTreeMap<(S::Kind, Option<Side>, ActionKind), TallyCounts> = BTreeMap::new();
        for (op, result) in self.plan.ops.iter().zip(&self.results) {
            let counts = rows.entry((op.kind, Some(op.side), op.action.kind())).or_default();
            *counts.of_result(*result) += 1;
        }
        for entry in &self.journal {
            let kind = entry.kind.as_deref().and_then(kind_named::<S::Kind>);
            if let (Some(kind), Some(action)) = (kind, entry.action)
                && let Some(count) = TallyCounts::of_entry(entry)
            {
                let counts = rows.entry((kind, entry.direction, action)).or_default();
                *count(counts) += 1;
            }
        }
        let tally = rows.into_iter().map(|((kind, direction, action), counts)| Tally {
            kind,
            direction,
            action,
            counts,
        });
        tally.collect()
    }
}

impl TallyCounts {
    const fn of_result(&mut self, result: OpResult) -> &mut u32 {
        match result {
            OpResult::Done => &mut self.done,
            OpResult::Refused => &mut self.errors,
            OpResult::Held => &mut self.held,
            OpResult::Blocked | OpResult::NotReached | OpResult::Stale => &mut self.left,
        }
    }

    /// The counter of a write for which there is no operation.
    fn of_entry(entry: &JournalEntry) -> Option<fn(&mut Self) -> &mut u32> {
        if entry.code == Code::NotPermitted {
            Some(|counts| &mut counts.skipped_by_flag)
        } else if matches!(entry.code, Code::Private | Code::FrozenPrivate) {
            Some(|counts| &mut counts.skipped_private)
        } else if matches!(entry.code, Code::Conflict | Code::ConflictHeld) {
            Some(|counts| &mut counts.conflicts)
        } else {
            (entry.code == Code::Overlap).then_some(|counts| &mut counts.errors)
        }
    }
}
