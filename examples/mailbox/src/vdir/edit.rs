//! Changes to single lines of a file; everything else is written back byte for byte.

use std::collections::BTreeMap;

use counterpart::model::Text;

use super::lines::{Doc, Line};
use super::value::{self, Dialect};

/// Changes to one component of a file.
pub(crate) struct Edit<'a> {
    /// The file.
    pub(crate) doc: &'a Doc,
    /// The component.
    pub(crate) component: usize,
    /// How the file writes its values.
    pub(crate) dialect: Dialect,
    changed: BTreeMap<usize, Option<String>>,
    added: Vec<String>,
}

/// A text that the file's character set does not have.
#[derive(Debug)]
pub(crate) struct NotEncodable;

impl<'a> Edit<'a> {
    /// No change yet.
    pub(crate) const fn new(doc: &'a Doc, component: usize, dialect: Dialect) -> Self {
        Self { doc, component, dialect, changed: BTreeMap::new(), added: Vec::new() }
    }

    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty()
    }

    /// Puts another line in the place of one.
    pub(crate) fn replace(&mut self, line: usize, text: String) {
        if self.doc.lines().get(line).is_none_or(|old| old.text != text) {
            self.changed.insert(line, Some(text));
        }
    }

    /// Removes a line.
    pub(crate) fn remove(&mut self, line: usize) {
        self.changed.insert(line, None);
    }

    /// Adds a line at the end of the component's properties.
    pub(crate) fn add(&mut self, text: String) {
        self.added.push(text);
    }

    /// The first property of a name that is not removed already.
    pub(crate) fn first(&self, name: &str) -> Option<(usize, &'a Line)> {
        let kept = |place: &usize| self.changed.get(place).is_none_or(Option::is_some);
        let doc = self.doc;
        doc.properties(self.component).find(|(place, line)| line.name == name && kept(place))
    }

    /// Whether there is one ungrouped property of a name only. Any other line is emptied, not removed: the next
    /// of its name would move up into its place, and what its group says of it would say it of nothing.
    pub(crate) fn is_alone(&self, name: &str) -> bool {
        let doc = self.doc;
        let mut lines = doc.properties(self.component).filter(|(_, line)| line.name == name);
        let first = lines.next();
        first.is_some_and(|(_, line)| line.group().is_none()) && lines.next().is_none()
    }

    /// Gives a property of one text a value; an empty text removes it.
    pub(crate) fn set_text(&mut self, name: &str, text: &str) {
        match self.first(name) {
            Some((place, _)) if text.is_empty() && self.is_alone(name) => self.remove(place),
            Some((place, line)) => {
                let line = value::with_text(line, self.dialect, text);
                self.replace(place, line);
            }
            None if text.is_empty() => {}
            None => self.add(value::new_text(name, self.dialect, text)),
        }
    }

    /// Gives the components of a structured property that differ (place, old, new) their new values; the
    /// others stay.
    pub(crate) fn set_parts(&mut self, name: &str, changes: &[(usize, &Text, &Text)]) {
        let old = self.first(name);
        let mut parts: Vec<String> = old.map_or_else(Vec::new, |(_, line)| {
            value::parts(line).into_iter().map(Option::unwrap_or_default).collect()
        });
        for (place, before, wanted) in changes {
            if parts.len() <= *place {
                parts.resize(place + 1, String::new());
            }
            if let Some(part) = parts.get_mut(*place).filter(|_| before != wanted) {
                wanted.or_empty().clone_into(part);
            }
        }
        let nothing = parts.iter().all(String::is_empty);
        match old {
            // Version 3.0 wants a name even where there is none.
            Some((place, _)) if nothing && name != "N" && self.is_alone(name) => self.remove(place),
            Some((place, line)) => {
                let line = value::with_parts(line, self.dialect, &parts);
                self.replace(place, line);
            }
            None if nothing => {}
            None => self.add(value::new_parts(name, self.dialect, &parts)),
        }
    }

    /// Gives a property a value that needs no encoding; `None` removes it.
    pub(crate) fn set_plain(&mut self, name: &str, line: Option<String>) {
        match (self.first(name), line) {
            (Some((place, _)), Some(line)) => self.replace(place, line),
            (None, Some(line)) => self.add(line),
            (_, None) => {
                let doc = self.doc;
                let all = doc.properties(self.component).filter(|(_, line)| line.name == name);
                for (place, _) in all {
                    self.remove(place);
                }
            }
        }
    }

    /// The file with the changes.
    pub(crate) fn render(&self) -> Result<Vec<u8>, NotEncodable> {
        let bytes = self.doc.bytes();
        let mut out = Vec::with_capacity(bytes.len() + 256);
        let anchor = self.anchor();
        for (number, line) in self.doc.lines().iter().enumerate() {
            if anchor == Some(number) {
                for text in &self.added {
                    self.write(text, &mut out)?;
                }
            }
            match self.changed.get(&number) {
                None => out.extend_from_slice(bytes.get(line.range.clone()).unwrap_or_default()),
                Some(None) => {}
                Some(Some(text)) => self.write(text, &mut out)?,
            }
        }
        Ok(out)
    }

    /// New properties go before the first component inside, as the formats want it, or before the end.
    fn anchor(&self) -> Option<usize> {
        let components = self.doc.components();
        let inside = |line: &&Line| {
            let place = line.component.and_then(|place| components.get(place));
            line.name == "BEGIN" && place.is_some_and(|one| one.parent == Some(self.component))
        };
        let first = self.doc.lines().iter().position(|line| inside(&line));
        first.or_else(|| components.get(self.component).and_then(|one| one.end))
    }

    fn write(&self, text: &str, out: &mut Vec<u8>) -> Result<(), NotEncodable> {
        const WIDTH: usize = 75;
        let end = self.doc.line_end().as_bytes();
        let mut column = 0;
        let mut buffer = [0; 4];
        for letter in text.chars() {
            if letter == '\n' {
                out.extend_from_slice(end);
                continue;
            }
            let utf8: &str = letter.encode_utf8(&mut buffer);
            let legacy;
            let code = if self.doc.is_utf8() {
                utf8.as_bytes()
            } else {
                let (bytes, _, failed) = encoding_rs::WINDOWS_1252.encode(utf8);
                if failed {
                    return Err(NotEncodable);
                }
                legacy = bytes;
                &legacy
            };
            if self.dialect == Dialect::Modern && column + code.len() > WIDTH {
                out.extend_from_slice(end);
                out.push(b' ');
                column = 1;
            }
            column += code.len();
            out.extend_from_slice(code);
        }
        out.extend_from_slice(end);
        Ok(())
    }
}
