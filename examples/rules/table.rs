//! The table of rules: what `docs/rules.txt` names, and where the sources and the tests speak of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// How many places of a rule a line of the table names.
const SHOWN: usize = 4;

/// The rules of one profile.
#[derive(Debug)]
pub(crate) struct System {
    /// The profile's name.
    pub name: String,
    /// What it joins.
    pub title: String,
    /// Its rules, in their order.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its number.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Why it is left to the host, where it is.
    pub host: Option<String>,
}

/// Reads the list of rules: `[name] title` opens a system, `id | title` or `id | title | why it is left to the
/// host` is a rule, and `#` opens a comment.
pub(crate) fn parse(text: &str) -> Result<Vec<System>, String> {
    let mut systems: Vec<System> = Vec::new();
    let mut known = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}", number + 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((name, title)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            let (name, title) = (name.to_owned(), title.trim().to_owned());
            systems.push(System { name, title, rules: Vec::new() });
            continue;
        }
        let mut parts = line.split('|').map(|part| part.trim().to_owned());
        let (Some(id), Some(title)) = (parts.next(), parts.next()) else {
            return Err(wrong("a rule has a number and a title"));
        };
        if !known.insert(id.clone()) {
            return Err(wrong("the rule is there twice"));
        }
        let system = systems.last_mut().ok_or_else(|| wrong("a rule outside of every system"))?;
        system.rules.push(Rule { id, title, host: parts.next() });
    }
    Ok(systems)
}

/// Where rules are spoken of: by rule, the places in their order.
pub(crate) type Places = BTreeMap<String, BTreeSet<String>>;

/// What the repository says of rules.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files of the library.
    pub sources: Places,
    /// Tests and scenarios.
    pub tests: Places,
}

/// A rule's number, or two numbers from one to the other.
static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b([ABDE])(\d+)(?:\.(\d+)([a-z])?)?(?: to ([ABDE])(\d+)(?:\.(\d+))?)?\b").ok()
});

/// Reads the numbers of rules in a text; `A2.10 to A2.12` are three.
fn rules_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for parts in NUMBERS.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let part = |place: usize| parts.get(place).map(|part| part.as_str());
        let number = |place: usize| part(place).and_then(|text| text.parse::<u32>().ok());
        let (Some(letter), Some(chapter)) = (part(1), number(2)) else { continue };
        let last = part(4).unwrap_or_default();
        match (number(3), number(6), number(7)) {
            (Some(first), Some(same), Some(end)) if same == chapter => {
                found.extend((first..=end).map(|rule| format!("{letter}{chapter}.{rule}")));
            }
            (Some(rule), ..) => found.push(format!("{letter}{chapter}.{rule}{last}")),
            (None, Some(end), None) if letter == "D" || letter == "E" => {
                found.extend((chapter..=end).map(|rule| format!("{letter}{rule}")));
            }
            // Without a point it is a rule of one number, or a whole chapter.
            (None, ..) if letter == "D" || letter == "E" => {
                found.push(format!("{letter}{chapter}"));
            }
            (None, ..) => {}
        }
    }
    found
}

fn add(places: &mut Places, text: &str, place: &str) {
    for rule in rules_in(text) {
        places.entry(rule).or_default().insert(place.to_owned());
    }
}

/// Reads the whole repository under a directory.
pub(crate) fn scan(root: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    for path in files(&root.join("src"), "rs")? {
        let text = fs::read_to_string(&path)?;
        let name = relative(&path, &root.join("src"));
        let (code, tests) = text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&text, ""));
        if name.ends_with("tests.rs") {
            tests_of(&mut found.tests, code, &name);
        } else {
            sources_of(&mut found.sources, code, &name);
        }
        tests_of(&mut found.tests, tests, &name);
    }
    for directory in ["tests/suite", "tests/testkit"] {
        for path in files(&root.join(directory), "rs")? {
            tests_of(&mut found.tests, &fs::read_to_string(&path)?, &relative(&path, root));
        }
    }
    for path in files(&root.join("tests/scenarios"), "json")? {
        let name = relative(&path, &root.join("tests/scenarios"));
        let Some(name) = name.strip_suffix(".json").filter(|name| !name.ends_with(".expect"))
        else {
            continue;
        };
        let text = fs::read_to_string(&path)?;
        let description = text.lines().find(|line| line.contains("\"description\""));
        add(&mut found.tests, description.unwrap_or_default(), &format!("scenario `{name}`"));
    }
    Ok(found)
}

