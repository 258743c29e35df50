//! What people did: every text is written once, so that it can be looked for, and deletions are remembered.

use std::collections::BTreeMap;

use counterpart::report::{Anomaly, AnomalyCode};

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
    /// The ids its item had before.
    former: Vec<String>,
    /// A person saw it and wrote something else, or deleted it.
    superseded: bool,
    /// A report named it.
    named: bool,
}

/// A deletion that is to reach the other side.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    /// The mailbox it happened in; none for the CRM.
    pub(crate) mailbox: Option<usize>,
    /// What was deleted, by its birth.
    pub(crate) birth: String,
    /// Whose item it was.
    pub(crate) representative: String,
}

/// Every text a person entered, by its mark, and the deletions nobody did anything about since.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    intents: BTreeMap<String, Intent>,
    pub(crate) deeds: Vec<Deed>,
}

/// The mark at the beginning of a text.
pub(crate) fn mark(text: &str) -> Option<String> {
    let (mark, _) = text.split_once('-')?;
    Some(format!("{}-", mark.to_lowercase()))
}

impl Ledger {
    /// A person enters a text.
    pub(crate) fn enter(&mut self, mark: &str, place: Place) {
        let intent = Intent { place, former: Vec::new(), superseded: false, named: false };
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

    /// A person deletes a record: it is the last word on everything written there.
    pub(crate) fn deleted(&mut self, mailbox: Option<usize>, id: &str) {
        for intent in self.intents.values_mut() {
            intent.superseded |= intent.place.mailbox == mailbox && intent.place.id == id;
        }
    }

    /// An item has another id.
    pub(crate) fn renamed(&mut self, mailbox: usize, old: &str, new: &str) {
        for intent in self.intents.values_mut() {
            if intent.place.mailbox == Some(mailbox) && intent.place.id == old {
                let old = std::mem::replace(&mut intent.place.id, new.to_owned());
                intent.former.push(old);
            }
        }
    }

    /// A person deletes something.
    pub(crate) fn enter_deed(&mut self, mailbox: Option<usize>, birth: String, who: String) {
        self.deeds.push(Deed { mailbox, birth, representative: who });
    }

    /// Somebody did something else about what was deleted: in the CRM, or in another mailbox than `by`.
    pub(crate) fn supersede_deeds(&mut self, birth: &str, by: Option<usize>) {
        self.deeds.retain(|deed| deed.birth != birth || by.is_some() && deed.mailbox == by);
    }

    /// A state is lost: deletions are not detected any more (A9.9).
    pub(crate) fn forget_deeds(&mut self) {
        self.deeds.clear();
    }

    /// Whether an anomaly named a text, or a person had it before him and replaced it.
    pub(crate) fn is_settled(&self, mark: &str) -> bool {
        self.intents.get(mark).is_none_or(|one| one.named || one.superseded)
    }

    /// Takes note of what a run's report names, or would have named if anything of the run had been kept.
    pub(crate) fn read(&mut self, mailbox: usize, anomalies: &[Anomaly]) {
        for anomaly in anomalies {
            let values = [&anomaly.values.a, &anomaly.values.b];
            let values: Vec<String> =
                values.into_iter().flatten().map(|value| value.to_lowercase()).collect();
            for (mark, intent) in &mut self.intents {
                intent.named |= values.iter().any(|value| value.contains(mark.as_str()))
                    || is_place(anomaly, intent, mailbox);
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

/// Whether an anomaly names the place of an intent; a report that is read after an item moved names it as it was.
fn is_place(anomaly: &Anomaly, intent: &Intent, mailbox: usize) -> bool {
    let place = &intent.place;
    let id = match place.mailbox {
        Some(at) if at == mailbox => &anomaly.ids.a,
        Some(_) => return false,
        None => &anomaly.ids.b,
    };
    let is_field = anomaly.field == place.field || anomaly.code == AnomalyCode::LostEdit;
    let is_id = |id: &String| *id == place.id || intent.former.contains(id);
    is_field && anomaly.values.a.is_none() && id.as_ref().is_some_and(is_id)
}
