//! Times the planner on contacts that were linked before, with some edits on both sides.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::hint::black_box;
use std::time::Instant;

use counterpart::host::{Adapter, drive};
use counterpart::model::{BySide, Text};
use counterpart::profiles::outlook_x3::{
    Contact, Crm, Input, MemoryCrm, MemoryStore, OutlookX3, Parameters, RunOptions, Store,
    StoreKind, plan,
};
use counterpart::session::Session;
use counterpart::snapshot::{Listing, StateKey, SyncState};

fn main() {
    let full = Listing::full();
    let parameters = Parameters::new("U1", "REP01");
    println!("pairs    settled plan    1 % edited");
    for pairs in [100, 1_000] {
        let mut mailbox = MemoryStore::new(Store::new("mailbox-1", StoreKind::Local));
        for number in 0..pairs {
            let mut contact = Contact::default();
            contact.id = format!("C{number:08}");
            contact.modified = "2026-03-01T09:00:00Z".parse().unwrap();
            contact.last_name = Text::from(format!("NAME{number}"));
            contact.job_title = Text::from("Buyer");
            mailbox.store.contacts.push(contact);
        }
        let mut crm = MemoryCrm::new(Crm::new("SEED"));
        let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
        let state = SyncState::new("outlook_x3", systems, StateKey([7; 16]));
        let planned = |store: &Store, crm: &Crm, state: &SyncState| {
            let options = RunOptions::at("2026-03-02T08:00:00Z".parse().unwrap());
            plan(&Input {
                parameters: &parameters,
                store,
                crm,
                store_listing: &full,
                crm_listing: &full,
                state,
                options,
            })
            .unwrap()
        };
        let first = planned(&mailbox.store, &crm.crm, &state);
        let mut session = Session::new(first, state);
        let mut sides = BySide::<&mut dyn Adapter<OutlookX3>>::new(&mut mailbox, &mut crm);
        drive(&mut session, &mut sides, |_| true);
        let (state, _) = session.finish();

        let settled = median(|| {
            let plan = planned(black_box(&mailbox.store), &crm.crm, &state);
            assert!(plan.ops.is_empty());
        });
        for contact in mailbox.store.contacts.iter_mut().step_by(100) {
            contact.job_title = Text::from("Director");
        }
        let edited = median(|| {
            let plan = planned(black_box(&mailbox.store), &crm.crm, &state);
            assert_eq!(plan.ops.len(), pairs / 100);
        });
        println!("{pairs:>5}    {settled:>9.1} us    {edited:>7.1} us");
    }
}

/// The median time of nine runs, in microseconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
