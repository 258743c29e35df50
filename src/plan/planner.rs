//! What every step of making a plan adds to.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::account::Fate;
use super::content::{Group, Values};
use super::draft::Draft;
use super::entered::Entered;
use super::known::{Facts, Known};
use super::sheet::Open;
use super::{Account, Action, ActionKind, Closing, RunSettings, Settlement};
use crate::matching::{Found, KeyFinding, Pair, Presence};
use crate::model::{BySide, Places, Side};
use crate::profile::{Entry, KindOf, PairView, Problem, Profile, Standing, Write};
use crate::report::{Anomaly, AnomalyStatus, Code, Detail, JournalEntry};
use crate::rules::{Reason, Way};
use crate::schema::{Kind as _, Schema};
use crate::snapshot::{
    AttemptKey, Digester, LinkStatus, Links, OpenAnomaly, Print, Printer, Prints, RefusalKey,
    SyncState,
};

/// A plan being made.
pub(crate) struct Planner<'a, P: Profile> {
    pub(crate) profile: &'a P,
    pub(crate) state: &'a SyncState,
    /// The links of a state that this run drops (D20): they decide nothing, and tell what is lost by it.
    pub(crate) dropped: Option<&'a Links>,
    pub(crate) settings: &'a RunSettings,
    pub(crate) stamps_prove: BySide<bool>,
    /// Whether each side is listed completely.
    pub(crate) listed_whole: BySide<bool>,
    /// Whether more of a side's listing follows in a later run.
    pub(crate) more_to_come: bool,
    /// The records of each side that are to be carried over again.
    pub(crate) forced: BySide<BTreeSet<&'a str>>,
    pub(crate) drafts: Vec<Draft<P::Schema>>,
    pub(crate) settlements: Entered,
    pub(crate) journal: Vec<JournalEntry>,
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) closings: Vec<Closing>,
    pub(crate) account: Account,
    pub(crate) known: Known<'a, P>,
    pub(crate) open: Open<'a>,
    pub(crate) parked: BTreeSet<(u8, String)>,
    pub(crate) asked: IndexMap<String, Option<u32>>,
    pub(crate) refusals_kept: BTreeSet<RefusalKey>,
    /// The fingerprint of what each side's listing covers.
    pub(crate) scopes: BySide<Print>,
    /// The scope in which a record this run makes counts as listed; a filter may never show it.
    pub(crate) born: BySide<Option<Print>>,
    /// Whether each side is listed without a filter.
    pub(crate) unfiltered: BySide<bool>,
    /// Writes of earlier runs that are dealt with.
    pub(crate) met: Vec<AttemptKey>,
    /// Writes of earlier runs whose result this run takes away: they are remembered until it is gone.
    pub(crate) undoing: BTreeSet<AttemptKey>,
    pub(crate) viewer: <P::Schema as Schema>::Viewer,
    /// Used for one record after the other.
    pub(crate) printer: RefCell<Printer>,
    /// The same, of the sides of whose whole records digests are kept.
    pub(crate) digesters: BySide<Option<RefCell<Digester>>>,
    /// Used for one record in common form after the other.
    pub(crate) spare_values: RefCell<Vec<Values<P>>>,
    /// Used for the groups of one pair after the other.
    pub(super) spare_groups: Cell<Vec<Group>>,
    /// Used for the places of one record's groups after the other's.
    pub(crate) spare_places: Cell<Vec<usize>>,
    /// Used for one settlement after the other.
    pub(crate) spare_settlement: Cell<Option<Box<Settlement>>>,
}

/// The draft number as an operation number; plans of more than four billion operations do not exist.
pub(crate) fn number(draft: usize) -> u32 {
    u32::try_from(draft).unwrap_or(u32::MAX)
}

impl<'a, P: Profile> Planner<'a, P> {
    /// Decides one pair, and enters it in the account.
    pub(crate) fn decide(&mut self, pair: &Pair<'a, P>) -> Fate {
        let fate = self.fate(pair);
        self.account.enter(
            fate,
            (pair.a.seen().is_some(), pair.b.seen().is_some()),
            pair.link.is_some(),
        );
        fate
    }

