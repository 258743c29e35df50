//! The words of an explanation, in every language.

use super::{Cause, FieldFate, Lever, Pairing, Presence};
use crate::model::Side;
use crate::report::render::{action, colon};
use crate::report::{Code, Language};
use crate::schema::Schema;
use crate::snapshot::LinkStatus;

impl Presence {
    /// What is known of the record, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Gone => language.of("gone", "supprimé"),
            Self::Listed => language.of("listed", "présent"),
            Self::Never => language.of("none yet", "pas encore créé"),
            Self::Unlisted => language.of("not listed, as it was", "non listé, inchangé"),
        }
    }
}

impl Pairing {
    /// How the records were paired, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Alone => language.of("stands alone", "sans équivalent de l'autre côté"),
            Self::Content => {
                language.of("paired by equal content", "rapproché par son contenu identique")
            }
            Self::Foreign => language.of(
                "its key names somebody else's record",
                "son chrono désigne la fiche d'un autre",
            ),
            Self::Key => language.of("paired by its key", "rapproché par son chrono"),
            Self::Link => language.of("paired by its link", "rapproché par son lien"),
            Self::Origin => language
                .of("paired by the origin of the record", "rapproché par l'origine de la fiche"),
            Self::Undecided => {
                language.of("not paired: several candidates", "non rapproché : plusieurs candidats")
            }
            Self::Waiting => language.of(
                "not paired: nothing is known of its key yet",
                "non rapproché : on ne sait encore rien de son chrono",
            ),
        }
    }
}

impl LinkStatus {
    /// The status of a link, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Asleep => language.of(
                "the link sleeps until the item takes part again",
                "le lien est en sommeil jusqu'à ce que l'élément soit de nouveau concerné",
            ),
            Self::Archived => language.of(
                "the item was archived; the record is not sent again",
                "l'élément a été archivé ; la fiche n'est plus renvoyée",
            ),
            Self::Closed => language.of(
                "the item was deleted while private; the record is not sent again",
                "l'élément a été supprimé alors qu'il était privé ; la fiche n'est plus renvoyée",
            ),
            Self::Dismissed => language.of(
                "the user deleted his copy; it comes back with the next change of the record",
                "l'utilisateur a supprimé sa copie ; elle revient à la prochaine modification de la fiche",
            ),
            Self::Live => language.of("both sides are kept alike", "les deux côtés sont tenus à jour"),
        }
    }
}

impl Cause {
    /// Why a pair is left alone, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::Away(status) => status.text(language),
            Self::Code(code) => code.text(language),
            Self::Gone => language
                .of("there is nothing left to keep alike", "il ne reste rien à tenir à jour"),
            Self::Impossible(code) => code.text(language),
            Self::KeyNotListed => language.of(
                "nothing is known of the key it carries",
                "on ne sait rien du chrono qu'il porte",
            ),
            Self::NotListed(_) => language.of(
                "waits until the record is listed again",
                "en attente d'une liste qui montre de nouveau la fiche",
            ),
            Self::NotSince => language.of(
                "did not change since the date from which items are sent again",
                "n'a pas été modifié depuis la date de resynchronisation",
            ),
            Self::SomebodyElses => {
                language.of("is somebody else's record", "est la fiche d'un autre représentant")
            }
            Self::Unreadable => language
                .of("waits until a field can be read", "en attente de la lecture d'une rubrique"),
        }
    }
}

impl FieldFate {
    /// What becomes of a field, in words.
    pub fn text(self, language: Language) -> String {
        let by = language.of("operation", "opération");
        match self {
            Self::Agreed => {
                language.of("both sides mean the same", "les deux côtés concordent").to_owned()
            }
            Self::Overwritten(op) => {
                let text = language.of(
                    "one side's value is overwritten and reported",
                    "la valeur d'un côté est remplacée et signalée",
                );
                format!("{text} ({by} {op})")
            }
            Self::Waits => language.of("waits", "en attente").to_owned(),
            Self::Written(op) => format!("{} ({by} {op})", language.of("is written", "est écrit")),
        }
    }
}

impl Lever {
    /// What would change the decision, in words.
    pub fn text<S: Schema>(&self, kind: S::Kind, language: Language) -> String {
        let words = self.words(language);
        let side_of = |side: Side| S::side_label(side, language);
        let field_of = |field| S::field_label(kind, field, language).unwrap_or(field);
        match self {
            Self::Correct(field) => format!("{words} {}", field_of(field)),
            Self::Edit(side) | Self::List(side) => format!("{words} {}", side_of(*side)),
            Self::Permit { side, action: what, flag } => {
                let flag = flag.as_deref().map_or_else(String::new, |flag| format!(" {flag}"));
                format!("{words}{flag} ({}, {})", side_of(*side), action(*what, language))
            }
            Self::Read(side, field) => format!("{words} {} ({})", field_of(field), side_of(*side)),
            Self::Reschedule(with) => format!("{words} {with}"),
            Self::Settle(field) => format!("{words}{}{}", colon(language), field_of(field)),
            Self::Assign
            | Self::Confirm
            | Self::EndSeries
            | Self::Force
            | Self::MakePublic
            | Self::MoveIntoScope
            | Self::NewValue
            | Self::Organizer
            | Self::Policy
            | Self::Reactivate
            | Self::RemoveKey
            | Self::Retry
            | Self::SwitchOn
            | Self::TellApart => words.to_owned(),
        }
    }

