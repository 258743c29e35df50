//! What a user asks between runs: which records are in error, which anomalies are open, why a record is as it is.

use counterpart::model::{Instant, Side};
use counterpart::profiles::sage100::{
    RunOptions, Sage100, errors as in_error, explain as explained,
};
use groundwork::one_line;
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
    let all = in_error(&state, &sides.records, &sides.crm.refusals().map_err(one_line)?);
    if all.is_empty() {
        told.say("nothing is in error", "rien n'est en erreur");
    }
    tell::errors(&all, told);
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

/// Explains the record of the ERP or of the CRM that has a key: an account, a company, an address or a contact.
///
/// # Errors
/// Nobody knows the key, it takes no part, or a side is no good; as one line.
pub fn explain(
    integration: &Integration,
    key: &str,
    now: Instant,
    told: &mut Told,
) -> Result<(), String> {
    let mut sides = integration.open()?;
    let state = sides.state()?;
    let input = sides.input(&state, &[], RunOptions::at(now));
    let mut found = explained(&input, Side::A, key).map_err(one_line)?;
    if found.is_empty() {
        found = explained(&input, Side::B, key).map_err(one_line)?;
    }
    if found.is_empty() {
        return Err(format!("neither side knows {key}, or it takes no part"));
    }
    told.explanations(&found);
    Ok(())
}
