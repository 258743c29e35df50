//! What only tests ask of a desk: a forced run, and what it holds, as a message.

use chrono::TimeDelta;
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{OutlookX3, RunOptions};

use crate::desk::{Desk, Listed};

impl Desk {
    /// The plan of a run forced from the mailbox since the hour before it.
    pub(crate) fn plan_forced(&self, listed: &Listed) -> Plan<OutlookX3> {
        let mut options = RunOptions::at(self.now);
        options.force_store_since = Some(self.now - TimeDelta::hours(1));
        self.plan_with(listed, options).expect("a plan")
    }

    /// Both sides as JSON, for messages.
    pub(crate) fn text(&self) -> String {
        let pretty = |value: Result<serde_json::Value, _>| {
            let value: serde_json::Value = value.expect("JSON");
            shorn(&value).to_string()
        };
        let store = pretty(serde_json::to_value(&self.store.store));
        let crm = pretty(serde_json::to_value(&self.crm.crm));
        let parameters = pretty(serde_json::to_value(&self.parameters));
        format!(
            "parameters {parameters}\nchanges {} stamps_prove {}\nstore {store}\ncrm {crm}",
            self.changes, self.stamps_prove
        )
    }
}

/// A value without its empty parts.
fn shorn(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(keys) => keys.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    };
    match value {
        Value::Array(list) => list.iter().map(shorn).collect(),
        Value::Object(keys) => {
            let keys = keys.iter().map(|(key, value)| (key.clone(), shorn(value)));
            Value::Object(keys.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
