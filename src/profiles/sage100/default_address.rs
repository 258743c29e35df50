//! The default address of a contact that comes from the ERP: the billing address of its account (B9.6). A contact does not
//! wait for one that the CRM refuses (B14.4): its link remembers that it is owed, until the contact has it.

use std::collections::BTreeMap;

use super::children::{updates, write};
use super::chosen::settlement_of;
use super::clerk::Mode;
use super::crm::{Contact, ContactPatch};
use super::kind::Kind;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Record, RecordPatch, Slot};
use super::show::{self, facts_of_contact, facts_of_owed};
use crate::plan::{Action, Later, Need, number};
use crate::rules::Reason;

/// The place of the default address among the facts of a contact.
const DEFAULT: u8 = 1;

/// Remembers with each contact that is made beside its billing address that it is owed, and gives it to those that went
/// without.
pub(crate) fn give(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let mut made = BTreeMap::new();
    let mut contacts = BTreeMap::new();
    let drafts = work.sheet.drafts.iter().enumerate();
    for (at, draft) in drafts.filter(|(_, draft)| !draft.dropped) {
        if let Action::Create(Record::Address { .. }) = &draft.action {
            made.extend(draft.ids.a.clone().map(|key| (key, number(at))));
        } else if let Action::Create(Record::Contact { contact, .. }) = &draft.action {
            let address = draft.needs.iter().find(|need| need.optional).map(|need| need.op);
            contacts.extend(address.map(|op| (number(at), (op, contact))));
        }
    }
    for settlement in work.sheet.settlements.iter_mut() {
        let own = settlement.made.b.and_then(|op| Some((op, contacts.get(&op)?)));
        if let Some((op, (address, contact))) = own {
            settlement.facts = facts_of_owed(contact);
            settlement.later = Some(Box::new(later(contact, &[op], Some(*address))));
        }
    }
    // While all is sent nothing of it comes to the CRM (B15.3).
    if run.mode() != Mode::Send {
        give_owed(run, work, &made);
    }
}

/// The facts of a contact once it has its default address, which an operation may make.
fn later(contact: &Contact, ops: &[u32], address: Option<u32>) -> Later {
    Later {
        after: ops.iter().copied().chain(address).collect(),
        complete: true,
        made: address.map(|op| (op, DEFAULT)),
        facts: facts_of_contact(contact),
    }
}

fn give_owed(run: &Run<'_>, work: &mut Work<'_, '_>, made: &BTreeMap<String, u32>) {
    let updates = updates(work);
    for (code, account) in &run.directory.account_of {
        // What rests is left alone (B14.4).
        let Some(one) = run.directory.joined.get(account).filter(|one| !one.parked) else {
            continue;
        };
        let (addresses, contacts) = one.children();
        let mut owed: Vec<_> = contacts.iter().filter(|one| is_owed(run, one)).collect();
        if owed.is_empty() {
            continue;
        }
        let key = format!("{code}#");
        let made = made.get(&key).copied();
        let there = run.directory.link_of(Kind::Address, &key).map(|(_, link)| &link.ids.b);
        let there = there.filter(|id| made.is_none() && addresses.iter().any(|one| one.id == **id));
        if made.is_none() && there.is_none() {
            continue;
        }
        // The order of a listing has no meaning (D11).
        owed.sort_unstable_by_key(|one| &one.id);
        for contact in owed {
            give_to(run, work, &updates, (contact, there.cloned(), made));
        }
    }
}

/// Gives a contact its default address: one that is there, or one that this run makes.
fn give_to(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    updates: &BTreeMap<(Kind, String), u32>,
    (contact, address, made): (&Contact, Option<String>, Option<u32>),
) {
    if settlement_of(run, work, Kind::Contact, &contact.id).is_none() {
        return;
    }
    let key = (Kind::Contact, contact.id.clone());
    let known = updates.contains_key(&key);
    let patch =
        ContactPatch { default_address: address.clone().map(Some), ..ContactPatch::default() };
    let Some(op) = write(work, updates, key, (RecordPatch::Contact(patch), Reason::CreatedInA))
    else {
        return;
    };
    if let (Some(draft), Some(made)) = (work.draft(op), made) {
        // What else is written of the contact does not wait for the address.
        draft.needs.push(Need { op: made, slot: Some(Slot::DefaultAddress), optional: known });
    }
    if let Some(one) = settlement_of(run, work, Kind::Contact, &contact.id) {
        // What the contact says beside it may not be compared in this run.
        if !known {
            one.ops.push(op);
            one.beside.push(op);
        }
        one.facts = facts_of_owed(contact);
        let has = Contact { default_address: address, ..contact.clone() };
        one.later = Some(Box::new(later(&has, &[op], made)));
    }
}

/// Whether a contact went without its default address, and has none yet.
pub(crate) fn is_owed(run: &Run<'_>, contact: &Contact) -> bool {
    contact.default_address.is_none()
        && run.directory.link_of_id(Kind::Contact, &contact.id).is_some_and(show::is_owed)
}
