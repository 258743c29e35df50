//! The user's parameters, by their product codes (A1), and the preconditions of a run (A1.3).

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kind::Kind;
use super::refusal::Refusal;
use crate::model::Side;
use crate::profile::Write;
use crate::rules::{ConflictPolicy, DeletionLimit, Merge};

/// Everything a user or an administrator sets.
///
/// ```
/// use counterpart::profiles::outlook_x3::Parameters;
///
/// let parameters = Parameters::new("U1", "REP01");
/// assert_eq!(parameters.default_site, "SITE");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the product has one switch per kind")]
#[non_exhaustive]
pub struct Parameters {
    /// The X3 user code.
    pub user: String,
    /// Whether the user's function is a commercial one (`AUSCRMA`, A1.6). True by default.
    #[serde(rename = "AUSCRMA", default = "yes")]
    pub commercial: bool,
    /// The user's representative code (`AUSCRMF`, A1.7). Without one a run is refused.
    #[serde(rename = "AUSCRMF", deserialize_with = "named")]
    pub representative: Option<String>,
    /// The master switch (`CRMSYNC`, A1.1). On by default.
    #[serde(rename = "CRMSYNC", default = "yes")]
    pub on: bool,
    /// Whether tasks take part (`CRMSYNCTSK`, A1.2). On by default.
    #[serde(rename = "CRMSYNCTSK", default = "yes")]
    pub tasks: bool,
    /// Whether calls take part (`CRMSYNCCLL`, A1.3). On by default.
    #[serde(rename = "CRMSYNCCLL", default = "yes")]
    pub calls: bool,
    /// Whether appointments take part (`CRMSYNCBAP`, A1.4). On by default.
    #[serde(rename = "CRMSYNCBAP", default = "yes")]
    pub appointments: bool,
    /// Whether contacts take part (`CRMSYNCCOR`, A1.5). On by default.
    #[serde(rename = "CRMSYNCCOR", default = "yes")]
    pub contacts: bool,
    /// What the user may write where (`SYNCPAR`). Everything by default.
    #[serde(default)]
    pub permissions: Permissions,
    /// How edits of both sides are brought together (D3).
    #[serde(default)]
    pub merge: Merge,
    /// Who wins a conflict (D4).
    #[serde(default)]
    pub conflict: Conflict,
    /// By how many seconds the clocks of mailbox and CRM may differ: changes that lie no further apart count as made
    /// at once (A8.5). None by default.
    #[serde(default)]
    pub clock_skew_seconds: u32,
    /// The deletion delay in calendar months (A1.9, A10.1): what is older left the mailbox by archiving. A month less
    /// than the mailbox's own archiving is a good margin (A10.2). Unset by default: every removal is a deletion.
    #[serde(default)]
    pub deletion_delay_months: Option<u32>,
    /// How the CRM's partner is written in the mailbox (D7).
    #[serde(default)]
    pub company_text: CompanyText,
    /// The sales site of new activities (`SALFCY`, A1.29). `SITE` by default; without one none is created.
    #[serde(default = "default_site")]
    pub default_site: String,
    /// The category of new appointments (`CRMAPTTYP`, A1.8).
    #[serde(rename = "CRMAPTTYP", default)]
    pub appointment_category: Option<String>,
    /// Where new items are made (A1.24).
    #[serde(default)]
    pub folders: Folders,
    /// The folders that take part; unset means the default folders. Items elsewhere are out of scope (D19).
    /// What lies in a folder that is managed anew comes with the next complete listing of the mailbox.
    #[serde(default)]
    pub managed_folders: Option<Vec<String>>,
    /// How many deletions are executed without being confirmed (D6).
    #[serde(default)]
    pub max_deletions: DeletionLimit,
    /// How much each side holds (D23).
    #[serde(default)]
    pub limits: Limits,
    /// What the mailbox shows of a CRM record beside its fields (D16). Nothing by default.
    #[serde(default)]
    pub display: Display,
}

/// Reads a key that may be null but not missing.
fn named<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(input)
}

const fn yes() -> bool {
    true
}

fn default_site() -> String {
    "SITE".to_owned()
}

