//! What of a pair's content waits or is held, though a policy has decided it, and what is said of that.

use super::Settlement;
use super::content::{Content, Group};
use super::planner::Planner;
use crate::matching::Pair;
use crate::model::{BySide, Places, Side};
use crate::profile::{Profile, Standing, Value, Write};
use crate::report::{AnomalyCode, Code};
use crate::rules::Route;
use crate::schema::Kind as _;

/// In how many runs in a row a group may go back and forth before it is held.
const SWINGS: u8 = 3;

impl<'a, P: Profile> Planner<'a, P> {
    /// What side A shows in a mirrored group, and side B never said, is lost where side B's value goes there (D4).
    pub(crate) fn mark_overwritten(&self, pair: &Pair<'a, P>, content: &mut Content<P>) {
        for place in self.profile.overwritten(pair.kind) {
            let is_own =
                content.group(*place).is_some_and(|one| one.view.shown.a != one.view.base.b);
            let said = content.forms.a.as_ref().and_then(|form| self.value(form, *place));
            let is_own = is_own && !said.is_none_or(Value::is_blank);
            if let Some(Group { route: Route::To { side: Side::A, lost }, .. }) =
                content.group_mut(*place)
            {
                *lost |= is_own;
            }
        }
    }

    /// What is written into what the target holds waits for a target that is not listed (D22).
    pub(crate) fn wait_for_target(&self, pair: &Pair<'a, P>, content: &mut Content<P>) {
        for (side, presence) in [(Side::A, &pair.a), (Side::B, &pair.b)] {
            let woven = self.profile.woven(pair.kind, side);
            for place in woven.iter().filter(|_| presence.seen().is_none()) {
                if let Some(group) = content.group_mut(*place).filter(|group| group.goes_to(side)) {
                    group.route = Route::Waits(None);
                }
            }
        }
    }

    /// A copy that its user dismissed and took back follows side B: what it shows may be older than what he dismissed
    /// last (A7.8b). Nobody can tell that from an edit, so that it is named.
    pub(crate) fn follow_b(&mut self, pair: &Pair<'a, P>, settlement: &mut Settlement) {
        let Some(item) = pair.a.seen() else { return };
        let form = self.profile.project(pair.kind, item.native, &self.known);
        for (place, base) in settlement.base.iter_mut().enumerate() {
            let shown = settlement.shown.as_ref().map(|side| side.get(place).copied().flatten());
            if shown.a.is_none() || base.a == shown.a {
                continue;
            }
            *base = BySide::new(shown.a, shown.a);
            let text = form.get(place).and_then(Value::text).filter(|_| shown.b != shown.a);
            if text.is_some() {
                let values = BySide::new(text, None);
                self.anomalies.push(Self::anomaly(pair, AnomalyCode::LostEdit, place, values));
            }
        }
    }

    /// A text that cannot be read is not overwritten, also where a stamp proves that it did not change (D35).
    pub(crate) fn hold_unreadable(&self, pair: &Pair<'a, P>, content: &mut Content<P>) {
        for side in Side::BOTH {
            let current = if side == Side::A { pair.a.seen() } else { pair.b.seen() };
            let carried: Places = content.carried_to(side).collect();
            let Some(current) = current.filter(|_| !carried.is_empty()) else { continue };
            let mut printer = self.printer.borrow_mut();
            printer.restart_for(pair.kind.code(), carried);
            self.profile.show(pair.kind, current.native, &mut printer);
            for group in content.groups.iter_mut().filter(|group| group.goes_to(side)) {
                if !printer.was_readable(group.place) {
                    group.route = Route::Waits(None);
                }
            }
        }
    }

    /// Holds a group that went back and forth between two values in three runs, and is about to go back again
    /// (P-10).
    pub(crate) fn hold_swings(
        &mut self,
        pair: &Pair<'a, P>,
        content: &mut Content<P>,
        settlement: &mut Settlement,
    ) {
        for swing in &settlement.swings {
            let place = usize::from(swing.group);
            let Some(Group { route, .. }) = content.group_mut(place) else { continue };
            if let Route::To { side, .. } = route {
                let source = side.other();
                let shown = settlement.shown.get(source).get(place).copied().flatten();
                let again = swing.count >= SWINGS && swing.run == self.state.runs;
                if again && shown.is_some() && shown == *swing.from.get(source) {
                    *route = Route::Waits(None);
                    settlement.held.push(swing.group);
                }
            }
        }
        if !settlement.held.is_empty() {
            self.note(Code::Oscillation, pair);
        }
    }

    /// Says once per pair and side why changes wait, and that a conflict is held.
    pub(crate) fn note_routes(
        &mut self,
        pair: &Pair<'a, P>,
        content: &Content<P>,
        codes: BySide<Option<Code>>,
    ) {
        let is_any =
            |wanted: &dyn Fn(Route) -> bool| content.groups.iter().any(|group| wanted(group.route));
        let private = pair.a.seen().is_some_and(|entry| entry.standing == Standing::Private);
        if private {
            self.note_write(Code::FrozenPrivate, pair, Side::B, Write::Update);
        }
        for side in Side::BOTH {
            if let Some(code) = *codes.get(side)
                && code != Code::FrozenPrivate
                && (is_any(&|route| route == Route::Waits(Some(side)))
                    || side == Side::B
                        && code != Code::NotPermitted
                        && is_any(&|route| matches!(route, Route::To { lost: true, .. })))
            {
                self.note_write(code, pair, side, Write::Update);
            }
        }
        if is_any(&|route| route == Route::Held) {
            self.note_conflict(Code::ConflictHeld, pair, None);
        }
    }
}
