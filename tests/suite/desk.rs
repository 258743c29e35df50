//! A world on the in-memory host: people edit both sides, and runs bring them together.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Instant, Side, Text};
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{
    Correspondent, Crm, Input, MemoryCrm, MemoryStore, OutlookX3, Parameters, Record, RecordPatch,
    RunError, RunOptions, Store, plan,
};
use counterpart::schema::Schema as _;
use counterpart::session::{Report, Session};
use counterpart::snapshot::{Coverage, Listing, StateKey, SyncState};

use crate::changes::{ids, listed};
use crate::genes::{self, Dice, SECRET, Spec, USER};

/// A mailbox, a CRM, and what one user's runs remember.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) parameters: Parameters,
    pub(crate) store: MemoryStore,
    pub(crate) crm: MemoryCrm,
    pub(crate) state: SyncState,
    /// Both sides as the last completed run saw them.
    pub(crate) seen: Option<(Store, Crm)>,
    /// Every id there was since that run began: what of them is missing now was removed.
    existed: BySide<BTreeSet<String>>,
    /// The instant of the next run.
    pub(crate) now: Instant,
    /// Whether held deletions are executed.
    pub(crate) confirm: bool,
    /// Whether the host lists changes only, and proves by stamps that a record is unchanged.
    pub(crate) changes: bool,
    pub(crate) stamps_prove: bool,
    /// How many characters of a job title the CRM stores.
    pub(crate) job_title: Option<usize>,
    /// A number no key of the CRM has or will have; the next key is the number after it.
    counter: u32,
    made: u32,
}

/// What a run is given.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) store: Store,
    pub(crate) crm: Crm,
    pub(crate) listings: BySide<Listing>,
}

/// A CRM that stores the beginning of job titles only.
struct Truncating<'c> {
    crm: &'c mut MemoryCrm,
    limit: usize,
}

impl Adapter<OutlookX3> for Truncating<'_> {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let mut request = request.clone();
        let title = if let Action::Create(Record::Correspondent(record)) = &mut request.action {
            Some(&mut record.job_title)
        } else if let Action::Update(RecordPatch::Correspondent(patch)) = &mut request.action {
            patch.job_title.as_mut()
        } else {
            None
        };
        if let Some((title, text)) =
            title.and_then(|title| Some((title.known()?.to_owned(), title)))
        {
            *text = Text::from(title.chars().take(self.limit).collect::<String>());
        }
        self.crm.write(&request)
    }
}

impl Desk {
    pub(crate) fn new(parameters: Parameters, store: Store, crm: Crm) -> Self {
        let systems = BySide::new(store.id.clone(), crm.folder.clone());
        Self {
            parameters,
            store: MemoryStore::new(store),
            crm: MemoryCrm::new(crm),
            state: SyncState::new(OutlookX3::NAME, systems, StateKey(*b"0123456789abcdef")),
            seen: None,
            existed: BySide::default(),
            now: genes::start(),
            confirm: false,
            changes: false,
            stamps_prove: false,
            job_title: None,
            counter: 1000,
            made: 100,
        }
    }

    pub(crate) fn of(spec: &Spec) -> Self {
        let dice = &mut Dice::new(spec.settings.get(12..14).unwrap_or_default());
        let mut desk = Self::new(genes::parameters(spec), genes::store(spec), genes::crm(spec));
        desk.changes = dice.rarely(3);
        desk.stamps_prove = dice.rarely(3);
        desk
    }

    /// What the host lists for the next run.
    pub(crate) fn listed(&self) -> Listed {
        let coverage = if self.changes { Coverage::Changes } else { Coverage::Full };
        let before = self.seen.as_ref().map(|seen| (seen, &self.existed));
        let (store, crm) = (&self.store.store, &self.crm.crm);
        let (store, crm, mut listings) = listed(store, crm, before, &self.state, coverage);
        listings.a.stamps_prove = self.stamps_prove;
        listings.b.stamps_prove = self.stamps_prove;
        Listed { store, crm, listings }
    }

    pub(crate) fn plan_of(&self, listed: &Listed) -> Result<Plan<OutlookX3>, RunError> {
        let mut options = RunOptions::at(self.now);
        options.confirm = self.confirm;
        self.plan_with(listed, options)
    }

    pub(crate) fn plan_with(
        &self,
        listed: &Listed,
        options: RunOptions,
    ) -> Result<Plan<OutlookX3>, RunError> {
        plan(&Input {
            parameters: &self.parameters,
            store: &listed.store,
            crm: &listed.crm,
            store_listing: &listed.listings.a,
            crm_listing: &listed.listings.b,
            state: &self.state,
            options,
        })
    }

