//! Simulates worlds of either profile, people who work in them, failures and hosts that lie, and checks in each that
//! nothing is lost.
//!
//! `cargo run --release --example simulate -- --worlds 1000000 --seed 1` lives through a million worlds of mailboxes and
//! one CRM on every processor and sums up: how often everything happened that may go wrong, how often each law was
//! checked, and in which worlds one did not hold. With `--profile sage100` the worlds are those of one CRM and the ERPs of
//! its integrations. A world that fails is one line; `--world K` with the same seed replays it, left with only the steps
//! it needs. `--without NAME` leaves out an act, a request, a fault or a trait of hosts and users (a wrong NAME lists them
//! all). `--break NAME` breaks the engine on purpose, to see that a law notices it.
//!
//! # The laws
//!
//! | Law | What holds |
//! |---|---|
//! | `account`, `report` | every record, link and operation is accounted for once |
//! | `agreement` | what takes part says the same on both sides, or the last run said why not; an account mirrors its company |
//! | `absent`, `orphan`, `stray` | every record of a user, every ERP account and what stands with it, has its counterpart and the other way round, or the last run said why not |
//! | `deed` | a deletion that nobody did anything about since has reached the other side |
//! | `deletion` | nothing is deleted without a person who took the other half away, or asked for it |
//! | `duplicate_*` | nothing is there twice: by origin, by key or code, by what it is |
//! | `failure_free` | after a fault that the next runs complete, the world ends as without it |
//! | `first_contact` | what comes in pages ends as what is listed at once: records that share an identity and not what they say are merged, none is there twice, none is overwritten silently |
//! | `forbidden` | nothing is planned that flags, rights, kinds, directions or the organiser forbid: no ERP account without a request, no write to a company without account, none in another integration |
//! | `guard` | without a word of the user not too much is deleted (D6) |
//! | `ledger` | each text a person wrote is there, was replaced by a person who saw it, or is named by an anomaly |
//! | `order` | the order of the listings changes nothing (D11) |
//! | `private` | nothing of a private item reaches the CRM (A7) |
//! | `quiet` | a settled world needs no operation but those that a side refuses of its own accord (E4) |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program tells its result")]
#![expect(clippy::disallowed_types, reason = "a program may measure its own time")]

mod sim;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sim::{Break, Failure, Profile, Tally};

/// How many worlds a processor takes at a time.
const BATCH: u64 = 256;

#[derive(Clone, Debug)]
struct Wanted {
    profile: Profile,
    worlds: u64,
    seed: u64,
    world: Option<u64>,
    without: Vec<String>,
    broken: Option<Break>,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted {
        profile: Profile::OutlookX3,
        worlds: 1000,
        seed: 1,
        world: None,
        without: Vec::new(),
        broken: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|error| format!("{name} {value}: {error}"));
        match name.as_str() {
            "--worlds" => wanted.worlds = number()?,
            "--seed" => wanted.seed = number()?,
            "--world" => wanted.world = Some(number()?),
            "--profile" => {
                let known = Profile::ALL.iter().find(|one| one.name() == value);
                let names: Vec<_> = Profile::ALL.iter().map(|one| one.name()).collect();
                wanted.profile =
                    *known.ok_or_else(|| format!("--profile one of {}", names.join(", ")))?;
            }
            "--without" => wanted.without.push(value),
            "--break" => {
                let all = Break::ALL.iter();
                let known = all.clone().find(|one| one.name() == value).copied();
                let names: Vec<_> = all.map(|one| one.name()).collect();
                let error = || format!("--break one of {}", names.join(", "));
                wanted.broken = Some(known.ok_or_else(error)?);
            }
            _ => return Err(format!("unknown option {name}")),
        }
    }
    let names = wanted.profile.names();
    if wanted.without.iter().all(|one| names.contains(&one.as_str())) {
        Ok(wanted)
    } else {
        Err(format!("--without one of {}", names.join(", ")))
    }
}

/// Lives through the worlds on every processor.
fn simulate(wanted: &Wanted) -> (Tally, Vec<(u64, Box<Failure>)>) {
    let (first, end) = wanted.world.map_or((0, wanted.worlds), |world| (world, world + 1));
    let next = AtomicU64::new(first);
    let work = || {
        let (mut tally, mut failures) = (Tally::default(), Vec::new());
        loop {
            let from = next.fetch_add(BATCH, Ordering::Relaxed);
            if from >= end {
                return (tally, failures);
            }
            for world in from..end.min(from + BATCH) {
                let which = (wanted.seed, world);
                let result =
                    wanted.profile.simulate(which, &wanted.without, wanted.broken, &mut tally);
                failures.extend(result.err().map(|failure| (world, failure)));
            }
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        for (some, others) in threads.into_iter().filter_map(|thread| thread.join().ok()) {
            tally.add(&some);
            failures.extend(others);
        }
    });
    failures.sort_by_key(|(world, _)| *world);
    (tally, failures)
}

fn main() -> ExitCode {
    let wanted = match wanted() {
        Ok(wanted) => wanted,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let begun = Instant::now();
    let (tally, failures) = simulate(&wanted);
    let mut shown = std::collections::BTreeSet::new();
    for (world, failure) in &failures {
        let seen = failure.seen.lines().next().unwrap_or_default();
        println!("seed={} world={world} law={} {seen}", wanted.seed, failure.law);
        if shown.insert(failure.law) || wanted.world.is_some() {
            println!("{}", sim::shrink(failure));
        }
    }
    let never = wanted.profile.names().into_iter().filter(|name| !tally.counts.contains_key(name));
    let seconds = begun.elapsed().as_secs_f64();
    println!("seed {}: {} worlds, {} runs, {seconds:.1} s", wanted.seed, tally.worlds, tally.runs);
    println!("happened: {:?}", tally.counts);
    println!("never happened: {:?}", never.collect::<Vec<_>>());
    println!("checked: {:?}", tally.checks);
    println!("failures: {:?}", tally.failures);
    if let Some(broken) = wanted.broken {
        println!("to be noticed by: {:?}", broken.noticed_by(wanted.profile));
    }
    if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
