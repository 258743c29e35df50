//! Shows that every item and record can be asked why it is as it is: its link, the decision with its rule, and what
//! would change it; and that the answer agrees with the plan and holds no value.

use counterpart::model::Side;
use counterpart::plan::ActionKind;
use counterpart::profiles::outlook_x3::{
    Conflict, Input, OutlookX3, Permissions, RunError, RunOptions, explain,
};
use counterpart::report::{
    Cause, Code, Decision, Explanation, FieldFate, Language, Lever, Pairing, Presence,
};
use counterpart::rules::Reason;
use counterpart::session::{Response, Session};
use counterpart::snapshot::{LinkStatus, SyncState};
use serde_json::json;

use crate::desk::{Desk, Listed};
use crate::planning::{settled, world};
use crate::small::listing_changes;

pub(crate) type Told = Explanation<OutlookX3>;

pub(crate) fn asked(
    desk: &Desk,
    listed: &Listed,
    options: RunOptions,
    (side, id): (Side, &str),
) -> Result<Vec<Told>, RunError> {
    let input = Input {
        parameters: &desk.parameters,
        store: &listed.store,
        crm: &listed.crm,
        store_listing: &listed.listings.a,
        crm_listing: &listed.listings.b,
        state: &desk.state,
        options,
    };
    explain(&input, side, id)
}

pub(crate) fn options(desk: &Desk) -> RunOptions {
    let mut options = RunOptions::at(desk.now);
    options.confirm = desk.confirm;
    options
}

/// The one explanation of an id.
pub(crate) fn told(desk: &Desk, side: Side, id: &str) -> Told {
    let told = asked(desk, &desk.listed(), options(desk), (side, id)).expect("an explanation");
    let [one] = <[Told; 1]>::try_from(told).expect("one explanation");
    one
}

pub(crate) fn skipped(code: Code) -> Decision {
    Decision::Skipped(Cause::Code(code))
}

// ---- pairs at rest ----

/// A pair at rest: its link, and what an edit of either side would meet.
#[test]
fn a_pair_at_rest_is_told_by_its_link() {
    let mut desk = settled();
    let one = told(&desk, Side::A, "T1");
    assert_eq!((one.pairing, one.decision), (Pairing::Link, Decision::Unchanged));
    assert_eq!(one.link.expect("a link").status, LinkStatus::Live);
    assert!(one.fields.is_empty() && one.ops.is_empty() && one.journal.is_empty(), "{one:?}");
    assert_eq!(one.levers, [Lever::Edit(Side::A), Lever::Edit(Side::B)]);
    desk.parameters.permissions = Permissions::none();
    let flag = |side, flag: &str| {
        let flag = Some(flag.to_owned().into());
        Lever::Permit { side, action: ActionKind::Update, flag }
    };
    let one = told(&desk, Side::A, "T1");
    assert_eq!(one.levers, [flag(Side::B, "TSKADXUPD"), flag(Side::A, "TSKOTKUPD")], "A1.14");
}

// ---- what is written ----

