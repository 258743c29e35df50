//! Lives through worlds of any profile: from a script to the laws, and back to the steps a failure needs.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::host::{Request, Response};
use counterpart::schema::Schema;

use super::Tally;
use super::broken::Break;
use super::dice::Dice;
use super::fault::Fault;

/// How many rounds of runs a world may need to come to rest.
const ROUNDS: usize = 12;

/// A law that does not hold, and what was seen.
pub(crate) type Broken = (&'static str, String);

/// An act of a person or a run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<A, R> {
    Act(A),
    Run(R),
}

/// What happens in a world, as data.
pub(crate) trait Scripted: Clone {
    /// What a person does.
    type Act: Copy;
    /// A run, and what goes wrong in it.
    type Run: Copy;
    /// What is unusual about the whole world.
    type Trait: Copy + Ord;

    /// Draws a script. What is named in `without` does not occur.
    fn draw(dice: &mut Dice, without: &[String]) -> Self;

    fn steps(&self) -> &[Step<Self::Act, Self::Run>];

    fn traits(&mut self) -> &mut BTreeSet<Self::Trait>;

    /// What was drawn once for the world, in a line.
    fn head(&self) -> String;
}

/// What is counted and told of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    /// How often everything happened that can be left out, by name.
    pub(crate) counts: BTreeMap<&'static str, usize>,
    /// How often each law was checked.
    pub(crate) checks: BTreeMap<&'static str, usize>,
    /// What happened, when somebody wants to read it.
    pub(crate) trace: Option<Vec<String>>,
}

impl Notes {
    /// Notes what happens, when somebody wants to read it.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(line());
        }
    }

    /// Counts that something happened.
    pub(crate) fn happened(&mut self, name: &'static str) {
        *self.counts.entry(name).or_default() += 1;
    }

    /// Counts that a law was looked at.
    pub(crate) fn checked(&mut self, law: &'static str) {
        *self.checks.entry(law).or_default() += 1;
    }
}

/// The act of a world.
pub(crate) type ActOf<W> = <<W as Simulated>::Script as Scripted>::Act;
/// The run of a world.
pub(crate) type RunOf<W> = <<W as Simulated>::Script as Scripted>::Run;

/// A world of a profile: people, hosts and runs, and what must hold of them.
pub(crate) trait Simulated: Clone {
    /// What happens in it.
    type Script: Scripted;
    /// The types of its profile.
    type Schema: Schema;

    /// A world before its first step; `broken` breaks its engine on purpose.
    fn begin(script: Self::Script, broken: Option<Break>) -> Self;

    /// The engine is sound from here on.
    fn mend(&mut self);

    fn notes(&mut self) -> &mut Notes;

    /// A person acts.
    fn act(&mut self, act: ActOf<Self>);

    /// One run; gives how many operations were planned.
    fn run(&mut self, run: &RunOf<Self>, confirm: bool) -> Result<usize, Broken>;

    /// A run of everybody in which nothing goes wrong; a person confirms what is held.
    fn round(&mut self) -> Result<usize, Broken>;

    /// Whether the next runs complete what this one leaves undone, to the same end.
    fn is_completed(&self, run: &RunOf<Self>) -> bool;

    /// Whether nothing is unusual about a run but that its listings are pages, of which the rest comes later.
    fn is_paged(&self, _run: &RunOf<Self>) -> bool {
        false
    }

    /// Checks a world that came to rest.
    fn check(&mut self) -> Result<(), Broken>;

    /// Users get every right and choose every policy; says whether anything waited for that.
    fn lift_restrictions(&mut self) -> bool;

    /// Checks that deletions reached the other side.
    fn check_deeds(&mut self) -> Result<(), Broken>;

    /// Checks that a world ended as one in which nothing went wrong in the last run.
    fn check_convergence(&mut self, clean: &mut Self) -> Result<(), Broken>;

    /// What a broken session answers itself, without asking the host.
    fn misanswer(
        &mut self,
        run: &RunOf<Self>,
        request: &Request<Self::Schema>,
    ) -> Option<Response<Self::Schema>>;

    /// A host does what it is asked; `other` is the id of the record's counterpart.
    fn perform(
        &mut self,
        run: &RunOf<Self>,
        request: &Request<Self::Schema>,
        other: Option<&String>,
    ) -> Result<Response<Self::Schema>, Broken>;

    /// What a person does while the run is under way.
    fn meanwhile(&mut self, run: &RunOf<Self>);

    /// The same run, in which nothing goes wrong.
    fn faultless(run: &RunOf<Self>) -> RunOf<Self>;

    /// What goes wrong in a run, and where it strikes.
    fn fault(run: &RunOf<Self>) -> (Fault, u64);
}

