//! The operations on addresses and contacts beside the core's: what requests change of them, stamps of labels, the
//! main contact (B9).

use std::collections::{BTreeMap, BTreeSet};

use super::chosen;
use super::clerk::Mode;
use super::crm::{Address, AddressPatch, Company, Contact, ContactPatch};
use super::default_address;
use super::directory::Joined;
use super::kind::{Kind, address as group, contact};
use super::made::is_provisional;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Record, RecordPatch, Slot};
use super::show::print_in;
use super::value::Value;
use crate::model::record::Patch as _;
use crate::model::{BySide, Side};
use crate::plan::{Action, Advance, Draft, Ending, Settlement};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::Link;

/// Completes the operations on addresses and contacts.
pub(crate) fn complete(run: &Run<'_>, work: &mut Work<'_, '_>) {
    tie_to_new_accounts(work);
    write_asked(run, work);
    write_functions(run, work);
    stamp_labels(run, work);
    default_address::give(run, work);
    main_contacts(run, work);
    pair_with_accounts(run, work);
}

/// Addresses and contacts that meet because a request joins their account are no pairs until it is joined: else they would
/// stay tied to each other where another account is joined next (B11.4).
fn pair_with_accounts(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let asked = &run.prepared.wishes.accounts;
    for at in 0..work.sheet.settlements.len() {
        let Some(one) = work.sheet.settlements.get(at) else { continue };
        let meets = one.key.is_none() && one.ids.a.is_some() && one.ending.is_none();
        let kinds = [Kind::Address, Kind::Contact];
        let kind = kinds.into_iter().find(|kind| meets && kind.code() == one.kind);
        let key = kind.and_then(|kind| Some((kind, one.ids.b.clone()?)));
        let owner = key.and_then(|key| work.owners.get(&key)).filter(|id| asked.contains_key(*id));
        let joins = owner.and_then(|id| work.account_ops.get(&(Side::B, id.clone()))).copied();
        if let Some((op, one)) = joins.zip(work.settlement(at)) {
            one.ending = Some(Ending::Without(op));
        }
    }
}

/// What comes from the ERP under an account that this run makes waits for its key.
fn tie_to_new_accounts(work: &mut Work<'_, '_>) {
    let mut needs = Vec::new();
    for (at, draft) in work.sheet.drafts.iter().enumerate() {
        let Action::Create(
            Record::Address { account: owner, .. } | Record::Contact { account: owner, .. },
        ) = &draft.action
        else {
            continue;
        };
        if is_provisional(owner)
            && let Some(op) = work.account_ops.get(&(Side::B, owner.clone()))
        {
            needs.push((at, *op));
        }
    }
    for (at, op) in needs {
        work.need(crate::plan::number(at), op, Some(Slot::Account));
    }
}

/// The core's update or deletion of a record of the CRM, by kind and id.
pub(super) fn updates(work: &Work<'_, '_>) -> BTreeMap<(Kind, String), u32> {
    let drafts = work.sheet.drafts.iter().enumerate();
    let own = drafts.filter(|(_, draft)| {
        let is_own = matches!(draft.action, Action::Update(_) | Action::Delete);
        draft.side == Side::B && !draft.dropped && is_own
    });
    own.filter_map(|(at, draft)| {
        Some(((draft.kind, draft.ids.b.clone()?), crate::plan::number(at)))
    })
    .collect()
}

