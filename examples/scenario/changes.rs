//! What a host that lists changes gives its engine.

use std::collections::BTreeSet;

use counterpart::model::{BySide, Side};
use counterpart::profiles::outlook_x3::{Crm, Store};
use counterpart::snapshot::{Coverage, Listing, SyncState};

/// What both sides were when last seen, and which ids they had.
type Before<'b> = (&'b (Store, Crm), &'b BySide<BTreeSet<String>>);

/// What differs from what the last completed run saw with the correspondents it names, what is gone since, and what the
/// state still needs (D9, D22); everything where nothing was seen before.
pub(crate) fn listed(
    store: &Store,
    crm: &Crm,
    before: Option<Before<'_>>,
    state: &SyncState,
    coverage: Coverage,
) -> (Store, Crm, BySide<Listing>) {
    let (mut new_store, mut new_crm) = (store.clone(), crm.clone());
    let (Coverage::Changes, Some(((old_store, old_crm), known))) = (coverage, before) else {
        return (new_store, new_crm, BySide::new(Listing::full(), Listing::full()));
    };
    let wanted =
        BySide::from_fn(|side| state.wanted(side).map(str::to_owned).collect::<BTreeSet<_>>());
    macro_rules! keep_changed {
        ($new:ident, $old:ident, $wanted:expr, $id:ident, $($list:ident)*) => {$(
            $new.$list.retain(|one| $wanted.contains(&one.$id) || !$old.$list.contains(one));
        )*};
    }
    keep_changed!(new_store, old_store, wanted.a, id, contacts tasks appointments);
    let of_crm = &wanted.b;
    keep_changed!(new_crm, old_crm, of_crm, chrono, tasks calls appointments);
    let of_crm =
        &of_crm.union(&named(&new_crm, &new_store, store)).cloned().collect::<BTreeSet<_>>();
    keep_changed!(new_crm, old_crm, of_crm, chrono, correspondents);
    let present = ids(store, crm);
    let listings = BySide::from_fn(|side: Side| {
        let every = known.get(side).union(wanted.get(side));
        Listing::changes(every.filter(|id| !present.get(side).contains(*id)).cloned().collect())
    });
    (new_store, new_crm, listings)
}

/// The correspondents that activities name, on either side: their names stand on the items beside the links (A2.13), and
/// no link holds a name (D1).
fn named(crm: &Crm, items: &Store, store: &Store) -> BTreeSet<String> {
    let contacts = items.tasks.iter().flat_map(|one| &one.contacts);
    let contacts = contacts.chain(items.appointments.iter().flat_map(|one| &one.contacts));
    let stamped = |id: &String| store.contacts.iter().find(|one| one.id == *id)?.chrono.as_ref();
    let keys =
        contacts.filter_map(|one| one.chrono.as_ref().or_else(|| stamped(one.item.as_ref()?)));
    let of_tasks = crm.tasks.iter().filter_map(|one| one.correspondent.as_ref());
    let of_calls = crm.calls.iter().filter_map(|one| one.correspondent.as_ref());
    let of_appointments = crm.appointments.iter().flat_map(|one| &one.correspondents);
    of_tasks.chain(of_calls).chain(of_appointments).chain(keys).cloned().collect()
}

/// The ids of both sides.
pub(crate) fn ids(store: &Store, crm: &Crm) -> BySide<BTreeSet<String>> {
    let items = store.contacts.iter().map(|one| &one.id);
    let items = items.chain(store.tasks.iter().map(|one| &one.id));
    let items = items.chain(store.appointments.iter().map(|one| &one.id));
    let records = crm.correspondents.iter().map(|one| &one.chrono);
    let records = records.chain(crm.tasks.iter().map(|one| &one.chrono));
    let records = records.chain(crm.calls.iter().map(|one| &one.chrono));
    let records = records.chain(crm.appointments.iter().map(|one| &one.chrono));
    BySide::new(items.cloned().collect(), records.cloned().collect())
}
