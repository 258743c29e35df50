//! One run: from two listings to what is reported.

use counterpart::host::{Adapter, StateStore, drive_stored};
use counterpart::model::BySide;
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{Input, Kind, OutlookX3, Parameters, RunOptions, plan};
use counterpart::schema::Schema as _;
use counterpart::session::{OpResult, Outcome, Session};
use counterpart::snapshot::{Listing, StateKey, SyncState};
use indicatif::ProgressBar;
use mailbox::crm::Crm;
use mailbox::state::StoreError;
use mailbox::vdir::{Listed, Vdir};
use serde_json::Value;

use crate::{one_line, tell};

/// How often a run is planned again because a record changed while it was running.
const ROUNDS: usize = 3;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The X3 user code.
    pub(crate) user: String,
    /// The user's representative.
    pub(crate) representative: String,
    /// Plan only; write nothing.
    pub(crate) dry_run: bool,
    /// What the run is asked for.
    pub(crate) options: RunOptions,
}

/// Both sides, opened and listed.
#[derive(Debug)]
pub(crate) struct Sides {
    /// The mailbox.
    pub(crate) mailbox: Vdir,
    /// What it holds.
    pub(crate) store: Listed,
    /// The CRM.
    pub(crate) crm: Crm,
    /// What it holds.
    pub(crate) records: counterpart::profiles::outlook_x3::Crm,
}

/// What a run says about itself: lines for a person, and the same as JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// For a person.
    pub(crate) lines: Vec<String>,
    /// For a program.
    pub(crate) json: Value,
    /// Whether the run stopped before its end.
    pub(crate) failed: bool,
}

/// Plans, shows the plan, executes it and reports. A record that changed while the run was going on is planned
/// again at once.
pub(crate) fn run(
    settings: &Settings,
    sides: &mut Sides,
    states: &mut impl StateStore<Error = StoreError>,
    bar: &ProgressBar,
) -> Result<Told, String> {
    let mut told = Told::default();
    tell::listings(&mut told, sides);
    for round in 1.. {
        let state = load(states, &sides.store.store.id, &sides.records.folder)?;
        let plan = planned(settings, sides, &state)?;
        tell::plan(&mut told, &plan, sides);
        if settings.dry_run {
            tell::set(&mut told, "dry_run", Value::Bool(true));
            break;
        }
        bar.set_length(plan.ops.len() as u64);
        let session = Session::new(plan, state);
        let mut both =
            BySide::<&mut dyn Adapter<OutlookX3>>::new(&mut sides.mailbox, &mut sides.crm);
        let report = drive_stored(session, &mut both, states, |session| {
            bar.set_position(session.progress() as u64);
            true
        })
        .map_err(one_line)?;
        bar.finish_and_clear();
        told.failed = report.outcome == Outcome::Failure;
        tell::report(&mut told, &report);
        if report.count(OpResult::Stale) == 0 || round == ROUNDS {
            break;
        }
        sides.store = sides.mailbox.list().map_err(one_line)?;
        sides.records = sides.crm.list().map_err(one_line)?;
    }
    Ok(told)
}

/// The state of the last run, or a new one with a key of its own.
fn load(
    states: &mut impl StateStore<Error = StoreError>,
    store: &str,
    folder: &str,
) -> Result<SyncState, String> {
    if let Some(state) = states.load().map_err(one_line)? {
        return Ok(state);
    }
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|error| format!("no random numbers: {error}"))?;
    let systems = BySide::new(store.to_owned(), folder.to_owned());
    Ok(SyncState::new(OutlookX3::NAME, systems, StateKey(key)))
}

fn planned(
    settings: &Settings,
    sides: &Sides,
    state: &SyncState,
) -> Result<Plan<OutlookX3>, String> {
    let mut parameters = Parameters::new(&settings.user, &settings.representative);
    let folder = |kind| Some(Vdir::collection(kind).to_owned());
    parameters.folders.contacts = folder(Kind::Contact);
    parameters.folders.tasks = folder(Kind::Task);
    parameters.folders.appointments = folder(Kind::Appointment);
    parameters.managed_folders = Some(sides.mailbox.collections().map_err(one_line)?);
    let full = Listing::full();
    let input = Input {
        parameters: &parameters,
        store: &sides.store.store,
        crm: &sides.records,
        store_listing: &full,
        crm_listing: &full,
        state,
        options: settings.options.clone(),
    };
    plan(&input).map_err(one_line)
}
