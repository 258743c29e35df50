//! A vCard or iCalendar file as lines and components, each with its place in the file.
//!
//! The values are decoded elsewhere; here every line keeps its bytes, so that what is not changed can be
//! written back as it was.

use std::borrow::Cow;
use std::ops::Range;

/// How deep components may lie in one another; the formats need four. What opens below stays a plain line.
const DEEPEST: usize = 16;

/// A file, taken apart into lines.
pub(crate) struct Doc {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    components: Vec<Component>,
    crlf: bool,
    utf8: bool,
}

/// A line after unfolding.
pub(crate) struct Line {
    /// Where it lies in the file, with its folds and its end.
    pub(crate) range: Range<usize>,
    /// Its text, unfolded, without its end. Soft breaks of quoted-printable are still in it.
    pub(crate) text: String,
    /// The name of its property in capitals, without group; empty where the line is none.
    pub(crate) name: String,
    /// The component it lies in; a `BEGIN` lies in the component it opens, and so does its `END`.
    pub(crate) component: Option<usize>,
    colon: Option<usize>,
}

/// What lies between a `BEGIN` and its `END`.
pub(crate) struct Component {
    /// Its name in capitals.
    pub(crate) name: String,
    /// The component around it.
    pub(crate) parent: Option<usize>,
    /// The line of its `BEGIN`.
    begin: usize,
    /// The line of its `END`; `None` where the file ends before.
    pub(crate) end: Option<usize>,
}

impl Doc {
    /// Takes a file apart. Never fails: what is no line of a component is kept as it is.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let crlf = bytes.iter().position(|byte| *byte == b'\n').is_none_or(|end| {
            end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r')
        });
        let mut doc = Self { bytes, lines: Vec::new(), components: Vec::new(), crlf, utf8: true };
        let mut start = 0;
        while start < doc.bytes.len() {
            let (line, utf8) = logical_line(&doc.bytes, start);
            doc.utf8 &= utf8;
            start = line.range.end;
            doc.lines.push(line);
        }
        doc.nest();
        doc
    }

    /// Gives every line its component.
    fn nest(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        for (number, line) in self.lines.iter_mut().enumerate() {
            line.component = open.last().copied();
            let marker = || line.value().trim().to_ascii_uppercase();
            if line.name == "BEGIN" && open.len() < DEEPEST {
                let parent = open.last().copied();
                open.push(self.components.len());
                self.components.push(Component {
                    name: marker(),
                    parent,
                    begin: number,
                    end: None,
                });
                line.component = open.last().copied();
            } else if line.name == "END" {
                let name = marker();
                let components = &mut self.components;
                let named = |one: &usize| components.get(*one).is_some_and(|one| one.name == name);
                // An END that closes nothing is kept as a line without meaning.
                if let Some(depth) = open.iter().rposition(named) {
                    line.component = open.get(depth).copied();
                    if let Some(closed) = line.component.and_then(|one| components.get_mut(one)) {
                        closed.end = Some(number);
                    }
                    open.truncate(depth);
                }
            }
        }
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its lines.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Its components, in the order of their `BEGIN`.
    pub(crate) fn components(&self) -> &[Component] {
        &self.components
    }

    /// How new lines of it end.
    pub(crate) const fn line_end(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }

    /// Whether all of it is UTF-8; what is not is read as Windows-1252.
    pub(crate) const fn is_utf8(&self) -> bool {
        self.utf8
    }

    /// The properties of a component, without those of components inside it.
    pub(crate) fn properties(&self, component: usize) -> impl Iterator<Item = (usize, &Line)> {
        let place = self.components.get(component);
        let begin = place.map_or(self.lines.len(), |one| one.begin);
        let end = place.and_then(|one| one.end).unwrap_or(self.lines.len());
        let lines = self.lines.get(begin..end).unwrap_or_default();
        (begin..).zip(lines).filter(move |(_, line)| {
            let marker = matches!(line.name.as_str(), "BEGIN" | "END" | "");
            line.component == Some(component) && !marker
        })
    }

    /// The first property of a name.
    pub(crate) fn first(&self, component: usize, name: &str) -> Option<(usize, &Line)> {
        self.properties(component).find(|(_, line)| line.name == name)
    }
}

