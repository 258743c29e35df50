//! A small world lives through its steps: no panic, every record accounted for, permissions kept, secrets
//! told to nobody, and rest when everything is done.

#![no_main]

use arbitrary::Arbitrary;
use counterpart::model::Side;
use counterpart::plan::{Action, Plan};
use counterpart::profile::Write;
use counterpart::profiles::outlook_x3::OutlookX3;
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the test suite uses more of it")]
#[path = "../../tests/suite/desk.rs"]
mod desk;
#[allow(dead_code, reason = "the test suite uses more of it")]
#[path = "../../tests/suite/genes.rs"]
mod genes;

use desk::Desk;
use genes::{Genes, SECRET, Spec};

/// The bytes of a world, as many of each sort as the fuzzer likes.
#[derive(Arbitrary, Debug)]
struct Bytes {
    settings: [u8; 32],
    contacts: Vec<Genes>,
    tasks: Vec<Genes>,
    appointments: Vec<Genes>,
    correspondents: Vec<Genes>,
    crm_tasks: Vec<Genes>,
    calls: Vec<Genes>,
    crm_appointments: Vec<Genes>,
    steps: Vec<Genes>,
}

const MOST: usize = 6;
const STEPS: usize = 24;

impl From<Bytes> for Spec {
    fn from(bytes: Bytes) -> Self {
        let few = |mut genes: Vec<Genes>| {
            genes.truncate(MOST);
            genes
        };
        let mut steps = bytes.steps;
        steps.truncate(STEPS);
        Self {
            settings: bytes.settings,
            contacts: few(bytes.contacts),
            tasks: few(bytes.tasks),
            appointments: few(bytes.appointments),
            correspondents: few(bytes.correspondents),
            crm_tasks: few(bytes.crm_tasks),
            calls: few(bytes.calls),
            crm_appointments: few(bytes.crm_appointments),
            steps,
        }
    }
}

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
    let spec = Spec::from(bytes);
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
