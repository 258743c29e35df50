//! The contract between the core and a profile: what the core asks, stage by stage.
//!
//! A profile implements [`Profile`] on a value that it builds for one run from the snapshots and the
//! parameters. The core calls it in one direction only: project, then the rules of a pair, then express.

mod pair;
mod record;
mod write;

pub use pair::{Barrier, Effect, GroupCase, Judgement, Loss, PairView, Write};
pub use record::{Entry, Glance, Standing, Value};
pub use write::{
    Change, Collision, Expressed, Identities, KeyRef, PlannedWrite, Problem, Supplement, Supplied,
};

use chrono::TimeDelta;

use crate::model::{Places, Side};
use crate::plan::{Decline, Sheet};
use crate::report::{Code, Lever};
use crate::rules::Reason;
use crate::schema::Schema;
use crate::snapshot::{Digester, Print, Printer, SyncState};

/// Shorthand for the kind of a profile.
pub type KindOf<P> = <<P as Profile>::Schema as Schema>::Kind;

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

    /// The [glance](Self::glance) at a record where it is had without so much as a call, and so is whether the record
    /// [takes part](Self::takes_part); `None`, the default, where both are to be asked for. Worth being given for a kind
    /// of which there are many.
    fn sight(&self, side: Side, at: usize) -> Option<Glance<'_, KindOf<Self>>> {
        let _ = (side, at);
        None
    }

    /// Whether a record takes part; by default as its [standing](Entry::standing) says.
    fn takes_part(&self, side: Side, at: usize) -> bool {
        self.entry(side, at).is_some_and(|entry| entry.standing == Standing::Taking)
    }

    /// Every record of a side, as listed.
    fn entries(&self, side: Side) -> Vec<Entry<'_, Self>> {
        (0..self.len(side)).filter_map(|at| self.entry(side, at)).collect()
    }

    /// The record at a place of a side's listing, where nothing else of it is asked for.
    fn native(&self, side: Side, at: usize) -> Option<Self::Native> {
        self.entry(side, at).map(|entry| entry.native)
    }

    /// The first bytes of what a record shows, mixed: reading them brings near what is [shown](Self::show) soon.
    fn first_bytes(&self, side: Side, at: usize) -> u8 {
        self.native(side, at).map_or(0, |native| self.first_bytes_of(native))
    }

    /// The [same](Self::first_bytes) of a record that is known already.
    fn first_bytes_of(&self, native: Self::Native) -> u8 {
        let _ = native;
        0
    }

    /// A copy of a record, as a plan would carry it.
    fn record(&self, native: Self::Native) -> <Self::Schema as Schema>::Record;

    /// Shows a record to a printer, group by group.
    fn show(&self, kind: KindOf<Self>, native: Self::Native, out: &mut Printer);

    /// The [digest](Schema::digest) of a record; `None`, the default, where no digests are kept.
    fn digest(
        &self,
        kind: KindOf<Self>,
        native: Self::Native,
        digester: &mut Digester,
    ) -> Option<Print> {
        let _ = (kind, native, digester);
        None
    }

    /// Shows a record to a printer as it will be with a patch, as a stored record is [shown](Schema::show).
    fn show_written(
        &self,
        kind: KindOf<Self>,
        (native, patch): (Self::Native, &<Self::Schema as Schema>::Patch),
        viewer: &<Self::Schema as Schema>::Viewer,
        out: &mut Printer,
    ) {
        let mut record = self.record(native);
        Self::Schema::apply(&mut record, patch);
        Self::Schema::show(viewer, kind, &record, out);
    }

    /// The record in common form, one value per group.
    fn project(
        &self,
        kind: KindOf<Self>,
        native: Self::Native,
        identities: &dyn Identities,
    ) -> Vec<Self::Value>;

    /// One value of the [common form](Self::project): of a pair in which little changed hardly any are asked for. Worth
    /// being given without the others, from which it is taken by default.
    fn value(
        &self,
        (kind, place): (KindOf<Self>, usize),
        native: Self::Native,
        identities: &dyn Identities,
    ) -> Option<Self::Value> {
        self.project(kind, native, identities).into_iter().nth(place)
    }

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

    /// Whether every group of every pair is judged, also one in which nothing changed.
    fn is_thorough(&self) -> bool {
        false
    }

    /// The same of one pair.
    fn judges_all(&self, pair: &PairView<'_, '_, Self>) -> bool {
        let _ = pair;
        self.is_thorough()
    }

    /// Whether there is a rule for a field group, so that it is [judged](Self::judge).
    fn has_rule(&self, kind: KindOf<Self>, place: usize) -> bool {
        let _ = (kind, place);
        true
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

    /// The groups that say nothing where they show nothing, and that a new record has as a source says them that shows
    /// nothing in them: they are not expressed in it. None by default.
    fn silent(&self, kind: KindOf<Self>) -> Places {
        let _ = kind;
        Places::NONE
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

    /// Whether a pair that is gone on both sides is remembered: its record of side B may be there nevertheless, since what it
    /// is listed with is not listed and is asked for, or it may be made again for what it belonged to.
    fn may_stand(&self, pair: &PairView<'_, '_, Self>) -> bool {
        let _ = pair;
        false
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

    /// Whether these are the [facts](Self::facts) of a record: worth being told without making them.
    fn has_facts<'k>(&self, native: Self::Native, kept: impl Iterator<Item = &'k [u8]>) -> bool {
        self.facts(native).iter().map(String::as_bytes).eq(kept)
    }

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

    /// The groups that an update may change on its target beside those it carries; by default any.
    fn beside(&self, kind: KindOf<Self>, groups: Places) -> Places {
        let _ = (kind, groups);
        Places::ALL
    }

    /// The groups that are brought together each by itself also where records are kept whole (A8.7); by default none.
    fn joined(&self, kind: KindOf<Self>) -> Places {
        let _ = kind;
        Places::NONE
    }

    /// The groups that only ever follow side B: what side A changes of them is ignored (A7.18).
    fn mirrored(&self, kind: KindOf<Self>) -> &'static [usize];

    /// Why a new record of side A is made on side B although the run is not about it: another one that is made there
    /// names it (A6.5). Asked for what a run forced from side A would pass over (A9.7).
    fn needed(&self, kind: KindOf<Self>, id: &str) -> Option<Reason> {
        let _ = (kind, id);
        None
    }

    /// The side that won the conflicts of a pair in an earlier run which could not write them, where nobody changed either
    /// record since. The policy of the run decides by default.
    fn won_before(&self, pair: &PairView<'_, '_, Self>) -> Option<Side> {
        let _ = pair;
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

    /// The profile's last word on a plan, before it is ordered: writes that belong to several records of one side. Asked
    /// for where not every operation [writes what the core drafted](Self::writes_as_drafted).
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
