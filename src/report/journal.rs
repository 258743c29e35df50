//! The journal: what was noticed, as data (A11.6). It names records by their keys only.

use serde::{Deserialize, Serialize};

use crate::model::BySide;

/// How much a journal entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// What a rule wants.
    Info,
    /// Something to look at.
    Warning,
    /// Something was not done.
    Error,
}

/// Declares the codes with their names and severities in one place.
macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $severity:ident, $english:literal; )*) => {
        /// What a journal entry says. A closed list; a name never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Code { $( $(#[$doc])* $variant, )* }

        impl Code {
            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $( Self::$variant => Severity::$severity, )* }
            }

            /// What it says, in English.
            pub const fn english(self) -> &'static str {
                match self { $( Self::$variant => $english, )* }
            }
        }
    };
}

codes! {
    /// The mirror of a record was edited by itself (B1.5).
    AccountDiffers = Warning, "its mirror on the same side was edited by itself; nothing is written for it";
    /// Several candidates, none taken (D24).
    AmbiguousPairing = Warning, "several records could be its counterpart; none was taken";
    /// Older than the deletion delay: archived, not deleted (A10.3).
    Archived = Info, "left the mailbox by archiving; the CRM keeps it";
    /// A billing address may not be deleted (B7.8).
    BillingRestored = Error, "a billing address may not be deleted; made again";
    /// A record that has a counterpart may not be deleted (B7.5).
    CompanyRestored = Warning, "it has a counterpart and may not be deleted; made again";
    /// Both sides changed the same group; the policy decided (A8.7).
    Conflict = Warning, "changed on both sides; the policy decided, and the other value is among the anomalies";
    /// Both sides changed the same group; neither is touched (D4).
    ConflictHeld = Warning, "changed on both sides; neither is touched until a policy decides";
    /// Deleted in the ERP, and somebody's default address (B7.8).
    DefaultAddressKept = Warning, "was deleted on the other side and is somebody's default address; kept, and synchronised no more";
    /// More deletions than the limits allow (D6).
    DeletionsHeld = Warning, "more deletions than the limits allow are held until confirmed";
    /// A participant's deleted copy stays away (A7.8b).
    Dismissed = Info, "a participant's deleted copy comes back only when the CRM changes the appointment";
    /// Dormant, and not to be brought over (B10.1).
    DormantSkipped = Info, "is dormant and is not brought over";
    /// An item carries the key of another item (A3.7).
    DuplicateKey = Warning, "carries the key of another item; treated as a new item";
    /// A side that had records of a kind shows none (D6).
    EmptiedSideHeld = Warning, "a side that had records of this kind shows none; deletions are held until confirmed";
    /// The ERP account is gone, which is ignored (B7.4).
    ErpAccountGone = Warning, "its ERP account is gone; what the CRM has stays as it is";
    /// A definition is no longer replicated (B15.5).
    FreeFieldDropped = Info, "is no longer replicated; definition and values are kept";
    /// A linked private item: nothing of it is written to the CRM (A7.2).
    FrozenPrivate = Info, "private: nothing of it is written to the CRM";
    /// A parameter breaks a rule (B4).
    InvalidParameter = Error, "a parameter is not valid";
    /// Prefix and record disagree about the kind (D18).
    KeyKindMismatch = Warning, "the prefix of its key and the record under it disagree about the kind";
    /// The kind is switched off (A1.19).
    KindOff = Info, "its kind is switched off";
    /// There is no last-sync state (A9.8).
    LastSyncMissing = Warning, "the last synchronisation file was not found; deletions are not detected";
    /// A cancelled meeting (A11.5).
    MeetingCancelled = Info, "a cancelled meeting is not transferred";
    /// A meeting request (A11.5).
    MeetingRequest = Info, "a meeting request is not transferred";
    /// An answer to a meeting request (A11.5).
    MeetingResponse = Info, "an answer to a meeting request is not transferred";
    /// A linked item has a new id or folder (A3.2).
    Moved = Info, "found again under a new id or in another folder";
    /// A participant's edit (A7.5).
    NotOrganizer = Info, "somebody else is the organiser; only the organiser's edits are transferred";
    /// Somebody else's record or item (A7.3).
    NotOwner = Info, "belongs to somebody else and was left alone";
    /// A user flag forbids it (A4.2).
    NotPermitted = Info, "waits: the user's flags do not permit it";
    /// A record the host could not read back after making it is not listed yet.
    NotYetSeen = Warning, "was made by an earlier run and has not been listed yet; nothing is deleted for it";
    /// A key the CRM does not hold (A3.5).
    OrphanKey = Warning, "carries a key the CRM does not hold";
    /// One field goes back and forth between two values.
    Oscillation = Warning, "a field went back and forth between two values in three runs; it is held";
    /// Outside the managed folders (D19).
    OutOfScope = Info, "is outside the managed folders";
    /// Two appointments of one organiser overlap (D13).
    Overlap = Error, "overlaps another appointment of the same organiser and was not sent";
    /// Parameters may be changed only while the integration is not active (B4.17).
    ParametersLocked = Warning, "the parameters were not changed: the integration is active";
    /// Equal in content to another of the same record (B11.5).
    PossibleDuplicate = Warning, "is equal to another one of the same company; left to the user";
    /// A private item (A7.1).
    Private = Info, "private: never created in the CRM";
    /// Taken out of the flow by the user (B14.3).
    Quarantined = Info, "is in quarantine; nothing of it is synchronised";
    /// A field that the other side owns was edited, and is set back (B6.8).
    ReadOnlyField = Warning, "a field that may not be edited here is set back";
    /// A series (A2.51).
    Recurring = Info, "a recurring series is not managed";
    /// A pair was found again without its link (D12).
    Relinked = Info, "found again without its link";
    /// An edit of a colleague's contact (A7.11).
    RepresentativeContactIgnored = Info, "an edit of a colleague's contact is ignored";
    /// A request was refused (E5).
    RequestRefused = Warning, "the request was refused";
    /// A side is listed by another filter than last time.
    ScopeChanged = Warning, "is listed by another filter than last time; what is missing is not taken for deleted";
    /// A record changed between reading and writing.
    Stale = Warning, "changed since it was read; it is planned again next time";
    /// Inactive on one side only (B10.3).
    StatusDiffers = Warning, "is inactive on one side only; the other is left as it is";
    /// A service that the other side's list lacks (B9.8).
    UnknownService = Warning, "names a service that the list does not hold; both sides keep their own";
    /// A side refused a write (A4.23).
    WriteRefused = Error, "the write was refused";
}

