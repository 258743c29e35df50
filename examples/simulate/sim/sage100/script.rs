//! What happens in a world of one CRM and its ERPs, as data.

use std::collections::BTreeSet;

use super::author::{self, Author};
use super::dice::Dice;
use super::driver::{self, Scripted};
use super::fault::{Fault, Named, named};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Somebody works in the CRM.
    Crm,
    /// Somebody works in the ERP of an integration.
    Erp(usize),
}

named! {
    /// What a person does; which record is meant is chosen by the act's number when it happens.
    What {
        /// A contact or an address is entered.
        Add = "additions",
        /// The main contact, a default address, a qualification or a type is chosen.
        Choose = "choices",
        /// A company is entered, or an ERP account.
        Create = "creations",
        /// Free-information fields and lists of the ERP are changed.
        Define = "definitions",
        /// A company is deleted, or an ERP account.
        Delete = "deletions",
        /// A contact or an address is deleted.
        Drop = "child_deletions",
        /// One field is changed.
        Edit = "edits",
        /// A company without account is tied to a general ERP account (B17).
        Generic = "generic_accounts",
        /// An ERP account becomes another kind, or is again what it was (E7).
        Kind = "kinds",
        /// The account of a company is deleted by itself in the CRM (B1.5).
        Lose = "account_deletions",
        /// A manager or representative is changed.
        Manage = "managers",
        /// An account of the CRM is edited by itself (B1.5).
        Mirror = "account_edits",
        /// What the ERP owns is changed there, or edited in the CRM (B6.8).
        Owned = "owned_fields",
        /// A delivery address gets another label in the ERP (B9.1), or its contacts another order (B9.5).
        Rename = "labels",
        /// A company is put to rest or woken; an ERP account is made dormant or woken (B10).
        Rest = "statuses",
        /// Both sides get a contact or an address of one name that says different things on each.
        Twin = "twins",
    }
}

/// One act of a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) who: Who,
    pub(crate) what: What,
    pub(crate) number: u64,
}

named! {
    /// What users ask of a run (E5); which company is meant is chosen by the run's number.
    Demand {
        /// The ERP account of a company.
        Account = "create_account",
        /// Companies for all orphans.
        Companies = "create_companies",
        /// A company for one orphan.
        Company = "create_company",
        /// Definitions of free fields go.
        FreeFields = "delete_free_fields",
        /// A company is tied to an ERP account.
        Link = "link",
        /// Nothing.
        None = "nothing_asked",
        /// A company is taken out of the flow.
        Quarantine = "quarantine",
        /// A company is put back into the flow.
        Reactivate = "reactivate",
        /// An account is given to another company.
        Reassign = "reassign",
        /// Everything is read, and the ERP believed.
        Resync = "resync_all",
        /// Everything is sent, and the CRM believed.
        Send = "send_all",
        /// The turnover is read.
        Turnover = "refresh_turnover",
        /// A link is broken.
        Unlink = "unlink",
        /// An account becomes what its company is.
        UpdateAccount = "update_account",
        /// A company becomes what its account is.
        UpdateCompany = "update_company",
    }
}

impl Demand {
    /// Whether it ties or unties companies and accounts, or overrules what was agreed.
    pub(crate) const fn moves(self) -> bool {
        matches!(
            self,
            Self::Link
                | Self::Quarantine
                | Self::Reactivate
                | Self::Reassign
                | Self::Resync
                | Self::Send
                | Self::Unlink
        )
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) desk: usize,
    pub(crate) fault: Fault,
    pub(crate) demands: [Demand; 2],
    /// Where the fault strikes.
    pub(crate) number: u64,
    /// What a person does meanwhile, with [`Fault::MidRun`].
    pub(crate) meanwhile: Act,
}

/// An act or a run.
pub(crate) type Step = driver::Step<Act, Run>;

named! {
    /// What is unusual about a whole world: its hosts, its parameters.
    Trait {
        /// The hosts do not return what they stored.
        Blind = "blind",
        /// The ERP writes cities in capitals and trims them.
        Capitals = "capitals",
        /// The ERP lists only what changed.
        ChangesA = "changes_erp",
        /// The CRM lists only what changed.
        ChangesB = "changes_crm",
        /// Account codes come from the CRM (B5.4).
        CrmCodes = "crm_codes",
        /// Dormant accounts are not brought over (B10.1).
        Dormant = "dormant",
        /// Account codes come from the ERP (B5.5).
        ErpCodes = "erp_codes",
        /// Conflicts are held until somebody chooses a policy (E2).
        Hold = "hold",
        /// Few deletions are executed without being confirmed (D6).
        Limit = "limit",
        /// The main contact is replicated (B8.1).
        MainContact = "main_contact",
        /// Managers follow representatives, or the reverse (B4.12, B4.13).
        Managers = "follow_managers",
        /// The CRM was in use before: it holds accounts, orphans and secondary accounts (B12).
        Migrated = "migrated",
        /// Users may ask for nothing (B19), and accounts are never created from the CRM (B6.9).
        NoRights = "no_rights",
        /// The CRM shows its placeholder in empty telephones of linked records (B9.4).
        Placeholder = "placeholder",
        /// The ERP has a list of departments (B9.8).
        Services = "services",
        /// Both sides list in any order.
        Shuffled = "shuffled",
        /// The ERP keeps ten characters of a short name.
        Truncate = "truncate",
        /// A lie: every answer is given twice.
        Twice = "answered_twice",
        /// Some of contacts, addresses and telephones do not come from the ERP (B3.1).
        Unticked = "unticked",
        /// Now and then a text of the ERP cannot be read.
        Unreadable = "unreadable",
        /// Records are kept whole (D3).
        Whole = "record_merge",
    }
}

