//! Hostile bytes are no journal of a state and no record of one, and give an error, never a panic; what is
//! accepted survives being written again.

#![no_main]

use arbitrary::Arbitrary;
use counterpart::snapshot::{StateJournal, StateKey, StateRecord, SyncState};
use libfuzzer_sys::fuzz_target;

/// Bytes as they come, and the contents of frames, which get the right checksums.
#[derive(Arbitrary, Debug)]
struct Bytes {
    raw: Vec<u8>,
    state: Vec<u8>,
    records: Vec<Vec<u8>>,
    tail: Vec<u8>,
}

/// The checksum of format version 1: SipHash-1-3 with a zero key.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    use std::hash::Hasher as _;
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

fn frame(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a short input").to_le_bytes();
    [&length[..], content, &checksum(content)[..]].concat()
}

fn empty() -> SyncState {
    SyncState::new("", Default::default(), StateKey([0; 16]))
}

/// The bytes of a state with this body.
fn sealed(body: &[u8]) -> Vec<u8> {
    let head = empty().to_bytes();
    let mut bytes = [head.get(..10).unwrap_or_default(), body].concat();
    bytes.extend(checksum(&bytes));
    bytes
}

/// The state a journal holds, if it is one.
fn replayed(bytes: &[u8]) -> Option<SyncState> {
    let replayed = StateJournal::replay(bytes).ok()?;
    let begun = StateJournal::begin(&replayed.state);
    let again = StateJournal::replay(&begun).expect("a journal it wrote");
    assert_eq!((&again.state, again.records, again.torn), (&replayed.state, 0, false));
    Some(replayed.state)
}

fn record(bytes: &[u8]) -> Option<StateRecord> {
    let record = StateRecord::from_bytes(bytes).ok()?;
    let written = record.to_bytes();
    assert_eq!(StateRecord::from_bytes(&written).as_ref(), Ok(&record));
    Some(record)
}

fuzz_target!(|bytes: Bytes| {
    replayed(&bytes.raw);
    record(&bytes.raw);
    replayed(&frame(&sealed(&bytes.state)));
    let start = StateJournal::begin(&empty());
    let frames: Vec<u8> = bytes.records.iter().flat_map(|one| frame(one)).collect();
    replayed(&[&start[..], &frames, &bytes.tail].concat());
    // Records that are good give the state that applying them gives, up to the torn tail.
    let good: Vec<StateRecord> = bytes.records.iter().filter_map(|one| record(one)).collect();
    let mut journal = start;
    let mut state = empty();
    for one in &good {
        journal.extend(StateJournal::entry(one));
        state.apply(one.clone());
    }
    let whole = StateJournal::replay(&journal).expect("a journal it wrote");
    assert_eq!((&whole.state, whole.records, whole.torn), (&state, good.len(), false));
    if let Some(cut) = journal.len().checked_sub(1).filter(|_| !good.is_empty()) {
        let torn = StateJournal::replay(&journal[..cut]).expect("a torn journal");
        assert_eq!((torn.records, torn.torn), (good.len() - 1, true));
    }
});
