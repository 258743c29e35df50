//! Times the planner against floors that the benchmark itself contains; see `benches/README.md`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a benchmark"
)]

mod clock;
mod figures;
mod floor;
mod memory;
mod mixed;
mod shown;
mod table;
#[path = "../world/mod.rs"]
mod world;

use std::hint::black_box;
use std::process::ExitCode;

use counterpart::plan::{Action, ActionKind};
use counterpart::profiles::outlook_x3::Record;

use self::clock::in_turn;
use self::floor::{Found, LinkRow, join};
use self::shown::Shown;
use self::table::{Goal, Table};
use self::world::{Planted, World};

/// Whether both sides are held against the links at once: the goals of two threads are other ones.
const TWO_THREADS: bool = cfg!(feature = "threads");

fn main() -> ExitCode {
    let number = |option: &str| {
        let after = std::env::args().skip_while(|one| one != option).nth(1)?;
        Some(after.parse::<usize>().unwrap())
    };
    let pairs = number("--pairs").unwrap_or(1_000_000);
    let rounds = number("--rounds").unwrap_or(5).max(1);
    let has = |option: &str| std::env::args().any(|one| one == option);
    let threads = if TWO_THREADS { "two threads (the floors have one)" } else { "one thread" };
    println!("{pairs} pairs, {threads}, the median of {rounds} rounds of floor and plan in turn\n");
    let mut table = Table::begin();
    let hash = contacts(&mut table, pairs, rounds);
    every_kind(&mut table, pairs.min(100_000), rounds);
    println!("\nThe plan of \"1 % changed\" has the hash {hash}, with one thread or two.");
    if has("--keep") && !TWO_THREADS {
        figures::keep(pairs, &table.times);
    }
    if table.missed == 0 {
        return ExitCode::SUCCESS;
    }
    println!("{} goals are missed.", table.missed);
    if has("--strict") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn contacts(table: &mut Table, pairs: usize, rounds: usize) -> String {
    let mut world = World::settled(pairs);
    let nothing = Planted::default();
    joined(table, "nothing changed, in link order", (&world, &nothing), rounds, 0.45);
    world.shuffle();
    joined(
        table,
        "nothing changed",
        (&world, &nothing),
        rounds,
        if TWO_THREADS { 0.5 } else { 0.75 },
    );
    memory::unchanged(table, "nothing changed", &world);
    world.prove_stamps(false);
    world.know_digests();
    no_versions(table, &world, rounds);
    memory::unchanged(table, "no versions", &world);
    memory::state_file(table, "state file, no versions: bytes a contact link", &world.state);
    world.forget_digests();
    world.prove_stamps(true);
    changes(table, &world, rounds);
    memory::state(table, &world.state, rounds);
    let planted = world.lived();
    let goal = if TWO_THREADS { 0.5 } else { 1.0 };
    let hash = joined(table, "1 % changed", (&world, &planted), rounds, goal);
    memory::lived(table, &world, pairs);
    world.align();
    let aligned = joined(table, "1 % changed, in link order", (&world, &planted), rounds, 0.45);
    assert_eq!(hash, aligned, "the plan depends on the order of the listings");
    first_run(table, world, rounds);
    hash
}

/// Floor B over a world's records.
fn floor(world: &World, links: &[LinkRow<'_>]) -> Found {
    join(&black_box(world).store.contacts, &world.crm.correspondents, black_box(links))
}

/// A plan, its hash included, against floor B; gives the hash.
fn joined(
    table: &mut Table,
    case: &str,
    (world, planted): (&World, &Planted),
    rounds: usize,
    goal: f64,
) -> String {
    let links: Vec<_> = world.state.links.values().collect();
    let links = link_rows(&links);
    let expected = expected(planted, links.len());
    let mut last = String::new();
    let times = in_turn(
        rounds,
        || floor(world, &links),
        || {
            let plan = black_box(world).plan();
            let hash = plan.hash();
            (plan, hash)
        },
        |found| assert_eq!(*found, expected, "{case}: the floor"),
        |(plan, hash)| {
            assert_eq!(Planted::of(plan), *planted, "{case}");
            last.clone_from(hash);
        },
    );
    table.ratio(case, times, Goal::AtMost(goal));
    last
}

/// What the floor must find, where a plan has these operations.
fn expected(planted: &Planted, links: usize) -> Found {
    let count = |action| planted.count(action);
    let changed = count(ActionKind::Update);
    let gone = count(ActionKind::Delete) + count(ActionKind::Unassign);
    Found { unchanged: links - changed - gone, changed, gone, new: count(ActionKind::Create) }
}

fn link_rows(links: &[counterpart::snapshot::Link]) -> Vec<LinkRow<'_>> {
    let rows = links.iter().map(|link| LinkRow {
        ids: [&link.ids.a, &link.ids.b],
        versions: [link.seen.a, link.seen.b],
    });
    rows.collect()
}

/// Without versions the content of every record decides, and all of it is hashed.
fn no_versions(table: &mut Table, world: &World, rounds: usize) {
    let viewer = world.plan().viewer;
    let key = &world.state.key;
    let contacts = world.store.contacts.iter().cloned().map(Record::from);
    let records = world.crm.correspondents.iter().cloned().map(Record::from);
    let left = Shown::of(key, &viewer, contacts);
    let right = Shown::of(key, &viewer, records);
    let hashed = in_turn(
        rounds,
        || black_box(&left).hash_all(key) ^ black_box(&right).hash_all(key),
        || black_box(world).plan(),
        |_| (),
        |plan| assert_eq!(Planted::of(plan), Planted::default()),
    );
    drop((left, right));
    let is_near = hashed[1] / hashed[0] <= 1.3;
    let links: Vec<_> = world.state.links.values().collect();
    let links = link_rows(&links);
    let joined =
        in_turn(rounds, || floor(world, &links), || black_box(world).plan(), |_| (), |_| ());
    let is_near_join = joined[1] / joined[0] <= 1.2;
    table.ratio("no versions", joined, Goal::Or(1.2, is_near));
    table.ratio("no versions / hashing the same bytes", hashed, Goal::Or(1.3, is_near_join));
}

/// A thousand changes on each side, listed alone, against few links and against many.
fn changes(table: &mut Table, world: &World, rounds: usize) {
    const CHANGES: usize = 1000;
    let (few, planted) = World::settled(10_000).changes(CHANGES);
    let (many, _) = world.changes(CHANGES);
    let times = in_turn(
        rounds.max(21),
        || black_box(&few).plan(),
        || black_box(&many).plan(),
        |few| assert_eq!(Planted::of(few), planted),
        |many| assert_eq!(Planted::of(many), planted),
    );
    table.ratio("1,000 changes a side listed, of all links / of 10,000", times, Goal::AtMost(3.0));
}

/// More new records need more memory than a machine can be expected to have free.
const MOST_NEW: usize = 250_000;

/// One side is empty: everything is made.
fn first_run(table: &mut Table, mut world: World, rounds: usize) {
    world.store.contacts.truncate(MOST_NEW);
    let (world, planted) = world.first_run();
    let plan = world.plan();
    assert_eq!(Planted::of(&plan), planted);
    let made = plan.ops.into_iter().filter_map(|op| match op.action {
        Action::Create(Record::Correspondent(one)) => Some(one),
        _ => None,
    });
    let made: Vec<_> = made.collect();
    let times = in_turn(
        rounds,
        || black_box(&made).clone(),
        || black_box(&world).plan(),
        |_| (),
        |plan| assert_eq!(plan.ops.len(), planted.len()),
    );
    let case = format!("first run, {} new / cloning what is made", made.len());
    table.ratio(&case, times, Goal::AtMost(2.0));
}

/// Twice as much of everything should take twice the time.
fn every_kind(table: &mut Table, size: usize, rounds: usize) {
    let (half, planted_half) = mixed::mixed(size / 2);
    let (whole, planted) = mixed::mixed(size);
    assert_eq!(Planted::of(&half.plan()), planted_half);
    assert_eq!(Planted::of(&whole.plan()), planted);
    let times = in_turn(
        rounds,
        || black_box(&half).plan(),
        || black_box(&whole).plan(),
        |plan| assert_eq!(plan.ops.len(), planted_half.len()),
        |plan| assert_eq!(plan.ops.len(), planted.len()),
    );
    let case = format!("every kind, {size} appointments / half of it");
    table.ratio(&case, times, Goal::AtMost(2.2));
}
