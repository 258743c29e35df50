//! Why a run may not start.

use serde::{Deserialize, Serialize};

use crate::report::Language;

/// Why a run is refused: a precondition failed, and there is no plan (D17). The caller's parameters or state
/// are at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// The state belongs to another store, CRM folder or profile.
    ForeignState,
    /// `CRMSYNC` is off.
    MasterSwitchOff,
    /// No default folder is chosen for a kind that takes part.
    NoDefaultFolder,
    /// `AUSCRMF` is empty.
    NoRepresentative,
    /// `AUSCRMA` is not a commercial function.
    NotCommercial,
    /// The state was written by a newer engine.
    StateNewerThanEngine,
}

impl Refusal {
    /// The refusal in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::ForeignState => language.of(
                "the last synchronisation state belongs to other systems",
                "le fichier de dernière synchronisation appartient à un autre magasin ou dossier",
            ),
            Self::MasterSwitchOff => language.of(
                "the master switch CRMSYNC is off",
                "la gestion de la synchronisation (CRMSYNC) n'est pas activée",
            ),
            Self::NoDefaultFolder => language.of(
                "no default folder is chosen for new items",
                "aucun dossier par défaut n'est indiqué pour les nouveaux éléments",
            ),
            Self::NoRepresentative => language.of(
                "the user has no representative code (AUSCRMF)",
                "l'utilisateur n'a pas de code représentant (AUSCRMF)",
            ),
            Self::NotCommercial => language.of(
                "the user's function (AUSCRMA) is not a commercial one",
                "l'utilisateur n'exerce pas une fonction commerciale (AUSCRMA)",
            ),
            Self::StateNewerThanEngine => language.of(
                "the last synchronisation state is newer than this engine",
                "le fichier de dernière synchronisation est plus récent que ce moteur",
            ),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.text(Language::En))
    }
}

impl std::error::Error for Refusal {}
