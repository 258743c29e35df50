//! Shows whether a trace is what a file `NAME.expect.json` asks for: `{"runs": {"0": PARTIAL, "-1": PARTIAL}}`.
//!
//! An object matches where each of its keys does, a list element by element, anything else by equality;
//! `$contains`, `$absent`, `$unordered`, `$length`, `$regex`, `$not` and `$any` ask for more.

use regex::Regex;
use serde_json::Value;

/// A place where a trace is not what is asked for.
pub(crate) fn differences(want: &Value, got: &Value, at: &str) -> Vec<String> {
    let wrong = || vec![format!("{at}: expected {want}, got {got}")];
    match (want, got) {
        (Value::Object(keys), _) if keys.keys().any(|key| key.starts_with('$')) => {
            let asked = keys.iter().filter(|(key, part)| !holds(key, part, got));
            asked.map(|(key, part)| format!("{at}: expected {key} {part}, got {got}")).collect()
        }
        (Value::Object(keys), Value::Object(found)) => keys
            .iter()
            .flat_map(|(key, part)| {
                let value = found.get(key).unwrap_or(&Value::Null);
                differences(part, value, &format!("{at}/{key}"))
            })
            .collect(),
        (Value::Array(parts), Value::Array(found)) if parts.len() == found.len() => {
            let pairs = parts.iter().zip(found).enumerate();
            let places =
                |(place, (part, value))| differences(part, value, &format!("{at}/{place}"));
            pairs.flat_map(places).collect()
        }
        _ if want == got => Vec::new(),
        _ => wrong(),
    }
}

fn matches(want: &Value, got: &Value) -> bool {
    differences(want, got, "").is_empty()
}

fn holds(operator: &str, argument: &Value, got: &Value) -> bool {
    let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    let found = got.as_array();
    match operator {
        "$contains" => found.is_some_and(|found| places_all(parts, found)),
        "$absent" => found.is_some_and(|found| {
            found.iter().all(|value| parts.iter().all(|part| !matches(part, value)))
        }),
        "$unordered" => {
            found.is_some_and(|found| found.len() == parts.len() && places_all(parts, found))
        }
        "$length" => length(got).map(Value::from) == Some(argument.clone()),
        "$regex" => {
            let pattern = argument.as_str().expect("a pattern");
            let pattern = Regex::new(pattern).expect("a good pattern");
            got.as_str().is_some_and(|text| pattern.is_match(text))
        }
        "$not" => !matches(argument, got),
        "$any" => true,
        _ => panic!("unknown operator {operator}"),
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Array(list) => Some(list.len()),
        Value::Object(keys) => Some(keys.len()),
        Value::String(text) => Some(text.chars().count()),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether every part gets an element of its own.
fn places_all(parts: &[Value], found: &[Value]) -> bool {
    let mut taken_by = vec![None; found.len()];
    (0..parts.len()).all(|part| place(part, (parts, found), &mut taken_by, &mut Vec::new()))
}

fn place(
    part: usize,
    lists: (&[Value], &[Value]),
    taken_by: &mut [Option<usize>],
    tried: &mut Vec<usize>,
) -> bool {
    for element in 0..lists.1.len() {
        if tried.contains(&element) || !matches(&lists.0[part], &lists.1[element]) {
            continue;
        }
        tried.push(element);
        let moved = taken_by[element].is_none_or(|other| place(other, lists, taken_by, tried));
        if moved {
            taken_by[element] = Some(part);
            return true;
        }
    }
    false
}

/// What an expectation file asks of a trace's runs, and does not find.
pub(crate) fn unmet(expectation: &Value, trace: &Value) -> Vec<String> {
    let runs = trace["runs"].as_array().expect("a trace has runs");
    let asked = expectation["runs"].as_object().expect("an expectation names runs");
    assert!(!asked.is_empty(), "an expectation asks for something");
    let lines = asked.iter().flat_map(|(number, part)| {
        let number: isize = number.parse().expect("the number of a run");
        let from_end = runs.len().checked_sub(number.unsigned_abs());
        let at = if number < 0 { from_end } else { Some(number.unsigned_abs()) };
        let run = at.and_then(|at| runs.get(at)).unwrap_or(&Value::Null);
        differences(part, run, &format!("runs/{number}"))
    });
    lines.collect()
}

#[test]
fn the_matcher_tells_traces_apart() {
    let good = |want: Value, got: Value| assert!(matches(&want, &got), "{want} should match {got}");
    let bad = |want: Value, got: Value| assert!(!matches(&want, &got), "{want} matches {got}");
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    good(json(r#"{"a": 1, "c": null}"#), json(r#"{"a": 1, "b": 2}"#));
    bad(json(r#"{"a": true}"#), json(r#"{"a": 1}"#));
    bad(json(r#"{"a": [1]}"#), json(r#"{"a": [1, 2]}"#));
    let both = json(r#"[{"a": 1, "b": 1}, {"a": 1, "b": 2}]"#);
    good(json(r#"{"$contains": [{"a": 1}, {"b": 1}]}"#), both.clone());
    bad(json(r#"{"$contains": [{"b": 1}, {"b": 1}]}"#), both.clone());
    bad(json(r#"{"$unordered": [{"a": 1}]}"#), both.clone());
    good(json(r#"{"$absent": [{"b": 3}]}"#), both.clone());
    bad(json(r#"{"$absent": [{"b": 2}]}"#), both.clone());
    good(json(r#"{"$length": 2}"#), both.clone());
    bad(json(r#"{"$length": 3}"#), both);
    good(json(r#"{"$regex": "^TSK"}"#), json(r#""TSK1""#));
    bad(json(r#"{"$not": {"$any": true}}"#), json("1"));
}
