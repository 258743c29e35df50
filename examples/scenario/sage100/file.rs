//! The scenario file: a CRM, an ERP, parameters, and steps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterpart::model::Side;
use counterpart::profiles::sage100::Request;
use counterpart::snapshot::Coverage;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::fault::{Fault, StateFault};

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The profile's name.
    #[expect(dead_code, reason = "read before the file is")]
    pub profile: String,
    /// One line of free text.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    pub description: String,
    /// The integration's parameters; kept as JSON, so that a step can change some of them.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// The CRM; kept as JSON, because some defaults depend on the parameters.
    #[serde(default)]
    pub crm: Map<String, Value>,
    /// The ERP; kept as JSON, so that what is required of its records can be looked for.
    #[serde(default)]
    pub erp: Map<String, Value>,
    /// What happens.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// One step: an edit made by people, or a run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// People work in the CRM.
    Crm(Edit),
    /// People work in the ERP.
    Erp(Edit),
    /// The file of the last synchronisation is lost.
    ForgetState(bool),
    /// The following steps speak of another integration.
    Integration(String),
    /// Some parameters change.
    Parameters(Map<String, Value>),
    /// The state of the next run is not its own.
    State(StateFault),
    /// A run.
    Sync(Sync),
}

/// What people do on a side.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Edit {
    /// Whole records, inserted or replaced, and whole lists.
    pub put: Map<String, Value>,
    /// New values of named keys, by record.
    pub patch: BTreeMap<String, Map<String, Value>>,
    /// Records that go.
    pub remove: Vec<String>,
}

/// One run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sync {
    /// The instant of the run.
    pub now: DateTime<Utc>,
    /// What users ask for.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// Whether what is held is executed.
    #[serde(default)]
    pub confirm: bool,
    /// How complete the listings are.
    #[serde(default)]
    pub coverage: Coverage,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<Fault<FaultSide>>,
}

/// A side by the profile's word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultSide {
    /// The CRM.
    Crm,
    /// The ERP.
    Erp,
}

impl From<FaultSide> for Side {
    fn from(side: FaultSide) -> Self {
        match side {
            FaultSide::Crm => Self::B,
            FaultSide::Erp => Self::A,
        }
    }
}
