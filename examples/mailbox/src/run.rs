//! One run of a desk.

use counterpart::host::Adapter;
use counterpart::model::BySide;
use counterpart::plan::{Approval, Plan};
use counterpart::profiles::outlook_x3::{OutlookX3, RunOptions, Selection, plan};
use counterpart::snapshot::SyncState;
use groundwork::one_line;
use groundwork::run::Host;
use groundwork::state::States;
use groundwork::told::{Titles, Told};

use crate::desk::{Basis, Desk, Sides};
use crate::tell::{listings, titles};

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

/// Lists both sides, plans, tells the plan, executes it and reports.
///
/// # Errors
/// Why the run could not be done, as one line.
pub fn run(desk: &Desk, order: &Order, told: &mut Told) -> Result<(), String> {
    let sides = desk.open(!order.dry_run)?;
    listings(desk, &sides, told);
    let mut open = Open { desk, order, sides };
    let what = groundwork::run::Order { dry_run: order.dry_run, approval: order.approval.clone() };
    groundwork::run::run(&mut open, &what, &desk.user, told)
}

/// A desk with both sides open, and what is asked for.
struct Open<'d> {
    desk: &'d Desk,
    order: &'d Order,
    sides: Sides,
}

impl Host<OutlookX3> for Open<'_> {
    fn systems(&self) -> BySide<String> {
        self.sides.systems()
    }

    fn plan(
        &mut self,
        state: &SyncState,
        _: usize,
        _: &mut Told,
    ) -> Result<Plan<OutlookX3>, String> {
        let Self { desk, order, sides } = self;
        let forced = order.selection.forced(&sides.records, &desk.representative);
        let basis = Basis::new(desk, sides, order.options.clone(), forced)?;
        plan(&basis.input(sides, state)).map_err(one_line)
    }

    fn titles(&self) -> Titles<OutlookX3> {
        titles(&self.sides.store.store, &self.sides.records)
    }

    fn parts(&mut self) -> (BySide<&mut dyn Adapter<OutlookX3>>, &mut States) {
        let Sides { mailbox, crm, states, .. } = &mut self.sides;
        (BySide::new(mailbox, crm), states)
    }

    fn trouble(&self) -> Option<String> {
        self.sides.crm.trouble().map(one_line)
    }

    fn list(&mut self) -> Result<(), String> {
        self.sides.list()
    }
}
