//! A world: mailboxes, one CRM, and what the simulator remembers of the people who work in them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use counterpart::model::{BySide, Instant, Text};
use counterpart::profiles::outlook_x3::{
    CompanyText, Conflict, Crm, Flag, MemoryCrm, MemoryStore, OutlookX3, Parameters, Partner,
    Permissions, Representative, Store, StoreKind,
};
use counterpart::report::Anomaly;
use counterpart::rules::{DeletionLimit, Merge};
use counterpart::schema::Schema as _;
use counterpart::snapshot::{StateKey, SyncState};

use super::broken::Break;
use super::dice::Dice;
use super::driver::Notes;
use super::ledger::Ledger;
use super::script::{Act, Script, Trait, What, Who};

/// What stands in every text written on an item while it is private.
pub(crate) const SECRET: &str = "HUSHHUSH";

/// One mailbox and what its runs remember.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) representative: String,
    pub(crate) parameters: Parameters,
    pub(crate) store: MemoryStore,
    pub(crate) state: SyncState,
    /// Both sides as the last completed run saw them.
    pub(crate) seen: Option<(Store, Crm)>,
    /// Every id there ever was.
    pub(crate) existed: BySide<BTreeSet<String>>,
    /// What the journal of the last run says is left as it is.
    pub(crate) told: BTreeSet<String>,
    /// What writes of the last run lose whose answer nobody heard.
    pub(crate) unheard: Vec<Anomaly>,
    pub(crate) skew: TimeDelta,
    /// What was deleted here by its user.
    pub(crate) bin: Vec<Store>,
}

/// The world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) script: Script,
    pub(crate) mailboxes: Vec<Mailbox>,
    pub(crate) crm: MemoryCrm,
    pub(crate) now: Instant,
    pub(crate) ledger: Ledger,
    /// Records of which a person took one half away: a mailbox's number and id, or no number and a key.
    pub(crate) taken: BTreeSet<(Option<usize>, String)>,
    /// Items that a run deleted whose state was lost: nobody remembers that no person did.
    pub(crate) forgotten: BTreeSet<(usize, String)>,
    /// Items of which nobody can know whose copies they are: their mailbox forgot it, or a filter hid them.
    pub(crate) strayed: BTreeSet<(usize, String)>,
    /// How often what was born once may be there on a side beyond the first time.
    pub(crate) extra: BTreeMap<String, usize>,
    /// What a lie of a host hid once, by birth.
    pub(crate) lied: BTreeSet<String>,
    /// The id an item had before it was moved.
    pub(crate) former: BTreeMap<(usize, String), String>,
    pub(crate) counter: u32,
    pub(crate) number: u32,
    pub(crate) notes: Notes,
    /// What is wrong with the engine, to see that a law notices it.
    pub(crate) broken: Option<Break>,
}

fn start() -> Instant {
    DateTime::from_timestamp(1_772_438_400, 0).unwrap_or_default()
}

/// The representative of a mailbox.
pub(crate) fn representative(mailbox: usize) -> String {
    format!("REP{:02}", mailbox + 1)
}

/// Where a representative is written to.
pub(crate) fn email(code: &str) -> String {
    format!("{}@example.test", code.to_lowercase())
}

/// Every flag but some.
fn some_flags(dice: &mut Dice) -> Permissions {
    const SOME: [Flag; 12] = [
        Flag::COROTKCRE,
        Flag::COROTKUPD,
        Flag::COROTKDLT,
        Flag::CORADXCRE,
        Flag::CORADXUPD,
        Flag::CORADXDLT,
        Flag::TSKOTKCRE,
        Flag::TSKADXUPD,
        Flag::TSKADXDLT,
        Flag::CLLADXUPD,
        Flag::BAPOTKUPD,
        Flag::BAPADXCRE,
    ];
    SOME.into_iter().filter(|_| !dice.once_in(3)).collect()
}

fn parameters(script: &Script, at: usize) -> Parameters {
    let dice = &mut Dice::new(script.number.wrapping_add(at as u64));
    let mut parameters = Parameters::new(format!("U{at}"), representative(at));
    let policies = [Conflict::LastModified, Conflict::Crm, Conflict::Store];
    parameters.conflict = policies.get(script.policy).copied().unwrap_or_default();
    if script.has(Trait::Hold) {
        parameters.conflict = Conflict::Hold;
    }
    if script.has(Trait::Whole) {
        parameters.merge = Merge::Record;
    }
    if script.has(Trait::Permissions) {
        parameters.permissions = some_flags(dice);
    }
    if script.has(Trait::NameAndCode) {
        parameters.company_text = CompanyText::NameAndCode;
    }
    if script.has(Trait::Limit) {
        parameters.max_deletions = DeletionLimit { count: dice.roll(2), percent: 20 };
    }
    parameters.deletion_delay_months = script.has(Trait::Archive).then_some(2);
    let folders = ["Contacts", "Tasks", "Calendar", "More"];
    parameters.managed_folders = Some(folders.map(str::to_owned).into());
    parameters
}

fn mailbox(script: &Script, at: usize) -> Mailbox {
    let name = format!("mailbox-{}", at + 1);
    let kind = if script.exchange { StoreKind::Exchange } else { StoreKind::Local };
    let minutes = if at == 0 { 95 } else { -95 };
    Mailbox {
        representative: representative(at),
        parameters: parameters(script, at),
        state: fresh(&name),
        store: MemoryStore::new(Store::new(name, kind)),
        seen: None,
        existed: BySide::default(),
        told: BTreeSet::new(),
        unheard: Vec::new(),
        skew: TimeDelta::minutes(if script.has(Trait::Skew) { minutes } else { 0 }),
        bin: Vec::new(),
    }
}

