//! Finding a link by an id without a map of owned keys.

#![allow(clippy::cast_possible_truncation, reason = "hashes are cut to what a slot holds")]

use super::StateKey;

/// A hash of ids, keyed so that nobody who chooses ids can aim at one slot. It lives in memory only and decides
/// no order: a state or a plan never depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdHash {
    seed: [u64; 2],
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Both halves of the full product, folded: every bit of either factor moves every bit of the result.
const fn fold(one: u64, other: u64) -> u64 {
    let product = (one as u128).wrapping_mul(other as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

impl IdHash {
    pub(crate) const fn new(key: [u8; 16]) -> Self {
        let key = u128::from_le_bytes(key);
        Self { seed: [key as u64, (key >> 64) as u64 | 1] }
    }

    /// The hash of a kind's id.
    pub(crate) fn of(self, id: &[u8]) -> u64 {
        let [mut state, seed] = self.seed;
        let pair = if let Some(last) = id.last_chunk::<16>() {
            for two in id.chunks_exact(16).filter_map(|two| two.first_chunk()) {
                let pair = u128::from_le_bytes(*two);
                state = fold(pair as u64 ^ state, (pair >> 64) as u64 ^ seed);
            }
            // Some of the last ones may come twice.
            u128::from_le_bytes(*last)
        } else if let (Some(first), Some(last)) = (id.first_chunk(), id.last_chunk()) {
            u128::from(u64::from_le_bytes(*first)) << 64 | u128::from(u64::from_le_bytes(*last))
        } else {
            id.iter().fold(0, |pair, byte| pair << 8 | u128::from(*byte))
        };
        let length = (id.len() as u64).wrapping_mul(ODD);
        fold(fold(pair as u64 ^ state, (pair >> 64) as u64 ^ seed) ^ length, ODD)
    }
}

/// Rows by hash: open addressing over slots of a tag and a row number. A tag may lie, so that what it names is
/// always compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    slots: Vec<u64>,
    shift: u32,
}

/// No row.
const FREE: u64 = u64::MAX;

impl Index {
    /// An index with room for so many rows.
    pub(crate) fn with_room(rows: usize) -> Self {
        let slots = rows.saturating_mul(2).max(8).next_power_of_two();
        Self { slots: vec![FREE; slots], shift: u64::BITS - slots.trailing_zeros() }
    }

    const fn start(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    const fn slot(hash: u64, row: u32) -> u64 {
        (hash & 0xffff_ffff) << 32 | row as u64
    }

    /// Enters a row.
    pub(crate) fn insert(&mut self, hash: u64, row: u32) {
        let mut at = self.start(hash);
        let last = self.slots.len().saturating_sub(1);
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == FREE {
                *slot = Self::slot(hash, row);
                return;
            }
            at = if at == last { 0 } else { at + 1 };
        }
    }

    /// The first row that has this hash's tag: nearly always the one looked for, if there is one.
    pub(crate) fn guess(&self, hash: u64) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// The first row that has this hash's tag and is the one looked for.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.start(hash);
        let last = self.slots.len().saturating_sub(1);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != FREE) {
            let row = (slot & 0xffff_ffff) as u32;
            if slot >> 32 == hash & 0xffff_ffff && is_it(row) {
                return Some(row);
            }
            at = if at == last { 0 } else { at + 1 };
        }
        None
    }
}

/// Finds entries of a list by their ids.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    hash: IdHash,
    index: Index,
}

impl Lookup {
    /// Over the ids of a list, in its order.
    pub(crate) fn of<'i>(key: &StateKey, ids: impl ExactSizeIterator<Item = &'i str>) -> Self {
        let hash = IdHash::new(key.0);
        let mut index = Index::with_room(ids.len());
        for (at, id) in (0..).zip(ids) {
            index.insert(hash.of(id.as_bytes()), at);
        }
        Self { hash, index }
    }

    /// The first place whose entry has the id.
    pub(crate) fn find(&self, id: &str, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let at = self.index.find(self.hash.of(id.as_bytes()), |at| is_it(at as usize))?;
        Some(at as usize)
    }
}

/// Values by a number and an id: a map that is asked a great deal and never gone through.
#[derive(Clone, Debug)]
pub(crate) struct ById<'i, T> {
    hash: IdHash,
    index: Index,
    entries: Vec<(u8, &'i str, T)>,
    /// How many entries the index was made for.
    room: usize,
}

