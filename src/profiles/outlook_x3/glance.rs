//! What shows at first sight whether something happened to a record. Contacts and correspondents are many, and nearly
//! all of them are as they were: no entry is made of each.

use super::crm::Correspondent;
use super::kind::Kind;
use super::run::Run;
use super::schema::Native;
use super::store::{Address, Contact};
use crate::model::{Side, Text};
use crate::profile::{Glance, Profile as _, Standing};

/// A contact or a correspondent by its place in the listing.
#[expect(clippy::inline_always, reason = "asked of every record, with the side known")]
#[inline(always)]
pub(super) fn sight<'r>(run: &'r Run<'_>, side: Side, at: usize) -> Option<Glance<'r, Kind>> {
    let kind = Kind::Contact;
    Some(match side {
        Side::A => {
            let Contact { id, chrono, modified, .. } = run.store.contacts.get(at)?;
            let mark = chrono.as_deref().filter(|key| !key.is_empty());
            Glance { id, kind, mark, modified: *modified }
        }
        Side::B => {
            let Correspondent { chrono, modified, .. } = run.crm.correspondents.get(at)?;
            Glance { id: chrono, kind, mark: None, modified: *modified }
        }
    })
}

/// Whether a record takes part (A1.21, A7.1, A7.3, D19).
#[expect(clippy::inline_always, reason = "asked of every record, with the side known")]
#[inline(always)]
pub(super) fn takes_part(run: &Run<'_>, side: Side, at: usize) -> bool {
    let of_contact = match side {
        Side::A => {
            let contact = run.store.contacts.get(at);
            contact.map(|one| !one.private && run.manages(&one.folder, Kind::Contact))
        }
        Side::B => run.crm.correspondents.get(at).map(|one| one.is_assigned(run.representative)),
    };
    of_contact.unwrap_or_else(|| activity_takes_part(run, side, at))
}

/// A record by its place in the listing, without the rest of its entry.
#[inline]
pub(super) fn native<'r>(run: &Run<'r>, side: Side, at: usize) -> Option<Native<'r>> {
    let bare = match side {
        Side::A => run.store.contacts.get(at).map(Native::Contact),
        Side::B => run.crm.correspondents.get(at).map(Native::Correspondent),
    };
    bare.or_else(|| run.entry(side, at).map(|entry| entry.native))
}

/// The first bytes of the texts of a contact or a correspondent.
#[inline]
pub(super) fn first_bytes(record: Native<'_>) -> u8 {
    match record {
        Native::Contact(one) => {
            let Contact { company, title, last_name, first_name, job_title, department, .. } = one;
            let person = [company, title, last_name, first_name, job_title, department];
            mixed(person) ^ mixed([&one.notes]) ^ of_address(&one.business) ^ of_address(&one.home)
        }
        Native::Correspondent(one) => {
            let Correspondent { company_label, title, last_name, first_name, .. } = one;
            let person =
                [company_label, title, last_name, first_name, &one.job_title, &one.department];
            mixed(person) ^ of_address(&one.professional) ^ of_address(&one.personal)
        }
        Native::Appointment(_)
        | Native::Call(_)
        | Native::CrmAppointment(_)
        | Native::CrmTask(_)
        | Native::Task(_) => 0,
    }
}

fn of_address(one: &Address) -> u8 {
    let Address { street, postal_code, city, state, country, phone, fax, mobile, email } = one;
    mixed([street, postal_code, city, state, country, phone, fax, mobile, email])
}

fn mixed<const N: usize>(texts: [&Text; N]) -> u8 {
    let first = |text: &Text| text.or_empty().as_bytes().first().copied().unwrap_or_default();
    texts.into_iter().map(first).fold(0, |all, one| all ^ one)
}

// Apart, so that what is asked of contacts is small enough to stand in line.
#[inline(never)]
fn activity_takes_part(run: &Run<'_>, side: Side, at: usize) -> bool {
    run.entry(side, at).is_some_and(|entry| entry.standing == Standing::Taking)
}
