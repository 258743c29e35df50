//! One settlement in the bytes it takes.

use chrono::DateTime;

use super::{Advance, AsLinked, Ending, Later, OpId, Settlement};
use crate::model::{BySide, Instant, Side};
use crate::snapshot::{AskedGroup, LinkStatus, Print, Reader, Writer};

/// Parts of a row that say yes or no.
const PRIVATE: u8 = 1;
const GONE: BySide<u8> = BySide::new(2, 4);
const BASE: u8 = 8;
const SHOWN: BySide<u8> = BySide::new(16, 32);
const FACTS: u8 = 64;
const DIGESTS: u8 = 128;

/// Whose key a link has.
const NO_KEY: u8 = 0;
const OWN_KEY: u8 = 1;
const OTHER_KEY: u8 = 2;

/// How a value is told that may be missing, or be the one told before.
const MISSING: u8 = 0;
const THERE: u8 = 1;
const ALIKE: u8 = 2;

/// What happens, and when: never, at once, with an operation, unless there is one.
const NEVER: u8 = 0;
const NOW: u8 = 1;
const WITH: u8 = 2;
const WITHOUT: u8 = 3;

/// How a row begins.
pub(super) struct Head<'a> {
    kind: u8,
    pub(super) ids: BySide<Option<&'a str>>,
    pub(super) ops: Vec<OpId>,
}

impl<'a> Head<'a> {
    pub(super) fn of(input: &mut Reader<'a>) -> Option<Self> {
        Some(Self { kind: input.byte()?, ids: ids(input)?, ops: read_ops(input)? })
    }
}

pub(super) fn write(out: &mut Writer, one: &Settlement) {
    out.byte(one.kind);
    for side in Side::BOTH {
        let id = one.ids.get(side).as_deref();
        out.size(id.map_or(0, |id| id.len() + 1));
        out.raw(id.unwrap_or_default().as_bytes());
    }
    ops(out, &one.ops);
    match &one.key {
        None => out.byte(NO_KEY),
        Some((kind, id)) if *kind == one.kind && one.ids.b.as_ref() == Some(id) => {
            out.byte(OWN_KEY);
        }
        Some((kind, id)) => {
            out.raw(&[OTHER_KEY, *kind]);
            text(out, id);
        }
    }
    let linked = &one.as_linked;
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let sides = |set: &BySide<bool>, flags: BySide<u8>| flag(set.a, flags.a) | flag(set.b, flags.b);
    let flags = flag(one.private, PRIVATE) | flag(linked.base, BASE) | flag(linked.facts, FACTS);
    let has_digests = one.digests != BySide::default();
    let flags = flags | flag(has_digests, DIGESTS);
    out.byte(flags | sides(&one.gone, GONE) | sides(&linked.shown, SHOWN));
    out.byte(one.status.number());
    out.size(one.run as usize);
    let mut scope = None;
    for side in Side::BOTH {
        maybe(out, *one.made.get(side));
        maybe(out, one.suffix.get(side).map(u32::from));
        list(out, linked.but.get(side), |out, (group, shown)| {
            out.byte(*group);
            print(out, *shown);
        });
        prints(out, one.shown.get(side));
        let seen = *one.seen.get(side);
        unlike(out, None, seen, moment);
        unlike(out, seen, *one.agreed.get(side), moment);
        // Both sides are mostly listed as a whole.
        for listed in [*one.listed.get(side), *one.born.get(side)] {
            unlike(out, scope, listed, |out, print| out.raw(&print.to_le_bytes()));
            scope = listed;
        }
    }
    for digest in [one.digests.a, one.digests.b].into_iter().filter(|_| has_digests) {
        print(out, digest);
    }
    list(out, &one.base, |out, base| out.base(*base));
    groups(out, &one.groups);
    ops(out, &one.beside);
    list(out, &one.asked, |out, (op, groups)| {
        out.size(*op as usize);
        list(out, groups, |out, group| {
            out.byte(group.group);
            print(out, Some(group.asked));
            print(out, group.source);
            print(out, group.before);
        });
    });
    list(out, &one.swings, Writer::swing);
    list(out, &one.held, |out, group| out.byte(*group));
    list(out, &one.facts, |out, fact| text(out, fact));
    ending(out, one.ending);
    out.flag(one.later.is_some());
    if let Some(later) = &one.later {
        ops(out, &later.after);
        out.flag(later.complete);
        let (op, place) = later.made.unzip();
        maybe(out, op);
        out.byte(place.unwrap_or_default());
        list(out, &later.facts, |out, fact| text(out, fact));
    }
}

