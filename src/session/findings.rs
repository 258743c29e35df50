//! The anomalies of a run: raised and closed by its answers.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::place_of;
use crate::model::BySide;
use crate::report::{Anomaly, AnomalyCode, AnomalyStatus};
use crate::schema::{Kind as _, Schema, kind_named};
use crate::snapshot::{OpenAnomaly, StateRecord, SyncState};

/// What a run raised and closed so far. The state holds the places alone (D14); the values are only here.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    /// What was open when the run began.
    before: BTreeSet<OpenAnomaly>,
    /// What is open or was closed by this run, by what it says.
    open: BTreeMap<Statement, Vec<OpenAnomaly>>,
    news: Vec<Anomaly>,
    raised: BTreeSet<Statement>,
    closed: BTreeSet<OpenAnomaly>,
}

/// What two anomalies have alike that say the same of the same group of one record: kind, code, field, and side B's id,
/// or side A's where there is none.
type Statement = (u8, AnomalyCode, String, BySide<Option<String>>);

impl Findings {
    pub(super) fn new(state: &SyncState) -> Self {
        let mut open: BTreeMap<Statement, Vec<OpenAnomaly>> = BTreeMap::new();
        for anomaly in &state.anomalies {
            open.entry(statement(anomaly)).or_default().push(anomaly.clone());
        }
        let before = state.anomalies.clone();
        Self { before, open, news: Vec::new(), raised: BTreeSet::new(), closed: BTreeSet::new() }
    }

    /// Raises an anomaly; one at the same place makes room for it (A12.8), and one that is only open still stays.
    pub(super) fn raise<S: Schema>(
        &mut self,
        anomaly: Anomaly,
        state: &mut SyncState,
        changes: &mut StateRecord,
    ) {
        if anomaly.status == AnomalyStatus::Open {
            return;
        }
        if let Some(place) = place::<S>(&anomaly) {
            let statement = statement(&place);
            let replaced = self.open.insert(statement.clone(), vec![place.clone()]);
            for old in replaced.into_iter().flatten() {
                if state.anomalies.remove(&old) {
                    changes.anomaly(old, false);
                }
            }
            self.raised.insert(statement);
            changes.anomaly(place.clone(), true);
            state.anomalies.insert(place);
        }
        self.news.push(anomaly);
    }

    /// Closes an anomaly, unless this run raised it anew.
    pub(super) fn close(
        &mut self,
        anomaly: &OpenAnomaly,
        state: &mut SyncState,
        changes: &mut StateRecord,
    ) {
        if !self.is_raised(anomaly) && state.anomalies.remove(anomaly) {
            changes.anomaly(anomaly.clone(), false);
            self.closed.insert(anomaly.clone());
        }
    }

    fn is_raised(&self, old: &OpenAnomaly) -> bool {
        self.raised.contains(&statement(old))
    }

    /// What the report shows: the new ones with their values, then the closed and open ones without.
    pub(super) fn finish<S: Schema>(self) -> Vec<Anomaly> {
        let older = self.before.iter().filter(|old| !self.is_raised(old));
        let older: Vec<Anomaly> =
            older.filter_map(|old| place_of::<S>(old, self.closed.contains(old))).collect();
        self.news.into_iter().chain(older).collect()
    }
}

/// Where an anomaly is.
fn place<S: Schema>(anomaly: &Anomaly) -> Option<OpenAnomaly> {
    let kind = kind_named::<S::Kind>(&anomaly.kind)?;
    Some(OpenAnomaly {
        kind: kind.code(),
        ids: anomaly.ids.clone(),
        field: anomaly.field.clone(),
        code: anomaly.code,
    })
}

fn statement(anomaly: &OpenAnomaly) -> Statement {
    let BySide { a, b } = &anomaly.ids;
    let ids = BySide::new(a.clone().filter(|_| b.is_none()), b.clone());
    (anomaly.kind, anomaly.code, anomaly.field.clone(), ids)
}
