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
    /// records the state still needs ([`crate::snapshot::SyncState::wanted`], D22). The rest is unchanged. Of what is
    /// neither listed nor linked such a run knows nothing: list everything now and then, and after parameters let in
    /// what they kept out.
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
    /// Whether this is one page of a listing, and more of them follow in later runs; used with
    /// [`Coverage::Changes`]. The default is no. While more is to come nobody knows what it will show of a record
    /// without a link: a counterpart with the same identity, a copy with the same key, another one that is equal. So
    /// nothing is decided of such a record, on either side, and nothing is deleted, for what was removed under one id may
    /// be listed under another, and what is not listed may have left the managed folders. Both are among what the state needs, and the run of the last page decides as if
    /// everything had been listed at once, whatever the order of the pages. What is linked goes on as with any listing
    /// of changes.
    pub more: bool,
    /// The ids of records to be carried over again whatever they show, as if they had changed (A9.3, A9.6). A
    /// record that is not listed is not forced.
    pub forced: Vec<String>,
    /// What the listing covers: any text that is the same as long as folders, filter and time window are. When
    /// it differs from the last run's, what is missing may only have left the filter, and nothing is deleted
    /// for it in that run. What the same filter showed last time and does not show any more is gone: it must look at what
    /// nobody edits and no run writes, as where a record stands. A filter by what changes, such as a status or the last
    /// thirty days, proves nothing by what it leaves out: list changes then, and name what was removed (P-04).
    pub scope: Option<String>,
    /// Whether an equal modification stamp proves that a record is unchanged. Only a host whose stamps
    /// change with every write may say so; the default is no, and then the content decides (A3.8, D2): by the
    /// [digest](super::Digester) of the whole record where the link knows it, else by that of each field group.
    pub stamps_prove: bool,
}

impl Listing {
    /// A complete listing.
    pub fn full() -> Self {
        Self::default()
    }

    /// One page of a listing, of which more follow.
    pub fn page(removed: Vec<String>) -> Self {
        Self { more: true, ..Self::changes(removed) }
    }

    /// Whether more of the listing follows in a later run.
    pub(crate) fn is_page(&self) -> bool {
        self.more && self.coverage == Coverage::Changes
    }

    /// A listing of changes, with the ids of what was removed.
    pub fn changes(removed: Vec<String>) -> Self {
        Self { coverage: Coverage::Changes, removed, ..Self::default() }
    }
}
