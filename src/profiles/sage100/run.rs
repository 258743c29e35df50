//! The profile, built for one run.

use super::absence::Absence;
use super::clerk::Mode;
use super::crm::{Account, Company, CrmIndex};
use super::default_address;
use super::directory::{Class, Directory};
use super::former::{LEADERLESS, moved_at, names_a_gone_one, was_made_again};
use super::input::{Input, Planned, RunError};
use super::kind::Kind;
use super::made;
use super::parameters::Parameters;
use super::prepare::{Prepared, prepare};
use super::refused::RefusedWrites;
use super::requests::Answer;
use super::schema::{Counts, Native, Record, RecordPatch, Sage100};
use super::value::Value;
use super::{
    directory, dormancy, express, losses, project, refusal, replicate, rules, show, words,
};
use crate::model::{BySide, Side};
use crate::plan::{RunSettings, Sheet, World, reconcile};
use crate::profile::{
    Barrier, Change, Entry, Expressed, GroupCase, Identities, Judgement, Loss, PairView, Profile,
    Write,
};
use crate::report::{Code, Explanation, Lever};
use crate::schema::Kind as _;
use crate::snapshot::{Coverage, Link, Listing, Print, Printer, Prints};

/// Makes the plan of a run: checks the preconditions, takes the requests, then reconciles both sides.
///
/// # Errors
/// [`RunError::Refused`] for the first precondition that fails, [`RunError::Plan`] when a listing breaks its
/// contract.
///
/// # Example
/// ```
/// use counterpart::profiles::sage100::{self, Crm, Erp, Input, Parameters, RunOptions};
/// use counterpart::snapshot::{Listing, StateKey, SyncState};
///
/// let planned = sage100::plan(&Input {
///     parameters: &Parameters::default(),
///     erp: &Erp::default(),
///     crm: &Crm::default(),
///     erp_listing: &Listing::full(),
///     crm_listing: &Listing::full(),
///     state: &SyncState::new("sage100", sage100::systems("Sage100"), StateKey([0; 16])),
///     requests: &[],
///     options: RunOptions::at("2026-03-01T08:00:00Z".parse()?),
/// })?;
/// assert!(planned.plan.ops.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(input: &Input<'_>) -> Result<Planned, RunError> {
    let (plan, answers) = in_world(input, |world, _| reconcile(world))?;
    Ok(Planned { plan: plan?, answers })
}

/// Explains a record that either side knows under an id, or knew when it was last listed: its link, what a run with
/// this input decides, by which rule, and what would change it. On the CRM's side a company is explained with its
/// account; addresses and contacts of the ERP have the keys of the trace (`CLI01#`, `CLI01#<label>`,
/// `CLI01#<contact>`). None means that nobody knows the id, or that it takes no part, as a company without an account
/// (B1.6). It writes nothing, and costs what [`plan`] costs.
///
/// # Errors
/// Those of [`plan`].
///
/// # Example
/// ```
/// # use counterpart::profiles::sage100::*;
/// # use counterpart::snapshot::{Listing, StateKey, SyncState};
/// use counterpart::model::Side;
/// use counterpart::report::{Decision, Language};
/// use counterpart::rules::Reason;
///
/// # let erp: Erp = serde_json::from_str(
/// #     r#"{"accounts": [{"code": "CLI01", "modified": "2026-02-01T08:00:00Z", "kind": "customer", "title": "Dupont"}]}"#,
/// # )?;
/// # let (parameters, crm, full) = (Parameters::default(), Crm::default(), Listing::full());
/// # let state = SyncState::new("sage100", systems("Sage100"), StateKey([0; 16]));
/// # let input = Input {
/// #     parameters: &parameters, erp: &erp, crm: &crm, erp_listing: &full, crm_listing: &full, state: &state,
/// #     requests: &[], options: RunOptions::at("2026-03-01T08:00:00Z".parse()?),
/// # };
/// let told = explain(&input, Side::A, "CLI01")?;
/// assert_eq!(told[0].decision, Decision::Written(Reason::CreatedInA));
/// assert!(told[0].text(Language::En).contains("new in the ERP"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(
    input: &Input<'_>,
    side: Side,
    id: &str,
) -> Result<Vec<Explanation<Sage100>>, RunError> {
    let told = in_world(input, |world, run| {
        let account = run.account_of_company(id).filter(|_| side == Side::B);
        crate::plan::explain(&world, side, account.unwrap_or(id))
    });
    Ok(told?.0?)
}

