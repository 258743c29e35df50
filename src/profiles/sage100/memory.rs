//! The in-memory host: a CRM and an ERP that do what they are asked, for examples, tests and scenarios.
//!
//! They keep no idempotency keys: a creation asked for twice makes two records, so that a test sees it.

use super::code;
use super::crm::{Address, Company, Contact, Crm, Principal};
use super::directory::{code_in, part_of};
use super::erp::{Erp, ErpAccount, ErpAccountKind, ErpAddress};
use super::kind::Kind;
use super::parameters::CODE_LENGTH;
use super::schema::{Record, RecordPatch, Sage100};
use crate::host::{Adapter, Request, Response};
use crate::model::record::Patch as _;
use crate::model::{Instant, Text};
use crate::plan::Action;

/// A CRM in memory. New companies, addresses and contacts get the ids `COM1`, `ADR1`, `CON1`, …, new accounts `1`,
/// …, counting on from the highest of that form; what is written is stamped with the run's "now".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryCrm {
    /// Its records and directory.
    pub crm: Crm,
}

/// An ERP base in memory, with the refusals and the numbering of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryErp {
    /// Its records and directory.
    pub erp: Erp,
}

fn done(id: impl Into<String>, stored: Option<Record>, now: Instant) -> Response<Sage100> {
    Response::Done { id: id.into(), stored, modified: Some(now) }
}

fn refused(message: &str) -> Response<Sage100> {
    Response::Refused { message: message.to_owned(), trace: None }
}

/// The account of an address or contact that is to be made.
fn owner_of(action: &Action<Sage100>) -> Option<&str> {
    let Action::Create(record) = action else { return None };
    match record {
        Record::Address { account, .. }
        | Record::Contact { account, .. }
        | Record::ErpAddress { account, .. }
        | Record::ErpContact { account, .. } => Some(account),
        Record::Account(_)
        | Record::Company(_)
        | Record::ErpAccount(_)
        | Record::FreeField(_)
        | Record::List { .. }
        | Record::Representative(_) => None,
    }
}

fn not_understood() -> Response<Sage100> {
    refused("this side holds no such record")
}

/// One more than the highest number behind a prefix.
fn next<'a>(prefix: &str, ids: impl Iterator<Item = &'a String>) -> u64 {
    let numbers = ids.filter_map(|id| {
        let number = id.strip_prefix(prefix)?;
        number.bytes().all(|one| one.is_ascii_digit()).then(|| number.parse::<u64>().ok())?
    });
    numbers.max().unwrap_or(0) + 1
}

impl MemoryCrm {
    /// A CRM that holds these records.
    pub fn new(mut crm: Crm) -> Self {
        crm.join();
        Self { crm }
    }

    /// Whether the company that is named, if any, is there.
    fn holds_company(&self, named: Option<&str>) -> bool {
        named.is_none_or(|id| self.crm.company(id).is_some())
    }

    fn addresses(&self) -> impl Iterator<Item = &Address> {
        let companies = self.crm.companies.iter().flat_map(|one| &one.addresses);
        companies.chain(self.crm.accounts.iter().flat_map(|one| &one.addresses))
    }

    fn contacts(&self) -> impl Iterator<Item = &Contact> {
        let companies = self.crm.companies.iter().flat_map(|one| &one.contacts);
        companies.chain(self.crm.accounts.iter().flat_map(|one| &one.contacts))
    }

    /// The lists that hold the addresses and contacts of an account: its company's, or its own.
    fn lists_of(
        &mut self,
        account: &str,
    ) -> Option<(&mut Vec<Address>, &mut Vec<Contact>, &mut Instant)> {
        let principal = self.crm.account(account)?.principal.0;
        let holder =
            self.crm.companies.iter().position(|one| one.account.as_deref() == Some(account));
        if let Some(at) = holder.filter(|_| principal) {
            let one = self.crm.companies.get_mut(at)?;
            return Some((&mut one.addresses, &mut one.contacts, &mut one.modified));
        }
        let one = self.crm.account_mut(account)?;
        Some((&mut one.addresses, &mut one.contacts, &mut one.modified))
    }

