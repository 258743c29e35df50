//! Where a company and the account that mirrors it say different things, and what is made of that (B1.5, B16).

use std::collections::BTreeSet;

use super::accounts::{Drafted, ids};
use super::clerk::Mode;
use super::code;
use super::crm::{Account, Company, CompanyPatch};
use super::directory::{Class, Joined};
use super::erp::ErpAccount;
use super::kind::{Kind, account as group};
use super::made::{self, is_provisional};
use super::mirror::{self, group_patch, mirror_group, mirror_patch, take_group};
use super::project::project;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Native, Record, RecordPatch};
use super::show::edited;
use super::value::Value;
use crate::model::record::Patch as _;
use crate::model::{BySide, Side, Text};
use crate::plan::{Action, Advance, Later, Settlement};
use crate::report::{Anomaly, AnomalyCode, AnomalyStatus, Code, JournalEntry};
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkStatus, Print, Prints};

/// What company and account are to say after the run.
pub(crate) struct Wanted {
    pub(crate) account: Option<Account>,
    pub(crate) company: Option<Company>,
    /// What the account loses, where it is written because the ERP is believed.
    pub(crate) lost: Option<Vec<Anomaly>>,
}

/// Works out what account and company are to say.
pub(crate) fn wanted(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    own: &Drafted,
) -> Wanted {
    let with_main = run.parameters.replicate_main_contact;
    let patch = core_patch(work, own);
    let mut company = one.company.cloned();
    let mut account = one.account.cloned();
    if let Some(company) = &mut company {
        let main_contact = patch.as_ref().and_then(|patch| patch.main_contact.clone());
        let patch = patch.clone().unwrap_or_default();
        let main = main_contact.filter(|_| with_main);
        CompanyPatch { main_contact: main, ..patch }.apply(company);
        let link = run.directory.link_of_id(Kind::Account, one.id);
        let known = match &account {
            Some(account) => Some(account.code.or_empty()),
            None => link.map(|link| link.ids.a.as_str()),
        };
        if let Some(code) = known.filter(|code| !code::is_placeholder(code)) {
            company.account_code = Text::from(code);
        }
        take_unfinished(run, one, company);
        take_main_contact(run, one, company);
    }
    let touched = touched(run, work, one, own);
    let mut lost = None;
    if let Some(account) = &mut account {
        if let Some(company) = &company {
            for place in touched {
                mirror_group(account, company, (place, with_main));
            }
        }
        if let Some(patch) = &patch {
            mirror_patch(account, patch);
        }
        if let Some(company) = &company {
            lost = take_believed(run, one, (account, company));
        }
        set_representative(run, work, account, (one, own));
    }
    Wanted { account, company, lost }
}

/// The account's representative is the ERP's, in the same run where one is sent there (B4.13).
fn set_representative(
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
    let erp = run.erp_account(one.id).map(|one| one.representative.clone());
    if let Some(representative) = sent {
        account.representative = representative;
    } else if let Some(representative) = erp.filter(|_| changed && run.mode() != Mode::Send) {
        account.representative = representative;
    }
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
    let behind = behind(run, one);
    let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) else {
        return with(behind, changed_alone(run, one));
    };
    if settlement.status == LinkStatus::Closed {
        return with(behind, changed_since(run, one));
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
    let changed = every.filter(changed).collect();
    with(behind, changed)
}

fn with(mut places: Vec<usize>, others: Vec<usize>) -> Vec<usize> {
    places.extend(others);
    places.sort_unstable();
    places.dedup();
    places
}

/// The groups in which an account says what it said when a run left its pair undone: nobody edited it by itself, and it
/// follows what its company says by now (B7.3, B16.1). One that is not among the changes says what it said.
fn behind(run: &Run<'_>, one: &Joined<'_>) -> Vec<usize> {
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let Some((company, link)) = one.company.zip(link) else { return Vec::new() };
    if let Some(account) = one.account {
        return left_behind(link, &run.prints_of_account(account)).collect();
    }
    let wanted = run.prints_of_company(company);
    let others = marks(link).filter(|(place, print)| wanted.get(*place) != Some(print));
    others.map(|(place, _)| place).collect()
}

/// The groups in which an account shows what it said when a run left its pair undone.
pub(super) fn left_behind<'l>(
    link: &'l Link,
    prints: &'l Prints,
) -> impl Iterator<Item = usize> + 'l {
    let shows = |(place, print): &(usize, Option<Print>)| {
        print.is_some() && prints.get(*place) == Some(print)
    };
    marks(link).filter(shows).map(|(place, _)| place)
}

/// Groups with what an account said in them, as its link remembers it.
fn marks(link: &Link) -> impl Iterator<Item = (usize, Option<Print>)> {
    let words = link.facts.get(1).map_or("", String::as_str).split(' ').skip(1);
    words.filter_map(|word| {
        let (place, print) = word.split_once('=')?;
        Some((place.parse().ok()?, u64::from_str_radix(print, 16).ok().map(Print::new)))
    })
}

