//! The scripted world: one CRM, the ERPs of its integrations, and the people and runs that change them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use counterpart::host::Adapter;
use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{
    Counts, Crm, Erp, Input, MemoryCrm, MemoryErp, Parameters, Planned, Refusal, RunError,
    RunOptions, Sage100, errors, generic_accounts, plan, reads_everything, systems,
};
use counterpart::schema::Schema as _;
use counterpart::session::{Outcome, Said, Session};
use counterpart::snapshot::{Coverage, RefusalKey, SyncState};
use serde_json::{Map, Value};

use super::edit::{edited_crm, edited_erp, read_crm, read_erp};
use super::file::{Scenario, Step, Sync};
use super::listing::{ids, listed};
use super::trace::{self, Known, Trace};
use crate::fault::{Faults, KEY, StateFault, edit_time, state_of_run};
use crate::file::{one_line, parse, typed};

/// One integration: its ERP, its state, and the ids that were there at the end of its last run.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    pub(super) erp: MemoryErp,
    state: Option<Vec<u8>>,
    pub(super) known: BySide<BTreeSet<String>>,
    /// What the sides said of what they refused.
    said: BTreeMap<RefusalKey, Said>,
}

/// The world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    parameters: Map<String, Value>,
    /// The file's own integration.
    own: String,
    desks: BTreeMap<String, Desk>,
    current: String,
    crm: MemoryCrm,
    last_now: Option<DateTime<Utc>>,
    state_fault: Option<StateFault>,
    /// Whether parameters were left as they were since the last run.
    locked: bool,
}

/// Runs a scenario file to its end.
pub(crate) fn run(text: &str) -> Result<Value, String> {
    let (mut world, steps) = World::begin(text)?;
    let mut trace = Trace { runs: Vec::new() };
    for (number, step) in steps.into_iter().enumerate() {
        let run = world.step(step);
        trace.runs.extend(run.map_err(|error| one_line(&format!("steps[{number}]: {error}")))?);
    }
    serde_json::to_value(trace).map_err(|error| error.to_string())
}

impl World {
    /// The world of a scenario file before its steps.
    pub(crate) fn begin(text: &str) -> Result<(Self, Vec<Step>), String> {
        let scenario: Scenario = parse(text)?;
        let parameters: Parameters =
            typed(Value::Object(scenario.parameters.clone()), "parameters")?;
        let own = parameters.integration;
        let crm = read_crm(Value::Object(scenario.crm), &own)?;
        let erp = read_erp(Value::Object(scenario.erp))?;
        let desk = Desk { erp: MemoryErp::new(erp), ..Desk::default() };
        let world = Self {
            crm: MemoryCrm::new(crm),
            parameters: scenario.parameters,
            desks: BTreeMap::from([(own.clone(), desk)]),
            current: own.clone(),
            own,
            last_now: None,
            state_fault: None,
            locked: false,
        };
        Ok((world, scenario.steps))
    }

    /// The parameters of the current integration.
    fn parameters(&self) -> Result<Parameters, String> {
        let mut parameters = self.parameters.clone();
        if self.current != self.own {
            parameters.insert("integration".to_owned(), self.current.clone().into());
        }
        typed(Value::Object(parameters), "parameters")
    }

    fn desk(&mut self) -> &mut Desk {
        self.desks.entry(self.current.clone()).or_default()
    }

    /// Takes a step; a run gives its trace.
    pub(crate) fn step(&mut self, step: Step) -> Result<Option<trace::Run>, String> {
        match step {
            Step::Sync(sync) => return self.sync(&sync).map(Some),
            Step::Crm(edit) => {
                let when = edit_time(self.last_now);
                self.crm.crm = edited_crm(&self.crm.crm, edit, &self.own, when)?;
            }
            Step::Erp(edit) => {
                let when = edit_time(self.last_now);
                let erp = &mut self.desk().erp.erp;
                *erp = edited_erp(erp, edit, when)?;
            }
            Step::Parameters(parameters) => {
                let before = self.parameters()?;
                let kept = self.parameters.clone();
                self.parameters.extend(parameters);
                if before.changed_to(self.parameters()?).is_err() {
                    self.parameters = kept;
                    self.locked = true;
                }
            }
            Step::ForgetState(forget) => {
                if forget {
                    let desk = self.desk();
                    desk.state = None;
                    desk.known = BySide::default();
                }
            }
            Step::State(fault) => self.state_fault = Some(fault),
            Step::Integration(name) => {
                self.current = name;
                self.desk();
            }
        }
        Ok(None)
    }

    /// The state of the next run.
    fn state(&mut self, integration: &str) -> Result<Result<SyncState, Refusal>, String> {
        let fault = self.state_fault.take();
        let names = (Sage100::NAME, systems(integration), systems("another"));
        let state = state_of_run(fault, self.desk().state.as_deref(), names)?;
        Ok(state.ok_or(Refusal::StateNewerThanEngine))
    }

    fn sync(&mut self, sync: &Sync) -> Result<trace::Run, String> {
        let locked = self.locked;
        let run = match self.planned(sync)? {
            (Ok(planned), state) => self.execute(planned, state, sync)?,
            (Err(refusal), state) => self.refuse(&refusal, &state, locked)?,
        };
        Ok(run)
    }

