//! The scripted world: one CRM, the ERPs of its integrations, and the people and runs that change them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{
    Counts, Crm, Erp, Input, MemoryCrm, MemoryErp, Parameters, Planned, Refusal, RunError,
    RunOptions, Sage100, errors, generic_accounts, plan, reads_everything, systems,
};
use counterpart::schema::Schema as _;
use counterpart::session::{Outcome, Said, Session};
use counterpart::snapshot::{
    Coverage, FORMAT_VERSION, Listing, RefusalKey, StateError, StateKey, SyncState,
};
use serde_json::{Map, Value};

use super::edit::{edited_crm, edited_erp, read_crm};
use super::file::{Fault, FaultSide, Scenario, Step, Sync};
use super::trace::{self, Known, Trace};
use crate::file::{FaultKind, StateFault, one_line, typed};

/// The key of every state in a scenario: a scenario is no secret, and must give the same trace every time.
const KEY: StateKey = StateKey(*b"scenario-fixture");

/// One integration: its ERP, its state, and the ids that were there at the end of its last run.
#[derive(Debug, Default)]
struct Desk {
    erp: MemoryErp,
    state: Option<Vec<u8>>,
    known: BySide<BTreeSet<String>>,
    /// What the sides said of what they refused.
    said: BTreeMap<RefusalKey, Said>,
}

/// The world.
#[derive(Debug)]
struct World {
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
    trace: Trace,
}

/// Runs a scenario file to its end.
pub(crate) fn run(text: &str) -> Result<Value, String> {
    let mut input = serde_json::Deserializer::from_str(text);
    let scenario: Scenario = serde_path_to_error::deserialize(&mut input)
        .map_err(|error| one_line(&format!("{}: {}", error.path(), error.inner())))?;
    input.end().map_err(|error| error.to_string())?;
    let parameters: Parameters = typed(Value::Object(scenario.parameters.clone()), "parameters")?;
    let own = parameters.integration;
    let mut world = World {
        crm: MemoryCrm::new(read_crm(Value::Object(scenario.crm), &own)?),
        parameters: scenario.parameters,
        desks: BTreeMap::new(),
        current: own.clone(),
        own: own.clone(),
        last_now: None,
        state_fault: None,
        locked: false,
        trace: Trace { runs: Vec::new() },
    };
    let desk = Desk { erp: MemoryErp::new(scenario.erp), ..Desk::default() };
    world.desks.insert(own, desk);
    for (number, step) in scenario.steps.into_iter().enumerate() {
        world.step(step).map_err(|error| one_line(&format!("steps[{number}]: {error}")))?;
    }
    serde_json::to_value(world.trace).map_err(|error| error.to_string())
}

impl World {
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

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Sync(sync) => self.sync(&sync)?,
            Step::Crm(edit) => {
                let when = self.edit_time();
                self.crm.crm = edited_crm(&self.crm.crm, edit, &self.own, when)?;
            }
            Step::Erp(edit) => {
                let when = self.edit_time();
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
        Ok(())
    }

    /// When people work whose edits name no time: a second after the last run.
    fn edit_time(&self) -> DateTime<Utc> {
        self.last_now.map(|now| now + TimeDelta::seconds(1)).unwrap_or_default()
    }

    /// The state of the next run.
    fn state(&mut self, integration: &str) -> Result<Result<SyncState, Refusal>, String> {
        let fault = self.state_fault.take();
        let fresh = SyncState::new(Sage100::NAME, systems(integration), KEY);
        let stored = self.desk().state.clone();
        let bytes = match fault {
            Some(StateFault::Foreign) => {
                Some(SyncState::new(Sage100::NAME, systems("another"), KEY).to_bytes())
            }
            Some(StateFault::Newer) => {
                let mut bytes = stored.unwrap_or_else(|| fresh.to_bytes());
                let newer = (FORMAT_VERSION + 1).to_le_bytes();
                bytes.iter_mut().skip(8).zip(newer).for_each(|(byte, new)| *byte = new);
                Some(bytes)
            }
            None => stored,
        };
        match bytes.map(|bytes| SyncState::from_bytes(&bytes)) {
            None => Ok(Ok(fresh)),
            Some(Ok(state)) => Ok(Ok(state)),
            Some(Err(StateError::Newer { .. })) => Ok(Err(Refusal::StateNewerThanEngine)),
            Some(Err(error)) => Err(error.to_string()),
        }
    }

