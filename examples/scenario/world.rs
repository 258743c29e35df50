//! The scripted world: mailboxes, one CRM, and the people and runs that change them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use counterpart::host::Adapter;
use counterpart::model::{BySide, Side};
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{
    Counts, Crm, Input, Kind, MemoryCrm, MemoryStore, OutlookX3, Parameters, Refusal, RunError,
    RunOptions, Store, plan,
};
use counterpart::schema::Schema as _;
use counterpart::session::{Outcome, Session};
use counterpart::snapshot::{Listing, SyncState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::changes::{ids, listed};
use crate::fault::{Faults, StateFault, edit_time, merge, state_of_run};
use crate::file::{Edit, ForceCrm, Mailbox, Scenario, Step, Sync, one_line, typed};
use crate::trace::{self, Trace};

/// One mailbox and what belongs to it.
#[derive(Debug)]
struct Desk {
    store: MemoryStore,
    state: Option<Vec<u8>>,
    /// Both sides as the last completed run saw them.
    seen: Option<(Store, Crm)>,
    /// The ids of both sides that were there at the end of a run.
    known: BySide<BTreeSet<String>>,
}

impl Desk {
    fn new(store: Store) -> Self {
        Self { store: MemoryStore::new(store), state: None, seen: None, known: BySide::default() }
    }
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    parameters: Map<String, Value>,
    desks: BTreeMap<String, Desk>,
    current: String,
    crm: MemoryCrm,
    last_now: Option<DateTime<Utc>>,
    state_fault: Option<StateFault>,
    trace: Trace,
}

/// Runs a scenario to its end.
pub(crate) fn run(scenario: Scenario) -> Result<Trace, String> {
    if scenario.profile != OutlookX3::NAME {
        return Err(format!("profile: unknown profile {:?}", scenario.profile));
    }
    let mut world = World {
        parameters: scenario.parameters,
        current: scenario.store.id.clone(),
        desks: BTreeMap::new(),
        crm: MemoryCrm::new(scenario.crm),
        last_now: None,
        state_fault: None,
        trace: Trace { runs: Vec::new() },
    };
    let parameters = world.parameters()?;
    let mut store = scenario.store;
    complete(&mut store, &parameters);
    let desk = Desk::new(store);
    world.desks.insert(world.current.clone(), desk);
    for (number, step) in scenario.steps.into_iter().enumerate() {
        world.step(step).map_err(|error| one_line(&format!("steps[{number}]: {error}")))?;
    }
    Ok(world.trace)
}

/// Gives items the defaults that depend on the parameters or on other keys.
fn complete(store: &mut Store, parameters: &Parameters) {
    let folder = |kind| parameters.folders.of(kind).unwrap_or_default().to_owned();
    macro_rules! fill {
        ($list:ident, $kind:expr) => {
            for item in &mut store.$list {
                if item.folder.is_empty() {
                    item.folder = folder($kind);
                }
                item.created = item.created.or(Some(item.modified));
            }
        };
    }
    fill!(contacts, Kind::Contact);
    fill!(tasks, Kind::Task);
    fill!(appointments, Kind::Appointment);
}

impl World {
    fn parameters(&self) -> Result<Parameters, String> {
        typed(Value::Object(self.parameters.clone()), "parameters")
    }

    fn desk(&mut self) -> Result<&mut Desk, String> {
        self.desks.get_mut(&self.current).ok_or_else(|| "no such mailbox".to_owned())
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Sync(sync) => self.sync(&sync),
            Step::Store(edit) => {
                let parameters = self.parameters()?;
                let when = edit_time(self.last_now);
                let store = &mut self.desk()?.store.store;
                *store = edited(store, edit, "id", when)?;
                complete(store, &parameters);
                Ok(())
            }
            Step::Crm(edit) => {
                let when = edit_time(self.last_now);
                self.crm.crm = edited(&self.crm.crm, edit, "chrono", when)?;
                Ok(())
            }
            Step::Parameters(parameters) => {
                self.parameters.extend(parameters);
                self.parameters().map(|_| ())
            }
            Step::ForgetState(forget) => {
                if forget {
                    let desk = self.desk()?;
                    desk.state = None;
                    desk.seen = None;
                    desk.known = BySide::default();
                }
                Ok(())
            }
            Step::State(fault) => {
                self.state_fault = Some(fault);
                Ok(())
            }
            Step::Mailbox(Mailbox { id, kind }) => {
                let empty = || Desk::new(Store::new(&id, kind));
                self.desks.entry(id.clone()).or_insert_with(empty);
                self.current = id;
                Ok(())
            }
        }
    }

    /// The state of the next run.
    fn state(&mut self) -> Result<Result<SyncState, Refusal>, String> {
        let fault = self.state_fault.take();
        let folder = self.crm.crm.folder.clone();
        let desk = self.desk()?;
        let systems = BySide::new(desk.store.store.id.clone(), folder);
        let others = BySide::new("another".to_owned(), "OTHER".to_owned());
        let names = (OutlookX3::NAME, systems, others);
        let state = state_of_run(fault, desk.state.as_deref(), names)?;
        Ok(state.ok_or(Refusal::StateNewerThanEngine))
    }

    fn sync(&mut self, sync: &Sync) -> Result<(), String> {
        let parameters = self.parameters()?;
        let state = self.state()?;
        let crm = self.crm.crm.clone();
        let desk = self.desk()?;
        let store = desk.store.store.clone();
        let force = sync.force.clone().unwrap_or_default();
        let planned = state.map_err(RunError::Refused).and_then(|state| {
            let (listed_store, listed_crm, listings) = listed(
                &store,
                &crm,
                desk.seen.as_ref().map(|seen| (seen, &desk.known)),
                &state,
                sync.listed(),
            );
            let mut of_crm = (listed_crm, listings.b);
            let force_crm = self::force(&force.crm, &parameters, &crm, &mut of_crm);
            let plan = plan(&Input {
                parameters: &parameters,
                store: &listed_store,
                crm: &of_crm.0,
                store_listing: &listings.a,
                crm_listing: &of_crm.1,
                state: &state,
                options: RunOptions {
                    now: sync.now,
                    confirm: sync.confirm,
                    force_crm,
                    force_store_since: force.store_since,
                },
            })?;
            Ok((plan, state))
        });
        match planned {
            Ok((plan, state)) => self.execute(plan, state, sync, (store, crm)),
            Err(RunError::Refused(refusal)) => self.refuse(refusal)?,
            Err(error) => return Err(error.to_string()),
        }
        self.last_now = Some(sync.now);
        Ok(())
    }

    fn execute(
        &mut self,
        plan: Plan<OutlookX3>,
        state: SyncState,
        sync: &Sync,
        before: (Store, Crm),
    ) {
        let plan_hash = plan.hash();
        let mut faults = Faults::new(&sync.faults);
        let mut session = Session::new(plan, state);
        let Some(desk) = self.desks.get_mut(&self.current) else { return };
        while let Some(request) = session.poll_request() {
            let side: &mut dyn Adapter<OutlookX3> =
                if request.side == Side::A { &mut desk.store } else { &mut self.crm };
            let Some(response) = faults.answer(side, &request) else { break };
            session.handle_response(response);
        }
        let (state, report) = session.finish();
        desk.state = Some(state.to_bytes());
        let after = ids(&desk.store.store, &self.crm.crm);
        if report.outcome == Outcome::Failure {
            desk.known.a.extend(after.a);
            desk.known.b.extend(after.b);
        } else {
            desk.seen = Some(before);
            desk.known = after;
        }
        let run = trace::Run {
            outcome: report.outcome,
            refusal: None,
            operations: trace::operations(&report),
            journal: report.journal.iter().map(trace::entry).collect(),
            anomalies: report.anomalies.iter().map(trace::line).collect(),
            counts: report.plan.counts,
            plan_hash,
            store: sorted_store(&desk.store.store),
            crm: sorted_crm(&self.crm.crm),
        };
        self.trace.runs.push(run);
    }

    fn refuse(&mut self, refusal: Refusal) -> Result<(), String> {
        let run = trace::Run {
            outcome: Outcome::Refused,
            refusal: Some(refusal),
            operations: Vec::new(),
            journal: Vec::new(),
            anomalies: Vec::new(),
            counts: Counts::default(),
            plan_hash: String::new(),
            store: sorted_store(&self.desk()?.store.store),
            crm: sorted_crm(&self.crm.crm),
        };
        self.trace.runs.push(run);
        Ok(())
    }
}