/// Checks the preconditions, takes the requests, and builds the world of a run; gives what became of the requests too.
fn in_world<'i, T>(
    input: &'i Input<'i>,
    then: impl for<'r> FnOnce(World<'r, Run<'r>>, &'r Run<'r>) -> T,
) -> Result<(T, Vec<Answer>), RunError> {
    refusal::check(input)?;
    input.check_ids()?;
    let absence = Absence::of(input);
    let prepared = prepare(input, &absence);
    let run = Run::new(input, &prepared, &absence);
    let settings = RunSettings {
        confirm: input.options.confirm,
        policy: input.parameters.conflict.policy(),
        merge: input.parameters.merge,
        limit: input.parameters.max_deletions,
        ..RunSettings::at(input.options.now)
    };
    let listings = run.listings();
    let world = World {
        profile: &run,
        state: &prepared.state,
        listings: listings.as_ref(),
        settings: &settings,
        viewer: prepared.viewer.clone(),
        counts: Counts { accounts: run.directory.counts },
    };
    let done = then(world, &run);
    Ok((done, prepared.wishes.answers.clone()))
}

/// The profile, built for one run: what the rules and the projection look things up in.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) parameters: &'a Parameters,
    pub(crate) prepared: &'a Prepared,
    pub(crate) absence: &'a Absence<'a>,
    /// The CRM as it was listed.
    pub(crate) listed: CrmIndex<'a>,
    pub(crate) directory: Directory<'a>,
    pub(crate) refused: RefusedWrites<'a>,
    /// Whether there has been no run yet (B3.3).
    pub(crate) fresh: bool,
}

impl<'a> Run<'a> {
    fn new(input: &'a Input<'a>, prepared: &'a Prepared, absence: &'a Absence<'a>) -> Self {
        let fresh = prepared.state.fresh;
        let creates = !fresh && prepared.wishes.mode != Mode::Resync;
        Self {
            parameters: input.parameters,
            directory: Directory::new(input.parameters, input.erp, prepared, creates),
            listed: input.crm.index(),
            refused: RefusedWrites::of(&prepared.state),
            fresh,
            prepared,
            absence,
            input,
        }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.prepared.wishes.mode
    }

    /// Whether the ERP lists changes only.
    pub(crate) fn erp_is_partial(&self) -> bool {
        self.input.erp_listing.coverage == Coverage::Changes
    }

    /// Whether the CRM lists changes only.
    pub(crate) fn crm_is_partial(&self) -> bool {
        self.input.crm_listing.coverage == Coverage::Changes
    }

    /// Whether an account of the CRM is known to be gone, or its company.
    pub(crate) fn is_gone_in_crm(&self, id: &str) -> bool {
        let link = self.directory.link_of_id(Kind::Account, id);
        let is_moved = link.and_then(moved_at).is_some();
        let company = self.known_company(id).filter(|_| !is_moved);
        let is_removed = |id: &str| self.absence.is_removed(Side::B, id);
        let known = !self.crm_is_partial()
            || link.is_some_and(was_made_again)
            || is_removed(id)
            || company.is_some_and(is_removed);
        known && !self.directory.joined.contains_key(id)
    }

    /// Whether an earlier run left something of an account of the CRM undone.
    pub(crate) fn is_unfinished(&self, account: &str) -> bool {
        self.prepared.state.retries.contains_key(&(Side::B, account.to_owned()))
    }

    /// Whether a record of the CRM stands in the place of one whose counterpart is not among the changes.
    pub(crate) fn is_unpaired(&self, kind: Kind, id: &str) -> bool {
        self.prepared.unpaired.contains_key(&(kind.code(), id.to_owned()))
    }

    /// Whether an ERP account is known to be gone.
    pub(crate) fn is_gone_in_erp(&self, code: &str) -> bool {
        let link = self.directory.link_of(Kind::Account, code).map(|(_, link)| link);
        !self.directory.erp_accounts.contains_key(code) && self.absence.is_gone(Side::A, code, link)
    }

    /// The account of a company, as it is known or was when the two were last agreed.
    fn account_of_company(&self, company: &str) -> Option<&str> {
        let joined = self.directory.joined.values();
        let mut listed = joined.filter(|one| one.company.is_some_and(|one| one.id == company));
        let linked = self.prepared.links.iter().find(|((kind, _), link)| {
            *kind == Kind::Account.code() && link.facts.first().is_some_and(|id| id == company)
        });
        listed.next().map(|one| one.id).or_else(|| linked.map(|((_, id), _)| id.as_str()))
    }

