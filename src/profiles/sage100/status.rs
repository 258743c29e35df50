//! What an integration shows of itself: the state of its runs, and the error set (B14).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::crm::Crm;
use super::kind::Kind;
use super::made;
use crate::model::Side;
use crate::schema::Kind as _;
use crate::session::{Outcome, Said};
use crate::snapshot::{RefusalKey, SyncState};

/// The state of an integration's runs (B14.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunState {
    /// It has never run. The default.
    #[default]
    NotSet,
    /// Launched, and waiting for the connection to the ERP (`En attente`); the host knows.
    Waiting,
    /// Under way (`En cours`); the host knows.
    Running,
    /// Ended without an error (`Succès`).
    Success,
    /// Ended with anomalies that blocked nothing else (`Avertissement`).
    Warning,
    /// Not completed (`Échec`).
    Failure,
}

impl From<Outcome> for RunState {
    /// The state after a run (B14.6). A run that was refused before anything was planned is a failure.
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Warning => Self::Warning,
            Outcome::Failure | Outcome::Refused => Self::Failure,
        }
    }
}

/// A record that is blocked because the other side refused it (B14.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorEntry {
    /// Its kind.
    pub kind: Kind,
    /// Its id in the CRM, where it has one.
    pub crm_id: Option<String>,
    /// Its key in the ERP, where it has one.
    pub erp_key: Option<String>,
    /// What the side said.
    pub message: String,
    /// Whether its company is in quarantine (B14.3).
    pub quarantined: bool,
}

/// The error set: every record whose write was refused and has not succeeded since, by kind and id (E4).
///
/// `said` is what the sides said, from the [reports](crate::session::Report::refusals) of all runs so far: the state
/// does not keep it, since it may name people. A message that is not there is empty.
pub fn errors(state: &SyncState, crm: &Crm, said: &BTreeMap<RefusalKey, Said>) -> Vec<ErrorEntry> {
    let integration = state.systems.a.as_str();
    let entry = |key: &RefusalKey| {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == key.kind)?;
        Some(ErrorEntry {
            kind,
            crm_id: key.ids.b.clone(),
            erp_key: key.ids.a.clone(),
            message: said.get(key).cloned().unwrap_or_default().0,
            quarantined: state
                .parked
                .iter()
                .any(|(_, id)| made::belongs((crm, state), (integration, id), key)),
        })
    };
    let mut errors: Vec<ErrorEntry> = state.refused().filter_map(entry).collect();
    errors.sort_by(|one, two| {
        let key =
            |one: &ErrorEntry| (one.kind.name(Side::B), one.crm_id.clone(), one.erp_key.clone());
        key(one).cmp(&key(two))
    });
    errors
}
