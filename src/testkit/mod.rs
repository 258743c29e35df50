//! A conformance kit for hosts (feature `testkit`): what a side gets wrong, told to its author.
//!
//! The author implements [`Subject`] for a side of his host that holds nothing he would miss, and asserts that
//! [`check`] finds nothing. The kit makes sample records, changes, stamps and deletes them through the side's
//! [`Adapter`], and compares every answer with the next listing. There is no IO and no clock in it, and what it
//! finds is data: each [`Finding`] names its [`Check`], and each check says what the engine relies on and what
//! goes wrong otherwise.
//!
//! Most of what it makes it deletes again; records of a kind that the engine never deletes stay. A change by
//! somebody else, lost caches and properties that the mapping does not know are the author's part: what he does
//! not offer is not checked, and [`Findings::not_made`] names it.
//!
//! ```
//! use counterpart::host::Adapter;
//! use counterpart::model::{Instant, Side};
//! use counterpart::profiles::outlook_x3::{Kind, MemoryStore, OutlookX3, Record, Store};
//! use counterpart::testkit::{self, Check, Listed, Listing, Subject};
//!
//! struct Mine(MemoryStore);
//!
//! impl Subject<OutlookX3> for Mine {
//!     fn adapter(&mut self) -> &mut dyn Adapter<OutlookX3> {
//!         &mut self.0
//!     }
//!
//!     fn list(&mut self) -> Result<Listing<OutlookX3>, String> {
//!         let store = &self.0.store;
//!         let tasks = store.tasks.iter().map(|one| Listed {
//!             id: one.id.clone(),
//!             kind: Kind::Task,
//!             record: Record::from(one.clone()),
//!             modified: one.modified,
//!         });
//!         // And so on for the other kinds.
//!         Ok(Listing { records: tasks.collect(), complete: true })
//!     }
//!
//!     fn edit_elsewhere(&mut self, _: Kind, id: &str, at: Instant) -> Result<(), String> {
//!         let task = self.0.store.tasks.iter_mut().find(|one| one.id == id);
//!         let task = task.ok_or("no such task")?;
//!         task.modified = at;
//!         Ok(())
//!     }
//! }
//!
//! let now = "2026-06-15T12:00:00Z".parse()?;
//! let mut mine = Mine(MemoryStore::new(Store::default()));
//! let findings = testkit::check(&mut mine, Side::A, &testkit::outlook_x3::mailbox(), now);
//! // This listing claims more than it holds.
//! assert!(findings.failed().contains(&Check::ListingComplete), "{findings}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod fields;
pub mod outlook_x3;
mod run;
pub mod sage100;
mod steps;
mod verify;

pub use check::{Check, Finding, Findings};

use std::borrow::Cow;

use crate::host::Adapter;
use crate::model::{Instant, Side, Text};
use crate::schema::Schema;

/// One side of a host, as the kit needs it.
pub trait Subject<S: Schema> {
    /// What writes to the side.
    fn adapter(&mut self) -> &mut dyn Adapter<S>;

    /// Lists the side as the host does before a run. A listing of changes must hold the records of the kit.
    ///
    /// # Errors
    /// What the side says when it cannot be listed.
    fn list(&mut self) -> Result<Listing<S>, String>;

    /// Somebody else changes a record at an instant: afterwards it has another modification stamp, so that a
    /// write planned before is stale. Where the system can hold something that the mapping does not know, this
    /// is the place to put it in.
    ///
    /// # Errors
    /// Why it could not be done.
    fn edit_elsewhere(&mut self, kind: S::Kind, id: &str, at: Instant) -> Result<(), String>;

    /// Somebody else deletes a record; `Ok(false)` where the test cannot. The default. Needed only for kinds
    /// that the engine never deletes.
    ///
    /// # Errors
    /// Why it could not be done.
    fn remove_elsewhere(&mut self, kind: S::Kind, id: &str) -> Result<bool, String> {
        let _ = (kind, id);
        Ok(false)
    }

    /// An opaque digest of everything in a record that the mapping does not know; `None` where the test cannot
    /// tell. The default.
    fn extras(&mut self, kind: S::Kind, id: &str) -> Option<String> {
        let _ = (kind, id);
        None
    }

    /// Drops what is in memory only and opens the side again; `Ok(false)` where the test cannot. The default.
    ///
    /// # Errors
    /// Why it could not be done.
    fn restart(&mut self) -> Result<bool, String> {
        Ok(false)
    }

    /// Fields that this side does not hold, or holds in a form of its own: their values may differ from what was
    /// asked for. What is stored must be stable all the same. A name is that of the field, with its block as in
    /// `business.phone`. None by default.
    fn reshapes(&self) -> &[&'static str] {
        &[]
    }
}

/// A side as it was listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<S: Schema> {
    /// Its records, in any order.
    pub records: Vec<Listed<S>>,
    /// Whether it claims that there are no others ([`Coverage::Full`](crate::snapshot::Coverage::Full)).
    pub complete: bool,
}

