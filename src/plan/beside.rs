//! What a plan needs beside its pairs: records a rule asks for, and writes that may not stand side by side.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::order::order;
use super::planner::{Planner, number};
use super::{Action, Advance, Need, Settlement};
use crate::model::{BySide, Side};
use crate::profile::{PlannedWrite, Profile, Write};
use crate::report::{Code, Detail, JournalEntry};
use crate::schema::Kind as _;

impl<P: Profile> Planner<'_, P> {
    /// Adds the records that no pair asks for, and their counterparts (A7.9, A9.5).
    pub(crate) fn supplement(&mut self) {
        for one in self.profile.supplements(&self.known) {
            let (kind, side) = (one.kind, one.side);
            if !self.profile.is_on(kind) || !self.profile.permits(kind, side, Write::Create) {
                continue;
            }
            self.account.added += 1;
            let why = (one.reason, one.rule);
            let mut settlement = Settlement::open(kind, BySide::default());
            settlement.born = self.born();
            let action = Action::Create(one.record);
            let mut draft = Draft::new(side, kind, BySide::default(), action, why);
            draft.idempotency_key = Some(one.idempotency_key.clone());
            let made = self.push(draft, &mut settlement);
            *settlement.made.get_mut(side) = Some(made);
            if !self.profile.permits(kind, side.other(), Write::Create) {
                self.settlements.push(settlement);
                continue;
            }
            let action = Action::Create(one.copy);
            let mut draft = Draft::new(side.other(), kind, BySide::default(), action, why);
            draft.idempotency_key = Some(one.idempotency_key);
            draft.needs.push(Need { op: made, slot: Some(one.mark) });
            let copy = self.push(draft, &mut settlement);
            *settlement.made.get_mut(side.other()) = Some(copy);
            settlement.groups.fill(Advance::With(copy));
            self.settlements.push(settlement);
        }
    }

    /// Takes away what the other side would refuse beside another record, and what depends on it (D13). It
    /// is tried again in the next run.
    pub(crate) fn drop_collisions(&mut self) {
        let places = order(&self.drafts, |draft| self.profile.may_collide(draft.kind, draft.side));
        let writes = places.iter().filter_map(|at| {
            let draft = self.drafts.get(*at)?;
            let Draft { side, kind, ids, action, held, .. } = draft;
            Some(PlannedWrite { draft: *at, side: *side, kind: *kind, ids, action, held: *held })
        });
        let writes: Vec<_> = writes.collect();
        let mut gone = BTreeSet::new();
        for collision in self.profile.collisions(self.state, &writes) {
            let Some(draft) = self.drafts.get(collision.draft) else { continue };
            let kind = draft.kind.name(Side::B);
            let now = self.settings.now;
            let entry = JournalEntry::new(now, Code::Overlap, Some(kind), draft.ids.clone());
            let mut entry = entry.about(Some(draft.side), draft.action.kind());
            entry.detail = Some(Detail::Record(collision.with));
            self.journal.push(entry);
            gone.insert(number(collision.draft));
        }
        if !gone.is_empty() {
            self.drop_drafts(gone);
        }
    }

    fn drop_drafts(&mut self, mut gone: BTreeSet<u32>) {
        loop {
            let drafts = self.drafts.iter().enumerate().map(|(at, draft)| (number(at), draft));
            let depends =
                |draft: &Draft<P::Schema>| draft.needs.iter().any(|need| gone.contains(&need.op));
            let more = drafts.filter(|(op, draft)| !gone.contains(op) && depends(draft));
            let more: Vec<u32> = more.map(|(op, _)| op).collect();
            if more.is_empty() {
                break;
            }
            gone.extend(more);
        }
        for (at, draft) in self.drafts.iter_mut().enumerate() {
            draft.dropped |= gone.contains(&number(at));
        }
        for settlement in &mut self.settlements {
            let lost: Vec<u32> =
                settlement.ops.iter().copied().filter(|op| gone.contains(op)).collect();
            for op in &lost {
                settlement.without(*op);
            }
            if !lost.is_empty() && settlement.ops.is_empty() {
                self.account.operations -= 1;
                self.account.skipped += 1;
            }
        }
    }
}
