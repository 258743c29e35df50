//! The two systems, and a value for each of them.

use serde::{Deserialize, Serialize};

/// One of the two systems. A profile says which of its systems is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first system of the profile: the mailbox in `outlook_x3`, the ERP in `sage100`.
    A,
    /// The second system of the profile: the CRM in `outlook_x3` and in `sage100`.
    B,
}

impl Side {
    /// Both sides, in the order in which they are always visited.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The opposite side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// A value for each side.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct BySide<T> {
    /// The value for [`Side::A`].
    pub a: T,
    /// The value for [`Side::B`].
    pub b: T,
}

impl<T> BySide<T> {
    /// A value for each side.
    pub const fn new(a: T, b: T) -> Self {
        Self { a, b }
    }

    /// The value a function gives for each side.
    pub fn from_fn(mut value: impl FnMut(Side) -> T) -> Self {
        Self { a: value(Side::A), b: value(Side::B) }
    }

    /// The value of one side.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }

    /// The value of one side, to be changed.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }

    /// The same for each side's reference.
    pub const fn as_ref(&self) -> BySide<&T> {
        BySide { a: &self.a, b: &self.b }
    }

    /// Each side's value passed through a function.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> BySide<U> {
        BySide { a: change(self.a), b: change(self.b) }
    }
}
