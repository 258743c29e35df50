//! What a user asks between runs: which anomalies are open, what settles one, why a record is as it is.

use counterpart::host::{Adapter as _, StateStore as _};
use counterpart::model::{Instant, Side};
use counterpart::plan::Verdict;
use counterpart::profiles::outlook_x3::{
    OutlookX3, RunOptions, explain as explained, settle as judge,
};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::Response;
use counterpart::snapshot::OpenAnomaly;
use serde_json::{Value, json};

use crate::desk::{Basis, Desk};
use crate::one_line;
use crate::tell::Told;

/// Lists the open anomalies of a user, each with the number that [`settle`] takes.
///
/// # Errors
/// Why the state cannot be read, as one line.
pub fn anomalies(desk: &Desk, told: &mut Told) -> Result<(), String> {
    let state = desk.open(false)?.state()?;
    if state.anomalies.is_empty() {
        told.say("no anomaly is open", "aucune anomalie n'est ouverte");
    }
    for (one, number) in state.anomalies.iter().zip(1..) {
        let line = format!("{number:>3}  {}", line(one, told));
        told.lines.push(line);
    }
    told.set("anomalies", json!(state.anomalies));
    Ok(())
}

fn line(one: &OpenAnomaly, told: &Told) -> String {
    let kinds = <OutlookX3 as counterpart::schema::Schema>::Kind::ALL;
    let kind = kinds.iter().copied().find(|kind| kind.code() == one.kind);
    let side = if one.ids.b.is_some() { Side::B } else { Side::A };
    let label = kind.map(|kind| OutlookX3::kind_label(kind, side, told.language));
    let field = kind.and_then(|kind| OutlookX3::field_label(kind, &one.field, told.language));
    let ids = [label, one.ids.b.as_deref(), one.ids.a.as_deref()];
    let ids = ids.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let (field, text) = (field.unwrap_or(&one.field), one.code.text(told.language));
    format!("{ids}, {field}{}{text}", told.colon())
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
    let line = line(&anomaly, told);
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
