//! Checkpoints: the smallest thing to persist after an answer, and a file of them.
//!
//! A state may be large and an answer is small. A [`StateRecord`] holds what one answer changed; a host
//! appends it and replaces the whole only now and then. [`StateJournal`] frames both in one sequence of bytes,
//! so that an append that was torn by a crash is recognised and dropped; nothing here reads or writes a file.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use indexmap::IndexSet;
use siphasher::sip::SipHasher13;

use super::format::{Reader, Writer};
use super::packed::Packed;
use super::{
    Attempt, AttemptKey, Link, LinkKey, OpenAnomaly, RefusalKey, Refused, Retry, StateError,
    SyncState,
};
use crate::model::Side;

/// What changed in a state since the last checkpoint.
///
/// ```
/// use counterpart::model::BySide;
/// use counterpart::snapshot::{StateJournal, StateKey, StateRecord, SyncState};
///
/// let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
/// let state = SyncState::new("outlook_x3", systems, StateKey([0; 16]));
/// let mut file = StateJournal::begin(&state);
/// file.extend(StateJournal::entry(&StateRecord::default()));
/// file.extend([1, 2, 3]); // an append that a crash tore
/// let replayed = StateJournal::replay(&file)?;
/// assert_eq!((replayed.state, replayed.records, replayed.torn), (state, 1, true));
/// # Ok::<(), counterpart::snapshot::StateError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateRecord {
    links: BTreeMap<LinkKey, Option<Link>>,
    retries: BTreeMap<(Side, String), Option<Retry>>,
    attempts: BTreeMap<AttemptKey, Option<Attempt>>,
    anomalies: BTreeMap<OpenAnomaly, bool>,
    refusals: BTreeMap<RefusalKey, Option<Refused>>,
    parked: Option<BTreeSet<(u8, String)>>,
    asked: Option<IndexSet<String>>,
}

impl StateRecord {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn link(&mut self, key: LinkKey, link: Option<Link>) {
        self.links.insert(key, link);
    }

    pub(crate) fn retry(&mut self, key: (Side, String), retry: Option<Retry>) {
        self.retries.insert(key, retry);
    }

    pub(crate) fn attempt(&mut self, key: AttemptKey, attempt: Option<Attempt>) {
        self.attempts.insert(key, attempt);
    }

    pub(crate) fn anomaly(&mut self, anomaly: OpenAnomaly, is_open: bool) {
        self.anomalies.insert(anomaly, is_open);
    }

    pub(crate) fn refusal(&mut self, key: RefusalKey, refused: Option<Refused>) {
        self.refusals.insert(key, refused);
    }

    pub(crate) fn parked(&mut self, parked: BTreeSet<(u8, String)>) {
        self.parked = Some(parked);
    }

    pub(crate) fn asked(&mut self, asked: IndexSet<String>) {
        self.asked = Some(asked);
    }

    /// The record as bytes, to be appended by the host.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let removed: Vec<&LinkKey> =
            self.links.iter().filter(|(_, link)| link.is_none()).map(|(key, _)| key).collect();
        out.count(removed.len());
        for (kind, id) in removed {
            out.byte(*kind);
            out.text(id);
        }
        let mut packed = Packed::default();
        for ((kind, _), link) in &self.links {
            if let Some(link) = link {
                packed.push(*kind, link);
            }
        }
        packed.write(&mut out);
        out.count(self.retries.len());
        for ((side, id), retry) in &self.retries {
            out.side(*side);
            out.text(id);
            out.flag(retry.is_some());
            if let Some(retry) = retry {
                out.retry(retry);
            }
        }
        out.count(self.attempts.len());
        for (key, attempt) in &self.attempts {
            out.attempt_key(key);
            out.flag(attempt.is_some());
            if let Some(attempt) = attempt {
                out.attempt(attempt);
            }
        }
        out.count(self.anomalies.len());
        for (anomaly, is_open) in &self.anomalies {
            out.anomaly(anomaly);
            out.flag(*is_open);
        }
        out.count(self.refusals.len());
        for (key, refused) in &self.refusals {
            out.refusal_key(key);
            out.flag(refused.is_some());
            if let Some(refused) = refused {
                out.refused(*refused);
            }
        }
        out.flag(self.parked.is_some());
        if let Some(parked) = &self.parked {
            out.parked(parked);
        }
        out.flag(self.asked.is_some());
        if let Some(asked) = &self.asked {
            out.asked(asked);
        }
        out.finish()
    }

    /// Reads a record that [`StateRecord::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError::Damaged`]: the host's storage is at fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut input = Reader::new(bytes);
        let record = Self::read(&mut input).filter(|_| input.is_at_end());
        record.ok_or(StateError::Damaged)
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        let removed = input.list(|input| Some(((input.byte()?, input.text()?), None)))?;
        let packed = Packed::read(input)?;
        let entered = (0..packed.len()).map(|row| {
            let (kind, link) = packed.link(row)?;
            Some(((kind, link.ids.b.clone()), Some(link)))
        });
        let entered: Vec<_> = entered.collect::<Option<_>>()?;
        let retries = input.list(|input| {
            let key = (input.side()?, input.text()?);
            let retry = if input.flag()? { Some(input.retry()?) } else { None };
            Some((key, retry))
        })?;
        let attempts = input.list(|input| {
            let key = input.attempt_key()?;
            let attempt = if input.flag()? { Some(input.attempt()?) } else { None };
            Some((key, attempt))
        })?;
        let anomalies = input.list(|input| Some((input.anomaly()?, input.flag()?)))?;
        let refusals = input.list(|input| {
            let key = input.refusal_key()?;
            let refused = if input.flag()? { Some(input.refused()?) } else { None };
            Some((key, refused))
        })?;
        let out_of_flow = if input.flag()? { Some(input.parked()?) } else { None };
        let asked = if input.flag()? { Some(input.asked()?) } else { None };
        Some(Self {
            links: removed.into_iter().chain(entered).collect(),
            retries: retries.into_iter().collect(),
            attempts: attempts.into_iter().collect(),
            anomalies: anomalies.into_iter().collect(),
            refusals: refusals.into_iter().collect(),
            parked: out_of_flow,
            asked,
        })
    }
}

