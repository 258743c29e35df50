//! A world: one CRM, the ERPs of its integrations, and what the simulator remembers of the people who work there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use counterpart::model::{BySide, Instant, Text};
use counterpart::profiles::sage100::{
    CodeMode, Conflict, Crm, Erp, GenericAccounts, Lists, MemoryCrm, MemoryErp, Parameters,
    Representative, Rights, Sage100, Transfer, User, When, systems,
};
use counterpart::report::Anomaly;
use counterpart::rules::{DeletionLimit, Merge};
use counterpart::schema::Schema as _;
use counterpart::snapshot::{StateKey, SyncState};

use super::broken::Break;
use super::dice::Dice;
use super::driver::Notes;
use super::ledger::Ledger;
use super::records::{Desktop, Sort};
use super::script::{Act, Script, Trait, What, Who};

/// The ERP of one integration, and what its runs remember.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) parameters: Parameters,
    pub(crate) erp: MemoryErp,
    pub(crate) state: SyncState,
    /// Both sides as the last completed run saw them.
    pub(crate) seen: Option<(Erp, Crm)>,
    /// Every id there ever was.
    pub(crate) existed: BySide<BTreeSet<String>>,
    /// What the journal of the last run says is left as it is.
    pub(crate) told: BTreeSet<String>,
    /// Accounts that the journal of the last run says differ from their companies.
    pub(crate) apart: BTreeSet<String>,
    /// What was made and no listing showed yet: it waits for that (D12).
    pub(crate) unseen: BTreeSet<String>,
    /// What writes of the last run lose whose answer nobody heard.
    pub(crate) unheard: Vec<Anomaly>,
}

/// The world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) script: Script,
    pub(crate) desks: Vec<Desk>,
    pub(crate) crm: MemoryCrm,
    pub(crate) now: Instant,
    pub(crate) ledger: Ledger,
    /// Records a person took away: an integration's number and a key, or no number and an id of the CRM.
    pub(crate) taken: BTreeSet<(Option<usize>, String)>,
    /// What they were born as, of contacts and addresses.
    pub(crate) dropped: BTreeSet<(Option<usize>, String)>,
    /// How often what was born once may be there on a side beyond the first time.
    pub(crate) extra: BTreeMap<String, usize>,
    /// What a person changed since the run was planned, as `taken`.
    pub(crate) touched: BTreeSet<(Option<usize>, String)>,
    /// When a person wrote into a record last, as `taken`.
    pub(crate) edited: BTreeMap<(Option<usize>, String), Instant>,
    /// The accounts that somebody deleted by themselves, each with its company.
    pub(crate) lost: Vec<(String, String)>,
    /// Companies whose account was given away: they go.
    pub(crate) left: BTreeSet<String>,
    /// The companies whose link the run at hand is asked to break.
    pub(crate) leaving: BTreeSet<String>,
    /// The companies that somebody asked to give an ERP account to: an integration's number, a code and a company.
    pub(crate) given: BTreeSet<(usize, String, String)>,
    /// What a filter showed once, by the place it was listed by, its sort and its id.
    pub(crate) shown: BTreeSet<(Option<usize>, Sort, String)>,
    /// Accounts that somebody asked the ERP for, by their companies.
    pub(crate) asked: BTreeSet<String>,
    /// How many writes the hosts refused in a run for a reason of their own: they are tried again in each (E4).
    pub(crate) refused: usize,
    /// Companies whose status a person set, by birth: it is nobody else's to set.
    pub(crate) rested: BTreeSet<String>,
    /// What a lie of a host hid once, by birth.
    pub(crate) lied: BTreeSet<String>,
    /// What was edited and is not agreed, because a run did not write it or its state was not kept, by birth.
    pub(crate) unsaved: BTreeSet<String>,
    /// What an anomaly named as the loser of a conflict, by birth.
    pub(crate) outvoted: BTreeSet<String>,
    pub(crate) counter: u32,
    pub(crate) number: u32,
    pub(crate) notes: Notes,
    /// What is wrong with the engine, to see that a law notices it.
    pub(crate) broken: Option<Break>,
}

fn start() -> Instant {
    DateTime::from_timestamp(1_772_438_400, 0).unwrap_or_default()
}

/// The name of an integration.
pub(crate) fn integration(desk: usize) -> String {
    format!("Sage100{}", if desk == 0 { "" } else { "B" })
}

/// The state of an integration that never ran.
pub(crate) fn fresh(desk: usize) -> SyncState {
    SyncState::new(Sage100::NAME, systems(&integration(desk)), StateKey(*b"0123456789abcdef"))
}

