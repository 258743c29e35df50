//! What a user asks between runs: which anomalies are open, what settles one, why a record is as it is.

use counterpart::host::{Adapter as _, StateStore as _};
use counterpart::model::{Instant, Side};
use counterpart::plan::Verdict;
use counterpart::profiles::outlook_x3::{
    OutlookX3, RunOptions, explain as explained, settle as judge,
};
use counterpart::session::Response;
use groundwork::one_line;
use groundwork::told::Told;
use serde_json::{Value, json};

use crate::desk::{Basis, Desk};

/// Lists the open anomalies of a user, each with the number that [`settle`] takes.
///
/// # Errors
/// Why the state cannot be read, as one line.
pub fn anomalies(desk: &Desk, told: &mut Told) -> Result<(), String> {
    told.anomalies::<OutlookX3>(&desk.open(false)?.state()?);
    Ok(())
}

/// Settles the open anomaly of a number by a value that the user supplies (A12.5): writes it to the CRM, from where
/// the next run carries it to the mailbox.
///
/// # Errors
/// The number, the value or a side is no good; as one line.
pub fn settle(
    desk: &Desk,
    (number, value): (usize, &str),
    now: Instant,
    told: &mut Told,
) -> Result<(), String> {
    let mut sides = desk.open(true)?;
    let mut state = sides.state()?;
    let place = number.checked_sub(1);
    let Some(anomaly) = place.and_then(|place| state.anomalies.iter().nth(place).cloned()) else {
        return Err(format!("no anomaly has the number {number}; --anomalies lists them"));
    };
    let basis = Basis::new(desk, &sides, RunOptions::at(now), Vec::new())?;
    let verdict = judge(&basis.input(&sides, &state), &anomaly, value).map_err(one_line)?;
    let correction = match verdict {
        Verdict::Accepted(correction) => correction,
        Verdict::Declined(why) => return Err(why.text(told.language).to_owned()),
        _ => return Err("the value was neither taken nor declined".to_owned()),
    };
    let answer = sides.crm.write(&correction.request);
    if correction.answered(&answer, &mut state).is_none() {
        return Err(match answer {
            Response::Refused { message, .. } => one_line(message),
            Response::Done { .. } | Response::Stale | Response::Lost | _ => {
                "the record has changed meanwhile; try again".to_owned()
            }
        });
    }
    sides.states.replace(&state).map_err(one_line)?;
    let line = told.place::<OutlookX3>(&anomaly);
    told.say(&format!("settled: {line}"), &format!("soldée : {line}"));
    told.set("settled", json!(anomaly));
    Ok(())
}

/// Explains the item of the mailbox or record of the CRM that has a key.
///
/// # Errors
/// Nobody knows the key, or a side is no good; as one line.
pub fn explain(desk: &Desk, key: &str, now: Instant, told: &mut Told) -> Result<(), String> {
    let mut sides = desk.open(false)?;
    let state = sides.state()?;
    let basis = Basis::new(desk, &sides, RunOptions::at(now), Vec::new())?;
    let input = basis.input(&sides, &state);
    let mut found = explained(&input, Side::A, key).map_err(one_line)?;
    if found.is_empty() {
        found = explained(&input, Side::B, key).map_err(one_line)?;
    }
    if found.is_empty() {
        return Err(format!("neither the mailbox of {} nor the CRM knows {key}", desk.user));
    }
    for one in &found {
        told.lines.extend(one.text(told.language).lines().map(str::to_owned));
    }
    let json = serde_json::to_value(&found).unwrap_or(Value::Null);
    told.set("explained", json);
    Ok(())
}
