//! Fingerprints of field groups.
//!
//! A state keeps fingerprints, not values: it must hold no name, address, subject or comment (D1). Each
//! is SipHash-1-3 with a 128-bit key that the host drew once for this state, so that nobody who writes
//! an item can aim a collision at it. The function belongs to the format of the state, since version 1.

use std::hash::Hasher;
use std::num::NonZeroU64;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::model::{Places, Text, is_normal_line, normal};

/// The key of a state's fingerprints. The host draws 16 random bytes once, when a state is new; they
/// are stored with the state. `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateKey(pub [u8; 16]);

impl std::fmt::Debug for StateKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("StateKey(…)")
    }
}

/// The fingerprint of what a record shows in one field group.
///
/// It is never zero, so that one that may be missing takes no more room: a plan and a state are full of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Print(NonZeroU64);

impl Print {
    /// The fingerprint with a hash; zero counts as one.
    pub(crate) const fn new(hash: u64) -> Self {
        match NonZeroU64::new(hash) {
            Some(hash) => Self(hash),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// The fingerprint as a number.
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    pub(crate) const fn to_le_bytes(self) -> [u8; 8] {
        self.get().to_le_bytes()
    }

    /// The fingerprint that a number is of, if it is of one.
    pub(crate) fn known(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// The fingerprint that these bytes are of, if they are of one.
    pub(crate) fn from_le_bytes(bytes: [u8; 8]) -> Option<Self> {
        Self::known(u64::from_le_bytes(bytes))
    }
}

/// The fingerprints of a record, one per group; `None` where the host could not read it.
pub type Prints = Vec<Option<Print>>;

impl StateKey {
    /// The fingerprint of what a listing covers.
    pub(crate) fn scope(&self, scope: Option<&str>) -> Print {
        self.scope_print(u8::from(scope.is_some()), scope.unwrap_or_default())
    }

    /// The fingerprint of a scope that no listing has.
    pub(crate) fn no_scope(&self) -> Print {
        self.scope_print(2, "")
    }

    fn scope_print(&self, tag: u8, scope: &str) -> Print {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        hasher.write(&[tag]);
        hasher.write(scope.as_bytes());
        Print::new(hasher.finish())
    }
}

/// Every group begins with its kind and its place.
const PREFIX: usize = 2;

/// Turns what a record shows into fingerprints, one group after the other.
///
/// ```
/// use counterpart::model::Text;
/// use counterpart::snapshot::{Printer, StateKey};
///
/// let key = StateKey([7; 16]);
/// let print = |text: &str| {
///     let mut out = Printer::new(&key, 1);
///     out.text(&Text::from(text)).end();
///     out.finish()
/// };
/// assert_eq!(print("one\r\ntwo "), print("one\ntwo"));
/// assert_ne!(print("one"), print("two"));
/// ```
#[derive(Clone)]
pub struct Printer {
    hasher: SipHasher13,
    kind: u8,
    /// The groups that are fingerprinted.
    wanted: Places,
    /// What the group that is being shown shows, behind its kind and its place.
    shown: Vec<u8>,
    /// Whether it is wanted, and all of it could be read.
    is_readable: bool,
    /// Whether nothing but zeros follows its kind and its place.
    is_blank: bool,
    done: Prints,
    /// The fingerprint of each group of this kind while nothing is in it, with its length: about half of all groups are
    /// blank.
    blanks: Vec<(usize, Option<Print>)>,
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Printer").field("groups", &self.done.len()).finish_non_exhaustive()
    }
}

impl Printer {
    /// A printer for a record of a kind, named by its number in the state format.
    pub fn new(key: &StateKey, kind: u8) -> Self {
        let mut shown = Vec::with_capacity(512);
        shown.resize(PREFIX, 0);
        Self {
            hasher: SipHasher13::new_with_key(&key.0),
            kind,
            wanted: Places::ALL,
            shown,
            is_readable: true,
            is_blank: true,
            done: Prints::with_capacity(20),
            blanks: Vec::new(),
        }
    }

    /// Goes on with another record.
    pub(crate) fn restart(&mut self, kind: u8) {
        self.restart_for(kind, Places::ALL);
    }

    /// Goes on with another record, of which some groups are wanted: the others have no fingerprint.
    pub(crate) fn restart_for(&mut self, kind: u8, wanted: Places) {
        if kind != self.kind {
            self.blanks.clear();
        }
        self.kind = kind;
        self.wanted = wanted;
        self.done.clear();
        self.begin();
    }

    fn begin(&mut self) {
        (self.is_readable, self.is_blank) = (true, true);
        self.shown.truncate(PREFIX);
    }

    /// Shows a group, if it is wanted, and ends it.
    #[inline]
    pub fn group(&mut self, show: impl FnOnce(&mut Self) -> &mut Self) {
        if self.wanted.contains(self.done.len()) {
            show(self);
            self.end();
        } else {
            self.done.push(None);
        }
    }

    /// Ends the group.
    #[inline]
    pub fn end(&mut self) {
        let print = if let Some((length, print)) = self.blanks.get(self.done.len())
            && self.is_blank
            && self.is_readable
            && *length == self.shown.len()
        {
            *print
        } else {
            self.fingerprint()
        };
        self.done.push(print);
        self.begin();
    }

    /// The fingerprint of what is shown.
    #[inline(never)]
    fn fingerprint(&mut self) -> Option<Print> {
        if !self.is_readable {
            return None;
        }
        let place = self.done.len();
        if let Some(prefix) = self.shown.first_chunk_mut::<PREFIX>() {
            *prefix = [self.kind, u8::try_from(place).unwrap_or(u8::MAX)];
        }
        let print = Some(Print::new(self.hasher.hash(&self.shown)));
        if self.is_blank {
            self.blanks.resize(self.blanks.len().max(place + 1), (0, None));
            if let Some(blank) = self.blanks.get_mut(place) {
                *blank = (self.shown.len(), print);
            }
        }
        print
    }

    /// Adds a text; one that cannot be read makes the whole group unreadable.
    #[inline]
    pub fn text(&mut self, text: &Text) -> &mut Self {
        if let Some(known) = text.known() {
            return self.known(known);
        }
        self.is_readable = false;
        self
    }

    /// Adds a text that can be read.
    #[inline]
    pub fn known(&mut self, text: &str) -> &mut Self {
        if text.is_empty() {
            self.number(0);
        } else {
            self.written(text);
        }
        self
    }

    /// Adds a text with characters in it: apart, so that the code for empty ones, which most are, stands in line.
    #[inline(never)]
    fn written(&mut self, text: &str) {
        if is_normal_line(text) {
            self.str(text);
        } else {
            self.odd(text);
        }
    }

    /// Adds a text that has to be made [normal] first, or looked at more closely.
    #[cold]
    fn odd(&mut self, text: &str) {
        self.str(&normal(text));
    }

    /// Adds characters as they are.
    pub fn str(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.shown.extend_from_slice(text.as_bytes());
    }

    /// Adds a code, or that there is none.
    pub fn code(&mut self, code: Option<&str>) -> &mut Self {
        self.flag(code.is_some());
        self.str(code.unwrap_or_default());
        self
    }

    /// Adds a number.
    #[inline]
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.is_blank &= number == 0;
        self.shown.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Adds a yes or no.
    #[inline]
    pub fn flag(&mut self, flag: bool) -> &mut Self {
        self.is_blank &= !flag;
        self.shown.push(u8::from(flag));
        self
    }

    /// Adds a date, or that there is none.
    pub fn date(&mut self, date: Option<NaiveDate>) -> &mut Self {
        self.date_time(date.map(|date| date.and_time(chrono::NaiveTime::MIN)))
    }

    /// Adds a local date and time, or that there is none.
    pub fn date_time(&mut self, time: Option<NaiveDateTime>) -> &mut Self {
        self.flag(time.is_some());
        let seconds = time.map_or(0, |time| time.and_utc().timestamp());
        self.shown.extend_from_slice(&seconds.to_le_bytes());
        self
    }

    /// The groups ended so far in which nothing was shown, as far as is remembered: of one that shows nothing in more
    /// ways than one that may not be known.
    pub(crate) fn blank(&self) -> Places {
        let groups = self.done.iter().zip(&self.blanks).enumerate();
        let blank = groups.filter(|(_, (print, (_, blank)))| print.is_some() && *print == blank);
        blank.map(|(place, _)| place).collect()
    }

    /// Whether a group has ended and has a fingerprint.
    pub(crate) fn was_readable(&self, place: usize) -> bool {
        self.done.get(place).is_some_and(Option::is_some)
    }

    /// The fingerprints of all groups ended so far.
    pub(crate) fn prints(&self) -> &[Option<Print>] {
        &self.done
    }

    /// The fingerprints of all groups ended so far.
    pub fn finish(self) -> Prints {
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop, prop_oneof, proptest};
    use siphasher::sip::SipHasher13;

    use super::{Print, Printer, Prints, StateKey};
    use crate::model::{Text, normal};

    const KEY: StateKey = StateKey([3; 16]);

    /// One thing a group shows: a text, or a number.
    #[derive(Clone, Debug)]
    enum Item {
        Text(Text),
        Number(u64),
    }

    type Record = (u8, Vec<Vec<Item>>);

    fn item() -> impl Strategy<Value = Item> {
        let text = "[ a\u{e9}\r\n\t]{0,20}";
        prop_oneof![
            prop_oneof![
                text.prop_map(Text::from),
                "".prop_map(Text::from),
                "x".prop_map(|_| Text::UNREADABLE),
            ]
            .prop_map(Item::Text),
            (0..2u64).prop_map(Item::Number),
        ]
    }

    fn record() -> impl Strategy<Value = Record> {
        (0..3u8, prop::collection::vec(prop::collection::vec(item(), 0..3), 0..5))
    }

    fn printed(printer: &mut Printer, (kind, groups): &Record) -> Prints {
        printer.restart(*kind);
        for group in groups {
            printer.group(|out| {
                group.iter().fold(out, |out, item| match item {
                    Item::Text(text) => out.text(text),
                    Item::Number(number) => out.number(*number),
                })
            });
        }
        printer.prints().to_vec()
    }

    /// Whether nothing is shown in a group.
    fn is_blank(group: &[Item]) -> bool {
        group.iter().all(|item| match item {
            Item::Text(text) => text.known().is_some_and(|text| normal(text).is_empty()),
            Item::Number(number) => *number == 0,
        })
    }

    /// Kind and place, then each text behind its length, in one piece.
    fn hashed((kind, groups): &Record) -> Prints {
        let hasher = SipHasher13::new_with_key(&KEY.0);
        let group = |(place, group): (u8, &Vec<Item>)| {
            let mut bytes = vec![*kind, place];
            for item in group {
                match item {
                    Item::Text(text) => {
                        let text = normal(text.known()?);
                        bytes.extend((text.len() as u64).to_le_bytes());
                        bytes.extend(text.as_bytes());
                    }
                    Item::Number(number) => bytes.extend(number.to_le_bytes()),
                }
            }
            Some(Print::new(hasher.hash(&bytes)))
        };
        (0..).zip(groups).map(group).collect()
    }

    proptest! {
        /// What is remembered of one record says nothing wrong of the next.
        #[test]
        fn a_group_is_hashed_in_one_piece(records in prop::collection::vec(record(), 1..8)) {
            let mut printer = Printer::new(&KEY, 0);
            for record in &records {
                assert_eq!(printed(&mut printer, record), hashed(record));
                for place in printer.blank().iter() {
                    assert!(is_blank(&record.1[usize::from(place)]), "{record:?}");
                }
            }
        }
    }
}
