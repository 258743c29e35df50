//! A small world lives through its steps: no panic, every record accounted for, permissions kept, secrets
//! told to nobody, and rest when everything is done.

#![no_main]

use counterpart::model::Side;
use counterpart::plan::{Action, Plan};
use counterpart::profile::Write;
use counterpart::profiles::outlook_x3::OutlookX3;
use libfuzzer_sys::fuzz_target;

mod head;

use head::desk::Desk;
use head::genes::SECRET;
use head::{Bytes, changes, genes};

const MOST: usize = 6;
const STEPS: usize = 24;

fn lawful(desk: &Desk, plan: &Plan<OutlookX3>) {
    let account = plan.account;
    let busy = plan.settlements.iter().filter(|one| !one.ops.is_empty()).count();
    assert_eq!(busy, account.operations + account.held + account.added, "{plan}");
    assert_eq!(account.links, desk.state.links.len(), "{plan}");
    for op in &plan.ops {
        let write = match &op.action {
            Action::Create(_) => Write::Create,
            Action::Update(_) => Write::Update,
            Action::Delete | Action::Unassign(_) => Write::Delete,
            _ => continue,
        };
        assert!(desk.parameters.permissions.permits(op.kind, op.side, write), "{op}");
        if op.side == Side::B {
            let told = serde_json::to_string(op).expect("JSON");
            assert!(!told.contains(SECRET), "{told}");
        }
    }
}

fuzz_target!(|bytes: Bytes| {
    let spec = bytes.spec(MOST, STEPS);
    let mut desk = Desk::of(&spec);
    let run = [0; 24];
    for step in std::iter::once(&run).chain(&spec.steps) {
        if desk.step(step) {
            lawful(&desk, &desk.plan());
            desk.run();
        }
    }
    desk.confirm = true;
    let mut last = String::new();
    for _ in 0..4 {
        lawful(&desk, &desk.plan());
        let (plan, _) = desk.run();
        assert!(plan.ops.iter().all(|op| !op.held), "everything is confirmed: {plan}");
        if plan.ops.is_empty() {
            return;
        }
        last = plan.to_string();
    }
    panic!("no rest under {:?}:\n{last}", desk.parameters.conflict);
});
