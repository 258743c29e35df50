//! What a program prints: the plan, the journal, the counters and the anomalies.
//!
//! This is the user's own screen, so a line shows the subject or the name as well; the journal and the
//! plan themselves hold keys only.

use std::collections::BTreeMap;

use counterpart::model::{BySide, Side};
use counterpart::plan::{Action, Op, Plan};
use counterpart::report::{Anomaly, AnomalyStatus, JournalEntry, Language, Severity};
use counterpart::schema::{Kind as _, Schema};
use counterpart::session::{OpResult, Report};
use counterpart::snapshot::{OpenAnomaly, SyncState};
use serde_json::{Value, json};

use crate::one_line;

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

    /// The heading of a step of a tour, of which only what stands out is said.
    pub fn step(language: Language, en: &str, fr: &str) -> Self {
        let mut told = Self { brief: true, ..Self::new(language) };
        told.say(en, fr);
        told
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
    pub const fn colon(&self) -> &'static str {
        self.word(": ", " : ")
    }

    /// Enters a key of the JSON form.
    pub fn set(&mut self, key: &str, value: Value) {
        if let Some(json) = self.json.as_object_mut() {
            json.insert(key.to_owned(), value);
        }
    }

    /// The plan, one line per operation.
    pub fn plan<S: Schema>(&mut self, plan: &Plan<S>, titles: &Titles<S>) {
        if !self.brief {
            self.lines.push(String::new());
            self.lines.push(format!("plan {}", plan.hash()));
        }
        let lines = plan.ops.iter().map(|op| line(op, titles, self.language));
        self.some(lines.collect());
        let count = plan.ops.len();
        let plural = if count == 1 { "" } else { "s" };
        self.say(&format!("{count} operation{plural}"), &format!("{count} opération{plural}"));
        self.set("plan", serde_json::to_value(plan).unwrap_or_default());
        self.set("plan_hash", json!(plan.hash()));
    }

    /// What became of it: journal, counters, anomalies, and how it ended (A11, A12).
    pub fn report<S: Schema>(&mut self, user: &str, report: &Report<S>) {
        self.done += report.count(OpResult::Done);
        let (brief, language) = (self.brief, self.language);
        let shown = |entry: &&JournalEntry| !brief || entry.severity != Severity::Info;
        let mut journal: Vec<&JournalEntry> = report.journal.iter().filter(shown).collect();
        journal.sort_by_key(|entry| std::cmp::Reverse(entry.severity));
        self.heading("journal", "journal", journal.len());
        let lines = journal.iter().map(|entry| entry.line::<S>(language));
        self.some(lines.collect());
        if !brief {
            let tally = report.tally();
            let counters = S::counters(&report.plan.counts, language);
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
            let line = one.line::<S>(0, user, language);
            format!("{}{colon}{}", one.status.text(language), columns(&line))
        });
        self.some(lines.collect());
        self.lines.push(report.outcome.text(language).to_owned());
        self.set("outcome", serde_json::to_value(report.outcome).unwrap_or_default());
        self.set("results", serde_json::to_value(&report.results).unwrap_or_default());
        self.set("journal", serde_json::to_value(&report.journal).unwrap_or_default());
        self.set("anomalies", serde_json::to_value(&report.anomalies).unwrap_or_default());
    }

    /// The open anomalies of a state, each with its number.
    pub fn anomalies<S: Schema>(&mut self, state: &SyncState) {
        if state.anomalies.is_empty() {
            self.say("no anomaly is open", "aucune anomalie n'est ouverte");
        }
        for (one, number) in state.anomalies.iter().zip(1..) {
            let line = format!("{number:>3}  {}", self.place::<S>(one));
            self.lines.push(line);
        }
        self.set("anomalies", json!(state.anomalies));
    }

    /// An open anomaly: where it is, and what is wrong.
    pub fn place<S: Schema>(&self, one: &OpenAnomaly) -> String {
        let kind = S::Kind::ALL.iter().copied().find(|kind| kind.code() == one.kind);
        let side = if one.ids.b.is_some() { Side::B } else { Side::A };
        let label = kind.map(|kind| S::kind_label(kind, side, self.language));
        let field = kind.and_then(|kind| S::field_label(kind, &one.field, self.language));
        let ids = [label, one.ids.b.as_deref(), one.ids.a.as_deref()];
        let ids = ids.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let (field, text) = (field.unwrap_or(&one.field), one.code.text(self.language));
        format!("{ids}, {field}{}{text}", self.colon())
    }

    /// A heading above that many lines; none above none, and none where only little is said.
    pub fn heading(&mut self, en: &str, fr: &str, count: usize) {
        if count > 0 && !self.brief {
            self.lines.push(String::new());
            self.say(en, fr);
        }
    }

    /// The first of many lines, and how many more there are.
    pub fn some(&mut self, lines: Vec<String>) {
        let limit = if self.brief { FEW } else { LINES };
        let more = lines.len().saturating_sub(limit);
        self.lines.extend(lines.into_iter().take(limit).map(|line| format!("  {line}")));
        if more > 0 {
            self.say(&format!("  … and {more} more"), &format!("  … et {more} de plus"));
        }
    }
}

/// The lines of several runs.
pub fn text(all: Vec<Told>) -> String {
    let parts: Vec<String> = all.into_iter().map(|told| told.lines.join("\n") + "\n").collect();
    parts.join("\n")
}

/// One object; a list of them where there were several runs.
///
/// # Errors
/// It cannot be written as JSON.
pub fn json(all: Vec<Told>) -> Result<String, String> {
    let mut values: Vec<Value> = all.into_iter().map(|told| told.json).collect();
    let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
    Ok(serde_json::to_string_pretty(&value).map_err(one_line)? + "\n")
}

/// The columns of an anomaly's line that hold something, without the number: what a person settles it by is the number
/// in the list of those that are open.
fn columns(line: &str) -> String {
    let filled: Vec<&str> = line.split('\t').skip(1).filter(|column| !column.is_empty()).collect();
    filled.join(" | ")
}

/// One operation. What a new record consists of is not listed.
fn line<S: Schema>(op: &Op<S>, titles: &Titles<S>, language: Language) -> String {
    let mut shown = op.clone();
    let mut named = None;
    if let Action::Create(record) = &op.action {
        shown.groups.clear();
        named = (titles.of_new)(record).map(|name| short(&name));
    }
    let title = titles.of(&op.ids).map(str::to_owned).or(named);
    let title = title.filter(|title| !title.is_empty());
    let title = title.map_or_else(String::new, |title| format!("  {title:?}"));
    let place = if op.id < 10 { " " } else { "" };
    format!("{place}{}{title}", shown.line(language))
}

/// What a person calls the records of both sides.
#[derive(Clone, Debug)]
pub struct Titles<S: Schema> {
    by_id: BTreeMap<String, String>,
    of_new: fn(&S::Record) -> Option<String>,
}

impl<S: Schema> Titles<S> {
    /// None yet, and what a person calls a record that is to be made.
    pub const fn new(of_new: fn(&S::Record) -> Option<String>) -> Self {
        Self { by_id: BTreeMap::new(), of_new }
    }

    /// Enters what a record is called.
    pub fn add(&mut self, id: &str, title: &str) {
        self.by_id.insert(id.to_owned(), short(title));
    }

    fn of(&self, ids: &BySide<Option<String>>) -> Option<&str> {
        let mut known = [&ids.a, &ids.b].into_iter().flatten();
        known.find_map(|id| self.by_id.get(id)).map(String::as_str)
    }
}

/// A person by name.
pub fn person(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
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
