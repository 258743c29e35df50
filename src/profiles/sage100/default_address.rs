//! The default address of a contact that came from the ERP: the billing address of its account (B9.6).

use std::collections::BTreeMap;

use super::children::{updates, write};
use super::chosen::settlement_of;
use super::crm::{Contact, ContactPatch};
use super::kind::Kind;
use super::replicate::Work;
use super::run::Run;
use super::schema::{RecordPatch, Slot};
use crate::model::Side;
use crate::plan::{Action, Draft, Need, number};
use crate::rules::Reason;

/// The contacts that came from the ERP without their billing address, which the CRM refused or the ERP had not, get it as
/// their default once it comes (B9.6). One that comes again is no news to them: who has none then has none by choice.
pub(crate) fn give(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let drafts = work.sheet.drafts.iter().enumerate();
    let comes = |draft: &Draft<_>| {
        draft.side == Side::B && draft.kind == Kind::Address && !draft.dropped && !draft.held
    };
    let created = drafts
        .filter(|(_, draft)| comes(draft) && matches!(draft.action, Action::Create(_)))
        .filter_map(|(at, draft)| Some((draft.ids.a.clone()?, number(at))));
    let created: BTreeMap<String, u32> = created.collect();
    let updates = updates(work);
    for (code, account) in &run.directory.account_of {
        let Some(one) = run.directory.joined.get(account) else { continue };
        let (addresses, contacts) = one.children();
        let key = format!("{code}#");
        let made = created.get(&key).copied();
        let link = run.directory.link_of(Kind::Address, &key).map(|(_, link)| &link.ids.b);
        let there = link.filter(|id| made.is_none() && addresses.iter().any(|one| one.id == **id));
        if made.is_none() && there.is_none() {
            continue;
        }
        // The order of a listing has no meaning (D11).
        let mut contacts: Vec<_> = contacts.iter().filter(|one| lacks(run, one)).collect();
        contacts.sort_unstable_by_key(|one| &one.id);
        for contact in contacts {
            // An earlier run made the contact without it, or stopped before it came to the contact.
            let waits = run.prepared.state.retries.contains_key(&(Side::B, contact.id.clone()));
            if waits || link.is_none() {
                give_default(run, work, &updates, (contact, there.cloned(), made));
            }
        }
    }
}

/// Gives a contact its default address: one that is there, or one that this run makes.
fn give_default(
    run: &Run<'_>,
    work: &mut Work<'_, '_>,
    updates: &BTreeMap<(Kind, String), u32>,
    (contact, address, made): (&Contact, Option<String>, Option<u32>),
) {
    let key = (Kind::Contact, contact.id.clone());
    if settlement_of(run, work, Kind::Contact, &contact.id).is_none() {
        return;
    }
    let known = updates.contains_key(&key);
    let patch = ContactPatch { default_address: address.map(Some), ..ContactPatch::default() };
    let Some(op) = write(work, updates, key, (RecordPatch::Contact(patch), Reason::CreatedInA))
    else {
        return;
    };
    if let (Some(draft), Some(made)) = (work.draft(op), made) {
        // What else is written of the contact does not wait for the address.
        draft.needs.push(Need { op: made, slot: Some(Slot::DefaultAddress), optional: known });
    }
    if let Some(one) = settlement_of(run, work, Kind::Contact, &contact.id) {
        one.ops.extend(Some(op).filter(|_| !known));
        one.ops.extend(made);
        one.beside.extend(made);
    }
}

/// Whether a contact came from the ERP, is linked, and has no default address.
fn lacks(run: &Run<'_>, contact: &Contact) -> bool {
    contact.origin.is_some()
        && contact.default_address.is_none()
        && run.directory.link_of_id(Kind::Contact, &contact.id).is_some()
}
