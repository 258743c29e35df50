//! The operations on accounts and companies: what the core decided for a pair becomes a write of the account, a
//! write of the company that it mirrors, and stamps; each only where a value changes (B16.4).

use std::collections::BTreeMap;

use super::account_again;
use super::alike::{note_apart, note_differences, remember_account, touched, wanted};
use super::code;
use super::crm::{Company, CompanyPatch};
use super::directory::Joined;
use super::endings::{
    agree_with_account, agree_with_company, ask_for_owners, delete_companies, drop_links,
    drop_outpaired, remember_gone, remember_left, send_billing, settle_link, settle_new_company,
    stamp,
};
use super::express;
use super::kind::{Kind, account as group};
use super::made::{self, is_provisional};
use super::mirror::{account_patch, company_patch};
use super::parameters::CodeMode;
use super::replicate::{Work, new_account, rule};
use super::run::Run;
use super::schema::{Record, RecordPatch, Slot};
use super::unlisted::{carry_blind, unlisted_patch};
use crate::model::record::Patch as _;
use crate::model::{BySide, Side, Text};
use crate::plan::{Action, Advance, Draft, Ending, Settlement};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::LinkStatus;

/// What the core did about one account.
#[derive(Debug, Default)]
pub(crate) struct Drafted {
    pub(crate) settlement: Option<usize>,
    pub(crate) erp: Option<u32>,
    pub(crate) crm: Option<u32>,
}

/// Completes the operations on accounts and companies.
pub(crate) fn complete(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let mut drafted = drafted(work);
    for one in run.directory.joined.values().filter(|one| !one.parked) {
        let own = drafted.remove(one.id).unwrap_or_default();
        if is_provisional(one.id) {
            make(run, work, one, &own);
        } else if run.company_is_elsewhere(one) {
            note_apart(run, work, one, &own);
            carry_blind(run, work, one.id, &own);
            unseen(run, work, one.id, &own);
        } else {
            let alone = own.settlement.or_else(|| settle_new_company(run, work, one));
            keep_alike(run, work, one, &Drafted { settlement: alone, ..own });
        }
        stamp(run, work, one);
    }
    for (id, own) in drafted {
        let create = own.crm.filter(|op| {
            work.draft(*op).is_some_and(|draft| matches!(draft.action, Action::Create(_)))
        });
        if let Some(op) = create {
            found_company(run, work, op, own.settlement);
        } else {
            carry_blind(run, work, &id, &own);
        }
    }
    account_again::make(run, work);
    delete_companies(run, work);
    ask_for_owners(run, work);
    drop_links(run, work);
    drop_outpaired(run, work);
}

/// An account whose company a filter does not show counts as listed when both were: else the company would be missing once
/// the same filter does not show it again (P-04).
fn unseen(run: &Run<'_>, work: &mut Work<'_, '_>, id: &str, own: &Drafted) {
    let then = run.directory.link_of_id(Kind::Account, id).map(|link| link.listed.b);
    if let Some((settlement, then)) = own.settlement.and_then(|at| work.settlement(at)).zip(then) {
        settlement.listed.b = then;
    }
}

/// So does one whose company this run makes: the filter it lists by may not show that one.
fn unseen_yet(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>, own: &Drafted) {
    let is_made = one.company.is_some_and(|one| is_provisional(&one.id));
    if is_made && run.input.crm_listing.scope.is_some() {
        let nowhere = run.prepared.state.key.no_scope();
        if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
            settlement.listed.b = Some(nowhere);
        }
    }
}

/// The drafts and settlements of accounts, by the CRM's id, or by the ERP's code for accounts that are new there.
fn drafted(work: &Work<'_, '_>) -> BTreeMap<String, Drafted> {
    let mut drafted: BTreeMap<String, Drafted> = BTreeMap::new();
    for (at, settlement) in work.sheet.settlements.iter().enumerate() {
        if settlement.kind != Kind::Account.code() {
            continue;
        }
        let id = match (&settlement.ids.b, &settlement.ids.a) {
            (Some(id), _) => id.clone(),
            (None, Some(code)) => new_account(code),
            (None, None) => continue,
        };
        let own = drafted.entry(id).or_default();
        own.settlement = Some(at);
        for op in &settlement.ops {
            let side = usize::try_from(*op).ok().and_then(|op| work.sheet.drafts.get(op));
            match side.map(|draft| draft.side) {
                Some(Side::A) => own.erp = Some(*op),
                Some(Side::B) => own.crm = Some(*op),
                None => {}
            }
        }
    }
    drafted
}

