//! Operations and settlements while a plan is being made: numbered by their order of birth.

use super::{Action, Advance, AsLinked, Ending, Groups, Need, Op, OpId, Settlement};
use crate::model::{BySide, Instant, Side};
use crate::report::Anomaly;
use crate::rules::Reason;
use crate::schema::Schema;
use crate::snapshot::{Base, Link, LinkKey, LinkStatus};

/// Where a profile wants an operation: what comes before it decides first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The step.
    pub(crate) step: u8,
    /// The place inside it.
    pub(crate) rank: u8,
    /// Whose record it is; what has no key comes last.
    pub(crate) owner: (bool, String),
    /// Which of the owner's records.
    pub(crate) part: String,
    /// What comes right behind the operation it goes with.
    pub(crate) follows: bool,
}

/// An operation that has no place in the plan yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft<S: Schema> {
    pub(crate) side: Side,
    pub(crate) kind: S::Kind,
    pub(crate) ids: BySide<Option<String>>,
    pub(crate) action: Action<S>,
    pub(crate) reason: Reason,
    pub(crate) rule: &'static str,
    pub(crate) held: bool,
    /// Whether it was found that it may not be sent.
    pub(crate) dropped: bool,
    pub(crate) expect: Option<Instant>,
    /// The record whose stamp is expected, where it is another than the draft's own.
    pub(crate) listed_by: Option<String>,
    pub(crate) source_modified: Option<Instant>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) needs: Vec<Need<S>>,
    /// The places of the groups it carries.
    pub(crate) groups: Vec<u8>,
    pub(crate) anomalies: Vec<Anomaly>,
    /// Its place, where the profile has an order of its own; else the order is that of D10.
    pub(crate) place: Option<Place>,
}

impl<S: Schema> Draft<S> {
    /// A draft with nothing but its essentials.
    pub(crate) const fn new(
        side: Side,
        kind: S::Kind,
        ids: BySide<Option<String>>,
        action: Action<S>,
        why: (Reason, &'static str),
    ) -> Self {
        Self {
            side,
            kind,
            ids,
            action,
            reason: why.0,
            rule: why.1,
            held: false,
            dropped: false,
            expect: None,
            listed_by: None,
            source_modified: None,
            idempotency_key: None,
            needs: Vec::new(),
            groups: Vec::new(),
            anomalies: Vec::new(),
            place: None,
        }
    }

    /// The operation it becomes; operations, named by their order of birth so far, are given their numbers.
    pub(crate) fn numbered(self, birth: OpId, number: impl Fn(OpId) -> OpId) -> Op<S> {
        let mut needs = self.needs;
        for need in &mut needs {
            need.op = number(need.op);
        }
        Op {
            id: number(birth),
            side: self.side,
            kind: self.kind,
            ids: self.ids,
            reason: self.reason,
            rule: self.rule.into(),
            held: self.held,
            expect: self.expect,
            listed_by: self.listed_by,
            source_modified: self.source_modified,
            idempotency_key: self.idempotency_key,
            needs,
            groups: Groups::new(self.kind, self.groups),
            anomalies: self.anomalies,
            action: self.action,
        }
    }
}

impl Settlement {
    /// A settlement in which nothing is agreed yet.
    pub(crate) fn open<K: crate::schema::Kind>(kind: K, ids: BySide<Option<String>>) -> Self {
        Self::blank(kind.code(), ids, kind.groups().len())
    }

    /// Keeps a link as it is, but for what operations beside the comparison change of it.
    pub(crate) fn of_link(key: LinkKey, link: &Link, run: u32) -> Self {
        let base = |side| link.base.iter().map(|group| *group.get(side)).collect();
        let places = link.base.len();
        let kind = key.0;
        Self {
            key: Some(key),
            base: link.base.clone(),
            shown: BySide::from_fn(base),
            groups: vec![Advance::Now; places],
            seen: link.seen,
            agreed: link.seen,
            gone: link.gone,
            listed: link.listed,
            swings: link.swings.clone(),
            run,
            status: link.status,
            private: link.private,
            facts: link.facts.clone(),
            digests: link.digests,
            ..Self::blank(kind, link.ids.clone().map(Some), places)
        }
    }

