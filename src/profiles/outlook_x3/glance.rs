//! What shows at first sight whether something happened to a record. Contacts and correspondents are many, and nearly
//! all of them are as they were: no entry is made of each.

use super::crm::Correspondent;
use super::kind::Kind;
use super::run::Run;
use super::store::Contact;
use crate::model::Side;
use crate::profile::{Glance, Profile as _, Standing};

/// A record by its place in the listing.
#[inline]
pub(super) fn glance<'r>(run: &'r Run<'_>, side: Side, at: usize) -> Option<Glance<'r, Kind>> {
    let kind = Kind::Contact;
    match side {
        Side::A => {
            if let Some(Contact { id, chrono, modified, .. }) = run.store.contacts.get(at) {
                let mark = chrono.as_deref().filter(|key| !key.is_empty());
                return Some(Glance { id, kind, mark, modified: *modified });
            }
        }
        Side::B => {
            if let Some(Correspondent { chrono, modified, .. }) = run.crm.correspondents.get(at) {
                return Some(Glance { id: chrono, kind, mark: None, modified: *modified });
            }
        }
    }
    of_activity(run, side, at)
}

/// Whether a record takes part (A1.21, A7.1, A7.3, D19).
#[inline]
pub(super) fn takes_part(run: &Run<'_>, side: Side, at: usize) -> bool {
    match side {
        Side::A => {
            if let Some(Contact { folder, private, .. }) = run.store.contacts.get(at) {
                return !private && run.parameters.manages(folder, Kind::Contact);
            }
        }
        Side::B => {
            if let Some(one) = run.crm.correspondents.get(at) {
                return one.is_assigned(run.representative);
            }
        }
    }
    activity_takes_part(run, side, at)
}

// Apart, so that the code for contacts is small enough to stand in line.
#[inline(never)]
fn of_activity<'r>(run: &'r Run<'_>, side: Side, at: usize) -> Option<Glance<'r, Kind>> {
    run.entry(side, at).map(|entry| entry.glance(side))
}

#[inline(never)]
fn activity_takes_part(run: &Run<'_>, side: Side, at: usize) -> bool {
    run.entry(side, at).is_some_and(|entry| entry.standing == Standing::Taking)
}
