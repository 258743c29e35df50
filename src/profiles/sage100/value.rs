//! The common form: what a field group of either side says, in one shape.

use std::collections::BTreeMap;

use super::crm::Turnover;
use crate::model::{Text, folded};
use crate::snapshot::Printer;

/// What the CRM shows in an empty telephone or e-mail of a linked record (B9.4). It is no value.
pub(crate) const PLACEHOLDER: &str = "{Lié à Sage 100}";

/// The content of a field group. Two values are equal when both sides mean the same by them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// The host could not read it.
    Unreadable,
    /// A text, normalised.
    Text(String),
    /// Several texts that belong together.
    Texts(Vec<String>),
    /// Whether it is out of use.
    Inactive(bool),
    /// What comes from the ERP only.
    Replicated(Box<ReplicatedValue>),
    /// A representative and the user linked to it.
    Agent(Agent),
    /// Whose record it is, for pairing by content.
    Owner(Option<crate::profile::KeyRef>),
}

/// What comes from the ERP only, as far as the definitions of free fields still agree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReplicatedValue {
    pub(crate) texts: [String; 5],
    pub(crate) turnover: [String; 2],
    pub(crate) free: Vec<(String, String)>,
}

impl ReplicatedValue {
    pub(crate) fn turnover(&self) -> Turnover {
        let [n, n_1] = self.turnover.clone();
        Turnover { n, n_1 }
    }

    pub(crate) fn free(&self) -> BTreeMap<String, String> {
        self.free.iter().cloned().collect()
    }
}

/// A representative and the user linked to it; the ERP names the first, a company the second (B4.19).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Agent {
    pub(crate) representative: Option<String>,
    pub(crate) user: Option<String>,
}

impl Value {
    /// A text, with what is no value taken for empty (B9.4).
    pub(crate) fn of(text: &Text) -> Self {
        match text.known() {
            None => Self::Unreadable,
            Some(text) if text == PLACEHOLDER => Self::Text(String::new()),
            Some(text) => Self::Text(crate::model::normal(text).into_owned()),
        }
    }

    /// Several texts; unreadable if one of them is.
    pub(crate) fn of_all(texts: &[&Text]) -> Self {
        let known: Option<Vec<String>> = texts
            .iter()
            .map(|text| text.known().map(|text| crate::model::normal(text).into_owned()))
            .collect();
        known.map_or(Self::Unreadable, Self::Texts)
    }

    /// The same without regard to capitals, as far as it is made of texts.
    pub(crate) fn folded(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(folded(text)),
            Self::Texts(texts) => Self::Texts(texts.iter().map(|text| folded(text)).collect()),
            Self::Unreadable
            | Self::Inactive(_)
            | Self::Replicated(_)
            | Self::Agent(_)
            | Self::Owner(_) => self.clone(),
        }
    }

    /// The text it is, empty if it is none.
    pub(crate) fn to_text(&self) -> Text {
        if let Self::Text(text) = self { Text::from(text.as_str()) } else { Text::default() }
    }

    /// Shows it to a fingerprint.
    pub(crate) fn print(&self, out: &mut Printer) {
        match self {
            Self::Unreadable => {
                out.text(&Text::UNREADABLE);
            }
            Self::Text(text) => out.str(text),
            Self::Texts(texts) => texts.iter().for_each(|text| out.str(text)),
            Self::Inactive(inactive) => {
                out.flag(*inactive);
            }
            Self::Replicated(value) => {
                value.texts.iter().chain(&value.turnover).for_each(|text| out.str(text));
                for (name, text) in &value.free {
                    out.str(name);
                    out.str(text);
                }
            }
            Self::Agent(agent) => {
                out.code(agent.representative.as_deref()).code(agent.user.as_deref());
            }
            Self::Owner(_) => {}
        }
        out.end();
    }
}

impl crate::profile::Value for Value {
    fn is_blank(&self) -> bool {
        match self {
            Self::Unreadable | Self::Inactive(_) | Self::Owner(_) => false,
            Self::Text(text) => text.trim().is_empty(),
            Self::Texts(texts) => texts.iter().all(|text| text.trim().is_empty()),
            Self::Replicated(value) => {
                value.texts.iter().all(|text| text.trim().is_empty()) && value.free.is_empty()
            }
            Self::Agent(agent) => agent.representative.is_none() && agent.user.is_none(),
        }
    }

    fn is_readable(&self) -> bool {
        !matches!(self, Self::Unreadable)
    }

    fn text(&self) -> Option<String> {
        if self.is_blank() || !self.is_readable() {
            return None;
        }
        Some(match self {
            Self::Unreadable | Self::Owner(_) => return None,
            Self::Text(text) => text.clone(),
            Self::Texts(texts) => {
                let filled = texts.iter().filter(|text| !text.is_empty()).map(String::as_str);
                filled.collect::<Vec<_>>().join(", ")
            }
            Self::Inactive(inactive) => if *inactive { "inactive" } else { "active" }.to_owned(),
            Self::Replicated(value) => {
                let free = value.free.iter().map(|(name, text)| format!("{name}: {text}"));
                let texts = value.texts.iter().chain(&value.turnover).cloned().chain(free);
                texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
            }
            Self::Agent(agent) => agent.user.clone().or_else(|| agent.representative.clone())?,
        })
    }
}
