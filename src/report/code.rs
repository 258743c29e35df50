//! What a journal entry says: the closed list of codes, with what each means to a reader.

use serde::{Deserialize, Serialize};

use super::{Language, Severity};

/// Declares the codes with their severities, rules and texts in one place.
macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $severity:ident, $rule:literal, $english:literal, $french:literal;
    )*) => {
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

            /// The rule it follows.
            pub const fn rule(self) -> &'static str {
                match self { $( Self::$variant => $rule, )* }
            }

            /// What it says.
            pub const fn text(self, language: Language) -> &'static str {
                match self { $( Self::$variant => language.of($english, $french), )* }
            }

            /// Every code.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];
        }
    };
}

codes! {
    /// The mirror of a record was edited by itself (B1.5).
    AccountDiffers = Warning, "B1.5", "its mirror on the same side was edited by itself; nothing is written for it", "son tiers a été modifié directement ; rien n'est écrit pour cela";
    /// A billing address may not be deleted (B7.8).
    BillingRestored = Error, "B7.8", "a billing address may not be deleted; made again", "une adresse de facturation ne peut être supprimée ; elle est recréée";
    /// A record that has a counterpart may not be deleted (B7.5).
    CompanyRestored = Warning, "B7.5", "it has a counterpart and may not be deleted; made again", "elle est liée et ne peut être supprimée ; elle est recréée";
    /// Deleted in the ERP, and somebody's default address (B7.8).
    DefaultAddressKept = Warning, "B7.8", "was deleted on the other side and is somebody's default address; kept, and synchronised no more", "supprimée de l'autre côté, mais adresse par défaut d'un contact ; conservée et plus synchronisée";
    /// Dormant, and not to be brought over (B10.1).
    DormantSkipped = Info, "B10.1", "is dormant and is not brought over", "est mis en sommeil et n'est pas repris";
    /// The ERP account is gone, which is ignored (B7.4).
    ErpAccountGone = Warning, "B7.4", "its ERP account is gone; what the CRM has stays as it is", "son tiers n'existe plus dans la Gestion Commerciale ; le CRM reste tel quel";
    /// A definition is no longer replicated (B15.5).
    FreeFieldDropped = Info, "B15.5", "is no longer replicated; definition and values are kept", "n'est plus répliqué ; définition et valeurs sont conservées";
    /// A parameter breaks a rule (B4).
    InvalidParameter = Error, "B4", "a parameter is not valid", "un paramètre n'est pas valide";
    /// Parameters may be changed only while the integration is not active (B4.17).
    ParametersLocked = Warning, "B4.17", "the parameters were not changed: the integration is active", "les paramètres n'ont pas été modifiés : l'intégration est active";
    /// Equal in content to another of the same record (B11.5).
    PossibleDuplicate = Warning, "B11.5", "is equal to another one of the same company; left to the user", "est identique à un autre de la même société ; laissé à l'utilisateur";
    /// Taken out of the flow by the user (B14.3).
    Quarantined = Info, "B14.3", "is in quarantine; nothing of it is synchronised", "est en quarantaine ; rien n'en est synchronisé";
    /// A field that the other side owns was edited, and is set back (B6.8).
    ReadOnlyField = Warning, "B6.8", "a field that may not be edited here is set back", "un champ non modifiable ici est rétabli";
    /// A request was refused (E5).
    RequestRefused = Warning, "E5", "the request was refused", "la demande a été refusée";
    /// Inactive on one side only (B10.3).
    StatusDiffers = Warning, "B10.3", "is inactive on one side only; the other is left as it is", "n'est inactif que d'un côté ; l'autre reste tel quel";
    /// A service that the other side's list lacks (B9.8).
    UnknownService = Warning, "B9.8", "names a service that the list does not hold; both sides keep their own", "nomme un service absent de la liste ; chaque côté garde le sien";
    /// Several candidates, none taken (D24).
    AmbiguousPairing = Warning, "D24",
        "several records could be its counterpart; none was taken",
        "plusieurs fiches peuvent lui correspondre ; aucune n'est retenue";
    /// Older than the deletion delay: archived, not deleted (A10.3).
    Archived = Info, "A10.3",
        "left the mailbox by archiving; the CRM keeps it",
        "sorti de la boîte aux lettres par archivage ; conservé dans le CRM";
    /// Both sides changed the same group; the policy decided (A8.7).
    Conflict = Warning, "A8.7",
        "changed on both sides; the policy decided, and the other value is among the anomalies",
        "modifié des deux côtés ; la règle de conflit a tranché, l'autre valeur figure parmi les anomalies";
    /// Both sides changed the same group; neither is touched (D4).
    ConflictHeld = Warning, "D4",
        "changed on both sides; neither is touched until a policy decides",
        "modifié des deux côtés ; rien n'est écrit tant qu'une règle de conflit n'a pas tranché";
    /// More deletions than the limits allow (D6).
    DeletionsHeld = Warning, "D6",
        "more deletions than the limits allow are held until confirmed",
        "plus de suppressions que les limites ne l'autorisent ; elles attendent une confirmation";
    /// A participant's deleted copy stays away (A7.8b).
    Dismissed = Info, "A7.8b",
        "a participant's deleted copy comes back only when the CRM changes the appointment",
        "copie supprimée par un participant ; elle ne revient que si le rendez-vous est modifié dans le CRM";
    /// An item carries the key of another item (A3.7).
    DuplicateKey = Warning, "A3.7",
        "carries the key of another item; treated as a new item",
        "porte le chrono d'un autre élément ; traité comme un nouvel élément";
    /// A side that had records of a kind shows none (D6).
    EmptiedSideHeld = Warning, "D6",
        "a side that had records of this kind shows none; deletions are held until confirmed",
        "un côté qui contenait des éléments de ce type n'en montre plus aucun ; les suppressions attendent une confirmation";
    /// A linked private item: nothing of it is written to the CRM (A7.2).
    FrozenPrivate = Info, "A7.2",
        "private: nothing of it is written to the CRM",
        "privé : rien n'en est écrit dans le CRM";
    /// Prefix and record disagree about the kind (D18).
    KeyKindMismatch = Warning, "D18",
        "the prefix of its key and the record under it disagree about the kind",
        "le préfixe de son chrono et la fiche trouvée ne désignent pas le même type";
    /// The kind is switched off (A1.19).
    KindOff = Info, "A1.19",
        "its kind is switched off",
        "ce type n'est pas synchronisé";
    /// There is no last-sync state (A9.8).
    LastSyncMissing = Warning, "A9.8",
        "the last synchronisation file was not found; deletions are not detected",
        "le fichier de dernière synchronisation est introuvable ; les suppressions ne sont pas détectées";
    /// A cancelled meeting (A11.5).
    MeetingCancelled = Info, "A11.5",
        "a cancelled meeting is not transferred",
        "une réunion annulée n'est pas transférée";
    /// A meeting request (A11.5).
    MeetingRequest = Info, "A11.5",
        "a meeting request is not transferred",
        "une demande de réunion n'est pas transférée";
    /// An answer to a meeting request (A11.5).
    MeetingResponse = Info, "A11.5",
        "an answer to a meeting request is not transferred",
        "une réponse à une demande de réunion n'est pas transférée";
    /// More of a side's listing follows in later runs.
    MoreToCome = Info, "D9",
        "is listed in pages, and more are to come; what has no counterpart yet waits for the last one",
        "listé par pages, et d'autres suivent ; ce qui n'a pas encore de correspondance attend la dernière";
    /// A linked item has a new id or folder (A3.2).
    Moved = Info, "A3.2",
        "found again under a new id or in another folder",
        "retrouvé sous un nouvel identifiant ou dans un autre dossier";
    /// A participant's edit (A7.5).
    NotOrganizer = Info, "A7.5",
        "somebody else is the organiser; only the organiser's edits are transferred",
        "l'organisateur est un autre représentant ; seules ses modifications sont transférées";
    /// Somebody else's record or item (A7.3).
    NotOwner = Info, "A7.3",
        "belongs to somebody else and was left alone",
        "affecté à un autre utilisateur ; laissé tel quel";
    /// A user flag forbids it (A4.2).
    NotPermitted = Info, "A1.14",
        "waits: the user's flags do not permit it",
        "en attente : les paramètres de synchronisation de l'utilisateur ne l'autorisent pas";
    /// A record that an earlier run made or asked for, and that no listing has shown yet.
    NotYetSeen = Warning, "D12",
        "was made or asked for by an earlier run and has not been listed yet; nothing is deleted or made for it",
        "créé ou demandé par une synchronisation précédente et pas encore listé ; rien n'est supprimé ni créé à ce titre";
    /// One field goes back and forth between two values.
    Oscillation = Warning, "P-10",
        "a field went back and forth between two values in three runs; it is held",
        "un champ a alterné entre deux valeurs pendant trois synchronisations ; il est retenu";
    /// A key the CRM does not hold (A3.5).
    OrphanKey = Warning, "A3.5",
        "carries a key the CRM does not hold",
        "porte un chrono que le CRM ne contient pas";
    /// Outside the managed folders (D19).
    OutOfScope = Info, "D19",
        "is outside the managed folders",
        "se trouve hors des dossiers synchronisés";
    /// Two appointments of one organiser overlap (D13).
    Overlap = Error, "D13",
        "overlaps another appointment of the same organiser and was not sent",
        "chevauche un autre rendez-vous du même organisateur ; il n'a pas été envoyé";
    /// A private item (A7.1).
    Private = Info, "A7.1",
        "private: never created in the CRM",
        "privé : jamais créé dans le CRM";
    /// A series (A2.51).
    Recurring = Info, "A2.51",
        "a recurring series is not managed",
        "une série périodique n'est pas gérée";
    /// A pair was found again without its link (D12).
    Relinked = Info, "D12",
        "found again without its link",
        "retrouvé sans son lien";
    /// An edit of a colleague's contact (A7.11).
    RepresentativeContactIgnored = Info, "A7.11",
        "an edit of a colleague's contact is ignored",
        "la modification du contact d'un autre représentant n'est pas prise en compte";
    /// A side is listed by another filter than last time.
    ScopeChanged = Warning, "P-04",
        "is listed by another filter than last time; what is missing is not taken for deleted",
        "listé avec un autre filtre que la dernière fois ; ce qui manque n'est pas considéré comme supprimé";
    /// A record changed between reading and writing.
    Stale = Warning, "A4.21",
        "changed since it was read; it is planned again next time",
        "modifié depuis sa lecture ; repris à la prochaine synchronisation";
    /// A side refused a write (A4.23).
    WriteRefused = Error, "A4.23",
        "the write was refused",
        "l'écriture a été refusée";
}
