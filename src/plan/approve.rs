//! Releasing what a guard holds: an approval names one plan, and what of it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{OpId, Plan};
use crate::schema::Schema;

/// A person's word that these held operations of this very plan shall be executed (D6).
///
/// It is bound to the plan's hash: if anything changed since the person looked, the plan made now has another
/// hash, and the approval is void. There is no approval of plans in general.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The hash of the plan the person saw.
    pub plan: String,
    /// The held operations to execute, by their numbers in that plan.
    pub ops: Vec<OpId>,
}

/// Why an approval releases nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// The operation is not held, or there is none with this number. The caller named the wrong one.
    #[error("operation {op} is not held")]
    NotHeld {
        /// Its number.
        op: OpId,
    },
    /// The plan is not the one that was approved: the world changed. Show the new one.
    #[error("the plan has changed since it was approved")]
    PlanChanged,
}

impl<S: Schema> Plan<S> {
    /// Releases held operations.
    ///
    /// # Errors
    /// [`ApprovalError`]; nothing is released then.
    pub fn approve(mut self, approval: &Approval) -> Result<Self, ApprovalError> {
        if self.hash() != approval.plan {
            return Err(ApprovalError::PlanChanged);
        }
        for op in &approval.ops {
            let held = self.ops.iter_mut().find(|one| one.id == *op && one.held);
            held.ok_or(ApprovalError::NotHeld { op: *op })?.held = false;
        }
        Ok(self)
    }
}
