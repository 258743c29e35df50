//! Shows that the core takes neither side's part: with sides swapped and the policy mirrored, a toy profile
//! of two alike sides gives the mirrored plan.
//!
//! What is unlike by rule is kept out of the worlds or out of the comparison, and nothing else is:
//! - a tie of stamps goes to side B (A8.5), so no two stamps are equal;
//! - a deletion on side B beats an edit on side A and not the reverse (A4.19), so no deleted record's
//!   counterpart is edited;
//! - only side A carries keys (A2.1), so stamps are not compared, and every world starts from a run;
//! - the order of operations (D10) and the rule named for a reason belong to a side.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use counterpart::host::Response;
use counterpart::model::{BySide, Instant, Side};
use counterpart::plan::{Action, Plan, RunSettings, World, reconcile};
use counterpart::profile::{
    Barrier, Change, Entry, Expressed, Identities, PairView, Profile, Standing, Value, Write,
};
use counterpart::rules::{ConflictPolicy, Merge, Reason};
use counterpart::schema::{Kind, Schema};
use counterpart::session::Session;
use counterpart::snapshot::{Listing, Printer, StateKey, SyncState};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde::{Deserialize, Serialize};

use crate::genes::{Dice, start};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Card;

impl Kind for Card {
    const ALL: &'static [Self] = &[Self];

    fn name(self, _: Side) -> &'static str {
        "card"
    }

    fn code(self) -> u8 {
        1
    }

    fn family(self) -> u8 {
        1
    }

    fn groups(self) -> &'static [&'static str] {
        &["left", "right"]
    }
}

/// A record of either side; a patch is one whose fields may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    id: String,
    mark: Option<String>,
    fields: [Option<String>; 2],
    modified: Instant,
}

#[derive(Clone, Debug, PartialEq)]
struct Toy;

impl Schema for Toy {
    type Kind = Card;
    type Record = Note;
    type Patch = [Option<String>; 2];
    type Slot = ();
    type Viewer = ();
    type Counts = ();

    const NAME: &'static str = "toy";
    const SIDES: BySide<&'static str> = BySide::new("one", "other");

    fn show((): &(), _: Card, record: &Note, out: &mut Printer) {
        for field in &record.fields {
            out.code(field.as_deref()).end();
        }
    }

    fn apply(record: &mut Note, patch: &[Option<String>; 2]) {
        for (field, new) in record.fields.iter_mut().zip(patch) {
            if new.is_some() {
                field.clone_from(new);
            }
        }
    }

    fn facts(_: &Note) -> Vec<String> {
        Vec::new()
    }

    fn fields(patch: &[Option<String>; 2]) -> Vec<&'static str> {
        let named = Card.groups().iter().zip(patch).filter(|(_, field)| field.is_some());
        named.map(|(name, _)| *name).collect()
    }

    fn fill_record(_: &mut Note, (): &(), _: &str) {}

    fn fill_patch(_: &mut [Option<String>; 2], (): &(), _: &str) {}
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Word(String);

