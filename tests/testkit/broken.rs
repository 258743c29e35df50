//! What each defect does to a write.

use std::collections::BTreeSet;

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::Instant;
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{Kind, OutlookX3, Record};
use counterpart::testkit::Inspect as _;
use serde_json::Value;

use crate::host::{Defect, Host, SOMEBODY};

impl Host {
    /// Changes what is asked, and does that.
    fn misread(&mut self, request: &Request<OutlookX3>, defect: Defect) -> Response<OutlookX3> {
        let id = request.id.clone().unwrap_or_default();
        let mut changed = request.clone();
        match (defect, &request.action) {
            (Defect::CutsDifferently, _) => {
                self.cuts += 1;
                let length = 9 + self.cuts % 7;
                changed = rewritten(request, &mut |text| Some(text.chars().take(length).collect()));
            }
            (Defect::DropsBackslashes, _) => {
                changed = rewritten(request, &mut |text| Some(text.replace('\\', "")));
            }
            (Defect::IgnoresExpect, _) => changed.expect = None,
            (Defect::LosesField, Action::Update(_)) => changed = rewritten(request, &mut |_| None),
            (Defect::MakesVanished, Action::Update(_)) if self.find(&id).is_none() => {
                let task = serde_json::json!({"crm_task": {"chrono": "", "modified": request.now}});
                changed.action = Action::Create(serde_json::from_value(task).unwrap());
                (changed.id, changed.expect) = (None, None);
            }
            _ => {}
        }
        self.strict(&changed)
    }

    /// Does what is asked, and something else.
    fn overdo(&mut self, request: &Request<OutlookX3>, defect: Defect) -> Response<OutlookX3> {
        let id = request.id.clone().unwrap_or_default();
        let response = self.misread(request, defect);
        match (defect, &request.action) {
            (Defect::ClearsOthers, Action::Update(_)) => {
                self.altered(&id, response, &mut |one| one["site"] = Value::from("elsewhere"))
            }
            (Defect::ClearsOnEmptyUpdate, Action::Update(_))
                if text_of(request).ends_with("{}}}") =>
            {
                self.altered(&id, response, &mut |one| {
                    one["subject"] = Value::from("");
                    one["last_name"] = Value::from("");
                })
            }
            (Defect::ChangesIds, Action::Update(_)) => {
                self.cuts += 1;
                let new = format!("{id}/{}", self.cuts);
                self.altered(&id, response, &mut |one| {
                    for key in ["id", "chrono"] {
                        if one[key] == id {
                            one[key] = Value::from(new.clone());
                        }
                    }
                })
            }
            (Defect::UnassignsAll, Action::Unassign(_)) => {
                self.altered(&id, response, &mut |one| one["assigned"] = Value::Array(Vec::new()))
            }
            _ => response,
        }
    }

    /// Answers without doing what is asked, or does it and answers otherwise.
    fn broken(&mut self, request: &Request<OutlookX3>, defect: Defect) -> Response<OutlookX3> {
        let id = request.id.clone().unwrap_or_default();
        match (defect, &request.action) {
            (Defect::AnswersAsAsked, action) => {
                let cut = rewritten(request, &mut |text| Some(text.chars().take(9).collect()));
                let response = self.strict(&cut);
                let Response::Done { id, stored: Some(stored), modified } = response else {
                    return response;
                };
                let asked = match action {
                    Action::Update(patch) => OutlookX3::patched(&stored, patch).unwrap(),
                    Action::Create(asked) => stamped_as(asked, &stored),
                    Action::Delete | Action::Stamp(_) | Action::Unassign(_) | _ => stored,
                };
                done(&id, Some(asked), modified)
            }
            (Defect::PanicsAtNul, _) if text_of(request).contains("\\u0000") => {
                panic!("a text ends here")
            }
            (Defect::RefusesUmlauts, _) if text_of(request).contains('ü') => refused("not ASCII"),
            (Defect::SwallowsStamps, Action::Stamp(_)) => {
                let found = self.find(&id).filter(|one| request.expect == Some(one.modified));
                found.map_or(Response::Stale, |one| done(&id, Some(one.record), Some(one.modified)))
            }
            (Defect::KeepsDeleted, Action::Delete) => {
                let found = self.find(&id).filter(|one| request.expect == Some(one.modified));
                found.map_or(Response::Stale, |_| done(&id, None, None))
            }
            _ => self.overdo(request, defect),
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
        let id = OutlookX3::id(&stored).into_owned();
        done(&id, Some(stored), modified)
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
                done(&id, stored, old)
            }
            (Some(Defect::AnswersWithoutRecord), Response::Done { id, modified, .. }) => {
                done(&id, None, modified)
            }
            (Some(Defect::LosesExtras), response @ Response::Done { .. }) => {
                self.extras.remove(&touched.unwrap_or_default());
                response
            }
            (Some(Defect::RefusesStale), Response::Stale) => refused("too late"),
            (Some(Defect::TouchesOthers), response @ Response::Done { .. })
                if is_update(request) && request.kind != Kind::Contact =>
            {
                self.meddle(&mut |one| {
                    one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                    if one["chrono"] == SOMEBODY {
                        one["department"] = Value::from(format!("{:?}", request.now));
                    }
                });
                response
            }
            (_, response) => response,
        }
    }
}

pub(crate) fn done(
    id: &str,
    stored: Option<Record>,
    modified: Option<Instant>,
) -> Response<OutlookX3> {
    Response::Done { id: id.to_owned(), stored, modified }
}

pub(crate) fn refused(message: &str) -> Response<OutlookX3> {
    Response::Refused { message: message.to_owned(), trace: None }
}

fn is_update(request: &Request<OutlookX3>) -> bool {
    matches!(request.action, Action::Update(_))
}

pub(crate) fn text_of(request: &Request<OutlookX3>) -> String {
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
    change: &mut dyn FnMut(&str) -> Option<String>,
) -> Request<OutlookX3> {
    let mut action = serde_json::to_value(&request.action).unwrap();
    for kind in ["create", "update"] {
        let Some(record) = action.get_mut(kind).and_then(Value::as_object_mut) else { continue };
        for fields in record.values_mut().filter_map(Value::as_object_mut) {
            for name in ["subject", "first_name", "last_name"] {
                let Some(text) = fields.get(name).and_then(Value::as_str) else { continue };
                match change(text) {
                    Some(text) => fields.insert(name.to_owned(), Value::from(text)),
                    None => fields.remove(name),
                };
            }
        }
    }
    let mut request = request.clone();
    request.action = serde_json::from_value(action).unwrap();
    request
}
