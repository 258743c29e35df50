//! vCard <-> contact.

use chrono::NaiveDate;
use counterpart::model::Text;
use counterpart::profiles::outlook_x3::{Address, Contact};

use super::common;
use super::edit::Edit;
use super::lines::{Doc, Line};
use super::time::{self, BadTime};
use super::value::{self, Dialect};

/// A place of an address block that is a line of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Address,
    Email,
    Fax,
    Mobile,
    Phone,
}

/// The dialect of a card.
pub(crate) fn dialect(doc: &Doc, card: usize) -> Dialect {
    match doc.first(card, "VERSION") {
        Some((_, line)) if line.value().trim().starts_with('2') => Dialect::Card21,
        _ => Dialect::Modern,
    }
}

/// Reads a card.
pub(crate) fn read(doc: &Doc, card: usize) -> Result<Contact, BadTime> {
    let mut contact = Contact::default();
    let text = |name: &str| match doc.first(card, name) {
        Some((_, line)) => value::text(line).map_or(Text::UNREADABLE, Text::from),
        None => Text::default(),
    };
    common::read_class(doc, card, &mut contact.private);
    contact.created = doc.first(card, "CREATED").and_then(|(_, line)| time::stamp(line.value()));
    contact.chrono = common::chrono(doc, card);
    match doc.first(card, "N") {
        Some((_, line)) => {
            let parts = value::parts(line);
            contact.last_name = part(&parts, 0);
            contact.first_name = part(&parts, 1);
            contact.title = part(&parts, 3);
        }
        None => contact.last_name = text("FN"),
    }
    if let Some((_, line)) = doc.first(card, "ORG") {
        let parts = value::parts(line);
        contact.company = part(&parts, 0);
        contact.department = part(&parts, 1);
    }
    contact.job_title = text("TITLE");
    contact.notes = text("NOTE");
    contact.birthday = birthday(doc, card)?;
    for home in [false, true] {
        let mut block = Address::default();
        if let Some((_, line)) = find(doc, card, Slot::Address, home) {
            let parts = value::parts(line);
            block.street = part(&parts, 2);
            block.city = part(&parts, 3);
            block.state = part(&parts, 4);
            block.postal_code = part(&parts, 5);
            block.country = part(&parts, 6);
        }
        block.phone = single(doc, card, Slot::Phone, home);
        block.fax = single(doc, card, Slot::Fax, home);
        block.mobile = single(doc, card, Slot::Mobile, home);
        block.email = single(doc, card, Slot::Email, home);
        *(if home { &mut contact.home } else { &mut contact.business }) = block;
    }
    Ok(contact)
}

fn part(parts: &[Option<String>], place: usize) -> Text {
    match parts.get(place) {
        Some(Some(text)) => Text::from(text.as_str()),
        Some(None) => Text::UNREADABLE,
        None => Text::default(),
    }
}

fn birthday(doc: &Doc, card: usize) -> Result<Option<NaiveDate>, BadTime> {
    let Some((_, line)) = doc.first(card, "BDAY") else {
        return Ok(None);
    };
    // A birthday without year is written with one that nobody means.
    if line.param("X-APPLE-OMIT-YEAR").is_some() {
        return Ok(None);
    }
    let text = value::text(line).unwrap_or_default();
    let text = text.trim();
    let date = text.split_once(['T', 't']).map_or(text, |(date, _)| date);
    match time::bare_date(date) {
        None => Ok(None),
        Some(Some(date)) => Ok(Some(date)),
        Some(None) => Err(BadTime("has an impossible date in BDAY".to_owned())),
    }
}

fn single(doc: &Doc, card: usize, slot: Slot, home: bool) -> Text {
    let Some((_, line)) = find(doc, card, slot, home) else {
        return Text::default();
    };
    let Some(text) = value::text(line) else {
        return Text::UNREADABLE;
    };
    let scheme = if slot == Slot::Email { "mailto:" } else { "tel:" };
    let start = text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme));
    Text::from(start.and_then(|start| text.get(start.len()..)).unwrap_or(&text).trim())
}

