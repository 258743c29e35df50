//! Shows that the digest of a whole record says nothing but that the record is as it was: where it is known, plans are
//! those made without it, and every field of every record is in it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use counterpart::host::Response;
use counterpart::model::{BySide, Side};
use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::{Kind, OutlookX3, Record, Viewer};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::Session;
use counterpart::snapshot::{
    Digester, Link, Print, Printer, Prints, StateError, StateJournal, StateKey, SyncState,
};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::genes::{self, Dice, Spec};
use crate::peers::many;
use crate::worlds::{check, for_all, json as text, live};

/// Every record of both sides, as each kind it may be the counterpart of another one as.
fn records(desk: &Desk) -> Vec<(Kind, Side, Record)> {
    let (store, crm) = (&desk.store.store, &desk.crm.crm);
    let mut all = Vec::new();
    macro_rules! add {
        ($list:expr, $side:ident, $($kind:ident)*) => {
            for one in &$list {
                $(all.push((Kind::$kind, Side::$side, Record::from(one.clone())));)*
            }
        };
    }
    add!(store.contacts, A, Contact);
    add!(store.tasks, A, Task Call);
    add!(store.appointments, A, Appointment);
    add!(crm.correspondents, B, Contact);
    add!(crm.tasks, B, Task);
    add!(crm.calls, B, Call);
    add!(crm.appointments, B, Appointment);
    all
}

fn digest(key: &StateKey, viewer: &Viewer, kind: Kind, record: &Record) -> Option<Print> {
    OutlookX3::digest(kind, record, &mut Digester::new(key, viewer))
}

fn prints(key: &StateKey, viewer: &Viewer, kind: Kind, record: &Record) -> Prints {
    let mut printer = Printer::new(key, kind.code());
    OutlookX3::show(viewer, kind, record, &mut printer);
    printer.finish()
}

/// The state with other links in the place of these.
fn changed(state: &SyncState, change: impl Fn(&mut Link)) -> SyncState {
    let mut changed = state.clone();
    changed.links.clear();
    for (key, mut link) in state.links.iter() {
        change(&mut link);
        changed.links.insert(key, link);
    }
    SyncState::from_bytes(&changed.to_bytes()).expect("a state")
}

fn without_digests(state: &SyncState) -> SyncState {
    changed(state, |link| link.digests = BySide::default())
}

/// A host without stamps that prove anything.
fn unproven(spec: &Spec) -> Desk {
    let mut desk = Desk::of(spec);
    desk.stamps_prove = false;
    desk
}

/// Edits something and leaves its stamp as it is: nothing but the content tells.
fn edit_unseen(desk: &mut Desk, genes: &[u8]) {
    let dice = &mut Dice::new(genes);
    let (store, crm) = (&mut desk.store.store, &mut desk.crm.crm);
    macro_rules! touch {
        ($list:expr, $touch:path) => {
            for one in $list.iter_mut().filter(|_| dice.rarely(3)).collect::<Vec<_>>() {
                let stamp = one.modified;
                $touch(one, dice);
                one.modified = stamp;
            }
        };
    }
    touch!(store.contacts, genes::touch_contact);
    touch!(store.tasks, genes::touch_task);
    touch!(store.appointments, genes::touch_appointment);
    touch!(crm.correspondents, genes::touch_correspondent);
    touch!(crm.tasks, genes::touch_crm_task);
    touch!(crm.calls, genes::touch_call);
    touch!(crm.appointments, genes::touch_crm_appointment);
}

/// Plans and executes, with digests and without: the same comes of it.
fn same_without(desk: &Desk) -> Result<Plan<OutlookX3>, String> {
    let mut known = desk.clone();
    known.state = changed(&desk.state, |_| ());
    let mut unknown = desk.clone();
    unknown.state = without_digests(&desk.state);
    let (one, other) = (known.plan(), unknown.plan());
    let says = |plan: &Plan<OutlookX3>| {
        let done = (&plan.ops, &plan.journal, &plan.anomalies, &plan.closings);
        text(&(done, &plan.account, &plan.undecided, &plan.revisited, &plan.missing, &plan.met))
    };
    check(says(&one) == says(&other), || format!("{one}\n---\n{other}"))?;
    let plan = one.clone();
    known.execute(one, usize::MAX);
    unknown.execute(other, usize::MAX);
    check(known.store == unknown.store && known.crm == unknown.crm, || "written".to_owned())?;
    let [known, unknown] = [known, unknown].map(|desk| {
        // How a field went back and forth long ago is forgotten when the pair is looked at.
        changed(&desk.state, |link| {
            link.swings.clear();
            link.digests = BySide::default();
        })
    });
    check(known == unknown, || format!("{known:?}\n---\n{unknown:?}"))?;
    Ok(plan)
}

