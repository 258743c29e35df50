//! What a refused write was there for is not forgotten: tried again, it keeps its reason (E4).

use std::collections::BTreeMap;

use super::Sage100;
use super::clerk::Mode;
use super::kind::Kind;
use super::parameters::Conflict;
use super::rules;
use super::run::Run;
use crate::model::{BySide, Side};
use crate::plan::{Action, Draft};
use crate::profile::PairView;
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{AttemptKey, Link, Refused, SyncState};

/// The refused writes of a state, by kind and by each id of their records.
#[derive(Debug)]
pub(crate) struct RefusedWrites<'a>(BTreeMap<(u8, Side, &'a str), Refused>);

impl<'a> RefusedWrites<'a> {
    pub(crate) fn of(state: &'a SyncState) -> Self {
        let named = state.refusals.iter().flat_map(|(key, refused)| {
            let named = |side| Some(((key.kind, side, key.ids.get(side).as_deref()?), *refused));
            Side::BOTH.into_iter().filter_map(named)
        });
        Self(named.collect())
    }

    fn get(&self, kind: Kind, ids: BySide<Option<&str>>) -> Option<Refused> {
        let of = |side: Side| self.0.get(&(kind.code(), side, (*ids.get(side))?)).copied();
        of(Side::A).or_else(|| of(Side::B))
    }
}

impl Run<'_> {
    /// Which side is believed where a pair is compared: that of a run which believed one in everything (B15.2, B15.3), as
    /// long as what it wrote of the pair is refused.
    pub(crate) fn mode_of(&self, pair: &PairView<'_, '_, Self>) -> Mode {
        if self.mode() != Mode::Normal || self.refused.0.is_empty() {
            return self.mode();
        }
        match self.refused_of(pair).map(|refused| refused.reason) {
            Some(Reason::Resync) => Mode::Resync,
            Some(Reason::Sent) => Mode::Send,
            _ => Mode::Normal,
        }
    }

    /// The side that won a conflict of a pair whose write is not done since. A write of the same run gave the record that
    /// lists it a later date, so that the dates decide again only once somebody changed one of the two.
    pub(crate) fn winner_before(&self, pair: &PairView<'_, '_, Self>) -> Option<Side> {
        if self.parameters.conflict != Conflict::LastModified || self.refused.0.is_empty() {
            return None;
        }
        let decided = |reason| matches!(reason, Reason::ConflictWonByA | Reason::ConflictWonByB);
        let loser = self.refused_of(pair).filter(|one| decided(one.reason))?.side;
        let account = rules::owner_of(self, pair)?;
        let is_as_left = |side| {
            let entry = BySide::new(pair.a, pair.b);
            let modified = entry.get(side).map(|entry| entry.modified);
            modified <= self.last_stamp(account, side) || self.is_unanswered(account, side)
        };
        Side::BOTH.into_iter().all(is_as_left).then_some(loser.other())
    }

    /// Whether a run wrote an account, or what is listed with it, without hearing the answer: its date may be that write's.
    fn is_unanswered(&self, account: &str, side: Side) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        let children = |link: &Link| {
            let kinds = [Kind::Address, Kind::Contact].into_iter();
            kinds.flat_map(|kind| self.directory.child_links(kind, &link.ids.a)).collect()
        };
        let children: Vec<_> = link.map(children).unwrap_or_default();
        let is_meant = |key: &AttemptKey| {
            let own = key.kind == Kind::Account.code() && key.id == account;
            own || children.iter().any(|((kind, id), _)| (*kind, id) == (key.kind, &key.id))
        };
        self.input.state.attempts.keys().any(|key| key.target == side && is_meant(key))
    }

    /// Whether a side refused to delete what a user had asked it to: of a definition a user asks for nothing else.
    pub(crate) fn refused_to_go(&self, kind: Kind, name: &str) -> bool {
        let refused = self.refused.get(kind, BySide::from_fn(|_| Some(name)));
        refused.is_some_and(|one| one.reason == Reason::Requested)
    }

    fn refused_of(&self, pair: &PairView<'_, '_, Self>) -> Option<Refused> {
        let own = BySide::new(pair.a, pair.b);
        let linked = pair.link.map(|link| &link.ids);
        let ids = BySide::from_fn(|side| {
            let link = || linked.map(|ids| ids.get(side).as_str());
            own.get(side).map(|entry| entry.id).or_else(link)
        });
        // A company is written for its account.
        let company = || self.refused.get(Kind::Company, BySide::new(ids.a, None));
        let refused = self.refused.get(pair.kind, ids);
        refused.or_else(|| company().filter(|_| pair.kind == Kind::Account))
    }

    /// Gives an update that a side refused before the reason it had then, where nothing new happened to its record.
    pub(crate) fn keep_reason(&self, draft: &mut Draft<Sage100>) {
        let is_plain =
            matches!(draft.reason, Reason::UpdatedInA | Reason::UpdatedInB | Reason::Replicated);
        if !is_plain || !matches!(draft.action, Action::Update(_)) {
            return;
        }
        let refused = self.refused.get(draft.kind, draft.ids.as_ref().map(Option::as_deref));
        let reason = refused.filter(|one| one.side == draft.side).map(|one| one.reason);
        if let Some(
            reason @ (Reason::ConflictWonByA
            | Reason::ConflictWonByB
            | Reason::Merged
            | Reason::Requested
            | Reason::Resync
            | Reason::Sent),
        ) = reason
        {
            draft.reason = reason;
        }
    }
}
