//! What a run chooses of the addresses and contacts of a company that gets an account, and a link remembers until the CRM
//! says it: the kinds of addresses (B8.4, B9.3), and which contact is the main one no more (B9.5, B11.4). Neither is a part
//! of what both sides say, so that nothing else would tell the next run of it.

use std::collections::BTreeMap;

use super::clerk::Wishes;
use super::crm::{AddressKind, Company, Crm};
use super::directory::part_of;
use super::former::LEADERLESS;
use super::kind::Kind;
use super::replicate::Work;
use super::run::Run;
use super::show::facts_of_contact;
use crate::plan::{Later, Settlement};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey};

/// The fact of an address whose kind is to be chosen.
const UNCHOSEN: &str = "kind";

/// The place in the facts of a main contact from which stand those that are to be it no more.
const OTHERS: usize = 2;

/// Remembers the kind of an address until it is written.
pub(crate) fn remember_kind(run: &Run<'_>, work: &mut Work<'_, '_>, id: &str, op: u32) {
    if let Some(settlement) = settlement_of(run, work, Kind::Address, id) {
        settlement.facts = vec![UNCHOSEN.to_owned()];
        let later = Later { after: vec![op], complete: true, made: None, facts: Vec::new() };
        settlement.later = Some(Box::new(later));
    }
}

/// Remembers with a main contact which others are it no more, until that is written.
pub(crate) fn remember_main(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    company: &Company,
    unmarked: &mut [(&str, u32)],
) {
    // The order of a listing has no meaning (D11).
    unmarked.sort_unstable();
    let mains = company.contacts.iter().filter(|one| one.main && !unmarked.is_empty());
    let main = mains.min_by_key(|one| one.id.as_str());
    let Some(main) = main else { return };
    if let Some(settlement) = settlement_of(run, work, Kind::Contact, &main.id) {
        let others = unmarked.iter().map(|(id, _)| (*id).to_owned());
        let facts = facts_of_contact(main);
        settlement.facts = facts.iter().cloned().chain(others).collect();
        let after = unmarked.iter().map(|(_, op)| *op).collect();
        settlement.later = Some(Box::new(Later { after, complete: true, made: None, facts }));
    }
}

/// Remembers with an account that nobody follows the main contact that leaves its company in this run, until one does
/// (B9.5). What it knows of a company before that one tells more.
pub(crate) fn remember_leaderless(run: &Run<'_>, work: &mut Work<'_, '_>, account: &str, op: u32) {
    let settlement = settlement_of(run, work, Kind::Account, account);
    let free = |one: &&mut Settlement| one.facts.len() <= OTHERS && one.later.is_none();
    if let Some(settlement) = settlement.filter(free) {
        let facts = settlement.facts.clone();
        settlement.facts.resize(OTHERS, String::new());
        settlement.facts.push(LEADERLESS.to_owned());
        let later = Later { after: vec![op], complete: true, made: None, facts };
        settlement.later = Some(Box::new(later));
    }
}

/// The settlement of a record of the CRM, made of its link where nothing else of it is to be settled.
pub(super) fn settlement_of<'w>(
    run: &Run<'_>,
    work: &'w mut Work<'_, '_>,
    kind: Kind,
    id: &str,
) -> Option<&'w mut Settlement> {
    let settlements = &mut *work.sheet.settlements;
    let is_own = |one: &Settlement| {
        one.kind == kind.code() && one.ids.b.as_deref() == Some(id) && one.ending.is_none()
    };
    let at = settlements.iter().position(is_own).or_else(|| {
        let link = run.directory.link_of_id(kind, id)?;
        let key = (kind.code(), id.to_owned());
        let this_run = run.prepared.state.runs.saturating_add(1);
        settlements.push(Settlement::of_link(key, link, this_run));
        settlements.len().checked_sub(1)
    });
    work.settlement(at?)
}

/// Chooses what a stopped run could not write: the kinds of addresses as the ERP has them, and one main contact.
pub(crate) fn choose(crm: &mut Crm, links: &BTreeMap<LinkKey, Link>, wishes: &mut Wishes) {
    let open = |kind: Kind, is_open: fn(&Link) -> bool| -> BTreeMap<&str, &Link> {
        let own = links.range((kind.code(), String::new())..);
        let own = own.take_while(|((of, _), _)| *of == kind.code());
        own.filter(|(_, link)| is_open(link)).map(|((_, id), link)| (id.as_str(), link)).collect()
    };
    let unchosen = |link: &Link| link.facts.first().is_some_and(|fact| fact == UNCHOSEN);
    let addresses = open(Kind::Address, unchosen);
    let mains = open(Kind::Contact, |link| link.facts.len() > OTHERS);
    if addresses.is_empty() && mains.is_empty() {
        return;
    }
    for company in &mut crm.companies {
        // What a company without an account lists is nobody's counterpart.
        if company.account.is_none() || wishes.is_parked(&company.id) {
            continue;
        }
        let mut is_written = false;
        for one in &mut company.addresses {
            let Some(link) = addresses.get(one.id.as_str()) else { continue };
            let bills = part_of(&link.ids.a).is_empty();
            one.kind = Some(if bills { AddressKind::Billing } else { AddressKind::Delivery });
            is_written = true;
        }
        let listed = company.contacts.iter().map(|one| (one.id.clone(), one.main));
        for (id, is_main) in listed.collect::<Vec<_>>() {
            let Some(link) = mains.get(id.as_str()) else { continue };
            let others = link.facts.get(OTHERS..).unwrap_or_default();
            // Whoever is the only one was chosen by somebody since, and the facts of now take the place of those.
            let doubles = company.contacts.iter_mut().filter(|one| is_main && one.main);
            for one in doubles.filter(|one| others.contains(&one.id)) {
                one.main = false;
                is_written = true;
            }
        }
        if is_written {
            wishes.companies.entry(company.id.clone()).or_insert(Reason::Requested);
        }
    }
}
