//! The stored form of a state: bytes that are checked before they are believed.
//!
//! ```text
//! magic (8) | format version (u16) | body | checksum of all before (u64)
//! ```
//!
//! Numbers are little-endian, texts are UTF-8 with a length in front, lists have a count in front, and a
//! field group's base is one byte of flags with one fingerprint where both sides showed alike, two where
//! they did not. The format has its own version; a newer one than [`FORMAT_VERSION`] is refused (D17). Format 1, which is read
//! as well, is the same without [digests](super::Digester) of whole records.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use chrono::DateTime;
use indexmap::IndexSet;
use siphasher::sip::SipHasher13;
use thiserror::Error;

use super::{
    AskedGroup, Attempt, AttemptKey, Base, Links, OpenAnomaly, Print, RefusalKey, Refused, Retry,
    StateKey, Swing, SyncState, Undecided,
};
use crate::model::{BySide, Instant, Side};
use crate::report::AnomalyCode;
use crate::rules::Reason;

const MAGIC: [u8; 8] = *b"cpstate\n";
const CHECKSUM: usize = 8;

/// How a base begins that is the same on both sides.
pub(super) const ALIKE_BASE: u8 = 7;

/// What such a base takes.
pub(super) const ALIKE_SIZE: usize = 1 + size_of::<Print>();

/// The version of the stored form this crate writes, and the newest it reads.
pub const FORMAT_VERSION: u16 = 2;

/// The first version that has digests of whole records.
const FIRST_WITH_DIGESTS: u16 = 2;

/// What the number of attempts of a retry is told with that was held.
const HELD: u32 = 1 << 31;

/// Why bytes are no usable state. The host's storage is at fault; starting without a state is safe, and costs
/// a full comparison (D12).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes were cut short or changed.
    #[error("the last synchronisation state is damaged: cut short or changed")]
    Damaged,
    /// A newer version of this crate wrote them.
    #[error(
        "the last synchronisation state has format {found}, newer than {supported}, the newest known"
    )]
    Newer {
        /// The format they have.
        found: u16,
        /// The newest this crate reads.
        supported: u16,
    },
    /// They are something else.
    #[error("this is no synchronisation state")]
    NotAState,
}

impl SyncState {
    /// The state as bytes, to be stored by the host.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::new());
        out.0.extend(MAGIC);
        out.0.extend(FORMAT_VERSION.to_le_bytes());
        out.text(&self.profile);
        out.text(&self.systems.a);
        out.text(&self.systems.b);
        out.0.extend(self.key.0);
        out.flag(self.fresh);
        out.number(self.runs);
        out.optional(self.scopes.a.as_deref());
        out.optional(self.scopes.b.as_deref());
        out.instant(self.watermark);
        self.links.write(&mut out);
        out.count(self.retries.len());
        for ((side, id), retry) in &self.retries {
            out.side(*side);
            out.text(id);
            out.retry(retry);
        }
        out.count(self.attempts.len());
        for (key, attempt) in &self.attempts {
            out.attempt_key(key);
            out.attempt(attempt);
        }
        out.count(self.undecided.len());
        for one in &self.undecided {
            out.0.push(one.kind);
            for side in Side::BOTH {
                out.texts(one.ids.get(side));
            }
        }
        out.count(self.anomalies.len());
        for one in &self.anomalies {
            out.anomaly(one);
        }
        out.count(self.refusals.len());
        for (key, refused) in &self.refusals {
            out.refusal_key(key);
            out.refused(*refused);
        }
        out.parked(&self.parked);
        out.asked(&self.asked);
        let checksum = checksum(&out.0);
        out.0.extend(checksum);
        out.0
    }

    /// Reads a state that [`SyncState::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError`]; hostile bytes give an error, never a panic and never more memory than they take.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(StateError::NotAState)?;
        let (version, _) = rest.split_first_chunk().ok_or(StateError::Damaged)?;
        let version = u16::from_le_bytes(*version);
        if version > FORMAT_VERSION {
            return Err(StateError::Newer { found: version, supported: FORMAT_VERSION });
        }
        let split = bytes.len().checked_sub(CHECKSUM).ok_or(StateError::Damaged)?;
        let (content, stored) = bytes.split_at_checked(split).ok_or(StateError::Damaged)?;
        if checksum(content) != stored {
            return Err(StateError::Damaged);
        }
        let body = content.get(MAGIC.len() + size_of_val(&version)..).ok_or(StateError::Damaged)?;
        let mut input = Reader(body);
        let state = input.state().ok_or(StateError::Damaged)?;
        let is_older = version < FIRST_WITH_DIGESTS && state.links.has_digests();
        if input.0.is_empty() && !is_older { Ok(state) } else { Err(StateError::Damaged) }
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = SipHasher13::new();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

