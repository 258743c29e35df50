//! The working copies a run plans on: the CRM after the requests, with what an interrupted run left half-made
//! completed, and the state without the links that go.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::chosen;
use super::clerk::{Clerk, Mode, Wishes};
use super::code::is_placeholder;
use super::crm::{Account, Address, AddressKind, Contact, Crm, Status};
use super::directory::code_in;
use super::dormancy;
use super::former::{moved_at, was_made_again};
use super::input::Input;
use super::kind::Kind;
use super::made;
use super::moves::{complete_moves, forget_undone_writes};
use super::parameters::{CodeMode, Parameters};
use super::schema::Viewer;
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
    /// What such a run made, by kind and the CRM's id, while the ERP account that has its counterpart is not among the
    /// changes, and that account: it is no new one, and waits until the two can be paired.
    pub(crate) unpaired: BTreeMap<LinkKey, String>,
    /// The accounts that a listed company claims while another one may have them, and that one: which of the two has it is
    /// told by the other one, or by the account.
    pub(crate) contested: BTreeMap<String, String>,
}

/// The links of a state.
pub(super) type Known = BTreeMap<LinkKey, Link>;

/// Makes the working copies.
pub(crate) fn prepare(input: &Input<'_>) -> Prepared {
    let (mut crm, mut state) = (input.crm.clone(), input.state.clone());
    let mut links: BTreeMap<LinkKey, Link> = state.links.iter().collect();
    let contested = contested(input, &links);
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
    let mut clerk = Clerk {
        parameters: input.parameters,
        erp: input.erp,
        crm: &mut crm,
        state: &mut state,
        links: &mut links,
        now: input.options.now,
        viewer: &viewer,
        wishes,
    };
    clerk.resume(input.requests, (input.erp_listing, input.crm_listing));
    clerk.take(input.requests);
    let mut wishes = clerk.wishes;
    let dead = stale_links(input, &crm, &links);
    for key in dead.dropped.iter().chain(&dead.kept) {
        links.remove(key);
        state.links.remove(key);
    }
    let mut dropped = dead.dropped;
    complete_moves(input, &mut crm, (&state, &links, &viewer), &mut wishes);
    if wishes.mode != Mode::Send {
        complete_half_made(input, &mut crm, (&state, &links), &mut wishes);
        dropped.extend(drop_unseen_children(input, &crm, &wishes.restored, &mut links));
    }
    for key in &dropped {
        state.links.remove(key);
    }
    forget_undone_writes(input.crm, &mut state, &viewer, &wishes);
    fill_pending(input, &mut crm, &mut wishes);
    chosen::choose(&mut crm, &links, &mut wishes);
    number_pending(input.parameters, &mut crm);
    let unpaired = dead.unpaired;
    Prepared { crm, state, links, wishes, viewer, stale: dropped, unpaired, contested }
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
    let code = |one: &Account| (Kind::Account.code(), one.code.or_empty().to_owned());
    if input.crm_listing.coverage == Coverage::Full {
        parked.retain(|(kind, _)| *kind != Kind::Account.code());
    }
    parked.extend(accounts.filter(|one| one.detached).map(code));
    parked
}

/// The links that say nothing in this run.
struct Stale {
    dropped: Vec<LinkKey>,
    /// Those that the state keeps until what stands in the place of their CRM records can be paired.
    kept: Vec<LinkKey>,
    /// What stands there, with the ERP account that has its counterpart.
    unpaired: BTreeMap<LinkKey, String>,
}

/// What an account of the CRM lists, with its code in the ERP.
type Listed<'a> = (Option<&'a str>, &'a Vec<Address>, &'a Vec<Contact>);

/// The linked addresses and contacts that stand with another account than the one whose ERP account has their counterpart:
/// somebody moved them, or nobody remembers that a request did.
fn elsewhere<'a>(listed: &[Listed<'a>], links: &Known) -> BTreeSet<(u8, &'a str)> {
    let children = listed.iter().flat_map(|(code, addresses, contacts)| {
        let code = code.filter(|code| !code.is_empty() && !is_placeholder(code));
        let addresses = addresses.iter().map(|one| (Kind::Address.code(), one.id.as_str()));
        let contacts = contacts.iter().map(|one| (Kind::Contact.code(), one.id.as_str()));
        addresses.chain(contacts).filter_map(move |key| Some((code?, key)))
    });
    let is_elsewhere = |(code, (kind, id)): &(&str, (u8, &str))| {
        let link = links.get(&(*kind, (*id).to_owned()));
        link.is_some_and(|link| !code_in(&link.ids.a).eq_ignore_ascii_case(code))
    };
    children.filter(is_elsewhere).map(|(_, key)| key).collect()
}

