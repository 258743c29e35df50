//! Hostile bytes are no state, and give an error, never a panic; a state survives being stored.

#![no_main]

use counterpart::snapshot::SyncState;
use libfuzzer_sys::{Corpus, fuzz_target};

/// The checksum keeps the reader from most of the bytes a fuzzer makes: this puts the right one behind them.
fn sealed(body: &[u8]) -> Vec<u8> {
    let empty = SyncState::new("", Default::default(), counterpart::snapshot::StateKey([0; 16]));
    let head = empty.to_bytes();
    let mut bytes = head.get(..10).unwrap_or_default().to_vec();
    bytes.extend(body);
    bytes.extend(checksum(&bytes));
    bytes
}

/// The checksum of format version 1: SipHash-1-3 with a zero key.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    use std::hash::Hasher as _;
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

fn accepted(bytes: &[u8]) -> bool {
    let Ok(state) = SyncState::from_bytes(bytes) else { return false };
    let written = state.to_bytes();
    let again = SyncState::from_bytes(&written);
    assert_eq!(again.as_ref(), Ok(&state), "a state survives being stored");
    assert_eq!(again.map(|state| state.to_bytes()), Ok(written), "and so do its bytes");
    true
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    accepted(bytes);
    accepted(&sealed(bytes));
    Corpus::Keep
});
