//! What must hold of every plan and every write.

use counterpart::host::Request;
use counterpart::model::Side;
use counterpart::plan::{Action, Op, Plan};
use counterpart::profiles::sage100::{
    self, Account, Company, ErpAccount, ErpAccountKind, Kind, Sage100, Transfer,
};
use counterpart::rules::Reason;
use counterpart::schema::Kind as _;
use counterpart::snapshot::{Coverage, RefusalKey};

use super::driver::Broken;
use super::host::Listed;
use super::records::{Desktop, Row, Sort};
use super::script::{Demand, Run};
use super::world::{Desk, World, integration};

type SageOp = Op<Sage100>;

/// The code of an ERP key.
fn code_in(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}

impl World {
    /// Checks a plan: its account, that it does nothing forbidden, and that guards hold what they must.
    pub(crate) fn check_plan(
        &mut self,
        run: &Run,
        plan: &Plan<Sage100>,
        listed: &Listed,
        confirm: bool,
    ) -> Result<(), Broken> {
        if !confirm {
            self.check_guards(run, plan, listed)?;
        }
        self.check_forbidden(run, plan, listed)?;
        self.check_account(run, plan, listed)
    }

    /// Every record and every link is in the account once, and every ERP account in one class.
    fn check_account(
        &mut self,
        run: &Run,
        plan: &Plan<Sage100>,
        listed: &Listed,
    ) -> Result<(), Broken> {
        self.notes.checked("account");
        let mut erp = listed.erp.clone();
        // A delivery address without a label has no key.
        let has_key = |row: &Row| row.sort != Sort::Delivery || !row.id.ends_with('#');
        let records = Desktop::Erp(&mut erp).rows().iter().filter(|row| has_key(row)).count();
        let blank = erp.accounts.iter().filter(|one| one.billing.is_blank()).count();
        let links = self.desks.get(run.desk).map_or(0, |desk| desk.state.links.len());
        let counts = plan.counts.accounts;
        let classes = counts.managed
            + counts.other_kind
            + counts.dormant
            + counts.detached
            + counts.quarantined;
        let account = plan.account;
        let held = plan.ops.iter().filter(|op| op.held).count();
        let all_take_part = counts.other_kind + counts.dormant + counts.detached == 0
            && !listed.erp.accounts.is_empty();
        let fits = usize::try_from(classes).is_ok_and(|sum| sum == erp.accounts.len())
            && account.records.a <= records + blank
            && (!all_take_part || account.records.a >= records)
            && account.links <= links
            && account.held == held;
        if fits {
            Ok(())
        } else {
            Err(("account", format!("{account:?} of {records} and {links}")))
        }
    }

    /// Nothing is planned that the rules or the user's rights forbid.
    fn check_forbidden(
        &mut self,
        run: &Run,
        plan: &Plan<Sage100>,
        listed: &Listed,
    ) -> Result<(), Broken> {
        self.notes.checked("forbidden");
        let Some(desk) = self.desks.get(run.desk) else { return Ok(()) };
        let parked: Vec<&String> = plan
            .parked
            .iter()
            .filter(|(kind, _)| *kind == Kind::Company.code())
            .map(|(_, id)| id)
            .collect();
        for op in &plan.ops {
            let why = if op.side == Side::A {
                forbidden_in_erp(run, desk, op, listed)
            } else {
                self.forbidden_in_crm(run, desk, op, listed)
            };
            let owner = owner_of(op, listed).map(|one| &one.id);
            // A company that lost its account goes whatever becomes of it.
            let goes = op.kind == Kind::Company && matches!(op.action, Action::Delete);
            // Requests are taken in the order given: an account that left its company before that was put into quarantine
            // is none of what belongs to it (B14.3).
            let leaves = |id: &String| {
                let mut both = listed.requests.iter().filter(|one| match one {
                    sage100::Request::Unlink(of) | sage100::Request::Quarantine(of) => of == id,
                    _ => false,
                });
                op.reason == Reason::Unlinked
                    && matches!(both.next(), Some(sage100::Request::Unlink(_)))
            };
            let parked = owner.is_some_and(|id| parked.contains(&id) && !goes && !leaves(id));
            let parked = parked.then_some("in quarantine");
            if let Some(why) = why.or_else(|| forbidden_by_rights(desk, op)).or(parked) {
                let seen =
                    format!("{why}: {:?} {} {:?}\n{plan}", op.ids, op.action.name(), op.kind);
                return Err(("forbidden", seen));
            }
        }
        Ok(())
    }

