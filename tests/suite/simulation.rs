//! Lives through some worlds of the simulator; `examples/simulate` lives through as many as one wants.

#[path = "../../examples/simulate/sim/mod.rs"]
mod sim;

use std::collections::BTreeSet;

use sim::{Break, Profile, Tally};

/// What holds in every world.
const LAWS: [&str; 17] = [
    "absent",
    "account",
    "agreement",
    "deed",
    "deletion",
    "duplicate_birth",
    "duplicate_origin",
    "failure_free",
    "forbidden",
    "guard",
    "ledger",
    "order",
    "orphan",
    "private",
    "quiet",
    "report",
    "stray",
];

/// Lives through the first worlds of seed 1; everything that happens there happens in them.
fn live(worlds: u64, without: &[String]) -> Tally {
    let mut tally = Tally::default();
    for world in 0..worlds {
        if let Err(failure) = Profile::OutlookX3.simulate((1, world), without, None, &mut tally) {
            let (law, seen) = (failure.law, &failure.seen);
            panic!("seed=1 world={world} law={law} {seen}\n{}", sim::shrink(&failure));
        }
    }
    tally
}

#[test]
fn no_world_loses_anything() {
    let tally = live(150, &[]);
    assert!(tally.worlds == 150 && tally.runs > 500 && tally.failures.is_empty());
    for name in Profile::OutlookX3.names() {
        assert!(tally.counts.contains_key(name), "{name} never happened");
    }
    assert!(tally.checks.values().all(|count| *count > 10), "{:?}", tally.checks);
}

/// Two records that share an identity and not what they say meet for the first time: that is a merge decision,
/// in whatever order they are listed; what loses is named.
#[test]
fn first_contact_of_two_texts_is_a_merge_decision() {
    let others =
        Profile::OutlookX3.names().into_iter().filter(|name| !["twins", "shuffled"].contains(name));
    let tally = live(80, &others.map(str::to_owned).collect::<Vec<_>>());
    assert!(tally.counts["twins"] > 20 && tally.checks["order"] > 20);
}

/// Whatever is broken in the engine, or between it and the hosts, a law notices; and each law notices something.
#[test]
fn every_law_can_fail() {
    let mut laws = BTreeSet::<&str>::new();
    for broken in Break::ALL {
        let mut tally = Tally::default();
        let missing = |tally: &Tally| {
            let noticed = broken.noticed_by(Profile::OutlookX3).iter();
            noticed.copied().find(|law| !tally.failures.contains_key(law))
        };
        let mut worlds = 0..150;
        while let (Some(law), world) = (missing(&tally), worlds.next()) {
            let world = world.unwrap_or_else(|| panic!("{law} did not notice: {}", broken.name()));
            let _ = Profile::OutlookX3.simulate((1, world), &[], Some(*broken), &mut tally);
        }
        laws.extend(broken.noticed_by(Profile::OutlookX3));
    }
    assert_eq!(laws.into_iter().collect::<Vec<_>>(), LAWS);
}

/// A failing world is told with the steps it needs, and no others.
#[test]
fn a_failure_is_shrunk() {
    let mut tally = Tally::default();
    let result = Profile::OutlookX3.simulate((1, 0), &[], Some(Break::Sloppy), &mut tally);
    let told = sim::shrink(&result.expect_err("every account is wrong"));
    assert_eq!(told.lines().filter(|line| line.starts_with("run ")).count(), 1, "{told}");
    assert!(!told.contains("Create"), "{told}");
}

#[test]
fn tallies_add_up() {
    let mut tally = live(3, &[]);
    tally.add(&live(3, &[]));
    assert_eq!((tally.worlds, tally.counts["none"] % 2), (6, 0));
}
