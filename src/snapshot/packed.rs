//! Links in the form they are stored in: one after the other in one sequence of bytes, sorted by kind and by
//! side B's id, checked once when they are read.
//!
//! ```text
//! kind (u8) | flags (u16) | scopes (u16) | stamp A | stamp B | length A | length B | id B | id A
//!   | digests, if known | groups (u8) | their bases | facts | swings, if any
//! ```
//!
//! A stamp is the nanoseconds since 1970 (i64), the smallest number where there is none; stamps too far away for
//! that take twelve bytes each. A digest has sixty bits, and stands in eight bytes alone, those of both sides in fifteen,
//! side A's in the lower bits. Lengths take as many bytes as they need, seven bits in each. Where every
//! group shows alike on both sides, a base is one fingerprint. Scopes are few: their fingerprints stand in a table.

use std::ops::Range;

use chrono::DateTime;

use super::digest::{pack, packed_size, unpack};
use super::format::{ALIKE_BASE, ALIKE_SIZE, Reader, Writer};
use super::{Base, Link, LinkStatus, Print};
use crate::model::{BySide, Instant, Side};

const STATUS: u16 = 0b111;
const PRIVATE: u16 = 1 << 3;
const GONE_A: u16 = 1 << 4;
const GONE_B: u16 = 1 << 5;
const FAR: u16 = 1 << 6;
const ALIKE: u16 = 1 << 7;
const SWINGS: u16 = 1 << 8;
const PARTIAL: u16 = 1 << 9;
const DIGEST_A: u16 = 1 << 10;
const DIGEST_B: u16 = 1 << 11;
const KNOWN_FLAGS: u16 = (1 << 12) - 1;

/// Anything but a live link of which every group is agreed.
const ODD: u16 = STATUS | PRIVATE | GONE_A | GONE_B | SWINGS | PARTIAL;

/// What a row begins with.
const BEFORE_STAMPS: usize = 5;

/// No stamp.
const NO_STAMP: i64 = i64::MIN;

/// What both sides' records were last listed in.
type Scopes = BySide<Option<Print>>;

/// Both sides' stamps of the last agreement about everything.
type Stamps = BySide<Option<Instant>>;

/// Links, sorted and packed.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    scopes: Vec<Scopes>,
    bytes: Vec<u8>,
    /// Where each link begins.
    rows: Vec<usize>,
}

/// The beginning of a link: all that is needed to see that nothing happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) kind: u8,
    flags: u16,
    scopes: u16,
    stamps: BySide<i64>,
    pub(crate) ids: BySide<&'a [u8]>,
    /// The digests that are known.
    digests: &'a [u8],
    rest: &'a [u8],
}

/// A stamp as rows hold it.
fn stamp(instant: Instant) -> i64 {
    let second = instant.timestamp().checked_mul(1_000_000_000);
    let nanos = i64::from(instant.timestamp_subsec_nanos());
    second.and_then(|second| second.checked_add(nanos)).unwrap_or(NO_STAMP)
}

fn instant(stamp: i64) -> Option<Instant> {
    (stamp != NO_STAMP).then(|| DateTime::from_timestamp_nanos(stamp))
}

impl Head<'_> {
    /// Whether it is live, every group is agreed, and nothing is left over from earlier runs.
    pub(crate) const fn is_plain(&self) -> bool {
        self.flags & ODD == 0
    }

    /// Whether its item is out of the managed scope, and so nobody's counterpart (D19).
    pub(crate) fn is_asleep(&self) -> bool {
        status(self.flags) == Some(LinkStatus::Asleep)
    }

    /// The digest of a side's whole record, where it is known.
    pub(crate) fn digest(&self, side: Side) -> Option<Print> {
        if self.digests.is_empty() { None } else { *self.digests()?.get(side) }
    }

    /// The digests that are known, if they are any.
    fn digests(&self) -> Option<BySide<Option<Print>>> {
        unpack(self.digests, has_digests(self.flags))
    }

    /// The place of its scopes in the table.
    pub(crate) const fn scopes(&self) -> u16 {
        self.scopes
    }

    /// Whether a side's record showed just this when both were last agreed, and its facts, where the link keeps any and
    /// they are asked about, were these.
    pub(crate) fn showed(
        &self,
        side: Side,
        prints: &[Option<Print>],
        has_facts: Option<impl FnOnce(Kept<'_>) -> bool>,
    ) -> bool {
        let Some((groups, mut rest)) = self.rest.split_first() else { return false };
        if usize::from(*groups) != prints.len() {
            return false;
        }
        if self.flags & ALIKE != 0 {
            let Some((bases, facts)) = rest.split_at_checked(size_of_val(prints)) else {
                return false;
            };
            // All of them, and one look at the end: few differ, and so several are compared at once.
            let different = |(print, base): (&Option<Print>, &[u8])| {
                let base = base.first_chunk().map_or(0, |base| u64::from_le_bytes(*base));
                print.map_or(0, Print::get) ^ base
            };
            let bases = prints.iter().zip(bases.chunks_exact(size_of::<Print>()));
            let difference = bases.map(different).fold(0, |all, one| all | one);
            return difference == 0 && has_facts.is_none_or(|are| are_kept(facts, are));
        }
        for print in prints {
            if let Some(([ALIKE_BASE, base @ ..], behind)) = rest.split_first_chunk::<ALIKE_SIZE>()
            {
                if print.is_none_or(|print| print.to_le_bytes() != *base) {
                    return false;
                }
                rest = behind;
                continue;
            }
            let mut input = Reader::new(rest);
            let showed = input.base().and_then(|base| *base.get(side));
            rest = input.rest();
            if showed.is_none() || showed != *print {
                return false;
            }
        }
        has_facts.is_none_or(|are| are_kept(rest, are))
    }

    /// The codes and dates that rules need of a record that is not listed.
    pub(crate) fn facts(&self) -> Option<Vec<String>> {
        let mut input = Reader::new(self.rest);
        bases(&mut input, self.flags)?;
        facts(&mut input)
    }
}