    fn sync(&mut self, sync: &Sync) -> Result<(), String> {
        let parameters = self.parameters()?;
        let state = self.state(&parameters.integration)?;
        let (newer, state) = match state {
            Ok(state) => (None, state),
            Err(refusal) => {
                let systems = systems(&parameters.integration);
                (Some(refusal), SyncState::new(Sage100::NAME, systems, KEY))
            }
        };
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
        let planned = match (planned, newer) {
            (Ok(_), Some(refusal)) => Err(RunError::Refused(refusal)),
            (planned, _) => planned,
        };
        match planned {
            Ok(planned) => self.execute(&parameters, planned, state, sync),
            Err(RunError::Refused(refusal)) => self.refuse(&parameters, &refusal, &state),
            Err(error) => return Err(error.to_string()),
        }
        self.last_now = Some(sync.now);
        Ok(())
    }

    fn execute(
        &mut self,
        parameters: &Parameters,
        planned: Planned,
        state: SyncState,
        sync: &Sync,
    ) {
        let plan_hash = planned.plan.hash();
        let mut faults: Vec<(Fault, u32)> =
            sync.faults.iter().cloned().map(|fault| (fault, 0)).collect();
        let mut session = Session::new(planned.plan, state);
        let Some(desk) = self.desks.get_mut(&self.current) else { return };
        while let Some(request) = session.poll_request() {
            let side: &mut dyn Adapter<Sage100> =
                if request.side == Side::A { &mut desk.erp } else { &mut self.crm };
            let Some(response) = answer(side, &request, &mut faults) else { break };
            session.handle_response(response);
        }
        let (state, report) = session.finish();
        desk.state = Some(state.to_bytes());
        desk.known = ids(&desk.erp.erp, &self.crm.crm);
        desk.said.retain(|key, _| state.refusals.contains(key));
        desk.said.extend(report.refusals.clone());
        let known = Known { crm: &self.crm.crm, state: &state };
        let run = trace::Run {
            outcome: report.outcome,
            refusal: None,
            operations: trace::operations(&report, known),
            requests: planned.answers.iter().map(trace::asked).collect(),
            errors: trace::errors(errors(&state, &self.crm.crm, &desk.said), known),
            journal: report.journal.iter().map(|one| trace::entry(one, known)).collect(),
            anomalies: report.anomalies.iter().map(|one| trace::line(one, known)).collect(),
            generic_accounts: generic_accounts(parameters, &self.crm.crm, &desk.erp.erp),
            counts: report.plan.counts,
            plan_hash,
            crm: sorted_crm(&self.crm.crm),
            erp: sorted_erp(&desk.erp.erp),
        };
        self.trace.runs.push(run);
    }

    fn refuse(&mut self, parameters: &Parameters, refusal: &Refusal, state: &SyncState) {
        let journal = if let Refusal::InvalidParameters(names) = refusal {
            names.iter().map(|name| trace::invalid(name)).collect()
        } else {
            Vec::new()
        };
        let crm = self.crm.crm.clone();
        let erp = self.desk().erp.erp.clone();
        let said = self.desk().said.clone();
        // What was refused in runs of its own is known, whatever state this run was given.
        let own = self.desk().state.as_deref().map(SyncState::from_bytes);
        let own = own.and_then(Result::ok);
        let state = own.as_ref().unwrap_or(state);
        let run = trace::Run {
            outcome: Outcome::Refused,
            refusal: Some(refusal.name()),
            operations: Vec::new(),
            requests: Vec::new(),
            errors: trace::errors(errors(state, &crm, &said), Known { crm: &crm, state }),
            journal,
            anomalies: Vec::new(),
            generic_accounts: generic_accounts(parameters, &crm, &erp),
            counts: Counts::default(),
            plan_hash: String::new(),
            crm: sorted_crm(&crm),
            erp: sorted_erp(&erp),
        };
        self.trace.runs.push(run);
    }
}

