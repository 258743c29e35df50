//! The kit on the in-memory sides of `sage100`: they pass, and each broken one is caught for what it is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::record::Patch as _;
use counterpart::model::{Instant, Side, Text};
use counterpart::plan::Action;
use counterpart::profiles::sage100::{
    Crm, Erp, Kind, MemoryCrm, MemoryErp, Record, RecordPatch, Sage100,
};
use counterpart::testkit::{Check, Findings, Listed, Listing, Subject, check, sage100};
use serde_json::json;

use crate::host::Defect;

/// An in-memory side with what a real one has beside: keys of creations, rules of its own, and properties nobody knows.
struct Host {
    erp: MemoryErp,
    crm: MemoryCrm,
    side: Side,
    keys: BTreeMap<String, String>,
    extras: BTreeMap<String, String>,
    defect: Option<Defect>,
    writes: usize,
}

impl Host {
    fn new(side: Side, defect: Option<Defect>) -> Self {
        let old = "2026-01-01T00:00:00Z";
        let erp = json!({"accounts": [
            {"code": "OLD1", "modified": old, "kind": "customer", "title": "Old", "contacts": [{"id": "K1"}]},
            {"code": "OLD2", "modified": old, "kind": "supplier", "title": "Other"},
        ]});
        let crm = json!({
            "companies": [{"id": "COM1", "modified": old, "name": "Old", "account": "1"}],
            "accounts": [{"id": "1", "modified": old, "kind": "customer", "title": "Old", "code": "OLD1"}],
        });
        let erp: Erp = serde_json::from_value(erp).unwrap();
        let crm: Crm = serde_json::from_value(crm).unwrap();
        Self {
            erp: MemoryErp::new(erp),
            crm: MemoryCrm::new(crm),
            side,
            keys: BTreeMap::new(),
            extras: BTreeMap::new(),
            defect,
            writes: 0,
        }
    }

    fn records(&self) -> Vec<Listed<Sage100>> {
        match self.side {
            Side::A => sage100::erp_records(&self.erp.erp),
            Side::B => sage100::crm_records(&self.crm.crm),
        }
    }

    fn find(&self, kind: Kind, id: &str) -> Option<Listed<Sage100>> {
        self.records().into_iter().find(|one| one.kind == kind && one.id == id)
    }

    fn passed_on(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        match self.side {
            Side::A => self.erp.write(request),
            Side::B => self.crm.write(request),
        }
    }

    /// Writes as the contract wants it, but for what a defect changes of the request.
    fn honest(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        let forgets = self.defect == Some(Defect::ForgetsKeys);
        let key = request.idempotency_key.clone().filter(|_| !forgets);
        let made = key.as_ref().and_then(|key| self.keys.get(key)).cloned();
        if let Some(one) = made.and_then(|id| self.find(request.kind, &id)) {
            return done(&one.id, Some(one.record), Some(one.modified));
        }
        let makes = self.defect == Some(Defect::MakesVanished);
        if let Some(id) = request.id.as_deref().filter(|id| self.find(request.kind, id).is_none()) {
            return if makes && matches!(&request.action, Action::Update(RecordPatch::ErpAddress(_)))
            {
                self.made_again(request, id)
            } else {
                Response::Stale
            };
        }
        let before = (self.erp.clone(), self.crm.clone());
        let nobody = names_nobody(&request.action);
        let half = nobody.then(|| without_company(request));
        let response = self.passed_on(half.as_ref().unwrap_or(request));
        if nobody {
            if self.defect != Some(Defect::KeepsHalfRefused) {
                (self.erp, self.crm) = before;
            }
            return refused("nobody has this code");
        }
        if let (Some(key), Response::Done { id, .. }) = (key, &response) {
            self.keys.insert(key, id.clone());
        }
        response
    }

    /// Makes an address or contact again that is gone, which nobody asked for.
    fn made_again(&mut self, request: &Request<Sage100>, id: &str) -> Response<Sage100> {
        let mut again = request.clone();
        again.id = None;
        let account = id.split('#').next().unwrap_or_default().to_owned();
        let address: counterpart::profiles::sage100::ErpAddress =
            serde_json::from_value(json!({"label": "again"})).unwrap();
        again.action = Action::Create(Record::ErpAddress { account, billing: false, address });
        self.passed_on(&again)
    }

    /// What a defect changes of a request.
    fn misread(&self, request: &Request<Sage100>) -> Request<Sage100> {
        let mut changed = request.clone();
        match (self.defect, &mut changed.action) {
            (Some(Defect::IgnoresExpect), _) => changed.expect = None,
            (Some(Defect::LosesField), Action::Update(RecordPatch::ErpAccount(patch))) => {
                patch.phone = None;
            }
            (Some(Defect::LosesField), Action::Update(RecordPatch::Company(patch))) => {
                patch.price_category = None;
            }
            (Some(Defect::ClearsOthers), Action::Update(RecordPatch::ErpContact(patch))) => {
                patch.email = patch.email.take().or_else(|| Some(Text::from("")));
            }
            (Some(Defect::ClearsOnEmptyUpdate), Action::Update(RecordPatch::Address(patch)))
                if patch.is_empty() =>
            {
                patch.city = Some(Text::from(""));
            }
            (Some(Defect::SwallowsStamps), Action::Stamp(Some(key))) => key.clear(),
            (Some(Defect::DropsBackslashes), Action::Create(Record::Contact { contact, .. })) => {
                contact.last_name = Text::from("Muller");
            }
            _ => {}
        }
        changed
    }