/// Says in the CRM's listing which records are sent again, and lists them although nothing may have changed on
/// them (A9.2); says whether all of them are.
pub(crate) fn force(
    what: &ForceCrm,
    parameters: &Parameters,
    crm: &Crm,
    (listed, listing): &mut (Crm, Listing),
) -> bool {
    let selection = match what {
        ForceCrm::Whole(false) => return false,
        ForceCrm::Whole(true) => {
            (*listed, *listing) = (crm.clone(), Listing::full());
            return true;
        }
        ForceCrm::Part(selection) => selection,
    };
    let representative = parameters.representative.as_deref().unwrap_or_default();
    listing.forced = selection.forced(crm, representative);
    macro_rules! add {
        ($list:ident) => {
            for one in crm.$list.iter().filter(|one| listing.forced.contains(&one.chrono)) {
                if !listed.$list.iter().any(|two| two.chrono == one.chrono) {
                    listed.$list.push(one.clone());
                }
            }
        };
    }
    add!(correspondents);
    add!(tasks);
    add!(calls);
    add!(appointments);
    false
}

/// A side after people worked in it.
fn edited<T: Serialize + DeserializeOwned>(
    side: &T,
    edit: Edit,
    key: &str,
    when: DateTime<Utc>,
) -> Result<T, String> {
    let mut value = serde_json::to_value(side).map_err(|error| error.to_string())?;
    let names = [key, "code"];
    let id_of = |record: &Value| {
        names.iter().find_map(|name| record.get(name).and_then(Value::as_str)).map(str::to_owned)
    };
    for (list, records) in edit.put {
        let held = value.get_mut(&list).and_then(Value::as_array_mut);
        let held = held.ok_or_else(|| format!("put.{list}: unknown list"))?;
        for record in records {
            let id = id_of(&record).ok_or_else(|| format!("put.{list}: a record has no {key}"))?;
            match held.iter_mut().find(|one| id_of(one).as_ref() == Some(&id)) {
                Some(one) => *one = record,
                None => held.push(record),
            }
        }
    }
    for (id, mut patch) in edit.patch {
        let record = records_of(&mut value).find(|one| id_of(one).as_ref() == Some(&id));
        let record = record.ok_or_else(|| format!("patch: there is no {id:?}"))?;
        if record.get("modified").is_some() && !patch.contains_key("modified") {
            patch.insert("modified".to_owned(), serde_json::to_value(when).unwrap_or_default());
        }
        merge(record, Value::Object(patch), &[]);
    }
    for id in edit.remove {
        let mut found = false;
        for list in value.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(list) = list.as_array_mut() {
                let before = list.len();
                list.retain(|one| id_of(one).as_ref() != Some(&id));
                found |= list.len() < before;
            }
        }
        if !found {
            return Err(format!("remove: there is no {id:?}"));
        }
    }
    typed(value, "records")
}

fn records_of(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    let lists = value.as_object_mut().into_iter().flat_map(Map::values_mut);
    lists.filter_map(Value::as_array_mut).flatten()
}

fn sorted_store(store: &Store) -> Store {
    let mut store = store.clone();
    store.contacts.sort_by(|one, two| one.id.cmp(&two.id));
    store.tasks.sort_by(|one, two| one.id.cmp(&two.id));
    store.appointments.sort_by(|one, two| one.id.cmp(&two.id));
    store
}

fn sorted_crm(crm: &Crm) -> Crm {
    let mut crm = crm.clone();
    crm.correspondents.sort_by(|one, two| one.chrono.cmp(&two.chrono));
    crm.tasks.sort_by(|one, two| one.chrono.cmp(&two.chrono));
    crm.calls.sort_by(|one, two| one.chrono.cmp(&two.chrono));
    crm.appointments.sort_by(|one, two| one.chrono.cmp(&two.chrono));
    crm
}
