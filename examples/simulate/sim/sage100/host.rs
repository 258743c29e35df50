//! How the hosts list and write, and how they lie.

use std::collections::BTreeSet;

use counterpart::host::{Adapter as _, Request, Response};
use counterpart::model::{BySide, Side, Text};
use counterpart::plan::Action;
use counterpart::profiles::sage100::{
    self, Account, Company, Crm, Erp, ErpAccount, Record, RecordPatch, Sage100, reads_everything,
};
use counterpart::snapshot::{Coverage, Listing};

use super::dice::Dice;
use super::distort;
use super::fault::Fault;
use super::records::{Desktop, Row, Sort};
use super::script::{Run, Trait};
use super::world::World;

/// What the CRM shows in an empty telephone of a linked record (B9.4).
const PLACEHOLDER: &str = "{Lié à Sage 100}";

/// What a run is given.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) erp: Erp,
    pub(crate) crm: Crm,
    pub(crate) listings: BySide<Listing>,
    pub(crate) requests: Vec<sage100::Request>,
}

/// The ids of companies and accounts of either side.
fn ids(erp: &Erp, crm: &Crm) -> BySide<BTreeSet<String>> {
    let companies = crm.companies.iter().map(|one| one.id.clone());
    let accounts = crm.accounts.iter().map(|one| one.id.clone());
    BySide::new(
        erp.accounts.iter().map(|one| one.code.clone()).collect(),
        companies.chain(accounts).collect(),
    )
}

impl World {
    /// Remembers what there is, to know later what was removed.
    pub(crate) fn take_stock(&mut self, at: usize) -> BySide<BTreeSet<String>> {
        let Some(desk) = self.desks.get_mut(at) else { return BySide::default() };
        let present = ids(&desk.erp.erp, &self.crm.crm);
        for side in Side::BOTH {
            desk.existed.get_mut(side).extend(present.get(side).iter().cloned());
        }
        present
    }

    /// What both hosts list for a run.
    pub(crate) fn listed(&mut self, run: &Run, requests: Vec<sage100::Request>) -> Option<Listed> {
        let present = self.take_stock(run.desk);
        let desk = self.desks.get(run.desk)?;
        let (erp, crm) = (desk.erp.erp.clone(), self.crm.crm.clone());
        let listings = BySide::new(Listing::full(), Listing::full());
        let full = reads_everything(&desk.parameters, &desk.state, &requests, self.now);
        let mut listed = Listed { erp, crm, listings, requests };
        if let Some((old_erp, old_crm)) = desk.seen.as_ref().filter(|_| !full) {
            let wanted = BySide::from_fn(|side| {
                desk.state.wanted(side).map(str::to_owned).collect::<BTreeSet<_>>()
            });
            // Of what the state needs, what is not there any more is named among the removed (D22).
            let rows = [Desktop::Erp(&mut listed.erp), Desktop::Crm(&mut listed.crm)]
                .map(|mut side| side.rows().into_iter().map(|row| row.id).collect::<BTreeSet<_>>());
            let [in_erp, in_crm] = rows;
            let there = BySide::new(in_erp, in_crm);
            let gone = |side: Side| {
                let known = desk.existed.get(side).union(wanted.get(side));
                let gone = known.filter(|id| {
                    !present.get(side).contains(*id) && !there.get(side).contains(*id)
                });
                Listing::changes(gone.cloned().collect())
            };
            if self.script.has(Trait::ChangesA) {
                listed.listings.a = gone(Side::A);
                let codes: BTreeSet<&str> =
                    wanted.a.iter().filter_map(|key| key.split('#').next()).collect();
                listed.erp.accounts.retain(|one| {
                    codes.contains(one.code.as_str()) || !old_erp.accounts.contains(one)
                });
            }
            if self.script.has(Trait::ChangesB) {
                listed.listings.b = gone(Side::B);
                only_changed(&mut listed.crm, old_crm, &wanted.b);
            }
        }
        if run.fault.is_partial() {
            self.shorten(&mut listed, run);
        }
        self.garble(&mut listed, run);
        Some(listed)
    }

