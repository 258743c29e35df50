//! What people do in the CRM.

use counterpart::model::Text;
use counterpart::profiles::sage100::{
    Account, Address, AddressKind, Company, Contact, ErpAccountKind, Principal, Status,
};

use super::dice::Dice;
use super::records::{Row, Sort};
use super::script::Trait;
use super::world::{World, chosen, integration};

impl World {
    /// Somebody enters a company.
    pub(crate) fn found(&mut self, dice: &mut Dice) -> String {
        let (number, birth) = self.birth();
        let mut one = Company::default();
        (one.id, one.modified) = (format!("COM{number}"), self.clock());
        one.name = Text::from(format!("Company {number}"));
        one.siret = Text::from(birth);
        let of = dice.pick(&["Client", "Client", "Client", "Fournisseur", "Prospect"], "Client");
        one.company_type = Text::from(of);
        one.integration = Some(integration(dice.roll(self.script.desks)));
        let code = format!("w{number}");
        let code = dice.pick(&[code.as_str(), &code, &code, &code, "[ATTENTE]", "C1"], &code);
        one.account_code = Text::from(code);
        if dice.once_in(2) {
            one.addresses.push(self.address());
        }
        if dice.once_in(2) {
            one.contacts.push(self.contact());
        }
        let id = one.id.clone();
        let children = one.addresses.iter().map(|one| one.id.clone());
        let children: Vec<String> =
            children.chain(one.contacts.iter().map(|one| one.id.clone())).collect();
        self.crm.crm.companies.push(one);
        let fields = self.write_texts(None, &id, 2, dice);
        for child in children {
            self.write_texts(None, &child, 1, dice);
        }
        format!("{id} {of} {code} {fields}")
    }

    fn address(&mut self) -> Address {
        let (number, birth) = self.birth();
        let mut one = Address::default();
        (one.id, one.postal_code) = (format!("ADR{number}"), Text::from(birth));
        one
    }

    fn contact(&mut self) -> Contact {
        let (number, birth) = self.birth();
        let mut one = Contact::default();
        (one.id, one.first_name) = (format!("CON{number}"), Text::from(birth));
        one
    }

    /// A company, by its number among those people see.
    fn any_company(
        &mut self,
        dice: &mut Dice,
        is_meant: impl Fn(&Company) -> bool,
    ) -> Option<String> {
        let all = self.crm.crm.companies.iter().filter(|one| is_meant(one));
        chosen(all.map(|one| one.id.clone()).collect(), dice)
    }

    /// A company, stamped as changed.
    pub(crate) fn changed_company(
        &mut self,
        dice: &mut Dice,
        is_meant: impl Fn(&Company) -> bool,
    ) -> Option<&mut Company> {
        let id = self.any_company(dice, is_meant)?;
        let when = self.clock();
        let row = self.rows(None).into_iter().find(|row| row.id == id)?;
        self.touch(None, &row);
        let one = self.crm.crm.companies.iter_mut().find(|one| one.id == id)?;
        one.modified = when;
        Some(one)
    }

    /// Somebody enters a contact or an address.
    pub(crate) fn add_to_company(&mut self, dice: &mut Dice) -> Option<String> {
        let is_contact = dice.once_in(2);
        let kind = dice.pick(&[Some(AddressKind::Delivery), None], None);
        let (mut address, contact) = (self.address(), self.contact());
        address.kind = kind;
        let one = self.changed_company(dice, |_| true)?;
        let id = if is_contact { contact.id.clone() } else { address.id.clone() };
        let owner = one.id.clone();
        if is_contact {
            one.contacts.push(contact);
        } else {
            one.addresses.push(address);
        }
        let fields = self.write_texts(None, &id, 2, dice);
        Some(format!("{id} of {owner} {kind:?} {fields}"))
    }

    /// Somebody chooses a main contact, a default address, a qualification, a department, a type.
    pub(crate) fn choose(&mut self, dice: &mut Dice) -> Option<String> {
        let (choice, which) = (dice.roll(4), dice.roll(8));
        let one = self.changed_company(dice, |_| true)?;
        let (id, address) = (one.id.clone(), one.addresses.first().map(|one| one.id.clone()));
        let count = one.contacts.len();
        match choice {
            0 => {
                for (at, contact) in one.contacts.iter_mut().enumerate() {
                    contact.main = Some(at) == which.checked_rem(count);
                }
            }
            1 => one.contacts.iter_mut().for_each(|one| one.default_address.clone_from(&address)),
            2 => {
                let mut births = Vec::new();
                for one in &mut one.contacts {
                    one.qualification = Text::from("Gérant");
                    one.service = Text::from(if which < 4 { "Achats" } else { "Nulle part" });
                    births.push(one.first_name.or_empty().to_owned());
                }
                // Another department is an edit, which may outdo a deletion (E2).
                self.unsaved.extend(births);
            }
            _ => one.company_type = Text::from("Fournisseur"),
        }
        Some(format!("{id} {choice}"))
    }