    /// Whether a record is to be carried over again whatever it shows (A9.2, A9.6).
    pub(crate) fn is_forced(&self, side: Side, id: Option<&str>) -> bool {
        let everything = side == Side::B && self.settings.resend_b;
        everything || id.is_some_and(|id| self.forced.get(side).contains(id))
    }

    /// Whether side B's record of a pair is to be sent again to side A.
    pub(crate) fn resends(&self, pair: &Pair<'_, P>) -> bool {
        self.is_forced(Side::B, pair.id_b())
    }

    pub(crate) fn ids(pair: &Pair<'_, P>) -> BySide<Option<String>> {
        BySide::new(pair.id_a().map(str::to_owned), pair.id_b().map(str::to_owned))
    }

    /// An entry of the journal about a pair.
    fn entry(&self, code: Code, pair: &Pair<'_, P>) -> JournalEntry {
        let side = if pair.id_b().is_some() { Side::B } else { Side::A };
        let kind = pair.kind.name(side);
        JournalEntry::new(self.settings.now, code, Some(kind), Self::ids(pair))
    }

    /// A line of the journal about a pair.
    pub(crate) fn note(&mut self, code: Code, pair: &Pair<'_, P>) {
        if self.profile.reports(code) {
            self.journal.push(self.entry(code, pair));
        }
    }

    /// A line of the journal about a write that is not planned.
    pub(crate) fn note_write(&mut self, code: Code, pair: &Pair<'_, P>, side: Side, write: Write) {
        if !self.profile.reports(code) {
            return;
        }
        let action = self.action_of(pair.kind, side, write);
        self.journal.push(self.entry(code, pair).about(Some(side), action));
    }

    /// A line of the journal about a conflict, decided or not (A8.7).
    pub(crate) fn note_conflict(&mut self, code: Code, pair: &Pair<'_, P>, winner: Option<Side>) {
        let stamp = |entry: Option<&Entry<'_, P>>| entry.map(|entry| entry.modified);
        let modified = BySide::new(stamp(pair.a.seen()), stamp(pair.b.seen()));
        let loser = winner.map(Side::other);
        let mut entry = self.entry(code, pair).about(loser, ActionKind::Update);
        entry.detail = Some(Detail::Conflict { modified, winner });
        self.journal.push(entry);
    }

    /// What a write does to a record of a kind: a deletion may be an unassignment (A4.13).
    pub(crate) fn action_of(&self, kind: KindOf<P>, side: Side, write: Write) -> ActionKind {
        match write {
            Write::Create => ActionKind::Create,
            Write::Delete if side == Side::B && self.profile.unassigns(kind).is_some() => {
                ActionKind::Unassign
            }
            Write::Delete => ActionKind::Delete,
            Write::Update => ActionKind::Update,
        }
    }

    /// The fingerprints of a record.
    pub(crate) fn prints(&self, kind: KindOf<P>, entry: &Entry<'_, P>) -> Prints {
        self.prints_of(kind, entry, Places::ALL)
    }

    /// The fingerprints of some of a record's groups.
    pub(crate) fn prints_of(
        &self,
        kind: KindOf<P>,
        entry: &Entry<'_, P>,
        wanted: Places,
    ) -> Prints {
        let mut printer = self.printer.borrow_mut();
        printer.restart_for(kind.code(), wanted);
        self.profile.show(kind, entry.native, &mut printer);
        printer.prints().to_vec()
    }

    /// Makes fingerprints those of a record.
    pub(crate) fn print(&self, kind: KindOf<P>, entry: &Entry<'_, P>, prints: &mut Prints) {
        let mut printer = self.printer.borrow_mut();
        printer.restart(kind.code());
        self.profile.show(kind, entry.native, &mut printer);
        prints.clear();
        prints.extend_from_slice(printer.prints());
    }

