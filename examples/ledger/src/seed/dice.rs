//! Numbers that look like chance and are always the same.

/// A generator of numbers: `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> usize {
        usize::try_from(self.next() % limit.max(1)).unwrap_or_default()
    }

    /// Whether one case in so many is met.
    pub(crate) fn one_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }

    /// One of a few things.
    #[expect(clippy::indexing_slicing, reason = "the place lies below the number of things")]
    pub(crate) fn of<T: Copy, const N: usize>(&mut self, things: &[T; N]) -> T {
        things[self.below(N as u64)]
    }

    /// An amount below a limit, with cents.
    pub(crate) fn amount(&mut self, limit: u64) -> String {
        format!("{}.{:02}", self.below(limit), self.below(100))
    }

    /// A date of the last years.
    pub(crate) fn date(&mut self) -> String {
        format!("{}-{:02}-{:02}", 2008 + self.below(17), 1 + self.below(12), 1 + self.below(28))
    }
}
