//! What happens in a world, as data: a script is made from numbers alone, so that parts of it can be left out.

use std::collections::BTreeSet;

use super::author::{self, Author};
use super::dice::Dice;
use super::driver::{self, Scripted};
pub(crate) use super::fault::Fault;
use super::fault::{Named, named};
use super::pages::{self, Pages};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Somebody works in the CRM.
    Crm,
    /// The user of a mailbox.
    Mailbox(usize),
}

named! {
    /// What a person does; which record is meant is chosen by the act's number when it happens.
    What {
        /// Another company is named: a partner by its code, an unknown code, or none.
        Company = "company",
        /// An item is copied, its key with it.
        Copy = "copies",
        /// Something is entered.
        Create = "creations",
        /// Something is deleted.
        Delete = "deletions",
        /// One field is changed.
        Edit = "edits",
        /// An item turns private, or public again.
        Hide = "privacy",
        /// A co-worker is invited to an appointment, or no longer.
        Invite = "invitations",
        /// An activity names other contacts.
        Link = "contact_lists",
        /// An organiser's meeting, of which the mail program puts a copy into the guests' calendars.
        Meet = "meetings",
        /// An item goes to another folder; in Exchange it gets another id.
        Move = "moves",
        /// A record goes to another representative.
        Reassign = "reassignments",
        /// An appointment becomes a series, or a single one again.
        Recur = "series",
        /// A deleted item is taken out of the bin.
        Restore = "restored",
        /// Both sides get a record of the same thing, which says different things on each.
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
    /// Which way a run is forced (A9).
    Force {
        /// From both sides.
        Both = "forced_both",
        /// From the CRM.
        Crm = "forced_crm",
        /// Not at all.
        None = "not_forced",
        /// From the mailbox.
        Store = "forced_store",
    }
}

impl Force {
    /// Whether the last-sync state is dropped (D20).
    pub(crate) const fn drops_state(self) -> bool {
        matches!(self, Self::Both | Self::Store)
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) mailbox: usize,
    pub(crate) fault: Fault,
    pub(crate) force: Force,
    /// Who lists a page only.
    pub(crate) pages: Pages,
    /// Where the fault strikes.
    pub(crate) number: u64,
    /// What a person does meanwhile, with [`Fault::MidRun`].
    pub(crate) meanwhile: Act,
}

impl Run {
    /// The same run, in which nothing goes wrong; where nothing did, everything is listed at once.
    pub(crate) fn faultless(&self) -> Self {
        let pages = if self.is_paged_only() { Pages::None } else { self.pages };
        Self { fault: Fault::None, pages, ..*self }
    }

    /// Whether nothing is unusual about it but pages.
    pub(crate) fn is_paged_only(&self) -> bool {
        let (fault, force) = (self.fault, self.force);
        self.pages != Pages::None && fault == Fault::None && force == Force::None
    }
}

/// An act or a run.
pub(crate) type Step = driver::Step<Act, Run>;

named! {
    /// What is unusual about a whole world: its hosts, its parameters.
    Trait {
        /// There is a deletion delay, and time passes quickly (A10).
        Archive = "archive",
        /// The hosts do not return what they stored.
        Blind = "blind",
        /// The CRM writes departments in capitals and trims them.
        Capitals = "capitals",
        /// The mailbox lists only what changed.
        ChangesA = "changes_a",
        /// The CRM lists only what changed.
        ChangesB = "changes_b",
        /// Partners are shown as `NAME   #CODE#` (D7).
        NameAndCode = "name_and_code",
        /// Something on each side insists on its own form of a department, and writes it before every run.
        Fight = "fight",
        /// Conflicts are held until somebody chooses a policy (D4).
        Hold = "hold",
        /// Few deletions are executed without being confirmed (D6).
        Limit = "limit",
        /// The user lacks some flags (A1.2).
        Permissions = "permissions",
        /// A lie: a listing of changes names among the removed what it lists.
        Removed = "removed_and_listed",
        /// Both sides list in any order.
        Shuffled = "shuffled",
        /// The mailboxes' clocks are wrong.
        Skew = "skew",
        /// Equal stamps prove that a record is unchanged.
        Stamps = "stamps",
        /// The CRM keeps ten characters of a job title.
        Truncate = "truncate",
        /// A lie: every answer is given twice.
        Twice = "answered_twice",
        /// Now and then the mailbox cannot read a text (A13.5).
        Unreadable = "unreadable",
        /// Records are kept whole (D3).
        Whole = "record_merge",
    }
}

/// A world from its beginning to its last step.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) mailboxes: usize,
    pub(crate) exchange: bool,
    pub(crate) traits: BTreeSet<Trait>,
    /// Which conflict policy, and what else is drawn once for a world.
    pub(crate) policy: usize,
    pub(crate) number: u64,
    pub(crate) steps: Vec<Step>,
}