/// Rules named in comments, and in the texts that stand in a plan.
fn sources_of(places: &mut Places, code: &str, name: &str) {
    for line in code.lines() {
        let comment = line.split_once("//").map_or("", |(_, comment)| comment);
        add(places, comment, &format!("`{name}`"));
        for text in line.split('"').skip(1).step_by(2).filter(|text| text.len() < 8) {
            add(places, text, &format!("`{name}`"));
        }
    }
}

/// Rules named by tests: above them, or within.
fn tests_of(places: &mut Places, code: &str, name: &str) {
    let mut above = String::new();
    let mut is_test = false;
    let mut current: Option<String> = None;
    for line in code.lines().map(str::trim_start) {
        if let Some(comment) = line.strip_prefix("///") {
            above.push_str(comment);
            above.push('\n');
        } else if line.starts_with("#[test]") {
            is_test = true;
        } else if let Some(test) = line.strip_prefix("fn ").and_then(|rest| rest.split('(').next())
        {
            current = is_test.then(|| format!("`{name}`: `{test}`"));
            if let Some(current) = &current {
                add(places, &above, current);
            }
            (above, is_test) = (String::new(), false);
        } else if let (Some((_, comment)), Some(current)) = (line.split_once("// "), &current) {
            add(places, comment, current);
        } else if line.starts_with("pub") || line.starts_with("impl") {
            (above, current) = (String::new(), None);
        }
    }
}

/// All files of a sort under a directory, in the order of their names.
fn files(directory: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn relative(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Rules that nobody shows: neither left to the host, nor named by both a source and a test; and numbers that no
/// list has, though its letter is one of the list's.
pub(crate) fn gaps(systems: &[System], found: &Found) -> Vec<String> {
    let mut gaps = Vec::new();
    for rule in systems.iter().flat_map(|system| &system.rules).filter(|rule| rule.host.is_none()) {
        if !found.tests.contains_key(&rule.id) {
            gaps.push(format!("{} ({}): no test names it", rule.id, rule.title));
        }
        if !found.sources.contains_key(&rule.id) {
            gaps.push(format!("{} ({}): no source names it", rule.id, rule.title));
        }
    }
    let rules = || systems.iter().flat_map(|system| &system.rules);
    let known: BTreeSet<&str> = rules().map(|rule| rule.id.as_str()).collect();
    let letters: BTreeSet<Option<char>> = rules().map(|rule| rule.id.chars().next()).collect();
    let is_ours = |id: &&String| letters.contains(&id.chars().next());
    for id in found.sources.keys().filter(is_ours).filter(|id| !known.contains(id.as_str())) {
        gaps.push(format!("{id}: there is no such rule"));
    }
    gaps
}

/// The table as a page.
pub(crate) fn render(systems: &[System], found: &Found) -> String {
    let mut page = String::from(
        "# Rules\n\n\
        Each rule of each profile: where the library follows it, and which test or scenario file of `tests/scenarios/`\n\
        shows it. Files are those of `src/`. Made by `cargo run --example rules > docs/rules.md` from the sources, the\n\
        tests and `docs/rules.txt`; do not edit it by hand.\n",
    );
    for system in systems {
        let _ = write!(page, "\n## `{}`: {}\n\n", system.name, system.title);
        page.push_str("| Rule | What | Where | Shown by |\n|---|---|---|---|\n");
        for rule in &system.rules {
            let sources = places(found.sources.get(&rule.id));
            let tests = places(found.tests.get(&rule.id));
            let place = match &rule.host {
                Some(why) if sources.is_empty() => format!("left to the host: {why}"),
                Some(why) => format!("{sources}; the rest is left to the host: {why}"),
                None => sources,
            };
            let _ = writeln!(page, "| {} | {} | {place} | {tests} |", rule.id, rule.title);
        }
    }
    page
}

fn places(found: Option<&BTreeSet<String>>) -> String {
    let Some(found) = found else { return String::new() };
    let mut text = found.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if found.len() > SHOWN {
        let _ = write!(text, " and {} more", found.len() - SHOWN);
    }
    text
}
