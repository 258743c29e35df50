//! The value of a line: decoded by calcard, encoded here in the dialect of the file.

use calcard::vcard::VCardValue;
use calcard::{Entry, Parser};

use super::lines::Line;

/// How a file writes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// vCard 2.1: quoted-printable instead of escapes, no folds.
    Card21,
    /// vCard 3.0, 4.0 and iCalendar: backslash escapes, folds after 75 octets.
    Modern,
}

/// The text of a line; `None` where nobody can read it, as with an unknown character set.
pub(crate) fn text(line: &Line) -> Option<String> {
    decode("NOTE", line).into_iter().next().map_or_else(|| Some(String::new()), unix)
}

/// The components of a structured value; `None` for one that nobody can read. A comma that should have been
/// escaped ("Main Street 5, Backyard") is one.
pub(crate) fn parts(line: &Line) -> Vec<Option<String>> {
    decode("N", line).into_iter().map(unix).collect()
}

/// Decodes a value as that of a property with a known shape: `NOTE` has one text, `N` several.
///
/// Line by line, so that a value and the place it was read from cannot be confused.
fn decode(shape: &str, line: &Line) -> Vec<VCardValue> {
    let mut coding = String::new();
    for piece in line.head().into_iter().skip(1) {
        let (key, value) = piece.split_once('=').unwrap_or(("ENCODING", piece));
        let key = key.trim().to_ascii_uppercase();
        let value = value.trim().trim_matches('"').to_ascii_uppercase();
        let known = match key.as_str() {
            "ENCODING" => matches!(value.as_str(), "QUOTED-PRINTABLE" | "BASE64" | "B"),
            "CHARSET" => {
                value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            }
            _ => false,
        };
        if known {
            coding = format!("{coding};{key}={value}");
        }
    }
    let source = format!("BEGIN:VCARD\nVERSION:3.0\n{shape}{coding}:{}\nEND:VCARD\n", line.value());
    let Entry::VCard(card) = Parser::new(&source).entry() else {
        return Vec::new();
    };
    let mut entries = card.entries.into_iter().skip(1);
    entries.next().map(|entry| entry.values).unwrap_or_default()
}

fn unix(value: VCardValue) -> Option<String> {
    let text = value.into_text()?;
    Some(if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.into_owned()
    })
}

/// A line with another text in its place; group, name and parameters stay.
pub(crate) fn with_text(line: &Line, dialect: Dialect, text: &str) -> String {
    assemble(&plain_head(line), dialect, &[text], false)
}

/// A line with other components in its place; group, name and parameters stay.
pub(crate) fn with_parts(line: &Line, dialect: Dialect, parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    assemble(&plain_head(line), dialect, &parts, true)
}

/// A new line with a text.
pub(crate) fn new_text(head: &str, dialect: Dialect, text: &str) -> String {
    assemble(head, dialect, &[text], false)
}

/// A new line with components.
pub(crate) fn new_parts(head: &str, dialect: Dialect, parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    assemble(head, dialect, &parts, true)
}

/// The head of a line without what describes the coding of the old value.
fn plain_head(line: &Line) -> String {
    let describes_coding = |piece: &&str| match piece.split_once('=') {
        Some((key, value)) => {
            let key = key.trim().to_ascii_uppercase();
            key == "ENCODING"
                || key == "CHARSET"
                || (key == "VALUE" && value.eq_ignore_ascii_case("uri"))
        }
        None => piece.trim().eq_ignore_ascii_case("QUOTED-PRINTABLE"),
    };
    let head = line.head().into_iter().filter(|piece| !describes_coding(piece));
    head.collect::<Vec<_>>().join(";")
}

fn assemble(head: &str, dialect: Dialect, parts: &[&str], structured: bool) -> String {
    let clear = |text: &&str| {
        let simple = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'\\';
        text.bytes().all(simple) && !text.ends_with(' ')
    };
    let encoded: Vec<String> = match dialect {
        Dialect::Modern => parts.iter().map(|text| escaped(text)).collect(),
        Dialect::Card21 if parts.iter().all(clear) => {
            let semicolons = |text: &&str| {
                if structured { text.replace(';', "\\;") } else { (*text).to_owned() }
            };
            parts.iter().map(semicolons).collect()
        }
        Dialect::Card21 => {
            let head = format!("{head};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE");
            return quoted_printable(&head, parts, structured);
        }
    };
    format!("{head}:{}", encoded.join(";"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            // Neither format has a way to write these.
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

/// Quoted-printable with soft breaks, which stand as `=\n` until the file's line ends are known.
fn quoted_printable(head: &str, parts: &[&str], structured: bool) -> String {
    const WIDTH: usize = 73;
    let mut out = format!("{head}:");
    let mut column = out.len();
    for (number, text) in parts.iter().enumerate() {
        if number > 0 {
            out.push(';');
            column += 1;
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        for byte in text.bytes() {
            let code = match byte {
                b';' if structured => "\\;".to_owned(),
                b' '..=b'~' if byte != b'=' && byte != b'\\' => char::from(byte).to_string(),
                _ => format!("={byte:02X}"),
            };
            if column + code.len() > WIDTH {
                out.push_str("=\n");
                column = 0;
            }
            column += code.len();
            out.push_str(&code);
        }
        // A blank at the end of a line does not survive all that handles it.
        if out.ends_with(' ') {
            out.pop();
            out.push_str("=20");
        }
    }
    out
}

/// A parameter's value in quotes; what it cannot hold is encoded as in RFC 6868.
pub(crate) fn param(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("^'"),
            '^' => out.push_str("^^"),
            '\n' => out.push_str("^n"),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// The text of a parameter's value.
pub(crate) fn param_text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => match letters.next() {
                Some('\'') => out.push('"'),
                Some('n') => out.push('\n'),
                Some('^') | None => out.push('^'),
                Some(other) => out.extend(['^', other]),
            },
            _ => out.push(letter),
        }
    }
    out
}
