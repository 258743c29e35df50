//! Contacts of two systems that were in step, and what happened to them since.

mod planted;

use std::collections::BTreeMap;

use counterpart::model::{BySide, Instant, Side, Text};
use counterpart::plan::{Action, ActionKind, Plan};
use counterpart::profiles::outlook_x3::{
    Contact, Correspondent, Crm, Input, Kind, OutlookX3, Parameters, Record, RunOptions, Store,
    StoreKind, plan,
};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::commit;
use counterpart::snapshot::{Base, Digester, Link, Listing, Printer, Prints, StateKey, SyncState};

pub(crate) use self::planted::Planted;

/// Two sides, their links, and what they claim to list.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) crm: Crm,
    pub(crate) state: SyncState,
    pub(crate) listings: BySide<Listing>,
}

/// Numbers that look random and are the same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

pub(crate) fn at(hour: u32) -> Instant {
    format!("2026-03-01T{hour:02}:00:00Z").parse().unwrap()
}

pub(crate) fn item_id(number: usize) -> String {
    let mut dice = Dice(number as u64);
    format!("{:016x}{:016x}{:08x}", dice.next(), dice.next(), dice.next() as u32)
}

fn key(number: usize) -> String {
    format!("COR{number:08}")
}

pub(crate) fn contact(number: usize) -> Contact {
    let mut one = Contact::default();
    one.id = item_id(number);
    one.modified = at(9);
    "Contacts".clone_into(&mut one.folder);
    one.last_name = Text::from(format!("Surname {number}"));
    one.first_name = Text::from("Given name");
    one.job_title = Text::from("Purchasing manager");
    one.department = Text::from("Head office");
    one.business.street = Text::from(format!("{number}, rue de la Gare"));
    one.business.city = Text::from("Lyon");
    one.business.postal_code = Text::from("69003");
    one.business.phone = Text::from(format!("+33 4 {number:08}"));
    one.business.email = Text::from(format!("person{number}@customer.example"));
    one
}

/// What the CRM holds of a contact; the mirrored record a run would make.
fn correspondents(of: &[Contact]) -> Vec<Correspondent> {
    let mut store = Store::new("mailbox-1", StoreKind::Local);
    store.contacts = of.to_vec();
    let crm = Crm::new("SEED");
    let made = planned(&store, &crm, &state(), BySide::new(&Listing::full(), &Listing::full()));
    let records = made.ops.into_iter().filter_map(|op| {
        let Action::Create(Record::Correspondent(one)) = op.action else { return None };
        Some(*one)
    });
    records.collect()
}

/// The state before the first run.
pub(crate) fn state() -> SyncState {
    let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
    SyncState::new("outlook_x3", systems, StateKey([7; 16]))
}

pub(crate) fn planned(
    store: &Store,
    crm: &Crm,
    state: &SyncState,
    listings: BySide<&Listing>,
) -> Plan<OutlookX3> {
    let options = RunOptions::at("2026-03-02T08:00:00Z".parse().unwrap());
    let parameters = Parameters::new("U1", "REP01");
    plan(&Input {
        parameters: &parameters,
        store,
        crm,
        store_listing: listings.a,
        crm_listing: listings.b,
        state,
        options,
    })
    .unwrap()
}

impl World {
    /// So many pairs in step, both sides in the order of the links: that of their keys.
    pub(crate) fn settled(pairs: usize) -> Self {
        let mut store = Store::new("mailbox-1", StoreKind::Local);
        store.contacts = (0..pairs).map(contact).collect();
        let mut crm = Crm::new("SEED");
        crm.correspondents = Vec::with_capacity(pairs);
        for part in store.contacts.chunks(10_000) {
            for mut one in correspondents(part) {
                one.chrono = key(number_of(&one));
                one.modified = at(9);
                crm.correspondents.push(one);
            }
        }
        crm.correspondents.sort_by(|one, two| one.chrono.cmp(&two.chrono));
        for (number, one) in store.contacts.iter_mut().enumerate() {
            one.chrono = Some(key(number));
        }
        let state = linked(&store, &crm);
        let listings = BySide::new(Listing::full(), Listing::full());
        let mut world = Self { store, crm, state, listings };
        world.prove_stamps(true);
        world
    }

    /// Brings each side into an order of its own.
    pub(crate) fn shuffle(&mut self) {
        Dice(1).shuffle(&mut self.store.contacts);
        Dice(2).shuffle(&mut self.crm.correspondents);
    }

