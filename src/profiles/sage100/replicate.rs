//! The last word on a plan: company and account as one, what requests ask for, stamps, order (B16, E5).

use std::collections::{BTreeMap, BTreeSet};

use super::accounts;
use super::asks;
use super::children;
use super::clerk::Mode;
use super::crm::Company;
use super::directory::{Class, code_in, name, part_of};
use super::endings;
use super::kind::Kind;
use super::made;
use super::parameters::Transfer;
use super::reference;
use super::requests::Request;
use super::run::Run;
use super::schema::{Record, Sage100, Slot};
use crate::model::{BySide, Instant, Side};
use crate::plan::{Action, Draft, Need, Place, Settlement, Sheet, number};
use crate::profile::Identities;
use crate::report::{Anomaly, AnomalyCode, AnomalyStatus, Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;

/// What the last word works on.
pub(crate) struct Work<'w, 's> {
    pub(crate) sheet: &'w mut Sheet<'s, Sage100>,
    /// The operations on each CRM account and each ERP account, by the CRM account's id.
    pub(crate) account_ops: BTreeMap<(Side, String), u32>,
    /// The CRM account of a child, by kind and CRM id.
    pub(crate) owners: BTreeMap<(Kind, String), String>,
}

/// Completes a plan.
pub(crate) fn complete(run: &Run<'_>, sheet: &mut Sheet<'_, Sage100>, _: &dyn Identities) {
    let mut owners = BTreeMap::new();
    for one in run.directory.joined.values() {
        let (addresses, contacts) = one.children();
        let addresses = addresses.iter().map(|one| (Kind::Address, one.id.clone()));
        let contacts = contacts.iter().map(|one| (Kind::Contact, one.id.clone()));
        owners.extend(addresses.chain(contacts).map(|key| (key, one.id.to_owned())));
    }
    let mut work = Work { sheet, account_ops: BTreeMap::new(), owners };
    say(run, &mut work);
    accounts::complete(run, &mut work);
    children::complete(run, &mut work);
    reference::follow(run, &mut work);
    asks::ask(run, &mut work);
    alone(run, &mut work);
    ask_on(run, &mut work);
    ask_for_parked(run, &mut work);
    endings::ask_for_unlinked(run, &mut work);
    endings::untie_first(run, &mut work);
    work.depend(run);
    work.place(run);
    work.tell_creations_apart(run);
    work.clean();
    let sheet = work.sheet;
    sheet.parked.clone_from(&run.prepared.wishes.parked);
    let integration = run.parameters.integration.as_str();
    let kept_back: Vec<&str> = kept_back(run).collect();
    for key in run.prepared.state.refusals.keys() {
        let belongs = |id: &str| {
            let prepared = &run.prepared;
            made::belongs((&prepared.crm, &prepared.state), (integration, id), key)
        };
        let held = sheet.parked.iter().any(|(_, id)| belongs(id));
        if held || kept_back.iter().any(|id| belongs(id)) {
            sheet.refusals_kept.insert(key.clone());
        }
    }
}

/// The companies whose account the ERP refused and that mode never keeps back: they stay in error (B6.9, E4).
fn kept_back<'r>(run: &Run<'r>) -> impl Iterator<Item = &'r str> {
    let never = run.parameters.transfer == Transfer::Never;
    let joined = run.directory.joined.values().filter(move |_| never);
    let asked = joined.filter(|one| run.directory.is_asked_for(one.id));
    asked.filter_map(|one| one.company.map(|company| company.id.as_str()))
}