    /// Whether the CRM has values of free fields that the ERP no longer has (B15.5).
    pub(crate) fn keeps_free_fields(&self) -> bool {
        let live = &self.prepared.viewer.live;
        self.input.crm.free_fields.iter().any(|one| !live.contains(&one.name))
    }

    /// Whether the ERP's list of departments holds one; an empty list accepts all (B9.8).
    pub(crate) fn knows_service(&self, service: &str) -> bool {
        let list = &self.input.erp.lists.services;
        service.trim().is_empty() || list.is_empty() || list.iter().any(|one| one == service)
    }

    /// The fingerprint of one group of a record.
    pub(crate) fn print_of(&self, kind: Kind, native: Native<'_>, place: usize) -> Option<Print> {
        let mut printer = Printer::new(&self.prepared.state.key, kind.code());
        show::show(&self.prepared.viewer, native, &mut printer);
        printer.finish().get(place).copied().flatten()
    }

    /// The fingerprints of a company.
    pub(crate) fn prints_of_company(&self, company: &Company) -> Prints {
        show::prints_of_company(&self.prepared.viewer, &self.prepared.state.key, company)
    }

    /// The fingerprints of an account as it shows itself.
    pub(crate) fn prints_of_account(&self, account: &Account) -> Prints {
        show::prints_of_account(&self.prepared.viewer, &self.prepared.state.key, account)
    }

    /// The listings, with what the absence of an address or contact from a record that is listed means.
    fn listings(&self) -> BySide<Listing> {
        let (erp, crm) = (self.input.erp_listing, self.input.crm_listing);
        let mut listings = BySide::new(erp.clone(), crm.clone());
        if erp.coverage == Coverage::Full && crm.coverage == Coverage::Full {
            return listings;
        }
        let keys: std::collections::BTreeSet<(u8, &str)> =
            self.directory.children.iter().map(|one| (one.kind.code(), one.key.as_str())).collect();
        let mut ids = std::collections::BTreeSet::new();
        for one in self.directory.joined.values() {
            let (addresses, contacts) = one.children();
            ids.extend(directory::child_ids(addresses, contacts));
        }
        for (key, link) in &self.prepared.links {
            let Some(code) = directory::code_of_child(key, link) else { continue };
            let (kind, id) = key;
            let listed = self.directory.erp_accounts.contains_key(code);
            if listed && !keys.contains(&(*kind, link.ids.a.as_str())) || self.is_gone_in_erp(code)
            {
                listings.a.removed.push(link.ids.a.clone());
            }
            let owner = self.directory.account_of_key(&link.ids.a);
            let joined = owner.and_then(|id| self.directory.joined.get(id));
            let company = owner.and_then(|id| self.directory.link_of_id(Kind::Account, id));
            // Once a run knew that the company is gone, what it listed is named by itself (D22); what a request moved
            // away from it went along.
            let tells = |link: &&Link| !names_a_gone_one(link) && moved_at(link).is_none();
            let company = company.filter(tells);
            let company = company.and_then(|link| link.facts.first());
            let listed = joined.is_some_and(|one| one.company.is_some());
            let lost = company.is_some_and(|id| self.absence.is_removed(Side::B, id));
            if (listed || lost) && !ids.contains(&(*kind, id.as_str())) {
                listings.b.removed.push(id.clone());
            }
        }
        listings
    }

