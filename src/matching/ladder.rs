//! The first three steps of the ladder: link, stamped key, origin.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Found, KeyFinding, Pair, Presence};
use crate::model::{BySide, Side};
use crate::profile::{Entry, KindOf, Profile, Standing};
use crate::snapshot::{ById, Coverage, Link, Listing, Print, StateKey};

/// What matching works on: the records of one family of kinds, and the links of those kinds.
pub(crate) struct Ground<'a, P: Profile + ?Sized> {
    pub(crate) entries: BySide<Vec<&'a Entry<'a, P>>>,
    pub(crate) links: Vec<(KindOf<P>, &'a Link)>,
    pub(crate) listings: BySide<&'a Listing>,
    pub(crate) removed: BySide<BTreeSet<&'a str>>,
    /// What makes the places of ids in memory unpredictable.
    pub(crate) key: StateKey,
    /// The fingerprint of what each side's listing covers.
    pub(crate) scopes: BySide<Print>,
    /// Whether a side is listed in the scope of the last run.
    pub(crate) complete: BySide<bool>,
}

/// Pairs the records of a family. Every record and every link is in exactly one pair.
///
/// 1. Side A's items claim links by id, and then by the key they carry; in Exchange mode the key comes first,
///    as far as there is a link. Of several items with one key the linked one keeps it, else the oldest, else the one with the
///    smallest id (A3.7).
/// 2. An item with a key that no link knows claims the record under that key.
/// 3. A record of side B that no item claimed claims the item it was made from.
/// 4. What is left of the links lost its item; what is left of the records is new.
pub(crate) fn match_records<'a, P: Profile>(
    profile: &P,
    ground: Ground<'a, P>,
) -> Vec<Pair<'a, P>> {
    let mut ladder = Ladder::new(profile, ground);
    if profile.mark_first() {
        ladder.claim_by_mark(Step::LinksOnly);
    }
    ladder.claim_by_link();
    ladder.claim_by_mark(Step::Whole);
    ladder.claim_by_origin();
    ladder.finish()
}

#[derive(Clone, Copy)]
enum Claim {
    Link(usize),
    Record { at: usize, found: Found },
}

/// How far marks are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// To links. An item that has a link of its own keeps it, whatever other key it carries.
    LinksOnly,
    /// To records without a link as well.
    Whole,
}

/// All that is matched at a time is of one family.
const FAMILY: u8 = 0;

struct Ladder<'p, 'a, P: Profile> {
    profile: &'p P,
    ground: Ground<'a, P>,
    at_a: ById<'a, usize>,
    at_b: ById<'a, usize>,
    link_of_b: ById<'a, usize>,
    /// The records of side B that are made from an item of side A and have no link, by that item. Hardly ever is anything
    /// asked of them.
    made_from: OnceCell<BTreeMap<&'a str, Vec<&'a str>>>,
    /// The keys that several of side A's items carry, with these in the order of their ids.
    shared: BTreeMap<&'a str, Vec<usize>>,
    claims: Vec<Option<Claim>>,
    keys: Vec<KeyFinding>,
    claimed_links: Vec<bool>,
    claimed_b: Vec<bool>,
}

impl<'p, 'a, P: Profile> Ladder<'p, 'a, P> {
    fn new(profile: &'p P, ground: Ground<'a, P>) -> Self {
        let index = |entries: &[&'a Entry<'a, P>]| {
            let entries = entries.iter().enumerate().map(|(at, entry)| (FAMILY, entry.id, at));
            ById::of(&ground.key, entries)
        };
        let links = ground.links.iter().enumerate();
        let link_of_b = links.map(|(at, (_, link))| (FAMILY, link.ids.b.as_str(), at));
        let link_of_b = ById::of(&ground.key, link_of_b);
        Self {
            profile,
            made_from: OnceCell::new(),
            shared: BTreeMap::new(),
            at_a: index(&ground.entries.a),
            at_b: index(&ground.entries.b),
            link_of_b,
            claims: vec![None; ground.entries.a.len()],
            keys: vec![KeyFinding::Plain; ground.entries.a.len()],
            claimed_links: vec![false; ground.links.len()],
            claimed_b: vec![false; ground.entries.b.len()],
            ground,
        }
    }

    fn claim_link(&mut self, item: usize, link: usize) {
        if let (Some(claim), Some(taken), Some((_, one))) = (
            self.claims.get_mut(item),
            self.claimed_links.get_mut(link),
            self.ground.links.get(link),
        ) {
            *claim = Some(Claim::Link(link));
            *taken = true;
            if let Some(record) = self.at_b.get(FAMILY, one.ids.b.as_str()) {
                self.take_b(*record);
            }
        }
    }

