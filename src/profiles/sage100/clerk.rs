//! What becomes of what users ask for (E5): each request becomes a change of the working copy of the CRM, or a
//! refusal with its reason.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::code::{self, CodeRefusal};
use super::crm::{Account, Company, Crm, Principal};
use super::erp::Erp;
use super::kind::Kind;
use super::made;
use super::mirror;
use super::parameters::{CodeMode, Parameters, Transfer};
use super::requests::{Answer, Request, RequestRefusal};
use super::schema::Viewer;
use crate::model::{BySide, Instant, Text};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{Coverage, Link, LinkKey, LinkStatus, Listing, RefusalKey, SyncState};

/// Which side a run believes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The three-way comparison and the policy.
    #[default]
    Normal,
    /// The ERP (B15.2).
    Resync,
    /// The CRM (B15.3).
    Send,
}

/// What the accepted requests come to.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) answers: Vec<Answer>,
    pub(crate) notes: Vec<JournalEntry>,
    pub(crate) mode: Mode,
    /// Why an account, or its company, is written.
    pub(crate) accounts: BTreeMap<String, Reason>,
    pub(crate) companies: BTreeMap<String, Reason>,
    /// Companies that go, and why.
    pub(crate) deleted: BTreeMap<String, Reason>,
    /// Links that go once the account is written.
    pub(crate) dropped: BTreeMap<String, Vec<LinkKey>>,
    /// The companies whose links go, by their accounts.
    pub(crate) untied: BTreeMap<String, String>,
    /// Accounts that become what their companies are.
    pub(crate) mirrored: BTreeSet<String>,
    /// Accounts that were moved or joined: what is paired for them was not lost.
    pub(crate) joined: BTreeSet<String>,
    /// The companies that accounts are moved away from, by the accounts; one may be gone, or blank where there was none.
    pub(crate) moved: BTreeMap<String, String>,
    /// Companies that are made again because they may not be deleted (B7.5).
    pub(crate) restored: BTreeSet<String>,
    pub(crate) parked: BTreeSet<(u8, String)>,
    pub(crate) delete_free_fields: bool,
    /// What is to be remembered until a side has answered it, and in which words.
    pub(crate) asked: IndexMap<String, Option<Request>>,
}

impl Wishes {
    /// Whether a company is in quarantine (B14.3).
    pub(crate) fn is_parked(&self, company: &str) -> bool {
        self.parked.contains(&(Kind::Company.code(), company.to_owned()))
    }
}

pub(super) type Outcome = Result<(), RequestRefusal>;

/// What requests are judged by, and the working copies they change.
#[derive(Debug)]
pub(crate) struct Clerk<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) erp: &'a Erp,
    pub(crate) erp_listing: &'a Listing,
    pub(crate) crm: &'a mut Crm,
    pub(crate) state: &'a mut SyncState,
    pub(crate) links: &'a mut BTreeMap<LinkKey, Link>,
    pub(crate) now: Instant,
    pub(crate) viewer: &'a Viewer,
    /// The companies whose accounts are gone in the CRM, or not yet listed there, and come again.
    pub(crate) owed: &'a BTreeSet<String>,
    pub(crate) wishes: Wishes,
}

