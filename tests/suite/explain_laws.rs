//! Shows over random worlds that what is explained agrees with the plan and keeps its word.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::model::Side;
use counterpart::profiles::outlook_x3::{Conflict, Permissions, RunError};
use counterpart::report::{Cause, Code, Decision, Language};
use counterpart::schema::Kind as _;
use counterpart::snapshot::LinkStatus;
use serde_json::json;

use crate::desk::{Desk, Listed};
use crate::genes::SECRET;
use crate::planning::{settled, world};
use crate::worlds::{check, for_all, json as text_of, live};

use crate::explain::{Told, asked, conflict, options, skipped, told};

/// Every id a world knows.
fn ids(desk: &Desk, listed: &Listed) -> BTreeSet<(Side, String)> {
    let (store, crm) = (&listed.store, &listed.crm);
    let mut ids = BTreeSet::new();
    ids.extend(store.contacts.iter().map(|one| (Side::A, one.id.clone())));
    ids.extend(store.tasks.iter().map(|one| (Side::A, one.id.clone())));
    ids.extend(store.appointments.iter().map(|one| (Side::A, one.id.clone())));
    ids.extend(crm.correspondents.iter().map(|one| (Side::B, one.chrono.clone())));
    ids.extend(crm.tasks.iter().map(|one| (Side::B, one.chrono.clone())));
    ids.extend(crm.calls.iter().map(|one| (Side::B, one.chrono.clone())));
    ids.extend(crm.appointments.iter().map(|one| (Side::B, one.chrono.clone())));
    ids.extend(desk.state.links.values().map(|link| (Side::B, link.ids.b.clone())));
    ids
}

/// What the account of a plan counts a decision as.
fn counted(decision: Decision) -> &'static str {
    match decision {
        Decision::Conflict => "conflict",
        Decision::Held(_) => "held",
        Decision::Written(_) => "operation",
        Decision::Skipped(Cause::Away(LinkStatus::Asleep)) => "skipped",
        Decision::Unchanged | Decision::Skipped(Cause::Away(_) | Cause::Gone) => "unchanged",
        Decision::Skipped(_) | _ => "skipped",
    }
}

fn agrees(desk: &Desk) -> Result<(), String> {
    let (plan, listed) = (desk.plan(), desk.listed());
    let mut pairs = BTreeMap::new();
    for (side, id) in ids(desk, &listed) {
        let told =
            asked(desk, &listed, options(desk), (side, &id)).map_err(|error| error.to_string())?;
        check(!told.is_empty(), || format!("nothing is known of {side:?} {id}"))?;
        for one in told {
            pairs.insert((one.kind, one.ids.clone()), one);
        }
    }
    let all = || format!("{plan}\n{:#?}", pairs.values().collect::<Vec<_>>());
    let count = |what| pairs.values().filter(|one| counted(one.decision) == what).count();
    let account = &plan.account;
    for (found, expected) in [
        (count("conflict"), account.conflicts),
        (count("held"), account.held),
        (count("operation"), account.operations),
        (count("unchanged") + count("skipped"), account.unchanged + account.skipped),
    ] {
        check(found == expected, || format!("{found} instead of {expected}\n{}", all()))?;
    }
    // A change that waits for a listing is told, and counts as unchanged where it has no other consequence.
    let silent = count("unchanged") > account.unchanged;
    check(!silent, || format!("a pair is left alone, and nothing says why\n{}", all()))?;
    let mut explained = BTreeSet::new();
    for told in pairs.values() {
        keeps_its_word(desk, told)?;
        for op in &told.ops {
            let planned = &plan.ops[op.op as usize - 1];
            let same = planned.side == op.side
                && planned.action.kind() == op.action
                && planned.reason == op.reason
                && planned.rule == op.rule
                && planned.held == op.held;
            check(same && explained.insert(op.op), || format!("{op:?}\n{}", all()))?;
        }
        let ruled = told.decision.rule().is_some() || !told.ops.is_empty();
        check(ruled, || format!("a decision without a rule: {told:?}"))?;
        let text = Language::ALL.map(|language| told.text(language)).join("\n") + &text_of(told);
        check(!text.contains(SECRET), || format!("a value is told: {text}"))?;
    }
    let added = plan.account.added;
    check(explained.len() + 2 * added >= plan.ops.len(), || {
        format!("an operation is not explained: {}", all())
    })
}

/// What is said to change a decision changes it.
fn keeps_its_word(desk: &Desk, told: &Told) -> Result<(), String> {
    let mut other = desk.clone();
    if matches!(told.decision, Decision::Held(_)) {
        other.confirm = true;
    } else if told.decision == skipped(Code::NotPermitted) {
        other.parameters.permissions = Permissions::all();
    } else if told.decision == skipped(Code::KindOff) {
        let parameters = &mut other.parameters;
        (parameters.contacts, parameters.tasks) = (true, true);
        (parameters.calls, parameters.appointments) = (true, true);
    } else if told.decision == Decision::Conflict {
        other.parameters.conflict = Conflict::LastModified;
    } else {
        return Ok(());
    }
    let side = if told.ids.b.is_some() { Side::B } else { Side::A };
    let id = told.ids.get(side).as_deref().unwrap_or_default();
    let again = asked(&other, &desk.listed(), options(&other), (side, id));
    let again = again.map_err(|error| error.to_string())?;
    let same = again.iter().any(|one| one.ids == told.ids && one.decision == told.decision);
    check(!same && !told.levers.is_empty(), || format!("nothing changes it: {told:#?}"))
}

/// Whatever the world: what is told of each pair adds up to the plan's account, and names its operations.
#[test]
fn what_is_explained_agrees_with_the_plan() {
    for_all(96, |spec| live(&mut Desk::of(spec), spec, agrees));
}

/// Asking changes nothing, and the same question has the same answer.
#[test]
fn an_explanation_is_a_pure_function() {
    let desk = conflict();
    assert_eq!(told(&desk, Side::A, "T1"), told(&desk, Side::A, "T1"));
    assert_eq!(told(&desk, Side::A, "T1"), told(&desk, Side::B, "TSK00001003"));
    let data = serde_json::to_string(&told(&desk, Side::A, "T1")).expect("JSON");
    assert_eq!(serde_json::from_str::<Told>(&data).expect("the same"), told(&desk, Side::A, "T1"));
}

#[test]
fn an_id_that_nobody_knows_has_no_explanation() {
    let desk = settled();
    let unknown = asked(&desk, &desk.listed(), options(&desk), (Side::A, "T99"));
    assert_eq!(unknown, Ok(Vec::new()));
    let mut desk = desk;
    desk.parameters.on = false;
    let refused = asked(&desk, &desk.listed(), options(&desk), (Side::A, "T1"));
    assert!(matches!(refused, Err(RunError::Refused(_))), "{refused:?}");
}

/// One id may name records of several kinds.
#[test]
fn an_id_that_several_kinds_use_has_several_explanations() {
    let desk = world(json!({"contacts": [{"id": "X1"}], "tasks": [{"id": "X1"}]}), json!({}));
    let told = asked(&desk, &desk.listed(), options(&desk), (Side::A, "X1")).expect("two");
    let kinds: Vec<_> = told.iter().map(|one| one.kind.name(Side::A)).collect();
    assert_eq!(kinds, ["contact", "task"]);
}
