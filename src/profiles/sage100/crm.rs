//! The CRM side: companies, the accounts that mirror them, and what both refer to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::record::{plain_field_values, record};
use crate::model::{Instant, Text};

/// All records of a CRM that the host could list, and its directory.
///
/// Users, representatives, lists and free fields are always complete; companies and accounts are as complete as
/// the listing says. A listed company or account lists all of its addresses and contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Crm {
    /// Companies (`Société`, `comp_…`).
    pub companies: Vec<Company>,
    /// Accounts (`Tiers CRM`, `acc_…`), of every integration.
    pub accounts: Vec<Account>,
    /// Users.
    pub users: Vec<User>,
    /// Representatives (`Représentant`).
    pub representatives: Vec<Representative>,
    /// The lists that come from the ERP (B3.2).
    pub lists: Lists,
    /// Definitions of free-information fields (B15.5).
    pub free_fields: Vec<FreeField>,
}

/// A CRM user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// Code.
    pub code: String,
    /// The representative he is linked to by hand (B4.19).
    pub representative: Option<String>,
}

/// A representative (`Collaborateur`).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Representative {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Text,
}

impl std::fmt::Debug for Representative {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Representative").field("code", &self.code).finish_non_exhaustive()
    }
}

/// The lists of the company parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lists {
    /// Accounting categories.
    pub accounting_categories: Vec<String>,
    /// Price categories.
    pub price_categories: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Contact departments (B9.8).
    pub services: Vec<String>,
}

impl Lists {
    /// The names of the lists, in the order of the alphabet.
    pub const NAMES: [&'static str; 4] =
        ["accounting_categories", "languages", "price_categories", "services"];

    /// A list by its name.
    pub fn list(&self, name: &str) -> Option<&Vec<String>> {
        Some(match name {
            "accounting_categories" => &self.accounting_categories,
            "languages" => &self.languages,
            "price_categories" => &self.price_categories,
            "services" => &self.services,
            _ => return None,
        })
    }

    /// A list by its name, to be changed.
    pub fn list_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "accounting_categories" => &mut self.accounting_categories,
            "languages" => &mut self.languages,
            "price_categories" => &mut self.price_categories,
            "services" => &mut self.services,
            _ => return None,
        })
    }
}

/// What values a free-information field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FreeFieldType {
    /// A decimal text.
    Amount,
    /// A date, `2026-01-31`.
    Date,
    /// A number.
    Number,
    /// A text. The default.
    #[default]
    Text,
}

/// The definition of a free-information field in the CRM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeField {
    /// Its name, which has one definition.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub holds: FreeFieldType,
    /// Whether the ERP still has it, with this type (B15.5). True by default.
    #[serde(default = "yes")]
    pub replicated: bool,
}

const fn yes() -> bool {
    true
}

/// Whether a company or account is in use (B10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// In use. The default.
    #[default]
    Active,
    /// Out of use: dormant in the ERP, or set so by a user.
    Inactive,
}

/// What an account is (B1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountKind {
    /// A customer. The default.
    #[default]
    Customer,
    /// A supplier.
    Supplier,
}

/// What an address is for (B9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AddressKind {
    /// Where invoices go (`Facturation`).
    Billing,
    /// Where goods go (`Expédition`).
    Delivery,
}

/// Whether an account is the principal one of its company (B12.1). True by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Principal(pub bool);

impl Default for Principal {
    fn default() -> Self {
        Self(true)
    }
}

/// Turnover of a year and of the one before, as decimal texts (B15.6).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turnover {
    /// This year.
    pub n: String,
    /// The year before.
    pub n_1: String,
}

impl Default for Turnover {
    fn default() -> Self {
        Self { n: "0".to_owned(), n_1: "0".to_owned() }
    }
}

impl std::fmt::Debug for Turnover {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Turnover")
    }
}

/// What comes from the ERP only (B8.5).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replicated {
    /// Collective account.
    pub collective_account: Text,
    /// Paying account.
    pub payer: Text,
    /// Payment terms.
    pub payment_terms: Text,
    /// Risk-code label.
    pub risk_label: Text,
    /// Risk action code.
    pub risk_action: Text,
    /// Turnover.
    pub turnover: Turnover,
    /// Values of free-information fields, by name.
    pub free: BTreeMap<String, String>,
}

impl std::fmt::Debug for Replicated {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Replicated")
    }
}

