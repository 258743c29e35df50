//! What a run prints: both listings, the plan, the journal, the counters and the anomalies.
//!
//! This is the user's own screen, so a line shows the subject or the name as well; the journal and the
//! plan themselves hold keys only.

use std::collections::BTreeMap;

use counterpart::model::{BySide, Side};
use counterpart::plan::{Action, Op, Plan};
use counterpart::profiles::outlook_x3::{Crm, OutlookX3, Record, Store};
use counterpart::report::{Anomaly, JournalEntry};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::{OpResult, Report};
use serde_json::{Value, json};

use crate::run::{Sides, Told};

/// How many lines of one sort are printed; `--json` has them all.
const LINES: usize = 60;

/// What was listed, and what could not be.
pub(crate) fn listings(told: &mut Told, sides: &Sides) {
    let (store, crm) = (&sides.store.store, &sides.records);
    let problems = &sides.store.problems;
    told.lines.push(format!(
        "mailbox {}: {} contacts, {} tasks, {} appointments, {} files left out",
        store.id,
        store.contacts.len(),
        store.tasks.len(),
        store.appointments.len(),
        problems.len(),
    ));
    told.lines.push(format!(
        "crm {}: {} correspondents, {} tasks, {} calls, {} appointments",
        crm.folder,
        crm.correspondents.len(),
        crm.tasks.len(),
        crm.calls.len(),
        crm.appointments.len(),
    ));
    some(told, problems.iter().map(|one| format!("left out: {} {}", one.file, one.reason)));
    let problems = problems.iter().map(|one| json!({ "file": one.file, "reason": one.reason }));
    told.json = json!({ "problems": problems.collect::<Vec<Value>>() });
}

/// Enters a key of the JSON form.
pub(crate) fn set(told: &mut Told, key: &str, value: Value) {
    if let Some(json) = told.json.as_object_mut() {
        json.insert(key.to_owned(), value);
    }
}

/// The plan, one line per operation.
pub(crate) fn plan(told: &mut Told, plan: &Plan<OutlookX3>, sides: &Sides) {
    told.lines.push(String::new());
    told.lines.push(format!("plan {}", plan.hash()));
    let titles = Titles::new(&sides.store.store, &sides.records);
    some(told, plan.ops.iter().map(|op| line(op, &titles)));
    told.lines.push(format!("{} operations", plan.ops.len()));
    set(told, "plan", serde_json::to_value(plan).unwrap_or_default());
    set(told, "plan_hash", Value::String(plan.hash()));
}

fn line(op: &Op<OutlookX3>, titles: &Titles<'_>) -> String {
    let side = match op.side {
        Side::A => "mailbox",
        Side::B => "crm",
    };
    let title = if let Action::Update(patch) = &op.action {
        format!(": {}", OutlookX3::fields(patch).join(", "))
    } else {
        String::new()
    };
    let kind = op.kind.name(op.side);
    let mut named = titles.of(&op.ids);
    if let (true, Action::Create(Record::Correspondent(one))) = (named.is_empty(), &op.action) {
        named = format!("{:?}", name(one.first_name.or_empty(), one.last_name.or_empty()));
    }
    if let (true, Action::Create(Record::Contact(one))) = (named.is_empty(), &op.action) {
        named = format!("{:?}", name(one.first_name.or_empty(), one.last_name.or_empty()));
    }
    let held = if op.held { "  (held; --confirm executes it)" } else { "" };
    format!(
        "{:>5}  {side:<7} {:<8} {kind:<13} {named}{title}  [{}]{held}",
        op.id,
        op.action.name(),
        op.reason.english(),
    )
}