    /// The digest of a side's whole record, where it is kept.
    pub(crate) fn digest(
        &self,
        kind: KindOf<P>,
        (side, entry): (Side, &Entry<'_, P>),
    ) -> Option<Print> {
        let digester = self.digesters.get(side).as_ref()?;
        self.profile.digest(kind, entry.native, &mut digester.borrow_mut())
    }

    pub(crate) const fn view<'p>(pair: &'p Pair<'a, P>) -> PairView<'p, 'a, P> {
        PairView { kind: pair.kind, a: pair.a.seen(), b: pair.b.seen(), link: pair.link }
    }

    /// Whether something may be written on a side, and what the journal says if not.
    pub(crate) fn way(&self, pair: &Pair<'a, P>, side: Side, write: Write) -> (Way, Option<Code>) {
        if let Some(barrier) = self.profile.barrier(&Self::view(pair), side, write) {
            let overwrite = barrier.effect == crate::profile::Effect::Overwrite;
            return (Way::Barred { overwrite }, Some(barrier.code));
        }
        if self.profile.permits(pair.kind, side, write) {
            (Way::Open, None)
        } else {
            (Way::Forbidden, Some(Code::NotPermitted))
        }
    }

    /// Adds an operation to a pair; gives its number.
    pub(crate) fn push(&mut self, draft: Draft<P::Schema>, settlement: &mut Settlement) -> u32 {
        let op = number(self.drafts.len());
        self.drafts.push(draft);
        settlement.ops.push(op);
        op
    }

    /// Writes the counterpart's key on an item: `key` if it is known, else the one operation `made` makes.
    pub(crate) fn stamp(
        &mut self,
        pair: &Pair<'a, P>,
        key: Option<&str>,
        made: Option<u32>,
        settlement: &mut Settlement,
    ) {
        let Some(item) = pair.a.seen().filter(|_| self.profile.stamps()) else { return };
        let why = if key.is_none() && made.is_none() {
            (Reason::DuplicateKeyCleared, "A3.7")
        } else {
            (Reason::KeyWrittenBack, "A2.1")
        };
        let action = Action::Stamp(key.map(str::to_owned));
        let mut ids = Self::ids(pair);
        if made.is_none() && key.is_none() {
            ids.b = None;
        }
        let mut draft = Draft::new(Side::A, pair.kind, ids, action, why);
        draft.expect = Some(item.modified);
        draft.needs = made.map(|op| super::Need::new(op, None)).into_iter().collect();
        self.push(draft, settlement);
    }

    /// New anomalies of a pair from what expressing its values lost.
    pub(crate) fn problems(&self, pair: &Pair<'a, P>, problems: Vec<Problem>) -> Vec<Anomaly> {
        let is_open = |Problem { code, group, .. }: &Problem| {
            self.open_in(pair, *group).into_iter().any(|one| one.code == *code)
        };
        let anomaly = |problem: Problem| {
            let stays = problem.stays && is_open(&problem);
            let values = BySide::new(problem.values.0, problem.values.1);
            let values = if stays { BySide::default() } else { values };
            let anomaly = Self::anomaly(pair, problem.code, problem.group, values);
            if stays { Anomaly { status: AnomalyStatus::Open, ..anomaly } } else { anomaly }
        };
        problems.into_iter().map(anomaly).collect()
    }

    /// A new anomaly of a pair. What a private item says is not shown.
    pub(crate) fn anomaly(
        pair: &Pair<'_, P>,
        code: crate::report::AnomalyCode,
        group: usize,
        mut values: BySide<Option<String>>,
    ) -> Anomaly {
        if pair.a.seen().is_some_and(|entry| entry.standing == Standing::Private) {
            values.a = None;
        }
        let record = pair.id_b().is_some() || pair.a.seen().is_some();
        let side = if record { Side::B } else { Side::A };
        Anomaly {
            status: AnomalyStatus::New,
            code,
            kind: pair.kind.name(side).to_owned(),
            ids: Self::ids(pair),
            field: pair.kind.groups().get(group).copied().unwrap_or_default().to_owned(),
            values,
        }
    }

