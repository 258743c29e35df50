//! Draws what happens in a world, of whatever profile.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::driver::Step;
use super::fault::{Fault, Named};

/// Draws what happens, of what is not left out.
pub(crate) struct Author<'w> {
    pub(crate) dice: &'w mut Dice,
    without: &'w [String],
    /// How many mailboxes or integrations there are.
    pub(crate) places: usize,
    /// Whether hosts may list a part only. Without a state nobody can tell then what is new.
    pub(crate) is_partial: bool,
}

impl<'w> Author<'w> {
    pub(crate) const fn new(
        dice: &'w mut Dice,
        without: &'w [String],
        (places, is_partial): (usize, bool),
    ) -> Self {
        Self { dice, without, places, is_partial }
    }

    /// Whether a name is not left out.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        is_on(self.without, name)
    }

    /// What is unusual about the whole world: each of it once in so many worlds.
    pub(crate) fn traits<T: Named>(&mut self, seldom: impl Fn(T) -> usize) -> BTreeSet<T> {
        let mut traits = BTreeSet::new();
        for one in T::ALL {
            if self.dice.once_in(seldom(*one)) && self.is_on(one.name()) {
                traits.insert(*one);
            }
        }
        traits
    }

    /// What goes wrong in a run.
    pub(crate) fn fault(&mut self) -> Fault {
        let without = self.without;
        Fault::draw(self.dice, self.is_partial, |name| is_on(without, name))
    }

    /// Rounds of some acts, two and fewer than `more` beyond them, and of a run in nearly every place.
    pub(crate) fn steps<A, R>(
        &mut self,
        more: usize,
        act: impl Fn(&mut Self, bool) -> A,
        run: impl Fn(&mut Self, usize) -> R,
    ) -> Vec<Step<A, R>> {
        let mut steps = Vec::new();
        for round in 0..2 + self.dice.roll(5) {
            for _ in 0..2 + self.dice.roll(more) {
                steps.push(Step::Act(act(self, round == 0)));
            }
            for place in 0..self.places {
                if round == 0 || !self.dice.once_in(5) {
                    steps.push(Step::Run(run(self, place)));
                }
            }
        }
        steps
    }
}

fn is_on(without: &[String], name: &str) -> bool {
    !without.iter().any(|one| one == name)
}

/// The names of everything but some.
pub(crate) fn names<T: Named>(but: &[T]) -> impl Iterator<Item = &'static str> {
    T::ALL.iter().filter(|one| !but.contains(one)).map(|one| one.name())
}
