//! A contact for the mailbox, a correspondent for the CRM (A2.52 to A2.67).

use super::{Findings, Work, company_text, held, text};
use crate::model::Text;
use crate::profiles::outlook_x3::comments;
use crate::profiles::outlook_x3::crm::{Comment, CorrespondentPatch};
use crate::profiles::outlook_x3::kind::contact as group;
use crate::profiles::outlook_x3::store::{AddressPatch, Contact, ContactPatch};
use crate::profiles::outlook_x3::text::{Title, cut};
use crate::profiles::outlook_x3::value::Value;
use crate::report::AnomalyCode;

pub(super) fn to_store(work: &Work<'_>, current: Option<&Contact>) -> ContactPatch {
    let mut patch = ContactPatch::default();
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, value) => patch.company = company_text(work, value),
            (group::NAME, Value::Name { title, last, first }) => {
                let written = Text::from(&**title);
                // The mailbox's own wording of the same title stays (D33).
                let stays = current.is_some_and(|contact| {
                    Title::of(&written).is_some()
                        && Title::of(&contact.title) == Title::of(&written)
                });
                patch.title = (!stays).then_some(written);
                patch.last_name = Some(Text::from(&**last));
                patch.first_name = Some(Text::from(&**first));
            }
            (group::JOB_TITLE, value) => patch.job_title = text(value),
            (group::DEPARTMENT, value) => patch.department = text(value),
            (group::BIRTHDAY, Value::Date(date)) => patch.birthday = Some(*date),
            (group::NOTES | group::OTHERS_NOTES, _) => patch.notes = notes(work),
            (place, value) if place >= group::HOME_ADDRESS => {
                address(&mut patch.home, place - group::HOME_ADDRESS, value);
            }
            (place, value) if place >= group::BUSINESS_ADDRESS => {
                address(&mut patch.business, place - group::BUSINESS_ADDRESS, value);
            }
            _ => {}
        }
    }
    patch
}

pub(super) fn to_crm(work: &Work<'_>, findings: &mut Findings) -> CorrespondentPatch {
    let mut patch = CorrespondentPatch::default();
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, Value::Company(company)) if !work.has_partner(company) => {
                if company.unknown_code {
                    let written = format!("#{}#", company.label);
                    findings.problem(AnomalyCode::UnknownCompany, place, Some(written), None);
                }
                // A partner brings its own label (A5.6).
                let partner = company.partner.as_deref();
                let name = partner.and_then(|code| work.run.directory.partner(code));
                let label =
                    name.map_or_else(|| Text::from(company.label.as_str()), |one| one.name.clone());
                patch.partner = Some(company.partner.clone());
                patch.company_label = Some(label);
            }
            (group::NAME, Value::Name { title, last, first }) => {
                let written = Text::from(&**title);
                let known = Title::of(&written);
                if known.is_none() && !written.is_blank() {
                    findings.problem(
                        AnomalyCode::UnknownTitle,
                        place,
                        Some(title.clone().into_owned()),
                        None,
                    );
                }
                patch.title =
                    Some(known.map_or_else(Text::default, |known| Text::from(known.label())));
                patch.last_name = Some(Text::from(&**last));
                patch.first_name = Some(Text::from(&**first));
            }
            (group::JOB_TITLE, Value::Line(line)) => {
                let fits = cut(&line.full, work.run.parameters.limits.job_title);
                if fits != line.full {
                    let values = (
                        Some(line.full.clone().into_owned()),
                        Some(line.held.clone().into_owned()),
                    );
                    findings.problem(AnomalyCode::Truncated, place, values.0, values.1);
                }
                patch.job_title = held(value);
            }
            (group::DEPARTMENT, value) => patch.department = text(value),
            (group::BIRTHDAY, Value::Date(date)) => patch.birthday = Some(*date),
            (group::NOTES, Value::Text(own)) if !(work.is_new && own.is_empty()) => {
                let representative = work.run.representative.to_owned();
                patch.comment = Some(Comment { representative, text: Text::from(&**own) });
            }
            (place, value) if place >= group::HOME_ADDRESS => {
                address(&mut patch.personal, place - group::HOME_ADDRESS, value);
            }
            (place, value) if place >= group::BUSINESS_ADDRESS => {
                address(&mut patch.professional, place - group::BUSINESS_ADDRESS, value);
            }
            _ => {}
        }
    }
    patch
}

/// One group of an address block: the lines, then telephone, fax, mobile and e-mail.
fn address(patch: &mut AddressPatch, offset: usize, value: &Value<'_>) {
    let single = match (offset, value) {
        (0, Value::Address([street, postal_code, city, state, country])) => {
            let line = |line: &str| Some(Text::from(line));
            patch.street = line(street);
            patch.postal_code = line(postal_code);
            patch.city = line(city);
            patch.state = line(state);
            patch.country = line(country);
            return;
        }
        (1, _) => &mut patch.phone,
        (2, _) => &mut patch.fax,
        (3, _) => &mut patch.mobile,
        (4, _) => &mut patch.email,
        _ => return,
    };
    *single = text(value);
}

/// The notes as the mailbox shows them: the user's block among those of others (A7.18).
fn notes(work: &Work<'_>) -> Option<Text> {
    let (Some(Value::Text(own)), Some(Value::Blocks(others))) =
        ((work.agreed)(group::NOTES), (work.agreed)(group::OTHERS_NOTES))
    else {
        return None;
    };
    let representative = work.run.representative;
    let mut blocks: Vec<(&str, &str)> =
        others.texts.iter().map(|(who, text)| (who.as_str(), text.as_str())).collect();
    let place = others.own_at.unwrap_or(blocks.len()).min(blocks.len());
    blocks.insert(place, (representative, own));
    Some(Text::from(comments::render(blocks, representative)))
}
