//! Simulates worlds of mailboxes, one CRM, people and failures, and checks in each that nothing is lost.
//!
//! `cargo run --release --example simulate -- --worlds 1000 --seed 1` lives through a thousand worlds;
//! `--world K` replays one of them. `--without NAME` leaves out a fault or a lie of a host.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program tells its result")]
#![expect(clippy::disallowed_types, reason = "a program may measure its own time")]

mod sim;

use std::process::ExitCode;
use std::time::Instant;

use sim::Tally;

#[derive(Debug)]
struct Wanted {
    worlds: u64,
    seed: u64,
    world: Option<u64>,
    without: Vec<String>,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { worlds: 1000, seed: 1, world: None, without: Vec::new() };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|error| format!("{name} {value}: {error}"));
        match name.as_str() {
            "--worlds" => wanted.worlds = number()?,
            "--seed" => wanted.seed = number()?,
            "--world" => wanted.world = Some(number()?),
            "--without" if sim::names().contains(&value.as_str()) => wanted.without.push(value),
            "--without" => return Err(format!("--without one of {}", sim::names().join(", "))),
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(wanted)
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
    let mut tally = Tally::default();
    let worlds = wanted.world.map_or(0..wanted.worlds, |world| world..world + 1);
    for world in worlds {
        let Err(failure) = sim::simulate(wanted.seed, world, &wanted.without, &mut tally) else {
            continue;
        };
        let seen = failure.seen.lines().next().unwrap_or_default().to_owned();
        println!("seed={} world={world} law={} {seen}", wanted.seed, failure.law);
        let first = tally.failures.get(failure.law).is_some_and(|count| *count == 1);
        if first || wanted.world.is_some() {
            println!("{}", sim::shrink(&failure));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} worlds, {seconds:.1} s, {} acts, {} runs", tally.worlds, tally.acts, tally.runs);
    println!("faults: {:?}", tally.faults);
    println!("failures: {:?}", tally.failures);
    if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
