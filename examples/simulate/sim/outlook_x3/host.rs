//! How the hosts list and write, and how they lie.

use std::collections::BTreeSet;

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::{BySide, Side, Text};
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{
    Correspondent, Crm, OutlookX3, Record, RecordPatch, Store,
};
use counterpart::snapshot::Listing;

use super::dice::Dice;
use super::distort;
use super::hands;
use super::pages::{self, Pages};
use super::script::{Fault, Run, Trait};
use super::world::World;

/// What a run is given.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) store: Store,
    pub(crate) crm: Crm,
    pub(crate) listings: BySide<Listing>,
}

impl World {
    fn ids(&mut self, at: usize) -> BySide<BTreeSet<String>> {
        let records = hands::entries(&mut self.crm.crm);
        let records = records.into_iter().map(|one| one.chrono.clone()).collect();
        let store = self.mailboxes.get_mut(at).map(|one| &mut one.store.store);
        let items = store.into_iter().flat_map(hands::items).map(|one| one.id.clone());
        BySide::new(items.collect(), records)
    }

    /// Remembers what there is, to know later what was removed.
    pub(crate) fn take_stock(&mut self, at: usize) -> BySide<BTreeSet<String>> {
        let present = self.ids(at);
        if let Some(mailbox) = self.mailboxes.get_mut(at) {
            for side in Side::BOTH {
                mailbox.existed.get_mut(side).extend(present.get(side).iter().cloned());
            }
        }
        present
    }

    /// What both hosts list for a run.
    pub(crate) fn listed(&mut self, at: usize, run: &Run) -> Option<Listed> {
        let present = self.take_stock(at);
        let crm = self.crm.crm.clone();
        let mailbox = self.mailboxes.get(at)?;
        let store = mailbox.store.store.clone();
        let mut listed =
            Listed { store, crm, listings: BySide::new(Listing::full(), Listing::full()) };
        if let Some((old_store, old_crm)) =
            mailbox.seen.as_ref().filter(|_| !run.force.drops_state())
        {
            let state = &mailbox.state;
            let wanted = BySide::from_fn(|side| state.wanted(side).collect::<Vec<_>>());
            macro_rules! differences {
                ($new:expr, $old:ident, $wanted:expr, $id:ident, $($list:ident)*) => {$(
                    $new.$list.retain(|one| {
                        $wanted.contains(&one.$id.as_str()) || !$old.$list.contains(one)
                    });
                )*};
            }
            let changes = BySide::new(Trait::ChangesA, Trait::ChangesB);
            let changes = changes.map(|one| self.script.has(one));
            if changes.a {
                differences!(listed.store, old_store, wanted.a, id, contacts tasks appointments);
            }
            if changes.b {
                let wanted = &wanted.b;
                differences!(listed.crm, old_crm, wanted, chrono, correspondents tasks calls appointments);
            }
            for side in Side::BOTH.into_iter().filter(|side| *changes.get(*side)) {
                let wanted = wanted.get(side).iter().map(|id| (*id).to_owned());
                let known: BTreeSet<String> =
                    mailbox.existed.get(side).iter().cloned().chain(wanted).collect();
                let gone = known.difference(present.get(side));
                *listed.listings.get_mut(side) = Listing::changes(gone.cloned().collect());
            }
        }
        let stamps = self.script.has(Trait::Stamps);
        (listed.listings.a.stamps_prove, listed.listings.b.stamps_prove) = (stamps, stamps);
        if run.fault.is_partial() {
            self.shorten(&mut listed, run);
        }
        if run.pages != Pages::None {
            pages::cut(self, &mut listed, run);
        }
        self.garble(&mut listed, run);
        Some(listed)
    }

    /// Leaves out of a listing what a filter hides, or a part of one kind, or everything of it.
    fn shorten(&mut self, listed: &mut Listed, run: &Run) {
        let dice = &mut Dice::new(run.number);
        let (side, kind) = (if dice.once_in(2) { Side::A } else { Side::B }, dice.roll(3));
        if listed.listings.get(side).coverage != counterpart::snapshot::Coverage::Full {
            return;
        }
        let hidden = hidden(listed, side, kind, run.fault);
        if run.fault != Fault::Narrow {
            for (id, birth) in &hidden {
                self.allow_one_more(birth);
                self.lied.insert(birth.clone());
                match (run.fault, side) {
                    (Fault::Short, Side::A) => self.take_away(run.mailbox, id),
                    (Fault::Short, Side::B) => {
                        self.taken.insert((None, id.clone()));
                    }
                    _ => {}
                }
            }
        }
        if side == Side::A && run.fault == Fault::Narrow {
            self.allow_for_hidden(run.mailbox, &hidden);
        }
        let keep = |id: &String| !hidden.iter().any(|one| one.0 == *id);
        if side == Side::A {
            listed.store.contacts.retain(|one| keep(&one.id));
            listed.store.tasks.retain(|one| keep(&one.id));
            listed.store.appointments.retain(|one| keep(&one.id));
        } else {
            listed.crm.correspondents.retain(|one| keep(&one.chrono));
            listed.crm.tasks.retain(|one| keep(&one.chrono));
            listed.crm.calls.retain(|one| keep(&one.chrono));
            listed.crm.appointments.retain(|one| keep(&one.chrono));
        }
        if run.fault == Fault::Narrow {
            listed.listings.get_mut(side).scope = Some(format!("narrow {kind}"));
        }
    }

