//! What must hold of a world that came to rest.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::model::Text;
use counterpart::profiles::sage100::{Account, Company, ErpAccount, ErpAccountKind, Kind, Status};
use counterpart::schema::Kind as _;
use counterpart::snapshot::LinkStatus;

use super::content::{self, Content};
use super::driver::Broken;
use super::ledger::mark;
use super::records::{Row, Sort};
use super::world::{Desk, World, integration};

/// The links of an integration: which record is whose, and which are left as they are.
struct Links {
    by_a: BTreeMap<String, String>,
    by_b: BTreeMap<String, String>,
    closed: BTreeSet<String>,
}

impl Links {
    fn of(desk: &Desk) -> Self {
        let mut links =
            Self { by_a: BTreeMap::new(), by_b: BTreeMap::new(), closed: BTreeSet::new() };
        for one in desk.state.links.values() {
            if one.status == LinkStatus::Live {
                links.by_a.insert(one.ids.a.clone(), one.ids.b.clone());
                links.by_b.insert(one.ids.b, one.ids.a);
            } else {
                links.closed.extend([one.ids.a, one.ids.b]);
            }
        }
        links
    }
}

/// An account that both sides hold.
struct Pair<'p> {
    desk: &'p Desk,
    erp: &'p ErpAccount,
    account: &'p Account,
    company: Option<&'p Company>,
}

impl World {
    /// Checks a settled world.
    pub(crate) fn check(&mut self) -> Result<(), Broken> {
        self.check_duplicates()?;
        self.notes.checked("agreement");
        self.notes.checked("absent");
        let crm = self.rows(None);
        for at in 0..self.desks.len() {
            let erp = self.rows(Some(at));
            self.check_presence(at)?;
            self.check_pairs(at, (&erp, &crm))?;
        }
        self.notes.checked("ledger");
        let mut there = serde_json::to_string(&self.crm.crm).unwrap_or_default();
        for desk in &self.desks {
            there += &serde_json::to_string(&desk.erp.erp).unwrap_or_default();
        }
        if there.contains("{Lié") {
            return Err(("agreement", "the placeholder was written (B9.4)".to_owned()));
        }
        let missing = self.ledger.missing(&there.to_lowercase());
        if missing.is_empty() { Ok(()) } else { Err(("ledger", missing.join(", "))) }
    }

    /// Nothing is there twice: by code, by join, by what it is.
    fn check_duplicates(&mut self) -> Result<(), Broken> {
        self.notes.checked("duplicates");
        let mut codes = BTreeSet::new();
        let mut holders = BTreeSet::new();
        for one in &self.crm.crm.accounts {
            let code = (one.integration.clone(), one.code.or_empty().to_owned());
            if !one.pending && !codes.insert(code.clone()) {
                return Err(("duplicate_account", format!("{code:?}")));
            }
        }
        for one in &self.crm.crm.companies {
            if let Some(account) = one.account.clone()
                && !holders.insert(account.clone())
            {
                return Err(("duplicate_account", format!("{account} of {}", one.id)));
            }
        }
        let places = std::iter::once(None).chain((0..self.desks.len()).map(Some));
        for place in places {
            let mut births = BTreeMap::<(bool, String), usize>::new();
            // One that was made of what could not be read has no birth.
            for row in self.rows(place).into_iter().filter(|row| !row.birth.is_empty()) {
                let count =
                    births.entry((row.sort == Sort::Billing, row.birth.clone())).or_default();
                *count += 1;
                let allowed = 1 + self.extra.get(&row.birth).copied().unwrap_or(0);
                if *count > allowed {
                    return Err(("duplicate_birth", format!("{place:?} {} {}", row.id, row.birth)));
                }
            }
        }
        Ok(())
    }