fn ending(out: &mut Writer, ending: Option<Ending>) {
    match ending {
        None => out.byte(NEVER),
        Some(Ending::Now) => out.byte(NOW),
        Some(Ending::With(op)) => {
            out.byte(WITH);
            out.size(op as usize);
        }
        Some(Ending::Without(op)) => {
            out.byte(WITHOUT);
            out.size(op as usize);
        }
    }
}

pub(super) fn read(input: &mut Reader<'_>) -> Option<Settlement> {
    let Head { kind, ids, ops } = Head::of(input)?;
    let ids = ids.map(|id| id.map(str::to_owned));
    let key = match input.byte()? {
        NO_KEY => None,
        OWN_KEY => Some((kind, ids.b.clone()?)),
        _ => Some((input.byte()?, read_text(input)?)),
    };
    let flags = input.byte()?;
    let is_set = |flag: u8| flags & flag != 0;
    let mut one = Settlement::blank(kind, ids, 0);
    (one.key, one.ops) = (key, ops);
    one.private = is_set(PRIVATE);
    one.gone = GONE.map(is_set);
    one.status = LinkStatus::from_number(input.byte()?)?;
    one.run = number(input)?;
    let (mut but, mut scope) = (BySide::default(), None);
    for side in Side::BOTH {
        *one.made.get_mut(side) = read_maybe(input)?;
        *one.suffix.get_mut(side) = read_maybe(input)?.and_then(char::from_u32);
        *but.get_mut(side) = read_list(input, |input| Some((input.byte()?, read_print(input)?)))?;
        *one.shown.get_mut(side) = read_list(input, read_print)?;
        let seen = read_unlike(input, None, read_moment)?;
        *one.seen.get_mut(side) = seen;
        *one.agreed.get_mut(side) = read_unlike(input, seen, read_moment)?;
        for listed in [one.listed.get_mut(side), one.born.get_mut(side)] {
            scope = read_unlike(input, scope, Reader::print)?;
            *listed = scope;
        }
    }
    let (base, shown, facts) = (is_set(BASE), SHOWN.map(is_set), is_set(FACTS));
    one.as_linked = AsLinked { base, shown, but, facts };
    if is_set(DIGESTS) {
        one.digests = BySide::new(read_print(input)?, read_print(input)?);
    }
    one.base = read_list(input, Reader::base)?;
    one.groups = read_groups(input)?;
    one.beside = read_ops(input)?;
    one.asked = read_list(input, |input| {
        let op = number(input)?;
        let group = |input: &mut Reader<'_>| {
            let (group, asked) = (input.byte()?, read_print(input)??);
            Some(AskedGroup {
                group,
                asked,
                source: read_print(input)?,
                before: read_print(input)?,
            })
        };
        Some((op, read_list(input, group)?))
    })?;
    one.swings = read_list(input, Reader::swing)?;
    one.held = read_list(input, Reader::byte)?;
    one.facts = read_list(input, read_text)?;
    one.ending = match input.byte()? {
        NEVER => None,
        NOW => Some(Ending::Now),
        WITH => Some(Ending::With(number(input)?)),
        _ => Some(Ending::Without(number(input)?)),
    };
    if input.flag()? {
        let (after, complete) = (read_ops(input)?, input.flag()?);
        let (made, place) = (read_maybe(input)?, input.byte()?);
        let (made, facts) = (made.map(|op| (op, place)), read_list(input, read_text)?);
        one.later = Some(Box::new(Later { after, complete, made, facts }));
    }
    Some(one)
}

/// A list: how many, then each.
fn list<T>(out: &mut Writer, all: &[T], mut one: impl FnMut(&mut Writer, &T)) {
    out.size(all.len());
    for item in all {
        one(out, item);
    }
}

fn read_list<'a, T>(
    input: &mut Reader<'a>,
    mut one: impl FnMut(&mut Reader<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    (0..input.size()?).map(|_| one(input)).collect()
}

