//! Hands the operations of a plan to the hosts of a world, and what goes wrong meanwhile.

use std::collections::BTreeSet;

use counterpart::host::{Request, Response};
use counterpart::model::Side;
use counterpart::plan::{Approval, Plan};
use counterpart::report::Anomaly;
use counterpart::schema::Schema;
use counterpart::session::{OpResult, Report, Session};
use counterpart::snapshot::{StateJournal, SyncState};

use super::broken::{self, Break};
use super::dice::Dice;
use super::driver::{Broken, RunOf, Simulated};
use super::fault::Fault;

/// What a run left behind.
pub(crate) struct Ended<S: Schema> {
    pub(crate) report: Report<S>,
    /// The state as it was saved.
    pub(crate) saved: SyncState,
    /// Whether the process died, and whether the fault struck at all.
    pub(crate) died: bool,
    pub(crate) struck: bool,
}

/// How the hosts and the engine of a world behave beside what goes wrong in a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Every answer is given twice.
    pub(crate) twice: bool,
    pub(crate) broken: Option<Break>,
}

/// Hands the plan's operations to the hosts, until its end or the process's.
pub(crate) fn execute<W: Simulated>(
    world: &mut W,
    run: &RunOf<W>,
    manner: Manner,
    (plan, old): (Plan<W::Schema>, SyncState),
) -> Result<Ended<W::Schema>, Broken> {
    let (fault, number) = W::fault(run);
    let dice = &mut Dice::new(number);
    let strikes = dice.roll(plan.ops.len());
    let mut session = Session::new(plan, old);
    session.take_checkpoint();
    let mut journal = StateJournal::begin(session.state());
    let whole = journal.len();
    let (mut asked, mut died) = (0, false);
    while let Some(request) = session.poll_request() {
        let hit = asked == strikes;
        asked += 1;
        if hit && fault == Fault::MidRun {
            world.meanwhile(run);
        }
        let op = session.plan().ops.iter().find(|op| op.id == request.op);
        let other = op.and_then(|op| op.ids.get(request.side.other()).clone());
        let Some(response) = answer(world, run, &request, (hit, other.as_ref()))? else {
            died = true;
            break;
        };
        if manner.twice {
            session.handle_response(response.clone());
        }
        session.handle_response(response);
        journal.extend(StateJournal::entry(&session.take_checkpoint()));
        if hit && fault == Fault::Torn {
            died = true;
            break;
        }
    }
    if died && fault == Fault::Torn {
        journal.truncate(whole + dice.roll(journal.len() - whole));
    }
    if died && manner.broken == Some(Break::Assumed) {
        assume(&mut session);
        died = false;
    }
    let (state, mut report) = session.finish();
    if !died {
        check_wanted(&state, &report)?;
    }
    broken::misreport(manner.broken, &mut report);
    let saved = if died {
        let replayed = StateJournal::replay(&journal);
        replayed.map_err(|error| ("journal", error.to_string()))?.state
    } else {
        state
    };
    Ok(Ended { report, saved, died, struck: asked > strikes })
}

/// What a run left undone is listed again by the next one (D22).
fn check_wanted<S: Schema>(state: &SyncState, report: &Report<S>) -> Result<(), Broken> {
    for side in Side::BOTH {
        let wanted: BTreeSet<&str> = state.wanted(side).collect();
        let unsettled = report.unsettled(side);
        let mut forgotten = unsettled.difference(&wanted).peekable();
        if forgotten.peek().is_some() {
            return Err(("report", format!("not asked for: {:?}", forgotten.collect::<Vec<_>>())));
        }
    }
    Ok(())
}

/// What a side answers; nothing when the process dies.
fn answer<W: Simulated>(
    world: &mut W,
    run: &RunOf<W>,
    request: &Request<W::Schema>,
    (hit, other): (bool, Option<&String>),
) -> Result<Option<Response<W::Schema>>, Broken> {
    let refused = Response::Refused { message: "not today".to_owned(), trace: None };
    let (fault, _) = W::fault(run);
    match fault {
        Fault::CrashBefore if hit => return Ok(None),
        Fault::Refuse if hit => return Ok(Some(refused)),
        Fault::Stale if hit => return Ok(Some(Response::Stale)),
        _ => {}
    }
    if let Some(response) = world.misanswer(run, request) {
        return Ok(Some(response));
    }
    let response = world.perform(run, request, other)?;
    Ok(match fault {
        Fault::CrashAfter if hit => None,
        Fault::LostAnswer if hit => Some(Response::Lost),
        _ => Some(response),
    })
}

/// A broken engine takes what was not answered for done.
fn assume<S: Schema>(session: &mut Session<S>) {
    while let Some(request) = session.poll_request() {
        let id = request.id.unwrap_or_else(|| format!("{}9999", request.op));
        session.handle_response(Response::Done { id, stored: None, modified: None });
    }
}

/// A person looked at the plan and approves of what it holds.
pub(crate) fn approved<S: Schema>(plan: Plan<S>) -> Result<Plan<S>, Broken> {
    let ops: Vec<_> = plan.ops.iter().filter(|op| op.held).map(|op| op.id).collect();
    if ops.is_empty() {
        return Ok(plan);
    }
    let approval = Approval { plan: plan.hash(), ops };
    plan.approve(&approval).map_err(|error| ("approval", error.to_string()))
}

/// Every operation has a result that fits it, and every result an operation.
pub(crate) fn check_report<W: Simulated>(
    world: &mut W,
    report: &Report<W::Schema>,
) -> Result<(), Broken> {
    world.notes().checked("report");
    let results = report.plan.ops.iter().zip(&report.results).zip(&report.written);
    let fits = report.results.len() == report.plan.ops.len()
        && report.written.len() == report.plan.ops.len()
        && results.into_iter().all(|((op, result), written)| {
            (*result == OpResult::Held) <= op.held
                && (*result == OpResult::Done) == written.is_some()
        });
    if fits { Ok(()) } else { Err(("report", format!("{:?}", report.results))) }
}

/// What writes lose whose answer nobody heard: only the state knows of it, and it may be lost as well.
pub(crate) fn unheard<S: Schema>(report: &Report<S>) -> Vec<Anomaly> {
    let ops = report.plan.ops.iter().zip(&report.results);
    let open = ops.filter(|(_, result)| **result == OpResult::NotReached);
    open.flat_map(|(op, _)| op.anomalies.clone()).collect()
}
