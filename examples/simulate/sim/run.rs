//! Runs, and what goes wrong in them.

use chrono::TimeDelta;
use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Side, Text};
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{
    Correspondent, Crm, Input, Kind, OutlookX3, Record, RecordPatch, RunOptions, Store, plan,
};
use counterpart::report::Code;
use counterpart::session::Session;
use counterpart::snapshot::{Listing, StateJournal};

use super::dice::Dice;
use super::hands;
use super::script::{Fault, Run};
use super::world::{World, fresh};

/// What a run is given.
struct Listed {
    store: Store,
    crm: Crm,
    listings: BySide<Listing>,
}

/// A law that does not hold, and what was seen.
pub(crate) type Broken = (&'static str, String);

impl World {
    fn ids(&mut self, at: usize) -> BySide<std::collections::BTreeSet<String>> {
        let records = hands::entries(&mut self.crm.crm);
        let records = records.into_iter().map(|one| one.chrono.clone()).collect();
        let store = self.mailboxes.get_mut(at).map(|one| &mut one.store.store);
        let items = store.into_iter().flat_map(hands::items).map(|one| one.id.clone());
        BySide::new(items.collect(), records)
    }

    fn listed(&mut self, at: usize, run: &Run) -> Option<Listed> {
        let present = self.ids(at);
        let (changes, stamps) = (self.script.lies.changes, self.script.lies.stamps);
        let crm = self.crm.crm.clone();
        let mailbox = self.mailboxes.get_mut(at)?;
        for side in Side::BOTH {
            mailbox.existed.get_mut(side).extend(present.get(side).iter().cloned());
        }
        let store = mailbox.store.store.clone();
        let mut listed =
            Listed { store, crm, listings: BySide::new(Listing::full(), Listing::full()) };
        if let (true, Some((old_store, old_crm))) = (changes, &mailbox.seen) {
            let state = &mailbox.state;
            let wanted = BySide::from_fn(|side| state.wanted(side).collect::<Vec<_>>());
            macro_rules! differences {
                ($new:expr, $old:ident, $list:ident, $id:ident, $wanted:expr) => {
                    $new.$list.retain(|one| {
                        $wanted.contains(&one.$id.as_str()) || !$old.$list.contains(one)
                    });
                };
            }
            differences!(listed.store, old_store, contacts, id, wanted.a);
            differences!(listed.store, old_store, tasks, id, wanted.a);
            differences!(listed.store, old_store, appointments, id, wanted.a);
            differences!(listed.crm, old_crm, correspondents, chrono, wanted.b);
            differences!(listed.crm, old_crm, tasks, chrono, wanted.b);
            differences!(listed.crm, old_crm, calls, chrono, wanted.b);
            differences!(listed.crm, old_crm, appointments, chrono, wanted.b);
            listed.listings = BySide::from_fn(|side| {
                let gone = mailbox.existed.get(side).difference(present.get(side));
                Listing::changes(gone.cloned().collect())
            });
        } else if matches!(run.fault, Fault::Emptied | Fault::Narrow) {
            shorten(&mut listed, run);
        }
        listed.listings.a.stamps_prove = stamps;
        listed.listings.b.stamps_prove = stamps;
        Some(listed)
    }

    fn planned(
        &self,
        at: usize,
        listed: &Listed,
        confirm: bool,
    ) -> Result<Plan<OutlookX3>, Broken> {
        let mailbox = self.mailboxes.get(at).ok_or_else(|| ("plan", "no mailbox".to_owned()))?;
        let mut options = RunOptions::at(self.now + mailbox.skew);
        options.confirm = confirm;
        let made = plan(&Input {
            parameters: &mailbox.parameters,
            store: &listed.store,
            crm: &listed.crm,
            store_listing: &listed.listings.a,
            crm_listing: &listed.listings.b,
            state: &mailbox.state,
            options,
        });
        made.map_err(|error| ("plan", error.to_string()))
    }

    /// One run of a mailbox; gives how many operations were planned.
    pub(crate) fn run(&mut self, run: &Run, confirm: bool) -> Result<usize, Broken> {
        let at = run.mailbox;
        self.now += TimeDelta::hours(1);
        if run.fault == Fault::LostState {
            self.forget(at);
        }
        let Some(listed) = self.listed(at, run) else { return Ok(0) };
        let plan = self.planned(at, &listed, confirm)?;
        self.tell(|| format!("run {run:?}\n{plan}"));
        if run.fault != Fault::None {
            *self.faults.entry(run.fault).or_default() += 1;
        }
        let count = plan.ops.len();
        Self::check_plan(&plan)?;
        self.execute(run, plan, (listed.store, listed.crm))?;
        Ok(count)
    }

    fn forget(&mut self, at: usize) {
        if let Some(mailbox) = self.mailboxes.get_mut(at) {
            mailbox.state = fresh(&mailbox.store.store.id);
            mailbox.seen = None;
        }
    }

    fn execute(
        &mut self,
        run: &Run,
        plan: Plan<OutlookX3>,
        before: (Store, Crm),
    ) -> Result<(), Broken> {
        let at = run.mailbox;
        let dice = &mut Dice::new(run.number);
        let strikes = dice.roll(plan.ops.len());
        let Some(mailbox) = self.mailboxes.get(at) else { return Ok(()) };
        let before = if self.script.lies.changes && mailbox.seen.is_some() {
            (mailbox.store.store.clone(), self.crm.crm.clone())
        } else {
            before
        };
        let (old, old_seen) = (mailbox.state.clone(), mailbox.seen.clone());
        let mut session = Session::new(plan, old.clone());
        session.take_checkpoint();
        let mut journal = StateJournal::begin(session.state());
        let whole = journal.len();
        let (mut asked, mut died) = (0, false);
        while let Some(request) = session.poll_request() {
            let hit = asked == strikes;
            asked += 1;
            if hit && run.fault == Fault::MidRun {
                self.act(run.meanwhile);
            }
            let op = session.plan().ops.iter().find(|op| op.id == request.op);
            let other = op.and_then(|op| op.ids.get(request.side.other()).clone());
            let struck = (run.fault, hit);
            let Some(response) = self.answer(at, &request, struck, other.as_ref())? else {
                died = true;
                break;
            };
            session.handle_response(response);
            journal.extend(StateJournal::entry(&session.take_checkpoint()));
            if hit && run.fault == Fault::Torn {
                died = true;
                break;
            }
        }
        if died && run.fault == Fault::Torn {
            journal.truncate(whole + dice.roll(journal.len() - whole));
        }
        let (state, report) = session.finish();
        self.ledger.read(at, &report);
        for entry in report.journal.iter().filter(|entry| is_visible(entry.code)) {
            self.told.extend([&entry.ids.a, &entry.ids.b].into_iter().flatten().cloned());
        }
        let saved = if died {
            let replayed = StateJournal::replay(&journal);
            replayed.map_err(|error| ("journal", error.to_string()))?.state
        } else {
            state
        };
        let Some(mailbox) = self.mailboxes.get_mut(at) else { return Ok(()) };
        (mailbox.state, mailbox.seen) = if run.fault == Fault::NotSaved {
            (old, old_seen)
        } else if died || run.fault == Fault::LostAnswer && asked > strikes {
            (saved, old_seen)
        } else if matches!(run.fault, Fault::Emptied | Fault::Narrow) {
            (saved, None)
        } else {
            (saved, Some(before))
        };
        Ok(())
    }

    /// What a side answers; nothing when the process dies.
    fn answer(
        &mut self,
        at: usize,
        request: &Request<OutlookX3>,
        (fault, hit): (Fault, bool),
        other: Option<&String>,
    ) -> Result<Option<Response<OutlookX3>>, Broken> {
        let refused = Response::Refused { message: "not today".to_owned(), trace: None };
        match fault {
            Fault::CrashBefore if hit => return Ok(None),
            Fault::Refuse if hit => return Ok(Some(refused)),
            Fault::Stale if hit => return Ok(Some(Response::Stale)),
            _ => {}
        }
        let response = self.written(at, request);
        if let Response::Done { .. } = &response {
            self.check_written(at, request, other, fault == Fault::MidRun)?;
            let present = self.ids(at);
            if let Some(mailbox) = self.mailboxes.get_mut(at) {
                mailbox.existed.a.extend(present.a);
                mailbox.existed.b.extend(present.b);
            }
        }
        Ok(match fault {
            Fault::CrashAfter if hit => None,
            Fault::LostAnswer if hit => Some(Response::Lost),
            _ => Some(response),
        })
    }

    fn written(&mut self, at: usize, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        if request.side == Side::A {
            let Some(mailbox) = self.mailboxes.get_mut(at) else { return Response::Stale };
            return mailbox.store.write(request);
        }
        let mut request = request.clone();
        self.distort(&mut request.action);
        if !matches!(request.action, Action::Create(_)) {
            return self.crm.write(&request);
        }
        // The counters of a CRM never give a key twice, though the in-memory one counts what it holds.
        self.counter += 2;
        let counter = self.counter.max(self.number + 100_000);
        self.counter = counter;
        let last = ["COR", "TSK", "CLL", "BAP"].map(|prefix| format!("{prefix}{counter:08}"));
        for key in &last {
            let mut one = Correspondent::default();
            one.chrono.clone_from(key);
            self.crm.crm.correspondents.push(one);
        }
        let response = self.crm.write(&request);
        self.crm.crm.correspondents.retain(|one| !last.contains(&one.chrono));
        response
    }

    /// What the CRM makes of the values it is given.
    fn distort(&self, action: &mut Action<OutlookX3>) {
        let lies = self.script.lies;
        let change = |text: &mut Text, how: &dyn Fn(&str) -> String| {
            if let Some(known) = text.known().map(how) {
                *text = Text::from(known);
            }
        };
        let cut = |text: &str| text.chars().take(10).collect::<String>();
        let capitals = |text: &str| text.trim().to_uppercase();
        let (title, department) = match action {
            Action::Create(Record::Correspondent(one)) => {
                (Some(&mut one.job_title), Some(&mut one.department))
            }
            Action::Update(RecordPatch::Correspondent(one)) => {
                (one.job_title.as_mut(), one.department.as_mut())
            }
            _ => (None, None),
        };
        title.into_iter().filter(|_| lies.truncate).for_each(|text| change(text, &cut));
        let department = department.into_iter().filter(|_| lies.capitals);
        department.for_each(|text| change(text, &capitals));
    }

    fn check_plan(plan: &Plan<OutlookX3>) -> Result<(), Broken> {
        for op in plan.ops.iter().filter(|op| op.side == Side::B) {
            if op.kind == Kind::Call && matches!(op.action, Action::Create(_)) {
                return Err(("forbidden", format!("a call is made: {plan}")));
            }
            if op.kind == Kind::Contact && matches!(op.action, Action::Delete) {
                return Err(("correspondent_deleted", plan.to_string()));
            }
        }
        Ok(())
    }

    /// A deletion needs a person who took the other half away.
    fn check_written(
        &mut self,
        at: usize,
        request: &Request<OutlookX3>,
        other: Option<&String>,
        acted: bool,
    ) -> Result<(), Broken> {
        if let (Side::B, Some(id), false) = (request.side, other, acted) {
            let store = self.mailboxes.get_mut(at).map(|one| &mut one.store.store);
            let mut items = store.into_iter().flat_map(hands::items);
            if items.any(|one| one.id == id && *one.private) {
                return Err(("private", format!("{id} is private")));
            }
        }
        if !request.action.is_deletion() {
            return Ok(());
        }
        let id = request.id.clone().unwrap_or_default();
        let other_place = if request.side == Side::A { None } else { Some(at) };
        let is_meant = other.is_some_and(|id| self.taken.contains(&(other_place, id.clone())));
        if request.side == Side::B {
            self.taken.insert((None, id.clone()));
        }
        if is_meant { Ok(()) } else { Err(("deletion", format!("{id} of {other:?}"))) }
    }
}

/// Whether an entry tells a person that a record stays as it is.
const fn is_visible(code: Code) -> bool {
    matches!(
        code,
        Code::AmbiguousPairing
            | Code::DuplicateKey
            | Code::NotOwner
            | Code::NotOrganizer
            | Code::Overlap
            | Code::OrphanKey
            | Code::OutOfScope
            | Code::DeletionsHeld
    )
}

/// Leaves out of a listing what a filter hides, or everything of one kind.
fn shorten(listed: &mut Listed, run: &Run) {
    let dice = &mut Dice::new(run.number);
    let (side, kind) = (if dice.once_in(2) { Side::A } else { Side::B }, dice.roll(3));
    let emptied = run.fault == Fault::Emptied;
    let hidden = if emptied { None } else { Some(births(listed, side)) };
    let keep = |id: &String| hidden.as_ref().is_some_and(|hidden| !hidden.contains(id));
    match (side, kind) {
        (Side::A, 0) => listed.store.contacts.retain(|one| keep(&one.id)),
        (Side::A, 1) => listed.store.tasks.retain(|one| keep(&one.id)),
        (Side::A, _) => listed.store.appointments.retain(|one| keep(&one.id)),
        (Side::B, 0) => listed.crm.correspondents.retain(|one| keep(&one.chrono)),
        (Side::B, 1) => {
            listed.crm.tasks.retain(|one| keep(&one.chrono));
            listed.crm.calls.retain(|one| keep(&one.chrono));
        }
        (Side::B, _) => listed.crm.appointments.retain(|one| keep(&one.chrono)),
    }
    if !emptied {
        listed.listings.get_mut(side).scope = Some(format!("narrow {kind}"));
    }
}

/// The ids of a side that a filter hides: it looks at what never changes of a record.
fn births(listed: &mut Listed, side: Side) -> std::collections::BTreeSet<String> {
    let is_hidden = |birth: &str| birth.bytes().map(u32::from).sum::<u32>() % 2 == 0;
    if side == Side::A {
        let items = hands::items(&mut listed.store).into_iter();
        return items.filter(|one| is_hidden(&one.birth)).map(|one| one.id.clone()).collect();
    }
    let records = hands::entries(&mut listed.crm).into_iter();
    records.filter(|one| is_hidden(&one.birth)).map(|one| one.chrono.clone()).collect()
}