/// What became of it.
pub(crate) fn report(told: &mut Told, report: &Report<OutlookX3>) {
    heading(told, "journal", report.journal.len());
    let mut journal: Vec<&JournalEntry> = report.journal.iter().collect();
    journal.sort_by_key(|entry| std::cmp::Reverse(entry.severity));
    some(told, journal.iter().map(|entry| format!("  {entry}")));
    heading(told, "anomalies", report.anomalies.len());
    some(told, report.anomalies.iter().map(anomaly));
    told.lines.push(String::new());
    let results = [
        (OpResult::Done, "done"),
        (OpResult::Refused, "refused"),
        (OpResult::Stale, "stale"),
        (OpResult::Blocked, "blocked"),
        (OpResult::Held, "held"),
        (OpResult::NotReached, "not reached"),
    ];
    let counts = results.iter().map(|(result, name)| (report.count(*result), name));
    let counts: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let account = &report.plan.account;
    told.lines.push(format!(
        "operations: {}",
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    ));
    told.lines.push(format!(
        "pairs: {} with operations, {} unchanged, {} skipped, {} held, {} in conflict",
        account.operations, account.unchanged, account.skipped, account.held, account.conflicts
    ));
    let calendar = &report.plan.counts.appointments;
    told.lines.push(format!(
        "calendar: {} managed, {} unmanaged, {} cancelled, {} requests",
        calendar.managed, calendar.unmanaged, calendar.cancelled, calendar.requests
    ));
    told.lines.push(format!("outcome: {}", word(report.outcome)));
    set(told, "outcome", serde_json::to_value(report.outcome).unwrap_or_default());
    set(told, "results", serde_json::to_value(&report.results).unwrap_or_default());
    set(told, "journal", serde_json::to_value(&report.journal).unwrap_or_default());
    set(told, "anomalies", serde_json::to_value(&report.anomalies).unwrap_or_default());
}

fn word(outcome: impl serde::Serialize) -> String {
    serde_json::to_value(outcome)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn anomaly(one: &Anomaly) -> String {
    let keys = [one.ids.a.as_deref(), one.ids.b.as_deref()];
    let keys: Vec<&str> = keys.into_iter().flatten().collect();
    let status = word(one.status);
    let mut line =
        format!("  {status}: {} {} {}, {}", one.code.name(), one.kind, keys.join(" "), one.field);
    for (side, value) in [("mailbox", &one.values.a), ("crm", &one.values.b)] {
        if let Some(value) = value {
            line = format!("{line}; {side}: {}", short(value));
        }
    }
    line
}

fn heading(told: &mut Told, what: &str, count: usize) {
    if count > 0 {
        told.lines.push(String::new());
        told.lines.push(what.to_owned());
    }
}

/// The first of many lines, and how many more there are.
fn some(told: &mut Told, lines: impl ExactSizeIterator<Item = String>) {
    let more = lines.len().saturating_sub(LINES);
    told.lines.extend(lines.take(LINES));
    if more > 0 {
        told.lines.push(format!("  … and {more} more; --json shows all"));
    }
}

/// What a person calls the items and records.
struct Titles<'a> {
    by_id: BTreeMap<&'a str, String>,
}

impl<'a> Titles<'a> {
    fn new(store: &'a Store, crm: &'a Crm) -> Self {
        let mut by_id = BTreeMap::new();
        for one in &store.contacts {
            by_id
                .insert(one.id.as_str(), name(one.first_name.or_empty(), one.last_name.or_empty()));
        }
        for one in &crm.correspondents {
            by_id.insert(&one.chrono, name(one.first_name.or_empty(), one.last_name.or_empty()));
        }
        let subjects = store.tasks.iter().map(|one| (&one.id, &one.subject));
        let subjects = subjects.chain(store.appointments.iter().map(|one| (&one.id, &one.subject)));
        let subjects = subjects.chain(crm.tasks.iter().map(|one| (&one.chrono, &one.subject)));
        let subjects = subjects.chain(crm.calls.iter().map(|one| (&one.chrono, &one.subject)));
        let subjects =
            subjects.chain(crm.appointments.iter().map(|one| (&one.chrono, &one.subject)));
        for (id, subject) in subjects {
            by_id.insert(id, short(subject.or_empty()));
        }
        Self { by_id }
    }

    fn of(&self, ids: &BySide<Option<String>>) -> String {
        let known = [&ids.a, &ids.b].into_iter().flatten();
        let title = known.clone().find_map(|id| self.by_id.get(id.as_str()));
        let keys: Vec<&str> = known.map(String::as_str).collect();
        match title {
            Some(title) if !title.is_empty() => format!("{title:?} ({})", keys.join(", ")),
            _ => keys.join(", "),
        }
    }
}

fn name(first: &str, last: &str) -> String {
    short(format!("{first} {last}").trim())
}

/// The first line of a text, and not too much of it.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().filter(|one| !one.is_control()).take(48).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