    fn create(&mut self, record: Record, now: Instant) -> Response<Sage100> {
        match record {
            // Who names a record that is gone read the CRM before it went.
            Record::Account(one) if !self.holds_company(one.company.as_deref()) => Response::Stale,
            Record::Account(mut one) => {
                one.id = next("", self.crm.accounts.iter().map(|one| &one.id)).to_string();
                one.modified = now;
                let company = one.company.clone().filter(|_| one.principal.0);
                let id = one.id.clone();
                self.crm.accounts.push(one.clone());
                if let Some(company) = company {
                    self.crm.tie(&company, &id);
                }
                done(id, Some(Record::Account(one)), now)
            }
            Record::Company(mut one) => {
                let number = next("COM", self.crm.companies.iter().map(|one| &one.id));
                one.id = format!("COM{number}");
                one.modified = now;
                let (id, account) = (one.id.clone(), one.account.clone());
                self.crm.companies.push(one);
                if let Some(account) = account {
                    self.crm.untie(&account);
                    self.crm.tie(&id, &account);
                }
                let stored = self.crm.company(&id).cloned().map(Record::Company);
                done(id, stored, now)
            }
            Record::Address { account, mut address } => {
                address.id = format!("ADR{}", next("ADR", self.addresses().map(|one| &one.id)));
                let Some((addresses, _, modified)) = self.lists_of(&account) else {
                    return not_understood();
                };
                addresses.push(address.clone());
                *modified = now;
                done(address.id.clone(), Some(Record::Address { account, address }), now)
            }
            Record::Contact { account, mut contact } => {
                contact.id = format!("CON{}", next("CON", self.contacts().map(|one| &one.id)));
                let Some((_, contacts, modified)) = self.lists_of(&account) else {
                    return not_understood();
                };
                contacts.push(contact.clone());
                *modified = now;
                done(contact.id.clone(), Some(Record::Contact { account, contact }), now)
            }
            Record::FreeField(one) => {
                self.crm.free_fields.push(one.clone());
                done(one.name.clone(), Some(Record::FreeField(one)), now)
            }
            Record::Representative(one) => {
                self.crm.representatives.push(one.clone());
                done(one.code.clone(), Some(Record::Representative(one)), now)
            }
            Record::ErpAccount(_)
            | Record::ErpAddress { .. }
            | Record::ErpContact { .. }
            | Record::List { .. } => not_understood(),
        }
    }

    fn update(&mut self, id: &str, patch: RecordPatch, now: Instant) -> Response<Sage100> {
        match patch {
            RecordPatch::Account(patch) => {
                // A secondary account that becomes the principal one of its company is joined to it, too.
                let joins = patch.company.is_some() || patch.principal == Some(Principal(true));
                if !self.holds_company(patch.company.as_ref().and_then(Option::as_deref)) {
                    return Response::Stale;
                }
                let Some(one) = self.crm.account_mut(id) else { return Response::Stale };
                let before = one.company.clone();
                patch.apply(one);
                one.modified = now;
                let company = one.company.clone();
                if joins {
                    self.move_account(id, before.as_deref(), company.as_deref());
                }
                done(id, self.crm.account(id).cloned().map(Record::Account), now)
            }
            RecordPatch::Company(patch) => {
                let Some(one) = self.crm.company_mut(id) else { return Response::Stale };
                patch.apply(one);
                one.modified = now;
                done(id, Some(Record::Company(one.clone())), now)
            }
            RecordPatch::Address(patch) => self.change_address(id, now, |one| patch.apply(one)),
            RecordPatch::Contact(patch) => {
                let Some((one, owner)) = self.contact(id) else { return Response::Stale };
                patch.apply(one);
                let contact = one.clone();
                self.touch(&owner, now);
                done(id, Some(Record::Contact { account: String::new(), contact }), now)
            }
            RecordPatch::FreeField { replicated } => {
                let known = self.crm.free_fields.iter_mut().find(|one| one.name == id);
                let Some(one) = known else { return Response::Stale };
                one.replicated = replicated;
                done(id, Some(Record::FreeField(one.clone())), now)
            }
            RecordPatch::List { values } => {
                let Some(list) = self.crm.lists.list_mut(id) else { return not_understood() };
                list.clone_from(&values);
                done(id, Some(Record::List { name: id.to_owned(), values }), now)
            }
            RecordPatch::Representative(new) => {
                let known = self.crm.representatives.iter_mut().find(|one| one.code == id);
                let Some(one) = known else { return Response::Stale };
                one.clone_from(&new);
                done(id, Some(Record::Representative(new)), now)
            }
            RecordPatch::ErpAccount(_)
            | RecordPatch::ErpAddress(_)
            | RecordPatch::ErpContact(_) => not_understood(),
        }
    }