/// The line of a slot: the first one that says so, else one that says nothing.
fn find(doc: &Doc, card: usize, slot: Slot, home: bool) -> Option<(usize, &Line)> {
    let name = slot.property();
    let candidates: Vec<(usize, &Line, Fit)> = doc
        .properties(card)
        .filter(|(_, line)| line.name == name)
        .filter_map(|(place, line)| Some((place, line, slot.fit(&line.types())?)))
        .collect();
    let of = |fit: Fit| candidates.iter().filter(move |(_, _, one)| *one == fit);
    let explicit = of(if home { Fit::Home } else { Fit::Work }).next();
    let open_for_home = match slot {
        // The second address, number or mailbox of those that do not say whose they are.
        Slot::Email | Slot::Mobile => {
            of(Fit::Open).nth(usize::from(of(Fit::Work).next().is_none()))
        }
        Slot::Address | Slot::Fax | Slot::Phone => None,
    };
    let fallback = if home { open_for_home } else { of(Fit::Open).next() };
    explicit.or(fallback).map(|(place, line, _)| (*place, *line))
}

/// Which block a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Home,
    Open,
    Work,
}

impl Slot {
    const fn property(self) -> &'static str {
        match self {
            Self::Address => "ADR",
            Self::Email => "EMAIL",
            Self::Fax | Self::Mobile | Self::Phone => "TEL",
        }
    }

    /// Which block a line with these types belongs to; `None` where it is of another slot.
    fn fit(self, types: &[String]) -> Option<Fit> {
        let has = |one: &str| types.iter().any(|kind| kind == one);
        if self.property() == "TEL" {
            let other = ["BBS", "CAR", "ISDN", "MODEM", "PAGER", "TTY-TDD"].into_iter().any(has)
                || (has("VIDEO") || has("TEXTPHONE")) && !has("VOICE");
            let mobile = has("CELL") || has("MOBILE") || has("IPHONE");
            let slot = match (has("FAX"), mobile) {
                (true, _) => Self::Fax,
                (false, true) => Self::Mobile,
                (false, false) => Self::Phone,
            };
            if other || slot != self {
                return None;
            }
        }
        Some(match (has("WORK"), has("HOME")) {
            (true, _) => Fit::Work,
            (false, true) => Fit::Home,
            (false, false) => Fit::Open,
        })
    }

    /// The head of a new line.
    fn head(self, home: bool, dialect: Dialect) -> String {
        let place = if home { "HOME" } else { "WORK" };
        let types: &[&str] = match (self, home) {
            (Self::Email, _) if dialect == Dialect::Card21 => &["INTERNET", place],
            (Self::Address | Self::Email, _) => &[place],
            (Self::Fax, _) => &[place, "FAX"],
            (Self::Mobile, true) => &[place, "CELL"],
            (Self::Mobile, false) => &["CELL"],
            (Self::Phone, _) => &[place, "VOICE"],
        };
        match dialect {
            Dialect::Card21 => format!("{};{}", self.property(), types.join(";")),
            Dialect::Modern => format!("{};TYPE={}", self.property(), types.join(";TYPE=")),
        }
    }
}

/// Brings a card from one state to another, line by line.
pub(crate) fn write(edit: &mut Edit<'_>, before: &Contact, wanted: &Contact) {
    let name = |one: &Contact| [one.last_name.clone(), one.first_name.clone(), one.title.clone()];
    if name(before) != name(wanted) {
        // Where the displayed name stands in for one, a new name says all there is.
        let old = if edit.first("N").is_some() { name(before) } else { <[Text; 3]>::default() };
        let new = name(wanted);
        let places = old.iter().zip(&new).zip([0, 1, 3]);
        let changes: Vec<_> = places.map(|((old, new), place)| (place, old, new)).collect();
        edit.set_parts("N", &changes);
        write_full_name(edit, before, wanted);
    }
    if before.company != wanted.company || before.department != wanted.department {
        edit.set_parts(
            "ORG",
            &[(0, &before.company, &wanted.company), (1, &before.department, &wanted.department)],
        );
    }
    for (name, old, new) in
        [("TITLE", &before.job_title, &wanted.job_title), ("NOTE", &before.notes, &wanted.notes)]
    {
        if old != new {
            edit.set_text(name, new.or_empty());
        }
    }
    if before.birthday != wanted.birthday {
        // Version 3.0 writes dates with hyphens, the versions before and after it without.
        let version = edit.first("VERSION").map_or("", |(_, line)| line.value().trim());
        let form = if version.starts_with('3') { "%Y-%m-%d" } else { "%Y%m%d" };
        let line = wanted.birthday.map(|date| format!("BDAY:{}", date.format(form)));
        edit.set_plain("BDAY", line);
    }
    write_block(edit, &before.business, &wanted.business, false);
    write_block(edit, &before.home, &wanted.home, true);
    common::write_class(edit, before.private, wanted.private);
    common::write_chrono(edit, before.chrono.as_deref(), wanted.chrono.as_deref());
}

