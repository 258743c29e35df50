//! Linked contacts of activities: whom a mailbox item names, and what the CRM makes of it (A6).

use super::crm::CrmAppointment;
use super::directory::Directory;
use super::kind::Kind;
use super::store::{ContactRef, Recipient};
use super::value::{Colleagues, People, Person};
use crate::model::{Side, Text};
use crate::profile::{Identities, KeyRef};
use crate::schema::Kind as _;

/// Whom an entry of a contact list means: its item's counterpart, else the key it carries.
fn person(entry: &ContactRef, directory: &Directory<'_>, identities: &dyn Identities) -> Person {
    let by_item = entry
        .item
        .as_deref()
        .and_then(|item| identities.counterpart(Kind::Contact.code(), Side::A, item));
    let by_key = || {
        let key = entry.chrono.as_deref()?;
        directory.holds(identities, key).then(|| KeyRef::Known(key.to_owned()))
    };
    match by_item.or_else(by_key) {
        Some(key) => Person::Key(key),
        None => Person::Unknown(entry.name.or_empty().to_owned()),
    }
}

/// The colleague a person is, if he is one (A6.7).
fn colleague(
    person: &Person,
    directory: &Directory<'_>,
    identities: &dyn Identities,
) -> Option<String> {
    let Person::Key(KeyRef::Known(chrono)) = person else {
        return None;
    };
    let facts = directory.facts(identities, chrono);
    if facts.colleague { facts.partner } else { None }
}

/// Whom a task or a call names: the first of its contacts (A6.1).
pub(crate) fn first(
    contacts: &[ContactRef],
    directory: &Directory<'_>,
    identities: &dyn Identities,
    partner_of: impl Fn(&Person, &ContactRef) -> Option<String>,
) -> People {
    let Some(entry) = contacts.first() else {
        return People::default();
    };
    let person = person(entry, directory, identities);
    let partner = partner_of(&person, entry);
    People { persons: vec![person], places: 1, colleagues: Vec::new(), partner }
}

/// Whom an appointment names: colleagues among them become participants and take no slot (D21).
pub(crate) fn visited(
    (contacts, limit): (&[ContactRef], usize),
    directory: &Directory<'_>,
    identities: &dyn Identities,
    partner_of: impl Fn(&Person, &ContactRef) -> Option<String>,
) -> People {
    let mut people = People { places: limit, ..People::default() };
    for entry in contacts {
        let person = person(entry, directory, identities);
        if let Some(code) = colleague(&person, directory, identities) {
            people.colleagues.push(code);
        } else {
            if people.persons.is_empty() {
                people.partner = partner_of(&person, entry);
            }
            people.persons.push(person);
        }
    }
    people
}

/// Whom the CRM's record names.
pub(crate) fn of_record<'k>(keys: impl IntoIterator<Item = &'k String>) -> People {
    let known = |key: &String| Person::Key(KeyRef::Known(key.clone()));
    let persons: Vec<Person> = keys.into_iter().map(known).collect();
    People { places: persons.len(), persons, ..People::default() }
}

/// Whom a CRM appointment is to visit; a colleague in that list is none of them (D21).
pub(crate) fn visited_by_record(
    keys: &[String],
    directory: &Directory<'_>,
    identities: &dyn Identities,
) -> People {
    of_record(keys.iter().filter(|key| !directory.facts(identities, key).colleague))
}

/// The co-workers an item names: its recipients by e-mail where the user is the organiser of a meeting,
/// and the colleagues in its contact list (A6.7, A7.8).
pub(crate) fn colleagues(
    recipients: Option<&[Recipient]>,
    named: Vec<String>,
    organizer: &str,
    directory: &Directory<'_>,
) -> Colleagues {
    let mut codes: Vec<String> = Vec::new();
    let invited = recipients.unwrap_or_default().iter().filter_map(|one| {
        directory.representative_at(one.email.known()?).map(|colleague| colleague.code.clone())
    });
    for code in invited.chain(named) {
        if code != organizer && !codes.contains(&code) {
            codes.push(code);
        }
    }
    Colleagues { codes, added: recipients.is_none() }
}

/// The contact list a mailbox item shows for the CRM's correspondents: each with its item, its key and its name
/// (A2.12, A2.13, A6.3, D3). Gives the places whose item another operation makes as well.
pub(crate) fn entries(
    people: &People,
    current: &[ContactRef],
    directory: &Directory<'_>,
    identities: &dyn Identities,
) -> (Vec<ContactRef>, Vec<(usize, usize)>) {
    let mut list = Vec::new();
    let mut made = Vec::new();
    for person in &people.persons {
        let Person::Key(KeyRef::Known(key)) = person else {
            continue;
        };
        let item = identities.counterpart(Kind::Contact.code(), Side::B, key);
        let shown = current.iter().find(|entry| {
            let same_item =
                matches!(&item, Some(KeyRef::Known(id)) if entry.item.as_ref() == Some(id));
            same_item || entry.item.is_none() && entry.chrono.as_ref() == Some(key)
        });
        if let Some(KeyRef::Made(op)) = &item {
            made.push((list.len(), *op));
        }
        let item = match item {
            Some(KeyRef::Known(id)) => Some(id),
            Some(KeyRef::Made(_)) | None => None,
        };
        let name = written_name(shown, key, directory);
        list.push(ContactRef { name, item, chrono: Some(key.clone()) });
    }
    (list, made)
}

/// The name beside a link; what stands there stays where it cannot be read, or the correspondent is not listed.
fn written_name(shown: Option<&ContactRef>, key: &str, directory: &Directory<'_>) -> Text {
    let name = name_of(key, directory);
    match shown {
        Some(entry) if !entry.name.is_readable() || name.is_blank() => entry.name.clone(),
        Some(_) | None => name,
    }
}

/// `LASTNAME Firstname` with the last name as stored (D23).
pub(crate) fn name_of(key: &str, directory: &Directory<'_>) -> Text {
    let Some(record) = directory.correspondent(key) else {
        return Text::default();
    };
    let name = format!("{} {}", record.last_name.or_empty(), record.first_name.or_empty());
    Text::from(name.trim())
}

/// The recipients an organiser's item shows: guests stay, colleagues are those of the CRM (D27).
pub(crate) fn recipients(
    codes: &[String],
    current: &[Recipient],
    directory: &Directory<'_>,
) -> Vec<Recipient> {
    let code_of = |one: &Recipient| {
        let email = one.email.known()?;
        directory.representative_at(email).map(|colleague| colleague.code.clone())
    };
    let mut list: Vec<Recipient> = current
        .iter()
        .filter(|one| code_of(one).is_none_or(|code| codes.contains(&code)))
        .cloned()
        .collect();
    let present: Vec<String> = list.iter().filter_map(code_of).collect();
    for code in codes.iter().filter(|code| !present.contains(code)) {
        if let Some(colleague) = directory.representative(code) {
            list.push(Recipient { name: colleague.name.clone(), email: colleague.email.clone() });
        }
    }
    list
}

/// Whether a representative takes part in an appointment: it is distributed to all who do (A7.3, A7.7).
pub(crate) fn takes_part(record: &CrmAppointment, representative: &str) -> bool {
    record.organizer == representative
        || record.participants.iter().any(|one| one == representative)
}
