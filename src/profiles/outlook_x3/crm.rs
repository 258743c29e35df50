//! The CRM side: correspondents, tasks, calls and appointments, and the directory they refer to.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::store::{Address, AddressFields, AddressPatch};
use crate::model::record::record;
use crate::model::{Instant, Text, same_bytes, time_of_day};
use crate::snapshot::{Digester, Raw, raw};

/// All records of a CRM folder that the host could list, and its directory.
///
/// The directory (partners, representatives, interlocutors) is always complete; the four kinds of
/// records are as complete as the listing says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Crm {
    /// The folder (dossier). A last-sync state belongs to one store and one folder.
    pub folder: String,
    /// Business partners (`BPARTNER`).
    pub partners: Vec<Partner>,
    /// Sales representatives (`SALESREP`).
    pub representatives: Vec<Representative>,
    /// Interlocutors: the CRM's own contacts (`CONTACTCRM`).
    pub interlocutors: Vec<Interlocutor>,
    /// Correspondents (`CORRESPOND`).
    pub correspondents: Vec<Correspondent>,
    /// Tasks (`TASK`).
    pub tasks: Vec<CrmTask>,
    /// Calls (`PHONECALL`).
    pub calls: Vec<Call>,
    /// Appointments (`BAPPOINT`).
    pub appointments: Vec<CrmAppointment>,
}

impl Crm {
    /// An empty folder.
    pub fn new(folder: impl Into<String>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }
}

/// What a business partner is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PartnerKind {
    /// A customer.
    Customer,
    /// Anything else. The default.
    #[default]
    Other,
    /// A prospect.
    Prospect,
    /// A representative: a representative is a partner too.
    Representative,
    /// A supplier.
    Supplier,
}

/// A business partner (`BPARTNER`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Partner {
    /// Code (`BPRNUM`).
    pub code: String,
    /// Name.
    pub name: Text,
    /// What it is.
    pub kind: PartnerKind,
    /// The representative on its commercial tab (A9.4).
    pub representative: Option<String>,
    /// The interlocutors on its contact tab (A9.4).
    pub interlocutors: Vec<String>,
}

/// A sales representative (`SALESREP`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Representative {
    /// Code (`REPNUM`).
    pub code: String,
    /// Display name.
    pub name: Text,
    /// Last name.
    pub last_name: Text,
    /// First name.
    pub first_name: Text,
    /// E-mail.
    pub email: Text,
    /// Telephone.
    pub phone: Text,
}

/// An interlocutor (`CONTACTCRM`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interlocutor {
    /// Code (`CNTNUM`).
    pub code: String,
    /// Last name.
    pub last_name: Text,
    /// First name.
    pub first_name: Text,
    /// The partner it belongs to.
    pub partner: Option<String>,
    /// E-mail.
    pub email: Text,
}

/// What a correspondent stands for (`CORTYP`, A7.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CorrespondentKind {
    /// A person outside. The default.
    #[default]
    Interlocutor,
    /// A colleague: a representative.
    Representative,
}

impl Raw for CorrespondentKind {
    const LAYOUT: u64 = 0;

    fn tell(&self, out: &mut Digester) {
        out.number(match self {
            Self::Interlocutor => 0,
            Self::Representative => 1,
        });
    }
}

/// What one representative wrote about a correspondent (`CRMCLOB`, A7.17).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Comment {
    /// Who wrote it (`CRCREP`).
    pub representative: String,
    /// The text (`CRCCLOB`).
    pub text: Text,
}

raw! { Comment { representative: String, text: Text, } }

