//! The least that can be done: a hash join on id and version, without a rule.

use counterpart::model::Instant as Stamp;
use counterpart::profiles::outlook_x3::{Contact, Correspondent};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A record as the floor sees it: the one that the planner sees.
pub(crate) trait Versioned {
    fn id(&self) -> &str;
    fn version(&self) -> Stamp;
}

impl Versioned for Contact {
    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> Stamp {
        self.modified
    }
}

impl Versioned for Correspondent {
    fn id(&self) -> &str {
        &self.chrono
    }

    fn version(&self) -> Stamp {
        self.modified
    }
}

/// A link as the floor sees it.
#[derive(Clone, Copy)]
pub(crate) struct LinkRow<'a> {
    pub(crate) ids: [&'a str; 2],
    pub(crate) versions: [Option<Stamp>; 2],
}

/// How many links are unchanged, changed on either side, or lost a record; and how many records have no link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) unchanged: usize,
    pub(crate) changed: usize,
    pub(crate) gone: usize,
    pub(crate) new: usize,
}

/// Both sides indexed by id, the links gone through.
pub(crate) fn join(
    left: &[impl Versioned],
    right: &[impl Versioned],
    links: &[LinkRow<'_>],
) -> Found {
    let mut found = Found::default();
    let mut by_left: HashMap<&str, u32, FixedState> =
        HashMap::with_capacity_and_hasher(left.len(), FixedState::default());
    for (at, row) in left.iter().enumerate() {
        by_left.insert(row.id(), at as u32);
    }
    let mut by_right: HashMap<&str, u32, FixedState> =
        HashMap::with_capacity_and_hasher(right.len(), FixedState::default());
    for (at, row) in right.iter().enumerate() {
        by_right.insert(row.id(), at as u32);
    }
    let mut met = 0;
    for link in links {
        let (one, other) = (by_left.get(link.ids[0]), by_right.get(link.ids[1]));
        met += usize::from(one.is_some()) + usize::from(other.is_some());
        match (one, other) {
            (Some(one), Some(other)) => {
                let same = Some(left[*one as usize].version()) == link.versions[0]
                    && Some(right[*other as usize].version()) == link.versions[1];
                if same {
                    found.unchanged += 1;
                } else {
                    found.changed += 1;
                }
            }
            _ => found.gone += 1,
        }
    }
    found.new = left.len() + right.len() - met;
    found
}
