//! The shared comment of a correspondent, and how a mailbox shows it (A7.15 to A7.19).
//!
//! The CRM holds one block per representative. A mailbox has one text: the blocks one after the other, each
//! opened by a tag line that names who wrote it. Where the user is the only author he sees bare text. A line
//! of a text that looks like a tag, or like an escaped one, is escaped with a backslash.

use crate::model::normal;

const OPEN: &str = "[#-- ";
const CLOSE: &str = " --#]";
const ESCAPE: char = '\\';

/// A mailbox text, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The user's own block: what stands under his tag or under none.
    pub(crate) own: String,
    /// What stands under the tags of others, in order.
    pub(crate) others: Vec<(String, String)>,
    /// How many others stand before the user's block.
    pub(crate) own_at: Option<usize>,
}

fn tag_of(line: &str) -> Option<&str> {
    let code = line.trim_end().strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    (!code.is_empty()).then_some(code)
}

fn needs_escape(line: &str) -> bool {
    tag_of(line.trim_start_matches(ESCAPE)).is_some()
}

/// Takes a mailbox text apart.
pub(crate) fn parse(notes: &str, own: &str) -> Notes {
    if notes.is_empty() {
        return Notes::default();
    }
    let text = normal(notes);
    let mut blocks: Vec<(Option<&str>, Vec<&str>)> = vec![(None, Vec::new())];
    for line in text.split('\n') {
        if let Some(code) = tag_of(line) {
            blocks.push((Some(code), Vec::new()));
        } else if let Some((_, lines)) = blocks.last_mut() {
            let escaped = line.starts_with(ESCAPE) && needs_escape(line);
            lines.push(if escaped { line.get(1..).unwrap_or_default() } else { line });
        }
    }
    let mut notes = Notes::default();
    for (code, lines) in blocks {
        let text = normal(&lines.join("\n")).into_owned();
        match code {
            _ if text.is_empty() => {}
            Some(code) if code != own => notes.others.push((code.to_owned(), text)),
            _ if notes.own.is_empty() => {
                notes.own_at = Some(notes.others.len());
                notes.own = text;
            }
            _ => notes.own = format!("{}\n{text}", notes.own),
        }
    }
    notes
}

/// Puts blocks together as the user's mailbox shows them; blocks without text are left out.
pub(crate) fn render<'a>(
    blocks: impl IntoIterator<Item = (&'a str, &'a str)>,
    own: &str,
) -> String {
    let blocks: Vec<(&str, String)> = blocks
        .into_iter()
        .map(|(code, text)| (code, escape(&normal(text))))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    match blocks.as_slice() {
        [(code, text)] if *code == own => text.clone(),
        _ => {
            let tagged = blocks.iter().map(|(code, text)| format!("{OPEN}{code}{CLOSE}\n{text}"));
            tagged.collect::<Vec<_>>().join("\n")
        }
    }
}

fn escape(text: &str) -> String {
    let lines = text
        .split('\n')
        .map(|line| if needs_escape(line) { format!("{ESCAPE}{line}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop, proptest};

    use super::{parse, render};
    use crate::model::normal;

    /// Texts of lines that look like tags, like escaped tags, like blanks, or like nothing.
    fn text() -> impl Strategy<Value = String> {
        let line = "(\\\\){0,2}(\\[#-- (REP01|REP02|X) --#\\])?[a-z ]{0,3}";
        prop::collection::vec(line, 0..5).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        /// A7.18, A7.19: rendering, then parsing, gives back every block, and the place of the user's own.
        #[test]
        fn rendering_then_parsing_gives_back_the_blocks(
            texts in prop::collection::vec(text(), 0..4),
            own in 0..4usize,
        ) {
            let codes = ["REP01", "REP02", "REP03", "REP04"];
            let blocks: Vec<(&str, &str)> =
                codes.iter().copied().zip(texts.iter().map(String::as_str)).collect();
            let own = codes.get(own).copied().unwrap_or_default();
            let kept: Vec<(String, String)> = blocks
                .iter()
                .map(|(code, text)| ((*code).to_owned(), normal(text).into_owned()))
                .filter(|(_, text)| !text.is_empty())
                .collect();
            let notes = parse(&render(blocks, own), own);
            let place = kept.iter().position(|(code, _)| code == own);
            assert_eq!(notes.own_at, place);
            let mut found = notes.others;
            if let Some(place) = place {
                found.insert(place, (own.to_owned(), notes.own));
            }
            assert_eq!(found, kept);
        }
    }
}
