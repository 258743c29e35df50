//! What an embedder writes first: list both sides, plan, look at the plan, execute it, keep the state.

#![expect(clippy::print_stdout, reason = "a command-line program")]

use counterpart::host::{Adapter, drive};
use counterpart::model::{BySide, Text};
use counterpart::profiles::outlook_x3::{
    Contact, Crm, Input, MemoryCrm, MemoryStore, OutlookX3, Parameters, RunOptions, Store,
    StoreKind, plan,
};
use counterpart::session::Session;
use counterpart::snapshot::{Listing, StateKey, SyncState};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A mailbox with one contact, and an empty CRM. A real host lists them from where they live.
    let mut contact = Contact::default();
    "C1".clone_into(&mut contact.id);
    contact.modified = "2026-03-01T09:00:00Z".parse()?;
    contact.last_name = Text::from("DURAND");
    let mut mailbox = MemoryStore::new(Store::new("mailbox-1", StoreKind::Local));
    mailbox.store.contacts.push(contact);
    let mut crm = MemoryCrm::new(Crm::new("SEED"));

    // Before the first run there is no state. The key is 16 random bytes that the host draws once.
    let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
    let mut bytes =
        SyncState::new("outlook_x3", systems, StateKey(*b"draw these once!")).to_bytes();

    for now in ["2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"] {
        let state = SyncState::from_bytes(&bytes)?;
        let plan = plan(&Input {
            parameters: &Parameters::new("U1", "REP01"),
            store: &mailbox.store,
            crm: &crm.crm,
            store_listing: &Listing::full(),
            crm_listing: &Listing::full(),
            state: &state,
            options: RunOptions::at(now.parse()?),
        })?;
        println!("{plan}");

        let mut session = Session::new(plan, state);
        let mut sides = BySide::<&mut dyn Adapter<OutlookX3>>::new(&mut mailbox, &mut crm);
        drive(&mut session, &mut sides, |session| {
            let _persist = session.state().to_bytes();
            true
        });
        let (state, report) = session.finish();
        println!("{now}: {:?}\n", report.outcome);
        bytes = state.to_bytes();
    }
    Ok(())
}
