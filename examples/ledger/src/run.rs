//! One run of an integration.

use std::collections::BTreeMap;

use counterpart::host::Adapter;
use counterpart::model::BySide;
use counterpart::plan::{Approval, Plan};
use counterpart::profiles::sage100::{self, Planned, Request, RunOptions, Sage100, plan};
use counterpart::session::{Report, Said};
use counterpart::snapshot::{RefusalKey, SyncState};
use groundwork::one_line;
use groundwork::run::Host;
use groundwork::state::States;
use groundwork::told::{Titles, Told};

use crate::integration::{Integration, Sides};
use crate::tell::{answers, errors, listings, titles};

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Plan only; write nothing.
    pub dry_run: bool,
    /// The instant, and whether held deletions are executed.
    pub options: RunOptions,
    /// What users ask for, in their order (E5).
    pub requests: Vec<Request>,
    /// The held deletions that are executed (D6).
    pub approval: Option<Approval>,
}

impl Order {
    /// A plain run.
    pub const fn plain(options: RunOptions) -> Self {
        Self { dry_run: false, options, requests: Vec::new(), approval: None }
    }
}

/// Lists both sides, plans, tells the plan, executes it and reports.
///
/// # Errors
/// Why the run could not be done, as one line.
pub fn run(integration: &Integration, order: &Order, told: &mut Told) -> Result<(), String> {
    let sides = integration.open()?;
    carry_out(sides, order, told)
}

/// The same with sides that are open.
///
/// # Errors
/// Why the run could not be done, as one line.
pub fn carry_out(sides: Sides, order: &Order, told: &mut Told) -> Result<(), String> {
    listings(&sides, told);
    let user = sides.parameters.integration.clone();
    let mut open = Open { order, sides, refusals: BTreeMap::new() };
    let what = groundwork::run::Order { dry_run: order.dry_run, approval: order.approval.clone() };
    groundwork::run::run(&mut open, &what, &user, told)?;
    let Open { mut sides, refusals, .. } = open;
    let state = sides.state()?;
    let known = sides.crm.refusals().map_err(one_line)?;
    let mut all = known.clone();
    all.retain(|record, _| state.refusals.contains_key(record));
    all.extend(refusals);
    if all != known
        && let Err(error) = sides.crm.keep_refusals(&all)
    {
        told.lines.push(one_line(error));
    }
    errors(&sage100::errors(&state, &sides.crm.list().map_err(one_line)?, &all), told);
    Ok(())
}

/// An integration with both sides open, and what is asked for.
struct Open<'o> {
    order: &'o Order,
    sides: Sides,
    /// What the sides said of the writes they refused.
    refusals: BTreeMap<RefusalKey, Said>,
}

impl Open<'_> {
    fn planned(&self, state: &SyncState, requests: &[Request]) -> Result<Planned, String> {
        plan(&self.sides.input(state, requests, self.order.options.clone())).map_err(one_line)
    }
}

impl Host<Sage100> for Open<'_> {
    fn systems(&self) -> BySide<String> {
        self.sides.systems()
    }

    fn plan(
        &mut self,
        state: &SyncState,
        round: usize,
        told: &mut Told,
    ) -> Result<Plan<Sage100>, String> {
        let requests = &self.order.requests;
        let planned = self.planned(state, requests)?;
        if round == 1 {
            answers(&planned.answers, told);
            return Ok(planned.plan);
        }
        // What the first round has done would be refused now; only the rest is asked for again.
        let open = planned.answers.iter().filter(|one| one.refused.is_none());
        let open: Vec<Request> = open.map(|one| one.request.clone()).collect();
        Ok(self.planned(state, &open)?.plan)
    }

    fn titles(&self) -> Titles<Sage100> {
        titles(&self.sides.base, &self.sides.records)
    }

    fn parts(&mut self) -> (BySide<&mut dyn Adapter<Sage100>>, &mut States) {
        let Sides { erp, crm, states, .. } = &mut self.sides;
        (BySide::new(erp, crm), states)
    }

    fn trouble(&self) -> Option<String> {
        let Sides { erp, crm, .. } = &self.sides;
        erp.trouble().or_else(|| crm.trouble()).map(one_line)
    }

    fn keep(&mut self, report: &Report<Sage100>) {
        self.refusals.extend(report.refusals.clone());
    }

    fn list(&mut self) -> Result<(), String> {
        self.sides.list()
    }
}
