//! What a run of this profile depends on.

use super::crm::Crm;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::store::Store;
use crate::model::Instant;
use crate::plan::PlanError;
use crate::snapshot::{Listing, SyncState};

/// Everything one run of this profile depends on.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The user's parameters.
    pub parameters: &'a Parameters,
    /// The mailbox.
    pub store: &'a Store,
    /// The CRM folder.
    pub crm: &'a Crm,
    /// How complete the mailbox's listing is.
    pub store_listing: &'a Listing,
    /// How complete the CRM's listing is.
    pub crm_listing: &'a Listing,
    /// What was agreed last time.
    pub state: &'a SyncState,
    /// What this run is asked for.
    pub options: RunOptions,
}

/// What one run is asked for; forced from the CRM, from the mailbox, or from both (A9.1, A9.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// The instant of the run.
    pub now: Instant,
    /// Whether deletions held by a guard are executed (D6).
    pub confirm: bool,
    /// Whether all of the CRM's records are sent again (A9.2), as far as they are listed. Some of them only:
    /// [`Selection::forced`](super::Selection::forced), in the CRM's listing.
    pub force_crm: bool,
    /// The instant since which the mailbox's items are sent again (A9.7). The last state is dropped (D20): list both
    /// sides completely.
    pub force_store_since: Option<Instant>,
}

impl RunOptions {
    /// A plain run at an instant.
    pub const fn at(now: Instant) -> Self {
        Self { now, confirm: false, force_crm: false, force_store_since: None }
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A precondition failed; the user or an administrator has to change something (D17).
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The host's listing is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
}
