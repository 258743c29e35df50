//! Accounts that a listing of changes does not show: what is known to have changed is written as it is (D9).

use super::accounts::{Drafted, beside, company_reason};
use super::alike::{core_patch, remember_written, touched};
use super::clerk::Mode;
use super::crm::{Account, AccountPatch, CompanyPatch};
use super::directory::Class;
use super::directory::Joined;
use super::endings::agree_with_account;
use super::erp::ErpAccount;
use super::kind::{Kind, account as group};
use super::mirror::{group_patch, join, mirror_group, mirrored};
use super::replicate::Work;
use super::run::Run;
use super::schema::{Native, RecordPatch};
use crate::model::record::Patch as _;
use crate::model::{BySide, Side};
use crate::plan::{Action, Draft};
use crate::rules::Reason;
use crate::snapshot::Coverage;

/// What of an account that is not among the changes has to be written: what its company changed, and what the ERP
/// gives to both.
pub(crate) fn unlisted_patch(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    own: &Drafted,
) -> AccountPatch {
    let (Some(company), None) = (one.company, one.account) else { return AccountPatch::default() };
    let with_main = run.parameters.replicate_main_contact;
    let before = Account::default();
    let mut patch = AccountPatch::default();
    for place in touched(run, work, one, own) {
        let mut after = before.clone();
        mirror_group(&mut after, company, (place, with_main));
        patch = join(patch, group_patch(&after, place));
    }
    let core = core_patch(work, own).map(|patch| mirrored(&patch));
    let sent = own.erp.and_then(|op| match work.draft(op).map(|draft| draft.action.clone()) {
        Some(Action::Update(RecordPatch::ErpAccount(patch))) => patch.representative,
        _ => None,
    });
    let followed = || new_representative(run, one.id).map(|erp| erp.representative.clone());
    patch.representative = sent.or_else(followed);
    join(patch, core.unwrap_or_default())
}

/// Values for an account whose records are not among the changes: they are written as they are.
pub(crate) fn carry_blind(run: &Run<'_>, work: &mut Work<'_, '_>, id: &str, own: &Drafted) {
    if run.is_owed(id) {
        return;
    }
    let Some(op) = own.crm else {
        follow_representative(run, work, id, own);
        return;
    };
    let Some(draft) = work.draft(op) else { return };
    let Action::Update(RecordPatch::Company(patch)) = draft.action.clone() else { return };
    let reason = draft.reason;
    let mut pair_ids = draft.ids.clone();
    let link = run.directory.link_of_id(Kind::Account, id);
    let company = link.and_then(|link| link.facts.first()).filter(|id| !id.is_empty()).cloned();
    let representative = new_representative(run, id).map(|erp| erp.representative.clone());
    let account = AccountPatch { representative, ..mirrored(&patch) };
    let with_main = run.parameters.replicate_main_contact;
    let main_contact = patch.main_contact.clone().filter(|_| with_main);
    let company_patch = CompanyPatch { main_contact, ..*patch };
    let shows_itself = company.is_none();
    let Some(company) = company.filter(|_| !company_patch.is_empty()) else {
        if let Some(draft) = work.draft(op) {
            draft.action = Action::Update(RecordPatch::Account(account));
            draft.expect = None;
        }
        if !shows_itself {
            beside_only(work, own.settlement, op);
            agree_with_account(work, own.settlement, (&[group::MANAGER], op));
        }
        work.account_ops.insert((Side::B, id.to_owned()), op);
        return;
    };
    let action = Action::Update(RecordPatch::Account(account));
    let first =
        work.push(Draft::new(Side::B, Kind::Account, pair_ids.clone(), action, (reason, "B16.1")));
    work.account_ops.insert((Side::B, id.to_owned()), first);
    beside(work, own.settlement, first);
    agree_with_account(work, own.settlement, (&[group::MANAGER], first));
    remember_written(work, own);
    pair_ids.b = Some(company.clone());
    let expect = run.last_stamp(id, Side::B);
    let reason = company_reason(run, &company, Some(reason));
    if let Some(draft) = work.draft(op) {
        draft.kind = Kind::Company;
        draft.ids = pair_ids;
        draft.reason = reason;
        draft.expect = draft.expect.and(expect);
        draft.rule = "B16.1";
        draft.action = Action::Update(RecordPatch::Company(Box::new(company_patch)));
    }
    work.need(op, first, None);
    if let Some(erp) = own.erp {
        work.need(erp, first, None);
        work.account_ops.insert((Side::A, id.to_owned()), erp);
    }
}

fn beside_only(work: &mut Work<'_, '_>, settlement: Option<usize>, op: u32) {
    if let Some(settlement) = settlement.and_then(|at| work.settlement(at)) {
        settlement.beside.push(op);
    }
}

/// The account's representative is the ERP's, also where nothing else of the pair is written.
fn follow_representative(run: &Run<'_>, work: &mut Work<'_, '_>, id: &str, own: &Drafted) {
    // Where all that the CRM has is listed there is no account to write on.
    let crm = run.input.crm_listing;
    let may_be_there = run.listed.account(id).is_some()
        || crm.coverage == Coverage::Changes
        || crm.scope.is_some();
    let Some(erp) = new_representative(run, id).filter(|_| may_be_there) else { return };
    let representative = Some(erp.representative.clone());
    let patch = AccountPatch { representative, ..AccountPatch::default() };
    let ids = BySide::new(Some(erp.code.clone()), Some(id.to_owned()));
    let action = Action::Update(RecordPatch::Account(patch));
    let op =
        work.push(Draft::new(Side::B, Kind::Account, ids, action, (Reason::UpdatedInA, "B4.12")));
    beside(work, own.settlement, op);
    agree_with_account(work, own.settlement, (&[group::MANAGER], op));
}

/// The ERP account, where it has another representative than was agreed, or where a user was linked to it.
fn new_representative<'a>(run: &Run<'a>, id: &str) -> Option<&'a ErpAccount> {
    let link = run.directory.link_of_id(Kind::Account, id)?;
    let erp = run.directory.erp_accounts.get(link.ids.a.as_str())?;
    // What takes no part at present sleeps as a whole (E7, B14.4).
    let sleeps = run.directory.class(&erp.code) != Class::Managed;
    let base = link.base.get(group::MANAGER).and_then(|base| base.a);
    let shown = run.print_of(Kind::Account, Native::ErpAccount(erp), group::MANAGER);
    (!sleeps && base != shown && run.mode() != Mode::Send).then_some(*erp)
}