/// What the journal says beside pairs.
fn say(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let wishes = &run.prepared.wishes;
    let mut notes = wishes.notes.clone();
    if run.input.options.parameters_locked {
        notes.push(JournalEntry::new(
            run.input.options.now,
            Code::ParametersLocked,
            None,
            BySide::default(),
        ));
    }
    let ours = Some(run.parameters.integration.as_str());
    let known = run.input.crm.accounts.iter().any(|one| one.integration.as_deref() == ours);
    // A first run that was stopped left what it had not done.
    let state = &run.prepared.state;
    if run.fresh && run.prepared.links.is_empty() && state.retries.is_empty() && known {
        notes.push(JournalEntry::new(
            run.input.options.now,
            Code::LastSyncMissing,
            None,
            BySide::default(),
        ));
    }
    let lost = |one: &&super::directory::Joined<'_>| {
        let pending = one.account.is_none_or(|one| one.pending);
        run.fresh
            && !run.erp_is_partial()
            && !pending
            && !run.directory.code_of.contains_key(one.id)
    };
    for one in run.directory.joined.values().filter(lost) {
        let code = one.account.map(|one| one.code.or_empty().to_owned());
        let ids = BySide::new(code, Some(one.id.to_owned()));
        notes.push(JournalEntry::new(
            run.input.options.now,
            Code::ErpAccountGone,
            Some(name(Kind::Account)),
            ids,
        ));
    }
    let rests = |id: &str| !run.prepared.makes_again(id);
    for one in run.directory.joined.values().filter(|one| one.parked && rests(one.id)) {
        let company = one.company.map(|one| one.id.as_str()).or_else(|| run.known_company(one.id));
        let code = run.directory.code_of.get(one.id).map(|code| (*code).to_owned());
        let ids = BySide::new(code, company.map(str::to_owned));
        notes.push(JournalEntry::new(
            run.input.options.now,
            Code::Quarantined,
            Some(name(Kind::Company)),
            ids,
        ));
    }
    for (code, class) in &run.directory.classes {
        if *class == Class::Dormant {
            let ids = BySide::new(Some((*code).to_owned()), None);
            notes.push(JournalEntry::new(
                run.input.options.now,
                Code::DormantSkipped,
                Some(name(Kind::Account)),
                ids,
            ));
        }
    }
    notes.extend(contradictions(run, work));
    // What a request joined was not lost.
    let joined: BTreeSet<&str> = wishes
        .joined
        .iter()
        .filter_map(|id| run.directory.code_of.get(id.as_str()).copied())
        .collect();
    work.sheet.journal.retain(|entry| {
        let code = entry.ids.a.as_deref().map(code_in);
        entry.code != Code::Relinked || !code.is_some_and(|code| joined.contains(code))
    });
    for entry in work.sheet.journal.iter_mut().filter(|one| one.code == Code::ReadOnlyField) {
        let id = entry.ids.b.as_deref().unwrap_or_default();
        if let Some(company) = run.directory.joined.get(id).and_then(|one| one.company) {
            entry.kind = Some(name(Kind::Company).to_owned());
            entry.ids.b = Some(company.id.clone());
        }
    }
    work.sheet.journal.extend(notes);
}

/// The companies that claim an account which another company has: they stay as they are, and each run says so until
/// somebody decides (D24). One that this run takes away is none.
fn contradictions(run: &Run<'_>, work: &Work<'_, '_>) -> Vec<JournalEntry> {
    let goes = |id: &str| {
        let mut drafts = work.sheet.drafts.iter();
        drafts.any(|draft| {
            draft.kind == Kind::Company
                && draft.action.is_deletion()
                && draft.ids.b.as_deref() == Some(id)
        })
    };
    let claims = run.prepared.crm.companies.iter().filter_map(|one| {
        let account = run.directory.joined.get(one.account.as_deref()?)?;
        account.company.filter(|held| held.id != one.id && !goes(&one.id)).and(Some(one))
    });
    let entry = |one: &Company| {
        let ids = BySide::new(None, Some(one.id.clone()));
        let kind = Some(name(Kind::Company));
        JournalEntry::new(run.input.options.now, Code::AmbiguousPairing, kind, ids)
    };
    claims.map(entry).collect()
}

/// What users asked for is remembered until its first write is done: by what that leaves behind the rest is known.
fn ask_on(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for (words, request) in &run.prepared.wishes.asked {
        let Some(request) = request else {
            work.sheet.asked.insert(words.clone(), None);
            continue;
        };
        if let Some(op) = first_write(run, work, request) {
            work.sheet.asked.insert(words.clone(), Some(op));
        }
    }
}

