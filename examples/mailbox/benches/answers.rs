//! Times what it costs to keep a state safe after every answer of a run, in both stores.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use std::path::Path;
use std::time::Instant;

use counterpart::host::{Adapter, StateStore, drive_stored};
use counterpart::model::{BySide, Text};
use counterpart::profiles::outlook_x3::{
    Contact, Crm, Input, MemoryCrm, MemoryStore, OutlookX3, Parameters, RunOptions, Store,
    StoreKind, plan,
};
use counterpart::session::Session;
use counterpart::snapshot::{Listing, StateKey, SyncState};
use groundwork::state::{JournalFile, StateTable, StoreError};

const CONTACTS: u32 = 500;

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let crm = directory.path().join("crm.sqlite");
    println!("{} answers a run, microseconds an answer, median of five runs", 2 * CONTACTS);
    println!("no store      {:>8.1}", median(|| run(&mut Nowhere)));
    println!("journal file  {:>8.1}", median(|| run(&mut JournalFile::beside(&crm, "bench"))));
    println!("table         {:>8.1}", median(|| table(&crm)));
}

fn table(crm: &Path) {
    run(&mut StateTable::open(crm, "bench").unwrap());
}

/// A first run that creates every contact on the other side.
fn run(states: &mut impl StateStore<Error = StoreError>) {
    let mut mailbox = MemoryStore::new(Store::new("mailbox-1", StoreKind::Local));
    for number in 0..CONTACTS {
        let mut contact = Contact::default();
        contact.id = format!("contacts/{number:08}.vcf");
        contact.modified = "2026-03-01T09:00:00Z".parse().unwrap();
        contact.last_name = Text::from(format!("NAME{number}"));
        mailbox.store.contacts.push(contact);
    }
    let mut crm = MemoryCrm::new(Crm::new("SEED"));
    let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
    let state = SyncState::new("outlook_x3", systems, StateKey([7; 16]));
    let plan = plan(&Input {
        parameters: &Parameters::new("U1", "REP01"),
        store: &mailbox.store,
        crm: &crm.crm,
        store_listing: &Listing::full(),
        crm_listing: &Listing::full(),
        state: &state,
        options: RunOptions::at("2026-03-02T08:00:00Z".parse().unwrap()),
    })
    .unwrap();
    let mut sides = BySide::<&mut dyn Adapter<OutlookX3>>::new(&mut mailbox, &mut crm);
    drive_stored(Session::new(plan, state), &mut sides, states, |_| true).unwrap();
}

/// A store that keeps nothing: the floor.
struct Nowhere;

impl StateStore for Nowhere {
    type Error = StoreError;

    fn load(&mut self) -> Result<Option<SyncState>, StoreError> {
        Ok(None)
    }

    fn replace(&mut self, _: &SyncState) -> Result<(), StoreError> {
        Ok(())
    }

    fn append(&mut self, _: &counterpart::snapshot::StateRecord) -> Result<(), StoreError> {
        Ok(())
    }
}

fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e6 / f64::from(2 * CONTACTS)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(2).copied().unwrap_or_default()
}