    fn erp_entries(&self) -> Vec<Entry<'_, Self>> {
        let mut entries = Vec::new();
        for account in &self.input.erp.accounts {
            let class = self.directory.class(&account.code);
            if matches!(class, Class::Dormant | Class::Outside) {
                continue;
            }
            entries.push(Entry {
                id: &account.code,
                kind: Kind::Account,
                mark: self.directory.account_of.get(account.code.as_str()).copied(),
                marked: true,
                created: account.modified,
                modified: account.modified,
                standing: rules::standing(class),
                native: Native::ErpAccount(account),
            });
        }
        for child in &self.directory.children {
            let class = self.directory.class(&child.owner.code);
            // What a filter hides with its company is not made beside it (P-04).
            let class = if self.may_stand_elsewhere(child) { Class::Resting } else { class };
            entries.push(Entry {
                id: &child.key,
                kind: child.kind,
                mark: child.mark,
                marked: true,
                created: child.owner.modified,
                modified: child.owner.modified,
                standing: rules::standing(class),
                native: child.native,
            });
        }
        entries
    }

    fn crm_entries(&self) -> Vec<Entry<'_, Self>> {
        let mut entries = Vec::new();
        for one in self.directory.joined.values() {
            // The company is not among the changes, so that nothing of the pair has changed.
            let elsewhere = self.company_is_elsewhere(one);
            if elsewhere && self.crm_is_partial() {
                continue;
            }
            let class = self.directory.code_of.get(one.id).map(|code| self.directory.class(code));
            let parked = if one.parked { Class::Quarantined } else { Class::Managed };
            // A filter hides the company: the pair sleeps until it is shown again (P-04).
            let parked = if elsewhere { Class::Resting } else { parked };
            let class = class.filter(|_| !one.parked && !elsewhere);
            let standing = rules::standing(class.unwrap_or(parked));
            let entry = |id, kind, native| Entry {
                id,
                kind,
                mark: None,
                marked: true,
                created: one.modified,
                modified: one.modified,
                standing,
                native,
            };
            let joined = Native::Joined { id: one.id, account: one.account, company: one.company };
            entries.push(entry(one.id, Kind::Account, joined));
            let (addresses, contacts) = one.children();
            let sent = self.directory.billing_sent.get(one.id).map(|one| one.id.as_str());
            for address in addresses.iter().filter(|address| Some(address.id.as_str()) != sent) {
                let native = Native::Address { account: one.id, address };
                entries.push(entry(&address.id, Kind::Address, native));
            }
            for contact in contacts {
                let native = Native::Contact { account: one.id, contact };
                entries.push(entry(&contact.id, Kind::Contact, native));
            }
        }
        entries
    }

    fn owner(native: Native<'a>, identities: &dyn Identities) -> Value {
        let of_code = |code: &str| identities.counterpart(Kind::Account.code(), Side::A, code);
        let owner = match native {
            Native::Billing(one) | Native::Delivery(one, _) | Native::ErpContact(one, _) => {
                of_code(&one.code)
            }
            Native::Address { account, .. } | Native::Contact { account, .. } => {
                Some(crate::profile::KeyRef::Known(account.to_owned()))
            }
            Native::ErpAccount(_) | Native::Joined { .. } => None,
        };
        Value::Owner(owner)
    }
}

impl<'r> Profile for Run<'r> {
    type Schema = Sage100;
    type Value = Value;
    type Native = Native<'r>;

    fn len(&self, side: Side) -> usize {
        self.entries(side).len()
    }

