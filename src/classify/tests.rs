//! Shows that [`classify`](super::classify) follows D3 in every situation a group can be in: each base, each
//! print shown, each forcing and each meaning, against tables written out by hand.

use super::{FieldOutcome, GroupView, Meaning, classify};
use crate::model::BySide;
use crate::snapshot::Print;

/// How one side stands to the base.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// The host could not read it.
    Unreadable,
    /// There is no base to compare with.
    Baseless,
    /// It shows what the base says.
    Same,
    /// It shows something else, or counts as changed because it is sent again.
    Changed,
}

/// What fingerprints alone can say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Is(FieldOutcome),
    /// Both changed: the meaning says whether they agree.
    BothChanged,
    /// Never agreed: the meaning says whose value it is.
    NeverAgreed,
}

use FieldOutcome::{Conflict, TakeA, TakeB, Unchanged, Unreadable};
use Stand::{Baseless, Changed, Same};

const VERDICTS: [(Stand, Stand, Verdict); 16] = [
    (Same, Same, Verdict::Is(Unchanged)),
    (Changed, Same, Verdict::Is(TakeA)),
    (Same, Changed, Verdict::Is(TakeB)),
    (Changed, Changed, Verdict::BothChanged),
    (Baseless, Baseless, Verdict::NeverAgreed),
    (Baseless, Same, Verdict::NeverAgreed),
    (Baseless, Changed, Verdict::NeverAgreed),
    (Same, Baseless, Verdict::NeverAgreed),
    (Changed, Baseless, Verdict::NeverAgreed),
    (Stand::Unreadable, Stand::Unreadable, Verdict::Is(Unreadable)),
    (Stand::Unreadable, Baseless, Verdict::Is(Unreadable)),
    (Stand::Unreadable, Same, Verdict::Is(Unreadable)),
    (Stand::Unreadable, Changed, Verdict::Is(Unreadable)),
    (Baseless, Stand::Unreadable, Verdict::Is(Unreadable)),
    (Same, Stand::Unreadable, Verdict::Is(Unreadable)),
    (Changed, Stand::Unreadable, Verdict::Is(Unreadable)),
];

/// Whether both mean the same, whether A is blank, whether B is blank; then the outcome after two changes,
/// and the outcome without a base.
const MEANINGS: [(bool, bool, bool, FieldOutcome, FieldOutcome); 8] = [
    (true, true, true, FieldOutcome::Same, FieldOutcome::Same),
    (true, true, false, FieldOutcome::Same, FieldOutcome::Same),
    (true, false, true, FieldOutcome::Same, FieldOutcome::Same),
    (true, false, false, FieldOutcome::Same, FieldOutcome::Same),
    (false, true, true, Conflict, Conflict),
    (false, true, false, Conflict, TakeB),
    (false, false, true, Conflict, TakeA),
    (false, false, false, Conflict, Conflict),
];

fn stand(base: Option<u64>, shown: Option<u64>, forced: bool) -> Stand {
    match (base, shown) {
        (_, None) => Stand::Unreadable,
        (None, Some(_)) => Baseless,
        (Some(_), Some(_)) if forced => Changed,
        (Some(base), Some(shown)) if base == shown => Same,
        (Some(_), Some(_)) => Changed,
    }
}

fn every_view() -> Vec<GroupView> {
    let (bases, prints) = ([None, Some(1), Some(2)], [None, Some(1), Some(2), Some(3)]);
    let mut views = Vec::new();
    for base_a in bases {
        for base_b in bases {
            for shown_a in prints {
                for shown_b in prints {
                    for forced in 0..4u8 {
                        views.push(GroupView {
                            base: BySide::new(base_a.map(Print::new), base_b.map(Print::new)),
                            shown: BySide::new(shown_a.map(Print::new), shown_b.map(Print::new)),
                            forced: BySide::new(forced & 1 != 0, forced & 2 != 0),
                        });
                    }
                }
            }
        }
    }
    views
}

fn verdict(view: &GroupView) -> Verdict {
    let number = |print: Option<Print>| print.map(Print::get);
    let a = stand(number(view.base.a), number(view.shown.a), view.forced.a);
    let b = stand(number(view.base.b), number(view.shown.b), view.forced.b);
    let row = VERDICTS.iter().find(|row| (row.0, row.1) == (a, b));
    row.expect("the table has every row").2
}

#[test]
fn every_group_in_every_situation() {
    let views = every_view();
    assert_eq!(views.len(), 3 * 3 * 4 * 4 * 4);
    for view in views {
        for (agrees, blank_a, blank_b, both_changed, never_agreed) in MEANINGS {
            let blank = BySide::new(blank_a, blank_b);
            let expected = match verdict(&view) {
                Verdict::Is(outcome) => outcome,
                Verdict::BothChanged => both_changed,
                Verdict::NeverAgreed => never_agreed,
            };
            let found = classify(&view, || Meaning { agrees, blank });
            assert_eq!(found, expected, "{view:?}, agrees {agrees}, {blank:?}");
        }
    }
}

#[test]
fn the_meaning_is_asked_only_where_prints_do_not_decide() {
    for view in every_view() {
        let mut asked = false;
        let blank = BySide::new(false, false);
        classify(&view, || {
            asked = true;
            Meaning { agrees: true, blank }
        });
        let decided = matches!(verdict(&view), Verdict::Is(_));
        assert_eq!(asked, !decided, "{view:?}");
    }
}

#[test]
fn quiet_is_exactly_unchanged() {
    for view in every_view() {
        let unchanged = verdict(&view) == Verdict::Is(Unchanged);
        assert_eq!(view.is_quiet(), unchanged, "{view:?}");
    }
}
