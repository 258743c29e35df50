//! What happened to each field group since both sides were last agreed: three-way, pure, without policy.

use crate::model::{BySide, Side};
use crate::snapshot::{Base, Print};

#[cfg(test)]
mod tests;

/// What happened to one field group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldOutcome {
    /// Both sides changed it, to different values.
    Conflict,
    /// Both sides show the same, and did not agree on it before.
    Same,
    /// Side A's value goes to side B.
    TakeA,
    /// Side B's value goes to side A.
    TakeB,
    /// Neither side changed it.
    Unchanged,
    /// A side could not be read: what the other side changed waits (D35).
    Unreadable,
}

/// What is known of a field group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupView {
    /// What each side showed when last agreed.
    pub(crate) base: Base,
    /// What each side shows now; `None` where it could not be read.
    pub(crate) shown: BySide<Option<Print>>,
    /// Whether a side counts as changed whatever it shows: the user asked for it to be sent again.
    pub(crate) forced: BySide<bool>,
}

/// What the common forms say of a field group; asked only where fingerprints do not decide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    /// Whether both sides mean the same.
    pub(crate) agrees: bool,
    /// Whether nothing is there.
    pub(crate) blank: BySide<bool>,
}

impl GroupView {
    /// Whether a side changed since the base; `None` without a base.
    pub(crate) fn changed(&self, side: Side) -> Option<bool> {
        match (self.base.get(side), self.shown.get(side)) {
            (Some(_), _) if *self.forced.get(side) => Some(true),
            (Some(base), Some(shown)) => Some(base != shown),
            (None, _) | (_, None) => None,
        }
    }

    /// Whether the fingerprints alone show that neither side changed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.changed(Side::A) == Some(false) && self.changed(Side::B) == Some(false)
    }
}

/// Says what happened to a field group.
///
/// With a base: a side that differs from it changed; two changes to the same value are agreement (A8.6), to
/// different values a conflict. Without a base: equal values are agreed, a blank one never beats a filled
/// one, and everything else is a conflict (D3).
pub(crate) fn classify(view: &GroupView, meaning: impl FnOnce() -> Meaning) -> FieldOutcome {
    if view.shown.a.is_none() || view.shown.b.is_none() {
        return FieldOutcome::Unreadable;
    }
    match (view.changed(Side::A), view.changed(Side::B)) {
        (Some(false), Some(false)) => FieldOutcome::Unchanged,
        (Some(true), Some(false)) => FieldOutcome::TakeA,
        (Some(false), Some(true)) => FieldOutcome::TakeB,
        (Some(true), Some(true)) => {
            if meaning().agrees {
                FieldOutcome::Same
            } else {
                FieldOutcome::Conflict
            }
        }
        (None, _) | (_, None) => {
            let Meaning { agrees, blank } = meaning();
            match (agrees, blank.a, blank.b) {
                (true, ..) => FieldOutcome::Same,
                (false, true, false) => FieldOutcome::TakeB,
                (false, false, true) => FieldOutcome::TakeA,
                (false, ..) => FieldOutcome::Conflict,
            }
        }
    }
}
