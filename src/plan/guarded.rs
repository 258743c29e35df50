//! Holding deletions that a guard finds too many (D6).

use std::collections::BTreeMap;

use super::draft::Draft;
use super::planner::Planner;
use super::screen::Screened;
use crate::model::{BySide, Side};
use crate::profile::{Entry, KindOf, Profile, Write};
use crate::report::{Code, JournalEntry};
use crate::rules::{Deletions, Guard, guard};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{ById, Coverage, Listing, StateKey, SyncState};

/// Holds the deletions of a kind on a side when a guard says so (D6); the other operations go on.
pub(super) fn hold_deletions<P: Profile>(
    planner: &mut Planner<'_, P>,
    screened: &Screened<'_, P>,
    listings: BySide<&Listing>,
) {
    // A draft is large: all are looked at once.
    let mut counts: BTreeMap<(KindOf<P>, Side), usize> = BTreeMap::new();
    for draft in planner.drafts.iter().filter(|draft| draft.action.is_deletion()) {
        *counts.entry((draft.kind, draft.side)).or_default() += 1;
    }
    for kind in KindOf::<P>::ALL {
        for side in Side::BOTH {
            let is_meant = |draft: &Draft<P::Schema>| {
                draft.kind == *kind && draft.side == side && draft.action.is_deletion()
            };
            let from = side.other();
            let Some(count) = counts.get(&(*kind, side)).copied() else { continue };
            let links = planner.state.links.count(kind.code());
            let mut meant = planner.drafts.iter().filter(|draft| is_meant(draft));
            let complete = listings.get(from).coverage == Coverage::Full
                || count >= links && meant.all(|draft| was_held(planner.state, draft));
            let verdict = guard(
                Deletions {
                    planned: count,
                    links,
                    shows_any: shows_any(&planner.state.key, screened, *kind, from),
                    complete,
                },
                planner.settings.limit,
            );
            let code = match verdict {
                Some(_) if planner.settings.confirm => continue,
                Some(Guard::EmptiedSide) => Code::EmptiedSideHeld,
                Some(Guard::TooMany) => Code::DeletionsHeld,
                None => continue,
            };
            let mut held = 0;
            for draft in planner.drafts.iter_mut().filter(|draft| is_meant(draft)) {
                draft.held = true;
                held += 1;
            }
            planner.account.operations -= held;
            planner.account.held += held;
            let now = planner.settings.now;
            let entry = JournalEntry::new(now, code, Some(kind.name(side)), BySide::default());
            planner
                .journal
                .push(entry.about(Some(side), planner.action_of(*kind, side, Write::Delete)));
        }
    }
}

/// Whether a guard held a deletion in an earlier run. A listing of changes that says of the record that it is not there only
/// repeats what that run saw, and confirms nothing.
fn was_held<S: Schema>(state: &SyncState, draft: &Draft<S>) -> bool {
    let from = draft.side.other();
    let id = draft.ids.get(from).clone();
    let retry = id.and_then(|id| state.retries.get(&(from, id)));
    retry.is_some_and(|retry| retry.held)
}

/// Whether a side shows any record of a kind; a linked record counts as what its link says.
fn shows_any<P: Profile>(
    key: &StateKey,
    screened: &Screened<'_, P>,
    kind: KindOf<P>,
    side: Side,
) -> bool {
    let entries = screened.entries.get(side);
    let is_quiet = screened.quiet.shown.get(&(kind.code(), side)).is_some_and(|count| *count > 0);
    if is_quiet || side == Side::B {
        return is_quiet || entries.iter().any(|entry| entry.kind == kind);
    }
    let by_item = screened.links.iter().map(|(code, link)| (0, link.ids.a.as_str(), *code));
    let by_key = screened.links.iter().map(|(code, link)| (0, link.ids.b.as_str(), *code));
    let (by_item, by_key) = (ById::of(key, by_item), ById::of(key, by_key));
    let is_kind = |entry: &Entry<'_, P>| {
        let linked =
            by_item.get(0, entry.id).or_else(|| entry.mark.and_then(|mark| by_key.get(0, mark)));
        entry.kind.family() == kind.family()
            && linked.copied().unwrap_or_else(|| entry.kind.code()) == kind.code()
    };
    entries.iter().any(is_kind)
}
