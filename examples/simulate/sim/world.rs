//! A world: mailboxes, one CRM, and the people who work in them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta};
use counterpart::model::{BySide, Instant, Text};
use counterpart::profiles::outlook_x3::{
    Appointment, Call, Comment, Contact, Correspondent, Crm, CrmAppointment, CrmTask, MemoryCrm,
    MemoryStore, OutlookX3, Parameters, Representative, Store, StoreKind, Task,
};
use counterpart::rules::{ConflictPolicy, Merge};
use counterpart::schema::Schema as _;
use counterpart::snapshot::{StateKey, SyncState};

use super::dice::Dice;
use super::hands::{self, Owners};
use super::ledger::{Ledger, Place};
use super::script::{Act, Fault, Script, What, Who};

/// What stands in every text written on an item while it is private.
pub(crate) const SECRET: &str = "HUSHHUSH";

/// One mailbox and what its runs remember.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) representative: String,
    pub(crate) parameters: Parameters,
    pub(crate) store: MemoryStore,
    pub(crate) state: SyncState,
    /// The state before the last run, and what that run's host had seen.
    pub(crate) seen: Option<(Store, Crm)>,
    pub(crate) existed: BySide<BTreeSet<String>>,
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
    /// How often what was born once may be there in the CRM beyond the first time.
    pub(crate) extra: BTreeMap<String, usize>,
    /// Ids and keys a journal named, or of which a person gave the other half up while it was private.
    pub(crate) told: BTreeSet<String>,
    /// Keys of items that were private once: what is deleted then stays in the CRM (D26).
    pub(crate) hidden: BTreeSet<String>,
    /// The id an item had before it was moved.
    former: BTreeMap<(usize, String), String>,
    pub(crate) counter: u32,
    pub(crate) number: u32,
    pub(crate) acts: usize,
    pub(crate) faults: BTreeMap<Fault, usize>,
    pub(crate) trace: Option<Vec<String>>,
}

fn start() -> Instant {
    DateTime::from_timestamp(1_772_438_400, 0).unwrap_or_default()
}

/// The representative of a mailbox.
fn representative(mailbox: usize) -> String {
    format!("REP{:02}", mailbox + 1)
}

fn mailbox(script: &Script, at: usize) -> Mailbox {
    let (name, user) = (format!("mailbox-{}", at + 1), representative(at));
    let kind = if script.exchange { StoreKind::Exchange } else { StoreKind::Local };
    let mut parameters = Parameters::new(format!("U{at}"), &user);
    let policies = [ConflictPolicy::PreferNewer, ConflictPolicy::PreferB, ConflictPolicy::PreferA];
    parameters.conflict = policies.get(script.policy).copied().unwrap_or_default();
    parameters.merge = if script.record { Merge::Record } else { Merge::Fields };
    let folders = ["Contacts", "Tasks", "Calendar", "More"];
    parameters.managed_folders = Some(folders.map(str::to_owned).into());
    let minutes = if at == 0 { 95 } else { -95 };
    let skew = TimeDelta::minutes(if script.lies.skew { minutes } else { 0 });
    Mailbox {
        representative: user,
        parameters,
        state: fresh(&name),
        store: MemoryStore::new(Store::new(name, kind)),
        seen: None,
        existed: BySide::default(),
        skew,
        bin: Vec::new(),
    }
}

/// The state of a mailbox that never ran.
pub(crate) fn fresh(store: &str) -> SyncState {
    let systems = BySide::new(store.to_owned(), "SEED".to_owned());
    SyncState::new(OutlookX3::NAME, systems, StateKey(*b"0123456789abcdef"))
}

fn chosen<T>(list: &mut Vec<T>, dice: &mut Dice) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = dice.roll(list.len());
    Some(list.swap_remove(at))
}

impl World {
    /// A world before its first step.
    pub(crate) fn new(script: Script) -> Self {
        let mut crm = Crm::new("SEED");
        for at in 0..script.mailboxes {
            let code = representative(at);
            let email = Text::from(format!("{}@example.test", code.to_lowercase()));
            crm.representatives.push(Representative { code, email, ..Default::default() });
        }
        Self {
            mailboxes: (0..script.mailboxes).map(|at| mailbox(&script, at)).collect(),
            crm: MemoryCrm::new(crm),
            now: start(),
            ledger: Ledger::default(),
            taken: BTreeSet::new(),
            extra: BTreeMap::new(),
            told: BTreeSet::new(),
            hidden: BTreeSet::new(),
            former: BTreeMap::new(),
            counter: 1000,
            number: 0,
            acts: 0,
            faults: BTreeMap::new(),
            trace: None,
            script,
        }
    }