record! {
    /// An address of a company, or of an account that has none.
    Address, AddressPatch, id = id,
    required {
        /// The CRM's id of it.
        id: String,
    }
    identity {}
    fields {
        /// What it is for; `None` while nobody chose.
        kind: Option<AddressKind>,
        /// The label the ERP knows it by; users never see it (B9.1).
        label: Text,
        /// Number and street (`Adresse`).
        street: Text,
        /// Complement (`Complément`).
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
    /// A contact of a company, or of an account that has none.
    Contact, ContactPatch, id = id,
    required {
        /// The CRM's id of it.
        id: String,
    }
    identity {
        /// The ERP contact a run made it from.
        origin: Option<String>,
    }
    fields {
        /// Last name.
        last_name: Text,
        /// First name.
        first_name: Text,
        /// The CRM's own qualification (B9.7).
        qualification: Text,
        /// Function (`Fonction`).
        function: Text,
        /// Department, from the ERP's list (B9.8).
        service: Text,
        /// Telephone.
        phone: Text,
        /// Fax.
        fax: Text,
        /// Mobile telephone.
        mobile: Text,
        /// E-mail.
        email: Text,
        /// Whether it is the main contact (B9.5).
        main: bool,
        /// Its default address (B9.6).
        default_address: Option<String>,
    }
    blocks {}
    parts {}
}

record! {
    /// A company: what CRM users work on (B1.3).
    Company, CompanyPatch, id = id,
    required {
        /// The CRM's id of it.
        id: String,
        /// When it, or one of its addresses or contacts, was last changed.
        modified: Instant,
    }
    identity {
        /// Its default integration; `None` while none was chosen (B6.2).
        integration: Option<String>,
        /// Its addresses; those of its principal account stand here too.
        addresses: Vec<Address>,
        /// Its contacts; those of its principal account stand here too.
        contacts: Vec<Contact>,
    }
    fields {
        /// Name (`Raison sociale`).
        name: Text,
        /// Short name (`Nom abrégé`).
        short_name: Text,
        /// Main contact by name; replicated as an option (B8.1).
        main_contact: Text,
        /// Web site.
        website: Text,
        /// Activity code (`Code NAF`).
        naf: Text,
        /// Establishment number (`Siret`).
        siret: Text,
        /// Account code (`Tiers`, B5).
        account_code: Text,
        /// Currency (`Devise`).
        currency: Text,
        /// Accounting category (`Catégorie comptable`).
        accounting_category: Text,
        /// Price category (`Catégorie tarifaire`).
        price_category: Text,
        /// Language (`Langue`).
        language: Text,
        /// What the company is, in the CRM's own words (B13).
        #[serde(rename = "type")]
        company_type: Text,
        /// Territory (B4.8).
        territory: Text,
        /// Telephone (`Standard`).
        phone: Text,
        /// Fax.
        fax: Text,
        /// E-mail of the type `Information`.
        email: Text,
        /// In use or not (`Statut`).
        status: Status,
        /// Who looks after it: a user's code.
        manager: Option<String>,
        /// Its principal account.
        account: Option<String>,
        /// The general ERP account it is tied to by hand (B17).
        generic_account: Option<String>,
        /// What comes from the ERP only.
        replicated: Replicated,
    }
    blocks {}
    parts {}
}

record! {
    /// An account: the CRM's mirror of a company and of an ERP account (B1.2).
    Account, AccountPatch, id = id,
    required {
        /// The CRM's id of it.
        id: String,
        /// When it, or one of its addresses or contacts, was last changed.
        modified: Instant,
        /// Customer or supplier.
        kind: AccountKind,
    }
    identity {
        /// The integration it belongs to.
        integration: Option<String>,
        /// The ERP account a run made it from.
        origin: Option<String>,
        /// Its addresses, while it has no company or is not principal.
        addresses: Vec<Address>,
        /// Its contacts, while it has no company or is not principal.
        contacts: Vec<Contact>,
    }
    fields {
        /// Account code (`Code comptable`); set by creation and stamps only.
        code: Text,
        /// Title (`Intitulé`).
        title: Text,
        /// Short name (`Abrégé`).
        short_name: Text,
        /// Main contact by name (`Interlocuteur`).
        main_contact: Text,
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
        /// Territory.
        territory: Text,
        /// Telephone.
        phone: Text,
        /// Fax.
        fax: Text,
        /// E-mail.
        email: Text,
        /// In use or not.
        status: Status,
        /// Whether it is the principal account of its company.
        principal: Principal,
        /// Its company.
        company: Option<String>,
        /// Whether its link was broken: no company is made for it until it is linked again (B11.1).
        detached: bool,
        /// Whether it was asked for and the ERP has not answered yet.
        pending: bool,
        /// Its representative.
        representative: Option<String>,
        /// What comes from the ERP only.
        replicated: Replicated,
    }
    blocks {}
    parts {}
}

/// The companies and accounts of a CRM by their ids.
#[derive(Debug)]
pub(crate) struct CrmIndex<'a> {
    companies: BTreeMap<&'a str, &'a Company>,
    accounts: BTreeMap<&'a str, &'a Account>,
}

