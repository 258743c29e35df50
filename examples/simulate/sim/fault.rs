//! What goes wrong in a run, of whatever profile.

use super::dice::Dice;

/// What has a name in messages and options.
pub(crate) trait Named: Copy + Ord + 'static {
    /// Every one of them.
    const ALL: &'static [Self];

    /// Its name.
    fn name(self) -> &'static str;
}

/// Declares an enumeration whose variants have names in messages and options.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $type { $($(#[$doc])* $variant,)* }

        impl $type {
            /// Every one of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in messages and options.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl Named for $type {
            const ALL: &'static [Self] = Self::ALL;

            fn name(self) -> &'static str {
                Self::name(self)
            }
        }
    };
}

pub(crate) use named;

named! {
    /// What goes wrong in a run.
    Fault {
        /// The process dies after a write.
        CrashAfter = "crash_after",
        /// The process dies before a write.
        CrashBefore = "crash_before",
        /// A lie: one side lists nothing of a kind, and says that this is everything.
        Emptied = "emptied",
        /// A write is not answered.
        LostAnswer = "lost_answer",
        /// The state was lost before the run.
        LostState = "lost_state",
        /// A person acts while the run is under way.
        MidRun = "mid_run",
        /// One side lists by another filter than usual, and says so.
        Narrow = "narrow",
        /// Nothing.
        None = "none",
        /// The run ends, and its state is not saved.
        NotSaved = "not_saved",
        /// A side refuses.
        Refuse = "refuse",
        /// A lie: one side lists a part of its records, and says that this is everything.
        Short = "short",
        /// A side says that the record has changed.
        Stale = "stale",
        /// The process dies, and what it appended to its journal is cut somewhere.
        Torn = "torn",
    }
}

impl Fault {
    /// Draws what goes wrong in a run. Where hosts may list a part only, no state is harmed: without one nobody
    /// could tell what is new.
    pub(crate) fn draw(dice: &mut Dice, is_partial: bool, is_on: impl Fn(&str) -> bool) -> Self {
        let fault = if dice.once_in(2) { Self::None } else { dice.pick(Self::ALL, Self::None) };
        let fits = if is_partial { !fault.harms_state() } else { !fault.is_partial() };
        if fits && is_on(fault.name()) { fault } else { Self::None }
    }

    /// Whether the next run completes what this one left undone, to the same end.
    pub(crate) const fn is_completed(self) -> bool {
        matches!(
            self,
            Self::CrashAfter | Self::CrashBefore | Self::LostAnswer | Self::Refuse | Self::Stale
        )
    }

    /// Whether a state is older than what was written, or gone.
    pub(crate) const fn harms_state(self) -> bool {
        matches!(self, Self::LostState | Self::NotSaved | Self::Torn)
    }

    /// Whether a side does not list everything.
    pub(crate) const fn is_partial(self) -> bool {
        matches!(self, Self::Emptied | Self::Narrow | Self::Short)
    }
}