    /// Moves an account: what the company it leaves lists goes along (section 2 of the contract).
    fn move_account(&mut self, id: &str, from: Option<&str>, to: Option<&str>) {
        let (mut addresses, mut contacts) = (Vec::new(), Vec::new());
        let holder = self
            .crm
            .companies
            .iter_mut()
            .find(|one| Some(one.id.as_str()) == from && one.account.as_deref() == Some(id));
        if let (Some(holder), Some(_)) = (holder, to) {
            addresses = std::mem::take(&mut holder.addresses);
            contacts = std::mem::take(&mut holder.contacts);
        }
        self.crm.untie(id);
        let Some(to) = to else { return };
        self.crm.tie(to, id);
        if let Some(one) = self.crm.company_mut(to) {
            one.addresses.extend(addresses);
            one.contacts.extend(contacts);
        }
    }

    fn contact(&mut self, id: &str) -> Option<(&mut Contact, String)> {
        let companies = self.crm.companies.iter_mut();
        let own = companies.flat_map(|one| {
            let owner = one.id.clone();
            one.contacts.iter_mut().map(move |contact| (contact, owner.clone()))
        });
        let accounts = self.crm.accounts.iter_mut();
        let others = accounts.flat_map(|one| {
            let owner = one.id.clone();
            one.contacts.iter_mut().map(move |contact| (contact, owner.clone()))
        });
        own.chain(others).find(|(contact, _)| contact.id == id)
    }

    fn change_address(
        &mut self,
        id: &str,
        now: Instant,
        write: impl FnOnce(&mut Address),
    ) -> Response<Sage100> {
        let companies =
            self.crm.companies.iter_mut().map(|one| (&mut one.addresses, &mut one.modified));
        let accounts =
            self.crm.accounts.iter_mut().map(|one| (&mut one.addresses, &mut one.modified));
        for (addresses, modified) in companies.chain(accounts) {
            if let Some(one) = addresses.iter_mut().find(|one| one.id == id) {
                write(one);
                *modified = now;
                let (address, account) = (one.clone(), String::new());
                return done(id, Some(Record::Address { account, address }), now);
            }
        }
        Response::Stale
    }

    fn touch(&mut self, owner: &str, now: Instant) {
        if let Some(one) = self.crm.company_mut(owner) {
            one.modified = now;
        } else if let Some(one) = self.crm.account_mut(owner) {
            one.modified = now;
        }
    }

    fn delete(&mut self, kind: Kind, id: &str, now: Instant) -> Response<Sage100> {
        match kind {
            Kind::Company => {
                if let Some(account) = self.crm.company(id).and_then(|one| one.account.clone()) {
                    self.crm.untie(&account);
                }
                self.crm.companies.retain(|one| one.id != id);
            }
            Kind::Address => {
                let lists = self
                    .crm
                    .companies
                    .iter_mut()
                    .map(|one| (&mut one.addresses, &mut one.modified));
                let own =
                    self.crm.accounts.iter_mut().map(|one| (&mut one.addresses, &mut one.modified));
                for (list, modified) in lists.chain(own) {
                    if list.iter().any(|one| one.id == id) {
                        list.retain(|one| one.id != id);
                        *modified = now;
                    }
                }
            }
            Kind::Contact => {
                let lists =
                    self.crm.companies.iter_mut().map(|one| (&mut one.contacts, &mut one.modified));
                let own =
                    self.crm.accounts.iter_mut().map(|one| (&mut one.contacts, &mut one.modified));
                for (list, modified) in lists.chain(own) {
                    if list.iter().any(|one| one.id == id) {
                        list.retain(|one| one.id != id);
                        *modified = now;
                    }
                }
            }
            Kind::FreeField => {
                self.crm.free_fields.retain(|one| one.name != id);
                for one in &mut self.crm.companies {
                    one.replicated.free.remove(id);
                }
                for one in &mut self.crm.accounts {
                    one.replicated.free.remove(id);
                }
            }
            Kind::Account | Kind::List | Kind::Representative => return not_understood(),
        }
        done(id, None, now)
    }

