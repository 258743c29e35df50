//! Runs, and what goes wrong in them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use counterpart::host::{Request, Response};
use counterpart::model::{BySide, Side};
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{Crm, Input, OutlookX3, RunOptions, Store, plan};
use counterpart::report::{Anomaly, Code};
use counterpart::session::{OpResult, Report};

use super::broken::misplan;
use super::driver::Broken;
use super::execute::{Ended, Manner, approved, check_report, execute, unheard};
use super::host::Listed;
use super::pages;
use super::script::{Fault, Force, Run, Trait};
use super::world::{World, fresh};

impl World {
    pub(crate) fn planned(
        &self,
        run: &Run,
        listed: &Listed,
        confirm: bool,
    ) -> Result<Plan<OutlookX3>, Broken> {
        let mailbox =
            self.mailboxes.get(run.mailbox).ok_or_else(|| ("plan", "no mailbox".to_owned()))?;
        let mut options = RunOptions::at(self.now + mailbox.skew);
        options.confirm = confirm;
        options.force_crm = matches!(run.force, Force::Both | Force::Crm);
        let since = options.now - TimeDelta::hours(30);
        options.force_store_since = run.force.drops_state().then_some(since);
        let mut parameters = mailbox.parameters.clone();
        self.misread(&mut parameters);
        let made = plan(&Input {
            parameters: &parameters,
            store: &listed.store,
            crm: &listed.crm,
            store_listing: &listed.listings.a,
            crm_listing: &listed.listings.b,
            state: &mailbox.state,
            options,
        });
        let mut made = made.map_err(|error| ("plan", error.to_string()))?;
        let first = listed.store.tasks.first();
        misplan(self.broken, &mut made, first.map_or(0, |one| one.actual_work));
        Ok(made)
    }

    /// One run of a mailbox; gives how many operations were planned.
    pub(crate) fn run(&mut self, run: &Run, confirm: bool) -> Result<usize, Broken> {
        let at = run.mailbox;
        let days = if self.script.has(Trait::Archive) { 45 } else { 0 };
        self.now += TimeDelta::hours(1) + TimeDelta::days(days);
        if run.fault == Fault::LostState {
            self.forget(at);
        }
        // What is sent again is made again where it is missing (A9.12).
        if run.force != Force::None {
            self.ledger.forget_deeds();
        }
        if self.script.has(Trait::Fight) {
            self.fight(at);
        }
        self.count_strays(at, run);
        let Some(mut listed) = self.listed(at, run) else { return Ok(0) };
        self.mislist(&mut listed);
        let on_page = pages::ids(&mut listed);
        for name in [run.fault.name(), run.force.name()] {
            self.notes.happened(name);
        }
        if run.pages != pages::Pages::None {
            self.notes.happened(pages::NAME);
        }
        let approves = confirm && run.number == 0 && at == 0;
        let plan = self.planned(run, &listed, confirm && !approves)?;
        self.notes.tell(|| format!("run {run:?}\n{plan}"));
        if self.script.has(Trait::Shuffled) {
            self.check_order(run, &listed, confirm && !approves, &plan)?;
        }
        self.check_plan(run, &plan, &listed, confirm)?;
        let plan = if approves { approved(plan)? } else { plan };
        let count = plan.ops.len();
        let before = (self.mailboxes.get(at)).map(|one| one.store.store.clone());
        let seen = self.mailboxes.get(at).and_then(|one| one.seen.clone());
        let before = before.map(|store| {
            pages::delivered(run.pages, seen, (store, self.crm.crm.clone()), &on_page)
        });
        let old = self.mailboxes.get(at).map(|one| one.state.clone());
        let old = old.unwrap_or_else(|| fresh(""));
        let manner = Manner { twice: self.script.has(Trait::Twice), broken: self.broken };
        let ended = execute(self, run, manner, (plan, old))?;
        check_report(self, &ended.report)?;
        self.keep(run, ended, before);
        Ok(count)
    }

