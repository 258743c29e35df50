//! How anybody writes a text or takes a record away, and what people do in an ERP.

use std::collections::BTreeSet;

use counterpart::model::{Side, Text};
use counterpart::profiles::sage100::{
    ErpAccount, ErpAccountKind, ErpAddress, ErpContact, ErpFreeField, FreeFieldType,
};
use counterpart::snapshot::LinkStatus;

use super::dice::Dice;
use super::ledger::{Place, mark};
use super::records::{Row, Sort};
use super::script::Trait;
use super::world::{World, chosen};

impl World {
    /// Writes some fields of a record and enters them in the ledger.
    pub(crate) fn write_texts(
        &mut self,
        place: Option<usize>,
        id: &str,
        count: usize,
        dice: &mut Dice,
    ) -> String {
        let when = self.clock();
        let mut told = String::new();
        for _ in 0..count {
            let choice = dice.roll(60);
            let (mark, text) = self.words();
            let Some(mut side) = self.side(place) else { continue };
            let Some((row, field, old)) = side.write(id, choice, (&text, when)) else { continue };
            self.touch(place, &row);
            self.part_ways(place, &row);
            self.edited.insert((place, row.id.clone()), when);
            self.ledger.seen_and_changed(&old);
            let written = Place { mailbox: place, id: id.to_owned(), field };
            self.ledger.enter(&mark, written);
            told.extend([field, "=", &mark, " "]);
        }
        told
    }

    /// Somebody worked on a record: deletions of it are not the last word, and a run under way is too late.
    pub(crate) fn touch(&mut self, place: Option<usize>, row: &Row) {
        self.ledger.supersede_deeds(&row.birth, None);
        self.touched.extend([(place, row.id.clone()), (place, row.owner.clone())]);
        if row.sort == Sort::Account {
            let births = self.births_of(place, &row.owner);
            for birth in &births {
                self.ledger.supersede_deeds(birth, None);
            }
        }
    }

    /// Somebody edits a delivery address that a stopped run made or was to copy: it has no origin, so that only what it
    /// says could tell whose copy it is.
    fn part_ways(&mut self, place: Option<usize>, row: &Row) {
        let is_of = |ids: &counterpart::model::BySide<String>| match place {
            None => ids.b == row.id,
            Some(_) => ids.a == row.id,
        };
        let states = self.desks.iter().map(|desk| &desk.state);
        let is_linked = states.flat_map(|state| state.links.values()).any(|one| is_of(&one.ids));
        let is_known = row.texts.iter().any(|(_, text)| !text.is_empty());
        if row.sort == Sort::Delivery && is_known && !is_linked {
            self.allow_one_more(&row.birth);
        }
    }

    /// A state is lost: delivery addresses that say something else by now are not found again, nor those that have another
    /// label where what they say may be unreadable.
    pub(crate) fn part_all_ways(&mut self, at: usize) {
        self.forsake(|one| one.account.is_none() && !one.account_code.is_blank());
        let unreadable = self.script.has(Trait::Unreadable);
        let companies = self.crm.crm.companies.iter().flat_map(|one| &one.addresses);
        let labels: Vec<(String, String)> =
            companies.map(|one| (one.id.clone(), one.label.or_empty().to_owned())).collect();
        let (crm, erp) = (self.rows(None), self.rows(Some(at)));
        let links = self.desks.get(at).map(|desk| desk.state.links.values().collect::<Vec<_>>());
        for row in crm.iter().filter(|row| row.sort == Sort::Delivery) {
            let mut links = links.iter().flatten();
            let Some(link) = links.find(|one| one.ids.b == row.id) else { continue };
            let other = erp.iter().find(|one| one.id == link.ids.a);
            let label = link.ids.a.split_once('#').map_or("", |(_, label)| label);
            let mut own = labels.iter().filter(|(id, _)| *id == row.id);
            let is_renamed = own.any(|(_, own)| own != label);
            if other.is_none_or(|other| other.texts != row.texts) || unreadable && is_renamed {
                self.allow_one_more(&row.birth);
            }
        }
    }

    /// The births of what stands with a company or ERP account.
    pub(crate) fn births_of(&mut self, place: Option<usize>, owner: &str) -> Vec<String> {
        let rows = self.rows(place).into_iter().filter(|row| row.owner == owner);
        rows.map(|row| row.birth).collect()
    }

