//! What a user asks between runs: which records are in error, which anomalies are open.

use std::collections::BTreeMap;

use counterpart::profiles::sage100::{Sage100, errors as in_error};
use groundwork::told::Told;

use crate::integration::Integration;
use crate::tell;

/// Lists the error set (B14.2).
///
/// # Errors
/// Why a side or the state cannot be read, as one line.
pub fn errors(integration: &Integration, told: &mut Told) -> Result<(), String> {
    let mut sides = integration.open()?;
    let state = sides.state()?;
    if in_error(&state, &sides.records, &BTreeMap::new()).is_empty() {
        told.say("nothing is in error", "rien n'est en erreur");
    }
    tell::errors(&state, &sides.records, told);
    Ok(())
}

/// Lists the open anomalies.
///
/// # Errors
/// Why a side or the state cannot be read, as one line.
pub fn anomalies(integration: &Integration, told: &mut Told) -> Result<(), String> {
    told.anomalies::<Sage100>(&integration.open()?.state()?);
    Ok(())
}
