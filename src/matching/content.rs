//! The last step of the ladder: equal content, unique on both sides (D12, D24).

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{Found, KeyFinding, Pair, Presence};
use crate::model::{BySide, ordered};
use crate::profile::{KindOf, Profile, Standing};
use crate::schema::Kind as _;
use crate::snapshot::Undecided;

/// What pairing by content found.
pub(crate) struct Twins {
    /// Records that could not be told apart.
    pub(crate) undecided: Vec<Undecided>,
}

/// Pairs records that stand alone on each side and have the same content, where that is unambiguous.
///
/// `may_pair` names the records to look at: all of them where the state is fresh, else only those an earlier
/// run left undecided. `content` gives a record's common form as a record of a kind. Records with several
/// candidates are marked undecided: nothing is created for them until they can be told apart.
pub(crate) fn pair_twins<'a, P: Profile>(
    pairs: &mut Vec<Pair<'a, P>>,
    kinds: &[KindOf<P>],
    may_pair: impl Fn(&Pair<'a, P>) -> bool,
    content: impl Fn(KindOf<P>, P::Native) -> Vec<P::Value>,
) -> Twins {
    let (mut items, mut records) = (Vec::new(), Vec::new());
    for (at, pair) in pairs.iter().enumerate() {
        if pair.found != Found::Alone || pair.key == KeyFinding::Duplicate || !may_pair(pair) {
            continue;
        }
        match (&pair.a, &pair.b) {
            (Presence::Seen(entry), _) if entry.standing == Standing::Taking => {
                items.push((at, entry));
            }
            (_, Presence::Seen(entry)) if entry.standing == Standing::Taking => {
                records.push((at, entry));
            }
            _ => {}
        }
    }
    if items.is_empty() || records.is_empty() {
        return Twins { undecided: Vec::new() };
    }
    items.sort_by_cached_key(|(_, entry)| ordered(entry.id));
    records.sort_by_cached_key(|(_, entry)| ordered(entry.id));
    let mut alike = IndexMap::<(u8, Vec<P::Value>), BySide<Vec<usize>>>::new();
    for (at, entry) in &records {
        let key = (entry.kind.code(), content(entry.kind, entry.native));
        alike.entry(key).or_default().b.push(*at);
    }
    for (at, entry) in &items {
        for kind in kinds {
            let key = (kind.code(), content(*kind, entry.native));
            if let Some(group) = alike.get_mut(&key) {
                group.a.push(*at);
            }
        }
    }
    settle(pairs, alike.into_iter().map(|((kind, _), group)| (kind, group)).collect())
}

/// Records alike in kind and content, by their places among the pairs.
type Alike = (u8, BySide<Vec<usize>>);

fn settle<P: Profile>(pairs: &mut Vec<Pair<'_, P>>, groups: Vec<Alike>) -> Twins {
    let mut candidates: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, group) in &groups {
        for item in &group.a {
            *candidates.entry(*item).or_default() += group.b.len();
        }
    }
    let mut undecided = Vec::new();
    let mut absorbed = Vec::new();
    for (kind, group) in groups {
        if group.a.is_empty() {
            continue;
        }
        if let ([item], [record]) = (group.a.as_slice(), group.b.as_slice())
            && candidates.get(item) == Some(&1)
        {
            let twin = pairs.get(*record).map(|pair| (pair.kind, pair.b));
            if let (Some(pair), Some((kind, b))) = (pairs.get_mut(*item), twin) {
                pair.kind = kind;
                pair.b = b;
                pair.found = Found::Content;
                absorbed.push(*record);
            }
            continue;
        }
        let mut ids = BySide::<Vec<String>>::default();
        for at in group.a.iter().chain(&group.b) {
            if let Some(pair) = pairs.get_mut(*at) {
                pair.undecided = true;
                ids.a.extend(pair.a.seen().map(|entry| entry.id.to_owned()));
                ids.b.extend(pair.b.seen().map(|entry| entry.id.to_owned()));
            }
        }
        undecided.push(Undecided { kind, ids });
    }
    absorbed.sort_unstable();
    for at in absorbed.into_iter().rev() {
        pairs.remove(at);
    }
    Twins { undecided }
}
