//! Why an operation is in a plan.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::BySide;
use crate::report::Language;

/// Why an operation is in a plan. A closed list; a name never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Both sides changed the same group; side A's value was kept.
    ConflictWonByA,
    /// Both sides changed the same group; side B's value was kept.
    ConflictWonByB,
    /// New on side A.
    CreatedInA,
    /// New on side B.
    CreatedInB,
    /// Deleted on side A.
    DeletedInA,
    /// Deleted on side B.
    DeletedInB,
    /// The item carried the key of another item, and gets none of its own.
    DuplicateKeyCleared,
    /// The user asked for it to be sent again.
    Forced,
    /// The item gets the key of its counterpart.
    KeyWrittenBack,
    /// The record no longer belongs to the user.
    LeftScope,
    /// Both sides changed, different groups; the operation carries one side's part.
    Merged,
    /// An appointment names it.
    NeededByAppointment,
    /// A task names it.
    NeededByTask,
    /// Deleted on one side while the other changed it.
    Recreated,
    /// Asked for: tied to a counterpart.
    Linked,
    /// Asked for: its counterpart goes to another record.
    Reassigned,
    /// A record of the same side that mirrors it changed.
    Replicated,
    /// The user asked for it.
    Requested,
    /// It may not be changed on this side, and is set back.
    Restored,
    /// Side A is to be believed in everything (B15.2).
    Resync,
    /// Side B is to be believed in everything (B15.3).
    Sent,
    /// Asked for: the tie to its counterpart is broken.
    Unlinked,
    /// Changed on side A only.
    UpdatedInA,
    /// Changed on side B only.
    UpdatedInB,
}

impl Reason {
    /// The reason's short name, as in its serialised form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConflictWonByA => "conflict_won_by_a",
            Self::ConflictWonByB => "conflict_won_by_b",
            Self::CreatedInA => "created_in_a",
            Self::CreatedInB => "created_in_b",
            Self::DeletedInA => "deleted_in_a",
            Self::DeletedInB => "deleted_in_b",
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
            Self::UpdatedInA => "updated_in_a",
            Self::UpdatedInB => "updated_in_b",
        }
    }
}

impl Reason {
    /// The reason's short name with the sides called as a profile calls them: `created_in_erp` for `created_in_a`.
    pub fn name_among(self, sides: BySide<&str>) -> Cow<'static, str> {
        let named = |end: &str, side: &str| {
            self.name().strip_suffix(end).map(|stem| format!("{stem}_{side}"))
        };
        let name = named("_a", sides.a).or_else(|| named("_b", sides.b));
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
    /// Every reason, in the order of their numbers in a stored state: a new one comes last.
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
