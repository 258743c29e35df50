//! What a profile's data is made of: the types a plan carries, without any rule.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::Side;
use crate::plan::ActionKind;
use crate::report::Language;
use crate::rules::Reason;
use crate::snapshot::{Digester, LinkStatus, Print, Printer};

/// What every part of a plan can do: be copied, compared, shown without personal data, and serialised.
pub trait Payload: Clone + PartialEq + Debug + Serialize + DeserializeOwned {}

impl<T: Clone + PartialEq + Debug + Serialize + DeserializeOwned> Payload for T {}

/// A kind of pair: what a record of one side and its counterpart on the other have in common.
pub trait Kind: Copy + Ord + Debug + Payload + Sync + 'static {
    /// Every kind, in the order in which kinds are decided and executed (D10).
    const ALL: &'static [Self];

    /// What a record of this kind is called on one side.
    fn name(self, side: Side) -> &'static str;

    /// The kind's number in a stored state; never changes its meaning.
    fn code(self) -> u8;

    /// The kinds that live in one place, and so share keys, have the same family number.
    fn family(self) -> u8;

    /// The names of its field groups, in the order in which they are fingerprinted. A group may be
    /// added at the end; a place never changes its meaning within one version of the state format.
    fn groups(self) -> &'static [&'static str];
}

/// The types of a profile: what its plans carry and its hosts exchange.
pub trait Schema: Clone + PartialEq + Debug + 'static {
    /// Kinds of pairs.
    type Kind: Kind;
    /// A whole record of either side, as a host creates it.
    type Record: Payload;
    /// New values for fields of a record of either side.
    type Patch: Payload;
    /// A place in a record or patch where a key goes that another operation makes.
    type Slot: Payload;
    /// Who is looking: what [`Schema::show`] needs to know of the user.
    type Viewer: Payload;
    /// Counters of a run that belong to the profile.
    type Counts: Payload + Default;

    /// The profile's name in scenario files and states.
    const NAME: &'static str;

    /// What the two systems are called in traces and renderings.
    const SIDES: crate::model::BySide<&'static str>;

    /// Shows a record to a printer, group by group in the order of [`Kind::groups`].
    fn show(viewer: &Self::Viewer, kind: Self::Kind, record: &Self::Record, out: &mut Printer);

    /// The digest of a whole record as the side holds it: of a profile whose records [tell](crate::snapshot::Raw) all that
    /// showing them, and the facts of them, depend on beside the viewer. `None`, the default, where no digests are kept.
    fn digest(kind: Self::Kind, record: &Self::Record, digester: &mut Digester) -> Option<Print> {
        let _ = (kind, record, digester);
        None
    }

    /// Gives a record the values a patch of its own type holds; a patch of another type changes nothing.
    fn apply(record: &mut Self::Record, patch: &Self::Patch);

    /// Codes and dates that rules need of a record of side B when it is not listed (D25).
    fn facts(record: &Self::Record) -> Vec<String>;

    /// The names of the fields a patch writes.
    fn fields(patch: &Self::Patch) -> Vec<&'static str>;

    /// Whether a write that was not answered is remembered, so that the next run can tell what became of it; only
    /// where every operation writes the record of its pair as the core drafted it.
    const REMEMBERS_ATTEMPTS: bool = true;

    /// Whether refused writes are kept in the state until they succeed (E4).
    const KEEPS_REFUSALS: bool = false;

    /// The key a stamp writes, from the key another operation made.
    fn stamp(slot: Option<&Self::Slot>, key: &str) -> String {
        let _ = slot;
        key.to_owned()
    }

    /// Puts a key made by another operation into its place in a new record.
    fn fill_record(record: &mut Self::Record, slot: &Self::Slot, key: &str);

    /// Puts a key made by another operation into its place in a patch.
    fn fill_patch(patch: &mut Self::Patch, slot: &Self::Slot, key: &str);

    // ---- words of a rendering; data never depends on them ----

    /// What a record is called in a rendering; its [name](Kind::name) by default.
    fn kind_label(kind: Self::Kind, side: Side, language: Language) -> &'static str {
        let _ = language;
        kind.name(side)
    }

    /// What a field group is called in a rendering; `None`, the default, for its own name.
    fn field_label(kind: Self::Kind, field: &str, language: Language) -> Option<&'static str> {
        let _ = (kind, field, language);
        None
    }

    /// What a system is called in a rendering; as in [`SIDES`](Self::SIDES) by default.
    fn side_label(side: Side, language: Language) -> &'static str {
        let _ = language;
        Self::SIDES.get(side)
    }

    /// What a reason is called in a rendering; its [text](Reason::text), in which side A is a mailbox, by default.
    fn reason_label(reason: Reason, language: Language) -> &'static str {
        reason.text(language)
    }

    /// What a link is at present, in a rendering; [`LinkStatus::text`] by default, which speaks of items.
    fn status_label(status: LinkStatus, language: Language) -> &'static str {
        status.text(language)
    }

    /// The number of a rule in a rendering: a profile may have its own for what the core names by another's.
    fn rule_label(rule: &'static str) -> &'static str {
        rule
    }

    /// The standard text by which a side that is a distant server tells of an error (A11.3); `None`, the default,
    /// for a side that has none.
    fn server_error(
        kind: Self::Kind,
        side: Side,
        action: ActionKind,
        language: Language,
    ) -> Option<&'static str> {
        let _ = (kind, side, action, language);
        None
    }

    /// The profile's counters, each with what it counts; none by default.
    fn counters(counts: &Self::Counts, language: Language) -> Vec<(&'static str, u32)> {
        let _ = (counts, language);
        Vec::new()
    }
}

/// The kind that has a name on either side.
pub(crate) fn kind_named<K: Kind>(name: &str) -> Option<K> {
    let named = |kind: &&K| Side::BOTH.iter().any(|side| kind.name(*side) == name);
    K::ALL.iter().find(named).copied()
}
