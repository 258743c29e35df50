//! What people do in the CRM and in the ERP.

use chrono::{DateTime, Utc};
use counterpart::profiles::sage100::{Crm, Erp};
use serde_json::{Map, Value};

use super::file::Edit;
use crate::fault::merge;
use crate::file::typed;

/// The names under which a side keeps its records, and the key of each.
type Lists = &'static [(&'static str, &'static str)];

const CRM: Lists = &[("companies", "id"), ("accounts", "id")];
const ERP: Lists = &[("accounts", "code")];

/// A CRM as a file gives it: records of no integration belong to the file's own.
pub(crate) fn read_crm(mut crm: Value, integration: &str) -> Result<Crm, String> {
    for list in ["companies", "accounts"] {
        let records = crm.get_mut(list).and_then(Value::as_array_mut);
        for record in records.into_iter().flatten() {
            complete(record, list, integration)?;
        }
    }
    let mut crm: Crm = typed(crm, "crm")?;
    crm.join();
    Ok(crm)
}

/// An ERP as a file gives it.
pub(crate) fn read_erp(erp: Value) -> Result<Erp, String> {
    for record in erp.get("accounts").and_then(Value::as_array).into_iter().flatten() {
        demand(record, "erp.accounts", &["title"])?;
    }
    typed(erp, "erp")
}

/// Refuses a record that lacks what has no default.
fn demand(record: &Value, list: &str, required: &[&str]) -> Result<(), String> {
    match required.iter().find(|key| record.get(key).is_none()) {
        Some(key) if record.is_object() => Err(format!("{list}: a record has no {key}")),
        Some(_) | None => Ok(()),
    }
}

fn complete(record: &mut Value, list: &str, integration: &str) -> Result<(), String> {
    let required: &[&str] = if list == "companies" { &["name"] } else { &["code", "title"] };
    demand(record, &format!("crm.{list}"), required)?;
    let Some(record) = record.as_object_mut() else { return Ok(()) };
    record.entry("integration").or_insert_with(|| integration.into());
    Ok(())
}

/// The CRM after people worked in it.
pub(crate) fn edited_crm(
    crm: &Crm,
    mut edit: Edit,
    integration: &str,
    when: DateTime<Utc>,
) -> Result<Crm, String> {
    for list in ["companies", "accounts"] {
        let records = edit.put.get_mut(list).and_then(Value::as_array_mut);
        for record in records.into_iter().flatten() {
            complete(record, list, integration)?;
        }
    }
    let mut crm = crm.clone();
    untie(&mut crm, &edit, when);
    let mut crm: Crm = edited(&crm, edit, CRM, when)?;
    crm.join();
    Ok(crm)
}

/// Cuts the joins that an edit writes anew: the CRM writes both ends when either is written.
fn untie(crm: &mut Crm, edit: &Edit, when: DateTime<Utc>) {
    let cuts = |id: &str, key: &str| {
        edit.remove.iter().any(|one| one == id)
            || edit.patch.get(id).is_some_and(|patch| patch.contains_key(key))
    };
    let ends: Vec<(String, String)> = crm
        .companies
        .iter()
        .filter_map(|one| Some((one.id.clone(), one.account.clone()?)))
        .collect();
    for (company, account) in ends {
        if !cuts(&company, "account") && !cuts(&account, "company") {
            continue;
        }
        if let Some(one) = crm.companies.iter_mut().find(|one| one.id == company) {
            one.account = None;
        }
        if let Some(one) = crm.accounts.iter_mut().find(|one| one.id == account) {
            one.company = None;
            one.modified = when;
        }
    }
}

/// The ERP after people worked in it.
pub(crate) fn edited_erp(erp: &Erp, edit: Edit, when: DateTime<Utc>) -> Result<Erp, String> {
    let put = edit.put.get("accounts").and_then(Value::as_array);
    for record in put.into_iter().flatten() {
        demand(record, "put.accounts", &["title"])?;
    }
    edited(erp, edit, ERP, when)
}

fn edited<T: serde::Serialize + serde::de::DeserializeOwned>(
    side: &T,
    edit: Edit,
    lists: Lists,
    when: DateTime<Utc>,
) -> Result<T, String> {
    let mut value = serde_json::to_value(side).map_err(|error| error.to_string())?;
    for (name, new) in edit.put {
        put(&mut value, lists, &name, new)?;
    }
    for (id, mut patch) in edit.patch {
        let record =
            find(&mut value, lists, &id).ok_or_else(|| format!("patch: there is no {id:?}"))?;
        if !patch.contains_key("modified") {
            let when = serde_json::to_value(when).map_err(|error| error.to_string())?;
            patch.insert("modified".to_owned(), when);
        }
        merge(record, Value::Object(patch), &["free"]);
    }
    for id in edit.remove {
        find(&mut value, lists, &id).ok_or_else(|| format!("remove: there is no {id:?}"))?;
        for (list, key) in lists {
            if let Some(list) = value.get_mut(list).and_then(Value::as_array_mut) {
                list.retain(|one| one.get(key).and_then(Value::as_str) != Some(&id));
            }
        }
    }
    typed(value, "records")
}

/// Records are inserted or replaced by their key; anything else is replaced whole, each of the lists by itself.
fn put(value: &mut Value, lists: Lists, name: &str, new: Value) -> Result<(), String> {
    let held = value.get_mut(name).ok_or_else(|| format!("put.{name}: unknown"))?;
    let Some((_, key)) = lists.iter().find(|(list, _)| *list == name) else {
        match (held, new) {
            (Value::Object(held), Value::Object(new)) => held.extend(new),
            (held, new) => *held = new,
        }
        return Ok(());
    };
    let (Some(held), Value::Array(new)) = (held.as_array_mut(), new) else {
        return Err(format!("put.{name}: a list is needed"));
    };
    for record in new {
        let id = record.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = id.ok_or_else(|| format!("put.{name}: a record has no {key}"))?;
        match held.iter_mut().find(|one| one.get(key).and_then(Value::as_str) == Some(&id)) {
            Some(one) => *one = record,
            None => held.push(record),
        }
    }
    Ok(())
}

fn find<'v>(value: &'v mut Value, lists: Lists, id: &str) -> Option<&'v mut Value> {
    let side: &'v mut Map<String, Value> = value.as_object_mut()?;
    side.iter_mut().find_map(|(name, list)| {
        let (_, key) = lists.iter().find(|(list, _)| list == name)?;
        let records = list.as_array_mut()?.iter_mut();
        records.into_iter().find(|one| one.get(*key).and_then(Value::as_str) == Some(id))
    })
}