impl Parameters {
    /// The parameters of a user and his representative, with every default.
    pub fn new(user: impl Into<String>, representative: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            commercial: true,
            representative: Some(representative.into()),
            on: true,
            tasks: true,
            calls: true,
            appointments: true,
            contacts: true,
            permissions: Permissions::all(),
            merge: Merge::default(),
            conflict: Conflict::default(),
            clock_skew_seconds: 0,
            deletion_delay_months: None,
            company_text: CompanyText::default(),
            default_site: default_site(),
            appointment_category: None,
            folders: Folders::default(),
            managed_folders: None,
            max_deletions: DeletionLimit::default(),
            limits: Limits::default(),
            display: Display::default(),
        }
    }

    /// Whether a kind takes part (A1.19).
    pub const fn is_on(&self, kind: Kind) -> bool {
        match kind {
            Kind::Contact => self.contacts,
            Kind::Task => self.tasks,
            Kind::Call => self.calls,
            Kind::Appointment => self.appointments,
        }
    }

    /// The preconditions of a run, in their order (A1.18, A1.20, A1.24, A1.30).
    pub(crate) fn check(&self) -> Result<&str, Refusal> {
        if !self.on {
            return Err(Refusal::MasterSwitchOff);
        }
        if !self.commercial {
            return Err(Refusal::NotCommercial);
        }
        let representative = self.representative.as_deref().filter(|code| !code.trim().is_empty());
        let representative = representative.ok_or(Refusal::NoRepresentative)?;
        let wanted = [
            (self.contacts, &self.folders.contacts),
            (self.tasks || self.calls, &self.folders.tasks),
            (self.appointments, &self.folders.appointments),
        ];
        if wanted.iter().any(|(on, folder)| *on && folder.is_none()) {
            return Err(Refusal::NoDefaultFolder);
        }
        Ok(representative)
    }

    /// The folders whose items take part.
    pub(crate) fn managed(&self) -> impl Iterator<Item = &str> {
        let default = self.managed_folders.is_none().then(|| self.folders.all());
        let named = self.managed_folders.iter().flatten().map(String::as_str);
        named.chain(default.into_iter().flatten())
    }

    /// Whether items of a folder take part; the empty name means a default folder.
    pub(crate) fn manages(&self, folder: &str, kind: Kind) -> bool {
        let folder =
            if folder.is_empty() { self.folders.of(kind).unwrap_or_default() } else { folder };
        self.managed().any(|one| one == folder)
    }
}

/// How the CRM's partner is written in the mailbox (D7). Both forms are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CompanyText {
    /// `#CODE#`. The default.
    #[default]
    Code,
    /// `NAME   #CODE#`.
    NameAndCode,
}

/// Where new items are made (A1.24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Folders {
    /// For contacts; `Contacts` by default.
    pub contacts: Option<String>,
    /// For tasks and calls; `Tasks` by default.
    pub tasks: Option<String>,
    /// For appointments; `Calendar` by default.
    pub appointments: Option<String>,
}

impl Default for Folders {
    fn default() -> Self {
        let named = |name: &str| Some(name.to_owned());
        Self { contacts: named("Contacts"), tasks: named("Tasks"), appointments: named("Calendar") }
    }
}

impl Folders {
    /// The folder new items of a kind are made in.
    pub fn of(&self, kind: Kind) -> Option<&str> {
        let folder = match kind {
            Kind::Contact => &self.contacts,
            Kind::Task | Kind::Call => &self.tasks,
            Kind::Appointment => &self.appointments,
        };
        folder.as_deref()
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        [&self.contacts, &self.tasks, &self.appointments].into_iter().flatten().map(String::as_str)
    }
}

/// How much each side holds (D23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Characters of a subject in the mailbox; 255 by default (A2.6).
    pub subject: usize,
    /// Characters of a job title in the CRM (`FNCLIB`); 50 by default.
    pub job_title: usize,
    /// Minutes of a call in the CRM (`CLLDUR`); 9999 by default.
    pub call_minutes: u32,
    /// Persons to visit of a CRM appointment; ten by default.
    pub contacts: usize,
    /// Co-workers of a CRM appointment; ten by default.
    pub participants: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { subject: 255, job_title: 50, call_minutes: 9999, contacts: 10, participants: 10 }
    }
}

/// Who wins a conflict (A8.3, D4). The loser's value is among the anomalies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Conflict {
    /// The CRM.
    Crm,
    /// Neither is touched; it is reported in every run until it is decided.
    Hold,
    /// What was modified later; a tie goes to the CRM (A8.1, A8.5). The default.
    #[default]
    LastModified,
    /// The mailbox.
    Store,
}

impl Conflict {
    /// The same in the words of the core.
    pub(crate) const fn policy(self) -> ConflictPolicy {
        match self {
            Self::Crm => ConflictPolicy::PreferB,
            Self::Hold => ConflictPolicy::Hold,
            Self::LastModified => ConflictPolicy::PreferNewer,
            Self::Store => ConflictPolicy::PreferA,
        }
    }
}