impl Value for Word {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }

    fn is_readable(&self) -> bool {
        true
    }

    fn text(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

/// Both sides, and what may be written on each.
#[derive(Clone, Debug)]
struct Table {
    notes: BySide<Vec<Note>>,
    permits: BySide<[bool; 3]>,
}

impl Profile for Table {
    type Schema = Toy;
    type Value = Word;
    type Native = NoteRef;

    fn len(&self, side: Side) -> usize {
        self.notes.get(side).len()
    }

    fn entry(&self, side: Side, at: usize) -> Option<Entry<'_, Self>> {
        let note = self.notes.get(side).get(at)?;
        Some(Entry {
            id: &note.id,
            kind: Card,
            mark: note.mark.as_deref(),
            marked: true,
            created: note.modified,
            modified: note.modified,
            standing: Standing::Taking,
            native: NoteRef { side, at },
        })
    }

    fn record(&self, native: NoteRef) -> Note {
        self.note(native).clone()
    }

    fn show(&self, kind: Card, native: NoteRef, out: &mut Printer) {
        Toy::show(&(), kind, self.note(native), out);
    }

    fn project(&self, _: Card, native: NoteRef, _: &dyn Identities) -> Vec<Word> {
        let fields = self.note(native).fields.iter();
        fields.map(|field| Word(field.clone().unwrap_or_default())).collect()
    }

    fn kind_of_key(&self, _: &str) -> Option<Card> {
        None
    }

    fn permits(&self, _: Card, side: Side, write: Write) -> bool {
        let [create, update, delete] = *self.permits.get(side);
        match write {
            Write::Create => create,
            Write::Delete => delete,
            Write::Update => update,
        }
    }

    fn is_on(&self, _: Card) -> bool {
        true
    }

    fn barrier(&self, _: &PairView<'_, '_, Self>, _: Side, _: Write) -> Option<Barrier> {
        None
    }

    fn unassigns(&self, _: Card) -> Option<&str> {
        None
    }

    fn reclaims(&self, _: Card) -> bool {
        false
    }

    fn facts(&self, _: NoteRef) -> Vec<String> {
        Vec::new()
    }

    fn canonical(&self, _: Card, _: Side) -> &'static [usize] {
        &[]
    }

    fn mirrored(&self, _: Card) -> &'static [usize] {
        &[]
    }

    fn create(
        &self,
        change: &Change<'_, '_, Self>,
        source: &Entry<'_, Self>,
        _: &dyn Identities,
    ) -> Expressed<Self, Option<Note>> {
        let mark = (change.target == Side::A).then(|| source.id.to_owned());
        let fields = std::array::from_fn(|at| change.agreed(at).map(|word| word.0.clone()));
        let note = Note { id: String::new(), mark, fields, modified: Instant::default() };
        Expressed { payload: Some(note), needs: Vec::new(), problems: Vec::new() }
    }

    fn update(
        &self,
        change: &Change<'_, '_, Self>,
        _: &dyn Identities,
    ) -> Expressed<Self, Option<[Option<String>; 2]>> {
        let named = |at: usize| change.carried(at).map(|word| word.0.clone());
        let patch = std::array::from_fn(named);
        Expressed { payload: Some(patch), needs: Vec::new(), problems: Vec::new() }
    }

    fn reclaim(&self, _: Card, _: Option<[Option<String>; 2]>) -> Option<[Option<String>; 2]> {
        None
    }
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
struct NoteRef {
    side: Side,
    at: usize,
}

impl Table {
    fn note(&self, native: NoteRef) -> &Note {
        &self.notes.get(native.side)[native.at]
    }

    fn plan(&self, state: &SyncState, settings: &RunSettings) -> Plan<Toy> {
        let full = Listing::full();
        let listings = BySide::new(&full, &full);
        let world = World { profile: self, state, listings, settings, viewer: (), counts: () };
        reconcile(world).expect("a plan")
    }

    /// Executes a plan.
    fn run(&mut self, plan: Plan<Toy>, state: SyncState) -> SyncState {
        let mut session = Session::new(plan, state);
        while let Some(request) = session.poll_request() {
            let notes = self.notes.get_mut(request.side);
            let place =
                request.id.as_ref().and_then(|id| notes.iter().position(|one| one.id == *id));
            let mut note = place.map_or_else(Note::default, |at| notes[at].clone());
            match &request.action {
                Action::Create(record) => {
                    note = record.clone();
                    note.id = format!("new{}", notes.len() + 1);
                }
                Action::Update(patch) => {
                    for (field, value) in note.fields.iter_mut().zip(patch) {
                        *field = value.clone().or_else(|| field.take());
                    }
                }
                Action::Stamp(mark) => note.mark.clone_from(mark),
                Action::Delete => {
                    notes.remove(place.expect("a record to delete"));
                    let (id, stored, modified) = (note.id, None, None);
                    session.handle_response(Response::Done { id, stored, modified });
                    continue;
                }
                Action::Unassign(_) | _ => panic!("never asked for here"),
            }
            note.modified = request.now;
            match place {
                Some(at) => notes[at] = note.clone(),
                None => notes.push(note.clone()),
            }
            let (id, modified) = (note.id.clone(), Some(note.modified));
            session.handle_response(Response::Done { id, stored: Some(note), modified });
        }
        session.finish().0
    }
}

// ---- worlds and their mirrors ----

/// The bytes of a world: what may be written, then what becomes of each pair.
type Genes = Vec<[u8; 6]>;

