//! An integration: which ERP base is kept in step with which CRM.

use std::path::PathBuf;

use counterpart::model::BySide;
use counterpart::profiles::sage100::{self, Input, Parameters, Request, RunOptions, Sage100};
use counterpart::snapshot::{Listing, SyncState};
use groundwork::one_line;
use groundwork::state::States;

use crate::crm::Crm;
use crate::erp::Erp;

/// Both files of an integration; its parameters stand in the CRM.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The ERP's file.
    pub erp: PathBuf,
    /// The CRM's file.
    pub crm: PathBuf,
    /// Whether the state lies in the CRM's file instead of in one beside it.
    pub state_in_crm: bool,
    /// Whether only what changed since the last run is listed, where there was one.
    pub changes: bool,
}

/// Both sides, opened and listed, and the store of the state.
#[derive(Debug)]
pub struct Sides {
    /// The ERP.
    pub erp: Erp,
    /// What it holds.
    pub base: sage100::Erp,
    /// The CRM.
    pub crm: Crm,
    /// What it holds.
    pub records: sage100::Crm,
    /// The parameters of the integration.
    pub parameters: Parameters,
    /// Where the state is kept.
    pub states: States,
    changes: bool,
    listings: BySide<Listing>,
}

impl Integration {
    /// Opens and lists both sides.
    ///
    /// # Errors
    /// Why a side cannot be used, as one line.
    pub fn open(&self) -> Result<Sides, String> {
        let erp = Erp::open(&self.erp).map_err(one_line)?;
        let crm = Crm::open(&self.crm).map_err(one_line)?;
        let parameters = crm.parameters()?;
        let name = &parameters.integration;
        let states = States::of(&self.crm, name, self.state_in_crm).map_err(one_line)?;
        let (base, records) = Default::default();
        let (changes, listings) = (self.changes, BySide::default());
        let mut sides = Sides { erp, base, crm, records, parameters, states, changes, listings };
        sides.list()?;
        Ok(sides)
    }
}

impl Sides {
    /// Lists both sides again.
    ///
    /// # Errors
    /// Why a side cannot be listed, as one line.
    pub fn list(&mut self) -> Result<(), String> {
        let state = if self.changes { Some(self.state()?) } else { None };
        let Some((since, state)) = state.and_then(|state| Some((state.watermark?, state))) else {
            self.base = self.erp.list().map_err(one_line)?;
            self.records = self.crm.list().map_err(one_line)?;
            self.listings = BySide::new(Listing::full(), Listing::full());
            return Ok(());
        };
        let needed = BySide::from_fn(|side| state.wanted(side).collect::<Vec<_>>());
        let base = self.erp.changes(since, &needed.a).map_err(one_line)?;
        let records = self.crm.changes(since, &needed.b).map_err(one_line)?;
        (self.base, self.records) = (base.listed, records.listed);
        let removed = BySide::new(base.removed, records.removed);
        self.listings = removed.map(Listing::changes);
        Ok(())
    }

    /// What both are called in their state.
    pub fn systems(&self) -> BySide<String> {
        sage100::systems(&self.parameters.integration)
    }

    /// The state of the last run, or a new one.
    ///
    /// # Errors
    /// The state cannot be read, as one line.
    pub fn state(&mut self) -> Result<SyncState, String> {
        let systems = self.systems();
        self.states.current::<Sage100>(systems)
    }

    /// The engine's input.
    pub const fn input<'a>(
        &'a self,
        state: &'a SyncState,
        requests: &'a [Request],
        options: RunOptions,
    ) -> Input<'a> {
        Input {
            parameters: &self.parameters,
            erp: &self.base,
            crm: &self.records,
            erp_listing: &self.listings.a,
            crm_listing: &self.listings.b,
            state,
            requests,
            options,
        }
    }
}
