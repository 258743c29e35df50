//! What must hold of every plan, every write and every report.

use std::collections::BTreeMap;

use counterpart::host::Request;
use counterpart::model::Side;
use counterpart::plan::{Action, Op, Plan};
use counterpart::profile::Write;
use counterpart::profiles::outlook_x3::{Kind, OutlookX3};
use counterpart::schema::Kind as _;
use counterpart::snapshot::Coverage;

use super::driver::Broken;
use super::hands;
use super::host::Listed;
use super::script::{Fault, Run};
use super::world::World;

impl World {
    /// Checks a plan: its account, that it does nothing forbidden, and that guards hold what they must.
    pub(crate) fn check_plan(
        &mut self,
        run: &Run,
        plan: &Plan<OutlookX3>,
        listed: &Listed,
        confirm: bool,
    ) -> Result<(), Broken> {
        if !confirm {
            self.check_guards(run, plan, listed)?;
        }
        self.check_permissions(run, plan)?;
        self.check_account(run, plan, listed)
    }

    /// Every record and every link is in the account once.
    fn check_account(
        &mut self,
        run: &Run,
        plan: &Plan<OutlookX3>,
        listed: &Listed,
    ) -> Result<(), Broken> {
        self.notes.checked("account");
        let (store, crm) = (&listed.store, &listed.crm);
        let items = store.contacts.len() + store.tasks.len() + store.appointments.len();
        let records =
            crm.correspondents.len() + crm.tasks.len() + crm.calls.len() + crm.appointments.len();
        let state = self.mailboxes.get(run.mailbox).map(|one| &one.state);
        let links = state.map_or(0, |state| state.links.len());
        let links = if run.force.drops_state() { 0 } else { links };
        let account = plan.account;
        let held = plan.ops.iter().filter(|op| op.held).count();
        let listed = account.records.a == items && account.records.b == records;
        let pairs = account.pairs();
        let most = items + records + links;
        let fits = listed && account.links == links && account.held == held && pairs <= most;
        if fits { Ok(()) } else { Err(("account", format!("{account:?}"))) }
    }

    /// Nothing is planned that the user's flags forbid, that the CRM never lets a mailbox do, or that only an
    /// organiser may do.
    fn check_permissions(&mut self, run: &Run, plan: &Plan<OutlookX3>) -> Result<(), Broken> {
        self.notes.checked("forbidden");
        let broken = |op: &Op<OutlookX3>, why: &str| {
            Err(("forbidden", format!("{why}: {:?} {}\n{plan}", op.ids, op.action.name())))
        };
        let Some(mailbox) = self.mailboxes.get(run.mailbox) else { return Ok(()) };
        let permissions = &mailbox.parameters.permissions;
        for op in &plan.ops {
            let write = match op.action {
                Action::Create(_) => Write::Create,
                Action::Update(_) => Write::Update,
                Action::Delete | Action::Unassign(_) => Write::Delete,
                Action::Stamp(_) if op.side == Side::A => continue,
                _ => return broken(op, "a stamp in the CRM"),
            };
            if !permissions.permits(op.kind, op.side, write) {
                return broken(op, "no flag");
            }
            if op.side == Side::B && op.kind == Kind::Contact {
                match &op.action {
                    Action::Delete => return broken(op, "a correspondent is never deleted"),
                    Action::Unassign(who) if *who != mailbox.representative => {
                        return broken(op, "somebody else is taken off");
                    }
                    _ => {}
                }
            }
            if op.side == Side::B && op.kind == Kind::Appointment && write != Write::Create {
                let mut of = self.crm.crm.appointments.iter();
                let record = of.find(|one| Some(&one.chrono) == op.ids.b.as_ref());
                // A record that is not listed may have changed hands: what the write expects then keeps it out.
                let meets =
                    record.filter(|one| op.expect.is_none_or(|stamp| stamp == one.modified));
                if meets.is_some_and(|one| one.organizer != mailbox.representative) {
                    return broken(op, "somebody else is the organiser");
                }
            }
        }
        Ok(())
    }