    /// A guest's copy of a meeting that the filter hides, and that was never linked, is not known: the meeting's record
    /// gets an item of its own.
    fn allow_for_hidden(&mut self, at: usize, hidden: &[(String, String)]) {
        let links = self.mailboxes.get(at).map(|one| &one.state.links);
        let linked: BTreeSet<String> = links
            .into_iter()
            .flat_map(counterpart::snapshot::Links::values)
            .map(|link| link.ids.a)
            .collect();
        let records = hands::entries(&mut self.crm.crm);
        let births: BTreeSet<String> = records.into_iter().map(|one| one.birth).collect();
        for (id, birth) in hidden {
            let is_copy = birth.starts_with('A') && births.contains(birth) && !linked.contains(id);
            if is_copy && self.strayed.insert((at, id.clone())) {
                self.allow_one_more(birth);
            }
        }
    }

    /// What the lies of a world make of a listing.
    fn garble(&mut self, listed: &mut Listed, run: &Run) {
        let dice = &mut Dice::new(run.number.wrapping_add(1));
        if self.script.has(Trait::Removed) {
            let first = listed.crm.correspondents.first().map(|one| one.chrono.clone());
            let task = listed.store.tasks.first().map(|one| one.id.clone());
            listed.listings.b.removed.extend(first);
            listed.listings.a.removed.extend(task);
        }
        // In the end everything can be read.
        if self.script.has(Trait::Unreadable) && run.number != 0 {
            let mut items = hands::items(&mut listed.store);
            let at = dice.roll(items.len());
            let item = items.get_mut(at);
            let mut texts: Vec<_> = item.into_iter().flat_map(|one| one.texts.iter_mut()).collect();
            // By its name the simulator tells whose contact it is: a record made without one is nobody's.
            texts.retain(|(field, _)| *field != "name");
            let at = dice.roll(texts.len());
            if let Some((_, text)) = texts.get_mut(at) {
                **text = Text::UNREADABLE;
            }
        }
    }

    /// Something on each side writes departments in its own way.
    pub(crate) fn fight(&mut self, at: usize) {
        let (when, there) = (self.clock_of(at), self.clock(chrono::TimeDelta::zero()));
        let store = self.mailboxes.get_mut(at).map(|one| &mut one.store.store);
        for one in store.into_iter().flat_map(|store| store.contacts.iter_mut()) {
            let small = one.department.or_empty().to_lowercase();
            if !one.private && small != one.department.or_empty() {
                (one.department, one.modified) = (Text::from(small), when);
            }
        }
        for one in &mut self.crm.crm.correspondents {
            let capitals = one.department.or_empty().to_uppercase();
            if capitals != one.department.or_empty() {
                (one.department, one.modified) = (Text::from(capitals), there);
            }
        }
    }

    /// A write, done by a host.
    pub(crate) fn written(
        &mut self,
        at: usize,
        request: &Request<OutlookX3>,
    ) -> Response<OutlookX3> {
        let mut response = if request.side == Side::A {
            let Some(mailbox) = self.mailboxes.get_mut(at) else { return Response::Stale };
            mailbox.store.write(request)
        } else {
            self.written_in_crm(request)
        };
        if let (Response::Done { stored, modified, .. }, true) =
            (&mut response, self.script.has(Trait::Blind))
        {
            (*stored, *modified) = (None, None);
        }
        response
    }

    fn written_in_crm(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let mut request = request.clone();
        self.distort(&mut request.action);
        if !matches!(request.action, Action::Create(_)) {
            return self.crm.write(&request);
        }
        // The counters of a CRM never give a key twice, though the in-memory one counts what it holds.
        self.counter += 2;
        let counter = self.counter.max(self.number + 100_000);
        self.counter = counter;
        let last = ["COR", "TSK", "CLL", "BAP"].map(|prefix| format!("{prefix}{counter:08}"));
        for key in &last {
            let mut one = Correspondent::default();
            one.chrono.clone_from(key);
            self.crm.crm.correspondents.push(one);
        }
        let response = self.crm.write(&request);
        self.crm.crm.correspondents.retain(|one| !last.contains(&one.chrono));
        response
    }

    /// What the CRM makes of the values it is given.
    fn distort(&self, action: &mut Action<OutlookX3>) {
        let (title, department) = match action {
            Action::Create(Record::Correspondent(one)) => {
                (Some(&mut one.job_title), Some(&mut one.department))
            }
            Action::Update(RecordPatch::Correspondent(one)) => {
                (one.job_title.as_mut(), one.department.as_mut())
            }
            _ => (None, None),
        };
        let title = title.into_iter().filter(|_| self.script.has(Trait::Truncate));
        title.for_each(distort::cut);
        let department = department.into_iter().filter(|_| self.script.has(Trait::Capitals));
        department.for_each(distort::capitals);
    }
}

/// The ids and births of what one side does not list of a kind.
fn hidden(listed: &mut Listed, side: Side, kind: usize, fault: Fault) -> Vec<(String, String)> {
    // A filter, and a page that got lost, know nothing of ids: they look at what never changes of a record.
    let is_hidden =
        |birth: &str| fault == Fault::Emptied || birth.bytes().map(u32::from).sum::<u32>() % 2 == 0;
    let is_kind = |birth: &str| match kind {
        0 => birth.starts_with('B') || birth.starts_with('C'),
        1 => birth.starts_with('T'),
        _ => birth.starts_with('A'),
    };
    let found: Vec<(String, String)> = if side == Side::A {
        let items = hands::items(&mut listed.store).into_iter();
        items.map(|one| (one.id.clone(), one.birth)).collect()
    } else {
        let records = hands::entries(&mut listed.crm).into_iter();
        records.map(|one| (one.chrono.clone(), one.birth)).collect()
    };
    found.into_iter().filter(|(_, birth)| is_kind(birth) && is_hidden(birth)).collect()
}
