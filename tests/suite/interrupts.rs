//! Shows that a run of a scenario that stops anywhere is completed by the next one: after every operation,
//! with its checkpoint in the journal of the state and with a torn one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Side};
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{
    Crm, Input, MemoryCrm, MemoryStore, OutlookX3, Parameters, RunError, RunOptions, Store, plan,
};
use counterpart::rules::Merge;
use counterpart::schema::Schema as _;
use counterpart::session::Session;
use counterpart::snapshot::{StateJournal, StateKey, SyncState};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::changes::{ids, listed};
use crate::desk::Desk;
use crate::file::{self, Sync};
use crate::planning;
use crate::runs::content;
use crate::scenarios::{name_of, own_scenarios, public_scenarios};
use crate::world;

/// A mailbox and what belongs to it.
#[derive(Clone, Debug)]
struct Mailbox {
    store: MemoryStore,
    state: Option<SyncState>,
    seen: Option<(Store, Crm)>,
    known: BySide<BTreeSet<String>>,
}

/// A scenario between two of its steps.
#[derive(Clone, Debug)]
struct Scene {
    parameters: Map<String, Value>,
    mailboxes: BTreeMap<String, Mailbox>,
    current: String,
    crm: MemoryCrm,
    last_now: Option<DateTime<Utc>>,
    /// Whether the state of the next run is not its own, so that it refuses.
    foreign: bool,
}

/// Where a run stops.
#[derive(Clone, Copy, Debug)]
struct Stop {
    answers: usize,
    /// Whether another write is made, whose answer arrives and whose checkpoint is torn.
    torn: bool,
}

fn typed<T: DeserializeOwned>(value: &Value) -> T {
    file::typed(value.clone(), "scenario").expect("a good scenario")
}

fn mailbox(store: Store) -> Mailbox {
    let known = BySide::default();
    Mailbox { store: MemoryStore::new(store), state: None, seen: None, known }
}

impl Scene {
    fn begin(scenario: &Value) -> Self {
        let store: Store = typed(&scenario["store"]);
        let (current, crm) = (store.id.clone(), MemoryCrm::new(typed(&scenario["crm"])));
        let mut scene = Self {
            parameters: typed(&scenario["parameters"]),
            mailboxes: BTreeMap::from([(current.clone(), mailbox(store))]),
            current,
            crm,
            last_now: None,
            foreign: false,
        };
        scene.people(&json!({"forget_state": false}));
        scene
    }

    fn mailbox(&mut self) -> &mut Mailbox {
        self.mailboxes.get_mut(&self.current).expect("the current mailbox")
    }

    /// What people do, done by the interpreter of scenarios in a world whose runs all refuse.
    fn people(&mut self, step: &Value) {
        let mut parameters = self.parameters.clone();
        parameters.insert("CRMSYNC".to_owned(), json!(false));
        let run = |now| json!({"sync": {"now": now}});
        let before = self.last_now.map(run);
        let steps = before.into_iter().chain([step.clone(), run(DateTime::default())]);
        let scenario = json!({
            "profile": OutlookX3::NAME, "parameters": parameters, "store": self.mailbox().store.store,
            "crm": self.crm.crm, "steps": steps.collect::<Vec<_>>(),
        });
        let trace = world::run(typed(&scenario)).expect("a good step");
        let after = trace.runs.into_iter().next_back().expect("a run");
        self.mailbox().store.store = after.store;
        self.crm.crm = after.crm;
    }

    /// Any step but a run.
    fn step(&mut self, step: &Value) {
        let (name, what) = step.as_object().and_then(|step| step.iter().next()).expect("a step");
        match name.as_str() {
            "parameters" => self.parameters.extend(typed::<Map<String, Value>>(what)),
            "state" => self.foreign = true,
            "mailbox" => {
                let id = what.as_str().or_else(|| what["id"].as_str()).expect("its id").to_owned();
                let kind = what.get("kind").map(typed).unwrap_or_default();
                let new = || mailbox(Store::new(&id, kind));
                self.mailboxes.entry(id.clone()).or_insert_with(new);
                self.current = id;
            }
            "forget_state" if what == true => {
                let old = self.mailbox().store.clone();
                let kept = Mailbox { store: old, ..mailbox(Store::default()) };
                *self.mailbox() = kept;
            }
            _ => self.people(step),
        }
    }

    fn state(&mut self) -> SyncState {
        let folder = self.crm.crm.folder.clone();
        let own = self.mailbox();
        let systems = BySide::new(own.store.store.id.clone(), folder);
        let new = || SyncState::new(OutlookX3::NAME, systems, StateKey(*b"scenario-fixture"));
        own.state.clone().unwrap_or_else(new)
    }

