//! An account of the CRM that somebody deleted by itself is made again for its company (B1.3, B1.5): with a company of its
//! own it would stand beside the former. The run that makes it leaves the rest of the pair alone; the next one compares it in
//! full, by the link as it was.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::absence::Absence;
use super::clerk::{Mode, Wishes};
use super::crm::{Account, Company, Crm, CrmIndex};
use super::directory::{child_ids, code_in, code_of_child};
use super::former::moved_at;
use super::input::Input;
use super::kind::Kind;
use super::made::{self, kind_of};
use super::mirror;
use super::prepare::Known;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Record, Viewer};
use super::show::prints_of_erp;
use crate::model::{BySide, Side};
use crate::plan::{Action, Draft, Settlement};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Coverage, Link, LinkKey, LinkStatus};

/// An account that is made again.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// Where its link stands.
    pub(crate) key: LinkKey,
    link: Link,
    /// The id it has in this run.
    pub(crate) id: String,
    /// The links of what went with the company that it was moved to (B7.5).
    pub(crate) gone: Vec<LinkKey>,
}

/// The companies that the account of a link may stand with: the one it had, and the one that a request was giving it.
pub(super) fn homes(link: &Link) -> impl Iterator<Item = &str> {
    let given = moved_at(link).and_then(|_| link.facts.get(4));
    link.facts.first().into_iter().chain(given).map(String::as_str).filter(|id| !id.is_empty())
}

/// The companies without an account that list what is linked to an ERP account, by its code: what stands with an account goes
/// along with it, also in a run that was never heard of.
fn holders<'c>(crm: &'c Crm, links: &Known) -> BTreeMap<String, &'c Company> {
    let mut holders = BTreeMap::new();
    // The order of a listing has no meaning (D11).
    let mut bare: Vec<_> = crm.companies.iter().filter(|one| one.account.is_none()).collect();
    bare.sort_unstable_by_key(|one| one.id.as_str());
    for one in bare {
        for (kind, id) in child_ids(&one.addresses, &one.contacts) {
            if let Some(link) = links.get(&(kind, id.to_owned())) {
                holders.entry(code_in(&link.ids.a).to_owned()).or_insert(one);
            }
        }
    }
    holders
}

/// The company that gets the account of a link again: where what is linked to the ERP's account went along to another one,
/// that one.
fn home<'c>(
    index: &CrmIndex<'c>,
    (links, holders): (&Known, &BTreeMap<String, &'c Company>),
    (id, link): (&str, &Link),
) -> Option<&'c Company> {
    let is_free = |one: &&Company| one.account.as_deref().is_none_or(|account| account == id);
    let holds = |one: &&Company| {
        let mut children = child_ids(&one.addresses, &one.contacts);
        children.any(|(kind, id)| {
            let child = links.get(&(kind, id.to_owned()));
            child.is_some_and(|child| code_in(&child.ids.a) == link.ids.a)
        })
    };
    let mut homes = homes(link).map(|id| index.company(id).filter(is_free));
    let (first, given) = (homes.next()?, homes.next().flatten());
    let lists = |one: &&Company| !one.addresses.is_empty() || !one.contacts.is_empty();
    let had = first.filter(|one| given.is_none() || lists(one));
    let other = holders.get(&link.ids.a).copied().filter(|_| first.is_some());
    given.filter(holds).or_else(|| first.filter(holds)).or(other).or(had).or(given)
}

/// The companies that have no account, while the ERP's is linked to one that is gone in the CRM, or that no listing showed yet.
pub(crate) fn owed(
    (input, absence): (&Input<'_>, &Absence<'_>),
    crm: &Crm,
    links: &Known,
) -> BTreeSet<String> {
    let index = crm.index();
    let listing = input.erp_listing;
    let held: BTreeSet<&str> = input.erp.accounts.iter().map(|one| one.code.as_str()).collect();
    let may_be_held = |link: &Link| match listing.coverage {
        Coverage::Full => held.contains(link.ids.a.as_str()) || listing.scope.is_some(),
        Coverage::Changes => !link.gone.a && !absence.is_removed(Side::A, &link.ids.a),
    };
    let owed = links.iter().filter_map(|((kind, id), link)| {
        // One that the ERP had lost is owed once it is back there.
        let is_back = || held.contains(link.ids.a.as_str());
        let lives =
            || if link.status == LinkStatus::Closed { is_back() } else { may_be_held(link) };
        let is_unlisted = *kind == Kind::Account.code() && index.account(id).is_none();
        let is_lost = is_unlisted && (input.crm_listing.scope.is_some() || lives());
        is_lost.then(|| homes(link).filter_map(|id| index.company(id)))
    });
    let owed = owed.flatten().filter(|company| company.account.is_none());
    owed.map(|company| company.id.clone()).collect()
}

