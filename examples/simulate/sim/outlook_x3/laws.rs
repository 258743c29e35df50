//! What must hold of a world that came to rest.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::snapshot::LinkStatus;

use super::content::{self, Content};
use super::driver::Broken;
use super::hands;
use super::ledger::mark;
use super::script::Trait;
use super::world::{SECRET, World};

impl World {
    /// Checks a settled world.
    pub(crate) fn check(&mut self) -> Result<(), Broken> {
        self.check_duplicates()?;
        self.check_pairs()?;
        self.check_records()?;
        self.notes.checked("private");
        let text = serde_json::to_string(&self.crm.crm).unwrap_or_default();
        if text.contains(SECRET) {
            return Err(("private", "a private text is in the CRM".to_owned()));
        }
        self.notes.checked("ledger");
        let mut there = text.to_lowercase();
        for mailbox in &self.mailboxes {
            there +=
                &serde_json::to_string(&mailbox.store.store).unwrap_or_default().to_lowercase();
        }
        let missing = self.ledger.missing(&there);
        if missing.is_empty() { Ok(()) } else { Err(("ledger", missing.join(", "))) }
    }

    /// How many may share a birth.
    fn allowed(&self, birth: &str) -> usize {
        1 + self.extra.get(birth).copied().unwrap_or(0)
    }

    fn check_duplicates(&mut self) -> Result<(), Broken> {
        self.notes.checked("duplicates");
        let mut origins = BTreeMap::<(&str, String), usize>::new();
        let mut births = BTreeMap::<String, usize>::new();
        let mut there = BTreeSet::new();
        for one in hands::entries(&mut self.crm.crm) {
            there.insert(one.chrono.clone());
            // What was copied, or made again and then restored, has a record of its own each (A3.7).
            let allowed = 1 + self.extra.get(&one.birth).copied().unwrap_or(0);
            if let Some(origin) = one.origin {
                let count = origins.entry((one.kind, origin.clone())).or_default();
                *count += 1;
                if *count > allowed {
                    return Err(("duplicate_origin", origin));
                }
            }
            *births.entry(one.birth).or_default() += 1;
        }
        if let Some((birth, count)) = births.iter().find(|one| *one.1 > self.allowed(one.0)) {
            return Err(("duplicate_birth", format!("{birth}: {count} records")));
        }
        for at in 0..self.mailboxes.len() {
            let mut keys = BTreeSet::new();
            let mut births = BTreeMap::<String, usize>::new();
            let Some(mailbox) = self.mailboxes.get_mut(at) else { continue };
            for one in hands::items(&mut mailbox.store.store) {
                // The key of a private copy is left alone, and so is one outside the managed folders.
                if one.takes_part()
                    && let Some(key) = one.chrono.clone()
                    && !mailbox.told.contains(&*one.id)
                    && !keys.insert(key.clone())
                {
                    return Err(("duplicate_key", key));
                }
                // What was made and not seen yet is told of until it is (P-03). What does not take part is left as
                // it is (D19): its record is gone, so that it goes when it comes back.
                let key = one.chrono.as_ref();
                let waits = if one.takes_part() {
                    !mailbox.told.contains(&*one.id)
                } else {
                    key.is_none_or(|key| there.contains(key))
                };
                *births.entry(one.birth).or_default() += usize::from(waits);
            }
            if let Some((birth, count)) = births.iter().find(|one| *one.1 > self.allowed(one.0)) {
                return Err(("duplicate_birth", format!("{birth}: {count} items")));
            }
        }
        Ok(())
    }