    /// Leaves out of a listing what a filter hides, or a part of one sort, or everything of it.
    fn shorten(&mut self, listed: &mut Listed, run: &Run) {
        let dice = &mut Dice::new(run.number);
        let side = if dice.once_in(2) { Side::A } else { Side::B };
        if listed.listings.get(side).coverage != Coverage::Full {
            return;
        }
        let sort = dice.pick(&[Sort::Contact, Sort::Delivery], Sort::Account);
        let sort = if dice.once_in(4) { Sort::Account } else { sort };
        let mut shown = match side {
            Side::A => Desktop::Erp(&mut listed.erp),
            Side::B => Desktop::Crm(&mut listed.crm),
        };
        let rows = shown.rows();
        let place = if side == Side::A { Some(run.desk) } else { None };
        // A filter, and a page that got lost, know nothing of ids: they look at what never changes of a record.
        let is_hidden = |birth: &str| {
            run.fault == Fault::Emptied || birth.bytes().map(u32::from).sum::<u32>() % 2 == 0
        };
        let hidden = rows.iter().filter(|row| row.sort == sort && is_hidden(&row.birth));
        let mut hidden: Vec<Row> = hidden.cloned().collect();
        if run.fault == Fault::Narrow {
            // Which address is the billing one changes, also by what a run writes: what a filter showed once it shows as long
            // as it is there, for its absence is a deletion.
            let key = |row: &Row| (place, sort, row.id.clone());
            hidden.retain(|row| !self.shown.contains(&key(row)));
            let is_shown = |row: &&Row| !hidden.iter().any(|one| one.id == row.id);
            self.shown.extend(rows.iter().filter(is_shown).map(key));
        }
        let owners: BTreeSet<&String> =
            hidden.iter().filter(|row| row.sort == Sort::Account).map(|row| &row.owner).collect();
        let lost = rows
            .iter()
            .filter(|row| owners.contains(&row.owner) || hidden.iter().any(|one| one.id == row.id));
        // Of a side that shows no address or no contact at all nothing is deleted; billing addresses are still there.
        let believed = run.fault == Fault::Short || sort == Sort::Delivery;
        if run.fault != Fault::Narrow {
            self.ledger.forget_deeds();
            for row in lost {
                self.allow_one_more(&row.birth);
                self.lied.insert(row.birth.clone());
                if believed {
                    self.taken.insert((place, row.id.clone()));
                }
            }
        }
        if run.fault == Fault::Narrow {
            self.part_twins(run.desk, (side, &hidden));
        }
        let keep = |id: &String| !hidden.iter().any(|one| one.id == *id);
        if side == Side::A {
            listed.erp.accounts.retain(|one| keep(&one.code));
            for one in &mut listed.erp.accounts {
                let code = one.code.clone();
                one.delivery.retain(|one| keep(&format!("{code}#{}", one.label.or_empty())));
                one.contacts.retain(|one| keep(&format!("{code}#{}", one.id)));
            }
        } else {
            listed.crm.companies.retain(|one| keep(&one.id));
            for one in &mut listed.crm.companies {
                one.addresses.retain(|one| keep(&one.id));
                one.contacts.retain(|one| keep(&one.id));
            }
            for one in &mut listed.crm.accounts {
                one.addresses.retain(|one| keep(&one.id));
                one.contacts.retain(|one| keep(&one.id));
            }
        }
        if run.fault == Fault::Narrow {
            listed.listings.get_mut(side).scope = Some(format!("narrow {sort:?}"));
        }
    }

    /// Nobody can tell that what was entered on both sides is no news of one of them while a filter hides the other half
    /// and no run ever joined the two: a second one is made, once.
    fn part_twins(&mut self, at: usize, (side, hidden): (Side, &[Row])) {
        let others = if side == Side::A { None } else { Some(at) };
        let births: BTreeSet<String> = self.rows(others).into_iter().map(|row| row.birth).collect();
        let Some(desk) = self.desks.get(at) else { return };
        let links = desk.state.links.values();
        let linked: BTreeSet<String> = links.map(|one| one.ids.get(side).clone()).collect();
        for row in hidden.iter().filter(|row| births.contains(&row.birth)) {
            if !linked.contains(&row.id) && !self.extra.contains_key(&row.birth) {
                self.allow_one_more(&row.birth);
            }
        }
    }

    /// What two records without a link say where one of them cannot be read is not agreed when they are paired: what the
    /// CRM says there counts as an edit, which may outdo a deletion (D35, E2).
    fn pair_unread(&mut self, at: usize, row: &Row) {
        let is_there = self.rows(None).iter().any(|one| one.birth == row.birth);
        let Some(desk) = self.desks.get(at).filter(|_| is_there) else { return };
        if !desk.state.links.values().any(|one| one.ids.a == row.id) {
            self.unsaved.insert(row.birth.clone());
        }
    }

