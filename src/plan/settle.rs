//! What a pair's link becomes, once it is known which operations were done.

use serde::{Deserialize, Serialize};

use super::OpId;
use crate::model::{BySide, Instant, Side};
use crate::snapshot::{AskedGroup, Base, Link, LinkKey, LinkStatus, Print, Prints, Swing};

/// When a field group counts as agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Advance {
    /// Not in this run: a change waits or is in conflict.
    Never,
    /// At once: there is nothing to write.
    Now,
    /// Once this operation is done.
    With(OpId),
}

/// When a link goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// At once: both records are gone.
    Now,
    /// Once this operation is done.
    With(OpId),
    /// Unless this operation is done: it makes the records a pair, and until then there is no link.
    Without(OpId),
}

/// Facts that hold once several operations are done. Until then the pair is looked at again in each run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Later {
    /// The operations.
    pub after: Vec<OpId>,
    /// Whether nothing is left to do once they are done.
    pub complete: bool,
    /// The operation that makes a record whose id is a fact and is not known yet, and the place of that fact.
    pub made: Option<(OpId, u8)>,
    /// The facts.
    pub facts: Vec<String>,
}

/// What of a settlement is as the link has it, and so left out of a plan: the session fills it in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AsLinked {
    /// The base.
    pub base: bool,
    /// What each side shows: its part of the base.
    pub shown: BySide<bool>,
    /// The groups in which a side shows something else, and what that is.
    #[serde(default)]
    pub but: BySide<Vec<(u8, Option<Print>)>>,
    /// The facts.
    pub facts: bool,
}

/// What a pair's link becomes. It advances by acknowledgement only: what was not answered *done* leaves the
/// base as it was, and is planned again (A4.21); what was is not (A4.22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settlement {
    /// The kind's number.
    pub kind: u8,
    /// The link it had.
    pub key: Option<LinkKey>,
    /// The ids its records have.
    pub ids: BySide<Option<String>>,
    /// The operations that make the records it has not.
    pub made: BySide<Option<OpId>>,
    /// What stands behind the key that is made, where the record is a part of the one that is made.
    pub suffix: BySide<Option<char>>,
    /// Those of its operations that write other records than the pair's own: what they leave behind is no part of
    /// the link.
    pub beside: Vec<OpId>,
    /// What is left out because the link has it.
    #[serde(default)]
    pub as_linked: AsLinked,
    /// The base it had.
    pub base: Vec<Base>,
    /// What each side shows.
    pub shown: BySide<Prints>,
    /// The digest of each side's whole record, where it is kept.
    #[serde(default)]
    pub digests: BySide<Option<Print>>,
    /// When each group counts as agreed; a single word speaks of all of them.
    pub groups: Vec<Advance>,
    /// The stamps its records have.
    pub seen: BySide<Option<Instant>>,
    /// The stamps its records had when everything was agreed last.
    pub agreed: BySide<Option<Instant>>,
    /// Which side's record is gone.
    pub gone: BySide<bool>,
    /// The scope each side's record was last listed in.
    pub listed: BySide<Option<Print>>,
    /// The scope in which a record this run makes on a side counts as listed once it is read back.
    pub born: BySide<Option<Print>>,
    /// How its groups changed lately.
    pub swings: Vec<Swing>,
    /// The groups that are held because they go back and forth.
    pub held: Vec<u8>,
    /// The number of this run.
    pub run: u32,
    /// Every operation of the pair.
    pub ops: Vec<OpId>,
    /// What operations that write values leave behind if they are done as asked. Of a new record this may be empty: it
    /// is found out when the plan is executed.
    pub asked: Vec<(OpId, Vec<AskedGroup>)>,
    /// When the link goes.
    pub ending: Option<Ending>,
    /// What the link is from now on.
    pub status: LinkStatus,
    /// Whether the item is private.
    pub private: bool,
    /// What rules need of a record that is not listed.
    pub facts: Vec<String>,
    /// What takes the place of the facts once operations of other pairs are done as well; until then the facts stay,
    /// whatever the pair's own operations tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Box<Later>>,
}

/// What an operation that was done left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Done {
    /// The record's id on the side that was written.
    pub id: String,
    /// The fingerprints of the record as stored; `None` for a deletion.
    pub prints: Option<Prints>,
    /// The digest of the whole record as stored; `None` where it is not kept.
    #[serde(default)]
    pub digest: Option<Print>,
    /// The record's new stamp.
    pub modified: Option<Instant>,
    /// What rules need of a record of side B when it is not listed; `None` for a deletion.
    pub facts: Option<Vec<String>>,
}

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whether the link it had goes.
    pub(crate) remove: bool,
    /// The link from now on.
    pub(crate) link: Option<Link>,
    /// Whether something of the pair is left undone.
    pub(crate) retry: bool,
}

