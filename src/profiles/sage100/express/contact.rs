//! Contacts; their telephones and e-mails, and those of accounts, are groups of their own (B8.3).

use super::{name_texts, text, texts};
use crate::model::{Side, Text};
use crate::profile::Change;
use crate::profiles::sage100::crm::{Contact, ContactPatch};
use crate::profiles::sage100::erp::{ErpAccount, ErpContact, ErpContactPatch};
use crate::profiles::sage100::kind::{Kind, contact as group};
use crate::profiles::sage100::made::{known, or, phone};
use crate::profiles::sage100::run::Run;
use crate::profiles::sage100::show::is_main;

/// The CRM's copy of an ERP contact; the first of the ERP's list is the main one of a company that has none yet
/// (B9.5).
pub(super) fn crm(
    run: &Run<'_>,
    change: &Change<'_, '_, Run<'_>>,
    (account, own): (&ErpAccount, &ErpContact),
) -> Contact {
    let key = format!("{}#{}", account.code, own.id);
    let link = run.directory.link_of(Kind::Contact, &key);
    let was_main = link.is_some_and(|(_, link)| is_main(link));
    let mut contact = Contact {
        origin: Some(own.id.clone()),
        main: was_main || is_first_of_new(run, account, own),
        ..Contact::default()
    };
    crate::model::record::Patch::apply(crm_patch(change), &mut contact);
    contact
}

fn is_first_of_new(run: &Run<'_>, account: &ErpAccount, own: &ErpContact) -> bool {
    let first = account.contacts.first().is_some_and(|one| one.id == own.id);
    let linked = account.contacts.iter().any(|one| {
        run.directory.link_of(Kind::Contact, &format!("{}#{}", account.code, one.id)).is_some()
    });
    let joined = run.directory.account_of.get(account.code.as_str());
    let joined = joined.and_then(|id| run.directory.joined.get(id));
    let has_main = joined.is_some_and(|one| one.children().1.iter().any(|one| one.main));
    let restored = joined.is_some_and(|one| run.prepared.wishes.restored.contains(one.id));
    // One that an earlier run did not make is made as it was to be.
    let key = (Side::A, format!("{}#{}", account.code, own.id));
    let retried = run.prepared.state.retries.contains_key(&key);
    first && !has_main && (!linked || restored || retried)
}

/// An ERP contact for one of the CRM (B9.7, B9.8).
pub(super) fn erp(run: &Run<'_>, one: &Contact) -> ErpContact {
    let service = if run.knows_service(one.service.or_empty()) {
        known(&one.service)
    } else {
        Text::default()
    };
    ErpContact {
        id: String::new(),
        origin: Some(one.id.clone()),
        last_name: known(&one.last_name),
        first_name: known(&one.first_name),
        function: known(&or(&one.function, one.qualification.or_empty())),
        service,
        phone: phone(&one.phone),
        fax: phone(&one.fax),
        mobile: phone(&one.mobile),
        email: phone(&one.email),
    }
}

/// New values for an ERP contact.
pub(super) fn erp_patch(change: &Change<'_, '_, Run<'_>>) -> ErpContactPatch {
    let mut patch = ErpContactPatch {
        function: text(change, group::FUNCTION),
        service: text(change, group::SERVICE),
        phone: text(change, group::PHONE),
        fax: text(change, group::FAX),
        mobile: text(change, group::MOBILE),
        email: text(change, group::EMAIL),
        ..ErpContactPatch::default()
    };
    let name = texts(change, group::NAME);
    name_texts!(patch, name, [last_name, first_name]);
    patch
}

/// New values for a contact of the CRM.
pub(super) fn crm_patch(change: &Change<'_, '_, Run<'_>>) -> ContactPatch {
    let mut patch = ContactPatch {
        function: text(change, group::FUNCTION),
        service: text(change, group::SERVICE),
        phone: text(change, group::PHONE),
        fax: text(change, group::FAX),
        mobile: text(change, group::MOBILE),
        email: text(change, group::EMAIL),
        ..ContactPatch::default()
    };
    let name = texts(change, group::NAME);
    name_texts!(patch, name, [last_name, first_name]);
    patch
}
