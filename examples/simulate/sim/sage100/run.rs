//! Runs, and what goes wrong in them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use counterpart::host::{Request, Response};
use counterpart::model::Side;
use counterpart::plan::{Action, Plan};
use counterpart::profiles::sage100::{
    Crm, Erp, Input, Rights, RunOptions, Sage100, Transfer, plan,
};
use counterpart::report::{Anomaly, Code};
use counterpart::session::{OpResult, Report};

use super::broken::{Break, misplan};
use super::driver::Broken;
use super::execute::{Ended, Manner, approved, check_report, execute, unheard};
use super::fault::Fault;
use super::host::Listed;
use super::script::{Demand, Run, Trait};
use super::world::{World, fresh};

impl World {
    pub(crate) fn planned(
        &self,
        run: &Run,
        listed: &Listed,
        confirm: bool,
    ) -> Result<Plan<Sage100>, Broken> {
        let desk = self.desks.get(run.desk).ok_or_else(|| ("plan", "no desk".to_owned()))?;
        let mut options = RunOptions::at(self.now);
        options.confirm = confirm;
        options.is_second = run.desk > 0;
        let mut parameters = desk.parameters.clone();
        let believes = run.demands.iter().any(|one| matches!(one, Demand::Resync | Demand::Send));
        parameters.active = !believes;
        if self.broken == Some(Break::Lawless) {
            parameters.rights = Rights::default();
            parameters.transfer = Transfer::Manual;
        }
        let made = plan(&Input {
            parameters: &parameters,
            erp: &listed.erp,
            crm: &listed.crm,
            erp_listing: &listed.listings.a,
            crm_listing: &listed.listings.b,
            state: &desk.state,
            requests: &listed.requests,
            options,
        });
        let mut made = made.map_err(|error| ("plan", error.to_string()))?.plan;
        let first =
            listed.erp.accounts.first().map_or(0, |one| one.code.bytes().map(u32::from).sum());
        misplan(self.broken, &mut made, first);
        Ok(made)
    }

    /// One run of an integration; gives how many operations were planned and not refused by a host of its own accord.
    pub(crate) fn run(&mut self, run: &Run, confirm: bool) -> Result<usize, Broken> {
        let at = run.desk;
        self.now += TimeDelta::hours(1);
        if run.fault == Fault::LostState {
            self.forget(at);
        }
        let requests = self.asked(run);
        let Some(mut listed) = self.listed(run, requests) else { return Ok(0) };
        if self.broken == Some(Break::Trusting) {
            listed.listings.a.scope = None;
            listed.listings.b.scope = None;
        }
        self.touched.clear();
        self.refused = 0;
        self.notes.happened(run.fault.name());
        let approves = confirm && run.number == 0 && at == 0;
        let plan = self.planned(run, &listed, confirm && !approves)?;
        self.notes.tell(|| format!("run {run:?} {:?}\n{plan}", listed.requests));
        if self.script.has(Trait::Shuffled) {
            self.check_order(run, &listed, confirm && !approves, &plan)?;
        }
        self.check_plan(run, &plan, &listed, confirm)?;
        let plan = if approves { approved(plan)? } else { plan };
        let count = plan.ops.len();
        let before = self.desks.get(at).map(|one| (one.erp.erp.clone(), self.crm.crm.clone()));
        let old = self.desks.get(at).map_or_else(|| fresh(at), |one| one.state.clone());
        let manner = Manner { twice: self.script.has(Trait::Twice), broken: self.broken };
        let ended = execute(self, run, manner, (plan, old))?;
        check_report(self, &ended.report)?;
        self.notes.tell(|| format!("anomalies {:?}", ended.report.anomalies));
        let blocked = if self.refused > 0 { ended.report.count(OpResult::Blocked) } else { 0 };
        self.keep(run, ended, before);
        Ok(count.saturating_sub(self.refused + blocked))
    }

    fn forget(&mut self, at: usize) {
        self.part_all_ways(at);
        let mut unheard = Vec::new();
        if let Some(desk) = self.desks.get_mut(at) {
            desk.state = fresh(at);
            desk.seen = None;
            unheard = std::mem::take(&mut desk.unheard);
        }
        self.read(at, &unheard, None);
        self.ledger.forget_deeds();
    }

