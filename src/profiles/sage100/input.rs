//! What a run of this profile depends on, and what comes of it.

use super::crm::{Account, Crm};
use super::erp::{Erp, ErpAccount};
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::requests::{Answer, Request};
use super::schema::Sage100;
use crate::model::{BySide, Instant, Side};
use crate::plan::{Plan, PlanError};
use crate::snapshot::{Listing, SyncState};

/// Everything one run of this profile depends on.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The integration's parameters.
    pub parameters: &'a Parameters,
    /// The ERP base: all of it, or what changed there (B2.2).
    pub erp: &'a Erp,
    /// The CRM: all of it, or what changed there (B2.3).
    pub crm: &'a Crm,
    /// How complete the ERP's listing is.
    pub erp_listing: &'a Listing,
    /// How complete the CRM's listing is.
    pub crm_listing: &'a Listing,
    /// What was agreed last time.
    pub state: &'a SyncState,
    /// What users ask for, in their order (E5).
    pub requests: &'a [Request],
    /// What this run is asked for.
    pub options: RunOptions,
}

impl Input<'_> {
    /// Whether a side lists everything, as it did last time: what is missing is gone. What a filter leaves out may be there,
    /// also where the last run listed by the same one (P-04).
    pub(crate) fn lists_everything_again(&self, side: Side) -> bool {
        let listing = BySide::new(self.erp_listing, self.crm_listing);
        self.state.scopes.get(side).is_none() && listing.get(side).scope.is_none()
    }

    /// Whether an account was asked for, and the ERP does not hold it yet (B6.5).
    pub(crate) fn awaits(&self, account: &Account) -> bool {
        let is_ours = account.integration.as_ref() == Some(&self.parameters.integration);
        let is_it = |one: &ErpAccount| {
            one.code == account.code.or_empty() || one.origin.as_ref() == Some(&account.id)
        };
        let is_asked = is_ours && account.pending && !account.detached;
        is_asked && !self.erp.accounts.iter().any(is_it)
    }

    /// Whether the CRM's companies and accounts, which are looked up by their ids whether they take part or not, have one
    /// each. Everything else is checked where it is listed.
    pub(crate) fn check_ids(&self) -> Result<(), PlanError> {
        let companies = self.crm.companies.iter().map(|one| one.id.as_str());
        check_ids(companies.collect())?;
        check_ids(self.crm.accounts.iter().map(|one| one.id.as_str()).collect())
    }
}

fn check_ids(mut ids: Vec<&str>) -> Result<(), PlanError> {
    let side = Side::B;
    ids.sort_unstable();
    if ids.first().is_some_and(|id| id.is_empty()) {
        return Err(PlanError::EmptyId { side });
    }
    let twice = ids.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(*one),
        _ => None,
    });
    twice.map_or(Ok(()), |id| Err(PlanError::DuplicateId { side, id: id.to_owned() }))
}

/// What one run is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// The instant of the run.
    pub now: Instant,
    /// Whether deletions held by a guard are executed (D6).
    pub confirm: bool,
    /// Whether the CRM has another integration that came before this one (B18.1).
    pub is_second: bool,
    /// Whether parameters were left as they were since the last run, because the integration is active (B4.17).
    pub parameters_locked: bool,
}

impl RunOptions {
    /// A plain run at an instant.
    pub const fn at(now: Instant) -> Self {
        Self { now, confirm: false, is_second: false, parameters_locked: false }
    }
}

/// A plan, and what became of the requests.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Planned {
    /// What the run will do, in the ERP too (B2.4).
    pub plan: Plan<Sage100>,
    /// What became of each request, in the order given.
    pub answers: Vec<Answer>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A precondition failed; an administrator has to change something (D17).
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The host's listing is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// The two systems of an integration, as its state knows them (B1.1, B18.2).
pub fn systems(integration: &str) -> BySide<String> {
    BySide::new(integration.to_owned(), "crm".to_owned())
}

/// Whether a run must be given complete listings: the first one; the first of a UTC day at or after the hour of the
/// daily resynchronisation (B4.6), for which nobody deactivates anything (B15.4); one with requests, or in which those of
/// an earlier run are tried again, which may name any record, and whose codes must be free among all accounts (B5.2,
/// B15).
pub fn reads_everything(
    parameters: &Parameters,
    state: &SyncState,
    requests: &[Request],
    now: Instant,
) -> bool {
    let due = parameters.daily_resync_hour.and_then(|hour| {
        let hour = u32::try_from(hour).ok()?;
        now.date_naive().and_hms_opt(hour, 0, 0).map(|time| time.and_utc())
    });
    let daily = due.is_some_and(|due| now >= due && state.watermark.is_none_or(|last| last < due));
    let is_asked = !requests.is_empty() || !state.asked.is_empty();
    state.watermark.is_none() || is_asked || daily
}
