//! The contract between the core and a profile: what the core asks, stage by stage.
//!
//! A profile implements [`Profile`] on a value that it builds for one run from the snapshots and the
//! parameters. The core calls it in one direction only: project, then the rules of a pair, then express.

use std::hash::Hash;

use chrono::TimeDelta;

use crate::model::{BySide, Instant, Side};
use crate::plan::{Action, Decline, Need, Sheet};
use crate::report::{AnomalyCode, Code, Lever};
use crate::rules::Reason;
use crate::schema::Schema;
use crate::snapshot::{Link, Printer, SyncState};

/// Shorthand for the kind of a profile.
pub type KindOf<P> = <<P as Profile>::Schema as Schema>::Kind;

/// The content of one field group in the common form that both sides can be compared in.
pub trait Value: Clone + Eq + Hash {
    /// Whether a person would say that nothing is there.
    fn is_blank(&self) -> bool;

    /// Whether the host could read it.
    fn is_readable(&self) -> bool;

    /// The value as a person would read it in an anomaly; `None` when there is none to show.
    fn text(&self) -> Option<String>;
}

/// Whether a record takes part, as far as the record itself can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Out of the managed scope: a link to it sleeps (D19, D26), and a new one is left alone.
    Asleep(Code),
    /// Somebody else's: to the user it is as good as deleted (A4.10), but nobody deletes it.
    Foreign,
    /// Marked private by its owner (A7.1).
    Private,
    /// Takes part.
    Taking,
}

/// One record, projected: what matching needs, and the native record for later stages.
#[derive(Debug)]
pub struct Entry<'a, P: Profile + ?Sized> {
    /// Its id on its own side.
    pub id: &'a str,
    /// Its kind; for a record whose place is shared by several kinds, the kind it is when new (D18).
    pub kind: KindOf<P>,
    /// The id of its counterpart, as the record itself carries it: the stamped key, or the origin.
    pub mark: Option<&'a str>,
    /// Whether the mark stands on the record; else the profile knows it from elsewhere, and it is to be written.
    pub marked: bool,
    /// When it was made.
    pub created: Instant,
    /// When it was last changed.
    pub modified: Instant,
    /// Whether it takes part.
    pub standing: Standing,
    /// The record.
    pub native: P::Native,
}

impl<'a, P: Profile + ?Sized> Entry<'a, P> {
    /// What of it shows at first sight whether something happened.
    pub(crate) fn glance(&self, side: Side) -> Glance<'a, KindOf<P>> {
        Glance {
            id: self.id,
            kind: self.kind,
            mark: self.mark.filter(|_| self.marked && side == Side::A),
            modified: self.modified,
        }
    }
}

impl<P: Profile + ?Sized> Clone for Entry<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Profile + ?Sized> Copy for Entry<'_, P> {}

/// What shows at first sight whether something happened to a record.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a, K> {
    /// Its id on its own side.
    pub id: &'a str,
    /// Its kind, as in [`Entry::kind`].
    pub kind: K,
    /// The key that stands on it, if it is of side A.
    pub mark: Option<&'a str>,
    /// When it was last changed.
    pub modified: Instant,
}

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
#[derive(Debug)]
pub struct Change<'p, 'a, P: Profile + ?Sized> {
    /// The pair's kind.
    pub kind: KindOf<P>,
    /// The side that receives it.
    pub target: Side,
    /// The places of the groups it carries.
    pub groups: &'p [usize],
    /// The agreed value of each group.
    pub agreed: &'p [&'p P::Value],
    /// The target's record, where listed.
    pub current: Option<&'p Entry<'a, P>>,
    /// The record the values come from, where listed.
    pub source: Option<&'p Entry<'a, P>>,
}

impl<'p, P: Profile + ?Sized> Change<'p, '_, P> {
    /// The agreed value of a group that it carries.
    pub fn carried(&self, place: usize) -> Option<&'p P::Value> {
        self.agreed.get(place).copied().filter(|_| self.groups.contains(&place))
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

/// A profile, built for one run. It is shared between threads where the feature `threads` is on.
pub trait Profile: Sync {
    /// Its types.
    type Schema: Schema;
    /// The common form of a field group.
    type Value: Value;
    /// A borrowed record of either side.
    type Native: Copy + std::fmt::Debug;

    // ---- project ----

    /// How many records a side lists.
    fn len(&self, side: Side) -> usize;

    /// A record of a side, by its place in the listing. Asked for every record, and again for those that are
    /// looked at: it costs no more than a look at the record.
    fn entry(&self, side: Side, at: usize) -> Option<Entry<'_, Self>>;

