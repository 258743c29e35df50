//! Laws of the profile `sage100`, over every scenario of this repository: what is listed in another order, or as
//! changes only, and what is interrupted at any operation.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::dispatch;
use crate::scenarios::{name_of, own_scenarios};

/// The scenarios, by name.
fn worlds() -> Vec<(String, Value)> {
    let files = own_scenarios("sage100");
    let read = |path: &Path| {
        let text = fs::read_to_string(path).expect("a readable file");
        serde_json::from_str(&text).expect("a scenario")
    };
    files.iter().map(|path| (name_of(path), read(path))).collect()
}

fn run(world: &Value) -> Value {
    dispatch::run(&world.to_string()).expect("a trace")
}

fn steps(world: &mut Value) -> &mut Vec<Value> {
    world["steps"].as_array_mut().expect("steps")
}

/// A world with runs behind it in which nobody does anything.
fn with_quiet_runs(world: &Value) -> Value {
    let mut world = world.clone();
    for day in 1..5 {
        steps(&mut world).push(json!({"sync": {"now": format!("2027-01-0{day}T08:00:00Z")}}));
    }
    world
}

fn last(trace: &Value) -> &Value {
    trace["runs"].as_array().and_then(|runs| runs.last()).expect("a run")
}

/// Both sides, without the stamps.
fn sides(run: &Value) -> Value {
    fn plain(value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .filter(|(name, _)| *name != "modified")
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect(),
            Value::Array(values) => values.iter().map(plain).collect(),
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }
    plain(&json!([run["crm"], run["erp"]]))
}

/// D11: what people left alone is left alone, whatever happened before.
#[test]
fn every_world_comes_to_rest() {
    for (name, world) in worlds() {
        let trace = run(&with_quiet_runs(&world));
        assert_eq!(last(&trace)["operations"], json!([]), "{name}");
    }
}

fn reverse(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(reverse),
        Value::Object(fields) => {
            for (name, value) in fields {
                reverse(value);
                let is_child = ["addresses", "contacts"].contains(&name.as_str());
                if let Some(list) = value.as_array_mut().filter(|_| is_child) {
                    list.reverse();
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Lists the addresses and contacts of the CRM in another order, whenever people write them: that of the ERP has a
/// meaning (B9.5).
fn reverse_children(world: &mut Value) {
    let mut sides = vec![world["crm"].take()];
    sides.extend(steps(world).iter_mut().filter_map(|step| Some(step.get_mut("crm")?.take())));
    sides.iter_mut().for_each(reverse);
    let mut sides = sides.into_iter();
    world["crm"] = sides.next().unwrap_or_default();
    for step in steps(world).iter_mut().filter(|step| step.get("crm").is_some()) {
        step["crm"] = sides.next().unwrap_or_default();
    }
}

/// D11: the order in which records are listed plays no part.
#[test]
fn listing_order_plays_no_part() {
    for (name, world) in worlds() {
        let mut other = world.clone();
        for (side, list) in [("crm", "companies"), ("crm", "accounts"), ("erp", "accounts")] {
            if let Some(list) = other[side].get_mut(list).and_then(Value::as_array_mut) {
                list.reverse();
            }
        }
        reverse_children(&mut other);
        assert_eq!(run(&other), run(&world), "{name}");
    }
}

/// D9, D22: runs that list changes only end where runs that list everything do.
#[test]
fn listings_of_changes_end_alike() {
    for (name, world) in worlds() {
        let mut changes = world.clone();
        for step in steps(&mut changes) {
            if let Some(sync) = step.get_mut("sync") {
                sync["coverage"] = json!("changes");
            }
        }
        let (changes, whole) = (run(&with_quiet_runs(&changes)), run(&with_quiet_runs(&world)));
        assert_eq!(sides(last(&changes)), sides(last(&whole)), "{name}");
    }
}

/// How many records of each sort there are, and that nobody waits.
fn inventory(run: &Value) -> Vec<usize> {
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    let parts = |side: &str, list: &str, part: &str| {
        let records = run[side][list].as_array().expect("records");
        records.iter().map(|record| count(&record[part])).sum()
    };
    vec![
        count(&run["crm"]["companies"]),
        count(&run["crm"]["accounts"]),
        count(&run["erp"]["accounts"]),
        parts("crm", "companies", "contacts"),
        parts("crm", "companies", "addresses"),
        parts("erp", "accounts", "contacts"),
        parts("erp", "accounts", "delivery"),
        count(&run["errors"]),
    ]
}

/// D12: a run that stops right behind any write, and whose state is lost, is completed by the next ones without a duplicate
/// and without a loss. The last run with operations is the one that is stopped; nobody works afterwards. What stops with
/// its state `stops` shows.
#[test]
fn runs_that_stop_without_their_state_are_completed() {
    for (name, world) in worlds() {
        let is_plain = |step: &Value| {
            !["state", "forget_state", "integration"].iter().any(|key| step.get(key).is_some())
                && step["sync"]["faults"].is_null()
        };
        if !steps(&mut world.clone()).iter().all(is_plain) {
            continue;
        }
        let trace = run(&world);
        let runs = trace["runs"].as_array().expect("runs");
        let busy = |run: &Value| run["operations"].as_array().is_some_and(|ops| !ops.is_empty());
        let Some(stopped) = runs.iter().rposition(busy) else { continue };
        // What of several things asked for was not reached has to be asked for again, and so has belief in one side.
        let asked = runs[stopped]["requests"].to_string();
        let again = ["create_companies", "resync_all", "send_all"];
        if asked.matches("accepted").count() > 1 || again.iter().any(|one| asked.contains(one)) {
            continue;
        }
        let whole = inventory(last(&run(&with_quiet_runs(&cut(&world, stopped)))));
        for (place, op) in
            runs[stopped]["operations"].as_array().expect("operations").iter().enumerate()
        {
            // A deletion that a guard held is held again: it waits for a person.
            if op["held"] == json!(true) || runs[stopped]["journal"].to_string().contains("held") {
                continue;
            }
            let before =
                runs[stopped]["operations"].as_array().expect("operations")[..=place].iter();
            let nth = before.filter(|one| one["side"] == op["side"]).count();
            let mut cut = cut(&world, stopped);
            let sync = steps(&mut cut).last_mut().expect("a run");
            sync["sync"]["faults"] = json!([
                {"side": op["side"], "on": "any", "nth": nth, "fault": "crash_after"}
            ]);
            // Without its state a run cannot know what was deleted.
            let deletes = runs[stopped]["operations"].to_string().contains("\"delete\"");
            if deletes || sync["sync"]["confirm"] == json!(true) {
                continue;
            }
            steps(&mut cut).push(json!({"forget_state": true}));
            let trace = run(&with_quiet_runs(&cut));
            let end = last(&trace);
            let what = format!("{name}, stopped behind operation {}", op["id"]);
            assert_eq!(end["operations"], json!([]), "{what}");
            assert_eq!(inventory(end), whole, "{what}");
        }
    }
}

/// A world up to and with one of its runs.
fn cut(world: &Value, run: usize) -> Value {
    let mut world = world.clone();
    let steps = steps(&mut world);
    let places = steps.iter().enumerate().filter(|(_, step)| step.get("sync").is_some());
    let place = places.map(|(place, _)| place).nth(run).expect("a run");
    steps.truncate(place + 1);
    world
}
