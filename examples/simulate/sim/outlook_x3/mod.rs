//! Worlds of mailboxes and one CRM.

mod hands;
mod host;
mod laws;
mod misread;
mod office;
mod pages;
mod people;
mod rules;
mod run;
mod script;
mod world;

use counterpart::host::{Request, Response};
use counterpart::profiles::outlook_x3::OutlookX3;

use super::{author, broken, content, dice, distort, driver, execute, fault, ledger};
use broken::Break;
use driver::{Broken, Notes, Simulated};
use fault::Fault;
use script::{Act, Force, Run, Script, Trait, What, Who};

pub(crate) use script::names;
pub(crate) use world::World;

impl Simulated for World {
    type Script = Script;
    type Schema = OutlookX3;

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
        let mut planned = 0;
        for mailbox in 0..self.mailboxes.len() {
            let (fault, force) = (Fault::None, Force::None);
            let pages = pages::Pages::None;
            planned +=
                self.run(&Run { mailbox, fault, force, pages, number: 0, meanwhile }, true)?;
        }
        Ok(planned)
    }

    fn is_completed(&self, run: &Run) -> bool {
        // Where time passes, what is done later is done otherwise (A10).
        run.fault.is_completed() && !self.script.has(Trait::Archive)
    }

    fn is_paged(&self, run: &Run) -> bool {
        // What one mailbox gets later another may do first.
        let alone = self.mailboxes.len() == 1;
        alone && run.is_paged_only() && !self.script.has(Trait::Archive)
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

    fn misanswer(
        &mut self,
        run: &Run,
        request: &Request<OutlookX3>,
    ) -> Option<Response<OutlookX3>> {
        broken::misanswer(self.broken, request, || {
            self.written(run.mailbox, request);
        })
    }

    fn perform(
        &mut self,
        run: &Run,
        request: &Request<OutlookX3>,
        other: Option<&String>,
    ) -> Result<Response<OutlookX3>, Broken> {
        self.perform(run, request, other)
    }

    fn meanwhile(&mut self, run: &Run) {
        self.act(run.meanwhile);
    }

    fn faultless(run: &Run) -> Run {
        run.faultless()
    }

    fn fault(run: &Run) -> (Fault, u64) {
        (run.fault, run.number)
    }
}
