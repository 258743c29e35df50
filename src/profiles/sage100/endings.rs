//! What ends a request: stamps of keys that came back, billing addresses that went along, companies and links that go.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::{Drafted, beside};
use super::alike::left_behind;
use super::code;
use super::crm::Company;
use super::directory::{Joined, code_in};
use super::former::facts_of_gone;
use super::kind::Kind;
use super::made::{is_provisional, provisional};
use super::mirror::account_patch;
use super::parameters::CodeMode;
use super::replicate::Work;
use super::rules::comes_over;
use super::run::Run;
use super::schema::{Native, RecordPatch, Sage100, Slot};
use crate::model::{BySide, Side};
use crate::plan::{Action, Advance, Draft, Ending, Later, Settlement, number};
use crate::report::{Anomaly, AnomalyStatus};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkKey, LinkStatus, Printer};

/// Ends the wait of an account that was asked for: the ERP has it, had it, or answers with it in this run (B2.5).
pub(crate) fn stamp(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>) {
    let Some(account) = one.account.filter(|one| one.pending) else { return };
    let erp = work.account_ops.get(&(Side::A, one.id.to_owned())).copied().filter(|op| {
        work.draft(*op).is_some_and(|draft| matches!(draft.action, Action::Create(_)))
    });
    let held = run.directory.code_of.get(one.id).map(|code| (*code).to_owned());
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let held = held.or_else(|| link.map(|link| link.ids.a.clone()));
    if erp.is_none() && held.is_none() {
        return;
    }
    let code = account.code.or_empty();
    let known = held.or_else(|| (!code::is_placeholder(code)).then(|| code.to_owned()));
    let suffix = run.parameters.account_code.suffix();
    let numbered = run.parameters.account_code.mode == CodeMode::CrmAuto;
    let made = work.account_ops.get(&(Side::B, one.id.to_owned())).copied();
    let why = (Reason::KeyWrittenBack, "B2.5");
    let ids = BySide::new(known.clone(), Some(one.id.to_owned()));
    let draft = Draft::new(Side::B, Kind::Account, ids, Action::Stamp(known.clone()), why);
    let op = work.push(draft);
    let settlement = work.sheet.settlements.iter().position(|settlement| {
        settlement.kind == Kind::Account.code()
            && (erp.is_some() && settlement.made.a == erp
                || settlement.ids.b.as_deref() == Some(one.id))
    });
    // A stamp that fails is tried again, also where the account is not listed next time.
    let settlement = settlement.or_else(|| link.map(|link| settle_link(run, work, (one.id, link))));
    beside(work, settlement, op);
    if let Some(made) = made.filter(|_| numbered && known.is_none()) {
        work.need(op, made, Some(Slot::Code(suffix)));
    }
    if let Some(erp) = erp {
        work.need(op, erp, None);
    }
    let by_erp = code == code::AUTO;
    let shows_auto = one.company.filter(|one| by_erp || one.account_code.or_empty() == code::AUTO);
    if let Some(company) = shows_auto {
        let ids = BySide::new(known.clone(), Some(company.id.clone()));
        let draft = Draft::new(Side::B, Kind::Company, ids, Action::Stamp(known), why);
        let op = work.push(draft);
        beside(work, settlement, op);
        if let Some(erp) = erp {
            work.need(op, erp, None);
        }
    }
}

/// What a request changed of a company is agreed once the company is written: else the next run would take what the
/// company still shows for an edit.
pub(crate) fn agree_with_company(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    company: &Company,
    (settlement, op): (Option<usize>, u32),
) {
    let Some(listed) = run.listed.company(&company.id) else { return };
    let (now, before) = (run.prints_of_company(company), run.prints_of_company(listed));
    let Some(settlement) = settlement.and_then(|at| work.settlement(at)) else { return };
    let made = settlement.made.a;
    let mut senders = Vec::new();
    for ((advance, now), before) in settlement.groups.iter_mut().zip(now).zip(before) {
        match *advance {
            Advance::Never => {}
            _ if now == before => {}
            // What goes on to the ERP goes once the company says it.
            Advance::With(sender) if sender != op && Some(sender) != made => senders.push(sender),
            Advance::Now | Advance::With(_) => *advance = Advance::With(op),
        }
    }
    for sender in senders {
        work.need(sender, op, None);
    }
}