    fn take_b(&mut self, at: usize) {
        if let Some(taken) = self.claimed_b.get_mut(at) {
            *taken = true;
        }
    }

    fn is_claimed(&self, item: usize) -> bool {
        self.claims.get(item).is_some_and(Option::is_some)
    }

    fn claim_by_link(&mut self) {
        for at in 0..self.ground.links.len() {
            let item = self
                .ground
                .links
                .get(at)
                .and_then(|(_, link)| self.at_a.get(FAMILY, link.ids.a.as_str()).copied());
            if let Some(item) = item
                && self.claimed_links.get(at) == Some(&false)
                && !self.is_claimed(item)
                && !self.is_left(item, at)
            {
                self.claim_link(item, at);
            }
        }
    }

    /// Whether the record of an item's link is gone, while the key that is known of the item without standing on it
    /// names another record, which nobody is linked with: the item follows its key (A7.8).
    fn is_left(&self, item: usize, link: usize) -> bool {
        let (Some(entry), Some((_, link))) =
            (self.ground.entries.a.get(item), self.ground.links.get(link))
        else {
            return false;
        };
        let is_free =
            |mark: &str| self.at_b.contains(FAMILY, mark) && !self.link_of_b.contains(FAMILY, mark);
        !entry.marked
            && entry.mark.is_some_and(is_free)
            && matches!(self.record_of(link), Presence::Gone)
    }

    fn claim_by_mark(&mut self, step: Step) {
        // Who is claimed under one key is not free under another: nearly all are claimed already.
        let mut free: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.ground.entries.a.iter().enumerate() {
            if let Some(mark) = entry.mark.filter(|_| !self.is_claimed(at)) {
                free.entry(mark).or_default().push(at);
            }
        }
        let links = self.ground.links.iter().filter(|_| step == Step::LinksOnly);
        let own: BTreeSet<&str> = links.map(|(_, link)| link.ids.a.as_str()).collect();
        for (mark, mut items) in free {
            if step == Step::LinksOnly {
                items.retain(|item| !self.is_linked_elsewhere(*item, mark, &own));
            }
            let link = self.link_of_b.get(FAMILY, mark).copied();
            let linked_id =
                link.and_then(|at| self.ground.links.get(at)).map(|(_, link)| link.ids.a.as_str());
            items.sort_by_key(|item| {
                self.ground.entries.a.get(*item).map(|entry| {
                    let is_linked = Some(entry.id) == linked_id;
                    (!is_linked, self.has_another(entry.id, mark), entry.created, entry.id)
                })
            });
            match (step, link, items.first()) {
                (Step::Whole, ..) => self.claim_key(mark, link, &items),
                (Step::LinksOnly, Some(link), Some(first)) if self.may_be_moved(link) => {
                    self.claim_link(*first, link);
                }
                (Step::LinksOnly, ..) => {}
            }
        }
    }

    /// Whether a record other than the one under a key was made from an item: an earlier run took it for a copy.
    fn has_another(&self, item: &str, key: &str) -> bool {
        let made_from = self.made_from.get_or_init(|| {
            let mut made_from: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
            let records = self.ground.entries.b.iter();
            for entry in records.filter(|one| !self.link_of_b.contains(FAMILY, one.id)) {
                if let Some(origin) = entry.mark {
                    made_from.entry(origin).or_default().push(entry.id);
                }
            }
            made_from
        });
        made_from.get(item).is_some_and(|made| made.iter().any(|one| *one != key))
    }

    /// Whether an item has a link of its own, to another record than its key names: a copy whose key was not
    /// replaced yet.
    fn is_linked_elsewhere(&self, item: usize, mark: &str, own: &BTreeSet<&str>) -> bool {
        let links = &self.ground.links;
        let Some(entry) = self.ground.entries.a.get(item) else { return false };
        let named = self.link_of_b.get(FAMILY, mark).and_then(|at| links.get(*at));
        own.contains(entry.id) && named.is_none_or(|(_, link)| link.ids.a != entry.id)
    }

    /// Gives a key to the first of its holders, and says of the others that they are copies (A3.6, A3.7).
    fn claim_key(&mut self, mark: &str, link: Option<usize>, items: &[usize]) {
        let mut copies = items;
        if let Some((first, rest)) = items.split_first() {
            let record = self.at_b.get(FAMILY, mark).copied();
            match (link, record) {
                (Some(link), _) if self.may_be_moved(link) => {
                    self.claim_link(*first, link);
                    copies = rest;
                }
                (Some(link), _) if self.claimed_links.get(link) == Some(&false) => {
                    for item in items {
                        self.note(*item, KeyFinding::Unlisted);
                    }
                    return;
                }
                (Some(_), _) => {}
                (None, Some(at)) => {
                    self.claim_record(*first, at, Found::Mark);
                    copies = rest;
                }
                (None, None) => {
                    let finding = self.missing_key(mark);
                    for item in items {
                        self.note(*item, finding);
                    }
                    return;
                }
            }
        }
        for item in copies {
            self.note(*item, KeyFinding::Duplicate);
        }
    }

