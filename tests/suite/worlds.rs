//! Generates small worlds, always the same ones; `PROPTEST_CASES` asks for more of them.

use counterpart::profiles::outlook_x3::{Conflict, Permissions};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::desk::Desk;
use crate::genes::{Genes, Spec};

fn records(most: usize) -> impl Strategy<Value = Vec<Genes>> {
    vec(any::<Genes>(), 0..=most)
}

/// The bytes of a world with at most three records of a kind, and a few steps.
pub(crate) fn specs() -> impl Strategy<Value = Spec> {
    let store = (records(3), records(3), records(2));
    let crm = (records(3), records(3), records(2), records(2));
    (any::<[u8; 32]>(), store, crm, records(8)).prop_map(|(settings, store, crm, steps)| Spec {
        settings,
        contacts: store.0,
        tasks: store.1,
        appointments: store.2,
        correspondents: crm.0,
        crm_tasks: crm.1,
        calls: crm.2,
        crm_appointments: crm.3,
        steps,
    })
}

/// Checks a law on so many worlds of every 256 that are asked for.
pub(crate) fn for_all(share: u32, law: impl Fn(&Spec) -> Result<(), String>) {
    let asked = Config::default();
    let cases = (asked.cases * share).div_ceil(256);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..asked };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let outcome = runner.run(&specs(), |spec| law(&spec).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(reason, spec)) = outcome {
        panic!(
            "{reason}\n\nthe world before its first step:\n{}\n{spec:?}",
            Desk::of(&spec).text()
        );
    }
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// Lets a world go on until its last run is due; `at_run` sees it before each run. The first step is a run.
pub(crate) fn prepare(
    desk: &mut Desk,
    spec: &Spec,
    mut at_run: impl FnMut(&Desk) -> Result<(), String>,
) -> Result<(), String> {
    for step in std::iter::once(&[0; 24]).chain(&spec.steps) {
        if desk.step(step) {
            at_run(desk)?;
            desk.run();
        }
    }
    Ok(())
}

/// Lets a world go on to its last step, which is a run; `at_run` sees it before each run.
pub(crate) fn live(
    desk: &mut Desk,
    spec: &Spec,
    mut at_run: impl FnMut(&Desk) -> Result<(), String>,
) -> Result<(), String> {
    prepare(desk, spec, &mut at_run)?;
    at_run(desk)?;
    desk.run();
    Ok(())
}

/// A world in which everything may be written, every conflict is decided and no deletion held.
pub(crate) fn permissive(spec: &Spec) -> Desk {
    let mut desk = Desk::of(spec);
    desk.parameters.permissions = Permissions::all();
    if desk.parameters.conflict == Conflict::Hold {
        desk.parameters.conflict = Conflict::LastModified;
    }
    desk.confirm = true;
    desk
}

/// Runs until there is nothing left to do: two runs in a row plan nothing, as the first of them may have
/// asked the host for more.
pub(crate) fn settle(desk: &mut Desk) -> Result<(), String> {
    let mut plans = Vec::new();
    let mut quiet = 0;
    for _ in 0..6 {
        let (plan, _) = desk.run();
        quiet = if plan.ops.is_empty() { quiet + 1 } else { 0 };
        if quiet == 2 {
            return Ok(());
        }
        plans.push(plan.to_string());
    }
    Err(format!("no rest after six runs:\n{}", plans.join("\n---\n")))
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("JSON")
}

pub(crate) fn check(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}
