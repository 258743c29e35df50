//! The working copies a run plans on: the CRM after the requests, with what an interrupted run left half-made
//! completed, and the state without the links that go.

use std::collections::{BTreeMap, BTreeSet};

use super::absence::Absence;
use super::account_again::{self, Replaced, homes};
use super::chosen;
use super::clerk::{Clerk, Mode, Wishes};
use super::crm::{Account, Crm, Status};
use super::directory::code_of_child;
use super::dormancy;
use super::former::{moved_at, was_made_again};
use super::input::Input;
use super::kind::Kind;
use super::made;
use super::moves::{complete_moves, forget_undone_writes};
use super::parameters::{CodeMode, Parameters};
use super::schema::Viewer;
use super::stale::{Bereft, stale_links};
use crate::model::{BySide, Side, Text};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Coverage, Link, LinkKey, LinkStatus, SyncState};

/// The working copies of a run.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) crm: Crm,
    pub(crate) state: SyncState,
    /// The links of the state.
    pub(crate) links: BTreeMap<LinkKey, Link>,
    pub(crate) wishes: Wishes,
    pub(crate) viewer: Viewer,
    /// Links that are dropped at once: what they named was made again by a run that was stopped.
    pub(crate) stale: Vec<LinkKey>,
    /// The accounts that this run makes again for their companies.
    pub(crate) replaced: Vec<Replaced>,
    /// The companies that say they have no account, while that of their link is gone or not listed.
    pub(crate) owed: BTreeSet<String>,
    /// The accounts that a stopped run made in the place of others, with which something went (B7.5).
    pub(crate) bereft: Bereft,
    /// The keys in the ERP of main contacts whose links go because their records are gone: they come again as such (B9.5).
    pub(crate) leaders: BTreeSet<String>,
    /// What such a run made, by kind and the CRM's id, while the ERP account that has its counterpart is not among the
    /// changes, and that account: it is no new one, and waits until the two can be paired.
    pub(crate) unpaired: BTreeMap<LinkKey, String>,
    /// The accounts that a listed company claims while another one may have them, and that one: which of the two has it is
    /// told by the other one, or by the account.
    pub(crate) contested: BTreeMap<String, String>,
}

impl Prepared {
    /// Whether an account is one that this run makes again: the rest of its pair waits for that.
    pub(crate) fn makes_again(&self, account: &str) -> bool {
        self.replaced.iter().any(|one| one.id == account)
    }
}

/// The links of a state.
pub(super) type Known = BTreeMap<LinkKey, Link>;

