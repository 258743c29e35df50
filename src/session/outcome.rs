//! How a run ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Said;

use crate::model::{BySide, Side};
use crate::plan::{OpId, Plan};
use crate::report::{Anomaly, AnomalyStatus, JournalEntry, Language, Severity};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{OpenAnomaly, RefusalKey};

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OpResult {
    /// An operation it depends on failed.
    Blocked,
    /// Written and acknowledged.
    Done,
    /// A guard held it back.
    Held,
    /// The run stopped before it, or while nobody knew whether it was written.
    NotReached,
    /// The side refused it.
    Refused,
    /// The record had changed since it was read.
    Stale,
}

impl OpResult {
    /// The result as a word, to stand behind a count.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Blocked => language.of("blocked", "bloquée(s)"),
            Self::Done => language.of("done", "effectuée(s)"),
            Self::Held => language.of("held", "en attente de confirmation"),
            Self::NotReached => language.of("not reached", "non atteinte(s)"),
            Self::Refused => language.of("refused", "refusée(s)"),
            Self::Stale => language.of("stale", "périmée(s)"),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It stopped before its end.
    Failure,
    /// A precondition failed: there was no plan (D17).
    Refused,
    /// It ended, and nothing needs a look.
    Success,
    /// It ended, with a warning or an error in the journal or a new anomaly.
    Warning,
}

/// What a run did, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Report<S: Schema> {
    /// How it ended.
    pub outcome: Outcome,
    /// The plan, without its journal and new anomalies, which stand here.
    pub plan: Plan<S>,
    /// What became of each operation, in the plan's order.
    pub results: Vec<OpResult>,
    /// The id of the record each operation wrote, in the plan's order; `None` where it was not done.
    pub written: Vec<Option<String>>,
    /// The ids of each operation's record on both sides, as far as they were known at the end.
    pub ids: Vec<BySide<Option<String>>>,
    /// What was noticed while planning and executing.
    pub journal: Vec<JournalEntry>,
    /// New, open and closed anomalies.
    pub anomalies: Vec<Anomaly>,
    /// What the sides said of the writes they refused. It may name people: a host that shows it again later keeps it
    /// where it keeps such things.
    #[serde(with = "crate::session::exchange::entries")]
    pub refusals: BTreeMap<RefusalKey, Said>,
}

impl<S: Schema> Report<S> {
    /// What became of an operation.
    pub fn result(&self, op: OpId) -> OpResult {
        let at = usize::try_from(op).ok().and_then(|op| op.checked_sub(1));
        at.and_then(|at| self.results.get(at)).copied().unwrap_or(OpResult::NotReached)
    }

    /// How many operations had a result.
    pub fn count(&self, result: OpResult) -> usize {
        self.results.iter().filter(|one| **one == result).count()
    }
}

impl Outcome {
    /// The outcome as the last line of a log.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Failure => language.of(
                "the synchronisation stopped before its end",
                "la synchronisation s'est arrêtée avant la fin",
            ),
            Self::Refused => language
                .of("the synchronisation was not started", "la synchronisation n'a pas été lancée"),
            Self::Success => {
                language.of("the synchronisation is complete", "la synchronisation est terminée")
            }
            Self::Warning => language.of(
                "the synchronisation is complete, with warnings",
                "la synchronisation est terminée, avec des avertissements",
            ),
        }
    }

    /// How a run ended that reached its end, or did not.
    pub(super) fn of(reached: bool, journal: &[JournalEntry], anomalies: &[Anomaly]) -> Self {
        let noteworthy = journal.iter().any(|entry| entry.severity > Severity::Info)
            || anomalies.iter().any(|anomaly| anomaly.status == AnomalyStatus::New);
        match (reached, noteworthy) {
            (false, _) => Self::Failure,
            (true, true) => Self::Warning,
            (true, false) => Self::Success,
        }
    }
}

/// A line for an anomaly an earlier run raised: where it is, without values.
pub(super) fn place_of<S: Schema>(anomaly: &OpenAnomaly, closed: bool) -> Option<Anomaly> {
    let kind = S::Kind::ALL.iter().find(|kind| kind.code() == anomaly.kind)?;
    let side = if anomaly.ids.b.is_some() { Side::B } else { Side::A };
    Some(Anomaly {
        status: if closed { AnomalyStatus::Closed } else { AnomalyStatus::Open },
        code: anomaly.code,
        kind: kind.name(side).to_owned(),
        ids: anomaly.ids.clone(),
        field: anomaly.field.clone(),
        values: BySide::default(),
    })
}