    /// The plan of a run, or `None` where it refuses.
    fn plan(&mut self, sync: &Sync) -> Option<Plan<OutlookX3>> {
        let parameters: Parameters = typed(&Value::Object(self.parameters.clone()));
        let (state, crm) = (self.state(), self.crm.crm.clone());
        let own = self.mailbox();
        let store = own.store.store.clone();
        let before = own.seen.as_ref().map(|seen| (seen, &own.known));
        let (store, listed_crm, listings) = listed(&store, &crm, before, &state, sync.listed());
        let store_listing = &listings.a;
        let mut of_crm = (listed_crm, listings.b.clone());
        let force = sync.force.clone().unwrap_or_default();
        let mut options = RunOptions::at(sync.now);
        options.confirm = sync.confirm;
        options.force_crm = world::force(&force.crm, &parameters, &crm, &mut of_crm);
        options.force_store_since = force.store_since;
        let (crm, crm_listing) = &of_crm;
        let input = Input {
            parameters: &parameters,
            store: &store,
            crm,
            store_listing,
            crm_listing,
            state: &state,
            options,
        };
        match plan(&input) {
            Ok(plan) => Some(plan),
            Err(RunError::Refused(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        match request.side {
            Side::A => self.mailbox().store.write(request),
            Side::B => self.crm.write(request),
        }
    }

    /// A run that stops there, if it gets so far; after that there is what its state journal holds.
    fn run(&mut self, sync: &Sync, stop: Option<Stop>) {
        self.last_now = Some(sync.now);
        if std::mem::take(&mut self.foreign) {
            return;
        }
        let Some(plan) = self.plan(sync) else { return };
        let before = (self.mailbox().store.store.clone(), self.crm.crm.clone());
        let mut session = Session::new(plan, self.state());
        session.take_checkpoint();
        let mut journal = StateJournal::begin(session.state());
        let mut answers = 0;
        while let Some(request) = session.poll_request() {
            let last = stop.is_some_and(|stop| stop.answers == answers);
            if last && stop.is_none_or(|stop| !stop.torn) {
                break;
            }
            let response = self.write(&request);
            session.handle_response(response);
            let entry = StateJournal::entry(&session.take_checkpoint());
            let whole = if last { entry.len() / 2 } else { entry.len() };
            journal.extend(&entry[..whole]);
            answers += 1;
            if last {
                break;
            }
        }
        let replayed = StateJournal::replay(&journal).expect("a journal it wrote");
        assert_eq!(replayed.torn, stop.is_some_and(|stop| stop.torn && stop.answers < answers));
        let store = self.mailbox().store.store.clone();
        let after = ids(&store, &self.crm.crm);
        let own = self.mailbox();
        if stop.is_some() {
            own.state = Some(replayed.state);
            own.known.a.extend(after.a);
            own.known.b.extend(after.b);
        } else {
            let acknowledged = session.state().clone();
            assert_eq!(replayed.state.links, acknowledged.links, "every link is in the journal");
            assert_eq!(replayed.state.retries, acknowledged.retries);
            assert_eq!(replayed.state.anomalies, acknowledged.anomalies);
            assert_eq!(replayed.state.attempts, acknowledged.attempts);
            assert!(acknowledged.attempts.is_empty(), "every write was answered");
            own.state = Some(session.finish().0);
            (own.seen, own.known) = (Some(before), after);
        }
    }

    /// What all sides say when nothing is left to do.
    fn rest(mut self, sync: &Sync) -> Vec<String> {
        for _ in 0..3 {
            self.run(sync, None);
        }
        self.content()
    }

    /// What all sides say, whatever stamps and new ids they use.
    fn content(&self) -> Vec<String> {
        let lines = self
            .mailboxes
            .values()
            .flat_map(|one| content_of(one.store.store.clone(), self.crm.crm.clone()));
        lines.collect()
    }
}

fn content_of(store: Store, crm: Crm) -> Vec<String> {
    content(&Desk::new(Parameters::new("U1", "REP01"), store, crm))
}

fn only(these: &[String], others: &[String]) -> String {
    let lines = these.iter().filter(|line| !others.contains(line));
    lines.cloned().collect::<Vec<_>>().join("\n  ")
}

/// Where a scenario is not completed after an interruption.
fn differences(path: &Path) -> Vec<(Stop, String)> {
    let text = fs::read_to_string(path).expect("a readable file");
    let scenario: Value = serde_json::from_str(&text).expect("JSON");
    if text.contains("\"faults\"") {
        return Vec::new();
    }
    let trace = file::parse(&text).and_then(world::run).expect("a good scenario");
    let mut scene = Scene::begin(&scenario);
    let mut lines = Vec::new();
    let mut runs = trace.runs.iter();
    for step in scenario["steps"].as_array().into_iter().flatten() {
        let Some(sync) = step.get("sync") else {
            scene.step(step);
            continue;
        };
        let sync: Sync = typed(sync);
        let mut whole = scene.clone();
        whole.run(&sync, None);
        let content = whole.content();
        let traced = runs.next().expect("a run of the trace");
        let traced = content_of(traced.store.clone(), traced.crm.clone());
        assert!(traced.iter().all(|line| content.contains(line)), "{}", name_of(path));
        let plan = if scene.foreign { None } else { scene.plan(&sync) };
        let places = plan.into_iter().flat_map(|plan| 0..=plan.ops.len());
        for stop in places.flat_map(|answers| [false, true].map(|torn| Stop { answers, torn })) {
            let mut parts = scene.clone();
            parts.run(&sync, Some(stop));
            parts.run(&sync, None);
            if parts.content() == content {
                continue;
            }
            // What one run leaves to the next may be left to another one than without the stop.
            let (one, two) = (whole.clone().rest(&sync), parts.rest(&sync));
            if one != two {
                let (one, two) = (only(&one, &two), only(&two, &one));
                let place = format!("{} at {}, {stop:?}", name_of(path), sync.now);
                lines.push((stop, format!("{place}:\n  {one}\n---\n  {two}")));
            }
        }
        scene = whole;
    }
    lines
}

fn every_stop(files: &[PathBuf]) {
    let mut lines = Vec::new();
    for path in files {
        lines.extend(differences(path).into_iter().map(|(_, line)| line));
    }
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn public_scenarios_are_completed_after_an_interruption() {
    every_stop(&public_scenarios("outlook_x3"));
}

#[test]
fn cases_of_this_repository_are_completed_after_an_interruption() {
    every_stop(&own_scenarios("outlook_x3"));
}

// ---- pairs that were entered and not agreed ----

/// A contact that comes back, and whose correspondent has nobody assigned any more (D30).
fn coming_back() -> Desk {
    let mut desk =
        planning::world(json!({"contacts": [{"id": "C1", "last_name": "ONE"}]}), json!({}));
    desk.confirm = true;
    desk.run();
    let mut contact = desk.store.store.contacts.remove(0);
    desk.run();
    contact.id = "R1".to_owned();
    desk.store.store.contacts.push(contact);
    let plan = desk.plan();
    assert_eq!(plan.ops.len(), 1, "it is assigned again: {plan}");
    desk
}

/// What the next run plans when a run stopped before its first write, or was refused everything.
fn plan_after(desk: &mut Desk, is_refused: bool) -> Plan<OutlookX3> {
    let mut session = Session::new(desk.plan(), desk.state.clone());
    while session.poll_request().is_some() && is_refused {
        let message = "the server is busy".to_owned();
        session.handle_response(Response::Refused { message, trace: None });
    }
    desk.state = session.finish().0;
    desk.plan()
}

#[test]
fn a_contact_whose_assignment_was_not_written_is_not_deleted() {
    for is_refused in [false, true] {
        let mut desk = coming_back();
        let first = desk.plan();
        let plan = plan_after(&mut desk, is_refused);
        let deeds = |plan: &Plan<OutlookX3>| -> Vec<_> {
            plan.ops.iter().map(|op| (op.side, op.action.name())).collect()
        };
        assert_eq!(deeds(&plan), deeds(&first), "refused {is_refused}\n{plan}");
    }
}

#[test]
fn a_first_contact_that_was_not_written_still_fills_blanks() {
    for is_refused in [false, true] {
        let contact = json!({
            "id": "C1", "last_name": "DURAND", "job_title": "Buyer", "chrono": "COR00000001",
        });
        let record = json!({
            "chrono": "COR00000001", "last_name": "DURAND", "department": "South",
            "assigned": ["REP01"],
        });
        let mut desk =
            planning::world(json!({"contacts": [contact]}), json!({"correspondents": [record]}));
        desk.parameters.merge = Merge::Record;
        plan_after(&mut desk, is_refused);
        desk.run();
        let (contact, record) = (&desk.store.store.contacts[0], &desk.crm.crm.correspondents[0]);
        assert_eq!(
            (&contact.job_title, &record.job_title, &contact.department, &record.department),
            (&"Buyer".into(), &"Buyer".into(), &"South".into(), &"South".into()),
            "refused {is_refused}"
        );
    }
}
