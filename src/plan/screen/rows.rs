//! What is noted of the rows of the links, in a few bytes each.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::snapshot::Coverage;

/// A set of rows.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn of(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)])
    }

    /// Every row.
    pub(super) fn all(rows: usize) -> Self {
        Self(vec![u64::MAX; rows.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(super) fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(super) fn add(&mut self, others: &Self) {
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            *word |= other;
        }
    }
}

/// Where a side's records stand, by the row of their link. A side that is listed completely meets nearly every
/// row, one that lists changes only a few.
pub(super) enum Places {
    Few(BTreeMap<usize, u32>),
    Many(Vec<u32>),
}

/// No place. The others count from one: what is all zero is had for nothing.
const NOWHERE: u32 = 0;

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

#[cold]
fn enter_few(
    places: &mut BTreeMap<usize, u32>,
    row: usize,
    records: Range<usize>,
) -> Option<usize> {
    let mut pairs = (row..).zip(records);
    pairs.find(|(row, at)| places.insert(*row, number(*at)).is_some()).map(|(_, at)| at)
}

impl Places {
    pub(super) fn of(coverage: Coverage, rows: usize) -> Self {
        match coverage {
            Coverage::Changes => Self::Few(BTreeMap::new()),
            Coverage::Full => Self::Many(vec![NOWHERE; rows]),
        }
    }

    pub(super) fn get(&self, row: usize) -> Option<usize> {
        let place = match self {
            Self::Few(places) => places.get(&row),
            Self::Many(places) => places.get(row),
        };
        place.and_then(|place| usize::try_from(place.checked_sub(1)?).ok())
    }

    /// Enters a record; says whether its row had one already.
    #[inline]
    pub(super) fn enter(&mut self, row: usize, at: usize) -> bool {
        match self {
            Self::Few(places) => enter_few(places, row, at..at + 1).is_some(),
            Self::Many(places) => places
                .get_mut(row)
                .is_some_and(|place| std::mem::replace(place, number(at)) != NOWHERE),
        }
    }

    /// Enters records of successive rows; gives the first one whose row had one already.
    #[inline]
    pub(super) fn enter_run(&mut self, row: usize, records: Range<usize>) -> Option<usize> {
        match self {
            Self::Few(places) => enter_few(places, row, records),
            Self::Many(places) => {
                let places = places.get_mut(row..row + records.len())?;
                // One look at the end of all of them: hardly ever is one taken.
                if places.iter().fold(NOWHERE, |all, place| all | place) != NOWHERE {
                    let taken = places.iter().position(|place| *place != NOWHERE);
                    return taken.map(|place| records.start + place);
                }
                for (place, at) in places.iter_mut().zip(number(records.start)..) {
                    *place = at;
                }
                None
            }
        }
    }

    /// The rows that have a record, where they are few.
    pub(super) fn few(&self) -> Option<impl Iterator<Item = usize> + '_> {
        match self {
            Self::Few(places) => Some(places.keys().copied()),
            Self::Many(_) => None,
        }
    }

    /// The rows that lack the record they must have: only a complete listing says so.
    pub(super) fn missing(&self, rows: &mut Bits) {
        let Self::Many(places) = self else { return };
        for (word, places) in rows.0.iter_mut().zip(places.chunks(64)) {
            if !places.contains(&NOWHERE) {
                continue;
            }
            for (bit, place) in places.iter().enumerate() {
                *word |= u64::from(*place == NOWHERE) << bit;
            }
        }
    }
}

impl Bits {
    /// The rows in it, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(|(place, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| place * 64 + bit)
        })
    }
}