/// An edit on both sides: what each field does, and which operation carries it.
#[test]
fn what_each_side_changed_is_told_field_by_field() {
    let mut desk = settled();
    let item = &mut desk.store.store.contacts[0];
    (item.first_name, item.job_title) = ("Anne".into(), "Buyer".into());
    item.modified = desk.now - chrono::TimeDelta::minutes(2);
    let record = &mut desk.crm.crm.correspondents[0];
    (record.department, record.job_title) = ("Purchase".into(), "Head buyer".into());
    record.modified = desk.now - chrono::TimeDelta::minutes(1);
    let one = told(&desk, Side::A, "C1");
    assert_eq!(one.decision, Decision::Written(Reason::Merged));
    let fates: Vec<_> = one.fields.iter().map(|field| (&*field.field, field.fate)).collect();
    assert_eq!(
        fates,
        [
            ("name", FieldFate::Written(1)),
            ("job_title", FieldFate::Overwritten(2)),
            ("department", FieldFate::Written(2)),
        ]
    );
    insta::assert_snapshot!(one.text(Language::En), @r"
    correspondent: Outlook C1 (listed) <-> Sage X3 COR00001001 (listed)
    paired by its link: both sides are kept alike; everything agreed: Outlook 2026-03-02 08:00:00 UTC, Sage X3 2026-03-02 08:00:00 UTC
    decision: changed on both sides, in different fields [D3]
    operation 1: Sage X3, update: changed on both sides, in different fields [D3]
    operation 2: Outlook, update: changed on both sides; the CRM's value is kept [A8]
    field name: changed in Outlook, is written (operation 1)
    field job title: changed in Outlook and Sage X3, one side's value is overwritten and reported (operation 2)
    field department: changed in Sage X3, is written (operation 2)
    ");
    insta::assert_snapshot!(one.text(Language::Fr), @r"
    correspondant : Outlook C1 (présent) <-> Sage X3 COR00001001 (présent)
    rapproché par son lien : les deux côtés sont tenus à jour ; dernier accord complet : Outlook 02/03/2026 08:00:00 UTC, Sage X3 02/03/2026 08:00:00 UTC
    décision : modifié des deux côtés, dans des champs différents [D3]
    opération 1 : Sage X3, modification : modifié des deux côtés, dans des champs différents [D3]
    opération 2 : Outlook, modification : modifié des deux côtés ; la valeur du CRM est retenue [A8]
    rubrique nom : modifié dans Outlook, est écrit (opération 1)
    rubrique fonction : modifié dans Outlook et Sage X3, la valeur d'un côté est remplacée et signalée (opération 2)
    rubrique service : modifié dans Sage X3, est écrit (opération 2)
    ");
}

/// A4.21, D22: what was refused is told with how often it was left, and is tried again.
#[test]
fn a_retry_is_told() {
    let mut desk = world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}));
    for _ in 0..2 {
        let mut session = Session::new(desk.plan(), desk.state.clone());
        while session.poll_request().is_some() {
            session.handle_response(Response::Refused { message: String::new(), trace: None });
        }
        desk.state = session.finish().0;
    }
    let one = told(&desk, Side::A, "T1");
    assert_eq!(one.decision, Decision::Written(Reason::CreatedInA));
    assert_eq!(one.retry.as_ref().map(|retry| retry.attempts), Some(2));
    assert_eq!(one.levers, [Lever::Retry]);
    assert!(one.text(Language::En).contains("[A4.11]"), "{}", one.text(Language::En));
}

/// D12: a write that nobody answered is told.
#[test]
fn an_unanswered_write_is_told() {
    let mut desk = settled();
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Second offer".into(), desk.now);
    desk.execute(desk.plan(), 0);
    assert_eq!(told(&desk, Side::A, "T1").unanswered, [Side::A]);
}

// ---- what waits ----

pub(crate) fn conflict() -> Desk {
    let mut desk = settled();
    let item = &mut desk.store.store.tasks[0];
    (item.subject, item.modified) = ("Mine".into(), desk.now - chrono::TimeDelta::minutes(2));
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Hers".into(), desk.now - chrono::TimeDelta::minutes(1));
    desk
}

