//! What a run left undone, read off its report.

use std::collections::BTreeSet;

use super::{OpResult, Report};
use crate::model::Side;
use crate::plan::{Done, OpId};
use crate::schema::Schema;

impl<S: Schema> Report<S> {
    /// The ids of a side's records of which something was left undone: refused, stale, held, in conflict, waiting
    /// for a permission, not reached, or not to be told apart. What is not named here needs no second look.
    pub fn unsettled(&self, side: Side) -> BTreeSet<&str> {
        let blank =
            Done { id: String::new(), prints: None, digest: None, modified: None, facts: None };
        let done = |op: OpId| {
            let at = usize::try_from(op).ok()?.checked_sub(1)?;
            let written = self.plan.ops.get(at).filter(|_| self.result(op) == OpResult::Done)?;
            Some((written.side, &blank))
        };
        let all = self.plan.settlements.iter().with_ids();
        let open = all.filter(|(one, _)| one.settle(done).retry);
        let open = open.filter_map(|(_, ids)| *ids.get(side));
        let undecided = self.plan.undecided.iter().flat_map(|one| one.ids.get(side));
        open.chain(undecided.map(String::as_str)).collect()
    }
}
