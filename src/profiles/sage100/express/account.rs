//! Accounts.

use super::text;
use crate::model::Text;
use crate::profile::Change;
use crate::profiles::sage100::code;
use crate::profiles::sage100::crm::{
    Account, AccountKind, Company, CompanyPatch, Replicated, Status,
};
use crate::profiles::sage100::directory::billing;
use crate::profiles::sage100::erp::{ErpAccount, ErpAccountKind, ErpAccountPatch, ErpAddress};
use crate::profiles::sage100::kind::account as group;
use crate::profiles::sage100::made::{self, phone};
use crate::profiles::sage100::parameters::When;
use crate::profiles::sage100::run::Run;
use crate::profiles::sage100::schema::Native;
use crate::profiles::sage100::value::Value;

/// The CRM account of a new ERP account (B7.1).
pub(super) fn crm(run: &Run<'_>, one: &ErpAccount) -> Account {
    let account = made::account_of_erp(run.parameters, one);
    let live = &run.prepared.viewer.live;
    let free = account.replicated.free.into_iter().filter(|(name, _)| live.contains(name));
    let replicated = Replicated { free: free.collect(), ..account.replicated };
    Account { replicated, ..account }
}

/// The ERP account of a company that asked for one (B6.6), with its billing address.
pub(super) fn erp(run: &Run<'_>, account: &Account, company: &Company) -> ErpAccount {
    let code = account.code.or_empty();
    let code = if code::is_placeholder(code) { "" } else { code };
    ErpAccount {
        code: code.to_owned(),
        kind: match account.kind {
            AccountKind::Customer => ErpAccountKind::Customer,
            AccountKind::Supplier => ErpAccountKind::Supplier,
        },
        origin: Some(account.id.clone()).filter(|id| !made::is_provisional(id)),
        title: company.name.clone(),
        short_name: company.short_name.clone(),
        website: company.website.clone(),
        naf: company.naf.clone(),
        siret: company.siret.clone(),
        currency: company.currency.clone(),
        accounting_category: company.accounting_category.clone(),
        price_category: company.price_category.clone(),
        language: company.language.clone(),
        phone: phone(&company.phone),
        fax: phone(&company.fax),
        email: phone(&company.email),
        representative: representative(run, company),
        billing: billing(&company.addresses).map(erp_address).unwrap_or_default(),
        ..ErpAccount::default()
    }
}

fn erp_address(one: &crate::profiles::sage100::crm::Address) -> ErpAddress {
    ErpAddress {
        label: one.label.clone(),
        street: one.street.clone(),
        complement: one.complement.clone(),
        postal_code: one.postal_code.clone(),
        city: one.city.clone(),
        region: one.region.clone(),
    }
}

/// The representative a new ERP account gets from the company's manager (B4.13).
pub(crate) fn representative(run: &Run<'_>, company: &Company) -> Option<String> {
    let wanted = run.parameters.representative_from_manager != When::Never;
    let manager = company.manager.as_deref().filter(|_| wanted)?;
    run.prepared.viewer.representative_of(manager).map(str::to_owned)
}

/// New values for an ERP account.
pub(super) fn erp_patch(change: &Change<'_, '_, Run<'_>>) -> ErpAccountPatch {
    ErpAccountPatch {
        title: text(change, group::NAME),
        short_name: text(change, group::SHORT_NAME),
        website: text(change, group::WEBSITE),
        naf: text(change, group::NAF),
        siret: text(change, group::SIRET),
        currency: text(change, group::CURRENCY),
        price_category: text(change, group::PRICE_CATEGORY),
        language: text(change, group::LANGUAGE),
        phone: text(change, group::PHONE),
        fax: text(change, group::FAX),
        email: text(change, group::EMAIL),
        representative: match change.carried(group::MANAGER) {
            Some(Value::Agent(agent)) => agent.representative.clone().map(Some),
            _ => None,
        },
        ..ErpAccountPatch::default()
    }
}

/// New values for a company, and through it for the account that mirrors it.
pub(super) fn crm_patch(run: &Run<'_>, change: &Change<'_, '_, Run<'_>>) -> CompanyPatch {
    CompanyPatch {
        name: text(change, group::NAME),
        short_name: text(change, group::SHORT_NAME),
        main_contact: text(change, group::MAIN_CONTACT),
        website: text(change, group::WEBSITE),
        naf: text(change, group::NAF),
        siret: text(change, group::SIRET),
        currency: text(change, group::CURRENCY),
        accounting_category: text(change, group::ACCOUNTING_CATEGORY),
        price_category: text(change, group::PRICE_CATEGORY),
        language: text(change, group::LANGUAGE),
        phone: text(change, group::PHONE),
        fax: text(change, group::FAX),
        email: text(change, group::EMAIL),
        status: match change.carried(group::STATUS) {
            Some(Value::Inactive(true)) => Some(Status::Inactive),
            Some(Value::Inactive(false)) => Some(Status::Active),
            _ => None,
        },
        replicated: replicated(run, change, change.carried(group::REPLICATED)),
        manager: match change.carried(group::MANAGER) {
            Some(Value::Agent(agent)) => agent.user.clone().map(Some),
            _ => None,
        },
        ..CompanyPatch::default()
    }
}

/// What the ERP says, and the values of free fields it no longer has (B15.5).
fn replicated(
    run: &Run<'_>,
    change: &Change<'_, '_, Run<'_>>,
    value: Option<&Value>,
) -> Option<Replicated> {
    let Some(Value::Replicated(value)) = value else { return None };
    let current = change.current.and_then(|entry| {
        let Native::Joined { account, company, .. } = entry.native else { return None };
        company.map(|one| &one.replicated).or_else(|| account.map(|one| &one.replicated))
    });
    let live = &run.prepared.viewer.live;
    let mut free = value.free();
    for (name, text) in current.into_iter().flat_map(|one| &one.free) {
        if !live.contains(name) {
            free.insert(name.clone(), text.clone());
        }
    }
    let [collective_account, payer, payment_terms, risk_label, risk_action] =
        value.texts.clone().map(Text::from);
    Some(Replicated {
        collective_account,
        payer,
        payment_terms,
        risk_label,
        risk_action,
        turnover: value.turnover(),
        free,
    })
}