/// What the account mirrors is agreed once the account is written: else nothing would tell the next run to write it.
pub(crate) fn agree_with_account(
    work: &mut Work<'_, '_>,
    settlement: Option<usize>,
    (places, op): (&[usize], u32),
) {
    let Some(settlement) = settlement.and_then(|at| work.settlement(at)) else { return };
    for place in places {
        if let Some(advance @ Advance::Now) = settlement.groups.get_mut(*place) {
            *advance = Advance::With(op);
        }
    }
}

/// What becomes of a pair that the core leaves alone, since nothing of it changed, where its account gets another
/// company: the link names that one once it is written.
pub(crate) fn settle_new_company(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
) -> Option<usize> {
    let company = one.company.map(|one| one.id.as_str());
    let link = run.directory.link_of_id(Kind::Account, one.id)?;
    if company.is_none() || company == run.known_company(one.id) {
        return None;
    }
    Some(settle_link(run, work, (one.id, link)))
}

/// Settles a pair that the core had nothing to do about; gives the place of the settlement.
pub(crate) fn settle_link(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    (account, link): (&str, &Link),
) -> usize {
    let key = (Kind::Account.code(), account.to_owned());
    let settlement = Settlement::of_link(key, link, run.prepared.state.runs.saturating_add(1));
    work.sheet.settlements.push(settlement);
    work.sheet.settlements.len().saturating_sub(1)
}

/// The companies that lost their account go (B11.4), once the one that takes it over is written.
pub(crate) fn delete_companies(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for (id, reason) in &run.prepared.wishes.deleted {
        let company = run.listed.company(id);
        let account = company.and_then(|one| one.account.clone());
        // An earlier run may have moved it already.
        let moved = || run.directory.joined.keys().find(|one| run.left_by(one) == Some(id));
        let account = account.or_else(|| moved().map(|one| (*one).to_owned())).unwrap_or_default();
        let code = run.directory.code_of.get(account.as_str()).map(|code| (*code).to_owned());
        let ids = BySide::new(code, Some(id.clone()));
        let why = (*reason, "B11.4");
        let draft = Draft::new(Side::B, Kind::Company, ids, Action::Delete, why);
        let op = work.push(draft);
        let leaves = |one: &&mut Settlement| one.facts.first() == Some(id);
        let settlements = work.sheet.settlements.iter_mut().filter(leaves);
        for later in settlements.filter_map(|one| one.later.as_mut()) {
            later.after.push(op);
        }
        if let Some(on) = work.account_ops.get(&(Side::B, account.clone())).copied() {
            work.need(op, on, None);
        }
        // Until it is gone the link names it.
        let mut own =
            work.sheet.settlements.iter_mut().filter(|one| one.ids.b.as_ref() == Some(&account));
        if let Some(later) = own.find_map(|one| one.later.as_mut()) {
            later.after.push(op);
        }
        let heir = run.directory.joined.get(account.as_str()).and_then(|one| one.company);
        let takes_over = work.sheet.drafts.iter().position(|draft| {
            draft.kind == Kind::Company
                && matches!(draft.action, Action::Update(_))
                && draft.ids.b.as_deref() == heir.map(|one| one.id.as_str())
        });
        if let Some(on) = takes_over {
            work.need(op, number(on), None);
        }
    }
}