/// One line of the journal. It holds keys and codes, and what a side answered; no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// How much it matters.
    pub severity: Severity,
    /// What it says.
    pub code: Code,
    /// The kind of the record where there is one, else of the item; `None` where it concerns no record.
    pub kind: Option<String>,
    /// The record's id on each side, where known.
    pub ids: BySide<Option<String>>,
    /// What a side answered, with its trace code; or which record is meant beside this one.
    pub detail: Option<String>,
}

impl JournalEntry {
    /// An entry about a record, or about none.
    pub fn new(code: Code, kind: Option<&str>, ids: BySide<Option<String>>) -> Self {
        Self { severity: code.severity(), code, kind: kind.map(str::to_owned), ids, detail: None }
    }

    /// The entry as one line of English.
    pub fn text(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.code.english()),
            None => self.code.english().to_owned(),
        }
    }
}

impl std::fmt::Display for JournalEntry {
    /// One line: severity, kind, keys, text.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(out, "{severity}: ")?;
        let keys = [self.kind.as_deref(), self.ids.a.as_deref(), self.ids.b.as_deref()];
        let keys: Vec<&str> = keys.into_iter().flatten().collect();
        if !keys.is_empty() {
            write!(out, "{}: ", keys.join(" "))?;
        }
        out.write_str(&self.text())
    }
}
