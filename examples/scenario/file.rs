//! The scenario file: two sides, parameters, and steps.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use counterpart::model::Side;
use counterpart::profiles::outlook_x3::{Crm, Selection, Store, StoreKind};
use counterpart::snapshot::Coverage;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::fault::{Fault, StateFault};

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The profile's name.
    pub profile: String,
    /// One line of free text.
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    pub description: String,
    /// The user's parameters; kept as JSON, so that a step can change some of them.
    pub parameters: Map<String, Value>,
    /// The mailbox.
    pub store: Store,
    /// The CRM.
    pub crm: Crm,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One step: an edit made by people, or a run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// People work in the CRM.
    Crm(Edit),
    /// The file of the last synchronisation is lost.
    ForgetState(bool),
    /// The following steps speak of another mailbox.
    Mailbox(Mailbox),
    /// Some parameters change.
    Parameters(Map<String, Value>),
    /// The state of the next run is not its own.
    State(StateFault),
    /// People work in the mailbox.
    Store(Edit),
    /// A run.
    Sync(Sync),
}

/// What people do on a side.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Edit {
    /// Whole records, inserted or replaced, by list.
    pub put: BTreeMap<String, Vec<Value>>,
    /// New values of named keys, by record.
    pub patch: BTreeMap<String, Map<String, Value>>,
    /// Records that go.
    pub remove: Vec<String>,
}

/// Another mailbox.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Mailbox {
    /// By its id.
    Id(String),
    /// By its id and kind.
    Full(MailboxKind),
}

/// A mailbox by its id and kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailboxKind {
    /// The store's id.
    pub id: String,
    /// How its ids behave.
    #[serde(default)]
    pub kind: StoreKind,
}

/// One run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sync {
    /// The instant of the run.
    pub now: DateTime<Utc>,
    /// What is sent again.
    #[serde(default)]
    pub force: Option<Force>,
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

impl Sync {
    /// How complete the listings are. A run forced from the mailbox has no state, and lists everything (D20).
    pub(crate) fn listed(&self) -> Coverage {
        let forced = self.force.as_ref().is_some_and(|force| force.store_since.is_some());
        if forced { Coverage::Full } else { self.coverage }
    }
}

/// What is sent again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Force {
    /// The CRM's records.
    pub crm: ForceCrm,
    /// The mailbox's items since an instant.
    pub store_since: Option<DateTime<Utc>>,
}

/// Which of the CRM's records are sent again: `true`, `false`, or a selection (A9.3).
#[derive(Clone, Debug)]
pub(crate) enum ForceCrm {
    /// All of them, or none.
    Whole(bool),
    /// Some of them.
    Part(Box<Selection>),
}

impl Default for ForceCrm {
    fn default() -> Self {
        Self::Whole(false)
    }
}

impl<'de> Deserialize<'de> for ForceCrm {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ForceCrmForm)
    }
}

struct ForceCrmForm;

impl<'de> Visitor<'de> for ForceCrmForm {
    type Value = ForceCrm;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a boolean or a selection of kinds")
    }

    fn visit_bool<E: serde::de::Error>(self, whole: bool) -> Result<ForceCrm, E> {
        Ok(ForceCrm::Whole(whole))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<ForceCrm, M::Error> {
        let part = Selection::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ForceCrm::Part(Box::new(part)))
    }
}

/// A side by the profile's word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultSide {
    /// The CRM.
    Crm,
    /// The mailbox.
    Store,
}

impl From<FaultSide> for Side {
    fn from(side: FaultSide) -> Self {
        match side {
            FaultSide::Crm => Self::B,
            FaultSide::Store => Self::A,
        }
    }
}

/// A message as one line, whatever the file holds.
pub(crate) fn one_line(message: &str) -> String {
    message.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

/// Reads a scenario file; the error names the key and the place.
pub(crate) fn parse(text: &str) -> Result<Scenario, String> {
    let mut input = serde_json::Deserializer::from_str(text);
    let scenario = serde_path_to_error::deserialize(&mut input)
        .map_err(|error| one_line(&format!("{}: {}", error.path(), error.inner())))?;
    input.end().map_err(|error| error.to_string())?;
    Ok(scenario)
}

/// Reads a value of which a step gives a part; `place` names it in errors.
pub(crate) fn typed<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, String> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| one_line(&format!("{place}.{}: {}", error.path(), error.inner())))
}
