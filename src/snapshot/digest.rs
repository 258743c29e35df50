//! Digests of whole records.
//!
//! Where no stamp proves that a record is as it was, its content decides (D2). What changed is told by the fingerprints of its
//! groups; that nothing did is told at two fifths of their cost by one digest of the whole record, which is kept beside them
//! where it showed just what they say. An equal digest says no more than that the record is the same one, field by field;
//! another one, or none, says nothing, and the fingerprints decide.
//!
//! A digest is NH, the hash of pairs of words in UMAC (RFC 4418), with secret words made by SipHash-1-3 of the state's key and of
//! who is looking; its sum is hashed once more by SipHash-1-3 with that key. Two records that differ, whatever is in
//! them, have the same digest by chance alone: once in 2^59 or less often, each time a record changed and is looked at.
//! Whoever writes a record knows neither key nor digest, and cannot aim at one. The function belongs to format version 2 of the state.

use std::hash::Hasher as _;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use serde::Serialize;
use siphasher::sip::SipHasher13;

use super::{Print, StateKey};
use crate::model::{BySide, Instant, Text, hash_of};
use crate::schema::Kind;

/// How many pairs of words are summed up before the sum is hashed.
const PAGE: usize = 64;

/// A pair of words.
type Pair = [u64; 2];

/// What tells every field of itself.
pub trait Raw {
    /// The names and types of its fields and theirs, hashed: what is laid out otherwise has another digest.
    const LAYOUT: u64;

    /// Tells every field, in an order that is the same each time.
    fn tell(&self, out: &mut Digester);
}

/// Makes digests of records, one after the other.
///
/// ```
/// use counterpart::profiles::outlook_x3::{Contact, Kind};
/// use counterpart::snapshot::{Digester, StateKey};
///
/// let mut digester = Digester::new(&StateKey([7; 16]), &"whoever is looking");
/// let mut contact = Contact::default();
/// let before = digester.of(Kind::Contact, &contact);
/// contact.home.city = "Lyon".into();
/// assert_ne!(digester.of(Kind::Contact, &contact), before);
/// ```
#[derive(Clone)]
pub struct Digester {
    key: SipHasher13,
    secrets: Box<[Pair; PAGE]>,
    sum: u128,
    /// How many pairs are in the sum.
    pairs: usize,
    /// The number of the field that is told.
    field: u64,
}

impl std::fmt::Debug for Digester {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Digester(…)")
    }
}

impl Digester {
    /// The bits of a digest: those of two fill fifteen bytes.
    const BITS: u64 = u64::MAX >> 4;

    /// A digester with the key of a state, for what one viewer is shown: to another one a record may show something else.
    pub fn new(key: &StateKey, viewer: &impl Serialize) -> Self {
        let [first, second] = hash_of(viewer);
        let key = SipHasher13::new_with_key(&key.0);
        let word = |number: usize| {
            let mut hasher = key;
            hasher.write(&first.to_le_bytes());
            hasher.write(&second.to_le_bytes());
            hasher.write(&(number as u64).to_le_bytes());
            hasher.finish()
        };
        let secrets = std::array::from_fn(|pair| [word(2 * pair), word(2 * pair + 1)]);
        Self { key, secrets: Box::new(secrets), sum: 0, pairs: 0, field: 0 }
    }

    /// The digest of a record that is one of a kind.
    pub fn of<K: Kind, R: Raw>(&mut self, kind: K, record: &R) -> Print {
        (self.sum, self.pairs, self.field) = (0, 0, 0);
        // A link without some of the groups is not that of a record that shows them.
        let groups = kind.groups().len() as u64;
        self.pair([groups << 8 | u64::from(kind.code()), R::LAYOUT]);
        record.tell(self);
        Print::new(self.hash() & Self::BITS)
    }

    fn hash(&self) -> u64 {
        let mut bytes = [0; 24];
        let (sum, pairs) = bytes.split_at_mut(16);
        sum.copy_from_slice(&self.sum.to_le_bytes());
        pairs.copy_from_slice(&(self.pairs as u64).to_le_bytes());
        self.key.hash(&bytes)
    }

    /// Begins another page: with the hash of those before.
    #[cold]
    fn turn(&mut self) {
        let before = self.hash();
        (self.sum, self.pairs) = (0, 0);
        self.pair([before, 0]);
    }

    #[inline]
    fn pair(&mut self, pair: Pair) {
        if self.pairs == PAGE {
            self.turn();
        }
        if let Some(secret) = self.secrets.get(self.pairs) {
            self.sum = self.sum.wrapping_add(product(secret, pair));
        }
        self.pairs += 1;
    }

