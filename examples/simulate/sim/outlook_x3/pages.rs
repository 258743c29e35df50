//! Listings that come in pages, over several runs and in any order.

use counterpart::model::{BySide, Side};
use counterpart::profiles::outlook_x3::{Crm, Store};
use counterpart::snapshot::Listing;

use super::dice::Dice;
use super::hands;
use super::host::Listed;
use super::script::{Act, Run, Step, Trait, What, Who};
use super::world::World;

/// The name of this among what can be left out.
pub(crate) const NAME: &str = "pages";

/// Which sides list one page in a run, and more of them later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Both, each one of its own.
    Both,
    /// The CRM.
    Crm,
    /// None: what is listed is all there is to list.
    None,
    /// The mailbox.
    Store,
}

impl Pages {
    /// Draws who lists a page in a run; one in `seldom` has any.
    pub(crate) fn draw(number: u64, seldom: usize) -> Self {
        let dice = &mut Dice::new(number.wrapping_add(5));
        let drawn = dice.pick(&[Self::Both, Self::Crm, Self::Store], Self::None);
        if dice.once_in(seldom) { drawn } else { Self::None }
    }

    const fn sides(self) -> &'static [Side] {
        match self {
            Self::Both => &Side::BOTH,
            Self::Crm => &[Side::B],
            Self::None => &[],
            Self::Store => &[Side::A],
        }
    }
}

/// Makes of a script's beginning a world of first contact: what people did before anything ran, with records of
/// which each side has its own, and then pages only.
pub(crate) fn first_contact(steps: &mut Vec<Step>, number: u64) {
    let dice = &mut Dice::new(number.wrapping_add(6));
    let first = steps.iter().position(|step| matches!(step, Step::Run(_))).unwrap_or_default();
    let mut runs: Vec<Run> = Vec::new();
    for step in steps.drain(first..) {
        if let Step::Run(run) = step
            && runs.iter().all(|known| known.mailbox != run.mailbox)
        {
            runs.push(run);
        }
    }
    for step in steps.iter_mut().filter(|_| dice.once_in(2)) {
        if let Step::Act(act) = step {
            *act = Act { who: Who::Crm, what: What::Twin, ..*act };
        }
    }
    for page in 0..=dice.roll(3) {
        steps.extend(runs.iter().map(|run| {
            let number = run.number.wrapping_add(page as u64);
            Step::Run(Run { number, pages: Pages::draw(number, 1), ..run.faultless() })
        }));
    }
}

/// Leaves out of a run's listing what comes on a later page.
pub(crate) fn cut(world: &mut World, listed: &mut Listed, run: &Run) {
    let dice = &mut Dice::new(run.number.wrapping_add(7));
    let present = world.take_stock(run.mailbox);
    let Some(mailbox) = world.mailboxes.get(run.mailbox) else { return };
    for side in run.pages.sides() {
        // A host that lists everything each time does not know what it showed before.
        let knows =
            world.script.has(if *side == Side::A { Trait::ChangesA } else { Trait::ChangesB });
        let gone = mailbox.existed.get(*side).difference(present.get(*side));
        let gone = gone.filter(|_| knows).cloned().collect();
        *listed.listings.get_mut(*side) = Listing::page(gone);
        // Which page a record comes on has nothing to do with what it is, nor with its place in another listing.
        let first = dice.next();
        let wanted: Vec<&str> = mailbox.state.wanted(*side).collect();
        let on_page = |id: &str| {
            let mixed = |name: u64, byte: u8| Dice::new(name.wrapping_add(byte.into())).next();
            wanted.contains(&id) || Dice::new(id.bytes().fold(first, mixed)).once_in(2)
        };
        match side {
            Side::A => {
                listed.store.contacts.retain(|one| on_page(&one.id));
                listed.store.tasks.retain(|one| on_page(&one.id));
                listed.store.appointments.retain(|one| on_page(&one.id));
            }
            Side::B => {
                listed.crm.correspondents.retain(|one| on_page(&one.chrono));
                listed.crm.tasks.retain(|one| on_page(&one.chrono));
                listed.crm.calls.retain(|one| on_page(&one.chrono));
                listed.crm.appointments.retain(|one| on_page(&one.chrono));
            }
        }
    }
}

/// What hosts that list changes have delivered once a run has ended: where it was a page, that page beside what they
/// had delivered before.
pub(crate) fn delivered(
    pages: Pages,
    old: Option<(Store, Crm)>,
    (mut store, mut crm): (Store, Crm),
    on_page: &BySide<Vec<String>>,
) -> (Store, Crm) {
    let (old_store, old_crm) = old.unwrap_or_else(|| {
        (Store::new(store.id.clone(), store.kind), Crm::new(crm.folder.clone()))
    });
    macro_rules! merge {
        ($new:expr, $old:expr, $page:expr, $id:ident, $($list:ident)*) => {$(
            let (page, later): (Vec<_>, Vec<_>) =
                $new.$list.into_iter().partition(|one| $page.contains(&one.$id));
            $new.$list = page;
            // What was removed has been told as well.
            let is_there = |id: &String| later.iter().any(|one| one.$id == *id);
            let before = $old.$list.into_iter().filter(|one| is_there(&one.$id));
            $new.$list.extend(before);
        )*};
    }
    if pages.sides().contains(&Side::A) {
        merge!(store, old_store, on_page.a, id, contacts tasks appointments);
    }
    if pages.sides().contains(&Side::B) {
        merge!(crm, old_crm, on_page.b, chrono, correspondents tasks calls appointments);
    }
    (store, crm)
}

/// The ids that a listing shows.
pub(crate) fn ids(listed: &mut Listed) -> BySide<Vec<String>> {
    let items = hands::items(&mut listed.store).into_iter().map(|one| one.id.clone()).collect();
    let records = hands::entries(&mut listed.crm).into_iter();
    BySide::new(items, records.map(|one| one.chrono.clone()).collect())
}
