//! The settlements of a plan, one behind the other in the bytes they take.
//!
//! A plan holds about one settlement for each operation, and most of what a [`Settlement`] could say none of them does: as
//! values they took three times the memory of the operations.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::row::{Head, read, write};
use super::{OpId, Settlement};
use crate::model::BySide;
use crate::snapshot::{Reader, Writer};

/// What becomes of links: a list of [`Settlement`]s that become values when they are looked at.
#[derive(Clone, Default)]
pub struct Settlements {
    rows: Vec<u8>,
    len: usize,
    /// The numbers of the operations that the rows name by their order of birth; none where they name the numbers.
    numbers: Vec<OpId>,
}

/// The settlements of a plan, one after the other.
#[derive(Clone)]
pub struct Rows<'a> {
    input: Reader<'a>,
    numbers: &'a [OpId],
}

impl Settlements {
    /// About what a settlement takes.
    const ROW: usize = 256;

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Each of them, in the order in which they were entered.
    pub fn iter(&self) -> Rows<'_> {
        Rows { input: Reader::new(&self.rows), numbers: &self.numbers }
    }

    /// Enters one more, as long as operations have no numbers yet.
    pub(crate) fn push(&mut self, one: &Settlement) {
        self.write(one);
        self.len += 1;
    }

    /// Changes those that have one of these operations; the others stay as they are written.
    pub(crate) fn change(
        &mut self,
        is_meant: impl Fn(OpId) -> bool,
        mut change: impl FnMut(&mut Settlement),
    ) {
        let rows = std::mem::take(&mut self.rows);
        self.rows.reserve(rows.len());
        let mut input = Reader::new(&rows);
        while let Some(row) = row(&mut input) {
            let head = Head::of(&mut Reader::new(row));
            let found = head.filter(|head| head.ops.iter().any(|op| is_meant(*op)));
            match found.and_then(|_| read(&mut Reader::new(row))) {
                Some(mut one) => {
                    change(&mut one);
                    self.write(&one);
                }
                None => self.keep(row),
            }
        }
    }

    fn write(&mut self, one: &Settlement) {
        let start = self.rows.len();
        self.rows.extend([0; LENGTH]);
        let mut out = Writer::of(std::mem::take(&mut self.rows));
        write(&mut out, one);
        self.rows = out.finish();
        let length = self.rows.len() - start - LENGTH;
        if let Some(place) = self.rows.get_mut(start..start + LENGTH) {
            place.copy_from_slice(&number_of(length).to_le_bytes());
        }
    }

    fn keep(&mut self, row: &[u8]) {
        self.rows.extend(number_of(row.len()).to_le_bytes());
        self.rows.extend_from_slice(row);
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.rows.reserve(count.saturating_mul(Self::ROW));
    }

    /// Gives operations, named by their order of birth so far, their numbers; nothing is entered any more.
    pub(crate) fn number(&mut self, numbers: Vec<OpId>) {
        self.numbers = numbers;
        self.rows.shrink_to_fit();
    }
}

impl<'a> Rows<'a> {
    /// Each with the ids its records have, which live as long as the list.
    pub(crate) fn with_ids(
        mut self,
    ) -> impl Iterator<Item = (Settlement, BySide<Option<&'a str>>)> {
        std::iter::from_fn(move || {
            let ids = Head::of(&mut Reader::new(row(&mut self.input.clone())?))?.ids;
            Some((self.next()?, ids))
        })
    }
}

impl Iterator for Rows<'_> {
    type Item = Settlement;

    fn next(&mut self) -> Option<Settlement> {
        let mut one = read(&mut Reader::new(row(&mut self.input)?))?;
        if !self.numbers.is_empty() {
            one.renumber(|birth| self.numbers.get(birth as usize).copied().unwrap_or_default());
        }
        Some(one)
    }
}

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> IntoIterator for &'a Settlements {
    type Item = Settlement;
    type IntoIter = Rows<'a>;

    fn into_iter(self) -> Rows<'a> {
        self.iter()
    }
}

impl FromIterator<Settlement> for Settlements {
    fn from_iter<I: IntoIterator<Item = Settlement>>(all: I) -> Self {
        let mut packed = Self::default();
        for one in all {
            packed.push(&one);
        }
        packed.rows.shrink_to_fit();
        packed
    }
}

impl PartialEq for Settlements {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other)
    }
}

impl Eq for Settlements {}

impl fmt::Debug for Settlements {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(out)
    }
}

