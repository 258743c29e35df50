//! What the requests of a run come to.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::Answer;
use crate::report::JournalEntry;
use crate::rules::Reason;
use crate::snapshot::LinkKey;

/// Which side a run believes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The three-way comparison and the policy.
    #[default]
    Normal,
    /// The ERP (B15.2).
    Resync,
    /// The CRM (B15.3).
    Send,
}

/// What the accepted requests come to.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) answers: Vec<Answer>,
    pub(crate) notes: Vec<JournalEntry>,
    pub(crate) mode: Mode,
    /// Why an account, or its company, is written.
    pub(crate) accounts: BTreeMap<String, Reason>,
    pub(crate) companies: BTreeMap<String, Reason>,
    /// Companies that go, and why.
    pub(crate) deleted: BTreeMap<String, Reason>,
    /// Links that go once the account is written.
    pub(crate) dropped: BTreeMap<String, Vec<LinkKey>>,
    /// Accounts that become what their companies are.
    pub(crate) mirrored: BTreeSet<String>,
    /// Accounts that were moved or joined: what is paired for them was not lost.
    pub(crate) joined: BTreeSet<String>,
    /// Companies that are made again because they may not be deleted (B7.5).
    pub(crate) restored: BTreeSet<String>,
    pub(crate) parked: BTreeSet<(u8, String)>,
    pub(crate) delete_free_fields: bool,
}
