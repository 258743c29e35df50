//! What people do in their mailboxes.

use chrono::{Days, NaiveDate};
use counterpart::model::Text;
use counterpart::profiles::outlook_x3::{
    Appointment, Contact, ContactRef, Recipient, Role, StoreKind, Task,
};
use counterpart::snapshot::LinkStatus;

use super::dice::Dice;
use super::hands;
use super::world::{SECRET, World, chosen, email, representative};

/// What somebody writes as a company.
const COMPANIES: [&str; 6] = ["#PAA#", "PBB", "Partner   #pbb#", "#NOPE#", "Label", ""];

/// An hour that no other appointment has.
pub(crate) fn slot(number: u32, hour: u32) -> Option<chrono::NaiveDateTime> {
    let first = NaiveDate::from_ymd_opt(2026, 3, 10)?;
    first.checked_add_days(Days::new(u64::from(number)))?.and_hms_opt(hour, 0, 0)
}

impl World {
    /// Somebody makes an item.
    pub(crate) fn write(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let (number, birth) = self.birth();
        let when = self.clock_of(at);
        let private = dice.once_in(6);
        let id = format!("M{number}");
        let contacts = if dice.once_in(3) { self.some_contacts(at, dice) } else { Vec::new() };
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
        let item = hands::items(store).into_iter().find(|one| *one.id == id)?;
        if let Some(list) = item.contacts {
            *list = contacts;
        }
        let fields = self.write_texts(Some(at), &id, 2, dice);
        Some(format!("{id} private={private} {fields}"))
    }

    fn any_item(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let mut ids: Vec<String> =
            hands::items(store).into_iter().map(|one| one.id.clone()).collect();
        chosen(&mut ids, dice)
    }

    fn some_contacts(&mut self, at: usize, dice: &mut Dice) -> Vec<ContactRef> {
        let Some(mailbox) = self.mailboxes.get(at) else { return Vec::new() };
        let mut contacts: Vec<ContactRef> = mailbox
            .store
            .store
            .contacts
            .iter()
            .map(|one| ContactRef {
                name: one.last_name.clone(),
                item: Some(one.id.clone()),
                chrono: one.chrono.clone(),
            })
            .collect();
        let count = dice.roll(3);
        (0..count).filter_map(|_| chosen(&mut contacts, dice)).collect()
    }

    pub(crate) fn edit(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let fields = self.write_texts(Some(at), &id, 1, dice);
        Some(format!("{id} {fields}"))
    }

    /// Somebody names a partner by its code, or something else, as the company of an item.
    pub(crate) fn name_company(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = self.clock_of(at);
        let text = dice.pick(&COMPANIES, "");
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let mut item = hands::items(store).into_iter().find(|one| *one.id == id)?;
        *item.modified = when;
        let own = item.company.take();
        let of_contact = || item.texts.into_iter().find(|one| one.0 == "company");
        let held = own.or_else(|| of_contact().map(|one| one.1))?;
        let old = std::mem::replace(held, Text::from(text));
        self.ledger.seen_and_changed(old.or_empty());
        Some(format!("{id} {text}"))
    }

    /// Somebody names other contacts on an activity.
    pub(crate) fn link_contacts(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = self.clock_of(at);
        let contacts = self.some_contacts(at, dice);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let item = hands::items(store).into_iter().find(|one| *one.id == id)?;
        let told = format!("{id} {contacts:?}");
        *item.contacts? = contacts;
        *item.modified = when;
        // A colleague who is named no more is taken off the appointment.
        self.taken.extend(item.chrono.clone().map(|key| (None, key)));
        Some(told)
    }

    /// Somebody invites a colleague from his mail program, which puts a copy into the colleague's calendar.
    pub(crate) fn meet(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let (number, _) = self.birth();
        let when = self.clock_of(at);
        let guest = dice.roll(self.mailboxes.len());
        let address = Text::from(email(&representative(guest)));
        let mut one = Appointment::default();
        one.id = format!("M{number}");
        "Calendar".clone_into(&mut one.folder);
        (one.created, one.modified, one.role) = (Some(when), when, Role::Organizer);
        one.meeting_id = Some(format!("meeting-{number}"));
        one.recipients = vec![Recipient { name: Text::from("Guest"), email: address }];
        (one.start, one.end) = (slot(number, 9), slot(number, 10));
        let id = one.id.clone();
        self.mailboxes.get_mut(at)?.store.store.appointments.push(one.clone());
        let fields = self.write_texts(Some(at), &id, 2, dice);
        if guest != at {
            let store = &self.mailboxes.get(at)?.store.store;
            let sent = store.appointments.iter().find(|sent| sent.id == id)?;
            one.clone_from(sent);
            one.id = format!("G{number}");
            one.role = Role::Attendee;
            self.mailboxes.get_mut(guest)?.store.store.appointments.push(one);
        }
        Some(format!("{id} with {} {fields}", representative(guest)))
    }

    /// An appointment becomes a series, or a single one again.
    pub(crate) fn repeat(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let mailbox = self.mailboxes.get_mut(at)?;
        let ids = mailbox.store.store.appointments.iter().map(|one| one.id.clone());
        let id = chosen(&mut ids.collect(), dice)?;
        let when = self.clock_of(at);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let one = store.appointments.iter_mut().find(|one| one.id == id)?;
        (one.recurring, one.modified) = (!one.recurring, when);
        Some(format!("{id} series={}", one.recurring))
    }

