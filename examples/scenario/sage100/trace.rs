//! The trace: what every run did, and both sides after it.

use std::collections::BTreeMap;

use counterpart::model::{BySide, Side};
use counterpart::profiles::sage100::{
    Answer, Counts, Crm, Erp, ErrorEntry, GenericAccount, Kind, Request, RequestRefusal, Sage100,
};
use counterpart::report::{
    Anomaly, AnomalyCode, AnomalyStatus, Code, JournalEntry, Language, Severity,
};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::{OpResult, Outcome, Report};
use counterpart::snapshot::SyncState;
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
    pub outcome: Outcome,
    pub refusal: Option<&'static str>,
    pub operations: Vec<Operation>,
    pub requests: Vec<Asked>,
    pub errors: Vec<ErrorEntry>,
    pub journal: Vec<Entry>,
    pub anomalies: Vec<Line>,
    pub generic_accounts: BTreeMap<String, GenericAccount>,
    pub counts: Counts,
    pub plan_hash: String,
    pub crm: Crm,
    pub erp: Erp,
}

/// One operation.
#[derive(Debug, Serialize)]
pub(crate) struct Operation {
    id: u32,
    side: &'static str,
    action: &'static str,
    kind: &'static str,
    crm_id: Option<String>,
    erp_key: Option<String>,
    reason: String,
    held: bool,
    result: OpResult,
}

/// What became of a request.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    request: Request,
    result: &'static str,
    reason: Option<RequestRefusal>,
}

/// One journal entry.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    severity: Severity,
    code: Code,
    kind: Option<String>,
    crm_id: Option<String>,
    erp_key: Option<String>,
    text: String,
}

/// One anomaly.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    status: AnomalyStatus,
    code: AnomalyCode,
    kind: String,
    crm_id: Option<String>,
    erp_key: Option<String>,
    field: String,
    crm_value: Option<String>,
    erp_value: Option<String>,
}

/// What is known of ids after a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub crm: &'a Crm,
    pub state: &'a SyncState,
}

impl Known<'_> {
    /// The ids of a record, with what the run learned; no code while it is a placeholder.
    fn complete(self, kind: &str, mut ids: BySide<Option<String>>) -> BySide<Option<String>> {
        let code = |account: &str| {
            let one = self.crm.accounts.iter().find(|one| one.id == account)?;
            Some(one.code.or_empty().to_owned())
        };
        let link = |id: &str| {
            let kind = Kind::ALL.iter().find(|one| one.name(Side::B) == kind)?;
            self.state.links.get(kind.code(), id).map(|link| link.ids.a.clone())
        };
        if let (None, Some(id)) = (&ids.a, &ids.b) {
            ids.a = match kind {
                "account" => code(id),
                "company" => {
                    let company = self.crm.companies.iter().find(|one| one.id == *id);
                    company.and_then(|one| one.account.as_deref()).and_then(code)
                }
                _ => link(id),
            };
        }
        ids.a = ids.a.filter(|code| !code.is_empty() && code != "<AUTOERP>" && code != "[ATTENTE]");
        ids
    }
}

/// The operations of a report, with the ids that were made.
pub(crate) fn operations(report: &Report<Sage100>, known: Known<'_>) -> Vec<Operation> {
    let lines = report.plan.ops.iter().zip(&report.ids).map(|(op, ids)| {
        let kind = op.kind.name(op.side);
        let ids = known.complete(kind, ids.clone());
        Operation {
            id: op.id,
            side: Sage100::SIDES.get(op.side),
            action: op.action.name(),
            kind,
            crm_id: ids.b,
            erp_key: ids.a,
            reason: op.reason.name_among(Sage100::SIDES).into_owned(),
            held: op.held,
            result: report.result(op.id),
        }
    });
    lines.collect()
}

/// The error set as the trace shows it.
pub(crate) fn errors(mut errors: Vec<ErrorEntry>, known: Known<'_>) -> Vec<ErrorEntry> {
    for one in &mut errors {
        let ids = BySide::new(one.erp_key.take(), one.crm_id.take());
        let ids = known.complete(one.kind.name(Side::B), ids);
        (one.erp_key, one.crm_id) = (ids.a, ids.b);
    }
    errors
}

/// A request as the trace shows it.
pub(crate) fn asked(answer: &Answer) -> Asked {
    Asked {
        request: answer.request.clone(),
        result: if answer.refused.is_none() { "accepted" } else { "refused" },
        reason: answer.refused,
    }
}

/// A journal entry as the trace shows it.
pub(crate) fn entry(entry: &JournalEntry, known: Known<'_>) -> Entry {
    let kind = entry.kind.clone().unwrap_or_default();
    let ids = known.complete(&kind, entry.ids.clone());
    Entry {
        severity: entry.severity,
        code: entry.code,
        kind: entry.kind.clone(),
        crm_id: ids.b,
        erp_key: ids.a,
        text: entry.text(),
    }
}

/// A journal entry of a run that was refused for a parameter.
pub(crate) fn invalid(name: &str) -> Entry {
    let code = Code::InvalidParameter;
    alone(code, format!("{}: {name}", code.text(Language::En)))
}

/// The journal entry of a refused run before which parameters were not changed.
pub(crate) fn locked() -> Entry {
    let code = Code::ParametersLocked;
    alone(code, code.text(Language::En).to_owned())
}

/// A journal entry about no record.
fn alone(code: Code, text: String) -> Entry {
    Entry { severity: code.severity(), code, kind: None, crm_id: None, erp_key: None, text }
}

/// An anomaly as the trace shows it.
pub(crate) fn line(anomaly: &Anomaly, known: Known<'_>) -> Line {
    let ids = known.complete(&anomaly.kind, anomaly.ids.clone());
    Line {
        status: anomaly.status,
        code: anomaly.code,
        kind: anomaly.kind.clone(),
        crm_id: ids.b,
        erp_key: ids.a,
        field: anomaly.field.clone(),
        crm_value: anomaly.values.b.clone(),
        erp_value: anomaly.values.a.clone(),
    }
}
