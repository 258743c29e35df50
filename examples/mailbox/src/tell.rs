//! What the program prints: both listings, the plan, the journal, the counters and the anomalies.
//!
//! This is the user's own screen, so a line shows the subject or the name as well; the journal and the
//! plan themselves hold keys only.

use std::collections::BTreeMap;

use counterpart::model::BySide;
use counterpart::plan::{Action, Op, Plan};
use counterpart::profiles::outlook_x3::{Crm, OutlookX3, Record, Store};
use counterpart::report::{Anomaly, AnomalyStatus, JournalEntry, Language, Severity};
use counterpart::schema::Schema as _;
use counterpart::session::{OpResult, Report};
use serde_json::{Value, json};

use crate::desk::{Desk, Sides};

/// How many lines of one sort are printed; the JSON form has them all.
const LINES: usize = 60;
/// The same where several runs are told in a row.
const FEW: usize = 6;

/// What is said: lines for a person, and the same as JSON.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Told {
    /// The language of the lines.
    pub language: Language,
    /// Whether only what stands out is said.
    pub brief: bool,
    /// For a person.
    pub lines: Vec<String>,
    /// For a program.
    pub json: Value,
    /// Whether a run stopped before its end.
    pub failed: bool,
    /// How many operations were done.
    pub done: usize,
}

impl Told {
    /// Nothing yet, in a language.
    pub fn new(language: Language) -> Self {
        Self { language, json: json!({}), ..Self::default() }
    }

    /// Adds a line, in the reader's language.
    pub fn say(&mut self, en: &str, fr: &str) {
        let line = self.word(en, fr).to_owned();
        self.lines.push(line);
    }

    /// A text in the reader's language.
    pub const fn word<'t>(&self, en: &'t str, fr: &'t str) -> &'t str {
        match self.language {
            Language::Fr => fr,
            Language::En | _ => en,
        }
    }

    /// A colon as the language sets it.
    pub(crate) const fn colon(&self) -> &'static str {
        self.word(": ", " : ")
    }

    /// Enters a key of the JSON form.
    pub fn set(&mut self, key: &str, value: Value) {
        if let Some(json) = self.json.as_object_mut() {
            json.insert(key.to_owned(), value);
        }
    }

    /// Whose run it is, what was listed, and what could not be.
    pub fn listings(&mut self, desk: &Desk, sides: &Sides) {
        self.lines.push(format!("== {} ({})", desk.user, desk.representative));
        let problems = &sides.store.problems;
        self.set("user", json!(desk.user));
        let all = problems.iter().map(|one| json!({ "file": one.file, "reason": one.reason }));
        self.set("problems", all.collect());
        if self.brief {
            return;
        }
        let (store, crm) = (&sides.store.store, &sides.records);
        let (contacts, tasks, appointments, left) =
            (store.contacts.len(), store.tasks.len(), store.appointments.len(), problems.len());
        let id = &store.id;
        self.say(
            &format!(
                "mailbox {id}: {contacts} contacts, {tasks} tasks, {appointments} appointments, \
                 {left} files left out"
            ),
            &format!(
                "messagerie {id} : {contacts} contacts, {tasks} tâches, {appointments} rendez-vous, \
                 {left} fichiers écartés"
            ),
        );
        let (people, tasks, calls, appointments) =
            (crm.correspondents.len(), crm.tasks.len(), crm.calls.len(), crm.appointments.len());
        let id = &crm.folder;
        self.say(
            &format!(
                "crm {id}: {people} correspondents, {tasks} tasks, {calls} calls, \
                 {appointments} appointments"
            ),
            &format!(
                "crm {id} : {people} correspondants, {tasks} tâches, {calls} appels, \
                 {appointments} rendez-vous"
            ),
        );
        let head = self.word("left out: ", "écarté : ");
        let lines = problems.iter().map(|one| format!("{head}{} {}", one.file, one.reason));
        self.some(lines.collect());
    }

    /// The plan, one line per operation.
    pub fn plan(&mut self, plan: &Plan<OutlookX3>, sides: &Sides) {
        let titles = Titles::new(&sides.store.store, &sides.records);
        if !self.brief {
            self.lines.push(String::new());
            self.lines.push(format!("plan {}", plan.hash()));
        }
        let lines = plan.ops.iter().map(|op| line(op, &titles, self.language));
        self.some(lines.collect());
        let count = plan.ops.len();
        let plural = if count == 1 { "" } else { "s" };
        self.say(&format!("{count} operation{plural}"), &format!("{count} opération{plural}"));
        self.set("plan", serde_json::to_value(plan).unwrap_or_default());
        self.set("plan_hash", json!(plan.hash()));
    }

    /// What became of it: journal, counters, anomalies, and how it ended (A11, A12).
    pub fn report(&mut self, desk: &Desk, report: &Report<OutlookX3>) {
        self.done += report.count(OpResult::Done);
        let (brief, language) = (self.brief, self.language);
        let shown = |entry: &&JournalEntry| !brief || entry.severity != Severity::Info;
        let mut journal: Vec<&JournalEntry> = report.journal.iter().filter(shown).collect();
        journal.sort_by_key(|entry| std::cmp::Reverse(entry.severity));
        self.heading("journal", "journal", journal.len());
        let lines = journal.iter().map(|entry| entry.line::<OutlookX3>(language));
        self.some(lines.collect());
        if !brief {
            let tally = report.tally();
            let counters = OutlookX3::counters(&report.plan.counts, language);
            let colon = self.colon();
            self.heading("counters", "compteurs", tally.len() + counters.len());
            let counters = counters.iter().map(|(what, count)| format!("{what}{colon}{count}"));
            self.some(tally.iter().map(|one| one.line(language)).chain(counters).collect());
        }
        let news = |one: &&Anomaly| !brief || one.status != AnomalyStatus::Open;
        let anomalies: Vec<&Anomaly> = report.anomalies.iter().filter(news).collect();
        self.heading("anomalies", "anomalies", anomalies.len());
        let colon = self.colon();
        let lines = anomalies.iter().map(|one| {
            let line = one.line::<OutlookX3>(0, &desk.user, language);
            format!("{}{colon}{}", one.status.text(language), columns(&line))
        });
        self.some(lines.collect());
        self.lines.push(report.outcome.text(language).to_owned());
        self.set("outcome", serde_json::to_value(report.outcome).unwrap_or_default());
        self.set("results", serde_json::to_value(&report.results).unwrap_or_default());
        self.set("journal", serde_json::to_value(&report.journal).unwrap_or_default());
        self.set("anomalies", serde_json::to_value(&report.anomalies).unwrap_or_default());
    }

    fn heading(&mut self, en: &str, fr: &str, count: usize) {
        if count > 0 && !self.brief {
            self.lines.push(String::new());
            self.say(en, fr);
        }
    }

    /// The first of many lines, and how many more there are.
    fn some(&mut self, lines: Vec<String>) {
        let limit = if self.brief { FEW } else { LINES };
        let more = lines.len().saturating_sub(limit);
        self.lines.extend(lines.into_iter().take(limit).map(|line| format!("  {line}")));
        if more > 0 {
            self.say(&format!("  … and {more} more"), &format!("  … et {more} de plus"));
        }
    }
}

