//! Fingerprints of field groups.
//!
//! A state keeps fingerprints, not values: it must hold no name, address, subject or comment (D1). Each
//! is SipHash-1-3 with a 128-bit key that the host drew once for this state, so that nobody who writes
//! an item can aim a collision at it. The function belongs to format version 1 of the state.

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

    /// The fingerprint that these bytes are of, if they are of one.
    pub(crate) fn from_le_bytes(bytes: [u8; 8]) -> Option<Self> {
        NonZeroU64::new(u64::from_le_bytes(bytes)).map(Self)
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
    /// What all groups show, one behind the other. A record's texts lie scattered in memory: gathering them first
    /// and hashing them then is faster than waiting for each.
    shown: Vec<u8>,
    groups: Vec<Shown>,
    /// The one that is being shown.
    group: Shown,
    done: Prints,
    /// The fingerprint of each group while nothing is in it, with its kind and length: about half of all groups are
    /// blank.
    blanks: Vec<Option<(u8, usize, Print)>>,
}

/// What is known of a group before it is hashed.
#[derive(Clone, Copy, Debug)]
struct Shown {
    /// Where it ends.
    end: usize,
    /// Whether it is wanted, and all of it could be read.
    is_readable: bool,
    /// Whether nothing but zeros follows its kind and its place.
    is_blank: bool,
}

impl Shown {
    const NOTHING: Self = Self { end: 0, is_readable: true, is_blank: true };
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Printer").field("groups", &self.groups.len()).finish_non_exhaustive()
    }
}

impl Printer {
    /// A printer for a record of a kind, named by its number in the state format.
    pub fn new(key: &StateKey, kind: u8) -> Self {
        let mut printer = Self {
            hasher: SipHasher13::new_with_key(&key.0),
            kind,
            wanted: Places::ALL,
            shown: Vec::with_capacity(512),
            groups: Vec::with_capacity(20),
            group: Shown::NOTHING,
            done: Prints::new(),
            blanks: Vec::new(),
        };
        printer.begin();
        printer
    }

    /// Goes on with another record.
    pub(crate) fn restart(&mut self, kind: u8) {
        self.restart_for(kind, Places::ALL);
    }

    /// Goes on with another record, of which some groups are wanted: the others have no fingerprint.
    pub(crate) fn restart_for(&mut self, kind: u8, wanted: Places) {
        self.kind = kind;
        self.wanted = wanted;
        self.shown.clear();
        self.groups.clear();
        self.begin();
    }

    fn begin(&mut self) {
        let at = self.groups.len();
        self.group = Shown::NOTHING;
        let place = u8::try_from(at).unwrap_or(u8::MAX);
        self.shown.extend_from_slice(&[self.kind, place]);
    }

    /// Shows a group, if it is wanted, and ends it.
    #[inline]
    pub fn group(&mut self, show: impl FnOnce(&mut Self) -> &mut Self) {
        if self.wanted.contains(self.groups.len()) {
            show(self);
        } else {
            self.group.is_readable = false;
        }
        self.end();
    }

    /// Ends the group.
    pub fn end(&mut self) {
        self.groups.push(Shown { end: self.shown.len(), ..self.group });
        self.begin();
    }

    /// Adds a text; one that cannot be read makes the whole group unreadable.
    pub fn text(&mut self, text: &Text) -> &mut Self {
        match text.known() {
            Some(known) => {
                self.known(known);
            }
            None => self.group.is_readable = false,
        }
        self
    }

    /// Adds a text that can be read.
    pub fn known(&mut self, text: &str) -> &mut Self {
        if text.is_empty() {
            self.number(0);
        } else if is_normal_line(text) {
            self.str(text);
        } else {
            self.str(&normal(text));
        }
        self
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
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.group.is_blank &= number == 0;
        self.shown.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Adds a yes or no.
    pub fn flag(&mut self, flag: bool) -> &mut Self {
        self.group.is_blank &= !flag;
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

    /// Whether a group has ended and has a fingerprint.
    pub(crate) fn was_readable(&self, place: usize) -> bool {
        self.groups.get(place).is_some_and(|group| group.is_readable)
    }

    /// The fingerprints of all groups ended so far.
    pub(crate) fn prints(&mut self) -> &[Option<Print>] {
        self.done.clear();
        self.done.reserve_exact(self.groups.len());
        self.blanks.resize(self.blanks.len().max(self.groups.len()), None);
        let mut start = 0;
        for (group, blank) in self.groups.iter().zip(&mut self.blanks) {
            let shown = self.shown.get(start..group.end).unwrap_or_default();
            start = group.end;
            let hash = || Print::new(self.hasher.hash(shown));
            let print = match blank {
                _ if !group.is_readable => None,
                _ if !group.is_blank => Some(hash()),
                Some((kind, length, print)) if (*kind, *length) == (self.kind, shown.len()) => {
                    Some(*print)
                }
                _ => {
                    let print = hash();
                    *blank = Some((self.kind, shown.len(), print));
                    Some(print)
                }
            };
            self.done.push(print);
        }
        &self.done
    }

    /// The fingerprints of all groups ended so far.
    pub fn finish(mut self) -> Prints {
        self.prints();
        self.done
    }
}