/// A company whose link is broken gets another account once that is written: a run that stops between the two leaves no account
/// that nobody unlinked without its company (B11.1, B6.5).
pub(crate) fn untie_first(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for (account, company) in &run.prepared.wishes.untied {
        let is_it = |draft: &Draft<Sage100>| {
            draft.kind == Kind::Account
                && draft.side == Side::B
                && draft.ids.b.as_ref() == Some(account)
                && matches!(draft.action, Action::Update(_))
        };
        let untied = work.sheet.drafts.iter().position(is_it).map(number);
        let made = work.account_ops.get(&(Side::B, provisional("account", company))).copied();
        if let Some((made, untied)) = made.zip(untied) {
            work.need(made, untied, None);
        }
    }
}

/// The record that listed what is deleted is asked for again: its stamp moves, and nothing that stays tells where to.
pub(crate) fn ask_for_owners(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let mut owners = BTreeSet::new();
    for draft in work.sheet.drafts.iter().filter(|one| matches!(one.action, Action::Delete)) {
        let key = draft.ids.a.as_deref().filter(|_| !draft.dropped);
        let key = key.filter(|_| matches!(draft.kind, Kind::Address | Kind::Contact));
        let Some(code) = key.map(code_in) else { continue };
        let owner = match draft.side {
            Side::A => Some(code),
            Side::B => run.directory.account_of_key(code),
        };
        owners.extend(owner.map(|owner| (draft.side, owner.to_owned())));
    }
    for (side, owner) in owners {
        let ids = BySide::from_fn(|one| (one == side).then(|| owner.clone()));
        work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
    }
}

