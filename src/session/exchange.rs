//! What a session asks a side to write, and what the side answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Instant, Side};
use crate::plan::{Action, OpId};
use crate::schema::Schema;

/// What a side is asked to write. Every key it needs is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Request<S: Schema> {
    /// The operation.
    pub op: OpId,
    /// The side that is asked.
    pub side: Side,
    /// The kind of the pair.
    pub kind: S::Kind,
    /// The record's id on this side; `None` when it is to be created.
    pub id: Option<String>,
    /// What to do.
    pub action: Action<S>,
    /// The modification stamp the record must still have; answer [`Response::Stale`] when it has another. Of a record
    /// without a stamp of its own it is that of the record that lists it, also when it is to be created there.
    pub expect: Option<Instant>,
    /// The modification stamp of the record that is carried over (A8.2).
    pub source_modified: Option<Instant>,
    /// Creations only: a side that has made a record for this key already answers with that record.
    pub idempotency_key: Option<String>,
    /// The run's "now", for sides that let the caller stamp what is written.
    pub now: Instant,
}

/// What a side answers. `Debug` does not show what it said.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "")]
#[non_exhaustive]
pub enum Response<S: Schema> {
    /// It is written.
    Done {
        /// The record's id on this side.
        id: String,
        /// The record as the side now holds it, truncated or reformatted as it may be; `None` for a
        /// deletion. What is stored becomes the base, so an echo is never taken for an edit.
        stored: Option<S::Record>,
        /// The record's new modification stamp.
        modified: Option<Instant>,
    },
    /// The side answered with an error, and nothing was written (A1.28, A4.23).
    Refused {
        /// What it said (A11.3).
        message: String,
        /// The code of its own trace (A11.2).
        trace: Option<String>,
    },
    /// The record has changed since it was read; nothing was written.
    Stale,
    /// The write was sent and no answer came: nobody knows. The run stops here.
    Lost,
}

impl<S: Schema> fmt::Debug for Response<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { id, stored, modified } => out
                .debug_struct("Done")
                .field("id", id)
                .field("stored", stored)
                .field("modified", modified)
                .finish(),
            Self::Refused { trace, .. } => {
                out.debug_struct("Refused").field("trace", trace).finish_non_exhaustive()
            }
            Self::Stale => out.write_str("Stale"),
            Self::Lost => out.write_str("Lost"),
        }
    }
}

/// A side's own words. They may hold what a record says, so that `Debug` does not show them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Said(pub String);

impl fmt::Debug for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Said({} characters)", self.0.chars().count())
    }
}

/// A map whose keys are no texts, as a list of pairs.
pub(crate) mod entries {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
