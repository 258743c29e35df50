//! Why a run may not start.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::input::{Input, systems};
use super::requests::Request;
use super::schema::Sage100;
use crate::report::Language;
use crate::schema::Schema as _;

/// Why a run is refused before anything is planned (D17). The caller's parameters or state are at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// Parameters break a rule (B4): their keys.
    InvalidParameters(Vec<String>),
    /// The integration is not active (B4.17).
    Inactive,
    /// The CRM has another integration already (B18.1).
    SingleIntegration,
    /// The last-sync state is another integration's (D17).
    ForeignState,
    /// The last-sync state was written by a newer version (D17).
    StateNewerThanEngine,
}

impl Refusal {
    /// Its short name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::InvalidParameters(_) => "invalid_parameters",
            Self::Inactive => "inactive",
            Self::SingleIntegration => "single_integration",
            Self::ForeignState => "foreign_state",
            Self::StateNewerThanEngine => "state_newer_than_engine",
        }
    }

    /// The refusal in words.
    pub fn text(&self, language: Language) -> Cow<'static, str> {
        let words = match self {
            Self::InvalidParameters(keys) => {
                let words = language.of("invalid parameters", "paramètres non valides");
                let colon = language.of(":", " :");
                return Cow::Owned(format!("{words}{colon} {}", keys.join(", ")));
            }
            Self::Inactive => {
                language.of("the integration is not active", "l'intégration n'est pas active")
            }
            Self::SingleIntegration => language.of(
                "the CRM has another integration already",
                "le CRM a déjà une autre intégration",
            ),
            Self::ForeignState => language.of(
                "the last synchronisation state belongs to another integration",
                "l'état de la dernière synchronisation est celui d'une autre intégration",
            ),
            Self::StateNewerThanEngine => language.of(
                "the last synchronisation state was written by a newer version",
                "l'état de la dernière synchronisation a été écrit par une version plus récente",
            ),
        };
        Cow::Borrowed(words)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for Refusal {}

/// The preconditions of a run, in their order.
pub(crate) fn check(input: &Input<'_>) -> Result<(), Refusal> {
    let Input { parameters, state, .. } = input;
    let invalid = parameters.invalid();
    if !invalid.is_empty() {
        return Err(Refusal::InvalidParameters(invalid));
    }
    let believes =
        input.requests.iter().any(|one| matches!(one, Request::ResyncAll | Request::SendAll));
    if !parameters.active && !believes {
        return Err(Refusal::Inactive);
    }
    if input.options.is_second && !parameters.multi {
        return Err(Refusal::SingleIntegration);
    }
    if state.profile != Sage100::NAME || state.systems != systems(&parameters.integration) {
        return Err(Refusal::ForeignState);
    }
    Ok(())
}