record! {
    /// A correspondent: the CRM's mirror of a mailbox contact (A2.52 to A2.70).
    Correspondent, CorrespondentPatch, id = chrono, digested by Digester, written by CorrespondentFields (AddressFields),
    required {
        /// Key (`CORNUM`).
        chrono: String,
        /// When it was last changed (`UPDDATTIM`).
        modified: Instant,
    }
    identity {
        /// The item it was made from, `store id/item id` (D12).
        origin: Option<String>,
        /// What it stands for (`CORTYP`); set by the system.
        kind: CorrespondentKind,
        /// The interlocutor it is tied to (`CNTNUM`); set by hand in the CRM.
        interlocutor: Option<String>,
        /// What each representative wrote, in the order of first contribution (A7.16).
        comments: Vec<Comment>,
        /// Representatives it is assigned to (`CORREP`, A7.12).
        assigned: Vec<String>,
    }
    fields {
        /// Partner (`BPRNUM`).
        partner: Option<String>,
        /// Free company label (`BPRLIB`), where there is no partner.
        company_label: Text,
        /// Form of address (`TTL`): `Mr`, `Mrs`, `Ms` or empty.
        title: Text,
        /// Last name (`LNA`).
        last_name: Text,
        /// First name (`FNA`).
        first_name: Text,
        /// Job title (`FNCLIB`, 50 characters).
        job_title: Text,
        /// Department (`SRV`).
        department: Text,
        /// Date of birth (`BIR`).
        birthday: Option<NaiveDate>,
    }
    blocks {
        /// Professional tab (`CPY…`).
        professional: Address => AddressPatch,
        /// Personal tab (`HOM…`).
        personal: Address => AddressPatch,
    }
    parts {
        /// What one representative now says of it; an empty text removes his block (A7.18).
        comment: Comment => set_comment, shows_comment,
        /// A representative it is assigned to from now on (A7.4, D30).
        assign: String => assign, is_assigned,
    }
}

impl Correspondent {
    /// Puts a representative's block in place, at the end if he had none; an empty text removes it.
    pub fn set_comment(&mut self, comment: Comment) {
        let known =
            self.comments.iter_mut().find(|one| one.representative == comment.representative);
        match known {
            _ if comment.text.is_blank() => {
                self.comments.retain(|one| one.representative != comment.representative);
            }
            Some(block) => block.text = comment.text,
            None => self.comments.push(comment),
        }
    }

    /// Whether a representative's block says this already.
    pub fn shows_comment(&self, comment: &Comment) -> bool {
        match self.comments.iter().find(|one| one.representative == comment.representative) {
            Some(block) => block.text.same(&comment.text),
            None => comment.text.is_blank(),
        }
    }

    /// Adds a representative to the assignment list.
    pub fn assign(&mut self, representative: String) {
        if !self.is_assigned(&representative) {
            self.assigned.push(representative);
        }
    }

    /// Whether a representative is on the assignment list.
    #[inline]
    pub fn is_assigned(&self, representative: &str) -> bool {
        self.assigned.iter().any(|code| same_bytes(code.as_bytes(), representative.as_bytes()))
    }
}

record! {
    /// A task of the CRM (`TASK`, A2.10 to A2.25).
    CrmTask, CrmTaskPatch, id = chrono, digested by Digester, written by CrmTaskFields,
    required {
        /// Key (`TSKNUM`).
        chrono: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The item it was made from, `store id/item id` (D12).
        origin: Option<String>,
        /// Who is to do it (`TSKREP`).
        representative: String,
        /// Sales site (`SALFCY`, A1.29).
        site: String,
    }
    fields {
        /// Partner (`TSKCMP`).
        partner: Option<String>,
        /// Correspondent (`TSKCOR`).
        correspondent: Option<String>,
        /// Interlocutor (`TSKCCN`), derived from the correspondent (A6.6).
        interlocutor: Option<String>,
        /// Done (`TSKDON`).
        done: bool,
        /// Start date (`TSKSTR`).
        start: Option<NaiveDate>,
        /// Due date (`TSKDAT`).
        due: Option<NaiveDate>,
        /// Subject (`FULOBJ`).
        subject: Text,
        /// Report (`FULRPO`).
        report: Text,
        /// Time spent in minutes (`HOUTIMSPG`, `MNTTIMSPG`: 60 h + m).
        time_spent: u32,
    }
    blocks {}
    parts {}
}