/// What people do in a mailbox; what stands more than once happens more often.
const IN_MAILBOX: [What; 16] = [
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Create,
    What::Create,
    What::Delete,
    What::Delete,
    What::Move,
    What::Copy,
    What::Hide,
    What::Restore,
    What::Company,
    What::Link,
    What::Meet,
    What::Recur,
];

/// What people do in the CRM.
const IN_CRM: [What; 14] = [
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Edit,
    What::Create,
    What::Create,
    What::Delete,
    What::Reassign,
    What::Reassign,
    What::Company,
    What::Link,
    What::Invite,
    What::Twin,
];

fn act(author: &mut Author<'_>, first: bool) -> Act {
    let at = author.dice.roll(author.places + 1);
    let who = if at == author.places { Who::Crm } else { Who::Mailbox(at) };
    let choices: &[What] = if who == Who::Crm { &IN_CRM } else { &IN_MAILBOX };
    let chosen = author.dice.pick(choices, What::Edit);
    let first_time = matches!(chosen, What::Twin | What::Meet);
    let what = if first && !first_time { What::Create } else { chosen };
    let fits = author.is_on(what.name()) && !(author.is_partial && what == What::Twin);
    let what = if fits { what } else { What::Edit };
    Act { who, what, number: author.dice.next() }
}

const fn seldom(one: Trait) -> usize {
    match one {
        Trait::ChangesA | Trait::ChangesB | Trait::Stamps => 3,
        Trait::Capitals | Trait::Skew | Trait::Truncate | Trait::Whole => 4,
        Trait::Shuffled => 16,
        _ => 8,
    }
}

fn run(author: &mut Author<'_>, mailbox: usize) -> Run {
    let fault = author.fault();
    let forced = author.dice.once_in(12);
    let force = author.dice.pick(Force::ALL, Force::None);
    let fits = forced && !(author.is_partial && force.drops_state()) && fault == Fault::None;
    let force = if fits && author.is_on(force.name()) { force } else { Force::None };
    let (number, meanwhile) = (author.dice.next(), act(author, false));
    let plain = !fault.is_partial() && !force.drops_state() && author.is_on(pages::NAME);
    let pages = if plain { Pages::draw(number, 5) } else { Pages::None };
    Run { mailbox, fault, force, pages, number, meanwhile }
}

impl Scripted for Script {
    type Act = Act;
    type Run = Run;
    type Trait = Trait;

    fn draw(dice: &mut Dice, without: &[String]) -> Self {
        let mailboxes = 1 + dice.roll(2);
        let exchange = dice.once_in(2);
        let is_partial = dice.once_in(2);
        let (policy, number) = (dice.roll(3), dice.next());
        let mut author = Author::new(dice, without, (mailboxes, is_partial));
        let traits = author.traits(seldom);
        let mut steps = author.steps(4, act, run);
        let of_pages =
            mailboxes == 1 && author.is_on(pages::NAME) && author.is_on(What::Twin.name());
        if of_pages && Dice::new(number.wrapping_add(8)).once_in(4) {
            pages::first_contact(&mut steps, number);
        }
        Self { mailboxes, exchange, traits, policy, number, steps }
    }

    fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn traits(&mut self) -> &mut BTreeSet<Trait> {
        &mut self.traits
    }

    fn head(&self) -> String {
        let traits: Vec<_> = self.traits.iter().map(|one| one.name()).collect();
        format!("exchange={} policy={} {traits:?}", self.exchange, self.policy)
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
    let forces = author::names(&[Force::None]);
    author::names::<Trait>(&[])
        .chain(acts)
        .chain(faults)
        .chain(forces)
        .chain([pages::NAME])
        .collect()
}
