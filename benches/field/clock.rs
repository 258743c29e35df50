//! Time that does not depend on who else uses the machine, as far as that goes.

use std::time::Instant;

/// Runs something; gives what it made, and the milliseconds this thread was not waiting for a processor. What several
/// threads do is timed by the clock on the wall alone.
pub(crate) fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let (queued, start) = (waited(), Instant::now());
    let made = run();
    let passed = start.elapsed().as_secs_f64() * 1e3;
    (made, passed - (waited() - queued))
}

/// How many milliseconds this thread has been ready and had no processor; 0 where the system does not say.
fn waited() -> f64 {
    if cfg!(feature = "threads") {
        return 0.0;
    }
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    nanoseconds.unwrap_or(0.0) / 1e6
}

pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Runs two things in turn, some rounds long: the medians of their times. What each makes is looked at, and
/// dropped, while no clock runs and before the other one begins.
pub(crate) fn in_turn<F, P>(
    rounds: usize,
    mut floor: impl FnMut() -> F,
    mut plan: impl FnMut() -> P,
    mut look_at_floor: impl FnMut(&F),
    mut look_at_plan: impl FnMut(&P),
) -> [f64; 2] {
    let (mut floors, mut plans) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (made, time) = timed(&mut floor);
        floors.push(time);
        look_at_floor(&made);
        drop(made);
        let (made, time) = timed(&mut plan);
        plans.push(time);
        look_at_plan(&made);
    }
    [median(floors), median(plans)]
}
