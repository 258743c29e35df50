//! Contacts of two systems that were in step, and what happened to them since.

use counterpart::model::{BySide, Instant, Side, Text};
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{
    Contact, Correspondent, Crm, Input, Kind, OutlookX3, Parameters, Record, RunOptions, Store,
    StoreKind, plan,
};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::session::commit;
use counterpart::snapshot::{Base, Link, Listing, Printer, Prints, StateKey, SyncState};

/// Two sides, their links, and what they claim to list.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) crm: Crm,
    pub(crate) state: SyncState,
    pub(crate) listings: BySide<Listing>,
}

/// How many operations a plan must have, by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(crate) created_in_store: usize,
    pub(crate) created_in_crm: usize,
    pub(crate) updated_in_store: usize,
    pub(crate) updated_in_crm: usize,
    pub(crate) deleted_in_store: usize,
    pub(crate) unassigned: usize,
    pub(crate) stamped: usize,
    pub(crate) anomalies: usize,
}

impl Planted {
    pub(crate) fn of(plan: &Plan<OutlookX3>) -> Self {
        let mut found = Self::default();
        for op in &plan.ops {
            let count = match (op.side, &op.action) {
                (Side::A, Action::Create(_)) => &mut found.created_in_store,
                (Side::B, Action::Create(_)) => &mut found.created_in_crm,
                (Side::A, Action::Update(_)) => &mut found.updated_in_store,
                (Side::B, Action::Update(_)) => &mut found.updated_in_crm,
                (_, Action::Unassign(_)) => &mut found.unassigned,
                (_, Action::Delete) => &mut found.deleted_in_store,
                (_, Action::Stamp(_)) => &mut found.stamped,
                _ => panic!("an action nobody planted: {op:?}"),
            };
            *count += 1;
            found.anomalies += op.anomalies.len();
        }
        found
    }
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

fn at(hour: u32) -> Instant {
    format!("2026-03-01T{hour:02}:00:00Z").parse().unwrap()
}

fn item_id(number: usize) -> String {
    let mut dice = Dice(number as u64);
    format!("{:016x}{:016x}{:08x}", dice.next(), dice.next(), dice.next() as u32)
}

fn key(number: usize) -> String {
    format!("COR{number:08}")
}

fn contact(number: usize) -> Contact {
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
        Some(one)
    });
    records.collect()
}

fn state() -> SyncState {
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
    /// So many pairs in step. The links are in the order of their keys; the sides in an order of their own, or in
    /// that of the links.
    pub(crate) fn settled(pairs: usize, aligned: bool) -> Self {
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
        if !aligned {
            world.shuffle();
        }
        world
    }

    /// Brings each side into an order of its own.
    pub(crate) fn shuffle(&mut self) {
        Dice(1).shuffle(&mut self.store.contacts);
        Dice(2).shuffle(&mut self.crm.correspondents);
    }

    /// Whether an unchanged stamp proves an unchanged record: else its content decides.
    pub(crate) fn prove_stamps(&mut self, prove: bool) {
        for listing in [&mut self.listings.a, &mut self.listings.b] {
            listing.stamps_prove = prove;
        }
    }

    pub(crate) fn plan(&self) -> Plan<OutlookX3> {
        planned(&self.store, &self.crm, &self.state, self.listings.as_ref())
    }

    /// 1 % changed on each side, 0.1 % on both, 0.5 % deleted and 0.5 % made on each side.
    pub(crate) fn lived(&mut self) -> Planted {
        let pairs = self.store.contacts.len();
        let (percent, few, half) = (pairs / 100, pairs / 1000, pairs / 200);
        let of = |number: &str| number[3..].parse::<usize>().unwrap();
        let fate = |number: usize| number % 1000;
        for one in &mut self.store.contacts {
            let number = of(one.chrono.as_deref().unwrap_or_default());
            if fate(number) < 10 || fate(number) == 20 {
                one.job_title = Text::from("Director");
                one.modified = at(10);
            }
        }
        for one in &mut self.crm.correspondents {
            let number = of(&one.chrono);
            if (10..=20).contains(&fate(number)) {
                one.job_title = Text::from("Head of purchasing");
                one.modified = at(11);
            }
        }
        self.store
            .contacts
            .retain(|one| !(30..35).contains(&fate(of(one.chrono.as_deref().unwrap_or_default()))));
        self.crm.correspondents.retain(|one| !(40..45).contains(&fate(of(&one.chrono))));
        for number in pairs..pairs + half {
            self.store.contacts.push(contact(number));
        }
        let mut template = self.crm.correspondents[0].clone();
        template.origin = None;
        for number in pairs + half..pairs + 2 * half {
            let mut one = template.clone();
            one.chrono = key(number);
            one.last_name = Text::from(format!("Surname {number}"));
            self.crm.correspondents.push(one);
        }
        Planted {
            created_in_store: half,
            created_in_crm: half,
            updated_in_store: percent + few,
            updated_in_crm: percent,
            deleted_in_store: half,
            unassigned: half,
            stamped: half,
            anomalies: few,
        }
    }
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
    let (mut state, _) = commit(state(), first, &std::collections::BTreeMap::new());
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
                prints(&Record::Contact(item.clone())),
                prints(&Record::Correspondent(record.clone())),
            );
            let mut link = pattern.clone();
            link.ids = BySide::new(item.id.clone(), record.chrono.clone());
            link.seen = BySide::new(Some(item.modified), Some(record.modified));
            link.base = shown.a.into_iter().zip(shown.b).map(|(a, b)| Base { a, b }).collect();
            link.facts = OutlookX3::facts(&Record::Correspondent(record.clone()));
            link
        })
        .collect();
    state.links.clear();
    for link in links {
        state.links.insert((Kind::Contact.code(), link.ids.b.clone()), link);
    }
    SyncState::from_bytes(&state.to_bytes()).unwrap()
}