impl Default for Packed {
    /// No links. The first place of the table means: not listed yet.
    fn default() -> Self {
        Self { scopes: vec![Scopes::default()], bytes: Vec::new(), rows: Vec::new() }
    }
}

impl Packed {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The place of a pair of scopes in the table, if any link has it.
    pub(crate) fn place_of_scopes(&self, scopes: &Scopes) -> Option<u16> {
        let place = self.scopes.iter().position(|one| one == scopes)?;
        u16::try_from(place).ok()
    }

    #[inline]
    pub(crate) fn head(&self, row: usize) -> Option<Head<'_>> {
        let bytes = self.bytes.get(*self.rows.get(row)?..)?;
        near_head(bytes).or_else(|| head(&mut Reader::new(bytes)))
    }

    /// The first bytes of the lines of memory in which most of a row is, mixed.
    pub(crate) fn first_bytes(&self, row: usize) -> u8 {
        let bytes = self.rows.get(row).and_then(|start| self.bytes.get(*start..));
        let byte = |place: usize| bytes.and_then(|bytes| bytes.get(place)).map_or(0, |byte| *byte);
        byte(0) ^ byte(64) ^ byte(128) ^ byte(192)
    }

    /// The stamps of a row.
    pub(crate) fn seen(&self, row: usize, head: &Head<'_>) -> Stamps {
        if head.flags & FAR == 0 {
            return head.stamps.map(instant);
        }
        let start = self.rows.get(row).and_then(|start| self.bytes.get(start + BEFORE_STAMPS..));
        start.and_then(|bytes| far(&mut Reader::new(bytes))).unwrap_or_default()
    }

    /// The row of a kind's record of side B, or where it would stand.
    pub(crate) fn row_of(&self, kind: u8, id: &str) -> Result<usize, usize> {
        let key = (kind, id.as_bytes());
        let mut size = self.rows.len();
        let mut left = 0;
        while size > 0 {
            let half = size / 2;
            let middle = left + half;
            let Some(head) = self.head(middle) else { return Err(middle) };
            match (head.kind, head.ids.b).cmp(&key) {
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Less => {
                    left = middle + 1;
                    size -= half + 1;
                }
                std::cmp::Ordering::Greater => size = half,
            }
        }
        Err(left)
    }

    /// The rows of each kind.
    pub(crate) fn kinds(&self) -> Vec<(u8, Range<usize>)> {
        let mut kinds: Vec<(u8, Range<usize>)> = Vec::new();
        let mut start = 0;
        while let Some(head) = self.head(start) {
            let behind = head.kind.checked_add(1).map(|next| self.row_of(next, ""));
            let end = behind.map_or(self.len(), |found| found.unwrap_or_else(|row| row));
            kinds.push((head.kind, start..end));
            if end <= start {
                break;
            }
            start = end;
        }
        kinds
    }

    pub(crate) fn link(&self, row: usize) -> Option<(u8, Link)> {
        self.link_seen(row, self.seen(row, &self.head(row)?))
    }

    /// The link of a row whose stamps are known.
    pub(crate) fn link_seen(&self, row: usize, seen: Stamps) -> Option<(u8, Link)> {
        let mut input = Reader::new(self.bytes.get(*self.rows.get(row)?..)?);
        link(&mut input, &self.scopes, seen)
    }

    /// Adds a link behind all others. The caller keeps the order.
    pub(crate) fn push(&mut self, kind: u8, link: &Link) {
        let scopes = self.scopes_of(link.listed);
        self.rows.push(self.bytes.len());
        let mut out = Writer::of(std::mem::take(&mut self.bytes));
        write(&mut out, kind, link, scopes);
        self.bytes = out.finish();
    }

    /// Adds a link of another sequence behind all others, as it is.
    pub(crate) fn push_row(&mut self, from: &Self, row: usize) {
        let Some(start) = from.rows.get(row) else { return };
        let end = from.rows.get(row + 1).copied().unwrap_or(from.bytes.len());
        let (Some(head), Some(bytes)) = (from.head(row), from.bytes.get(*start..end)) else {
            return;
        };
        let scopes = from.scopes.get(usize::from(head.scopes)).copied().unwrap_or_default();
        let scopes = self.scopes_of(scopes);
        let at = self.bytes.len();
        self.rows.push(at);
        self.bytes.extend(bytes);
        if let Some(place) = self.bytes.get_mut(at + 3..at + 5) {
            place.copy_from_slice(&scopes.to_le_bytes());
        }
    }

    fn scopes_of(&mut self, scopes: Scopes) -> u16 {
        let place = self.scopes.iter().position(|one| *one == scopes).unwrap_or(self.scopes.len());
        let Ok(number) = u16::try_from(place) else { return 0 };
        if place == self.scopes.len() {
            self.scopes.push(scopes);
        }
        number
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.count(self.scopes.len());
        for scopes in &self.scopes {
            out.base(*scopes);
        }
        out.count(self.rows.len());
        out.bytes(&self.bytes);
    }

    /// Reads links and checks every one of them: whole, in order, distinct.
    pub(crate) fn read(input: &mut Reader<'_>) -> Option<Self> {
        let scopes = input.list(Reader::base)?;
        let count = input.count()?;
        let bytes = input.bytes()?;
        let mut rest = Reader::new(bytes);
        let mut rows = Vec::new();
        let mut last: Option<(u8, &[u8])> = None;
        for _ in 0..count {
            rows.push(bytes.len() - rest.rest().len());
            let head = check(&mut rest, scopes.len())?;
            let key = (head.kind, head.ids.b);
            if last.is_some_and(|last| last >= key) {
                return None;
            }
            last = Some(key);
        }
        rest.is_at_end().then(|| Self { scopes, bytes: bytes.to_vec(), rows })
    }
}