/// A listed record.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<S: Schema> {
    /// Its id on this side.
    pub id: String,
    /// A kind of its family: of a mailbox task, for instance, task or call.
    pub kind: S::Kind,
    /// What it holds.
    pub record: S::Record,
    /// Its modification stamp.
    pub modified: Instant,
}

/// Which writes a plan can have for a kind on a side, beside creations and updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a write of its own")]
#[non_exhaustive]
pub struct Writes {
    /// Whether it is deleted.
    pub delete: bool,
    /// Whether keys are stamped on it.
    pub stamp: bool,
    /// Whether a stamped key is cleared again.
    pub clear: bool,
    /// Whether representatives are taken off it.
    pub unassign: bool,
}

/// A place where two records differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The field, with its block as in `business.phone`.
    pub place: String,
    /// The field of the record; of `business.phone` it is `business`.
    pub field: &'static str,
    /// Both values, where they are texts.
    pub texts: Option<(Text, Text)>,
}

/// What the kit needs to know of a profile's records.
pub trait Inspect: Schema {
    /// Fields that a side may fill by itself when it makes a record.
    const GIVEN: &'static [&'static str];

    /// Fields that a stamp writes.
    const STAMPED: &'static [&'static str];

    /// What a plan can do with a kind on a side.
    fn writes(side: Side, kind: Self::Kind) -> Writes;

    /// Whether records of a kind are parts of another record, whose modification stamp they share. A plan expects no
    /// stamp of a part. False by default.
    fn is_part(kind: Self::Kind) -> bool {
        let _ = kind;
        false
    }

    /// What the records have in common that are written as one: a record and its parts, and what mirrors it. A write to
    /// one of them may give all of them another stamp, and a write to a record may make and remove its parts. `None`, the
    /// default, for a record that is written alone.
    fn bundle(record: &Self::Record) -> Option<&str> {
        let _ = record;
        None
    }

    /// The id a record says it has.
    fn id(record: &Self::Record) -> Cow<'_, str>;

    /// The modification stamp a record says it has; `None` for a part, which has none of its own.
    fn modified(record: &Self::Record) -> Option<Instant>;

    /// The fields in which two records differ, without id and modification stamp. Texts are compared as the
    /// engine does (A2.9). Records of different sorts differ in everything.
    fn differences(one: &Self::Record, other: &Self::Record) -> Vec<Difference>;

    /// What a record is after an update; `None` where the patch is for another sort of record.
    fn patched(record: &Self::Record, patch: &Self::Patch) -> Option<Self::Record>;

    /// The fields of a record that a patch writes.
    fn written(patch: &Self::Patch) -> Vec<&'static str>;

    /// An update that gives every field the value it has.
    fn whole(record: &Self::Record) -> Self::Patch;

    /// An update that names no field.
    fn empty(record: &Self::Record) -> Self::Patch;

    /// A record with another key stamped on it.
    fn stamped(record: &Self::Record, key: Option<&str>) -> Self::Record;

    /// Who is on a record's assignment list, and the record without one of them.
    fn unassigned(record: &Self::Record) -> Option<(String, Self::Record)>;
}

/// A record to be made, and what is done with it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample<S: Schema> {
    /// What is special about it, for the findings.
    pub name: &'static str,
    /// Its kind.
    pub kind: S::Kind,
    /// The record as it is asked for.
    pub record: S::Record,
    /// Updates, one after the other; every side should take them.
    pub updates: Vec<S::Patch>,
    /// Updates that a side may refuse, but must answer.
    pub hostile: Vec<S::Patch>,
    /// Updates that a side should refuse; nothing of them may stay where it does.
    pub wrong_updates: Vec<S::Patch>,
    /// Creations that a side should refuse; nothing of them may stay where it does.
    pub wrong_records: Vec<S::Record>,
}

impl<S: Schema> Sample<S> {
    /// A record of a kind that nothing is done with yet.
    pub const fn new(name: &'static str, kind: S::Kind, record: S::Record) -> Self {
        Self {
            name,
            kind,
            record,
            updates: Vec::new(),
            hostile: Vec::new(),
            wrong_updates: Vec::new(),
            wrong_records: Vec::new(),
        }
    }
}

/// Runs a side through every sample and says what it gets wrong.
///
/// `now` is the instant of the first write; each write is some minutes later than the one before, so that a side
/// that stamps what is written with the run's "now" gives every write a stamp of its own.
pub fn check<S: Inspect>(
    subject: &mut dyn Subject<S>,
    side: Side,
    samples: &[Sample<S>],
    now: Instant,
) -> Findings {
    let mut so_far = (Findings::default(), now);
    for sample in samples {
        let mut run = run::Run::new(&mut *subject, side, sample, so_far);
        run.sample(sample);
        so_far = run.finish();
    }
    so_far.0
}
