//! How complete a listing is.

use serde::{Deserialize, Serialize};

/// How complete a side's listing is (D9). A run costs what is listed (A13.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Coverage {
    /// Everything is listed: what is missing is gone. The default.
    #[default]
    Full,
    /// Only what changed since the last run is listed, with the ids of what was removed, and the
    /// records the state still needs ([`crate::snapshot::SyncState::wanted`], D22). The rest is unchanged.
    Changes,
}

/// What a side's listing claims, beside the records themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Listing {
    /// How complete it is.
    pub coverage: Coverage,
    /// The ids of what was removed since the last run; used with [`Coverage::Changes`].
    pub removed: Vec<String>,
    /// The ids of records to be carried over again whatever they show, as if they had changed (A9.3, A9.6). A
    /// record that is not listed is not forced.
    pub forced: Vec<String>,
    /// What the listing covers: any text that is the same as long as folders, filter and time window are. When
    /// it differs from the last run's, what is missing may only have left the filter, and nothing is deleted
    /// for it in that run.
    pub scope: Option<String>,
    /// Whether an equal modification stamp proves that a record is unchanged. Only a host whose stamps
    /// change with every write may say so; the default is no, and then the content decides (A3.8, D2).
    pub stamps_prove: bool,
}

impl Listing {
    /// A complete listing.
    pub fn full() -> Self {
        Self::default()
    }

    /// A listing of changes, with the ids of what was removed.
    pub fn changes(removed: Vec<String>) -> Self {
        Self { coverage: Coverage::Changes, removed, ..Self::default() }
    }
}
