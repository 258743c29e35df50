//! Where a company and the account that mirrors it say different things, and what is made of that (B1.5, B16).

use super::accounts::{Drafted, ids};
use super::clerk::Mode;
use super::crm::{Account, Company, CompanyPatch};
use super::directory::{Class, Joined};
use super::erp::ErpAccount;
use super::kind::{Kind, account as group};
use super::made::{self, is_provisional};
use super::mirror::{self, group_patch, mirror_group, take_group};
use super::project::project;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Native, RecordPatch};
use super::value::Value;
use crate::model::{BySide, Side};
use crate::plan::{Action, Advance, Settlement};
use crate::report::{Anomaly, AnomalyCode, AnomalyStatus, Code, JournalEntry};
use crate::schema::Kind as _;
use crate::snapshot::{LinkStatus, Prints};

/// What company and account are to say after the run.
pub(crate) struct Wanted {
    pub(crate) account: Option<Account>,
    pub(crate) company: Option<Company>,
    /// What the account loses, where it is written because the ERP is believed.
    pub(crate) lost: Option<Vec<Anomaly>>,
}

/// The groups in which the company was changed, or is told to be mirrored.
pub(crate) fn touched(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    own: &Drafted,
) -> Vec<usize> {
    let every = 0..Kind::Account.groups().len();
    if run.prepared.wishes.mirrored.contains(one.id) || run.directory.is_asked_for(one.id) {
        return every.collect();
    }
    let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) else {
        return changed_alone(run, one);
    };
    if settlement.status == LinkStatus::Closed {
        return changed_since(run, one);
    }
    let changed = |place: &usize| {
        let base = settlement.base.get(*place).and_then(|base| base.b);
        let shown = settlement.shown.b.get(*place).copied().flatten();
        let advance = settlement.groups.get(*place).copied();
        // What the company says and the ERP is told, the account between them says too.
        let is_sent = own.erp.is_some_and(|erp| advance == Some(Advance::With(erp)));
        is_sent
            || base.is_some() && base != shown && advance.is_some_and(|one| one != Advance::Never)
    };
    every.filter(changed).collect()
}

/// The groups in which a company says something else than when the ERP lost its account: the account goes on mirroring
/// it (B7.3, B7.4).
fn changed_alone(run: &Run<'_>, one: &Joined<'_>) -> Vec<usize> {
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let is_closed = link.is_some_and(|link| link.status == LinkStatus::Closed);
    if is_closed { changed_since(run, one) } else { Vec::new() }
}

/// The groups in which a company says something else than when it was last agreed.
fn changed_since(run: &Run<'_>, one: &Joined<'_>) -> Vec<usize> {
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let (Some(link), Some(company)) = (link, one.company) else { return Vec::new() };
    let groups = run.prints_of_company(company).into_iter().zip(&link.base).enumerate();
    groups
        .filter(|(_, (shown, base))| base.b.is_some() && base.b != *shown)
        .map(|(at, _)| at)
        .collect()
}

/// The groups in which both sides may have agreed on saying different things (B8.5, B10.3, D3).
const UNLIKE: [usize; 4] =
    [group::ACCOUNTING_CATEGORY, group::PRICE_CATEGORY, group::STATUS, group::REPLICATED];

/// Gives a company what an earlier run wrote on its account alone: the ERP says it, and nobody said anything else since
/// (E4). A run that believes the ERP writes what a comparison of changes does not see (B15.2).
pub(crate) fn take_unfinished(run: &Run<'_>, one: &Joined<'_>, company: &mut Company) {
    let erp = run.directory.code_of.get(one.id);
    let erp = erp.and_then(|code| run.directory.erp_accounts.get(code));
    let erp = erp.filter(|_| run.is_unfinished(one.id) && run.mode() == Mode::Normal);
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let (Some(account), Some(erp), Some(link)) = (one.account, erp, link) else { return };
    let said = made::account_of_erp(run.parameters, erp);
    let prints = run.prints_of_company(company);
    for (place, base) in link.base.iter().enumerate() {
        let shown = run.print_of(Kind::Account, Native::ErpAccount(erp), place);
        let is_quiet = base.a.is_some()
            && base.a == shown
            && base.b.is_some()
            && base.b == prints.get(place).copied().flatten();
        let mut mirror = account.clone();
        mirror_group(&mut mirror, company, (place, false));
        let own = group_patch(account, place);
        let is_alone = own == group_patch(&said, place) && own != group_patch(&mirror, place);
        if is_quiet && is_alone && !UNLIKE.contains(&place) {
            take_group(company, account, (place, false));
        }
    }
}

