//! Contacts; their telephones and e-mails, and those of accounts, are groups of their own (B8.3).

use super::{name_texts, text, texts};
use crate::model::{Side, Text};
use crate::profile::Change;
use crate::profiles::sage100::crm::{Contact, ContactPatch};
use crate::profiles::sage100::directory::code_in;
use crate::profiles::sage100::erp::{ErpAccount, ErpContact, ErpContactPatch};
use crate::profiles::sage100::kind::{Kind, contact as group};
use crate::profiles::sage100::made::{known, or, phone};
use crate::profiles::sage100::run::Run;
use crate::profiles::sage100::show::is_main;
use crate::snapshot::{Link, LinkStatus};

/// The CRM's copy of an ERP contact; the first of the ERP's list is the main one of a company that has none yet
/// (B9.5).
pub(super) fn crm(
    run: &Run<'_>,
    change: &Change<'_, '_, Run<'_>>,
    (account, own): (&ErpAccount, &ErpContact),
) -> Contact {
    let key = format!("{}#{}", account.code, own.id);
    let was_main =
        link_of(run, account, own).is_some_and(is_main) || run.prepared.leaders.contains(&key);
    let mut contact = Contact {
        origin: Some(own.id.clone()),
        main: !has_main(run, account) && (was_main || is_first_of_new(run, account, own)),
        ..Contact::default()
    };
    crate::model::record::Patch::apply(crm_patch(change), &mut contact);
    contact
}

/// The link of an ERP contact.
fn link_of<'a>(run: &Run<'a>, account: &ErpAccount, own: &ErpContact) -> Option<&'a Link> {
    let key = format!("{}#{}", account.code, own.id);
    run.directory.link_of(Kind::Contact, &key).map(|(_, link)| link)
}

/// Whether the company of an account lists a main contact.
fn has_main(run: &Run<'_>, account: &ErpAccount) -> bool {
    let joined = run.directory.account_of.get(account.code.as_str());
    let joined = joined.and_then(|id| run.directory.joined.get(id));
    joined.is_some_and(|one| one.children().1.iter().any(|one| one.main))
}

fn is_first_of_new(run: &Run<'_>, account: &ErpAccount, own: &ErpContact) -> bool {
    let first = account.contacts.first().is_some_and(|one| one.id == own.id);
    let mut links = account.contacts.iter().filter_map(|one| link_of(run, account, one));
    let linked = links.clone().next().is_some();
    // One that was chosen, and is not listed or comes again in this run, stays it.
    let has_chosen = links.any(|link| is_main(link) && link.status != LinkStatus::Closed)
        || run.prepared.leaders.iter().any(|key| code_in(key) == account.code);
    let joined = run.directory.account_of.get(account.code.as_str());
    let restored = joined.is_some_and(|id| run.prepared.wishes.restored.contains(*id));
    // One that an earlier run did not make is made as it was to be.
    let key = (Side::A, format!("{}#{}", account.code, own.id));
    let retried = run.prepared.state.retries.contains_key(&key);
    first && !has_chosen && (!linked || restored || retried)
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
