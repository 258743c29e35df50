//! The representative of an account, which is the ERP's (B4.13).

use super::accounts::{Drafted, beside};
use super::crm::{Account, AccountPatch};
use super::directory::{Class, Joined};
use super::kind::{Kind, account as group};
use super::replicate::Work;
use super::run::Run;
use super::schema::{Native, Record, RecordPatch};
use super::wishes::Mode;
use crate::model::{BySide, Side};
use crate::plan::{Action, Draft};
use crate::rules::Reason;

/// The account's representative is the ERP's, in the same run where one is sent there (B4.13).
pub(crate) fn set_representative(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    account: &mut Account,
    (one, own): (&Joined<'_>, &Drafted),
) {
    let sent = own.erp.and_then(|op| match work.draft(op).map(|draft| draft.action.clone()) {
        Some(Action::Update(RecordPatch::ErpAccount(patch))) => patch.representative,
        Some(Action::Create(Record::ErpAccount(record))) => Some(record.representative),
        _ => None,
    });
    let settlement = own.settlement.and_then(|at| work.settlement(at));
    let changed = settlement.is_some_and(|settlement| {
        let base = settlement.base.get(group::MANAGER).and_then(|base| base.a);
        base != settlement.shown.a.get(group::MANAGER).copied().flatten()
    });
    let erp = run.directory.code_of.get(one.id).and_then(|code| {
        run.directory.erp_accounts.get(code).map(|one| one.representative.clone())
    });
    if let Some(representative) = sent {
        account.representative = representative;
    } else if let Some(representative) = erp.filter(|_| changed && run.mode() != Mode::Send) {
        account.representative = representative;
    }
}

/// The account's representative is the ERP's, also where nothing else of the pair is written.
pub(crate) fn follow_representative(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    id: &str,
    own: &Drafted,
) {
    let link = run.directory.link_of_id(Kind::Account, id);
    let erp = link.and_then(|link| run.directory.erp_accounts.get(link.ids.a.as_str()));
    let (Some(link), Some(erp)) = (link, erp) else { return };
    // What takes no part at present sleeps as a whole (E7, B14.4).
    if run.directory.class(&erp.code) != Class::Managed {
        return;
    }
    let base = link.base.get(group::MANAGER).and_then(|base| base.a);
    let shown = run.print_of(Kind::Account, Native::ErpAccount(erp), group::MANAGER);
    if base == shown || run.mode() == Mode::Send {
        return;
    }
    let patch = AccountPatch {
        representative: Some(erp.representative.clone()),
        ..AccountPatch::default()
    };
    let ids = BySide::new(Some(erp.code.clone()), Some(id.to_owned()));
    let action = Action::Update(RecordPatch::Account(patch));
    let op =
        work.push(Draft::new(Side::B, Kind::Account, ids, action, (Reason::UpdatedInA, "B4.12")));
    beside(work, own.settlement, op);
}
