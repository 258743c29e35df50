//! The records of both sides as the core sees them: what they are, whose they are, and what they are found by.

use super::crm::Crm;
use super::kind::Kind;
use super::run::Run;
use super::schema::Native;
use super::store::{Role, Store};
use super::{people, rules};
use crate::model::Instant;
use crate::profile::{Entry, Standing};

impl<'a> Run<'a> {
    /// An item that is listed.
    pub(super) fn item(&self, at: usize) -> Option<Entry<'_, Self>> {
        let Store { contacts, tasks, appointments, .. } = self.store;
        if let Some(one) = contacts.get(at) {
            let standing = rules::standing_of_item(self, Kind::Contact, &one.folder, one.private);
            let stamps = (one.created, one.modified);
            let bare = entry_of_item(&one.id, one.chrono.as_ref(), stamps, standing);
            return Some(bare.of(Kind::Contact, Native::Contact(one)));
        }
        let at = at.checked_sub(contacts.len())?;
        if let Some(one) = tasks.get(at) {
            let standing = rules::standing_of_item(self, Kind::Task, &one.folder, one.private);
            let stamps = (one.created, one.modified);
            let bare = entry_of_item(&one.id, one.chrono.as_ref(), stamps, standing);
            return Some(bare.of(Kind::Task, Native::Task(one)));
        }
        let one = appointments.get(at.checked_sub(tasks.len())?)?;
        let standing = rules::standing_of_appointment(self, one);
        // An answer speaks of a meeting, and is no copy of it (A11.5).
        let meeting = one.meeting_id.as_deref().filter(|_| one.role != Role::Response);
        let key = one.chrono.as_ref().or_else(|| self.meeting(meeting?));
        let bare = entry_of_item(&one.id, key, (one.created, one.modified), standing);
        let bare = Bare { marked: one.chrono.is_some(), ..bare };
        Some(bare.of(Kind::Appointment, Native::Appointment(one)))
    }

    /// A record that is listed, and whose it is: only what belongs to the user takes part (A1.21, A7.3).
    pub(super) fn crm_record(&self, at: usize) -> Option<Entry<'_, Self>> {
        let Crm { correspondents, tasks, calls, appointments, .. } = self.crm;
        let entry = |chrono: &'a str, origin, modified, owned: bool| Bare {
            id: chrono,
            mark: self.origin_here(origin),
            marked: true,
            created: modified,
            modified,
            standing: if owned { Standing::Taking } else { Standing::Foreign },
        };
        let rep = self.representative;
        if let Some(one) = correspondents.get(at) {
            let owned = one.is_assigned(rep);
            let bare = entry(&one.chrono, one.origin.as_ref(), one.modified, owned);
            return Some(bare.of(Kind::Contact, Native::Correspondent(one)));
        }
        let at = at.checked_sub(correspondents.len())?;
        if let Some(one) = tasks.get(at) {
            let owned = one.representative == rep;
            let bare = entry(&one.chrono, one.origin.as_ref(), one.modified, owned);
            return Some(bare.of(Kind::Task, Native::CrmTask(one)));
        }
        let at = at.checked_sub(tasks.len())?;
        if let Some(one) = calls.get(at) {
            let owned = one.representative == rep;
            let bare = entry(&one.chrono, one.origin.as_ref(), one.modified, owned);
            return Some(bare.of(Kind::Call, Native::Call(one)));
        }
        let one = appointments.get(at.checked_sub(calls.len())?)?;
        let owned = people::takes_part(one, rep);
        let bare = entry(&one.chrono, one.origin.as_ref(), one.modified, owned);
        Some(bare.of(Kind::Appointment, Native::CrmAppointment(one)))
    }
}

/// What every record has, before its kind is said.
struct Bare<'a> {
    id: &'a str,
    mark: Option<&'a str>,
    marked: bool,
    created: Instant,
    modified: Instant,
    standing: Standing,
}

impl<'a> Bare<'a> {
    const fn of<'r>(self, kind: Kind, native: Native<'r>) -> Entry<'a, Run<'r>> {
        let Self { id, mark, marked, created, modified, standing } = self;
        Entry { id, kind, mark, marked, created, modified, standing, native }
    }
}

fn entry_of_item<'a>(
    id: &'a str,
    chrono: Option<&'a String>,
    (created, modified): (Option<Instant>, Instant),
    standing: Standing,
) -> Bare<'a> {
    let mark = chrono.map(String::as_str).filter(|key| !key.is_empty());
    Bare { id, mark, marked: true, created: created.unwrap_or(modified), modified, standing }
}