    /// A record of a side; contacts and addresses of accounts that have no company are not for people to change.
    pub(crate) fn any_row(
        &mut self,
        place: Option<usize>,
        dice: &mut Dice,
        is_meant: impl Fn(&Row) -> bool,
    ) -> Option<Row> {
        let is_edited = |row: &Row| place.is_some() || row.owner.starts_with("COM");
        let rows = self.rows(place).into_iter();
        chosen(rows.filter(|row| is_edited(row) && is_meant(row)).collect(), dice)
    }

    /// Somebody changes a field.
    pub(crate) fn edit(&mut self, place: Option<usize>, dice: &mut Dice) -> Option<String> {
        let row = self.any_row(place, dice, |_| true)?;
        let fields = self.write_texts(place, &row.id, 1, dice);
        Some(format!("{} {fields}", row.id))
    }

    /// Somebody takes a contact or a delivery address away; in the CRM any address.
    pub(crate) fn drop_child(&mut self, place: Option<usize>, dice: &mut Dice) -> Option<String> {
        let row = self.any_row(place, dice, |row| {
            row.sort != Sort::Account && (place.is_none() || row.sort != Sort::Billing)
        })?;
        let when = self.clock();
        self.touch(place, &row);
        row.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text));
        self.ledger.deleted(place, &row.id);
        if row.sort != Sort::Billing && self.is_agreed(place, &row) {
            self.ledger.enter_deed(place, row.birth.clone(), String::new());
        }
        self.taken.insert((place, row.id.clone()));
        if !row.birth.is_empty() {
            self.dropped.insert((place, row.birth.clone()));
        }
        if let Some(mut side) = self.side(place) {
            side.touch(&row.owner, when);
        }
        self.remove_child(place, &row);
        Some(row.id)
    }

    fn remove_child(&mut self, place: Option<usize>, row: &Row) {
        let Some(at) = place else {
            for one in self.crm.crm.companies.iter_mut().filter(|one| one.id == row.owner) {
                one.addresses.retain(|one| one.id != row.id);
                one.contacts.retain(|one| one.id != row.id);
            }
            return;
        };
        let Some(desk) = self.desks.get_mut(at) else { return };
        for one in desk.erp.erp.accounts.iter_mut().filter(|one| one.code == row.owner) {
            let key = |part: &str| format!("{}#{part}", one.code) == row.id;
            one.delivery.retain(|one| !key(one.label.or_empty()));
            one.contacts.retain(|one| !key(&one.id));
        }
    }

    /// Whether a record and its only counterpart are linked and say the same, and nothing of their account waits, so
    /// that a deletion is understood.
    fn is_agreed(&mut self, place: Option<usize>, row: &Row) -> bool {
        if self.extra.contains_key(&row.birth) || self.lied.contains(&row.birth) {
            return false;
        }
        let told = self.desks.iter().any(|desk| desk.told.contains(&row.id));
        // What stood with a company that was deleted is made again until the company is known to have everything.
        let states = self.desks.iter().map(|desk| &desk.state);
        let is_known = states
            .flat_map(|state| state.links.values())
            .any(|one| one.facts.first() == Some(&row.owner));
        if place.is_none() && !is_known {
            return false;
        }
        let linked = |desk: &super::world::Desk| {
            let link = desk.state.links.values().find(|one| match place {
                None => one.ids.b == row.id,
                Some(_) => one.ids.a == row.id,
            });
            // What no listing ever showed is not missed (P-04).
            let side = if place.is_none() { Side::B } else { Side::A };
            link.filter(|one| one.status == LinkStatus::Live && one.listed.get(side).is_some())
        };
        let others: Vec<(usize, String)> = self
            .desks
            .iter()
            .enumerate()
            .filter(|(at, _)| place.is_none_or(|place| place == *at))
            .filter_map(|(at, desk)| Some((at, linked(desk)?)))
            .map(|(at, link)| (at, if place.is_none() { link.ids.a } else { link.ids.b }))
            .collect();
        let [(at, other)] = others.as_slice() else { return false };
        let key = if place.is_none() { other } else { &row.id };
        let comes_over = self.desks.get(*at).is_some_and(|desk| {
            let parameters = &desk.parameters;
            let mut accounts = desk.erp.erp.accounts.iter();
            let code = key.split('#').next();
            let takes_part =
                accounts.any(|one| Some(&*one.code) == code && one.kind != ErpAccountKind::Other);
            parameters.sync_contacts && parameters.sync_addresses && !told && takes_part
        });
        let of = if place.is_none() { Some(*at) } else { None };
        let rows = self.rows(of);
        let other = rows.into_iter().find(|one| one.id == *other);
        other.is_some_and(|other| {
            let marks =
                |row: &Row| -> Vec<_> { row.texts.iter().map(|one| mark(&one.1)).collect() };
            comes_over && other.birth == row.birth && marks(&other) == marks(row)
        })
    }

    // ---- in an ERP ----

    /// Somebody opens an ERP account.
    pub(crate) fn open(&mut self, at: usize, dice: &mut Dice) -> String {
        let kinds = [ErpAccountKind::Customer, ErpAccountKind::Customer, ErpAccountKind::Supplier];
        let kind = dice.pick(&kinds, ErpAccountKind::Other);
        let kind = if dice.once_in(8) { ErpAccountKind::Other } else { kind };
        let (number, _) = self.birth();
        let code = format!("C{number}");
        self.open_as(at, (&code, kind), dice);
        let fields = self.write_texts(Some(at), &code, 2, dice);
        format!("{code} {kind:?} {fields}")
    }

    /// An ERP account with a billing address, and maybe more.
    pub(crate) fn open_as(
        &mut self,
        at: usize,
        (code, kind): (&str, ErpAccountKind),
        dice: &mut Dice,
    ) {
        let (number, birth) = self.birth();
        let mut one = ErpAccount::default();
        (one.code, one.kind, one.modified) = (code.to_owned(), kind, self.clock());
        one.siret = Text::from(birth);
        one.title = Text::from(format!("Title of {number}"));
        one.billing.postal_code = Text::from(self.birth().1);
        if dice.once_in(3) {
            one.delivery.push(self.delivery(dice));
        }
        for _ in 0..dice.roll(3) {
            one.contacts.push(self.erp_contact());
        }
        let keys = one.contacts.iter().map(|one| one.id.clone());
        let keys = keys.chain(one.delivery.iter().map(|one| one.label.or_empty().to_owned()));
        let keys: Vec<String> = keys.map(|part| format!("{code}#{part}")).collect();
        if let Some(desk) = self.desks.get_mut(at) {
            desk.erp.erp.accounts.push(one);
        }
        for key in keys {
            self.write_texts(Some(at), &key, 1, dice);
        }
    }

    fn delivery(&mut self, dice: &mut Dice) -> ErpAddress {
        let (number, birth) = self.birth();
        let mut one = ErpAddress::default();
        let label = dice.pick(&["Dépôt", "Adresse", "Quai"], "Dépôt");
        one.label = Text::from(format!("{label} {number}"));
        one.postal_code = Text::from(birth);
        one
    }

    fn erp_contact(&mut self) -> ErpContact {
        let (number, birth) = self.birth();
        let mut one = ErpContact::default();
        (one.id, one.first_name) = (format!("K{number}"), Text::from(birth));
        one
    }

    /// Somebody enters a contact or a delivery address.
    pub(crate) fn add_to_account(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let owner = self.any_row(Some(at), dice, |row| row.sort == Sort::Account)?;
        let code = owner.id.clone();
        let is_contact = dice.once_in(2);
        let part = if is_contact {
            let one = self.erp_contact();
            let id = one.id.clone();
            let account = self.erp_account(at, &code)?;
            account.contacts.push(one);
            id
        } else {
            let one = self.delivery(dice);
            let label = one.label.or_empty().to_owned();
            self.erp_account(at, &code)?.delivery.push(one);
            label
        };
        let id = format!("{code}#{part}");
        let fields = self.write_texts(Some(at), &id, 2, dice);
        Some(format!("{id} {fields}"))
    }

    pub(crate) fn erp_account(&mut self, at: usize, code: &str) -> Option<&mut ErpAccount> {
        let desk = self.desks.get_mut(at)?;
        desk.erp.erp.accounts.iter_mut().find(|one| one.code == code)
    }

    /// An ERP account, stamped as changed.
    fn changed_account(&mut self, at: usize, dice: &mut Dice) -> Option<&mut ErpAccount> {
        let row = self.any_row(Some(at), dice, |row| row.sort == Sort::Account)?;
        self.touch(Some(at), &row);
        let when = self.clock();
        let one = self.erp_account(at, &row.id)?;
        one.modified = when;
        Some(one)
    }

    /// Somebody deletes an ERP account.
    pub(crate) fn close(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let code = self.changed_account(at, dice)?.code.clone();
        for row in self.rows(Some(at)).into_iter().filter(|row| row.owner == code) {
            row.texts.iter().for_each(|(_, text)| self.ledger.seen_and_changed(text));
            self.ledger.deleted(Some(at), &row.id);
        }
        self.ledger.forget_deeds();
        self.desks.get_mut(at)?.erp.erp.accounts.retain(|one| one.code != code);
        Some(code)
    }

    /// Somebody makes an account dormant, or wakes it.
    pub(crate) fn sleep(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let one = self.changed_account(at, dice)?;
        one.dormant = !one.dormant;
        Some(format!("{} dormant={}", one.code, one.dormant))
    }

    /// Somebody makes an account something else, or a customer again.
    pub(crate) fn change_kind(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        self.ledger.forget_deeds();
        let one = self.changed_account(at, dice)?;
        one.kind = match one.kind {
            ErpAccountKind::Other => ErpAccountKind::Customer,
            _ => ErpAccountKind::Other,
        };
        Some(format!("{} {:?}", one.code, one.kind))
    }

    /// Somebody gives an account to a representative.
    pub(crate) fn represent(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let who = dice.pick(&[Some("R1"), Some("R2"), None], None);
        let one = self.changed_account(at, dice)?;
        one.representative = who.map(str::to_owned);
        Some(format!("{} {who:?}", one.code))
    }

    /// Somebody changes what the ERP owns.
    pub(crate) fn change_owned(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let choice = dice.roll(6);
        let (_, text) = self.words();
        let one = self.changed_account(at, dice)?;
        let told = format!("{} {choice} {text}", one.code);
        match choice {
            0 => one.accounting_category = Text::from(text),
            1 => one.price_category = Text::from(text),
            2 => one.payment_terms = Text::from(text),
            3 => one.contact_name = Text::from(text),
            4 => one.turnover.n = text.chars().filter(char::is_ascii_digit).collect(),
            _ => {
                one.free.insert("colour".to_owned(), text);
            }
        }
        Some(told)
    }

    /// Somebody defines a free field, gives it another type, or takes it away; or changes a list. The CRM holds one
    /// definition and one list for all integrations, so that their ERPs define alike.
    pub(crate) fn define(&mut self, dice: &mut Dice) -> String {
        let holds = dice.pick(&[FreeFieldType::Text, FreeFieldType::Number], FreeFieldType::Text);
        let choice = dice.roll(4);
        for erp in self.desks.iter_mut().map(|desk| &mut desk.erp.erp) {
            match choice {
                0 => erp.free_fields.clear(),
                1 => erp.lists.languages.push("Allemand".to_owned()),
                _ => erp.free_fields = vec![ErpFreeField { name: "colour".to_owned(), holds }],
            }
        }
        format!("{choice} {holds:?}")
    }

    /// Somebody gives a delivery address another label, or the contacts another order.
    pub(crate) fn rename(&mut self, at: usize, dice: &mut Dice) -> Option<String> {
        let (number, _) = self.birth();
        let one = self.changed_account(at, dice)?;
        one.contacts.reverse();
        let code = one.code.clone();
        let Some(delivery) = one.delivery.first_mut() else { return Some(code) };
        let old = format!("{code}#{}", delivery.label.or_empty());
        let birth = delivery.postal_code.or_empty().to_owned();
        let label = format!("Label {number}");
        delivery.label = Text::from(label.as_str());
        self.ledger.renamed(at, &old, &format!("{code}#{label}"));
        // Under its old label alone could it have been found, or where a host does not tell what it stored, or while
        // both sides do not agree on what it says: no run may have read an account that took no part meanwhile, nor one
        // have kept that it wrote it. Where it cannot be read, one that is made again under its old label cannot be either.
        let unreadable = self.script.has(Trait::Unreadable);
        let crm: BTreeSet<String> = self.rows(None).into_iter().map(|row| row.id).collect();
        let states = self.desks.iter().map(|desk| &desk.state);
        let edited = self.edited.get(&(Some(at), old.clone())).copied();
        let is_known = |one: counterpart::snapshot::Link| {
            let base = one.base.first().filter(|_| one.seen.a.is_some() && one.seen.a >= edited);
            let is_there = !unreadable || crm.contains(&one.ids.b);
            one.ids.a == old && is_there && base.is_some_and(|base| base.a.is_some())
        };
        if self.script.has(Trait::Blind)
            || !states.flat_map(|state| state.links.values()).any(is_known)
            || self.touched.contains(&(Some(at), old.clone()))
            || self.unsaved.contains(&birth)
        {
            self.allow_one_more(&birth);
        }
        // Another label is an edit, which may outdo a deletion.
        self.unsaved.insert(birth);
        self.taken.insert((Some(at), old.clone()));
        self.touched.insert((Some(at), old.clone()));
        Some(format!("{old} to {label}"))
    }
}
