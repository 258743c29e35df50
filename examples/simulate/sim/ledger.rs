//! What people entered: every text is written once, so that it can be looked for.

use std::collections::BTreeMap;

use counterpart::profiles::outlook_x3::OutlookX3;
use counterpart::report::{Anomaly, AnomalyCode};
use counterpart::session::Report;

/// Where a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) mailbox: Option<usize>,
    pub(crate) id: String,
    pub(crate) field: &'static str,
}

#[derive(Clone, Debug)]
struct Intent {
    place: Place,
    /// A person saw it and wrote something else, or deleted it.
    superseded: bool,
    /// A report named it.
    named: bool,
}

/// Every text a person entered, by its mark.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    intents: BTreeMap<String, Intent>,
}

/// The mark at the beginning of a text.
pub(crate) fn mark(text: &str) -> Option<String> {
    let (mark, _) = text.split_once('-')?;
    Some(format!("{}-", mark.to_lowercase()))
}

impl Ledger {
    /// A person enters a text.
    pub(crate) fn enter(&mut self, mark: &str, place: Place) {
        let intent = Intent { place, superseded: false, named: false };
        self.intents.insert(mark.to_owned(), intent);
    }

    fn set(&mut self, text: &str, superseded: bool) {
        let intent = mark(text).and_then(|mark| self.intents.get_mut(&mark));
        if let Some(intent) = intent {
            intent.superseded = superseded;
        }
    }

    /// A person has a text before him and replaces or deletes it.
    pub(crate) fn seen_and_changed(&mut self, text: &str) {
        self.set(text, true);
    }

    /// A text comes back with a restored item; another run may have taken what a person deleted once.
    pub(crate) fn back(&mut self, text: &str) {
        self.set(text, true);
    }

    /// An item has another id.
    pub(crate) fn renamed(&mut self, mailbox: usize, old: &str, new: &str) {
        for intent in self.intents.values_mut() {
            if intent.place.mailbox == Some(mailbox) && intent.place.id == old {
                new.clone_into(&mut intent.place.id);
            }
        }
    }

    /// Takes note of what a run's report names.
    pub(crate) fn read(&mut self, mailbox: usize, report: &Report<OutlookX3>) {
        for anomaly in &report.anomalies {
            let values = [&anomaly.values.a, &anomaly.values.b];
            let values: Vec<String> =
                values.into_iter().flatten().map(|value| value.to_lowercase()).collect();
            for (mark, intent) in &mut self.intents {
                intent.named |= values.iter().any(|value| value.contains(mark.as_str()))
                    || is_place(anomaly, &intent.place, mailbox);
            }
        }
    }

    /// The texts that are gone without a trace from what is there now, given in lower case.
    pub(crate) fn missing(&self, there: &str) -> Vec<String> {
        let lost = self.intents.iter().filter(|(mark, intent)| {
            !intent.superseded && !intent.named && !there.contains(mark.as_str())
        });
        lost.map(|(mark, intent)| format!("{mark} {:?}", intent.place)).collect()
    }
}

/// Whether an anomaly names the place of an intent.
fn is_place(anomaly: &Anomaly, place: &Place, mailbox: usize) -> bool {
    let id = match place.mailbox {
        Some(at) if at == mailbox => &anomaly.ids.a,
        Some(_) => return false,
        None => &anomaly.ids.b,
    };
    let is_field = anomaly.field == place.field || anomaly.code == AnomalyCode::LostEdit;
    is_field && anomaly.values.a.is_none() && id.as_ref() == Some(&place.id)
}
