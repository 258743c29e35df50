//! Why an operation is in a plan.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::BySide;
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
            Self::Linked => {
                language.of("tied to its counterpart on request", "rattaché sur demande")
            }
            Self::Reassigned => language
                .of("its counterpart goes to another record on request", "réaffecté sur demande"),
            Self::Replicated => language
                .of("mirrors a record of the same side", "réplication d'une fiche du même côté"),
            Self::Requested => language.of("asked for by the user", "demandé par l'utilisateur"),
            Self::Restored => language.of(
                "may not be changed on this side; set back",
                "non modifiable de ce côté ; rétabli",
            ),
            Self::Resync => language.of(
                "everything is read again, and the first side is believed",
                "resynchronisation complète",
            ),
            Self::Sent => {
                language.of("everything is sent, and the second side is believed", "envoi complet")
            }
            Self::Unlinked => language
                .of("the tie to its counterpart is broken on request", "lien rompu sur demande"),
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
        Self::Linked,
        Self::Merged,
        Self::NeededByAppointment,
        Self::NeededByTask,
        Self::Reassigned,
        Self::Recreated,
        Self::Replicated,
        Self::Requested,
        Self::Restored,
        Self::Resync,
        Self::Sent,
        Self::Unlinked,
        Self::UpdatedInA,
        Self::UpdatedInB,
    ];
}