    fn forbidden_in_crm(
        &self,
        run: &Run,
        desk: &Desk,
        op: &SageOp,
        listed: &Listed,
    ) -> Option<&'static str> {
        let ours = Some(integration(run.desk));
        let id = op.ids.b.as_ref();
        let (creates, deletes) =
            (matches!(op.action, Action::Create(_)), matches!(op.action, Action::Delete));
        let is_child = matches!(op.kind, Kind::Address | Kind::Contact);
        let stamps = matches!(op.action, Action::Stamp(_));
        if run.demands.contains(&Demand::Send)
            && !run.demands.contains(&Demand::Resync)
            && is_child
            && !stamps
            && !is_asked(op)
            && op.reason != Reason::CreatedInB
        {
            return Some("only keys and replicas go to the CRM (B15.3)");
        }
        if let Some(account) = listed.crm.accounts.iter().find(|one| Some(&one.id) == id)
            && op.kind == Kind::Account
        {
            if account.integration != ours {
                return Some("an account of another integration (B18.2)");
            } else if deletes {
                return Some("an account is never deleted");
            }
        }
        if let Some(company) = listed.crm.companies.iter().find(|one| Some(&one.id) == id)
            && op.kind == Kind::Company
        {
            if deletes && !self.left.contains(&company.id) {
                return Some("a company that kept its account is deleted (B7.4)");
            }
            // Either end of a join says it.
            let mut accounts = listed.crm.accounts.iter();
            let names = |one: &Account| one.principal.0 && one.company.as_ref() == id;
            let joined = company.account.is_some() || deletes || accounts.any(names);
            if !joined && !is_named(&company.id, (desk, listed)) {
                return Some("a company without account is touched (B1.6)");
            }
        }
        if creates && op.kind == Kind::Account && op.ids.a.is_some() {
            let code = op.ids.a.as_deref().unwrap_or_default();
            let erp = listed.erp.accounts.iter().find(|one| one.code == code)?;
            let linked = desk.state.links.values().any(|one| one.ids.a == code);
            if erp.kind == ErpAccountKind::Other {
                return Some("neither customer nor supplier (B1.4)");
            } else if erp.dormant && !desk.parameters.sync_dormant && !linked && !is_asked(op) {
                return Some("dormant (B10.1)");
            }
        }
        let on = match op.kind {
            Kind::Contact => desk.parameters.sync_contacts,
            Kind::Address => desk.parameters.sync_addresses,
            _ => true,
        };
        (!on && (creates || deletes)).then_some("an option that is not ticked (B3.1)")
    }

    /// Without a confirmation not too much is deleted at once, and nothing for a side that shows nothing (D6).
    fn check_guards(
        &mut self,
        run: &Run,
        plan: &Plan<Sage100>,
        listed: &Listed,
    ) -> Result<(), Broken> {
        let Some(desk) = self.desks.get(run.desk) else { return Ok(()) };
        let limit = desk.parameters.max_deletions;
        for (kind, sorts) in [
            (Kind::Contact, &[Sort::Contact] as &[Sort]),
            (Kind::Address, &[Sort::Billing, Sort::Delivery]),
        ] {
            let of = desk.state.links.iter().filter(|((code, _), _)| *code == kind.code()).count();
            for side in Side::BOTH {
                let deleted = |op: &&SageOp| {
                    op.kind == kind && op.side == side && op.action.is_deletion() && !op.held
                };
                let count = plan.ops.iter().filter(deleted).count();
                let too_many = count > limit.count && count * 100 > limit.percent * of;
                let (mut erp, mut crm) = (listed.erp.clone(), listed.crm.clone());
                let mut from = match side.other() {
                    Side::A => Desktop::Erp(&mut erp),
                    Side::B => Desktop::Crm(&mut crm),
                };
                let full = listed.listings.get(side.other()).coverage == Coverage::Full;
                let shown = from.rows().iter().filter(|row| sorts.contains(&row.sort)).count();
                // A billing address that is linked is there, also where it says nothing any more.
                let is_linked = |one: &ErpAccount| {
                    let key = format!("{}#", one.code);
                    kind == Kind::Address && desk.state.links.values().any(|link| link.ids.a == key)
                };
                let blank = listed.erp.accounts.iter().filter(|one| one.billing.is_blank());
                let blank = blank.filter(|one| side == Side::B && is_linked(one)).count();
                let shown = shown + blank;
                if too_many || count > 0 && full && shown == 0 {
                    return Err(("guard", format!("{count} of {of} {kind:?}\n{plan}")));
                }
            }
        }
        self.notes.checked("guard");
        Ok(())
    }

    /// A deletion needs a person who took the other half away, or asked for it.
    pub(crate) fn check_written(
        &mut self,
        run: &Run,
        request: &Request<Sage100>,
        (other, birth): (Option<&String>, &str),
    ) -> Result<(), Broken> {
        self.notes.checked("deletion");
        if !request.action.is_deletion() {
            return Ok(());
        }
        let id = request.id.clone().unwrap_or_default();
        let (here, there) = match request.side {
            Side::A => (Some(run.desk), None),
            Side::B => (None, Some(run.desk)),
        };
        // One that a run nobody heard of made in the place of the other half was taken away.
        let is_dropped = self.dropped.contains(&(there, birth.to_owned()));
        let is_meant = match request.kind {
            Kind::Address | Kind::Contact => {
                is_dropped || other.is_some_and(|id| self.taken.contains(&(there, id.clone())))
            }
            Kind::Company => self.left.contains(&id),
            // Asked for now, or before and refused: it is tried again.
            Kind::FreeField => {
                let refused = |key: &RefusalKey| {
                    key.kind == Kind::FreeField.code() && key.ids.b.as_ref() == Some(&id)
                };
                run.demands.contains(&Demand::FreeFields)
                    || self.desks.iter().any(|desk| desk.state.refused().any(refused))
            }
            _ => false,
        };
        self.taken.insert((here, id.clone()));
        if is_meant { Ok(()) } else { Err(("deletion", format!("{id} of {other:?}"))) }
    }
}

