//! The journal: what was noticed, as data (A11.6). It names records by their keys only.

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};

use super::{Code, Language};
use crate::model::{BySide, Instant, Side};
use crate::plan::ActionKind;

/// How much a journal entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// What a rule wants.
    Info,
    /// Something to look at.
    Warning,
    /// Something was not done.
    Error,
}

impl Severity {
    /// The severity as a word.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Info => language.of("info", "info"),
            Self::Warning => language.of("warning", "avertissement"),
            Self::Error => language.of("error", "erreur"),
        }
    }
}

/// What a journal entry says beside its code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Detail {
    /// What a side answered to a write. `Debug` shows the trace code only.
    Answer {
        /// What it said (A11.3); empty where it said nothing.
        message: String,
        /// The code of its own trace (A11.2), a letter and digits.
        trace: Option<String>,
    },
    /// The conflict (A8.7).
    Conflict {
        /// When each side's record was last changed.
        modified: BySide<Option<Instant>>,
        /// The side whose value is kept; `None` where neither is touched.
        winner: Option<Side>,
    },
    /// A side answered that it made a record, and gave it no id.
    NoId,
    /// The id of another record that is meant beside this one.
    Record(String),
    /// The side that is meant.
    Side(Side),
}

impl std::fmt::Debug for Detail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer { trace, .. } => write!(out, "Answer({trace:?})"),
            Self::Conflict { modified, winner } => {
                write!(out, "Conflict({modified:?}, {winner:?})")
            }
            Self::NoId => out.write_str("NoId"),
            Self::Record(id) => write!(out, "Record({id:?})"),
            Self::Side(side) => write!(out, "Side({side:?})"),
        }
    }
}

/// One line of the journal (A11.6). It holds keys and codes, and what a side answered; no content.
///
/// Its X3 key and its Outlook id are [`ids`](Self::ids), its text is
/// [`line`](Self::line) in a language of the reader's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The instant of the run; the crate has no clock.
    pub time: Instant,
    /// How much it matters.
    pub severity: Severity,
    /// What it says.
    pub code: Code,
    /// The kind of the record where there is one, else of the item; `None` where it concerns no record.
    pub kind: Option<String>,
    /// The record's id on each side, where known.
    pub ids: BySide<Option<String>>,
    /// The side that was, or would have been, written; `None` where the entry is about no write, or about one
    /// on either side.
    pub direction: Option<Side>,
    /// What was, or would have been, done there.
    pub action: Option<ActionKind>,
    /// What there is to say beside the code.
    pub detail: Option<Detail>,
}

impl JournalEntry {
    /// An entry about a record, or about none.
    pub fn new(time: Instant, code: Code, kind: Option<&str>, ids: BySide<Option<String>>) -> Self {
        Self {
            time,
            severity: code.severity(),
            code,
            kind: kind.map(str::to_owned),
            ids,
            direction: None,
            action: None,
            detail: None,
        }
    }

    /// The same, about a write on a side.
    #[must_use]
    pub const fn about(mut self, direction: Option<Side>, action: ActionKind) -> Self {
        self.direction = direction;
        self.action = Some(action);
        self
    }

    /// The entry in English, as code and detail say: for traces. A log for a reader is rendered by
    /// [`line`](Self::line).
    pub fn text(&self) -> String {
        let text = self.code.text(Language::En);
        match &self.detail {
            Some(Detail::Answer { message, trace: Some(trace) }) => {
                format!("{text}: {message} ({trace})")
            }
            Some(Detail::Answer { message, trace: None }) => format!("{text}: {message}"),
            Some(Detail::NoId) => format!("{text}: the side gave it no id"),
            Some(Detail::Record(id)) => format!("{text}: {id}"),
            Some(Detail::Side(side)) => format!("{text}: side {side:?}"),
            Some(Detail::Conflict { modified, winner }) => {
                let stamps = Side::BOTH.into_iter().filter_map(|side| {
                    let stamp = (*modified.get(side))?.to_rfc3339_opts(SecondsFormat::Secs, true);
                    Some(format!("side {side:?} {stamp}"))
                });
                let kept = winner.map(|side| format!("kept: side {side:?}"));
                format!("{text} ({})", stamps.chain(kept).collect::<Vec<_>>().join(", "))
            }
            None => text.to_owned(),
        }
    }
}

impl std::fmt::Display for JournalEntry {
    /// One line of English: severity, kind, keys, text.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: ", self.severity.text(Language::En))?;
        let keys = [self.kind.as_deref(), self.ids.a.as_deref(), self.ids.b.as_deref()];
        let keys: Vec<&str> = keys.into_iter().flatten().collect();
        if !keys.is_empty() {
            write!(out, "{}: ", keys.join(" "))?;
        }
        out.write_str(&self.text())
    }
}
