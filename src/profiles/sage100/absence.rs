//! What it means that a record is not listed: it is gone, or it may be there (P-04, D22).

use std::collections::BTreeSet;

use super::input::Input;
use crate::model::{BySide, Side};
use crate::snapshot::{Coverage, Link, Print};

/// What the listings of a run tell of the companies and accounts that they do not show.
#[derive(Debug)]
pub(crate) struct Absence<'a> {
    coverage: BySide<Coverage>,
    /// Whether a side lists everything, as it did last time.
    is_whole_again: BySide<bool>,
    scope: BySide<Print>,
    removed: BySide<BTreeSet<&'a str>>,
}

impl<'a> Absence<'a> {
    pub(crate) fn of(input: &Input<'a>) -> Self {
        let listing = BySide::new(input.erp_listing, input.crm_listing);
        Self {
            coverage: listing.map(|one| one.coverage),
            is_whole_again: BySide::from_fn(|side| input.lists_everything_again(side)),
            scope: listing.map(|one| input.state.key.scope(one.scope.as_deref())),
            removed: listing.map(|one| one.removed.iter().map(String::as_str).collect()),
        }
    }

    /// Whether a listing of changes names a record among the removed ones.
    pub(crate) fn is_removed(&self, side: Side, id: &str) -> bool {
        self.removed.get(side).contains(id)
    }

    /// Whether a company or account that is not listed is gone, as the link of the account shows: a filter may hide what was
    /// never listed under it.
    pub(crate) fn is_gone(&self, side: Side, id: &str, link: Option<&Link>) -> bool {
        match self.coverage.get(side) {
            Coverage::Full => {
                let last = link.and_then(|link| *link.listed.get(side));
                last == Some(*self.scope.get(side)) || *self.is_whole_again.get(side)
            }
            Coverage::Changes => self.is_removed(side, id),
        }
    }

    /// The same of an account of the CRM: what a listing of changes once told as removed is not told again.
    pub(crate) fn is_account_gone(&self, id: &str, link: &Link) -> bool {
        link.gone.b || self.is_gone(Side::B, id, Some(link))
    }
}
