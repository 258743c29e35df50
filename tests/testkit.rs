//! The conformance kit on the in-memory hosts: as they are, and broken in one way each.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{Instant, Side};
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{
    Crm, Kind, MemoryCrm, MemoryStore, OutlookX3, Record, Store,
};
use counterpart::testkit::outlook_x3::{Codes, crm, mailbox};
use counterpart::testkit::{Check, Findings, Inspect as _, Listed, Listing, Subject, check};
use serde_json::Value;

/// One way to break the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
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
struct Host {
    store: MemoryStore,
    crm: MemoryCrm,
    side: Side,
    keys: BTreeMap<String, String>,
    extras: BTreeMap<String, String>,
    defect: Option<Defect>,
    cuts: usize,
}

impl Host {
    fn new(side: Side, defect: Option<Defect>) -> Self {
        let (store, crm) = (Store::default(), Crm::default());
        let (keys, extras) = (BTreeMap::new(), BTreeMap::new());
        let (store, crm) = (MemoryStore::new(store), MemoryCrm::new(crm));
        Self { store, crm, side, keys, extras, defect, cuts: 0 }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    fn records(&self) -> Vec<Listed<OutlookX3>> {
        let (store, crm) = (&self.store.store, &self.crm.crm);
        let records =
            store.contacts.iter().cloned().map(|one| (Kind::Contact, Record::Contact(one)));
        let records =
            records.chain(store.tasks.iter().cloned().map(|one| (Kind::Task, Record::Task(one))));
        let of = |one| (Kind::Appointment, Record::Appointment(one));
        let records = records.chain(store.appointments.iter().cloned().map(of));
        let of = |one| (Kind::Contact, Record::Correspondent(one));
        let records = records.chain(crm.correspondents.iter().cloned().map(of));
        let records =
            records.chain(crm.tasks.iter().cloned().map(|one| (Kind::Task, Record::CrmTask(one))));
        let records =
            records.chain(crm.calls.iter().cloned().map(|one| (Kind::Call, Record::Call(one))));
        let of = |one| (Kind::Appointment, Record::CrmAppointment(one));
        let records = records.chain(crm.appointments.iter().cloned().map(of));
        let listed = |(kind, record)| {
            let (id, modified) = (OutlookX3::id(&record).to_owned(), OutlookX3::modified(&record));
            Listed { id, kind, record, modified }
        };
        records.map(listed).collect()
    }

    fn find(&self, id: &str) -> Option<Listed<OutlookX3>> {
        self.records().into_iter().find(|one| one.id == id)
    }

    /// Changes records where they lie, as JSON.
    fn meddle(&mut self, change: &mut dyn FnMut(&mut Value)) {
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
    fn honest(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let key = request.idempotency_key.clone().filter(|_| !self.has(Defect::ForgetsKeys));
        let made = key.as_ref().and_then(|key| self.keys.get(key));
        if let Some(made) = made.and_then(|id| self.find(id)) {
            let (id, stored, modified) = (made.id, Some(made.record), Some(made.modified));
            return done(id, stored, modified);
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
    fn strict(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let before = (self.store.clone(), self.crm.clone());
        let response = self.honest(request);
        if !text_of(request).contains("KIT-NOBODY") {
            return response;
        }
        if !self.has(Defect::KeepsHalfRefused) {
            (self.store, self.crm) = before;
        }
        refused("nobody has this code")
    }

    fn broken(&mut self, request: &Request<OutlookX3>, defect: Defect) -> Response<OutlookX3> {
        let id = request.id.clone().unwrap_or_default();
        let whole = is_update(request);
        match defect {
            Defect::AnswersAsAsked => {
                let cut = rewritten(request, &mut |_, text| text.chars().take(9).collect());
                let response = self.strict(&cut);
                let Response::Done { id, stored: Some(stored), modified } = response else {
                    return response;
                };
                let asked = match &request.action {
                    Action::Update(patch) => OutlookX3::patched(&stored, patch).unwrap(),
                    Action::Create(asked) => stamped_as(asked, &stored),
                    _ => stored,
                };
                done(id, Some(asked), modified)
            }
            Defect::CutsDifferently => {
                self.cuts += 1;
                let length = 30 - self.cuts % 2;
                let cut = rewritten(request, &mut |_, text| text.chars().take(length).collect());
                self.strict(&cut)
            }
            Defect::DropsBackslashes => {
                self.strict(&rewritten(request, &mut |_, text| text.replace('\\', "")))
            }
            Defect::LosesField if whole => {
                self.strict(&rewritten(request, &mut |_, _| "old".to_owned()))
            }
            Defect::ClearsOthers if whole => {
                let response = self.strict(request);
                let named = text_of(request).contains("private");
                self.altered(&id, response, &mut |one| {
                    if !named {
                        one["site"] = Value::from("");
                    }
                })
            }
            Defect::ClearsOnEmptyUpdate if text_of(request).ends_with("{}}}") => {
                let response = self.strict(request);
                self.altered(&id, response, &mut |one| {
                    one["subject"] = Value::from("");
                    one["last_name"] = Value::from("");
                })
            }
            Defect::MakesVanished if whole && self.find(&id).is_none() => {
                let record = Record::CrmTask(Default::default());
                let mut request = request.clone();
                (request.action, request.id, request.expect) = (Action::Create(record), None, None);
                self.strict(&request)
            }
            Defect::ChangesIds if whole => {
                let response = self.strict(request);
                let new = format!("X{id}");
                self.altered(&id, response, &mut |one| {
                    for key in ["id", "chrono"] {
                        if one[key] == id {
                            one[key] = Value::from(new.clone());
                        }
                    }
                })
            }
            Defect::IgnoresExpect => {
                let mut request = request.clone();
                request.expect = None;
                self.strict(&request)
            }
            Defect::PanicsAtNul if text_of(request).contains("\\u0000") => {
                panic!("a text ends here")
            }
            Defect::RefusesUmlauts if text_of(request).contains('ü') => refused("not ASCII"),
            Defect::SwallowsStamps if matches!(request.action, Action::Stamp(_)) => {
                let Some(one) = self.find(&id) else { return Response::Stale };
                if request.expect != Some(one.modified) {
                    return Response::Stale;
                }
                done(one.id, Some(one.record), Some(one.modified))
            }
            Defect::KeepsDeleted if matches!(request.action, Action::Delete) => {
                match self.find(&id).filter(|one| request.expect == Some(one.modified)) {
                    Some(_) => done(id, None, None),
                    None => Response::Stale,
                }
            }
            Defect::UnassignsAll if matches!(request.action, Action::Unassign(_)) => {
                let response = self.strict(request);
                self.altered(&id, response, &mut |one| one["assigned"] = Value::Array(Vec::new()))
            }
            _ => self.strict(request),
        }
    }

    /// Changes the record of an answer where it lies and in the answer.
    fn altered(
        &mut self,
        id: &str,
        response: Response<OutlookX3>,
        change: &mut dyn FnMut(&mut Value),
    ) -> Response<OutlookX3> {
        let Response::Done { stored: Some(stored), modified, .. } = response else {
            return response;
        };
        let mut changed = serde_json::to_value(&stored).unwrap();
        let record = changed.as_object_mut().unwrap().values_mut().next().unwrap();
        let known: BTreeSet<String> = record.as_object().unwrap().keys().cloned().collect();
        let mut only = |one: &mut Value| {
            change(one);
            one.as_object_mut().unwrap().retain(|key, _| known.contains(key));
        };
        only(record);
        self.meddle(&mut |one| {
            if one["id"] == id || one["id"].is_null() && one["chrono"] == id {
                only(one);
            }
            one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        });
        let stored: Record = serde_json::from_value(changed).unwrap();
        done(OutlookX3::id(&stored).to_owned(), Some(stored), modified)
    }
}

impl Adapter<OutlookX3> for Host {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let response = match self.defect {
            None => self.strict(request),
            Some(defect) => self.broken(request, defect),
        };
        let touched = request.id.clone();
        match (self.defect, response) {
            (Some(Defect::AnswersNothing), Response::Done { .. })
                if matches!(request.action, Action::Delete) =>
            {
                Response::Lost
            }
            (Some(Defect::AnswersOldStamp), Response::Done { id, stored, modified }) => {
                let old = modified.and_then(|one| one.checked_sub_days(chrono::Days::new(1)));
                done(id, stored, old)
            }
            (Some(Defect::AnswersWithoutRecord), Response::Done { id, modified, .. }) => {
                done(id, None, modified)
            }
            (Some(Defect::LosesExtras), response @ Response::Done { .. }) => {
                self.extras.remove(&touched.unwrap_or_default());
                response
            }
            (Some(Defect::RefusesStale), Response::Stale) => refused("too late"),
            (Some(Defect::TouchesOthers), response @ Response::Done { .. }) => {
                self.meddle(&mut |one| {
                    one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                    if one["chrono"] == "COR00000001" {
                        one["department"] = Value::from(format!("{:?}", request.now));
                    }
                });
                response
            }
            (_, response) => response,
        }
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

fn done(id: String, stored: Option<Record>, modified: Option<Instant>) -> Response<OutlookX3> {
    let text = serde_json::json!({ "done": { "id": id, "stored": stored, "modified": modified } });
    serde_json::from_value(text).unwrap()
}

fn refused(message: &str) -> Response<OutlookX3> {
    serde_json::from_value(serde_json::json!({ "refused": { "message": message, "trace": null } }))
        .unwrap()
}

fn is_update(request: &Request<OutlookX3>) -> bool {
    matches!(request.action, Action::Update(_))
}

fn text_of(request: &Request<OutlookX3>) -> String {
    serde_json::to_string(&request.action).unwrap()
}

/// The record as it was asked for, with the id and the stamp of the stored one.
fn stamped_as(asked: &Record, stored: &Record) -> Record {
    let mut asked = serde_json::to_value(asked).unwrap();
    let stored = serde_json::to_value(stored).unwrap();
    let (sort, record) = asked.as_object_mut().unwrap().iter_mut().next().unwrap();
    for key in ["id", "modified", "chrono"] {
        if record.get(key).is_some() {
            record[key] = stored[sort][key].clone();
        }
    }
    serde_json::from_value(asked).unwrap()
}

/// A request with other values for the texts of subjects and names.
fn rewritten(
    request: &Request<OutlookX3>,
    change: &mut dyn FnMut(&str, &str) -> String,
) -> Request<OutlookX3> {
    let mut action = serde_json::to_value(&request.action).unwrap();
    for kind in ["create", "update"] {
        let Some(record) = action.get_mut(kind).and_then(Value::as_object_mut) else { continue };
        for (name, value) in record.values_mut().flat_map(|one| one.as_object_mut().unwrap()) {
            if let ("subject" | "first_name" | "last_name", Some(text)) =
                (name.as_str(), value.as_str())
            {
                *value = Value::from(change(name, text));
            }
        }
    }
    let mut request = request.clone();
    request.action = serde_json::from_value(action).unwrap();
    request
}

fn examine(side: Side, defect: Option<Defect>) -> Findings {
    let mut host = Host::new(side, defect);
    let samples = match side {
        Side::A => mailbox(),
        Side::B => {
            let mut codes = Codes::new("run 1", ["REP01", "REP02"]);
            codes.partner = Some("ATELIER".to_owned());
            codes.correspondent = Some("COR00000001".to_owned());
            crm(&codes)
        }
    };
    check(&mut host, side, &samples, "2026-06-15T12:00:00Z".parse().unwrap())
}

#[test]
fn the_in_memory_sides_pass() {
    for side in Side::BOTH {
        let findings = examine(side, None);
        assert!(findings.is_empty(), "{findings}");
        let not_made: Vec<Check> = match side {
            Side::A => vec![Check::UnassignOnlyNamed],
            Side::B => vec![Check::StampKept],
        };
        assert_eq!(findings.not_made().into_iter().collect::<Vec<_>>(), not_made);
    }
}

#[test]
fn every_defect_is_caught_for_what_it_is() {
    use Side::{A, B};
    let table = [
        (A, Defect::AnswersAsAsked, Check::StoredIsListed),
        (B, Defect::AnswersAsAsked, Check::StoredIsListed),
        (B, Defect::AnswersNothing, Check::Answered),
        (A, Defect::AnswersOldStamp, Check::ModifiedIsListed),
        (B, Defect::AnswersWithoutRecord, Check::StoredAnswered),
        (A, Defect::ChangesIds, Check::IdKept),
        (B, Defect::ChangesIds, Check::IdKept),
        (A, Defect::ClearsOnEmptyUpdate, Check::EmptyUpdateHarmless),
        (B, Defect::ClearsOthers, Check::UpdateLeavesOthers),
        (A, Defect::CutsDifferently, Check::StableWhenRewritten),
        (B, Defect::CutsDifferently, Check::StableWhenRewritten),
        (A, Defect::DropsBackslashes, Check::ValueKept),
        (B, Defect::FailsToList, Check::SubjectWorks),
        (A, Defect::ForgetsKeys, Check::CreateIdempotent),
        (B, Defect::ForgetsKeys, Check::CreateIdempotent),
        (B, Defect::ForgetsKeysAtRestart, Check::CreateIdempotentAfterRestart),
        (A, Defect::GivesOneIdTwice, Check::IdsDistinct),
        (A, Defect::IgnoresExpect, Check::ExpectHonoured),
        (B, Defect::IgnoresExpect, Check::ExpectHonoured),
        (A, Defect::KeepsDeleted, Check::DeleteDone),
        (B, Defect::KeepsHalfRefused, Check::NothingAfterRefusal),
        (A, Defect::ListsHalf, Check::ListingComplete),
        (B, Defect::ListsHalf, Check::ListingComplete),
        (A, Defect::LosesExtras, Check::ExtrasSurvive),
        (A, Defect::LosesField, Check::UpdateWritesNamed),
        (B, Defect::MakesVanished, Check::VanishedStaysGone),
        (A, Defect::PanicsAtNul, Check::SurvivesHostileText),
        (A, Defect::RefusesStale, Check::StaleAnswer),
        (B, Defect::RefusesStale, Check::StaleAnswer),
        (B, Defect::RefusesUmlauts, Check::SampleAccepted),
        (A, Defect::SwallowsStamps, Check::StampKept),
        (B, Defect::TouchesOthers, Check::OthersUntouched),
        (B, Defect::UnassignsAll, Check::UnassignOnlyNamed),
    ];
    let mut wrong = Vec::new();
    for (side, defect, expected) in table {
        let findings = examine(side, Some(defect));
        if findings.failed() != BTreeSet::from([expected]) {
            wrong.push(format!("{defect:?} of {side:?}, expected {expected}:\n{findings}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let caught: BTreeSet<Check> = table.into_iter().map(|(_, _, check)| check).collect();
    assert_eq!(caught, Check::ALL.iter().copied().collect(), "a check that nothing fails");
}

#[test]
fn findings_say_what_and_why() {
    let findings = examine(Side::A, Some(Defect::ForgetsKeys));
    let text = findings.to_string();
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "create_idempotent: contact, every field filled: the repeated creation answers with another id"
    );
    assert!(text.contains("Otherwise an answer that was lost makes a duplicate. (D12)"), "{text}");
    let names: BTreeSet<&str> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), Check::ALL.len());
}