fn text(out: &mut Writer, text: &str) {
    out.size(text.len());
    out.raw(text.as_bytes());
}

fn read_text(input: &mut Reader<'_>) -> Option<String> {
    let length = input.size()?;
    input.slice(length).and_then(utf8).map(str::to_owned)
}

fn ids<'a>(input: &mut Reader<'a>) -> Option<BySide<Option<&'a str>>> {
    let mut id = || match input.size()? {
        0 => Some(None),
        length => input.slice(length - 1).and_then(utf8).map(Some),
    };
    Some(BySide::new(id()?, id()?))
}

fn utf8(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// A number that may be missing.
fn maybe(out: &mut Writer, number: Option<u32>) {
    out.size(number.map_or(0, |number| number as usize + 1));
}

fn read_maybe(input: &mut Reader<'_>) -> Option<Option<u32>> {
    let number = input.size()?.checked_sub(1).map(u32::try_from);
    number.transpose().ok()
}

/// Fingerprints that may be missing, all in one piece: they are most of what is written.
fn prints(out: &mut Writer, prints: &[Option<Print>]) {
    out.size(prints.len());
    let bytes = out.room(size_of_val(prints));
    for (bytes, print) in bytes.chunks_exact_mut(size_of::<Print>()).zip(prints) {
        bytes.copy_from_slice(&print.map_or([0; 8], Print::to_le_bytes));
    }
}

/// A fingerprint that may be missing: it is never zero.
fn print(out: &mut Writer, print: Option<Print>) {
    out.raw(&print.map_or([0; 8], Print::to_le_bytes));
}

fn read_print(input: &mut Reader<'_>) -> Option<Option<Print>> {
    input.take().map(Print::from_le_bytes)
}

fn moment(out: &mut Writer, moment: Instant) {
    out.raw(&moment.timestamp().to_le_bytes());
    out.size(moment.timestamp_subsec_nanos() as usize);
}

fn read_moment(input: &mut Reader<'_>) -> Option<Instant> {
    let seconds = i64::from_le_bytes(input.take()?);
    DateTime::from_timestamp(seconds, number(input)?)
}

/// A value that may be missing, and often is one that was told before.
fn unlike<T: Copy + PartialEq>(
    out: &mut Writer,
    told: Option<T>,
    value: Option<T>,
    one: impl Fn(&mut Writer, T),
) {
    match value {
        None => out.byte(MISSING),
        Some(_) if value == told => out.byte(ALIKE),
        Some(value) => {
            out.byte(THERE);
            one(out, value);
        }
    }
}

fn read_unlike<'a, T>(
    input: &mut Reader<'a>,
    told: Option<T>,
    one: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match input.byte()? {
        MISSING => Some(None),
        ALIKE => Some(told),
        _ => one(input).map(Some),
    }
}

/// When each group counts as agreed: neighbours that do so together once.
fn groups(out: &mut Writer, groups: &[Advance]) {
    for alike in groups.chunk_by(|one, next| one == next) {
        out.size(alike.len());
        match alike.first() {
            Some(Advance::With(op)) => {
                out.byte(WITH);
                out.size(*op as usize);
            }
            Some(Advance::Now) => out.byte(NOW),
            Some(Advance::Never) | None => out.byte(NEVER),
        }
    }
    out.size(0);
}

fn read_groups(input: &mut Reader<'_>) -> Option<Vec<Advance>> {
    let mut groups = Vec::new();
    loop {
        let count = input.size()?;
        if count == 0 {
            return Some(groups);
        }
        let advance = match input.byte()? {
            NEVER => Advance::Never,
            NOW => Advance::Now,
            _ => Advance::With(number(input)?),
        };
        groups.resize(groups.len() + count, advance);
    }
}

fn ops(out: &mut Writer, ops: &[OpId]) {
    list(out, ops, |out, op| out.size(*op as usize));
}

fn read_ops(input: &mut Reader<'_>) -> Option<Vec<OpId>> {
    read_list(input, number)
}

/// A number in as many bytes as it needs.
fn number(input: &mut Reader<'_>) -> Option<u32> {
    input.size().and_then(|number| u32::try_from(number).ok())
}
