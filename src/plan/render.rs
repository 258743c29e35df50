//! A plan as text: one line per operation, stable, without what the records say.

use std::fmt;

use super::{Action, Op, Plan};
use crate::model::Side;
use crate::schema::{Kind as _, Schema};

impl<S: Schema> fmt::Display for Op<S> {
    /// One line: number, side, action, kind, keys, fields or groups, reason and rule.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = S::SIDES.get(self.side);
        let kind = self.kind.name(self.side);
        write!(out, "{:>4}  {side:<5} {:<8} {kind:<13}", self.id, self.action.name())?;
        let id = |side: Side| self.ids.get(side).as_deref().unwrap_or("(new)");
        write!(out, " {} <-> {}", id(Side::A), id(Side::B))?;
        match &self.action {
            Action::Update(patch) => write!(out, "  {}", S::fields(patch).join(", "))?,
            Action::Create(_) => {
                write!(out, "  {}", self.groups.iter().collect::<Vec<_>>().join(", "))?;
            }
            Action::Unassign(who) => write!(out, "  {who}")?,
            Action::Stamp(Some(key)) => write!(out, "  {key}")?,
            Action::Delete | Action::Stamp(None) => {}
        }
        write!(out, "  [{}, {}]", self.reason.name_among(S::SIDES), self.rule)?;
        for need in &self.needs {
            write!(out, " after {}", need.op)?;
        }
        if self.held {
            out.write_str("  HELD")?;
        }
        Ok(())
    }
}

impl<S: Schema> fmt::Display for Plan<S> {
    /// The operations, a line each; then what was noticed, a line each; then the account.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for op in &self.ops {
            writeln!(out, "{op}")?;
        }
        for entry in &self.journal {
            writeln!(out, "{entry}")?;
        }
        let account = &self.account;
        write!(
            out,
            "{} pairs: {} with operations, {} unchanged, {} skipped, {} held, {} in conflict",
            account.pairs(),
            account.operations,
            account.unchanged,
            account.skipped,
            account.held,
            account.conflicts
        )
    }
}
