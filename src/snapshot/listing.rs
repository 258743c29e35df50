//! How complete a listing is.

use serde::{Deserialize, Serialize};

/// How complete a side's listing is (D9).
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
    /// Whether an equal modification stamp proves that a record is unchanged. Only a host whose stamps
    /// change with every write may say so; the default is no, and then the content decides (D2).
    pub stamps_prove: bool,
}

impl Listing {
    /// A complete listing.
    pub fn full() -> Self {
        Self::default()
    }

    /// A listing of changes, with the ids of what was removed.
    pub fn changes(removed: Vec<String>) -> Self {
        Self { coverage: Coverage::Changes, removed, stamps_prove: false }
    }
}
