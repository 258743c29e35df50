//! Shows laws that every plan and every run keeps, whatever the world: determinism, rest, accounting,
//! permissions, privacy, and no deletion without evidence.

use std::collections::BTreeSet;

use counterpart::model::Side;
use counterpart::plan::{Action, Plan};
use counterpart::profile::Write;
use counterpart::profiles::outlook_x3::{Kind, OutlookX3, Permissions};
use counterpart::rules::Reason;
use counterpart::session::{OpResult, Report};
use counterpart::snapshot::{Coverage, Listing, SyncState};

use crate::desk::{Desk, Listed};
use crate::genes::{Dice, SECRET};
use crate::worlds::{check, for_all, json, live, permissive};

// ---- determinism ----

fn shuffle<T>(list: &mut [T], dice: &mut Dice<'_>) {
    for last in (1..list.len()).rev() {
        list.swap(last, usize::from(dice.roll(u8::MAX)) % (last + 1));
    }
}

fn permuted(listed: &Listed, dice: &mut Dice<'_>) -> Listed {
    let mut listed = listed.clone();
    let Listed { store, crm, listings } = &mut listed;
    shuffle(&mut store.contacts, dice);
    shuffle(&mut store.tasks, dice);
    shuffle(&mut store.appointments, dice);
    shuffle(&mut crm.correspondents, dice);
    shuffle(&mut crm.tasks, dice);
    shuffle(&mut crm.calls, dice);
    shuffle(&mut crm.appointments, dice);
    shuffle(&mut crm.partners, dice);
    shuffle(&mut crm.representatives, dice);
    shuffle(&mut crm.interlocutors, dice);
    shuffle(&mut listings.a.removed, dice);
    shuffle(&mut listings.b.removed, dice);
    listed
}

#[test]
fn the_order_of_listings_changes_nothing() {
    for_all(256, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let listed = desk.listed();
            let first = desk.plan();
            let mut reversed = listed.clone();
            reversed.store.contacts.reverse();
            reversed.store.tasks.reverse();
            reversed.crm.correspondents.reverse();
            let genes = spec.settings.map(|gene| gene.wrapping_mul(37).wrapping_add(11));
            for other in [permuted(&listed, &mut Dice::new(&genes)), reversed] {
                let second = desk.plan_of(&other).map_err(|error| error.to_string())?;
                check(json(&first) == json(&second), || format!("{first}\n---\n{second}"))?;
                check(first.hash() == second.hash(), || "equal plans, other hash".to_owned())?;
            }
            Ok(())
        })
    });
}

#[test]
fn different_plans_have_different_hashes() {
    let (mut plans, mut hashes) = (BTreeSet::new(), BTreeSet::new());
    let seen = std::cell::RefCell::new((&mut plans, &mut hashes));
    for_all(64, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let plan = desk.plan();
            let mut seen = seen.borrow_mut();
            seen.0.insert(json(&plan.ops));
            seen.1.insert(plan.hash());
            Ok(())
        })
    });
    assert!(plans.len() > 40);
    assert_eq!(plans.len(), hashes.len());
}

// ---- rest ----

fn is_complete(report: &Report<OutlookX3>) -> bool {
    report.results.iter().all(|result| *result == OpResult::Done)
}

#[test]
fn a_complete_run_leaves_nothing_to_do() {
    for_all(256, |spec| {
        let mut desk = permissive(spec);
        live(&mut desk, spec, |_| Ok(()))?;
        let mut plans = Vec::new();
        for _ in 0..3 {
            let (plan, report) = desk.run();
            check(is_complete(&report), || format!("not complete: {:?}", report.results))?;
            if plan.ops.is_empty() {
                return Ok(());
            }
            plans.push(plan.to_string());
        }
        Err(format!("no rest after three runs:\n{}", plans.join("\n---\n")))
    });
}

#[test]
fn a_run_with_nothing_changed_plans_nothing() {
    for_all(256, |spec| {
        let mut desk = permissive(spec);
        live(&mut desk, spec, |_| Ok(()))?;
        for _ in 0..3 {
            desk.run();
        }
        let (before, state) = (desk.clone(), desk.state.clone());
        let (plan, _) = desk.run();
        check(plan.ops.is_empty(), || plan.to_string())?;
        check(plan.closings.is_empty(), || "closes again".to_owned())?;
        check(desk.store == before.store && desk.crm == before.crm, || "written".to_owned())?;
        check(desk.state.links == state.links, || "links move at rest".to_owned())
    });
}

// ---- what is set aside ----

