//! The product's words for sides, kinds, fields, reasons and counters, in every language.

use super::kind::Kind;
use super::schema::Counts;
use crate::model::Side;
use crate::report::Language;
use crate::rules::Reason;
use crate::snapshot::LinkStatus;

pub(crate) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::A => language.of("ERP", "Gestion Commerciale"),
        Side::B => language.of("CRM", "CRM"),
    }
}

pub(crate) const fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Account => language.of("account", "tiers"),
        Kind::Address => language.of("address", "adresse"),
        Kind::Company => language.of("company", "société"),
        Kind::Contact => language.of("contact", "contact"),
        Kind::FreeField => language.of("free field", "information libre"),
        Kind::List => language.of("list", "liste"),
        Kind::Representative => language.of("representative", "représentant"),
    }
}

/// A field group, by the heading of the field in the product.
pub(crate) fn field(kind: Kind, field: &str, language: Language) -> Option<&'static str> {
    Some(match (field, kind) {
        ("name", Kind::Contact) => language.of("name", "nom et prénom"),
        ("name", _) => language.of("name", "raison sociale"),
        ("short_name", _) => language.of("short name", "nom abrégé"),
        ("main_contact", _) => language.of("main contact", "interlocuteur"),
        ("website", _) => language.of("web site", "site web"),
        ("naf", _) => language.of("activity code", "code NAF"),
        ("siret", _) => language.of("establishment number", "SIRET"),
        ("currency", _) => language.of("currency", "devise"),
        ("accounting_category", _) => language.of("accounting category", "catégorie comptable"),
        ("price_category", _) => language.of("price category", "catégorie tarifaire"),
        ("language", _) => language.of("language", "langue"),
        ("phone", _) => language.of("telephone", "téléphone"),
        ("fax", _) => language.of("fax", "télécopie"),
        ("mobile", _) => language.of("mobile telephone", "portable"),
        ("email", _) => language.of("e-mail", "e-mail"),
        ("status", _) => language.of("status", "statut"),
        ("replicated", _) => language.of("fields of the ERP", "champs de la Gestion Commerciale"),
        ("manager", _) => language.of("manager and representative", "responsable et représentant"),
        ("address", _) => language.of("address", "adresse"),
        ("label", _) => language.of("label", "intitulé"),
        ("function", _) => language.of("function", "fonction"),
        ("service", _) => language.of("department", "service"),
        _ => return None,
    })
}

pub(crate) const fn reason(reason: Reason, language: Language) -> &'static str {
    match reason {
        Reason::ConflictWonByA => language.of(
            "changed on both sides; the ERP's value is kept",
            "modifié des deux côtés ; la valeur de la Gestion Commerciale est retenue",
        ),
        Reason::CreatedInA => language.of("new in the ERP", "nouveau en Gestion Commerciale"),
        Reason::DeletedInA => language.of("deleted in the ERP", "supprimé en Gestion Commerciale"),
        Reason::KeyWrittenBack => {
            language.of("gets its code or label", "reçoit son code ou son intitulé")
        }
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
        Reason::UpdatedInA => language.of("changed in the ERP", "modifié en Gestion Commerciale"),
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
    let of = &counts.accounts;
    vec![
        (language.of("accounts managed", "tiers gérés"), of.managed),
        (language.of("accounts of another kind", "tiers d'un autre type"), of.other_kind),
        (language.of("dormant accounts", "tiers en sommeil"), of.dormant),
        (language.of("accounts whose link was broken", "tiers déliés"), of.detached),
        (language.of("accounts in quarantine", "tiers en quarantaine"), of.quarantined),
    ]
}
