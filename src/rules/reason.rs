//! Why an operation is in a plan.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::BySide;

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
    /// Asked for: tied to a counterpart.
    #[serde(rename = "linked")]
    Linked,
    /// Asked for: its counterpart goes to another record.
    #[serde(rename = "reassigned")]
    Reassigned,
    /// A record of the same side that mirrors it changed.
    #[serde(rename = "replicated")]
    Replicated,
    /// The user asked for it.
    #[serde(rename = "requested")]
    Requested,
    /// It may not be changed on this side, and is set back.
    #[serde(rename = "restored")]
    Restored,
    /// Side A is to be believed in everything (B15.2).
    #[serde(rename = "resync")]
    Resync,
    /// Side B is to be believed in everything (B15.3).
    #[serde(rename = "sent")]
    Sent,
    /// Asked for: the tie to its counterpart is broken.
    #[serde(rename = "unlinked")]
    Unlinked,
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
            Self::Linked => "linked",
            Self::Reassigned => "reassigned",
            Self::Replicated => "replicated",
            Self::Requested => "requested",
            Self::Restored => "restored",
            Self::Resync => "resync",
            Self::Sent => "sent",
            Self::Unlinked => "unlinked",
            Self::UpdatedInA => "updated_in_store",
            Self::UpdatedInB => "updated_in_crm",
        }
    }
}

impl Reason {
    /// The reason's short name where the sides are called otherwise: the serialised form speaks of `store` and
    /// `crm`, the words of the first profile.
    pub fn name_among(self, sides: BySide<&str>) -> Cow<'static, str> {
        let renamed = |word: &str, side: &str| {
            let stem = self.name().strip_suffix(word).filter(|_| side != word)?;
            stem.ends_with('_').then(|| format!("{stem}{side}"))
        };
        let name = renamed("store", sides.a).or_else(|| renamed("crm", sides.b));
        name.map_or_else(|| Cow::Borrowed(self.name()), Cow::Owned)
    }

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
            Self::Linked => "tied to its counterpart on request",
            Self::Reassigned => "its counterpart goes to another record on request",
            Self::Replicated => "mirrors a record of the same side",
            Self::Requested => "asked for by the user",
            Self::Restored => "may not be changed on this side; set back",
            Self::Resync => "everything is read again, and the first side is believed",
            Self::Sent => "everything is sent, and the second side is believed",
            Self::Unlinked => "the tie to its counterpart is broken on request",
            Self::UpdatedInA => "changed in the mailbox",
            Self::UpdatedInB => "changed in the CRM",
        }
    }
}
