//! The last-sync state: one link per pair, and what is still to be done.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use super::{Attempt, AttemptKey, Links, Print, StateKey};
use crate::model::{BySide, Instant, Side};
use crate::report::AnomalyCode;
use crate::rules::Reason;

/// What a link is at present (A3.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkStatus {
    /// Its item left the managed scope: nothing of it moves until it comes back, and is then compared in
    /// full (D19, D26).
    Asleep,
    /// Gone from side A by archiving, not by deletion: B is kept and not sent again unless forced (A10).
    Archived,
    /// Its item was deleted while private: nothing of it moves unless forced (D26).
    Closed,
    /// A participant deleted his copy: it comes back only when B changes it (A7.8b).
    Dismissed,
    /// Both sides are kept alike. The default.
    #[default]
    Live,
}

impl LinkStatus {
    /// The status with a number.
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Live),
            1 => Some(Self::Archived),
            2 => Some(Self::Closed),
            3 => Some(Self::Dismissed),
            4 => Some(Self::Asleep),
            _ => None,
        }
    }

    /// Its number in the stored form.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Live => 0,
            Self::Archived => 1,
            Self::Closed => 2,
            Self::Dismissed => 3,
            Self::Asleep => 4,
        }
    }
}

/// What the two sides showed in one field group when they were last agreed; `None` where there is no
/// agreement yet. Usually both are the same print; a rule may leave the sides legitimately unlike (D3).
pub type Base = BySide<Option<Print>>;

/// One pair of records, as it was when both sides were last agreed (D1). It holds no value a person
/// entered, only keys, stamps, fingerprints, and the codes and dates rules need (D25).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Link {
    /// What it is at present.
    pub status: LinkStatus,
    /// The record's id on each side.
    pub ids: BySide<String>,
    /// The modification stamp each side's record had when *everything* it showed was agreed.
    pub seen: BySide<Option<Instant>>,
    /// Whether the item was private when last seen (A7.2).
    pub private: bool,
    /// Which side's record was reported as removed by a listing of changes, while the other side's deletion
    /// waits.
    pub gone: BySide<bool>,
    /// The fingerprint of the scope each side's record was last listed in. Its absence from a complete listing
    /// is a deletion only in that scope, or where everything is listed for the second time in a row. `None` for a
    /// record that was made and neither read back nor listed yet: its absence is no deletion.
    pub listed: BySide<Option<Print>>,
    /// What each side showed in each field group.
    pub base: Vec<Base>,
    /// The last change of each group that changed in the last run.
    pub swings: Vec<Swing>,
    /// Codes and dates that rules need of a record that is not listed (D25); their meaning is the profile's.
    pub facts: Vec<String>,
    /// The [digest](super::Digester) of each side's whole record, of one that shows what its part of the base says and tells
    /// these facts; of a side whose stamps prove nothing, where it is known.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub digests: BySide<Option<Print>>,
}

fn is_unknown(digests: &BySide<Option<Print>>) -> bool {
    *digests == BySide::default()
}

/// How a group's base changed in one run, and for how many runs in a row it has been going back and forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Swing {
    /// The place of the group.
    pub group: u8,
    /// The base before.
    pub from: Base,
    /// The base after.
    pub to: Base,
    /// How many runs in a row it went between these two.
    pub count: u8,
    /// The number of the last of these runs.
    pub run: u32,
}

/// Where a link stands in the state: its kind's number, then B's id.
pub type LinkKey = (u8, String);

/// A record that a later run must look at again although nothing changed on it (D22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Retry {
    /// How often it was tried or left waiting.
    pub attempts: u32,
    /// When it was first left.
    pub since: Instant,
    /// Whether a guard held a deletion of its pair (D6): what is not listed because of that stays held until it is
    /// confirmed.
    #[serde(default)]
    pub held: bool,
}

/// Records with equal content that could not be told apart (D24).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Undecided {
    /// Their kind's number.
    pub kind: u8,
    /// The ids of each side.
    pub ids: BySide<Vec<String>>,
}

/// An anomaly that is not settled: where it is, without any value (D14).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OpenAnomaly {
    /// Its kind's number.
    pub kind: u8,
    /// The record's id on each side, where known.
    pub ids: BySide<Option<String>>,
    /// The field group.
    pub field: String,
    /// What is wrong.
    pub code: AnomalyCode,
}

