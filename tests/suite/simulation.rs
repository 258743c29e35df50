//! Lives through some worlds of the simulator; `examples/simulate` lives through as many as one wants.

#[path = "../../examples/simulate/sim/mod.rs"]
mod sim;

use std::collections::BTreeSet;

use sim::{Break, Profile, Tally};

/// What holds in every world of mailboxes.
const OF_MAILBOXES: [&str; 18] = [
    "absent",
    "account",
    "agreement",
    "deed",
    "deletion",
    "duplicate_birth",
    "duplicate_origin",
    "failure_free",
    "first_contact",
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

/// What holds in every world of companies and accounts.
const OF_ACCOUNTS: [&str; 16] = [
    "absent",
    "account",
    "agreement",
    "deed",
    "deletion",
    "duplicate_account",
    "duplicate_birth",
    "failure_free",
    "forbidden",
    "guard",
    "ledger",
    "order",
    "orphan",
    "quiet",
    "report",
    "stray",
];

/// Lives through the first worlds of seed 1; everything that happens there happens in them.
fn live(profile: Profile, worlds: u64, without: &[String]) -> Tally {
    let mut tally = Tally::default();
    for world in 0..worlds {
        if let Err(failure) = profile.simulate((1, world), without, None, &mut tally) {
            let (law, seen) = (failure.law, &failure.seen);
            let of = profile.name();
            panic!("{of} seed=1 world={world} law={law} {seen}\n{}", sim::shrink(&failure));
        }
    }
    tally
}

#[test]
fn no_world_loses_anything() {
    for profile in Profile::ALL {
        let tally = live(*profile, 150, &[]);
        assert!(tally.worlds == 150 && tally.runs > 500 && tally.failures.is_empty());
        for name in profile.names() {
            assert!(tally.counts.contains_key(name), "{name} never happened");
        }
        assert!(tally.checks.values().all(|count| *count >= 5), "{:?}", tally.checks);
    }
}

/// Two records that share an identity and not what they say meet for the first time: that is a merge decision,
/// in whatever order they are listed; what loses is named.
#[test]
fn first_contact_of_two_texts_is_a_merge_decision() {
    let names = Profile::OutlookX3.names().into_iter();
    let others = names.filter(|name| !["twins", "shuffled"].contains(name));
    let tally = live(Profile::OutlookX3, 80, &others.map(str::to_owned).collect::<Vec<_>>());
    assert!(tally.counts["twins"] > 20 && tally.checks["order"] > 20);
}

/// Whatever is broken in the engine, or between it and the hosts, a law notices; and each law notices something.
fn each_law_notices(profile: Profile, worlds: u64, all: &[&str]) {
    let mut laws = BTreeSet::<&str>::new();
    for broken in Break::ALL {
        let mut tally = Tally::default();
        let missing = |tally: &Tally| {
            let noticed = broken.noticed_by(profile).iter();
            noticed.copied().find(|law| !tally.failures.contains_key(law))
        };
        let mut worlds = 0..worlds;
        while let (Some(law), world) = (missing(&tally), worlds.next()) {
            let world = world.unwrap_or_else(|| panic!("{law} did not notice: {}", broken.name()));
            let _ = profile.simulate((1, world), &[], Some(*broken), &mut tally);
        }
        laws.extend(broken.noticed_by(profile));
    }
    assert_eq!(laws.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn every_law_can_fail() {
    each_law_notices(Profile::OutlookX3, 300, &OF_MAILBOXES);
}

#[test]
fn every_law_of_companies_and_accounts_can_fail() {
    each_law_notices(Profile::Sage100, 250, &OF_ACCOUNTS);
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
    let mut tally = live(Profile::OutlookX3, 3, &[]);
    tally.add(&live(Profile::OutlookX3, 3, &[]));
    assert_eq!((tally.worlds, tally.counts["none"] % 2), (6, 0));
}