    fn entry(&self, side: Side, at: usize) -> Option<Entry<'_, Self>> {
        self.entries(side).into_iter().nth(at)
    }

    fn entries(&self, side: Side) -> Vec<Entry<'_, Self>> {
        match side {
            Side::A => self.erp_entries(),
            Side::B => self.crm_entries(),
        }
    }

    fn record(&self, native: Native<'r>) -> Record {
        native.to_record()
    }

    fn writes_as_drafted(&self) -> bool {
        false
    }

    fn show(&self, _: Kind, native: Native<'r>, out: &mut Printer) {
        show::show(&self.prepared.viewer, native, out);
    }

    fn project(&self, _: Kind, native: Native<'r>, _: &dyn Identities) -> Vec<Value> {
        project::project(&self.prepared.viewer, native)
    }

    fn kind_of_key(&self, _: &str) -> Option<Kind> {
        None
    }

    fn pairs_by_content(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Address | Kind::Contact)
    }

    fn content(&self, kind: Kind, native: Native<'r>, identities: &dyn Identities) -> Vec<Value> {
        let mut content = directory::content(native);
        let billing = matches!(native, Native::Billing(_)) || rules::bills(self, native);
        // An account, and a billing address, is never paired by what it says.
        let owner = if kind == Kind::Account || billing {
            Value::Text(format!("{native:?}"))
        } else {
            Self::owner(native, identities)
        };
        content.push(owner);
        content
    }

    fn stamps(&self) -> bool {
        false
    }

    fn reports(&self, code: Code) -> bool {
        !matches!(
            code,
            Code::KindOff
                | Code::LastSyncMissing
                | Code::Moved
                | Code::NotPermitted
                | Code::OrphanKey
                | Code::OutOfScope
                | Code::Quarantined
        )
    }

    fn is_thorough(&self) -> bool {
        self.mode() != Mode::Normal
    }

    fn judges_all(&self, pair: &PairView<'_, '_, Self>) -> bool {
        self.mode_of(pair) != Mode::Normal
    }

    fn won_before(&self, pair: &PairView<'_, '_, Self>) -> Option<Side> {
        self.winner_before(pair)
    }

    fn judge(
        &self,
        pair: &PairView<'_, '_, Self>,
        case: &GroupCase<'_, Value>,
    ) -> (Judgement, Option<Code>) {
        rules::judge(self, pair, case)
    }

    fn carries(&self, kind: Kind, to: Side, place: usize) -> bool {
        rules::carries(self, kind, to, place)
    }

    fn loss(&self, pair: &PairView<'_, '_, Self>, gone: Side, changed: bool) -> Loss {
        losses::loss(self, pair, gone, changed)
    }

    fn may_stand(&self, pair: &PairView<'_, '_, Self>) -> bool {
        losses::may_stand(self, pair)
    }

    fn permits(&self, _: Kind, side: Side, _: Write) -> bool {
        rules::permits(self, side)
    }

    fn is_on(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Account | Kind::Address | Kind::Contact)
    }

    fn barrier(&self, pair: &PairView<'_, '_, Self>, side: Side, write: Write) -> Option<Barrier> {
        rules::barrier(self, pair, side, write)
    }

    fn lever(&self, lever: Lever) -> Lever {
        words::lever(lever)
    }

    fn unassigns(&self, _: Kind) -> Option<&str> {
        None
    }

    fn reclaims(&self, _: Kind) -> bool {
        false
    }

    fn facts(&self, native: Native<'r>) -> Vec<String> {
        match native {
            Native::Joined { id, account, company } => {
                let rest =
                    if dormancy::is_put_to_rest(self, native) { dormancy::PUT_TO_REST } else { "" };
                let principal = account.is_none_or(|one| one.principal.0);
                let known = self.former_company(id).filter(|_| principal);
                let company = company.filter(|one| !made::is_provisional(&one.id));
                let company = match company {
                    // While something of the company before it is still to be done, that one is remembered.
                    Some(one) => known.filter(|_| self.awaits(id)).unwrap_or(&one.id),
                    None => known.unwrap_or_default(),
                };
                // What rests is remembered as it was (B14.4).
                let rests = self.directory.joined.get(id).is_some_and(|one| one.parked);
                let link = self.directory.link_of_id(Kind::Account, id).filter(|_| rests);
                let rest = link.and_then(|link| link.facts.get(1)).map_or(rest, String::as_str);
                // Behind them stands what became of the company before; behind the second word, what an account says that
                // is not agreed.
                let mut facts = vec![company.to_owned(), rest.to_owned()];
                facts.extend(self.facts_of_left(id, company));
                if facts.len() == 2 && self.seeks_a_main_contact(id) {
                    facts.push(LEADERLESS.to_owned());
                }
                facts
            }
            Native::Contact { contact, .. } if default_address::is_owed(self, contact) => {
                show::facts_of_owed(contact)
            }
            Native::Contact { contact, .. } => show::facts_of_contact(contact),
            Native::Address { .. }
            | Native::Billing(_)
            | Native::Delivery(..)
            | Native::ErpAccount(_)
            | Native::ErpContact(..) => Vec::new(),
        }
    }

    fn canonical(&self, _: Kind, _: Side) -> &'static [usize] {
        &[]
    }

    fn mirrored(&self, _: Kind) -> &'static [usize] {
        &[]
    }

    fn create(
        &self,
        change: &Change<'_, '_, Self>,
        source: &Entry<'_, Self>,
        identities: &dyn Identities,
    ) -> Expressed<Self, Option<Record>> {
        express::create(self, change, source, identities)
    }

    fn update(
        &self,
        change: &Change<'_, '_, Self>,
        _: &dyn Identities,
    ) -> Expressed<Self, Option<RecordPatch>> {
        express::update(self, change)
    }

    fn complete(&self, sheet: &mut Sheet<'_, Sage100>, identities: &dyn Identities) {
        replicate::complete(self, sheet, identities);
    }

    fn reclaim(&self, _: Kind, _: Option<RecordPatch>) -> Option<RecordPatch> {
        None
    }
}