/// An account without a link, whose ERP account is not among the changes, is asked for by its code: the two are paired once
/// both are listed (D12, D22).
pub(crate) fn ask_for_unlinked(run: &Run<'_>, work: &mut Work<'_, '_>) {
    if !run.erp_is_partial() {
        return;
    }
    let alone = run.directory.joined.values().filter(|one| {
        !run.directory.code_of.contains_key(one.id)
            && run.directory.link_of_id(Kind::Account, one.id).is_none()
    });
    for account in alone.filter_map(|one| one.account).filter(|one| !one.pending) {
        let code = account.code.or_empty();
        if !code::is_placeholder(code) {
            let ids = BySide::new(Some(code.to_owned()), None);
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
    }
}

/// A broken link goes once the account says so (B11.1).
pub(crate) fn drop_links(run: &Run<'_>, work: &mut Work<'_, '_>) {
    name_losses(run, work);
    // What is paired anew under the same id takes the place of the former link itself.
    let paired: BTreeSet<(u8, &String)> =
        work.sheet.settlements.iter().filter_map(paired).collect();
    let stale = run.prepared.stale.iter();
    let stale: Vec<_> = stale.filter(|(kind, id)| !paired.contains(&(*kind, id))).collect();
    for key in stale {
        let mut settlement = Settlement::open(Kind::Account, BySide::default());
        settlement.kind = key.0;
        settlement.key = Some(key.clone());
        settlement.ending = Some(Ending::Now);
        work.sheet.settlements.push(settlement);
    }
    let unpaired: BTreeSet<&String> = run.prepared.unpaired.values().collect();
    for code in unpaired {
        let ids = BySide::new(Some(code.clone()), None);
        work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
    }
    for (id, keys) in &run.prepared.wishes.dropped {
        let (Some(account), Some(original)) =
            (run.prepared.crm.account(id), run.listed.account(id))
        else {
            continue;
        };
        // Another request of the run joined it again: only what stayed with the company it left is given up.
        if !account.detached {
            let on = work.account_ops.get(&(Side::B, id.clone())).copied();
            let stands = |key: &LinkKey| {
                let kind =
                    if key.0 == Kind::Address.code() { Kind::Address } else { Kind::Contact };
                key.0 == Kind::Account.code()
                    || work.owners.get(&(kind, key.1.clone())).is_some_and(|owner| owner == id)
            };
            // Where nothing of the account is written, nothing is to be waited for.
            let left: Vec<&LinkKey> = keys.iter().filter(|key| !stands(key)).collect();
            for key in left {
                end_link(run, work, key, on);
            }
            continue;
        }
        let patch = account_patch(account, original);
        let code = Some(account.code.or_empty().to_owned());
        let code = code.filter(|code| !code::is_placeholder(code));
        let ids = BySide::new(code.clone(), Some(id.clone()));
        let action = Action::Update(RecordPatch::Account(patch));
        let why = (Reason::Unlinked, "B11.1");
        let mut draft = Draft::new(Side::B, Kind::Account, ids, action, why);
        draft.expect = Some(original.modified);
        let op = work.push(draft);
        for key in keys {
            end_link(run, work, key, Some(op));
        }
        // While it is not done the account is looked at again, also where no link says so.
        for ids in [BySide::new(code, None), BySide::new(None, Some(id.clone()))] {
            let mut again = Settlement::open(Kind::Account, ids);
            again.ending = Some(Ending::With(op));
            work.sheet.settlements.push(again);
        }
    }
}

/// An address or contact whose counterpart is paired with another one now has none any more, and is no deleted one in the
/// next run, where what this run makes for it is refused (P-04, B11.4).
pub(crate) fn drop_outpaired(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let met = work.sheet.settlements.iter().filter_map(|one| {
        let (kind, id) = paired(one)?;
        Some(((kind, one.ids.a.clone()?), id.clone()))
    });
    let met: BTreeMap<(u8, String), String> = met.collect();
    if met.is_empty() {
        return;
    }
    let links = run.input.state.links.iter().filter_map(|((code, id), link)| {
        let kind = [Kind::Address, Kind::Contact].into_iter().find(|kind| kind.code() == code)?;
        let is_other = met.get(&(code, link.ids.a)).is_some_and(|other| *other != id);
        let owner = work.owners.get(&(kind, id.clone())).filter(|_| is_other)?;
        let on = work.account_ops.get(&(Side::B, owner.clone())).copied();
        Some(((code, id), on))
    });
    for (key, on) in links.collect::<Vec<_>>() {
        end_link(run, work, &key, on);
    }
}

/// What the link of an account remembers of a run that wrote it alone, while the account still says that: until the move is
/// done, the next run is to know that nobody edited it (B11.4).
fn still_marked(run: &Run<'_>, account: &str) -> Option<String> {
    let link = run.directory.link_of_id(Kind::Account, account)?;
    let shown = run.prints_of_account(run.listed.account(account)?);
    let is_marked = left_behind(link, &shown).next().is_some();
    link.facts.get(1).filter(|_| is_marked).cloned()
}

/// The pair that a settlement enters, by its kind and the CRM's id: both records are there, and nothing is to be made.
fn paired(one: &Settlement) -> Option<(u8, &String)> {
    let is_whole = one.ids.a.is_some() && one.key.is_none() && one.seen.b.is_some();
    Some((one.kind, one.ids.b.as_ref().filter(|_| is_whole)?))
}

/// Names what unanswered writes to pairs lost whose links go in this run: nobody will look at them again.
fn name_losses(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let broken = run.prepared.wishes.dropped.values().flatten();
    for key in run.prepared.stale.iter().chain(broken) {
        let Some(link) = run.input.state.links.get(key.0, &key.1) else { continue };
        let attempts = run.input.state.attempts.iter().filter(|(attempt, _)| {
            attempt.kind == key.0 && *link.ids.get(attempt.side) == attempt.id
        });
        let losses = attempts.flat_map(|(_, attempt)| &attempt.losses);
        for (field, code) in losses {
            let kind = Kind::ALL.iter().find(|kind| kind.code() == key.0);
            work.sheet.anomalies.push(Anomaly {
                status: AnomalyStatus::New,
                code: *code,
                kind: kind.map_or("", |kind| kind.name(Side::B)).to_owned(),
                ids: link.ids.clone().map(Some),
                field: field.clone(),
                values: BySide::default(),
            });
        }
    }
}

/// A link goes once an operation on its account is done, or at once.
fn end_link(run: &Run<'_>, work: &mut Work<'_, '_>, key: &LinkKey, op: Option<u32>) {
    // If it cannot be broken it stays as it was, and both records are looked at again.
    let Some(link) = run.input.state.links.get(key.0, &key.1) else { return };
    let this_run = run.prepared.state.runs.saturating_add(1);
    let mut settlement = Settlement::of_link(key.clone(), &link, this_run);
    settlement.ops.extend(op);
    settlement.beside.extend(op);
    settlement.ending = Some(op.map_or(Ending::Now, Ending::With));
    work.sheet.settlements.push(settlement);
}

/// The billing address goes with its account; its link is made by the same answer (B6.6, B9.2).
pub(crate) fn send_billing(run: &Run<'_>, work: &mut Work<'_, '_>, account: &str, erp: u32) {
    let Some(address) = run.directory.billing_sent.get(account) else { return };
    let native = Native::Address { account, address };
    let mut printer = Printer::new(&run.prepared.state.key, Kind::Address.code());
    super::show::show(&run.prepared.viewer, native, &mut printer);
    let prints = printer.finish();
    let mut settlement =
        Settlement::open(Kind::Address, BySide::new(None, Some(address.id.clone())));
    settlement.made.a = Some(erp);
    settlement.suffix.a = Some('#');
    // The address was listed: once it is missing it is gone.
    let scope = run.input.crm_listing.scope.as_deref();
    settlement.listed.b = Some(run.prepared.state.key.scope(scope));
    settlement.shown = BySide::new(prints.clone(), prints);
    settlement.groups.fill(Advance::With(erp));
    work.sheet.settlements.push(settlement);
    // The ERP makes a delivery address of it (B9.2): the next run looks at the account again.
    let mut again = Settlement::open(Kind::Address, BySide::default());
    again.made.a = Some(erp);
    again.suffix.a = Some('#');
    work.sheet.settlements.push(again);
}

/// While there is something left to do for a company that an account is moved to, or that is made again, the link
/// names the company before it: what a run that is stopped leaves undone is seen by it.
pub(crate) fn remember_left(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    own: &Drafted,
) {
    let moved = run.prepared.wishes.moved.get(one.id);
    let bereft = run.prepared.bereft.contains_key(one.id);
    let left = moved.map(String::as_str).or_else(|| run.left_by(one.id));
    let left = left.or_else(|| bereft.then_some(""));
    let Some(left) = left else { return };
    // What is to be made again is made of what the ERP lists.
    let code = run.directory.link_of_id(Kind::Account, one.id).map(|link| link.ids.a.clone());
    if run.misses_children(one.id) && !run.directory.code_of.contains_key(one.id) {
        work.sheet.settlements.push(Settlement::open(Kind::Account, BySide::new(code, None)));
    }
    let left = left.to_owned();
    let made_again = work.sheet.drafts.iter().any(|draft| {
        let child = matches!(draft.kind, Kind::Address | Kind::Contact);
        let key = draft.ids.a.as_deref().unwrap_or_default();
        child
            && draft.reason == Reason::Recreated
            && run.directory.account_of_key(key) == Some(one.id)
    });
    let ops = own.settlement.and_then(|at| work.settlement(at)).map(|one| one.ops.clone());
    let company = ops
        .unwrap_or_default()
        .into_iter()
        .find(|op| work.draft(*op).is_some_and(|draft| draft.kind == Kind::Company));
    let made = company.filter(|_| one.company.is_some_and(|one| is_provisional(&one.id)));
    // What could not be made again in this run is still to come.
    let awaits = || bereft || run.awaits(one.id);
    if moved.is_none() && !made_again && made.is_none() && !awaits() {
        return;
    }
    let children = made_children(run, work, one);
    let marked = still_marked(run, one.id);
    if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
        settlement.facts.truncate(2);
        let mut facts = settlement.facts.clone();
        if let Some((fact, marked)) = settlement.facts.get_mut(1).zip(marked) {
            *fact = marked;
        }
        let known = run.facts_of_left(one.id, &left);
        let known = if known.is_empty() { facts_of_gone(&left).to_vec() } else { known };
        settlement.facts.extend(known);
        if let Some(fact) = settlement.facts.first_mut() {
            *fact = left;
        }
        if let (Some(fact), Some(heir)) = (facts.first_mut(), one.company) {
            fact.clone_from(&heir.id);
        }
        let complete = children.is_some();
        let mut after = children.unwrap_or_default();
        after.extend(company);
        let made = made.map(|op| (op, 0));
        settlement.later = Some(Box::new(Later { after, complete, made, facts }));
    }
}