/// A table of pairs that are known to be pairs, with edits since; `mirrored` swaps the sides.
fn table(genes: &Genes, mirrored: bool) -> (Table, SyncState, RunSettings) {
    let own = |side: Side| if mirrored { side.other() } else { side };
    let first = RunSettings::at(start());
    let note = |at: usize| Note {
        id: format!("n{at}"),
        mark: None,
        fields: [Some(format!("pair {at}")), Some(String::new())],
        modified: start() - TimeDelta::days(1),
    };
    let alike: Vec<Note> = (0..genes.len()).map(note).collect();
    let mut table = Table { notes: BySide::new(alike.clone(), alike), permits: BySide::default() };
    table.permits = BySide::from_fn(|_| [true; 3]);
    let systems = BySide::from_fn(|_| "toy".to_owned());
    let state = SyncState::new(Toy::NAME, systems, StateKey([3; 16]));
    let plan = table.plan(&state, &first);
    let state = table.run(plan, state);
    assert_eq!(state.links.len(), genes.len(), "every pair is known");
    for side in Side::BOTH {
        table.notes.get_mut(side).iter_mut().for_each(|note| note.modified = start());
    }
    let settings_genes = genes.first().copied().unwrap_or_default();
    let dice = &mut Dice::new(&settings_genes);
    let mut settings = RunSettings::at(start() + TimeDelta::hours(1));
    settings.merge = dice.pick(&[Merge::Fields, Merge::Record]);
    settings.confirm = true;
    let policy = dice.pick(&[
        ConflictPolicy::PreferNewer,
        ConflictPolicy::PreferA,
        ConflictPolicy::PreferB,
        ConflictPolicy::Hold,
    ]);
    settings.policy = match (policy, mirrored) {
        (ConflictPolicy::PreferA, true) => ConflictPolicy::PreferB,
        (ConflictPolicy::PreferB, true) => ConflictPolicy::PreferA,
        (policy, _) => policy,
    };
    // A conflict that only one side may be written in is decided by side (A8.4): both may be updated.
    for side in Side::BOTH {
        *table.permits.get_mut(own(side)) = [!dice.rarely(4), true, !dice.rarely(4)];
    }
    for (at, genes) in genes.iter().enumerate().skip(1) {
        change(&mut table, at, &mut Dice::new(genes), own);
    }
    (table, state, settings)
}

/// What people do to one pair, or to one side of it.
fn change(table: &mut Table, at: usize, dice: &mut Dice<'_>, own: impl Fn(Side) -> Side) {
    let id = format!("n{at}");
    let side = own(dice.pick(&Side::BOTH));
    let after = TimeDelta::seconds(i64::try_from(at).expect("few pairs") * 2);
    let mut edit = |side: Side, late: i64, dice: &mut Dice<'_>| {
        let notes = table.notes.get_mut(side);
        let note = notes.iter_mut().find(|one| one.id == id).expect("a record");
        note.modified = start() + after + TimeDelta::seconds(late);
        for field in &mut note.fields {
            *field = dice
                .pick(&[None, Some("x"), Some("y"), Some("z")])
                .map_or_else(|| field.clone(), |text| Some(text.to_owned()));
        }
    };
    match dice.roll(5) {
        0 => {}
        1 => edit(side, 0, dice),
        2 | 3 => {
            edit(side, 0, dice);
            edit(side.other(), 1, dice);
        }
        _ if dice.rarely(2) => table.notes.get_mut(side).retain(|one| one.id != id),
        _ => {
            let fields = [Some(format!("only {at}")), None];
            let modified = start() + after;
            table.notes.get_mut(side).push(Note {
                id: format!("x{at}"),
                mark: None,
                fields,
                modified,
            });
        }
    }
}

// ---- the comparison ----

const fn mirror_of(reason: Reason) -> Reason {
    match reason {
        Reason::ConflictWonByA => Reason::ConflictWonByB,
        Reason::ConflictWonByB => Reason::ConflictWonByA,
        Reason::CreatedInA => Reason::CreatedInB,
        Reason::CreatedInB => Reason::CreatedInA,
        Reason::DeletedInA => Reason::DeletedInB,
        Reason::DeletedInB => Reason::DeletedInA,
        Reason::UpdatedInA => Reason::UpdatedInB,
        Reason::UpdatedInB => Reason::UpdatedInA,
        Reason::DuplicateKeyCleared
        | Reason::Forced
        | Reason::KeyWrittenBack
        | Reason::LeftScope
        | Reason::Merged
        | Reason::NeededByAppointment
        | Reason::Linked
        | Reason::NeededByTask
        | Reason::Reassigned
        | Reason::Recreated
        | Reason::Replicated
        | Reason::Requested
        | Reason::Restored
        | Reason::Resync
        | Reason::Sent
        | Reason::Unlinked => reason,
        _ => panic!("a reason nobody knows"),
    }
}

