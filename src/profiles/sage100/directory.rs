//! What a run looks things up in: which account is whose, and which address and contact.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::account_again::homes;
use super::code;
use super::crm::{Account, Address, AddressKind, Company, Contact, Crm};
use super::erp::{Erp, ErpAccount, ErpAccountKind, ErpAddress};
use super::kind::Kind;
use super::labels::billing_made;
use super::parameters::Parameters;
use super::prepare::Prepared;
use super::project;
use super::schema::{AccountCounts, Native};
use super::show::is_main;
use super::value::Value;
use crate::model::{Instant, Side};
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey, LinkStatus, SyncState};

/// Whether an ERP account takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// It does.
    Managed,
    /// It is in quarantine (B14.3).
    Quarantined,
    /// It is of a kind that takes no part, and has a link that sleeps (E7).
    Resting,
    /// It does not, and has no link.
    Outside,
    /// It does not, because it is dormant (B10.1).
    Dormant,
}

/// A CRM account with its company, as far as both are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joined<'a> {
    pub(crate) id: &'a str,
    pub(crate) account: Option<&'a Account>,
    pub(crate) company: Option<&'a Company>,
    pub(crate) modified: Instant,
    pub(crate) parked: bool,
}

/// A child of an ERP account, with the key this profile gives it.
#[derive(Debug)]
pub(crate) struct ErpChild<'a> {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) owner: &'a ErpAccount,
    pub(crate) native: Native<'a>,
    pub(crate) mark: Option<&'a str>,
}

/// Everything a run looks up.
#[derive(Debug)]
pub(crate) struct Directory<'a> {
    /// The CRM's accounts of this integration that are not detached.
    pub(crate) joined: BTreeMap<&'a str, Joined<'a>>,
    /// The ERP account of each CRM account.
    pub(crate) code_of: BTreeMap<&'a str, &'a str>,
    /// The CRM account of each ERP account.
    pub(crate) account_of: BTreeMap<&'a str, &'a str>,
    pub(crate) classes: BTreeMap<&'a str, Class>,
    pub(crate) erp_accounts: BTreeMap<&'a str, &'a ErpAccount>,
    pub(crate) children: Vec<ErpChild<'a>>,
    /// The labels delivery addresses get in the ERP (B9.1), by the CRM's ids.
    pub(crate) labels: BTreeMap<&'a str, String>,
    /// The billing addresses that are sent with their accounts, by the CRM accounts.
    pub(crate) billing_sent: BTreeMap<&'a str, &'a Address>,
    pub(crate) counts: AccountCounts,
    /// The ERP accounts of which a delivery address that cannot be read may be one that is gone, under another label.
    pub(super) unclear: BTreeSet<&'a str>,
    pub(super) links_of_a: BTreeMap<(u8, &'a str), (&'a LinkKey, &'a Link)>,
    pub(super) state: &'a SyncState,
    links: &'a BTreeMap<LinkKey, Link>,
    /// The contacts that the ERP lists, once somebody asks.
    contacts: OnceLock<BTreeSet<&'a str>>,
}

impl<'a> Directory<'a> {
    pub(crate) fn new(
        parameters: &'a Parameters,
        erp: &'a Erp,
        prepared: &'a Prepared,
        creates: bool,
    ) -> Self {
        let state = &prepared.state;
        let links = prepared.links.iter();
        let mut directory = Self {
            joined: joined(parameters, prepared),
            code_of: BTreeMap::new(),
            account_of: BTreeMap::new(),
            classes: BTreeMap::new(),
            erp_accounts: erp.accounts.iter().map(|one| (one.code.as_str(), one)).collect(),
            children: Vec::new(),
            labels: BTreeMap::new(),
            billing_sent: BTreeMap::new(),
            counts: AccountCounts::default(),
            unclear: BTreeSet::new(),
            links_of_a: links
                .map(|(key, link)| ((key.0, link.ids.a.as_str()), (key, link)))
                .collect(),
            state,
            links: &prepared.links,
            contacts: OnceLock::new(),
        };
        directory.pair_accounts(erp, &prepared.crm);
        directory.classify(parameters, erp, &prepared.wishes.parked);
        let mut children = Vec::new();
        for account in &erp.accounts {
            if matches!(
                directory.class(&account.code),
                Class::Managed | Class::Quarantined | Class::Resting
            ) {
                let own = directory.children_of(account);
                if directory.is_unclear(account, &own) {
                    directory.unclear.insert(&account.code);
                }
                children.extend(own);
            }
        }
        directory.children = children;
        if creates {
            directory.send_billing();
        }
        directory.give_labels();
        directory
    }

    /// Whether the ERP lists a contact, with whichever account.
    pub(crate) fn lists_contact(&self, id: &str) -> bool {
        let contacts = self.contacts.get_or_init(|| {
            let contacts = self.erp_accounts.values().flat_map(|one| &one.contacts);
            contacts.map(|one| one.id.as_str()).collect()
        });
        contacts.contains(id)
    }