/// A company in quarantine is listed in each run, also among changes: what is not listed is not known to rest (B14.4).
fn ask_for_parked(run: &Run<'_>, work: &mut Work<'_, '_>) {
    let parked = run.prepared.wishes.parked.iter();
    for (_, id) in parked.filter(|(kind, _)| *kind == Kind::Company.code()) {
        let account = run.prepared.crm.company(id).and_then(|one| one.account.clone());
        for id in account.into_iter().chain([id.clone()]) {
            let ids = BySide::new(None, Some(id));
            work.sheet.settlements.push(Settlement::open(Kind::Company, ids));
        }
    }
}

/// Whether an account is unlinked from a company for which another one is made in the same run (B11.1, B6.5).
fn makes_way(run: &Run<'_>, draft: &Draft<Sage100>) -> bool {
    let account = draft.ids.b.as_ref().filter(|_| draft.kind == Kind::Account);
    let left = account.and_then(|id| run.prepared.wishes.untied.get(id));
    left.is_some_and(|left| {
        let company = run.prepared.crm.company(left);
        company.and_then(|one| one.account.as_ref()) == Some(&made::provisional("account", left))
    })
}

/// The operation that a request begins with.
fn first_write(run: &Run<'_>, work: &Work<'_, '_>, request: &Request) -> Option<u32> {
    let wishes = &run.prepared.wishes;
    let of_account = |id: &str| work.account_ops.get(&(Side::B, id.to_owned())).copied();
    let find = |is_meant: &dyn Fn(&Draft<Sage100>) -> bool| {
        let mut drafts = work.sheet.drafts.iter();
        drafts.position(|draft| draft.side == Side::B && is_meant(draft)).map(number)
    };
    match request {
        Request::CreateAccount(company) => of_account(&made::provisional("account", company)),
        Request::Link { company: id, .. }
        | Request::Reassign { to: id, .. }
        | Request::UpdateAccount(id) => {
            of_account(run.prepared.crm.company(id)?.account.as_deref()?)
        }
        Request::Unlink(company) => {
            let (account, _) = wishes.untied.iter().find(|(_, from)| *from == company)?;
            find(&|draft| draft.kind == Kind::Account && draft.ids.b.as_ref() == Some(account))
        }
        Request::UpdateCompany(company) => {
            find(&|draft| draft.kind == Kind::Company && draft.ids.b.as_ref() == Some(company))
        }
        Request::CreateCompany(account) => find(&|draft| {
            matches!(&draft.action, Action::Create(Record::Company(one))
                if one.account.as_ref() == Some(account))
        }),
        Request::CreateCompanies
        | Request::DeleteFreeFields
        | Request::Quarantine(_)
        | Request::Reactivate(_)
        | Request::RefreshTurnover
        | Request::ResyncAll
        | Request::SendAll => None,
    }
}

/// Orphan and secondary accounts (B12.1).
fn alone(run: &Run<'_>, work: &mut Work<'_, '_>) {
    for one in run.directory.joined.values() {
        let Some(account) = one.account else { continue };
        // Nothing but keys and replicas goes to the CRM now (B15.3): the next run makes the company.
        if run.mode() == Mode::Send && one.company.is_none() && account.origin.is_some() {
            let ids = BySide::new(None, Some(one.id.to_owned()));
            work.sheet.settlements.push(Settlement::open(Kind::Account, ids));
        }
        let key = (Kind::Account.code(), Side::B, one.id.to_owned());
        let open = work.sheet.open.get(&key).cloned().unwrap_or_default();
        let code = match (one.company, account.company.as_ref()) {
            (Some(_), _) => None,
            (None, _) if !account.principal.0 => Some(AnomalyCode::SecondaryAccount),
            (None, None) => Some(AnomalyCode::OrphanAccount),
            (None, Some(_)) => continue,
        };
        for anomaly in open.iter().filter(|one| {
            matches!(one.code, AnomalyCode::OrphanAccount | AnomalyCode::SecondaryAccount)
                && Some(one.code) != code
        }) {
            let with = work.account_ops.get(&(Side::B, one.id.to_owned())).copied();
            let closing = crate::plan::Closing { anomaly: (*anomaly).clone(), with };
            work.sheet.closings.push(closing);
        }
        if let Some(code) = code.filter(|code| !open.iter().any(|one| one.code == *code)) {
            let known = run.directory.code_of.get(one.id).map(|code| (*code).to_owned());
            work.sheet.anomalies.push(Anomaly {
                status: AnomalyStatus::New,
                code,
                kind: name(Kind::Account).to_owned(),
                ids: BySide::new(known, Some(one.id.to_owned())),
                field: "company".to_owned(),
                values: BySide::default(),
            });
        }
    }
}

