//! Worlds of one CRM and the ERPs of its integrations.

mod demands;
mod host;
mod laws;
mod office;
mod people;
mod records;
mod rules;
mod run;
mod script;
mod world;

use counterpart::host::{Request, Response};
use counterpart::profiles::sage100::Sage100;

use super::{author, broken, content, dice, distort, driver, execute, fault, ledger};
use broken::Break;
use driver::{Broken, Notes, Simulated};
use fault::Fault;
use script::{Act, Demand, Run, Script, What, Who};

pub(crate) use script::names;
pub(crate) use world::World;

impl Simulated for World {
    type Script = Script;
    type Schema = Sage100;

    fn begin(script: Script, broken: Option<Break>) -> Self {
        Self::new(script, broken)
    }

    fn mend(&mut self) {
        self.broken = None;
    }

    fn notes(&mut self) -> &mut Notes {
        &mut self.notes
    }

    fn act(&mut self, act: Act) {
        self.act(act);
    }

    fn run(&mut self, run: &Run, confirm: bool) -> Result<usize, Broken> {
        self.run(run, confirm)
    }

    fn round(&mut self) -> Result<usize, Broken> {
        let meanwhile = Act { who: Who::Crm, what: What::Edit, number: 0 };
        let (fault, demands) = (Fault::None, [Demand::None; 2]);
        let mut planned = 0;
        for desk in 0..self.desks.len() {
            planned += self.run(&Run { desk, fault, demands, number: 0, meanwhile }, true)?;
        }
        Ok(planned)
    }

    fn is_completed(&self, run: &Run) -> bool {
        // What was asked for and not reached has to be asked for again.
        run.fault.is_completed() && run.demands == [Demand::None; 2]
    }

    fn check(&mut self) -> Result<(), Broken> {
        self.check()
    }

    fn lift_restrictions(&mut self) -> bool {
        self.lift_restrictions()
    }

    fn check_deeds(&mut self) -> Result<(), Broken> {
        self.check_deeds()
    }

    fn check_convergence(&mut self, clean: &mut Self) -> Result<(), Broken> {
        self.check_convergence(clean)
    }

    fn misanswer(&mut self, run: &Run, request: &Request<Sage100>) -> Option<Response<Sage100>> {
        broken::misanswer(self.broken, request, || {
            self.written(run.desk, request);
        })
    }

    fn perform(
        &mut self,
        run: &Run,
        request: &Request<Sage100>,
        other: Option<&String>,
    ) -> Result<Response<Sage100>, Broken> {
        self.perform(run, request, other)
    }

    fn meanwhile(&mut self, run: &Run) {
        self.act(run.meanwhile);
    }

    fn faultless(run: &Run) -> Run {
        Run { fault: Fault::None, ..*run }
    }

    fn fault(run: &Run) -> (Fault, u64) {
        (run.fault, run.number)
    }
}