    /// Writes a key: the code of an account that has none yet, or the end of its wait for the ERP; the code of a
    /// company; the label of an address.
    fn stamp(&mut self, kind: Kind, id: &str, key: &str, now: Instant) -> Response<Sage100> {
        match kind {
            Kind::Account => {
                let Some(one) = self.crm.account_mut(id) else { return Response::Stale };
                let first = one.code.is_blank();
                one.code = Text::from(key);
                one.pending &= first;
                one.modified = now;
                done(id, Some(Record::Account(one.clone())), now)
            }
            Kind::Company => {
                let Some(one) = self.crm.company_mut(id) else { return Response::Stale };
                one.account_code = Text::from(key);
                one.modified = now;
                done(id, Some(Record::Company(one.clone())), now)
            }
            Kind::Address => self.change_address(id, now, |one| one.label = Text::from(key)),
            Kind::Contact | Kind::FreeField | Kind::List | Kind::Representative => not_understood(),
        }
    }

    /// Whether a record, or the one that is to list it, is not as the request expects it.
    fn is_stale(&self, request: &Request<Sage100>) -> bool {
        let Some(expect) = request.expect else { return false };
        if let Some(account) = owner_of(&request.action) {
            let lists = |one: &&Company| one.account.as_deref() == Some(account);
            let company = self.crm.companies.iter().find(lists).map(|one| one.modified);
            let principal = self.crm.account(account).filter(|one| one.principal.0);
            let own = self.crm.account(account).map(|one| one.modified);
            return company.filter(|_| principal.is_some()).or(own) != Some(expect);
        }
        let Some(id) = request.id.as_deref() else { return false };
        let modified = match request.kind {
            Kind::Account => self.crm.account(id).map(|one| one.modified),
            Kind::Company => self.crm.company(id).map(|one| one.modified),
            // An address or contact has the stamp of the record that lists it.
            Kind::Address | Kind::Contact => {
                let companies = self.crm.companies.iter();
                let listed = companies.map(|one| (&one.addresses, &one.contacts, one.modified));
                let accounts = self.crm.accounts.iter();
                let own = accounts.map(|one| (&one.addresses, &one.contacts, one.modified));
                let lists = |(addresses, contacts, _): &(&Vec<Address>, &Vec<Contact>, Instant)| {
                    addresses.iter().any(|one| one.id == id)
                        || contacts.iter().any(|one| one.id == id)
                };
                listed.chain(own).find(lists).map(|(_, _, modified)| modified)
            }
            Kind::FreeField | Kind::List | Kind::Representative => return false,
        };
        modified != Some(expect)
    }
}

impl Adapter<Sage100> for MemoryCrm {
    fn write(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        if self.is_stale(request) {
            return Response::Stale;
        }
        let id = request.id.clone().unwrap_or_default();
        match request.action.clone() {
            Action::Create(record) => self.create(record, request.now),
            Action::Update(patch) => self.update(&id, patch, request.now),
            Action::Delete => self.delete(request.kind, &id, request.now),
            Action::Stamp(Some(key)) => self.stamp(request.kind, &id, &key, request.now),
            Action::Stamp(None) | Action::Unassign(_) => not_understood(),
        }
    }
}

// ---- the ERP ----

/// What the ERP says of a code it cannot take (B5.6).
const INVALID: &str = "N° de compte invalide";
/// What the ERP says of a code it holds.
const TAKEN: &str = "Ce compte existe déjà";
/// What the ERP says of a delivery address whose label is blank or taken (B9.1).
const LABEL: &str = "Intitulé d'adresse invalide";

impl MemoryErp {
    /// An ERP base that holds these records.
    pub const fn new(erp: Erp) -> Self {
        Self { erp }
    }

    fn create_account(&mut self, mut one: ErpAccount, now: Instant) -> Response<Sage100> {
        if code::is_placeholder(&one.code) {
            let prefix = match one.kind {
                ErpAccountKind::Supplier => "FOU",
                ErpAccountKind::Customer | ErpAccountKind::Other => "CLI",
            };
            if !self.erp.codification {
                return refused(INVALID);
            }
            let number = next(prefix, self.erp.accounts.iter().map(|one| &one.code));
            one.code = format!("{prefix}{number:05}");
        } else if one.code.len() > CODE_LENGTH
            || !one.code.bytes().all(|one| one.is_ascii_alphanumeric())
        {
            return refused(INVALID);
        } else if self.erp.account(&one.code).is_some() {
            return refused(TAKEN);
        }
        one.modified = now;
        if !one.billing.is_blank() {
            let label = if one.billing.label.is_blank() { &one.title } else { &one.billing.label };
            one.delivery.push(ErpAddress { label: label.clone(), ..one.billing.clone() });
        }
        self.erp.accounts.push(one.clone());
        done(one.code.clone(), Some(Record::ErpAccount(one)), now)
    }