    /// An item that carries the key of a deleted record, in a mailbox without a memory of it, becomes something new
    /// (A3.5). Where another mailbox has a copy, or the record was made again from one, nobody can know that they
    /// are the same thing.
    fn count_strays(&mut self, at: usize, run: &Run) {
        let drops = run.force.drops_state();
        let records: Vec<_> = super::hands::entries(&mut self.crm.crm)
            .into_iter()
            .map(|one| (one.chrono.clone(), one.birth))
            .collect();
        let mut elsewhere: BTreeSet<String> = records.iter().map(|one| one.1.clone()).collect();
        for (_, mailbox) in self.mailboxes.iter_mut().enumerate().filter(|(one, _)| *one != at) {
            elsewhere.extend(
                super::hands::items(&mut mailbox.store.store).into_iter().map(|one| one.birth),
            );
        }
        let Some(mailbox) = self.mailboxes.get_mut(at) else { return };
        let state = &mailbox.state;
        let mut strays = Vec::new();
        for one in super::hands::items(&mut mailbox.store.store) {
            let Some(key) = one.chrono.clone() else { continue };
            let is_linked = !drops
                && state.links.values().any(|link| link.ids.a == *one.id || link.ids.b == key);
            let is_there = records.iter().any(|(chrono, _)| *chrono == key);
            if !is_linked && !is_there && elsewhere.contains(&one.birth) {
                strays.push((one.id.clone(), one.birth));
            }
        }
        for (id, birth) in strays {
            if self.strayed.insert((at, id)) {
                self.allow_one_more(&birth);
            }
        }
    }

    fn forget(&mut self, at: usize) {
        if let Some(mailbox) = self.mailboxes.get_mut(at) {
            mailbox.state = fresh(&mailbox.store.store.id);
            mailbox.seen = None;
            self.ledger.read(at, &std::mem::take(&mut mailbox.unheard));
        }
        self.ledger.forget_deeds();
    }

    /// Keeps what the run leaves behind, as far as it is kept.
    fn keep(&mut self, run: &Run, ended: Ended<OutlookX3>, before: Option<(Store, Crm)>) {
        let Ended { report, saved, died, struck } = ended;
        self.read(run.mailbox, &report.anomalies);
        let unheard = unheard(&report);
        if died && run.fault == Fault::Torn || run.fault == Fault::NotSaved {
            self.ledger.forget_deeds();
            self.ledger.read(run.mailbox, &unheard);
        }
        self.forget_deeds_of_unheard(&report);
        let Some(mailbox) = self.mailboxes.get_mut(run.mailbox) else { return };
        // What a run was not shown it leaves for a later one to find out.
        let is_open = |one: &Anomaly| {
            let mut attempts = saved.attempts.iter();
            attempts.any(|(key, attempt)| {
                let ids = [Some(&key.id), attempt.other.as_ref()];
                one.ids.a.is_some() && ids.contains(&one.ids.a.as_ref())
                    || one.ids.b.is_some() && ids.contains(&one.ids.b.as_ref())
            })
        };
        mailbox.unheard.retain(is_open);
        mailbox.unheard.extend(unheard);
        mailbox.told.clear();
        for entry in report.journal.iter().filter(|entry| is_visible(entry.code)) {
            mailbox.told.extend([&entry.ids.a, &entry.ids.b].into_iter().flatten().cloned());
        }
        match run.fault {
            Fault::NotSaved => {}
            _ if died || run.fault == Fault::LostAnswer && struck => mailbox.state = saved,
            Fault::Emptied | Fault::Narrow | Fault::Short => {
                (mailbox.state, mailbox.seen) = (saved, None);
            }
            _ => (mailbox.state, mailbox.seen) = (saved, before),
        }
        if run.fault == Fault::MidRun {
            self.forget_unclear_deeds(run.mailbox);
        }
    }

    /// An item that a run made without hearing so has no link: once its record is deleted it is a new one (A3.5).
    fn forget_deeds_of_unheard(&mut self, report: &Report<OutlookX3>) {
        let ops = report.plan.ops.iter().zip(&report.results);
        let unheard = ops.filter(|(op, result)| {
            let is_made = matches!(op.action, Action::Create(_)) && op.side == Side::A;
            is_made && **result == OpResult::NotReached
        });
        let keys: BTreeSet<&String> = unheard.filter_map(|(op, _)| op.ids.b.as_ref()).collect();
        let records = super::hands::entries(&mut self.crm.crm).into_iter();
        let births: Vec<String> =
            records.filter(|one| keys.contains(&*one.chrono)).map(|one| one.birth).collect();
        for birth in births {
            self.ledger.supersede_deeds(&birth, None);
        }
    }