/// Remembers what an account says that says the same as its company, in the groups that are not agreed at once: until they
/// are, what its company says next is no reason to think that somebody edited the account (B1.5).
pub(crate) fn remember_account(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, wanted, mirrored): (&Drafted, &Wanted, &[usize]),
) {
    let Some(company) = &wanted.company else { return };
    let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) else { return };
    if is_provisional(&company.id) || settlement.made.b.is_some() {
        return;
    }
    let same = run.prints_of_company(company);
    let account = wanted.account.as_ref().map(|one| run.prints_of_account(one));
    // One that is not listed says what is written.
    let says = |place: usize| match &account {
        Some(prints) => prints.get(place).copied().flatten(),
        None => same.get(place).copied().flatten().filter(|_| mirrored.contains(&place)),
    };
    // What it says until it is written.
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let shown = one.account.map(|one| run.prints_of_account(one));
    let still = |(place, print): &(usize, Option<Print>)| {
        shown.as_ref().is_none_or(|shown| shown.get(*place) == Some(print))
    };
    let former: Vec<_> = link.into_iter().flat_map(marks).filter(still).collect();
    remember(settlement, |place| {
        let is_same = |print: &Print| same.get(place) == Some(&Some(*print));
        let print = says(place).filter(is_same)?;
        let former = former.iter().filter(|(of, _)| *of == place).filter_map(|(_, print)| *print);
        Some(former.chain([print]).collect())
    });
}

/// The same of an account that is written blindly what the ERP says.
pub(crate) fn remember_written(work: &mut Work<'_, '_>, own: &Drafted) {
    let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) else { return };
    let shown = settlement.shown.a.clone();
    remember(settlement, |place| {
        shown.get(place).copied().flatten().map(|print| BTreeSet::from([print]))
    });
}

/// Keeps what an account says in the groups of a pair that are not agreed at once, until they are.
fn remember(settlement: &mut Settlement, says: impl Fn(usize) -> Option<BTreeSet<Print>>) {
    if settlement.later.is_some() || settlement.facts.is_empty() {
        return;
    }
    let first = settlement.facts.get(1).and_then(|word| word.split(' ').next()).unwrap_or_default();
    let first = first.to_owned();
    let (mut words, mut after, mut is_held) = (first.clone(), Vec::new(), false);
    for (place, advance) in settlement.groups.iter().enumerate() {
        let Some(prints) = says(place) else { continue };
        match advance {
            Advance::Now => continue,
            Advance::Never => is_held = true,
            Advance::With(op) => after.push(*op),
        }
        words.extend(prints.iter().map(|print| format!(" {place}={:x}", print.get())));
    }
    if after.is_empty() && !is_held {
        return;
    }
    let mut facts = settlement.facts.clone();
    // A link that a creation left names the company alone.
    settlement.facts.resize(settlement.facts.len().max(2), String::new());
    let both = [(&mut facts, first), (&mut settlement.facts, words)];
    for (fact, word) in both.into_iter().filter_map(|(facts, word)| Some((facts.get_mut(1)?, word)))
    {
        *fact = word;
    }
    if !is_held {
        settlement.later = Some(Box::new(Later { after, complete: true, made: None, facts }));
    }
}

/// Gives a company the main contact that its account had before the pair of the two was added (B8.1, B16.2).
fn take_main_contact(run: &Run<'_>, one: &Joined<'_>, company: &mut Company) {
    let place = group::MAIN_CONTACT;
    let erp = run.erp_account(one.id);
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let is_on = run.parameters.replicate_main_contact && run.mode() == Mode::Normal;
    let (Some(account), Some(erp), Some(link)) = (one.account, erp, link) else { return };
    let base = link.base.get(place).and_then(|base| base.b);
    let is_quiet = base.is_some() && run.prints_of_company(company).get(place) == Some(&base);
    let is_alone = company.main_contact.is_blank() && account.main_contact.same(&erp.contact_name);
    if is_on && is_quiet && is_alone {
        take_group(company, account, (place, true));
    }
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
    edited(link, &run.prints_of_company(company)).collect()
}

/// The groups in which both sides may have agreed on saying different things (B8.5, B10.3, D3).
const UNLIKE: [usize; 4] =
    [group::ACCOUNTING_CATEGORY, group::PRICE_CATEGORY, group::STATUS, group::REPLICATED];

/// Gives a company what an earlier run wrote on its account alone: the ERP says it, and nobody said anything else since
/// (E4). A run that believes the ERP writes what a comparison of changes does not see (B15.2).
fn take_unfinished(run: &Run<'_>, one: &Joined<'_>, company: &mut Company) {
    let erp = run.erp_account(one.id);
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
fn take_believed(
    run: &Run<'_>,
    one: &Joined<'_>,
    (account, company): (&mut Account, &Company),
) -> Option<Vec<Anomaly>> {
    let erp = run.erp_account(one.id).filter(|_| run.mode() == Mode::Resync)?;
    if run.directory.class(&erp.code) != Class::Managed {
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
    let differs = if let Some(company) = &wanted.company {
        let mut settled = company.clone();
        for place in undecided(work, own) {
            take_group(&mut settled, account, (place, with_main));
        }
        mirror::differ(&settled, account, with_main)
    } else {
        let erp = run.erp_account(one.id);
        erp.is_some_and(|erp| differs_from_erp(run, account, erp))
    };
    let made = wanted.company.as_ref().is_some_and(|one| is_provisional(&one.id));
    if differs && !made {
        note_difference(run, work, one);
        ask_for_company(run, work, one);
    }
}

/// The groups of a pair that were agreed before and are not now: what its account is to say is still open.
fn undecided(work: &mut Work<'_, '_>, own: &Drafted) -> Vec<usize> {
    let Some(one) = own.settlement.and_then(|at| work.settlement(at)) else { return Vec::new() };
    let groups = one.groups.iter().zip(&one.base).enumerate();
    let open = groups.filter(|(_, (now, base))| **now == Advance::Never && base.b.is_some());
    open.map(|(place, _)| place).collect()
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
        mirror_patch(&mut written, &patch);
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
