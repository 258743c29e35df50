//! A tour of what a host can show.

use std::path::Path;

/// A step: does something, and says what there is to read about it.
pub type Step<T> = fn(&mut T) -> Result<Vec<String>, String>;

/// Takes steps one after the other, with an empty line between them.
///
/// # Errors
/// A step could not be taken, as one line.
pub fn play<T>(tour: &mut T, steps: &[Step<T>]) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for step in steps {
        lines.extend(step(tour)?);
        lines.push(String::new());
    }
    lines.pop();
    Ok(lines)
}

/// Empties the directory of a tour: what an earlier one left there goes.
///
/// # Errors
/// The directory cannot be emptied, as one line.
pub fn cleared(directory: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {}", directory.display(), error.kind()))
        }
        _ => Ok(()),
    }
}