impl Work<'_, '_> {
    /// Adds an operation; gives its number.
    pub(crate) fn push(&mut self, draft: Draft<Sage100>) -> u32 {
        let op = number(self.sheet.drafts.len());
        self.sheet.drafts.push(draft);
        op
    }

    pub(crate) fn draft(&mut self, op: u32) -> Option<&mut Draft<Sage100>> {
        self.sheet.drafts.get_mut(usize::try_from(op).ok()?)
    }

    /// Makes an operation wait for another.
    pub(crate) fn need(&mut self, op: u32, on: u32, slot: Option<Slot>) {
        if let Some(draft) = self.draft(op).filter(|_| op != on) {
            let known = draft.needs.iter().any(|need| need.op == on && need.slot == slot);
            let order = slot.is_none() && draft.needs.iter().any(|need| need.op == on);
            if !known && !order {
                draft.needs.push(Need::new(on, slot));
            }
        }
    }

    pub(crate) fn settlement(&mut self, at: usize) -> Option<&mut Settlement> {
        self.sheet.settlements.get_mut(at)
    }

    /// The CRM account a draft belongs to.
    fn account_of(&self, run: &Run<'_>, draft: &Draft<Sage100>) -> Option<String> {
        match draft.kind {
            Kind::Account => draft.ids.b.clone().or_else(|| {
                let code = draft.ids.a.as_deref()?;
                run.directory.account_of.get(code).map(|id| (*id).to_owned())
            }),
            Kind::Address | Kind::Contact => {
                let by_id = draft.ids.b.clone().and_then(|id| self.owners.get(&(draft.kind, id)));
                by_id.cloned().or_else(|| {
                    let key = draft.ids.a.as_deref()?;
                    run.directory
                        .account_of_key(key)
                        .map(str::to_owned)
                        .or_else(|| Some(new_account(code_in(key))))
                })
            }
            Kind::Company | Kind::FreeField | Kind::List | Kind::Representative => None,
        }
    }

    /// An address or contact depends on its account, and an ERP write on the CRM account it comes from.
    fn depend(&mut self, run: &Run<'_>) {
        for at in 0..self.sheet.drafts.len() {
            let Some(draft) = self.sheet.drafts.get(at) else { continue };
            if draft.dropped || !matches!(draft.kind, Kind::Address | Kind::Contact) {
                continue;
            }
            if matches!(draft.action, Action::Stamp(_)) {
                continue;
            }
            let side = draft.side;
            let Some(owner) = self.account_of(run, draft) else { continue };
            for on in [Side::B, Side::A] {
                let op = self.account_ops.get(&(on, owner.clone())).copied();
                if let Some(op) = op.filter(|_| on == side || side == Side::A) {
                    self.need(number(at), op, None);
                }
            }
        }
    }

    /// Gives every operation its place and its rule.
    fn place(&mut self, run: &Run<'_>) {
        for at in 0..self.sheet.drafts.len() {
            let Some(draft) = self.sheet.drafts.get(at) else { continue };
            let place = self.place_of(run, draft);
            let is_child = matches!(draft.kind, Kind::Address | Kind::Contact);
            let owner = is_child.then(|| self.listed_by(run, draft)).flatten();
            let unlisted = draft.ids.a.as_deref().is_some_and(|code| {
                draft.kind == Kind::Account
                    && draft.side == Side::A
                    && draft.expect.is_some()
                    && !run.directory.erp_accounts.contains_key(code)
            });
            let id = draft.ids.b.as_deref().filter(|_| unlisted);
            let last = id.and_then(|id| run.last_stamp(id, Side::A));
            if let Some(draft) = self.sheet.drafts.get_mut(at) {
                draft.place = Some(place);
                run.keep_reason(draft);
                draft.rule = rule(draft.reason, draft.rule);
                draft.expect = last.or(draft.expect);
                if is_child {
                    let stamps = matches!(draft.action, Action::Stamp(_));
                    draft.expect = owner.as_ref().map(|(_, stamp)| *stamp).filter(|_| !stamps);
                    draft.listed_by = owner.map(|(id, _)| id);
                }
            }
        }
    }

