//! A run whose sides answer anything at all: no panic, no more requests than operations, and honest runs
//! afterwards come to rest.

#![no_main]

use arbitrary::Arbitrary;
use chrono::TimeDelta;
use counterpart::host::{Request, Response};
use counterpart::profiles::outlook_x3::OutlookX3;
use counterpart::session::Session;
use counterpart::snapshot::{StateJournal, SyncState};
use libfuzzer_sys::fuzz_target;

mod head;

use head::desk::Desk;
use head::{changes, genes};

/// The bytes of a world, and the answers of a run.
#[derive(Arbitrary, Debug)]
struct Bytes {
    world: head::Bytes,
    answers: Vec<u8>,
}

const MOST: usize = 5;
const STEPS: usize = 10;

/// An answer that need not be true; when the bytes are used up it is.
fn answer(desk: &mut Desk, request: &Request<OutlookX3>, choice: u8) -> Response<OutlookX3> {
    let refused = || Response::Refused { message: "no".to_owned(), trace: Some("F1".to_owned()) };
    let mut written = || desk.write(request);
    let wrong = format!("X{}", choice / 80);
    match choice % 10 {
        1 => refused(),
        2 => Response::Stale,
        3 => Response::Lost,
        4 => {
            written();
            Response::Lost
        }
        5 => match written() {
            Response::Done { id, .. } => Response::Done { id, stored: None, modified: None },
            other => other,
        },
        6 => match written() {
            Response::Done { stored, modified, .. } => {
                Response::Done { id: wrong, stored, modified }
            }
            other => other,
        },
        7 => Response::Done { id: wrong, stored: None, modified: None },
        8 => {
            written();
            refused()
        }
        _ => written(),
    }
}

/// A run with such answers; its state is what its journal holds, or what it ends with.
fn hostile_run(desk: &mut Desk, answers: &mut impl Iterator<Item = u8>) {
    let plan = desk.plan();
    let most = plan.ops.len();
    let mut session = Session::new(plan, desk.state.clone());
    session.take_checkpoint();
    let mut journal = StateJournal::begin(session.state());
    let mut requests = 0;
    while let Some(request) = session.poll_request() {
        requests += 1;
        assert!(requests <= most, "more requests than operations");
        let response = answer(desk, &request, answers.next().unwrap_or(0));
        session.handle_response(response);
        session.handle_response(Response::Stale);
        journal.extend(StateJournal::entry(&session.take_checkpoint()));
    }
    let replayed = StateJournal::replay(&journal).expect("a journal it wrote").state;
    assert_eq!(replayed.links, session.state().links);
    let (state, report) = session.finish();
    assert_eq!(report.results.len(), most);
    let crashed = answers.next().is_some_and(|byte| byte % 4 == 3);
    let state = if crashed { replayed } else { state };
    desk.state = SyncState::from_bytes(&state.to_bytes()).expect("a state it wrote");
    desk.now += TimeDelta::hours(1);
}

fuzz_target!(|bytes: Bytes| {
    let spec = bytes.world.spec(MOST, STEPS);
    let mut answers = bytes.answers.into_iter();
    let mut desk = Desk::of(&spec);
    desk.changes = false;
    let run = [0; 24];
    for step in std::iter::once(&run).chain(&spec.steps) {
        if desk.step(step) {
            hostile_run(&mut desk, &mut answers);
        }
    }
    desk.confirm = true;
    let mut last = String::new();
    for _ in 0..5 {
        let (plan, _) = desk.run();
        if plan.ops.is_empty() {
            return;
        }
        last = plan.to_string();
    }
    panic!("no rest:\n{last}");
});
