//! What a plan needs beside its pairs: records a rule asks for, and writes that may not stand side by side.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::order::order;
use super::planner::{Planner, number};
use super::{Action, ActionKind, Advance, Need, Settlement};
use crate::model::{BySide, Side};
use crate::profile::{PlannedWrite, Profile, Supplement, Write};
use crate::report::{Code, Detail, JournalEntry};
use crate::schema::Kind as _;

impl<P: Profile> Planner<'_, P> {
    /// Adds the records that no pair asks for, and their counterparts (A7.9, A9.5).
    pub(crate) fn supplement(&mut self) {
        let supplements = self.profile.supplements(&self.known, &self.writes(0..self.drafts.len()));
        let is_on = |one: &Supplement<P>| self.profile.is_on(one.kind);
        let permitted =
            |one: &Supplement<P>| self.profile.permits(one.kind, one.side, Write::Create);
        let (wanted, refused): (Vec<_>, Vec<_>) =
            supplements.into_iter().filter(is_on).partition(permitted);
        // They have no id to be named by, so one line speaks of all of them (A4.2).
        if let Some(Supplement { kind, side, .. }) = refused.first() {
            let (kind, now) = (kind.name(Side::B), self.settings.now);
            let entry = JournalEntry::new(now, Code::NotPermitted, Some(kind), BySide::default());
            self.journal.push(entry.about(Some(*side), ActionKind::Create));
        }
        for one in wanted {
            let (kind, side) = (one.kind, one.side);
            self.account.added += 1;
            let why = (one.reason, one.rule);
            let mut settlement = Settlement::open(kind, BySide::default());
            settlement.born = self.born;
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
            draft.needs.push(Need::new(made, Some(one.mark)));
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
        let writes = self.writes(places);
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

    /// The writes at places among the drafts, without those that are not sent.
    fn writes(&self, places: impl IntoIterator<Item = usize>) -> Vec<PlannedWrite<'_, P::Schema>> {
        let write = |at: usize| {
            let draft = self.drafts.get(at).filter(|draft| !draft.dropped)?;
            let Draft { side, kind, ids, action, held, .. } = draft;
            Some(PlannedWrite { draft: at, side: *side, kind: *kind, ids, action, held: *held })
        };
        places.into_iter().filter_map(write).collect()
    }

    fn drop_drafts(&mut self, mut gone: BTreeSet<u32>) {
        loop {
            let drafts = self.drafts.iter().enumerate().map(|(at, draft)| (number(at), draft));
            let depends = |draft: &Draft<P::Schema>| {
                draft.needs.iter().any(|need| !need.optional && gone.contains(&need.op))
            };
            let more = drafts.filter(|(op, draft)| !gone.contains(op) && depends(draft));
            let more: Vec<u32> = more.map(|(op, _)| op).collect();
            if more.is_empty() {
                break;
            }
            gone.extend(more);
        }
        for (at, draft) in self.drafts.iter_mut().enumerate() {
            draft.dropped |= gone.contains(&number(at));
            draft.needs.retain(|need| !need.optional || !gone.contains(&need.op));
        }
        let account = &mut self.account;
        self.settlements.change(
            |op| gone.contains(&op),
            |settlement| {
                for op in settlement.ops.clone().iter().filter(|op| gone.contains(op)) {
                    settlement.without(*op);
                }
                if settlement.ops.is_empty() {
                    account.operations -= 1;
                    account.skipped += 1;
                }
            },
        );
    }
}
