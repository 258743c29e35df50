//! What contacts, tasks and appointments have in common.

use counterpart::model::Text;
use counterpart::profiles::outlook_x3::ContactRef;

use super::edit::Edit;
use super::lines::{Doc, Line};
use super::value;

/// The CRM's key (`AdxID`).
pub(crate) const CHRONO: &str = "X-COUNTERPART-CHRONO";
/// A linked contact, with the parameters `X-ITEM` and `X-CHRONO`.
pub(crate) const CONTACT: &str = "X-COUNTERPART-CONTACT";
/// The company text (`Companies`).
pub(crate) const COMPANY: &str = "X-COUNTERPART-COMPANY";

/// The text of a component's first property of a name.
pub(crate) fn text(doc: &Doc, item: usize, name: &str) -> Text {
    match doc.first(item, name) {
        Some((_, line)) => value::text(line).map_or(Text::UNREADABLE, Text::from),
        None => Text::default(),
    }
}

/// A property that is a code or a word: trimmed, `None` where it is empty.
pub(crate) fn word(doc: &Doc, item: usize, name: &str) -> Option<String> {
    let (_, line) = doc.first(item, name)?;
    let word = value::text(line)?.trim().to_owned();
    (!word.is_empty()).then_some(word)
}

/// The key stamped on a component.
pub(crate) fn chrono(doc: &Doc, item: usize) -> Option<String> {
    word(doc, item, CHRONO)
}

/// Stamps a key, or takes it off.
pub(crate) fn write_chrono(edit: &mut Edit<'_>, before: Option<&str>, wanted: Option<&str>) {
    if before != wanted {
        edit.set_text(CHRONO, wanted.unwrap_or_default());
    }
}

/// Whether a component is marked private: by its class, or by what Outlook writes in its place.
pub(crate) fn read_class(doc: &Doc, item: usize, private: &mut bool) {
    let is = |name: &str, words: &[&str]| {
        word(doc, item, name)
            .is_some_and(|word| words.contains(&word.to_ascii_uppercase().as_str()))
    };
    let words = ["PRIVATE", "CONFIDENTIAL"];
    // Outlook numbers its sensitivities: 2 is private, 3 confidential.
    let numbers = ["2", "3", "PRIVATE", "CONFIDENTIAL", "COMPANY-CONFIDENTIAL"];
    *private = is("CLASS", &words)
        || is("X-SENSITIVITY", &numbers)
        || is("X-MICROSOFT-SENSITIVITY", &numbers)
        || is("X-MS-SENSITIVITY", &numbers);
}

/// Marks a new component private.
pub(crate) fn write_class(edit: &mut Edit<'_>, before: bool, wanted: bool) {
    if before != wanted {
        edit.set_plain("CLASS", wanted.then(|| "CLASS:PRIVATE".to_owned()));
    }
}

/// The lines that name contacts, in their order: ours, and the format's own.
fn contact_lines(doc: &Doc, item: usize) -> impl Iterator<Item = (usize, &Line)> {
    doc.properties(item).filter(|(_, line)| line.name == CONTACT || line.name == "CONTACT")
}

fn contact_of(line: &Line) -> ContactRef {
    let param = |name: &str| {
        let param = line.param(name).map(|value| value::param_text(&value));
        param.filter(|value| line.name == CONTACT && !value.is_empty())
    };
    let name = value::text(line).map_or(Text::UNREADABLE, Text::from);
    ContactRef { name, item: param("X-ITEM"), chrono: param("X-CHRONO") }
}

/// Reads the linked contacts.
pub(crate) fn contacts(doc: &Doc, item: usize) -> Vec<ContactRef> {
    contact_lines(doc, item).map(|(_, line)| contact_of(line)).collect()
}

/// Writes the linked contacts: into the lines there are, one after the other, then into new ones.
pub(crate) fn write_contacts(edit: &mut Edit<'_>, before: &[ContactRef], wanted: &[ContactRef]) {
    if before == wanted {
        return;
    }
    let doc = edit.doc;
    let mut lines = contact_lines(doc, edit.component);
    for contact in wanted {
        let mut head = CONTACT.to_owned();
        for (name, value) in [("X-ITEM", &contact.item), ("X-CHRONO", &contact.chrono)] {
            if let Some(value) = value {
                head = format!("{head};{name}={}", value::param(value));
            }
        }
        let text = value::new_text(&head, edit.dialect, contact.name.or_empty());
        match lines.next() {
            Some((_, line)) if contact_of(line) == *contact => {}
            Some((place, _)) => edit.replace(place, text),
            None => edit.add(text),
        }
    }
    for (place, _) in lines {
        edit.remove(place);
    }
}

/// Writes the texts of a component that differ (name, old, new).
pub(crate) fn write_texts(edit: &mut Edit<'_>, texts: &[(&str, &Text, &Text)]) {
    for (name, before, wanted) in texts {
        if before != wanted {
            edit.set_text(name, wanted.or_empty());
        }
    }
}
