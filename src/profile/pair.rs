//! What a profile is told of a pair, and what it says of it.

use super::{Entry, KindOf, Profile};
use crate::model::{BySide, Side};
use crate::report::Code;
use crate::rules::Reason;
use crate::snapshot::Link;

/// What is about to be written on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new record.
    Create,
    /// A deletion, or an unassignment.
    Delete,
    /// New values.
    Update,
}

/// What a closed way means for the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The link is kept as archived (A10.3).
    Archive,
    /// The link is kept as closed (D26).
    Close,
    /// The link is kept as dismissed (A7.8b).
    Dismiss,
    /// Nothing is written that way, and nothing waits: only a change of the record itself makes it of interest.
    Ignore,
    /// Nothing is written that way; whatever the other side changes next overwrites the whole copy (A7.8b).
    Overwrite,
    /// Nothing is written that way; the change waits, and is looked at again in every run (D22).
    Wait,
}

/// Why nothing may be written on a side, beside the user's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barrier {
    /// What the journal says.
    pub code: Code,
    /// What it means for the pair.
    pub effect: Effect,
}

/// What is known of a pair when its rules are asked.
#[derive(Debug)]
pub struct PairView<'p, 'a, P: Profile + ?Sized> {
    /// Its kind.
    pub kind: KindOf<P>,
    /// The record of side A, where listed.
    pub a: Option<&'p Entry<'a, P>>,
    /// The record of side B, where listed.
    pub b: Option<&'p Entry<'a, P>>,
    /// The link, where there is one.
    pub link: Option<&'p Link>,
}

/// What happened to one field group of a pair, before a rule of the profile has its say.
#[derive(Debug)]
pub struct GroupCase<'c, V> {
    /// The place of the group.
    pub place: usize,
    /// Whether each side changed it since both agreed; `None` where there was no agreement, or it cannot be read.
    pub changed: BySide<Option<bool>>,
    /// Whether the sides mean different things by it.
    pub differs: bool,
    /// Whether both changed it to different values, or nobody knows which of them did.
    pub conflict: bool,
    /// What each side says, where listed.
    pub values: BySide<Option<&'c V>>,
}

/// A rule's word on one field group, before the conflict policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// No rule: the three-way comparison and the policy decide.
    AsClassified,
    /// What both sides show is agreed, alike or not.
    Agreed,
    /// The value of one side is written on the other, whatever the policy says.
    Follow {
        /// The side that is followed.
        from: Side,
        /// Whether a value a person entered on the other side is lost.
        lost: bool,
        /// The reason and the rule, where it is not a plain change.
        why: Option<(Reason, &'static str)>,
    },
    /// It waits, silently.
    Wait,
}

/// What becomes of a pair of which one record is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// What the core does without a rule (A4.9, A4.13, A4.19).
    Usual,
    /// The other record is deleted too; what it had changed is recorded as lost.
    Delete,
    /// The other record stays, and the link says why.
    Keep {
        /// What the journal says, if anything.
        code: Option<Code>,
        /// What it means for the pair.
        effect: Effect,
    },
    /// The record is made again from the other one.
    Restore {
        /// What the journal says, if anything.
        code: Option<Code>,
        /// Why, and the rule.
        why: (Reason, &'static str),
    },
}
