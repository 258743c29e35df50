//! A contact for the mailbox, a correspondent for the CRM (A2.52 to A2.67).

use super::{Findings, Work, company_text, held, put, text, written_company};
use crate::model::Text;
use crate::profiles::outlook_x3::comments;
use crate::profiles::outlook_x3::crm::{Comment, CorrespondentFields};
use crate::profiles::outlook_x3::kind::contact as group;
use crate::profiles::outlook_x3::store::{AddressFields, Contact, ContactFields};
use crate::profiles::outlook_x3::text::{Title, cut};
use crate::profiles::outlook_x3::value::Value;
use crate::report::AnomalyCode;

pub(super) fn to_store(
    work: &Work<'_>,
    current: Option<&Contact>,
    findings: &mut Findings,
    out: &mut impl ContactFields,
) {
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, value) => {
                put!(out.company, company_text(work, (place, value), findings));
            }
            (group::NAME, Value::Name { title, last, first }) => {
                let written = Text::from(&**title);
                if !current.is_some_and(|item| title_stays(item, &written, findings)) {
                    out.title(written);
                }
                out.last_name(Text::from(&**last));
                out.first_name(Text::from(&**first));
            }
            (group::JOB_TITLE, value) => put!(out.job_title, text(value)),
            (group::DEPARTMENT, value) => put!(out.department, text(value)),
            (group::BIRTHDAY, Value::Date(date)) => out.birthday(*date),
            (group::NOTES, _) => put!(out.notes, notes(work)),
            (group::OTHERS_NOTES, _) if !work.carries(group::NOTES) => {
                put!(out.notes, notes(work));
            }
            (place, value) if place >= group::HOME_ADDRESS => {
                address(out.home(), place - group::HOME_ADDRESS, value);
            }
            (place, value) if place >= group::BUSINESS_ADDRESS => {
                address(out.business(), place - group::BUSINESS_ADDRESS, value);
            }
            _ => {}
        }
    }
}

/// Whether the mailbox's own wording of a title stays: it means the same, or the CRM has no such title and none instead
/// (D33).
fn title_stays(item: &Contact, written: &Text, findings: &mut Findings) -> bool {
    let (own, known) = (Title::of(&item.title), Title::of(written));
    if own.is_none() && written.is_blank() && !item.title.is_blank() {
        findings.still(AnomalyCode::UnknownTitle, group::NAME, item.title.or_empty());
        return true;
    }
    known.is_some() && own == known
}

pub(super) fn to_crm(work: &Work<'_>, findings: &mut Findings, out: &mut impl CorrespondentFields) {
    for (place, value) in work.carried() {
        match (place, value) {
            (group::COMPANY, Value::Company(company)) if !work.has_partner(company) => {
                if company.unknown_code {
                    let written = work.source.and_then(written_company).map(str::to_owned);
                    findings.problem(AnomalyCode::UnknownCompany, place, written, None);
                }
                // A partner brings its own label (A5.6).
                let partner = company.partner.as_deref();
                let name = partner.and_then(|code| work.run.directory.partner(code));
                let label =
                    name.map_or_else(|| Text::from(company.label.as_str()), |one| one.name.clone());
                out.partner(company.partner.clone());
                out.company_label(label);
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
                out.title(known.map_or_else(Text::default, |known| Text::from(known.label())));
                out.last_name(Text::from(&**last));
                out.first_name(Text::from(&**first));
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
                put!(out.job_title, held(value));
            }
            (group::DEPARTMENT, value) => put!(out.department, text(value)),
            (group::BIRTHDAY, Value::Date(date)) => out.birthday(*date),
            (group::NOTES, Value::Text(own)) if !(work.is_new && own.is_empty()) => {
                let representative = work.run.representative.to_owned();
                out.comment(Comment { representative, text: Text::from(&**own) });
            }
            (place, value) if place >= group::HOME_ADDRESS => {
                address(out.personal(), place - group::HOME_ADDRESS, value);
            }
            (place, value) if place >= group::BUSINESS_ADDRESS => {
                address(out.professional(), place - group::BUSINESS_ADDRESS, value);
            }
            _ => {}
        }
    }
}

/// One group of an address block: the lines, then telephone, fax, mobile and e-mail.
fn address(out: &mut impl AddressFields, offset: usize, value: &Value<'_>) {
    if let (0, Value::Address([street, postal_code, city, state, country])) = (offset, value) {
        out.street(Text::from(&**street));
        out.postal_code(Text::from(&**postal_code));
        out.city(Text::from(&**city));
        out.state(Text::from(&**state));
        out.country(Text::from(&**country));
        return;
    }
    let Some(text) = text(value) else { return };
    match offset {
        1 => out.phone(text),
        2 => out.fax(text),
        3 => out.mobile(text),
        4 => out.email(text),
        _ => {}
    }
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