    /// Takes note of what a report names; an account is meant by its company as well, also by the one it had when the run
    /// began, or when it was deleted: a run that names what an unanswered write lost may move the account in the same breath.
    fn read(&mut self, at: usize, anomalies: &[Anomaly], before: Option<&Crm>) {
        let mut all = anomalies.to_vec();
        for one in anomalies.iter().filter(|one| one.kind == "account") {
            let former = before.into_iter().flat_map(|crm| &crm.companies);
            let companies = self.crm.crm.companies.iter().chain(former);
            let companies = companies.filter(|company| company.account == one.ids.b);
            let lost = self.lost.iter().filter(|(account, _)| Some(account) == one.ids.b.as_ref());
            for id in companies.map(|company| &company.id).chain(lost.map(|(_, id)| id)) {
                let mut of_company = one.clone();
                of_company.ids.b = Some(id.clone());
                all.push(of_company);
            }
        }
        self.ledger.read(at, &all);
        let values = anomalies.iter().flat_map(|one| [&one.values.a, &one.values.b]).flatten();
        let words = values.flat_map(|value| value.split(|c: char| !c.is_alphanumeric()));
        self.outvoted.extend(words.filter(|word| word.starts_with("Birth")).map(str::to_owned));
    }

    /// Keeps what the run leaves behind, as far as it is kept.
    fn keep(&mut self, run: &Run, ended: Ended<Sage100>, before: Option<(Erp, Crm)>) {
        let Ended { report, saved, died, struck } = ended;
        let former = before.as_ref().map(|(_, crm)| crm);
        self.read(run.desk, &report.anomalies, former);
        let unheard = unheard(&report);
        if died && run.fault == Fault::Torn || run.fault == Fault::NotSaved {
            self.ledger.forget_deeds();
            self.read(run.desk, &unheard, former);
            let written = self.births_written(run.desk, &report);
            // A status that a forgotten run wrote looks like one that a person set.
            self.rested.extend(written.iter().cloned());
            self.unsaved.extend(written);
        }
        let undone = self.births_undone(run.desk, &report);
        // What the ERP makes of a text and does not tell looks like an edit.
        if self.script.has(Trait::Blind) && self.script.has(Trait::Capitals) {
            let sent = report.plan.ops.iter().filter(|op| op.side == Side::A);
            let sent: BTreeSet<&String> = sent.filter_map(|op| op.ids.b.as_ref()).collect();
            let rows = self.rows(None).into_iter().filter(|row| sent.contains(&row.id));
            let births: Vec<String> = rows.map(|row| row.birth).collect();
            self.unsaved.extend(births);
        }
        self.unsaved.extend(undone);
        // Where it was told that one side alone is inactive, each stays as it is (B10.3).
        let told = report.journal.iter().filter(|entry| entry.code == Code::StatusDiffers);
        let told: BTreeSet<String> = told.filter_map(|entry| entry.ids.b.clone()).collect();
        let births = self
            .crm
            .crm
            .companies
            .iter()
            .filter(|one| one.account.as_ref().is_some_and(|id| told.contains(id)));
        self.rested.extend(births.map(|one| one.siret.or_empty().to_owned()));
        let Some(desk) = self.desks.get_mut(run.desk) else { return };
        desk.unheard = unheard;
        desk.told.clear();
        let differing = report.journal.iter().filter(|entry| entry.code == Code::AccountDiffers);
        desk.apart = differing.filter_map(|entry| entry.ids.b.clone()).collect();
        for entry in report.journal.iter().filter(|entry| is_visible(entry.code)) {
            let ids = [&entry.ids.a, &entry.ids.b].into_iter().flatten();
            if entry.code == Code::NotYetSeen {
                desk.unseen.extend(ids.clone().cloned());
            }
            desk.told.extend(ids.cloned());
        }
        desk.told.extend(desk.unseen.iter().cloned());
        // What a change of filters hid may be gone as well: the next listing is complete again.
        let filtered = desk.state.scopes != saved.scopes;
        match run.fault {
            Fault::NotSaved => {}
            _ if died || run.fault == Fault::LostAnswer && struck => desk.state = saved,
            Fault::Emptied | Fault::Narrow | Fault::Short => {
                (desk.state, desk.seen) = (saved, None);
            }
            _ if filtered => (desk.state, desk.seen) = (saved, None),
            _ => (desk.state, desk.seen) = (saved, before),
        }
    }

