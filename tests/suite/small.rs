//! Shows rules in worlds as small as they can be, each found by a law over random worlds.

use counterpart::model::Side;
use counterpart::profiles::outlook_x3::StoreKind;
use counterpart::session::OpResult;
use serde_json::json;

use crate::desk::Desk;
use crate::planning::{settled, world};

/// The host lists changes only from now on.
pub(crate) fn listing_changes(mut desk: Desk) -> Desk {
    desk.run();
    desk.changes = true;
    desk
}

/// D26: a sleeping link follows its item.
#[test]
fn a_sleeping_link_does_not_keep_the_id_of_an_item_that_is_gone() {
    let mut desk = settled();
    desk.store.store.kind = StoreKind::Exchange;
    let mut desk = listing_changes(desk);
    let contact = &mut desk.store.store.contacts[0];
    (contact.id, contact.folder, contact.modified) =
        ("C9".to_owned(), "Elsewhere".to_owned(), desk.now);
    desk.run();
    desk.crm.crm.correspondents[0].last_name = "DUPONT".into();
    desk.crm.crm.correspondents[0].modified = desk.now;
    let (plan, report) = desk.run();
    assert!(!report.results.contains(&OpResult::Stale), "written to an item that is gone:\n{plan}");
}

fn set_recurring(desk: &mut Desk, recurring: bool) {
    let now = desk.now;
    let item = &mut desk.store.store.appointments[0];
    (item.recurring, item.modified) = (recurring, now);
}

fn rename_in_crm(desk: &mut Desk) {
    let now = desk.now;
    let record = &mut desk.crm.crm.appointments[0];
    (record.subject, record.modified) = ("Longer visit".into(), now);
}

/// D26, A2.51: a series is never written, listed or not.
#[test]
fn a_sleeping_item_that_is_not_listed_is_not_written() {
    let mut desk = listing_changes(settled());
    set_recurring(&mut desk, true);
    desk.run();
    rename_in_crm(&mut desk);
    let (plan, _) = desk.run();
    assert!(plan.ops.is_empty(), "{plan}");
}

/// D26: a sleeping link's pair is compared in full when its item comes back.
#[test]
fn what_the_crm_changed_while_a_link_slept_arrives_when_it_wakes() {
    let mut desk = listing_changes(settled());
    set_recurring(&mut desk, true);
    rename_in_crm(&mut desk);
    desk.run();
    set_recurring(&mut desk, false);
    desk.run();
    assert_eq!(desk.store.store.appointments[0].subject.known(), Some("Longer visit"));
}

/// A1.19, D22: what changes while a kind is off is not forgotten.
#[test]
fn what_the_crm_changes_while_its_kind_is_off_arrives_when_it_is_on() {
    let mut desk = listing_changes(settled());
    desk.parameters.calls = false;
    desk.crm.crm.calls[0].subject = "Ring back".into();
    desk.crm.crm.calls[0].modified = desk.now;
    desk.run();
    desk.parameters.calls = true;
    desk.run();
    let item = desk.store.store.tasks.iter().find(|one| one.id != "T1").expect("the call");
    assert_eq!(item.subject.known(), Some("Ring back"));
}

/// D12, D22: a pair that may not be brought together yet is not forgotten.
#[test]
fn a_correspondent_that_may_not_be_assigned_yet_is_not_made_twice() {
    let store = json!({"contacts": [{"id": "C1", "last_name": "DURAND", "private": true}]});
    let crm = json!({"correspondents": [
        {"chrono": "COR00000001", "last_name": "DURAND", "origin": "mailbox-1/C1", "assigned": ["REP02"]},
    ]});
    let mut desk = listing_changes(world(store, crm));
    let contact = &mut desk.store.store.contacts[0];
    (contact.private, contact.modified) = (false, desk.now);
    let (plan, _) = desk.run();
    assert_eq!(desk.crm.crm.correspondents.len(), 1, "{plan}");
}

/// A3.5, D30: a key is an orphan only where the CRM's listing is complete.
#[test]
fn a_key_that_a_listing_of_changes_does_not_name_is_no_orphan() {
    let crm = json!({"correspondents": [
        {"chrono": "COR00000001", "last_name": "DURAND", "assigned": ["REP02"]},
    ]});
    let mut desk = listing_changes(world(json!({}), crm));
    let mut back = counterpart::profiles::outlook_x3::Contact::default();
    (back.id, back.chrono) = ("C1".to_owned(), Some("COR00000001".to_owned()));
    (back.last_name, back.modified) = ("DURAND".into(), desk.now);
    desk.store.store.contacts.push(back);
    let (plan, _) = desk.run();
    assert_eq!(desk.crm.crm.correspondents.len(), 1, "{plan}");
}