/// Gives companies whose accounts are gone, while the ERP's are there, others in the working copy of the CRM, each saying
/// what its company says, and takes the links of the former out.
pub(crate) fn restore(
    (input, absence): (&Input<'_>, &Absence<'_>),
    (crm, links): (&mut Crm, &mut Known),
    (wishes, viewer): (&Wishes, &Viewer),
) -> Vec<Replaced> {
    if wishes.mode == Mode::Send {
        return Vec::new();
    }
    let index = crm.index();
    let is_gone =
        |id: &str, link: &Link| index.account(id).is_none() && absence.is_account_gone(id, link);
    // Codes are those of one integration (B18.4).
    let ours = Some(input.parameters.integration.as_str());
    let own = crm.accounts.iter().filter(|one| one.integration.as_deref() == ours);
    let codes: BTreeSet<&str> = own.map(|one| one.code.or_empty()).collect();
    let holders = LazyCell::new(|| holders(crm, links));
    let lost = links.iter().filter_map(|(key, link)| {
        if key.0 != Kind::Account.code() || !is_gone(&key.1, link) {
            return None;
        }
        let company = home(&index, (links, &holders), (&key.1, link))?;
        let erp = input.erp.account(&link.ids.a)?;
        let takes_part = kind_of(erp.kind).is_some()
            && !codes.contains(erp.code.as_str())
            && !homes(link).any(|id| wishes.is_parked(id));
        let with_main = input.parameters.replicate_main_contact;
        let mut account = made::account_of_erp(input.parameters, erp);
        // A company that was being given the account says what it said before (B11.4): the account says it too where what the
        // ERP says cannot be read.
        let is_its_own = link.facts.first() == Some(&company.id);
        let read = prints_of_erp(viewer, &input.state.key, erp);
        for place in 0..Kind::Account.groups().len() {
            if is_its_own || read.get(place).is_some_and(Option::is_none) {
                mirror::mirror_group(&mut account, company, (place, with_main));
            }
        }
        account.id = made::provisional("account", &erp.code);
        takes_part.then(|| (key.clone(), company.id.clone(), account))
    });
    let mut lost: Vec<(LinkKey, String, Account)> = lost.collect();
    // A company gets one: rather what it had than what the ERP had lost before.
    lost.sort_by_cached_key(|(key, company, _)| {
        let is_closed = links.get(key).is_some_and(|link| link.status == LinkStatus::Closed);
        (company.clone(), is_closed, key.clone())
    });
    lost.dedup_by(|one, other| one.1 == other.1);
    let place = |(key, company, account): (LinkKey, String, Account)| {
        let (id, mut link) = (account.id.clone(), links.remove(&key)?);
        let gone = gone_with_another((input, absence), crm.company(&company)?, (&link, links));
        for key in &gone {
            links.remove(key);
        }
        // A company that was being given the account may not have taken what it says, and one that shows the code of another
        // says what that one did: what the two say was never agreed.
        let had_another = crm.company(&company).is_some_and(|one| {
            let code = one.account_code.or_empty();
            !code.is_empty() && !code.eq_ignore_ascii_case(&link.ids.a)
        });
        if had_another || link.facts.first() != Some(&company) {
            link.base.fill_with(BySide::default);
        }
        // So it is where no link tells of the move: it is not completed as one that stopped.
        if !homes(&link).any(|id| id == company) {
            link.facts = vec![company.clone()];
        }
        crm.accounts.push(account);
        crm.tie(&company, &id);
        Some(Replaced { key, link, id, gone })
    };
    lost.into_iter().filter_map(place).collect()
}

