//! Places where information was or may be lost (A12).

use serde::{Deserialize, Serialize};

use super::{Language, Severity};
use crate::model::BySide;

/// What is wrong. A closed list; a name never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnomalyCode {
    /// A person's value lost a conflict (A8.7).
    ConflictLoser,
    /// A new activity's contact may not become a correspondent (A6.5).
    ContactNotCreatable,
    /// A due date before the start was raised to it (A2.19).
    DueBeforeStart,
    /// A call's duration is longer than the CRM can hold; not written (A2.34).
    DurationOverflow,
    /// An appointment ends before it starts; not written (A2.40).
    EndBeforeStart,
    /// An edit of a record that was deleted on the other side (A4.19).
    LostEdit,
    /// An account without a company (B12.1).
    OrphanAccount,
    /// A further account of a company that has a principal one (B12.1).
    SecondaryAccount,
    /// More contacts than the CRM holds; the rest was left out (A6.4).
    TooManyContacts,
    /// More participants than the CRM holds; the rest was left out.
    TooManyParticipants,
    /// A text was longer than the other side holds, and was cut.
    Truncated,
    /// The company text names a code the CRM does not know (A5.10, A5.19, A5.22).
    UnknownCompany,
    /// The first contact is not known; the CRM's contact was kept (A6.2).
    UnknownFirstContact,
    /// A form of address the CRM does not know (A2.55).
    UnknownTitle,
}

impl AnomalyCode {
    /// Every code, in the order of their numbers in a stored state; a new one is added at the end.
    pub const ALL: &'static [Self] = &[
        Self::ConflictLoser,
        Self::ContactNotCreatable,
        Self::DueBeforeStart,
        Self::DurationOverflow,
        Self::EndBeforeStart,
        Self::LostEdit,
        Self::TooManyContacts,
        Self::TooManyParticipants,
        Self::Truncated,
        Self::UnknownCompany,
        Self::UnknownFirstContact,
        Self::UnknownTitle,
        Self::OrphanAccount,
        Self::SecondaryAccount,
    ];

    /// How much it matters (`SYLNIV`, A12.9): 1 a value was corrected, 2 one was lost or left out, 3 one was not
    /// written.
    pub const fn level(self) -> Severity {
        match self {
            Self::DueBeforeStart => Severity::Info,
            Self::DurationOverflow | Self::EndBeforeStart => Severity::Error,
            Self::ConflictLoser
            | Self::ContactNotCreatable
            | Self::LostEdit
            | Self::OrphanAccount
            | Self::SecondaryAccount
            | Self::TooManyContacts
            | Self::TooManyParticipants
            | Self::Truncated
            | Self::UnknownCompany
            | Self::UnknownFirstContact
            | Self::UnknownTitle => Severity::Warning,
        }
    }

    /// What is wrong, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::ConflictLoser => language.of(
                "this value lost against the other side's",
                "valeur écartée au profit de celle de l'autre côté",
            ),
            Self::ContactNotCreatable => language.of(
                "the contact may not become a correspondent",
                "le contact ne peut pas devenir un correspondant",
            ),
            Self::DueBeforeStart => language.of(
                "the due date lay before the start and was raised to it",
                "l'échéance précédait le début ; elle y a été ramenée",
            ),
            Self::DurationOverflow => language.of(
                "the duration is too long and was not written",
                "la durée est trop longue ; elle n'a pas été écrite",
            ),
            Self::EndBeforeStart => language.of(
                "it ends before it starts and was not written",
                "la fin précède le début ; rien n'a été écrit",
            ),
            Self::LostEdit => language.of(
                "changed here while the record was deleted on the other side",
                "modifié ici alors que la fiche était supprimée de l'autre côté",
            ),
            Self::OrphanAccount => {
                language.of("an account without a company", "tiers sans société (orphelin)")
            }
            Self::SecondaryAccount => language.of(
                "a further account of a company that has a principal one",
                "tiers secondaire d'une société",
            ),
            Self::TooManyContacts => language.of(
                "more contacts than can be held; the rest was left out",
                "trop de contacts ; les suivants n'ont pas été repris",
            ),
            Self::TooManyParticipants => language.of(
                "more participants than can be held; the rest was left out",
                "trop d'intervenants ; les suivants n'ont pas été repris",
            ),
            Self::Truncated => language
                .of("the text is too long and was cut", "texte trop long ; il a été tronqué"),
            Self::UnknownCompany => {
                language.of("no partner has this code", "aucun tiers ne porte ce code")
            }
            Self::UnknownFirstContact => language.of(
                "the first contact is not known; the CRM's was kept",
                "premier contact inconnu ; celui du CRM a été conservé",
            ),
            Self::UnknownTitle => {
                language.of("this form of address is not known", "civilité inconnue")
            }
        }
    }

    /// The code's short name, as in its serialised form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConflictLoser => "conflict_loser",
            Self::ContactNotCreatable => "contact_not_creatable",
            Self::DueBeforeStart => "due_before_start",
            Self::DurationOverflow => "duration_overflow",
            Self::EndBeforeStart => "end_before_start",
            Self::LostEdit => "lost_edit",
            Self::OrphanAccount => "orphan_account",
            Self::SecondaryAccount => "secondary_account",
            Self::TooManyContacts => "too_many_contacts",
            Self::TooManyParticipants => "too_many_participants",
            Self::Truncated => "truncated",
            Self::UnknownCompany => "unknown_company",
            Self::UnknownFirstContact => "unknown_first_contact",
            Self::UnknownTitle => "unknown_title",
        }
    }
}

/// Whether an anomaly is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnomalyStatus {
    /// Settled by this run; not shown again.
    Closed,
    /// Raised by this run.
    New,
    /// Raised by an earlier run, and still there.
    Open,
}

impl AnomalyStatus {
    /// The status as a word.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Closed => language.of("closed", "soldée"),
            Self::New => language.of("new", "nouvelle"),
            Self::Open => language.of("open", "ouverte"),
        }
    }
}

/// A place where information was or may be lost. Only a new one holds values, and only the report shows
/// them: the state keeps the place alone (D14). `Debug` shows the place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Anomaly {
    /// Whether it is news.
    pub status: AnomalyStatus,
    /// What is wrong.
    pub code: AnomalyCode,
    /// The kind of the record where there is one, else of the item.
    pub kind: String,
    /// The record's id on each side, where known.
    pub ids: BySide<Option<String>>,
    /// The field group.
    pub field: String,
    /// What each side held; only on a new one.
    pub values: BySide<Option<String>>,
}

impl std::fmt::Debug for Anomaly {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Anomaly({:?} {:?} {} {:?})", self.status, self.code, self.field, self.ids)
    }
}
