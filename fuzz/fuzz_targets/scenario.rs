//! A scenario file may hold anything: it is run or refused with one line, and never panics.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[path = "../../examples/scenario/changes.rs"]
mod changes;
#[path = "../../examples/scenario/fault.rs"]
mod fault;
#[path = "../../examples/scenario/file.rs"]
mod file;
#[path = "../../examples/scenario/trace.rs"]
mod trace;
#[path = "../../examples/scenario/world.rs"]
mod world;

const GOOD: [&str; 6] = [
    include_str!("../../tests/scenarios/outlook_x3/contact_comes_back.json"),
    include_str!("../../tests/scenarios/outlook_x3/changes_of_every_kind.json"),
    include_str!("../../tests/scenarios/outlook_x3/changes_refused_deletions_are_retried.json"),
    include_str!("../../tests/scenarios/outlook_x3/comments_in_two_mailboxes.json"),
    include_str!("../../tests/scenarios/outlook_x3/appointment_fields_from_mailbox.json"),
    include_str!("../../tests/scenarios/outlook_x3/call_fields_both_ways.json"),
];

/// A text as it comes, or a good one in which some places are replaced.
#[derive(Arbitrary, Debug)]
enum Text {
    Raw(String),
    Changed { which: u8, places: Vec<(u16, u8, Piece)> },
}

/// What stands in for a part of a good text.
#[derive(Arbitrary, Debug)]
enum Piece {
    Byte(char),
    Null,
    Number(i64),
    Text(String),
    Other(u16, u8),
}

impl Text {
    fn read(self) -> String {
        let (which, places) = match self {
            Self::Raw(text) => return text,
            Self::Changed { which, places } => (which, places),
        };
        let good = GOOD[usize::from(which) % GOOD.len()];
        let mut text: Vec<char> = good.chars().collect();
        for (place, length, piece) in places.into_iter().take(8) {
            let from = usize::from(place) % (text.len() + 1);
            let to = (from + usize::from(length % 24)).min(text.len());
            let new: String = match piece {
                Piece::Byte(one) => one.to_string(),
                Piece::Null => "null".to_owned(),
                Piece::Number(number) => number.to_string(),
                Piece::Text(text) => serde_json::to_string(&text).expect("JSON"),
                Piece::Other(place, length) => {
                    let from = usize::from(place) % good.len();
                    good.chars().skip(from).take(usize::from(length)).collect()
                }
            };
            text.splice(from..to, new.chars());
        }
        text.into_iter().collect()
    }
}

fuzz_target!(|text: Text| {
    let outcome = file::parse(&text.read()).and_then(world::run);
    match outcome {
        Ok(trace) => drop(serde_json::to_string(&trace).expect("JSON")),
        Err(error) => assert!(!error.trim().is_empty() && !error.contains('\n'), "{error:?}"),
    }
});