/// What nearly every row begins with: near stamps and ids of less than 128 bytes.
#[inline]
fn near_head(bytes: &[u8]) -> Option<Head<'_>> {
    // Of one length: one check is enough for all of it.
    let (fixed, rest) = bytes.split_first_chunk::<23>()?;
    let [kind, f0, f1, s0, s1, stamps @ .., length_a, length_b] = fixed;
    let [a, b] = [stamps.first_chunk()?, stamps.last_chunk()?];
    let flags = u16::from_le_bytes([*f0, *f1]);
    if flags & FAR != 0 || (length_a | length_b) >= 0x80 {
        return None;
    }
    let (id_b, rest) = rest.split_at_checked(usize::from(*length_b))?;
    let (id_a, rest) = rest.split_at_checked(usize::from(*length_a))?;
    let (digests, rest) = rest.split_at_checked(packed_size(has_digests(flags)))?;
    Some(Head {
        kind: *kind,
        flags,
        scopes: u16::from_le_bytes([*s0, *s1]),
        stamps: BySide::new(i64::from_le_bytes(*a), i64::from_le_bytes(*b)),
        ids: BySide::new(id_a, id_b),
        digests,
        rest,
    })
}

const fn has_digests(flags: u16) -> BySide<bool> {
    BySide::new(flags & DIGEST_A != 0, flags & DIGEST_B != 0)
}

fn head<'a>(input: &mut Reader<'a>) -> Option<Head<'a>> {
    let [kind, f0, f1, s0, s1] = input.take()?;
    let (flags, scopes) = (u16::from_le_bytes([f0, f1]), u16::from_le_bytes([s0, s1]));
    let stamps = if flags & FAR == 0 {
        BySide::new(i64::from_le_bytes(input.take()?), i64::from_le_bytes(input.take()?))
    } else {
        input.slice(24)?;
        BySide::new(NO_STAMP, NO_STAMP)
    };
    let lengths = BySide::new(input.size()?, input.size()?);
    let (b, a) = (input.slice(lengths.b)?, input.slice(lengths.a)?);
    let ids = BySide::new(a, b);
    let digests = input.slice(packed_size(has_digests(flags)))?;
    Some(Head { kind, flags, scopes, stamps, ids, digests, rest: input.rest() })
}

