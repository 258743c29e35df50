//! The simulator: worlds made from numbers, and the laws that hold in them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a world has many faults, and most of them concern one place"
)]

mod broken;
mod dice;
mod hands;
mod host;
mod laws;
mod ledger;
mod office;
mod people;
mod rules;
mod run;
mod script;
mod world;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use broken::Break;
use dice::Dice;
use script::{Fault, Force, Script, Step, Trait, What};
use world::World;

/// What many worlds came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) worlds: u64,
    pub(crate) runs: u64,
    /// How often everything happened that can be left out: acts and faults, and the worlds with a trait.
    pub(crate) counts: BTreeMap<&'static str, usize>,
    /// How often each law was checked.
    pub(crate) checks: BTreeMap<&'static str, usize>,
    /// In how many worlds each law did not hold.
    pub(crate) failures: BTreeMap<&'static str, usize>,
}

fn add(to: &mut BTreeMap<&'static str, usize>, from: &BTreeMap<&'static str, usize>) {
    for (name, count) in from {
        *to.entry(name).or_default() += count;
    }
}

impl Tally {
    /// Adds what other worlds came to.
    pub(crate) fn add(&mut self, other: &Self) {
        let Self { worlds, runs, counts, checks, failures } = other;
        self.worlds += worlds;
        self.runs += runs;
        add(&mut self.counts, counts);
        add(&mut self.checks, checks);
        add(&mut self.failures, failures);
    }
}

/// A world in which a law did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) law: &'static str,
    pub(crate) seen: String,
    script: Script,
    broken: Option<Break>,
}

/// Every name that can be left out.
pub(crate) fn names() -> Vec<&'static str> {
    let traits = Trait::ALL.iter().map(|one| one.name());
    let acts = What::ALL.iter().filter(|one| !matches!(one, What::Create | What::Edit));
    let faults = Fault::ALL.iter().filter(|one| **one != Fault::None).map(|one| one.name());
    let forces = Force::ALL.iter().filter(|one| **one != Force::None).map(|one| one.name());
    traits.chain(acts.map(|one| one.name())).chain(faults).chain(forces).collect()
}

/// Lives through one world. `broken` breaks the engine on purpose.
pub(crate) fn simulate(
    (seed, number): (u64, u64),
    without: &[String],
    broken: Option<Break>,
    tally: &mut Tally,
) -> Result<(), Box<Failure>> {
    let script = Script::new(&mut Dice::of_world(seed, number), without);
    let mut world = World::new(script.clone(), broken);
    let result = laws::live(&mut world, &BTreeSet::new());
    tally.worlds += 1;
    let runs = script.steps.iter().filter(|step| matches!(step, Step::Run(_))).count();
    tally.runs += u64::try_from(runs).unwrap_or_default();
    add(&mut tally.counts, &world.counts);
    add(&mut tally.checks, &world.checks);
    result.map_err(|(law, seen)| {
        *tally.failures.entry(law).or_default() += 1;
        Box::new(Failure { law, seen, script, broken })
    })
}

/// Leaves out every step that the failure does not need; tells what is left.
pub(crate) fn shrink(failure: &Failure) -> String {
    let mut left_out = BTreeSet::new();
    let mut script = failure.script.clone();
    let fails = |script: &Script, left_out: &BTreeSet<usize>| {
        let result = laws::live(&mut World::new(script.clone(), failure.broken), left_out);
        result.is_err_and(|(law, _)| law == failure.law)
    };
    for one in failure.script.traits.clone() {
        script.traits.remove(&one);
        if !fails(&script, &left_out) {
            script.traits.insert(one);
        }
    }
    loop {
        let before = left_out.len();
        for at in (0..script.steps.len()).rev() {
            if left_out.insert(at) && !fails(&script, &left_out) {
                left_out.remove(&at);
            }
        }
        if left_out.len() == before {
            break;
        }
    }
    let mut world = World::new(script.clone(), failure.broken);
    world.trace = Some(Vec::new());
    let seen = laws::live(&mut world, &left_out).err().map(|(_, seen)| seen);
    let traits: Vec<_> = script.traits.iter().map(|one| one.name()).collect();
    let head = format!("exchange={} policy={} {traits:?}", script.exchange, script.policy);
    let trace = world.trace.unwrap_or_default().join("\n");
    format!("{head}\n{trace}\n{}", seen.unwrap_or_default())
}
