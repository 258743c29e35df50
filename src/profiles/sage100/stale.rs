//! Links that say nothing any more, as a run finds them: another record stands in the place of the one they name, it was
//! moved away, or its account is out of the flow.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::absence::Absence;
use super::account_again::homes;
use super::code::is_placeholder;
use super::crm::{Address, AddressKind, Company, Contact, Crm};
use super::directory::{child_ids, code_in, code_of_child};
use super::former::moved_at;
use super::input::Input;
use super::kind::Kind;
use super::labels::billing_made;
use super::prepare::Known;
use super::show::is_main;
use crate::model::Side;
use crate::schema::Kind as _;
use crate::snapshot::{AttemptKey, Coverage, Link, LinkKey, LinkStatus};

/// The links that say nothing in this run.
#[derive(Debug, Default)]
pub(super) struct Stale {
    pub(super) dropped: Vec<LinkKey>,
    /// Those that the state keeps until what stands in the place of their CRM records can be paired.
    pub(super) kept: Vec<LinkKey>,
    /// The keys in the ERP of those dropped that named a main contact whose record is gone.
    pub(super) mains: BTreeSet<String>,
    /// Those dropped of accounts that a request moved, with the one account that stands in the place of each: it follows it.
    pub(super) followed: Vec<(LinkKey, String)>,
    /// The accounts in the place of others, with which something went.
    pub(super) bereft: Bereft,
    /// What stands there, with the ERP account that has its counterpart.
    pub(super) unpaired: BTreeMap<LinkKey, String>,
}

/// By the account of the CRM: what went with the one before it, by kind and key in the ERP.
pub(crate) type Bereft = BTreeMap<String, Vec<(Kind, String)>>;

/// What an account of the CRM lists, with its code in the ERP.
type Listed<'a> = (Option<&'a str>, &'a Vec<Address>, &'a Vec<Contact>);

/// The linked addresses and contacts that stand with another account than the one whose ERP account has their counterpart:
/// somebody moved them, or nobody remembers that a request did.
fn elsewhere<'a>(listed: &[Listed<'a>], links: &Known) -> BTreeSet<(u8, &'a str)> {
    let children = listed.iter().flat_map(|(code, addresses, contacts)| {
        let code = code.filter(|code| !code.is_empty() && !is_placeholder(code));
        child_ids(addresses, contacts).filter_map(move |key| Some((code?, key)))
    });
    let is_elsewhere = |(code, (kind, id)): &(&str, (u8, &str))| {
        let link = links.get(&(*kind, (*id).to_owned()));
        link.is_some_and(|link| !code_in(&link.ids.a).eq_ignore_ascii_case(code))
    };
    children.filter(is_elsewhere).map(|(_, key)| key).collect()
}

/// What the CRM lists of the integration.
struct Listing<'a> {
    /// The accounts by id, each with the code by which it may stand in another one's place.
    accounts: Vec<(&'a str, Option<&'a str>)>,
    children: Vec<Listed<'a>>,
}

/// What the CRM lists of the integration, with what the links know of it.
fn listed<'a>(
    input: &'a Input<'_>,
    crm: &'a Crm,
    (links, held): (&'a Known, &BTreeMap<&str, &str>),
) -> Listing<'a> {
    let ours = Some(input.parameters.integration.as_str());
    let index = crm.index();
    let mut listing = Listing { accounts: Vec::new(), children: Vec::new() };
    for account in crm.accounts.iter().filter(|one| one.integration.as_deref() == ours) {
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
        let stands = own.filter(|_| linked.is_none() && !account.detached);
        listing.accounts.push((&account.id, stands));
        listing.children.push((own, addresses, contacts));
    }
    // Of a company whose account is not among the changes the link knows the code.
    for company in &crm.companies {
        let account = company.account.as_deref().filter(|id| index.account(id).is_none());
        let link = account.and_then(|id| links.get(&(Kind::Account.code(), id.to_owned())));
        if let Some(link) = link {
            listing.children.push((Some(&link.ids.a), &company.addresses, &company.contacts));
        }
    }
    listing
}

/// The key in the ERP that an address of the CRM shows.
fn key_of_address(code: &str, address: &Address) -> Option<String> {
    let billing = address.kind == Some(AddressKind::Billing);
    let label = if billing { "" } else { address.label.or_empty() };
    (billing || !label.is_empty()).then(|| format!("{code}#{label}"))
}

