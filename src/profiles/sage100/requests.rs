//! What users ask for beside the comparison, and what they are answered (E5).

use serde::{Deserialize, Serialize};

/// Something a user asks for, given to a run (E5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Request {
    /// Creates the ERP account of a company (B6).
    CreateAccount(String),
    /// Creates a company for every orphan and secondary account (B12.2).
    CreateCompanies,
    /// Creates the company of an account (B12.2).
    CreateCompany(String),
    /// Deletes the definitions of free fields that are no longer replicated (B15.5).
    DeleteFreeFields,
    /// Ties a company to an existing ERP account (B11.2).
    Link {
        /// The company.
        company: String,
        /// The ERP account's code.
        account: String,
    },
    /// Takes a company, its account and all that belongs to them out of the flow (B14.3).
    Quarantine(String),
    /// Puts a company back into the flow (B14.3).
    Reactivate(String),
    /// Gives the account of one company to another (B11.2).
    Reassign {
        /// The company that loses it, and goes.
        from: String,
        /// The company that gets it.
        to: String,
    },
    /// Reads the turnover of every account (B15.6).
    RefreshTurnover,
    /// Reads everything, and believes the ERP (B15.2).
    ResyncAll,
    /// Sends everything, and believes the CRM (B15.3).
    SendAll,
    /// Breaks the link of a company with its ERP account (B11.1).
    Unlink(String),
    /// Makes the account what its company is (B11.6).
    UpdateAccount(String),
    /// Makes the company what its account is (B11.6).
    UpdateCompany(String),
}

impl Request {
    /// The companies and accounts it names, and the words it begins with when it is remembered; none for one that asks
    /// nothing of a single record.
    fn named(&self) -> Option<(&'static str, Vec<&str>)> {
        Some(match self {
            Self::CreateAccount(id) => ("create_account", vec![id]),
            Self::CreateCompany(id) => ("create_company", vec![id]),
            Self::Link { company, account } => ("link", vec![company, account]),
            Self::Reassign { from, to } => ("reassign", vec![from, to]),
            Self::Unlink(id) => ("unlink", vec![id]),
            Self::UpdateAccount(id) => ("update_account", vec![id]),
            Self::UpdateCompany(id) => ("update_company", vec![id]),
            Self::CreateCompanies
            | Self::DeleteFreeFields
            | Self::Quarantine(_)
            | Self::Reactivate(_)
            | Self::RefreshTurnover
            | Self::ResyncAll
            | Self::SendAll => return None,
        })
    }

    /// Whether it speaks of a record that another one speaks of.
    pub(crate) fn concerns(&self, other: &Self) -> bool {
        let named = self.named().zip(other.named());
        named.is_some_and(|((_, own), (_, others))| own.iter().any(|id| others.contains(id)))
    }

    /// How a state remembers it, with what its records were when it was made; none where it is not remembered.
    pub(crate) fn to_words(&self, seen: &str) -> Option<String> {
        let (name, ids) = self.named()?;
        let parts = std::iter::once(name).chain(ids).chain([seen]);
        Some(parts.collect::<Vec<_>>().join("\u{1f}"))
    }

    /// A request that a state remembers, and what its records were when it was made.
    pub(crate) fn from_words(words: &str) -> Option<(Self, &str)> {
        let parts: Vec<&str> = words.split('\u{1f}').collect();
        let own = |id: &&str| (*id).to_owned();
        Some(match parts.as_slice() {
            ["create_account", id, seen] => (Self::CreateAccount(own(id)), seen),
            ["create_company", id, seen] => (Self::CreateCompany(own(id)), seen),
            ["link", company, account, seen] => {
                (Self::Link { company: own(company), account: own(account) }, seen)
            }
            ["reassign", from, to, seen] => (Self::Reassign { from: own(from), to: own(to) }, seen),
            ["unlink", id, seen] => (Self::Unlink(own(id)), seen),
            ["update_account", id, seen] => (Self::UpdateAccount(own(id)), seen),
            ["update_company", id, seen] => (Self::UpdateCompany(own(id)), seen),
            _ => return None,
        })
    }
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestRefusal {
    /// The company has an account.
    AlreadyLinked,
    /// The account code is taken (B6.3).
    CodeInUse,
    /// The account code has other characters than letters and digits (B5.2).
    CodeInvalid,
    /// There is no account code (B5.1).
    CodeMissing,
    /// The account code has more than 17 characters (B5.2).
    CodeTooLong,
    /// There has been no run yet (B3.3).
    FirstRun,
    /// The user has no right to it (B19).
    Forbidden,
    /// The integration must be deactivated first (B15.2, B15.3).
    IntegrationActive,
    /// Company and account say the same.
    NoDifference,
    /// The company has no default integration (B6.2).
    NoIntegration,
    /// Nothing of it is in the error set.
    NotInError,
    /// The company has no account.
    NotLinked,
    /// The account is principal and has a company.
    NotOrphan,
    /// The company is not in quarantine.
    NotQuarantined,
    /// The company belongs to another integration.
    OtherIntegration,
    /// The company is in quarantine.
    Quarantined,
    /// Accounts are never created from the CRM (B6.9).
    TransferNever,
    /// The company's type is nothing to the ERP (B13.2).
    TypeNotMapped,
    /// There is no such account.
    UnknownAccount,
    /// There is no such company.
    UnknownCompany,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Answer {
    /// The request.
    pub request: Request,
    /// Why it was refused; `None` where it was accepted.
    pub refused: Option<RequestRefusal>,
}
