//! Settling an open anomaly by a value that a person supplies (A12.5, A12.8).

use serde::{Deserialize, Serialize};

use super::known::{Facts, Known};
use super::screen::Quiet;
use super::{Action, World};
use crate::model::{BySide, Side};
use crate::profile::{Change, Entry, KindOf, Profile, Standing, Supplied};
use crate::report::{AnomalyCode, Language};
use crate::schema::{Kind as _, Schema};
use crate::session::{Request, Response};
use crate::snapshot::{OpenAnomaly, Retry, StateRecord, SyncState};

/// Why a value that was supplied for an anomaly is not taken. A closed list; a name never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decline {
    /// There is nothing in it.
    Blank,
    /// It contradicts another value of the record: an end before the start.
    Inconsistent,
    /// It cannot be read as what the field holds: a date, a number, yes or no.
    Malformed,
    /// The field has several parts, or none that a single value could fill: correct the record itself, and the
    /// line closes when the field is agreed (A12.8).
    NoSingleValue,
    /// Side B does not list the record of the anomaly, or there is none.
    NoRecord,
    /// No such anomaly is open.
    NotOpen,
    /// The record is somebody else's to change (A7.3, A7.5).
    NotOwner,
    /// The record holds this value already.
    Same,
    /// It is more than the field holds.
    TooLarge,
    /// It is a code, a key or a form of address that the CRM does not know.
    Unknown,
}

impl Decline {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::Blank,
        Self::Inconsistent,
        Self::Malformed,
        Self::NoSingleValue,
        Self::NoRecord,
        Self::NotOpen,
        Self::NotOwner,
        Self::Same,
        Self::TooLarge,
        Self::Unknown,
    ];

    /// The reason in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Blank => language.of("no value was given", "aucune valeur n'a été saisie"),
            Self::Inconsistent => language.of(
                "it contradicts another value of the record",
                "elle contredit une autre valeur de la fiche",
            ),
            Self::Malformed => language.of(
                "it cannot be read as a value of this field",
                "ce n'est pas une valeur valable pour cette rubrique",
            ),
            Self::NoSingleValue => language.of(
                "the field has several parts; correct the record itself",
                "la rubrique comporte plusieurs parties ; corrigez la fiche elle-même",
            ),
            Self::NoRecord => language.of("there is no such record", "la fiche est introuvable"),
            Self::NotOpen => {
                language.of("no such anomaly is open", "cette anomalie n'est pas ouverte")
            }
            Self::NotOwner => language.of(
                "the record is somebody else's to change",
                "la fiche relève d'un autre représentant",
            ),
            Self::Same => language
                .of("the record holds this value already", "la fiche contient déjà cette valeur"),
            Self::TooLarge => language
                .of("it is more than the field holds", "elle dépasse la capacité de la rubrique"),
            Self::Unknown => language.of("the CRM does not know it", "le CRM ne la connaît pas"),
        }
    }

    /// What an anomaly says of a value, had it been taken.
    const fn of(code: AnomalyCode) -> Self {
        match code {
            AnomalyCode::DueBeforeStart | AnomalyCode::EndBeforeStart => Self::Inconsistent,
            AnomalyCode::DurationOverflow
            | AnomalyCode::TooManyContacts
            | AnomalyCode::TooManyParticipants
            | AnomalyCode::Truncated => Self::TooLarge,
            AnomalyCode::ConflictLoser
            | AnomalyCode::ContactNotCreatable
            | AnomalyCode::LostEdit
            | AnomalyCode::OrphanAccount
            | AnomalyCode::SecondaryAccount
            | AnomalyCode::UnknownCompany
            | AnomalyCode::UnknownFirstContact
            | AnomalyCode::UnknownTitle => Self::Unknown,
        }
    }
}

/// What comes of a value that a person supplied for an open anomaly.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict<S: Schema> {
    /// It is a value of the field: write this.
    Accepted(Box<Correction<S>>),
    /// It is not taken, and the anomaly stays open.
    Declined(Decline),
}

/// The change of side B's record that settles an open anomaly.
///
/// The host has side B write [`request`](Self::request), as it writes what a session asks for, and gives the
/// answer to [`answered`](Self::answered). The record is then one that was modified on side B: the next run
/// carries the value to side A.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Correction<S: Schema> {
    /// What side B is asked to write.
    pub request: Request<S>,
    /// The anomaly it settles.
    pub anomaly: OpenAnomaly,
}