/// The addresses and contacts that have the id of another one which is gone: a run that was stopped made them, the CRM gave
/// them an id that was free again, and the link of the other one is still there. Such a one says itself what it was made
/// of (D12): the ERP lists it, and an earlier run left it undone.
fn given_again<'a>(
    input: &Input<'_>,
    listed: &[Listed<'a>],
    links: &Known,
) -> BTreeSet<(u8, &'a str)> {
    let is_undone = |kind: Kind, key: &str| {
        let id = key.to_owned();
        let (kind, target, side) = (kind.code(), Side::B, Side::A);
        input.state.retries.contains_key(&(side, id.clone()))
            || input.state.attempts.contains_key(&AttemptKey { kind, target, side, id })
    };
    let in_erp = |key: &str| {
        let (code, part) = key.split_once('#')?;
        Some((input.erp.account(code)?, part.to_owned()))
    };
    let has_label = |key: &str| {
        in_erp(key).is_some_and(|(account, label)| {
            account.delivery.iter().any(|one| one.label.or_empty() == label)
        })
    };
    let contact = |key: &str| {
        let (account, id) = in_erp(key)?;
        account.contacts.iter().find(|one| one.id == id)
    };
    let other_key = |kind: Kind, id: &str, key: &str| {
        let link = links.get(&(kind.code(), id.to_owned()));
        link.map(|link| link.ids.a.as_str()).filter(|told| *told != key && is_undone(kind, key))
    };
    // What an address had its label from before is still listed: else it may have got another one (B9.1).
    let is_made_address = |id: &str, key: &str| {
        other_key(Kind::Address, id, key).is_some_and(|told| has_label(key) && has_label(told))
    };
    // One of the ERP that was made from this one is its counterpart, whatever it was made of itself.
    let is_made_contact = |id: &str, key: &str| {
        other_key(Kind::Contact, id, key).is_some_and(|told| {
            let made_from = contact(told).and_then(|one| one.origin.as_deref());
            contact(key).is_some() && made_from != Some(id)
        })
    };
    let mut given = BTreeSet::new();
    for (code, addresses, contacts) in listed {
        let Some(code) = code else { continue };
        let made = addresses.iter().filter(|one| {
            let key = key_of_address(code, one);
            key.is_some_and(|key| is_made_address(&one.id, &key))
        });
        given.extend(made.map(|one| (Kind::Address.code(), one.id.as_str())));
        let made = contacts.iter().filter(|one| {
            let key = one.origin.as_ref().map(|origin| format!("{code}#{origin}"));
            key.is_some_and(|key| is_made_contact(&one.id, &key))
        });
        given.extend(made.map(|one| (Kind::Contact.code(), one.id.as_str())));
    }
    given
}

/// What the CRM lists, by kind and id.
fn known<'a>(listed: &Listing<'a>) -> BTreeSet<(u8, &'a str)> {
    let accounts = listed.accounts.iter().map(|(id, _)| (Kind::Account.code(), *id));
    let children = listed.children.iter();
    let children = children.flat_map(|(_, addresses, contacts)| child_ids(addresses, contacts));
    accounts.chain(children).collect()
}

/// What may stand in the place of a record that is gone, by the key in the ERP that it shows.
fn standing<'a>(
    input: &Input<'_>,
    links: &Known,
    listed: &Listing<'a>,
    given_again: &BTreeSet<(u8, &str)>,
) -> BTreeMap<(u8, String), Vec<&'a str>> {
    let mut made: BTreeMap<(u8, String), Vec<&'a str>> = BTreeMap::new();
    let mut enter =
        |kind: Kind, key: String, id| made.entry((kind.code(), key)).or_default().push(id);
    for (id, code) in &listed.accounts {
        if let Some(code) = code {
            enter(Kind::Account, (*code).to_owned(), *id);
        }
    }
    let is_open = |kind: Kind, id: &str| {
        !links.contains_key(&(kind.code(), id.to_owned()))
            || given_again.contains(&(kind.code(), id))
    };
    let accounts = links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
    let moving = accounts.filter(|(_, link)| moved_at(link).is_some());
    let moving: BTreeSet<&str> = moving.map(|(_, link)| link.ids.a.as_str()).collect();
    for (code, addresses, contacts) in &listed.children {
        let Some(code) = code else { continue };
        // What a company that is being given an account was billed to by itself is not the account's billing address.
        let moves = moving.contains(code);
        let made = if moves { billing_made(input.state, code, addresses) } else { None };
        let is_own = |one: &Address| {
            moves
                && one.kind == Some(AddressKind::Billing)
                && made.is_none_or(|made| made.id != one.id)
        };
        for one in addresses.iter().filter(|one| is_open(Kind::Address, &one.id)) {
            if let Some(key) = key_of_address(code, one).filter(|_| !is_own(one)) {
                enter(Kind::Address, key, &one.id);
            }
        }
        for one in contacts.iter().filter(|one| is_open(Kind::Contact, &one.id)) {
            if let Some(origin) = &one.origin {
                enter(Kind::Contact, format!("{code}#{origin}"), &one.id);
            }
        }
    }
    made
}