    /// What a defect does to another record.
    fn overdo(&mut self, request: &Request<Sage100>) {
        if self.defect == Some(Defect::TouchesOthers) && matches!(request.action, Action::Update(_))
        {
            for one in self.erp.erp.accounts.iter_mut().filter(|one| one.code == "OLD2") {
                one.fax = Text::from(self.writes.to_string());
            }
        }
    }

    /// What a defect makes of an answer.
    fn misanswered(
        &mut self,
        request: &Request<Sage100>,
        before: (MemoryErp, MemoryCrm),
        response: Response<Sage100>,
    ) -> Response<Sage100> {
        match (self.defect, response) {
            (Some(Defect::AnswersNothing), Response::Done { .. })
                if request.action == Action::Delete =>
            {
                Response::Lost
            }
            (Some(Defect::AnswersAsAsked), Response::Done { id, stored, modified }) => {
                let stored = stored.map(|mut record| {
                    if let Record::ErpAccount(one) = &mut record {
                        one.title = Text::from("as it was asked for");
                    }
                    record
                });
                done(&id, stored, modified)
            }
            (Some(Defect::AnswersOldStamp), Response::Done { id, stored, modified }) => {
                done(&id, stored, modified.and_then(|one| one.checked_sub_days(Days::new(1))))
            }
            (Some(Defect::AnswersWithoutRecord), Response::Done { id, modified, .. }) => {
                done(&id, None, modified)
            }
            (Some(Defect::KeepsDeleted), response @ Response::Done { .. })
                if request.action == Action::Delete =>
            {
                (self.erp, self.crm) = before;
                response
            }
            (Some(Defect::LosesExtras), response @ Response::Done { .. }) => {
                self.extras.remove(request.id.as_deref().unwrap_or_default());
                response
            }
            (Some(Defect::RefusesStale), Response::Stale) => refused("too late"),
            (_, response) => response,
        }
    }
}

impl Adapter<Sage100> for Host {
    fn write(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        self.writes += 1;
        let text = || serde_json::to_string(&request.action).unwrap();
        match self.defect {
            Some(Defect::PanicsAtNul) => assert!(!text().contains("\\u0000"), "a NUL"),
            Some(Defect::RefusesUmlauts)
                if request.id.as_deref().is_none_or(|id| self.find(request.kind, id).is_some())
                    && text().contains("Köln") =>
            {
                return refused("no umlauts");
            }
            _ => {}
        }
        let before = (self.erp.clone(), self.crm.clone());
        let response = self.honest(&self.misread(request));
        if matches!(response, Response::Done { .. }) {
            self.overdo(request);
        }
        self.misanswered(request, before, response)
    }
}

impl Subject<Sage100> for Host {
    fn adapter(&mut self) -> &mut dyn Adapter<Sage100> {
        self
    }

    fn list(&mut self) -> Result<Listing<Sage100>, String> {
        if self.defect == Some(Defect::FailsToList) {
            return Err("no connection".to_owned());
        }
        let mut records = self.records();
        records.retain(|one| self.defect != Some(Defect::ListsHalf) || one.kind != Kind::Contact);
        if self.defect == Some(Defect::GivesOneIdTwice) {
            records.extend(records.first().cloned());
        }
        Ok(Listing { records, complete: true })
    }

    fn edit_elsewhere(&mut self, _: Kind, id: &str, at: Instant) -> Result<(), String> {
        self.extras.insert(id.to_owned(), format!("{at}"));
        for one in self.erp.erp.accounts.iter_mut().filter(|one| one.code == id) {
            one.modified = at;
        }
        for one in self.crm.crm.accounts.iter_mut().filter(|one| one.id == id) {
            one.modified = at;
        }
        for one in self.crm.crm.companies.iter_mut().filter(|one| one.id == id) {
            one.modified = at;
        }
        Ok(())
    }

    fn remove_elsewhere(&mut self, _: Kind, id: &str) -> Result<bool, String> {
        self.erp.erp.accounts.retain(|one| one.code != id);
        self.crm.crm.accounts.retain(|one| one.id != id);
        Ok(true)
    }

    fn extras(&mut self, _: Kind, id: &str) -> Option<String> {
        Some(self.extras.get(id).cloned().unwrap_or_default())
    }

    fn restart(&mut self) -> Result<bool, String> {
        if self.defect == Some(Defect::ForgetsKeysAtRestart) {
            self.keys.clear();
        }
        Ok(true)
    }
}

