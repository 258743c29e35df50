//! From the common form back to the shape of the side that receives it.

mod account;
mod address;
mod contact;

pub(crate) use account::representative;

use super::directory::billing;
use super::kind::Kind;
use super::run::Run;
use super::schema::{Native, Record, RecordPatch, Slot};
use super::value::Value;
use crate::model::Side;
use crate::model::record::Patch;
use crate::plan::{Need, number};
use crate::profile::{Change, Entry, Expressed, Identities, KeyRef};
use crate::schema::Kind as _;

/// A new record of the target side.
pub(crate) fn create<'r>(
    run: &Run<'r>,
    change: &Change<'_, '_, Run<'r>>,
    source: &Entry<'_, Run<'r>>,
    identities: &dyn Identities,
) -> Expressed<Run<'r>, Option<Record>> {
    let mut needs = Vec::new();
    let payload = match source.native {
        Native::ErpAccount(one) => Some(Record::Account(account::crm(run, one))),
        Native::Joined { account: Some(own), company: Some(company), .. } => {
            Some(Record::ErpAccount(account::erp(run, own, company)))
        }
        Native::Joined { .. } => None,
        Native::Billing(one) | Native::Delivery(one, _) => {
            let account = owner(run, identities, (Side::A, &one.code), &mut needs);
            let billing = matches!(source.native, Native::Billing(_));
            Some(Record::Address { account, address: address::crm(change, billing) })
        }
        Native::ErpContact(one, own) => {
            let account = owner(run, identities, (Side::A, &one.code), &mut needs);
            let mut contact = contact::crm(run, change, (one, own));
            contact.default_address = default_address(run, identities, &one.code, &mut needs);
            Some(Record::Contact { account, contact })
        }
        Native::Address { account: own, address: one } => {
            let account = owner(run, identities, (Side::B, own), &mut needs);
            let billing = super::rules::bills(run, source.native);
            let address = address::erp(run, one, billing);
            Some(Record::ErpAddress { account, billing, address })
        }
        Native::Contact { account: own, contact: one } => {
            let account = owner(run, identities, (Side::B, own), &mut needs);
            Some(Record::ErpContact { account, contact: contact::erp(run, one) })
        }
    };
    Expressed { payload, needs, problems: Vec::new() }
}

/// The account a child belongs to on the side it is created on: its key, or the operation that makes it. Of a pair that takes
/// no part in the run the link knows it.
fn owner(
    run: &Run<'_>,
    identities: &dyn Identities,
    (from, id): (Side, &str),
    needs: &mut Vec<Need<super::Sage100>>,
) -> String {
    match identities.counterpart(Kind::Account.code(), from, id) {
        Some(KeyRef::Known(key)) => key,
        Some(KeyRef::Made(op)) => {
            needs.push(Need::new(number(op), Some(Slot::Account)));
            String::new()
        }
        None => {
            let known = match from {
                Side::A => run.directory.account_of_key(id),
                Side::B => {
                    run.directory.link_of_id(Kind::Account, id).map(|link| link.ids.a.as_str())
                }
            };
            known.unwrap_or_default().to_owned()
        }
    }
}

/// The billing address of an account in the CRM: the default address of the contacts that come from it (B9.6). They are no
/// children of it: one that the CRM refuses keeps none of them back (B14.4).
fn default_address(
    run: &Run<'_>,
    identities: &dyn Identities,
    code: &str,
    needs: &mut Vec<Need<super::Sage100>>,
) -> Option<String> {
    match identities.counterpart(Kind::Address.code(), Side::A, &format!("{code}#")) {
        Some(KeyRef::Known(id)) => Some(id),
        Some(KeyRef::Made(op)) => {
            needs.push(Need::optional(number(op), Some(Slot::DefaultAddress)));
            None
        }
        // The ERP has none yet, the company may have one.
        None => {
            let account = run.directory.account_of.get(code)?;
            let (addresses, _) = run.directory.joined.get(account)?.children();
            billing(addresses).map(|one| one.id.clone())
        }
    }
}

/// A patch of the target's record; `None` where it shows all of it already.
pub(crate) fn update<'r>(
    run: &Run<'r>,
    change: &Change<'_, '_, Run<'r>>,
) -> Expressed<Run<'r>, Option<RecordPatch>> {
    let current = change.current.map(|entry| entry.native);
    let payload = match (change.kind, change.target) {
        (Kind::Account, Side::A) => {
            let mut patch = account::erp_patch(change);
            if let Some(Native::ErpAccount(one)) = current {
                patch.reduce(one);
            }
            (!patch.is_empty()).then_some(RecordPatch::ErpAccount(patch))
        }
        // The mirror on the same side may differ where the company does not: what remains is worked out there.
        (Kind::Account, Side::B) => {
            Some(RecordPatch::Company(Box::new(account::crm_patch(run, change))))
        }
        (Kind::Address, Side::A) => {
            let mut patch = address::erp_patch(change);
            match current {
                Some(Native::Billing(one)) => {
                    patch.reduce(&one.billing);
                }
                Some(Native::Delivery(_, one)) => {
                    patch.reduce(one);
                }
                _ => {}
            }
            (!patch.is_empty()).then_some(RecordPatch::ErpAddress(patch))
        }
        (Kind::Address, Side::B) => {
            let mut patch = address::crm_patch(change);
            if let Some(Native::Address { address, .. }) = current {
                patch.reduce(address);
            }
            (!patch.is_empty()).then_some(RecordPatch::Address(patch))
        }
        (Kind::Contact, Side::A) => {
            let mut patch = contact::erp_patch(change);
            if let Some(Native::ErpContact(_, one)) = current {
                patch.reduce(one);
            }
            (!patch.is_empty()).then_some(RecordPatch::ErpContact(patch))
        }
        (Kind::Contact, Side::B) => {
            let mut patch = contact::crm_patch(change);
            if let Some(Native::Contact { contact, .. }) = current {
                patch.reduce(contact);
            }
            (!patch.is_empty()).then_some(RecordPatch::Contact(patch))
        }
        _ => None,
    };
    Expressed { payload, needs: Vec::new(), problems: Vec::new() }
}

/// The agreed text of a group that is carried.
fn text(change: &Change<'_, '_, Run<'_>>, place: usize) -> Option<crate::model::Text> {
    change.carried(place).map(Value::to_text)
}

/// The agreed texts of a group that is carried.
fn texts<'c>(change: &'c Change<'_, '_, Run<'_>>, place: usize) -> Option<&'c [String]> {
    if let Value::Texts(texts) = change.carried(place)? { Some(texts) } else { None }
}

/// Names fields of a patch from texts in their order.
macro_rules! name_texts {
    ($patch:ident, $texts:expr, [$($field:ident),*]) => {
        if let Some(texts) = $texts {
            let mut texts = texts.iter();
            $( $patch.$field = texts.next().map(|text| crate::model::Text::from(text.as_str())); )*
        }
    };
}
use name_texts;
