//! What the mailbox shows of a CRM record above its text, beside its location and owner: options of D16.
//!
//! The block stands between two fixed lines, each of which fills a line of its own:
//!
//! ```text
//! [#== X3 ==#]
//! Key: TSK00000001
//! Partner: Distribution One #DIS001#
//! [#========#]
//! the report, as the CRM has it
//! ```
//!
//! Exactly such blocks are taken out of what the mailbox holds, wherever they stand, so that they never
//! accumulate and never reach the CRM (A2.7); also while the option is off, because blocks written before may
//! still be there. A line of a report that looks like the first line, or like an escaped one, is escaped with a
//! backslash, so that taking out gives back every report.

use super::crm::Place;
use super::kind::Kind;
use super::run::Run;
use super::schema::Native;
use super::text::subject;
use crate::model::{Side, normal};
use crate::profile::{Identities, KeyRef};
use crate::schema::Kind as _;

const OPEN: &str = "[#== X3 ==#]";
const CLOSE: &str = "[#========#]";
const ESCAPE: char = '\\';

fn needs_escape(line: &str) -> bool {
    line.trim_start_matches(ESCAPE) == OPEN
}

/// A mailbox text, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    /// The report.
    pub(crate) report: String,
    /// The lines of its block; empty where there is none.
    pub(crate) details: Vec<String>,
}

/// Takes a mailbox text apart (A2.7). A first line without a last one is no block.
pub(crate) fn parse(body: &str) -> Body {
    let text = normal(body);
    let lines: Vec<&str> = text.split('\n').collect();
    let mut body = Body::default();
    let mut report = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let end = after.iter().position(|line| *line == CLOSE).filter(|_| *line == OPEN);
        if let Some(end) = end {
            let (block, after) = after.split_at(end);
            body.details = block.iter().map(|line| (*line).to_owned()).collect();
            rest = after.split_first().map(|(_, after)| after).unwrap_or_default();
        } else {
            let escaped = line.starts_with(ESCAPE) && needs_escape(line);
            report.push(if escaped { line.get(1..).unwrap_or_default() } else { line });
            rest = after;
        }
    }
    body.report = normal(&report.join("\n")).into_owned();
    body
}

/// The mailbox text of a report, with a block above it if there is something to say.
pub(crate) fn render(details: &[String], report: &str) -> String {
    let report = normal(report);
    let lines = report
        .split('\n')
        .map(|line| if needs_escape(line) { format!("{ESCAPE}{line}") } else { line.to_owned() });
    let report = lines.collect::<Vec<_>>().join("\n");
    if details.is_empty() {
        return report;
    }
    let block = format!("{OPEN}\n{}\n{CLOSE}", details.join("\n"));
    if report.is_empty() { block } else { format!("{block}\n{report}") }
}

/// The text the mailbox shows for a report: with what is to be said of the record; where that is not listed,
/// with what the item says of it already.
pub(crate) fn body(
    run: &Run<'_>,
    record: Option<Native<'_>>,
    current: Option<&str>,
    report: &str,
    identities: &dyn Identities,
) -> String {
    let display = &run.parameters.display;
    let details = match record {
        _ if !display.preamble && display.hyperlinks.is_none() => Vec::new(),
        Some(record) => lines(run, record, identities),
        None => current.map(|body| parse(body).details).unwrap_or_default(),
    };
    render(&details, report)
}

/// What a record refers to.
struct Mentions<'r> {
    kind: Kind,
    key: &'r str,
    partner: Option<&'r str>,
    persons: Vec<&'r str>,
    interlocutor: Option<&'r str>,
    /// Label and value of what the mailbox has no field for.
    more: Vec<(&'static str, String)>,
}