impl<S: Schema> Correction<S> {
    /// Takes side B's answer, and closes the anomaly if the value was written; gives what changed in the state,
    /// to be persisted. Only a value that was written closes an anomaly (A12.8): what was refused, was stale or
    /// was never answered leaves the state as it is, and gives `None`.
    ///
    /// The record is entered among those the next run looks at ([`SyncState::wanted`]), so that a listing of
    /// changes speaks of it although the user changed it himself.
    pub fn answered(&self, response: &Response<S>, state: &mut SyncState) -> Option<StateRecord> {
        if !matches!(response, Response::Done { .. }) {
            return None;
        }
        let mut changes = StateRecord::default();
        if let Some(id) = &self.request.id {
            let key = (Side::B, id.clone());
            let first = Retry { attempts: 0, since: self.request.now, held: false };
            let retry = state.retries.entry(key.clone()).or_insert(first);
            changes.retry(key, Some(retry.clone()));
        }
        state.anomalies.remove(&self.anomaly);
        changes.anomaly(self.anomaly.clone(), false);
        Some(changes)
    }
}

/// Judges a value that a person supplies for an open anomaly: the change of the record it amounts to, or why it
/// is not taken (A12.5).
///
/// The value is read by the profile ([`Profile::read`]) and expressed by the same rules as a value of side A:
/// it is taken where nothing of it would be lost.
pub fn settle<P: Profile>(
    world: &World<'_, P>,
    anomaly: &OpenAnomaly,
    value: &str,
) -> Verdict<P::Schema> {
    match correct(world, anomaly, value.trim()) {
        Ok(request) => {
            Verdict::Accepted(Box::new(Correction { request, anomaly: anomaly.clone() }))
        }
        Err(why) => Verdict::Declined(why),
    }
}

fn correct<P: Profile>(
    world: &World<'_, P>,
    anomaly: &OpenAnomaly,
    value: &str,
) -> Result<Request<P::Schema>, Decline> {
    let (profile, state) = (world.profile, world.state);
    let is_kind = |kind: &&KindOf<P>| kind.code() == anomaly.kind;
    let kind = KindOf::<P>::ALL.iter().find(is_kind).copied().ok_or(Decline::NotOpen)?;
    let group = kind.groups().iter().position(|name| *name == anomaly.field);
    let group = group.filter(|_| state.anomalies.contains(anomaly)).ok_or(Decline::NotOpen)?;
    let id = anomaly.ids.b.as_deref().ok_or(Decline::NoRecord)?;
    let entries = profile.entries(Side::B);
    let record = entries.iter().find(|one| one.kind == kind && one.id == id);
    let record = record.ok_or(Decline::NoRecord)?;
    if record.standing == Standing::Foreign {
        return Err(Decline::NotOwner);
    }
    if value.is_empty() {
        return Err(Decline::Blank);
    }
    let quiet = Quiet::whole(&state.links);
    let mut known = Known::new(profile, &quiet, &state.key);
    enter_facts(&entries, &mut known);
    let supplied = Supplied { kind, group, code: anomaly.code, record, text: value };
    let read = profile.read(&supplied, &known)?;
    let mut agreed = profile.project(kind, record.native, &known);
    *agreed.get_mut(group).ok_or(Decline::NotOpen)? = read;
    let change = Change {
        kind,
        target: Side::B,
        groups: &[group],
        agreed: &|place| agreed.get(place),
        current: Some(record),
        source: None,
    };
    let expressed = profile.update(&change, &known);
    if let Some(problem) = expressed.problems.first() {
        return Err(Decline::of(problem.code));
    }
    let patch = expressed.payload.ok_or(Decline::Same)?;
    Ok(Request {
        op: 1,
        side: Side::B,
        kind,
        id: Some(id.to_owned()),
        action: Action::Update(patch),
        expect: Some(record.modified),
        source_modified: None,
        idempotency_key: None,
        now: world.settings.now,
    })
}

/// Enters the facts of what is listed beside what links say.
fn enter_facts<'e, P: Profile>(entries: &[Entry<'e, P>], known: &mut Known<'e, P>) {
    for entry in entries {
        let ids = BySide::new(None, Some(entry.id));
        let facts = Facts::Record(entry.native);
        known.enter(entry.kind.code(), ids, BySide::default(), facts);
    }
}
