//! The anomalies of a run: raised and closed by its answers.

use std::collections::BTreeSet;

use super::outcome::place_of;
use crate::report::{Anomaly, AnomalyStatus};
use crate::schema::{Kind as _, Schema, kind_named};
use crate::snapshot::{OpenAnomaly, StateRecord, SyncState};

/// What a run raised and closed so far. The state holds the places alone (D14); the values are only here.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    /// What was open when the run began.
    before: BTreeSet<OpenAnomaly>,
    news: Vec<Anomaly>,
    closed: BTreeSet<OpenAnomaly>,
}

impl Findings {
    pub(super) fn new(state: &SyncState) -> Self {
        Self { before: state.anomalies.clone(), news: Vec::new(), closed: BTreeSet::new() }
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
            let replaced: Vec<OpenAnomaly> =
                state.anomalies.iter().filter(|old| is_same(&place, old)).cloned().collect();
            for old in replaced {
                state.anomalies.remove(&old);
                changes.anomaly(old, false);
            }
            changes.anomaly(place.clone(), true);
            state.anomalies.insert(place);
        }
        self.news.push(anomaly);
    }

    /// Closes an anomaly, unless this run raised it anew.
    pub(super) fn close<S: Schema>(
        &mut self,
        anomaly: &OpenAnomaly,
        state: &mut SyncState,
        changes: &mut StateRecord,
    ) {
        if !self.is_raised::<S>(anomaly) && state.anomalies.remove(anomaly) {
            changes.anomaly(anomaly.clone(), false);
            self.closed.insert(anomaly.clone());
        }
    }

    fn is_raised<S: Schema>(&self, old: &OpenAnomaly) -> bool {
        self.news.iter().filter_map(place::<S>).any(|new| is_same(&new, old))
    }

    /// What the report shows: the new ones with their values, then the closed and open ones without.
    pub(super) fn finish<S: Schema>(self) -> Vec<Anomaly> {
        let older = self.before.iter().filter(|old| !self.is_raised::<S>(old));
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

/// Whether two anomalies say the same of the same group of one record.
fn is_same(new: &OpenAnomaly, old: &OpenAnomaly) -> bool {
    let record = new.ids.b.is_some() && new.ids.b == old.ids.b || new.ids == old.ids;
    new.kind == old.kind && new.code == old.code && new.field == old.field && record
}