    /// What a field begins with, which is told of every one that is not blank: its number, and how what follows is read.
    #[inline]
    const fn head(&self, tag: u64) -> u64 {
        self.field << 40 | tag
    }

    #[inline]
    const fn next(&mut self) {
        self.field += 1;
    }

    /// Tells bytes: how many, the last eight, and the others by eights, some of them twice.
    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        let head = self.head(bytes.len() as u64 + 1);
        // Most are few enough for two pairs.
        if bytes.len() > 24 {
            return self.long(head, bytes);
        }
        let secrets = self.secrets.get(self.pairs..).and_then(<[Pair]>::first_chunk);
        let Some([secret, next]) = secrets else { return self.overleaf(bytes) };
        let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
            self.sum = self.sum.wrapping_add(product(secret, [head, few(bytes)]));
            self.pairs += 1;
            return;
        };
        let between = bytes.get(8..16).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        let pairs = [[head, word(*last)], [word(*first), word(between)]];
        let [first, second] = [product(secret, pairs[0]), product(next, pairs[1])];
        self.sum = self.sum.wrapping_add(first).wrapping_add(second);
        self.pairs += 2;
    }

    /// The same on another page.
    #[cold]
    #[inline(never)]
    fn overleaf(&mut self, bytes: &[u8]) {
        self.turn();
        self.bytes(bytes);
    }

    /// The same of many bytes.
    #[inline(never)]
    fn long(&mut self, head: u64, bytes: &[u8]) {
        let mut sixteens = bytes.chunks_exact(16);
        let rest = sixteens.remainder().first_chunk();
        self.pair([head, bytes.last_chunk().copied().map_or(0, word)]);
        self.pair([rest.copied().map_or(0, word), 0]);
        while sixteens.len() > 0 {
            let (mut sum, left) = (self.sum, sixteens.len());
            // The secret word comes first: what there is none for is left.
            let secrets = self.secrets.get(self.pairs..).unwrap_or_default().iter();
            for (secret, sixteen) in secrets.zip(sixteens.by_ref()) {
                if let (Some(first), Some(last)) = (sixteen.first_chunk(), sixteen.last_chunk()) {
                    sum = sum.wrapping_add(product(secret, [word(*first), word(*last)]));
                }
            }
            self.sum = sum;
            self.pairs += left - sixteens.len();
            if sixteens.len() > 0 {
                self.turn();
            }
        }
    }

    /// Tells a text.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.next();
        if !text.is_empty() {
            self.bytes(text.as_bytes());
        }
    }

    /// Tells a text that may be missing.
    #[inline]
    pub fn code(&mut self, text: Option<&str>) {
        self.next();
        if let Some(text) = text {
            self.bytes(text.as_bytes());
        }
    }

    /// Tells a number.
    #[inline]
    pub fn number(&mut self, number: u64) {
        self.next();
        if number != 0 {
            self.pair([self.head(0), number]);
        }
    }

    /// Tells two numbers that may be missing together.
    #[inline]
    fn numbers(&mut self, numbers: Option<(u32, i64)>) {
        self.next();
        if let Some((one, other)) = numbers {
            self.pair([self.head(u64::from(one) + 1), word(other.to_le_bytes())]);
        }
    }
}

/// What digests take where they are known: those of both sides a byte less than two.
#[inline]
pub(super) const fn packed_size(known: BySide<bool>) -> usize {
    match (known.a, known.b) {
        (false, false) => 0,
        (true, true) => 15,
        (true, false) | (false, true) => 8,
    }
}

/// The digests that are known in so many of these bytes: side A's in the lower bits.
pub(super) fn pack(digests: BySide<Option<Print>>) -> [u8; 16] {
    let bits = |digest: Print| u128::from(Print::new(digest.get() & Digester::BITS).get());
    let all = match (digests.a.map(bits), digests.b.map(bits)) {
        (Some(a), Some(b)) => b << Digester::BITS.count_ones() | a,
        (one, other) => one.or(other).unwrap_or_default(),
    };
    all.to_le_bytes()
}

/// The digests that these bytes are of, if they are of any.
pub(super) fn unpack(packed: &[u8], known: BySide<bool>) -> Option<BySide<Option<Print>>> {
    let mut bytes = [0; 16];
    bytes.get_mut(..packed.len())?.copy_from_slice(packed);
    let all = u128::from_le_bytes(bytes);
    let print = |bits: u128| {
        let bits = u64::try_from(bits).ok().filter(|bits| *bits <= Digester::BITS);
        bits.and_then(Print::known).map(Some)
    };
    let (low, high) = (all & u128::from(Digester::BITS), all >> Digester::BITS.count_ones());
    Some(match (known.a, known.b) {
        (false, false) => BySide::default(),
        (true, false) => BySide::new(print(all)?, None),
        (false, true) => BySide::new(None, print(all)?),
        (true, true) => BySide::new(print(low)?, print(high)?),
    })
}

