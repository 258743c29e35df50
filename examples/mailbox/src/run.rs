//! One run: from two listings to what is reported.

use std::path::PathBuf;

use counterpart::host::{Adapter, drive};
use counterpart::model::BySide;
use counterpart::profiles::outlook_x3::{Input, Kind, OutlookX3, Parameters, RunOptions, plan};
use counterpart::session::{Outcome, Session};
use counterpart::snapshot::Listing;
use indicatif::ProgressBar;
use mailbox::crm::Crm;
use mailbox::vdir::{Listed, Vdir};
use serde_json::Value;

use crate::{state, tell};

/// After how many answers the state is stored; a crash before loses no work, only the comparison of these.
const CHECKPOINT: usize = 64;

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
    /// Where the state of the last run is kept.
    pub(crate) state: PathBuf,
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

/// Plans, shows the plan, executes it and reports.
pub(crate) fn run(
    settings: &Settings,
    sides: &mut Sides,
    bar: &ProgressBar,
) -> Result<Told, String> {
    let (store, records) = (&sides.store.store, &sides.records);
    let state = state::load(&settings.state, &store.id, &records.folder)?;
    let mut parameters = Parameters::new(&settings.user, &settings.representative);
    let folder = |kind| Some(Vdir::collection(kind).to_owned());
    parameters.folders.contacts = folder(Kind::Contact);
    parameters.folders.tasks = folder(Kind::Task);
    parameters.folders.appointments = folder(Kind::Appointment);
    let collections = sides.mailbox.collections().map_err(|error| error.to_string())?;
    parameters.managed_folders = Some(collections);
    let full = Listing::full();
    let plan = plan(&Input {
        parameters: &parameters,
        store,
        crm: records,
        store_listing: &full,
        crm_listing: &full,
        state: &state,
        options: settings.options.clone(),
    })
    .map_err(|error| error.to_string())?;

    let mut told = Told::default();
    tell::listings(&mut told, sides);
    tell::plan(&mut told, &plan, sides);
    if settings.dry_run {
        tell::set(&mut told, "dry_run", Value::Bool(true));
        return Ok(told);
    }

    bar.set_length(plan.ops.len() as u64);
    let mut session = Session::new(plan, state);
    let mut saved = Ok(());
    let mut sides = BySide::<&mut dyn Adapter<OutlookX3>>::new(&mut sides.mailbox, &mut sides.crm);
    drive(&mut session, &mut sides, |session| {
        bar.set_position(session.progress() as u64);
        if session.progress() % CHECKPOINT == 0 {
            saved = state::save(&settings.state, session.state());
        }
        saved.is_ok()
    });
    bar.finish_and_clear();
    saved?;
    let (state, report) = session.finish();
    state::save(&settings.state, &state)?;
    told.failed = report.outcome == Outcome::Failure;
    tell::report(&mut told, &report);
    Ok(told)
}