/// A world from its beginning to its last step.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) desks: usize,
    pub(crate) traits: BTreeSet<Trait>,
    /// Which conflict policy, and what else is drawn once for a world.
    pub(crate) policy: usize,
    pub(crate) number: u64,
    pub(crate) steps: Vec<Step>,
}

/// What people do in the CRM; what stands more than once happens more often.
const IN_CRM: [What; 22] = [
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Add,
    What::Add,
    What::Add,
    What::Drop,
    What::Drop,
    What::Drop,
    What::Create,
    What::Create,
    What::Choose,
    What::Delete,
    What::Generic,
    What::Lose,
    What::Manage,
    What::Mirror,
    What::Owned,
    What::Rest,
    What::Twin,
];

/// What people do in an ERP.
const IN_ERP: [What; 22] = [
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Add,
    What::Add,
    What::Add,
    What::Drop,
    What::Drop,
    What::Drop,
    What::Create,
    What::Create,
    What::Define,
    What::Delete,
    What::Kind,
    What::Manage,
    What::Owned,
    What::Rename,
    What::Rename,
    What::Rest,
];

/// What users ask for.
const ASKED: [Demand; 22] = [
    Demand::Account,
    Demand::Account,
    Demand::Account,
    Demand::Account,
    Demand::Account,
    Demand::Account,
    Demand::Link,
    Demand::Link,
    Demand::Reassign,
    Demand::Reassign,
    Demand::Unlink,
    Demand::Unlink,
    Demand::Quarantine,
    Demand::Quarantine,
    Demand::Reactivate,
    Demand::Companies,
    Demand::Company,
    Demand::FreeFields,
    Demand::UpdateAccount,
    Demand::UpdateCompany,
    Demand::Resync,
    Demand::Send,
];

fn act(author: &mut Author<'_>, first: bool) -> Act {
    let at = author.dice.roll(author.places * 2);
    let who = if at < author.places { Who::Erp(at) } else { Who::Crm };
    let choices = if who == Who::Crm { &IN_CRM } else { &IN_ERP };
    let chosen = author.dice.pick(choices, What::Edit);
    let early = matches!(chosen, What::Add | What::Create | What::Define);
    let what = if first && !early { What::Create } else { chosen };
    let what = if author.is_on(what.name()) { what } else { What::Edit };
    Act { who, what, number: author.dice.next() }
}

const fn seldom(one: Trait) -> usize {
    match one {
        Trait::ChangesA | Trait::ChangesB => 3,
        Trait::Capitals | Trait::CrmCodes | Trait::ErpCodes | Trait::Truncate => 5,
        Trait::NoRights => 16,
        _ => 8,
    }
}

fn demand(author: &mut Author<'_>) -> Demand {
    let chosen = author.dice.pick(&ASKED, Demand::None);
    let chosen = if author.dice.once_in(20) { Demand::Turnover } else { chosen };
    if author.dice.once_in(2) && author.is_on(chosen.name()) { chosen } else { Demand::None }
}

fn run(author: &mut Author<'_>, desk: usize) -> Run {
    let fault = author.fault();
    let demands = [demand(author), demand(author)];
    let (number, meanwhile) = (author.dice.next(), act(author, false));
    Run { desk, fault, demands, number, meanwhile }
}

impl Scripted for Script {
    type Act = Act;
    type Run = Run;
    type Trait = Trait;

    fn draw(dice: &mut Dice, without: &[String]) -> Self {
        let desks = if dice.once_in(4) { 2 } else { 1 };
        let is_partial = dice.once_in(2);
        let (policy, number) = (dice.roll(3), dice.next());
        let mut author = Author::new(dice, without, (desks, is_partial));
        let traits = author.traits(seldom);
        let steps = author.steps(5, act, run);
        Self { desks, traits, policy, number, steps }
    }

    fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn traits(&mut self) -> &mut BTreeSet<Trait> {
        &mut self.traits
    }

    fn head(&self) -> String {
        let traits: Vec<_> = self.traits.iter().map(|one| one.name()).collect();
        format!("integrations={} policy={} {traits:?}", self.desks, self.policy)
    }
}

impl Script {
    /// Whether a world has a trait.
    pub(crate) fn has(&self, one: Trait) -> bool {
        self.traits.contains(&one)
    }
}

/// Every name that can be left out.
pub(crate) fn names() -> Vec<&'static str> {
    let acts = author::names(&[What::Create, What::Edit]);
    let faults = author::names(&[Fault::None]);
    let demands = author::names(&[Demand::None]);
    author::names::<Trait>(&[]).chain(acts).chain(faults).chain(demands).collect()
}
