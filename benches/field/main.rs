//! Times the planner against a floor that the benchmark itself contains; see `benches/README.md`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "a benchmark"
)]

mod floor;
#[path = "../world/mod.rs"]
mod world;

use std::hint::black_box;
use std::time::Instant;

use counterpart::model::Instant as Stamp;
use counterpart::snapshot::{Listing, SyncState};

use self::floor::{Found, LinkRow, Row, join};
use self::world::{Planted, World};

fn main() {
    let pairs: usize = std::env::args()
        .skip_while(|one| one != "--pairs")
        .nth(1)
        .map_or(100_000, |pairs| pairs.parse().unwrap());
    println!("{pairs} pairs; times in ms, the median of five runs; x B: against the hash join");
    println!("{:<34}{:>10}{:>10}{:>8}", "case", "floor B", "plan", "x B");
    for aligned in [false, true] {
        let mut world = World::settled(pairs, aligned);
        let order = if aligned { ", in link order" } else { "" };
        row(&format!("nothing changed{order}"), &world, Planted::default());
        if !aligned {
            world.prove_stamps(false);
            row("nothing changed, no versions", &world, Planted::default());
            world.prove_stamps(true);
            load(&world.state);
        }
        let planted = world.lived();
        row(&format!("1 % changed{order}"), &world, planted);
    }
    deltas(pairs);
}

fn row(case: &str, world: &World, planted: Planted) {
    let stamp = |stamp: Stamp| stamp.timestamp_millis();
    let left: Vec<Row<'_>> = world
        .store
        .contacts
        .iter()
        .map(|one| Row { id: &one.id, version: stamp(one.modified) })
        .collect();
    let right: Vec<Row<'_>> = world
        .crm
        .correspondents
        .iter()
        .map(|one| Row { id: &one.chrono, version: stamp(one.modified) })
        .collect();
    let links: Vec<_> = world.state.links.values().collect();
    let links: Vec<LinkRow<'_>> = links
        .iter()
        .map(|link| LinkRow {
            ids: [&link.ids.a, &link.ids.b],
            versions: [link.seen.a.map_or(0, stamp), link.seen.b.map_or(0, stamp)],
        })
        .collect();
    let (mut floors, mut plans) = (Vec::new(), Vec::new());
    let mut found = Found::default();
    for _ in 0..5 {
        let start = Instant::now();
        found = join(black_box(&left), black_box(&right), black_box(&links));
        floors.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let plan = black_box(black_box(world).plan());
        plans.push(start.elapsed().as_secs_f64());
        assert_eq!(Planted::of(&plan), planted, "{case}");
    }
    assert_eq!(found.new, planted.created_in_store + planted.created_in_crm, "{case}");
    let (floor, plan) = (median(floors), median(plans));
    println!("{case:<34}{:>10.1}{:>10.1}{:>8.2}", floor * 1e3, plan * 1e3, plan / floor);
}

fn load(state: &SyncState) {
    let bytes = state.to_bytes();
    let times = (0..3).map(|_| {
        let start = Instant::now();
        let read = SyncState::from_bytes(black_box(&bytes)).unwrap();
        assert_eq!(read.links.len(), state.links.len());
        start.elapsed().as_secs_f64()
    });
    let time = median(times.collect());
    let each = bytes.len() / state.links.len().max(1);
    println!("{:<34}{:>10}{:>10.1}   {each} bytes a link", "reading the state", "", time * 1e3);
}

/// A thousand changes against few and many links.
fn deltas(pairs: usize) {
    let mut times = Vec::new();
    for pairs in [10_000, pairs] {
        let mut world = World::settled(pairs, false);
        world.listings = world.listings.map(|_| Listing::changes(Vec::new()));
        world.store.contacts.truncate(500);
        world.crm.correspondents.truncate(500);
        for one in &mut world.store.contacts {
            one.job_title = "Director".into();
            one.modified = "2026-03-01T10:00:00Z".parse().unwrap();
        }
        for one in &mut world.crm.correspondents {
            one.department = "South".into();
            one.modified = "2026-03-01T10:00:00Z".parse().unwrap();
        }
        let runs = (0..5).map(|_| {
            let start = Instant::now();
            let plan = black_box(world.plan());
            let time = start.elapsed().as_secs_f64();
            let planted = Planted::of(&plan);
            assert_eq!(planted.updated_in_crm + planted.updated_in_store, 1000);
            time
        });
        times.push(median(runs.collect()));
    }
    println!(
        "1,000 changes of 10,000 links {:.1}, of {pairs} {:.1}: {:.2} times",
        times[0] * 1e3,
        times[1] * 1e3,
        times[1] / times[0]
    );
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