/// A state says the same whether its links are packed, so that what nothing happened to is set aside unseen, or
/// were just entered, so that every pair goes through all stages.
#[test]
fn a_pair_that_is_set_aside_would_have_had_nothing_to_do() {
    let aside = std::cell::Cell::new(0);
    for_all(256, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let mut entered = desk.clone();
            entered.state.links.clear();
            for (key, link) in desk.state.links.iter() {
                entered.state.links.insert(key, link);
            }
            let mut packed = desk.clone();
            let bytes = desk.state.to_bytes();
            packed.state = SyncState::from_bytes(&bytes).expect("a state");
            check(packed.state == desk.state, || "read back".to_owned())?;
            check(entered.state.to_bytes() == bytes, || "written".to_owned())?;
            let (one, other) = (packed.plan(), entered.plan());
            aside.set(aside.get() + one.account.unchanged);
            let says = |plan: &Plan<OutlookX3>| {
                json(&(&plan.ops, &plan.journal, &plan.anomalies, &plan.closings))
            };
            check(says(&one) == says(&other), || format!("{one}\n---\n{other}"))?;
            packed.execute(one, usize::MAX);
            entered.execute(other, usize::MAX);
            for desk in [&mut packed, &mut entered] {
                // How a field went back and forth long ago is forgotten when the pair is looked at.
                for (key, mut link) in desk.state.links.clone().iter() {
                    link.swings.clear();
                    desk.state.links.insert(key, link);
                }
            }
            check(packed.state == entered.state, || "the states after it".to_owned())
        })
    });
    assert!(aside.get() > 500, "hardly anything is set aside: {}", aside.get());
}

// ---- accounting ----

fn account(desk: &Desk) -> Result<(), String> {
    let Listed { store, crm, .. } = desk.listed();
    let plan = desk.plan();
    let account = plan.account;
    let items = store.contacts.len() + store.tasks.len() + store.appointments.len();
    let records =
        crm.correspondents.len() + crm.tasks.len() + crm.calls.len() + crm.appointments.len();
    check(account.records.a == items, || format!("{items} items, {account:?}"))?;
    check(account.records.b == records, || format!("{records} records, {account:?}"))?;
    check(account.links == desk.state.links.len(), || format!("{account:?}"))?;
    let named: Vec<u32> = plan.settlements.iter().flat_map(|one| one.ops.clone()).collect();
    let distinct: BTreeSet<u32> = named.iter().copied().collect();
    let every: BTreeSet<u32> = plan.ops.iter().map(|op| op.id).collect();
    check(named.len() == distinct.len() && distinct == every, || {
        format!("operations {every:?} in settlements {named:?}")
    })?;
    let busy = plan.settlements.iter().filter(|one| !one.ops.is_empty()).count();
    check(busy == account.operations + account.held + account.added, || {
        format!("{busy} busy, {account:?}")
    })?;
    let held = plan.ops.iter().filter(|op| op.held).count();
    check(held == account.held, || format!("{held} held, {account:?}"))?;
    let most = items + records + account.links;
    let least = items.max(records).max(account.links);
    check((least..=most).contains(&account.pairs()), || format!("{account:?}"))
}

#[test]
fn every_record_link_and_operation_is_accounted_for_once() {
    for_all(256, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            account(desk)?;
            let mut confirmed = desk.clone();
            confirmed.confirm = true;
            account(&confirmed)
        })
    });
}

#[test]
fn operations_are_numbered_and_need_earlier_ones_only() {
    for_all(128, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let plan = desk.plan();
            for (place, op) in plan.ops.iter().enumerate() {
                check(op.id as usize == place + 1, || plan.to_string())?;
                check(op.needs.iter().all(|need| need.op < op.id), || plan.to_string())?;
                let creates = matches!(op.action, Action::Create(_));
                check(creates == op.idempotency_key.is_some(), || plan.to_string())?;
            }
            Ok(())
        })
    });
}

// ---- permissions ----

/// The permission an action needs; stamps need none (D10).
fn asks_for(action: &Action<OutlookX3>) -> Option<Write> {
    match action.name() {
        "create" => Some(Write::Create),
        "update" => Some(Write::Update),
        "delete" | "unassign" => Some(Write::Delete),
        "stamp" => None,
        other => panic!("an action nobody knows: {other}"),
    }
}

#[test]
fn permissions_are_never_exceeded() {
    for_all(256, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let plan = desk.plan();
            let permissions = &desk.parameters.permissions;
            for op in &plan.ops {
                let Some(write) = asks_for(&op.action) else { continue };
                check(permissions.permits(op.kind, op.side, write), || format!("{op}"))?;
                check(desk.parameters.is_on(op.kind), || format!("{op}: its kind is off"))?;
            }
            Ok(())
        })
    });
}