    pub(crate) fn plan(&self) -> Plan<OutlookX3> {
        self.plan_of(&self.listed()).expect("a plan")
    }

    /// Executes a plan; stops after so many answers. The state survives as a host stores it.
    pub(crate) fn execute(&mut self, plan: Plan<OutlookX3>, answers: usize) -> Report<OutlookX3> {
        self.execute_until(plan, answers, false)
    }

    pub(crate) fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let makes = matches!(request.action, Action::Create(_));
        match (request.side, self.job_title) {
            (Side::A, _) => self.store.write(request),
            (Side::B, None) if makes => self.counting(|crm| crm.write(request)),
            (Side::B, Some(limit)) if makes => {
                self.counting(|crm| Truncating { crm, limit }.write(request))
            }
            (Side::B, None) => self.crm.write(request),
            (Side::B, Some(limit)) => Truncating { crm: &mut self.crm, limit }.write(request),
        }
    }

    /// The CRM's counters never give a key twice, though the in-memory CRM counts what it holds.
    fn counting<T>(&mut self, write: impl FnOnce(&mut MemoryCrm) -> T) -> T {
        let last: Vec<String> = ["COR", "TSK", "CLL", "BAP"]
            .map(|prefix| format!("{prefix}{:08}", self.counter))
            .into();
        self.counter += 2;
        for key in &last {
            let mut one = Correspondent::default();
            one.chrono.clone_from(key);
            self.crm.crm.correspondents.push(one);
        }
        let answer = write(&mut self.crm);
        self.crm.crm.correspondents.retain(|one| !last.contains(&one.chrono));
        answer
    }

    /// Executes a plan; stops after so many answers, or after the next write before it is answered.
    pub(crate) fn execute_until(
        &mut self,
        plan: Plan<OutlookX3>,
        answers: usize,
        and_a_write: bool,
    ) -> Report<OutlookX3> {
        let before = (self.store.store.clone(), self.crm.crm.clone());
        let existed = ids(&self.store.store, &self.crm.crm);
        let mut session = Session::new(plan, self.state.clone());
        for _ in 0..answers {
            let Some(request) = session.poll_request() else { break };
            let response = self.write(&request);
            session.handle_response(response);
        }
        let next = session.poll_request();
        if let (Some(request), true) = (&next, and_a_write) {
            self.write(request);
        }
        if next.is_none() {
            self.seen = Some(before);
            self.existed = BySide::default();
        }
        let after = ids(&self.store.store, &self.crm.crm);
        for side in Side::BOTH {
            let every = existed.get(side).union(after.get(side)).cloned();
            self.existed.get_mut(side).extend(every);
        }
        let (state, report) = session.finish();
        self.state = SyncState::from_bytes(&state.to_bytes()).expect("a state it wrote");
        assert_eq!(self.state, state, "a state survives being stored");
        self.now += TimeDelta::hours(1);
        report
    }

    /// One run, to its end.
    pub(crate) fn run(&mut self) -> (Plan<OutlookX3>, Report<OutlookX3>) {
        let plan = self.plan();
        let report = self.execute(plan.clone(), usize::MAX);
        (plan, report)
    }

    /// When people edit: after the last run and before the next, sometimes both sides at once.
    fn edited(&self, dice: &mut Dice<'_>) -> Instant {
        self.now - TimeDelta::minutes(10) + TimeDelta::minutes(i64::from(dice.roll(3)))
    }

    /// One step: people edit something, or (`true`) it is time for a run.
    pub(crate) fn step(&mut self, genes: &[u8]) -> bool {
        let dice = &mut Dice::new(genes);
        let when = self.edited(dice);
        match dice.roll(11) {
            0 | 10 => return true,
            1..=3 => self.edit_item(dice, when),
            4..=6 => self.edit_record(dice, when),
            7 => self.hide_item(dice, when),
            8 => self.remove_or_move(dice, when),
            _ => self.add(dice, when),
        }
        false
    }

    fn edit_item(&mut self, dice: &mut Dice<'_>, when: Instant) {
        let store = &mut self.store.store;
        macro_rules! touch {
            ($list:ident, $touch:path) => {
                if let Some(one) = chosen(&mut store.$list, dice) {
                    one.modified = when;
                    $touch(one, dice);
                }
            };
        }
        match dice.roll(3) {
            0 => touch!(contacts, genes::touch_contact),
            1 => touch!(tasks, genes::touch_task),
            _ => touch!(appointments, genes::touch_appointment),
        }
    }

    fn edit_record(&mut self, dice: &mut Dice<'_>, when: Instant) {
        let crm = &mut self.crm.crm;
        macro_rules! touch {
            ($list:ident, $touch:path) => {
                if let Some(one) = chosen(&mut crm.$list, dice) {
                    one.modified = when;
                    $touch(one, dice);
                }
            };
        }
        match dice.roll(4) {
            0 => touch!(correspondents, genes::touch_correspondent),
            1 => touch!(tasks, genes::touch_crm_task),
            2 => touch!(calls, genes::touch_call),
            _ => touch!(appointments, genes::touch_crm_appointment),
        }
    }

    /// An item turns private, or public again; what people wrote while it was private leaves it then.
    fn hide_item(&mut self, dice: &mut Dice<'_>, when: Instant) {
        let store = &mut self.store.store;
        macro_rules! hide {
            ($list:ident) => {
                if let Some(one) = chosen(&mut store.$list, dice) {
                    one.modified = when;
                    one.private = !one.private;
                    let text = serde_json::to_string(one).expect("JSON");
                    if !one.private {
                        *one = serde_json::from_str(&text.replace(SECRET, "")).expect("an item");
                    }
                }
            };
        }
        match dice.roll(3) {
            0 => hide!(contacts),
            1 => hide!(tasks),
            _ => hide!(appointments),
        }
    }

    fn remove_or_move(&mut self, dice: &mut Dice<'_>, when: Instant) {
        let (store, crm) = (&mut self.store.store, &mut self.crm.crm);
        self.made += 1;
        let id = format!("M{}", self.made);
        match dice.roll(12) {
            0 => drop(taken(&mut store.contacts, dice)),
            1 => drop(taken(&mut store.tasks, dice)),
            2 => drop(taken(&mut store.appointments, dice)),
            3 => drop(taken(&mut crm.correspondents, dice)),
            4 => drop(taken(&mut crm.tasks, dice)),
            5 => drop(taken(&mut crm.calls, dice)),
            6 => drop(taken(&mut crm.appointments, dice)),
            7 => {
                if let Some(one) = chosen(&mut store.tasks, dice) {
                    (one.id, one.modified) = (id, when);
                }
            }
            8 => {
                if let Some(one) = chosen(&mut store.contacts, dice) {
                    (one.id, one.modified) = (id, when);
                }
            }
            9 => {
                if let Some(one) = chosen(&mut crm.correspondents, dice) {
                    one.modified = when;
                    if one.assigned.iter().any(|code| code == USER) {
                        one.assigned.retain(|code| code != USER);
                    } else {
                        one.assign(USER.to_owned());
                    }
                }
            }
            10 => {
                if let Some(one) = chosen(&mut crm.tasks, dice) {
                    one.modified = when;
                    one.representative =
                        if one.representative == USER { "REP02" } else { USER }.to_owned();
                }
            }
            _ => {
                if let Some(one) = chosen(&mut store.appointments, dice) {
                    (one.recurring, one.modified) = (!one.recurring, when);
                }
            }
        }
    }

    fn add(&mut self, dice: &mut Dice<'_>, when: Instant) {
        let store = &mut self.store.store;
        self.made += 1;
        let id = format!("M{}", self.made);
        let sort = dice.roll(5);
        let genes: [u8; 16] = std::array::from_fn(|_| dice.roll(u8::MAX));
        match sort {
            0 => {
                let mut one = genes::contact(id, &genes);
                (one.created, one.modified) = (Some(when), when);
                store.contacts.push(one);
            }
            1 => {
                let mut one = genes::task(id, &genes);
                (one.created, one.modified) = (Some(when), when);
                store.tasks.push(one);
            }
            2 => {
                let mut one = genes::appointment(id, &genes);
                (one.created, one.modified) = (Some(when), when);
                store.appointments.push(one);
            }
            3 => {
                if let Some(one) = chosen(&mut store.tasks, dice).map(|one| one.clone()) {
                    let mut copy = one;
                    (copy.id, copy.created, copy.modified) = (id, Some(when), when);
                    store.tasks.push(copy);
                }
            }
            _ => {
                if let Some(one) = chosen(&mut store.contacts, dice).map(|one| one.clone()) {
                    let mut copy = one;
                    (copy.id, copy.created, copy.modified) = (id, Some(when), when);
                    store.contacts.push(copy);
                }
            }
        }
    }
}

fn chosen<'l, T>(list: &'l mut [T], dice: &mut Dice<'_>) -> Option<&'l mut T> {
    let place = usize::from(dice.roll(8)).checked_rem(list.len())?;
    list.get_mut(place)
}

fn taken<T>(list: &mut Vec<T>, dice: &mut Dice<'_>) -> Option<T> {
    let place = usize::from(dice.roll(8)).checked_rem(list.len())?;
    Some(list.remove(place))
}