    pub(crate) fn class(&self, code: &str) -> Class {
        self.classes.get(code).copied().unwrap_or(Class::Outside)
    }

    /// Whether an account of the CRM has an ERP account that takes part (E7): one that is not among the changes does as it
    /// did when it was last listed.
    pub(crate) fn takes_part(&self, account: &str, is_partial: bool) -> bool {
        if let Some(code) = self.code_of.get(account) {
            return self.class(code) == Class::Managed;
        }
        let link = self.link_of_id(Kind::Account, account).filter(|_| is_partial);
        link.is_some_and(|link| link.status != LinkStatus::Asleep)
    }

    /// The link of a record of side A.
    pub(crate) fn link_of(&self, kind: Kind, key: &str) -> Option<(&'a LinkKey, &'a Link)> {
        self.links_of_a.get(&(kind.code(), key)).copied()
    }

    /// The link of a record of side B.
    pub(crate) fn link_of_id(&self, kind: Kind, id: &str) -> Option<&'a Link> {
        self.links.get(&(kind.code(), id.to_owned()))
    }

    /// The links of the addresses or contacts of an ERP account.
    pub(crate) fn child_links(&self, kind: Kind, code: &str) -> Vec<(&'a LinkKey, &'a Link)> {
        let prefix = format!("{code}#");
        let links = self.links_of_a.range((kind.code(), prefix.as_str())..);
        let own = |(of, key): &(u8, &str)| *of == kind.code() && key.starts_with(&prefix);
        links.take_while(|(key, _)| own(key)).map(|(_, link)| *link).collect()
    }

    /// The links of those of its contacts that were the main one when they were last listed or written.
    pub(crate) fn main_links(&self, code: &str) -> impl Iterator<Item = (&'a LinkKey, &'a Link)> {
        self.child_links(Kind::Contact, code).into_iter().filter(|(_, link)| is_main(link))
    }

    /// The CRM account under which an ERP key's account is known.
    pub(crate) fn account_of_key(&self, key: &str) -> Option<&'a str> {
        let code = key.split('#').next()?;
        let known = self.account_of.get(code).copied();
        known.or_else(|| self.link_of(Kind::Account, code).map(|(key, _)| key.1.as_str()))
    }

    /// The billing address among those of an account: the one that is linked as such, else the one that a run made as such and
    /// was not answered, else the one that its company chose.
    pub(crate) fn billing_of(
        &self,
        account: &str,
        addresses: &'a [Address],
    ) -> Option<&'a Address> {
        let code = self.code_of.get(account).copied();
        let code = code.or_else(|| Some(self.link_of_id(Kind::Account, account)?.ids.a.as_str()));
        let linked = code.and_then(|code| self.link_of(Kind::Address, &format!("{code}#")));
        match linked {
            Some((key, _)) => addresses.iter().find(|one| one.id == key.1),
            None => code
                .and_then(|code| billing_made(self.state, code, addresses))
                .or_else(|| billing(addresses)),
        }
    }

    /// Whether an account is to be created in the ERP: asked for, and never there (B6.5, B7.4).
    pub(crate) fn is_asked_for(&self, id: &str) -> bool {
        let one = self.joined.get(id);
        one.is_some_and(|one| {
            !one.parked
                && one.account.is_some_and(|one| one.pending)
                && !self.code_of.contains_key(id)
                && self.link_of_id(Kind::Account, id).is_none()
                && one.company.is_some()
        })
    }

    /// Pairs accounts: by link; by code; by the ERP account's origin.
    fn pair_accounts(&mut self, erp: &'a Erp, crm: &'a Crm) {
        let mut codes = BTreeMap::new();
        for one in self.joined.values() {
            if let Some(account) = one.account
                && self.link_of_id(Kind::Account, one.id).is_none()
                && !code::is_placeholder(account.code.or_empty())
            {
                codes.entry(account.code.or_empty()).or_insert(one.id);
            }
        }
        let index = crm.index();
        let detached = |id: &str| index.account(id).is_some_and(|one| one.detached);
        for account in &erp.accounts {
            let linked = self.link_of(Kind::Account, &account.code).map(|(key, _)| key.1.as_str());
            let linked = linked.filter(|id| !detached(id));
            let by_origin = || {
                let id = account.origin.as_deref()?;
                let (id, _) = self.joined.get_key_value(id)?;
                self.link_of_id(Kind::Account, id).is_none().then_some(*id)
            };
            // One that takes no part (B1.4) has its code for itself.
            let takes_part = account.kind != ErpAccountKind::Other;
            let by_code = || codes.get(account.code.as_str()).copied().filter(|_| takes_part);
            let found = linked.or_else(by_code).or_else(by_origin);
            if let Some(id) = found
                && !self.code_of.contains_key(id)
            {
                self.code_of.insert(id, &account.code);
                self.account_of.insert(&account.code, id);
            }
        }
    }

    fn classify(&mut self, parameters: &Parameters, erp: &'a Erp, parked: &BTreeSet<(u8, String)>) {
        let detached = |code: &str| parked.contains(&(Kind::Account.code(), code.to_owned()));
        for account in &erp.accounts {
            let code = account.code.as_str();
            let partner = self.account_of.get(code).and_then(|id| self.joined.get(id));
            let link = self.link_of(Kind::Account, code).map(|(_, link)| link);
            // What is not listed rests with the company that its link names (B14.4).
            let is_parked = |id: &str| parked.contains(&(Kind::Company.code(), id.to_owned()));
            let rests = link.is_some_and(|link| homes(link).any(is_parked));
            let counts = &mut self.counts;
            let (class, count) = if account.kind == ErpAccountKind::Other {
                let resting = if link.is_some() { Class::Resting } else { Class::Outside };
                (resting, &mut counts.other_kind)
            } else if partner.is_none() && detached(code) {
                (Class::Outside, &mut counts.detached)
            } else if partner.map_or(rests, |one| one.parked) {
                (Class::Quarantined, &mut counts.quarantined)
            } else if !self.account_of.contains_key(code)
                && account.dormant
                && !parameters.sync_dormant
            {
                (Class::Dormant, &mut counts.dormant)
            } else {
                (Class::Managed, &mut counts.managed)
            };
            *count += 1;
            self.classes.insert(code, class);
        }
    }

    /// All addresses and contacts of an ERP account (B9.9), each with the CRM's id of it where that is known.
    fn children_of(&self, account: &'a ErpAccount) -> Vec<ErpChild<'a>> {
        let partner = self.account_of.get(account.code.as_str()).and_then(|id| self.joined.get(id));
        let (addresses, contacts) = partner.map(Joined::children).unwrap_or_default();
        let child = |key: String, kind, native| {
            let mark = self.link_of(kind, &key).map(|(key, _)| key.1.as_str());
            ErpChild { key, kind, owner: account, native, mark }
        };
        let mut children = Vec::new();
        let key = format!("{}#", account.code);
        if !account.billing.is_blank() || self.link_of(Kind::Address, &key).is_some() {
            children.push(child(key, Kind::Address, Native::Billing(account)));
        }
        // One whose label is blank, or cannot be read, has no key.
        let has_key = |one: &&ErpAddress| !one.label.or_empty().trim().is_empty();
        for one in account.delivery.iter().filter(has_key) {
            let key = format!("{}#{}", account.code, one.label.or_empty());
            children.push(child(key, Kind::Address, Native::Delivery(account, one)));
        }
        for one in &account.contacts {
            let key = format!("{}#{}", account.code, one.id);
            children.push(child(key, Kind::Contact, Native::ErpContact(account, one)));
        }
        let open_addresses: Vec<&Address> = addresses
            .iter()
            .filter(|one| self.link_of_id(Kind::Address, &one.id).is_none())
            .collect();
        let listed: BTreeSet<String> = children.iter().map(|one| one.key.clone()).collect();
        let billing = partner.and_then(|one| self.billing_of(one.id, addresses));
        let renamed = self.renamed(account, addresses);
        for one in children.iter_mut().filter(|one| one.mark.is_none()) {
            one.mark = match one.native {
                Native::Billing(_) => billing
                    .filter(|one| self.link_of_id(Kind::Address, &one.id).is_none())
                    .map(|one| one.id.as_str()),
                Native::Delivery(_, delivery) => open_addresses
                    .iter()
                    .find(|one| {
                        !one.label.is_blank()
                            && one.label.same(&delivery.label)
                            && billing.is_none_or(|billing| billing.id != one.id)
                    })
                    .map(|one| one.id.as_str())
                    .or_else(|| renamed.get(one.key.as_str()).copied())
                    .or_else(|| self.asked_under(&open_addresses, delivery.label.or_empty())),
                Native::ErpContact(_, contact) => contacts
                    .iter()
                    .filter(|one| {
                        // One whose counterpart is gone may have been made again by a run that was stopped.
                        let link = self.link_of_id(Kind::Contact, &one.id);
                        link.is_none_or(|link| !listed.contains(&link.ids.a))
                    })
                    .find(|one| {
                        one.origin.as_deref() == Some(contact.id.as_str())
                            || contact.origin.as_deref() == Some(one.id.as_str())
                    })
                    .map(|one| one.id.as_str()),
                Native::Address { .. }
                | Native::Contact { .. }
                | Native::ErpAccount(_)
                | Native::Joined { .. } => None,
            };
        }
        children
    }

    /// The billing addresses that go with their accounts when these are created in the ERP.
    fn send_billing(&mut self) {
        let asked: Vec<&'a str> =
            self.joined.keys().copied().filter(|id| self.is_asked_for(id)).collect();
        for id in asked {
            let company = self.joined.get(id).and_then(|one| one.company);
            if let Some(one) = company.and_then(|company| billing(&company.addresses)) {
                self.billing_sent.insert(id, one);
            }
        }
    }
}