/// Lets a world go on until there is nothing left to do; a person confirms what is held.
fn settle<W: Simulated>(world: &mut W) -> Result<(), Broken> {
    world.notes().checked("quiet");
    let mut quiet = 0;
    for _ in 0..ROUNDS {
        // What another filter hid counts as missing in the second run only.
        quiet = if world.round()? == 0 { quiet + 1 } else { 0 };
        if quiet == 2 {
            return Ok(());
        }
    }
    Err(("quiet", format!("{ROUNDS} rounds of runs did not come to rest")))
}

/// Lives through the steps that are not left out and checks every law.
fn live<W: Simulated>(
    world: &mut W,
    script: &W::Script,
    left_out: &BTreeSet<usize>,
) -> Result<(), Broken> {
    let kept: Vec<_> =
        script.steps().iter().enumerate().filter(|(at, _)| !left_out.contains(at)).collect();
    let is_paged = |step: &Step<_, _>| matches!(step, Step::Run(run) if world.is_paged(run));
    let paged = kept.iter().rev().take_while(|(_, step)| is_paged(step)).count();
    let completed = matches!(kept.last(), Some((_, Step::Run(run))) if world.is_completed(run));
    let compared = if paged == 0 { usize::from(completed) } else { paged };
    let from = kept.len() - compared;
    let (mut clean, mut ran) = (None, false);
    for (at, (_, step)) in kept.iter().enumerate() {
        match step {
            Step::Act(act) => world.act(*act),
            Step::Run(run) => {
                ran = true;
                if at >= from {
                    let (_, runs) = clean.get_or_insert_with(|| (world.clone(), Vec::new()));
                    runs.push(W::faultless(run));
                }
                world.run(run, false)?;
            }
        }
    }
    if !ran {
        return Ok(());
    }
    settle(world)?;
    let checked = check(world);
    let Some((mut clean, runs)) = clean.filter(|_| paged > 0 || checked.is_ok()) else {
        return checked;
    };
    clean.notes().trace = None;
    clean.mend();
    for run in runs {
        clean.run(&run, false)?;
    }
    settle(&mut clean)?;
    if clean.lift_restrictions() {
        settle(&mut clean)?;
    }
    let converges = world.check_convergence(&mut clean);
    if paged == 0 {
        return converges;
    }
    // Of what is listed in pages the comparison says more than what it leads to.
    world.notes().checked("first_contact");
    converges.map_err(|(_, seen)| ("first_contact", seen)).and(checked)
}

/// Checks a world that came to rest, and once more when nothing is forbidden any more.
fn check<W: Simulated>(world: &mut W) -> Result<(), Broken> {
    world.check()?;
    if world.lift_restrictions() {
        settle(world)?;
        world.check()?;
    }
    world.check_deeds()
}

/// Lives through one world of a seed.
pub(crate) fn simulate<W: Simulated>(
    (seed, number): (u64, u64),
    without: &[String],
    broken: Option<Break>,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let script = W::Script::draw(&mut Dice::of_world(seed, number), without);
    let mut world = W::begin(script.clone(), broken);
    let result = live(&mut world, &script, &BTreeSet::new());
    let runs = script.steps().iter().filter(|step| matches!(step, Step::Run(_))).count();
    tally.enter(runs, world.notes(), result.as_ref().err().map(|(law, _)| *law));
    result
}

/// Leaves out of a world every step that the failure of a law does not need; tells what is left.
pub(crate) fn shrink<W: Simulated>(
    which: (u64, u64),
    without: &[String],
    broken: Option<Break>,
    law: &str,
) -> String {
    let mut script = W::Script::draw(&mut Dice::of_world(which.0, which.1), without);
    let mut left_out = BTreeSet::new();
    let begin = |script: &W::Script| W::begin(script.clone(), broken);
    let fails = |script: &W::Script, left_out: &BTreeSet<usize>| {
        live(&mut begin(script), script, left_out).is_err_and(|(seen, _)| seen == law)
    };
    for one in script.traits().clone() {
        script.traits().remove(&one);
        if !fails(&script, &left_out) {
            script.traits().insert(one);
        }
    }
    loop {
        let before = left_out.len();
        for at in (0..script.steps().len()).rev() {
            if left_out.insert(at) && !fails(&script, &left_out) {
                left_out.remove(&at);
            }
        }
        if left_out.len() == before {
            break;
        }
    }
    let mut world = begin(&script);
    world.notes().trace = Some(Vec::new());
    let seen = live(&mut world, &script, &left_out).err().map(|(_, seen)| seen);
    let trace = world.notes().trace.take().unwrap_or_default().join("\n");
    format!("{}\n{trace}\n{}", script.head(), seen.unwrap_or_default())
}