#[inline]
fn product([first, second]: &Pair, [one, other]: Pair) -> u128 {
    u128::from(one.wrapping_add(*first)) * u128::from(other.wrapping_add(*second))
}

#[inline]
const fn word(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

/// Fewer than eight bytes in one word, some of them twice.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// A name and a hash of what is named, hashed.
pub(crate) const fn layout(names: &str, parts: &[u64]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let (mut hash, mut names, mut parts) = (0xcbf2_9ce4_8422_2325, names.as_bytes(), parts);
    while let [byte, rest @ ..] = names {
        // Where a compiler sets blanks is its own affair.
        if *byte != b' ' {
            hash = (hash ^ *byte as u64).wrapping_mul(PRIME);
        }
        names = rest;
    }
    while let [part, rest @ ..] = parts {
        hash = (hash ^ *part).wrapping_mul(PRIME).rotate_left(23);
        parts = rest;
    }
    hash
}

/// Fields that are told by one word of the digester.
macro_rules! plain {
    ($($value:ty: |$one:ident, $out:ident| $tell:expr;)*) => {$(
        impl Raw for $value {
            const LAYOUT: u64 = 0;

            #[inline]
            fn tell(&self, $out: &mut Digester) {
                let $one = self;
                $tell;
            }
        }
    )*};
}

plain! {
    bool: |one, out| out.number(u64::from(*one));
    u32: |one, out| out.number(u64::from(*one));
    Option<bool>: |one, out| out.number(one.map_or(0, |one| u64::from(one) + 1));
    String: |one, out| out.text(one);
    Option<String>: |one, out| out.code(one.as_deref());
    Instant: |one, out| out.numbers(Some(instant(one)));
    Option<Instant>: |one, out| out.numbers(one.as_ref().map(instant));
    Option<NaiveDate>: |one, out| out.numbers(one.map(|one| (0, i64::from(chrono::Datelike::num_days_from_ce(&one)))));
    Option<NaiveTime>: |one, out| out.numbers(one.map(|one| (one.nanosecond(), i64::from(one.num_seconds_from_midnight()))));
    Option<NaiveDateTime>: |one, out| out.numbers(one.map(|one| instant(&one.and_utc())));
}

fn instant(one: &Instant) -> (u32, i64) {
    (one.timestamp_subsec_nanos(), one.timestamp())
}

impl Raw for Text {
    const LAYOUT: u64 = 0;

    #[inline]
    fn tell(&self, out: &mut Digester) {
        if let Some(text) = self.known() {
            return out.text(text);
        }
        out.next();
        out.pair([out.head(0), 0]);
    }
}

impl<T: Raw> Raw for Vec<T> {
    const LAYOUT: u64 = T::LAYOUT;

    fn tell(&self, out: &mut Digester) {
        out.number(self.len() as u64);
        for one in self {
            one.tell(out);
        }
    }
}

/// Declares that a record tells all of its fields; one that is left out is an error of the compiler.
macro_rules! raw {
    ($name:ident { $($field:ident: $type:ty,)* }) => {
        impl $crate::snapshot::Raw for $name {
            const LAYOUT: u64 = $crate::snapshot::layout(
                concat!(stringify!($name), $(",", stringify!($field), ":", stringify!($type),)*),
                &[$(<$type as $crate::snapshot::Raw>::LAYOUT),*],
            );

            fn tell(&self, out: &mut $crate::snapshot::Digester) {
                let Self { $($field),* } = self;
                $(<$type as $crate::snapshot::Raw>::tell($field, out);)*
            }
        }
    };
}
pub(crate) use raw;

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

    use super::{Digester, PAGE, Raw, pack, packed_size, unpack};
    use crate::model::{BySide, Text};
    use crate::profiles::outlook_x3::{Contact, Kind};
    use crate::snapshot::{Print, StateKey};

    fn digester() -> Digester {
        Digester::new(&StateKey([7; 16]), &"REP01")
    }

    fn of(record: &impl Raw) -> Print {
        digester().of(Kind::Contact, record)
    }

    /// One thing a record tells.
    #[derive(Clone, Debug, PartialEq)]
    enum Told {
        Text(Text),
        Code(Option<String>),
        Number(u32),
        Yes(Option<bool>),
        List(Vec<String>),
    }

    /// Records that are told apart by their sorts of fields as well.
    impl Raw for Vec<Told> {
        const LAYOUT: u64 = 1;

        fn tell(&self, out: &mut Digester) {
            for told in self {
                match told {
                    Told::Text(text) => text.tell(out),
                    Told::Code(code) => code.tell(out),
                    Told::Number(number) => number.tell(out),
                    Told::Yes(yes) => yes.tell(out),
                    Told::List(list) => list.tell(out),
                }
            }
        }
    }

    /// Two records with the same sorts of fields, alike in most of them.
    fn records() -> impl Strategy<Value = (Vec<Told>, Vec<Told>)> {
        let text = || "[ab]{0,3}|[ab]{0,60}";
        let told = prop_oneof![
            (text(), text())
                .prop_map(|(one, two)| (Told::Text(one.into()), Told::Text(two.into()))),
            text().prop_map(|one| (Told::Text(Text::UNREADABLE), Told::Text(one.into()))),
            prop::option::of(text()).prop_map(|one| (Told::Code(one), Told::Code(None))),
            (0..3u32, 0..3u32).prop_map(|(one, two)| (Told::Number(one), Told::Number(two))),
            any::<Option<bool>>().prop_map(|one| (Told::Yes(one), Told::Yes(None))),
            (prop::collection::vec(text(), 0..4), prop::collection::vec(text(), 0..4))
                .prop_map(|(one, two)| (Told::List(one), Told::List(two))),
        ];
        let told = (told, prop::bool::weighted(0.2));
        let told = told.prop_map(|((one, two), apart)| {
            let two = if apart { two } else { one.clone() };
            (one, two)
        });
        prop::collection::vec(told, 0..40).prop_map(|told| told.into_iter().unzip())
    }

    proptest! {
        #[test]
        fn equal_records_alone_have_equal_digests((one, two) in records()) {
            assert_eq!(of(&one) == of(&two), one == two, "{one:?} {two:?}");
        }
    }

    /// Of a text of any length, on any place of a page, each byte counts, and so does the length.
    #[test]
    fn every_byte_is_told() {
        for before in [0, PAGE - 3, PAGE - 2, PAGE - 1, PAGE] {
            for length in 0..3 * 16 {
                let told = |text: &[u8]| {
                    let mut record = vec![Told::Number(1); before];
                    record.push(Told::Text(std::str::from_utf8(text).unwrap().into()));
                    of(&record)
                };
                let text = vec![b'x'; length];
                assert_ne!(told(&text), told(&[&text[..], b"x"].concat()), "{length}");
                for place in 0..length {
                    let mut other = text.clone();
                    other[place] = b'y';
                    assert_ne!(told(&text), told(&other), "{place} of {length} behind {before}");
                }
            }
        }
        let long = vec![b'x'; 40 * PAGE];
        let mut digests: Vec<Print> = (0..=long.len())
            .map(|place| {
                let mut text = long.clone();
                if let Some(byte) = text.get_mut(place) {
                    *byte = b'y';
                }
                of(&vec![Told::Text(String::from_utf8(text).unwrap().into())])
            })
            .collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), long.len() + 1);
    }

    /// On every platform and in every release of the same format.
    #[test]
    fn a_digest_is_the_same_for_ever() {
        assert_eq!(of(&Vec::<Told>::new()).get(), 1_010_354_769_782_177_096);
        let told = vec![
            Told::Text("Lyon".into()),
            Told::Number(7),
            Told::Code(Some("a longer text, of two lines".into())),
        ];
        assert_eq!(of(&told).get(), 582_598_447_830_141_129);
    }

    #[test]
    fn keys_viewers_and_kinds_have_digests_of_their_own() {
        let contact = Contact::default();
        let digest = |key: u8, viewer: &str, kind| {
            Digester::new(&StateKey([key; 16]), &viewer).of(kind, &contact)
        };
        let mut all = vec![
            digest(7, "REP01", Kind::Contact),
            digest(8, "REP01", Kind::Contact),
            digest(7, "REP02", Kind::Contact),
            digest(7, "REP01", Kind::Task),
            digest(7, "REP01", Kind::Call),
        ];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn packed_digests_are_unpacked() {
        let most = Some(Print::new(Digester::BITS));
        for one in [None, Some(Print::new(1)), most] {
            for two in [None, Some(Print::new(1)), most] {
                let digests = BySide::new(one, two);
                let known = digests.map(|digest| digest.is_some());
                let size = packed_size(known);
                assert_eq!(unpack(&pack(digests)[..size], known), Some(digests));
                if one.is_some() || two.is_some() {
                    assert_eq!(unpack(&[0; 15][..size], known), None, "there is no digest of zero");
                }
            }
        }
        assert_eq!(
            unpack(&[255; 8], BySide::new(true, false)),
            None,
            "more bits than a digest has"
        );
    }
}
