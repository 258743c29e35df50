//! A text that a host may be unable to read.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A text field of a record: known, or *unreadable* (`null`).
///
/// Some hosts may not read a field (newer mail programs guard e-mail addresses, A13.5). Unreadable is
/// not empty: it is neither compared nor overwritten. The default is the empty text. `Debug` shows the
/// length only, so that no log holds a name or an address.
///
/// ```
/// use counterpart::model::Text;
///
/// let seen = Text::from("one\r\ntwo  ");
/// assert!(seen.same(&Text::from("one\ntwo")), "line ends and trailing blanks are no difference (A2.9)");
/// assert_eq!(format!("{seen:?}"), "Text(10 characters)");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Option<String>);

impl Text {
    /// A text the host cannot read.
    pub const UNREADABLE: Self = Self(None);

    /// The text, or `None` where the host cannot read it.
    pub fn known(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, empty where the host cannot read it.
    pub fn or_empty(&self) -> &str {
        self.known().unwrap_or_default()
    }

    /// Whether the text is known and has no character at all.
    pub(crate) fn is_unset(&self) -> bool {
        self.known().is_some_and(str::is_empty)
    }

    /// Whether the host could read the text.
    pub const fn is_readable(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the text is known and nothing is left of it after trimming.
    pub fn is_blank(&self) -> bool {
        self.known().is_some_and(|text| text.trim().is_empty())
    }

    /// Whether two texts are the same after line ends and trailing blanks are made alike (A2.9).
    pub fn same(&self, other: &Self) -> bool {
        match (self.known(), other.known()) {
            (Some(one), Some(two)) => one == two || normal(one) == normal(two),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// A text with line ends made `\n`, and trailing blanks of each line and of the whole removed (A2.9).
///
/// Borrowed where nothing has to change.
#[inline]
pub fn normal(text: &str) -> Cow<'_, str> {
    if text.is_empty() { Cow::Borrowed("") } else { written_normal(text) }
}

/// The same of a text with characters in it: apart, because most texts have none.
fn written_normal(text: &str) -> Cow<'_, str> {
    let clean = |line: &str| line.trim_end().len() == line.len();
    if is_normal_line(text) {
        return Cow::Borrowed(text);
    }
    if !text.contains('\r') && !text.ends_with('\n') && text.split('\n').all(clean) {
        return Cow::Borrowed(text);
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(unified.len());
    for (number, line) in unified.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(line.trim_end());
    }
    out.truncate(out.trim_end().len());
    Cow::Owned(out)
}

/// A text as codes are compared: by Unicode case folding (D28), without surrounding blanks.
pub(crate) fn folded(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(fold).collect() }
}

/// One character folded: every character whose case mappings meet is one, so that `ß` is `SS`, and `ς` is `Σ` at
/// the end of a word too. The Turkish dotless i meets the Latin one in upper case alone and folds to itself.
fn fold(one: char) -> impl Iterator<Item = char> {
    let dotless = (one == 'ı').then_some(one);
    let met = one.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let met = met.filter(move |_| dotless.is_none());
    dotless.into_iter().chain(met)
}

/// Whether a text is plainly [normal], as nearly all are: no control characters, and the last one is no blank. Says no
/// where that takes more than a look.
#[inline]
pub(crate) fn is_normal_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.last().is_none_or(u8::is_ascii_graphic) && !has_control(bytes)
}

/// Whether a byte is less than a blank, eight bytes at a time.
#[inline]
fn has_control(bytes: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of a byte is set where the byte is less than a blank, and in no word without one.
    let low = |word: u64| word.wrapping_sub(ONES * 0x20) & !word & (ONES << 7) != 0;
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().any(|byte| *byte < b' ');
    };
    // The last eight may have been looked at in part.
    let mut words = bytes.chunks_exact(size_of::<u64>());
    words.any(|word| word.first_chunk().is_some_and(|word| low(u64::from_le_bytes(*word))))
        || low(u64::from_le_bytes(*last))
}

