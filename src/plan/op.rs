//! One operation of a plan.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Groups;
use crate::model::{BySide, Instant, Side};
use crate::profile::Write;
use crate::report::Anomaly;
use crate::rules::Reason;
use crate::schema::Schema;

/// The number of an operation: its place in the plan, from 1.
pub type OpId = u32;

/// What an operation does to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "")]
#[non_exhaustive]
pub enum Action<S: Schema> {
    /// Makes the record. Its own id in it is empty: the side gives it.
    Create(S::Record),
    /// Gives named fields new values.
    Update(S::Patch),
    /// Deletes the record.
    Delete,
    /// Takes a representative off the record's assignment list, and nothing else (A4.13). The record
    /// stays, also without any (A4.14).
    Unassign(String),
    /// Writes the counterpart's id on the record, or clears it. Needs no permission (D10).
    Stamp(Option<String>),
}

/// An [`Action`] without what it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActionKind {
    /// Makes a record.
    Create,
    /// Gives fields new values.
    Update,
    /// Deletes a record.
    Delete,
    /// Takes a representative off a record (A4.13).
    Unassign,
    /// Writes the counterpart's id on a record, or clears it.
    Stamp,
}

impl ActionKind {
    /// Every kind of action, in the order in which a journal counts them.
    pub const ALL: [Self; 5] =
        [Self::Create, Self::Update, Self::Delete, Self::Unassign, Self::Stamp];

    /// What it does to a record, as permissions know it (A1.14).
    pub(crate) const fn write(self) -> Write {
        match self {
            Self::Create => Write::Create,
            Self::Delete | Self::Unassign => Write::Delete,
            Self::Stamp | Self::Update => Write::Update,
        }
    }

    /// Its short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Unassign => "unassign",
            Self::Stamp => "stamp",
        }
    }
}

impl<S: Schema> Action<S> {
    /// The action without what it writes.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Create(_) => ActionKind::Create,
            Self::Update(_) => ActionKind::Update,
            Self::Delete => ActionKind::Delete,
            Self::Unassign(_) => ActionKind::Unassign,
            Self::Stamp(_) => ActionKind::Stamp,
        }
    }

    /// The action's short name.
    pub const fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Whether a guard counts it as a deletion (D31).
    pub const fn is_deletion(&self) -> bool {
        matches!(self, Self::Delete | Self::Unassign(_))
    }
}

/// A key that another operation makes, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Need<S: Schema> {
    /// The operation that makes it.
    pub op: OpId,
    /// Where it goes; `None` where it is the stamp itself, or only the order matters.
    pub slot: Option<S::Slot>,
    /// Whether the operation is sent without the key, where the other one was not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl<S: Schema> Need<S> {
    /// What an operation is not sent without.
    pub const fn new(op: OpId, slot: Option<S::Slot>) -> Self {
        Self { op, slot, optional: false }
    }

    /// What an operation is sent without, where it is not done.
    pub const fn optional(op: OpId, slot: Option<S::Slot>) -> Self {
        Self { op, slot, optional: true }
    }
}

/// One operation: what is done to which record, why, and what it expects to find.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Op<S: Schema> {
    /// Its place in the plan.
    pub id: OpId,
    /// The side it writes.
    pub side: Side,
    /// The kind of the pair.
    pub kind: S::Kind,
    /// The record's id on each side, where it has one before the run.
    pub ids: BySide<Option<String>>,
    /// What it does.
    pub action: Action<S>,
    /// Why.
    pub reason: Reason,
    /// The rule it follows.
    pub rule: Cow<'static, str>,
    /// Whether a guard holds it back (D6): it is shown, and not executed.
    pub held: bool,
    /// The modification stamp of the record it was planned against. A side whose record has another one
    /// answers *stale* and writes nothing.
    pub expect: Option<Instant>,
    /// The record whose stamp counts, where the operation's own record has none: the one that lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_by: Option<String>,
    /// The modification stamp of the record it carries over; whether a host writes it is the host's
    /// choice (A2.2, D4, A8.2).
    pub source_modified: Option<Instant>,
    /// What makes the same creation recognisable if it is asked for twice (D12). Creations only.
    pub idempotency_key: Option<String>,
    /// The keys it needs from other operations.
    pub needs: Vec<Need<S>>,
    /// The field groups it carries.
    pub groups: Groups<S::Kind>,
    /// What its execution loses or could not carry, to be reported once it is done.
    pub anomalies: Vec<Anomaly>,
}