    /// The open anomalies of a pair in one group; those of an item that had no record yet are the pair's too.
    pub(crate) fn open_in(&self, pair: &Pair<'_, P>, group: usize) -> Vec<&'a OpenAnomaly> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let field = pair.kind.groups().get(group).copied().unwrap_or_default();
        let of = |(side, id): (Side, &str)| self.open.get(&(pair.kind.code(), side, id.to_owned()));
        let of_record = pair.id_b().and_then(|id| of((Side::B, id)));
        let of_item = pair.id_a().and_then(|id| of((Side::A, id)));
        let all = of_record.into_iter().chain(of_item).flatten();
        all.copied().filter(|anomaly| anomaly.field == field).collect()
    }

    /// Enters a pair that both sides hold among the known counterparts.
    pub(crate) fn remember(&mut self, pair: &Pair<'a, P>, made: BySide<Option<u32>>) {
        let facts = match (pair.b.seen(), pair.link) {
            (Some(entry), _) => Facts::Record(entry.native),
            (None, Some(link)) => Facts::Link(link),
            (None, None) => Facts::None,
        };
        let ids = BySide::new(pair.id_a(), pair.id_b());
        self.known.enter(pair.kind.code(), ids, made, facts);
    }

    /// Gives the profile its last word.
    pub(crate) fn complete(&mut self) {
        let Entered::Loose(settlements) = &mut self.settlements else { return };
        let mut sheet = super::Sheet {
            drafts: &mut self.drafts,
            settlements,
            journal: &mut self.journal,
            anomalies: &mut self.anomalies,
            closings: &mut self.closings,
            open: &self.open,
            parked: &mut self.parked,
            asked: &mut self.asked,
            refusals_kept: &mut self.refusals_kept,
        };
        self.profile.complete(&mut sheet, &self.known);
    }

