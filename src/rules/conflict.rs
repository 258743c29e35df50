//! What happens when both sides changed the same group.

use serde::{Deserialize, Serialize};

use crate::model::{BySide, Instant, Side};

/// Who wins when both sides changed the same field group to different values (A8.3, D4). The loser's value
/// always appears among the anomalies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConflictPolicy {
    /// Neither side is touched; the conflict is reported at every run until a policy decides it. Choose
    /// it when a person shall decide.
    Hold,
    /// Side A's value is kept, side B's is overwritten.
    PreferA,
    /// Side B's value is kept, side A's is overwritten.
    PreferB,
    /// The value of the record that was modified later is kept; a tie goes to side B (A8.1, A8.5). The
    /// default.
    #[default]
    PreferNewer,
}

impl ConflictPolicy {
    /// The side whose value is kept, or `None` where neither is touched.
    pub fn winner(self, modified: BySide<Instant>) -> Option<Side> {
        match self {
            Self::Hold => None,
            Self::PreferA => Some(Side::A),
            Self::PreferB => Some(Side::B),
            Self::PreferNewer => Some(if modified.a > modified.b { Side::A } else { Side::B }),
        }
    }
}

/// How edits of both sides are brought together (D3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Merge {
    /// By field group: edits of different groups both survive. The default.
    #[default]
    Fields,
    /// By record, as the original product does: when both sides changed, the winner's record is kept
    /// whole, and what the loser had changed is reported.
    Record,
}