    /// Every ERP account that takes part has its CRM account and company, and what was asked for is there.
    fn check_presence(&self, at: usize) -> Result<(), Broken> {
        let Some(desk) = self.desks.get(at) else { return Ok(()) };
        let links = Links::of(desk);
        let ours = Some(integration(at));
        let mut accounts: BTreeMap<&str, &Account> = BTreeMap::new();
        for one in self.crm.crm.accounts.iter().filter(|one| one.integration == ours) {
            accounts.insert(one.code.or_empty(), one);
            let parked = one.company.as_ref().is_some_and(|id| is_parked(desk, id));
            // What was asked for a company that somebody deleted meanwhile nobody waits for.
            let company = one.company.as_ref();
            let is_there = company
                .is_some_and(|id| self.crm.crm.companies.iter().any(|company| company.id == *id));
            let open = one.pending && !one.detached && is_there;
            let waits = open && !desk.told.contains(&one.id) && !parked;
            // One whose company was deleted in quarantine waits there (B14.4).
            let link = desk.state.links.get(Kind::Account.code(), &one.id);
            let rests = link.and_then(|link| link.facts.first().cloned());
            let rests = rests.is_some_and(|id| is_parked(desk, &id));
            let half_made =
                one.company.is_none() && one.origin.is_some() && !one.detached && !rests;
            // One that takes no part sleeps, and what belongs to it (E7).
            let takes_part = |erp: &&ErpAccount| erp.kind != ErpAccountKind::Other;
            let mut held = desk.erp.erp.accounts.iter().filter(takes_part);
            let held = held.any(|erp| erp.code == one.code.or_empty());
            if waits || half_made && held {
                return Err(("stray", format!("{} {}", one.id, one.code.or_empty())));
            }
        }
        for one in desk.erp.erp.accounts.iter().filter(|one| one.kind != ErpAccountKind::Other) {
            // While its code is not written back an account is known by what was made from it.
            let made_from = || {
                let own = accounts.values().find(|known| Some(&known.id) == one.origin.as_ref());
                own.filter(|known| known.code.or_empty() != one.code)
            };
            let known = accounts.get(one.code.as_str()).or_else(made_from);
            let detached = known.is_some_and(|one| one.detached);
            let sleeps = one.dormant && !desk.parameters.sync_dormant;
            let linked = links.by_a.contains_key(&one.code);
            // One whose account was deleted in quarantine waits there (B14.4).
            let mut own = desk.state.links.values().filter(|link| link.ids.a == one.code);
            let rests = own.any(|one| one.facts.first().is_some_and(|id| is_parked(desk, id)));
            // So does one that a request was giving to a company in quarantine (B11.4).
            let mut given =
                self.given.iter().filter(|(of, code, _)| (*of, code) == (at, &one.code));
            let rests = rests || given.any(|(_, _, company)| is_parked(desk, company));
            let parked = known.and_then(|one| one.company.as_ref());
            let parked = rests || parked.is_some_and(|id| is_parked(desk, id));
            let told = desk.told.contains(&one.code);
            if !(linked || detached || sleeps || parked || told) {
                return Err(("absent", one.code.clone()));
            }
        }
        Ok(())
    }

    /// What both sides hold says the same on both; or the last run said why not.
    fn check_pairs(&self, at: usize, (erp, crm): (&[Row], &[Row])) -> Result<(), Broken> {
        let Some(desk) = self.desks.get(at) else { return Ok(()) };
        let links = Links::of(desk);
        for one in &desk.erp.erp.accounts {
            let id = links.by_a.get(&one.code);
            let account = self.crm.crm.accounts.iter().find(|one| Some(&one.id) == id);
            let Some(account) = account.filter(|_| one.kind != ErpAccountKind::Other) else {
                continue;
            };
            let companies = &self.crm.crm.companies;
            let company = companies.iter().find(|one| one.account.as_ref() == Some(&account.id));
            if company.is_some_and(|company| is_parked(desk, &company.id)) {
                continue;
            }
            let lied = self.lied.contains(one.siret.or_empty());
            let pair = Pair { desk, erp: one, account, company };
            let told = [Some(&one.code), Some(&account.id), company.map(|one| &one.id)];
            if !lied && !told.into_iter().flatten().any(|id| desk.told.contains(id)) {
                pair.check_fields((erp, crm), &self.rested)?;
            }
            if !lied {
                pair.check_children((&links, &self.lied), (erp, crm))?;
            }
        }
        Ok(())
    }

