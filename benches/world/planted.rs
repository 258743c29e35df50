//! The operations a plan must have.

use std::collections::BTreeSet;

use counterpart::model::{BySide, Side};
use counterpart::plan::{ActionKind, Plan};
use counterpart::profiles::outlook_x3::OutlookX3;

/// The groups that a new contact fills.
const FILLED: [&str; 6] =
    ["name", "job_title", "department", "business_address", "business_phone", "business_email"];

/// Which operations a plan must have, each with the ids it names and the groups it carries; and how many anomalies
/// they bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(super) ops: BTreeSet<String>,
    pub(crate) anomalies: usize,
}

impl Planted {
    pub(crate) fn of(plan: &Plan<OutlookX3>) -> Self {
        let mut found = Self::default();
        for op in &plan.ops {
            let ids = op.ids.as_ref().map(|id| id.as_deref().unwrap_or_default());
            let groups: Vec<&str> = op.groups.iter().collect();
            found.insert(op.side, op.action.kind(), ids, &groups);
            found.anomalies += op.anomalies.len();
        }
        found
    }

    /// How many operations do this.
    pub(crate) fn count(&self, action: ActionKind) -> usize {
        let does = |line: &&String| line.split(' ').nth(1) == Some(action.name());
        self.ops.iter().filter(does).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.ops.len()
    }

    pub(crate) fn insert(
        &mut self,
        side: Side,
        action: ActionKind,
        ids: BySide<&str>,
        groups: &[&str],
    ) {
        let line = format!("{side:?} {} {} {} {}", action.name(), ids.a, ids.b, groups.join(" "));
        assert!(self.ops.insert(line), "an operation that the plan has twice");
    }

    /// A contact that only the mailbox has: it is made in the CRM, and gets its key.
    pub(crate) fn contact_made(&mut self, item: &str) {
        self.made(item, &FILLED);
    }

    /// An item that only the mailbox has.
    pub(crate) fn made(&mut self, item: &str, groups: &[&str]) {
        self.insert(Side::B, ActionKind::Create, BySide::new(item, ""), groups);
        self.insert(Side::A, ActionKind::Stamp, BySide::new(item, ""), &[]);
    }

    /// A correspondent that only the CRM has.
    pub(crate) fn correspondent_made(&mut self, key: &str) {
        self.insert(Side::A, ActionKind::Create, BySide::new("", key), &FILLED);
    }

    /// A contact's new job title, carried over to the CRM.
    pub(crate) fn title_to_crm(&mut self, ids: BySide<&str>) {
        self.insert(Side::B, ActionKind::Update, ids, &["job_title"]);
    }

    /// A correspondent's new job title; the company text goes along with every update of an item (A5.7).
    pub(crate) fn title_to_store(&mut self, ids: BySide<&str>) {
        self.insert(Side::A, ActionKind::Update, ids, &["job_title", "company"]);
    }
}