    fn create(&mut self, record: Record, now: Instant) -> Response<Sage100> {
        match record {
            Record::ErpAccount(one) => self.create_account(one, now),
            Record::ErpAddress { account, billing, address } => {
                let Some(one) = self.erp.account_mut(&account) else { return not_understood() };
                let key = |label: &Text| label.or_empty().trim().to_lowercase();
                if billing {
                    one.billing = address.clone();
                } else if address.label.is_blank()
                    || one.delivery.iter().any(|other| key(&other.label) == key(&address.label))
                {
                    return refused(LABEL);
                } else {
                    one.delivery.push(address.clone());
                }
                one.modified = now;
                let label = if billing { "" } else { address.label.or_empty() };
                let id = format!("{account}#{label}");
                done(id, Some(Record::ErpAddress { account, billing, address }), now)
            }
            Record::ErpContact { account, mut contact } => {
                let ids = self.erp.accounts.iter().flat_map(|one| &one.contacts).map(|one| &one.id);
                contact.id = format!("K{}", next("K", ids));
                let Some(one) = self.erp.account_mut(&account) else { return not_understood() };
                one.contacts.push(contact.clone());
                one.modified = now;
                let id = format!("{account}#{}", contact.id);
                done(id, Some(Record::ErpContact { account, contact }), now)
            }
            Record::Account(_)
            | Record::Address { .. }
            | Record::Company(_)
            | Record::Contact { .. }
            | Record::FreeField(_)
            | Record::List { .. }
            | Record::Representative(_) => not_understood(),
        }
    }

    fn update(&mut self, id: &str, patch: RecordPatch, now: Instant) -> Response<Sage100> {
        let account = code_in(id).to_owned();
        let part = part_of(id).to_owned();
        let Some(one) = self.erp.account_mut(&account) else { return Response::Stale };
        let stored = match patch {
            RecordPatch::ErpAccount(patch) => {
                patch.apply(one);
                one.modified = now;
                Record::ErpAccount(one.clone())
            }
            RecordPatch::ErpAddress(patch) => {
                let delivery = one.delivery.iter_mut().find(|one| one.label.or_empty() == part);
                let billing = part.is_empty();
                let address = if billing { Some(&mut one.billing) } else { delivery };
                let Some(address) = address else { return Response::Stale };
                patch.apply(address);
                let address = address.clone();
                one.modified = now;
                Record::ErpAddress { account, billing, address }
            }
            RecordPatch::ErpContact(patch) => {
                let contact = one.contacts.iter_mut().find(|one| one.id == part);
                let Some(contact) = contact else { return Response::Stale };
                patch.apply(contact);
                let contact = contact.clone();
                one.modified = now;
                Record::ErpContact { account, contact }
            }
            RecordPatch::Account(_)
            | RecordPatch::Address(_)
            | RecordPatch::Company(_)
            | RecordPatch::Contact(_)
            | RecordPatch::FreeField { .. }
            | RecordPatch::List { .. }
            | RecordPatch::Representative(_) => return not_understood(),
        };
        done(id, Some(stored), now)
    }

    fn delete(&mut self, kind: Kind, id: &str, now: Instant) -> Response<Sage100> {
        let part = part_of(id).to_owned();
        let Some(one) = self.erp.account_mut(code_in(id)) else { return Response::Stale };
        match kind {
            Kind::Address => one.delivery.retain(|one| one.label.or_empty() != part),
            Kind::Contact => one.contacts.retain(|one| one.id != part),
            Kind::Account | Kind::Company | Kind::FreeField | Kind::List | Kind::Representative => {
                return not_understood();
            }
        }
        one.modified = now;
        done(id, None, now)
    }
}

impl Adapter<Sage100> for MemoryErp {
    fn write(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        let id = request.id.clone().unwrap_or_default();
        let owner = owner_of(&request.action).unwrap_or_else(|| code_in(&id));
        if let (Some(expect), Some(one)) = (request.expect, self.erp.account(owner))
            && one.modified != expect
        {
            return Response::Stale;
        }
        match request.action.clone() {
            Action::Create(record) => self.create(record, request.now),
            Action::Update(patch) => self.update(&id, patch, request.now),
            Action::Delete => self.delete(request.kind, &id, request.now),
            Action::Stamp(_) | Action::Unassign(_) => not_understood(),
        }
    }
}
