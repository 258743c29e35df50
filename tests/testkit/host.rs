//! A side in memory that keeps the contract, but for what a defect takes away.

use std::collections::BTreeMap;

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{Instant, Side};
use counterpart::profiles::outlook_x3::{
    Crm, Kind, MemoryCrm, MemoryStore, OutlookX3, Record, Store,
};
use counterpart::testkit::{Inspect as _, Listed, Listing, Subject};
use serde_json::Value;

use crate::broken::{done, refused, text_of};

/// A correspondent that was there before.
pub(crate) const SOMEBODY: &str = "COR00000009";

/// One way to break the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    AnswersAsAsked,
    AnswersNothing,
    AnswersOldStamp,
    AnswersWithoutRecord,
    ChangesIds,
    ClearsOnEmptyUpdate,
    ClearsOthers,
    CutsDifferently,
    DropsBackslashes,
    FailsToList,
    ForgetsKeys,
    ForgetsKeysAtRestart,
    GivesOneIdTwice,
    IgnoresExpect,
    KeepsDeleted,
    KeepsHalfRefused,
    ListsHalf,
    LosesExtras,
    LosesField,
    MakesVanished,
    PanicsAtNul,
    RefusesStale,
    RefusesUmlauts,
    SwallowsStamps,
    TouchesOthers,
    UnassignsAll,
}

/// An in-memory side with what a real one has beside: keys of creations, and properties nobody knows.
pub(crate) struct Host {
    pub(crate) store: MemoryStore,
    pub(crate) crm: MemoryCrm,
    pub(crate) side: Side,
    pub(crate) keys: BTreeMap<String, String>,
    pub(crate) extras: BTreeMap<String, String>,
    pub(crate) defect: Option<Defect>,
    pub(crate) cuts: usize,
}

impl Host {
    pub(crate) fn new(side: Side, defect: Option<Defect>) -> Self {
        let store = Store::default();
        let known = serde_json::json!({
            "correspondents": [{"chrono": SOMEBODY, "modified": "2026-01-01T00:00:00Z"}],
        });
        let crm: Crm =
            if side == Side::B { serde_json::from_value(known).unwrap() } else { Crm::default() };
        let (keys, extras) = (BTreeMap::new(), BTreeMap::new());
        let (store, crm) = (MemoryStore::new(store), MemoryCrm::new(crm));
        Self { store, crm, side, keys, extras, defect, cuts: 0 }
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    fn records(&self) -> Vec<Listed<OutlookX3>> {
        let (store, crm) = (&self.store.store, &self.crm.crm);
        let records = store.contacts.iter().cloned().map(|one| (Kind::Contact, Record::from(one)));
        let records =
            records.chain(store.tasks.iter().cloned().map(|one| (Kind::Task, Record::from(one))));
        let of = |one| (Kind::Appointment, Record::from(one));
        let records = records.chain(store.appointments.iter().cloned().map(of));
        let of = |one| (Kind::Contact, Record::from(one));
        let records = records.chain(crm.correspondents.iter().cloned().map(of));
        let records =
            records.chain(crm.tasks.iter().cloned().map(|one| (Kind::Task, Record::from(one))));
        let records =
            records.chain(crm.calls.iter().cloned().map(|one| (Kind::Call, Record::from(one))));
        let of = |one| (Kind::Appointment, Record::from(one));
        let records = records.chain(crm.appointments.iter().cloned().map(of));
        let listed = |(kind, record)| {
            let id = OutlookX3::id(&record).into_owned();
            let modified = OutlookX3::modified(&record).unwrap();
            Listed { id, kind, record, modified }
        };
        records.map(listed).collect()
    }

    pub(crate) fn find(&self, id: &str) -> Option<Listed<OutlookX3>> {
        self.records().into_iter().find(|one| one.id == id)
    }

    /// Changes records where they lie, as JSON.
    pub(crate) fn meddle(&mut self, change: &mut dyn FnMut(&mut Value)) {
        let mut store = serde_json::to_value(&self.store.store).unwrap();
        let mut crm = serde_json::to_value(&self.crm.crm).unwrap();
        for list in ["contacts", "tasks", "appointments"] {
            store[list].as_array_mut().unwrap().iter_mut().for_each(&mut *change);
        }
        for list in ["correspondents", "tasks", "calls", "appointments"] {
            crm[list].as_array_mut().unwrap().iter_mut().for_each(&mut *change);
        }
        self.store.store = serde_json::from_value(store).unwrap();
        self.crm.crm = serde_json::from_value(crm).unwrap();
    }

    /// Writes as the contract wants it.
    pub(crate) fn honest(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let key = request.idempotency_key.clone().filter(|_| !self.has(Defect::ForgetsKeys));
        let made = key.as_ref().and_then(|key| self.keys.get(key));
        if let Some(made) = made.and_then(|id| self.find(id)) {
            let (id, stored, modified) = (made.id, Some(made.record), Some(made.modified));
            return done(&id, stored, modified);
        }
        let response = match self.side {
            Side::A => self.store.write(request),
            Side::B => self.crm.write(request),
        };
        if let (Some(key), Response::Done { id, .. }) = (key, &response) {
            self.keys.insert(key, id.clone());
        }
        response
    }

    /// Refuses what names a code that nobody has.
    pub(crate) fn strict(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        if !text_of(request).contains("KIT-NOBODY") {
            return self.honest(request);
        }
        let before = (self.store.clone(), self.crm.clone());
        self.honest(request);
        if !self.has(Defect::KeepsHalfRefused) {
            (self.store, self.crm) = before;
        }
        refused("nobody has this code")
    }
}

impl Subject<OutlookX3> for Host {
    fn adapter(&mut self) -> &mut dyn Adapter<OutlookX3> {
        self
    }

    fn list(&mut self) -> Result<Listing<OutlookX3>, String> {
        if self.has(Defect::FailsToList) {
            return Err("no connection".to_owned());
        }
        let mut records = self.records();
        records.retain(|one| !self.has(Defect::ListsHalf) || one.kind != Kind::Appointment);
        if self.has(Defect::GivesOneIdTwice) {
            records.extend(records.first().cloned());
        }
        Ok(Listing { records, complete: true })
    }

    fn edit_elsewhere(&mut self, _: Kind, id: &str, at: Instant) -> Result<(), String> {
        self.find(id).ok_or("there is no such record")?;
        self.extras.insert(id.to_owned(), format!("{at}"));
        self.meddle(&mut |one| {
            one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            if one["id"] == id || one["id"].is_null() && one["chrono"] == id {
                one["modified"] = serde_json::to_value(at).unwrap();
            }
            one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        });
        Ok(())
    }

    fn remove_elsewhere(&mut self, _: Kind, id: &str) -> Result<bool, String> {
        self.crm.crm.correspondents.retain(|one| one.chrono != id);
        Ok(true)
    }

    fn extras(&mut self, _: Kind, id: &str) -> Option<String> {
        Some(self.extras.get(id).cloned().unwrap_or_default())
    }

    fn restart(&mut self) -> Result<bool, String> {
        if self.has(Defect::ForgetsKeysAtRestart) {
            self.keys.clear();
        }
        Ok(true)
    }
}
