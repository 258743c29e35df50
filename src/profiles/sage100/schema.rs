//! The profile's data types, and how each record shows itself to a fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::crm::{
    Account, AccountPatch, Address, AddressPatch, Company, CompanyPatch, Contact, ContactPatch,
    FreeField, Representative,
};
use super::erp::{
    ErpAccount, ErpAccountPatch, ErpAddress, ErpAddressPatch, ErpContact, ErpContactPatch,
};
use super::kind::Kind;
use super::mirror::mirrored;
use super::{show, words};
use crate::model::record::Patch as _;
use crate::model::{BySide, Side};
use crate::report::Language;
use crate::rules::Reason;
use crate::schema::Schema;
use crate::snapshot::{LinkStatus, Printer};

/// The types of the profile `sage100`. Side A is the ERP, side B the CRM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sage100;

/// A whole record of either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// A CRM account.
    Account(Account),
    /// An address of the company of a CRM account, or of the account while it has none.
    Address {
        /// The CRM account.
        account: String,
        /// The address.
        address: Address,
    },
    /// A company, tied to the account it names.
    Company(Company),
    /// A contact of the company of a CRM account, or of the account while it has none.
    Contact {
        /// The CRM account.
        account: String,
        /// The contact.
        contact: Contact,
    },
    /// An ERP account with its billing address.
    ErpAccount(ErpAccount),
    /// An address of an ERP account.
    ErpAddress {
        /// The ERP account.
        account: String,
        /// Whether it is the billing address.
        billing: bool,
        /// The address.
        address: ErpAddress,
    },
    /// A contact of an ERP account.
    ErpContact {
        /// The ERP account.
        account: String,
        /// The contact.
        contact: ErpContact,
    },
    /// The definition of a free-information field in the CRM.
    FreeField(FreeField),
    /// A list of the CRM.
    List {
        /// Its name.
        name: String,
        /// Its values.
        values: Vec<String>,
    },
    /// A representative in the CRM.
    Representative(Representative),
}

/// New values for fields of a record of either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordPatch {
    /// For a CRM account.
    Account(AccountPatch),
    /// For an address of the CRM.
    Address(AddressPatch),
    /// For a company.
    Company(Box<CompanyPatch>),
    /// For a contact of the CRM.
    Contact(ContactPatch),
    /// For an ERP account.
    ErpAccount(ErpAccountPatch),
    /// For an address of the ERP.
    ErpAddress(ErpAddressPatch),
    /// For a contact of the ERP.
    ErpContact(ErpContactPatch),
    /// For the definition of a free-information field: whether it is replicated.
    FreeField {
        /// Whether the ERP still has it, with this type.
        replicated: bool,
    },
    /// For a list: all of its values.
    List {
        /// Its values.
        values: Vec<String>,
    },
    /// For a representative: his record.
    Representative(Representative),
}

/// A borrowed record of either side.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Native<'a> {
    /// A CRM account with the company that it is the principal account of; one of them may not be listed.
    Joined { id: &'a str, account: Option<&'a Account>, company: Option<&'a Company> },
    /// An address of the CRM, and the account it belongs to.
    Address { account: &'a str, address: &'a Address },
    /// A contact of the CRM, and the account it belongs to.
    Contact { account: &'a str, contact: &'a Contact },
    /// An ERP account.
    ErpAccount(&'a ErpAccount),
    /// The billing address of an ERP account.
    Billing(&'a ErpAccount),
    /// A delivery address of an ERP account.
    Delivery(&'a ErpAccount, &'a ErpAddress),
    /// A contact of an ERP account.
    ErpContact(&'a ErpAccount, &'a ErpContact),
}

impl Native<'_> {
    /// A copy of the record.
    pub(crate) fn to_record(self) -> Record {
        match self {
            Self::Joined { company: Some(one), .. } => Record::Company(one.clone()),
            Self::Joined { account, .. } => Record::Account(account.cloned().unwrap_or_default()),
            Self::Address { account, address } => {
                Record::Address { account: account.to_owned(), address: address.clone() }
            }
            Self::Contact { account, contact } => {
                Record::Contact { account: account.to_owned(), contact: contact.clone() }
            }
            Self::ErpAccount(one) => Record::ErpAccount(one.clone()),
            Self::Billing(one) => Record::ErpAddress {
                account: one.code.clone(),
                billing: true,
                address: one.billing.clone(),
            },
            Self::Delivery(one, address) => Record::ErpAddress {
                account: one.code.clone(),
                billing: false,
                address: address.clone(),
            },
            Self::ErpContact(one, contact) => {
                Record::ErpContact { account: one.code.clone(), contact: contact.clone() }
            }
        }
    }
}

/// A place for a key that another operation makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Slot {
    /// The account a record belongs to.
    Account,
    /// The account code: the key with this behind it (B5.4).
    Code(String),
    /// The default address of a contact (B9.6).
    DefaultAddress,
    /// The CRM account an ERP account was made from.
    Origin,
}

/// What showing a record depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Viewer {
    /// The free fields that both sides define alike (B15.5).
    pub live: BTreeSet<String>,
    /// The representative of each user who has one (B4.19).
    pub users: BTreeMap<String, String>,
    /// Whether companies show their main contact (B8.1).
    pub main_contact: bool,
}

impl Viewer {
    /// The user linked to a representative; of several the first by code.
    pub(crate) fn user_of(&self, representative: &str) -> Option<&str> {
        let mut users = self.users.iter();
        users.find(|(_, code)| *code == representative).map(|(user, _)| user.as_str())
    }

    /// The representative a user is linked to.
    pub(crate) fn representative_of(&self, user: &str) -> Option<&str> {
        self.users.get(user).map(String::as_str)
    }
}