    /// Takes note of what a report names. Where it names a record of the CRM without its values, it names what every
    /// mailbox wrote there.
    fn read(&mut self, at: usize, anomalies: &[Anomaly]) {
        self.ledger.read(at, anomalies);
        for anomaly in anomalies.iter().filter(|one| one.values == BySide::default()) {
            for (other, mailbox) in self.mailboxes.iter().enumerate().filter(|one| one.0 != at) {
                let mut links = mailbox.state.links.values();
                let link = links.find(|link| Some(&link.ids.b) == anomaly.ids.b.as_ref());
                let Some(link) = link else { continue };
                let mut theirs = anomaly.clone();
                theirs.ids = link.ids.map(Some);
                self.ledger.read(other, &[theirs]);
            }
        }
    }

    /// Something was deleted while the run wrote its counterpart. Where the run cannot tell how that stands since, as a
    /// host told it nothing of what it stored, nobody knows whether somebody else changed it: it comes back (A4.19).
    fn forget_unclear_deeds(&mut self, at: usize) {
        let Some(mailbox) = self.mailboxes.get(at) else { return };
        let unclear = |key: &String| {
            let mut links = mailbox.state.links.values();
            links.any(|link| link.ids.b == *key && link.seen.b.is_none())
        };
        let records = super::hands::entries(&mut self.crm.crm).into_iter();
        let births: Vec<String> =
            records.filter(|one| unclear(one.chrono)).map(|one| one.birth).collect();
        self.ledger.deeds.retain(|deed| deed.mailbox != Some(at) || !births.contains(&deed.birth));
    }

    /// A host does what it is asked.
    pub(crate) fn perform(
        &mut self,
        run: &Run,
        request: &Request<OutlookX3>,
        other: Option<&String>,
    ) -> Result<Response<OutlookX3>, Broken> {
        let birth = self.birth_of_written(request);
        self.let_go(run.mailbox, request, other);
        let response = self.written(run.mailbox, request);
        if let Response::Done { .. } = &response {
            self.check_written(run, request, other)?;
            self.take_stock(run.mailbox);
            if let Some(birth) = birth {
                self.ledger.supersede_deeds(&birth, Some(run.mailbox));
            }
        }
        Ok(response)
    }

    /// A record is about to be deleted because its item is gone, which a run deleted that left no memory of it: for
    /// all anybody can know a person did, and his word on the record is kept (A4.13).
    fn let_go(&mut self, at: usize, request: &Request<OutlookX3>, other: Option<&String>) {
        let is_forgotten = |id: &String| self.forgotten.contains(&(at, id.clone()));
        if request.side != Side::B
            || !request.action.is_deletion()
            || !other.is_some_and(is_forgotten)
        {
            return;
        }
        let records = super::hands::entries(&mut self.crm.crm).into_iter();
        for one in records.filter(|one| request.id.as_ref() == Some(&*one.chrono)) {
            one.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text.or_empty()));
        }
    }

    /// Which record of the CRM is written, while there are deletions in the ledger.
    fn birth_of_written(&mut self, request: &Request<OutlookX3>) -> Option<String> {
        let id = request.id.as_ref().filter(|_| request.side == Side::B)?;
        if self.ledger.deeds.is_empty() {
            return None;
        }
        let records = super::hands::entries(&mut self.crm.crm);
        records.into_iter().find(|one| *one.chrono == *id).map(|one| one.birth)
    }
}

/// Whether an entry tells a person that a record stays as it is.
const fn is_visible(code: Code) -> bool {
    matches!(
        code,
        Code::AmbiguousPairing
            | Code::Archived
            | Code::ConflictHeld
            | Code::Dismissed
            | Code::DuplicateKey
            | Code::MeetingRequest
            | Code::NotOrganizer
            | Code::NotOwner
            | Code::NotPermitted
            | Code::NotYetSeen
            | Code::Oscillation
            | Code::OrphanKey
            | Code::OutOfScope
            | Code::Overlap
            | Code::Recurring
            | Code::RepresentativeContactIgnored
            | Code::DeletionsHeld
    )
}
