//! Small transformations of texts that several kinds share.

use std::borrow::Cow;

use crate::model::{Text, has_line_end};

/// Forms of address the CRM knows (`TTL`, menu 941), and how the mailbox may write them (D23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Title {
    /// `Mr`, `M.`
    Mr = 1,
    /// `Mrs`, `Mme`
    Mrs = 2,
    /// `Ms`, `Mlle`
    Ms = 3,
}

impl Title {
    /// The form of address a text means, if it is a known one.
    pub(crate) fn of(text: &Text) -> Option<Self> {
        let word = text.known().filter(|text| !text.is_empty())?.trim().trim_end_matches('.');
        let is_one_of = |forms: [&str; 2]| forms.iter().any(|form| word.eq_ignore_ascii_case(form));
        if is_one_of(["mr", "m"]) {
            Some(Self::Mr)
        } else if is_one_of(["mrs", "mme"]) {
            Some(Self::Mrs)
        } else if is_one_of(["ms", "mlle"]) {
            Some(Self::Ms)
        } else {
            None
        }
    }

    /// What the CRM holds (D33).
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Mr => "Mr",
            Self::Mrs => "Mrs",
            Self::Ms => "Ms",
        }
    }
}

/// A subject as the mailbox shows it: on one line (A2.8), at most `limit` characters (A2.6).
pub(crate) fn subject(text: &str, limit: usize) -> Cow<'_, str> {
    if !text.contains(['\r', '\n', '\t']) {
        return Cow::Borrowed(cut(text.trim_end(), limit));
    }
    let mut line = String::with_capacity(text.len());
    let mut folding = false;
    for letter in text.trim_end().chars() {
        let fold = matches!(letter, '\r' | '\n' | '\t');
        if !fold {
            line.push(letter);
        } else if !folding {
            line.push(' ');
        }
        folding = fold;
    }
    Cow::Owned(cut(&line, limit).to_owned())
}

/// The first `limit` characters of a text.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    // A character takes a byte at least.
    if text.len() <= limit {
        return text;
    }
    text.char_indices().nth(limit).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// Street lines as the CRM holds them: three, the rest joined to the third (A2.61).
pub(crate) fn three_lines(street: &str) -> Cow<'_, str> {
    if !has_line_end(street.as_bytes()) {
        return Cow::Borrowed(street);
    }
    let lines: Vec<&str> = street.lines().collect();
    match lines.as_slice() {
        [first, second, rest @ ..] if rest.len() > 1 => {
            Cow::Owned(format!("{first}\n{second}\n{}", rest.join(" ")))
        }
        _ => Cow::Owned(lines.join("\n")),
    }
}
