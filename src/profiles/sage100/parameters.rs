//! The parameters of an integration record (B4), and their validation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::crm::AccountKind;
use crate::rules::{ConflictPolicy, DeletionLimit, Merge};

/// Everything an administrator sets on an integration.
///
/// ```
/// use counterpart::profiles::sage100::Parameters;
///
/// let parameters = Parameters::default();
/// assert_eq!((parameters.integration.as_str(), parameters.interval_minutes), ("Sage100", 60));
/// assert!(parameters.invalid().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the product has one switch per option")]
#[non_exhaustive]
pub struct Parameters {
    /// The integration's name: letters (accents too), digits and spaces, not blank (B4.1). `Sage100` by default.
    pub integration: String,
    /// Whether the integration is active (B4.17). True by default.
    pub active: bool,
    /// Minutes between two runs, 30 or more (B4.5). 60 by default; the host schedules.
    pub interval_minutes: i64,
    /// The hour (UTC, 0 to 23) from which the first run of a day reads everything (B4.6). Off by default.
    pub daily_resync_hour: Option<i64>,
    /// Whether users may ask for accounts to be created (B4.7).
    pub transfer: Transfer,
    /// The territory of what synchronisation creates (B4.8). `Monde` by default.
    pub default_territory: String,
    /// The territory of suppliers, where they have one of their own (B4.9).
    pub supplier_territory: Option<String>,
    /// The user who looks after companies that synchronisation creates (B4.10).
    pub default_manager: Option<String>,
    /// Where account codes come from (B4.11, B5).
    pub account_code: AccountCode,
    /// Whether the ERP's representative becomes the company's manager (B4.12). Never by default.
    pub manager_from_representative: When,
    /// Whether the company's manager becomes the ERP's representative (B4.13, B4.18). Never by default.
    pub representative_from_manager: When,
    /// Whether dormant accounts are brought over (B4.15, B10.1). True by default. Those that were passed over come with the
    /// next complete listing of the ERP once it is.
    pub sync_dormant: bool,
    /// Whether the ERP's contacts come to the CRM (B3.1, B4.16). True by default.
    pub sync_contacts: bool,
    /// Whether the ERP's addresses come to the CRM (B3.1, B4.16). True by default.
    pub sync_addresses: bool,
    /// Whether the ERP's telephones, fax numbers and e-mails come to the CRM (B3.1). True by default.
    pub sync_phones: bool,
    /// What a company of each type is to the ERP (B13.1); a type that is not named is nothing.
    pub company_types: BTreeMap<String, TypeMapping>,
    /// The type of companies that come from the ERP (B13.3).
    pub default_company_type: DefaultCompanyType,
    /// What blank values become when an account is created (B8.4).
    pub defaults: Defaults,
    /// Who wins a conflict (E2). The ERP by default.
    pub conflict: Conflict,
    /// How edits of both sides are brought together (E2, D3).
    pub merge: Merge,
    /// How many deletions are executed without being confirmed (D6).
    pub max_deletions: DeletionLimit,
    /// General ERP accounts for companies without one (B17). Off by default.
    pub generic_accounts: Option<GenericAccounts>,
    /// Whether the CRM may have several integrations (B18.1). False by default.
    pub multi: bool,
    /// What the user may ask for (B19). Everything by default.
    pub rights: Rights,
    /// Whether the main contact is replicated between company and account (B8.1, B16.2). False by default.
    pub replicate_main_contact: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        let types = [
            ("Prospect", TypeMapping::None),
            ("Client", TypeMapping::Customer),
            ("Fournisseur", TypeMapping::Supplier),
        ];
        Self {
            integration: "Sage100".to_owned(),
            active: true,
            interval_minutes: 60,
            daily_resync_hour: None,
            transfer: Transfer::default(),
            default_territory: "Monde".to_owned(),
            supplier_territory: None,
            default_manager: None,
            account_code: AccountCode::default(),
            manager_from_representative: When::default(),
            representative_from_manager: When::default(),
            sync_dormant: true,
            sync_contacts: true,
            sync_addresses: true,
            sync_phones: true,
            company_types: types.into_iter().map(|(name, to)| (name.to_owned(), to)).collect(),
            default_company_type: DefaultCompanyType::default(),
            defaults: Defaults::default(),
            conflict: Conflict::default(),
            merge: Merge::default(),
            max_deletions: DeletionLimit::default(),
            generic_accounts: None,
            multi: false,
            rights: Rights::default(),
            replicate_main_contact: false,
        }
    }
}

/// Whether accounts are created from the CRM (B4.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Transfer {
    /// On request. The default.
    #[default]
    Manual,
    /// Never: companies arise from the ERP only (B6.9).
    Never,
}

/// Where account codes come from (B5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountCode {
    /// Who gives them.
    pub mode: CodeMode,
    /// What is put behind them: ASCII letters and digits, at most 16, none where the ERP numbers (B5.7).
    pub suffix: String,
}

impl AccountCode {
    /// The suffix as it stands in codes: in capitals (B5.8).
    pub(crate) fn suffix(&self) -> String {
        self.suffix.to_uppercase()
    }
}

/// Who gives account codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodeMode {
    /// The CRM: the id of the account (B5.4).
    CrmAuto,
    /// The ERP, by its own codification (B5.5).
    ErpAuto,
    /// The user (B5.3). The default.
    #[default]
    Free,
}

