//! Why an operation is in a plan.

use serde::{Deserialize, Serialize};

/// Why an operation is in a plan. A closed list; a name never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reason {
    /// Both sides changed the same group; side A's value was kept.
    #[serde(rename = "conflict_won_by_store")]
    ConflictWonByA,
    /// Both sides changed the same group; side B's value was kept.
    #[serde(rename = "conflict_won_by_crm")]
    ConflictWonByB,
    /// New on side A.
    #[serde(rename = "created_in_store")]
    CreatedInA,
    /// New on side B.
    #[serde(rename = "created_in_crm")]
    CreatedInB,
    /// Deleted on side A.
    #[serde(rename = "deleted_in_store")]
    DeletedInA,
    /// Deleted on side B.
    #[serde(rename = "deleted_in_crm")]
    DeletedInB,
    /// The item carried the key of another item, and gets none of its own.
    #[serde(rename = "duplicate_key_cleared")]
    DuplicateKeyCleared,
    /// The user asked for it to be sent again.
    #[serde(rename = "forced")]
    Forced,
    /// The item gets the key of its counterpart.
    #[serde(rename = "key_written_back")]
    KeyWrittenBack,
    /// The record no longer belongs to the user.
    #[serde(rename = "left_scope")]
    LeftScope,
    /// Both sides changed, different groups; the operation carries one side's part.
    #[serde(rename = "merged")]
    Merged,
    /// An appointment names it.
    #[serde(rename = "needed_by_appointment")]
    NeededByAppointment,
    /// A task names it.
    #[serde(rename = "needed_by_task")]
    NeededByTask,
    /// Deleted on one side while the other changed it.
    #[serde(rename = "recreated")]
    Recreated,
    /// Changed on side A only.
    #[serde(rename = "updated_in_store")]
    UpdatedInA,
    /// Changed on side B only.
    #[serde(rename = "updated_in_crm")]
    UpdatedInB,
}

impl Reason {
    /// The reason's short name, as in its serialised form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConflictWonByA => "conflict_won_by_store",
            Self::ConflictWonByB => "conflict_won_by_crm",
            Self::CreatedInA => "created_in_store",
            Self::CreatedInB => "created_in_crm",
            Self::DeletedInA => "deleted_in_store",
            Self::DeletedInB => "deleted_in_crm",
            Self::DuplicateKeyCleared => "duplicate_key_cleared",
            Self::Forced => "forced",
            Self::KeyWrittenBack => "key_written_back",
            Self::LeftScope => "left_scope",
            Self::Merged => "merged",
            Self::NeededByAppointment => "needed_by_appointment",
            Self::NeededByTask => "needed_by_task",
            Self::Recreated => "recreated",
            Self::UpdatedInA => "updated_in_store",
            Self::UpdatedInB => "updated_in_crm",
        }
    }
}

impl Reason {
    /// The reason in English, to stand behind an operation.
    pub const fn english(self) -> &'static str {
        match self {
            Self::ConflictWonByA => "changed on both sides; the mailbox's value is kept",
            Self::ConflictWonByB => "changed on both sides; the CRM's value is kept",
            Self::CreatedInA => "new in the mailbox",
            Self::CreatedInB => "new in the CRM",
            Self::DeletedInA => "deleted in the mailbox",
            Self::DeletedInB => "deleted in the CRM",
            Self::DuplicateKeyCleared => "carries the key of another item",
            Self::Forced => "to be sent again",
            Self::KeyWrittenBack => "gets the key of its record",
            Self::LeftScope => "no longer the user's",
            Self::Merged => "changed on both sides, in different fields",
            Self::NeededByAppointment => "named by an appointment",
            Self::NeededByTask => "named by a task",
            Self::Recreated => "deleted on one side, changed on the other",
            Self::UpdatedInA => "changed in the mailbox",
            Self::UpdatedInB => "changed in the CRM",
        }
    }
}