/// A6.7, D12: what the engine wrote itself is not taken for a person's edit.
#[test]
fn a_colleague_written_to_a_list_is_not_invited_though_the_answer_was_lost() {
    let mut desk = world(
        json!({}),
        json!({
            "representatives": [{"code": "REP02", "email": "rep02@example.test"}],
            "correspondents": [{
                "chrono": "COR00000001", "kind": "representative", "partner": "REP02",
                "last_name": "MARTIN", "assigned": ["REP01"],
            }],
            "appointments": [{"chrono": "BAP00000001", "subject": "Visit", "organizer": "REP01"}],
        }),
    );
    desk.run();
    let record = &mut desk.crm.crm.appointments[0];
    (record.correspondents, record.modified) = (vec!["COR00000001".to_owned()], desk.now);
    desk.execute_until(desk.plan(), 0, true);
    let (plan, _) = desk.run();
    assert!(plan.ops.iter().all(|op| op.side == Side::A), "nobody edited the mailbox:\n{plan}");
}

/// D12, D18: an item that is a call stays one while calls are off, run after run.
#[test]
fn the_twin_of_a_call_stays_one_while_calls_are_off() {
    let store = json!({"tasks": [{"id": "T1", "subject": "Ring"}]});
    let crm =
        json!({"calls": [{"chrono": "CLL00000001", "subject": "Ring", "representative": "REP01"}]});
    let mut desk = world(store, crm);
    desk.parameters.calls = false;
    let (first, _) = desk.run();
    let (second, _) = desk.run();
    assert_eq!(first.ops.len(), second.ops.len(), "{first}\n---\n{second}");
}

/// A2.57 to A2.64: a new contact or correspondent has each text its source has, whatever those before it had, and says
/// nothing where its source has blanks only.
#[test]
fn a_new_record_says_what_its_source_says() {
    let single = ["company", "last_name", "first_name", "job_title", "department"];
    let block =
        ["street", "postal_code", "city", "state", "country", "phone", "fax", "mobile", "email"];
    let named = |sides: [&'static str; 2], [company, notes]: [&'static str; 2]| {
        let own = single.iter().map(|one| if *one == "company" { company } else { one });
        let own = own.chain([notes]).map(|one| (one, None));
        let blocks = sides.into_iter().flat_map(|side| block.map(|one| (side, Some(one))));
        own.chain(blocks).collect::<Vec<_>>()
    };
    let record = |(field, part): (&str, Option<&str>), text: &str| match (field, part) {
        ("comments", _) => json!({"comments": [{"representative": "REP01", "text": text}]}),
        (_, Some(part)) => json!({ field: { part: text } }),
        (_, None) => json!({ field: text }),
    };
    let every = |fields: Vec<_>, id: &str| {
        let texts = |at: usize| [("said", format!("word {at}.")), ("blank", " \n".to_owned())];
        let records = fields.iter().enumerate().flat_map(|(at, field)| {
            texts(at).map(|(name, text)| {
                let mut one = record(*field, &text);
                one[id] = json!(format!("{at} {name}"));
                one
            })
        });
        json!(records.collect::<Vec<_>>())
    };
    let contacts = every(named(["business", "home"], ["company", "notes"]), "id");
    let mut correspondents =
        every(named(["professional", "personal"], ["company_label", "comments"]), "chrono");
    for one in correspondents.as_array_mut().into_iter().flatten() {
        one["assigned"] = json!(["REP01"]);
    }
    let made = |store, crm| {
        let plan = world(store, crm).plan();
        let texts = plan.ops.iter().filter(|op| op.action.name() == "create").map(|op| {
            let id = op.ids.a.clone().or_else(|| op.ids.b.clone()).unwrap_or_default();
            (id, serde_json::to_string(&op.action).unwrap_or_default())
        });
        texts.collect::<std::collections::BTreeMap<_, _>>()
    };
    for made in [
        made(json!({"contacts": contacts}), json!({})),
        made(json!({}), json!({"correspondents": correspondents})),
    ] {
        assert_eq!(made.len(), 48);
        for (id, text) in made {
            let said = id.split_once(" said").map(|(at, _)| format!("word {at}."));
            assert_eq!(
                said.is_some_and(|said| text.contains(&said)),
                id.ends_with("said"),
                "{text}"
            );
            assert!(!text.contains(r"\n"), "{id}: {text}");
        }
    }
}
