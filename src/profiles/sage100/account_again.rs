//! An account of the CRM that somebody deleted by itself is made again for its company (B1.3, B1.5): with a company of its
//! own it would stand beside the former. The run that makes it leaves the rest of the pair alone; the next one compares it in
//! full, by the link as it was.

use std::collections::BTreeSet;

use super::clerk::{Mode, Wishes};
use super::crm::{Account, Crm};
use super::input::Input;
use super::kind::Kind;
use super::made::{self, kind_of};
use super::mirror;
use super::prepare::Known;
use super::replicate::Work;
use super::run::Run;
use super::schema::Record;
use crate::model::{BySide, Side};
use crate::plan::{Action, Draft, Settlement};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey, LinkStatus};

/// An account that is made again.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// Where its link stands.
    pub(crate) key: LinkKey,
    link: Link,
    /// The id it has in this run.
    pub(crate) id: String,
}

/// Gives companies whose accounts are gone, while the ERP's are there, others in the working copy of the CRM, each saying
/// what its company says, and takes the links of the former out.
pub(crate) fn restore(
    input: &Input<'_>,
    crm: &mut Crm,
    links: &mut Known,
    wishes: &Wishes,
) -> Vec<Replaced> {
    if wishes.mode == Mode::Send {
        return Vec::new();
    }
    let index = crm.index();
    // What a listing of changes once told as removed is not told again.
    let is_gone = |id: &str, link: &Link| {
        let is_listed = index.account(id).is_some();
        !is_listed && link.gone.b || input.is_gone_in_crm(id, is_listed, Some(link))
    };
    // Codes are those of one integration (B18.4).
    let ours = Some(input.parameters.integration.as_str());
    let own = crm.accounts.iter().filter(|one| one.integration.as_deref() == ours);
    let codes: BTreeSet<&str> = own.map(|one| one.code.or_empty()).collect();
    let lost = links.iter().filter_map(|(key, link)| {
        let is_account = key.0 == Kind::Account.code() && link.status != LinkStatus::Closed;
        let company = link.facts.first().filter(|_| is_account && is_gone(&key.1, link))?;
        let company = index.company(company).filter(|one| {
            one.account.as_ref().is_none_or(|id| *id == key.1) && !wishes.is_parked(&one.id)
        })?;
        let erp = input.erp.account(&link.ids.a)?;
        let takes_part = kind_of(erp.kind).is_some() && !codes.contains(erp.code.as_str());
        let with_main = input.parameters.replicate_main_contact;
        let mut account = made::account_of_erp(input.parameters, erp);
        for place in 0..Kind::Account.groups().len() {
            mirror::mirror_group(&mut account, company, (place, with_main));
        }
        account.id = made::provisional("account", &erp.code);
        takes_part.then(|| (key.clone(), company.id.clone(), account))
    });
    let lost: Vec<(LinkKey, String, Account)> = lost.collect();
    let place = |(key, company, account): (LinkKey, String, Account)| {
        let (id, link) = (account.id.clone(), links.remove(&key)?);
        crm.accounts.push(account);
        crm.tie(&company, &id);
        Some(Replaced { key, link, id })
    };
    lost.into_iter().filter_map(place).collect()
}

/// Makes them, and asks for both sides of each pair in the next run.
pub(crate) fn make(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for Replaced { key, link, id } in &run.prepared.replaced {
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
        for ids in [BySide::new(code, None), BySide::new(None, account.company.clone())] {
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
}

impl Run<'_> {
    /// Whether an account that is gone in the CRM may get another record there for its company: that one is not listed and
    /// may be there, or rests (B14.4), or this run writes on the ERP alone (B15.3).
    pub(crate) fn may_get_another(&self, link: &Link) -> bool {
        let company = link.facts.first().filter(|id| !id.is_empty());
        company.is_some_and(|id| match self.listed.company(id) {
            Some(_) => self.prepared.wishes.is_parked(id) || self.mode() == Mode::Send,
            None => !self.input.is_gone_in_crm(id, false, Some(link)),
        })
    }
}

/// Has the next run list accounts that are gone in the CRM, and their companies (D22).
pub(super) fn ask(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let removed = run.input.crm_listing.removed.iter();
    let links = removed.filter_map(|id| run.directory.link_of_id(Kind::Account, id));
    let is_hidden = |link: &Link| !run.directory.erp_accounts.contains_key(link.ids.a.as_str());
    let waits = |link: &&Link| {
        link.status != LinkStatus::Closed && (is_hidden(link) || run.may_get_another(link))
    };
    for link in links.filter(waits) {
        let company = link.facts.first().cloned();
        for ids in [BySide::new(Some(link.ids.a.clone()), None), BySide::new(None, company)] {
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
}
