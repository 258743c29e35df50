//! What a plan allocates, and what the state takes.

use std::hint::black_box;

use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::OutlookX3;
use counterpart::snapshot::{Link, SyncState};
use counting::measure;

use crate::clock::in_turn;
use crate::table::{Goal, Table};
use crate::world::{Planted, World};

/// Beyond the inputs and the state, where nothing happened.
pub(crate) fn unchanged(table: &mut Table, case: &str, world: &World) {
    let records = (world.store.contacts.len() + world.crm.correspondents.len()) as f64;
    let (plan, usage) = measure(|| world.plan());
    assert_eq!(Planted::of(&plan), Planted::default());
    let each = usage.peak as f64 / (records / 2.0);
    table.amount(&format!("memory, {case}: peak bytes a pair"), each, Goal::AtMost(32.0));
    // Those of the plan as a whole; none of them is for a record.
    let all = usage.allocations as f64;
    table.amount(&format!("memory, {case}: allocations in all"), all, Goal::AtMost(100.0));
}

/// Where something did: beside 32 bytes a pair and the new values themselves, what each operation takes.
pub(crate) fn lived(table: &mut Table, world: &World, pairs: usize) {
    let (plan, usage) = measure(|| world.plan());
    let ops = plan.ops.len() as f64;
    let (again, values) = measure(|| copies(&plan));
    drop(black_box(again));
    // New records and patches lie beside the list of operations.
    let values = values.kept - (plan.ops.len() * size_of::<Action<OutlookX3>>()) as i64;
    let kept = (usage.kept - values) as f64 / ops;
    table.amount("memory, 1 %: the plan, bytes an operation", kept, Goal::AtMost(512.0));
    let peak = (usage.peak - values - 32 * pairs as i64) as f64 / ops;
    table.amount("memory, 1 %: peak, bytes an operation", peak, Goal::None);
}

fn copies(plan: &Plan<OutlookX3>) -> Vec<Action<OutlookX3>> {
    plan.ops.iter().map(|op| op.action.clone()).collect()
}

/// What the state's file takes.
pub(crate) fn state_file(table: &mut Table, case: &str, state: &SyncState) -> Vec<u8> {
    let bytes = state.to_bytes();
    let each = bytes.len() as f64 / state.links.len() as f64;
    table.amount(case, each, Goal::AtMost(256.0));
    bytes
}

/// The state's file against the same links as JSON.
pub(crate) fn state(table: &mut Table, state: &SyncState, rounds: usize) {
    let bytes = state_file(table, "state file: bytes a contact link", state);
    let json = serde_json::to_vec(&state.links.values().collect::<Vec<Link>>()).unwrap();
    let times = in_turn(
        rounds,
        || serde_json::from_slice::<Vec<Link>>(black_box(&json)).unwrap(),
        || SyncState::from_bytes(black_box(&bytes)).unwrap(),
        |links| assert_eq!(links.len(), state.links.len()),
        |read| assert_eq!(read.links.len(), state.links.len()),
    );
    table.ratio("state: loading it / parsing its links from JSON", times, Goal::AtMost(0.5));
}