#[test]
fn without_permissions_nothing_but_stamps_is_written() {
    for_all(64, |spec| {
        let mut desk = Desk::of(spec);
        desk.parameters.permissions = Permissions::none();
        let crm = desk.crm.crm.clone();
        let mut steps = spec.clone();
        steps.steps.clear();
        live(&mut desk, &steps, |desk| {
            let plan = desk.plan();
            let stamps = plan.ops.iter().all(|op| matches!(op.action, Action::Stamp(_)));
            check(stamps, || plan.to_string())
        })?;
        check(desk.crm.crm == crm, || "the CRM was written".to_owned())
    });
}

// ---- privacy ----

/// Everything of a plan that leaves the mailbox: all but the operations that write the mailbox.
fn leaving(plan: &Plan<OutlookX3>) -> Vec<String> {
    let towards_crm = plan.ops.iter().filter(|op| op.side == Side::B).map(json);
    let elsewhere = plan.ops.iter().map(|op| json(&(&op.anomalies, &op.ids, &op.needs)));
    let rest =
        [json(&plan.journal), json(&plan.anomalies), json(&plan.settlements), plan.to_string()];
    towards_crm.chain(elsewhere).chain(rest).collect()
}

fn hides(parts: &[String]) -> Result<(), String> {
    let told = parts.iter().find(|part| part.contains(SECRET));
    told.map_or(Ok(()), |part| Err(format!("tells a secret: {part}")))
}

#[test]
fn what_private_items_say_stays_in_the_mailbox() {
    for_all(256, |spec| {
        let mut desk = Desk::of(spec);
        let told = std::cell::Cell::new(false);
        live(&mut desk, spec, |desk| {
            told.set(told.get() || json(&desk.store.store).contains(SECRET));
            hides(&leaving(&desk.plan()))?;
            let (_, report) = desk.clone().run();
            hides(&[json(&report.journal), json(&report.anomalies)])?;
            hides(&[json(&desk.crm.crm), format!("{:?}", desk.state)])
        })?;
        hides(&[json(&desk.crm.crm)])
    });
}

// ---- deletions ----

#[test]
fn nothing_is_deleted_from_incomplete_evidence() {
    for_all(256, |spec| {
        let mut desk = Desk::of(spec);
        desk.confirm = true;
        live(&mut desk, spec, |desk| {
            let mut listed = desk.listed();
            let dice = &mut Dice::new(&spec.settings);
            listed.store.contacts.retain(|_| dice.rarely(3));
            listed.store.tasks.retain(|_| dice.rarely(3));
            listed.store.appointments.retain(|_| dice.rarely(3));
            listed.crm.correspondents.retain(|_| dice.rarely(3));
            listed.crm.tasks.retain(|_| dice.rarely(3));
            listed.crm.calls.retain(|_| dice.rarely(3));
            listed.crm.appointments.retain(|_| dice.rarely(3));
            for listing in [&mut listed.listings.a, &mut listed.listings.b] {
                let proves = listing.stamps_prove;
                *listing = Listing::changes(Vec::new());
                listing.stamps_prove = proves;
                assert_eq!(listing.coverage, Coverage::Changes);
            }
            let plan = desk.plan_of(&listed).map_err(|error| error.to_string())?;
            let without = |op: &&counterpart::plan::Op<OutlookX3>| {
                op.action.is_deletion() && op.reason != Reason::LeftScope
            };
            check(!plan.ops.iter().any(|op| without(&op)), || plan.to_string())
        })
    });
}

#[test]
fn a_record_that_left_scope_was_listed() {
    for_all(128, |spec| {
        live(&mut Desk::of(spec), spec, |desk| {
            let crm = desk.listed().crm;
            let plan = desk.plan();
            let left = plan.ops.iter().filter(|op| op.reason == Reason::LeftScope);
            let listed = |key: &str| {
                let mut keys = crm.correspondents.iter().map(|one| &one.chrono);
                let mut tasks = crm.tasks.iter().map(|one| &one.chrono);
                let mut calls = crm.calls.iter().map(|one| &one.chrono);
                let mut appointments = crm.appointments.iter().map(|one| &one.chrono);
                keys.any(|one| one == key)
                    || tasks.any(|one| one == key)
                    || calls.any(|one| one == key)
                    || appointments.any(|one| one == key)
            };
            for op in left {
                let key = op.ids.b.as_deref().unwrap_or_default();
                check(op.side == Side::A && listed(key), || format!("{op}"))?;
            }
            Ok(())
        })
    });
}

#[test]
fn correspondents_are_never_deleted() {
    for_all(256, |spec| {
        let mut desk = Desk::of(spec);
        desk.confirm = true;
        live(&mut desk, spec, |desk| {
            let plan = desk.plan();
            let deletes = plan.ops.iter().any(|op| {
                op.side == Side::B
                    && op.kind == Kind::Contact
                    && matches!(op.action, Action::Delete)
            });
            check(!deletes, || plan.to_string())
        })
    });
}