    /// The record that lists an address or contact, and its stamp: they have none of their own. Of one that is not
    /// among the changes nothing is expected; one that a filter hides is to be as it was last, unless nothing can be
    /// overwritten there (D4).
    fn listed_by(&self, run: &Run<'_>, draft: &Draft<Sage100>) -> Option<(String, Instant)> {
        let is_partial = match draft.side {
            Side::A => run.erp_is_partial(),
            Side::B => run.crm_is_partial(),
        };
        let is_made = matches!(draft.action, Action::Create(_));
        self.lister(run, draft).or_else(|| {
            let key = draft.ids.a.as_deref().filter(|_| !is_made && !is_partial)?;
            let account = self.account_of(run, draft)?;
            let owner = match draft.side {
                Side::A => code_in(key),
                Side::B => run.known_company(&account)?,
            };
            Some((owner.to_owned(), run.last_stamp(&account, draft.side)?))
        })
    }

    /// The same, where that record is listed.
    fn lister(&self, run: &Run<'_>, draft: &Draft<Sage100>) -> Option<(String, Instant)> {
        if draft.side == Side::A {
            let code = match draft.ids.a.as_deref() {
                Some(key) => code_in(key),
                None => run.directory.code_of.get(self.account_of(run, draft)?.as_str())?,
            };
            let owner = run.directory.erp_accounts.get(code)?;
            return Some((owner.code.clone(), owner.modified));
        }
        let account = self.account_of(run, draft)?;
        let company = run.directory.joined.get(account.as_str())?.company;
        match company.map(|one| run.listed.company(&one.id)) {
            Some(company) => company.map(|one| (one.id.clone(), one.modified)),
            None => run.listed.account(&account).map(|one| (one.id.clone(), one.modified)),
        }
    }

    fn place_of(&self, run: &Run<'_>, draft: &Draft<Sage100>) -> Place {
        let kind = match draft.kind {
            Kind::List => 1,
            Kind::Representative => 2,
            Kind::FreeField => 3,
            Kind::Account => 4,
            Kind::Company => 5,
            Kind::Address => 6,
            Kind::Contact => 7,
        };
        let is_child = matches!(draft.kind, Kind::Address | Kind::Contact);
        let early = draft.place.as_ref().is_some_and(|place| place.follows);
        let (step, rank) = match (draft.side, &draft.action) {
            (Side::B, Action::Stamp(_)) if early => (4, 0),
            (_, Action::Stamp(_)) => (11, kind),
            (Side::A, Action::Delete) => (12, kind),
            (Side::B, Action::Delete) => (
                13,
                if draft.kind == Kind::FreeField {
                    8
                } else if draft.kind == Kind::Company {
                    7
                } else {
                    kind - 2
                },
            ),
            // A company loses its account before it gets the one that is made.
            (Side::B, Action::Update(_)) if makes_way(run, draft) => (kind - 1, u8::MAX),
            (Side::B, action) => (kind, u8::from(!matches!(action, Action::Create(_)))),
            (Side::A, action) => (
                if is_child { kind + 3 } else { 8 },
                u8::from(!matches!(action, Action::Create(_))),
            ),
        };
        let account = self.account_of(run, draft);
        let key = draft.ids.a.as_deref();
        let code =
            key.map(|key| if is_child { code_in(key) } else { key }.to_owned()).or_else(|| {
                let id = account.as_deref()?;
                run.known_code(id, run.directory.joined.get(id).and_then(|one| one.account))
            });
        let own = draft.ids.b.clone().unwrap_or_default();
        let owner = match code {
            Some(code) => (false, code),
            None => (true, account.unwrap_or_else(|| own.clone())),
        };
        let part =
            if is_child { key.map_or(own, |key| part_of(key).to_owned()) } else { String::new() };
        Place { step, rank, owner, part, follows: early }
    }

