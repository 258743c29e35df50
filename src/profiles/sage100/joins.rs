//! What becomes of requests that break, make and move the join of a company with its account (B11).

use super::alike::left_behind;
use super::clerk::{Clerk, Outcome};
use super::crm::{Account, Address, Contact, Principal};
use super::directory::code_of_child;
use super::erp::ErpAccountKind;
use super::former::{is_leftover, moved_at};
use super::kind::Kind;
use super::made;
use super::mirror;
use super::moves::{Heir, makes_a_billing_address};
use super::project;
use super::requests::RequestRefusal;
use super::show::{edited, prints_of_account, prints_of_company};
use super::value::Value;
use crate::model::{BySide, Instant, Side};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey};

impl Clerk<'_> {
    pub(super) fn unlink(&mut self, id: &str) -> Outcome {
        let (_, account) = self.linked(id)?;
        // What an earlier request of the run gives it is not in the CRM yet.
        if self.wishes.joined.contains(&account) {
            return Err(RequestRefusal::NotLinked);
        }
        self.crm.untie(&account);
        let key = (Kind::Account.code(), account.clone());
        let mut code = self.links.get(&key).map(|link| link.ids.a.clone()).unwrap_or_default();
        if let Some(one) = self.crm.account_mut(&account) {
            one.detached = true;
            let own = self.erp.code_of(one).to_owned();
            self.wishes.parked.insert((Kind::Account.code(), own.clone()));
            code = if code.is_empty() { own } else { code };
        }
        let ends = self
            .links
            .iter()
            .filter(|(one, link)| **one == key || code_of_child(one, link) == Some(code.as_str()));
        let ends: Vec<LinkKey> = ends.map(|(key, _)| key.clone()).collect();
        for key in &ends {
            self.state.links.remove(key);
            self.links.remove(key);
        }
        self.wishes.dropped.insert(account.clone(), ends);
        self.wishes.untied.insert(account.clone(), id.to_owned());
        self.wishes.accounts.insert(account, Reason::Unlinked);
        Ok(())
    }

    pub(super) fn link(&mut self, id: &str, code: &str) -> Outcome {
        self.company(id)?;
        let known = self.erp.account(code).filter(|one| one.kind != ErpAccountKind::Other);
        let Some(erp_account) = known else {
            return Err(RequestRefusal::UnknownAccount);
        };
        // B11.3.
        self.free_of_accounts(self.company(id)?)?;
        let account = self.account_under(code).map(str::to_owned);
        let holder = account.as_deref().and_then(|account| self.holder(account));
        let new_holder = holder.is_some_and(made::is_provisional);
        if self.is_parked(id) || holder.is_some_and(|holder| self.is_parked(holder)) {
            return Err(RequestRefusal::Quarantined);
        }
        // One that has a link, and is gone in the CRM or not listed there, is made again or looked at first.
        let unseen = account.as_ref().is_some_and(|account| self.crm.account(account).is_none());
        // What one request of a run moved the next one leaves where it is: it has lost nothing in the CRM yet.
        let moved = account.as_ref().is_some_and(|account| self.wishes.joined.contains(account));
        if moved || new_holder || unseen {
            return Err(RequestRefusal::AlreadyLinked);
        }
        let account = account.unwrap_or_else(|| {
            let key = made::provisional("account", code);
            let one = made::account_of_erp(self.parameters, erp_account);
            self.crm.accounts.push(Account { id: key.clone(), ..one });
            key
        });
        self.move_account(&account, id, Reason::Linked);
        Ok(())
    }

    /// Whether an account that a link brought into the CRM stands with its company there, and no run heard so: no link of
    /// it, or one that was made while a filter hid the company, tells what the two are to say.
    pub(super) fn is_joined_unheard(&self, company: &str, code: &str) -> bool {
        let held = self.crm.company(company).and_then(|one| one.account.as_deref());
        let Some(account) = held.filter(|held| self.account_under(code) == Some(held)) else {
            return false;
        };
        let link = self.links.get(&(Kind::Account.code(), account.to_owned()));
        // A link that remembers the move tells more.
        let is_blank = |link: &Link| {
            link.facts.first().is_none_or(String::is_empty) && moved_at(link).is_none()
        };
        self.erp.account(code).is_some() && !self.is_parked(company) && link.is_none_or(is_blank)
    }

    /// Gives such a company what its account says (B11.4).
    pub(super) fn complete_link(&mut self, id: &str) {
        let with_main = self.parameters.replicate_main_contact;
        let account = self.crm.company(id).and_then(|one| one.account.clone());
        let source = account.and_then(|account| self.crm.account(&account).cloned());
        if let (Some(one), Some(source)) = (self.crm.company_mut(id), source) {
            one.generic_account = None;
            mirror::take_account(one, &source, with_main);
            one.account_code = source.code.clone();
            self.wishes.moved.insert(source.id.clone(), String::new());
            self.wishes.joined.insert(source.id);
            self.wishes.companies.insert(id.to_owned(), Reason::Linked);
        }
    }

    pub(super) fn reassign(&mut self, from: &str, to: &str) -> Outcome {
        self.company(to)?;
        let account = self.account_of(self.company(from)?)?;
        // One that an earlier request of the run asks for is not there yet.
        if made::is_provisional(&account) && !self.wishes.joined.contains(&account) {
            return Err(RequestRefusal::NotLinked);
        }
        self.free_of_accounts(self.company(to)?)?;
        if self.is_parked(from) || self.is_parked(to) {
            return Err(RequestRefusal::Quarantined);
        }
        if self.wishes.joined.contains(&account) {
            return Err(RequestRefusal::AlreadyLinked);
        }
        self.move_account(&account, to, Reason::Reassigned);
        Ok(())
    }

    /// The CRM account of an ERP account: the one that is linked to it, else the one that has its code.
    pub(super) fn account_under(&self, code: &str) -> Option<&str> {
        let mut links = self.links.iter();
        let linked = links
            .find(|((kind, _), link)| *kind == Kind::Account.code() && link.ids.a == code)
            .map(|((_, id), _)| id.as_str());
        let alike = self.crm.accounts.iter().filter(|one| self.is_ours(one));
        let alike = alike.filter(|one| self.erp.code_of(one).eq_ignore_ascii_case(code));
        linked.or_else(|| alike.min_by_key(|one| one.detached).map(|one| one.id.as_str()))
    }

    /// The company an account is the principal one of.
    pub(super) fn holder(&self, account: &str) -> Option<&str> {
        self.crm.holders().get(account).map(|one| one.id.as_str())
    }

    /// Gives an account to a company: the company that had it goes, and what it listed is added (B11.4).
    fn move_account(&mut self, account: &str, to: &str, reason: Reason) {
        let holder = self.holder(account).map(str::to_owned);
        if let Some(holder) = &holder {
            self.mirror_edits(holder, account);
        }
        self.crm.untie(account);
        let (mut addresses, mut contacts) = (Vec::new(), Vec::new());
        // An account is written once: one untied in this run leaves its company when it is joined to another, and the
        // CRM lets go along what stands with it.
        let untied = self.wishes.untied.get(account).filter(|from| *from != to).cloned();
        if let Some(one) =
            holder.as_ref().or(untied.as_ref()).and_then(|id| self.crm.company_mut(id))
        {
            addresses = std::mem::take(&mut one.addresses);
            contacts = std::mem::take(&mut one.contacts);
        }
        if let Some(from) = holder {
            self.crm.companies.retain(|one| one.id != from);
            self.wishes.deleted.insert(from.clone(), reason);
            self.wishes.moved.insert(account.to_owned(), from);
        } else if let Some(link) = self
            .links
            .get(&(Kind::Account.code(), account.to_owned()))
            .filter(|_| !self.crm.account(account).is_some_and(|one| one.detached))
        {
            // One that gets back what a stopped run took from it lists nothing of that any more.
            let from = link.facts.first().filter(|id| *id != to).cloned().unwrap_or_default();
            let left = self.crm.company(&from);
            if left.is_some_and(|left| is_leftover(left, moved_at(link))) {
                self.crm.companies.retain(|one| one.id != from);
                self.wishes.deleted.insert(from.clone(), Reason::Reassigned);
            }
            self.wishes.moved.insert(account.to_owned(), from);
        } else {
            // What a link was broken with stays as it is, also where no state tells of that (B11.1).
            self.wishes.moved.insert(account.to_owned(), String::new());
        }
        if let Some(one) = self.crm.account_mut(account) {
            one.detached = false;
            let code = self.erp.code_of(one).to_owned();
            self.wishes.parked.remove(&(Kind::Account.code(), code));
            one.principal = Principal(true);
            addresses.append(&mut one.addresses);
            contacts.append(&mut one.contacts);
        }
        self.take_account(to, account, (addresses, contacts));
        self.crm.tie(to, account);
        self.wishes.accounts.insert(account.to_owned(), reason);
        self.wishes.companies.insert(to.to_owned(), reason);
        self.wishes.joined.insert(account.to_owned());
    }

    /// A company says what an account says, and lists what comes with it as well (B11.4).
    fn take_account(
        &mut self,
        to: &str,
        account: &str,
        (addresses, contacts): (Vec<Address>, Vec<Contact>),
    ) {
        let with_main = self.parameters.replicate_main_contact;
        let link = self.links.get(&(Kind::Account.code(), account.to_owned()));
        let is_billed = makes_a_billing_address(self.links, link, &addresses);
        let source = self.crm.account(account).cloned();
        let Some((one, source)) = self.crm.company_mut(to).zip(source) else { return };
        let address = |one: &Address| project::address(one).into_iter().next();
        let is_double = |own: &&Address| addresses.iter().any(|one| address(one) == address(own));
        let doubles = one.addresses.iter().filter(is_double);
        let mut doubles: Vec<_> = doubles.map(|own| (Kind::Address, own.id.clone())).collect();
        let is_double = |own: &&Contact| contacts.iter().any(|one| same_contact(one, own));
        let others = one.contacts.iter().filter(is_double);
        doubles.extend(others.map(|own| (Kind::Contact, own.id.clone())));
        // The order of a listing has no meaning (D11).
        doubles.sort();
        let notes = doubles.iter().map(|(kind, id)| duplicate(self.now, *kind, id));
        self.wishes.notes.extend(notes);
        let mut own = std::mem::take(&mut one.addresses);
        if is_billed {
            own.iter_mut().for_each(made::deliver);
        }
        made::add_addresses(one, own, addresses);
        let own = std::mem::take(&mut one.contacts);
        made::add_contacts(one, own, contacts);
        one.generic_account = None;
        mirror::take_account(one, &source, with_main);
        one.account_code = source.code.clone();
    }

    /// What somebody wrote into a company since it was last agreed its account says too before it is moved: it goes along,
    /// and is compared with what the ERP says (B7.3, B11.4). So does it where a run wrote the account alone (B16.1).
    fn mirror_edits(&mut self, company: &str, account: &str) {
        let link = self.links.get(&(Kind::Account.code(), account.to_owned()));
        let Some((link, company)) = link.zip(self.crm.company(company).cloned()) else { return };
        let Some(one) = self.crm.account(account) else { return };
        let (viewer, key) = (self.viewer, &self.state.key);
        let mut places: Vec<usize> =
            left_behind(link, &prints_of_account(viewer, key, one)).collect();
        let shown = prints_of_company(viewer, key, &company);
        // A company that an earlier request never wrote was not given what was agreed: what it says by itself is no edit.
        let heir = Heir::of_link(link, &company.id).filter(|heir| !heir.is_taken(&company, one));
        let is_edit = |place: &usize| heir.as_ref().is_none_or(|heir| heir.keeps(*place, &shown));
        places.extend(edited(link, &shown).filter(is_edit));
        let Some(one) = self.crm.account_mut(account) else { return };
        for place in places {
            mirror::mirror_group(one, &company, (place, self.parameters.replicate_main_contact));
        }
    }
}

fn same_contact(one: &Contact, other: &Contact) -> bool {
    let content = |one: &Contact| -> Vec<Value> { project::contact(one) };
    content(one) == content(other)
}

fn duplicate(now: Instant, kind: Kind, id: &str) -> JournalEntry {
    let ids = BySide::new(None, Some(id.to_owned()));
    JournalEntry::new(now, Code::PossibleDuplicate, Some(kind.name(Side::B)), ids)
}