    /// Somebody deletes a company.
    pub(crate) fn dissolve(&mut self, dice: &mut Dice) -> Option<String> {
        let one = self.changed_company(dice, |_| true)?;
        let (id, account, when) = (one.id.clone(), one.account.clone(), one.modified);
        for row in self.rows(None).into_iter().filter(|row| row.owner == id) {
            row.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text));
            self.ledger.deleted(None, &row.id);
            self.touched.insert((None, row.id));
        }
        self.ledger.forget_deeds();
        self.never_seen(&id);
        for one in self.crm.crm.accounts.iter_mut().filter(|one| Some(&one.id) == account.as_ref())
        {
            // The CRM writes both ends of a join.
            (one.company, one.modified) = (None, when);
        }
        self.crm.crm.companies.retain(|one| one.id != id);
        Some(id)
    }

    /// Somebody deletes the account of a company by itself. The CRM writes both ends of a join, and may stamp the other one.
    pub(crate) fn lose_account(&mut self, dice: &mut Dice) -> Option<String> {
        let is_meant = |one: &Account| one.company.is_some() && !one.pending;
        let all = self.crm.crm.accounts.iter().filter(|one| is_meant(one));
        let id = chosen(all.map(|one| one.id.clone()).collect(), dice)?;
        let states = self.desks.iter().map(|desk| &desk.state);
        let link = states.flat_map(|state| state.links.values()).find(|one| one.ids.b == id);
        // What no listing ever showed is not missed.
        if link.as_ref().is_some_and(|link| link.listed.b.is_none()) {
            return None;
        }
        let company = link.and_then(|link| link.facts.first().cloned()).unwrap_or_default();
        // Other integrations do not know that it is owed one.
        let others = self.desks.len() > 1;
        self.forsake(|one| one.account.as_ref() == Some(&id) && (others || one.id != company));
        let when = self.clock();
        let is_stamped = dice.once_in(2);
        self.crm.crm.accounts.retain(|one| one.id != id);
        let mut companies = self.crm.crm.companies.iter_mut();
        if let Some(one) = companies.find(|one| one.account.as_ref() == Some(&id)) {
            one.account = None;
            self.lost.push((id.clone(), one.id.clone()));
            one.modified = if is_stamped { when } else { one.modified };
        }
        self.touched.insert((None, id.clone()));
        Some(format!("{id} stamped={is_stamped}"))
    }

    /// A company without an account that no state knows of is left alone (B1.6): its account comes with another one.
    pub(crate) fn forsake(&mut self, is_meant: impl Fn(&Company) -> bool) {
        let companies = self.crm.crm.companies.iter().filter(|one| is_meant(one));
        let ids: Vec<String> = companies.map(|one| one.id.clone()).collect();
        for id in ids {
            for birth in self.births_of(None, &id) {
                self.allow_one_more(&birth);
            }
        }
    }

    /// What was made with a company and no listing ever showed waits for one.
    fn never_seen(&mut self, company: &str) {
        let companies = self.crm.crm.companies.iter().filter(|one| one.id == company);
        let ids: Vec<String> = companies
            .flat_map(|one| {
                let addresses = one.addresses.iter().map(|one| one.id.clone());
                addresses.chain(one.contacts.iter().map(|one| one.id.clone()))
            })
            .collect();
        if self.script.has(Trait::Blind) {
            for desk in &mut self.desks {
                let links = desk.state.links.values();
                let own = links.filter(|link| ids.contains(&link.ids.b));
                desk.unseen.extend(own.map(|link| link.ids.a));
            }
        }
    }

    /// Somebody ties a company without account to a general ERP account.
    pub(crate) fn tie_to_generic(&mut self, dice: &mut Dice) -> Option<String> {
        let one = self.changed_company(dice, |one| one.account.is_none())?;
        one.generic_account = Some("DIVERSA".to_owned());
        Some(one.id.clone())
    }

    /// Somebody gives a company another manager.
    pub(crate) fn manage(&mut self, dice: &mut Dice) -> Option<String> {
        let who = dice.pick(&[Some("U1"), Some("U2"), Some("U3"), None], None);
        let one = self.changed_company(dice, |_| true)?;
        one.manager = who.map(str::to_owned);
        Some(format!("{} {who:?}", one.id))
    }

    /// Somebody edits an account by itself.
    pub(crate) fn edit_account(&mut self, dice: &mut Dice) -> Option<String> {
        let ids = self.crm.crm.accounts.iter().map(|one| one.id.clone()).collect();
        let id = chosen(ids, dice)?;
        let when = self.clock();
        let one = self.crm.crm.accounts.iter_mut().find(|one| one.id == id)?;
        one.modified = when;
        let old = std::mem::replace(&mut one.website, Text::from("edited by itself"));
        // Where the company does not say it yet, the account alone did: it was seen there.
        let companies = self.crm.crm.companies.iter();
        let mut own = companies.filter(|one| one.account.as_ref() == Some(&id));
        if own.all(|one| one.website != old) {
            self.ledger.seen_and_changed(old.or_empty());
        }
        self.touched.insert((None, id.clone()));
        Some(id)
    }

    /// Somebody edits what the ERP owns.
    pub(crate) fn edit_owned(&mut self, dice: &mut Dice) -> Option<String> {
        let choice = dice.roll(4);
        let one = self.changed_company(dice, |one| one.account.is_some())?;
        let text = Text::from("not here");
        match choice {
            0 => one.accounting_category = text,
            1 => one.price_category = text,
            2 => one.replicated.payment_terms = text,
            _ => one.account_code = text,
        }
        Some(format!("{} {choice}", one.id))
    }

    /// Somebody puts a company to rest, or wakes it.
    pub(crate) fn rest(&mut self, dice: &mut Dice) -> Option<String> {
        let one = self.changed_company(dice, |_| true)?;
        one.status = if one.status == Status::Active { Status::Inactive } else { Status::Active };
        let (id, status) = (one.id.clone(), one.status);
        let birth = one.siret.or_empty().to_owned();
        self.rested.insert(birth);
        Some(format!("{id} {status:?}"))
    }

    /// A contact is entered on both sides of a linked company; they say different things but for their name.
    pub(crate) fn twin(&mut self, dice: &mut Dice) -> Option<String> {
        let one = self.changed_company(dice, |one| one.account.is_some())?;
        let (company, account) = (one.id.clone(), one.account.clone());
        let account = self.crm.crm.accounts.iter().find(|one| Some(&one.id) == account.as_ref())?;
        let (code, of) = (account.code.or_empty().to_owned(), account.integration.clone());
        let at = (0..self.desks.len()).find(|at| Some(integration(*at)) == of)?;
        let (mut mine, mut theirs) =
            (self.address(), counterpart::profiles::sage100::ErpAddress::default());
        let label = format!("Twin {}", mine.id);
        (mine.label, theirs.label) = (Text::from(label.as_str()), Text::from(label.as_str()));
        mine.kind = Some(AddressKind::Delivery);
        theirs.postal_code.clone_from(&mine.postal_code);
        let id = mine.id.clone();
        // A link that is still to be broken leaves one half with each.
        let is_leaving =
            |words: &String| words.starts_with("unlink\u{1f}") && words.contains(&company);
        let waits = self.desks.get(at).is_some_and(|desk| desk.state.asked.iter().any(is_leaving));
        if waits || self.leaving.contains(&company) {
            self.allow_one_more(mine.postal_code.or_empty());
        }
        self.erp_account(at, &code)?.delivery.push(theirs);
        let company = self.crm.crm.companies.iter_mut().find(|one| one.id == company)?;
        company.addresses.push(mine);
        let key = format!("{code}#{label}");
        let ours = self.write_texts(None, &id, 1, dice);
        let others = self.write_texts(Some(at), &key, 1, dice);
        Some(format!("{id} {ours} and {key} {others}"))
    }

    /// The CRM was in use before: a company with its principal and a secondary account, and an orphan; the ERP holds
    /// all three.
    pub(crate) fn migrate(&mut self) {
        for at in 0..self.desks.len() {
            let dice = &mut Dice::new(self.script.number);
            let mut company = None;
            for (number, principal) in [(1, true), (2, false), (3, true)] {
                let code = format!("M{number}");
                self.open_as(at, (&code, ErpAccountKind::Customer), dice);
                let birth = self.rows(Some(at)).into_iter().find(|row: &Row| row.id == code);
                let birth = birth.filter(|row| row.sort == Sort::Account).map(|row| row.birth);
                let mut one = Account::default();
                (one.id, one.modified) = (format!("{}", at * 10 + number), self.now);
                (one.code, one.integration) = (Text::from(code), Some(integration(at)));
                one.title = Text::from(format!("Old title {number}"));
                one.siret = Text::from(birth.unwrap_or_default());
                one.principal = Principal(principal);
                if number == 1 {
                    let mut holder = Company::default();
                    holder.id = format!("COM{}", at * 10 + 1);
                    (holder.modified, holder.account) = (self.now, Some(one.id.clone()));
                    (holder.name, holder.siret) = (one.title.clone(), one.siret.clone());
                    holder.account_code.clone_from(&one.code);
                    holder.integration.clone_from(&one.integration);
                    company = Some(holder.id.clone());
                    self.crm.crm.companies.push(holder);
                }
                one.company = company.clone().filter(|_| number < 3);
                self.crm.crm.accounts.push(one);
            }
        }
        self.crm.crm.join();
    }
}