/// What the mailbox shows of a CRM record beside its fields: options that are off by default (D16). None of it is
/// ever taken back into the CRM, and a change of these options alone writes nothing: what is shown changes with
/// the next update of the item, or in a forced run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Display {
    /// Whether a block with details of the record stands above the body of a task, call or appointment (A2.7).
    pub preamble: bool,
    /// Browser links to the record, its partner, interlocutor and correspondents, and to the mailbox contacts, in
    /// the same block (A2.5). The template of a link, with `{folder}`, `{object}` (`TSK`, `CLL`, `BAP`, `BPR`,
    /// `AIN`, `COR`) and `{key}` to be put in; none by default.
    pub hyperlinks: Option<String>,
    /// Whether an appointment shows the address of the CRM's record as its location, where there is one (A2.49).
    pub location: bool,
    /// Whether a task or call shows its representative as its owner (A2.23).
    pub owner: bool,
}

/// Declares the user flags (A1.2): product code, kind, the side that is written, and what is written there.
macro_rules! flags {
    ($($code:ident = $kind:ident, $side:ident, $write:ident;)*) => {
        /// A user flag by its product code: `OTK` writes the mailbox, `ADX` the CRM (A1.16). There is no
        /// `CLLADXCRE`: a new mailbox task always becomes a task (A1.15).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Flag {
            $(
                #[doc = concat!(stringify!($write), " ", stringify!($kind), " on side ", stringify!($side), ".")]
                $code,
            )*
        }

        impl Flag {
            const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Its code, as the product names it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// The flag that permits a write, if there is one.
            pub(crate) const fn of(kind: Kind, side: Side, write: Write) -> Option<Self> {
                match (kind, side, write) {
                    $((Kind::$kind, Side::$side, Write::$write) => Some(Self::$code),)*
                    (Kind::Call, Side::B, Write::Create) => None,
                }
            }
        }
    };
}

flags! {
    COROTKCRE = Contact, A, Create; COROTKUPD = Contact, A, Update; COROTKDLT = Contact, A, Delete;
    CORADXCRE = Contact, B, Create; CORADXUPD = Contact, B, Update; CORADXDLT = Contact, B, Delete;
    TSKOTKCRE = Task, A, Create; TSKOTKUPD = Task, A, Update; TSKOTKDLT = Task, A, Delete;
    TSKADXCRE = Task, B, Create; TSKADXUPD = Task, B, Update; TSKADXDLT = Task, B, Delete;
    CLLOTKCRE = Call, A, Create; CLLOTKUPD = Call, A, Update; CLLOTKDLT = Call, A, Delete;
    CLLADXUPD = Call, B, Update; CLLADXDLT = Call, B, Delete;
    BAPOTKCRE = Appointment, A, Create; BAPOTKUPD = Appointment, A, Update;
    BAPOTKDLT = Appointment, A, Delete; BAPADXCRE = Appointment, B, Create;
    BAPADXUPD = Appointment, B, Update; BAPADXDLT = Appointment, B, Delete;
}

/// What the user may write where: a set of flags. Each authorises its own action only (A1.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Flag>);

impl Permissions {
    /// Every flag. The default.
    pub fn all() -> Self {
        Self(Flag::ALL.iter().copied().collect())
    }

    /// No flag: nothing is written anywhere.
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Whether a write is permitted.
    pub fn permits(&self, kind: Kind, side: Side, write: Write) -> bool {
        Flag::of(kind, side, write).is_some_and(|flag| self.0.contains(&flag))
    }
}

impl Default for Permissions {
    fn default() -> Self {
        Self::all()
    }
}

impl FromIterator<Flag> for Permissions {
    fn from_iter<T: IntoIterator<Item = Flag>>(flags: T) -> Self {
        Self(flags.into_iter().collect())
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(Flag::ALL.iter().map(|flag| (flag, self.0.contains(flag))))
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(PermissionsForm)
    }
}

struct PermissionsForm;

impl<'de> Visitor<'de> for PermissionsForm {
    type Value = Permissions;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("\"all\", \"none\" or an object of user flags")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Permissions, E> {
        match word {
            "all" => Ok(Permissions::all()),
            "none" => Ok(Permissions::none()),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
        }
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Permissions, M::Error> {
        let mut flags = BTreeSet::new();
        let mut named = BTreeSet::new();
        while let Some((flag, on)) = map.next_entry::<Flag, bool>()? {
            if !named.insert(flag) {
                return Err(M::Error::custom(format!("the flag {flag:?} occurs twice")));
            }
            if on {
                flags.insert(flag);
            }
        }
        Ok(Permissions(flags))
    }
}