fn mentions(record: Native<'_>) -> Option<Mentions<'_>> {
    let mentions = match record {
        Native::CrmTask(one) => Mentions {
            kind: Kind::Task,
            key: &one.chrono,
            partner: one.partner.as_deref(),
            persons: one.correspondent.as_deref().into_iter().collect(),
            interlocutor: one.interlocutor.as_deref(),
            more: vec![("Site", one.site.clone())],
        },
        Native::Call(one) => Mentions {
            kind: Kind::Call,
            key: &one.chrono,
            partner: one.partner.as_deref(),
            persons: one.correspondent.as_deref().into_iter().collect(),
            interlocutor: one.interlocutor.as_deref(),
            more: vec![
                ("Time", one.time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default()),
                ("Site", one.site.clone()),
            ],
        },
        Native::CrmAppointment(one) => Mentions {
            kind: Kind::Appointment,
            key: &one.chrono,
            partner: one.partner.as_deref(),
            persons: one.correspondents.iter().map(String::as_str).collect(),
            interlocutor: None,
            more: vec![
                ("Organiser", one.organizer.clone()),
                ("Participants", one.participants.join(", ")),
                ("Category", one.category.clone().unwrap_or_default()),
                ("Site", one.site.clone()),
            ],
        },
        Native::Appointment(_)
        | Native::Contact(_)
        | Native::Correspondent(_)
        | Native::Task(_) => return None,
    };
    Some(mentions)
}

/// What is to be said of a record, one "label: value" a line (A2.5, A2.7).
fn lines(run: &Run<'_>, record: Native<'_>, identities: &dyn Identities) -> Vec<String> {
    let Some(mentions) = mentions(record) else { return Vec::new() };
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if run.parameters.display.preamble {
        pairs.push(("Key", mentions.key.to_owned()));
        let partner = mentions.partner.map(|code| {
            let name = run.directory.partner(code).map(|one| one.name.or_empty());
            format!("{} #{code}#", name.unwrap_or_default())
        });
        pairs.extend(partner.map(|partner| ("Partner", partner)));
        let names = mentions.persons.iter().map(|key| super::people::name_of(key, &run.directory));
        pairs.extend(names.map(|name| ("Contact", name.or_empty().to_owned())));
        pairs.extend(mentions.more.iter().cloned());
    }
    if let Some(template) = &run.parameters.display.hyperlinks {
        let link = |object, key: &str| link(template, [&run.crm.folder, object, key]);
        pairs.push(("Link", link(mentions.kind.object_code(), mentions.key)));
        pairs.extend(mentions.partner.map(|code| ("Partner link", link("BPR", code))));
        pairs.extend(mentions.interlocutor.map(|code| ("Contact link", link("AIN", code))));
        for key in &mentions.persons {
            pairs.push(("Correspondent link", link(Kind::Contact.object_code(), key)));
            if let Some(KeyRef::Known(item)) =
                identities.counterpart(Kind::Contact.code(), Side::B, key)
            {
                pairs.push(("Mailbox contact", format!("outlook:{item}")));
            }
        }
    }
    let filled = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
    filled
        .map(|(label, value)| {
            subject(&format!("{label}: {}", value.trim()), usize::MAX).into_owned()
        })
        .collect()
}

/// A browser link: the template with folder, object code and key put in.
fn link(template: &str, [folder, object, key]: [&str; 3]) -> String {
    let template = template.replace("{folder}", &encoded(folder));
    template.replace("{object}", &encoded(object)).replace("{key}", &encoded(key))
}

/// A text as it may stand in a link.
fn encoded(text: &str) -> String {
    let octets = text.bytes().map(|octet| match octet {
        b'-' | b'.' | b'_' | b'~' => char::from(octet).to_string(),
        _ if octet.is_ascii_alphanumeric() => char::from(octet).to_string(),
        _ => format!("%{octet:02X}"),
    });
    octets.collect()
}

/// Where an appointment takes place, as one line (A2.49).
pub(crate) fn location(place: &Place) -> String {
    let Place { street, postal_code, city, country } = place;
    let town = format!("{} {}", postal_code.or_empty().trim(), city.or_empty().trim());
    let lines = street.or_empty().lines();
    let parts = lines.chain([town.as_str(), country.or_empty()]).map(str::trim);
    let filled: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    subject(&filled.join(", "), usize::MAX).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{CLOSE, OPEN, encoded, link, parse, render};

    /// A2.7: taking out gives back every report, however often it is written, and whatever it says.
    #[test]
    fn taking_a_block_out_gives_the_report_back() {
        let details = vec!["Key: TSK1".to_owned(), "Partner: One #DIS001#".to_owned()];
        for report in [
            "",
            "a report",
            "two\nlines",
            "\n\nblank lines first",
            OPEN,
            CLOSE,
            &format!("{OPEN}\nnot a block\n{CLOSE}\nof ours"),
            &format!("\\{OPEN}"),
            &format!("\\\\{OPEN}\n\\{CLOSE}"),
        ] {
            let body = render(&details, report);
            assert_eq!(parse(&body).report, report, "{body}");
            assert_eq!(parse(&body).details, details);
            assert_eq!(render(&details, &parse(&body).report), body, "it does not accumulate");
            assert_eq!(parse(&render(&[], report)).report, report, "without a block");
        }
    }

    /// A2.7: what a person writes above, below or inside a block; blocks that were copied go as well.
    #[test]
    fn what_people_write_around_a_block_is_theirs() {
        let block = render(&["Key: TSK1".to_owned()], "");
        let parsed = parse(&format!("above\r\n{block}  \r\nbelow\r\n{block}"));
        assert_eq!(parsed.report, "above\nbelow");
        assert_eq!(parse(&block.replace(CLOSE, "")).report, format!("{OPEN}\nKey: TSK1"));
        assert_eq!(parse(&block.replace("TSK1", "mine")).report, "");
    }

    #[test]
    fn a_link_holds_no_letter_that_could_end_it() {
        assert_eq!(encoded("A b/é#"), "A%20b%2F%C3%A9%23");
        let made = link("https://x3.example/{folder}/{object}/{key}", ["SEED", "TSK", "T 1"]);
        assert_eq!(made, "https://x3.example/SEED/TSK/T%201");
    }
}