fn parameters(script: &Script, desk: usize) -> Parameters {
    let dice = &mut Dice::new(script.number.wrapping_add(desk as u64));
    let mut parameters = Parameters::default();
    parameters.integration = integration(desk);
    parameters.multi = script.desks > 1;
    let policies = [Conflict::Erp, Conflict::Crm, Conflict::LastModified];
    parameters.conflict = policies.get(script.policy).copied().unwrap_or_default();
    if script.has(Trait::Hold) {
        parameters.conflict = Conflict::Hold;
    }
    if script.has(Trait::Whole) {
        parameters.merge = Merge::Record;
    }
    if script.has(Trait::Limit) {
        parameters.max_deletions = DeletionLimit { count: dice.roll(2), percent: 20 };
    }
    if script.has(Trait::NoRights) {
        let mut right = || dice.once_in(2);
        parameters.rights = Rights {
            create_account: right(),
            break_link: right(),
            link: right(),
            refresh_turnover: right(),
        };
        parameters.transfer = if dice.once_in(2) { Transfer::Never } else { Transfer::Manual };
    }
    parameters.sync_dormant = !script.has(Trait::Dormant);
    if script.has(Trait::Unticked) {
        let all = [&mut parameters.sync_contacts, &mut parameters.sync_addresses];
        for one in all {
            *one = dice.once_in(2);
        }
        parameters.sync_phones = dice.once_in(2);
    }
    if script.has(Trait::Managers) {
        let choices = [When::Always, When::IfEmpty, When::Never];
        parameters.manager_from_representative = dice.pick(&choices, When::Always);
        parameters.representative_from_manager = dice.pick(&choices, When::Always);
        parameters.default_manager = Some("U3".to_owned());
    }
    parameters.replicate_main_contact = script.has(Trait::MainContact);
    parameters.account_code.mode = match (script.has(Trait::ErpCodes), script.has(Trait::CrmCodes))
    {
        (true, _) => CodeMode::ErpAuto,
        (false, true) => CodeMode::CrmAuto,
        (false, false) => CodeMode::Free,
    };
    if parameters.account_code.mode != CodeMode::ErpAuto && dice.once_in(3) {
        "x".clone_into(&mut parameters.account_code.suffix);
    }
    let by_first_letter = Some("DIVERS".to_owned());
    parameters.generic_accounts = Some(GenericAccounts { by_first_letter, ..Default::default() });
    parameters
}

fn texts(names: [&str; 2]) -> Vec<String> {
    names.map(str::to_owned).into()
}

fn lists(script: &Script) -> Lists {
    let services = if script.has(Trait::Services) { texts(["Achats", "Ventes"]) } else { vec![] };
    Lists {
        accounting_categories: texts(["Ventes France", "Ventes export"]),
        price_categories: texts(["Grossiste", "Particulier"]),
        languages: texts(["Langue courante", "Anglais"]),
        services,
    }
}

fn erp(script: &Script) -> Erp {
    let mut erp = Erp::default();
    erp.lists = lists(script);
    erp.codification = true;
    erp.representatives = ["R1", "R2"].map(representative).into();
    erp
}

fn representative(code: &str) -> Representative {
    Representative { code: code.to_owned(), name: Text::from(format!("Name of {code}")) }
}

fn desk(script: &Script, at: usize) -> Desk {
    Desk {
        parameters: parameters(script, at),
        erp: MemoryErp::new(erp(script)),
        state: fresh(at),
        seen: None,
        existed: BySide::default(),
        told: BTreeSet::new(),
        apart: BTreeSet::new(),
        unseen: BTreeSet::new(),
        unheard: Vec::new(),
    }
}

fn users() -> Vec<User> {
    let user = |(code, representative): (&str, Option<&str>)| User {
        code: code.to_owned(),
        representative: representative.map(str::to_owned),
    };
    [("U1", Some("R1")), ("U2", Some("R2")), ("U3", None)].map(user).into()
}

/// One of some.
pub(crate) fn chosen<T>(mut list: Vec<T>, dice: &mut Dice) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = dice.roll(list.len());
    Some(list.swap_remove(at))
}

impl World {
    /// A world before its first step.
    pub(crate) fn new(script: Script, broken: Option<Break>) -> Self {
        let mut notes = Notes::default();
        script.traits.iter().for_each(|one| notes.happened(one.name()));
        let mut crm = Crm::default();
        crm.users = users();
        let mut world = Self {
            desks: (0..script.desks).map(|at| desk(&script, at)).collect(),
            crm: MemoryCrm::new(crm),
            now: start(),
            ledger: Ledger::default(),
            taken: BTreeSet::new(),
            dropped: BTreeSet::new(),
            extra: BTreeMap::new(),
            touched: BTreeSet::new(),
            edited: BTreeMap::new(),
            lost: Vec::new(),
            left: BTreeSet::new(),
            leaving: BTreeSet::new(),
            given: BTreeSet::new(),
            shown: BTreeSet::new(),
            asked: BTreeSet::new(),
            refused: 0,
            rested: BTreeSet::new(),
            lied: BTreeSet::new(),
            unsaved: BTreeSet::new(),
            outvoted: BTreeSet::new(),
            counter: 1000,
            number: 0,
            notes,
            broken,
            script,
        };
        if world.script.has(Trait::Migrated) {
            world.migrate();
        }
        world
    }

