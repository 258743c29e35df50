//! Values of the command line.

use counterpart::plan::{Approval, OpId};
use counterpart::report::Language;

/// A language by its code.
///
/// # Errors
/// It is none of those that a report can be read in.
pub fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "en or fr".to_owned())
}

/// Held operations of a plan, by its hash and their numbers.
///
/// # Errors
/// What such a value looks like.
pub fn approval(text: &str) -> Result<Approval, String> {
    let (plan, ops) = text.split_once(':').ok_or("a plan's hash, a colon, numbers")?;
    let ops = ops.split(',').map(|op| op.trim().parse::<OpId>());
    let ops = ops.collect::<Result<_, _>>().map_err(|_| "numbers, separated by commas")?;
    Ok(Approval { plan: plan.to_owned(), ops })
}
