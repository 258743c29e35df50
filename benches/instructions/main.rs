//! Counts the instructions of a plan under callgrind; see `benches/README.md`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "a benchmark"
)]

#[path = "../world/mod.rs"]
mod world;

use std::hint::black_box;

use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::OutlookX3;

use self::world::{Planted, World};

fn main() {
    let which = std::env::args().nth(1).unwrap_or_default();
    for aligned in [false, true] {
        let mut world = World::settled(10_000, aligned);
        let name = if aligned { "aligned" } else { "shuffled" };
        if which.is_empty() || which == format!("same_{name}") {
            assert_eq!(Planted::of(&measured(black_box(&world))), Planted::default());
        }
        if which.is_empty() || which == format!("bare_{name}") {
            for listing in [&mut world.listings.a, &mut world.listings.b] {
                listing.stamps_prove = false;
            }
            assert_eq!(Planted::of(&measured(black_box(&world))), Planted::default());
            for listing in [&mut world.listings.a, &mut world.listings.b] {
                listing.stamps_prove = true;
            }
        }
        if which.is_empty() || which == format!("lived_{name}") {
            let planted = world.lived();
            assert_eq!(Planted::of(&measured(black_box(&world))), planted);
        }
    }
    println!("done");
}

#[inline(never)]
fn measured(world: &World) -> Plan<OutlookX3> {
    black_box(world.plan())
}
