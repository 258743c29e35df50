//! Why an operation is in a plan.

use serde::{Deserialize, Serialize};

use crate::report::Language;

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
        self.text(Language::En)
    }

    /// The reason in words, to stand behind an operation.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::ConflictWonByA => language.of(
                "changed on both sides; the mailbox's value is kept",
                "modifié des deux côtés ; la valeur de la boîte aux lettres est retenue",
            ),
            Self::ConflictWonByB => language.of(
                "changed on both sides; the CRM's value is kept",
                "modifié des deux côtés ; la valeur du CRM est retenue",
            ),
            Self::CreatedInA => {
                language.of("new in the mailbox", "nouveau dans la boîte aux lettres")
            }
            Self::CreatedInB => language.of("new in the CRM", "nouveau dans le CRM"),
            Self::DeletedInA => {
                language.of("deleted in the mailbox", "supprimé dans la boîte aux lettres")
            }
            Self::DeletedInB => language.of("deleted in the CRM", "supprimé dans le CRM"),
            Self::DuplicateKeyCleared => {
                language.of("carries the key of another item", "porte le chrono d'un autre élément")
            }
            Self::Forced => language.of("to be sent again", "envoi forcé"),
            Self::KeyWrittenBack => {
                language.of("gets the key of its record", "reçoit le chrono de sa fiche")
            }
            Self::LeftScope => {
                language.of("no longer the user's", "n'est plus affecté à l'utilisateur")
            }
            Self::Merged => language.of(
                "changed on both sides, in different fields",
                "modifié des deux côtés, dans des champs différents",
            ),
            Self::NeededByAppointment => {
                language.of("named by an appointment", "cité par un rendez-vous")
            }
            Self::NeededByTask => language.of("named by a task", "cité par une tâche"),
            Self::Recreated => language.of(
                "deleted on one side, changed on the other",
                "supprimé d'un côté, modifié de l'autre",
            ),
            Self::UpdatedInA => {
                language.of("changed in the mailbox", "modifié dans la boîte aux lettres")
            }
            Self::UpdatedInB => language.of("changed in the CRM", "modifié dans le CRM"),
        }
    }
}

impl Reason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::ConflictWonByA,
        Self::ConflictWonByB,
        Self::CreatedInA,
        Self::CreatedInB,
        Self::DeletedInA,
        Self::DeletedInB,
        Self::DuplicateKeyCleared,
        Self::Forced,
        Self::KeyWrittenBack,
        Self::LeftScope,
        Self::Merged,
        Self::NeededByAppointment,
        Self::NeededByTask,
        Self::Recreated,
        Self::UpdatedInA,
        Self::UpdatedInB,
    ];
}