impl Serialize for Settlements {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for Settlements {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Vec::<Settlement>::deserialize(input).map(|all| all.into_iter().collect())
    }
}

/// What the length of a row takes, in front of it.
const LENGTH: usize = size_of::<u32>();

/// A length as it is written: a row of four gigabytes does not exist.
fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The next row, without its length.
fn row<'a>(input: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(input.take()?);
    input.slice(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::super::{Advance, Ending, Later, Settlement};
    use super::Settlements;
    use crate::model::BySide;
    use crate::snapshot::{AskedGroup, Base, LinkStatus, Print, Swing};

    fn sparse() -> Settlement {
        Settlement::blank(3, BySide::new(None, Some("b".to_owned())), 2)
    }

    /// One in which everything is said.
    fn full() -> Settlement {
        let print = |number| Some(Print::new(number));
        let at = |text: &str| Some(text.parse().unwrap());
        let base = BySide::new(print(1), None);
        let mut one =
            Settlement::blank(7, BySide::new(Some(String::new()), Some("b".to_owned())), 0);
        one.key = Some((8, "other".to_owned()));
        one.made = BySide::new(Some(0), Some(70_000));
        one.suffix = BySide::new(Some('é'), None);
        one.beside = vec![2];
        one.as_linked.base = true;
        one.as_linked.shown.b = true;
        one.as_linked.but.b = vec![(4, None), (5, print(9))];
        one.base = vec![base, Base::default()];
        one.shown = BySide::new(vec![print(u64::MAX), None], vec![]);
        one.digests.b = print(11);
        one.groups = vec![Advance::Now, Advance::Now, Advance::With(300), Advance::Never];
        one.seen = BySide::new(at("1969-12-31T23:59:59.5Z"), at("2026-01-01T00:00:00Z"));
        one.agreed = BySide::new(one.seen.a, None);
        one.gone.b = true;
        one.listed = BySide::new(print(1), print(2));
        one.born = BySide::new(print(1), None);
        one.swings = vec![Swing { group: 1, from: base, to: Base::default(), count: 2, run: 3 }];
        one.held = vec![1, 2];
        one.run = u32::MAX;
        one.ops = vec![0, 300];
        let group = AskedGroup { group: 9, asked: Print::new(5), source: None, before: print(6) };
        one.asked = vec![(300, vec![group]), (0, vec![])];
        one.ending = Some(Ending::With(300));
        one.status = LinkStatus::Dismissed;
        one.private = true;
        one.facts = vec!["fact".to_owned(), String::new()];
        let facts = vec!["later".to_owned()];
        let later = Later { after: vec![1, 300], complete: true, made: Some((1, 1)), facts };
        one.later = Some(Box::new(later));
        one
    }

    #[test]
    fn what_is_entered_is_read() {
        let mut own_key = sparse();
        own_key.key = Some((3, "b".to_owned()));
        own_key.ending = Some(Ending::Now);
        own_key.as_linked.facts = true;
        let mut unpaired = sparse();
        unpaired.ending = Some(Ending::Without(300));
        let all = vec![full(), sparse(), own_key, unpaired];
        let mut packed: Settlements = all.clone().into_iter().collect();
        assert_eq!((packed.len(), packed.iter().collect::<Vec<_>>()), (4, all.clone()));
        let ids: Vec<_> = packed.iter().with_ids().map(|(_, ids)| ids).collect();
        assert_eq!(ids[..2], [BySide::new(Some(""), Some("b")), BySide::new(None, Some("b"))]);

        let json = serde_json::to_string(&packed).unwrap();
        assert_eq!(json, serde_json::to_string(&all).unwrap());
        assert_eq!(serde_json::from_str::<Settlements>(&json).unwrap(), packed);

        packed.change(|op| op == 300, |one| one.without(300));
        let mut less = all.clone();
        less[0].without(300);
        assert_ne!(less, all);
        assert_eq!(packed.iter().collect::<Vec<_>>(), less);
        packed = all.into_iter().collect();

        let mut again = full();
        again.restart(3, BySide::new(None, Some("b")), 2);
        assert_eq!(again, sparse());

        packed.number((0..301).map(|birth| birth + 1).collect());
        let named: Vec<_> = packed.iter().collect();
        assert_eq!((&named[0].ops, named[0].ending), (&vec![1, 301], Some(Ending::With(301))));
        assert_eq!(named[3].ending, Some(Ending::Without(301)));
    }
}
