//! Shows that scenario files give the traces that are expected of them: the cases of this repository, and
//! the public ones where they lie beside it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{dispatch, expectation};

/// Public scenarios that ask for rules of a later version.
const LATER: [&str; 0] = [];

pub(crate) fn scenarios(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
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

#[test]
fn public_scenarios() {
    let public = repository().join("../shared/spec/scenarios");
    let mut files = scenarios(&public.join("outlook_x3"));
    files.extend(scenarios(&public.join("sage100")));
    let (later, now): (Vec<_>, Vec<_>) =
        files.iter().partition(|path| LATER.contains(&name_of(path).as_str()));
    let lines: Vec<String> = now.into_iter().flat_map(|path| failures(path)).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    for path in later {
        let passes = failures(path).is_empty();
        assert!(!passes, "{} passes: take it off the list", name_of(path));
    }
}

#[test]
fn cases_of_this_repository() {
    let own = repository().join("tests/scenarios");
    let mut files = scenarios(&own);
    files.extend(scenarios(&own.join("sage100")));
    let lines: Vec<String> = files.iter().flat_map(|path| failures(path)).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