/// What a plan writes, as a set; of the mirrored plan, mirrored back.
fn writes(plan: &Plan<Toy>, mirrored: bool) -> BTreeSet<String> {
    let own = |side: Side| if mirrored { side.other() } else { side };
    let real = plan.ops.iter().filter(|op| !matches!(op.action, Action::Stamp(_)));
    let line = |op: &counterpart::plan::Op<Toy>| {
        let reason = if mirrored { mirror_of(op.reason) } else { op.reason };
        let ids = [Side::A, Side::B].map(|side| op.ids.get(own(side)).clone());
        let content = match &op.action {
            Action::Create(note) => format!("create {:?}", note.fields),
            Action::Update(patch) => format!("update {patch:?}"),
            Action::Delete | Action::Stamp(_) | Action::Unassign(_) | _ => {
                op.action.name().to_owned()
            }
        };
        let lost = op.anomalies.iter().map(|one| {
            let values = [Side::A, Side::B].map(|side| one.values.get(own(side)).clone());
            format!("{:?} {} {values:?}", one.code, one.field)
        });
        let lost: BTreeSet<String> = lost.collect();
        let side = own(op.side);
        format!(
            "{side:?} {ids:?} {content} {} {:?} {lost:?} {:?}",
            reason.name(),
            op.groups,
            op.expect
        )
    };
    real.map(line).collect()
}

fn mirrored(genes: &Genes) -> Result<(), String> {
    let plans = [false, true].map(|mirrored| {
        let (table, state, settings) = table(genes, mirrored);
        let plan = table.plan(&state, &settings);
        (writes(&plan, mirrored), plan)
    });
    let [(one, plan), (two, mirror)] = plans;
    let counts = |plan: &Plan<Toy>| {
        let account = plan.account;
        [account.conflicts, account.held, account.links, account.pairs()]
    };
    let same = one == two && counts(&plan) == counts(&mirror);
    if same { Ok(()) } else { Err(format!("{one:#?}\n{two:#?}\n{plan}\n{mirror}")) }
}

#[test]
fn swapped_sides_give_the_mirrored_plan() {
    let asked = Config::default();
    let config = Config { failure_persistence: None, cases: asked.cases * 2, ..asked };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let outcome = runner
        .run(&vec(any::<[u8; 6]>(), 1..7), |genes| mirrored(&genes).map_err(TestCaseError::fail));
    assert!(outcome.is_ok(), "{}", outcome.expect_err("a failure"));
}

#[test]
fn the_worlds_have_something_to_mirror() {
    let mut last = 1u32;
    let mut random = || {
        last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last.to_be_bytes()[0]
    };
    let mut reasons = BTreeSet::new();
    for _ in 0..256 {
        let genes = (0..6).map(|_| std::array::from_fn(|_| random())).collect();
        let (table, state, settings) = table(&genes, false);
        let plan = table.plan(&state, &settings);
        reasons.extend(plan.ops.iter().map(|op| op.reason));
    }
    for reason in [
        Reason::ConflictWonByA,
        Reason::ConflictWonByB,
        Reason::CreatedInA,
        Reason::CreatedInB,
        Reason::DeletedInA,
        Reason::DeletedInB,
        Reason::Merged,
        Reason::UpdatedInA,
        Reason::UpdatedInB,
    ] {
        assert!(reasons.contains(&reason), "{reason:?} never occurs: {reasons:?}");
    }
}

/// What the comparison leaves out: each is a rule, and holds.
#[test]
fn what_is_unlike_is_unlike_by_rule() {
    let genes: Genes = vec![[0; 6], [0; 6]];
    let (mut tie, state, mut settings) = table(&genes, false);
    for side in Side::BOTH {
        let note = &mut tie.notes.get_mut(side)[1];
        (note.fields[0], note.modified) = (Some(format!("{side:?}")), start());
    }
    let plan = tie.plan(&state, &settings);
    assert_eq!(plan.ops.iter().map(|op| op.side).collect::<Vec<_>>(), [Side::A], "a tie goes to B");
    settings.policy = ConflictPolicy::PreferA;
    tie.permits = BySide::new([true; 3], [true, false, true]);
    let plan = tie.plan(&state, &settings);
    assert_eq!(
        plan.ops.iter().map(|op| op.side).collect::<Vec<_>>(),
        [Side::A],
        "B mirrors (A8.4)"
    );
    for (gone, written) in [(Side::A, Action::<Toy>::Delete), (Side::B, Action::Delete)] {
        let (mut table, state, settings) = table(&genes, false);
        table.notes.get_mut(gone).remove(1);
        let edited = &mut table.notes.get_mut(gone.other())[1];
        (edited.fields[0], edited.modified) = (Some("edited".to_owned()), settings.now);
        let plan = table.plan(&state, &settings);
        let [op] = plan.ops.as_slice() else { panic!("{plan}") };
        let deletes = op.action == written;
        assert_eq!(deletes, gone == Side::B, "only a deletion on B beats an edit (A4.19)");
    }
}
