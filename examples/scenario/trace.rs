//! The trace: what every run did, and both sides after it.

use counterpart::model::Side;
use counterpart::profiles::outlook_x3::{Counts, Crm, OutlookX3, Refusal, Store};
use counterpart::report::{Anomaly, AnomalyCode, AnomalyStatus, Code, JournalEntry, Severity};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::{OpResult, Outcome, Report};
use serde::Serialize;

/// The trace of a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Trace {
    /// Its runs.
    pub runs: Vec<Run>,
}

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// Why there was no plan.
    pub refusal: Option<Refusal>,
    /// The operations.
    pub operations: Vec<Operation>,
    /// The journal.
    pub journal: Vec<Entry>,
    /// The anomalies.
    pub anomalies: Vec<Line>,
    /// Counters.
    pub counts: Counts,
    /// The plan's hash; empty where there was no plan.
    pub plan_hash: String,
    /// The mailbox after the run.
    pub store: Store,
    /// The CRM after the run.
    pub crm: Crm,
}

/// One operation.
#[derive(Debug, Serialize)]
pub(crate) struct Operation {
    id: u32,
    side: &'static str,
    action: &'static str,
    kind: &'static str,
    item: Option<String>,
    chrono: Option<String>,
    reason: String,
    held: bool,
    result: OpResult,
}

/// One journal entry.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    severity: Severity,
    code: Code,
    kind: Option<String>,
    item: Option<String>,
    chrono: Option<String>,
    text: String,
}

/// One anomaly.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    status: AnomalyStatus,
    code: AnomalyCode,
    kind: String,
    item: Option<String>,
    chrono: Option<String>,
    field: String,
    crm_value: Option<String>,
    store_value: Option<String>,
}

/// The operations of a report, with the ids that were made.
pub(crate) fn operations(report: &Report<OutlookX3>) -> Vec<Operation> {
    let made = |op: u32| report.written.get(op as usize - 1).cloned().flatten();
    let lines = report.plan.ops.iter().map(|op| {
        let mut ids = op.ids.clone();
        if let Some(id) = made(op.id) {
            *ids.get_mut(op.side) = Some(id);
        }
        if op.action.name() == "stamp" {
            let key = op.needs.first().and_then(|need| made(need.op));
            ids.b = key.or(ids.b);
        }
        // What is made in the mailbox beside its record carries the key that this was given.
        let known = report.ids.get(op.id as usize - 1);
        ids.b = ids.b.or_else(|| known?.b.clone());
        Operation {
            id: op.id,
            side: OutlookX3::SIDES.get(op.side),
            action: op.action.name(),
            kind: op.kind.name(op.side),
            item: ids.a,
            chrono: ids.b,
            reason: op.reason.name_among(OutlookX3::SIDES).into_owned(),
            held: op.held,
            result: report.result(op.id),
        }
    });
    lines.collect()
}

/// A journal entry as the trace shows it.
pub(crate) fn entry(entry: &JournalEntry) -> Entry {
    Entry {
        severity: entry.severity,
        code: entry.code,
        kind: entry.kind.clone(),
        item: entry.ids.get(Side::A).clone(),
        chrono: entry.ids.get(Side::B).clone(),
        text: entry.text(),
    }
}

/// An anomaly as the trace shows it.
pub(crate) fn line(anomaly: &Anomaly) -> Line {
    Line {
        status: anomaly.status,
        code: anomaly.code,
        kind: anomaly.kind.clone(),
        item: anomaly.ids.a.clone(),
        chrono: anomaly.ids.b.clone(),
        field: anomaly.field.clone(),
        crm_value: anomaly.values.b.clone(),
        store_value: anomaly.values.a.clone(),
    }
}