/// The operations that make all that an account's former company listed and the one it has now does not; `None` if
/// this run does not make all of it.
fn made_children(run: &Run<'_>, work: &Work<'_, '_>, one: &Joined<'_>) -> Option<Vec<u32>> {
    let bereft = run.prepared.bereft.get(one.id).into_iter().flatten();
    let missing = run.missing_children(one.id).into_iter();
    let missing = missing.chain(bereft.map(|(kind, key)| (*kind, key.as_str())));
    missing.map(|(kind, key)| creation_of(work, kind, key)).collect()
}

/// The operation that makes an address or contact of the ERP in the CRM.
fn creation_of(work: &Work<'_, '_>, kind: Kind, key: &str) -> Option<u32> {
    let op = work.sheet.drafts.iter().position(|draft| {
        draft.kind == kind
            && !draft.dropped
            && matches!(draft.action, Action::Create(_))
            && draft.side == Side::B
            && draft.ids.a.as_deref() == Some(key)
    });
    op.map(number)
}

/// Whether an address or contact that is linked is not listed in the ERP: a filter may hide it, or a page that got lost.
fn hides_children(run: &Run<'_>, code: &str) -> bool {
    let is_listed = |link: &Link| run.directory.children.iter().any(|one| one.key == link.ids.a);
    let mut links = [Kind::Address, Kind::Contact]
        .into_iter()
        .filter(|kind| comes_over(run, *kind))
        .flat_map(|kind| run.directory.child_links(kind, code));
    links.any(|(_, link)| link.status != LinkStatus::Closed && !is_listed(link))
}

