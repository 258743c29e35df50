//! The ERP side: accounts of the Gestion Commerciale, with their addresses and contacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code;
use super::crm::{Account, FreeFieldType, Lists, Representative, Turnover};
use crate::model::record::{plain_field_values, record};
use crate::model::{Instant, Text};

/// All records of an ERP base that the host could list, and its directory.
///
/// Representatives, lists and free fields are always complete; accounts are as complete as the listing says. A
/// listed account lists all of its addresses and contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Erp {
    /// Accounts (`Tiers`) of every kind.
    pub accounts: Vec<ErpAccount>,
    /// Representatives (`Collaborateur`).
    pub representatives: Vec<Representative>,
    /// The lists of the company parameters.
    pub lists: Lists,
    /// Definitions of free-information fields (B15.5).
    pub free_fields: Vec<ErpFreeField>,
    /// Whether the ERP numbers accounts that come without a code (B5.6).
    pub codification: bool,
}

/// The definition of a free-information field in the ERP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErpFreeField {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub holds: FreeFieldType,
}

/// What an ERP account is (B1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErpAccountKind {
    /// A customer. The default.
    #[default]
    Customer,
    /// Any other: takes no part.
    Other,
    /// A supplier.
    Supplier,
}

record! {
    /// An address of an ERP account; a delivery address is known by its label (B9.1).
    ErpAddress, ErpAddressPatch, id = label,
    required {}
    identity {}
    fields {
        /// Label (`Intitulé`).
        label: Text,
        /// Street (`Adresse`).
        street: Text,
        /// Complement.
        complement: Text,
        /// Postal code.
        postal_code: Text,
        /// City.
        city: Text,
        /// Region.
        region: Text,
    }
    blocks {}
    parts {}
}

record! {
    /// A contact of an ERP account.
    ErpContact, ErpContactPatch, id = id,
    required {
        /// The ERP's id of it.
        id: String,
    }
    identity {
        /// The CRM contact it was made from.
        origin: Option<String>,
    }
    fields {
        /// Last name.
        last_name: Text,
        /// First name.
        first_name: Text,
        /// Function.
        function: Text,
        /// Department.
        service: Text,
        /// Telephone.
        phone: Text,
        /// Fax.
        fax: Text,
        /// Mobile telephone.
        mobile: Text,
        /// E-mail.
        email: Text,
    }
    blocks {}
    parts {}
}

record! {
    /// An account of the ERP (`Tiers`).
    ErpAccount, ErpAccountPatch, id = code,
    required {
        /// Account number.
        code: String,
        /// When it, or one of its addresses or contacts, was last changed.
        modified: Instant,
        /// Customer, supplier or other.
        kind: ErpAccountKind,
    }
    identity {
        /// The CRM account it was made from.
        origin: Option<String>,
        /// The billing address (tab `Identification`).
        billing: ErpAddress,
        /// The delivery addresses (tab `Livraison`).
        delivery: Vec<ErpAddress>,
        /// The contacts; their order has a meaning (B9.5).
        contacts: Vec<ErpContact>,
    }
    fields {
        /// Title (`Intitulé`).
        title: Text,
        /// Short name (`Abrégé`).
        short_name: Text,
        /// Contact by name (`Interlocuteur`).
        contact_name: Text,
        /// Web site.
        website: Text,
        /// Activity code.
        naf: Text,
        /// Establishment number.
        siret: Text,
        /// Currency.
        currency: Text,
        /// Accounting category.
        accounting_category: Text,
        /// Price category.
        price_category: Text,
        /// Language.
        language: Text,
        /// Telephone.
        phone: Text,
        /// Fax.
        fax: Text,
        /// E-mail.
        email: Text,
        /// Collective account.
        collective_account: Text,
        /// Paying account.
        payer: Text,
        /// Payment terms.
        payment_terms: Text,
        /// Risk-code label.
        risk_label: Text,
        /// Risk action code.
        risk_action: Text,
        /// Whether it sleeps (`Mis en sommeil`, B10).
        dormant: bool,
        /// Its representative.
        representative: Option<String>,
        /// Turnover.
        turnover: Turnover,
        /// Values of free-information fields, by name.
        free: BTreeMap<String, String>,
    }
    blocks {}
    parts {}
}

impl Erp {
    /// An account by its code.
    pub(crate) fn account(&self, code: &str) -> Option<&ErpAccount> {
        self.accounts.iter().find(|one| one.code == code)
    }

    /// The code of an account of the CRM: while that one does not show it yet, the code of what was made from it (B2.5).
    pub(crate) fn code_of<'c>(&'c self, account: &'c Account) -> &'c str {
        let own = account.code.or_empty();
        let made = || self.accounts.iter().find(|one| one.origin.as_ref() == Some(&account.id));
        let made = if code::is_placeholder(own) { made() } else { None };
        made.map_or(own, |one| one.code.as_str())
    }

    /// An account by its code, to be changed.
    pub(crate) fn account_mut(&mut self, code: &str) -> Option<&mut ErpAccount> {
        self.accounts.iter_mut().find(|one| one.code == code)
    }
}

impl ErpAddress {
    /// Whether all its texts but the label are blank.
    pub fn is_blank(&self) -> bool {
        [&self.street, &self.complement, &self.postal_code, &self.city, &self.region]
            .into_iter()
            .all(Text::is_blank)
    }
}

plain_field_values!(Turnover, BTreeMap<String, String>);
