//! The product's words for kinds, fields, counters and server errors, in every language.

use super::kind::Kind;
use super::schema::{CalendarCounts, Counts};
use crate::model::Side;
use crate::plan::ActionKind;
use crate::report::Language;

pub(crate) const fn kind(kind: Kind, side: Side, language: Language) -> &'static str {
    match (kind, side) {
        (Kind::Contact, Side::A) => language.of("contact", "contact"),
        (Kind::Contact, Side::B) => language.of("correspondent", "correspondant"),
        (Kind::Task, _) => language.of("task", "tâche"),
        (Kind::Call, _) => language.of("call", "appel"),
        (Kind::Appointment, _) => language.of("appointment", "rendez-vous"),
    }
}

pub(crate) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::A => language.of("Outlook", "Outlook"),
        Side::B => language.of("Sage X3", "Sage X3"),
    }
}

/// A field group, by the heading of the field in the product.
pub(crate) fn field(kind: Kind, field: &str, language: Language) -> Option<&'static str> {
    Some(match (field, kind) {
        ("company", _) => language.of("company", "société"),
        ("name", _) => language.of("name", "nom"),
        ("job_title", _) => language.of("job title", "fonction"),
        ("department", _) => language.of("department", "service"),
        ("birthday", _) => language.of("date of birth", "date de naissance"),
        ("notes", _) => language.of("comment", "commentaire"),
        ("others_notes", _) => language
            .of("comments of other representatives", "commentaires des autres représentants"),
        ("business_address", _) => language.of("business address", "adresse professionnelle"),
        ("business_phone", _) => language.of("business telephone", "téléphone professionnel"),
        ("business_fax", _) => language.of("business fax", "télécopie professionnelle"),
        ("business_mobile", _) => language.of("mobile telephone", "portable professionnel"),
        ("business_email", _) => language.of("business e-mail", "e-mail professionnel"),
        ("home_address", _) => language.of("home address", "adresse personnelle"),
        ("home_phone", _) => language.of("home telephone", "téléphone personnel"),
        ("home_fax", _) => language.of("home fax", "télécopie personnelle"),
        ("home_mobile", _) => language.of("other telephone", "portable personnel"),
        ("home_email", _) => language.of("home e-mail", "e-mail personnel"),
        ("contacts", Kind::Appointment) => language.of("persons to visit", "personnes à visiter"),
        ("contacts", _) => language.of("contact", "interlocuteur"),
        ("schedule", Kind::Call) => language.of("date", "date"),
        ("schedule", Kind::Task) => language.of("start and due date", "début et échéance"),
        ("schedule", _) => language.of("start and end", "début et fin"),
        ("subject", _) => language.of("subject", "objet"),
        ("body", _) => language.of("report", "compte-rendu"),
        ("status" | "done", _) => language.of("done", "effectué"),
        ("actual_work", Kind::Call) => language.of("duration", "durée de l'appel"),
        ("actual_work", _) => language.of("time spent", "temps passé"),
        ("participants", _) => language.of("co-workers", "intervenants"),
        ("location", _) => language.of("location", "lieu"),
        _ => return None,
    })
}

/// The standard text of a server error (A11.3). The mailbox is no distant server, and has none.
pub(crate) const fn server_error(
    kind: Kind,
    side: Side,
    action: ActionKind,
    language: Language,
) -> Option<&'static str> {
    if matches!(side, Side::A) {
        return None;
    }
    Some(match (action, kind) {
        (ActionKind::Create, Kind::Contact) => language.of(
            "Error during the creation of a new correspondent",
            "Erreur lors de la création d'un nouveau correspondant",
        ),
        (ActionKind::Create, Kind::Task) => language.of(
            "Error during the creation of a new task",
            "Erreur lors de la création d'une nouvelle tâche",
        ),
        (ActionKind::Create, Kind::Call) => language.of(
            "Error during the creation of a new call",
            "Erreur lors de la création d'un nouvel appel",
        ),
        (ActionKind::Create, Kind::Appointment) => language.of(
            "Error during the creation of a new appointment",
            "Erreur lors de la création d'un nouveau rendez-vous",
        ),
        (ActionKind::Update | ActionKind::Stamp, Kind::Contact) => language.of(
            "Error during the update of a correspondent",
            "Erreur lors de la modification d'un correspondant",
        ),
        (ActionKind::Update | ActionKind::Stamp, Kind::Task) => language
            .of("Error during the update of a task", "Erreur lors de la modification d'une tâche"),
        (ActionKind::Update | ActionKind::Stamp, Kind::Call) => language
            .of("Error during the update of a call", "Erreur lors de la modification d'un appel"),
        (ActionKind::Update | ActionKind::Stamp, Kind::Appointment) => language.of(
            "Error during the update of an appointment",
            "Erreur lors de la modification d'un rendez-vous",
        ),
        // Of a correspondent only the assignment to the representative goes (A4.13).
        (ActionKind::Delete | ActionKind::Unassign, Kind::Contact) => language.of(
            "Error during the deletion of the assignment of a correspondent",
            "Erreur lors de la suppression de l'affectation d'un correspondant",
        ),
        (ActionKind::Delete | ActionKind::Unassign, Kind::Task) => language
            .of("Error during the deletion of a task", "Erreur lors de la suppression d'une tâche"),
        (ActionKind::Delete | ActionKind::Unassign, Kind::Call) => language
            .of("Error during the deletion of a call", "Erreur lors de la suppression d'un appel"),
        (ActionKind::Delete | ActionKind::Unassign, Kind::Appointment) => language.of(
            "Error during the deletion of an appointment",
            "Erreur lors de la suppression d'un rendez-vous",
        ),
    })
}

/// The four counters of calendar items (A11.4), in the product's order.
pub(crate) fn counters(counts: &Counts, language: Language) -> Vec<(&'static str, u32)> {
    let CalendarCounts { managed, unmanaged, cancelled, requests, .. } = counts.appointments;
    vec![
        (language.of("Managed appointments", "Rendez-vous gérés"), managed),
        (language.of("Not managed appointments", "Rendez-vous non gérés"), unmanaged),
        (language.of("Canceled meeting", "Réunion annulée"), cancelled),
        (language.of("Meeting request", "Demande de réunion"), requests),
    ]
}
