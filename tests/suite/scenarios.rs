//! Shows that scenario files give the traces that are expected of them: the cases of this repository, and
//! the public ones where they lie beside it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{dispatch, expectation};

/// The scenarios of a directory.
fn scenarios(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory of scenarios");
    let files = entries.map(|entry| entry.expect("a readable directory").path());
    let is_scenario = |path: &PathBuf| {
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        is_json && !name_of(path).ends_with(".expect")
    };
    let mut files: Vec<PathBuf> = files.filter(is_scenario).collect();
    files.sort();
    files
}

pub(crate) fn name_of(scenario: &Path) -> String {
    scenario.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned()
}

fn trace(text: &str) -> Result<Value, String> {
    dispatch::run(text)
}

/// What is wrong with a scenario's trace.
fn failures(scenario: &Path) -> Vec<String> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{error}"));
    let outcome = || {
        let text = read(scenario)?;
        let expectation = read(&scenario.with_extension("expect.json"))?;
        let expectation: Value =
            serde_json::from_str(&expectation).map_err(|error| error.to_string())?;
        let first = trace(&text)?;
        if trace(&text)? != first {
            return Err("the second run gave another trace".to_owned());
        }
        Ok(expectation::unmet(&expectation, &first))
    };
    let lines = outcome().unwrap_or_else(|error| vec![error]);
    lines.into_iter().map(|line| format!("{}: {line}", name_of(scenario))).collect()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The public scenarios of a profile, where they lie beside this repository.
pub(crate) fn public_scenarios(profile: &str) -> Vec<PathBuf> {
    let directory = repository().join("../shared/spec/scenarios").join(profile);
    if directory.is_dir() { scenarios(&directory) } else { Vec::new() }
}

/// The scenarios of this repository for a profile.
pub(crate) fn own_scenarios(profile: &str) -> Vec<PathBuf> {
    let files = scenarios(&repository().join("tests/scenarios").join(profile));
    assert!(files.len() > 100, "{}", files.len());
    files
}

#[test]
fn public_cases() {
    let files = [public_scenarios("outlook_x3"), public_scenarios("sage100")];
    let lines: Vec<String> = files.iter().flatten().flat_map(|path| failures(path)).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn cases_of_this_repository() {
    let files = [own_scenarios("outlook_x3"), own_scenarios("sage100")];
    let lines: Vec<String> = files.iter().flatten().flat_map(|path| failures(path)).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