    /// Every deletion that nobody did anything about since has reached the other side.
    pub(crate) fn check_deeds(&mut self) -> Result<(), Broken> {
        self.notes.checked("deed");
        // What was not written, or written and not remembered, counts as an edit: it may outdo the deletion.
        let unsaved = std::mem::take(&mut self.unsaved);
        let deeds = std::mem::take(&mut self.ledger.deeds).into_iter();
        for deed in deeds.filter(|deed| !unsaved.contains(&deed.birth)) {
            let places = std::iter::once(None).chain((0..self.desks.len()).map(Some));
            for place in places.filter(|place| *place != deed.mailbox) {
                for row in self.rows(place).into_iter().filter(|row| row.birth == deed.birth) {
                    let told = self.desks.iter().any(|desk| desk.told.contains(&row.id));
                    let default = self.crm.crm.companies.iter().flat_map(|one| &one.contacts);
                    let mut default = default.filter_map(|one| one.default_address.as_ref());
                    if row.sort != Sort::Billing && !told && !default.any(|id| *id == row.id) {
                        return Err(("deed", format!("{deed:?}: {} is there", row.id)));
                    }
                }
            }
        }
        Ok(())
    }

    /// What the world says.
    fn content(&mut self) -> Content {
        let mut content = Content::new();
        let places = std::iter::once(None).chain((0..self.desks.len()).map(Some));
        for place in places {
            for row in self.rows(place) {
                let marks = row.texts.iter().map(|(_, text)| mark(text)).collect();
                let name = format!("{place:?} {:?} {}", row.sort, row.birth);
                content.entry(name).or_default().push(marks);
            }
        }
        for list in content.values_mut() {
            list.sort();
        }
        content
    }

    /// A fault that the next runs complete leads to the same end as none.
    pub(crate) fn check_convergence(&mut self, clean: &mut Self) -> Result<(), Broken> {
        self.notes.checked("failure_free");
        let (mut with, mut without) = (self.content(), clean.content());
        let is_one = |name: &String| {
            let birth = name.rsplit(' ').next().unwrap_or_default();
            // Where an address lost a conflict it was named: without the fault the other one may have lost (E2).
            let outvoted = self.outvoted.contains(birth) || clean.outvoted.contains(birth);
            !self.extra.contains_key(birth) && !clean.extra.contains_key(birth) && !outvoted
        };
        with.retain(|name, _| is_one(name));
        without.retain(|name, _| is_one(name));
        // What was made of a text that could not be read, and kept another one since, has no birth to be known by.
        let unborn = |name: &&String| name.ends_with(' ');
        let sorts: BTreeSet<String> =
            with.keys().chain(without.keys()).filter(unborn).cloned().collect();
        for name in with.keys().chain(without.keys()).cloned().collect::<Vec<_>>() {
            let is_both = with.contains_key(&name) && without.contains_key(&name);
            if !is_both && sorts.iter().any(|sort| name.starts_with(sort.as_str())) {
                with.remove(&name);
                without.remove(&name);
            }
        }
        match content::differ(&with, &without, &self.ledger) {
            Some(seen) => Err(("failure_free", seen)),
            None => Ok(()),
        }
    }
}

fn is_parked(desk: &Desk, company: &str) -> bool {
    desk.state.parked.contains(&(Kind::Company.code(), company.to_owned()))
}

fn marks(row: &Row) -> Vec<Option<String>> {
    row.texts.iter().map(|(_, text)| mark(text)).collect()
}