    /// Without a confirmation not too much is deleted at once, and nothing for a side that shows nothing (D6).
    fn check_guards(
        &mut self,
        run: &Run,
        plan: &Plan<OutlookX3>,
        listed: &Listed,
    ) -> Result<(), Broken> {
        let Some(mailbox) = self.mailboxes.get(run.mailbox) else { return Ok(()) };
        let limit = mailbox.parameters.max_deletions;
        let mut links: BTreeMap<u8, usize> = BTreeMap::new();
        for ((kind, _), _) in mailbox.state.links.iter() {
            *links.entry(kind).or_default() += 1;
        }
        for kind in Kind::ALL {
            for side in Side::BOTH {
                let deleted = |op: &&Op<OutlookX3>| {
                    op.kind == *kind && op.side == side && op.action.is_deletion() && !op.held
                };
                let count = plan.ops.iter().filter(deleted).count();
                let of = links.get(&kind.code()).copied().unwrap_or_default();
                let too_many = count > limit.count && count * 100 > limit.percent * of;
                let from = listed.listings.get(side.other());
                let emptied = count > 0 && from.coverage == Coverage::Full && {
                    let (store, crm) = (&listed.store, &listed.crm);
                    let shown = match (side, kind) {
                        (Side::B, Kind::Contact) => store.contacts.len(),
                        (Side::B, Kind::Task | Kind::Call) => store.tasks.len(),
                        (Side::A, Kind::Contact) => crm.correspondents.len(),
                        (Side::A, Kind::Task) => crm.tasks.len(),
                        (Side::A, Kind::Call) => crm.calls.len(),
                        (Side::A, _) => crm.appointments.len(),
                        (Side::B, _) => store.appointments.len(),
                    };
                    shown == 0
                };
                if too_many || emptied {
                    return Err(("guard", format!("{count} of {of} {kind:?}\n{plan}")));
                }
            }
        }
        self.notes.checked("guard");
        Ok(())
    }

    /// The order of the listings changes nothing (D11), also where two records meet for the first time.
    pub(crate) fn check_order(
        &mut self,
        run: &Run,
        listed: &Listed,
        confirm: bool,
        plan: &Plan<OutlookX3>,
    ) -> Result<(), Broken> {
        self.notes.checked("order");
        let mut other = listed.clone();
        let (store, crm) = (&mut other.store, &mut other.crm);
        store.contacts.reverse();
        store.tasks.reverse();
        store.appointments.reverse();
        crm.correspondents.reverse();
        crm.tasks.reverse();
        crm.calls.reverse();
        crm.appointments.reverse();
        other.listings.a.removed.reverse();
        other.listings.b.removed.reverse();
        let again = self.planned(run, &other, confirm)?;
        if again == *plan { Ok(()) } else { Err(("order", format!("{plan}\n{again}"))) }
    }

    /// A deletion needs a person who took the other half away, and of a private item nothing is written.
    pub(crate) fn check_written(
        &mut self,
        run: &Run,
        request: &Request<OutlookX3>,
        other: Option<&String>,
    ) -> Result<(), Broken> {
        let at = run.mailbox;
        self.notes.checked("deletion");
        if let (Side::B, Some(id), true) = (request.side, other, run.fault != Fault::MidRun) {
            self.notes.checked("private");
            let store = self.mailboxes.get_mut(at).map(|one| &mut one.store.store);
            let mut items = store.into_iter().flat_map(hands::items);
            let lied = &self.lied;
            if items.any(|one| one.id == id && *one.private && !lied.contains(&one.birth)) {
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
        } else if run.fault.harms_state() {
            // Nobody remembers who took it away, by whatever id the state that is left knows it.
            self.take_away(at, &id);
            self.forgotten.extend(self.known_as(at, &id).into_iter().map(|id| (at, id)));
        }
        if is_meant { Ok(()) } else { Err(("deletion", format!("{id} of {other:?}"))) }
    }
}
