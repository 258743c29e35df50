//! What happens in a world, as data: a script is made from numbers alone, so that parts of it can be left out.

use super::dice::Dice;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Somebody works in the CRM.
    Crm,
    /// The user of a mailbox.
    Mailbox(usize),
}

/// What a person does; which record is meant is chosen by the act's number when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// An item is copied, its key with it.
    Copy,
    /// Something is entered.
    Create,
    /// Something is deleted.
    Delete,
    /// One field is changed.
    Edit,
    /// An item turns private, or public again.
    Hide,
    /// An item goes to another folder; in Exchange it gets another id.
    Move,
    /// A record goes to another representative.
    Reassign,
    /// A deleted item is taken out of the bin.
    Restore,
}

/// One act of a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) who: Who,
    pub(crate) what: What,
    pub(crate) number: u64,
}

/// What goes wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The process dies after a write.
    CrashAfter,
    /// The process dies before a write.
    CrashBefore,
    /// One side lists nothing of a kind, and says that this is everything.
    Emptied,
    /// A write is not answered.
    LostAnswer,
    /// The state was lost before the run.
    LostState,
    /// A person acts while the run is under way.
    MidRun,
    /// One side lists by another filter than usual, and says so.
    Narrow,
    /// Nothing.
    None,
    /// The run ends, and its state is not saved.
    NotSaved,
    /// A side refuses.
    Refuse,
    /// A side says that the record has changed.
    Stale,
    /// The process dies, and what it appended to its journal is cut somewhere.
    Torn,
}

impl Fault {
    /// Every fault.
    pub(crate) const ALL: [Self; 11] = [
        Self::CrashAfter,
        Self::CrashBefore,
        Self::Emptied,
        Self::LostAnswer,
        Self::LostState,
        Self::MidRun,
        Self::Narrow,
        Self::NotSaved,
        Self::Refuse,
        Self::Stale,
        Self::Torn,
    ];

    /// Its name in messages and options.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CrashAfter => "crash_after",
            Self::CrashBefore => "crash_before",
            Self::Emptied => "emptied",
            Self::LostAnswer => "lost_answer",
            Self::LostState => "lost_state",
            Self::MidRun => "mid_run",
            Self::Narrow => "narrow",
            Self::None => "none",
            Self::NotSaved => "not_saved",
            Self::Refuse => "refuse",
            Self::Stale => "stale",
            Self::Torn => "torn",
        }
    }

    /// Whether the next run completes what this one left undone, to the same end.
    pub(crate) const fn is_completed(self) -> bool {
        matches!(
            self,
            Self::CrashAfter | Self::CrashBefore | Self::LostAnswer | Self::Refuse | Self::Stale
        )
    }

    /// Whether a state is older than what was written, or gone.
    pub(crate) const fn harms_state(self) -> bool {
        matches!(self, Self::LostState | Self::NotSaved | Self::Torn)
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) mailbox: usize,
    pub(crate) fault: Fault,
    /// Where the fault strikes.
    pub(crate) number: u64,
    /// What a person does meanwhile, with [`Fault::MidRun`].
    pub(crate) meanwhile: Act,
}

/// An act or a run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Act(Act),
    Run(Run),
}

/// How the hosts of a world behave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lies {
    /// The CRM keeps ten characters of a job title.
    pub(crate) truncate: bool,
    /// The CRM writes departments in capitals and trims them.
    pub(crate) capitals: bool,
    /// Only changes are listed.
    pub(crate) changes: bool,
    /// Equal stamps prove that a record is unchanged.
    pub(crate) stamps: bool,
    /// The mailboxes' clocks are wrong.
    pub(crate) skew: bool,
}

/// The names of the lies, for the option that leaves one out.
pub(crate) const LIES: [&str; 6] = ["truncate", "capitals", "changes", "stamps", "skew", "copies"];

/// A world from its beginning to its last step.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) mailboxes: usize,
    pub(crate) exchange: bool,
    pub(crate) lies: Lies,
    /// Which conflict policy and merge.
    pub(crate) policy: usize,
    pub(crate) record: bool,
    pub(crate) steps: Vec<Step>,
}

fn act(dice: &mut Dice, mailboxes: usize, first: bool) -> Act {
    let at = dice.roll(mailboxes + 1);
    let who = if at == mailboxes { Who::Crm } else { Who::Mailbox(at) };
    let many = [
        What::Edit,
        What::Edit,
        What::Edit,
        What::Edit,
        What::Create,
        What::Create,
        What::Delete,
        if who == Who::Crm { What::Reassign } else { What::Move },
        if who == Who::Crm { What::Edit } else { What::Copy },
        if who == Who::Crm { What::Delete } else { What::Hide },
        if who == Who::Crm { What::Edit } else { What::Restore },
    ];
    let what = if first { What::Create } else { dice.pick(&many, What::Edit) };
    Act { who, what, number: dice.next() }
}

impl Script {
    /// The script of a world. What is named in `without` does not occur.
    pub(crate) fn new(dice: &mut Dice, without: &[String]) -> Self {
        let is_on = |name: &str| !without.iter().any(|one| one == name);
        let mailboxes = 1 + dice.roll(2);
        let exchange = dice.once_in(2);
        let lies = Lies {
            truncate: dice.once_in(4) && is_on("truncate"),
            capitals: dice.once_in(4) && is_on("capitals"),
            changes: dice.once_in(3) && is_on("changes"),
            stamps: dice.once_in(3) && is_on("stamps"),
            skew: dice.once_in(4) && is_on("skew"),
        };
        // Without its state and with a part of the records only, nobody can tell what is new.
        let is_partial = dice.once_in(2);
        let (policy, record) = (dice.roll(3), dice.once_in(4));
        let mut steps = Vec::new();
        for round in 0..2 + dice.roll(5) {
            for _ in 0..2 + dice.roll(4) {
                let act = act(dice, mailboxes, round == 0);
                if is_on("copies") || !matches!(act.what, What::Copy | What::Restore) {
                    steps.push(Step::Act(act));
                }
            }
            for mailbox in 0..mailboxes {
                if round > 0 && dice.once_in(5) {
                    continue;
                }
                let fault =
                    if dice.once_in(2) { Fault::None } else { dice.pick(&Fault::ALL, Fault::None) };
                let is_incomplete = matches!(fault, Fault::Emptied | Fault::Narrow);
                let fits = if is_partial { !fault.harms_state() } else { !is_incomplete };
                let fault = if fits && is_on(fault.name()) { fault } else { Fault::None };
                let (number, mut meanwhile) = (dice.next(), act(dice, mailboxes, false));
                if !is_on("copies") && matches!(meanwhile.what, What::Copy | What::Restore) {
                    meanwhile.what = What::Edit;
                }
                steps.push(Step::Run(Run { mailbox, fault, number, meanwhile }));
            }
        }
        Self { mailboxes, exchange, lies, policy, record, steps }
    }
}
