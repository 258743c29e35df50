//! An integration of the profile `sage100` and its two sides, for tests.

use counterpart::host::{Adapter, Request, Response, drive};
use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{
    self, Crm, Erp, Input, MemoryCrm, MemoryErp, Parameters, Planned, RunOptions, Sage100, explain,
    plan, systems,
};
use counterpart::report::Explanation;
use counterpart::session::{Report, Session};
use counterpart::snapshot::{Listing, StateKey, SyncState};
use serde_json::{Value, json};

/// A side that refuses everything, with a name in its words.
pub(crate) struct Refusing;

/// A side whose answers never arrive.
pub(crate) struct Silent;

impl Adapter<Sage100> for Refusing {
    fn write(&mut self, _: &Request<Sage100>) -> Response<Sage100> {
        Response::Refused { message: "Mme Petit est inconnue".to_owned(), trace: None }
    }
}

impl Adapter<Sage100> for Silent {
    fn write(&mut self, _: &Request<Sage100>) -> Response<Sage100> {
        Response::Lost
    }
}

/// An integration between two runs.
pub(crate) struct Office {
    pub(crate) parameters: Parameters,
    pub(crate) crm: MemoryCrm,
    pub(crate) erp: MemoryErp,
    pub(crate) state: SyncState,
    pub(crate) requests: Vec<sage100::Request>,
    /// What the sides leave out of listings they call complete.
    pub(crate) hide: fn(&mut Erp, &mut Crm),
    /// The filters that the sides say they list by.
    pub(crate) filters: BySide<Option<String>>,
    /// What the sides name as removed, where they list changes only.
    pub(crate) changes: Option<BySide<Vec<String>>>,
    /// The sides that list everything all the same.
    pub(crate) whole: BySide<bool>,
    /// Whether more of what they list follows in a later run.
    pub(crate) more: bool,
    day: u32,
}

impl Office {
    pub(crate) fn new(erp: Value) -> Self {
        let erp = serde_json::from_value(erp).expect("an ERP");
        Self {
            parameters: Parameters::default(),
            crm: MemoryCrm::default(),
            erp: MemoryErp::new(erp),
            state: SyncState::new("sage100", systems("Sage100"), StateKey([7; 16])),
            requests: Vec::new(),
            hide: |_, _| {},
            filters: BySide::default(),
            changes: None,
            whole: BySide::default(),
            more: false,
            day: 1,
        }
    }

    pub(crate) fn with_input<T>(&self, then: impl FnOnce(&Input<'_>) -> T) -> T {
        let now = format!("2026-03-{:02}T08:00:00Z", self.day).parse().expect("an instant");
        let (mut erp, mut crm) = (self.erp.erp.clone(), self.crm.crm.clone());
        (self.hide)(&mut erp, &mut crm);
        let listings = BySide::from_fn(|side| {
            let changes = self.changes.as_ref().filter(|_| !*self.whole.get(side));
            let removed = changes.map(|removed| removed.get(side).clone());
            let mut listing = removed.map_or_else(Listing::full, Listing::changes);
            listing.scope.clone_from(self.filters.get(side));
            listing.more = self.more;
            listing
        });
        then(&Input {
            parameters: &self.parameters,
            erp: &erp,
            crm: &crm,
            erp_listing: &listings.a,
            crm_listing: &listings.b,
            state: &self.state,
            requests: &self.requests,
            options: RunOptions::at(now),
        })
    }

    pub(crate) fn planned(&self) -> Planned {
        self.with_input(|input| plan(input).expect("a plan"))
    }

    pub(crate) fn told(&self, side: Side, id: &str) -> Vec<Explanation<Sage100>> {
        self.with_input(|input| explain(input, side, id).expect("an explanation"))
    }

    /// A run in which other sides answer, where they are given.
    pub(crate) fn run(
        &mut self,
        erp: Option<&mut dyn Adapter<Sage100>>,
        crm: Option<&mut dyn Adapter<Sage100>>,
    ) -> Report<Sage100> {
        let mut session = Session::new(self.planned().plan, self.state.clone());
        let (erp, crm) = (erp.unwrap_or(&mut self.erp), crm.unwrap_or(&mut self.crm));
        drive(&mut session, &mut BySide::new(erp, crm), |_| true);
        let (state, report) = session.finish();
        (self.state, self.day) = (state, self.day + 1);
        self.requests.clear();
        report
    }
}

pub(crate) fn one_account() -> Value {
    let account = json!({
        "code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Petit",
    });
    json!({"accounts": [account]})
}