/// What may not be done in the ERP.
fn forbidden_in_erp(run: &Run, desk: &Desk, op: &SageOp, listed: &Listed) -> Option<&'static str> {
    let is_billing = op.ids.a.as_ref().is_some_and(|key| key.ends_with('#'));
    let is_asked = |one: &Account| Some(&one.id) == op.ids.b.as_ref() && one.pending;
    let asked = listed.crm.accounts.iter().any(is_asked)
        || listed.requests.iter().any(|one| matches!(one, sage100::Request::CreateAccount(_)))
        || desk.state.asked.iter().any(|words| words.starts_with("create_account"));
    let resync = run.demands.contains(&Demand::Resync) && !run.demands.contains(&Demand::Send);
    match (op.kind, &op.action) {
        _ if desk.state.fresh => Some("the first run writes in the CRM only (B3.3)"),
        _ if resync => Some("the ERP is believed (B15.2)"),
        (Kind::Account, Action::Create(_)) if !asked => Some("nobody asked for it (B6.1)"),
        (Kind::Account, Action::Delete) => Some("an ERP account is never deleted"),
        (Kind::Address, Action::Delete) if is_billing => Some("a billing address stays (B7.8)"),
        (Kind::Account | Kind::Address | Kind::Contact, Action::Create(_) | Action::Update(_)) => {
            None
        }
        (Kind::Address | Kind::Contact, Action::Delete) => None,
        _ => Some("the ERP holds no such record"),
    }
}

/// What the user may not ask for (B19, B6.9).
fn forbidden_by_rights(desk: &Desk, op: &SageOp) -> Option<&'static str> {
    let rights = desk.parameters.rights;
    let creates =
        op.side == Side::A && op.kind == Kind::Account && matches!(op.action, Action::Create(_));
    let never = desk.parameters.transfer == Transfer::Never;
    let forbidden = match op.reason {
        Reason::Linked | Reason::Reassigned => !rights.link,
        Reason::Unlinked => !rights.break_link,
        _ => creates && (never || !rights.create_account),
    };
    forbidden.then_some("no right")
}

/// Whether a user asked for it.
const fn is_asked(op: &SageOp) -> bool {
    matches!(op.reason, Reason::Linked | Reason::Reassigned | Reason::Requested | Reason::Unlinked)
}

/// Whether a request of the run, or one that is still to be settled, names a company as one that gets an account.
fn is_named(company: &str, (desk, listed): (&Desk, &Listed)) -> bool {
    let mut asked = desk.state.asked.iter();
    asked.any(|words| words.split('\u{1f}').any(|id| id == company))
        || listed.requests.iter().any(|one| match one {
            sage100::Request::CreateAccount(id)
            | sage100::Request::Link { company: id, .. }
            | sage100::Request::Reassign { to: id, .. } => id == company,
            _ => false,
        })
}

/// The company an operation is about.
fn owner_of<'l>(op: &SageOp, listed: &'l Listed) -> Option<&'l Company> {
    let id = op.ids.b.as_ref();
    let code = op.ids.a.as_deref().map(code_in);
    let of_code = |account: &Account| code == Some(account.code.or_empty());
    let accounts = listed.crm.accounts.iter();
    let mut accounts = accounts.filter(|one| of_code(one) || Some(&one.id) == id);
    let account = accounts.next().map(|one| &one.id);
    listed.crm.companies.iter().find(|one| match op.kind {
        Kind::Company => Some(&one.id) == id,
        Kind::Account => account.is_some() && one.account.as_ref() == account,
        Kind::Address => one.addresses.iter().any(|one| Some(&one.id) == id),
        Kind::Contact => one.contacts.iter().any(|one| Some(&one.id) == id),
        _ => false,
    })
}