/// The links of CRM records that are gone where the record a stopped run made in their place is there: the pair is found
/// again by code, origin or label (D12). The links of what is linked to a detached account as well.
fn stale_links(input: &Input<'_>, crm: &Crm, links: &Known) -> Stale {
    let ours = Some(input.parameters.integration.as_str());
    let index = crm.index();
    let mut made: BTreeMap<(u8, String), Vec<&str>> = BTreeMap::new();
    let mut enter =
        |kind: Kind, key: String, id| made.entry((kind.code(), key)).or_default().push(id);
    let mut known: BTreeSet<(u8, &str)> = BTreeSet::new();
    let unlinked = |kind: Kind, id: &str| !links.contains_key(&(kind.code(), id.to_owned()));
    let mut listed = Vec::new();
    let held = held_codes(input, links);
    for account in crm.accounts.iter().filter(|one| one.integration.as_deref() == ours) {
        known.insert((Kind::Account.code(), &account.id));
        let company = account.company.as_deref().and_then(|id| index.company(id));
        let company = company.filter(|one| one.account.as_ref() == Some(&account.id));
        let (addresses, contacts) = match company.filter(|_| account.principal.0) {
            Some(company) => (&company.addresses, &company.contacts),
            None => (&account.addresses, &account.contacts),
        };
        let linked = links.get(&(Kind::Account.code(), account.id.clone()));
        let code = linked.map_or_else(|| account.code.or_empty(), |link| link.ids.a.as_str());
        // One that shows the code of another's ERP account stands in nobody's place (B1.2).
        let own = held.get(code).is_none_or(|holder| *holder == account.id).then_some(code);
        if own.is_some() && unlinked(Kind::Account, &account.id) && !account.detached {
            enter(Kind::Account, code.to_owned(), account.id.as_str());
        }
        listed.push((own, addresses, contacts));
    }
    // Of a company whose account is not among the changes the link knows the code.
    for company in &crm.companies {
        let account = company.account.as_deref().filter(|id| index.account(id).is_none());
        let link = account.and_then(|id| links.get(&(Kind::Account.code(), id.to_owned())));
        if let Some(link) = link {
            listed.push((Some(&link.ids.a), &company.addresses, &company.contacts));
        }
    }
    let elsewhere = elsewhere(&listed, links);
    for (code, addresses, contacts) in listed {
        known.extend(addresses.iter().map(|one| (Kind::Address.code(), one.id.as_str())));
        known.extend(contacts.iter().map(|one| (Kind::Contact.code(), one.id.as_str())));
        let Some(code) = code else { continue };
        for one in addresses.iter().filter(|one| unlinked(Kind::Address, &one.id)) {
            let billing = one.kind == Some(AddressKind::Billing);
            let label = if billing { "" } else { one.label.or_empty() };
            if billing || !label.is_empty() {
                enter(Kind::Address, format!("{code}#{label}"), &one.id);
            }
        }
        for one in contacts.iter().filter(|one| unlinked(Kind::Contact, &one.id)) {
            if let Some(origin) = &one.origin {
                enter(Kind::Contact, format!("{code}#{origin}"), &one.id);
            }
        }
    }
    let detached = detached_codes(input, links);
    let told = LazyCell::new(|| {
        let held = input.erp.accounts.iter().map(|one| one.code.as_str());
        held.chain(input.erp_listing.removed.iter().map(String::as_str)).collect::<BTreeSet<_>>()
    });
    let mut stale = Stale { dropped: Vec::new(), kept: Vec::new(), unpaired: BTreeMap::new() };
    for (key, link) in links {
        let code = code_in(&link.ids.a);
        let again = made.get(&(key.0, link.ids.a.clone()));
        let again = again.filter(|_| !known.contains(&(key.0, key.1.as_str())));
        let may_come = || input.erp_listing.coverage == Coverage::Changes && !told.contains(code);
        match again {
            _ if detached.contains(code) => stale.dropped.push(key.clone()),
            // What somebody moved to a company with another account has its counterpart there.
            _ if elsewhere.contains(&(key.0, key.1.as_str())) => stale.dropped.push(key.clone()),
            Some(ids) if may_come() => {
                stale.kept.push(key.clone());
                let waiting = ids.iter().map(|id| ((key.0, (*id).to_owned()), code.to_owned()));
                stale.unpaired.extend(waiting);
            }
            Some(_) => stale.dropped.push(key.clone()),
            None => {}
        }
    }
    stale
}