/// The columns of an anomaly's line that hold something, without the number: what `--settle` takes is the number in
/// the list of those that are open.
fn columns(line: &str) -> String {
    let filled: Vec<&str> = line.split('\t').skip(1).filter(|column| !column.is_empty()).collect();
    filled.join(" | ")
}

/// One operation. What a new record consists of is not listed.
fn line(op: &Op<OutlookX3>, titles: &Titles<'_>, language: Language) -> String {
    let mut shown = op.clone();
    let mut named = None;
    if let Action::Create(record) = &op.action {
        shown.groups.clear();
        named = match record {
            Record::Correspondent(one) => Some((&one.first_name, &one.last_name)),
            Record::Contact(one) => Some((&one.first_name, &one.last_name)),
            Record::Appointment(_)
            | Record::Call(_)
            | Record::CrmAppointment(_)
            | Record::CrmTask(_)
            | Record::Task(_)
            | _ => None,
        };
    }
    let named = named.map(|(first, last)| name(first.or_empty(), last.or_empty()));
    let title = titles.of(&op.ids).map(str::to_owned).or(named);
    let title = title.filter(|title| !title.is_empty());
    let title = title.map_or_else(String::new, |title| format!("  {title:?}"));
    let place = if op.id < 10 { " " } else { "" };
    format!("{place}{}{title}", shown.line(language))
}

/// What a person calls the items and records.
struct Titles<'a> {
    by_id: BTreeMap<&'a str, String>,
}

impl<'a> Titles<'a> {
    fn new(store: &'a Store, crm: &'a Crm) -> Self {
        let mut by_id = BTreeMap::new();
        for one in &store.contacts {
            by_id
                .insert(one.id.as_str(), name(one.first_name.or_empty(), one.last_name.or_empty()));
        }
        for one in &crm.correspondents {
            by_id.insert(&one.chrono, name(one.first_name.or_empty(), one.last_name.or_empty()));
        }
        let subjects = store.tasks.iter().map(|one| (&one.id, &one.subject));
        let subjects = subjects.chain(store.appointments.iter().map(|one| (&one.id, &one.subject)));
        let subjects = subjects.chain(crm.tasks.iter().map(|one| (&one.chrono, &one.subject)));
        let subjects = subjects.chain(crm.calls.iter().map(|one| (&one.chrono, &one.subject)));
        let subjects =
            subjects.chain(crm.appointments.iter().map(|one| (&one.chrono, &one.subject)));
        for (id, subject) in subjects {
            by_id.insert(id, short(subject.or_empty()));
        }
        Self { by_id }
    }

    fn of(&self, ids: &BySide<Option<String>>) -> Option<&str> {
        let mut known = [&ids.a, &ids.b].into_iter().flatten();
        known.find_map(|id| self.by_id.get(id.as_str())).map(String::as_str)
    }
}

fn name(first: &str, last: &str) -> String {
    short(format!("{first} {last}").trim())
}

/// The first line of a text, and not too much of it.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().filter(|one| !one.is_control()).take(48).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
