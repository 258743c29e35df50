//! What goes wrong in a run, and with the state of a run: the same for every profile.

use chrono::{DateTime, TimeDelta, Utc};
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Side};
use counterpart::schema::Schema;
use counterpart::snapshot::{FORMAT_VERSION, StateError, StateKey, SyncState};
use serde::Deserialize;
use serde_json::Value;

/// The key of every state in a scenario: a scenario is no secret, and must give the same trace every time.
pub(crate) const KEY: StateKey = StateKey(*b"scenario-fixture");

/// Something that goes wrong at one operation. `N` is the profile's word for a side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault<N> {
    /// On which side.
    pub side: N,
    /// At which action.
    pub on: FaultOn,
    /// At which of the matching operations that are attempted, from 1.
    #[serde(default = "first")]
    pub nth: u32,
    /// What goes wrong.
    #[serde(rename = "fault")]
    pub what: FaultKind,
    /// What the side says.
    #[serde(default)]
    pub message: String,
    /// The code of its trace.
    #[serde(default)]
    pub trace: Option<String>,
}

const fn first() -> u32 {
    1
}

/// An action, or any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultOn {
    /// Every action.
    Any,
    /// Creations.
    Create,
    /// Deletions.
    Delete,
    /// Stamps.
    Stamp,
    /// Unassignments.
    Unassign,
    /// Updates.
    Update,
}

impl FaultOn {
    /// Whether it means an action, by the action's name.
    fn matches(self, action: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Create => action == "create",
            Self::Delete => action == "delete",
            Self::Stamp => action == "stamp",
            Self::Unassign => action == "unassign",
            Self::Update => action == "update",
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// The process dies after the write.
    CrashAfter,
    /// The process dies before the write.
    CrashBefore,
    /// It is written, but no answer arrives.
    LostAnswer,
    /// The side refuses.
    Refuse,
    /// The side says the record has changed.
    Stale,
}

/// The faults of a run, each with the number of operations that it might have hit.
#[derive(Debug)]
pub(crate) struct Faults<N>(Vec<(Fault<N>, u32)>);

impl<N: Copy + Into<Side>> Faults<N> {
    pub(crate) fn new(faults: &[Fault<N>]) -> Self
    where
        N: Clone,
    {
        Self(faults.iter().cloned().map(|fault| (fault, 0)).collect())
    }

    /// What a side answers; `None` when the process dies.
    pub(crate) fn answer<S: Schema>(
        &mut self,
        side: &mut dyn Adapter<S>,
        request: &Request<S>,
    ) -> Option<Response<S>> {
        let mut hit = None;
        for (fault, count) in &mut self.0 {
            if fault.side.into() == request.side && fault.on.matches(request.action.name()) {
                *count += 1;
                if *count == fault.nth && hit.is_none() {
                    hit = Some(fault.clone());
                }
            }
        }
        let Some(fault) = hit else {
            return Some(side.write(request));
        };
        match fault.what {
            FaultKind::CrashBefore => None,
            FaultKind::CrashAfter => {
                side.write(request);
                None
            }
            FaultKind::LostAnswer => {
                side.write(request);
                Some(Response::Lost)
            }
            FaultKind::Refuse => {
                Some(Response::Refused { message: fault.message, trace: fault.trace })
            }
            FaultKind::Stale => Some(Response::Stale),
        }
    }
}

/// What is wrong with the state of the next run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateFault {
    /// It belongs to other systems.
    Foreign,
    /// It has a newer format.
    Newer,
}

/// The state of a run between two systems, as it was stored, or one of others; `None` where its format is newer.
pub(crate) fn state_of_run(
    fault: Option<StateFault>,
    stored: Option<&[u8]>,
    (profile, systems, others): (&str, BySide<String>, BySide<String>),
) -> Result<Option<SyncState>, String> {
    let fresh = SyncState::new(profile, systems, KEY);
    let bytes = match fault {
        Some(StateFault::Foreign) => Some(SyncState::new(profile, others, KEY).to_bytes()),
        Some(StateFault::Newer) => {
            let mut bytes = stored.map_or_else(|| fresh.to_bytes(), <[u8]>::to_vec);
            let newer = (FORMAT_VERSION + 1).to_le_bytes();
            bytes.iter_mut().skip(8).zip(newer).for_each(|(byte, new)| *byte = new);
            Some(bytes)
        }
        None => stored.map(<[u8]>::to_vec),
    };
    match bytes.map(|bytes| SyncState::from_bytes(&bytes)) {
        None => Ok(Some(fresh)),
        Some(Ok(state)) => Ok(Some(state)),
        Some(Err(StateError::Newer { .. })) => Ok(None),
        Some(Err(error)) => Err(error.to_string()),
    }
}

/// When people work whose edits name no time: a second after the last run.
pub(crate) fn edit_time(last_run: Option<DateTime<Utc>>) -> DateTime<Utc> {
    last_run.map(|now| now + TimeDelta::seconds(1)).unwrap_or_default()
}

/// Objects key by key, everything else whole. A null is a value, but inside an object of one of these names it takes
/// its key away.
pub(crate) fn merge(target: &mut Value, patch: Value, maps: &[&str]) {
    merge_inside(target, patch, maps, false);
}

fn merge_inside(target: &mut Value, patch: Value, maps: &[&str], is_map: bool) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                if is_map && value.is_null() {
                    target.remove(&key);
                    continue;
                }
                let inside = maps.contains(&key.as_str());
                merge_inside(target.entry(key).or_insert(Value::Null), value, maps, inside);
            }
        }
        (target, patch) => *target = patch,
    }
}
