//! What shows at first sight of a contact or correspondent whether something happened to it. They are many, and nearly
//! all of them are as they were: no entry is made of each.

use super::crm::Correspondent;
use super::kind::Kind;
use super::run::Run;
use super::store::Contact;
use crate::model::Side;
use crate::profile::{Glance, Profile as _, Standing};

/// A contact or correspondent by its place in the listing; `None` for anything else.
#[inline]
pub(super) fn person<'r>(run: &'r Run<'_>, side: Side, at: usize) -> Option<Glance<'r, Kind>> {
    let kind = Kind::Contact;
    match side {
        Side::A => {
            let Contact { id, chrono, modified, .. } = run.store.contacts.get(at)?;
            let mark = chrono.as_deref().filter(|key| !key.is_empty());
            Some(Glance { id, kind, mark, modified: *modified })
        }
        Side::B => {
            let Correspondent { chrono, modified, .. } = run.crm.correspondents.get(at)?;
            Some(Glance { id: chrono, kind, mark: None, modified: *modified })
        }
    }
}

/// Anything else.
// Apart, so that the code for contacts stays small where it is repeated.
#[inline(never)]
pub(super) fn activity<'r>(run: &'r Run<'_>, side: Side, at: usize) -> Option<Glance<'r, Kind>> {
    run.entry(side, at).map(|entry| entry.glance(side))
}

/// Whether anything else takes part.
#[inline(never)]
pub(super) fn activity_takes_part(run: &Run<'_>, side: Side, at: usize) -> bool {
    run.entry(side, at).is_some_and(|entry| entry.standing == Standing::Taking)
}

/// Whether a contact or correspondent takes part (A1.21, A7.1, A7.3, D19); `None` for anything else.
#[inline]
pub(super) fn person_takes_part(run: &Run<'_>, side: Side, at: usize) -> Option<bool> {
    match side {
        Side::A => {
            let Contact { folder, private, .. } = run.store.contacts.get(at)?;
            Some(!private && run.parameters.manages(folder, Kind::Contact))
        }
        Side::B => {
            let one = run.crm.correspondents.get(at)?;
            Some(one.is_assigned(run.representative))
        }
    }
}
