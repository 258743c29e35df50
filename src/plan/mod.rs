//! The plan: what is to be done, in order, with reasons; plain data.
//!
//! [`reconcile`] is the only function that calls every stage.

mod account;
mod alone;
mod approve;
mod attempt;
mod beside;
mod both;
mod content;
mod correction;
mod digest;
mod draft;
mod entered;
mod explain;
mod gone;
mod groups;
mod guarded;
mod hold;
mod known;
mod op;
mod order;
mod planner;
mod reconcile;
mod render;
mod row;
mod screen;
mod settle;
mod settlements;
mod sheet;

pub use account::Account;
pub use approve::{Approval, ApprovalError};
pub use correction::{Correction, Decline, Verdict, settle};
pub(crate) use draft::{Draft, Place};
pub use explain::explain;
pub use groups::Groups;
pub use op::{Action, ActionKind, Need, Op, OpId};
pub(crate) use planner::number;
pub use reconcile::{PlanError, RunSettings, World, reconcile};
pub use settle::{Advance, AsLinked, Done, Ending, Later, Settlement};
pub use settlements::{Rows, Settlements};
pub use sheet::Sheet;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::model::{BySide, Instant, Side};
use crate::report::{Anomaly, JournalEntry};
use crate::schema::Schema;
use crate::snapshot::{AttemptKey, OpenAnomaly, RefusalKey, Undecided};

/// An open anomaly that this run settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Closing {
    /// Which.
    pub anomaly: OpenAnomaly,
    /// Once this operation is done; `None` means at once.
    pub with: Option<OpId>,
}

/// What a run will do: the operations in their order, and everything there is to say about the records that
/// need none. The same inputs, in whatever order they are listed, give the same plan byte for byte (D11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Plan<S: Schema> {
    /// The instant it was made for.
    pub now: Instant,
    /// The two systems it belongs to.
    pub systems: BySide<String>,
    /// The operations, in the order of D10.
    pub ops: Vec<Op<S>>,
    /// What was noticed.
    pub journal: Vec<JournalEntry>,
    /// Anomalies that no operation brings about: new ones, and those that still keep an item from having a record.
    pub anomalies: Vec<Anomaly>,
    /// Open anomalies that this run settles.
    pub closings: Vec<Closing>,
    /// How every record and link was accounted for.
    pub account: Account,
    /// Counters of the profile.
    pub counts: S::Counts,
    /// What becomes of each link that does not stay as it is.
    pub settlements: Settlements,
    /// Records that could not be told apart (D24).
    pub undecided: Vec<Undecided>,
    /// How to look at stored records.
    pub viewer: S::Viewer,
    /// Of which sides' records [digests](crate::snapshot::Link::digests) are kept: those whose stamps prove nothing.
    #[serde(default)]
    pub digested: BySide<bool>,
    /// Records an earlier run left undone that this run looked at again.
    pub revisited: Vec<(Side, String)>,
    /// Records an earlier run left to be looked at again, which are gone: with the end of this run they are forgotten.
    pub missing: Vec<(Side, String)>,
    /// Writes of earlier runs that were never answered and are dealt with now.
    pub met: Vec<AttemptKey>,
    /// What each side's listing covers.
    pub scopes: BySide<Option<String>>,
    /// The records the user took out of the flow, from this run on: kind number and B's id.
    pub parked: BTreeSet<(u8, String)>,
    /// What users asked for and no side has answered yet, in the profile's words, each with the operation that settles
    /// it; one without an operation waits for another run.
    pub asked: IndexMap<String, Option<OpId>>,
    /// Refusals of earlier runs that this run does not look at.
    pub refusals_kept: BTreeSet<RefusalKey>,
    /// Whether more of a side's listing is to come: it is the run of the last page that counts as the first run, and
    /// that moves the watermark.
    pub more_to_come: bool,
    /// Whether the links of the earlier state are dropped first (D20).
    pub drops_state: bool,
}