/// Writes the parts of the stored form.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// Goes on behind bytes that are there.
    pub(crate) const fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    /// Room for so many bytes, zero as yet.
    pub(crate) fn room(&mut self, size: usize) -> &mut [u8] {
        let start = self.0.len();
        self.0.resize(start + size, 0);
        self.0.get_mut(start..).unwrap_or_default()
    }

    /// Bytes with their length in front.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u64).to_le_bytes());
        self.0.extend(bytes);
    }

    /// A size, in as many bytes as it needs.
    pub(crate) fn size(&mut self, size: usize) {
        if let Some(small) = u8::try_from(size).ok().filter(|small| *small < 0x80) {
            self.0.push(small);
            return;
        }
        let mut rest = size;
        loop {
            let low = u8::try_from(rest & 0x7f).unwrap_or_default();
            rest >>= 7;
            if rest == 0 {
                self.0.push(low);
                return;
            }
            self.0.push(low | 0x80);
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn retry(&mut self, retry: &Retry) {
        let attempts = retry.attempts.min(!HELD) | if retry.held { HELD } else { 0 };
        self.0.extend(attempts.to_le_bytes());
        self.instant(Some(retry.since));
    }

    pub(super) fn attempt_key(&mut self, key: &AttemptKey) {
        self.byte(key.kind);
        self.side(key.target);
        self.side(key.side);
        self.text(&key.id);
    }

    pub(super) fn attempt(&mut self, attempt: &Attempt) {
        self.flag(attempt.removes);
        self.0.extend(attempt.scope.to_le_bytes());
        self.optional(attempt.other.as_deref());
        self.count(attempt.groups.len());
        for one in &attempt.groups {
            self.byte(one.group);
            self.base(BySide::new(Some(one.asked), one.source));
            self.base(BySide::new(one.before, None));
        }
        self.count(attempt.losses.len());
        for (field, code) in &attempt.losses {
            self.text(field);
            self.one_of(AnomalyCode::ALL, code);
        }
    }

    pub(super) fn anomaly(&mut self, one: &OpenAnomaly) {
        self.byte(one.kind);
        for side in Side::BOTH {
            self.optional(one.ids.get(side).as_deref());
        }
        self.text(&one.field);
        self.one_of(AnomalyCode::ALL, &one.code);
    }

    /// One of a closed list, as its number there, which never changes.
    fn one_of<T: PartialEq>(&mut self, all: &[T], one: &T) {
        let place = all.iter().position(|other| other == one);
        self.byte(place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX));
    }

    pub(super) fn refused(&mut self, refused: Refused) {
        self.side(refused.side);
        self.one_of(Reason::ALL, &refused.reason);
        self.flag(refused.blocked);
    }

    pub(super) fn refusal_key(&mut self, key: &RefusalKey) {
        self.byte(key.kind);
        for side in Side::BOTH {
            self.optional(key.ids.get(side).as_deref());
        }
    }

    pub(super) fn asked(&mut self, asked: &IndexSet<String>) {
        self.count(asked.len());
        for one in asked {
            self.text(one);
        }
    }

    pub(super) fn parked(&mut self, parked: &BTreeSet<(u8, String)>) {
        self.count(parked.len());
        for (kind, id) in parked {
            self.byte(*kind);
            self.text(id);
        }
    }

    pub(super) fn count(&mut self, count: usize) {
        self.0.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    pub(super) fn side(&mut self, side: Side) {
        self.flag(side == Side::B);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn texts(&mut self, texts: &[String]) {
        self.count(texts.len());
        for text in texts {
            self.text(text);
        }
    }

    fn instant(&mut self, instant: Option<Instant>) {
        self.flag(instant.is_some());
        if let Some(instant) = instant {
            self.0.extend(instant.timestamp().to_le_bytes());
            self.0.extend(instant.timestamp_subsec_nanos().to_le_bytes());
        }
    }

    pub(super) fn swings(&mut self, swings: &[Swing]) {
        self.count(swings.len());
        for swing in swings {
            self.swing(swing);
        }
    }

    pub(crate) fn swing(&mut self, swing: &Swing) {
        self.0.extend([swing.group, swing.count]);
        self.number(swing.run);
        self.base(swing.from);
        self.base(swing.to);
    }

    fn number(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    pub(crate) fn base(&mut self, base: Base) {
        let alike = base.a.is_some() && base.a == base.b;
        let flags = u8::from(base.a.is_some()) | u8::from(base.b.is_some()) << 1;
        self.0.push(flags | u8::from(alike) << 2);
        let second = if alike { None } else { base.b };
        for print in [base.a, second].into_iter().flatten() {
            self.0.extend(print.to_le_bytes());
        }
    }
}

/// Reads the parts of the stored form; every part takes at least a byte.
#[derive(Clone)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// What was not read yet.
    #[inline]
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(crate) fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u64::from_le_bytes(self.take()?)).ok()?;
        self.slice(length)
    }

    #[inline]
    pub(crate) fn size(&mut self) -> Option<usize> {
        if let Some((byte, rest)) = self.0.split_first().filter(|(byte, _)| **byte < 0x80) {
            self.0 = rest;
            return Some(usize::from(*byte));
        }
        self.long_size()
    }

    fn long_size(&mut self) -> Option<usize> {
        let mut size = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            size |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(size);
            }
        }
        None
    }

    #[inline]
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn retry(&mut self) -> Option<Retry> {
        let number = u32::from_le_bytes(self.take()?);
        let (attempts, held) = (number & !HELD, number & HELD != 0);
        Some(Retry { attempts, since: self.instant()??, held })
    }

    pub(super) fn attempt_key(&mut self) -> Option<AttemptKey> {
        let kind = self.byte()?;
        Some(AttemptKey { kind, target: self.side()?, side: self.side()?, id: self.text()? })
    }

    pub(super) fn attempt(&mut self) -> Option<Attempt> {
        let (removes, scope, other) = (self.flag()?, self.print()?, self.optional()?);
        let groups = self.list(|input| {
            let group = input.byte()?;
            let BySide { a, b } = input.base()?;
            Some(AskedGroup { group, asked: a?, source: b, before: input.base()?.a })
        })?;
        let losses = self.list(|input| Some((input.text()?, input.code()?)))?;
        Some(Attempt { removes, scope, other, groups, losses })
    }

    pub(super) fn anomaly(&mut self) -> Option<OpenAnomaly> {
        let kind = self.byte()?;
        let ids = BySide::new(self.optional()?, self.optional()?);
        Some(OpenAnomaly { kind, ids, field: self.text()?, code: self.code()? })
    }

    pub(super) fn refusal_key(&mut self) -> Option<RefusalKey> {
        let kind = self.byte()?;
        Some(RefusalKey::new(kind, BySide::new(self.optional()?, self.optional()?)))
    }

    pub(super) fn refused(&mut self) -> Option<Refused> {
        let (side, reason) = (self.side()?, self.one_of(Reason::ALL)?);
        Some(Refused { blocked: self.flag()?, ..Refused::new(side, reason) })
    }

    pub(super) fn asked(&mut self) -> Option<IndexSet<String>> {
        Some(self.list(Self::text)?.into_iter().collect())
    }

    pub(super) fn parked(&mut self) -> Option<BTreeSet<(u8, String)>> {
        let parked = self.list(|input| Some((input.byte()?, input.text()?)))?;
        Some(parked.into_iter().collect())
    }

    /// One of a closed list, by its number.
    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(usize::from(self.byte()?)).copied()
    }

    fn code(&mut self) -> Option<AnomalyCode> {
        self.one_of(AnomalyCode::ALL)
    }

    #[inline]
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn side(&mut self) -> Option<Side> {
        Some(if self.flag()? { Side::B } else { Side::A })
    }

    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take()?)).ok()
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(head).ok().map(str::to_owned)
    }

    fn optional(&mut self) -> Option<Option<String>> {
        if self.flag()? { self.text().map(Some) } else { Some(None) }
    }

    /// Reads a list. Every element takes at least a byte, so a false count ends with the input.
    pub(super) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.count()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn instant(&mut self) -> Option<Option<Instant>> {
        if !self.flag()? {
            return Some(None);
        }
        let seconds = i64::from_le_bytes(self.take()?);
        let nanos = u32::from_le_bytes(self.take()?);
        DateTime::from_timestamp(seconds, nanos).map(Some)
    }

    pub(crate) fn print(&mut self) -> Option<Print> {
        self.take().and_then(Print::from_le_bytes)
    }

    #[inline]
    pub(crate) fn base(&mut self) -> Option<Base> {
        // Nearly all are the same on both sides.
        if let Some(([ALIKE_BASE, print @ ..], rest)) = self.0.split_first_chunk::<ALIKE_SIZE>() {
            self.0 = rest;
            let print = Some(Print::from_le_bytes(*print)?);
            return Some(BySide::new(print, print));
        }
        self.other_base()
    }

    fn other_base(&mut self) -> Option<Base> {
        let flags = self.byte()?;
        let (a, b, alike) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        if flags > 7 || alike && !(a && b) {
            return None;
        }
        let first = if a { Some(self.print()?) } else { None };
        let second = match (alike, b) {
            (true, _) => first,
            (false, true) => Some(self.print()?),
            (false, false) => None,
        };
        Some(BySide::new(first, second))
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(crate) fn swing(&mut self) -> Option<Swing> {
        let (group, count) = (self.byte()?, self.byte()?);
        let run = self.number()?;
        Some(Swing { group, from: self.base()?, to: self.base()?, count, run })
    }

    fn state(&mut self) -> Option<SyncState> {
        let profile = self.text()?;
        let systems = BySide::new(self.text()?, self.text()?);
        let key = StateKey(self.take()?);
        let mut state = SyncState::new(&profile, systems, key);
        state.fresh = self.flag()?;
        state.runs = self.number()?;
        state.scopes = BySide::new(self.optional()?, self.optional()?);
        state.watermark = self.instant()?;
        state.links = Links::read(self, &key)?;
        let retries = self.list(|input| {
            let key = (input.side()?, input.text()?);
            Some((key, input.retry()?))
        })?;
        state.retries = distinct(retries, |entry| entry)?;
        let attempts = self.list(|input| Some((input.attempt_key()?, input.attempt()?)))?;
        state.attempts = distinct(attempts, |entry| entry)?;
        let undecided = self.list(|input| {
            let kind = input.byte()?;
            let ids = BySide::new(input.list(Self::text)?, input.list(Self::text)?);
            Some(Undecided { kind, ids })
        })?;
        state.undecided = undecided.into_iter().collect::<BTreeSet<_>>();
        let anomalies = self.list(Self::anomaly)?;
        state.anomalies = anomalies.into_iter().collect();
        let refusals = self.list(|input| Some((input.refusal_key()?, input.refused()?)))?;
        state.refusals = distinct(refusals, |entry| entry)?;
        state.parked = self.parked()?;
        state.asked = self.asked()?;
        Some(state)
    }
}

/// A map of entries whose keys must be distinct.
fn distinct<T, K: Ord, V>(entries: Vec<T>, entry: impl Fn(T) -> (K, V)) -> Option<BTreeMap<K, V>> {
    let count = entries.len();
    let map: BTreeMap<K, V> = entries.into_iter().map(entry).collect();
    (map.len() == count).then_some(map)
}
