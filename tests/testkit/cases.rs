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

#[test]
fn every_defect_is_caught_for_what_it_is() {
    use Side::{A, B};
    let table = [
        (A, Defect::AnswersAsAsked, Check::StoredIsListed),
        (B, Defect::AnswersAsAsked, Check::StoredIsListed),
        (B, Defect::AnswersNothing, Check::Answered),
        (A, Defect::AnswersOldStamp, Check::ModifiedIsListed),
        (B, Defect::AnswersWithoutRecord, Check::StoredAnswered),
        (A, Defect::ChangesIds, Check::IdKept),
        (B, Defect::ChangesIds, Check::IdKept),
        (A, Defect::ClearsOnEmptyUpdate, Check::EmptyUpdateHarmless),
        (B, Defect::ClearsOthers, Check::UpdateLeavesOthers),
        (A, Defect::CutsDifferently, Check::StableWhenRewritten),
        (B, Defect::CutsDifferently, Check::StableWhenRewritten),
        (A, Defect::DropsBackslashes, Check::ValueKept),
        (B, Defect::FailsToList, Check::SubjectWorks),
        (A, Defect::ForgetsKeys, Check::CreateIdempotent),
        (B, Defect::ForgetsKeys, Check::CreateIdempotent),
        (B, Defect::ForgetsKeysAtRestart, Check::CreateIdempotentAfterRestart),
        (A, Defect::GivesOneIdTwice, Check::IdsDistinct),
        (A, Defect::IgnoresExpect, Check::ExpectHonoured),
        (B, Defect::IgnoresExpect, Check::ExpectHonoured),
        (A, Defect::KeepsDeleted, Check::DeleteDone),
        (B, Defect::KeepsHalfRefused, Check::NothingAfterRefusal),
        (A, Defect::ListsHalf, Check::ListingComplete),
        (B, Defect::ListsHalf, Check::ListingComplete),
        (A, Defect::LosesExtras, Check::ExtrasSurvive),
        (A, Defect::LosesField, Check::UpdateWritesNamed),
        (B, Defect::MakesVanished, Check::VanishedStaysGone),
        (A, Defect::PanicsAtNul, Check::SurvivesHostileText),
        (A, Defect::RefusesStale, Check::StaleAnswer),
        (B, Defect::RefusesStale, Check::StaleAnswer),
        (B, Defect::RefusesUmlauts, Check::SampleAccepted),
        (A, Defect::SwallowsStamps, Check::StampKept),
        (B, Defect::TouchesOthers, Check::OthersUntouched),
        (B, Defect::UnassignsAll, Check::UnassignOnlyNamed),
    ];
    let mut wrong = Vec::new();
    for (side, defect, expected) in table {
        let findings = examine(side, Some(defect));
        if findings.failed() != BTreeSet::from([expected]) {
            wrong.push(format!("{defect:?} of {side:?}, expected {expected}:\n{findings}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let caught: BTreeSet<Check> = table.into_iter().map(|(_, _, check)| check).collect();
    assert_eq!(caught, Check::ALL.iter().copied().collect(), "a check that nothing fails");
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