/// What requests changed of addresses and contacts (B8.4, B9.7, B11.4).
fn write_asked(run: &Run<'_>, work: &mut Work<'_, '_>) {
    if run.prepared.wishes.companies.is_empty() {
        return;
    }
    let mut known: BTreeMap<(Kind, &str), Child<'_>> = BTreeMap::new();
    for company in &run.input.crm.companies {
        index(&mut known, &company.addresses, &company.contacts);
    }
    for account in &run.input.crm.accounts {
        index(&mut known, &account.addresses, &account.contacts);
    }
    let updates = updates(work);
    for (id, reason) in &run.prepared.wishes.companies {
        let Some(company) = run.prepared.crm.company(id) else { continue };
        for one in &company.addresses {
            let Some(Child::Address(original)) = known.get(&(Kind::Address, one.id.as_str()))
            else {
                continue;
            };
            let mut patch = AddressPatch::of(one);
            patch.reduce(original);
            if !patch.is_empty() {
                let chosen = patch.kind.is_some();
                let key = (Kind::Address, one.id.clone());
                let op = write(work, &updates, key, (RecordPatch::Address(patch), *reason));
                if let Some(op) = op.filter(|_| chosen) {
                    chosen::remember_kind(run, work, &one.id, op);
                }
            }
        }
        let mut unmarked = Vec::new();
        for one in &company.contacts {
            let Some(Child::Contact(original)) = known.get(&(Kind::Contact, one.id.as_str()))
            else {
                continue;
            };
            let mut patch = ContactPatch::of(one);
            patch.reduce(original);
            if !patch.is_empty() {
                let is_unmarked = patch.main == Some(false);
                let key = (Kind::Contact, one.id.clone());
                let op = write(work, &updates, key, (RecordPatch::Contact(patch), *reason));
                unmarked.extend(op.filter(|_| is_unmarked).map(|op| (one.id.as_str(), op)));
            }
        }
        chosen::remember_main(run, work, company, &mut unmarked);
    }
}