    /// Brings both sides into the order of the links; what has none comes last.
    pub(crate) fn align(&mut self) {
        let contacts = &mut self.store.contacts;
        contacts.sort_by_key(|one| numbered(one.chrono.as_deref().unwrap_or_default()));
        self.crm.correspondents.sort_by_key(|one| numbered(&one.chrono));
    }

    /// Whether an unchanged stamp proves an unchanged record: else its content decides.
    pub(crate) fn prove_stamps(&mut self, prove: bool) {
        for listing in [&mut self.listings.a, &mut self.listings.b] {
            listing.stamps_prove = prove;
        }
    }

    /// Enters the digests of all records in their links, as runs leave them there where stamps prove nothing.
    pub(crate) fn know_digests(&mut self) {
        let viewer = planned(
            &Store::new(self.store.id.clone(), StoreKind::Local),
            &Crm::new(self.crm.folder.clone()),
            &state(),
            BySide::new(&Listing::full(), &Listing::full()),
        )
        .viewer;
        let mut digester = Digester::new(&self.state.key, &viewer);
        let mut digest = |record| digester.of(Kind::Contact, record);
        let contacts = self.store.contacts.iter();
        let contacts: BTreeMap<_, _> = contacts.map(|one| (one.id.as_str(), digest(one))).collect();
        let mut digest = |record| digester.of(Kind::Contact, record);
        let records = self.crm.correspondents.iter();
        let records: BTreeMap<_, _> =
            records.map(|one| (one.chrono.as_str(), digest(one))).collect();
        let mut links: Vec<Link> = self.state.links.values().collect();
        for Link { ids, digests, .. } in &mut links {
            *digests = BySide::new(
                contacts.get(ids.a.as_str()).copied(),
                records.get(ids.b.as_str()).copied(),
            );
        }
        self.enter(links);
    }

    /// Takes all digests away.
    pub(crate) fn forget_digests(&mut self) {
        let mut links: Vec<Link> = self.state.links.values().collect();
        for link in &mut links {
            link.digests = BySide::default();
        }
        self.enter(links);
    }

    fn enter(&mut self, links: Vec<Link>) {
        self.state = entered(self.state.clone(), links);
    }

    pub(crate) fn plan(&self) -> Plan<OutlookX3> {
        planned(&self.store, &self.crm, &self.state, self.listings.as_ref())
    }

    /// 1 % changed on each side, 0.1 % on both, 0.5 % deleted and 0.5 % made on each side.
    pub(crate) fn lived(&mut self) -> Planted {
        let pairs = self.store.contacts.len();
        assert_eq!(pairs % 1000, 0, "shares of a thousandth");
        let mut planted = Planted { anomalies: pairs / 1000, ..Planted::default() };
        for one in &mut self.store.contacts {
            let number = numbered(one.chrono.as_deref().unwrap_or_default());
            if matches!(fate(number), Fate::Contact | Fate::Both) {
                one.job_title = Text::from("Director");
                one.modified = at(10);
            }
        }
        for one in &mut self.crm.correspondents {
            if matches!(fate(numbered(&one.chrono)), Fate::Correspondent | Fate::Both) {
                one.job_title = Text::from("Head of purchasing");
                one.modified = at(11);
            }
        }
        for number in 0..pairs {
            let (item, key) = (item_id(number), key(number));
            let ids = BySide::new(item.as_str(), key.as_str());
            match fate(number) {
                Fate::None => {}
                Fate::Contact => planted.title_to_crm(ids),
                // The later change wins.
                Fate::Correspondent | Fate::Both => planted.title_to_store(ids),
                Fate::ContactGone => planted.insert(Side::B, ActionKind::Unassign, ids, &[]),
                Fate::CorrespondentGone => planted.insert(Side::A, ActionKind::Delete, ids, &[]),
            }
        }
        let number = |one: &Contact| numbered(one.chrono.as_deref().unwrap_or_default());
        self.store.contacts.retain(|one| fate(number(one)) != Fate::ContactGone);
        self.crm
            .correspondents
            .retain(|one| fate(numbered(&one.chrono)) != Fate::CorrespondentGone);
        self.add_new(pairs, pairs / 200, &mut planted);
        planted
    }

    /// So many new records on each side.
    fn add_new(&mut self, first: usize, count: usize, planted: &mut Planted) {
        for number in first..first + count {
            planted.contact_made(&item_id(number));
            self.store.contacts.push(contact(number));
        }
        let mut template = self.crm.correspondents[0].clone();
        template.job_title = Text::from("Purchasing manager");
        template.origin = None;
        for number in first + count..first + 2 * count {
            let mut one = template.clone();
            one.chrono = key(number);
            one.last_name = Text::from(format!("Surname {number}"));
            planted.correspondent_made(&one.chrono);
            self.crm.correspondents.push(one);
        }
    }