    /// A side that is asked for a creation again under its key answers with the record it made. What an account that
    /// was moved, or asked for anew after its link was broken, needs is no creation of before: its key names whom it is
    /// for as well (B11, D12).
    fn tell_creations_apart(&mut self, run: &Run<'_>) {
        for at in 0..self.sheet.drafts.len() {
            let Some(draft) = self.sheet.drafts.get(at) else { continue };
            let owner = self.account_of(run, draft);
            let Some(one) = owner.and_then(|id| run.directory.joined.get(id.as_str())) else {
                continue;
            };
            // A company that asks again has been written since it asked.
            let asked = one.company.and_then(|one| run.listed.company(&one.id));
            let asked = asked.map(|one| format!("{}/{}", one.id, one.modified.timestamp_millis()));
            let code = run.directory.code_of.get(one.id).map(|code| (*code).to_owned());
            let company = one.company.map(|one| one.id.clone());
            let whom = match (draft.kind, draft.side) {
                (Kind::Account, _) => asked,
                (Kind::Address | Kind::Contact, Side::A) => code.or(asked),
                (Kind::Address | Kind::Contact, Side::B) => company,
                (Kind::Company | Kind::FreeField | Kind::List | Kind::Representative, _) => None,
            };
            let key = self.sheet.drafts.get_mut(at).and_then(|one| one.idempotency_key.as_mut());
            if let (Some(key), Some(whom)) = (key, whom) {
                key.push('@');
                key.push_str(&whom);
            }
        }
    }

    /// Takes away the ids this run made up.
    fn clean(&mut self) {
        let clean = |ids: &mut BySide<Option<String>>| {
            for side in Side::BOTH {
                let id = ids.get_mut(side);
                if id.as_deref().is_some_and(made::is_provisional) {
                    *id = None;
                }
            }
        };
        for draft in self.sheet.drafts.iter_mut() {
            clean(&mut draft.ids);
            draft.anomalies.iter_mut().for_each(|one| clean(&mut one.ids));
            if let Some(key) = &mut draft.idempotency_key {
                *key = key.replace('\u{1}', "");
            }
            if let Action::Create(Record::Address { account, .. } | Record::Contact { account, .. }) =
                &mut draft.action
                && made::is_provisional(account)
            {
                account.clear();
            }
        }
        self.sheet.anomalies.iter_mut().for_each(|one| clean(&mut one.ids));
        self.sheet.journal.iter_mut().for_each(|one| clean(&mut one.ids));
        for settlement in self.sheet.settlements.iter_mut() {
            clean(&mut settlement.ids);
        }
    }
}

/// What the CRM account of a new ERP account is called while a plan is made.
pub(crate) fn new_account(code: &str) -> String {
    made::provisional("erp", code)
}

/// The rule of a reason, where the core named one of the first profile's.
pub(crate) fn rule(reason: Reason, rule: &'static str) -> &'static str {
    if rule.starts_with(['B', 'E']) {
        return rule;
    }
    match reason {
        Reason::ConflictWonByA | Reason::ConflictWonByB | Reason::Merged => "E2",
        Reason::CreatedInA => "B7.1",
        Reason::UpdatedInA => "B7.2",
        Reason::CreatedInB | Reason::UpdatedInB => "B7.3",
        Reason::DeletedInA | Reason::DeletedInB => "B7.8",
        Reason::Resync => "B15.2",
        Reason::Sent => "B15.3",
        Reason::DuplicateKeyCleared
        | Reason::Forced
        | Reason::KeyWrittenBack
        | Reason::LeftScope
        | Reason::Linked
        | Reason::NeededByAppointment
        | Reason::NeededByTask
        | Reason::Reassigned
        | Reason::Recreated
        | Reason::Replicated
        | Reason::Requested
        | Reason::Restored
        | Reason::Unlinked => "B16.1",
    }
}
