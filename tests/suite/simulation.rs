//! Lives through some worlds of the simulator; `examples/simulate` lives through as many as one wants.

#[path = "../../examples/simulate/sim/mod.rs"]
mod sim;

/// What is left out here fails in some worlds: see the example's options.
const WITHOUT: [&str; 6] =
    ["copies", "crash_after", "lost_answer", "torn", "not_saved", "lost_state"];

#[test]
fn no_world_loses_anything() {
    let without = WITHOUT.map(str::to_owned);
    let mut tally = sim::Tally::default();
    for world in 0..400 {
        if let Err(failure) = sim::simulate(1, world, &without, &mut tally) {
            panic!(
                "seed=1 world={world} law={} {}\n{}",
                failure.law,
                failure.seen,
                sim::shrink(&failure)
            );
        }
    }
    assert!(tally.runs > 400 && tally.acts > 400 && tally.worlds == 400);
    assert!(tally.faults.len() > 4 && sim::names().len() > 10);
}
