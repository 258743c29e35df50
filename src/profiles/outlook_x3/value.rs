//! The common form: what a field group of either side says, in one shape.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};

use crate::model::folded;
use crate::profile::KeyRef;

/// The content of a field group. Two values are equal when both sides mean the same by them; what one side
/// cannot hold of the other's value does not count. Texts are borrowed from the record until one of them has to change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value<'a> {
    /// The host could not read it.
    Unreadable,
    /// A text, normalised.
    Text(Cow<'a, str>),
    /// A text of which one side holds the beginning only.
    Line(Line<'a>),
    /// Title, last and first name.
    Name { title: Cow<'a, str>, last: Cow<'a, str>, first: Cow<'a, str> },
    /// The five lines of an address.
    Address([Cow<'a, str>; 5]),
    /// The company.
    Company(Company),
    /// Linked contacts.
    People(People),
    /// Co-workers.
    Colleagues(Colleagues),
    /// A date.
    Date(Option<NaiveDate>),
    /// Start and due date.
    Dates(Dates),
    /// Start and end, the end of an all-day appointment being its last day.
    Span { start: Option<NaiveDateTime>, end: Option<NaiveDateTime>, all_day: bool },
    /// Done or not.
    Done(Done),
    /// Minutes.
    Minutes(u32),
    /// What others wrote, by representative.
    Blocks(Blocks),
}

/// A wall-clock time without its seconds, which the CRM does not hold (A2.39, A2.40).
pub(crate) fn to_minute(time: NaiveDateTime) -> NaiveDateTime {
    time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time)
}

/// Equality and hash of a type by the part of it that both sides hold.
macro_rules! equal_by {
    ($type:ty, |$one:ident| $part:expr) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                let $one = other;
                let theirs = $part;
                let $one = self;
                $part == theirs
            }
        }

        impl Eq for $type {}

        impl Hash for $type {
            fn hash<H: Hasher>(&self, state: &mut H) {
                let $one = self;
                $part.hash(state);
            }
        }
    };
}

equal_by!(Line<'_>, |one| &one.held);
// A code the directory does not list means the record that holds it all the same.
equal_by!(Company, |one| folded(one.partner.as_ref().unwrap_or(&one.label)));
equal_by!(People, |one| one.held());
equal_by!(Colleagues, |one| &one.codes);
equal_by!(Dates, |one| (one.start, one.raised()));
equal_by!(Done, |one| one.done);
equal_by!(Blocks, |one| &one.texts);

/// A text and the part of it that both sides hold: the latter decides equality.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) full: Cow<'a, str>,
    pub(crate) held: Cow<'a, str>,
}

/// A company as its text or the CRM's fields say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    /// The partner, by the code the CRM has.
    pub(crate) partner: Option<String>,
    /// The free label, where there is no partner.
    pub(crate) label: String,
    /// Whether the label stands where a code was meant.
    pub(crate) unknown_code: bool,
}

/// One linked person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Person {
    /// A correspondent that exists, or that this plan makes.
    Key(KeyRef),
    /// Nobody the CRM knows.
    Unknown(String),
}

/// Linked contacts, in order, and what follows from the first of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    /// Who; of a task or call the first one only.
    pub(crate) persons: Vec<Person>,
    /// How many of them the CRM holds.
    pub(crate) places: usize,
    /// Colleagues named among them (A6.7).
    pub(crate) colleagues: Vec<String>,
    /// The partner the first one belongs to, where the company text is empty (A5.20).
    pub(crate) partner: Option<String>,
}

impl People {
    /// Those of them the CRM can hold: an unknown one is nobody to it, and an appointment has ten places.
    fn held(&self) -> Vec<Person> {
        let known = self.persons.iter().filter(|person| matches!(person, Person::Key(_)));
        known.take(self.places).cloned().collect()
    }
}

