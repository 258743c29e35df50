//! The simulator: worlds made from numbers, and the laws that hold in them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a world has many faults, and most of them concern one place"
)]

mod author;
mod broken;
mod content;
mod dice;
mod distort;
mod driver;
mod execute;
mod fault;
mod ledger;
mod outlook_x3;
mod sage100;

use std::collections::BTreeMap;

pub(crate) use broken::Break;
use driver::Notes;
use fault::Named;

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

    /// Enters a world.
    fn enter(&mut self, runs: usize, notes: &Notes, failed: Option<&'static str>) {
        self.worlds += 1;
        self.runs += u64::try_from(runs).unwrap_or_default();
        add(&mut self.counts, &notes.counts);
        add(&mut self.checks, &notes.checks);
        if let Some(law) = failed {
            *self.failures.entry(law).or_default() += 1;
        }
    }
}

/// A world in which a law did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) law: &'static str,
    pub(crate) seen: String,
    profile: Profile,
    which: (u64, u64),
    without: Vec<String>,
    broken: Option<Break>,
}

fault::named! {
    /// Which profile's worlds are lived through.
    Profile {
        /// Mailboxes and Sage X3.
        OutlookX3 = "outlook_x3",
        /// Sage 100c CRM and Sage 100.
        Sage100 = "sage100",
    }
}

impl Profile {
    /// Every name that can be left out.
    pub(crate) fn names(self) -> Vec<&'static str> {
        match self {
            Self::OutlookX3 => outlook_x3::names(),
            Self::Sage100 => sage100::names(),
        }
    }

    /// Lives through one world, given by a seed and a number. `broken` breaks the engine on purpose.
    pub(crate) fn simulate(
        self,
        which: (u64, u64),
        without: &[String],
        broken: Option<Break>,
        tally: &mut Tally,
    ) -> Result<(), Box<Failure>> {
        let result = match self {
            Self::OutlookX3 => driver::simulate::<outlook_x3::World>(which, without, broken, tally),
            Self::Sage100 => driver::simulate::<sage100::World>(which, without, broken, tally),
        };
        result.map_err(|(law, seen)| {
            let without = without.to_vec();
            Box::new(Failure { law, seen, profile: self, which, without, broken })
        })
    }
}

/// Leaves out every step that the failure does not need; tells what is left.
pub(crate) fn shrink(failure: &Failure) -> String {
    let Failure { law, which, without, broken, .. } = failure;
    match failure.profile {
        Profile::OutlookX3 => driver::shrink::<outlook_x3::World>(*which, without, *broken, law),
        Profile::Sage100 => driver::shrink::<sage100::World>(*which, without, *broken, law),
    }
}