    /// Whether a link's item may be the one that carries its key now: nobody else claimed the link, and its
    /// own item is listed or proven gone. While it is merely not listed nobody knows whether what carries its key
    /// is the item under a new id or a copy.
    fn may_be_moved(&self, link: usize) -> bool {
        let open = self.claimed_links.get(link) == Some(&false);
        let item = self.ground.links.get(link).map(|(_, link)| *link);
        open && item.is_some_and(|link| {
            self.at_a.contains(FAMILY, link.ids.a.as_str())
                || matches!(self.presence_of_missing(Side::A, link), Presence::Gone)
                || link.listed.a.is_none() && self.lists_everything(Side::A)
        })
    }

    /// Whether a side is listed completely and without a filter.
    fn lists_everything(&self, side: Side) -> bool {
        let listing = self.ground.listings.get(side);
        listing.coverage == Coverage::Full && listing.scope.is_none()
    }

    /// What to say of a key under which no record is listed: only a complete listing without a filter, or its
    /// removal, shows that there is none.
    fn missing_key(&self, mark: &str) -> KeyFinding {
        let gone = match self.ground.listings.b.coverage {
            Coverage::Full => self.ground.complete.b && self.ground.listings.b.scope.is_none(),
            Coverage::Changes => self.ground.removed.b.contains(mark),
        };
        if gone { KeyFinding::Orphan } else { KeyFinding::Unlisted }
    }

    fn note(&mut self, item: usize, finding: KeyFinding) {
        if let Some(key) = self.keys.get_mut(item) {
            *key = finding;
        }
    }

    fn claim_record(&mut self, item: usize, at: usize, found: Found) {
        let Some(record) = self.ground.entries.b.get(at) else {
            return;
        };
        let foreign = record.standing == Standing::Foreign && !self.profile.reclaims(record.kind);
        if let Some(claim) = self.claims.get_mut(item) {
            *claim =
                Some(Claim::Record { at, found: if foreign { Found::Foreign } else { found } });
            self.take_b(at);
        }
    }

    fn claim_by_origin(&mut self) {
        let records = self.ground.entries.b.iter().zip(&self.claimed_b).enumerate();
        let of_item = |(at, (record, claimed)): (usize, (&&'a Entry<'a, P>, &bool))| {
            let origin = record.mark.filter(|_| !claimed)?;
            let item = self.at_a.get(FAMILY, origin).copied()?;
            (!self.link_of_b.contains(FAMILY, record.id)).then_some((record.id, at, item))
        };
        // Of several records made from one item, the one with the smallest id has it.
        let mut made: Vec<(&str, usize, usize)> = records.filter_map(of_item).collect();
        made.sort_unstable();
        for (_, at, item) in made {
            if !self.is_claimed(item) {
                // While nothing is known of the key the item carries, that key may be the better word.
                let waits = self.keys.get(item) == Some(&KeyFinding::Unlisted);
                self.claim_record(item, at, if waits { Found::Waiting } else { Found::Origin });
            }
        }
    }