// ---- accounts that this run makes ----

/// Creates an account that a request made up: asked for, or joined to a company before it was ever in the CRM.
fn make(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>, own: &Drafted) {
    let Some(account) = one.account else { return };
    let asked = account.pending;
    let code = account.code.or_empty();
    let known = (!code::is_placeholder(code)).then(|| code.to_owned());
    let mut record = account.clone();
    record.id = String::new();
    if asked && let Some(company) = one.company {
        record.representative = express::representative(run, company);
    }
    let ids = BySide::new(known.clone(), Some(one.id.to_owned()));
    let reason = run.prepared.wishes.accounts.get(one.id).copied().unwrap_or(Reason::Requested);
    let rule = if reason == Reason::Requested { "B6.5" } else { "B11.4" };
    let action = Action::Create(Record::Account(record));
    let mut draft = Draft::new(Side::B, Kind::Account, ids, action, (reason, rule));
    draft.idempotency_key = Some(one.id.to_owned());
    let made = work.push(draft);
    work.account_ops.insert((Side::B, one.id.to_owned()), made);
    if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
        settlement.ids.b = None;
        settlement.made.b = Some(made);
        settlement.ops.push(made);
        if one.company.is_some() {
            settlement.beside.push(made);
        }
    }
    let suffix = run.parameters.account_code.suffix();
    let numbered = asked && run.parameters.account_code.mode == CodeMode::CrmAuto;
    if numbered {
        let ids = BySide::new(None, Some(one.id.to_owned()));
        let why = (Reason::KeyWrittenBack, "B5.4");
        let mut draft = Draft::new(Side::B, Kind::Account, ids, Action::Stamp(None), why);
        draft.place = Some(early());
        let op = work.push(draft);
        work.need(op, made, Some(Slot::Code(suffix.clone())));
        beside(work, own.settlement, op);
    }
    company_of(run, work, one, (own, made, numbered.then_some(suffix.as_str())));
    if let Some(erp) = own.erp {
        sent(work, one, erp, (known, reason));
        work.need(erp, made, Some(Slot::Origin));
        if numbered {
            work.need(erp, made, Some(Slot::Code(suffix)));
        }
        send_billing(run, work, one.id, erp);
    } else if let Some(crm) = own.crm {
        abandon(work, own.settlement, crm);
    }
    remember_left(run, work, one, own);
}

/// A place right behind the creation of the account.
fn early() -> crate::plan::Place {
    crate::plan::Place {
        step: 4,
        rank: 0,
        owner: (true, String::new()),
        part: String::new(),
        follows: true,
    }
}

/// Enters an operation beside a pair's own.
pub(crate) fn beside(work: &mut Work<'_, '_>, settlement: Option<usize>, op: u32) {
    if let Some(settlement) = settlement.and_then(|at| work.settlement(at)) {
        settlement.ops.push(op);
        settlement.beside.push(op);
    }
}

/// The update of the company that a new account is made for.
fn company_of(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, made, suffix): (&Drafted, u32, Option<&str>),
) {
    let Some(company) = one.company else { return };
    let original = run.listed.company(&company.id);
    let mut patch = company_patch(company, original);
    if suffix.is_some() {
        patch.account_code = Some(Text::default());
    }
    if patch.is_empty() {
        return;
    }
    let op = push_company(run, work, one, (patch, company));
    work.need(op, made, None);
    if let Some(suffix) = suffix {
        work.need(op, made, Some(Slot::Code(suffix.to_owned())));
    }
    if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
        settlement.ops.push(op);
    }
    agree_with_company(run, work, company, (own.settlement, op));
}

/// The creation of an account in the ERP, as it was asked for.
fn sent(
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    erp: u32,
    (code, reason): (Option<String>, Reason),
) {
    let company = one.company.map(|company| company.id.clone()).unwrap_or_default();
    if let Some(draft) = work.draft(erp) {
        draft.ids.a = code;
        draft.reason = reason;
        draft.rule = "B6.5";
        draft.idempotency_key = Some(format!("crm/account/{company}"));
    }
    work.account_ops.insert((Side::A, one.id.to_owned()), erp);
}

