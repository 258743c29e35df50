//! What of a link tells that nothing happened to a side's record, laid out to be looked at rather than read.

use super::packed::Head;
use crate::model::{Instant, Side, same_bytes};

/// How long an id may be to stand in a line.
const ROOM: usize = 47;

/// The length of an id that is longer.
const LONG: u8 = u8::MAX;

/// A side's part of a link, in one line of memory: where a million links are looked at in any order, each look costs
/// the wait for as many lines as it needs.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Line {
    /// The stamp of the side's record when everything was last agreed.
    pub(crate) seen: Option<Instant>,
    pub(crate) condition: Condition,
    length: u8,
    id: [u8; ROOM],
}

/// The kind of a link, whether anything but agreement is on record of it, and the place of its scopes in the table: in
/// one number, for all of it is compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Condition(u32);

impl Condition {
    /// Of a link of a kind that is live, of which every group is agreed, and whose records were last listed in scopes with
    /// a place in the table.
    pub(crate) const fn plain(kind: u8, scopes: u16) -> Self {
        Self((scopes as u32) << 16 | kind as u32)
    }

    /// Of no link.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// The kind.
    pub(crate) const fn kind(self) -> u8 {
        self.0.to_le_bytes()[0]
    }
}

impl Line {
    /// A side's part of a link.
    pub(super) fn of(head: &Head<'_>, side: Side, seen: Option<Instant>) -> Self {
        let plain = Condition::plain(head.kind, head.scopes());
        let condition = if head.is_plain() { plain } else { Condition(plain.0 | 1 << 8) };
        let mut line = Self { seen, condition, length: LONG, id: [0; ROOM] };
        let id = *head.ids.get(side);
        if let (Some(place), Ok(length)) = (line.id.get_mut(..id.len()), u8::try_from(id.len())) {
            place.copy_from_slice(id);
            line.length = length;
        }
        line
    }

    /// Whether the side's record has an id; `None` where that is too long to stand here.
    #[inline]
    pub(crate) fn names(&self, id: &[u8]) -> Option<bool> {
        let own = self.id.get(..id.len())?;
        Some(usize::from(self.length) == id.len() && same_bytes(own, id))
    }
}

#[cfg(test)]
mod tests {
    use super::ROOM;
    use crate::model::{BySide, Side};
    use crate::snapshot::{Link, LinkStatus, Links, StateKey};

    /// Of whatever length an id is, its row is found, and no other one's; that it does not stand in the line makes no
    /// difference.
    #[test]
    fn a_row_is_found_by_an_id_of_any_length() {
        let id = |side: char, length: usize| side.to_string().repeat(length);
        let mut links = Links::new(&StateKey([7; 16]));
        for length in 1..2 * ROOM {
            let link = Link {
                status: LinkStatus::Live,
                ids: BySide::new(id('a', length), id('b', length)),
                seen: BySide::default(),
                private: false,
                gone: BySide::default(),
                listed: BySide::default(),
                base: Vec::new(),
                swings: Vec::new(),
                facts: Vec::new(),
                digests: BySide::default(),
            };
            links.insert((1, id('b', length)), link);
        }
        links.pack();
        for (side, letter) in [(Side::A, 'a'), (Side::B, 'b')] {
            let finder = links.finder(side).unwrap();
            for length in 1..2 * ROOM {
                let own = id(letter, length);
                let row = links.row(side, &own, |_| true).unwrap();
                assert!(finder.names(row, &own), "{own}");
                let in_line = finder.line(row).unwrap().names(own.as_bytes());
                assert_eq!(in_line, (length <= ROOM).then_some(true), "{own}");
                let mut other = own.clone();
                other.replace_range(length / 2..=length / 2, "x");
                for other in [other, id(letter, length + 1), id('x', length)] {
                    assert!(!finder.names(row, &other), "{other}");
                    assert_eq!(
                        links.row(side, &other, |_| true).is_some(),
                        other.len() != length && other.len() < 2 * ROOM,
                        "{other}"
                    );
                }
            }
        }
    }
}
