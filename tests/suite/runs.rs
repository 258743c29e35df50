//! Shows what runs leave behind, whatever the world: an interrupted run is completed by the next, a state
//! survives being stored and holds no text, and what a host cuts is no edit.

use std::cell::Cell;
use std::collections::BTreeMap;

use counterpart::model::Text;
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{OutlookX3, RecordPatch};
use counterpart::rules::Merge;
use counterpart::session::Session;
use counterpart::snapshot::SyncState;
use serde_json::Value;

use crate::desk::Desk;
use crate::genes::{STORE, Spec};
use crate::worlds::{check, for_all, live, permissive, prepare, settle};

// ---- content ----

fn lists(desk: &Desk) -> Vec<(&'static str, Vec<Value>)> {
    let (store, crm) = (&desk.store.store, &desk.crm.crm);
    macro_rules! list {
        ($name:literal, $list:expr) => {
            ($name, $list.iter().map(|one| serde_json::to_value(one).expect("JSON")).collect())
        };
    }
    vec![
        list!("contacts", store.contacts),
        list!("items", store.tasks),
        list!("calendar", store.appointments),
        list!("correspondents", crm.correspondents),
        list!("tasks", crm.tasks),
        list!("calls", crm.calls),
        list!("appointments", crm.appointments),
    ]
}

