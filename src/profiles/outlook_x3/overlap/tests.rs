//! What may not be sent, against the definition: look at everything anew after every veto.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::calendar::{Calendar, Span};
use super::{Claim, vetoes};
use crate::profile::Collision;

/// The definition, in quadratic time.
fn plainly(
    standing: &BTreeMap<String, Span>,
    gone: &BTreeSet<&str>,
    claims: &[Claim<'_>],
) -> Vec<Collision> {
    let mut vetoed: BTreeMap<usize, Collision> = BTreeMap::new();
    while let Some(collision) = first_collision(standing, gone, claims, &vetoed) {
        vetoed.insert(collision.draft, collision);
    }
    vetoed.into_values().collect()
}

/// Each begins before the other ends.
fn overlap(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

fn first_collision(
    standing: &BTreeMap<String, Span>,
    gone: &BTreeSet<&str>,
    claims: &[Claim<'_>],
    vetoed: &BTreeMap<usize, Collision>,
) -> Option<Collision> {
    let open = || claims.iter().filter(|claim| !vetoed.contains_key(&claim.draft));
    let moving: BTreeSet<&str> = open().filter_map(|claim| claim.key).collect();
    let stays = |key: &&String| !gone.contains(key.as_str()) && !moving.contains(key.as_str());
    let mut sent: Vec<&Claim<'_>> = Vec::new();
    for claim in open() {
        let place = standing.iter().find(|(key, span)| stays(key) && overlap(**span, claim.span));
        let other = sent.iter().find(|other| overlap(other.span, claim.span));
        let with = place.map(|(key, _)| key.as_str()).or_else(|| other.map(|other| other.name));
        if let Some(with) = with {
            return Some(Collision { draft: claim.draft, with: with.to_owned() });
        }
        sent.push(claim);
    }
    None
}

fn hour(number: i64) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default();
    day.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(number)
}

/// Mostly short; some long, some empty, some that end before they begin.
fn span() -> impl Strategy<Value = Span> {
    let length = prop_oneof![6 => 1i64..4, 1 => Just(0), 1 => -3i64..0, 1 => 4i64..20];
    (0i64..60, length)
        .prop_map(|(start, length)| Span { start: hour(start), end: hour(start + length) })
}

const NAMES: [&str; 24] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
    "t", "u", "v", "w", "x",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A11.7, D13: the same writes are held back, for the same records.
    #[test]
    fn the_same_as_by_the_definition(
        places in proptest::collection::vec((0..NAMES.len(), span()), 0..20),
        gone in proptest::collection::vec(0..NAMES.len(), 0..4),
        moves in proptest::collection::vec((proptest::option::weighted(0.7, 0..NAMES.len()), span()), 0..24),
    ) {
        let standing: BTreeMap<String, Span> =
            places.into_iter().map(|(name, span)| (NAMES[name].to_owned(), span)).collect();
        let gone: BTreeSet<&str> = gone.into_iter().map(|name| NAMES[name]).collect();
        let claims: Vec<Claim<'_>> = moves
            .into_iter()
            .enumerate()
            .map(|(number, (key, span))| {
                let key = key.map(|key| NAMES[key]);
                let item = NAMES[number % NAMES.len()];
                Claim { draft: 3 * number + 1, key, name: key.unwrap_or(item), span }
            })
            .collect();
        prop_assert_eq!(
            vetoes(&standing, &gone, &claims),
            plainly(&standing, &gone, &claims)
        );
    }

    /// Whatever is in the calendar, the first span that overlaps is found, and none where none does.
    #[test]
    fn the_first_of_a_calendar(
        spans in proptest::collection::vec((span(), 0..3u8), 0..40),
        asked in span(),
    ) {
        let mut calendar = Calendar::new(spans.iter().map(|(span, _)| *span).collect());
        for (number, (_, fate)) in spans.iter().enumerate() {
            if *fate > 0 {
                calendar.insert(number);
            }
            if *fate > 1 {
                calendar.remove(number);
            }
        }
        let first = spans.iter().position(|(span, fate)| *fate == 1 && overlap(*span, asked));
        prop_assert_eq!(calendar.first(asked), first);
    }
}

/// Moves that each take the old place of the next one, the last of which is blocked: all are taken back.
#[test]
fn a_long_chain_of_moves_is_taken_back_at_once() {
    let keys: Vec<String> = (0..50_000).map(|number| format!("{number:06}")).collect();
    let span = |number: i64| Span { start: hour(number), end: hour(number + 1) };
    let mut standing: BTreeMap<String, Span> =
        (0..).zip(&keys).map(|(number, key)| (key.clone(), span(number))).collect();
    standing.insert("blocked".to_owned(), span(50_000));
    let claims: Vec<Claim<'_>> = (0..)
        .zip(&keys)
        .map(|(number, key)| Claim {
            draft: usize::try_from(number).unwrap_or_default(),
            key: Some(key),
            name: key,
            span: span(number + 1),
        })
        .collect();
    let found = vetoes(&standing, &BTreeSet::new(), &claims);
    assert_eq!(found.len(), claims.len());
    assert_eq!(found.first().map(|one| one.with.as_str()), Some("000001"));
    assert_eq!(found.last().map(|one| one.with.as_str()), Some("blocked"));
}