/// Co-workers by their codes.
#[derive(Clone, Debug)]
pub(crate) struct Colleagues {
    /// Who.
    pub(crate) codes: Vec<String>,
    /// Whether they are only added to those who take part already: the item holds no list of its own.
    pub(crate) added: bool,
}

/// Done or not, and whether the item carries the property at all (A2.38).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) done: bool,
    pub(crate) present: bool,
}

/// Start and due date of a task; a due date before the start counts as the start (A2.19).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dates {
    pub(crate) start: Option<NaiveDate>,
    pub(crate) due: Option<NaiveDate>,
}

impl Dates {
    /// The due date, not before the start.
    pub(crate) fn raised(self) -> Option<NaiveDate> {
        self.due.map(|due| self.start.map_or(due, |start| due.max(start)))
    }
}

/// What others wrote, by representative, and how many of them wrote before the user.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) own_at: Option<usize>,
}

impl crate::profile::Value for Value<'_> {
    fn is_blank(&self) -> bool {
        match self {
            Self::Unreadable => false,
            Self::Text(text) => text.is_empty(),
            Self::Line(line) => line.held.is_empty(),
            Self::Name { title, last, first } => {
                [title, last, first].iter().all(|one| one.is_empty())
            }
            Self::Address(lines) => lines.iter().all(|line| line.is_empty()),
            Self::Company(company) => company.partner.is_none() && company.label.is_empty(),
            Self::People(people) => people.persons.is_empty(),
            Self::Colleagues(colleagues) => colleagues.codes.is_empty(),
            Self::Date(date) => date.is_none(),
            Self::Dates(dates) => dates.start.is_none() && dates.due.is_none(),
            Self::Span { start, end, .. } => start.is_none() && end.is_none(),
            Self::Done(done) => !done.done,
            Self::Minutes(minutes) => *minutes == 0,
            Self::Blocks(blocks) => blocks.texts.is_empty(),
        }
    }

    fn is_readable(&self) -> bool {
        !matches!(self, Self::Unreadable)
    }

    fn text(&self) -> Option<String> {
        if self.is_blank() || !self.is_readable() {
            return None;
        }
        let shown = |time: &Option<NaiveDateTime>| {
            time.map(|time| time.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
        };
        let day = |date: &Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        Some(match self {
            Self::Unreadable => return None,
            Self::Text(text) => text.clone().into_owned(),
            Self::Line(line) => line.full.clone().into_owned(),
            Self::Name { title, last, first } => words([title, last, first], " "),
            Self::Address(lines) => words(lines, ", "),
            Self::Company(company) => match &company.partner {
                Some(code) => format!("#{code}#"),
                None if company.unknown_code => format!("#{}#", company.label),
                None => company.label.clone(),
            },
            Self::People(people) => {
                let names = people.persons.iter().map(|person| match person {
                    Person::Key(KeyRef::Known(key)) => key.as_str(),
                    Person::Key(KeyRef::Made(_)) => "(new)",
                    Person::Unknown(name) => name.as_str(),
                });
                names.collect::<Vec<_>>().join(", ")
            }
            Self::Colleagues(colleagues) => colleagues.codes.join(", "),
            Self::Date(date) => day(date),
            Self::Dates(dates) => format!("{} / {}", day(&dates.start), day(&dates.due)),
            Self::Span { start, end, .. } => format!("{} / {}", shown(start), shown(end)),
            Self::Done(_) => "done".to_owned(),
            Self::Minutes(minutes) => minutes.to_string(),
            Self::Blocks(blocks) => {
                let texts = blocks.texts.iter().map(|(who, text)| format!("{who}: {text}"));
                texts.collect::<Vec<_>>().join("\n")
            }
        })
    }
}

fn words<'a>(parts: impl IntoIterator<Item = &'a Cow<'a, str>>, between: &str) -> String {
    let filled = parts.into_iter().filter(|part| !part.is_empty()).map(AsRef::as_ref);
    filled.collect::<Vec<&str>>().join(between)
}