    /// Makes it one in which nothing is agreed yet, in the memory it has.
    pub(super) fn restart(&mut self, kind: u8, ids: BySide<Option<&str>>, places: usize) {
        (self.kind, self.key) = (kind, None);
        for side in Side::BOTH {
            match (self.ids.get_mut(side), *ids.get(side)) {
                (Some(id), Some(name)) => name.clone_into(id),
                (id, name) => *id = name.map(str::to_owned),
            }
            self.shown.get_mut(side).clear();
        }
        (self.made, self.suffix) = (BySide::default(), BySide::default());
        self.as_linked.clear();
        self.digests = BySide::default();
        (self.seen, self.agreed, self.gone) = Default::default();
        (self.listed, self.born, self.run) = Default::default();
        self.base.clear();
        self.base.resize(places, Base::default());
        self.groups.clear();
        self.groups.resize(places, Advance::Never);
        for ops in [&mut self.beside, &mut self.ops] {
            ops.clear();
        }
        self.asked.clear();
        self.swings.clear();
        self.held.clear();
        self.facts.clear();
        (self.ending, self.later) = (None, None);
        (self.status, self.private) = (LinkStatus::Live, false);
    }

    pub(super) fn blank(kind: u8, ids: BySide<Option<String>>, places: usize) -> Self {
        Self {
            kind,
            key: None,
            ids,
            made: BySide::default(),
            suffix: BySide::default(),
            beside: Vec::new(),
            as_linked: AsLinked::default(),
            base: vec![Base::default(); places],
            shown: BySide::default(),
            digests: BySide::default(),
            groups: vec![Advance::Never; places],
            seen: BySide::default(),
            agreed: BySide::default(),
            gone: BySide::default(),
            listed: BySide::default(),
            born: BySide::default(),
            swings: Vec::new(),
            held: Vec::new(),
            run: 0,
            ops: Vec::new(),
            asked: Vec::new(),
            ending: None,
            status: LinkStatus::Live,
            private: false,
            facts: Vec::new(),
            later: None,
        }
    }

    /// Takes an operation away: what depended on it is not agreed.
    pub(crate) fn without(&mut self, gone: u32) {
        self.ops.retain(|op| *op != gone);
        self.beside.retain(|op| *op != gone);
        self.asked.retain(|(op, _)| *op != gone);
        for side in Side::BOTH {
            let made = self.made.get_mut(side);
            if *made == Some(gone) {
                *made = None;
            }
        }
        for advance in &mut self.groups {
            if *advance == Advance::With(gone) {
                *advance = Advance::Never;
            }
        }
        if let Some(later) = &mut self.later {
            let made = later.made.filter(|(op, _)| *op != gone);
            later.complete &= later.made == made && !later.after.contains(&gone);
            later.after.retain(|op| *op != gone);
            later.made = made;
        }
    }

    /// Names the operations by their places in the plan instead of by their order of birth.
    pub(crate) fn renumber(&mut self, place: impl Fn(u32) -> u32) {
        for op in self.ops.iter_mut().chain(&mut self.beside) {
            *op = place(*op);
        }
        for (op, _) in &mut self.asked {
            *op = place(*op);
        }
        for side in Side::BOTH {
            if let Some(op) = self.made.get_mut(side) {
                *op = place(*op);
            }
        }
        for advance in &mut self.groups {
            if let Advance::With(op) = advance {
                *op = place(*op);
            }
        }
        if let Some(Ending::With(op) | Ending::Without(op)) = &mut self.ending {
            *op = place(*op);
        }
        if let Some(later) = &mut self.later {
            let made = later.made.iter_mut().map(|(op, _)| op);
            for op in later.after.iter_mut().chain(made) {
                *op = place(*op);
            }
            later.after.sort_unstable();
        }
    }
}