    pub(crate) fn discard(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        self.note_deletion(at, &id);
        self.ledger.deleted(Some(at), &id);
        let mailbox = self.mailboxes.get_mut(at)?;
        let mut bin = hands::taken(&mut mailbox.store.store, &id);
        if let Some(one) = hands::items(&mut bin).first() {
            one.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text.or_empty()));
        }
        let key = hands::items(&mut bin).first().and_then(|one| one.chrono.clone());
        // A copy that still carries its key steps into its place.
        let items = hands::items(&mut mailbox.store.store).into_iter();
        let copies = items.filter(|one| key.is_some() && *one.chrono == key);
        self.taken.extend(copies.map(|one| (Some(at), one.id.clone())));
        mailbox.bin.push(bin);
        self.take_away(at, &id);
        Some(id)
    }

    /// Remembers that an item is taken away, by whatever id somebody may still know it.
    pub(crate) fn take_away(&mut self, at: usize, id: &str) {
        self.taken.extend(self.known_as(at, id).into_iter().map(|id| (Some(at), id)));
    }

    /// The ids an item has and had.
    pub(crate) fn known_as(&self, at: usize, id: &str) -> Vec<String> {
        let former = |id: &String| self.former.get(&(at, id.clone())).cloned();
        std::iter::successors(Some(id.to_owned()), former).collect()
    }

    /// Enters a deletion in the ledger, if it is clear what it leads to: the item takes part, is at one with
    /// its record, and is the only one of it.
    fn note_deletion(&mut self, at: usize, id: &str) -> Option<()> {
        let mailbox = self.mailboxes.get_mut(at)?;
        let link = mailbox.state.links.values().find(|link| link.ids.a == id)?.clone();
        let item = hands::items(&mut mailbox.store.store).into_iter().find(|one| *one.id == id)?;
        let birth = item.birth.clone();
        let linked = link.ids.b.clone();
        let plain = item.takes_part()
            && item.chrono.as_ref() == Some(&link.ids.b)
            && link.status == LinkStatus::Live
            && !link.private
            && !self.extra.contains_key(&birth)
            && !self.lied.contains(&birth);
        let representative = mailbox.representative.clone();
        let plain = plain && self.is_linked_everywhere(&birth, &linked);
        let mut records = hands::entries(&mut self.crm.crm);
        let record = records.iter_mut().find(|one| *one.chrono == link.ids.b)?;
        let agreed = link.seen.b == Some(*record.modified) && link.seen.a.is_some();
        if plain && agreed && record.is_led_by(&representative) {
            self.ledger.enter_deed(Some(at), birth, representative);
        }
        None
    }

    pub(crate) fn restore(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let when = self.clock_of(at);
        let mailbox = self.mailboxes.get_mut(at)?;
        let mut bin = chosen(&mut mailbox.bin, dice)?;
        let exchange = self.script.exchange;
        let number = self.number;
        let (mut told, mut births) = (String::new(), Vec::new());
        for one in hands::items(&mut bin) {
            if exchange {
                *one.id = format!("R{number}");
                *one.modified = when;
            }
            one.texts.iter().for_each(|(_, text)| self.ledger.back(text.or_empty()));
            births.push(one.birth);
            told.push_str(one.id);
        }
        hands::put(&mut mailbox.store.store, bin);
        for birth in births {
            self.allow_one_more(&birth);
        }
        Some(told)
    }

    pub(crate) fn hide(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = self.clock_of(at);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let one = hands::items(store).into_iter().find(|one| *one.id == id)?;
        *one.private = !*one.private;
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

    pub(crate) fn relocate(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = self.clock_of(at);
        let number = self.number;
        let known = self.has_own_key(at, &id);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let exchange = store.kind == StoreKind::Exchange;
        let one = hands::items(store).into_iter().find(|one| *one.id == id)?;
        let folders = ["More", "More", "Elsewhere", "Contacts"];
        dice.pick(&folders, "More").clone_into(one.folder);
        let (folder, birth) = (one.folder.clone(), one.birth);
        if exchange {
            (*one.id, *one.modified) = (format!("V{number}"), when);
            self.former.insert((at, format!("V{number}")), id.clone());
            self.ledger.renamed(at, &id, &format!("V{number}"));
            // Without a key of its own it cannot be told from a new one.
            if !known {
                self.taken.insert((Some(at), id.clone()));
                self.allow_one_more(&birth);
            }
        }
        Some(format!("{id} to {folder}"))
    }

    /// Whether an item carries the key of its own record, and nothing else carries it.
    fn has_own_key(&mut self, at: usize, id: &str) -> bool {
        let mut records = hands::entries(&mut self.crm.crm);
        let Some(mailbox) = self.mailboxes.get_mut(at) else { return false };
        let mut items = hands::items(&mut mailbox.store.store);
        let key = items.iter().find(|one| one.id == id).and_then(|one| one.chrono.clone());
        items.retain(|one| key.is_some() && one.chrono.as_ref() == key.as_ref());
        records.retain(|one| Some(&*one.chrono) == key.as_ref());
        let other = mailbox.state.links.values().find(|link| link.ids.a == id);
        items.len() == 1
            && !records.is_empty()
            && other.is_none_or(|link| Some(&link.ids.b) == key.as_ref())
    }

    pub(crate) fn copy(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let id = self.any_item(at, dice)?;
        let when = self.clock_of(at);
        let new = format!("K{}", self.number);
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let mut copies = store.clone();
        let mut copy = hands::taken(&mut copies, &id);
        let mut births = Vec::new();
        for one in hands::items(&mut copy) {
            one.id.clone_from(&new);
            (*one.modified, *one.created) = (when, Some(when));
            births.push(one.birth);
        }
        hands::put(store, copy);
        for birth in births {
            self.allow_one_more(&birth);
        }
        Some(format!("{id} as {new}"))
    }
}