/// Makes the working copies.
pub(crate) fn prepare(input: &Input<'_>, absence: &Absence<'_>) -> Prepared {
    let (mut crm, mut state) = (input.crm.clone(), input.state.clone());
    let mut links: BTreeMap<LinkKey, Link> = state.links.iter().collect();
    let contested = contested(input, absence, &links);
    for company in &mut crm.companies {
        company.account.take_if(|account| contested.contains_key(account));
    }
    crm.join();
    let viewer = Viewer {
        live: live_fields(input),
        users: made::users(&crm),
        main_contact: input.parameters.replicate_main_contact,
    };
    let wishes = Wishes { parked: parked(input, &state, &links), ..Wishes::default() };
    let owed = account_again::owed((input, absence), &crm, &links);
    let mut clerk = Clerk {
        parameters: input.parameters,
        erp: input.erp,
        erp_listing: input.erp_listing,
        crm: &mut crm,
        state: &mut state,
        links: &mut links,
        now: input.options.now,
        viewer: &viewer,
        owed: &owed,
        wishes,
    };
    clerk.resume(input.requests, (input.erp_listing, input.crm_listing));
    clerk.take(input.requests);
    let mut wishes = clerk.wishes;
    let dead = stale_links((input, absence), &crm, &links);
    for (key, id) in &dead.followed {
        if let Some(link) = links.get(key).cloned() {
            let ids = BySide { b: id.clone(), ..link.ids };
            links.insert((key.0, id.clone()), Link { ids, ..link });
        }
    }
    for key in dead.dropped.iter().chain(&dead.kept) {
        links.remove(key);
        state.links.remove(key);
    }
    let mut dropped = dead.dropped;
    let replaced =
        account_again::restore((input, absence), (&mut crm, &mut links), (&wishes, &viewer));
    for one in &replaced {
        state.links.remove(&one.key);
        dropped.extend(one.gone.iter().cloned());
    }
    complete_moves(input, &mut crm, (&state, &links, &viewer), &mut wishes);
    if wishes.mode != Mode::Send {
        complete_half_made((input, absence), &mut crm, &links, &mut wishes);
        dropped.extend(drop_unseen_children(input, &crm, &wishes.restored, &mut links));
    }
    for key in &dropped {
        state.links.remove(key);
    }
    forget_undone_writes(input.crm, &mut state, &viewer, &wishes);
    fill_pending(input, &mut crm, &mut wishes);
    chosen::choose(&mut crm, &links, &mut wishes);
    number_pending(input.parameters, &mut crm);
    let (unpaired, leaders, bereft) = (dead.unpaired, dead.mains, dead.bereft);
    Prepared {
        crm,
        state,
        links,
        wishes,
        viewer,
        stale: dropped,
        replaced,
        owed,
        bereft,
        leaders,
        unpaired,
        contested,
    }
}

/// What is out of the flow: companies in quarantine, and by their codes the accounts whose link was broken (B11.1). A
/// complete listing of the CRM shows the latter; a listing of changes relies on what is remembered.
fn parked(input: &Input<'_>, state: &SyncState, links: &Known) -> BTreeSet<(u8, String)> {
    let mut parked = state.parked.clone();
    // A link that is still there was not broken: the write that was to break it failed.
    for ((kind, _), link) in links {
        if *kind == Kind::Account.code() {
            parked.remove(&(*kind, link.ids.a.clone()));
        }
    }
    let ours = Some(input.parameters.integration.as_str());
    let accounts = input.crm.accounts.iter().filter(|one| one.integration.as_deref() == ours);
    let code = |one: &Account| (Kind::Account.code(), input.erp.code_of(one).to_owned());
    if input.crm_listing.coverage == Coverage::Full {
        parked.retain(|(kind, _)| *kind != Kind::Account.code());
    }
    parked.extend(accounts.filter(|one| one.detached).map(code));
    parked
}

/// The accounts whose company, as they or their links name it, is not listed and may be there, while another one claims them
/// (D9, D24).
fn contested(input: &Input<'_>, absence: &Absence<'_>, links: &Known) -> BTreeMap<String, String> {
    let index = input.crm.index();
    let may_be_there = |id: &str| {
        !id.is_empty() && index.company(id).is_none() && !absence.is_gone(Side::B, id, None)
    };
    let holders = input.crm.holders();
    let claims = holders.into_iter().filter_map(|(account, company)| {
        let link = links.get(&(Kind::Account.code(), account.to_owned()));
        let known = match index.account(account) {
            Some(one) => one.company.as_ref(),
            None => link.and_then(|link| link.facts.first()),
        };
        let other = known.filter(|id| **id != company.id && may_be_there(id))?;
        Some((account.to_owned(), other.clone()))
    });
    claims.collect()
}

/// The free fields that both sides define alike after this run (B15.5).
fn live_fields(input: &Input<'_>) -> BTreeSet<String> {
    let alike = input.erp.free_fields.iter().filter(|one| {
        let known = input.crm.free_fields.iter().find(|known| known.name == one.name);
        known.is_none_or(|known| known.holds == one.holds)
    });
    alike.map(|one| one.name.clone()).collect()
}

