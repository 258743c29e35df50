//! The hash of a plan: a fixed function of its serialised form.

use super::Plan;
use crate::model::hash_of;
use crate::schema::Schema;

impl<S: Schema> Plan<S> {
    /// The hash of what the plan will do, 32 hexadecimal digits: its operations, with what they write and what
    /// they expect to find. Equal plans have equal hashes on every platform and in every version that has the
    /// same serialised form; the instant of the run plays no part, so that a plan made again from an unchanged
    /// world has the hash a person approved (D6).
    pub fn hash(&self) -> String {
        let [first, second] = hash_of(&(&self.systems, &self.ops));
        format!("{first:016x}{second:016x}")
    }
}
