//! A plan before it is ordered, for the profile's last word.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::draft::Draft;
use super::{Closing, Settlement};
use crate::model::{BySide, Side};
use crate::report::{Anomaly, JournalEntry};
use crate::schema::Schema;
use crate::snapshot::{OpenAnomaly, RefusalKey, SyncState};

/// Open anomalies by kind, and by the id of side B's record, or of side A's where there is none.
pub(crate) type Open<'a> = BTreeMap<(u8, Side, String), Vec<&'a OpenAnomaly>>;

/// The open anomalies of a state.
pub(crate) fn open_anomalies(state: &SyncState) -> Open<'_> {
    let mut open = Open::new();
    for anomaly in &state.anomalies {
        let BySide { a, b } = &anomaly.ids;
        let item = || a.as_ref().map(|id| (Side::A, id));
        if let Some((side, id)) = b.as_ref().map(|id| (Side::B, id)).or_else(item) {
            open.entry((anomaly.kind, side, id.clone())).or_default().push(anomaly);
        }
    }
    open
}

/// A plan before it is ordered: what the core drafted for pairs, open to a profile whose records stand for several
/// of one side (B16), or whose users ask for things beside the comparison (E5).
#[derive(Debug)]
pub struct Sheet<'s, S: Schema> {
    pub(crate) drafts: &'s mut Vec<Draft<S>>,
    pub(crate) settlements: &'s mut Vec<Settlement>,
    pub(crate) journal: &'s mut Vec<JournalEntry>,
    pub(crate) anomalies: &'s mut Vec<Anomaly>,
    pub(crate) closings: &'s mut Vec<Closing>,
    pub(crate) open: &'s Open<'s>,
    pub(crate) parked: &'s mut BTreeSet<(u8, String)>,
    /// What users asked for and no side has answered yet, each with the operation that settles it.
    pub(crate) asked: &'s mut IndexMap<String, Option<u32>>,
    pub(crate) refusals_kept: &'s mut BTreeSet<RefusalKey>,
}

impl<S: Schema> Sheet<'_, S> {
    /// Adds a line to the journal.
    pub fn note(&mut self, entry: JournalEntry) {
        self.journal.push(entry);
    }
}
