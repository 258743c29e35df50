//! Correspondents that no contact asks for, but a rule does (A7.9, A9.4, A9.5).

use std::collections::BTreeSet;

use super::crm::{Correspondent, CorrespondentKind, Crm, Interlocutor, PartnerKind};
use super::directory::CorrespondentFacts;
use super::express;
use super::kind::Kind;
use super::run::Run;
use super::schema::{OutlookX3, Record, RecordPatch, Slot};
use super::store::Address;
use crate::model::{Side, Text};
use crate::plan::Action;
use crate::profile::{Identities, PlannedWrite, Supplement};
use crate::rules::Reason;
use crate::schema::Kind as _;

/// The correspondents this run adds. Only a complete listing shows that somebody has none yet: a run that lists
/// changes, or lists by another filter than the last one, leaves them to the next that does not.
pub(super) fn supplements<'r>(
    run: &Run<'r>,
    identities: &dyn Identities,
    writes: &[PlannedWrite<'_, OutlookX3>],
) -> Vec<Supplement<Run<'r>>> {
    if !run.crm_is_whole || !run.crm_as_before {
        return Vec::new();
    }
    let mut added = colleagues(run, identities, writes);
    added.extend(interlocutors(run));
    let supplements = added.into_iter().map(|(record, key, (reason, rule))| Supplement {
        kind: Kind::Contact,
        side: Side::B,
        copy: express::contact_of(run, &record, identities),
        mark: Slot::Chrono,
        record: Record::from(record),
        idempotency_key: key,
        reason,
        rule,
    });
    supplements.collect()
}

/// A correspondent, what makes its creation recognisable, and why it is made.
type Added = (Correspondent, String, (Reason, &'static str));

/// A new correspondent of a partner, assigned to the user, with the partner's label (A5.6, D21).
fn correspondent(run: &Run<'_>, partner: Option<&str>) -> Correspondent {
    let label = partner.and_then(|code| run.directory.partner(code)).map(|one| one.name.clone());
    Correspondent {
        partner: partner.map(str::to_owned),
        company_label: label.unwrap_or_default(),
        assigned: vec![run.representative.to_owned()],
        ..Correspondent::default()
    }
}

/// Co-workers of the user's own appointments who have no correspondent yet: only the main organiser's run
/// creates one, typed representative, from the representative's record (A7.9 to A7.11, A7.11b).
fn colleagues(
    run: &Run<'_>,
    identities: &dyn Identities,
    writes: &[PlannedWrite<'_, OutlookX3>],
) -> Vec<Added> {
    if !run.parameters.is_on(Kind::Appointment) {
        return Vec::new();
    }
    // An appointment that has no item, or is deleted by this run, is not synchronised.
    let is_held =
        |id: &str| identities.counterpart(Kind::Appointment.code(), Side::B, id).is_some();
    let own = run.crm.appointments.iter().filter(|one| one.organizer == run.representative);
    let own = own.filter(|one| is_held(&one.chrono));
    let mut missing: BTreeSet<&str> = own
        .flat_map(|one| &one.participants)
        .chain(writes.iter().flat_map(invited))
        .map(String::as_str)
        .filter(|code| *code != run.representative)
        .collect();
    // All correspondents are gone through only where there is somebody to look for.
    if missing.is_empty() {
        return Vec::new();
    }
    let known = run.crm.correspondents.iter();
    let known = known.filter(|one| one.kind == CorrespondentKind::Representative);
    for code in known.filter_map(|one| one.partner.as_deref()) {
        missing.remove(code);
    }
    let linked = if missing.is_empty() { BTreeSet::new() } else { linked_colleagues(run) };
    let missing = missing.into_iter().filter(|code| !linked.contains(*code));
    let colleagues = missing.filter_map(|code| run.directory.representative(code));
    let added = colleagues.map(|colleague| {
        let (phone, email) = (colleague.phone.clone(), colleague.email.clone());
        let record = Correspondent {
            kind: CorrespondentKind::Representative,
            last_name: colleague.last_name.clone(),
            first_name: colleague.first_name.clone(),
            professional: Address { phone, email, ..Address::default() },
            ..correspondent(run, Some(&colleague.code))
        };
        let key = format!("representative/{}", colleague.code);
        (record, key, (Reason::NeededByAppointment, "A7.9"))
    });
    added.collect()
}

/// The co-workers that a write gives to an appointment of the CRM: only its organiser's run writes one (A7.5).
fn invited<'w>(write: &PlannedWrite<'w, OutlookX3>) -> impl Iterator<Item = &'w String> + use<'w> {
    let (mut created, mut updated) = (None, None);
    if let Action::Create(Record::CrmAppointment(record)) = write.action {
        created = Some(&record.participants);
    } else if let Action::Update(RecordPatch::CrmAppointment(patch)) = write.action {
        (created, updated) = (patch.participants.as_ref(), patch.invite.as_ref());
    }
    created.into_iter().chain(updated).flatten()
}

/// The colleagues whose correspondent a link knows, though a filter may hide it.
fn linked_colleagues(run: &Run<'_>) -> BTreeSet<String> {
    let links = run.links.of_kind(Kind::Contact.code());
    let facts = links.map(|(_, link)| CorrespondentFacts::from_strings(&link.facts));
    facts.filter(|facts| facts.colleague).filter_map(|facts| facts.partner).collect()
}

/// The interlocutors of a representative's customers, and of his tasks and calls, who have no correspondent yet
/// (A9.4, A9.5).
pub(super) fn missing_interlocutors<'c>(
    crm: &'c Crm,
    representative: &str,
) -> impl Iterator<Item = &'c Interlocutor> {
    let customers = crm.partners.iter().filter(|one| {
        one.kind == PartnerKind::Customer && one.representative.as_deref() == Some(representative)
    });
    let tasks = crm.tasks.iter().filter(|one| one.representative == representative);
    let calls = crm.calls.iter().filter(|one| one.representative == representative);
    let mut wanted: BTreeSet<&str> = customers
        .flat_map(|one| &one.interlocutors)
        .chain(tasks.filter_map(|one| one.interlocutor.as_ref()))
        .chain(calls.filter_map(|one| one.interlocutor.as_ref()))
        .map(String::as_str)
        .collect();
    if !wanted.is_empty() {
        for known in crm.correspondents.iter().filter_map(|one| one.interlocutor.as_deref()) {
            wanted.remove(known);
        }
    }
    crm.interlocutors.iter().filter(move |one| wanted.contains(one.code.as_str()))
}

/// A forced run brings up the interlocutors it is asked for.
fn interlocutors(run: &Run<'_>) -> Vec<Added> {
    if !run.resend && run.forced.is_empty() {
        return Vec::new();
    }
    let people = missing_interlocutors(run.crm, run.representative);
    let asked = people.filter(|one| run.resend || run.forced.contains(one.code.as_str()));
    let added = asked.map(|person| {
        let email: Text = person.email.clone();
        let record = Correspondent {
            interlocutor: Some(person.code.clone()),
            last_name: person.last_name.clone(),
            first_name: person.first_name.clone(),
            professional: Address { email, ..Address::default() },
            ..correspondent(run, person.partner.as_deref())
        };
        (record, format!("interlocutor/{}", person.code), (Reason::Forced, "A9.5"))
    });
    added.collect()
}