/// Takes a draft away that has nothing to write.
fn abandon(work: &mut Work<'_, '_>, settlement: Option<usize>, op: u32) {
    let anomalies = work.draft(op).map(|draft| {
        draft.dropped = true;
        std::mem::take(&mut draft.anomalies)
    });
    work.sheet.anomalies.extend(anomalies.unwrap_or_default());
    if let Some(settlement) = settlement.and_then(|at| work.settlement(at)) {
        settlement.ops.retain(|one| *one != op);
        settlement.asked.retain(|(one, _)| *one != op);
        for advance in &mut settlement.groups {
            if *advance == Advance::With(op) {
                *advance = Advance::Now;
            }
        }
    }
}

// ---- accounts that are new in the ERP ----

/// The company of an account that comes from the ERP (B7.1).
fn found_company(run: &Run<'_>, work: &mut Work<'_, '_>, op: u32, settlement: Option<usize>) {
    let Some(draft) = work.draft(op) else { return };
    let Action::Create(Record::Account(account)) = &draft.action else { return };
    let reason =
        if draft.reason == Reason::Recreated { Reason::Recreated } else { Reason::Replicated };
    let code = account.code.or_empty().to_owned();
    let users = &run.prepared.viewer.users;
    let mut company = made::company_of(run.parameters, users, account);
    company.id = String::new();
    company.account = None;
    let prints = run.prints_of_company(&company);
    let ids = BySide::new(Some(code.clone()), None);
    let action = Action::Create(Record::Company(company));
    let mut draft = Draft::new(Side::B, Kind::Company, ids, action, (reason, "B7.1"));
    draft.idempotency_key = Some(format!("company/{code}"));
    let made = work.push(draft);
    work.need(made, op, Some(Slot::Account));
    work.account_ops.insert((Side::B, new_account(&code)), op);
    if let Some(settlement) = settlement.and_then(|at| work.settlement(at)) {
        settlement.ops.push(made);
        settlement.beside.push(op);
        for (one, asked) in settlement.asked.iter_mut().filter(|(one, _)| *one == op) {
            *one = made;
            for group in asked {
                let shown = prints.get(usize::from(group.group)).copied().flatten();
                group.asked = shown.unwrap_or(group.asked);
            }
        }
        for advance in &mut settlement.groups {
            if *advance == Advance::With(op) {
                *advance = Advance::With(made);
            }
        }
    }
    if reason == Reason::Recreated {
        remember_gone(run, work, &code, (settlement, made));
    }
}

// ---- accounts that are there ----

/// Writes the account and the company of a pair, each where it does not say yet what is agreed.
fn keep_alike(run: &Run<'_>, work: &mut Work<'_, '_>, one: &Joined<'_>, own: &Drafted) {
    let mut wanted = wanted(run, work, one, own);
    let lost = wanted.lost.take();
    note_differences(run, work, one, (own, &wanted));
    let original = run.listed.account(one.id);
    let reason = why(run, work, one, (own, lost.is_some()));
    let listed = wanted.account.as_ref().zip(original);
    let patch = match listed {
        Some((account, original)) => account_patch(account, original),
        None => unlisted_patch(run, work, one, own),
    };
    let modified = listed.map(|(_, original)| original.modified);
    let account_op = (!patch.is_empty()).then(|| {
        let ids = ids(run, one, Some(one.id.to_owned()));
        let action = Action::Update(RecordPatch::Account(patch));
        let why = (reason, rule(reason, ""));
        let mut draft = Draft::new(Side::B, Kind::Account, ids, action, why);
        draft.expect = modified;
        draft.anomalies = lost.unwrap_or_default();
        draft
    });
    let company_op =
        wanted.company.as_ref().and_then(|company| company_draft(run, work, one, (own, company)));
    let mirrored = touched(run, work, one, own);
    let own = &settled(run, work, one, (own, company_op.as_ref()));
    let (account_op, company_op) = enter(work, one, own, (account_op, company_op));
    if let Some((company, op)) = one.company.zip(company_op) {
        agree_with_company(run, work, company, (own.settlement, op));
    }
    if let Some(op) = account_op {
        agree_with_account(work, own.settlement, (&mirrored, op));
        agree_with_account(work, own.settlement, (&[group::MANAGER], op));
    }
    unseen_yet(run, work, one, own);
    remember_left(run, work, one, own);
    remember_account(run, work, one, (own, &wanted, &mirrored));
    if let Some(erp) = own.erp {
        if let Some(on) = work.account_ops.get(&(Side::B, one.id.to_owned())).copied() {
            work.need(erp, on, None);
        }
        let creates =
            work.draft(erp).is_some_and(|draft| matches!(draft.action, Action::Create(_)));
        if creates {
            let code = one.account.map(|one| one.code.or_empty().to_owned());
            let code = code.filter(|code| !code::is_placeholder(code));
            sent(work, one, erp, (code, Reason::Requested));
            send_billing(run, work, one.id, erp);
        }
        work.account_ops.insert((Side::A, one.id.to_owned()), erp);
    }
    if let Some(account) = one.account
        && original.is_some_and(|original| !original.code.same(&account.code))
    {
        let ids = ids(run, one, Some(one.id.to_owned()));
        let action = Action::Stamp(Some(account.code.or_empty().to_owned()));
        let why = (Reason::KeyWrittenBack, "B5.4");
        let mut draft = Draft::new(Side::B, Kind::Account, ids, action, why);
        draft.place = Some(early());
        let op = work.push(draft);
        if let Some(erp) = own.erp {
            work.need(erp, op, None);
        }
    }
}