/// What went along with an account to a company that is gone by now, or has another one, where the account comes back to the
/// company that it left: nobody deleted it by itself.
fn gone_with_another(
    (input, absence): (&Input<'_>, &Absence<'_>),
    company: &Company,
    (link, links): (&Link, &Known),
) -> Vec<LinkKey> {
    let mut others = homes(link).filter(|id| **id != company.id);
    let is_lost = |id| match input.crm.company(id) {
        Some(other) => other.account.as_ref().is_some_and(|account| *account != link.ids.b),
        None => absence.is_gone(Side::B, id, Some(link)),
    };
    if !others.any(is_lost) {
        return Vec::new();
    }
    let listed: BTreeSet<(u8, &str)> = child_ids(&company.addresses, &company.contacts).collect();
    let went = links.iter().filter(|(key, child)| {
        code_of_child(key, child) == Some(link.ids.a.as_str())
            && !listed.contains(&(key.0, key.1.as_str()))
    });
    went.map(|(key, _)| key.clone()).collect()
}

/// Makes them, and asks for both sides of each pair in the next run.
pub(crate) fn make(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for Replaced { key, link, id, .. } in &run.prepared.replaced {
        let Some(account) = run.prepared.crm.account(id) else { continue };
        let code = Some(link.ids.a.clone());
        let record = Account { id: String::new(), ..account.clone() };
        let ids = BySide::new(code.clone(), None);
        let action = Action::Create(Record::Account(record));
        let mut draft =
            Draft::new(Side::B, Kind::Account, ids, action, (Reason::Recreated, "B1.3"));
        draft.idempotency_key = Some(format!("{id}/{}", key.1));
        let made = work.push(draft);
        let this_run = run.prepared.state.runs.saturating_add(1);
        let mut settlement = Settlement::of_link(key.clone(), link, this_run);
        settlement.ids.b = None;
        settlement.made.b = Some(made);
        settlement.ops.push(made);
        settlement.beside.push(made);
        work.sheet.settlements.push(settlement);
        // So it is asked for the company that it left in a move, which is still to go (B11.4).
        let left = homes(link).find(|id| Some(*id) != account.company.as_deref());
        let companies = [account.company.clone(), left.map(str::to_owned)].into_iter().flatten();
        let companies = companies.map(|id| BySide::new(None, Some(id)));
        for ids in std::iter::once(BySide::new(code, None)).chain(companies) {
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
}

impl Run<'_> {
    /// Whether the company of an account that is not listed says that it has none: what became of the account is not known,
    /// and nothing is written for it.
    pub(crate) fn is_owed(&self, account: &str) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        let mut homes = link.into_iter().flat_map(homes);
        homes.any(|id| self.prepared.owed.contains(id))
            && !self.directory.joined.contains_key(account)
    }

    /// Whether a company that the account of a link may stand with is there without an account, or may be.
    pub(crate) fn has_bare_home(&self, link: &Link) -> bool {
        homes(link).any(|id| match self.listed.company(id) {
            Some(company) => company.account.is_none(),
            None => !self.absence.is_gone(Side::B, id, Some(link)),
        })
    }

    /// Whether an account that is gone in the CRM may get another record there for its company: that one is not listed and
    /// may be there, or rests (B14.4), or this run writes on the ERP alone (B15.3).
    pub(crate) fn may_get_another(&self, link: &Link) -> bool {
        homes(link).any(|id| match self.listed.company(id) {
            Some(_) => self.prepared.wishes.is_parked(id) || self.mode() == Mode::Send,
            None => !self.absence.is_gone(Side::B, id, Some(link)),
        })
    }
}

/// Has the next run list accounts that are gone in the CRM, and their companies (D22).
pub(super) fn ask(run: &Run<'_>, work: &mut Work<'_, '_>) {
    // The order of a listing has no meaning (D11).
    let removed: BTreeSet<&String> = run.input.crm_listing.removed.iter().collect();
    let links = removed.into_iter().filter_map(|id| run.directory.link_of_id(Kind::Account, id));
    let is_hidden = |link: &Link| !run.directory.erp_accounts.contains_key(link.ids.a.as_str());
    let waits = |link: &&Link| {
        link.status != LinkStatus::Closed && (is_hidden(link) || run.may_get_another(link))
    };
    for link in links.filter(waits) {
        let companies = homes(link).map(|id| BySide::new(None, Some(id.to_owned())));
        let code = BySide::new(Some(link.ids.a.clone()), None);
        for ids in std::iter::once(code).chain(companies) {
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
}