/// Reads a link without keeping it.
fn check<'a>(input: &mut Reader<'a>, scopes: usize) -> Option<Head<'a>> {
    let mut again = Reader::new(input.rest());
    let head = head(input)?;
    let is_known = head.flags & !KNOWN_FLAGS == 0 && status(head.flags).is_some();
    if !is_known || usize::from(head.scopes) >= scopes || head.ids.a.is_empty() {
        return None;
    }
    std::str::from_utf8(head.ids.a).ok()?;
    std::str::from_utf8(head.ids.b).ok()?;
    if head.flags & FAR != 0 {
        again.slice(BEFORE_STAMPS)?;
        far(&mut again)?;
    }
    head.digests()?;
    skip_bases(input, head.flags)?;
    for _ in 0..input.size()? {
        let length = input.size()?;
        std::str::from_utf8(input.slice(length)?).ok()?;
    }
    if head.flags & SWINGS != 0 {
        input.list(Reader::swing)?;
    }
    Some(head)
}

fn link(input: &mut Reader<'_>, table: &[Scopes], seen: Stamps) -> Option<(u8, Link)> {
    let head = head(input)?;
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let base = bases(input, head.flags)?;
    let facts = facts(input)?;
    let swings = if head.flags & SWINGS == 0 { Vec::new() } else { input.list(Reader::swing)? };
    let link = Link {
        status: status(head.flags)?,
        ids: BySide::new(text(head.ids.a)?, text(head.ids.b)?),
        seen,
        private: head.flags & PRIVATE != 0,
        gone: BySide::new(head.flags & GONE_A != 0, head.flags & GONE_B != 0),
        listed: table.get(usize::from(head.scopes)).copied()?,
        base,
        swings,
        facts,
        digests: BySide::from_fn(|side| head.digest(side)),
    };
    Some((head.kind, link))
}

fn bases(input: &mut Reader<'_>, flags: u16) -> Option<Vec<Base>> {
    let groups = usize::from(input.byte()?);
    let mut bases = Vec::with_capacity(groups);
    if flags & ALIKE == 0 {
        for _ in 0..groups {
            bases.push(input.base()?);
        }
        return Some(bases);
    }
    // Of one length: one check is enough for all of them.
    let prints = input.slice(groups * size_of::<Print>())?;
    for print in prints.chunks_exact(size_of::<Print>()) {
        let print = Some(Print::from_le_bytes(*print.first_chunk()?)?);
        bases.push(BySide::new(print, print));
    }
    Some(bases)
}

/// The facts that a link keeps.
pub(crate) struct Kept<'a> {
    left: usize,
    input: Reader<'a>,
}

impl<'a> Iterator for Kept<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let length = self.input.size()?;
        self.input.slice(length)
    }
}

