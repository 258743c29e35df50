//! Addresses (B8.2).

use super::{name_texts, text, texts};
use crate::model::Text;
use crate::profile::Change;
use crate::profiles::sage100::crm::{Address, AddressKind, AddressPatch};
use crate::profiles::sage100::erp::{ErpAddress, ErpAddressPatch};
use crate::profiles::sage100::kind::address as group;
use crate::profiles::sage100::made::known;
use crate::profiles::sage100::run::Run;
use crate::profiles::sage100::value::Value;

/// The CRM's copy of an ERP address.
pub(super) fn crm(change: &Change<'_, '_, Run<'_>>, billing: bool) -> Address {
    let mut patch = AddressPatch {
        label: change.agreed(group::LABEL).map(Value::to_text),
        ..AddressPatch::default()
    };
    if let Some(Value::Texts(texts)) = change.agreed(group::ADDRESS) {
        name_texts!(patch, Some(texts), [street, complement, postal_code, city, region]);
    }
    let mut address = Address {
        kind: Some(if billing { AddressKind::Billing } else { AddressKind::Delivery }),
        ..Address::default()
    };
    crate::model::record::Patch::apply(patch, &mut address);
    address
}

/// An ERP address for one of the CRM; a delivery address is given a label where it has none (B9.1).
pub(super) fn erp(run: &Run<'_>, one: &Address, billing: bool) -> ErpAddress {
    let given = run.directory.labels.get(one.id.as_str()).filter(|_| !billing);
    ErpAddress {
        label: given.map_or_else(|| known(&one.label), |label| Text::from(label.as_str())),
        street: known(&one.street),
        complement: known(&one.complement),
        postal_code: known(&one.postal_code),
        city: known(&one.city),
        region: known(&one.region),
    }
}

/// New values for an ERP address.
pub(super) fn erp_patch(change: &Change<'_, '_, Run<'_>>) -> ErpAddressPatch {
    let mut patch = ErpAddressPatch::default();
    let content = texts(change, group::ADDRESS);
    name_texts!(patch, content, [street, complement, postal_code, city, region]);
    patch
}

/// New values for an address of the CRM.
pub(super) fn crm_patch(change: &Change<'_, '_, Run<'_>>) -> AddressPatch {
    let mut patch = AddressPatch { label: text(change, group::LABEL), ..AddressPatch::default() };
    let content = texts(change, group::ADDRESS);
    name_texts!(patch, content, [street, complement, postal_code, city, region]);
    patch
}