impl Pair<'_> {
    /// The fields of the ERP account, the company and the account that mirrors it.
    fn check_fields(
        &self,
        (erp, crm): (&[Row], &[Row]),
        rested: &BTreeSet<String>,
    ) -> Result<(), Broken> {
        let Some(company) = self.company else { return Ok(()) };
        let of = |rows: &[Row], id: &str| {
            rows.iter().find(|row| row.id == id && row.sort == Sort::Account).cloned()
        };
        let (Some(mine), Some(theirs)) = (of(erp, &self.erp.code), of(crm, &company.id)) else {
            return Ok(());
        };
        let phones = ["phone", "fax", "email"];
        for ((field, text), (_, other)) in mine.texts.iter().zip(&theirs.texts) {
            let on = self.desk.parameters.sync_phones || !phones.contains(field);
            if on && mark(text) != mark(other) {
                return Err(("agreement", format!("{} {} {field}", self.erp.code, company.id)));
            }
        }
        let account = self.account;
        let owned = [
            ("accounting_category", &self.erp.accounting_category, &company.accounting_category),
            ("price_category", &self.erp.price_category, &company.price_category),
            ("replicated", &self.erp.payment_terms, &company.replicated.payment_terms),
            ("mirror", &company.name, &account.title),
            ("mirror", &company.short_name, &account.short_name),
            ("phone", &company.phone, &account.phone),
            ("terms", &company.replicated.payment_terms, &account.replicated.payment_terms),
            ("account_code", &account.code, &company.account_code),
        ];
        let differs = |one: &Text, other: &Text| one.or_empty() != other.or_empty();
        for (field, one, other) in owned {
            // A blank value never beats a filled one where nothing was agreed yet (D3).
            let open = field.ends_with("_category") && one.is_blank();
            // An account whose state is lost keeps what it says where telephones do not come over, or where the ERP says
            // nothing, and each run tells of it.
            let kept = field == "phone" && !self.desk.parameters.sync_phones
                || field == "terms" && self.erp.payment_terms.is_blank();
            let told = kept && self.desk.apart.contains(&account.id);
            if differs(one, other) && !open && !told {
                return Err(("agreement", format!("{} {} {field}", self.erp.code, company.id)));
            }
        }
        let by_person = rested.contains(company.siret.or_empty());
        if self.erp.dormant && company.status == Status::Active && !by_person {
            return Err(("agreement", format!("{} is dormant", self.erp.code)));
        }
        Ok(())
    }

    /// The addresses and contacts of both.
    fn check_children(
        &self,
        (links, lied): (&Links, &BTreeSet<String>),
        (erp, crm): (&[Row], &[Row]),
    ) -> Result<(), Broken> {
        let parameters = &self.desk.parameters;
        let left = |id: &String| self.desk.told.contains(id) || links.closed.contains(id);
        let phones = ["phone", "fax", "mobile", "email"];
        let owner = self.company.map_or(&self.account.id, |one| &one.id);
        let children = erp.iter().filter(|row| row.owner == self.erp.code);
        for row in children.filter(|row| row.sort != Sort::Account && !left(&row.id)) {
            let on = match row.sort {
                Sort::Contact => parameters.sync_contacts,
                _ => parameters.sync_addresses,
            };
            let id = links.by_a.get(&row.id);
            let other = crm.iter().find(|one| Some(&one.id) == id);
            let Some(other) = other else {
                // What stood with a company that is gone for good went with it.
                if on && self.company.is_some() && !id.is_some_and(left) {
                    return Err(("absent", format!("{} of {owner}", row.id)));
                }
                continue;
            };
            if !on || left(&other.id) || self.company.is_none() {
                continue;
            }
            if other.owner != *owner && !lied.contains(&row.birth) {
                return Err(("stray", format!("{} is at {}", row.id, other.owner)));
            }
            for ((field, _), (one, two)) in
                row.texts.iter().zip(marks(row).into_iter().zip(marks(other)))
            {
                let on = parameters.sync_phones || !phones.contains(field);
                if on && one != two {
                    return Err((
                        "agreement",
                        format!(
                            "{} {} {field}: {:?}, {:?}",
                            row.id, other.id, row.texts, other.texts
                        ),
                    ));
                }
            }
        }
        let Some(company) = self.company else { return Ok(()) };
        for row in crm.iter().filter(|row| row.owner == company.id && row.sort != Sort::Account) {
            if !left(&row.id) && !links.by_b.contains_key(&row.id) {
                return Err(("orphan", format!("{} of {}", row.id, self.erp.code)));
            }
        }
        Ok(())
    }
}