    /// What the lies and habits of a world make of a listing.
    fn garble(&mut self, listed: &mut Listed, run: &Run) {
        let dice = &mut Dice::new(run.number.wrapping_add(1));
        // In the end everything can be read.
        if self.script.has(Trait::Unreadable) && run.number != 0 {
            let mut erp = Desktop::Erp(&mut listed.erp);
            let rows = erp.rows();
            if let Some(row) = rows.get(dice.roll(rows.len())) {
                erp.hide(&row.id, dice.roll(60));
                self.pair_unread(run.desk, row);
            }
        }
        if self.script.has(Trait::Placeholder) {
            for one in listed.crm.companies.iter_mut().filter(|one| one.account.is_some()) {
                let phones = [&mut one.phone, &mut one.fax, &mut one.email];
                let contacts = one.contacts.iter_mut();
                let more = contacts.flat_map(|one| {
                    [&mut one.phone, &mut one.fax, &mut one.mobile, &mut one.email]
                });
                for text in phones.into_iter().chain(more).filter(|text| text.is_blank()) {
                    *text = Text::from(PLACEHOLDER);
                }
            }
        }
    }

    /// A write, done by a host.
    pub(crate) fn written(&mut self, at: usize, request: &Request<Sage100>) -> Response<Sage100> {
        let place = if request.side == Side::A { Some(at) } else { None };
        let is_late = |id: &String| self.touched.contains(&(place, id.clone()));
        if request.id.as_ref().is_some_and(is_late) {
            return Response::Stale;
        }
        self.counter = (self.counter + 2).max(self.number + 100_000);
        let mut response = if request.side == Side::A {
            self.written_in_erp(at, request)
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

    /// The counters of a CRM never give an id twice, though the in-memory one counts what it holds.
    fn written_in_crm(&mut self, request: &Request<Sage100>) -> Response<Sage100> {
        let counter = self.counter;
        let (mut company, mut account) = (Company::default(), Account::default());
        (company.id, account.id) = (format!("COM{counter}"), counter.to_string());
        let (mut address, mut contact) = (sage100::Address::default(), sage100::Contact::default());
        (address.id, contact.id) = (format!("ADR{counter}"), format!("CON{counter}"));
        company.addresses.push(address);
        company.contacts.push(contact);
        let last = (company.id.clone(), account.id.clone());
        self.crm.crm.companies.push(company);
        self.crm.crm.accounts.push(account);
        let response = self.crm.write(request);
        self.crm.crm.companies.retain(|one| one.id != last.0);
        self.crm.crm.accounts.retain(|one| one.id != last.1);
        response
    }

    fn written_in_erp(&mut self, at: usize, request: &Request<Sage100>) -> Response<Sage100> {
        let mut request = request.clone();
        self.distort(&mut request.action);
        let counter = self.counter;
        let Some(desk) = self.desks.get_mut(at) else { return Response::Stale };
        let last = ["CLI", "FOU"].map(|prefix| format!("{prefix}{counter}"));
        for code in &last {
            let mut one = ErpAccount::default();
            one.code.clone_from(code);
            let mut contact = sage100::ErpContact::default();
            contact.id = format!("K{counter}");
            one.contacts.push(contact);
            desk.erp.erp.accounts.push(one);
        }
        let response = desk.erp.write(&request);
        desk.erp.erp.accounts.retain(|one| !last.contains(&one.code));
        response
    }

    /// What the ERP makes of the values it is given.
    fn distort(&self, action: &mut Action<Sage100>) {
        let (name, city) = match action {
            Action::Create(Record::ErpAccount(one)) => {
                (Some(&mut one.short_name), Some(&mut one.billing.city))
            }
            Action::Create(Record::ErpAddress { address, .. }) => (None, Some(&mut address.city)),
            Action::Update(RecordPatch::ErpAccount(one)) => (one.short_name.as_mut(), None),
            Action::Update(RecordPatch::ErpAddress(one)) => (None, one.city.as_mut()),
            _ => (None, None),
        };
        let name = name.into_iter().filter(|_| self.script.has(Trait::Truncate));
        name.for_each(distort::cut);
        let city = city.into_iter().filter(|_| self.script.has(Trait::Capitals));
        city.for_each(distort::capitals);
    }
}

/// Leaves what changed since the last run, and what the state still needs (D22): both ends of a join, or none.
fn only_changed(crm: &mut Crm, old: &Crm, wanted: &BTreeSet<String>) {
    let needs = |id: &str| wanted.contains(id);
    let of_company = |one: &Company| {
        needs(&one.id)
            || one.addresses.iter().any(|one| needs(&one.id))
            || one.contacts.iter().any(|one| needs(&one.id))
    };
    let accounts: BTreeSet<String> = crm
        .companies
        .iter()
        .filter(|one| of_company(one))
        .filter_map(|one| one.account.clone())
        .collect();
    crm.companies.retain(|one| {
        of_company(one)
            || !old.companies.contains(one)
            || one.account.as_ref().is_some_and(|id| needs(id))
    });
    crm.accounts.retain(|one| {
        needs(&one.id)
            || accounts.contains(&one.id)
            || !old.accounts.contains(one)
            || one.addresses.iter().any(|one| needs(&one.id))
            || one.contacts.iter().any(|one| needs(&one.id))
    });
}