/// The links of CRM records that are gone where the record a stopped run made in their place is there: the pair is found
/// again by code, origin or label (D12). The links of what is linked to a detached account as well.
pub(super) fn stale_links(
    (input, absence): (&Input<'_>, &Absence<'_>),
    crm: &Crm,
    links: &Known,
) -> Stale {
    let held = held_codes(input, absence, links);
    let listed = listed(input, crm, (links, &held));
    let known = known(&listed);
    let given_again = given_again(input, &listed.children, links);
    let elsewhere = elsewhere(&listed.children, links);
    let made = standing(input, links, &listed, &given_again);
    let detached = detached_codes(input, (links, &held));
    let superseded = superseded(input, crm, links);
    let outlived = outlived(&known, (links, &held));
    let orphans = orphans(&listed, links);
    let told = LazyCell::new(|| {
        let held = input.erp.accounts.iter().map(|one| one.code.as_str());
        held.collect::<BTreeSet<_>>()
    });
    let mut stale = Stale::default();
    for (key, link) in links {
        let code = code_in(&link.ids.a);
        let is_account = key.0 == Kind::Account.code();
        let owner = if is_account { Some(code) } else { code_of_child(key, link) };
        let is_of = |codes: &BTreeSet<&str>| owner.is_some_and(|code| codes.contains(code));
        let is_listed = known.contains(&(key.0, key.1.as_str()));
        let again = made.get(&(key.0, link.ids.a.clone()));
        let again = again.filter(|_| !is_listed);
        let may_come = || {
            input.erp_listing.coverage == Coverage::Changes
                && !told.contains(code)
                && !absence.is_removed(Side::A, code)
        };
        let is_over = link.status == LinkStatus::Closed && is_of(&outlived);
        match again {
            _ if is_of(&detached) => stale.dropped.push(key.clone()),
            _ if is_over && !is_listed => stale.dropped.push(key.clone()),
            _ if is_of(&orphans) && !is_listed => stale.dropped.push(key.clone()),
            _ if superseded.contains(&(key.0, key.1.as_str())) => stale.dropped.push(key.clone()),
            // What somebody moved to a company with another account has its counterpart there.
            _ if elsewhere.contains(&(key.0, key.1.as_str())) => stale.dropped.push(key.clone()),
            _ if given_again.contains(&(key.0, key.1.as_str())) => {
                stale.mains.extend(is_main(link).then(|| link.ids.a.clone()));
                stale.dropped.push(key.clone());
            }
            Some(ids) if may_come() => {
                stale.kept.push(key.clone());
                let waiting = ids.iter().map(|id| ((key.0, (*id).to_owned()), code.to_owned()));
                stale.unpaired.extend(waiting);
            }
            Some(ids) => {
                // What is still to be done after a move only the link tells (B11.4).
                if let [id] = ids.as_slice()
                    && moved_at(link).is_some()
                {
                    stale.followed.push((key.clone(), (*id).to_owned()));
                }
                stale.dropped.push(key.clone());
            }
            None => {}
        }
    }
    stale.bereft = bereft((input, absence), (links, &stale.dropped), &listed, &known);
    stale
}

/// The accounts that stand in the place of others which are gone, each with what went along with that: it is made again.
fn bereft(
    (input, absence): (&Input<'_>, &Absence<'_>),
    (links, dropped): (&Known, &[LinkKey]),
    listed: &Listing<'_>,
    known: &BTreeSet<(u8, &str)>,
) -> Bereft {
    let accounts = dropped.iter().filter(|(kind, _)| *kind == Kind::Account.code());
    // What a company that is still there does not list was deleted by itself; one that has another account now lists what
    // stands with that.
    let is_heir = |account: &str, code: &str| listed.accounts.contains(&(account, Some(code)));
    let keeps = |company: &Company, code: &str| {
        company.account.as_deref().is_none_or(|account| is_heir(account, code))
    };
    let is_left = |link: &&Link| {
        let mut homes = homes(link).filter_map(|id| input.crm.company(id));
        !homes.any(|company| keeps(company, &link.ids.a))
    };
    let codes = accounts.filter_map(|key| links.get(key)).filter(is_left);
    let codes: BTreeSet<&str> = codes.map(|link| link.ids.a.as_str()).collect();
    if codes.is_empty() {
        return Bereft::new();
    }
    // An account that is listed lists all that stands with it.
    let is_whole = input.crm_listing.coverage == Coverage::Changes;
    let is_gone = |key: &LinkKey, link| {
        let is_listed = known.contains(&(key.0, key.1.as_str()));
        !is_listed && (is_whole || absence.is_gone(Side::B, &key.1, Some(link)))
    };
    let mut gone: BTreeMap<&str, Vec<(Kind, String)>> = BTreeMap::new();
    for (key, link) in links {
        let code = code_of_child(key, link).filter(|code| codes.contains(code));
        if let Some(code) = code.filter(|_| is_gone(key, link)) {
            let is_address = key.0 == Kind::Address.code();
            let kind = if is_address { Kind::Address } else { Kind::Contact };
            gone.entry(code).or_default().push((kind, link.ids.a.clone()));
        }
    }
    let heirs = listed.accounts.iter();
    let heirs =
        heirs.filter_map(|(id, code)| Some(((*id).to_owned(), gone.get((*code)?)?.clone())));
    heirs.collect()
}