/// The accounts whose company, as they or their links name it, is not listed and may be there, while another one claims them
/// (D9, D24).
fn contested(input: &Input<'_>, links: &Known) -> BTreeMap<String, String> {
    let index = input.crm.index();
    let listing = input.crm_listing;
    let may_be_there = |id: &str| {
        let is_gone = match listing.coverage {
            Coverage::Full => input.lists_everything_again(Side::B),
            Coverage::Changes => listing.removed.iter().any(|one| one == id),
        };
        !id.is_empty() && index.company(id).is_none() && !is_gone
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

/// The codes of the ERP accounts that are linked to an account of the CRM which nothing says is gone, and that account: it
/// is listed, or this listing may hide it.
fn held_codes<'l>(input: &Input<'_>, links: &'l Known) -> BTreeMap<&'l str, &'l str> {
    let crm = input.crm_listing;
    let scope = input.state.key.scope(crm.scope.as_deref());
    let listed: BTreeSet<&str> = input.crm.accounts.iter().map(|one| one.id.as_str()).collect();
    let hides = |id: &String, link: &Link| match crm.coverage {
        Coverage::Full => crm.scope.is_some() && link.listed.b != Some(scope),
        Coverage::Changes => !crm.removed.contains(id),
    };
    let accounts = links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
    let held = accounts.filter(|((_, id), link)| listed.contains(id.as_str()) || hides(id, link));
    held.map(|((_, id), link)| (link.ids.a.as_str(), id.as_str())).collect()
}

/// The codes of links whose account says that its link is broken (B11.1): the state is older than the CRM.
fn detached_codes(input: &Input<'_>, links: &Known) -> BTreeSet<String> {
    let detached = input.crm.accounts.iter().filter(|one| one.detached);
    let broken = detached.filter_map(|one| links.get(&(Kind::Account.code(), one.id.clone())));
    broken.map(|link| link.ids.a.clone()).collect()
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
    input: &Input<'_>,
    crm: &mut Crm,
    (state, links): (&SyncState, &Known),
    wishes: &mut Wishes,
) {
    let users = made::users(crm);
    let index = crm.index();
    let codes: BTreeSet<&str> = input.erp.accounts.iter().map(|one| one.code.as_str()).collect();
    let listed = |id: &str| index.company(id).is_some();
    let scope = state.key.scope(input.crm_listing.scope.as_deref());
    let gone = |id: &str, link: Option<&Link>| match input.crm_listing.coverage {
        Coverage::Full => {
            let was_listed = link.is_some_and(|link| link.listed.b == Some(scope));
            !listed(id) && (was_listed || input.lists_everything_again(Side::B))
        }
        Coverage::Changes => input.crm_listing.removed.iter().any(|one| one == id),
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
        let is_missing = if is_partial {
            input.erp_listing.removed.iter().any(|one| one == code)
        } else {
            !codes.contains(code) && input.lists_everything_again(Side::A)
        };
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
        key.0 != Kind::Account.code()
            && (link.listed.b.is_none() || is_whole && link.listed.b != Some(scope))
            && codes.contains(code_in(&link.ids.a))
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
    let ours = Some(input.parameters.integration.as_str());
    let waits = |one: &&Account| {
        let is_held = input
            .erp
            .accounts
            .iter()
            .any(|erp| erp.code == one.code.or_empty() || erp.origin.as_ref() == Some(&one.id));
        one.integration.as_deref() == ours && one.pending && !one.detached && !is_held
    };
    let pending = crm.accounts.iter().filter(waits);
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