impl<'i, T> ById<'i, T> {
    /// A map that has room for so many values before it grows.
    pub(crate) fn with_room(key: &StateKey, room: usize) -> Self {
        let hash = IdHash::new(key.0);
        Self { hash, index: Index::with_room(room), entries: Vec::with_capacity(room), room }
    }

    /// Numbers and ids with their values; of several values under the same the last one stays.
    pub(crate) fn of(
        key: &StateKey,
        entries: impl ExactSizeIterator<Item = (u8, &'i str, T)>,
    ) -> Self {
        let mut map = Self::with_room(key, entries.len());
        for (number, id, value) in entries {
            map.insert(number, id, value);
        }
        map
    }

    fn place(&self, hash: u64, number: u8, id: &str) -> Option<usize> {
        let is_it = |at: u32| {
            let entry = self.entries.get(at as usize);
            entry.is_some_and(|(one, other, _)| *one == number && *other == id)
        };
        self.index.find(hash, is_it).map(|at| at as usize)
    }

    /// Enters a value, in the place of the one that stood there; says whether one did.
    pub(crate) fn insert(&mut self, number: u8, id: &'i str, value: T) -> bool {
        let hash = self.hash.of(id.as_bytes());
        if let Some(at) = self.place(hash, number, id) {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.2 = value;
            }
            return true;
        }
        if self.entries.len() >= self.room {
            self.room = self.room.saturating_mul(2).max(8);
            self.index = Index::with_room(self.room);
            for (at, (_, id, _)) in (0..).zip(&self.entries) {
                self.index.insert(self.hash.of(id.as_bytes()), at);
            }
        }
        self.index.insert(hash, u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.entries.push((number, id, value));
        false
    }

    pub(crate) fn get(&self, number: u8, id: &str) -> Option<&T> {
        let at = self.place(self.hash.of(id.as_bytes()), number, id)?;
        self.entries.get(at).map(|(_, _, value)| value)
    }

    pub(crate) fn contains(&self, number: u8, id: &str) -> bool {
        self.get(number, id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{ById, IdHash, Index};
    use crate::snapshot::StateKey;

    #[test]
    fn a_map_grows_and_keeps_the_last_value_of_a_number_and_an_id() {
        let ids: Vec<String> = (0..500).map(|number| format!("id-{number}")).collect();
        let mut map = ById::with_room(&StateKey([7; 16]), 3);
        for (at, id) in ids.iter().enumerate() {
            assert!(!map.insert(1, id, at), "{id}");
            assert!(!map.insert(2, id, at + 1000), "{id}");
        }
        assert!(map.insert(1, "id-7", 1007));
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(map.get(1, id), Some(&if at == 7 { 1007 } else { at }));
            assert_eq!(map.get(2, id), Some(&(at + 1000)));
        }
        assert_eq!(map.get(3, "id-7"), None);
        assert!(!map.contains(1, "id-500"));
    }

    #[test]
    fn every_row_is_found_and_nothing_else() {
        let hash = IdHash::new([7; 16]);
        let ids: Vec<String> = (0..5000).map(|number| format!("id-{number}")).collect();
        let mut index = Index::with_room(ids.len());
        for (row, id) in (0..).zip(&ids) {
            index.insert(hash.of(id.as_bytes()), row);
        }
        let find = |id: &str| {
            index.find(hash.of(id.as_bytes()), |row| {
                ids.get(row as usize).is_some_and(|one| one == id)
            })
        };
        for (row, id) in (0..).zip(&ids) {
            assert_eq!(find(id), Some(row));
        }
        assert_eq!(find("id-5000"), None);
        assert_eq!(Index::default().find(1, |_| true), None);
    }

    #[test]
    fn a_hash_depends_on_its_key_on_every_byte_and_on_the_length() {
        let hash = IdHash::new(*b"some 16 byte key");
        let id = [b'x'; 40];
        for at in 0..id.len() {
            let mut other = id;
            other[at] = b'y';
            assert_ne!(hash.of(&id), hash.of(&other), "byte {at}");
        }
        assert_ne!(hash.of(b""), hash.of(b"\0"));
        assert_ne!(hash.of(&id), IdHash::new(*b"same 16 byte key").of(&id));
    }
}