/// What a side answers under faults; `None` when the process dies.
fn answer(
    side: &mut dyn Adapter<Sage100>,
    request: &Request<Sage100>,
    faults: &mut [(Fault, u32)],
) -> Option<Response<Sage100>> {
    let mut hit = None;
    for (fault, count) in faults {
        let here = if request.side == Side::A { FaultSide::Erp } else { FaultSide::Crm };
        if fault.side == here && fault.on.matches(request.action.name()) {
            *count += 1;
            if *count == fault.nth && hit.is_none() {
                hit = Some(fault.clone());
            }
        }
    }
    let Some(fault) = hit else {
        return Some(side.write(request));
    };
    match fault.what {
        FaultKind::CrashBefore => None,
        FaultKind::CrashAfter => {
            side.write(request);
            None
        }
        FaultKind::LostAnswer => {
            side.write(request);
            Some(Response::Lost)
        }
        FaultKind::Refuse => Some(Response::Refused { message: fault.message, trace: fault.trace }),
        FaultKind::Stale => Some(Response::Stale),
    }
}

/// What the sides list: everything, or what was modified since the last run, what is gone since, and what the state
/// still needs (D9, D22).
fn listed(desk: &Desk, crm: &Crm, state: &SyncState, full: bool) -> (Erp, Crm, BySide<Listing>) {
    let (mut erp, mut crm) = (desk.erp.erp.clone(), crm.clone());
    let (Some(last), false) = (state.watermark, full) else {
        return (erp, crm, BySide::new(Listing::full(), Listing::full()));
    };
    let now = ids(&erp, &crm);
    let removed = |side: Side| {
        let gone = desk.known.get(side).iter().filter(|id| !now.get(side).contains(*id));
        Listing::changes(gone.cloned().collect())
    };
    let listings = BySide::from_fn(removed);
    let wanted =
        BySide::from_fn(|side| state.wanted(side).map(str::to_owned).collect::<BTreeSet<_>>());
    let codes: BTreeSet<&str> = wanted.a.iter().filter_map(|key| key.split('#').next()).collect();
    erp.accounts.retain(|one| one.modified > last || codes.contains(one.code.as_str()));
    let needs = |id: &str| wanted.b.contains(id);
    let accounts: BTreeSet<String> = crm
        .companies
        .iter()
        .filter(|one| {
            needs(&one.id)
                || one.addresses.iter().any(|one| needs(&one.id))
                || one.contacts.iter().any(|one| needs(&one.id))
        })
        .filter_map(|one| one.account.clone())
        .collect();
    crm.companies.retain(|one| {
        one.modified > last
            || one.account.as_ref().is_some_and(|id| needs(id) || accounts.contains(id))
    });
    crm.accounts.retain(|one| {
        one.modified > last
            || needs(&one.id)
            || accounts.contains(&one.id)
            || one.addresses.iter().any(|one| needs(&one.id))
            || one.contacts.iter().any(|one| needs(&one.id))
    });
    (erp, crm, listings)
}

fn ids(erp: &Erp, crm: &Crm) -> BySide<BTreeSet<String>> {
    let companies = crm.companies.iter().map(|one| one.id.clone());
    let accounts = crm.accounts.iter().map(|one| one.id.clone());
    BySide::new(
        erp.accounts.iter().map(|one| one.code.clone()).collect(),
        companies.chain(accounts).collect(),
    )
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
