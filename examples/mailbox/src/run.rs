//! One run: from two listings to what is reported.

use counterpart::host::{Adapter, drive_stored};
use counterpart::model::BySide;
use counterpart::plan::Approval;
use counterpart::profiles::outlook_x3::{OutlookX3, RunOptions, Selection, plan};
use counterpart::session::{OpResult, Outcome, Session};

use crate::desk::{Basis, Desk, Sides, progress};
use crate::one_line;
use crate::tell::Told;

/// How often a run is planned again because a record changed while it was running.
const ROUNDS: usize = 3;

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Plan only; write nothing.
    pub dry_run: bool,
    /// The instant, and what is forced or confirmed as a whole.
    pub options: RunOptions,
    /// Which records of the CRM are taken again (A9.3).
    pub selection: Selection,
    /// The held deletions that are executed (D6).
    pub approval: Option<Approval>,
}

impl Order {
    /// A plain run.
    pub fn plain(options: RunOptions) -> Self {
        Self { dry_run: false, options, selection: Selection::default(), approval: None }
    }
}

/// Plans, tells the plan, executes it and reports. A record that changed while the run was going on is planned
/// again at once.
///
/// # Errors
/// Why the run could not be done, as one line.
pub fn run(desk: &Desk, order: &Order, told: &mut Told) -> Result<(), String> {
    let mut sides = desk.open(!order.dry_run)?;
    told.listings(desk, &sides);
    for round in 1.. {
        let state = sides.state()?;
        let forced = order.selection.forced(&sides.records, &desk.representative);
        let basis = Basis::new(desk, &sides, order.options.clone(), forced)?;
        let mut plan = plan(&basis.input(&sides, &state)).map_err(one_line)?;
        // The approval is bound to the first plan; a later round plans what is left.
        if let (Some(approval), 1) = (&order.approval, round) {
            plan = plan.approve(approval).map_err(one_line)?;
        }
        told.plan(&plan, &sides);
        if order.dry_run {
            break;
        }
        let bar = progress("writing");
        bar.set_length(plan.ops.len() as u64);
        let session = Session::new(plan, state);
        let Sides { mailbox, crm, states, .. } = &mut sides;
        let mut both = BySide::<&mut dyn Adapter<OutlookX3>>::new(mailbox, crm);
        let report = drive_stored(session, &mut both, states, |session| {
            bar.set_position(session.progress() as u64);
            true
        })
        .map_err(one_line)?;
        bar.finish_and_clear();
        told.failed |= report.outcome == Outcome::Failure;
        told.report(desk, &report);
        if report.count(OpResult::Stale) == 0 || round == ROUNDS {
            break;
        }
        sides.list()?;
    }
    Ok(())
}
