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
    #[serde(default)]
    pub store: Store,
    /// The CRM.
    #[serde(default)]
    pub crm: Crm,
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

/// Another mailbox: by its id, or by its id and kind.
#[derive(Debug)]
pub(crate) struct Mailbox {
    /// The store's id.
    pub id: String,
    /// How its ids behave.
    pub kind: StoreKind,
}

impl<'de> Deserialize<'de> for Mailbox {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(MailboxForm)
    }
}

struct MailboxForm;

impl<'de> Visitor<'de> for MailboxForm {
    type Value = Mailbox;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the id of a mailbox, or an object with its id and kind")
    }

    fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<Mailbox, E> {
        Ok(Mailbox { id: id.to_owned(), kind: StoreKind::default() })
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Mailbox, M::Error> {
        /// The keys of the longer form.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            id: String,
            #[serde(default)]
            kind: StoreKind,
        }
        let Full { id, kind } = Full::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Mailbox { id, kind })
    }
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

/// What is wrong, and where: a path inside a place of the file, either of which may be the whole of it.
fn told<E: fmt::Display>(place: &str, error: &serde_path_to_error::Error<E>) -> String {
    let path = error.path().to_string();
    let parts = [place, path.as_str()].into_iter().filter(|part| !matches!(*part, "" | "."));
    let whole = parts.collect::<Vec<_>>().join(".");
    let gap = if whole.is_empty() { "" } else { ": " };
    one_line(&format!("{whole}{gap}{}", error.inner()))
}

/// Reads a scenario file; the error names the key and the place.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut input = serde_json::Deserializer::from_str(text);
    let scenario = serde_path_to_error::deserialize(&mut input)
        .map_err(|error| crowded_step(text).unwrap_or_else(|| told("", &error)))?;
    input.end().map_err(|error| error.to_string())?;
    Ok(scenario)
}

/// Says which step has not exactly one key, if there is one.
fn crowded_step(text: &str) -> Option<String> {
    let file: Value = serde_json::from_str(text).ok()?;
    let steps = file.get("steps")?.as_array()?.iter().map(Value::as_object);
    let keys = steps.map(|step| step.map_or(1, Map::len));
    let (number, count) = keys.enumerate().find(|(_, count)| *count != 1)?;
    Some(format!("steps[{number}]: a step has exactly one key, and this one has {count}"))
}

/// Reads a value of which a step gives a part; `place` names it in errors.
pub(crate) fn typed<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| told(place, &error))
}