/// Whether a write names a code that nobody has.
fn names_nobody(action: &Action<Sage100>) -> bool {
    let code = if let Action::Update(RecordPatch::ErpAccount(patch)) = action {
        patch.representative.clone().flatten()
    } else if let Action::Update(RecordPatch::Account(patch)) = action {
        patch.company.clone().flatten()
    } else {
        None
    };
    code.is_some_and(|code| code == "KIT-NOBODY")
}

/// What a side keeps of a write of an account that looks at the company last.
fn without_company(request: &Request<Sage100>) -> Request<Sage100> {
    let mut half = request.clone();
    if let Action::Update(RecordPatch::Account(patch)) = &mut half.action {
        patch.company = None;
    }
    half
}

fn done(id: &str, stored: Option<Record>, modified: Option<Instant>) -> Response<Sage100> {
    Response::Done { id: id.to_owned(), stored, modified }
}

fn refused(message: &str) -> Response<Sage100> {
    Response::Refused { message: message.to_owned(), trace: None }
}

fn examine(side: Side, defect: Option<Defect>) -> Findings {
    let samples = match side {
        Side::A => sage100::erp("OLD1"),
        Side::B => sage100::crm("1"),
    };
    let mut host = Host::new(side, defect);
    check(&mut host, side, &samples, "2026-06-15T12:00:00Z".parse().unwrap())
}

#[test]
fn the_in_memory_sides_pass() {
    for side in Side::BOTH {
        let findings = examine(side, None);
        assert!(findings.is_empty(), "{findings}");
        let not_made: Vec<Check> = match side {
            Side::A => vec![Check::StampKept, Check::UnassignOnlyNamed],
            Side::B => vec![Check::UnassignOnlyNamed],
        };
        assert_eq!(findings.not_made().into_iter().collect::<Vec<_>>(), not_made);
    }
}

/// Which check catches which defect of a side.
const TABLE: &[(Side, Defect, Check)] = &[
    (Side::A, Defect::AnswersAsAsked, Check::StoredIsListed),
    (Side::A, Defect::AnswersNothing, Check::Answered),
    (Side::A, Defect::AnswersOldStamp, Check::ModifiedIsListed),
    (Side::B, Defect::AnswersOldStamp, Check::ModifiedIsListed),
    (Side::B, Defect::AnswersWithoutRecord, Check::StoredAnswered),
    (Side::B, Defect::ClearsOnEmptyUpdate, Check::EmptyUpdateHarmless),
    (Side::A, Defect::ClearsOthers, Check::UpdateLeavesOthers),
    (Side::B, Defect::DropsBackslashes, Check::ValueKept),
    (Side::A, Defect::FailsToList, Check::SubjectWorks),
    (Side::A, Defect::ForgetsKeys, Check::CreateIdempotent),
    (Side::B, Defect::ForgetsKeys, Check::CreateIdempotent),
    (Side::B, Defect::ForgetsKeysAtRestart, Check::CreateIdempotentAfterRestart),
    (Side::A, Defect::GivesOneIdTwice, Check::IdsDistinct),
    (Side::A, Defect::IgnoresExpect, Check::ExpectHonoured),
    (Side::B, Defect::IgnoresExpect, Check::ExpectHonoured),
    (Side::A, Defect::KeepsDeleted, Check::DeleteDone),
    (Side::B, Defect::KeepsDeleted, Check::DeleteDone),
    (Side::B, Defect::KeepsHalfRefused, Check::NothingAfterRefusal),
    (Side::A, Defect::ListsHalf, Check::ListingComplete),
    (Side::B, Defect::ListsHalf, Check::ListingComplete),
    (Side::A, Defect::LosesExtras, Check::ExtrasSurvive),
    (Side::A, Defect::LosesField, Check::UpdateWritesNamed),
    (Side::B, Defect::LosesField, Check::UpdateWritesNamed),
    (Side::A, Defect::MakesVanished, Check::VanishedStaysGone),
    (Side::B, Defect::PanicsAtNul, Check::SurvivesHostileText),
    (Side::A, Defect::RefusesStale, Check::StaleAnswer),
    (Side::B, Defect::RefusesUmlauts, Check::SampleAccepted),
    (Side::B, Defect::SwallowsStamps, Check::StampKept),
    (Side::A, Defect::TouchesOthers, Check::OthersUntouched),
];

#[test]
fn every_defect_is_caught_for_what_it_is() {
    let mut wrong = Vec::new();
    for (side, defect, expected) in TABLE.iter().copied() {
        let findings = examine(side, Some(defect));
        if findings.failed() != BTreeSet::from([expected]) {
            wrong.push(format!("{side:?} {defect:?}, expected {expected}:\n{findings}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What has another id after an update, is stored otherwise each time, or takes others off a list, is examined with
/// records of the first profile.
#[test]
fn nearly_every_check_is_failed_by_something() {
    let caught: BTreeSet<Check> = TABLE.iter().map(|(_, _, check)| *check).collect();
    let rest: Vec<Check> = Check::ALL.iter().copied().filter(|one| !caught.contains(one)).collect();
    assert_eq!(rest, [Check::IdKept, Check::StableWhenRewritten, Check::UnassignOnlyNamed]);
}