    /// Notes what happens, when somebody wants to read it.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(line());
        }
    }

    /// A text nobody wrote before.
    fn words(&mut self, private: bool) -> (String, String) {
        self.number += 1;
        let mark = format!("zq{}-", self.number);
        let secret = if private { SECRET } else { "quokka wombat" };
        (mark.clone(), format!("{mark}{secret}"))
    }

    /// When the next act happens: no two acts happen at once.
    fn clock(&mut self, skew: TimeDelta) -> Instant {
        self.number += 1;
        self.now + TimeDelta::minutes(10) + TimeDelta::seconds(i64::from(self.number)) + skew
    }

    /// A person acts.
    pub(crate) fn act(&mut self, act: Act) {
        let dice = &mut Dice::new(act.number);
        self.acts += 1;
        let told = match (act.who, act.what) {
            (Who::Mailbox(at), what) => self.at_mailbox(at, what, dice),
            (Who::Crm, What::Create) => Some(self.enter(dice)),
            (Who::Crm, What::Delete) => self.strike(dice),
            (Who::Crm, What::Reassign) => self.reassign(dice),
            (Who::Crm, _) => self.amend(dice),
        };
        if let Some(told) = told {
            self.tell(|| format!("{:?} {:?}: {told}", act.who, act.what));
        }
    }

    fn at_mailbox(&mut self, at: usize, what: What, dice: &mut Dice) -> Option<String> {
        match what {
            What::Create => self.write(at, dice),
            What::Edit | What::Reassign => self.edit(at, dice),
            What::Delete => self.discard(at, dice),
            What::Restore => self.restore(at, dice),
            What::Hide => self.hide(at, dice),
            What::Move => self.relocate(at, dice),
            What::Copy => self.copy(at, dice),
        }
    }

    fn birth(&mut self) -> (u32, String) {
        self.number += 1;
        (self.number, format!("Birth{}", self.number))
    }

    /// Somebody makes an item.
    fn write(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let (number, birth) = self.birth();
        let skew = self.mailboxes.get(at)?.skew;
        let when = self.clock(skew);
        let private = dice.once_in(6);
        let id = format!("M{number}");
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        macro_rules! made {
            ($type:ident, $list:ident, $folder:literal, $change:expr) => {{
                let mut one = $type::default();
                one.id.clone_from(&id);
                one.folder = $folder.to_owned();
                (one.created, one.modified, one.private) = (Some(when), when, private);
                let change: fn(&mut $type, u32, String) = $change;
                change(&mut one, number, birth);
                store.$list.push(one);
            }};
        }
        match dice.roll(3) {
            0 => made!(Contact, contacts, "Contacts", |one, _, birth| {
                one.first_name = Text::from(birth);
            }),
            1 => made!(Task, tasks, "Tasks", |one, number, _| one.actual_work = number),
            _ => made!(Appointment, appointments, "Calendar", |one, number, _| {
                (one.start, one.end) = (slot(number, 9), slot(number, 10));
            }),
        }
        let fields = self.write_texts(Some(at), &id, 2, dice);
        Some(format!("{id} private={private} {fields}"))
    }

    /// Somebody makes a record in the CRM.
    fn enter(&mut self, dice: &mut Dice) -> String {
        let (number, birth) = self.birth();
        let when = self.clock(TimeDelta::zero());
        let owner = representative(dice.roll(self.script.mailboxes));
        let crm = &mut self.crm.crm;
        macro_rules! made {
            ($type:ident, $list:ident, $prefix:literal, $change:expr) => {{
                let mut one = $type::default();
                one.chrono = format!("{}{number:08}", $prefix);
                one.modified = when;
                let change: fn(&mut $type, u32, String, String) = $change;
                change(&mut one, number, birth, owner);
                crm.$list.push(one);
                format!("{}{number:08}", $prefix)
            }};
        }
        let key = match dice.roll(4) {
            0 => made!(Correspondent, correspondents, "COR", |one, _, birth, owner| {
                one.first_name = Text::from(birth);
                one.assigned = vec![owner];
            }),
            1 => made!(CrmTask, tasks, "TSK", |one, number, _, owner| {
                (one.time_spent, one.representative) = (number, owner);
            }),
            2 => made!(Call, calls, "CLL", |one, number, _, owner| {
                (one.duration, one.representative) = (number, owner);
            }),
            _ => made!(CrmAppointment, appointments, "BAP", |one, number, _, owner| {
                (one.start, one.end) = (slot(number, 9), slot(number, 10));
                one.organizer = owner;
            }),
        };
        let fields = self.write_texts(None, &key, 2, dice);
        format!("{key} {fields}")
    }

    /// Writes some fields of an item (of a mailbox) or of a record, and enters them in the ledger.
    fn write_texts(
        &mut self,
        at: Option<usize>,
        id: &str,
        count: usize,
        dice: &mut Dice,
    ) -> String {
        let skew = at.and_then(|at| self.mailboxes.get(at)).map(|one| one.skew);
        let when = self.clock(skew.unwrap_or_default());
        let mut told = String::new();
        for _ in 0..count {
            let choice = dice.roll(60);
            let private = at.is_some_and(|at| self.is_private(at, id));
            let (mark, text) = self.words(private);
            let Some((field, old)) = self.put_text(at, id, choice, (&text, when)) else {
                continue;
            };
            self.ledger.seen_and_changed(&old);
            let place = Place { mailbox: at, id: id.to_owned(), field };
            self.ledger.enter(&mark, place);
            told.extend([field, "=", &mark, " "]);
        }
        told
    }

    fn is_private(&mut self, at: usize, id: &str) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(at) else { return false };
        hands::items(&mut mailbox.store.store).iter().any(|one| one.id == id && *one.private)
    }

    /// Writes one field; gives its name and its old text.
    fn put_text(
        &mut self,
        at: Option<usize>,
        id: &str,
        choice: usize,
        (text, when): (&str, Instant),
    ) -> Option<(&'static str, String)> {
        if let Some(at) = at {
            let store = &mut self.mailboxes.get_mut(at)?.store.store;
            let mut one = hands::items(store).into_iter().find(|one| one.id == id)?;
            *one.modified = when;
            let count = one.texts.len();
            let (field, held) = one.texts.get_mut(choice.checked_rem(count)?)?;
            let old = std::mem::replace(*held, Text::from(text));
            return Some((field, old.or_empty().to_owned()));
        }
        let mut one = hands::entries(&mut self.crm.crm).into_iter().find(|one| one.chrono == id)?;
        *one.modified = when;
        if let (0..10, Some(comments), Owners::Many(owners)) =
            (choice, one.comments.as_mut(), &one.owners)
        {
            let who = owners.first()?.clone();
            let known = comments.iter().find(|one| one.representative == who);
            let old = known.map_or_else(String::new, |one| one.text.or_empty().to_owned());
            comments.retain(|one| one.representative != who);
            comments.push(Comment { representative: who, text: Text::from(text) });
            return Some(("notes", old));
        }
        let count = one.texts.len();
        let (field, held) = one.texts.get_mut(choice.checked_rem(count)?)?;
        let old = std::mem::replace(*held, Text::from(text));
        Some((field, old.or_empty().to_owned()))
    }

    fn any_item(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let mut ids: Vec<String> =
            hands::items(store).into_iter().map(|one| one.id.clone()).collect();
        chosen(&mut ids, dice)
    }

    fn any_entry(&mut self, dice: &mut Dice) -> Option<String> {
        let all = hands::entries(&mut self.crm.crm);
        chosen(&mut all.into_iter().map(|one| one.chrono.clone()).collect(), dice)
    }

    fn edit(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let fields = self.write_texts(Some(at), &id, 1, dice);
        Some(format!("{id} {fields}"))
    }

    fn amend(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let fields = self.write_texts(None, &key, 1, dice);
        Some(format!("{key} {fields}"))
    }

    fn discard(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let mailbox = self.mailboxes.get_mut(at)?;
        let mut bin = hands::taken(&mut mailbox.store.store, &id);
        if let Some(one) = hands::items(&mut bin).first() {
            one.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text.or_empty()));
            self.told.extend(one.chrono.clone().filter(|_| *one.private));
        }
        mailbox.bin.push(bin);
        let mut old = self.former.get(&(at, id.clone())).cloned();
        while let Some(one) = old {
            old = self.former.get(&(at, one.clone())).cloned();
            self.taken.insert((Some(at), one));
        }
        self.taken.insert((Some(at), id.clone()));
        Some(id)
    }

    fn restore(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let skew = self.mailboxes.get(at)?.skew;
        let when = self.clock(skew);
        let mailbox = self.mailboxes.get_mut(at)?;
        let mut bin = chosen(&mut mailbox.bin, dice)?;
        let exchange = self.script.exchange;
        let number = self.number;
        let mut told = String::new();
        for one in hands::items(&mut bin) {
            if exchange {
                *one.id = format!("R{number}");
                *one.modified = when;
            }
            one.texts.iter().for_each(|(_, text)| self.ledger.back(text.or_empty()));
            *self.extra.entry(one.birth.clone()).or_default() += 1;
            told.push_str(one.id);
        }
        hands::put(&mut mailbox.store.store, bin);
        Some(told)
    }

    fn hide(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = {
            let skew = self.mailboxes.get(at)?.skew;
            self.clock(skew)
        };
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let origin = format!("{}/{id}", store.id);
        let made = hands::entries(&mut self.crm.crm).into_iter();
        let made = made.filter(|one| one.origin.as_ref() == Some(&origin));
        self.hidden.extend(made.map(|one| one.chrono.clone()));
        let one = hands::items(store).into_iter().find(|one| *one.id == id)?;
        *one.private = !*one.private;
        self.hidden.extend(one.chrono.clone());
        *one.modified = when;
        let now_private = *one.private;
        // What was written while it was private leaves it before others may read it.
        for (_, text) in one.texts {
            if !now_private && text.or_empty().contains(SECRET) {
                self.ledger.seen_and_changed(text.or_empty());
                *text = Text::from("");
            }
        }
        Some(format!("{id} private={now_private}"))
    }

    fn relocate(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = {
            let skew = self.mailboxes.get(at)?.skew;
            self.clock(skew)
        };
        let (exchange, number) = (self.script.exchange, self.number);
        let known = self.has_own_key(at, &id);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let one = hands::items(store).into_iter().find(|one| *one.id == id)?;
        let folders = ["More", "More", "Elsewhere", "Contacts"];
        dice.pick(&folders, "More").clone_into(one.folder);
        let told = format!("{id} to {}", one.folder);
        if exchange {
            (*one.id, *one.modified) = (format!("V{number}"), when);
            self.former.insert((at, format!("V{number}")), id.clone());
            self.ledger.renamed(at, &id, &format!("V{number}"));
            // Without a key of its own it cannot be told from a new one.
            if !known {
                self.taken.insert((Some(at), id.clone()));
                *self.extra.entry(one.birth.clone()).or_default() += 1;
            }
        }
        Some(told)
    }

    /// Whether an item carries the key of its own record, and nothing else carries it.
    fn has_own_key(&mut self, at: usize, id: &str) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(at) else { return false };
        let mut items = hands::items(&mut mailbox.store.store);
        let key = items.iter().find(|one| one.id == id).and_then(|one| one.chrono.clone());
        items.retain(|one| key.is_some() && one.chrono.as_ref() == key.as_ref());
        let other = mailbox.state.links.values().find(|link| link.ids.a == id);
        items.len() == 1 && other.is_none_or(|link| Some(&link.ids.b) == key.as_ref())
    }

    fn copy(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = {
            let skew = self.mailboxes.get(at)?.skew;
            self.clock(skew)
        };
        let new = format!("K{}", self.number);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let mut copies = store.clone();
        let mut copy = hands::taken(&mut copies, &id);
        for one in hands::items(&mut copy) {
            one.id.clone_from(&new);
            *one.modified = when;
            *self.extra.entry(one.birth).or_default() += 1;
        }
        copy.contacts.iter_mut().for_each(|one| one.created = Some(when));
        copy.tasks.iter_mut().for_each(|one| one.created = Some(when));
        for one in &mut copy.appointments {
            one.created = Some(when);
        }
        hands::put(store, copy);
        Some(format!("{id} as {new}"))
    }

    fn strike(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let one = hands::entries(&mut self.crm.crm).into_iter().find(|one| *one.chrono == key)?;
        one.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text.or_empty()));
        for comment in one.comments.iter().flat_map(|comments| comments.iter()) {
            self.ledger.seen_and_changed(comment.text.or_empty());
        }
        hands::remove(&mut self.crm.crm, &key);
        self.taken.insert((None, key.clone()));
        Some(key)
    }

    fn reassign(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let when = self.clock(TimeDelta::zero());
        let to = representative(dice.roll(self.script.mailboxes));
        let mut one =
            hands::entries(&mut self.crm.crm).into_iter().find(|one| *one.chrono == key)?;
        *one.modified = when;
        match &mut one.owners {
            Owners::One(owner) => (*owner).clone_from(&to),
            Owners::Many(owners) if owners.contains(&to) => owners.retain(|one| *one != to),
            Owners::Many(owners) => owners.push(to.clone()),
        }
        self.taken.insert((None, key.clone()));
        Some(format!("{key} to {to}"))
    }
}

/// An hour that no other appointment has.
fn slot(number: u32, hour: u32) -> Option<chrono::NaiveDateTime> {
    let first = NaiveDate::from_ymd_opt(2026, 3, 10)?;
    first.checked_add_days(Days::new(u64::from(number)))?.and_hms_opt(hour, 0, 0)
}