impl<'a> CrmIndex<'a> {
    /// A company by its id.
    pub(crate) fn company(&self, id: &str) -> Option<&'a Company> {
        self.companies.get(id).copied()
    }

    /// An account by its id.
    pub(crate) fn account(&self, id: &str) -> Option<&'a Account> {
        self.accounts.get(id).copied()
    }
}

impl Crm {
    /// A company by its id.
    pub(crate) fn company(&self, id: &str) -> Option<&Company> {
        self.companies.iter().find(|one| one.id == id)
    }

    /// A company by its id, to be changed.
    pub(crate) fn company_mut(&mut self, id: &str) -> Option<&mut Company> {
        self.companies.iter_mut().find(|one| one.id == id)
    }

    /// An account by its id.
    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|one| one.id == id)
    }

    /// An account by its id, to be changed.
    pub(crate) fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|one| one.id == id)
    }

    /// Makes both ends of each join say the same: a file, or a user, may give either (section 2 of the contract).
    /// What an account lists itself goes to the company it is joined to.
    pub fn join(&mut self) {
        let holders = self.holders().into_iter();
        let mut named: BTreeMap<String, String> =
            holders.map(|(account, one)| (account.to_owned(), one.id.clone())).collect();
        for account in self.accounts.iter_mut().filter(|one| one.company.is_none()) {
            account.company = named.get(&account.id).cloned();
        }
        let loose = |one: &&Account| {
            let known = named.get(&one.id) == one.company.as_ref();
            one.principal.0 && !(known && one.addresses.is_empty() && one.contacts.is_empty())
        };
        let loose = self.accounts.iter().filter(loose);
        let mut ends: Vec<(String, String)> =
            loose.filter_map(|one| Some((one.company.clone()?, one.id.clone()))).collect();
        ends.sort();
        for (company, account) in ends {
            let held = self.company(&company).and_then(|one| one.account.as_deref());
            let is_taken = held.is_some_and(|held| {
                held != account && named.get(held).is_some_and(|by| *by == company)
            });
            if !is_taken {
                self.tie(&company, &account);
                named.insert(account, company);
            }
        }
    }

    /// The companies that accounts are the principal ones of, by the accounts. Of several that claim one it is the company
    /// which the account names, else the first by id.
    pub(crate) fn holders(&self) -> BTreeMap<&str, &Company> {
        let accounts = self.accounts.iter();
        let named: BTreeMap<&str, Option<&str>> =
            accounts.map(|one| (one.id.as_str(), one.company.as_deref())).collect();
        let mut holders: BTreeMap<&str, &Company> = BTreeMap::new();
        for company in &self.companies {
            let Some(account) = company.account.as_deref() else { continue };
            let named = named.get(account).copied().flatten();
            let is_named = |one: &Company| named == Some(one.id.as_str());
            let held = holders.entry(account).or_insert(company);
            if is_named(company) || !is_named(held) && company.id < held.id {
                *held = company;
            }
        }
        holders
    }

    /// The companies and accounts by their ids.
    pub(crate) fn index(&self) -> CrmIndex<'_> {
        CrmIndex {
            companies: self.companies.iter().map(|one| (one.id.as_str(), one)).collect(),
            accounts: self.accounts.iter().map(|one| (one.id.as_str(), one)).collect(),
        }
    }

    /// Ties a company and its principal account: both ends, and what the account listed itself.
    pub(crate) fn tie(&mut self, company: &str, account: &str) {
        let Some(one) = self.account_mut(account) else { return };
        one.company = Some(company.to_owned());
        let (addresses, contacts) =
            (std::mem::take(&mut one.addresses), std::mem::take(&mut one.contacts));
        if let Some(one) = self.company_mut(company) {
            one.account = Some(account.to_owned());
            one.addresses.extend(addresses);
            one.contacts.extend(contacts);
        }
    }

    /// Unties an account from whatever company it is tied to.
    pub(crate) fn untie(&mut self, account: &str) {
        for one in &mut self.companies {
            if one.account.as_deref() == Some(account) {
                one.account = None;
            }
        }
        if let Some(one) = self.account_mut(account) {
            one.company = None;
        }
    }
}

plain_field_values!(Option<AddressKind>, Status, Principal, Replicated);
