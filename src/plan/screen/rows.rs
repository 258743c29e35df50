//! What is noted of the rows of the links, in a few bytes each.

use std::collections::BTreeMap;

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

const NOWHERE: u32 = u32::MAX;

impl Places {
    pub(super) fn of(coverage: Coverage, rows: usize) -> Self {
        match coverage {
            Coverage::Changes => Self::Few(BTreeMap::new()),
            Coverage::Full => Self::Many(vec![NOWHERE; rows]),
        }
    }

    pub(super) fn get(&self, row: usize) -> Option<usize> {
        let place = match self {
            Self::Few(places) => places.get(&row).copied(),
            Self::Many(places) => places.get(row).copied().filter(|place| *place != NOWHERE),
        };
        place.and_then(|place| usize::try_from(place).ok())
    }

    /// Enters a record; says whether the row had one already.
    #[inline]
    pub(super) fn enter(&mut self, row: usize, at: usize) -> bool {
        let at = u32::try_from(at).unwrap_or(NOWHERE);
        match self {
            Self::Few(places) => places.insert(row, at).is_some(),
            Self::Many(places) => {
                places.get_mut(row).is_some_and(|place| std::mem::replace(place, at) != NOWHERE)
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
