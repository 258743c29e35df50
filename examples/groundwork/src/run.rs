//! One run: from two listings to what is reported.

use counterpart::host::{Adapter, drive_stored};
use counterpart::model::BySide;
use counterpart::plan::{Approval, Plan};
use counterpart::schema::Schema;
use counterpart::session::{OpResult, Outcome, Session};
use counterpart::snapshot::SyncState;

use crate::one_line;
use crate::state::States;
use crate::terminal::progress;
use crate::told::{Titles, Told};

/// How often a run is planned again because a record changed while it was running.
const ROUNDS: usize = 3;

/// Two systems that are open and listed.
pub trait Host<S: Schema> {
    /// What both are called in their state.
    fn systems(&self) -> BySide<String>;

    /// Plans the writes of a round, the first of which is 1.
    ///
    /// # Errors
    /// Why there is no plan, as one line.
    fn plan(&mut self, state: &SyncState, round: usize, told: &mut Told)
    -> Result<Plan<S>, String>;

    /// What a person calls the records that are listed.
    fn titles(&self) -> Titles<S>;

    /// What writes to each side, and where the state is kept.
    fn parts(&mut self) -> (BySide<&mut dyn Adapter<S>>, &mut States);

    /// Why a write was lost, where a side knows it.
    fn trouble(&self) -> Option<String>;

    /// Lists both sides again.
    ///
    /// # Errors
    /// Why a side cannot be listed, as one line.
    fn list(&mut self) -> Result<(), String>;
}

/// What is done with a plan.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Plan only; write nothing.
    pub dry_run: bool,
    /// The held deletions that are executed (D6).
    pub approval: Option<Approval>,
}

/// Plans, tells the plan, executes it and reports to a user. A record that changed while the run was going on is
/// planned again at once.
///
/// # Errors
/// Why the run could not be done, as one line.
pub fn run<S: Schema>(
    host: &mut impl Host<S>,
    order: &Order,
    user: &str,
    told: &mut Told,
) -> Result<(), String> {
    for round in 1..=ROUNDS {
        if round > 1 {
            host.list()?;
        }
        let systems = host.systems();
        let state = host.parts().1.current::<S>(systems)?;
        let mut plan = host.plan(&state, round, told)?;
        // The approval is bound to the first plan; a later round plans what is left.
        if let (Some(approval), 1) = (&order.approval, round) {
            plan = plan.approve(approval).map_err(one_line)?;
        }
        told.plan(&plan, &host.titles());
        if order.dry_run {
            break;
        }
        let bar = progress("writing");
        bar.set_length(plan.ops.len() as u64);
        let session = Session::new(plan, state);
        let (mut sides, states) = host.parts();
        let report = drive_stored(session, &mut sides, states, |session| {
            bar.set_position(session.progress() as u64);
            true
        })
        .map_err(one_line)?;
        bar.finish_and_clear();
        told.failed |= report.outcome == Outcome::Failure;
        told.report(user, &report);
        told.lines.extend(host.trouble());
        if report.count(OpResult::Stale) == 0 {
            break;
        }
    }
    Ok(())
}