/// The link of an account that is made again names the company before until all that this one listed is made again as
/// well: what the CRM declines of it was not deleted by itself (B7.5).
pub(crate) fn remember_gone(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    code: &str,
    (settlement, company): (Option<usize>, u32),
) {
    let Some((_, link)) = run.directory.link_of(Kind::Account, code) else { return };
    let left = link.facts.first().cloned().unwrap_or_default();
    let listed = run.directory.children.iter().filter(|one| comes_over(run, one.kind));
    let children = listed.filter(|one| code_in(&one.key) == code).filter(|one| {
        let link = run.directory.link_of(one.kind, &one.key);
        link.is_some_and(|(_, link)| link.status != LinkStatus::Closed)
    });
    let children = children.map(|one| creation_of(work, one.kind, &one.key));
    let children: Option<Vec<u32>> = children.collect();
    let complete = children.is_some() && !hides_children(run, code);
    let after = children.into_iter().flatten().chain([company]).collect();
    let facts = vec![String::new(); 2];
    let later = Later { after, complete, made: Some((company, 0)), facts };
    if let Some(settlement) = settlement.and_then(|at| work.settlement(at)) {
        settlement.facts = vec![left.clone(), String::new()];
        settlement.facts.extend(facts_of_gone(&left));
        settlement.later = Some(Box::new(later));
    }
}
