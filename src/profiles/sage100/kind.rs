//! The kinds of this profile and their field groups (E2).

use serde::{Deserialize, Serialize};

use crate::model::Side;

/// What an operation is about. Accounts, addresses and contacts are pairs with a link; a company goes with its
/// account, and lists, representatives and free fields follow the ERP: their links say which integration they came
/// from (E7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A list of the company parameters.
    List,
    /// A representative.
    Representative,
    /// The definition of a free-information field.
    FreeField,
    /// CRM account and its company <-> ERP account.
    Account,
    /// A company: the record CRM users edit, mirrored by its account (B16).
    Company,
    /// Address <-> billing or delivery address.
    Address,
    /// Contact <-> contact.
    Contact,
}

/// Declares a kind's groups: their places and their names in anomalies.
macro_rules! groups {
    ($(#[$doc:meta])* $module:ident: $($place:tt = $name:literal),* $(,)?) => {
        $(#[$doc])*
        pub(crate) mod $module {
            groups!(@place 0usize; $($place,)*);
            /// Their names, in their order.
            pub(crate) const NAMES: &[&str] = &[$($name),*];
        }
    };
    (@place $number:expr; $first:tt, $($rest:tt,)*) => {
        pub(crate) const $first: usize = $number;
        groups!(@place $number + 1; $($rest,)*);
    };
    (@place $number:expr;) => {};
}

groups! {
    /// Groups of an account, by the company's names for them.
    account:
    NAME = "name", SHORT_NAME = "short_name", MAIN_CONTACT = "main_contact", WEBSITE = "website",
    NAF = "naf", SIRET = "siret", CURRENCY = "currency",
    ACCOUNTING_CATEGORY = "accounting_category", PRICE_CATEGORY = "price_category",
    LANGUAGE = "language", PHONE = "phone", FAX = "fax", EMAIL = "email", STATUS = "status",
    REPLICATED = "replicated", MANAGER = "manager",
}

groups! {
    /// Groups of an address.
    address:
    ADDRESS = "address", LABEL = "label",
}

groups! {
    /// Groups of a contact.
    contact:
    NAME = "name", FUNCTION = "function", SERVICE = "service", PHONE = "phone", FAX = "fax",
    MOBILE = "mobile", EMAIL = "email",
}

impl crate::schema::Kind for Kind {
    const ALL: &'static [Self] = &[
        Self::List,
        Self::Representative,
        Self::FreeField,
        Self::Account,
        Self::Company,
        Self::Address,
        Self::Contact,
    ];

    fn name(self, _: Side) -> &'static str {
        match self {
            Self::List => "list",
            Self::Representative => "representative",
            Self::FreeField => "free_field",
            Self::Account => "account",
            Self::Company => "company",
            Self::Address => "address",
            Self::Contact => "contact",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Account => 1,
            Self::Company => 2,
            Self::Address => 3,
            Self::Contact => 4,
            Self::List => 5,
            Self::Representative => 6,
            Self::FreeField => 7,
        }
    }

    fn family(self) -> u8 {
        self.code()
    }

    fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Account => account::NAMES,
            Self::Address => address::NAMES,
            Self::Contact => contact::NAMES,
            Self::List | Self::Representative | Self::FreeField | Self::Company => &[],
        }
    }
}