/// Gives an account that was edited by itself what its company and the ERP say, in a run that believes the ERP in
/// everything; says what it loses (B1.5, B15.2).
pub(crate) fn take_believed(
    run: &Run<'_>,
    one: &Joined<'_>,
    (account, company): (&mut Account, &Company),
) -> Option<Vec<Anomaly>> {
    let code = run.directory.code_of.get(one.id).filter(|_| run.mode() == Mode::Resync);
    let erp = code.and_then(|code| run.directory.erp_accounts.get(code));
    let (code, erp) = code.zip(erp)?;
    if run.directory.class(code) != Class::Managed {
        return None;
    }
    let viewer = &run.prepared.viewer;
    let mine = Native::Joined { id: one.id, account: Some(account), company: None };
    let (own, said) = (project(viewer, mine), project(viewer, Native::ErpAccount(erp)));
    let prints = (run.prints_of_account(account), run.prints_of_company(company));
    let text = |values: &[Value], at: usize| values.get(at).and_then(crate::profile::Value::text);
    let mut lost = None;
    for (place, group) in Kind::Account.groups().iter().enumerate() {
        let (shown, wanted) = (prints.0.get(place).copied(), prints.1.get(place).copied());
        let before = group_patch(account, place);
        if shown == wanted || wanted.flatten().is_none() {
            continue;
        }
        mirror_group(account, company, (place, run.parameters.replicate_main_contact));
        if before == group_patch(account, place) {
            continue;
        }
        let lost = lost.get_or_insert_with(Vec::new);
        let values = BySide::new(text(&said, place), text(&own, place));
        if values.b.is_some() {
            lost.push(Anomaly {
                status: AnomalyStatus::New,
                code: AnomalyCode::ConflictLoser,
                kind: Kind::Account.name(Side::B).to_owned(),
                ids: ids(run, one, Some(one.id.to_owned())),
                field: (*group).to_owned(),
                values,
            });
        }
    }
    lost
}

/// What the journal says of an account that was edited by itself (B1.5).
pub(crate) fn note_differences(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, wanted): (&Drafted, &Wanted),
) {
    let with_main = run.parameters.replicate_main_contact;
    let Some(account) = wanted.account.as_ref().filter(|_| is_in_erp(run, one)) else { return };
    let held = wanted.company.is_some()
        && own
            .settlement
            .and_then(|at| work.settlement(at))
            .is_some_and(|settlement| settlement.groups.contains(&Advance::Never));
    let differs = if let Some(company) = &wanted.company {
        mirror::differ(company, account, with_main)
    } else {
        let erp = run.directory.code_of.get(one.id);
        let erp = erp.and_then(|code| run.directory.erp_accounts.get(code));
        erp.is_some_and(|erp| differs_from_erp(run, account, erp))
    };
    let made = wanted.company.as_ref().is_some_and(|one| is_provisional(&one.id));
    if differs && !held && !made {
        note_difference(run, work, one);
        ask_for_company(run, work, one);
    }
}

/// The same where the company is not among the changes: what it says is what was agreed. The definitions of free fields
/// may have changed since, so that nothing is said of these until both are listed.
pub(crate) fn note_apart(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>, own: &Drafted) {
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let (Some(account), Some(link)) = (one.account, link) else { return };
    if !run.crm_is_partial() || !is_in_erp(run, one) {
        return;
    }
    let mut written = account.clone();
    if let Some(patch) = core_patch(work, own) {
        mirror::mirror_patch(&mut written, &patch);
    }
    let (shown, after) = (run.prints_of_account(account), run.prints_of_account(&written));
    let is_apart = |place: &usize| {
        let print = |prints: &Prints| prints.get(*place).copied().flatten();
        let base = link.base.get(*place).and_then(|base| base.b);
        let mirrors = match *place {
            group::MAIN_CONTACT => run.parameters.replicate_main_contact,
            group::MANAGER => false,
            _ => true,
        };
        let is_known = base.is_some() && print(&shown).is_some();
        mirrors && is_known && base != print(&shown) && print(&shown) == print(&after)
    };
    let every = 0..Kind::Account.groups().len();
    let apart: Vec<usize> = every.filter(is_apart).collect();
    if apart.iter().any(|place| *place != group::REPLICATED) {
        note_difference(run, work, one);
    }
    if !apart.is_empty() {
        ask_for_company(run, work, one);
    }
}

/// What the core writes to the company of a pair.
pub(crate) fn core_patch(work: &mut Work<'_, '_>, own: &Drafted) -> Option<CompanyPatch> {
    match work.draft(own.crm?).map(|draft| draft.action.clone()) {
        Some(Action::Update(RecordPatch::Company(patch))) => Some(*patch),
        _ => None,
    }
}

/// Whether an account has its counterpart in the ERP, listed or not.
fn is_in_erp(run: &Run<'_>, one: &Joined<'_>) -> bool {
    let is_linked = run.directory.link_of_id(Kind::Account, one.id).is_some();
    run.directory.code_of.contains_key(one.id) || is_linked && !run.is_account_gone(one.id)
}

fn note_difference(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>) {
    let ids = ids(run, one, Some(one.id.to_owned()));
    let now = run.input.options.now;
    work.sheet.journal.push(JournalEntry::new(now, Code::AccountDiffers, Some("account"), ids));
}

/// While the two differ each run says so: one that lists changes lists the company with its account (D22).
fn ask_for_company(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>) {
    let company = one.company.map(|one| one.id.as_str()).or_else(|| run.known_company(one.id));
    let ids = BySide::new(None, company.map(str::to_owned));
    work.sheet.settlements.push(Settlement::open(Kind::Company, ids));
}

/// Whether an account without a company says something else than the ERP account it mirrors.
fn differs_from_erp(run: &Run<'_>, account: &Account, erp: &ErpAccount) -> bool {
    let fresh = made::account_of_erp(run.parameters, erp);
    let users = &run.prepared.viewer.users;
    let as_company = made::company_of(run.parameters, users, &fresh);
    let as_company =
        Company { status: account.status, replicated: account.replicated.clone(), ..as_company };
    mirror::differ(&as_company, account, false)
}
