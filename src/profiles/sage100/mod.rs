//! Sage 100c CRM companies and accounts <-> accounts of Sage 100 Gestion Commerciale.
//!
//! Sides are the ERP (A) and the CRM (B); what a company and its account say to each other is planned in the same plan
//! (E1). Three duties (B1.8): fields are mapped (`run` by `project` and `express`), conflicts are settled
//! (`rules`), and who is whose counterpart is known (`directory`, and the core's links). The first profile's decisions
//! on links, changes, guards, coverage, order, crashes, anomalies, refusals and retries hold here too (E3): they are
//! the core's.

mod absence;
mod account_again;
mod accounts;
mod alike;
mod asks;
mod children;
mod chosen;
mod clerk;
mod code;
mod crm;
mod default_address;
mod directory;
mod dormancy;
mod endings;
mod erp;
mod express;
mod former;
mod generic;
mod input;
mod joins;
mod kind;
mod labels;
mod losses;
mod made;
mod memory;
mod mirror;
mod moves;
mod parameters;
mod prepare;
mod project;
mod reference;
mod refusal;
mod refused;
mod replicate;
mod requests;
mod rules;
mod run;
mod schema;
mod show;
mod stale;
mod status;
mod unlisted;
mod value;
mod words;

pub use crm::{
    Account, AccountKind, AccountPatch, Address, AddressKind, AddressPatch, Company, CompanyPatch,
    Contact, ContactPatch, Crm, FreeField, FreeFieldType, Lists, Principal, Replicated,
    Representative, Status, Turnover, User,
};
pub use erp::{
    Erp, ErpAccount, ErpAccountKind, ErpAccountPatch, ErpAddress, ErpAddressPatch, ErpContact,
    ErpContactPatch, ErpFreeField,
};
pub use generic::{GenericAccount, GenericBy, document_filter, generic_accounts};
pub use input::{Input, Planned, RunError, RunOptions, reads_everything, systems};
pub use kind::Kind;
pub use memory::{MemoryCrm, MemoryErp};
pub use parameters::{
    AccountCode, CodeMode, Conflict, DefaultCompanyType, Defaults, GenericAccounts, Locked,
    Parameters, Rights, Transfer, TypeMapping, When,
};
pub use refusal::Refusal;
pub use requests::{Answer, Request, RequestRefusal};
pub use run::{explain, plan};
pub use schema::{AccountCounts, Counts, Record, RecordPatch, Sage100, Slot, Viewer};
pub use status::{ErrorEntry, RunState, errors};