    /// What is to be thought of a linked record that is not listed: gone, if a complete listing of the scope it
    /// was last listed in does not show it (P-04), or one of everything after another one, or if an earlier run
    /// was told so.
    fn presence_of_missing(&self, side: Side, link: &Link) -> Presence<'a, P> {
        let id = link.ids.get(side).as_str();
        let gone = match self.ground.listings.get(side).coverage {
            Coverage::Full => link.listed.get(side).is_some_and(|scope| {
                let everything = self.lists_everything(side) && *self.ground.complete.get(side);
                everything || scope == *self.ground.scopes.get(side)
            }),
            Coverage::Changes => *link.gone.get(side) || self.ground.removed.get(side).contains(id),
        };
        if gone { Presence::Gone } else { Presence::Unlisted }
    }

    fn record_of(&self, link: &Link) -> Presence<'a, P> {
        let entry = self
            .at_b
            .get(FAMILY, link.ids.b.as_str())
            .and_then(|at| self.ground.entries.b.get(*at));
        entry.map_or_else(|| self.presence_of_missing(Side::B, link), |one| Presence::Seen(one))
    }

    fn finish(mut self) -> Vec<Pair<'a, P>> {
        // Where each key is that of its item's own link, no two carry the same.
        if !self.marks_are_own() {
            self.shared = shared_keys(&self.ground.key, &self.ground.entries.a);
        }
        let mut pairs = Vec::with_capacity(self.claims.len() + self.claimed_links.len());
        for ((entry, claim), key) in self.ground.entries.a.iter().zip(&self.claims).zip(&self.keys)
        {
            pairs.push(self.pair_of_item(entry, *claim, *key));
        }
        let mut unclaimed_links = Vec::new();
        for ((kind, link), claimed) in self.ground.links.iter().zip(&self.claimed_links) {
            if !claimed {
                unclaimed_links.push((*kind, *link));
            }
        }
        for (kind, link) in unclaimed_links {
            if let Some(at) = self.at_b.get(FAMILY, link.ids.b.as_str()).copied() {
                self.take_b(at);
            }
            let (missing, b) = (self.presence_of_missing(Side::A, link), self.record_of(link));
            // An item that is listed has left its link for another record: of this pair nothing is there any more.
            let is_left =
                self.at_a.contains(FAMILY, link.ids.a.as_str()) && matches!(b, Presence::Gone);
            pairs.push(Pair {
                kind,
                a: if is_left { Presence::Gone } else { missing },
                b,
                link: Some(link),
                found: Found::Linked,
                key: KeyFinding::Plain,
                holder: None,
                moved: false,
                undecided: false,
            });
        }
        for (entry, claimed) in self.ground.entries.b.iter().zip(&self.claimed_b) {
            if !claimed {
                pairs.push(Pair {
                    kind: entry.kind,
                    a: Presence::Never,
                    b: Presence::Seen(entry),
                    link: None,
                    found: Found::Alone,
                    key: KeyFinding::Plain,
                    holder: None,
                    moved: false,
                    undecided: false,
                });
            }
        }
        pairs
    }

    /// Whether every key that an item carries is that of the link it claimed.
    fn marks_are_own(&self) -> bool {
        let mut items = self.ground.entries.a.iter().zip(&self.claims);
        items.all(|(entry, claim)| {
            let Some(mark) = entry.mark else { return true };
            let Some(Claim::Link(at)) = *claim else { return false };
            self.ground.links.get(at).is_some_and(|(_, link)| link.ids.b == mark)
        })
    }

    /// The item other than this one that its key belongs to, or might.
    fn other_holder(&self, entry: &Entry<'a, P>) -> Option<&'a str> {
        let id = |item: &&usize| self.ground.entries.a.get(**item).map(|one| one.id);
        let items = self.shared.get(entry.mark?)?;
        let mut others = items.iter().filter(|item| id(item) != Some(entry.id));
        let keeper = others.clone().find(|item| self.is_claimed(**item));
        keeper.or_else(|| others.next()).as_ref().and_then(id)
    }

    fn pair_of_item(
        &self,
        entry: &'a Entry<'a, P>,
        claim: Option<Claim>,
        key: KeyFinding,
    ) -> Pair<'a, P> {
        let mut pair = Pair {
            kind: entry.kind,
            a: Presence::Seen(entry),
            b: Presence::Never,
            link: None,
            found: Found::Alone,
            key,
            holder: self.other_holder(entry),
            moved: false,
            undecided: false,
        };
        match claim {
            Some(Claim::Link(at)) => {
                if let Some((kind, link)) = self.ground.links.get(at) {
                    pair.kind = *kind;
                    pair.b = self.record_of(link);
                    pair.link = Some(link);
                    pair.found = Found::Linked;
                    pair.moved = link.ids.a != entry.id;
                }
            }
            Some(Claim::Record { at, found }) => {
                if let Some(record) = self.ground.entries.b.get(at) {
                    pair.kind = record.kind;
                    pair.b = Presence::Seen(record);
                    pair.found = found;
                    pair.key = KeyFinding::Plain;
                }
            }
            None => {}
        }
        pair
    }
}

/// The keys that several items carry, with these in the order of their ids.
fn shared_keys<'a, P: Profile>(
    key: &StateKey,
    items: &[&'a Entry<'a, P>],
) -> BTreeMap<&'a str, Vec<usize>> {
    let mut carried = ById::with_room(key, items.len());
    let marks = items.iter().filter_map(|entry| entry.mark);
    let shared = marks.filter(|mark| carried.insert(FAMILY, mark, ()));
    let mut shared: BTreeMap<&str, Vec<usize>> = shared.map(|mark| (mark, Vec::new())).collect();
    if shared.is_empty() {
        return shared;
    }
    for (at, entry) in items.iter().enumerate() {
        if let Some(items) = entry.mark.and_then(|mark| shared.get_mut(mark)) {
            items.push(at);
        }
    }
    for carriers in shared.values_mut() {
        carriers.sort_by_key(|at| items.get(*at).map(|entry| entry.id));
    }
    shared
}