/// The displayed name follows where it shows the old one; a free text stays.
fn write_full_name(edit: &mut Edit<'_>, before: &Contact, wanted: &Contact) {
    let shown = edit.first("FN").and_then(|(_, line)| value::text(line)).unwrap_or_default();
    let forms: [fn(&str, &str) -> String; 3] = [
        |first, last| format!("{first} {last}").trim().to_owned(),
        |first, last| format!("{last}, {first}").trim().to_owned(),
        |first, last| format!("{last} {first}").trim().to_owned(),
    ];
    let fill = |form: fn(&str, &str) -> String, of: &Contact| {
        form(of.first_name.or_empty(), of.last_name.or_empty())
    };
    let [plain, ..] = forms;
    if shown.is_empty() {
        edit.set_text("FN", &fill(plain, wanted));
        return;
    }
    let old_form = forms.into_iter().find(|form| {
        let old = fill(*form, before);
        !old.is_empty() && shown.contains(&old)
    });
    if let Some(form) = old_form {
        let text = shown.replacen(&fill(form, before), &fill(form, wanted), 1);
        edit.set_text("FN", &text);
    }
}

fn write_block(edit: &mut Edit<'_>, before: &Address, wanted: &Address, home: bool) {
    let parts = |one: &Address| {
        [&one.street, &one.city, &one.state, &one.postal_code, &one.country].map(Clone::clone)
    };
    let (old, new) = (parts(before), parts(wanted));
    if old != new {
        write_address(edit, &old, &new, home);
    }
    let singles = [
        (Slot::Phone, &before.phone, &wanted.phone),
        (Slot::Fax, &before.fax, &wanted.fax),
        (Slot::Mobile, &before.mobile, &wanted.mobile),
        (Slot::Email, &before.email, &wanted.email),
    ];
    for (slot, old, new) in singles {
        if old == new {
            continue;
        }
        match find(edit.doc, edit.component, slot, home) {
            Some((place, _)) if new.or_empty().is_empty() && edit.is_alone(slot.property()) => {
                edit.remove(place);
            }
            Some((place, line)) => {
                let line = value::with_text(line, edit.dialect, new.or_empty());
                edit.replace(place, line);
            }
            None if new.or_empty().is_empty() => {}
            None => edit.add(value::new_text(
                &slot.head(home, edit.dialect),
                edit.dialect,
                new.or_empty(),
            )),
        }
    }
}

fn write_address(edit: &mut Edit<'_>, old: &[Text; 5], new: &[Text; 5], home: bool) {
    let found = find(edit.doc, edit.component, Slot::Address, home);
    let mut parts: Vec<String> = found.map_or_else(Vec::new, |(_, line)| {
        value::parts(line).into_iter().map(Option::unwrap_or_default).collect()
    });
    parts.resize(parts.len().max(7), String::new());
    for (offset, (old, new)) in old.iter().zip(new).enumerate() {
        if let Some(part) = parts.get_mut(offset + 2).filter(|_| old != new) {
            new.or_empty().clone_into(part);
        }
    }
    if let Some((place, line)) = found {
        let line = value::with_parts(line, edit.dialect, &parts);
        edit.replace(place, line);
    } else {
        let head = Slot::Address.head(home, edit.dialect);
        edit.add(value::new_parts(&head, edit.dialect, &parts));
    }
}
