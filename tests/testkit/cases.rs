//! Both in-memory sides pass; each broken one is caught for what it is.

use std::collections::BTreeSet;

use counterpart::model::Side;
use counterpart::testkit::outlook_x3::{Codes, crm, mailbox};
use counterpart::testkit::{Check, Findings, check};

use crate::host::{Defect, Host, SOMEBODY};

fn examine(side: Side, defect: Option<Defect>) -> Findings {
    let mut host = Host::new(side, defect);
    let samples = match side {
        Side::A => mailbox(),
        Side::B => {
            let mut codes = Codes::new("run 1", ["REP01", "REP02"]);
            codes.partner = Some("ATELIER".to_owned());
            codes.correspondent = Some(SOMEBODY.to_owned());
            crm(&codes)
        }
    };
    check(&mut host, side, &samples, "2026-06-15T12:00:00Z".parse().unwrap())
}

#[test]
fn the_in_memory_sides_pass() {
    for side in Side::BOTH {
        let findings = examine(side, None);
        assert!(findings.is_empty(), "{findings}");
        let not_made: Vec<Check> = match side {
            Side::A => vec![Check::UnassignOnlyNamed],
            Side::B => vec![Check::StampKept],
        };
        assert_eq!(findings.not_made().into_iter().collect::<Vec<_>>(), not_made);
    }
}

/// Which check catches which defect of a side.
const TABLE: &[(Side, Defect, Check)] = &[
    (Side::A, Defect::AnswersAsAsked, Check::StoredIsListed),
    (Side::B, Defect::AnswersAsAsked, Check::StoredIsListed),
    (Side::B, Defect::AnswersNothing, Check::Answered),
    (Side::A, Defect::AnswersOldStamp, Check::ModifiedIsListed),
    (Side::B, Defect::AnswersWithoutRecord, Check::StoredAnswered),
    (Side::A, Defect::ChangesIds, Check::IdKept),
    (Side::B, Defect::ChangesIds, Check::IdKept),
    (Side::A, Defect::ClearsOnEmptyUpdate, Check::EmptyUpdateHarmless),
    (Side::B, Defect::ClearsOthers, Check::UpdateLeavesOthers),
    (Side::A, Defect::CutsDifferently, Check::StableWhenRewritten),
    (Side::B, Defect::CutsDifferently, Check::StableWhenRewritten),
    (Side::A, Defect::DropsBackslashes, Check::ValueKept),
    (Side::B, Defect::FailsToList, Check::SubjectWorks),
    (Side::A, Defect::ForgetsKeys, Check::CreateIdempotent),
    (Side::B, Defect::ForgetsKeys, Check::CreateIdempotent),
    (Side::B, Defect::ForgetsKeysAtRestart, Check::CreateIdempotentAfterRestart),
    (Side::A, Defect::GivesOneIdTwice, Check::IdsDistinct),
    (Side::A, Defect::IgnoresExpect, Check::ExpectHonoured),
    (Side::B, Defect::IgnoresExpect, Check::ExpectHonoured),
    (Side::A, Defect::KeepsDeleted, Check::DeleteDone),
    (Side::B, Defect::KeepsHalfRefused, Check::NothingAfterRefusal),
    (Side::A, Defect::ListsHalf, Check::ListingComplete),
    (Side::B, Defect::ListsHalf, Check::ListingComplete),
    (Side::A, Defect::LosesExtras, Check::ExtrasSurvive),
    (Side::A, Defect::LosesField, Check::UpdateWritesNamed),
    (Side::B, Defect::MakesVanished, Check::VanishedStaysGone),
    (Side::A, Defect::PanicsAtNul, Check::SurvivesHostileText),
    (Side::A, Defect::RefusesStale, Check::StaleAnswer),
    (Side::B, Defect::RefusesStale, Check::StaleAnswer),
    (Side::B, Defect::RefusesUmlauts, Check::SampleAccepted),
    (Side::A, Defect::SwallowsStamps, Check::StampKept),
    (Side::B, Defect::TouchesOthers, Check::OthersUntouched),
    (Side::B, Defect::UnassignsAll, Check::UnassignOnlyNamed),
];

fn assert_each_is_caught(of: Side) {
    let mut wrong = Vec::new();
    for (side, defect, expected) in TABLE.iter().copied().filter(|(side, ..)| *side == of) {
        let findings = examine(side, Some(defect));
        if findings.failed() != BTreeSet::from([expected]) {
            wrong.push(format!("{defect:?}, expected {expected}:\n{findings}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_defect_of_a_mailbox_is_caught_for_what_it_is() {
    assert_each_is_caught(Side::A);
}

#[test]
fn every_defect_of_a_crm_is_caught_for_what_it_is() {
    assert_each_is_caught(Side::B);
}

#[test]
fn there_is_no_check_that_nothing_fails() {
    let caught: BTreeSet<Check> = TABLE.iter().map(|(_, _, check)| *check).collect();
    assert_eq!(caught, Check::ALL.iter().copied().collect());
}

#[test]
fn findings_say_what_and_why() {
    let findings = examine(Side::A, Some(Defect::ForgetsKeys));
    let text = findings.to_string();
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "create_idempotent: contact, every field filled: the repeated creation answers with another id"
    );
    assert!(text.contains("Otherwise an answer that was lost makes a duplicate. (D12)"), "{text}");
    let names: BTreeSet<&str> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), Check::ALL.len());
}