#[test]
fn a_digest_changes_no_plan() {
    let (quiet, told) = (Cell::new(0), Cell::new(0));
    for_all(256, |spec| {
        live(&mut unproven(spec), spec, |desk| {
            let plan = same_without(desk)?;
            quiet.set(quiet.get() + plan.account.unchanged);
            let mut edited = desk.clone();
            edit_unseen(&mut edited, &spec.settings);
            let plan = same_without(&edited)?;
            told.set(told.get() + usize::from(!plan.ops.is_empty()));
            // Somebody else is looking, or the mailbox holds other subjects.
            let mut parameters = desk.clone();
            parameters.parameters.limits.subject = 10;
            parameters.parameters.display.location ^= true;
            same_without(&parameters)?;
            Ok(())
        })
    });
    assert!(quiet.get() > 500, "hardly anything is as it was: {}", quiet.get());
    assert!(told.get() > 100, "hardly an edit without a stamp is told: {}", told.get());
}

/// What records there were ever showed, and told as facts, by their digests.
type History = BTreeMap<(u8, Side, Print), (Prints, Vec<String>)>;

/// A digest is of a record that shows what was agreed, whatever else became of its pair.
#[test]
fn a_known_digest_is_of_a_record_that_showed_the_base() {
    let (known, all) = (Cell::new(0), Cell::new(0));
    for_all(256, |spec| {
        let history = RefCell::default();
        live(&mut unproven(spec), spec, |desk| {
            let viewer = desk.plan().viewer;
            remember(desk, &viewer, &history);
            for answers in [0, 1, 3, usize::MAX] {
                let mut desk = desk.clone();
                // The last write is done, and its answer lost: the next run finds out.
                desk.execute_until(desk.plan(), answers, true);
                for _ in 0..2 {
                    remember(&desk, &viewer, &history);
                    let (more, of) = holds(&desk, &history.borrow())?;
                    known.set(known.get() + more);
                    all.set(all.get() + of);
                    desk.run();
                }
            }
            Ok(())
        })
    });
    let (known, all) = (known.get(), all.get());
    assert!(known * 2 > all, "few digests are known: {known} of {all}");
}

fn remember(desk: &Desk, viewer: &Viewer, history: &RefCell<History>) {
    let key = &desk.state.key;
    for (kind, side, record) in records(desk) {
        let is = digest(key, viewer, kind, &record).expect("a digest");
        let showed = (prints(key, viewer, kind, &record), OutlookX3::facts(&record));
        history.borrow_mut().insert((kind.code(), side, is), showed);
    }
}

fn holds(desk: &Desk, history: &History) -> Result<(usize, usize), String> {
    let (mut known, mut all) = (0, 0);
    for ((code, _), link) in desk.state.links.iter() {
        for side in Side::BOTH {
            all += 1;
            let Some(is) = *link.digests.get(side) else { continue };
            // What stood there between two writes of a run was never listed.
            let Some((shows, facts)) = history.get(&(code, side, is)) else { continue };
            known += 1;
            let base: Prints = link.base.iter().map(|base| *base.get(side)).collect();
            check(*shows == base && !base.contains(&None), || format!("{side:?} {link:?}"))?;
            check(side == Side::A || *facts == link.facts, || format!("facts of {link:?}"))?;
        }
    }
    Ok((known, all))
}

// ---- when it is known ----

fn digests(state: &SyncState) -> Vec<BySide<bool>> {
    state.links.values().map(|link| link.digests.map(|digest| digest.is_some())).collect()
}

/// What is stored tells the digest of what was written, and what was read that of its source; a side whose stamps prove
/// what is unchanged has none, and neither has one that does not say what it stored.
#[test]
fn a_digest_is_learned_when_a_pair_is_settled() {
    assert_eq!(digests(&many(2).state), [BySide::new(true, true); 2]);

    let mut proving = many(0);
    proving.stamps_prove = true;
    proving.store.store.tasks = many(1).store.store.tasks;
    proving.store.store.tasks[0].chrono = None;
    proving.run();
    assert_eq!(digests(&proving.state), [BySide::new(false, false)]);

    let mut desk = many(2);
    desk.state = without_digests(&desk.state);
    desk.run();
    assert_eq!(digests(&desk.state), [BySide::new(false, false); 2], "nothing was settled");
    desk.crm.crm.tasks[0].report = "Done".into();
    desk.run();
    assert_eq!(digests(&desk.state), [BySide::new(true, true), BySide::new(false, false)]);

    desk.crm.crm.tasks[0].report = "Done again".into();
    let mut session = Session::new(desk.plan(), desk.state.clone());
    while let Some(request) = session.poll_request() {
        let Response::Done { id, modified, .. } = desk.write(&request) else { panic!("done") };
        session.handle_response(Response::Done { id, stored: None, modified });
    }
    let (state, _) = session.finish();
    assert_eq!(digests(&state)[0], BySide::new(false, true), "nobody knows what is stored");
}