    /// When the next act happens: no two acts happen at once, and all of them after the last run.
    pub(crate) fn clock(&mut self) -> Instant {
        self.number += 1;
        self.now + TimeDelta::minutes(10) + TimeDelta::seconds(i64::from(self.number))
    }

    /// A number that no other record of the world was born with.
    pub(crate) fn birth(&mut self) -> (u32, String) {
        self.number += 1;
        (self.number, format!("Birth{}", self.number))
    }

    /// One more of what was born once may be there.
    pub(crate) fn allow_one_more(&mut self, birth: &str) {
        *self.extra.entry(birth.to_owned()).or_default() += 1;
        self.ledger.supersede_deeds(birth, None);
    }

    /// A side: the ERP of an integration, or the CRM.
    pub(crate) fn side(&mut self, place: Option<usize>) -> Option<Desktop<'_>> {
        match place {
            None => Some(Desktop::Crm(&mut self.crm.crm)),
            Some(at) => self.desks.get_mut(at).map(|desk| Desktop::Erp(&mut desk.erp.erp)),
        }
    }

    /// Every record that people see on a side.
    pub(crate) fn rows(&mut self, place: Option<usize>) -> Vec<super::records::Row> {
        self.side(place).map(|mut side| side.rows()).unwrap_or_default()
    }

    /// A text nobody wrote before, with its mark.
    pub(crate) fn words(&mut self) -> (String, String) {
        self.number += 1;
        let mark = format!("zq{}-", self.number);
        (mark.clone(), format!("{mark}quokka wombat"))
    }

    /// A person acts.
    pub(crate) fn act(&mut self, act: Act) {
        let dice = &mut Dice::new(act.number);
        let told = match act.who {
            Who::Erp(at) => self.at_erp(at, act.what, dice),
            Who::Crm => self.at_crm(act.what, dice),
        };
        if let Some(told) = told {
            self.notes.happened(act.what.name());
            self.notes.tell(|| format!("{:?} {:?}: {told}", act.who, act.what));
        }
    }

    fn at_crm(&mut self, what: What, dice: &mut Dice) -> Option<String> {
        match what {
            What::Add => self.add_to_company(dice),
            What::Choose => self.choose(dice),
            What::Create => Some(self.found(dice)),
            What::Delete => self.dissolve(dice),
            What::Drop => self.drop_child(None, dice),
            What::Generic => self.tie_to_generic(dice),
            What::Lose => self.lose_account(dice),
            What::Manage => self.manage(dice),
            What::Mirror => self.edit_account(dice),
            What::Owned => self.edit_owned(dice),
            What::Rest => self.rest(dice),
            What::Twin => self.twin(dice),
            What::Define | What::Edit | What::Kind | What::Rename => self.edit(None, dice),
        }
    }

    fn at_erp(&mut self, at: usize, what: What, dice: &mut Dice) -> Option<String> {
        match what {
            What::Add => self.add_to_account(at, dice),
            What::Create => Some(self.open(at, dice)),
            What::Define => Some(self.define(dice)),
            What::Delete => self.close(at, dice),
            What::Drop => self.drop_child(Some(at), dice),
            What::Kind => self.change_kind(at, dice),
            What::Manage => self.represent(at, dice),
            What::Owned => self.change_owned(at, dice),
            What::Rename => self.rename(at, dice),
            What::Rest => self.sleep(at, dice),
            What::Choose | What::Edit | What::Generic | What::Lose | What::Mirror | What::Twin => {
                self.edit(Some(at), dice)
            }
        }
    }

    /// The user is given every right, and chooses a policy: what waited may go on.
    pub(crate) fn lift_restrictions(&mut self) -> bool {
        let mut lifted = false;
        for desk in &mut self.desks {
            let parameters = &mut desk.parameters;
            if parameters.conflict == Conflict::Hold {
                parameters.conflict = Conflict::Erp;
                lifted = true;
            }
            if parameters.transfer == Transfer::Never {
                parameters.transfer = Transfer::Manual;
                lifted = true;
            }
        }
        lifted
    }
}