/// The accounts of the integration that take part, each with the company it is the principal account of. Companies
/// without an account are left alone (B1.6).
fn joined<'a>(parameters: &Parameters, prepared: &'a Prepared) -> BTreeMap<&'a str, Joined<'a>> {
    let crm = &prepared.crm;
    let parked = |company: &str| prepared.wishes.is_parked(company);
    let companies = crm.holders();
    let index = crm.index();
    let mut joined = BTreeMap::new();
    for account in &crm.accounts {
        let ours = account.integration.as_deref() == Some(parameters.integration.as_str());
        if !ours || account.detached {
            continue;
        }
        let company = companies.get(account.id.as_str()).copied().filter(|_| account.principal.0);
        // One whose company was deleted while it rested rests as well (B14.4).
        let link = prepared.links.get(&(Kind::Account.code(), account.id.clone()));
        let known = || link.and_then(|link| link.facts.first()).map(String::as_str);
        let named = company.map(|one| one.id.as_str()).or(account.company.as_deref());
        let named = named.or_else(known);
        let one = Joined {
            id: &account.id,
            account: Some(account),
            company,
            modified: company.map_or(account.modified, |one| one.modified),
            parked: named.is_some_and(parked) || prepared.makes_again(&account.id),
        };
        joined.insert(one.id, one);
    }
    for (id, company) in companies {
        let known = index.account(id).is_some();
        let linked = prepared.links.contains_key(&(Kind::Account.code(), id.to_owned()));
        if !known && linked {
            joined.insert(
                id,
                Joined {
                    id,
                    account: None,
                    company: Some(company),
                    modified: company.modified,
                    parked: parked(&company.id),
                },
            );
        }
    }
    joined
}