impl AsLinked {
    /// Makes it say that nothing is left out, in the memory it has.
    pub(super) fn clear(&mut self) {
        (self.base, self.shown, self.facts) = Default::default();
        for side in Side::BOTH {
            self.but.get_mut(side).clear();
        }
    }
}

impl Later {
    /// The facts, if all that they wait for is done.
    fn told<'d>(&self, done: impl Fn(OpId) -> Option<(Side, &'d Done)>) -> Option<Vec<String>> {
        let all = self.complete && self.after.iter().all(|op| done(*op).is_some());
        let mut facts = all.then(|| self.facts.clone())?;
        if let Some((op, place)) = self.made
            && let Some(fact) = facts.get_mut(usize::from(place))
        {
            fact.clone_from(&done(op)?.1.id);
        }
        Some(facts)
    }
}

impl Settlement {
    /// Works out the link from what was done so far. `done` gives the side an operation wrote and what it
    /// left behind.
    pub(crate) fn settle<'d>(&self, done: impl Fn(OpId) -> Option<(Side, &'d Done)>) -> Settled {
        let undone = self.ops.iter().any(|op| done(*op).is_none());
        let (ended, retry) = match self.ending {
            Some(Ending::Now) => (true, false),
            Some(Ending::With(op)) => (done(op).is_some(), false),
            Some(Ending::Without(op)) => (done(op).is_none(), true),
            None => (false, false),
        };
        if ended {
            return Settled { remove: true, link: None, retry };
        }
        let awaited = |side: Side| self.made.get(side).is_some_and(|op| done(op).is_none());
        if Side::BOTH.into_iter().any(awaited) {
            return Settled { remove: false, link: None, retry: true };
        }
        let id = |side: Side| {
            let made = self.made.get(side).and_then(&done);
            let made = made.map(|(_, done)| self.made_id(side, done));
            made.or_else(|| self.ids.get(side).clone())
        };
        let (Some(a), Some(b)) = (id(Side::A), id(Side::B)) else {
            return Settled { remove: false, link: None, retry: true };
        };
        let waits = self.later.as_ref().is_some_and(|later| later.told(&done).is_none());
        let (link, complete) = self.link(BySide::new(a, b), done);
        Settled { remove: true, link: Some(link), retry: undone || !complete || waits }
    }

    /// When a group counts as agreed.
    pub(crate) fn advance(&self, place: usize) -> Option<&Advance> {
        if let [every] = self.groups.as_slice() { Some(every) } else { self.groups.get(place) }
    }

    /// The id of the record that is made on a side, from what the operation left behind.
    pub(crate) fn made_id(&self, side: Side, done: &Done) -> String {
        let mut id = done.id.clone();
        id.extend(*self.suffix.get(side));
        id
    }

    /// Leaves out what the link has, and says once what is so of every group.
    pub(crate) fn fold(&mut self, link: Option<&Link>) {
        if self.groups.windows(2).all(|pair| pair.first() == pair.last()) {
            self.groups.truncate(1);
        }
        let Some(link) = link.filter(|link| self.base == link.base) else { return };
        self.as_linked.base = true;
        for side in Side::BOTH {
            let (shown, base) = (self.shown.get_mut(side), self.base.iter());
            if shown.len() != base.len() {
                continue;
            }
            let differs = shown
                .iter()
                .zip(base)
                .zip(0..)
                .filter(|((shown, base), _)| base.get(side) != *shown);
            let but = self.as_linked.but.get_mut(side);
            but.extend(differs.map(|((shown, _), group)| (group, *shown)));
            *self.as_linked.shown.get_mut(side) = true;
            shown.clear();
        }
        self.base.clear();
        if self.facts == link.facts {
            self.as_linked.facts = true;
            self.facts.clear();
        }
    }

    /// Fills in what was left out, from the link as it was when the plan was made.
    pub(crate) fn unfold(&mut self, places: usize, link: impl FnOnce(&LinkKey) -> Option<Link>) {
        if let [every] = self.groups.as_slice() {
            self.groups = vec![*every; places];
        }
        let AsLinked { base, shown, but, facts } = std::mem::take(&mut self.as_linked);
        let link = self.key.as_ref().filter(|_| base).and_then(link);
        let Some(link) = link else { return };
        for side in Side::BOTH.into_iter().filter(|side| *shown.get(*side)) {
            let mut prints: Prints = link.base.iter().map(|base| *base.get(side)).collect();
            for (group, print) in but.get(side) {
                if let Some(shown) = prints.get_mut(usize::from(*group)) {
                    *shown = *print;
                }
            }
            *self.shown.get_mut(side) = prints;
        }
        self.base = link.base;
        if facts {
            self.facts = link.facts;
        }
    }

    /// Which side's record is gone and was not made again.
    pub(crate) fn still_gone<'d>(
        &self,
        done: impl Fn(OpId) -> Option<(Side, &'d Done)>,
    ) -> BySide<bool> {
        BySide::from_fn(|side| {
            *self.gone.get(side) && self.made.get(side).and_then(&done).is_none()
        })
    }

    /// The link from now on, and whether everything is agreed.
    fn link<'d>(
        &self,
        ids: BySide<String>,
        done: impl Fn(OpId) -> Option<(Side, &'d Done)>,
    ) -> (Link, bool) {
        let (mut shown, mut seen, mut digests) = (self.shown.clone(), self.seen, self.digests);
        let mut facts = self.facts.clone();
        let own = self.ops.iter().filter(|op| !self.beside.contains(op));
        for (side, answer) in own.filter_map(|op| done(*op)) {
            if let Some(prints) = &answer.prints {
                shown.get_mut(side).clone_from(prints);
            }
            if let (Side::B, Some(stored), None) = (side, &answer.facts, &self.later) {
                // A record tells the first facts of its link; what follows is the rules' own.
                let kept = facts.split_off(stored.len().min(facts.len()));
                facts = stored.iter().cloned().chain(kept).collect();
            }
            *seen.get_mut(side) = answer.modified;
            let tells = side == Side::A || answer.facts.as_deref().unwrap_or_default() == facts;
            *digests.get_mut(side) = answer.digest.filter(|_| tells);
        }
        if let Some(later) = self.later.as_ref().and_then(|later| later.told(&done)) {
            (facts, digests.b) = (later, None);
        }
        let agreed = |advance: &Advance| match advance {
            Advance::Never => false,
            Advance::Now => true,
            Advance::With(op) => done(*op).is_some(),
        };
        let complete = self.groups.iter().all(agreed);
        let nothing = !self.groups.iter().any(agreed);
        let base = self.groups.iter().enumerate().map(|(place, advance)| {
            let old = self.base.get(place).copied().unwrap_or_default();
            if !agreed(advance) {
                return old;
            }
            let answer = match advance {
                // What is written beside the pair says nothing of what the pair shows.
                Advance::With(op) if !self.beside.contains(op) => {
                    done(*op).map(|(target, answer)| (*op, target, answer))
                }
                Advance::Never | Advance::Now | Advance::With(_) => None,
            };
            BySide::from_fn(|side| {
                let of = |prints: &Prints| prints.get(place).copied().flatten();
                match answer {
                    // Of what was written and not read back, what was sent is known.
                    Some((op, target, answer)) if target == side => {
                        let source = || of(self.shown.get(side.other()));
                        let sent = || self.asked_for(op, place).or_else(source);
                        answer.prints.as_ref().map_or_else(sent, of)
                    }
                    _ if self.made.get(side).is_some() => of(shown.get(side)),
                    // A copy that is made without a text that cannot be read gets it once it can.
                    _ if self.made.get(side.other()).is_some() => of(self.shown.get(side)),
                    // What could not be read when it was planned is not agreed by being read now.
                    _ if of(self.shown.get(side)).is_none() => *old.get(side),
                    _ => of(shown.get(side)).or_else(|| *old.get(side)),
                }
            })
        });
        let base: Vec<Base> = base.collect();
        for side in Side::BOTH {
            let digest = digests.get_mut(side);
            // A digest says that a record shows the base, no more and no less.
            *digest = digest.filter(|_| {
                let shown = shown.get(side);
                let is_shown = |(base, shown): (&Base, &Option<Print>)| {
                    shown.is_some() && base.get(side) == shown
                };
                shown.len() == base.len() && base.iter().zip(shown).all(is_shown)
            });
        }
        let seen = match (complete, nothing) {
            (true, _) => seen,
            (false, true) => self.agreed,
            (false, false) => BySide::default(),
        };
        let mut listed = self.listed;
        for side in Side::BOTH {
            if let Some((_, made)) = self.made.get(side).and_then(&done) {
                *listed.get_mut(side) = self.born.get(side).filter(|_| made.prints.is_some());
            }
        }
        let (status, private, gone) = (self.status, self.private, self.still_gone(&done));
        let swings = self.swings(&base);
        (Link { status, ids, seen, private, gone, listed, base, swings, facts, digests }, complete)
    }

    /// Notes what the target of an operation shows once it is done: see [`asked_of`](Self::asked_of).
    pub(crate) fn ask(&mut self, op: (OpId, Side), prints: &[Option<Print>]) {
        let groups = self.asked_of(op, prints);
        self.asked.reserve_exact(1);
        self.asked.push((op.0, groups));
    }

    /// What the target of an operation shows once it is done, if it stores the record with these fingerprints: in the
    /// groups that the operation carries, and in those that it changes beside them.
    pub(crate) fn asked_of(
        &self,
        (op, target): (OpId, Side),
        prints: &[Option<Print>],
    ) -> Vec<AskedGroup> {
        let shown = |side, place: usize| self.shown.get(side).get(place).copied().flatten();
        let asked = prints.iter().enumerate().filter_map(|(place, asked)| {
            let asked = (*asked)?;
            let before = self.base.get(place).and_then(|base| *base.get(target));
            let enters = match self.groups.get(place)? {
                Advance::With(carrier) => *carrier == op,
                Advance::Now => before != Some(asked),
                Advance::Never => false,
            };
            let (source, before) = (shown(target.other(), place), shown(target, place));
            let group = u8::try_from(place).ok().filter(|_| enters)?;
            Some(AskedGroup { group, asked, source, before })
        });
        asked.collect()
    }

    /// What the target of an operation shows in a group, if it stores the record as asked.
    fn asked_for(&self, op: OpId, place: usize) -> Option<Print> {
        let groups = self.asked.iter().filter(|(one, _)| *one == op).flat_map(|(_, groups)| groups);
        let mut groups = groups.filter(|one| usize::from(one.group) == place);
        groups.next().map(|one| one.asked)
    }

    /// How the groups changed in this run and the ones right before it (P-10).
    fn swings(&self, base: &[Base]) -> Vec<Swing> {
        let swings = base.iter().zip(&self.base).enumerate().filter_map(|(place, (to, from))| {
            let group = u8::try_from(place).ok()?;
            let last = self.swings.iter().find(|swing| swing.group == group);
            let last = last.filter(|swing| swing.run + 1 >= self.run);
            if self.held.contains(&group) {
                return last.map(|last| Swing { run: self.run, ..*last });
            }
            if to == from || *from == Base::default() {
                return last.copied();
            }
            let back = last.filter(|last| last.to == *from && last.from == *to);
            let count = back.map_or(1, |last| last.count.saturating_add(1));
            Some(Swing { group, from: *from, to: *to, count, run: self.run })
        });
        swings.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Advance, Settlement};
    use crate::model::BySide;
    use crate::snapshot::{Base, Link, Print};

    fn link(prints: &[u64]) -> Link {
        let base = |one: &u64| BySide::new(Some(Print::new(*one)), Some(Print::new(*one + 1)));
        Link {
            status: crate::snapshot::LinkStatus::Live,
            ids: BySide::new("a".to_owned(), "b".to_owned()),
            seen: BySide::default(),
            private: false,
            gone: BySide::default(),
            listed: BySide::default(),
            base: prints.iter().map(base).collect(),
            swings: Vec::new(),
            facts: vec!["fact".to_owned()],
            digests: BySide::default(),
        }
    }

    #[test]
    fn what_is_left_out_is_filled_in_again() {
        let link = link(&[10, 20, 30]);
        let key = (7, "b".to_owned());
        let plain = Settlement::of_link(key.clone(), &link, 3);
        let mut edited = plain.clone();
        edited.shown.a[1] = Some(Print::new(99));
        edited.groups[1] = Advance::With(5);
        let mut unread = plain.clone();
        unread.shown.b[2] = None;
        let mut other_base = plain.clone();
        other_base.base[0] = Base::default();
        let mut other_facts = plain.clone();
        other_facts.facts.clear();
        let mut unlooked = plain.clone();
        unlooked.shown = BySide::default();
        unlooked.groups.fill(Advance::Never);
        for whole in [plain, edited, unread, other_base, other_facts, unlooked] {
            let mut folded = whole.clone();
            folded.fold(Some(&link));
            assert_ne!(folded, whole);
            let every = whole.groups.iter().enumerate();
            for (place, advance) in every {
                assert_eq!(folded.advance(place), Some(advance));
            }
            folded.unfold(3, |wanted| (*wanted == key).then(|| link.clone()));
            assert_eq!(folded, whole);
        }
    }
}