impl SyncState {
    /// Enters what a checkpoint recorded.
    pub fn apply(&mut self, record: StateRecord) {
        for (key, link) in record.links {
            match link {
                Some(link) => self.links.insert(key, link),
                None => {
                    self.links.remove(&key);
                }
            }
        }
        for (key, retry) in record.retries {
            match retry {
                Some(retry) => self.retries.insert(key, retry),
                None => self.retries.remove(&key),
            };
        }
        for (key, attempt) in record.attempts {
            match attempt {
                Some(attempt) => self.attempts.insert(key, attempt),
                None => self.attempts.remove(&key),
            };
        }
        for (anomaly, is_open) in record.anomalies {
            if is_open {
                self.anomalies.insert(anomaly);
            } else {
                self.anomalies.remove(&anomaly);
            }
        }
        for (key, refused) in record.refusals {
            match refused {
                Some(refused) => self.refusals.insert(key, refused),
                None => self.refusals.remove(&key),
            };
        }
        if let Some(parked) = record.parked {
            self.parked = parked;
        }
        if let Some(asked) = record.asked {
            self.asked = asked;
        }
    }
}

/// A state and the checkpoints after it, as one sequence of bytes.
///
/// Each frame is its length (u32), its bytes, and a checksum (u64). The first holds the state, the others a
/// record each.
#[derive(Clone, Copy, Debug)]
pub struct StateJournal;

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// The state after the last whole record.
    pub state: SyncState,
    /// How many records were whole.
    pub records: usize,
    /// Whether bytes of a record that was torn follow. The host should replace the file.
    pub torn: bool,
}

const LENGTH: usize = size_of::<u32>();
const CHECKSUM: usize = size_of::<u64>();

impl StateJournal {
    /// The bytes of a new journal that starts from a state: to be written as a whole, atomically.
    pub fn begin(state: &SyncState) -> Vec<u8> {
        frame(&state.to_bytes())
    }

    /// The bytes to append for a checkpoint.
    pub fn entry(record: &StateRecord) -> Vec<u8> {
        frame(&record.to_bytes())
    }

    /// Reads a journal. A last record that was torn is dropped: what it acknowledged is found again by the
    /// next run (D12).
    ///
    /// # Errors
    /// [`StateError`] when the state itself cannot be read, or a whole record is no record.
    pub fn replay(bytes: &[u8]) -> Result<Replayed, StateError> {
        let (first, mut rest) = split(bytes).ok_or(StateError::Damaged)?;
        let mut state = SyncState::from_bytes(first)?;
        let mut records = 0;
        while let Some((next, after)) = split(rest) {
            state.apply(StateRecord::from_bytes(next)?);
            records += 1;
            rest = after;
        }
        Ok(Replayed { state, records, torn: !rest.is_empty() })
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = SipHasher13::new();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(LENGTH + bytes.len() + CHECKSUM);
    out.extend(length.to_le_bytes());
    out.extend(bytes);
    out.extend(checksum(bytes));
    out
}

/// The first frame and what follows; `None` where there is no whole one.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (content, rest) = rest.split_at_checked(length)?;
    let (stored, rest) = rest.split_first_chunk::<CHECKSUM>()?;
    (checksum(content) == *stored).then_some((content, rest))
}