/// Gives an account its company where an earlier run stopped before it did, or where somebody deleted the company
/// (B7.5).
fn complete_half_made(
    (input, absence): (&Input<'_>, &Absence<'_>),
    crm: &mut Crm,
    links: &Known,
    wishes: &mut Wishes,
) {
    let users = made::users(crm);
    let index = crm.index();
    let codes: BTreeSet<&str> = input.erp.accounts.iter().map(|one| one.code.as_str()).collect();
    let listed = |id: &str| index.company(id).is_some();
    // A company that the account was never listed with may be one that a filter hides.
    let gone = |id: &str, link: Option<&Link>| {
        let link = link.filter(|link| homes(link).any(|one| one == id));
        !listed(id) && absence.is_gone(Side::B, id, link)
    };
    let mut made = Vec::new();
    for account in &crm.accounts {
        let ours = account.integration.as_deref() == Some(input.parameters.integration.as_str());
        if !ours || account.detached || !account.principal.0 {
            continue;
        }
        let link = links.get(&(Kind::Account.code(), account.id.clone()));
        let known = link.and_then(|link| link.facts.first()).filter(|id| !id.is_empty());
        let named = account.company.as_ref();
        if named.is_some_and(|id| !gone(id, link)) {
            continue;
        }
        // Where a request moved the account, or a run made its company again, and it stands with no company, that one is gone.
        let had_another = link.is_some_and(|link| moved_at(link).is_some() || was_made_again(link));
        let is_lost =
            |id: &&String| (had_another || gone(id, link)) && !wishes.deleted.contains_key(*id);
        let lost = named.or(known).filter(is_lost);
        if lost.is_some_and(|id| wishes.is_parked(id)) {
            continue;
        }
        let code = account.code.or_empty();
        let is_partial = input.erp_listing.coverage == Coverage::Changes;
        let is_missing = !codes.contains(code) && absence.is_gone(Side::A, code, None);
        let was_gone = link.is_some_and(|link| link.status == LinkStatus::Closed || is_missing);
        let held = codes.contains(code) || is_partial && !is_missing && !was_gone;
        let reason = match (lost, account.origin.is_some()) {
            (Some(_), _) if link.is_some() && held => Reason::Recreated,
            // One that the ERP lost, and whose company went after it, is whole as it is (B7.4).
            (None, true) if held || !was_gone || known.is_none() => Reason::Replicated,
            (Some(_), true) if link.is_none() => Reason::Replicated,
            _ => continue,
        };
        made.push((account.id.clone(), reason, lost.cloned()));
    }
    made.sort_by(|one, two| one.0.cmp(&two.0));
    for (id, reason, lost) in made {
        make_company(input, (crm, links), (id, reason, lost), (&users, wishes));
    }
}

/// Gives an account a company that this run makes.
fn make_company(
    input: &Input<'_>,
    (crm, links): (&mut Crm, &Known),
    (id, reason, lost): (String, Reason, Option<String>),
    (users, wishes): (&BTreeMap<String, String>, &mut Wishes),
) {
    let link = links.get(&(Kind::Account.code(), id.clone()));
    let slept = link.is_some_and(|link| dormancy::slept(input, link));
    let Some(account) = crm.account_mut(&id) else { return };
    if slept {
        account.status = Status::Inactive;
    }
    let account = Account { company: None, ..account.clone() };
    let company = made::company_of(input.parameters, users, &account);
    let key = company.id.clone();
    wishes.companies.insert(key.clone(), reason);
    // What the company listed is made again with it, also where nobody knows of it any more.
    wishes.restored.insert(id.clone());
    if reason == Reason::Recreated {
        let code = Some(account.code.or_empty().to_owned());
        let ids = BySide::new(code, lost);
        let note =
            JournalEntry::new(input.options.now, Code::CompanyRestored, Some("company"), ids);
        wishes.notes.push(note);
    }
    crm.companies.push(company);
    crm.tie(&key, &id);
}

