//! One user at his desk: his mailbox, the CRM, and what was agreed last.

use std::io;
use std::path::PathBuf;

use counterpart::model::BySide;
use counterpart::profiles::outlook_x3::{self, Input, Kind, OutlookX3, Parameters, RunOptions};
use counterpart::snapshot::{Listing, SyncState};
use groundwork::one_line;
use groundwork::state::States;
use groundwork::terminal::progress;

use crate::crm::Crm;
use crate::demo;
use crate::vdir::{Listed, Options, Vdir};

/// Whose mailbox is kept in step with which CRM.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The directory of the mailbox.
    pub mailbox: PathBuf,
    /// The CRM's file.
    pub crm: PathBuf,
    /// The X3 user code.
    pub user: String,
    /// The user's representative.
    pub representative: String,
    /// How the mailbox is read.
    pub options: Options,
    /// Whether the state lies in the CRM's file instead of in one beside it.
    pub state_in_crm: bool,
}

/// Both sides, opened and listed, and the store of the state.
#[derive(Debug)]
pub struct Sides {
    /// The mailbox.
    pub mailbox: Vdir,
    /// What it holds.
    pub store: Listed,
    /// The CRM.
    pub crm: Crm,
    /// What it holds.
    pub records: outlook_x3::Crm,
    /// Where the state is kept.
    pub states: States,
}

impl Desk {
    /// Opens and lists both sides. With `keep`, the mailbox's id is written down if it has none yet.
    ///
    /// # Errors
    /// Why a side cannot be used, as one line.
    pub fn open(&self, keep: bool) -> Result<Sides, String> {
        let at_mailbox = |error: io::Error| format!("{}: {error}", self.mailbox.display());
        let id = demo::store_id(&self.mailbox, keep).map_err(at_mailbox)?;
        let mut mailbox =
            Vdir::open(&self.mailbox, &id, self.options.clone()).map_err(at_mailbox)?;
        let crm = Crm::open(&self.crm).map_err(one_line)?;
        let bar = progress("reading the mailbox");
        let store = mailbox.list_with(|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let store = store.map_err(at_mailbox)?;
        let records = crm.list().map_err(one_line)?;
        let states = States::of(&self.crm, &id, self.state_in_crm).map_err(one_line)?;
        Ok(Sides { mailbox, store, crm, records, states })
    }
}

impl Sides {
    /// Lists both sides again.
    ///
    /// # Errors
    /// Why a side cannot be listed, as one line.
    pub fn list(&mut self) -> Result<(), String> {
        self.store = self.mailbox.list().map_err(one_line)?;
        self.records = self.crm.list().map_err(one_line)?;
        Ok(())
    }

    /// What both are called in their state.
    pub fn systems(&self) -> BySide<String> {
        BySide::new(self.store.store.id.clone(), self.records.folder.clone())
    }

    /// The state of the last run, or a new one.
    ///
    /// # Errors
    /// The state cannot be read, as one line.
    pub fn state(&mut self) -> Result<SyncState, String> {
        let systems = self.systems();
        self.states.current::<OutlookX3>(systems)
    }
}

/// What a run depends on beside both sides and the state.
#[derive(Clone, Debug)]
pub struct Basis {
    parameters: Parameters,
    store_listing: Listing,
    crm_listing: Listing,
    options: RunOptions,
}

impl Basis {
    /// The basis of a run that is asked for `options`, and to take the CRM's records `forced` again.
    ///
    /// # Errors
    /// The mailbox cannot be read, as one line.
    pub fn new(
        desk: &Desk,
        sides: &Sides,
        options: RunOptions,
        forced: Vec<String>,
    ) -> Result<Self, String> {
        let mut parameters = Parameters::new(&desk.user, &desk.representative);
        let folder = |kind| Some(Vdir::collection(kind).to_owned());
        parameters.folders.contacts = folder(Kind::Contact);
        parameters.folders.tasks = folder(Kind::Task);
        parameters.folders.appointments = folder(Kind::Appointment);
        parameters.managed_folders = Some(sides.mailbox.collections().map_err(one_line)?);
        let mut crm_listing = Listing::full();
        crm_listing.forced = forced;
        Ok(Self { parameters, store_listing: Listing::full(), crm_listing, options })
    }

    /// The engine's input.
    pub fn input<'a>(&'a self, sides: &'a Sides, state: &'a SyncState) -> Input<'a> {
        Input {
            parameters: &self.parameters,
            store: &sides.store.store,
            crm: &sides.records,
            store_listing: &self.store_listing,
            crm_listing: &self.crm_listing,
            state,
            options: self.options.clone(),
        }
    }
}
