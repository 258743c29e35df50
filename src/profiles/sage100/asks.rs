//! What the next run has to list though nothing of it changed: what a change of the users, the free fields or the
//! parameters means for accounts that a listing of changes does not show (D22).

use std::collections::BTreeSet;

use super::account_again;
use super::clerk::Mode;
use super::directory::code_in;
use super::kind::{Kind, account as group};
use super::parameters::When;
use super::replicate::Work;
use super::run::Run;
use super::schema::RecordPatch;
use super::show::print_in;
use super::value::{Agent, Value};
use crate::model::{BySide, Side};
use crate::plan::{Action, Settlement};
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkStatus, Print};

/// Asks for the accounts that are concerned and not listed.
pub(crate) fn ask(run: &Run<'_>, work: &mut Work<'_, '_>) {
    if run.mode() == Mode::Send {
        ask_for_half_made(run, work);
    }
    if !run.erp_is_partial() && !run.crm_is_partial() {
        return;
    }
    for (account, company) in &run.prepared.contested {
        for id in [account, company] {
            let ids = BySide::new(None, Some(id.clone()));
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
    ask_for_left_behind(run, work);
    account_again::ask(run, work);
    let before = BySide::new(agents_of_representatives(run), agents_of_managers(run));
    let all_values = brings_values(run, work);
    let is_normal = run.mode() == Mode::Normal && run.parameters.replicate_main_contact;
    let blank =
        is_normal.then(|| print(run, group::MAIN_CONTACT, &Value::Text(String::new()))).flatten();
    for ((kind, id), link) in &run.prepared.links {
        if *kind != Kind::Account.code() || link.status != LinkStatus::Live {
            continue;
        }
        let joined = run.directory.joined.get(id.as_str());
        let is_listed = BySide::new(
            run.directory.erp_accounts.contains_key(link.ids.a.as_str()),
            joined.is_some_and(|one| one.company.is_some()),
        );
        let base = link.base.get(group::MANAGER).copied().unwrap_or_default();
        let is_stale = |side: Side| {
            let print = base.get(side).as_ref();
            !is_listed.get(side) && print.is_some_and(|one| before.get(side).contains(one))
        };
        let new_user = Side::BOTH.into_iter().any(is_stale);
        let lacks_one = blank.is_some() && lacks_main_contact(link, blank);
        let both = new_user || lacks_one && !(is_listed.a && is_listed.b);
        let erp = (both || all_values && !is_listed.a).then(|| link.ids.a.clone());
        let company = run.known_company(id).filter(|_| both).map(str::to_owned);
        let account = company.as_ref().filter(|_| lacks_one).map(|_| id.clone());
        for ids in [BySide::new(erp, None), BySide::new(None, company), BySide::new(None, account)]
        {
            if ids.a.is_some() || ids.b.is_some() {
                work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
            }
        }
    }
}

/// What the former account has of a record that somebody moved comes back to its company, or of one whose link says nothing
/// any more: that account is looked at, unless its link was broken (B7.1, B11.1).
fn ask_for_left_behind(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let links =
        run.prepared.stale.iter().filter_map(|(kind, id)| run.input.state.links.get(*kind, id));
    let codes: BTreeSet<String> = links.map(|link| code_in(&link.ids.a).to_owned()).collect();
    let is_hidden = |code: &String| {
        !run.directory.erp_accounts.contains_key(code.as_str())
            && !run.absence.is_removed(Side::A, code)
            && !run.prepared.wishes.parked.contains(&(Kind::Account.code(), code.clone()))
    };
    for code in codes.into_iter().filter(is_hidden) {
        let ids = BySide::new(Some(code), None);
        work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
    }
}

/// Whether an account has a main contact that its company lacks, as it does where the pair of the two was added since
/// (B8.1, B16.2).
fn lacks_main_contact(link: &Link, blank: Option<Print>) -> bool {
    let base = link.base.get(group::MAIN_CONTACT).copied().unwrap_or_default();
    base.b == blank && base.a.is_some() && base.a != blank
}

/// A run that writes on the ERP alone makes no company again: the account that lost its own waits for the next one (B7.5,
/// B15.3).
fn ask_for_half_made(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let alone = run.directory.joined.values().filter(|one| one.company.is_none());
    for one in alone.filter(|one| run.known_company(one.id).is_some()) {
        let ids = BySide::new(None, Some(one.id.to_owned()));
        work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
    }
}

/// Whether a free field comes back, or is made again: what the ERP's accounts say in it was passed over (B15.5).
fn brings_values(run: &Run<'_>, work: &Work<'_, '_>) -> bool {
    let mut drafts = work.sheet.drafts.iter().filter(|draft| draft.kind == Kind::FreeField);
    drafts.any(|draft| {
        let name = draft.ids.a.clone().unwrap_or_default();
        let is_live = matches!(
            draft.action,
            Action::Create(_) | Action::Update(RecordPatch::FreeField { replicated: true })
        );
        is_live && run.prepared.links.contains_key(&(Kind::FreeField.code(), name))
    })
}

/// How the ERP's accounts of a representative showed before his user was linked to him, where managers follow (B4.12).
fn agents_of_representatives(run: &Run<'_>) -> BTreeSet<Print> {
    if run.parameters.manager_from_representative == When::Never {
        return BTreeSet::new();
    }
    let viewer = &run.prepared.viewer;
    let users = || run.input.crm.users.iter().map(|one| Some(one.code.as_str()));
    let linked = viewer.users.values().map(String::as_str).collect::<BTreeSet<_>>();
    let before = linked.into_iter().flat_map(|representative| {
        let now = viewer.user_of(representative);
        let others = users().chain([None]).filter(move |user| *user != now);
        others.map(move |user| agent(Some(representative), user))
    });
    before.filter_map(|agent| print(run, group::MANAGER, &agent)).collect()
}

/// How the companies of a manager showed before he was linked to his representative, where representatives follow (B4.13).
fn agents_of_managers(run: &Run<'_>) -> BTreeSet<Print> {
    if run.parameters.representative_from_manager == When::Never {
        return BTreeSet::new();
    }
    let known = || run.input.crm.representatives.iter().map(|one| Some(one.code.as_str()));
    let before = run.prepared.viewer.users.iter().flat_map(|(user, now)| {
        let others = known().chain([None]).filter(move |one| *one != Some(now.as_str()));
        others.map(move |representative| agent(representative, Some(user.as_str())))
    });
    before.filter_map(|agent| print(run, group::MANAGER, &agent)).collect()
}

/// How an account shows in one group that says a value.
fn print(run: &Run<'_>, place: usize, value: &Value) -> Option<Print> {
    print_in(&run.prepared.state.key, Kind::Account, place, value)
}

fn agent(representative: Option<&str>, user: Option<&str>) -> Value {
    let (representative, user) = (representative.map(str::to_owned), user.map(str::to_owned));
    Value::Agent(Agent { representative, user })
}