/// Drops the links of what a company listed that is made again, where no listing ever showed it, or one of another
/// filter and now everything is listed: it went with the company, and is made again as well (B7.5).
fn drop_unseen_children(
    input: &Input<'_>,
    crm: &Crm,
    restored: &BTreeSet<String>,
    links: &mut Known,
) -> Vec<LinkKey> {
    // What a filter may hide is not missed.
    if input.crm_listing.coverage == Coverage::Full && input.crm_listing.scope.is_some() {
        return Vec::new();
    }
    let is_whole = input.crm_listing.coverage == Coverage::Full && !input.state.fresh;
    // A company that is listed for the first time, and without them, was made after them.
    let first_seen = crm.companies.iter().filter(|_| is_whole).filter_map(|one| {
        let account = one.account.clone()?;
        let link = links.get(&(Kind::Account.code(), account.clone()))?;
        (link.facts.first() != Some(&one.id)).then_some(account)
    });
    let accounts: BTreeSet<String> = first_seen.chain(restored.iter().cloned()).collect();
    if accounts.is_empty() {
        return Vec::new();
    }
    let codes: BTreeSet<String> = accounts
        .iter()
        .filter_map(|id| links.get(&(Kind::Account.code(), id.clone())))
        .map(|link| link.ids.a.clone())
        .filter(|code| input.erp.accounts.iter().any(|one| one.code == *code))
        .collect();
    let scope = input.state.key.scope(None);
    let mut there: BTreeSet<&str> = BTreeSet::new();
    let companies = crm.companies.iter().map(|one| (&one.addresses, &one.contacts));
    let accounts = crm.accounts.iter().map(|one| (&one.addresses, &one.contacts));
    for (addresses, contacts) in companies.chain(accounts) {
        there.extend(addresses.iter().map(|one| one.id.as_str()));
        there.extend(contacts.iter().map(|one| one.id.as_str()));
    }
    let is_unseen = |(key, link): &(&LinkKey, &Link)| {
        code_of_child(key, link).is_some_and(|code| codes.contains(code))
            && (link.listed.b.is_none() || is_whole && link.listed.b != Some(scope))
            && !there.contains(key.1.as_str())
    };
    let dropped: Vec<LinkKey> =
        links.iter().filter(is_unseen).map(|(key, _)| key.clone()).collect();
    for key in &dropped {
        links.remove(key);
    }
    dropped
}

/// Gives the company of an account that was asked for, and that the ERP does not hold yet, what a stopped run did not
/// write of its defaults (B8.4).
fn fill_pending(input: &Input<'_>, crm: &mut Crm, wishes: &mut Wishes) {
    let pending = crm.accounts.iter().filter(|one| input.awaits(one));
    let companies: Vec<(String, Text)> =
        pending.filter_map(|one| Some((one.company.clone()?, one.code.clone()))).collect();
    let lists = crm.lists.clone();
    for (id, code) in companies {
        let parked = wishes.is_parked(&id);
        if let Some(company) = crm.company_mut(&id).filter(|_| !parked) {
            made::fill_defaults(company, &lists, &input.parameters.defaults.currency);
            company.generic_account = None;
            if !code.is_blank() {
                company.account_code = code;
            }
            wishes.companies.entry(id).or_insert(Reason::Requested);
        }
    }
}

/// Gives a pending account the code that a stopped run did not stamp on it (B5.4).
fn number_pending(parameters: &Parameters, crm: &mut Crm) {
    if parameters.account_code.mode != CodeMode::CrmAuto {
        return;
    }
    let ours = |one: &&mut Account| {
        one.integration.as_deref() == Some(parameters.integration.as_str())
            && one.pending
            && one.code.is_blank()
            && !made::is_provisional(&one.id)
    };
    for account in crm.accounts.iter_mut().filter(ours) {
        account.code = Text::from(format!("{}{}", account.id, parameters.account_code.suffix()));
    }
}