/// D4: a held conflict waits for a policy.
#[test]
fn a_held_conflict_waits_for_a_policy() {
    let mut desk = conflict();
    desk.parameters.conflict = Conflict::Hold;
    let one = told(&desk, Side::B, "TSK00001003");
    assert_eq!((one.decision, one.decision.rule()), (Decision::Conflict, Some("D4")));
    assert_eq!(one.levers, [Lever::Policy]);
    let field = &one.fields[0];
    assert_eq!((&*field.field, field.fate), ("subject", FieldFate::Waits));
    assert_eq!((field.changed.a, field.changed.b), (Some(true), Some(true)));
    insta::assert_snapshot!(one.text(Language::En), @r"
    task: Outlook T1 (listed) <-> Sage X3 TSK00001003 (listed)
    paired by its link: both sides are kept alike; everything agreed: Outlook 2026-03-02 08:00:00 UTC, Sage X3 2026-03-02 08:00:00 UTC
    decision: changed on both sides; neither is touched until a policy decides [D4]
    field subject: changed in Outlook and Sage X3, waits
    would change it: a conflict policy that decides, or an edit that makes both sides alike
    ");
    insta::assert_snapshot!(one.text(Language::Fr), @r"
    tâche : Outlook T1 (présent) <-> Sage X3 TSK00001003 (présent)
    rapproché par son lien : les deux côtés sont tenus à jour ; dernier accord complet : Outlook 02/03/2026 08:00:00 UTC, Sage X3 02/03/2026 08:00:00 UTC
    décision : modifié des deux côtés ; rien n'est écrit tant qu'une règle de conflit n'a pas tranché [D4]
    rubrique objet : modifié dans Outlook et Sage X3, en attente
    ce qui y changerait quelque chose : une règle de conflit qui tranche, ou une modification qui rend les deux côtés identiques
    ");
}

/// A1.14: a missing permission is named by its flag; there is none for a call from the mailbox (A1.15).
#[test]
fn a_missing_permission_is_named_by_its_flag() {
    let permit = |side, action, flag: Option<&str>| {
        let flag = flag.map(|flag| flag.to_owned().into());
        vec![Lever::Permit { side, action, flag }]
    };
    let mut desk = settled();
    desk.store.store.contacts[0].last_name = "DUPONT".into();
    desk.crm.crm.appointments.clear();
    desk.store.store.tasks.push(
        serde_json::from_value(
            json!({"id": "T9", "modified": "2026-03-01T12:00:00Z", "subject": "New"}),
        )
        .expect("a task"),
    );
    desk.parameters.permissions = Permissions::none();
    let cases = [
        ("C1", ActionKind::Update, Side::B, "CORADXUPD"),
        ("N2", ActionKind::Delete, Side::A, "BAPOTKDLT"),
        ("T9", ActionKind::Create, Side::B, "TSKADXCRE"),
    ];
    for (id, action, side, flag) in cases {
        let one = told(&desk, Side::A, id);
        assert_eq!(one.decision, skipped(Code::NotPermitted), "{id}");
        assert_eq!(one.levers, permit(side, action, Some(flag)), "{id}");
    }
    desk.crm.crm.calls.clear();
    desk.store.store.contacts.clear();
    desk.confirm = true;
    let one = told(&desk, Side::B, "COR00001001");
    assert_eq!(one.levers, permit(Side::B, ActionKind::Unassign, Some("CORADXDLT")), "A4.13");
}

/// A world and an id in it, what is decided of it, the rule, and what would change it.
type Case = (Desk, (Side, &'static str), Decision, &'static str, Vec<Lever>);

fn check_case((desk, (side, id), decision, rule, levers): Case) {
    let one = told(&desk, side, id);
    assert_eq!((one.decision, one.decision.rule()), (decision, Some(rule)), "{id}: {one:#?}");
    assert_eq!(one.levers, levers, "{id}: {one:#?}");
    assert_ne!(one.text(Language::En), one.text(Language::Fr));
    for language in Language::ALL {
        let text = one.text(language);
        assert!(text.contains(&format!("[{rule}]")), "{text}");
        for lever in &levers {
            assert!(text.contains(&lever.text::<OutlookX3>(one.kind, language)), "{text}");
        }
    }
}

/// A7.1, A7.2, A1.19, D19, A2.51, A7.3: what the user or the setup keeps from taking part.
#[test]
fn what_does_not_take_part_is_told_why() {
    let private = || {
        let mut desk = settled();
        desk.store.store.tasks[0].private = true;
        desk
    };
    let mut edited = private();
    edited.store.store.tasks[0].subject = "Secret offer".into();
    let new = world(json!({"contacts": [{"id": "C9", "private": true}]}), json!({}));
    let mut off = settled();
    off.parameters.calls = false;
    let mut elsewhere = settled();
    elsewhere.store.store.contacts[0].folder = "Elsewhere".to_owned();
    elsewhere.parameters.managed_folders =
        Some(["Contacts", "Tasks", "Calendar"].map(String::from).into());
    let mut series = settled();
    series.store.store.appointments[0].recurring = true;
    let theirs =
        world(json!({}), json!({"tasks": [{"chrono": "TSK1", "representative": "REP02"}]}));
    let freeze = skipped(Code::FrozenPrivate);
    let cases: [Case; 7] = [
        (edited, (Side::A, "T1"), freeze, "A7.2", vec![Lever::MakePublic]),
        (
            private(),
            (Side::A, "T1"),
            Decision::Unchanged,
            "A4.22",
            vec![Lever::MakePublic, Lever::Edit(Side::B)],
        ),
        (new, (Side::A, "C9"), skipped(Code::Private), "A7.1", vec![Lever::MakePublic]),
        (off, (Side::B, "CLL00000001"), skipped(Code::KindOff), "A1.19", vec![Lever::SwitchOn]),
        (elsewhere, (Side::A, "C1"), skipped(Code::OutOfScope), "D19", vec![Lever::MoveIntoScope]),
        (
            series,
            (Side::B, "BAP00000001"),
            skipped(Code::Recurring),
            "A2.51",
            vec![Lever::EndSeries],
        ),
        (
            theirs,
            (Side::B, "TSK1"),
            Decision::Skipped(Cause::SomebodyElses),
            "A7.3",
            vec![Lever::Assign],
        ),
    ];
    for case in cases {
        check_case(case);
    }
}

/// D24, A3.5, D13, A2.40, D35: what has to be put right first.
#[test]
fn what_has_to_be_put_right_is_told() {
    let twins =
        json!({"tasks": [{"id": "T1", "subject": "Offer"}, {"id": "T2", "subject": "Offer"}]});
    let record =
        json!({"tasks": [{"chrono": "TSK1", "subject": "Offer", "representative": "REP01"}]});
    let twins = world(twins, record);
    let span = json!({"start": "2026-03-10T09:00:00", "end": "2026-03-10T10:00:00"});
    let (mut item, mut record) = (span.clone(), span);
    (item["id"], item["subject"]) = (json!("A1"), json!("Fair"));
    (record["chrono"], record["organizer"]) = (json!("BAP00000001"), json!("REP01"));
    let overlap = world(json!({"appointments": [item]}), json!({"appointments": [record]}));
    let backwards =
        json!({"id": "A1", "start": "2026-03-10T10:00:00", "end": "2026-03-10T09:00:00"});
    let backwards = world(json!({"appointments": [backwards]}), json!({}));
    let mut unread = settled();
    unread.store.store.tasks[0].body = counterpart::model::Text::UNREADABLE;
    let record = &mut unread.crm.crm.tasks[0];
    (record.report, record.modified) = ("Done".into(), unread.now);
    let impossible = counterpart::report::AnomalyCode::EndBeforeStart;
    let cases: [Case; 4] = [
        (twins, (Side::A, "T1"), skipped(Code::AmbiguousPairing), "D24", vec![Lever::TellApart]),
        (
            overlap,
            (Side::A, "A1"),
            skipped(Code::Overlap),
            "D13",
            vec![Lever::Reschedule("BAP00000001".to_owned())],
        ),
        (
            backwards,
            (Side::A, "A1"),
            Decision::Skipped(Cause::Impossible(impossible)),
            "A4.21",
            vec![Lever::Correct("schedule".into())],
        ),
        (
            unread,
            (Side::A, "T1"),
            Decision::Skipped(Cause::Unreadable),
            "D35",
            vec![Lever::Read(Side::A, "body".into())],
        ),
    ];
    for case in cases {
        check_case(case);
    }
}

/// A3.5, A9.12: an item whose key the CRM does not hold is left alone by a forced run.
#[test]
fn an_orphan_key_is_told_in_a_forced_run() {
    let desk = world(json!({"tasks": [{"id": "T1", "chrono": "TSK00000077"}]}), json!({}));
    let mut forced = options(&desk);
    forced.force_crm = true;
    let told = asked(&desk, &desk.listed(), forced, (Side::A, "T1")).expect("an explanation");
    assert_eq!(
        (told[0].decision, told[0].levers.as_slice()),
        (skipped(Code::OrphanKey), [Lever::RemoveKey].as_slice())
    );
}

/// D6: a deletion that a guard holds waits for a confirmation.
#[test]
fn a_held_deletion_waits_for_a_confirmation() {
    let mut desk = settled();
    desk.store.store.contacts.clear();
    let one = told(&desk, Side::B, "COR00001001");
    assert_eq!(one.decision, Decision::Held(Code::EmptiedSideHeld));
    assert_eq!(
        (one.presence.a, one.levers.as_slice()),
        (Presence::Gone, [Lever::Confirm].as_slice())
    );
    desk.confirm = true;
    let one = told(&desk, Side::B, "COR00001001");
    assert_eq!((one.decision, one.levers.len()), (Decision::Written(Reason::DeletedInA), 0));
}

/// A10.6, D26, A7.8b, D19: what a link keeps away, and what brings it back.
#[test]
fn a_link_that_keeps_an_item_away_is_told() {
    let away = |status| Decision::Skipped(Cause::Away(status));
    let mut old = settled();
    old.parameters.deletion_delay_months = Some(1);
    old.crm.crm.calls[0].date = "2026-01-05".parse().ok();
    old.run();
    old.store.store.tasks.retain(|one| one.id == "T1");
    for (key, mut one) in old.state.links.clone().iter() {
        one.seen.a = "2026-01-05T08:00:00Z".parse().ok();
        old.state.links.insert(key, one);
    }
    old.run();
    let mut private = settled();
    private.store.store.contacts[0].private = true;
    private.run();
    private.store.store.contacts.clear();
    private.run();
    let mut guest = settled();
    guest.crm.crm.appointments[0].organizer = "REP02".to_owned();
    guest.crm.crm.appointments[0].participants = vec!["REP01".to_owned()];
    guest.run();
    guest.store.store.appointments.clear();
    guest.run();
    let mut asleep = settled();
    asleep.store.store.appointments[0].recurring = true;
    asleep.run();
    let asleep = listing_changes(asleep);
    let again = vec![Lever::Edit(Side::B), Lever::Force];
    let cases: [Case; 4] = [
        (old, (Side::B, "CLL00000001"), away(LinkStatus::Archived), "A10.6", vec![Lever::Force]),
        (private, (Side::B, "COR00001001"), away(LinkStatus::Closed), "D26", vec![Lever::Force]),
        (guest, (Side::B, "BAP00000001"), away(LinkStatus::Dismissed), "A7.8b", again),
        (
            asleep,
            (Side::B, "BAP00000001"),
            away(LinkStatus::Asleep),
            "D19",
            vec![Lever::List(Side::A)],
        ),
    ];
    for case in cases {
        check_case(case);
    }
}

/// A4.20: when both records are gone there is nothing left to keep alike.
#[test]
fn a_pair_that_is_gone_on_both_sides_is_told() {
    let mut desk = settled();
    desk.store.store.contacts.clear();
    desk.crm.crm.correspondents.clear();
    check_case((desk, (Side::A, "C1"), Decision::Skipped(Cause::Gone), "A4.20", Vec::new()));
}

/// D9: of a key that no listing speaks of nothing is known.
#[test]
fn a_key_that_is_not_listed_waits_for_a_listing() {
    let mut desk = listing_changes(settled());
    let copy = json!({"id": "T9", "modified": "2026-03-02T12:00:00Z", "chrono": "TSK00000077"});
    desk.store.store.tasks.push(serde_json::from_value(copy).expect("a task"));
    check_case((
        desk,
        (Side::A, "T9"),
        Decision::Skipped(Cause::KeyNotListed),
        "D9",
        vec![Lever::List(Side::B)],
    ));
}

/// D22, D27: recipients are written into those an item holds, and wait until it is listed.
#[test]
fn what_waits_for_a_record_that_is_not_listed_is_told() {
    let item = json!({"id": "A1", "role": "organizer", "subject": "Fair"});
    let representatives = json!([{"code": "REP02", "email": "rep02@example.test"}]);
    let mut desk =
        world(json!({"appointments": [item]}), json!({"representatives": representatives}));
    desk.run();
    let mut desk = listing_changes(desk);
    let record = &mut desk.crm.crm.appointments[0];
    (record.participants, record.modified) = (vec!["REP02".to_owned()], desk.now);
    let key = record.chrono.clone();
    let one = told(&desk, Side::B, &key);
    assert_eq!(one.decision, Decision::Skipped(Cause::NotListed(Side::A)), "{one:#?}");
    assert_eq!((one.decision.rule(), one.levers), (Some("D22"), vec![Lever::List(Side::A)]));
    assert_eq!((&*one.fields[0].field, one.fields[0].fate), ("participants", FieldFate::Waits));
}

/// A9.7: an item that did not change since the date a forced run starts from.
#[test]
fn an_item_older_than_the_forced_date_is_told() {
    let desk = world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}));
    let mut forced = options(&desk);
    forced.force_store_since = "2026-03-02T00:00:00Z".parse().ok();
    let told = asked(&desk, &desk.listed(), forced, (Side::A, "T1")).expect("an explanation");
    assert_eq!(told[0].decision, Decision::Skipped(Cause::NotSince));
}

/// A12.5: an open anomaly may be settled by a value; the pair itself is at rest.
#[test]
fn an_open_anomaly_may_be_settled() {
    let store = json!({"tasks": [{"id": "T1", "subject": "Offer", "company": "#NOPE#"}]});
    let mut desk = world(store, json!({}));
    desk.run();
    let one = told(&desk, Side::A, "T1");
    assert_eq!((one.decision, one.anomalies.len()), (Decision::Unchanged, 1));
    assert!(one.levers.contains(&Lever::Settle("company".into())), "{one:?}");
    assert!(!one.text(Language::En).contains("NOPE"), "a value is told");
}

/// D12: after a lost state the way a pair was found again is told.
#[test]
fn how_a_pair_was_found_is_told() {
    let mut desk = settled();
    desk.state = SyncState::new("outlook_x3", desk.state.systems.clone(), desk.state.key);
    desk.store.store.contacts[0].chrono = None;
    assert_eq!(told(&desk, Side::A, "C1").pairing, Pairing::Origin);
    assert_eq!(told(&desk, Side::A, "T1").pairing, Pairing::Key);
    desk.crm.crm.correspondents[0].origin = None;
    assert_eq!(told(&desk, Side::A, "C1").pairing, Pairing::Content);
}