/// A record whose write was refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RefusalKey {
    /// Its kind's number.
    pub kind: u8,
    /// The record's id on each side, where known.
    pub ids: BySide<Option<String>>,
}

impl RefusalKey {
    /// A record by its kind and ids.
    pub(crate) const fn new(kind: u8, ids: BySide<Option<String>>) -> Self {
        Self { kind, ids }
    }

    /// Whether a record of this kind with these ids is meant.
    pub fn means(&self, kind: u8, ids: &BySide<Option<String>>) -> bool {
        let same = |side: Side| self.ids.get(side).is_some() && self.ids.get(side) == ids.get(side);
        self.kind == kind && Side::BOTH.into_iter().any(same)
    }
}

/// What is kept of a refused write, and of one that waits for it: the write that is tried again is there for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Refused {
    /// The side it was meant for.
    pub side: Side,
    /// Why it was to be written.
    pub reason: Reason,
    /// Whether it was not sent at all, because it needs another one that was refused.
    pub blocked: bool,
}

impl Refused {
    /// A write by its side and reason.
    pub(crate) const fn new(side: Side, reason: Reason) -> Self {
        Self { side, reason, blocked: false }
    }
}

/// What was agreed at the end of the last run: the only memory the engine has, and what deletions are found by
/// (A3.10).
///
/// A host keeps it as bytes ([`SyncState::to_bytes`]) and gives it back at the next run. Losing it costs a
/// full comparison, never a duplicate (D12).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncState {
    /// The profile it belongs to.
    pub profile: String,
    /// The two systems it belongs to: store id and CRM folder.
    pub systems: BySide<String>,
    /// The key of its fingerprints.
    pub key: StateKey,
    /// Whether no run has been completed with it yet.
    pub fresh: bool,
    /// How many runs were completed with it.
    pub runs: u32,
    /// What each side's listing covered in the last completed run.
    pub scopes: BySide<Option<String>>,
    /// The start of the last run that ended without a fatal error (A9.10, B2.8). Computed, never set.
    pub watermark: Option<Instant>,
    /// The links.
    pub links: Links,
    /// What must be looked at again, by side and id.
    pub retries: BTreeMap<(Side, String), Retry>,
    /// Writes that were planned and not answered.
    pub attempts: BTreeMap<AttemptKey, Attempt>,
    /// What could not be told apart.
    pub undecided: BTreeSet<Undecided>,
    /// Anomalies not settled.
    pub anomalies: BTreeSet<OpenAnomaly>,
    /// Writes that were refused and have not succeeded since, and those that wait for them (E4). What the sides said of them may name people: it is
    /// in the report, for the host to keep where it keeps such things.
    pub refusals: BTreeMap<RefusalKey, Refused>,
    /// Records the user took out of the flow (B14.3): kind number and B's id.
    pub parked: BTreeSet<(u8, String)>,
    /// What users asked for and no side has answered yet, in the profile's words: ids and codes (E5). In the
    /// order in which they were asked, since one may ask for what another one ends.
    pub asked: IndexSet<String>,
}

impl SyncState {
    /// The state before the first run of a profile between two systems. The host draws the key once.
    pub fn new(profile: &str, systems: BySide<String>, key: StateKey) -> Self {
        Self {
            profile: profile.to_owned(),
            systems,
            key,
            fresh: true,
            runs: 0,
            scopes: BySide::default(),
            watermark: None,
            links: Links::new(&key),
            retries: BTreeMap::new(),
            attempts: BTreeMap::new(),
            undecided: BTreeSet::new(),
            anomalies: BTreeSet::new(),
            refusals: BTreeMap::new(),
            parked: BTreeSet::new(),
            asked: IndexSet::new(),
        }
    }

    /// The records in error: those whose write was refused and has not succeeded since (E4).
    pub fn refused(&self) -> impl Iterator<Item = &RefusalKey> {
        self.refusals.iter().filter(|(_, one)| !one.blocked).map(|(key, _)| key)
    }

    /// The ids of one side that a listing of changes must speak of as well, because an earlier run left
    /// something of them undone (D22): a record that is still there is listed, one that is not is named among
    /// the removed.
    pub fn wanted(&self, side: Side) -> impl Iterator<Item = &str> {
        let undecided = self.undecided.iter().flat_map(move |one| one.ids.get(side));
        let retries = self.retries.keys().filter(move |(on, _)| *on == side).map(|(_, id)| id);
        retries.chain(undecided).map(String::as_str)
    }
}