/// A pair that the core had nothing to do about is settled nevertheless where its company is made, or gets what an earlier
/// run did not write: the link learns which one it is, and a write that fails is looked at again.
fn settled(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, company): (&Drafted, Option<&Draft<super::Sage100>>),
) -> Drafted {
    let makes = |draft: &Draft<super::Sage100>| {
        matches!(draft.action, Action::Create(_)) || run.is_unfinished(one.id)
    };
    let link = run.directory.link_of_id(Kind::Account, one.id);
    let link = link.filter(|_| company.is_some_and(makes));
    let settlement =
        own.settlement.or_else(|| link.map(|link| settle_link(run, work, (one.id, link))));
    Drafted { settlement, ..*own }
}

/// Has a later run list the company of an account of which nothing is to be settled, as where the ERP lost it, until an
/// operation is done (E4, D22).
fn ask_until_done(work: &mut Work<'_, '_>, one: &Joined<'_>, op: u32) {
    let company = one.company.map(|company| company.id.clone());
    let mut again = Settlement::open(Kind::Company, BySide::new(None, company));
    again.ending = Some(Ending::With(op));
    work.sheet.settlements.push(again);
}

/// Enters the writes of an account and its company in the plan. The company's takes the place of the core's draft,
/// since what it shows is what the pair shows; an account without a company shows itself.
fn enter(
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    own: &Drafted,
    (account, company): (Option<Draft<super::Sage100>>, Option<Draft<super::Sage100>>),
) -> (Option<u32>, Option<u32>) {
    let shows_itself = one.company.is_none();
    let mut core = own.crm;
    let mut take = |work: &mut Work<'_, '_>, draft: Draft<super::Sage100>| {
        let Some(op) = core.take() else {
            let is_kept = matches!(draft.reason, Reason::Replicated | Reason::Restored);
            let op = work.push(draft);
            if own.settlement.is_none() {
                ask_until_done(work, one, op);
            }
            if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
                settlement.ops.push(op);
                // What the CRM says while the ERP account is gone is compared when that comes back (B7.4). What a request
                // gives the company is agreed.
                if is_kept && settlement.status == LinkStatus::Closed {
                    settlement.beside.push(op);
                }
            }
            return op;
        };
        if let Some(old) = work.draft(op) {
            let mut anomalies = std::mem::take(&mut old.anomalies);
            anomalies.extend(draft.anomalies);
            let groups = std::mem::take(&mut old.groups);
            let needs = std::mem::take(&mut old.needs);
            let source_modified = old.source_modified;
            *old = Draft { source_modified, needs, groups, anomalies, ..draft };
        }
        op
    };
    let company = company.map(|draft| take(work, draft));
    let account = account.map(|draft| {
        if company.is_none() {
            return take(work, draft);
        }
        let op = work.push(draft);
        if let Some(settlement) = own.settlement.and_then(|at| work.settlement(at)) {
            settlement.ops.push(op);
        }
        op
    });
    if let Some(op) = account {
        work.account_ops.insert((Side::B, one.id.to_owned()), op);
        if !shows_itself && let Some(settlement) = own.settlement.and_then(|at| work.settlement(at))
        {
            settlement.beside.push(op);
        }
        if let Some(company) = company {
            work.need(company, op, None);
        }
    }
    if let Some(op) = core {
        abandon(work, own.settlement, op);
    }
    (account, company)
}

pub(crate) fn ids(run: &Run<'_>, one: &Joined<'_>, id: Option<String>) -> BySide<Option<String>> {
    BySide::new(run.known_code(one.id, one.account), id)
}