    /// Each side lists so many changes and nothing else.
    pub(crate) fn changes(&self, count: usize) -> (Self, Planted) {
        let mut planted = Planted::default();
        let mut store = Store::new(self.store.id.clone(), StoreKind::Local);
        let contacts = self.store.contacts.iter();
        let number = |one: &&Contact| numbered(one.chrono.as_deref().unwrap_or_default());
        store.contacts = contacts.filter(|one| number(one) < count).cloned().collect();
        for one in &mut store.contacts {
            one.job_title = Text::from("Director");
            one.modified = at(10);
        }
        let mut crm = Crm::new(self.crm.folder.clone());
        let records = self.crm.correspondents.iter();
        let records = records.filter(|one| (count..2 * count).contains(&numbered(&one.chrono)));
        crm.correspondents = records.cloned().collect();
        for one in &mut crm.correspondents {
            one.job_title = Text::from("Head of purchasing");
            one.modified = at(11);
        }
        for number in 0..2 * count {
            let (item, key) = (item_id(number), key(number));
            let ids = BySide::new(item.as_str(), key.as_str());
            if number < count {
                planted.title_to_crm(ids);
            } else {
                planted.title_to_store(ids);
            }
        }
        let listings = BySide::new(Listing::changes(Vec::new()), Listing::changes(Vec::new()));
        (Self { store, crm, state: self.state.clone(), listings }, planted)
    }

    /// The first run of the mailbox with an empty CRM.
    pub(crate) fn first_run(self) -> (Self, Planted) {
        let mut store = self.store;
        let mut planted = Planted::default();
        for one in &mut store.contacts {
            one.chrono = None;
            planted.contact_made(&one.id);
        }
        let crm = Crm::new(self.crm.folder);
        (Self { store, crm, state: state(), listings: self.listings }, planted)
    }
}

/// What happened to a pair since the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    None,
    Contact,
    Correspondent,
    Both,
    ContactGone,
    CorrespondentGone,
}

const fn fate(number: usize) -> Fate {
    match number % 1000 {
        0..10 => Fate::Contact,
        10..20 => Fate::Correspondent,
        20 => Fate::Both,
        30..35 => Fate::ContactGone,
        40..45 => Fate::CorrespondentGone,
        _ => Fate::None,
    }
}

/// The number of the pair that has a key.
fn numbered(key: &str) -> usize {
    key.strip_prefix("COR").and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}

/// The number of the contact a correspondent was made from: creations come in the order of item ids.
fn number_of(one: &Correspondent) -> usize {
    let name = one.last_name.known().unwrap_or_default();
    name.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The state in which both sides are as they are.
fn linked(store: &Store, crm: &Crm) -> SyncState {
    // One pair is synchronised by a run; every other link is made after its pattern.
    let mut one = Store::new("mailbox-1", StoreKind::Local);
    one.contacts = store.contacts[..1].to_vec();
    let mut other = Crm::new("SEED");
    other.correspondents = crm.correspondents[..1].to_vec();
    let first = planned(&one, &other, &state(), BySide::new(&Listing::full(), &Listing::full()));
    let viewer = first.viewer.clone();
    let (state, _) = commit(state(), first, &BTreeMap::new());
    let pattern = state.links.values().next().unwrap();
    let prints = |record: &Record| -> Prints {
        let mut printer = Printer::new(&state.key, Kind::Contact.code());
        OutlookX3::show(&viewer, Kind::Contact, record, &mut printer);
        printer.finish()
    };
    let links: Vec<Link> = store
        .contacts
        .iter()
        .zip(&crm.correspondents)
        .map(|(item, record)| {
            let shown = BySide::new(
                prints(&Record::from(item.clone())),
                prints(&Record::from(record.clone())),
            );
            let mut link = pattern.clone();
            link.ids = BySide::new(item.id.clone(), record.chrono.clone());
            link.seen = BySide::new(Some(item.modified), Some(record.modified));
            link.base = shown.a.into_iter().zip(shown.b).map(|(a, b)| Base { a, b }).collect();
            link.facts = OutlookX3::facts(&Record::from(record.clone()));
            link.digests = BySide::default();
            link
        })
        .collect();
    entered(state, links)
}

/// The state with these links and no others, as it is loaded.
fn entered(mut state: SyncState, links: Vec<Link>) -> SyncState {
    state.links.clear();
    for link in links {
        state.links.insert((Kind::Contact.code(), link.ids.b.clone()), link);
    }
    SyncState::from_bytes(&state.to_bytes()).unwrap()
}