/// The codes of the ERP accounts that are linked to an account of the CRM which nothing says is gone, and that account: it
/// is listed, or this listing may hide it.
fn held_codes<'l>(
    input: &Input<'_>,
    absence: &Absence<'_>,
    links: &'l Known,
) -> BTreeMap<&'l str, &'l str> {
    let crm = input.crm_listing;
    let scope = input.state.key.scope(crm.scope.as_deref());
    let listed: BTreeSet<&str> = input.crm.accounts.iter().map(|one| one.id.as_str()).collect();
    let hides = |id: &String, link: &Link| match crm.coverage {
        Coverage::Full => crm.scope.is_some() && link.listed.b != Some(scope),
        Coverage::Changes => !absence.is_account_gone(id, link),
    };
    let accounts = links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
    let held = accounts.filter(|((_, id), link)| listed.contains(id.as_str()) || hides(id, link));
    held.map(|((_, id), link)| (link.ids.a.as_str(), id.as_str())).collect()
}

/// What a company lists that is given an account which the ERP does not hold yet: what the links were agreed with stood with
/// a former one (B6.5).
fn superseded<'a>(input: &Input<'_>, crm: &'a Crm, links: &Known) -> BTreeSet<(u8, &'a str)> {
    let index = crm.index();
    let asked = crm.accounts.iter().filter(|one| input.awaits(one));
    let new = asked.filter(|one| !links.contains_key(&(Kind::Account.code(), one.id.clone())));
    let companies = new.filter_map(|one| index.company(one.company.as_deref()?));
    companies.flat_map(|one| child_ids(&one.addresses, &one.contacts)).collect()
}

/// The codes of linked addresses and contacts whose account has no link any more, and for which none stands in the CRM:
/// what is not listed of them went with it, and comes again with the next one (B7.5).
fn orphans<'a>(listed: &Listing<'_>, links: &'a Known) -> BTreeSet<&'a str> {
    let accounts = links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
    let linked = accounts.map(|(_, link)| link.ids.a.as_str());
    let standing = listed.accounts.iter().filter_map(|(_, code)| *code);
    let there: BTreeSet<&str> = linked.chain(standing).collect();
    let codes = links.iter().filter_map(|(key, link)| code_of_child(key, link));
    codes.filter(|code| !there.contains(code)).collect()
}

/// The codes of accounts that the ERP lost, and that were asked for again, for another account of the CRM: what the former one
/// was linked with is over, and the ERP's is no counterpart that came back (B6.5, B7.4).
fn outlived<'a>(
    known: &BTreeSet<(u8, &str)>,
    (links, held): (&'a Known, &BTreeMap<&str, &str>),
) -> BTreeSet<&'a str> {
    let accounts = links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
    let closed = accounts.filter(|(_, link)| link.status == LinkStatus::Closed);
    let codes = closed.filter(|((_, id), link)| {
        let holder = held.get(link.ids.a.as_str());
        holder.is_some_and(|other| other != id && known.contains(&(Kind::Account.code(), other)))
    });
    codes.map(|(_, link)| link.ids.a.as_str()).collect()
}

/// The codes of links whose account says that its link is broken, or one that stands in its place (B11.1): the state is older
/// than the CRM.
fn detached_codes<'a>(
    input: &'a Input<'_>,
    (links, held): (&'a Known, &BTreeMap<&str, &str>),
) -> BTreeSet<&'a str> {
    let ours = Some(input.parameters.integration.as_str());
    let own = input.crm.accounts.iter().filter(|one| one.integration.as_deref() == ours);
    let broken = own.filter(|one| one.detached).filter_map(|one| {
        let linked = links.get(&(Kind::Account.code(), one.id.clone()));
        let code = input.erp.code_of(one);
        linked
            .map(|link| link.ids.a.as_str())
            .or_else(|| (!held.contains_key(code)).then_some(code))
    });
    broken.collect()
}