/// Why the account is written.
fn why(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, believed): (&Drafted, bool),
) -> Reason {
    if let Some(reason) = run.prepared.wishes.accounts.get(one.id) {
        return *reason;
    }
    let core = own.crm.and_then(|op| work.draft(op).map(|draft| draft.reason));
    let by_company = !touched(run, work, one, own).is_empty() || core.is_some();
    // Without a change of the company it is the ERP's representative that is followed.
    let alone = if believed { Reason::Resync } else { Reason::UpdatedInA };
    let otherwise = if by_company { Reason::Replicated } else { alone };
    core.filter(|reason| *reason != Reason::Restored).unwrap_or(otherwise)
}

/// Why a company is written.
pub(crate) fn company_reason(run: &Run<'_>, company: &str, core: Option<Reason>) -> Reason {
    let asked = run.prepared.wishes.companies.get(company).copied();
    asked.unwrap_or(match core {
        Some(reason @ (Reason::Restored | Reason::Resync)) => reason,
        _ => Reason::Replicated,
    })
}

fn push_company(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (patch, company): (CompanyPatch, &Company),
) -> u32 {
    let reason = company_reason(run, &company.id, None);
    let ids = ids(run, one, Some(company.id.clone()));
    let action = Action::Update(RecordPatch::Company(Box::new(patch)));
    let mut draft = Draft::new(Side::B, Kind::Company, ids, action, (reason, "B16.1"));
    draft.expect = run.listed.company(&company.id).map(|one| one.modified);
    work.push(draft)
}

/// Whether somebody typed another code while the account waits for the ERP: what a run that stopped left in the company
/// gives the account's own code (B5.3, B6.8).
fn is_typed_anew(run: &Run<'_>, one: &Joined<'_>, company: &Company) -> bool {
    let codes = &run.parameters.account_code;
    let account = one.account.filter(|one| one.pending && !is_provisional(&one.id));
    codes.mode == CodeMode::Free
        && account.is_some_and(|account| {
            let typed = code::free(company.account_code.or_empty(), &codes.suffix());
            typed.as_deref().ok() != Some(account.code.or_empty())
        })
}

/// The write of a company, if there is one.
fn company_draft(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    one: &Joined<'_>,
    (own, company): (&Drafted, &Company),
) -> Option<Draft<super::Sage100>> {
    let core = own.crm.and_then(|op| work.draft(op).map(|draft| draft.reason));
    let reason = company_reason(run, &company.id, core);
    if is_provisional(&company.id) {
        let mut record = company.clone();
        let (addresses, contacts) =
            (std::mem::take(&mut record.addresses), std::mem::take(&mut record.contacts));
        drop((addresses, contacts));
        record.id = String::new();
        record.account = Some(one.id.to_owned());
        let ids = ids(run, one, None);
        let action = Action::Create(Record::Company(record));
        let mut draft = Draft::new(Side::B, Kind::Company, ids, action, (reason, "B12.2"));
        let seen = run.listed.account(one.id).map(|one| one.modified.timestamp_millis());
        draft.idempotency_key = Some(format!("{}@{}", company.id, seen.unwrap_or_default()));
        return Some(draft);
    }
    let original = run.listed.company(&company.id)?;
    let patch = company_patch(company, Some(original));
    if patch.is_empty() {
        return None;
    }
    let only_code = patch.fields() == ["account_code"];
    let asked = run.prepared.wishes.companies.contains_key(&company.id);
    let linked = run.directory.link_of_id(Kind::Account, one.id).is_some();
    let pending = one.account.is_some_and(|one| one.pending);
    // What an earlier run did not write is not an edit.
    let unfinished = run.is_unfinished(one.id);
    let anew = is_typed_anew(run, one, original);
    let restored =
        patch.account_code.is_some() && (anew || !asked && linked && !pending && !unfinished);
    if restored {
        let ids = ids(run, one, Some(company.id.clone()));
        let entry =
            JournalEntry::new(run.input.options.now, Code::ReadOnlyField, Some("company"), ids);
        work.sheet.journal.push(entry);
    }
    let reason = if only_code && anew {
        Reason::Restored
    } else if reason != Reason::Replicated || !only_code {
        reason
    } else if restored {
        Reason::Restored
    } else if pending {
        Reason::Requested
    } else {
        reason
    };
    let ids = ids(run, one, Some(company.id.clone()));
    let action = Action::Update(RecordPatch::Company(Box::new(patch)));
    let mut draft = Draft::new(Side::B, Kind::Company, ids, action, (reason, "B16.1"));
    draft.expect = Some(original.modified);
    Some(draft)
}
