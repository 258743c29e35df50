//! What the CRM knows beside the records of a pair: partners, representatives, correspondents by key.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::crm::{Correspondent, CorrespondentKind, Crm, Partner, Representative};
use super::kind::Kind;
use crate::model::{Text, folded};
use crate::profile::{Identities, KeyRef};
use crate::schema::Kind as _;
use crate::snapshot::{Lookup, StateKey};

/// Lookups over the CRM's directory.
#[derive(Debug)]
pub(crate) struct Directory<'a> {
    /// In the order of their codes, each with its code [folded]; of two that answer to one name the first one does (D11).
    partners: Vec<(String, &'a Partner)>,
    partner_at: Lookup,
    representatives: BTreeMap<&'a str, &'a Representative>,
    key: StateKey,
    crm: &'a Crm,
    // Made when somebody is looked up: where nothing happened nobody is.
    by_email: OnceLock<BTreeMap<String, usize>>,
    correspondents: OnceLock<Lookup>,
}

/// What a rule needs to know of a correspondent that an activity names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CorrespondentFacts {
    pub(crate) partner: Option<String>,
    pub(crate) interlocutor: Option<String>,
    pub(crate) colleague: bool,
}

impl CorrespondentFacts {
    pub(crate) fn of(record: &Correspondent) -> Self {
        Self {
            partner: record.partner.clone(),
            interlocutor: record.interlocutor.clone(),
            colleague: record.kind == CorrespondentKind::Representative,
        }
    }

    /// Those of a record, as a link keeps them (D25).
    pub(crate) fn texts_of(record: &Correspondent) -> [&str; 3] {
        let colleague = record.kind == CorrespondentKind::Representative;
        let kind = if colleague { "representative" } else { "" };
        [
            record.partner.as_deref().unwrap_or_default(),
            record.interlocutor.as_deref().unwrap_or_default(),
            kind,
        ]
    }

    pub(crate) fn from_strings(facts: &[String]) -> Self {
        let filled = |place: usize| facts.get(place).filter(|text| !text.is_empty()).cloned();
        Self { partner: filled(0), interlocutor: filled(1), colleague: filled(2).is_some() }
    }
}

/// Entries in the order of their codes: of two that answer to one name the first one does (D11).
fn sorted<'e, T>(
    entries: impl IntoIterator<Item = &'e T>,
    code: impl Fn(&T) -> &String,
) -> Vec<&'e T> {
    let mut entries: Vec<&T> = entries.into_iter().collect();
    entries.sort_by(|one, two| code(one).cmp(code(two)));
    entries
}

/// The places of representatives by their e-mail addresses: their own, and those of their correspondents (D21).
fn by_email(crm: &Crm) -> BTreeMap<String, usize> {
    let mut by_email = BTreeMap::new();
    let mut enter = |email: &Text, at: usize| {
        if let Some(email) = email.known().filter(|email| !email.trim().is_empty()) {
            by_email.entry(folded(email)).or_insert(at);
        }
    };
    let mut own: Vec<_> = crm.representatives.iter().enumerate().collect();
    own.sort_by(|one, two| one.1.code.cmp(&two.1.code));
    for (at, one) in own {
        enter(&one.email, at);
    }
    let colleagues = crm.correspondents.iter();
    let colleagues = colleagues.filter(|one| one.kind == CorrespondentKind::Representative);
    for one in sorted(colleagues, |one| &one.chrono) {
        let code = one.partner.as_deref();
        let at = crm.representatives.iter().position(|rep| Some(rep.code.as_str()) == code);
        if let Some(at) = at {
            enter(&one.professional.email, at);
        }
    }
    by_email
}

impl<'a> Directory<'a> {
    pub(crate) fn new(crm: &'a Crm, key: StateKey) -> Self {
        let partners = sorted(&crm.partners, |one| &one.code).into_iter();
        let partners: Vec<_> = partners.map(|one| (folded(&one.code), one)).collect();
        Self {
            partner_at: Lookup::of(&key, partners.iter().map(|(code, _)| code.as_str())),
            partners,
            representatives: crm
                .representatives
                .iter()
                .map(|one| (one.code.as_str(), one))
                .collect(),
            key,
            crm,
            by_email: OnceLock::new(),
            correspondents: OnceLock::new(),
        }
    }

    /// A partner by its code, else by the same in another case (A5.4).
    pub(crate) fn partner(&self, code: &str) -> Option<&'a Partner> {
        let alike = folded(code);
        let is_it = |at: usize| self.partners.get(at).is_some_and(|(_, one)| one.code == code);
        let is_alike = |at: usize| self.partners.get(at).is_some_and(|(one, _)| *one == alike);
        let at = self.partner_at.find(&alike, is_it);
        let at = at.or_else(|| self.partner_at.find(&alike, is_alike))?;
        self.partners.get(at).map(|(_, partner)| *partner)
    }

    pub(crate) fn representative(&self, code: &str) -> Option<&'a Representative> {
        self.representatives.get(code).copied()
    }

    /// A representative by e-mail, without regard to case (D21).
    pub(crate) fn representative_at(&self, email: &str) -> Option<&'a Representative> {
        let by_email = self.by_email.get_or_init(|| by_email(self.crm));
        self.crm.representatives.get(*by_email.get(&folded(email))?)
    }

    pub(crate) fn correspondent(&self, chrono: &str) -> Option<&'a Correspondent> {
        let listed = &self.crm.correspondents;
        let ids = || Lookup::of(&self.key, listed.iter().map(|one| one.chrono.as_str()));
        let lookup = self.correspondents.get_or_init(ids);
        let at =
            lookup.find(chrono, |at| listed.get(at).is_some_and(|one| one.chrono == chrono))?;
        listed.get(at)
    }

    /// What is known of a correspondent, listed or not.
    pub(crate) fn facts(&self, identities: &dyn Identities, chrono: &str) -> CorrespondentFacts {
        match self.correspondent(chrono) {
            Some(record) => CorrespondentFacts::of(record),
            None => identities
                .facts(Kind::Contact.code(), chrono)
                .map(|facts| CorrespondentFacts::from_strings(&facts))
                .unwrap_or_default(),
        }
    }

    /// Whether the CRM holds a correspondent under a key, as far as is known.
    pub(crate) fn holds(&self, identities: &dyn Identities, chrono: &str) -> bool {
        self.correspondent(chrono).is_some()
            || matches!(
                identities.counterpart(Kind::Contact.code(), crate::model::Side::B, chrono),
                Some(KeyRef::Known(_))
            )
    }
}
