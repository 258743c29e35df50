//! Which profile a scenario file is of.

use serde::Deserialize;
use serde_json::Value;

use crate::{file, sage100, world};

/// The one key that says how to read the others.
#[derive(Deserialize)]
struct Named {
    profile: Option<Value>,
}

/// Runs a scenario file of any profile to its end; gives its trace.
pub(crate) fn run(text: &str) -> Result<Value, String> {
    let named: Result<Named, _> = serde_json::from_str(text);
    let profile = named.ok().and_then(|named| named.profile);
    match profile.as_ref().and_then(Value::as_str) {
        Some("sage100") => return sage100::run(text),
        Some("outlook_x3") | None => {}
        Some(_) => return Err("profile: neither `outlook_x3` nor `sage100`".to_owned()),
    }
    let trace = file::parse(text).and_then(world::run)?;
    serde_json::to_value(trace).map_err(|error| error.to_string())
}