// ---- how it is stored ----

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    use std::hash::Hasher as _;
    let content = bytes.len() - 8;
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(&bytes[..content]);
    bytes[content..].copy_from_slice(&hasher.finish().to_le_bytes());
    bytes
}

/// Format 1 is read as it was written, and has no digests; what is wrong about one is damage.
#[test]
fn older_states_are_read_and_have_no_digests() {
    let known = many(2).state;
    let older = without_digests(&known);
    let as_version_1 = |state: &SyncState| {
        let mut bytes = state.to_bytes();
        bytes[8..10].copy_from_slice(&1u16.to_le_bytes());
        sealed(bytes)
    };
    assert_eq!(SyncState::from_bytes(&as_version_1(&older)), Ok(older.clone()));
    assert_eq!(SyncState::from_bytes(&as_version_1(&known)), Err(StateError::Damaged));
    assert_eq!(known.to_bytes().len(), older.to_bytes().len() + 2 * 15);
    let one_side = changed(&known, |link| link.digests.b = None);
    assert_eq!(one_side.to_bytes().len(), older.to_bytes().len() + 2 * 8);

    let number = known.links.values().next().and_then(|link| link.digests.a).expect("a digest");
    let mut bytes = one_side.to_bytes();
    let digest = number.get().to_le_bytes();
    let at = bytes.windows(8).position(|window| window == digest).expect("a digest");
    for damage in [[0; 8], [0xff; 8]] {
        bytes[at..at + 8].copy_from_slice(&damage);
        assert_eq!(SyncState::from_bytes(&sealed(bytes.clone())), Err(StateError::Damaged));
    }
}

#[test]
fn a_checkpoint_has_the_digests_too() {
    let mut desk = many(1);
    desk.crm.crm.tasks[0].report = "Done".into();
    let state = desk.state.clone();
    let mut journal = StateJournal::begin(&state);
    let mut session = Session::new(desk.plan(), state);
    journal.extend(StateJournal::entry(&session.take_checkpoint()));
    while let Some(request) = session.poll_request() {
        let response = desk.write(&request);
        session.handle_response(response);
        journal.extend(StateJournal::entry(&session.take_checkpoint()));
    }
    let replayed = StateJournal::replay(&journal).expect("a journal");
    assert_eq!(digests(&replayed.state), [BySide::new(true, true)]);
    assert_eq!(replayed.state.links, session.state().links);
}

// ---- what it is of ----

