//! What is written on a side: values to express, and what a profile makes of them.

use std::fmt;

use super::{Entry, KindOf, Profile};
use crate::model::{BySide, Side};
use crate::plan::{Action, Need};
use crate::report::AnomalyCode;
use crate::rules::Reason;
use crate::schema::Schema;

/// A key of the other side that a value refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyRef {
    /// It exists.
    Known(String),
    /// This draft operation makes it.
    Made(usize),
}

/// Who is whose counterpart, for all kinds decided so far.
pub trait Identities {
    /// The counterpart of a record, named by its id on its own side; `None` where it has none.
    fn counterpart(&self, kind_code: u8, side: Side, id: &str) -> Option<KeyRef>;

    /// The facts the link of a record of side B keeps (D25).
    fn facts(&self, kind_code: u8, id: &str) -> Option<Vec<String>>;
}

/// Something expressing a value lost or could not carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub code: AnomalyCode,
    /// The place of the group.
    pub group: usize,
    /// What each side holds, A then B.
    pub values: (Option<String>, Option<String>),
    /// Whether it is as it was: an anomaly that says so stays open, and is not raised anew.
    pub stays: bool,
}

/// A value expressed in the shape of the side that must receive it.
#[derive(Debug)]
pub struct Expressed<P: Profile + ?Sized, T> {
    /// The record or patch; for a patch `None` when the target shows all of it already.
    pub payload: T,
    /// Keys it needs; the operation numbers are those of drafts.
    pub needs: Vec<Need<P::Schema>>,
    /// What was lost on the way.
    pub problems: Vec<Problem>,
}

/// The agreed values of a pair that one side must receive.
pub struct Change<'p, 'a, P: Profile + ?Sized> {
    /// The pair's kind.
    pub kind: KindOf<P>,
    /// The side that receives it.
    pub target: Side,
    /// The places of the groups it carries.
    pub groups: &'p [usize],
    /// Gives the agreed value of each group. What nobody asks for is not made.
    pub agreed: &'p dyn Fn(usize) -> Option<&'p P::Value>,
    /// The target's record, where listed.
    pub current: Option<&'p Entry<'a, P>>,
    /// The record the values come from, where listed.
    pub source: Option<&'p Entry<'a, P>>,
}

impl<'p, P: Profile + ?Sized> Change<'p, '_, P> {
    /// The agreed value of a group, carried or not.
    pub fn agreed(&self, place: usize) -> Option<&'p P::Value> {
        (self.agreed)(place)
    }

    /// The agreed value of a group that it carries.
    pub fn carried(&self, place: usize) -> Option<&'p P::Value> {
        if self.groups.contains(&place) { self.agreed(place) } else { None }
    }
}

impl<P: Profile + ?Sized> fmt::Debug for Change<'_, '_, P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, target, groups, .. } = self;
        let mut out = out.debug_struct("Change");
        out.field("kind", kind).field("target", target).field("groups", groups);
        out.finish_non_exhaustive()
    }
}

/// A text that a person supplies for a field of side B's record, to settle an open anomaly (A12.5).
#[derive(Debug)]
pub struct Supplied<'p, 'a, P: Profile + ?Sized> {
    /// The record's kind.
    pub kind: KindOf<P>,
    /// The place of the group.
    pub group: usize,
    /// What is wrong there.
    pub code: AnomalyCode,
    /// The record.
    pub record: &'p Entry<'a, P>,
    /// The text, without blanks around it; not empty.
    pub text: &'p str,
}

/// A record that no record of the other side asks for, but a rule does (A7.9, A9.5).
#[derive(Debug)]
pub struct Supplement<P: Profile + ?Sized> {
    /// Its kind.
    pub kind: KindOf<P>,
    /// The side that gets it.
    pub side: Side,
    /// The record.
    pub record: <P::Schema as Schema>::Record,
    /// Its counterpart on the other side, made once its key is known.
    pub copy: <P::Schema as Schema>::Record,
    /// Where the key goes in the counterpart.
    pub mark: <P::Schema as Schema>::Slot,
    /// What makes the creation recognisable.
    pub idempotency_key: String,
    /// Why.
    pub reason: Reason,
    /// The rule.
    pub rule: &'static str,
}

/// A write of the plan being made.
#[derive(Debug)]
pub struct PlannedWrite<'w, S: Schema> {
    /// Its number among the drafts.
    pub draft: usize,
    /// The side it writes.
    pub side: Side,
    /// The pair's kind.
    pub kind: S::Kind,
    /// The record's id on each side, where it has one.
    pub ids: &'w BySide<Option<String>>,
    /// What it does.
    pub action: &'w Action<S>,
    /// Whether a guard holds it back.
    pub held: bool,
}

/// A write that may not be sent, because the other side would refuse it beside another record (D13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// Its number among the drafts.
    pub draft: usize,
    /// The id of the record it collides with.
    pub with: String,
}