    /// The fate of one pair.
    fn fate(&mut self, pair: &Pair<'a, P>) -> Fate {
        if self.more_to_come
            && let Some(fate) = self.wait_for_pages(pair)
        {
            return fate;
        }
        if pair.undecided {
            self.note(Code::AmbiguousPairing, pair);
            return Fate::Skipped;
        }
        if pair.found == Found::Waiting {
            self.look_for_key(pair, pair.a.seen().and_then(|item| item.mark));
            return self.look_again(pair, pair.id_b());
        }
        if pair.found == Found::Foreign {
            self.recover(pair);
            self.note(Code::NotOwner, pair);
            return self.look_again(pair, pair.id_b());
        }
        if !self.profile.is_on(pair.kind) {
            return self.switched_off(pair);
        }
        for entry in [pair.a.seen(), pair.b.seen()].into_iter().flatten() {
            if let Standing::Asleep(code) = entry.standing {
                return self.sleep(pair, Some(code));
            }
        }
        let slept = pair.link.is_some_and(|link| link.status == LinkStatus::Asleep);
        if slept && matches!(pair.a, Presence::Unlisted) {
            return self.sleep(pair, None);
        }
        if self.comes_back_unseen(pair) {
            return self.look_again(pair, pair.id_b());
        }
        match (pair.a, pair.b) {
            (Presence::Seen(_), Presence::Never) if self.may_be_there(pair, Side::B) => {
                self.wait_for_listing(pair)
            }
            (Presence::Never, Presence::Seen(_)) if self.may_be_there(pair, Side::A) => {
                self.wait_for_listing(pair)
            }
            (Presence::Seen(_), Presence::Never) => self.create_on_b(pair),
            (Presence::Never, Presence::Seen(_)) => self.create_on_a(pair),
            (Presence::Gone, Presence::Gone) if self.profile.may_stand(&Self::view(pair)) => {
                self.wait_silently(pair)
            }
            (Presence::Gone, Presence::Gone) => self.forget(pair),
            (Presence::Gone, _) => self.gone_on_a(pair),
            (_, Presence::Gone) => self.gone_on_b(pair, Reason::DeletedInB),
            _ if pair.link.is_some()
                && pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign) =>
            {
                self.gone_on_b(pair, Reason::LeftScope)
            }
            // What came back would be listed.
            (Presence::Unlisted, _) if Self::is_away(pair) => self.gone_on_a(pair),
            _ if self.may_be_removed(pair) => self.wait_silently(pair),
            _ => self.both(pair),
        }
    }

    /// While more of a listing is to come, nobody knows what it will show of a record without a link, nor whether what is
    /// reported as removed will be listed under another id.
    fn wait_for_pages(&mut self, pair: &Pair<'a, P>) -> Option<Fate> {
        if pair.link.is_none() {
            self.look_for_key(pair, pair.a.seen().and_then(|item| item.mark));
            return Some(self.look_again(pair, pair.id_b()));
        }
        let is_gone = matches!(pair.a, Presence::Gone) || matches!(pair.b, Presence::Gone);
        let left = pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign);
        (is_gone || left).then(|| self.wait_silently(pair))
    }

    /// Whether an item is back whose record was left alone while it was away, and is not listed: what changed there
    /// meanwhile was passed over (A7.8b, A10.6), and is looked at before anything is agreed.
    fn comes_back_unseen(&self, pair: &Pair<'a, P>) -> bool {
        let shows_all = self.listed_whole.b && self.unfiltered.b;
        Self::is_away(pair)
            && !shows_all
            && pair.a.seen().is_some()
            && matches!(pair.b, Presence::Unlisted)
    }

    /// Whether the link of a pair says that its item is gone for good, or until something happens to its record.
    fn is_away(pair: &Pair<'a, P>) -> bool {
        let status = pair.link.map(|link| link.status);
        status.is_some_and(|one| !matches!(one, LinkStatus::Live | LinkStatus::Asleep))
    }

    /// The counterpart was asked for and may be there, where this listing does not look.
    fn wait_for_listing(&mut self, pair: &Pair<'a, P>) -> Fate {
        self.note(Code::NotYetSeen, pair);
        self.settlements.push(Settlement::open(pair.kind, Self::ids(pair)));
        Fate::Skipped
    }

    /// The item names a record that is not the user's, or of which nothing is known yet: both are looked at
    /// again, and nothing is done about them.
    pub(crate) fn look_again(&mut self, pair: &Pair<'a, P>, key: Option<&str>) -> Fate {
        let item = pair.id_a().map(str::to_owned);
        for ids in [BySide::new(item, None), BySide::new(None, key.map(str::to_owned))] {
            self.settlements.push(Settlement::open(pair.kind, ids));
        }
        Fate::Skipped
    }

    /// Nothing is known of the key an item carries: the record under it, and the item that had it, are looked at
    /// as well.
    pub(crate) fn look_for_key(&mut self, pair: &Pair<'a, P>, key: Option<&str>) -> Fate {
        let linked = KindOf::<P>::ALL
            .iter()
            .filter_map(|kind| self.state.links.get(kind.code(), key?))
            .map(|link| link.ids.a.clone());
        let holders: BTreeSet<String> =
            linked.chain(pair.holder.filter(|_| key.is_some()).map(str::to_owned)).collect();
        for holder in holders {
            let ids = BySide::new(Some(holder), None);
            self.settlements.push(Settlement::open(pair.kind, ids));
        }
        self.look_again(pair, key)
    }

    /// The item is out of the managed scope, or of a sort that does not take part: nothing of it moves. A link
    /// sleeps until it comes back; what side B changes meanwhile is looked at again then (D19, D26).
    fn sleep(&mut self, pair: &Pair<'a, P>, code: Option<Code>) -> Fate {
        if let Some(code) = code {
            self.note(code, pair);
        }
        // A pair that was never entered sleeps as well: an unanswered creation is not made again (D12).
        if pair.link.is_some() || pair.b.seen().is_some() {
            self.recover(pair);
            // What waits in quarantine is known to others; an item outside the managed folders (D19), and one of a
            // sort that does not take part, is nobody's counterpart until it comes back.
            if code == Some(Code::Quarantined) {
                self.remember(pair, BySide::default());
            }
            let mut settlement = self.settlement(pair);
            // What was closed sleeps as such: nobody looks for its counterpart when it wakes (D26).
            if settlement.status != LinkStatus::Closed {
                settlement.status = LinkStatus::Asleep;
            }
            let waits = pair.b.seen().is_some_and(|entry| {
                let prints = self.prints(pair.kind, entry);
                entry.standing == Standing::Foreign
                    || prints.iter().zip(&settlement.base).any(|(print, base)| *print != base.b)
            });
            settlement.shown = BySide::from_fn(|side| {
                settlement.base.iter().map(|group| *group.get(side)).collect()
            });
            settlement.seen = settlement.agreed;
            // A change of the item that was waiting is written over this version when it comes back.
            if let Some(entry) = pair.b.seen().filter(|_| !waits) {
                settlement.seen.b = Some(entry.modified);
            }
            // An item whose record is gone may be that of another record, which is made later (A7.8), and a complete listing
            // tells of what is gone only while it is the last one (D22).
            let is_gone = [&pair.a, &pair.b].iter().any(|one| matches!(one, Presence::Gone));
            let waits = waits && pair.link.is_some() || is_gone;
            let advance = if waits { super::Advance::Never } else { super::Advance::Now };
            settlement.groups.fill(advance);
            self.enter(pair, settlement);
        } else if pair.key == KeyFinding::Unlisted {
            // It may be a linked item under a new id: until that is known it is listed again.
            return self.look_for_key(pair, pair.a.seen().and_then(|item| item.mark));
        } else if let Some(barrier) =
            self.profile.barrier(&Self::view(pair), Side::B, Write::Create)
            && barrier.effect == crate::profile::Effect::Wait
        {
            // A guest's copy waits for the organiser's record.
            return self.look_again(pair, None);
        }
        Fate::Skipped
    }

    /// The kind is switched off (A1.19): nothing of it moves, and what changed meanwhile, changed hands, has a new id or
    /// lost its key is looked at again when it is on.
    fn switched_off(&mut self, pair: &Pair<'a, P>) -> Fate {
        let is_foreign = pair.b.seen().is_some_and(|entry| entry.standing == Standing::Foreign);
        if is_foreign && pair.link.is_none() {
            // The item may be one that comes back to its record (D30).
            let names = pair.a.seen().is_some();
            return if names { self.look_again(pair, pair.id_b()) } else { Fate::Skipped };
        }
        if !is_foreign {
            self.note(Code::KindOff, pair);
            if pair.id_a().is_some() && pair.id_b().is_some() {
                self.remember(pair, BySide::default());
            }
        }
        let settlement = self.settlement(pair);
        let changed = |side: Side, entry: Option<&Entry<'_, P>>| {
            entry.is_some_and(|entry| {
                let prints = self.prints(pair.kind, entry);
                prints.iter().zip(&settlement.base).any(|(print, base)| print != base.get(side))
            })
        };
        let gone = settlement.gone.a || settlement.gone.b;
        let astray = is_foreign || pair.moved || self.lacks_its_key(pair);
        if gone || astray || changed(Side::A, pair.a.seen()) || changed(Side::B, pair.b.seen()) {
            self.enter(pair, settlement);
        }
        Fate::Skipped
    }

    /// Whether a linked item does not carry the key of its record (D12).
    pub(crate) fn lacks_its_key(&self, pair: &Pair<'a, P>) -> bool {
        let lacks = |item: &Entry<'_, P>| item.mark != pair.id_b() || !item.marked;
        self.profile.stamps() && pair.id_b().is_some() && pair.a.seen().is_some_and(lacks)
    }

    /// Both records are gone: the link goes silently (A4.20), but for what unanswered writes lost before.
    fn forget(&mut self, pair: &Pair<'a, P>) -> Fate {
        self.recover(pair);
        for side in Side::BOTH {
            self.was_removed(pair, side);
        }
        let mut settlement = self.settlement(pair);
        settlement.ending = Some(super::Ending::Now);
        self.enter(pair, settlement);
        Fate::Unchanged
    }
}

/// The name of the schema a profile plans for.
pub(crate) const fn profile_name<P: Profile>() -> &'static str {
    <P::Schema as Schema>::NAME
}