    /// What shows at first sight whether something happened to a record: all that is looked at where nothing did, and so
    /// worth being made without the rest of the [entry](Self::entry), from which it is taken by default.
    fn glance(&self, side: Side, at: usize) -> Option<Glance<'_, KindOf<Self>>> {
        self.entry(side, at).map(|entry| entry.glance(side))
    }

    /// Whether a record takes part; by default as its [standing](Entry::standing) says.
    fn takes_part(&self, side: Side, at: usize) -> bool {
        self.entry(side, at).is_some_and(|entry| entry.standing == Standing::Taking)
    }

    /// Every record of a side, as listed.
    fn entries(&self, side: Side) -> Vec<Entry<'_, Self>> {
        (0..self.len(side)).filter_map(|at| self.entry(side, at)).collect()
    }

    /// A copy of a record, as a plan would carry it.
    fn record(&self, native: Self::Native) -> <Self::Schema as Schema>::Record;

    /// Shows a record to a printer, group by group.
    fn show(&self, kind: KindOf<Self>, native: Self::Native, out: &mut Printer);

    /// The record in common form, one value per group.
    fn project(
        &self,
        kind: KindOf<Self>,
        native: Self::Native,
        identities: &dyn Identities,
    ) -> Vec<Self::Value>;

    // ---- match ----

    /// Whether a record's mark is looked up before the link (A3.4, Exchange).
    fn mark_first(&self) -> bool {
        false
    }

    /// The kind a key's form suggests, where no record is found under it (D18).
    fn kind_of_key(&self, key: &str) -> Option<KindOf<Self>>;

    /// Whether records without a link are paired by equal content in every run, not only in one without state.
    fn pairs_by_content(&self, kind: KindOf<Self>) -> bool {
        let _ = kind;
        false
    }

    /// What two records must have in common to be paired by equal content; the common form by default.
    fn content(
        &self,
        kind: KindOf<Self>,
        native: Self::Native,
        identities: &dyn Identities,
    ) -> Vec<Self::Value> {
        self.project(kind, native, identities)
    }

    // ---- rules ----

    /// Whether every operation writes what the core drafted. Where the profile has a last word on the plan, no pair is
    /// set aside beforehand, and nothing is concluded from writes that were not answered.
    fn writes_as_drafted(&self) -> bool {
        true
    }

    /// Whether side A's records carry the key of their counterpart (A2.1). Where they do not, nothing is stamped
    /// on them.
    fn stamps(&self) -> bool {
        true
    }

    /// Whether the journal speaks of what the core noticed; some of it says nothing to a profile's users.
    fn reports(&self, code: Code) -> bool {
        let _ = code;
        true
    }

    /// Whether every pair is judged, also one in which nothing changed.
    fn is_thorough(&self) -> bool {
        false
    }

    /// A rule's word on a field group, and what the journal says of it.
    fn judge(
        &self,
        pair: &PairView<'_, '_, Self>,
        case: &GroupCase<'_, Self::Value>,
    ) -> (Judgement, Option<Code>) {
        let _ = (pair, case);
        (Judgement::AsClassified, None)
    }

    /// Whether a new record of a side is given a field group of its source.
    fn carries(&self, kind: KindOf<Self>, to: Side, place: usize) -> bool {
        let _ = (kind, to, place);
        true
    }

    /// What becomes of a pair whose record of a side is gone; `changed` says whether the other one changed since
    /// both agreed.
    fn loss(&self, pair: &PairView<'_, '_, Self>, gone: Side, changed: bool) -> Loss {
        let _ = (pair, gone, changed);
        Loss::Usual
    }

    /// Whether the user's flags permit a write (A1.14).
    fn permits(&self, kind: KindOf<Self>, side: Side, write: Write) -> bool;

    /// Whether a kind takes part at all (A1.19).
    fn is_on(&self, kind: KindOf<Self>) -> bool;

    /// What beside the flags stands against a write on a side.
    fn barrier(&self, pair: &PairView<'_, '_, Self>, side: Side, write: Write) -> Option<Barrier>;

    /// Who is taken off when a record of the kind vanishes from side A and is kept on side B (A4.13);
    /// `None` where side B's record is deleted.
    fn unassigns(&self, kind: KindOf<Self>) -> Option<&str>;

    /// Whether a record of side B that is not the user's becomes his again when its counterpart on
    /// side A comes back (D30).
    fn reclaims(&self, kind: KindOf<Self>) -> bool;

    /// Facts a link keeps of a record of side B (D25).
    fn facts(&self, native: Self::Native) -> Vec<String>;

    /// What would change a decision, in the hands of this profile's users.
    fn lever(&self, lever: Lever) -> Lever {
        lever
    }

    // ---- express ----

    /// The target's groups that hold a rule's canonical text and go along with any update of it (D3).
    fn canonical(&self, kind: KindOf<Self>, side: Side) -> &'static [usize];

    /// The groups that are written into what the target holds already: over a target that is not listed they wait
    /// until it is.
    fn woven(&self, kind: KindOf<Self>, side: Side) -> &'static [usize] {
        let _ = (kind, side);
        &[]
    }

    /// Those of the canonical groups that hold texts which neither a link nor the record itself can give: over a
    /// target that is not listed they are not written again.
    fn sparse(&self, kind: KindOf<Self>, side: Side) -> &'static [usize] {
        let _ = (kind, side);
        &[]
    }

    /// The groups that only ever follow side B: what side A changes of them is ignored (A7.18).
    fn mirrored(&self, kind: KindOf<Self>) -> &'static [usize];

    /// Why a new record of side A is made on side B although the run is not about it: another one that is made there
    /// names it (A6.5). Asked for what a run forced from side A would pass over (A9.7).
    fn needed(&self, kind: KindOf<Self>, id: &str) -> Option<Reason> {
        let _ = (kind, id);
        None
    }

    /// By how much the clocks of the two sides may differ: changes that lie no further apart count as made at once
    /// (A8.5). Not at all by default.
    fn clock_skew(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    /// Those of the [mirrored](Self::mirrored) groups in which side A may hold something of its own: it is
    /// ignored, and named among the anomalies once side B's value overwrites it.
    fn overwritten(&self, kind: KindOf<Self>) -> &'static [usize] {
        let _ = kind;
        &[]
    }

    /// A new record of the target side; `source` is the record it is made from. `None` where it cannot
    /// be made; the problems say why.
    fn create(
        &self,
        change: &Change<'_, '_, Self>,
        source: &Entry<'_, Self>,
        identities: &dyn Identities,
    ) -> Expressed<Self, Option<<Self::Schema as Schema>::Record>>;

    /// A patch of the target's record.
    fn update(
        &self,
        change: &Change<'_, '_, Self>,
        identities: &dyn Identities,
    ) -> Expressed<Self, Option<<Self::Schema as Schema>::Patch>>;

    /// Records to be made that no pair asks for, beside the writes that the pairs do ask for.
    fn supplements(
        &self,
        identities: &dyn Identities,
        writes: &[PlannedWrite<'_, Self::Schema>],
    ) -> Vec<Supplement<Self>> {
        let _ = (identities, writes);
        Vec::new()
    }

    /// Whether a side may refuse a write of a kind beside another one; by default none does.
    fn may_collide(&self, kind: KindOf<Self>, side: Side) -> bool {
        let _ = (kind, side);
        false
    }

    /// Of the writes that [may collide](Self::may_collide), those that may not be sent beside others or beside what
    /// stands already. They are tried again next run.
    fn collisions(
        &self,
        state: &SyncState,
        writes: &[PlannedWrite<'_, Self::Schema>],
    ) -> Vec<Collision> {
        let _ = (state, writes);
        Vec::new()
    }

    /// The profile's last word on a plan, before it is ordered: writes that belong to several records of one side.
    fn complete(&self, sheet: &mut Sheet<'_, Self::Schema>, identities: &dyn Identities) {
        let _ = (sheet, identities);
    }

    /// The value a person means by a text he supplies for a group of side B's record (A12.5), or why it is none;
    /// by default no field takes one.
    ///
    /// Whether the CRM can hold the value is not asked here: it is expressed afterwards, and declined if
    /// something of it would be lost.
    ///
    /// # Errors
    /// [`Decline`] where the text is no value of the group.
    fn read(
        &self,
        supplied: &Supplied<'_, '_, Self>,
        identities: &dyn Identities,
    ) -> Result<Self::Value, Decline> {
        let _ = (supplied, identities);
        Err(Decline::NoSingleValue)
    }

    /// The name of the user flag that permits a write; `None`, the default, where it has none (A1.14).
    fn flag(&self, kind: KindOf<Self>, side: Side, write: Write) -> Option<&'static str> {
        let _ = (kind, side, write);
        None
    }

    /// A patch that makes a record the user's again, beside what another patch writes to it (D30).
    fn reclaim(
        &self,
        kind: KindOf<Self>,
        patch: Option<<Self::Schema as Schema>::Patch>,
    ) -> Option<<Self::Schema as Schema>::Patch>;
}
