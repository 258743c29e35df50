//! The product's words for kinds, fields, reasons, counters and refused requests, in every language.

use super::kind::Kind;
use super::requests::RequestRefusal;
use super::schema::{AccountCounts, Counts};
use crate::model::Side;
use crate::report::{Language, Lever};
use crate::rules::Reason;
use crate::snapshot::LinkStatus;

pub(crate) const fn kind(kind: Kind, side: Side, language: Language) -> &'static str {
    match (kind, side) {
        (Kind::Account, Side::A) => language.of("account", "tiers"),
        (Kind::Account, Side::B) => language.of("CRM account", "tiers CRM"),
        (Kind::Address, _) => language.of("address", "adresse"),
        (Kind::Company, _) => language.of("company", "société"),
        (Kind::Contact, _) => language.of("contact", "contact"),
        (Kind::FreeField, _) => language.of("free field", "information libre"),
        (Kind::List, _) => language.of("list", "liste"),
        (Kind::Representative, _) => language.of("representative", "représentant"),
    }
}

pub(crate) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::A => language.of("ERP", "Gestion Commerciale"),
        Side::B => language.of("CRM", "CRM"),
    }
}

/// A field group, by the heading of the field in the product.
pub(crate) fn field(kind: Kind, field: &str, language: Language) -> Option<&'static str> {
    Some(match (field, kind) {
        ("name", Kind::Contact) => language.of("name", "nom"),
        ("name", _) => language.of("name", "raison sociale"),
        ("short_name", _) => language.of("short name", "nom abrégé"),
        ("main_contact", _) => language.of("main contact", "interlocuteur"),
        ("website", _) => language.of("web site", "site web"),
        ("naf", _) => language.of("activity code", "code NAF"),
        ("siret", _) => language.of("establishment number", "Siret"),
        ("currency", _) => language.of("currency", "devise"),
        ("accounting_category", _) => language.of("accounting category", "catégorie comptable"),
        ("price_category", _) => language.of("price category", "catégorie tarifaire"),
        ("language", _) => language.of("language", "langue"),
        ("phone", _) => language.of("telephone", "téléphone"),
        ("fax", _) => language.of("fax", "télécopie"),
        ("mobile", _) => language.of("mobile telephone", "portable"),
        ("email", _) => language.of("e-mail", "e-mail"),
        ("status", _) => language.of("status", "statut"),
        ("replicated", _) => language.of("what the ERP calculates", "informations répliquées"),
        ("manager", _) => language.of("representative", "représentant"),
        ("address", _) => language.of("address", "adresse"),
        ("label", _) => language.of("label", "intitulé"),
        ("function", _) => language.of("function", "fonction"),
        ("service", _) => language.of("department", "service"),
        _ => return None,
    })
}

/// A reason, where the common words speak of a mailbox.
pub(crate) const fn reason(reason: Reason, language: Language) -> &'static str {
    match reason {
        Reason::ConflictWonByA => language.of(
            "changed on both sides; the ERP's value is kept",
            "modifié des deux côtés ; la valeur de la Gestion Commerciale est retenue",
        ),
        Reason::CreatedInA => language.of("new in the ERP", "nouveau dans la Gestion Commerciale"),
        Reason::DeletedInA => {
            language.of("deleted in the ERP", "supprimé dans la Gestion Commerciale")
        }
        Reason::KeyWrittenBack => language.of("gets its key", "reçoit son numéro"),
        Reason::Recreated => {
            language.of("was deleted and must stay; made again", "supprimé à tort ; recréé")
        }
        Reason::Replicated => language
            .of("company and account are kept alike", "réplication entre la société et son tiers"),
        Reason::Resync => {
            language.of("everything is read again, and the ERP is believed", "resynchronisation")
        }
        Reason::Sent => language
            .of("everything is sent, and the CRM is believed", "envoi de toutes les sociétés"),
        Reason::UpdatedInA => {
            language.of("changed in the ERP", "modifié dans la Gestion Commerciale")
        }
        Reason::ConflictWonByB
        | Reason::CreatedInB
        | Reason::DeletedInB
        | Reason::DuplicateKeyCleared
        | Reason::Forced
        | Reason::LeftScope
        | Reason::Linked
        | Reason::Merged
        | Reason::NeededByAppointment
        | Reason::NeededByTask
        | Reason::Reassigned
        | Reason::Requested
        | Reason::Restored
        | Reason::Unlinked
        | Reason::UpdatedInB => reason.text(language),
    }
}

