//! What users ask of a run (E5).

use std::collections::{BTreeMap, BTreeSet};

use counterpart::profiles::sage100::{Request, errors};

use super::dice::Dice;
use super::records::{Row, Sort};
use super::script::{Demand, Run};
use super::world::{World, chosen, integration};

impl World {
    /// The requests of a run; what they allow that was not allowed before is remembered.
    pub(crate) fn asked(&mut self, run: &Run) -> Vec<Request> {
        let dice = &mut Dice::new(run.number.wrapping_add(7));
        let wanted = run.demands.into_iter();
        self.leaving.clear();
        let asked: Vec<Request> =
            wanted.filter_map(|one| self.request(run.desk, one, dice)).collect();
        // What one request gives a company the next one may take again.
        if asked.len() > 1 {
            self.left.extend(asked.iter().filter_map(|one| match one {
                Request::Link { company: to, .. } | Request::Reassign { to, .. } => {
                    Some(to.clone())
                }
                _ => None,
            }));
        }
        for one in run.demands {
            if one != Demand::None {
                self.notes.happened(one.name());
            }
            if one.moves() {
                self.ledger.forget_deeds();
            }
        }
        asked
    }

    fn company(&self, joined: bool, dice: &mut Dice) -> Option<String> {
        let companies = self.crm.crm.companies.iter();
        // Now and then somebody asks for what cannot be.
        let any = dice.once_in(10);
        let fits = companies.filter(|one| any || one.account.is_some() == joined);
        chosen(fits.map(|one| one.id.clone()).collect(), dice)
    }

    fn request(&mut self, at: usize, demand: Demand, dice: &mut Dice) -> Option<Request> {
        Some(match demand {
            Demand::Account => {
                let id = self.company(false, dice)?;
                self.asked.insert(id.clone());
                self.allow_a_copy(&id);
                Request::CreateAccount(id)
            }
            Demand::Companies => Request::CreateCompanies,
            Demand::Company => {
                let accounts = self.crm.crm.accounts.iter();
                let loose = accounts.filter(|one| one.company.is_none() || !one.principal.0);
                Request::CreateCompany(chosen(loose.map(|one| one.id.clone()).collect(), dice)?)
            }
            Demand::FreeFields => Request::DeleteFreeFields,
            Demand::Link => {
                let company = self.company(false, dice)?;
                let erp = &self.desks.get(at)?.erp.erp;
                let codes = erp.accounts.iter().map(|one| one.code.clone()).collect();
                let account = chosen(codes, dice)?;
                // While its code was not stamped, the ERP account knows whom it was made from.
                let origin = erp.accounts.iter().find(|one| one.code == account);
                let origin = origin.and_then(|one| one.origin.as_ref());
                let of = |one: &&counterpart::profiles::sage100::Account| {
                    (one.code.or_empty() == account || Some(&one.id) == origin)
                        && one.company.is_some()
                        && one.integration == Some(integration(at))
                };
                let holder = self.crm.crm.accounts.iter().find(of);
                let holder = holder.and_then(|one| one.company.clone());
                self.give(&company, holder.as_deref());
                self.allow_all(Some(at), &account);
                self.given.insert((at, account.clone(), company.clone()));
                Request::Link { company, account }
            }
            Demand::None => return None,
            Demand::Quarantine => Request::Quarantine(self.in_error(at, dice)?),
            Demand::Reactivate => {
                let parked = self.desks.get(at)?.state.parked.iter();
                Request::Reactivate(chosen(parked.map(|one| one.1.clone()).collect(), dice)?)
            }
            Demand::Reassign => {
                let (from, to) = (self.company(true, dice)?, self.company(false, dice)?);
                self.give(&to, Some(&from));
                let given = self.codes_of(&from).into_iter().map(|code| (at, code, to.clone()));
                self.given.extend(given.collect::<Vec<_>>());
                Request::Reassign { from, to }
            }
            Demand::Resync => Request::ResyncAll,
            Demand::Send => Request::SendAll,
            Demand::Turnover => Request::RefreshTurnover,
            Demand::Unlink => {
                let id = self.company(true, dice)?;
                self.allow_all(None, &id);
                for code in self.codes_of(&id) {
                    self.allow_all(Some(at), &code);
                }
                self.leaving.insert(id.clone());
                Request::Unlink(id)
            }
            Demand::UpdateAccount => {
                let id = self.company(true, dice)?;
                // Whoever wants the account to say what the company says wants its status too.
                let company = self.crm.crm.companies.iter().find(|one| one.id == id);
                self.rested.extend(company.map(|one| one.siret.or_empty().to_owned()));
                Request::UpdateAccount(id)
            }
            Demand::UpdateCompany => {
                let id = self.company(true, dice)?;
                self.replaced(&id);
                Request::UpdateCompany(id)
            }
        })
    }

    /// An account that is made in the ERP gets a delivery copy of its billing address: one more, where a company still lists
    /// the copy that an account before it had.
    fn allow_a_copy(&mut self, company: &str) {
        let rows: Vec<Row> =
            self.rows(None).into_iter().filter(|row| row.owner == company).collect();
        let is_copy = |row: &&Row| {
            let mut others = rows.iter().filter(|one| one.sort == Sort::Delivery);
            row.sort == Sort::Billing && others.any(|one| one.birth == row.birth)
        };
        for row in rows.iter().filter(is_copy) {
            self.allow_one_more(&row.birth);
        }
    }

    /// The code of the account of a company, if it has one.
    fn codes_of(&self, company: &str) -> Vec<String> {
        let company = self.crm.crm.companies.iter().find(|one| one.id == company);
        let account = company.and_then(|one| one.account.as_ref());
        let accounts = self.crm.crm.accounts.iter().filter(|one| Some(&one.id) == account);
        accounts.map(|one| one.code.or_empty().to_owned()).collect()
    }

    /// A company with a record in the error set.
    fn in_error(&self, at: usize, dice: &mut Dice) -> Option<String> {
        let desk = self.desks.get(at)?;
        let wrong = errors(&desk.state, &self.crm.crm, &BTreeMap::new());
        let ids: BTreeSet<String> = wrong.into_iter().filter_map(|one| one.crm_id).collect();
        let companies = self.crm.crm.companies.iter().filter(|one| {
            let children = one.addresses.iter().map(|one| &one.id);
            let children = children.chain(one.contacts.iter().map(|one| &one.id));
            ids.contains(&one.id)
                || one.account.as_ref().is_some_and(|id| ids.contains(id))
                || children.into_iter().any(|id| ids.contains(id))
        });
        chosen(companies.map(|one| one.id.clone()).collect(), dice)
    }

    /// An account is given to a company: what that says itself is replaced, and the company that had it goes (B11.4).
    fn give(&mut self, to: &str, from: Option<&str>) {
        self.replaced(to);
        self.allow_all(None, to);
        if let Some(from) = from {
            self.replaced(from);
            self.allow_all(None, from);
            self.left.insert(from.to_owned());
        }
    }

    /// A user confirmed that what a company says is replaced.
    fn replaced(&mut self, company: &str) {
        for row in self.rows(None) {
            if row.id == company && row.sort == Sort::Account {
                row.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text));
            }
        }
    }

    /// What stands with a company or ERP account may be there once more.
    fn allow_all(&mut self, place: Option<usize>, owner: &str) {
        for birth in self.births_of(place, owner) {
            self.allow_one_more(&birth);
        }
    }
}
