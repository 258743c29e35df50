//! The serialised form `HH:MM` of a time of day, for use with `#[serde(with)]`.

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

const FORM: &str = "%H:%M";

/// Writes a time of day as `HH:MM`, or null.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(time: &Option<NaiveTime>, out: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => out.collect_str(&time.format(FORM)),
        None => out.serialize_none(),
    }
}

/// Reads a time of day from `HH:MM`, or null.
///
/// # Errors
/// Any other text.
pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<NaiveTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else {
        return Ok(None);
    };
    NaiveTime::parse_from_str(&text, FORM)
        .map(Some)
        .map_err(|_| D::Error::custom("a time of day must be HH:MM"))
}
