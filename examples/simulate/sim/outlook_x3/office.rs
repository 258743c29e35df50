//! What people do in the CRM, and how anybody writes a text.

use chrono::TimeDelta;
use counterpart::model::{Instant, Text};
use counterpart::profiles::outlook_x3::{
    Appointment, Call, Comment, Contact, Correspondent, CrmAppointment, CrmTask, Task,
};

use super::dice::Dice;
use super::hands::{self, Named, Owners};
use super::ledger::Place;
use super::people::slot;
use super::world::{SECRET, World, chosen, representative};

/// What a representative wrote himself of the notes before him; where they name nobody it is everything.
fn own_words<'t>(notes: &'t str, representative: &str) -> &'t str {
    const OPEN: &str = "[#-- ";
    if !notes.contains(OPEN) {
        return notes;
    }
    let own = notes.split(OPEN).find_map(|words| words.strip_prefix(representative));
    own.and_then(|words| words.split_once('\n')).map_or("", |(_, words)| words)
}

impl World {
    /// Somebody makes a record in the CRM.
    pub(crate) fn enter(&mut self, dice: &mut Dice) -> String {
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

    /// Both sides get a record of one thing: they share their identity, and say different things.
    pub(crate) fn twin(&mut self, dice: &mut Dice) -> Option<String> {
        let at = dice.roll(self.script.mailboxes);
        let owner = representative(at);
        let (number, birth) = self.birth();
        let (when, here) = (self.clock(TimeDelta::zero()), self.clock_of(at));
        let id = format!("M{number}");
        let store = &mut self.mailboxes.get_mut(at)?.store.store;
        let (by_key, by_origin) =
            dice.pick(&[(true, false), (false, true), (true, true)], (true, true));
        let origin = by_origin.then(|| format!("{}/{id}", store.id));
        let crm = &mut self.crm.crm;
        macro_rules! twins {
            ($item:ident, $items:ident, $record:ident, $records:ident, $prefix:literal, $change:expr) => {{
                let key = format!("{}{number:08}", $prefix);
                let (mut item, mut record) = ($item::default(), $record::default());
                (item.id, item.created, item.modified) = (id.clone(), Some(here), here);
                item.chrono = by_key.then(|| key.clone());
                (record.chrono, record.modified, record.origin) = (key.clone(), when, origin);
                let change: fn(&mut $item, &mut $record, u32, (String, String)) = $change;
                change(&mut item, &mut record, number, (birth, owner));
                store.$items.push(item);
                crm.$records.push(record);
                key
            }};
        }
        let key = match dice.roll(3) {
            0 => twins!(Contact, contacts, Correspondent, correspondents, "COR", |a, b, _, who| {
                (a.first_name, b.first_name) = (Text::from(who.0.clone()), Text::from(who.0));
                b.assigned = vec![who.1];
            }),
            1 => twins!(Task, tasks, CrmTask, tasks, "TSK", |a, b, number, who| {
                (a.actual_work, b.time_spent, b.representative) = (number, number, who.1);
            }),
            _ => twins!(
                Appointment,
                appointments,
                CrmAppointment,
                appointments,
                "BAP",
                |a, b, number, who| {
                    (a.start, a.end) = (slot(number, 9), slot(number, 10));
                    (b.start, b.end, b.organizer) = (a.start, a.end, who.1);
                }
            ),
        };
        let mine = self.write_texts(Some(at), &id, 2, dice);
        let theirs = self.write_texts(None, &key, 2, dice);
        Some(format!("{id} {mine} and {key} {theirs} key={by_key} origin={by_origin}"))
    }

    /// Writes some fields of an item (of a mailbox) or of a record, and enters them in the ledger.
    pub(crate) fn write_texts(
        &mut self,
        at: Option<usize>,
        id: &str,
        count: usize,
        dice: &mut Dice,
    ) -> String {
        let when = match at {
            Some(at) => self.clock_of(at),
            None => self.clock(TimeDelta::zero()),
        };
        let mut told = String::new();
        for _ in 0..count {
            let choice = dice.roll(60);
            let private = at.is_some_and(|at| self.is_private(at, id));
            let (mark, text) = self.words(private);
            let Some((field, old)) = self.put_text(at, id, choice, (&text, when)) else {
                continue;
            };
            let seen = at.map_or(old.as_str(), |at| own_words(&old, &representative(at)));
            self.ledger.seen_and_changed(seen);
            let place = Place { mailbox: at, id: id.to_owned(), field };
            self.ledger.enter(&mark, place);
            told.extend([field, "=", &mark, " "]);
        }
        told
    }

    /// A text nobody wrote before.
    fn words(&mut self, private: bool) -> (String, String) {
        self.number += 1;
        let mark = format!("zq{}-", self.number);
        let secret = if private { SECRET } else { "quokka wombat" };
        (mark.clone(), format!("{mark}{secret}"))
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
        self.ledger.supersede_deeds(&one.birth, None);
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
        // A label stands in the CRM where there is no partner; a colleague has one (A7.11).
        if *field == "company" && one.birth.starts_with("Colleague") {
            return None;
        } else if *field == "company" {
            *one.partner = None;
        }
        let old = std::mem::replace(*held, Text::from(text));
        Some((field, old.or_empty().to_owned()))
    }

    fn any_entry(&mut self, dice: &mut Dice) -> Option<String> {
        let all = hands::entries(&mut self.crm.crm);
        chosen(&mut all.into_iter().map(|one| one.chrono.clone()).collect(), dice)
    }

    pub(crate) fn amend(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let fields = self.write_texts(None, &key, 1, dice);
        Some(format!("{key} {fields}"))
    }

    /// Somebody chooses another partner.
    pub(crate) fn set_partner(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let when = self.clock(TimeDelta::zero());
        let code = dice.pick(&[Some("PAA"), Some("PBB"), None], None);
        let records = hands::entries(&mut self.crm.crm);
        let mut one = records.into_iter().find(|one| *one.chrono == key)?;
        // What makes a correspondent a colleague is not for people to change.
        if one.birth.starts_with("Colleague") {
            return None;
        }
        self.ledger.supersede_deeds(&one.birth, None);
        (*one.modified, *one.partner) = (when, code.map(str::to_owned));
        if let Some((_, label)) = one.texts.iter_mut().find(|one| one.0 == "company") {
            let old = std::mem::take(*label);
            self.ledger.seen_and_changed(old.or_empty());
        }
        Some(format!("{key} {code:?}"))
    }

    /// Somebody names other contacts on an activity.
    pub(crate) fn set_contacts(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let when = self.clock(TimeDelta::zero());
        let of = self.crm.crm.correspondents.iter().map(|one| one.chrono.clone());
        let mut known: Vec<String> = of.collect();
        let count = dice.roll(3);
        let mut named: Vec<_> = (0..count).filter_map(|_| chosen(&mut known, dice)).collect();
        let records = hands::entries(&mut self.crm.crm);
        let one = records.into_iter().find(|one| *one.chrono == key)?;
        let told = format!("{key} {named:?}");
        match one.contacts? {
            Named::One(held) => *held = named.pop(),
            Named::Many(held) => *held = named,
        }
        *one.modified = when;
        self.ledger.supersede_deeds(&one.birth, None);
        Some(told)
    }

    /// Somebody invites a co-worker to an appointment of the CRM, or takes him off.
    pub(crate) fn invite(&mut self, dice: &mut Dice) -> Option<String> {
        let keys = self.crm.crm.appointments.iter().map(|one| one.chrono.clone());
        let key = chosen(&mut keys.collect(), dice)?;
        let when = self.clock(TimeDelta::zero());
        let who = representative(dice.roll(self.script.mailboxes));
        let records = hands::entries(&mut self.crm.crm);
        let one = records.into_iter().find(|one| *one.chrono == key)?;
        if one.is_led_by(&who) {
            return None;
        }
        let guests = one.guests?;
        if guests.contains(&who) {
            guests.retain(|one| *one != who);
        } else {
            guests.push(who.clone());
        }
        *one.modified = when;
        self.ledger.supersede_deeds(&one.birth, None);
        self.taken.insert((None, key.clone()));
        Some(format!("{key} {who}"))
    }

    pub(crate) fn strike(&mut self, dice: &mut Dice) -> Option<String> {
        let key = self.any_entry(dice)?;
        let one = hands::entries(&mut self.crm.crm).into_iter().find(|one| *one.chrono == key)?;
        one.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text.or_empty()));
        for comment in one.comments.iter().flat_map(|comments| comments.iter()) {
            self.ledger.seen_and_changed(comment.text.or_empty());
        }
        let birth = one.birth;
        self.ledger.supersede_deeds(&birth, None);
        let known = !self.extra.contains_key(&birth) && !self.lied.contains(&birth);
        // A colleague who is still invited is made again (A7.9).
        if known && !birth.starts_with("Colleague") && self.is_linked_everywhere(&birth, &key) {
            self.ledger.enter_deed(None, birth, String::new());
        }
        hands::remove(&mut self.crm.crm, &key);
        self.ledger.deleted(None, &key);
        self.taken.insert((None, key.clone()));
        Some(key)
    }

    /// Whether every item of a birth is linked to a record, so that its deletion is understood.
    pub(crate) fn is_linked_everywhere(&mut self, birth: &str, key: &str) -> bool {
        self.mailboxes.iter_mut().all(|mailbox| {
            let state = &mailbox.state;
            let is_linked =
                |id: &str| state.links.values().any(|one| one.ids.a == id && one.ids.b == key);
            let items = hands::items(&mut mailbox.store.store);
            items.iter().all(|one| one.birth != birth || (is_linked(one.id) && one.takes_part()))
        })
    }

    pub(crate) fn reassign(&mut self, dice: &mut Dice) -> Option<String> {
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
        if let Some(guests) = one.guests {
            guests.retain(|one| *one != to);
        }
        self.ledger.supersede_deeds(&one.birth, None);
        self.taken.insert((None, key.clone()));
        Some(format!("{key} to {to}"))
    }
}