    /// The plan of a run and the state it is made from, or why there is none.
    pub(crate) fn planned(
        &mut self,
        sync: &Sync,
    ) -> Result<(Result<Planned, Refusal>, SyncState), String> {
        let parameters = self.parameters()?;
        let (newer, state) = match self.state(&parameters.integration)? {
            Ok(state) => (None, state),
            Err(refusal) => {
                let systems = systems(&parameters.integration);
                (Some(refusal), SyncState::new(Sage100::NAME, systems, KEY))
            }
        };
        self.last_now = Some(sync.now);
        let is_second = self.current != self.own;
        let crm = self.crm.crm.clone();
        let locked = std::mem::take(&mut self.locked);
        let desk = self.desk();
        let full = sync.coverage == Coverage::Full
            || reads_everything(&parameters, &state, &sync.requests, sync.now);
        let (erp, crm, listings) = listed(desk, &crm, &state, full);
        let planned = plan(&Input {
            parameters: &parameters,
            erp: &erp,
            crm: &crm,
            erp_listing: &listings.a,
            crm_listing: &listings.b,
            state: &state,
            requests: &sync.requests,
            options: RunOptions {
                confirm: sync.confirm,
                is_second,
                parameters_locked: locked,
                ..RunOptions::at(sync.now)
            },
        });
        match (planned, newer) {
            (Ok(_), Some(refusal)) | (Err(RunError::Refused(refusal)), _) => {
                Ok((Err(refusal), state))
            }
            (Ok(planned), None) => Ok((Ok(planned), state)),
            (Err(error), _) => Err(error.to_string()),
        }
    }

    /// A side of the current integration.
    pub(crate) fn side(&mut self, side: Side) -> &mut dyn Adapter<Sage100> {
        match side {
            Side::A => &mut self.desk().erp,
            Side::B => &mut self.crm,
        }
    }

    /// Ends a run with the state that is kept of it.
    pub(crate) fn end_run(&mut self, state: &SyncState) {
        let desk = self.desks.entry(self.current.clone()).or_default();
        desk.state = Some(state.to_bytes());
        desk.known = ids(&desk.erp.erp, &self.crm.crm);
    }

    fn execute(
        &mut self,
        planned: Planned,
        state: SyncState,
        sync: &Sync,
    ) -> Result<trace::Run, String> {
        let parameters = self.parameters()?;
        let plan_hash = planned.plan.hash();
        let mut faults = Faults::new(&sync.faults);
        let mut session = Session::new(planned.plan, state);
        while let Some(request) = session.poll_request() {
            let side = self.side(request.side);
            let Some(response) = faults.answer(side, &request) else { break };
            session.handle_response(response);
        }
        let (state, report) = session.finish();
        self.end_run(&state);
        let desk = self.desk();
        desk.said.retain(|key, _| state.refusals.contains_key(key));
        desk.said.extend(report.refusals.clone());
        let (erp, said) = (desk.erp.erp.clone(), desk.said.clone());
        let known = Known { crm: &self.crm.crm, state: &state };
        Ok(trace::Run {
            outcome: report.outcome,
            refusal: None,
            operations: trace::operations(&report, known),
            requests: planned.answers.iter().map(trace::asked).collect(),
            errors: trace::errors(errors(&state, &self.crm.crm, &said), known),
            journal: report.journal.iter().map(|one| trace::entry(one, known)).collect(),
            anomalies: report.anomalies.iter().map(|one| trace::line(one, known)).collect(),
            generic_accounts: generic_accounts(&parameters, &self.crm.crm, &erp),
            counts: report.plan.counts,
            plan_hash,
            crm: sorted_crm(&self.crm.crm),
            erp: sorted_erp(&erp),
        })
    }

    fn refuse(
        &mut self,
        refusal: &Refusal,
        state: &SyncState,
        locked: bool,
    ) -> Result<trace::Run, String> {
        let parameters = self.parameters()?;
        let invalid: &[String] =
            if let Refusal::InvalidParameters(names) = refusal { names } else { &[] };
        let mut journal: Vec<_> = invalid.iter().map(|name| trace::invalid(name)).collect();
        journal.extend(locked.then(trace::locked));
        let desk = self.desk();
        let (erp, said) = (desk.erp.erp.clone(), desk.said.clone());
        // What was refused in runs of its own is known, whatever state this run was given.
        let own = desk.state.as_deref().map(SyncState::from_bytes).and_then(Result::ok);
        let state = own.as_ref().unwrap_or(state);
        let crm = &self.crm.crm;
        Ok(trace::Run {
            outcome: Outcome::Refused,
            refusal: Some(refusal.name()),
            operations: Vec::new(),
            requests: Vec::new(),
            errors: trace::errors(errors(state, crm, &said), Known { crm, state }),
            journal,
            anomalies: Vec::new(),
            generic_accounts: generic_accounts(&parameters, crm, &erp),
            counts: Counts::default(),
            plan_hash: String::new(),
            crm: sorted_crm(crm),
            erp: sorted_erp(&erp),
        })
    }
}

fn sorted_crm(crm: &Crm) -> Crm {
    let mut crm = crm.clone();
    crm.companies.sort_by(|one, two| one.id.cmp(&two.id));
    crm.accounts.sort_by(|one, two| one.id.cmp(&two.id));
    crm.users.sort_by(|one, two| one.code.cmp(&two.code));
    crm.representatives.sort_by(|one, two| one.code.cmp(&two.code));
    crm.free_fields.sort_by(|one, two| one.name.cmp(&two.name));
    for one in &mut crm.companies {
        one.addresses.sort_by(|one, two| one.id.cmp(&two.id));
        one.contacts.sort_by(|one, two| one.id.cmp(&two.id));
    }
    for one in &mut crm.accounts {
        one.addresses.sort_by(|one, two| one.id.cmp(&two.id));
        one.contacts.sort_by(|one, two| one.id.cmp(&two.id));
    }
    crm
}

fn sorted_erp(erp: &Erp) -> Erp {
    let mut erp = erp.clone();
    erp.accounts.sort_by(|one, two| one.code.cmp(&two.code));
    erp.representatives.sort_by(|one, two| one.code.cmp(&two.code));
    erp.free_fields.sort_by(|one, two| one.name.cmp(&two.name));
    erp
}