/// When a manager or representative is carried over (B4.12, B4.13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum When {
    /// At each change.
    Always,
    /// Where there is none yet.
    IfEmpty,
    /// Not at all. The default.
    #[default]
    Never,
}

/// What a company type is to the ERP (B13.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TypeMapping {
    /// A customer.
    Customer,
    /// Nothing: no account can be created. The default.
    #[default]
    None,
    /// A supplier.
    Supplier,
}

/// The type of companies that come from the ERP (B13.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DefaultCompanyType {
    /// From a customer. `Client` by default.
    pub customer: String,
    /// From a supplier. `Fournisseur` by default.
    pub supplier: String,
}

impl Default for DefaultCompanyType {
    fn default() -> Self {
        Self { customer: "Client".to_owned(), supplier: "Fournisseur".to_owned() }
    }
}

/// What blank values become when an account is created (B8.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// The currency of the CRM base. `EUR` by default.
    pub currency: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { currency: "EUR".to_owned() }
    }
}

/// Who wins a conflict (E2, B7.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Conflict {
    /// The CRM.
    Crm,
    /// The ERP. The default.
    #[default]
    Erp,
    /// Neither is touched.
    Hold,
    /// What was modified later; a tie goes to the CRM (D4).
    LastModified,
}

impl Conflict {
    /// The same in the words of the core.
    pub(crate) const fn policy(self) -> ConflictPolicy {
        match self {
            Self::Crm => ConflictPolicy::PreferB,
            Self::Erp => ConflictPolicy::PreferA,
            Self::Hold => ConflictPolicy::Hold,
            Self::LastModified => ConflictPolicy::PreferNewer,
        }
    }
}

/// General ERP accounts for companies without one (B17).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenericAccounts {
    /// The account of each price category.
    pub by_price_category: BTreeMap<String, String>,
    /// What stands before the first letter of the company's name.
    pub by_first_letter: Option<String>,
}

/// What the user may ask for (B19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the product has one tick box per right")]
pub struct Rights {
    /// Creating accounts.
    pub create_account: bool,
    /// Breaking links.
    pub break_link: bool,
    /// Linking and reassigning.
    pub link: bool,
    /// Refreshing turnover.
    pub refresh_turnover: bool,
}

impl Default for Rights {
    fn default() -> Self {
        Self { create_account: true, break_link: true, link: true, refresh_turnover: true }
    }
}

/// Parameters may be changed only while the integration is not active (B4.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the parameters of an active integration may not be changed")]
pub struct Locked;

/// The most characters an account code has (B5.2).
pub(crate) const CODE_LENGTH: usize = 17;

impl Parameters {
    /// The names of the parameters that break a rule (B4.1, B4.5, B4.6, B5.5, B5.7).
    pub fn invalid(&self) -> Vec<String> {
        let is_name = |text: &str| text.chars().all(|one| one.is_alphanumeric() || one == ' ');
        let name = is_name(&self.integration) && !self.integration.trim().is_empty();
        let AccountCode { mode, suffix } = &self.account_code;
        let suffix = suffix.len() < CODE_LENGTH
            && suffix.bytes().all(|one| one.is_ascii_alphanumeric())
            && (suffix.is_empty() || *mode != CodeMode::ErpAuto);
        let rules = [
            ("integration", name),
            ("interval_minutes", self.interval_minutes >= 30),
            (
                "daily_resync_hour",
                self.daily_resync_hour.is_none_or(|hour| (0..24).contains(&hour)),
            ),
            ("account_code.suffix", suffix),
        ];
        rules.into_iter().filter(|(_, kept)| !kept).map(|(name, _)| name.to_owned()).collect()
    }

    /// The parameters after a user changed them: allowed while the integration is not active, or when it is
    /// deactivated by the same change; `active` itself may be changed at any time (B4.17).
    ///
    /// # Errors
    /// [`Locked`]: show it to the user, and keep the parameters as they were.
    pub fn changed_to(&self, new: Self) -> Result<Self, Locked> {
        let only_active = Self { active: self.active, ..new.clone() } == *self;
        if self.active && new.active && !only_active { Err(Locked) } else { Ok(new) }
    }

    /// What a company of a type is to the ERP (B13.1).
    pub(crate) fn kind_of(&self, company_type: &str) -> Option<AccountKind> {
        match self.company_types.get(company_type)? {
            TypeMapping::Customer => Some(AccountKind::Customer),
            TypeMapping::Supplier => Some(AccountKind::Supplier),
            TypeMapping::None => None,
        }
    }

    /// The type of a company that comes from the ERP (B13.3).
    pub(crate) fn type_of(&self, kind: AccountKind) -> &str {
        match kind {
            AccountKind::Customer => &self.default_company_type.customer,
            AccountKind::Supplier => &self.default_company_type.supplier,
        }
    }

    /// The territory of what synchronisation creates (B4.8, B4.9).
    pub(crate) fn territory_of(&self, kind: AccountKind) -> &str {
        match (kind, &self.supplier_territory) {
            (AccountKind::Supplier, Some(territory)) => territory,
            (AccountKind::Customer | AccountKind::Supplier, _) => &self.default_territory,
        }
    }
}