    /// Every item that takes part has a record of its user, which says the same; or the last run said why not.
    fn check_pairs(&mut self) -> Result<(), Broken> {
        self.notes.checked("agreement");
        let records = hands::entries(&mut self.crm.crm);
        for mailbox in &mut self.mailboxes {
            for one in hands::items(&mut mailbox.store.store) {
                let key = one.chrono.as_ref();
                let told = |id: &String| mailbox.told.contains(id);
                if !one.takes_part() || told(one.id) || key.is_some_and(told) {
                    continue;
                }
                let record = records.iter().find(|record| Some(&*record.chrono) == key);
                let Some(record) = record else {
                    return Err(("orphan", format!("{} {:?}", one.id, one.chrono)));
                };
                if !record.is_of(&mailbox.representative) {
                    return Err(("stray", format!("{} {:?}", one.id, one.chrono)));
                }
                for ((field, text), (_, other)) in one.texts.iter().zip(&record.texts) {
                    if mark(text.or_empty()) != mark(other.or_empty()) {
                        return Err(("agreement", format!("{} {} {field}", one.id, record.chrono)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Every record of a user has its item; or the last run said why not, or its link says that it is away.
    fn check_records(&mut self) -> Result<(), Broken> {
        self.notes.checked("absent");
        let records = hands::entries(&mut self.crm.crm);
        for mailbox in &mut self.mailboxes {
            let items = hands::items(&mut mailbox.store.store);
            let keys: BTreeSet<&String> =
                items.iter().filter_map(|one| one.chrono.as_ref()).collect();
            let links = mailbox.state.links.values();
            let away: BTreeSet<String> = links
                .filter(|link| link.status != LinkStatus::Live)
                .map(|link| link.ids.b)
                .collect();
            for record in records.iter().filter(|one| one.is_of(&mailbox.representative)) {
                let key = &*record.chrono;
                if !mailbox.told.contains(key) && !away.contains(key) && !keys.contains(key) {
                    let seen = format!("{key} in {}", mailbox.representative);
                    return Err(("absent", seen));
                }
            }
        }
        Ok(())
    }

    /// Every deletion that nobody did anything about since has reached the other side.
    pub(crate) fn check_deeds(&mut self) -> Result<(), Broken> {
        self.notes.checked("deed");
        let deeds = std::mem::take(&mut self.ledger.deeds);
        let archive = self.script.has(Trait::Archive);
        let mut records = hands::entries(&mut self.crm.crm);
        let told: BTreeSet<&String> = self.mailboxes.iter().flat_map(|one| &one.told).collect();
        let told: BTreeSet<String> = told.into_iter().cloned().collect();
        for deed in deeds.iter().filter(|deed| !self.lied.contains(&deed.birth)) {
            let of_birth = records.iter_mut().filter(|one| one.birth == deed.birth);
            for record in of_birth.filter(|one| !told.contains(&*one.chrono)) {
                let is_contact = record.kind == "correspondent";
                let of = if is_contact { record.is_of(&deed.representative) } else { !archive };
                if of && deed.mailbox.is_some() || deed.mailbox.is_none() {
                    return Err(("deed", format!("{deed:?}: {} is there", record.chrono)));
                }
            }
            for (at, mailbox) in self.mailboxes.iter_mut().enumerate() {
                let meant = deed.mailbox.is_none_or(|one| one == at);
                let mut items = hands::items(&mut mailbox.store.store).into_iter();
                let item = items.find(|one| one.birth == deed.birth && one.takes_part());
                if let Some(item) = item.filter(|one| meant && !told.contains(&*one.id)) {
                    return Err(("deed", format!("{deed:?}: {} is there", item.id)));
                }
            }
        }
        Ok(())
    }

    /// What the world says, without ids and stamps: for each record and field the marks. Whether an invitation whose
    /// record is deleted goes as well depends on whether its mailbox ran while there was one.
    fn content(&mut self) -> Content {
        let mut content = Content::new();
        let mut born = BTreeSet::new();
        for one in hands::entries(&mut self.crm.crm) {
            born.insert(one.birth.clone());
            let marks = one.texts.iter().map(|(_, text)| mark(text.or_empty())).collect();
            content.entry(format!("crm {} {}", one.kind, one.birth)).or_default().push(marks);
        }
        for (at, mailbox) in self.mailboxes.iter_mut().enumerate() {
            let is_known = |one: &hands::Item<'_>| !one.is_invitation || born.contains(&one.birth);
            for one in hands::items(&mut mailbox.store.store).into_iter().filter(is_known) {
                let marks = one.texts.iter().map(|(_, text)| mark(text.or_empty())).collect();
                content.entry(format!("{at} {}", one.birth)).or_default().push(marks);
            }
        }
        for list in content.values_mut() {
            list.sort();
        }
        content
    }

    /// A fault that the next runs complete leads to the same end as none; where a crash took the base away and
    /// a conflict came of it, an anomaly named the texts (D3). Whether a colleague has no correspondent only a
    /// complete listing of the CRM shows (A7.9): where it lists changes, it depends on the runs that get one.
    pub(crate) fn check_convergence(&mut self, clean: &mut Self) -> Result<(), Broken> {
        self.notes.checked("failure_free");
        let (mut with, mut without) = (self.content(), clean.content());
        // Which of several copies keeps a record depends on what happens first.
        let is_one = |name: &String| {
            let birth = name.rsplit(' ').next().unwrap_or_default();
            let is_shown = !self.script.has(Trait::ChangesB) || !birth.starts_with("Colleague");
            is_shown && !self.extra.contains_key(birth) && !clean.extra.contains_key(birth)
        };
        with.retain(|name, _| is_one(name));
        without.retain(|name, _| is_one(name));
        match content::differ(&with, &without, &self.ledger) {
            Some(seen) => Err(("failure_free", seen)),
            None => Ok(()),
        }
    }
}
