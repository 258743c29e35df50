//! What a world says in the end, to be compared with what it would have said.

use std::collections::BTreeMap;

use super::ledger::Ledger;

/// What a world says, without ids and stamps: for each record, by a name that is the same in every course of events,
/// the marks of its fields.
pub(crate) type Content = BTreeMap<String, Vec<Vec<Option<String>>>>;

/// Where two worlds say different things. A text that an anomaly named, or that a person saw and replaced, may be
/// another one: where a crash took the base away, a conflict may have come of it (D3).
pub(crate) fn differ(with: &Content, without: &Content, ledger: &Ledger) -> Option<String> {
    let settled = |mark: &Option<String>| mark.as_ref().is_none_or(|mark| ledger.is_settled(mark));
    let alike = |those: &Vec<Vec<Option<String>>>, these: &Vec<Vec<Option<String>>>| {
        let mut marks = those.iter().flatten().zip(these.iter().flatten());
        those.len() == these.len()
            && marks.all(|(one, other)| one == other || settled(one) || settled(other))
    };
    let same = with.keys().eq(without.keys())
        && with.values().zip(without.values()).all(|(those, these)| alike(those, these));
    (!same).then(|| format!("with {with:#?}\nwithout {without:#?}"))
}