impl Line {
    /// What stands before the colon, taken apart at the semicolons: the name with its group, then the
    /// parameters as they are written.
    pub(crate) fn head(&self) -> Vec<&str> {
        let head = self.text.get(..self.colon.unwrap_or(0)).unwrap_or_default();
        split_outside_quotes(head, b';')
    }

    /// What stands after the colon, as it is written.
    pub(crate) fn value(&self) -> &str {
        let start = self.colon.map_or(self.text.len(), |colon| colon + 1);
        self.text.get(start..).unwrap_or_default()
    }

    /// The group in front of the name.
    pub(crate) fn group(&self) -> Option<&str> {
        let head = self.text.get(..self.colon?)?;
        let end = head.find([';', '.'])?;
        head.get(end..)?.starts_with('.').then(|| head.get(..end))?
    }

    /// The values of a parameter, without quotes.
    pub(crate) fn params(&self, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        for piece in self.head().into_iter().skip(1) {
            let Some((key, value)) = piece.split_once('=') else {
                continue;
            };
            if key.trim().eq_ignore_ascii_case(name) {
                let parts = split_outside_quotes(value, b',').into_iter();
                values.extend(parts.map(|part| part.trim().trim_matches('"').to_owned()));
            }
        }
        values
    }

    /// The first value of a parameter.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        self.params(name).into_iter().next()
    }

    /// The values of `TYPE`, and the parameters without name that vCard 2.1 has in its place; in capitals.
    pub(crate) fn types(&self) -> Vec<String> {
        let mut types = self.params("TYPE");
        // Quoted lists of types are common: TYPE="work,voice".
        types = types.iter().flat_map(|one| one.split(',')).map(str::to_owned).collect();
        let bare = self.head().into_iter().skip(1).filter(|piece| !piece.contains('='));
        types.extend(bare.map(str::to_owned));
        types.iter().map(|one| one.trim().to_ascii_uppercase()).collect()
    }
}

/// Reads one logical line, and says whether it is UTF-8.
fn logical_line(bytes: &[u8], start: usize) -> (Line, bool) {
    let mut end = physical_end(bytes, start);
    let mut raw: Vec<u8> = trim_end(bytes.get(start..end).unwrap_or_default()).to_vec();
    let quoted = is_quoted_printable(&raw);
    loop {
        let soft_break = quoted && raw.last() == Some(&b'=');
        let folded = matches!(bytes.get(end), Some(b' ' | b'\t'));
        if end >= bytes.len() || !(soft_break || folded) {
            break;
        }
        let next = physical_end(bytes, end);
        let more = trim_end(bytes.get(end..next).unwrap_or_default());
        if soft_break {
            raw.push(b'\n');
            raw.extend_from_slice(more);
        } else {
            raw.extend_from_slice(more.get(1..).unwrap_or_default());
        }
        end = next;
    }
    let range = start..end;
    let raw =
        if start == 0 { raw.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&raw) } else { &raw };
    // Folds may cut a character in two, so it is the unfolded line that has to be UTF-8.
    let (text, utf8) = match std::str::from_utf8(raw) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0, false),
    };
    let colon = colon_of(&text);
    let name = colon
        .and_then(|colon| text.get(..colon))
        .and_then(|head| head.split(';').next())
        .map(|name| name.rsplit_once('.').map_or(name, |(_, name)| name))
        .map(|name| name.trim().to_ascii_uppercase())
        .unwrap_or_default();
    (Line { range, text: text.into_owned(), name, component: None, colon }, utf8)
}

fn physical_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| start + end + 1)
}

fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_quoted_printable(line: &[u8]) -> bool {
    const WORD: &[u8] = b"QUOTED-PRINTABLE";
    let head = line.iter().position(|byte| *byte == b':').and_then(|colon| line.get(..colon));
    head.is_some_and(|head| head.windows(WORD.len()).any(|word| word.eq_ignore_ascii_case(WORD)))
}

/// The colon between head and value: the first one outside quotes.
fn colon_of(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b':' if !quoted => return Some(place),
            _ => {}
        }
    }
    // A quote that is never closed is no quote.
    text.find(':')
}

fn split_outside_quotes(text: &str, separator: u8) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (place, byte) in text.bytes().enumerate() {
        if byte == b'"' {
            quoted = !quoted;
        } else if byte == separator && !quoted {
            pieces.push(text.get(start..place).unwrap_or_default());
            start = place + 1;
        }
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}