/// A text with its first bytes before it, in the order of texts: to put many in order, few of them are looked at.
pub(crate) fn ordered(text: &str) -> (u64, &str) {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    (u64::from_be_bytes(first), text)
}

/// Whether two short texts are the same, without a call: nearly all that are compared are.
#[inline]
pub(crate) fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // Some bytes may come twice.
    if let (Some(start), Some(end)) = (one.first_chunk::<16>(), one.last_chunk::<16>()) {
        let ends = Some(start) == other.first_chunk() && Some(end) == other.last_chunk();
        let between = |text| <[u8]>::get(text, 16..).unwrap_or_default().chunks_exact(16);
        let mut pairs = between(one).zip(between(other));
        return ends && (one.len() <= 32 || pairs.all(|(one, other)| one == other));
    }
    if let (Some(start), Some(end)) = (one.first_chunk::<8>(), one.last_chunk::<8>()) {
        return Some(start) == other.first_chunk() && Some(end) == other.last_chunk();
    }
    if let (Some(start), Some(end)) = (one.first_chunk::<4>(), one.last_chunk::<4>()) {
        return Some(start) == other.first_chunk() && Some(end) == other.last_chunk();
    }
    one.iter().eq(other)
}

/// Whether there is a line feed or a carriage return, eight bytes at a time.
pub(crate) fn has_line_end(bytes: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of a byte is set where the byte is zero, and in no word without one.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let has = |word: u64| {
        zeros(word ^ (ONES * u64::from(b'\n'))) | zeros(word ^ (ONES * u64::from(b'\r'))) != 0
    };
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    };
    // The last eight may have been looked at in part.
    let mut words = bytes.chunks_exact(size_of::<u64>());
    words.any(|word| word.first_chunk().is_some_and(|word| has(u64::from_le_bytes(*word))))
        || has(u64::from_le_bytes(*last))
}

impl Default for Text {
    fn default() -> Self {
        Self(Some(String::new()))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(text) => write!(out, "Text({} characters)", text.chars().count()),
            None => out.write_str("Text(unreadable)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{has_control, is_normal_line, normal, ordered, same_bytes};

    #[test]
    fn the_first_bytes_change_no_order() {
        let texts =
            ["", "\0", "a", "a\0", "ab", "abcdefgh", "abcdefgh\0", "abcdefghi", "b", "é", "éa"];
        for one in texts {
            for other in texts {
                assert_eq!(ordered(one).cmp(&ordered(other)), one.cmp(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn texts_of_any_length_that_differ_in_one_byte_are_not_the_same() {
        for length in 0..50 {
            let one = vec![b'x'; length];
            assert!(same_bytes(&one, &one.clone()), "{length}");
            for place in 0..length {
                let mut other = one.clone();
                other[place] = b'y';
                assert!(!same_bytes(&one, &other), "{place} of {length}");
            }
            assert!(!same_bytes(&one, &[b'x'; 50][..=length]), "{length}");
        }
    }

    /// Texts of every length up to three words, with one odd character at every place.
    #[test]
    fn an_odd_character_is_seen_wherever_it_stands() {
        for length in 1..25 {
            for place in 0..length {
                for (odd, control) in
                    [('\0', true), ('\n', true), ('\u{1f}', true), (' ', false), ('\u{7f}', false)]
                {
                    let text: String =
                        (0..length).map(|at| if at == place { odd } else { 'x' }).collect();
                    assert_eq!(has_control(text.as_bytes()), control, "{text:?}");
                    assert!(!is_normal_line(&text) || normal(&text) == text, "{text:?}");
                }
                let text: String =
                    (0..length).map(|at| if at == place { '\u{e0}' } else { '~' }).collect();
                assert!(!has_control(text.as_bytes()), "{text:?}");
            }
        }
        assert!(is_normal_line("Rue de la Gare") && is_normal_line(""));
        assert!(!is_normal_line("one\rtwo") && !is_normal_line("one "));
    }
}