    /// The words before what it is about.
    const fn words(&self, language: Language) -> &'static str {
        let (en, fr) = match self {
            Self::Assign => {
                ("assigning the record to the user", "l'affectation de la fiche à l'utilisateur")
            }
            Self::Confirm => ("a confirmed run", "une synchronisation confirmée"),
            Self::Correct(_) => ("a correct value of", "une valeur correcte de la rubrique"),
            Self::Edit(_) => ("an edit in", "une modification dans"),
            Self::EndSeries => (
                "making the series a single appointment",
                "la transformation de la série en rendez-vous simple",
            ),
            Self::Force => {
                ("a run forced from the server", "une synchronisation forcée depuis le serveur")
            }
            Self::List(_) => ("a listing that shows it in", "une liste qui le montre dans"),
            Self::MakePublic => {
                ("taking off the private flag", "le retrait de la marque « privé »")
            }
            Self::MoveIntoScope => {
                ("moving it into a managed folder", "son déplacement dans un dossier synchronisé")
            }
            Self::NewValue => (
                "a value that is neither of the two it goes between",
                "une valeur autre que les deux entre lesquelles il alterne",
            ),
            Self::Organizer => ("an edit by the organiser", "une modification par l'organisateur"),
            Self::Permit { flag: Some(_), .. } => ("the flag", "le paramètre"),
            Self::Permit { flag: None, .. } => {
                ("nothing: it is never permitted", "rien : ce n'est jamais autorisé")
            }
            Self::Policy => (
                "a conflict policy that decides, or an edit that makes both sides alike",
                "une règle de conflit qui tranche, ou une modification qui rend les deux côtés identiques",
            ),
            Self::Reactivate => ("reactivating it", "sa réactivation"),
            Self::Read(..) => ("being able to read", "la lecture de la rubrique"),
            Self::RemoveKey => {
                ("taking the key off the item", "le retrait du chrono porté par l'élément")
            }
            Self::Reschedule(_) => {
                ("another time for it or for", "un autre horaire pour lui ou pour")
            }
            Self::Retry => ("the next run, which tries again", "la prochaine synchronisation"),
            Self::Settle(_) => {
                ("a value for the open anomaly", "une valeur pour l'anomalie ouverte")
            }
            Self::SwitchOn => ("switching the kind on", "l'activation de ce type"),
            Self::TellApart => (
                "making the records that look alike differ, or deleting all but one",
                "la distinction des fiches identiques, ou la suppression des doublons",
            ),
        };
        language.of(en, fr)
    }

    /// What would change what a journal entry says; `None` where nothing would, or the entry is about a write and
    /// more has to be known.
    pub(crate) fn of_code(code: Code) -> Option<Self> {
        match code {
            Code::AmbiguousPairing => Some(Self::TellApart),
            Code::Archived => Some(Self::Force),
            Code::ConflictHeld => Some(Self::Policy),
            Code::DeletionsHeld | Code::EmptiedSideHeld => Some(Self::Confirm),
            Code::Dismissed | Code::RepresentativeContactIgnored => Some(Self::Edit(Side::B)),
            Code::FrozenPrivate | Code::Private => Some(Self::MakePublic),
            Code::KindOff => Some(Self::SwitchOn),
            Code::NotOrganizer => Some(Self::Organizer),
            Code::NotOwner => Some(Self::Assign),
            Code::Oscillation => Some(Self::NewValue),
            Code::OrphanKey => Some(Self::RemoveKey),
            Code::OutOfScope => Some(Self::MoveIntoScope),
            Code::Quarantined => Some(Self::Reactivate),
            Code::ReadOnlyField => Some(Self::Edit(Side::A)),
            Code::Recurring => Some(Self::EndSeries),
            Code::AccountDiffers
            | Code::BillingRestored
            | Code::CompanyRestored
            | Code::Conflict
            | Code::DefaultAddressKept
            | Code::DormantSkipped
            | Code::ErpAccountGone
            | Code::FreeFieldDropped
            | Code::InvalidParameter
            | Code::ParametersLocked
            | Code::PossibleDuplicate
            | Code::RequestRefused
            | Code::StatusDiffers
            | Code::UnknownService
            | Code::DuplicateKey
            | Code::KeyKindMismatch
            | Code::LastSyncMissing
            | Code::MeetingCancelled
            | Code::MeetingRequest
            | Code::MeetingResponse
            | Code::MoreToCome
            | Code::Moved
            | Code::NotPermitted
            | Code::NotYetSeen
            | Code::Overlap
            | Code::Relinked
            | Code::ScopeChanged
            | Code::Stale
            | Code::WriteRefused => None,
        }
    }
}
