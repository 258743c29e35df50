//! The simulator: worlds made from numbers, and the laws that hold in them.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::struct_excessive_bools,
    reason = "a script has many faults and switches"
)]

mod dice;
mod hands;
mod laws;
mod ledger;
mod run;
mod script;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use dice::Dice;
use script::{Fault, Script, Step};
use world::World;

/// What many worlds came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) worlds: u64,
    pub(crate) acts: usize,
    pub(crate) runs: usize,
    pub(crate) faults: BTreeMap<&'static str, usize>,
    pub(crate) failures: BTreeMap<&'static str, usize>,
}

/// A world in which a law did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) law: &'static str,
    pub(crate) seen: String,
    script: Script,
}

/// Every name that can be left out.
pub(crate) fn names() -> Vec<&'static str> {
    script::LIES.into_iter().chain(Fault::ALL.map(Fault::name)).collect()
}

fn script(seed: u64, world: u64, without: &[String]) -> Script {
    Script::new(&mut Dice::of_world(seed, world), without)
}

/// Lives through one world.
pub(crate) fn simulate(
    seed: u64,
    number: u64,
    without: &[String],
    tally: &mut Tally,
) -> Result<(), Failure> {
    let script = script(seed, number, without);
    let mut world = World::new(script.clone());
    let result = laws::live(&mut world, &BTreeSet::new());
    tally.worlds += 1;
    tally.acts += world.acts;
    tally.runs += script.steps.iter().filter(|step| matches!(step, Step::Run(_))).count();
    for (fault, count) in world.faults {
        *tally.faults.entry(fault.name()).or_default() += count;
    }
    result.map_err(|(law, seen)| {
        *tally.failures.entry(law).or_default() += 1;
        Failure { law, seen, script }
    })
}

/// Leaves out every step that the failure does not need; tells what is left.
pub(crate) fn shrink(failure: &Failure) -> String {
    let mut left_out = BTreeSet::new();
    let fails = |left_out: &BTreeSet<usize>| {
        let result = laws::live(&mut World::new(failure.script.clone()), left_out);
        result.is_err_and(|(law, _)| law == failure.law)
    };
    loop {
        let before = left_out.len();
        for at in (0..failure.script.steps.len()).rev() {
            if left_out.insert(at) && !fails(&left_out) {
                left_out.remove(&at);
            }
        }
        if left_out.len() == before {
            break;
        }
    }
    let mut world = World::new(failure.script.clone());
    world.trace = Some(Vec::new());
    let seen = laws::live(&mut world, &left_out).err().map(|(_, seen)| seen);
    let script = &failure.script;
    let head = format!(
        "exchange={} policy={} record={} {:?}",
        script.exchange, script.policy, script.record, script.lies
    );
    let trace = world.trace.unwrap_or_default().join("\n");
    format!("{head}\n{trace}\n{}", seen.unwrap_or_default())
}