/// Names for what a run may call otherwise when it is interrupted: a record by the item it was made from, an
/// item by the record it was made from.
fn names(lists: &[(&'static str, Vec<Value>)]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let mut taken = BTreeMap::<String, u32>::new();
    let records = lists.iter().flat_map(|(_, list)| list).filter(|one| one["origin"].is_string());
    for record in records {
        let origin = record["origin"].as_str().unwrap_or_default();
        let count = taken.entry(origin.to_owned()).or_default();
        *count += 1;
        if origin.starts_with(STORE) {
            let key = record["chrono"].as_str().unwrap_or_default();
            names.insert(key.to_owned(), format!("record {count} from {origin}"));
        }
    }
    let made = |record: &&Value| record["kind"] == "representative" && record["origin"].is_null();
    for colleague in lists.iter().flat_map(|(_, list)| list).filter(made) {
        let key = colleague["chrono"].as_str().unwrap_or_default();
        let code = colleague["partner"].as_str().unwrap_or_default();
        names.entry(key.to_owned()).or_insert_with(|| format!("colleague {code}"));
    }
    for item in lists.iter().flat_map(|(_, list)| list) {
        let id = item["id"].as_str().unwrap_or_default();
        let key = item["chrono"].as_str().unwrap_or_default();
        if id.starts_with('N') {
            let key = names.get(key).map_or(key, String::as_str);
            names.insert(id.to_owned(), format!("item of {key}"));
        }
    }
    names
}

fn renamed(value: &Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => Value::from(undetailed(names.get(text).unwrap_or(text))),
        Value::Array(list) => list.iter().map(|one| renamed(one, names)).collect(),
        Value::Object(keys) => {
            // What an entry of a contact list is called is for display; a host that lists changes may not know
            // the name of a correspondent that is not listed.
            let is_known_contact = keys.contains_key("item") && keys["chrono"].is_string();
            let lasting = keys.iter().filter(|(key, _)| {
                *key != "modified" && *key != "created" && !(is_known_contact && *key == "name")
            });
            let keys = lasting.map(|(key, value)| (key.clone(), renamed(value, names)));
            Value::Object(keys.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A body without the details above it: they are as of the last write, and say what was listed then (A2.7).
fn undetailed(text: &str) -> &str {
    let Some(block) = text.strip_prefix("[#== X3 ==#]\n") else { return text };
    let report = block.split_once("[#========#]").map_or(block, |(_, report)| report);
    report.strip_prefix('\n').unwrap_or(report)
}

/// What both sides say, whatever stamps and new ids they use: a line for each record. Left out are
/// the name beside a link, which is the one the CRM's record had before the run, and a partner's own label.
pub(crate) fn content(desk: &Desk) -> Vec<String> {
    let lists = lists(desk);
    let names = names(&lists);
    let line = |name: &str, one: &Value| format!("{name} {}", renamed(one, &names));
    let lines = lists.iter().flat_map(|(name, list)| list.iter().map(|one| line(name, one)));
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

fn same_content(one: &Desk, two: &Desk, what: impl FnOnce() -> String) -> Result<(), String> {
    let (one, two) = (content(one), content(two));
    check(one == two, || {
        let only = |these: &[String], those: &[String]| {
            let lines = these.iter().filter(|line| !those.contains(line));
            lines.cloned().collect::<Vec<_>>().join("\n")
        };
        format!("{}\nonly one:\n{}\nonly two:\n{}", what(), only(&one, &two), only(&two, &one))
    })
}

// ---- interruptions ----

/// How a run ends early.
#[derive(Clone, Copy, Debug)]
enum Stop {
    /// After an answer; the state is as of then.
    Answered,
    /// After a write that nobody answered; the state is as of the answer before.
    Written,
    /// After an answer, and the state is as of before the run.
    Unsaved,
    /// After a write that nobody answered, and the state is lost.
    Lost,
}

fn interrupted(desk: &Desk, answers: usize, stop: Stop) -> Desk {
    let mut desk = desk.clone();
    let (state, seen) = (desk.state.clone(), desk.seen.clone());
    let and_a_write = matches!(stop, Stop::Written | Stop::Lost);
    desk.execute_until(desk.plan(), answers, and_a_write);
    match stop {
        Stop::Answered | Stop::Written => {}
        Stop::Unsaved => (desk.state, desk.seen) = (state, seen),
        Stop::Lost => {
            desk.state = SyncState::new(&state.profile, state.systems.clone(), state.key);
            desk.seen = None;
        }
    }
    desk
}

/// A world in which every kind takes part.
fn with_all_kinds(spec: &Spec) -> Desk {
    let mut desk = permissive(spec);
    let parameters = &mut desk.parameters;
    for on in [
        &mut parameters.contacts,
        &mut parameters.tasks,
        &mut parameters.calls,
        &mut parameters.appointments,
    ] {
        *on = true;
    }
    desk
}

fn every_stop(stops: &'static [Stop]) {
    for_all(96, |spec| {
        let mut desk = permissive(spec);
        // Of a record kept whole a write that nobody answered leaves the rest to be merged again.
        desk.parameters.merge = Merge::Fields;
        prepare(&mut desk, spec, |_| Ok(()))?;
        let plan = desk.plan();
        let mut whole = desk.clone();
        settle(&mut whole)?;
        for answers in 0..=plan.ops.len() {
            for stop in stops {
                let mut parts = interrupted(&desk, answers, *stop);
                settle(&mut parts)?;
                same_content(&whole, &parts, || {
                    format!("stopped after {answers} answers, {stop:?}, in\n{plan}")
                })?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_run_interrupted_anywhere_is_completed_by_the_next() {
    every_stop(&[Stop::Answered]);
}

#[test]
fn a_run_interrupted_before_an_answer_is_completed_by_the_next() {
    every_stop(&[Stop::Written]);
}

#[test]
fn a_run_whose_state_was_not_saved_is_completed_by_the_next() {
    every_stop(&[Stop::Unsaved]);
}

/// A first run: later ones know deletions that a lost state does not.
#[test]
fn a_first_run_whose_state_was_lost_is_completed_by_the_next() {
    for_all(96, |spec| {
        let mut desk = with_all_kinds(spec);
        desk.changes = false;
        let plan = desk.plan();
        let mut whole = desk.clone();
        settle(&mut whole)?;
        for answers in 0..=plan.ops.len() {
            let mut parts = interrupted(&desk, answers, Stop::Lost);
            settle(&mut parts)?;
            let count = |desk: &Desk| lists(desk).iter().map(|(_, list)| list.len()).sum::<usize>();
            check(count(&whole) == count(&parts), || {
                let lines = |desk| content(desk).join("\n");
                format!("after {answers} in\n{plan}\n{}\n---\n{}", lines(&whole), lines(&parts))
            })?;
        }
        Ok(())
    });
}

#[test]
fn asking_twice_gives_the_same_request() {
    for_all(48, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let mut session = Session::new(desk.plan(), desk.state.clone());
            let mut host = desk.clone();
            while let Some(request) = session.poll_request() {
                let again = session.poll_request();
                check(again.as_ref() == Some(&request), || format!("{request:?}, {again:?}"))?;
                session.handle_response(host.write(&request));
                let state = session.state().clone();
                session.handle_response(counterpart::host::Response::Stale);
                check(*session.state() == state, || "an answer nobody waits for".to_owned())?;
            }
            Ok(())
        })
    });
}

// ---- coverage ----

#[test]
fn a_listing_of_changes_ends_like_a_full_one() {
    for_all(256, |spec| {
        let [mut full, mut changes] = [false, true].map(|changes| {
            let mut desk = with_all_kinds(spec);
            desk.changes = changes;
            // Of somebody else's correspondent nothing is known while it is not listed (D25).
            for one in &mut desk.crm.crm.correspondents {
                if !one.assigned.contains(&"REP01".to_owned()) {
                    one.assigned.push("REP01".to_owned());
                }
            }
            desk
        });
        live(&mut full, spec, |_| Ok(()))?;
        live(&mut changes, spec, |_| Ok(()))?;
        settle(&mut full)?;
        settle(&mut changes)?;
        // Colleagues' correspondents are added by a complete listing only.
        changes.changes = false;
        settle(&mut changes)?;
        // The contact list of an item that is not listed is not written again beside other fields.
        for desk in [&mut full, &mut changes] {
            let store = &mut desk.store.store;
            let tasks = store.tasks.iter_mut().map(|one| &mut one.contacts);
            for list in tasks.chain(store.appointments.iter_mut().map(|one| &mut one.contacts)) {
                list.clear();
            }
        }
        same_content(&full, &changes, || "full, changes".to_owned())
    });
}

#[test]
fn stamps_that_prove_change_nothing() {
    for_all(128, |spec| {
        let [mut proving, mut plain] = [true, false].map(|proves| {
            let mut desk = Desk::of(spec);
            desk.stamps_prove = proves;
            desk
        });
        live(&mut proving, spec, |_| Ok(()))?;
        live(&mut plain, spec, |_| Ok(()))?;
        same_content(&proving, &plain, || "proving, plain".to_owned())
    });
}

// ---- echoes ----

/// Whether a plan takes what the CRM cut for an edit, and brings it to the mailbox.
fn brings_a_cut_back(desk: &Desk, plan: &Plan<OutlookX3>) -> bool {
    plan.ops.iter().any(|op| {
        let Action::Update(RecordPatch::Contact(patch)) = &op.action else { return false };
        let mut contacts = desk.store.store.contacts.iter();
        let contact = contacts.find(|one| Some(&one.id) == op.ids.a.as_ref());
        let title = contact.and_then(|one| one.job_title.known()).unwrap_or_default();
        let new = patch.job_title.as_ref().and_then(Text::known).unwrap_or_default();
        new.chars().count() == CUT && title.len() > new.len() && title.starts_with(new)
    })
}

/// How many characters of a job title the CRM of the next law holds.
const CUT: usize = 10;

#[test]
fn what_a_host_cuts_is_no_edit() {
    let cuts = Cell::new(0);
    for_all(256, |spec| {
        let mut desk = permissive(spec);
        desk.job_title = Some(CUT);
        live(&mut desk, spec, |desk| {
            let titles = desk.crm.crm.correspondents.iter().map(|one| one.job_title.or_empty());
            cuts.set(cuts.get() + titles.filter(|title| title.chars().count() == CUT).count());
            let plan = desk.plan();
            check(!brings_a_cut_back(desk, &plan), || plan.to_string())
        })?;
        settle(&mut desk)
    });
    assert!(cuts.get() > 5, "titles are cut {} times", cuts.get());
}

// ---- states ----

#[test]
fn a_state_survives_being_stored() {
    for_all(128, |spec| {
        let mut desk = Desk::of(spec);
        live(&mut desk, spec, |desk| {
            let plan = desk.plan();
            for answers in 0..=plan.ops.len() {
                let mut desk = desk.clone();
                desk.execute(plan.clone(), answers);
                let bytes = desk.state.to_bytes();
                let read = SyncState::from_bytes(&bytes).map_err(|error| error.to_string())?;
                check(read == desk.state, || "another state".to_owned())?;
                check(read.to_bytes() == bytes, || "other bytes".to_owned())?;
            }
            Ok(())
        })
    });
}

/// The keys of a record whose value is a code, a key, an id or a date and time; everything else that is text
/// is what people write.
const NOT_WRITTEN: [&str; 24] = [
    "assigned",
    "birthday",
    "category",
    "chrono",
    "code",
    "correspondent",
    "correspondents",
    "created",
    "date",
    "due",
    "end",
    "folder",
    "id",
    "interlocutor",
    "item",
    "kind",
    "meeting_id",
    "modified",
    "organizer",
    "origin",
    "participants",
    "partner",
    "representative",
    "start",
];

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|one| texts(one, found)),
        Value::Object(keys) => {
            let written = keys.iter().filter(|(key, _)| !NOT_WRITTEN.contains(&key.as_str()));
            written.for_each(|(_, value)| texts(value, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// D1, D14, A3.11: a link holds keys, stamps, fingerprints, and codes and dates that rules need; no text.
#[test]
fn a_state_holds_none_of_the_texts() {
    for_all(128, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let mut found = Vec::new();
            for list in lists(desk) {
                list.1.iter().for_each(|one| texts(one, &mut found));
            }
            let words =
                ["not_started", "completed", "in_progress", "appointment", "attendee", "organizer"];
            let is_code = |text: &str| {
                desk.crm.crm.partners.iter().any(|one| one.code.eq_ignore_ascii_case(text))
            };
            found
                .retain(|text| text.len() > 3 && !words.contains(&text.as_str()) && !is_code(text));
            let mut after = desk.clone();
            after.run();
            let bytes = after.state.to_bytes();
            for text in found {
                let told = bytes.windows(text.len()).any(|part| part == text.as_bytes());
                check(!told, || format!("the state tells {text:?}"))?;
            }
            Ok(())
        })
    });
}
