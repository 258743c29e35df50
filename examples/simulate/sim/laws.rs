//! What must hold in every world.

use std::collections::{BTreeMap, BTreeSet};

use super::hands;
use super::ledger::mark;
use super::run::Broken;
use super::script::{Fault, Run, Step};
use super::world::{SECRET, World};

impl World {
    /// Lets a world go on until there is nothing left to do; a person confirms what is held.
    pub(crate) fn settle(&mut self, meanwhile: super::script::Act) -> Result<(), Broken> {
        let mut quiet = 0;
        for _ in 0..7 {
            let mut planned = 0;
            for mailbox in 0..self.mailboxes.len() {
                let run = Run { mailbox, fault: Fault::None, number: 0, meanwhile };
                planned += self.run(&run, true)?;
            }
            // What another filter hid counts as missing in the second run only.
            quiet = if planned == 0 { quiet + 1 } else { 0 };
            if quiet == 2 {
                return Ok(());
            }
        }
        Err(("quiet", "six rounds of runs did not come to rest".to_owned()))
    }

    /// Checks a settled world.
    pub(crate) fn check(&mut self) -> Result<(), Broken> {
        self.check_duplicates()?;
        self.check_keys_and_texts()?;
        let text = serde_json::to_string(&self.crm.crm).unwrap_or_default();
        if text.contains(SECRET) {
            return Err(("private", "a private text is in the CRM".to_owned()));
        }
        let mut there = text.to_lowercase();
        for mailbox in &self.mailboxes {
            there +=
                &serde_json::to_string(&mailbox.store.store).unwrap_or_default().to_lowercase();
        }
        let missing = self.ledger.missing(&there);
        if missing.is_empty() { Ok(()) } else { Err(("ledger", missing.join(", "))) }
    }

    fn check_duplicates(&mut self) -> Result<(), Broken> {
        let mut origins = BTreeSet::new();
        let mut births = BTreeMap::<String, usize>::new();
        for one in hands::entries(&mut self.crm.crm) {
            if let Some(origin) = one.origin
                && !origins.insert((one.kind, origin.clone()))
            {
                return Err(("duplicate_origin", origin));
            }
            *births.entry(one.birth).or_default() += 1;
        }
        for (birth, count) in births {
            if count > 1 + self.extra.get(&birth).copied().unwrap_or(0) {
                return Err(("duplicate_birth", format!("{birth}: {count} records")));
            }
        }
        for mailbox in &mut self.mailboxes {
            let mut keys = BTreeSet::new();
            let mut births = BTreeMap::<String, usize>::new();
            for one in hands::items(&mut mailbox.store.store) {
                // The key of a private copy is left alone, and so is one outside the managed folders.
                if let Some(key) = one.chrono.clone()
                    && !*one.private
                    && *one.folder != "Elsewhere"
                    && !self.told.contains(&*one.id)
                    && !keys.insert(key.clone())
                {
                    return Err(("duplicate_key", key));
                }
                *births.entry(one.birth).or_default() += 1;
            }
            for (birth, count) in births {
                if count > 1 + self.extra.get(&birth).copied().unwrap_or(0) {
                    return Err(("duplicate_birth", format!("{birth}: {count} items")));
                }
            }
        }
        Ok(())
    }

    /// Every item that is not private and in scope has a record, which says the same.
    fn check_keys_and_texts(&mut self) -> Result<(), Broken> {
        let mut crm = self.crm.crm.clone();
        let records = hands::entries(&mut crm);
        for mailbox in &mut self.mailboxes {
            let mut keys = BTreeSet::new();
            for one in hands::items(&mut mailbox.store.store) {
                keys.extend(one.chrono.clone());
                if *one.private || *one.folder == "Elsewhere" || self.told.contains(&*one.id) {
                    continue;
                }
                let record =
                    records.iter().find(|record| Some(&*record.chrono) == one.chrono.as_ref());
                let Some(record) = record else {
                    return Err(("orphan", format!("{} {:?}", one.id, one.chrono)));
                };
                for ((field, text), (_, other)) in one.texts.iter().zip(&record.texts) {
                    if mark(text.or_empty()) != mark(other.or_empty()) {
                        return Err(("agreement", format!("{} {} {field}", one.id, record.chrono)));
                    }
                }
            }
            for record in &records {
                let key = &*record.chrono;
                let is_told = self.told.contains(key) || self.hidden.contains(key);
                if record.is_of(&mailbox.representative)
                    && !is_told
                    && !keys.contains(&*record.chrono)
                {
                    return Err((
                        "absent",
                        format!("{} in {}", record.chrono, mailbox.representative),
                    ));
                }
            }
        }
        Ok(())
    }

    /// What the world says, without ids and stamps.
    pub(crate) fn content(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for one in hands::entries(&mut self.crm.crm) {
            let marks: Vec<_> = one.texts.iter().map(|(_, text)| mark(text.or_empty())).collect();
            lines.push(format!("crm {} {} {marks:?}", one.kind, one.birth));
        }
        for (at, mailbox) in self.mailboxes.iter_mut().enumerate() {
            for one in hands::items(&mut mailbox.store.store) {
                let marks: Vec<_> =
                    one.texts.iter().map(|(_, text)| mark(text.or_empty())).collect();
                lines.push(format!("{at} {} {marks:?}", one.birth));
            }
        }
        lines.sort();
        lines
    }
}

/// Lives through the steps that are not left out and checks every law; the world is given back.
pub(crate) fn live(world: &mut World, left_out: &BTreeSet<usize>) -> Result<(), Broken> {
    let steps = world.script.steps.clone();
    let last = steps.iter().enumerate().rfind(|(at, _)| !left_out.contains(at)).map(|one| one.0);
    let mut clean = None;
    let mut meanwhile = None;
    for (at, step) in steps.iter().enumerate().filter(|(at, _)| !left_out.contains(at)) {
        match step {
            Step::Act(act) => world.act(*act),
            Step::Run(run) => {
                meanwhile = Some(run.meanwhile);
                if Some(at) == last && run.fault.is_completed() {
                    clean = Some(world.clone());
                }
                world.run(run, false)?;
            }
        }
    }
    let Some(meanwhile) = meanwhile else { return Ok(()) };
    world.settle(meanwhile)?;
    world.check()?;
    if let Some(mut clean) = clean {
        clean.trace = None;
        clean.settle(meanwhile)?;
        let (with, without) = (world.content(), clean.content());
        if with != without {
            return Err(("failure_free", format!("with {with:#?}\nwithout {without:#?}")));
        }
    }
    Ok(())
}