/// A record of each sort in which every field says something.
fn full() -> [Value; 7] {
    let address = json!({
        "street": "1, rue de la Gare", "postal_code": "69003", "city": "Lyon", "state": "Rhône", "country": "France",
        "phone": "+33 4 1", "fax": "+33 4 2", "mobile": "+33 6 3", "email": "one@customer.example",
    });
    let item = json!({
        "id": "I1", "modified": "2026-03-02T08:00:00.500Z", "folder": "Folder", "created": "2026-03-01T08:00:00Z",
        "private": true, "chrono": "KEY1", "company": "#DIS001#",
    });
    let with = |base: &Value, more: Value| {
        let mut all = base.as_object().expect("fields").clone();
        all.extend(more.as_object().expect("fields").clone());
        Value::Object(all)
    };
    let record =
        json!({"chrono": "KEY1", "modified": "2026-03-02T08:00:00.500Z", "origin": "mailbox-1/I1"});
    let contacts = json!([{"name": "One", "item": "C1", "chrono": "COR1"}, {"name": "Two", "item": null, "chrono": null}]);
    let person = json!({
        "title": "Mr", "last_name": "Last", "first_name": "First", "job_title": "Buyer", "department": "Office",
        "birthday": "1980-03-02",
    });
    let contact = with(
        &with(&item, person.clone()),
        json!({"notes": "Notes", "business": address, "home": address}),
    );
    let task = with(
        &item,
        json!({
            "contacts": contacts, "subject": "Subject", "body": "Body", "status": "waiting", "start": "2026-03-02",
            "due": "2026-03-03", "actual_work": 30, "owner": "Owner",
        }),
    );
    let appointment = with(
        &item,
        json!({
            "role": "organizer", "meeting_id": "M1", "recurring": true, "contacts": contacts,
            "recipients": [{"name": "One", "email": "one@customer.example"}], "subject": "Subject", "body": "Body",
            "start": "2026-03-02T09:00:00", "end": "2026-03-02T10:00:00", "all_day": true, "location": "Lyon", "done": true,
        }),
    );
    let correspondent = with(
        &with(&record, person),
        json!({
            "kind": "representative", "interlocutor": "INT1", "assigned": ["REP01", "REP02"],
            "comments": [{"representative": "REP01", "text": "Notes"}], "partner": "DIS001", "company_label": "Label",
            "professional": address, "personal": address,
        }),
    );
    let activity = json!({
        "representative": "REP01", "site": "SITE", "partner": "DIS001", "correspondent": "COR1", "interlocutor": "INT1",
        "done": true, "subject": "Subject", "report": "Report",
    });
    let crm_task = with(
        &with(&record, activity.clone()),
        json!({
            "start": "2026-03-02", "due": "2026-03-03", "time_spent": 30,
        }),
    );
    let call = with(
        &with(&record, activity),
        json!({"time": "09:00", "date": "2026-03-02", "duration": 30}),
    );
    let crm_appointment = with(
        &record,
        json!({
            "organizer": "REP01", "category": "VIS", "site": "SITE", "meeting_id": "M1",
            "place": {"street": "1, rue", "postal_code": "69003", "city": "Lyon", "country": "France"},
            "partner": "DIS001", "done": true, "start": "2026-03-02T09:00:00", "end": "2026-03-02T10:00:00", "all_day": true,
            "correspondents": ["COR1", "COR2"], "participants": ["REP02"], "subject": "Subject", "report": "Report",
        }),
    );
    [
        json!({"contact": contact}),
        json!({"task": task}),
        json!({"appointment": appointment}),
        json!({"correspondent": correspondent}),
        json!({"crm_task": crm_task}),
        json!({"call": call}),
        json!({"crm_appointment": crm_appointment}),
    ]
}

/// The places of everything that is no list and no object.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, one)| leaves(one, &format!("{at}/{n}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(at.to_owned());
        }
    }
}

/// What a value may be instead.
fn others(value: &Value) -> Vec<Value> {
    let words = [
        "deferred",
        "attendee",
        "interlocutor",
        "",
        "2026-03-09",
        "2026-03-09T07:00:00",
        "2026-03-02T09:00:00.25",
    ];
    let more =
        ["2026-03-02T08:00:00.25Z", "2026-03-02T09:00:00.5Z", "08:30"].into_iter().chain(words);
    let mut others: Vec<Value> = more.map(Value::from).collect();
    others.push(Value::Null);
    match value {
        Value::Bool(yes) => others.push(json!(!yes)),
        Value::Number(number) => others.push(json!(number.as_u64().unwrap_or_default() + 1)),
        Value::String(text) => {
            others.extend([json!(format!("{text} ")), json!(format!("x{text}"))]);
        }
        Value::Null | Value::Array(_) | Value::Object(_) => {}
    }
    others.retain(|other| other != value);
    others
}

/// Whatever is told of a record apart from this is another digest: nothing that a rule may read is left out.
#[test]
fn every_field_of_every_record_is_in_its_digest() {
    let viewer = many(0).plan().viewer;
    let of = |record: &Record| {
        digest(&StateKey([7; 16]), &viewer, Kind::Contact, record).expect("a digest")
    };
    for sample in full() {
        let record: Record = serde_json::from_value(sample.clone()).expect("a record");
        assert_eq!(serde_json::to_value(&record).expect("JSON"), sample, "every field is there");
        let mut places = Vec::new();
        leaves(&sample, "", &mut places);
        for place in places {
            let mut told = 0;
            for other in others(sample.pointer(&place).expect("a value")) {
                let mut changed = sample.clone();
                *changed.pointer_mut(&place).expect("a value") = other;
                let Ok(changed) = serde_json::from_value::<Record>(changed) else { continue };
                assert_eq!(of(&changed) == of(&record), changed == record, "{place}");
                told += usize::from(changed != record);
            }
            assert!(told > 0, "nothing else can stand at {place}");
        }
    }
}