record! {
    /// A telephone call of the CRM (`PHONECALL`, A2.26 to A2.35).
    Call, CallPatch, id = chrono, digested by Digester,
    required {
        /// Key (`CLLNUM`).
        chrono: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The item it was made from, `store id/item id` (D12).
        origin: Option<String>,
        /// Who is to call (`CLLREP`).
        representative: String,
        /// Time of day (`CLLHOU`); the mailbox never changes it (A2.30).
        #[serde(with = "time_of_day")]
        time: Option<NaiveTime>,
        /// Sales site (`SALFCY`, A1.29).
        site: String,
    }
    fields {
        /// Partner (`CLLCMP`).
        partner: Option<String>,
        /// Correspondent (`CLLCOR`).
        correspondent: Option<String>,
        /// Interlocutor (`CLLCCN`), derived from the correspondent (A6.6).
        interlocutor: Option<String>,
        /// Done (`CLLDON`).
        done: bool,
        /// Date (`CLLDAT`).
        date: Option<NaiveDate>,
        /// Subject (`CLLOBJ`).
        subject: Text,
        /// Report (`CLLRPO`).
        report: Text,
        /// Duration in minutes (`CLLDUR`), at most 9999.
        duration: u32,
    }
    blocks {}
    parts {}
}

/// Where an appointment takes place (A2.49).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// Street lines, separated by line breaks (`APTADD`).
    pub street: Text,
    /// Postal code (`APTZIP`).
    pub postal_code: Text,
    /// City (`APTCTY`).
    pub city: Text,
    /// Country by name (`APTCRY`).
    pub country: Text,
}

raw! { Place { street: Text, postal_code: Text, city: Text, country: Text, } }

impl Place {
    fn is_unset(&self) -> bool {
        let Self { street, postal_code, city, country } = self;
        [street, postal_code, city, country].iter().all(|text| text.is_unset())
    }
}

record! {
    /// An appointment of the CRM (`BAPPOINT`, A2.36 to A2.51).
    CrmAppointment, CrmAppointmentPatch, id = chrono, digested by Digester, written by CrmAppointmentFields,
    required {
        /// Key (`APTNUM`).
        chrono: String,
        /// When it was last changed.
        modified: Instant,
    }
    identity {
        /// The item it was made from, `store id/item id` (D12).
        origin: Option<String>,
        /// The main organiser (`ATPREPMNA`, A7.5).
        organizer: String,
        /// Category (`APTTYP`, A1.8).
        category: Option<String>,
        /// Sales site (`SALFCY`, A1.29).
        site: String,
        /// The global id of a meeting (A7.8).
        meeting_id: Option<String>,
        /// Where it takes place; shown in the mailbox where the option is on, and never taken from there (A2.49).
        #[serde(skip_serializing_if = "Place::is_unset")]
        place: Place,
    }
    fields {
        /// Partner (`APTCMP`).
        partner: Option<String>,
        /// Done (`APTDON`).
        done: bool,
        /// Start (`APTDAT`, `APTHOU`), local wall-clock time.
        start: Option<NaiveDateTime>,
        /// End (`APTDATEND`, `APTHOUEND`); of an all-day appointment its last day (A2.42).
        end: Option<NaiveDateTime>,
        /// Whether it takes the whole day (`FULDAY`).
        all_day: bool,
        /// Persons to visit (`APTCOR`), at most ten (A2.43).
        correspondents: Vec<String>,
        /// Co-workers (`APTREPNUM`), at most ten (A2.45).
        participants: Vec<String>,
        /// Objective (`APTOBJ`).
        subject: Text,
        /// Report (`APTRPO`).
        report: Text,
    }
    blocks {}
    parts {
        /// Co-workers who take part from now on, beside those who do already (A6.7).
        invite: Vec<String> => invite, has_invited,
    }
}

impl CrmAppointment {
    /// Adds co-workers who do not take part yet.
    pub fn invite(&mut self, representatives: Vec<String>) {
        for code in representatives {
            if code != self.organizer && !self.participants.contains(&code) {
                self.participants.push(code);
            }
        }
    }

    /// Whether all of these take part already.
    pub fn has_invited(&self, representatives: &[String]) -> bool {
        let takes_part =
            |code: &String| *code == self.organizer || self.participants.contains(code);
        representatives.iter().all(takes_part)
    }
}