/// The state of a mailbox that never ran.
pub(crate) fn fresh(store: &str) -> SyncState {
    let systems = BySide::new(store.to_owned(), "SEED".to_owned());
    SyncState::new(OutlookX3::NAME, systems, StateKey(*b"0123456789abcdef"))
}

/// One of some, taken out of them.
pub(crate) fn chosen<T>(list: &mut Vec<T>, dice: &mut Dice) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = dice.roll(list.len());
    Some(list.swap_remove(at))
}

fn directory(script: &Script) -> Crm {
    let mut crm = Crm::new("SEED");
    for at in 0..script.mailboxes {
        let code = representative(at);
        let (email, name) = (Text::from(email(&code)), Text::from(format!("Colleague{at}")));
        let (first_name, last_name) = (name.clone(), name.clone());
        crm.representatives.push(Representative {
            code,
            name,
            first_name,
            last_name,
            email,
            ..Default::default()
        });
    }
    for code in ["PAA", "PBB"] {
        let name = Text::from(format!("Partner {code}"));
        crm.partners.push(Partner { code: code.to_owned(), name, ..Default::default() });
    }
    crm
}

impl World {
    /// A world before its first step.
    pub(crate) fn new(script: Script, broken: Option<Break>) -> Self {
        let mut notes = Notes::default();
        script.traits.iter().for_each(|one| notes.happened(one.name()));
        Self {
            mailboxes: (0..script.mailboxes).map(|at| mailbox(&script, at)).collect(),
            crm: MemoryCrm::new(directory(&script)),
            now: start(),
            ledger: Ledger::default(),
            taken: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            strayed: BTreeSet::new(),
            extra: BTreeMap::new(),
            lied: BTreeSet::new(),
            former: BTreeMap::new(),
            counter: 1000,
            number: 0,
            notes,
            broken,
            script,
        }
    }

    /// One more of what was born once may be there.
    pub(crate) fn allow_one_more(&mut self, birth: &str) {
        *self.extra.entry(birth.to_owned()).or_default() += 1;
        self.ledger.supersede_deeds(birth, None);
    }

    /// When the next act happens: no two acts happen at once, and all of them after the last run.
    pub(crate) fn clock(&mut self, skew: TimeDelta) -> Instant {
        self.number += 1;
        self.now + TimeDelta::minutes(10) + TimeDelta::seconds(i64::from(self.number)) + skew
    }

    /// When the next act in a mailbox happens, by its own clock.
    pub(crate) fn clock_of(&mut self, at: usize) -> Instant {
        let skew = self.mailboxes.get(at).map(|one| one.skew).unwrap_or_default();
        self.clock(skew)
    }

    /// A number that no other record of the world was born with.
    pub(crate) fn birth(&mut self) -> (u32, String) {
        self.number += 1;
        (self.number, format!("Birth{}", self.number))
    }

    /// A person acts.
    pub(crate) fn act(&mut self, act: Act) {
        let dice = &mut Dice::new(act.number);
        let told = match act.who {
            Who::Mailbox(at) => self.at_mailbox(at, act.what, dice),
            Who::Crm => self.at_crm(act.what, dice),
        };
        if let Some(told) = told {
            self.notes.happened(act.what.name());
            self.notes.tell(|| format!("{:?} {:?}: {told}", act.who, act.what));
        }
    }

    fn at_mailbox(&mut self, at: usize, what: What, dice: &mut Dice) -> Option<String> {
        match what {
            What::Create => self.write(at, dice),
            What::Delete => self.discard(at, dice),
            What::Restore => self.restore(at, dice),
            What::Hide => self.hide(at, dice),
            What::Move => self.relocate(at, dice),
            What::Copy => self.copy(at, dice),
            What::Company => self.name_company(at, dice),
            What::Link => self.link_contacts(at, dice),
            What::Meet => self.meet(at, dice),
            What::Recur => self.repeat(at, dice),
            What::Edit | What::Reassign | What::Invite | What::Twin => self.edit(at, dice),
        }
    }

    fn at_crm(&mut self, what: What, dice: &mut Dice) -> Option<String> {
        match what {
            What::Create => Some(self.enter(dice)),
            What::Delete => self.strike(dice),
            What::Reassign => self.reassign(dice),
            What::Company => self.set_partner(dice),
            What::Link => self.set_contacts(dice),
            What::Invite => self.invite(dice),
            What::Twin => self.twin(dice),
            What::Copy
            | What::Edit
            | What::Hide
            | What::Meet
            | What::Move
            | What::Recur
            | What::Restore => self.amend(dice),
        }
    }

    /// The user is given every flag, and chooses a policy: what waited may go on.
    pub(crate) fn lift_restrictions(&mut self) -> bool {
        let mut lifted = false;
        for mailbox in &mut self.mailboxes {
            let parameters = &mut mailbox.parameters;
            if parameters.conflict == Conflict::Hold {
                parameters.conflict = Conflict::LastModified;
                lifted = true;
            }
            if parameters.permissions != Permissions::all() {
                parameters.permissions = Permissions::all();
                lifted = true;
            }
        }
        lifted
    }
}