pub(crate) const fn status(status: LinkStatus, language: Language) -> &'static str {
    match status {
        LinkStatus::Asleep => language.of(
            "the link sleeps until the account takes part again",
            "le lien est en sommeil jusqu'à ce que le tiers soit de nouveau concerné",
        ),
        LinkStatus::Closed => language.of(
            "its counterpart is gone; it stays, and is synchronised no more",
            "son pendant n'existe plus ; il reste et n'est plus synchronisé",
        ),
        LinkStatus::Archived | LinkStatus::Dismissed | LinkStatus::Live => status.text(language),
    }
}

/// The rule of this profile that the core's own stands for.
pub(crate) fn rule(rule: &'static str) -> &'static str {
    match rule {
        "A4.20" | "D26" => "B7.4",
        "A4.21" => "E4",
        "A4.22" => "B16.4",
        "A8" | "A8.7" => "E2",
        "D19" => "E7",
        other => other,
    }
}

/// The ERP accounts that were read, by class.
pub(crate) fn counters(counts: &Counts, language: Language) -> Vec<(&'static str, u32)> {
    let AccountCounts { managed, other_kind, dormant, detached, quarantined } = counts.accounts;
    vec![
        (language.of("ERP accounts synchronised", "Tiers synchronisés"), managed),
        (language.of("Neither customer nor supplier", "Ni client ni fournisseur"), other_kind),
        (language.of("Dormant, left out", "En sommeil, non repris"), dormant),
        (language.of("Link broken", "Lien rompu"), detached),
        (language.of("In quarantine", "Synchronisation arrêtée"), quarantined),
    ]
}

impl RequestRefusal {
    /// Why the request was refused, in words.
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::AlreadyLinked => {
                language.of("the company has an account", "la société a déjà un tiers")
            }
            Self::CodeInUse => {
                language.of("the account code is taken", "le code comptable est déjà utilisé")
            }
            Self::CodeInvalid => language.of(
                "an account code consists of letters and digits",
                "un code comptable se compose de lettres et de chiffres",
            ),
            Self::CodeMissing => {
                language.of("there is no account code", "le code comptable manque")
            }
            Self::CodeTooLong => language.of(
                "an account code has at most 17 characters",
                "un code comptable compte au plus 17 caractères",
            ),
            Self::FirstRun => language
                .of("there has been no run yet", "aucune synchronisation n'a encore eu lieu"),
            Self::Forbidden => {
                language.of("the user has no right to it", "l'utilisateur n'en a pas le droit")
            }
            Self::IntegrationActive => language.of(
                "the integration must be deactivated first",
                "l'intégration doit d'abord être désactivée",
            ),
            Self::NoDifference => language
                .of("company and account say the same", "la société et le tiers sont identiques"),
            Self::NoIntegration => language.of(
                "the company has no default integration",
                "la société n'a pas d'intégration par défaut",
            ),
            Self::NotInError => {
                language.of("nothing of it is in error", "rien de la société n'est en erreur")
            }
            Self::NotLinked => {
                language.of("the company has no account", "la société n'a pas de tiers")
            }
            Self::NotOrphan => {
                language.of("the account has a company", "le tiers a déjà une société")
            }
            Self::NotQuarantined => language.of(
                "the company is not in quarantine",
                "la synchronisation de la société n'est pas arrêtée",
            ),
            Self::OtherIntegration => language.of(
                "the company belongs to another integration",
                "la société relève d'une autre intégration",
            ),
            Self::Quarantined => language
                .of("the company is in quarantine", "la synchronisation de la société est arrêtée"),
            Self::TransferNever => language.of(
                "accounts are never created from the CRM",
                "aucun tiers n'est créé depuis le CRM",
            ),
            Self::TypeNotMapped => language.of(
                "companies of this type have no account",
                "les sociétés de ce type n'ont pas de tiers",
            ),
            Self::UnknownAccount => {
                language.of("there is no such account", "ce tiers n'existe pas")
            }
            Self::UnknownCompany => {
                language.of("there is no such company", "cette société n'existe pas")
            }
        }
    }
}

/// What would change a decision, in the hands of this profile's users: nothing is forced or moved between folders, an
/// account takes part again when the ERP says so (E7), and what a run may not write the next one may (B3.3).
pub(crate) fn lever(lever: Lever) -> Lever {
    if lever == Lever::Force {
        Lever::List(Side::A)
    } else if lever == Lever::MoveIntoScope {
        Lever::Edit(Side::A)
    } else if matches!(lever, Lever::Permit { flag: None, .. }) {
        Lever::Retry
    } else {
        lever
    }
}