impl Clerk<'_> {
    /// Takes what earlier runs were asked for and no side has answered yet: a refusal blocks it, and it is tried in each
    /// run (E4). What replaces values is done only while what it was asked for says what it said; a new request about
    /// the same records outdoes it. One that is settled, or cannot be any more, is forgotten: so is what was asked of a
    /// company that goes into quarantine now (B14.4).
    pub(crate) fn resume(&mut self, requests: &[Request], listings: (&Listing, &Listing)) {
        let parked = requests.iter().filter_map(|request| {
            let Request::Quarantine(id) = request else { return None };
            (!self.is_parked(id) && self.quarantine(id).is_ok()).then_some(id)
        });
        let parked: Vec<&String> = parked.collect();
        self.resume_all(requests, listings);
        for id in parked {
            self.wishes.parked.remove(&(Kind::Company.code(), id.clone()));
        }
    }

    fn resume_all(&mut self, requests: &[Request], listings: (&Listing, &Listing)) {
        let (erp, crm) = listings;
        let is_whole = erp.coverage == Coverage::Full && crm.coverage == Coverage::Full;
        for words in self.state.asked.clone() {
            let Some((request, seen)) = Request::from_words(&words) else { continue };
            if requests.iter().any(|one| one.concerns(&request)) {
                continue;
            }
            if !is_whole || crm.scope.is_some() && self.is_unlisted(&request) {
                self.wishes.asked.insert(words, None);
            } else if self.seen(&request) == seen
                && self.allowed(&request).and_then(|()| self.begin_or_complete(&request)).is_ok()
            {
                self.wishes.asked.insert(words, Some(request));
            }
        }
    }

    /// Whether a filter may hide the company that a request gives an account.
    fn is_unlisted(&self, request: &Request) -> bool {
        let Request::Link { company, .. } = request else { return false };
        self.crm.company(company).is_none()
    }

    fn begin_or_complete(&mut self, request: &Request) -> Outcome {
        if let Request::Link { company, account } = request
            && self.is_joined_unheard(company, account)
        {
            self.complete_link(company);
            return Ok(());
        }
        self.perform(request)
    }

    /// The stamps of the companies that a request would replace values of, and of the one that it would take away.
    fn seen(&self, request: &Request) -> String {
        let ids: Vec<&str> = match request {
            Request::Link { company: id, account } => {
                let account = self.account_under(account);
                let holder = account.and_then(|account| self.holder(account));
                std::iter::once(id.as_str()).chain(holder.filter(|holder| holder != id)).collect()
            }
            Request::UpdateAccount(id) | Request::UpdateCompany(id) => vec![id],
            Request::Reassign { from, to } => vec![from, to],
            Request::CreateAccount(_)
            | Request::CreateCompanies
            | Request::CreateCompany(_)
            | Request::DeleteFreeFields
            | Request::Quarantine(_)
            | Request::Reactivate(_)
            | Request::RefreshTurnover
            | Request::ResyncAll
            | Request::SendAll
            | Request::Unlink(_) => Vec::new(),
        };
        let stamps = ids.into_iter().filter_map(|id| Some(self.crm.company(id)?.modified));
        let stamps: Vec<String> = stamps.map(|one| one.timestamp_millis().to_string()).collect();
        stamps.join(" ")
    }

    /// Remembers a request that was accepted.
    fn remember(&mut self, request: &Request, seen: &str) {
        if let Some(words) = request.to_words(seen) {
            self.wishes.asked.insert(words, Some(request.clone()));
        }
    }

    /// Takes the requests in the order given.
    pub(crate) fn take(&mut self, requests: &[Request]) {
        for request in requests {
            let seen = self.seen(request);
            let outcome = self.allowed(request).and_then(|()| self.perform(request));
            let refused = outcome.err();
            if refused.is_some() {
                let entry = self.refusal(request);
                self.wishes.notes.push(entry);
            } else {
                self.remember(request, &seen);
            }
            self.wishes.answers.push(Answer { request: request.clone(), refused });
        }
    }

    fn refusal(&self, request: &Request) -> JournalEntry {
        let (kind, id) = match request {
            Request::CreateAccount(id)
            | Request::Quarantine(id)
            | Request::Reactivate(id)
            | Request::Unlink(id)
            | Request::UpdateAccount(id)
            | Request::UpdateCompany(id)
            | Request::Link { company: id, .. }
            | Request::Reassign { from: id, .. } => (Some(Kind::Company), Some(id)),
            Request::CreateCompany(id) => (Some(Kind::Account), Some(id)),
            Request::CreateCompanies
            | Request::DeleteFreeFields
            | Request::RefreshTurnover
            | Request::ResyncAll
            | Request::SendAll => (None, None),
        };
        let account = match kind {
            Some(Kind::Company) => id
                .and_then(|id| self.crm.company(id)?.account.as_deref())
                .and_then(|id| self.crm.account(id)),
            _ => id.and_then(|id| self.crm.account(id)),
        };
        let code = account.map(|one| one.code.or_empty().to_owned());
        let code = code.filter(|code| !code::is_placeholder(code));
        let name = kind.map(|kind| kind.name(crate::model::Side::B));
        JournalEntry::new(self.now, Code::RequestRefused, name, BySide::new(code, id.cloned()))
    }

    fn allowed(&self, request: &Request) -> Outcome {
        let anytime =
            matches!(request, Request::RefreshTurnover | Request::ResyncAll | Request::SendAll);
        if self.state.fresh && !anytime {
            return Err(RequestRefusal::FirstRun);
        }
        let rights = self.parameters.rights;
        let allowed = match request {
            Request::CreateAccount(_) => rights.create_account,
            Request::Unlink(_) => rights.break_link,
            Request::Link { .. } | Request::Reassign { .. } => rights.link,
            Request::RefreshTurnover => rights.refresh_turnover,
            Request::CreateCompanies
            | Request::CreateCompany(_)
            | Request::DeleteFreeFields
            | Request::Quarantine(_)
            | Request::Reactivate(_)
            | Request::ResyncAll
            | Request::SendAll
            | Request::UpdateAccount(_)
            | Request::UpdateCompany(_) => true,
        };
        if allowed { Ok(()) } else { Err(RequestRefusal::Forbidden) }
    }

    fn perform(&mut self, request: &Request) -> Outcome {
        match request {
            Request::CreateAccount(company) => self.create_account(company),
            Request::CreateCompanies => self.create_companies(),
            Request::CreateCompany(account) => self.create_company(account),
            Request::DeleteFreeFields => {
                self.wishes.delete_free_fields = true;
                Ok(())
            }
            Request::Link { company, account } => self.link(company, account),
            Request::Quarantine(company) => self.quarantine(company),
            Request::Reactivate(company) => self.reactivate(company),
            Request::Reassign { from, to } => self.reassign(from, to),
            Request::RefreshTurnover => Ok(()),
            Request::ResyncAll => self.believe(Mode::Resync),
            Request::SendAll => self.believe(Mode::Send),
            Request::Unlink(company) => self.unlink(company),
            Request::UpdateAccount(company) => {
                let (_, account) = self.linked(company)?;
                self.differs(company, &account)?;
                self.wishes.accounts.insert(account.clone(), Reason::Requested);
                self.wishes.mirrored.insert(account);
                Ok(())
            }
            Request::UpdateCompany(company) => {
                let (_, account) = self.linked(company)?;
                self.differs(company, &account)?;
                let with_main = self.parameters.replicate_main_contact;
                let Some(one) = self.crm.account(&account).cloned() else {
                    return Err(RequestRefusal::NotLinked);
                };
                if let Some(company) = self.crm.company_mut(company) {
                    mirror::take_account(company, &one, with_main);
                }
                self.wishes.companies.insert(company.clone(), Reason::Requested);
                Ok(())
            }
        }
    }

    fn believe(&mut self, mode: Mode) -> Outcome {
        if self.parameters.active {
            return Err(RequestRefusal::IntegrationActive);
        }
        self.wishes.mode = mode;
        Ok(())
    }

    pub(super) fn company(&self, id: &str) -> Result<&Company, RequestRefusal> {
        self.crm.company(id).ok_or(RequestRefusal::UnknownCompany)
    }

    pub(super) fn is_parked(&self, company: &str) -> bool {
        self.wishes.is_parked(company)
    }

    /// Refuses what would give a company another account than it has, or had and gets again (B1.3).
    pub(super) fn free_of_accounts(&self, company: &Company) -> Outcome {
        let has_one = company.account.is_some() || self.owed.contains(&company.id);
        if has_one { Err(RequestRefusal::AlreadyLinked) } else { Ok(()) }
    }

    /// A company that has an account and is in the flow, with the account's id.
    pub(super) fn linked(&self, id: &str) -> Result<(&Company, String), RequestRefusal> {
        let company = self.company(id)?;
        let account = self.account_of(company)?;
        if self.is_parked(id) {
            return Err(RequestRefusal::Quarantined);
        }
        Ok((company, account))
    }

    /// The account of a company; one of another integration is none of this one's (B18.2).
    pub(super) fn account_of(&self, company: &Company) -> Result<String, RequestRefusal> {
        let id = company.account.as_ref().ok_or(RequestRefusal::NotLinked)?;
        let foreign = self.crm.account(id).is_some_and(|one| !self.is_ours(one));
        if foreign { Err(RequestRefusal::NotLinked) } else { Ok(id.clone()) }
    }

    fn differs(&self, company: &str, account: &str) -> Outcome {
        let with_main = self.parameters.replicate_main_contact;
        match (self.crm.company(company), self.crm.account(account)) {
            (Some(company), Some(account)) if mirror::differ(company, account, with_main) => Ok(()),
            _ => Err(RequestRefusal::NoDifference),
        }
    }

    // ---- B6: creating an account ----

    fn create_account(&mut self, id: &str) -> Outcome {
        let company = self.company(id)?;
        self.free_of_accounts(company)?;
        if self.is_parked(id) {
            return Err(RequestRefusal::Quarantined);
        }
        if self.parameters.transfer == Transfer::Never {
            return Err(RequestRefusal::TransferNever);
        }
        match company.integration.as_deref() {
            None | Some("") => return Err(RequestRefusal::NoIntegration),
            Some(name) if name != self.parameters.integration => {
                return Err(RequestRefusal::OtherIntegration);
            }
            Some(_) => {}
        }
        let kind = self.parameters.kind_of(company.company_type.or_empty());
        let kind = kind.ok_or(RequestRefusal::TypeNotMapped)?;
        let code = match self.parameters.account_code.mode {
            CodeMode::Free => self.free_code(company.account_code.or_empty())?,
            CodeMode::CrmAuto => String::new(),
            CodeMode::ErpAuto => code::AUTO.to_owned(),
        };
        let (defaults, lists) = (&self.parameters.defaults, self.crm.lists.clone());
        let Some(company) = self.crm.companies.iter_mut().find(|one| one.id == id) else {
            return Err(RequestRefusal::UnknownCompany);
        };
        made::fill_defaults(company, &lists, &defaults.currency);
        company.generic_account = None;
        if !code.is_empty() {
            company.account_code = Text::from(code.as_str());
        }
        let account = Account {
            id: made::provisional("account", id),
            kind,
            integration: Some(self.parameters.integration.clone()),
            code: Text::from(code),
            pending: true,
            ..mirror::mirror(company, self.parameters.replicate_main_contact)
        };
        let account = Account {
            territory: made::or(&account.territory, self.parameters.territory_of(kind)),
            ..account
        };
        let key = account.id.clone();
        self.crm.accounts.push(account);
        self.crm.tie(id, &key);
        self.wishes.accounts.insert(key, Reason::Requested);
        self.wishes.companies.insert(id.to_owned(), Reason::Requested);
        Ok(())
    }

    /// The code a user typed, made ready (B5.3, B5.8); it is unique in its integration (B18.4).
    fn free_code(&self, typed: &str) -> Result<String, RequestRefusal> {
        let code =
            code::free(typed, &self.parameters.account_code.suffix()).map_err(|refusal| {
                match refusal {
                    CodeRefusal::Missing => RequestRefusal::CodeMissing,
                    CodeRefusal::Invalid => RequestRefusal::CodeInvalid,
                    CodeRefusal::TooLong => RequestRefusal::CodeTooLong,
                }
            })?;
        let ours = |one: &&Account| self.is_ours(one);
        let held = self.erp.accounts.iter().map(|one| one.code.as_str());
        let held = held.chain(self.crm.accounts.iter().filter(ours).map(|one| one.code.or_empty()));
        // One that a link knows may be there, and not listed (D9, P-04).
        let listing = self.erp_listing;
        let may_be_there = |link: &Link| match listing.coverage {
            Coverage::Full => listing.scope.is_some(),
            Coverage::Changes => !link.gone.a && !listing.removed.contains(&link.ids.a),
        };
        let accounts = self.links.iter().filter(|((kind, _), _)| *kind == Kind::Account.code());
        let linked = accounts.map(|(_, link)| link);
        let linked = linked.filter(|link| link.status != LinkStatus::Closed && may_be_there(link));
        let mut held = held.chain(linked.map(|link| link.ids.a.as_str()));
        if held.any(|one| one.eq_ignore_ascii_case(&code)) {
            return Err(RequestRefusal::CodeInUse);
        }
        Ok(code)
    }

    pub(super) fn is_ours(&self, account: &Account) -> bool {
        account.integration.as_deref() == Some(self.parameters.integration.as_str())
    }

    // ---- B12: companies of orphans ----

    fn create_company(&mut self, id: &str) -> Outcome {
        let account = self.crm.account(id).filter(|one| self.is_ours(one));
        let account = account.ok_or(RequestRefusal::UnknownAccount)?;
        if account.detached || account.principal.0 && account.company.is_some() {
            return Err(RequestRefusal::NotOrphan);
        }
        let kept = Account { company: None, principal: Principal(true), ..account.clone() };
        let users = made::users(self.crm);
        let company = made::company_of(self.parameters, &users, &kept);
        if let Some(one) = self.crm.account_mut(id) {
            *one = kept;
        }
        self.wishes.companies.insert(company.id.clone(), Reason::Requested);
        self.wishes.accounts.insert(id.to_owned(), Reason::Requested);
        // What its former company listed is made again with it, if somebody deleted that one.
        self.wishes.restored.insert(id.to_owned());
        let key = company.id.clone();
        self.crm.companies.push(company);
        self.crm.tie(&key, id);
        Ok(())
    }

    fn create_companies(&mut self) -> Outcome {
        let alone = |one: &&Account| !one.detached && (one.company.is_none() || !one.principal.0);
        let mut accounts: Vec<(String, String)> = self
            .crm
            .accounts
            .iter()
            .filter(|one| self.is_ours(one))
            .filter(alone)
            .map(|one| (one.code.or_empty().to_owned(), one.id.clone()))
            .collect();
        accounts.sort();
        accounts.into_iter().try_for_each(|(_, id)| {
            self.remember(&Request::CreateCompany(id.clone()), "");
            self.create_company(&id)
        })
    }

    // ---- B14: quarantine ----

    fn quarantine(&mut self, id: &str) -> Outcome {
        self.company(id)?;
        let integration = self.parameters.integration.as_str();
        let wrong =
            |key: &&RefusalKey| made::belongs((self.crm, self.state), (integration, id), key);
        if !self.state.refused().any(|key| wrong(&key)) {
            return Err(RequestRefusal::NotInError);
        }
        self.wishes.parked.insert((Kind::Company.code(), id.to_owned()));
        Ok(())
    }

    fn reactivate(&mut self, id: &str) -> Outcome {
        // One that was deleted since is made again once it is in the flow (B7.5).
        if self.wishes.parked.remove(&(Kind::Company.code(), id.to_owned())) {
            return Ok(());
        }
        self.company(id)?;
        Err(RequestRefusal::NotQuarantined)
    }
}