/// Whether no facts stand here, or those that are meant.
fn are_kept(kept: &[u8], are: impl FnOnce(Kept<'_>) -> bool) -> bool {
    let mut input = Reader::new(kept);
    let Some(left) = input.size() else { return false };
    left == 0 || are(Kept { left, input })
}

fn skip_bases(input: &mut Reader<'_>, flags: u16) -> Option<()> {
    for _ in 0..input.byte()? {
        if flags & ALIKE == 0 {
            input.base()?;
        } else {
            input.print()?;
        }
    }
    Some(())
}

fn facts(input: &mut Reader<'_>) -> Option<Vec<String>> {
    let count = input.size()?;
    // What a count promises is believed as far as there are bytes for it.
    let mut facts = Vec::with_capacity(count.min(input.rest().len()));
    for _ in 0..count {
        let length = input.size()?;
        facts.push(std::str::from_utf8(input.slice(length)?).ok()?.to_owned());
    }
    Some(facts)
}

fn far(input: &mut Reader<'_>) -> Option<BySide<Option<Instant>>> {
    let mut one = || {
        let seconds = i64::from_le_bytes(input.take()?);
        let nanos = u32::from_le_bytes(input.take()?);
        if seconds == NO_STAMP {
            return Some(None);
        }
        DateTime::from_timestamp(seconds, nanos).map(Some)
    };
    Some(BySide::new(one()?, one()?))
}

fn status(flags: u16) -> Option<LinkStatus> {
    u8::try_from(flags & STATUS).ok().and_then(LinkStatus::from_number)
}

fn write(out: &mut Writer, kind: u8, link: &Link, scopes: u16) {
    let near = |seen: Option<Instant>| {
        seen.map_or(Some(NO_STAMP), |seen| match stamp(seen) {
            NO_STAMP => None,
            stamp => Some(stamp),
        })
    };
    let stamps = near(link.seen.a).zip(near(link.seen.b));
    let alike = link.base.iter().all(|base| base.a.is_some() && base.a == base.b);
    let whole = link.base.iter().all(|base| base.a.is_some() && base.b.is_some());
    let flag = |is_set: bool, flag: u16| if is_set { flag } else { 0 };
    let flags = u16::from(link.status.number())
        | flag(link.private, PRIVATE)
        | flag(link.gone.a, GONE_A)
        | flag(link.gone.b, GONE_B)
        | flag(stamps.is_none(), FAR)
        | flag(alike, ALIKE)
        | flag(!whole, PARTIAL)
        | flag(!link.swings.is_empty(), SWINGS)
        | flag(link.digests.a.is_some(), DIGEST_A)
        | flag(link.digests.b.is_some(), DIGEST_B);
    out.byte(kind);
    out.raw(&flags.to_le_bytes());
    out.raw(&scopes.to_le_bytes());
    if let Some((a, b)) = stamps {
        out.raw(&a.to_le_bytes());
        out.raw(&b.to_le_bytes());
    } else {
        for seen in [link.seen.a, link.seen.b] {
            out.raw(&seen.map_or(NO_STAMP, |seen| seen.timestamp()).to_le_bytes());
            out.raw(&seen.map_or(0, |seen| seen.timestamp_subsec_nanos()).to_le_bytes());
        }
    }
    out.size(link.ids.a.len());
    out.size(link.ids.b.len());
    out.raw(link.ids.b.as_bytes());
    out.raw(link.ids.a.as_bytes());
    let has_digests = link.digests.map(|digest| digest.is_some());
    out.raw(pack(link.digests).get(..packed_size(has_digests)).unwrap_or_default());
    out.byte(u8::try_from(link.base.len()).unwrap_or(u8::MAX));
    for base in link.base.iter().take(usize::from(u8::MAX)) {
        match base.a.filter(|_| alike) {
            Some(print) => out.raw(&print.to_le_bytes()),
            None => out.base(*base),
        }
    }
    out.size(link.facts.len());
    for fact in &link.facts {
        out.size(fact.len());
        out.raw(fact.as_bytes());
    }
    if !link.swings.is_empty() {
        out.swings(&link.swings);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Packed};
    use crate::model::{BySide, Side};
    use crate::snapshot::{Base, Link, LinkStatus, Print};

    fn showed(base: &[Base], side: Side, prints: &[Option<Print>], fact: &str) -> bool {
        let link = Link {
            status: LinkStatus::Live,
            ids: BySide::new("item".to_owned(), "key".to_owned()),
            seen: BySide::default(),
            private: false,
            gone: BySide::default(),
            listed: BySide::default(),
            base: base.to_vec(),
            swings: Vec::new(),
            facts: vec!["fact".to_owned()],
            digests: BySide::default(),
        };
        let mut packed = Packed::default();
        packed.push(1, &link);
        let has_facts = |mut kept: Kept<'_>| kept.next() == Some(fact.as_bytes());
        packed.head(0).is_some_and(|head| head.showed(side, prints, Some(has_facts)))
    }

    /// Whether every base is alike on both sides or not, one other fingerprint in any place is seen, and so is one that
    /// is missing, and another fact.
    #[test]
    fn what_a_record_showed_is_known_by_every_fingerprint() {
        let print = |number: u64| Some(Print::new(number));
        let alike: Vec<Base> = (1..8).map(|at| BySide::new(print(at), print(at))).collect();
        let mut apart = alike.clone();
        apart[2].b = print(20);
        let mut partly = apart.clone();
        partly[4].a = None;
        for base in [alike, apart, partly] {
            for side in Side::BOTH {
                let prints: Vec<_> = base.iter().map(|base| *base.get(side)).collect();
                let is_whole = prints.iter().all(Option::is_some);
                assert_eq!(showed(&base, side, &prints, "fact"), is_whole);
                assert!(!showed(&base, side, &prints, "other"));
                assert!(!showed(&base, side, &prints[1..], "fact"));
                for at in 0..prints.len() {
                    for other in [None, print(99)] {
                        let mut prints = prints.clone();
                        prints[at] = other;
                        assert!(!showed(&base, side, &prints, "fact"), "{at} {other:?}");
                    }
                }
            }
        }
    }
}