/// Counters of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// ERP accounts by class.
    pub accounts: AccountCounts,
}

/// The ERP accounts that were read, by class; their sum is their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountCounts {
    /// Customers and suppliers that take part.
    pub managed: u32,
    /// Neither customers nor suppliers (B1.4).
    pub other_kind: u32,
    /// Dormant, and not to be brought over (B10.1).
    pub dormant: u32,
    /// Their link was broken (B11.1).
    pub detached: u32,
    /// In quarantine (B14.3).
    pub quarantined: u32,
}

impl Schema for Sage100 {
    type Kind = Kind;
    type Record = Record;
    type Patch = RecordPatch;
    type Slot = Slot;
    type Viewer = Viewer;
    type Counts = Counts;

    const NAME: &'static str = "sage100";
    const SIDES: BySide<&'static str> = BySide::new("erp", "crm");
    const REMEMBERS_ATTEMPTS: bool = true;
    const KEEPS_REFUSALS: bool = true;

    fn show(viewer: &Viewer, _: Kind, record: &Record, out: &mut Printer) {
        show::show_stored(viewer, record, out);
    }

    fn apply(record: &mut Record, patch: &RecordPatch) {
        match (record, patch) {
            (Record::Account(one), RecordPatch::Account(patch)) => patch.clone().apply(one),
            // What an account without a company is given.
            (Record::Account(one), RecordPatch::Company(patch)) => mirrored(patch).apply(one),
            (Record::Address { address, .. }, RecordPatch::Address(patch)) => {
                patch.clone().apply(address);
            }
            (Record::Company(one), RecordPatch::Company(patch)) => patch.clone().apply(one),
            (Record::Contact { contact, .. }, RecordPatch::Contact(patch)) => {
                patch.clone().apply(contact);
            }
            (Record::ErpAccount(one), RecordPatch::ErpAccount(patch)) => patch.clone().apply(one),
            (Record::ErpAddress { address, .. }, RecordPatch::ErpAddress(patch)) => {
                patch.clone().apply(address);
            }
            (Record::ErpContact { contact, .. }, RecordPatch::ErpContact(patch)) => {
                patch.clone().apply(contact);
            }
            _ => {}
        }
    }

    fn status_label(status: LinkStatus, language: Language) -> &'static str {
        words::status(status, language)
    }

    fn rule_label(rule: &'static str) -> &'static str {
        words::rule(rule)
    }

    fn counters(counts: &Counts, language: Language) -> Vec<(&'static str, u32)> {
        words::counters(counts, language)
    }

    fn facts(record: &Record) -> Vec<String> {
        show::facts(record)
    }

    fn fields(patch: &RecordPatch) -> Vec<&'static str> {
        match patch {
            RecordPatch::Account(patch) => patch.fields(),
            RecordPatch::Address(patch) => patch.fields(),
            RecordPatch::Company(patch) => patch.fields(),
            RecordPatch::Contact(patch) => patch.fields(),
            RecordPatch::ErpAccount(patch) => patch.fields(),
            RecordPatch::ErpAddress(patch) => patch.fields(),
            RecordPatch::ErpContact(patch) => patch.fields(),
            RecordPatch::FreeField { .. } => vec!["replicated"],
            RecordPatch::List { .. } => vec!["values"],
            RecordPatch::Representative(_) => vec!["name"],
        }
    }

    fn kind_label(kind: Kind, side: Side, language: Language) -> &'static str {
        words::kind(kind, side, language)
    }

    fn field_label(kind: Kind, field: &str, language: Language) -> Option<&'static str> {
        words::field(kind, field, language)
    }

    fn side_label(side: Side, language: Language) -> &'static str {
        words::side(side, language)
    }

    fn reason_label(reason: Reason, language: Language) -> &'static str {
        words::reason(reason, language)
    }

    fn stamp(slot: Option<&Slot>, key: &str) -> String {
        match slot {
            Some(Slot::Code(suffix)) => format!("{key}{suffix}"),
            Some(Slot::Account | Slot::DefaultAddress | Slot::Origin) | None => key.to_owned(),
        }
    }

    fn fill_record(record: &mut Record, slot: &Slot, key: &str) {
        match (record, slot) {
            (
                Record::Address { account, .. }
                | Record::Contact { account, .. }
                | Record::ErpAddress { account, .. }
                | Record::ErpContact { account, .. },
                Slot::Account,
            ) => key.clone_into(account),
            (Record::Contact { contact, .. }, Slot::DefaultAddress) => {
                contact.default_address = Some(key.to_owned());
            }
            (Record::Company(company), Slot::Account) => company.account = Some(key.to_owned()),
            (Record::Company(company), Slot::Code(_)) => {
                company.account_code = Self::stamp(Some(slot), key).into();
            }
            (Record::ErpAccount(account), Slot::Origin) => account.origin = Some(key.to_owned()),
            (Record::ErpAccount(account), Slot::Code(_)) => {
                account.code = Self::stamp(Some(slot), key);
            }
            _ => {}
        }
    }

    fn fill_patch(patch: &mut RecordPatch, slot: &Slot, key: &str) {
        match (patch, slot) {
            (RecordPatch::Contact(patch), Slot::DefaultAddress) => {
                patch.default_address = Some(Some(key.to_owned()));
            }
            (RecordPatch::Company(patch), Slot::Code(_)) => {
                patch.account_code = Some(Self::stamp(Some(slot), key).into());
            }
            (RecordPatch::Company(patch), Slot::Account) => {
                patch.account = Some(Some(key.to_owned()));
            }
            _ => {}
        }
    }
}
