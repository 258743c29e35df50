//! Sets of field groups.

/// A set of field groups, by their places in [`Kind::groups`](crate::schema::Kind::groups).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places(u64);

impl Places {
    /// Every group: a kind has no more than 64.
    pub const ALL: Self = Self(u64::MAX);

    /// No group.
    pub const NONE: Self = Self(0);

    /// The set of one group.
    pub fn one(place: usize) -> Self {
        Self(u32::try_from(place).ok().and_then(|place| 1u64.checked_shl(place)).unwrap_or(0))
    }

    /// Whether a group is in the set.
    #[inline]
    pub const fn contains(self, place: usize) -> bool {
        place < u64::BITS as usize && self.0 >> place & 1 == 1
    }

    /// The groups of either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The groups of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The groups of the set that are not in the other one.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many groups are in the set.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no group is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The groups in the order of their places.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = u8::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left - 1;
            Some(place)
        })
    }

    /// Whether a group is in both sets.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl FromIterator<usize> for Places {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        places.into_iter().map(Self::one).fold(Self::NONE, Self::or)
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn a_set_holds_what_it_was_made_of() {
        let some: Places = [0, 5, 63, 64, 1000].into_iter().collect();
        let held: Vec<usize> = (0..2000).filter(|place| some.contains(*place)).collect();
        assert_eq!(held, [0, 5, 63]);
        assert!(some.meets(Places::one(5)) && !some.meets(Places::one(6)));
        assert!(!Places::NONE.meets(Places::ALL));
        assert!((0..64).all(|place| Places::ALL.contains(place)));
        assert_eq!(Places::one(3).or(Places::one(9)), [3, 9].into_iter().collect());
        assert_eq!(some.and(Places::one(5)), Places::one(5));
        assert_eq!(some.without(Places::one(5)), [0, 63].into_iter().collect());
        assert_eq!((some.len(), some.iter().collect::<Vec<u8>>()), (3, vec![0, 5, 63]));
        assert!(Places::NONE.is_empty() && !some.is_empty());
    }
}
