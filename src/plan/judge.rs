//! What the rules of a profile say of each field group, before the conflict policy.

use super::both::Content;
use super::planner::Planner;
use crate::classify::FieldOutcome;
use crate::matching::Pair;
use crate::model::BySide;
use crate::profile::{GroupCase, Judgement, Profile};

impl<'a, P: Profile> Planner<'a, P> {
    /// Lets the profile's rules have their say on each group.
    pub(super) fn judge(&self, pair: &Pair<'a, P>, content: &mut Content<P>) {
        let pair_view = Self::view(pair);
        let Content { views, outcomes, forms, judged, codes, overruled: _ } = content;
        for (place, (view, outcome)) in views.iter().zip(outcomes.iter_mut()).enumerate() {
            let values = forms.as_ref().map(|form| form.as_ref().and_then(|form| form.get(place)));
            let case = GroupCase {
                place,
                changed: BySide::from_fn(|side| view.changed(side)),
                differs: values.a.is_some() && values.b.is_some() && values.a != values.b,
                conflict: *outcome == FieldOutcome::Conflict,
                values,
            };
            let (judgement, code) = self.profile.judge(&pair_view, &case);
            codes.extend(code);
            match judgement {
                Judgement::AsClassified => {}
                Judgement::Agreed | Judgement::Follow { .. } => *outcome = FieldOutcome::Same,
                Judgement::Wait => *outcome = FieldOutcome::Unreadable,
            }
            if let Some(slot) = judged.get_mut(place) {
                *slot = judgement;
            }
        }
    }
}