impl<'a> Joined<'a> {
    /// The addresses and contacts that stand with it.
    pub(crate) fn children(&self) -> (&'a [Address], &'a [Contact]) {
        match (self.company, self.account) {
            (Some(one), _) => (&one.addresses, &one.contacts),
            (None, Some(one)) => (&one.addresses, &one.contacts),
            (None, None) => (&[], &[]),
        }
    }
}

/// The billing address among those of a company: the first by id that is one, or while nobody chose any, the first
/// that nobody chose anything for (B9.3).
pub(crate) fn billing(addresses: &[Address]) -> Option<&Address> {
    let of_kind = |kind: Option<AddressKind>| {
        addresses.iter().filter(move |one| one.kind == kind).min_by_key(|one| &one.id)
    };
    of_kind(Some(AddressKind::Billing)).or_else(|| of_kind(None))
}

/// The content of an address or contact, for pairing by it.
pub(crate) fn content(native: Native<'_>) -> Vec<Value> {
    match native {
        Native::Billing(one) => first(project::erp_address(&one.billing)),
        Native::Delivery(_, one) => first(project::erp_address(one)),
        Native::Address { address, .. } => first(project::address(address)),
        Native::ErpContact(_, one) => project::erp_contact(one),
        Native::Contact { contact, .. } => project::contact(contact),
        Native::ErpAccount(_) | Native::Joined { .. } => Vec::new(),
    }
}

fn first(values: Vec<Value>) -> Vec<Value> {
    values.into_iter().take(1).collect()
}

/// The side a kind's child key belongs to, for sorting: what stands behind the account's code.
pub(crate) fn part_of(key: &str) -> &str {
    key.split_once('#').map_or("", |(_, part)| part)
}

/// The code in front of a child's key.
pub(crate) fn code_in(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}

/// The code of the ERP account that a linked address or contact stands with; `None` for what else there is.
pub(super) fn code_of_child<'l>((kind, _): &LinkKey, link: &'l Link) -> Option<&'l str> {
    let is_child = *kind == Kind::Address.code() || *kind == Kind::Contact.code();
    is_child.then(|| code_in(&link.ids.a))
}

/// The addresses and contacts of a company or an account of the CRM, by kind and id.
pub(super) fn child_ids<'c>(
    addresses: &'c [Address],
    contacts: &'c [Contact],
) -> impl Iterator<Item = (u8, &'c str)> {
    let addresses = addresses.iter().map(|one| (Kind::Address.code(), one.id.as_str()));
    addresses.chain(contacts.iter().map(|one| (Kind::Contact.code(), one.id.as_str())))
}

/// The name of a kind.
pub(crate) fn name(kind: Kind) -> &'static str {
    kind.name(Side::B)
}