/// A record of the CRM as it was listed.
enum Child<'a> {
    Address(&'a Address),
    Contact(&'a Contact),
}

fn index<'a>(
    known: &mut BTreeMap<(Kind, &'a str), Child<'a>>,
    addresses: &'a [Address],
    contacts: &'a [Contact],
) {
    for one in addresses {
        known.insert((Kind::Address, &one.id), Child::Address(one));
    }
    for one in contacts {
        known.insert((Kind::Contact, &one.id), Child::Contact(one));
    }
}

/// Adds values to the update of a record, or makes one: a record is written once, and not where it goes. Gives its number.
pub(super) fn write(
    work: &mut Work<'_, '_>,
    updates: &BTreeMap<(Kind, String), u32>,
    key: (Kind, String),
    (patch, reason): (RecordPatch, Reason),
) -> Option<u32> {
    let known = updates.get(&key).copied();
    let existing = known.and_then(|op| work.draft(op));
    match (existing.map(|draft| &mut draft.action), patch) {
        (Some(Action::Update(RecordPatch::Address(own))), RecordPatch::Address(more)) => {
            *own = AddressPatch { kind: more.kind.or(own.kind), ..own.clone() };
        }
        (Some(Action::Update(RecordPatch::Contact(own))), RecordPatch::Contact(more)) => {
            *own = ContactPatch {
                main: more.main.or(own.main),
                function: own.function.clone().or(more.function),
                default_address: own.default_address.clone().or(more.default_address),
                ..own.clone()
            };
        }
        (Some(Action::Delete), _) => return None,
        (_, patch) => {
            let (kind, id) = key;
            let code = key_of(work, kind, &id);
            let ids = BySide::new(code, Some(id));
            let draft = Draft::new(Side::B, kind, ids, Action::Update(patch), (reason, "B9"));
            return Some(work.push(draft));
        }
    }
    known
}

/// The ERP's key of a record of the CRM, as its settlement or link knows it.
fn key_of(work: &Work<'_, '_>, kind: Kind, id: &str) -> Option<String> {
    let settlements = work.sheet.settlements.iter();
    let mut own =
        settlements.filter(|one| one.kind == kind.code() && one.ids.b.as_deref() == Some(id));
    own.find_map(|one| one.ids.a.clone())
}

/// A contact that goes to the ERP with its qualification for a function has it in the CRM too (B9.7); one whose
/// department the ERP does not know goes without it (B9.8).
fn write_functions(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let updates = updates(work);
    let drafts = work.sheet.drafts.iter().enumerate();
    let created: BTreeMap<String, u32> = drafts
        .filter(|(_, draft)| draft.side == Side::A && matches!(draft.action, Action::Create(_)))
        .filter(|(_, draft)| draft.kind == Kind::Contact)
        .filter_map(|(at, draft)| Some((draft.ids.b.clone()?, crate::plan::number(at))))
        .collect();
    if created.is_empty() {
        return;
    }
    let contacts = run.directory.joined.values().filter_map(|one| one.company);
    let mut contacts: Vec<&Contact> = contacts.flat_map(|one| &one.contacts).collect();
    contacts.sort_by_key(|one| &one.id);
    for one in contacts {
        if created.contains_key(&one.id) && !run.knows_service(one.service.or_empty()) {
            let ids = BySide::new(None, Some(one.id.clone()));
            let kind = Some(Kind::Contact.name(Side::B));
            work.sheet.journal.push(JournalEntry::new(
                run.input.options.now,
                Code::UnknownService,
                kind,
                ids,
            ));
        }
        let open = one.function.is_blank() && !one.qualification.is_blank();
        let Some(made) = created.get(&one.id).copied().filter(|_| open) else { continue };
        // Where nothing but keys is written to the CRM the next run brings it (B15.3).
        let op = if run.mode() == Mode::Send {
            None
        } else {
            let function = Some(one.qualification.clone());
            let patch = ContactPatch { function, ..ContactPatch::default() };
            let key = (Kind::Contact, one.id.clone());
            write(work, &updates, key, (RecordPatch::Contact(patch), Reason::CreatedInB))
        };
        // Until the CRM says it too, both do not agree on it.
        let mut settlements = work.sheet.settlements.iter_mut();
        if let Some(settlement) = settlements.find(|one| one.made.a == Some(made)) {
            settlement.ops.extend(op);
            if let Some(advance) = settlement.groups.get_mut(contact::FUNCTION) {
                *advance = op.map_or(Advance::Never, Advance::With);
            }
        }
    }
}

/// The labels that were generated for the ERP are written on the CRM's addresses (B9.1).
fn stamp_labels(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for at in 0..work.sheet.drafts.len() {
        let Some(draft) = work.sheet.drafts.get(at) else { continue };
        let creates = draft.side == Side::A && matches!(draft.action, Action::Create(_));
        if draft.kind != Kind::Address || !creates || draft.dropped {
            continue;
        }
        let Some(id) = draft.ids.b.clone() else { continue };
        let Some(label) = run.directory.labels.get(id.as_str()).cloned() else { continue };
        let made = crate::plan::number(at);
        let ids = BySide::new(None, Some(id));
        let why = (Reason::KeyWrittenBack, "B9.1");
        let text = Value::Text(label.clone());
        let print = print_in(&run.prepared.state.key, Kind::Address, group::LABEL, &text);
        let draft = Draft::new(Side::B, Kind::Address, ids, Action::Stamp(Some(label)), why);
        let op = work.push(draft);
        work.need(op, made, None);
        let settlement = work.sheet.settlements.iter_mut().find(|one| one.made.a == Some(made));
        if let Some(settlement) = settlement {
            settlement.ops.push(op);
            if let Some(advance) = settlement.groups.get_mut(group::LABEL) {
                *advance = Advance::With(op);
            }
            // An ERP that does not tell what it stored shows the label that it was given.
            let shown = &mut settlement.shown.a;
            shown.resize(shown.len().max(group::LABEL + 1), None);
            if let Some(shown) = shown.get_mut(group::LABEL) {
                *shown = print;
            }
            // An unanswered creation has not brought the label here.
            for (_, asked) in &mut settlement.asked {
                asked.retain(|one| usize::from(one.group) != group::LABEL);
            }
        }
    }
}

/// A company that its main contact leaves gets the first linked one of the ERP's list (B9.5).
fn main_contacts(run: &Run<'_>, work: &mut Work<'_, '_>) {
    // Nothing but keys and replicas goes to the CRM then (B15.3).
    if run.mode() == Mode::Send {
        return;
    }
    let deleted: BTreeSet<String> = work
        .sheet
        .drafts
        .iter()
        .filter(|draft| draft.side == Side::B && draft.kind == Kind::Contact && !draft.held)
        .filter(|draft| matches!(draft.action, Action::Delete))
        .filter_map(|draft| draft.ids.b.clone())
        .collect();
    let made_again: BTreeSet<String> = work
        .sheet
        .drafts
        .iter()
        .filter(|draft| draft.side == Side::B && draft.kind == Kind::Contact)
        .filter(|draft| matches!(draft.action, Action::Create(_)))
        .filter_map(|draft| draft.ids.a.clone())
        .collect();
    if run.crm_is_partial() && !deleted.is_empty() {
        unlisted_main_contacts(run, work, &deleted);
    }
    let updates = updates(work);
    let gone = Gone { deleted: &deleted, made_again: &made_again };
    for one in run.directory.joined.values().filter(|one| !one.parked) {
        let Some(company) = one.company else { continue };
        let known = run.directory.code_of.get(one.id).copied();
        let erp = known.and_then(|code| run.directory.erp_accounts.get(code));
        let Some((code, erp)) = known.zip(erp) else {
            let code =
                run.known_code(one.id, one.account).filter(|_| run.lacks_a_main_contact(one.id));
            if let Some(code) = code.filter(|_| !run.is_account_gone(one.id)) {
                ask_for(work, (&code, &company.id), None);
            }
            continue;
        };
        let stays = |one: &&Contact| !deleted.contains(&one.id);
        if company.contacts.iter().filter(stays).any(|one| one.main)
            || !left(run, (one, company), (code, &gone))
        {
            continue;
        }
        let own = company.contacts.iter().filter(stays).map(|one| one.id.as_str());
        let next = run.first_linked_contact(erp, |id| own.clone().any(|one| one == id));
        if let Some(next) = next {
            let patch = ContactPatch { main: Some(true), ..ContactPatch::default() };
            let key = (Kind::Contact, next.to_owned());
            let op = write(work, &updates, key, (RecordPatch::Contact(patch), Reason::UpdatedInA));
            // Until it is done both are looked at again.
            if run.lacks_a_main_contact(one.id) {
                ask_for(work, (code, &company.id), op.map(Ending::With));
            } else if let Some(op) = op {
                chosen::remember_leaderless(run, work, one.id, op);
            }
        }
    }
}

/// The same for companies that are not among the changes: links know which contact was the main one.
fn unlisted_main_contacts(run: &Run<'_>, work: &mut Work<'_, '_>, deleted: &BTreeSet<String>) {
    let updates = updates(work);
    for (code, erp) in &run.directory.erp_accounts {
        let Some(account) = run.directory.account_of_key(code) else { continue };
        let listed = run.directory.joined.get(account).is_some_and(|one| one.company.is_some());
        if listed {
            continue;
        }
        let main: Vec<&String> = run.directory.main_links(code).map(|((_, id), _)| id).collect();
        if main.is_empty() || main.iter().any(|id| !deleted.contains(*id)) {
            continue;
        }
        let next = run.first_linked_contact(erp, |id| !deleted.contains(id)).map(str::to_owned);
        if let Some(next) = next {
            let patch = ContactPatch { main: Some(true), ..ContactPatch::default() };
            let key = (Kind::Contact, next);
            let op = write(work, &updates, key, (RecordPatch::Contact(patch), Reason::UpdatedInA));
            if let Some(op) = op {
                chosen::remember_leaderless(run, work, account, op);
            }
        }
    }
}

/// The contacts of the CRM that go in this run, and the ERP's that come again.
struct Gone<'g> {
    deleted: &'g BTreeSet<String>,
    made_again: &'g BTreeSet<String>,
}

/// Whether the main contact of a company is gone, or goes in this run.
fn left(
    run: &Run<'_>,
    (one, company): (&Joined<'_>, &Company),
    (code, gone): (&str, &Gone<'_>),
) -> bool {
    let stays = |id: &String| {
        company.contacts.iter().any(|one| one.id == *id) && !gone.deleted.contains(id)
    };
    let is_left = |id: &String, link: &Link| !stays(id) && !gone.made_again.contains(&link.ids.a);
    run.directory.main_links(code).any(|((_, id), link)| is_left(id, link))
        || company.contacts.iter().any(|one| one.main && gone.deleted.contains(&one.id))
        || run.is_leaderless(one.id)
}

/// Has a later run list an ERP account and the company of it, unless an operation is done.
fn ask_for(work: &mut Work<'_, '_>, (code, company): (&str, &str), ending: Option<Ending>) {
    let (code, company) = (Some(code.to_owned()), Some(company.to_owned()));
    let accounts = (Kind::Account, BySide::new(code, None));
    for (kind, ids) in [accounts, (Kind::Company, BySide::new(None, company))] {
        let mut again = Settlement::open(kind, ids);
        again.ending = ending;
        work.sheet.settlements.push(again);
    }
}
