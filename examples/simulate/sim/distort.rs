//! What hosts make of the texts they are given.

use counterpart::model::Text;

/// Keeps ten characters.
pub(crate) fn cut(text: &mut Text) {
    change(text, |known| known.chars().take(10).collect());
}

/// Trims, and writes in capitals.
pub(crate) fn capitals(text: &mut Text) {
    change(text, |known| known.trim().to_uppercase());
}

fn change(text: &mut Text, how: impl FnOnce(&str) -> String) {
    if let Some(known) = text.known().map(how) {
        *text = Text::from(known);
    }
}
