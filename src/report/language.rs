//! The languages a rendering speaks.

use serde::{Deserialize, Serialize};

/// A language of a rendering. Data never depends on it: a host may render one report in several.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Language {
    /// English. The default.
    #[default]
    En,
    /// French.
    Fr,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// Its code in ISO 639-1.
    pub const fn code(self) -> &'static str {
        self.of("en", "fr")
    }

    /// The language with a code of ISO 639-1, in lower case.
    ///
    /// ```
    /// use counterpart::report::Language;
    ///
    /// assert_eq!(Language::from_code("fr"), Some(Language::Fr));
    /// assert_eq!(Language::from_code("tlh"), None);
    /// ```
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The text of this language. Every text of the crate is given here in all of them, so that a new one cannot
    /// be added without them.
    pub(crate) const fn of(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}