    /// What a run wrote on records that were there, by birth.
    fn births_written(&mut self, at: usize, report: &Report<Sage100>) -> Vec<String> {
        self.births_updated(at, report, |_| true)
    }

    /// What a run was to write on records that were there and did not, by birth.
    fn births_undone(&mut self, at: usize, report: &Report<Sage100>) -> Vec<String> {
        self.births_updated(at, report, |result| result != OpResult::Done)
    }

    fn births_updated(
        &mut self,
        at: usize,
        report: &Report<Sage100>,
        is_meant: impl Fn(OpResult) -> bool,
    ) -> Vec<String> {
        let ops = report.plan.ops.iter().zip(&report.results);
        let ops =
            ops.filter(|(op, result)| matches!(op.action, Action::Update(_)) && is_meant(**result));
        let ops = ops.map(|(op, _)| op);
        let ids: BTreeSet<&String> = ops.flat_map(|op| [&op.ids.a, &op.ids.b]).flatten().collect();
        let rows = self.rows(None).into_iter().chain(self.rows(Some(at)));
        rows.filter(|row| ids.contains(&row.id)).map(|row| row.birth).collect()
    }

    /// A host does what it is asked.
    pub(crate) fn perform(
        &mut self,
        run: &Run,
        request: &Request<Sage100>,
        other: Option<&String>,
    ) -> Result<Response<Sage100>, Broken> {
        let place = if request.side == Side::A { Some(run.desk) } else { None };
        let rows = if request.action.is_deletion() { self.rows(place) } else { Vec::new() };
        let own = rows.into_iter().find(|row| Some(&row.id) == request.id.as_ref());
        let birth = own.map(|row| row.birth).unwrap_or_default();
        let response = self.written(run.desk, request);
        self.refused += usize::from(matches!(response, Response::Refused { .. }));
        if let Response::Done { .. } = &response {
            self.check_written(run, request, (other, &birth))?;
            self.take_stock(run.desk);
            // What both sides say is not agreed any more where another integration writes.
            if place.is_none() && self.desks.len() > 1 {
                self.ledger.forget_deeds();
            }
        }
        Ok(response)
    }

    /// The order of the listings changes nothing (D11).
    fn check_order(
        &mut self,
        run: &Run,
        listed: &Listed,
        confirm: bool,
        plan: &Plan<Sage100>,
    ) -> Result<(), Broken> {
        self.notes.checked("order");
        let mut other = listed.clone();
        other.erp.accounts.reverse();
        other.erp.representatives.reverse();
        other.erp.free_fields.reverse();
        other.erp.accounts.iter_mut().for_each(|one| one.delivery.reverse());
        other.crm.companies.reverse();
        other.crm.accounts.reverse();
        other.crm.users.reverse();
        for one in &mut other.crm.companies {
            one.addresses.reverse();
            one.contacts.reverse();
        }
        other.listings.a.removed.reverse();
        other.listings.b.removed.reverse();
        let again = self.planned(run, &other, confirm)?;
        if again == *plan { Ok(()) } else { Err(("order", format!("{plan}\n{again}"))) }
    }
}

/// Whether an entry tells a person that a record stays as it is.
const fn is_visible(code: Code) -> bool {
    matches!(
        code,
        Code::AmbiguousPairing
            | Code::ConflictHeld
            | Code::DefaultAddressKept
            | Code::DeletionsHeld
            | Code::DormantSkipped
            | Code::EmptiedSideHeld
            | Code::NotYetSeen
            | Code::Oscillation
            | Code::Quarantined
            | Code::StatusDiffers
            | Code::UnknownService
            | Code::WriteRefused
    )
}
