//! Which of the CRM's records a forced synchronisation sends again: the selection screen as data (A9.3).

use serde::{Deserialize, Serialize};

use super::crm::{Correspondent, Crm, PartnerKind};
use super::kind::Kind;
use super::people::takes_part;
use super::supplement::missing_interlocutors;

/// Keys from one to another, both included; an end that is not given is open. Keys are compared as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyRange {
    /// The first key.
    pub from: Option<String>,
    /// The last key.
    pub to: Option<String>,
}

impl KeyRange {
    /// Every key.
    pub const ALL: Self = Self { from: None, to: None };

    /// The keys from one to another.
    pub fn between(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { from: Some(from.into()), to: Some(to.into()) }
    }

    /// Whether a key lies in the range.
    pub fn contains(&self, key: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= key)
            && self.to.as_deref().is_none_or(|to| key <= to)
    }
}

/// Which contacts are sent again. Every condition that is given must hold; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactSelection {
    /// Keys of correspondents. Interlocutors without a correspondent have no key: they are brought up (A9.4)
    /// where the range is open at both ends.
    pub keys: KeyRange,
    /// Whether only those of the current representative's own partners are meant.
    pub own_partners: bool,
    /// Only those of partners whose representative lies in this range.
    pub representatives: Option<KeyRange>,
    /// Only those of prospects (leads) whose code lies in this range.
    pub leads: Option<KeyRange>,
}

/// Which records of the CRM are sent to the mailbox again (A9.2, A9.3): the kinds, and for each a range of keys.
/// A kind that is not named is not meant.
///
/// ```
/// use counterpart::profiles::outlook_x3::{Crm, KeyRange, Selection};
///
/// let selection = Selection { tasks: Some(KeyRange::between("TSK00000010", "TSK00000019")), ..Selection::default() };
/// assert!(selection.forced(&Crm::new("SEED"), "REP01").is_empty(), "there is no such task");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// Correspondents.
    pub contacts: Option<ContactSelection>,
    /// Tasks.
    pub tasks: Option<KeyRange>,
    /// Calls.
    pub calls: Option<KeyRange>,
    /// Appointments.
    pub appointments: Option<KeyRange>,
}

impl Selection {
    /// The records of a representative that are meant, by kind and key.
    pub fn records(&self, crm: &Crm, representative: &str) -> Vec<(Kind, String)> {
        let contacts = self.contacts.iter().flat_map(|selection| {
            let own = crm.correspondents.iter().filter(|one| one.is_assigned(representative));
            own.filter(|one| selection.means(crm, representative, one))
                .map(|one| (Kind::Contact, one.chrono.clone()))
        });
        let tasks = crm.tasks.iter().filter(|one| one.representative == representative);
        let tasks = within(self.tasks.as_ref(), Kind::Task, tasks.map(|one| &one.chrono));
        let calls = crm.calls.iter().filter(|one| one.representative == representative);
        let calls = within(self.calls.as_ref(), Kind::Call, calls.map(|one| &one.chrono));
        let own = crm.appointments.iter().filter(|one| takes_part(one, representative));
        let own = own.map(|one| &one.chrono);
        let appointments = within(self.appointments.as_ref(), Kind::Appointment, own);
        let mut records: Vec<_> = contacts.chain(tasks).chain(calls).chain(appointments).collect();
        records.sort();
        records
    }

    /// What [`Listing::forced`](crate::snapshot::Listing::forced) says of the CRM's listing: the keys of the
    /// records that are meant, and the codes of the interlocutors to be brought up (A9.4, A9.5).
    pub fn forced(&self, crm: &Crm, representative: &str) -> Vec<String> {
        let records = self.records(crm, representative).into_iter().map(|(_, key)| key);
        let open = self.contacts.as_ref().filter(|one| one.keys == KeyRange::ALL);
        let added = open.into_iter().flat_map(|selection| {
            let people = missing_interlocutors(crm, representative);
            people
                .filter(|one| selection.means_partner(crm, representative, one.partner.as_deref()))
                .map(|one| one.code.clone())
        });
        records.chain(added).collect()
    }
}

impl ContactSelection {
    fn means(&self, crm: &Crm, representative: &str, one: &Correspondent) -> bool {
        self.keys.contains(&one.chrono)
            && self.means_partner(crm, representative, one.partner.as_deref())
    }

    fn means_partner(&self, crm: &Crm, representative: &str, partner: Option<&str>) -> bool {
        if !self.own_partners && self.representatives.is_none() && self.leads.is_none() {
            return true;
        }
        let Some(partner) = crm.partners.iter().find(|one| Some(one.code.as_str()) == partner)
        else {
            return false;
        };
        let whose = partner.representative.as_deref();
        let in_range = |range: &KeyRange| whose.is_some_and(|code| range.contains(code));
        let is_lead = |range: &KeyRange| {
            partner.kind == PartnerKind::Prospect && range.contains(&partner.code)
        };
        (!self.own_partners || whose == Some(representative))
            && self.representatives.as_ref().is_none_or(in_range)
            && self.leads.as_ref().is_none_or(is_lead)
    }
}

fn within<'k>(
    range: Option<&'k KeyRange>,
    kind: Kind,
    keys: impl Iterator<Item = &'k String>,
) -> impl Iterator<Item = (Kind, String)> {
    keys.filter(move |key| range.is_some_and(|range| range.contains(key)))
        .map(move |key| (kind, key.clone()))
}
