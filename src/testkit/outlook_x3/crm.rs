//! Samples of the CRM side.

use chrono::NaiveTime;

use super::{LINES, STRANGE, date, hostile, text, time};
use crate::profiles::outlook_x3::{
    Address, Call, CallPatch, Comment, Correspondent, CorrespondentPatch, CrmAppointment,
    CrmAppointmentPatch, CrmTask, CrmTaskPatch, Kind, OutlookX3, Record, RecordPatch,
};
use crate::testkit::Sample;
use crate::testkit::fields::filled;

/// A code that no CRM has.
const NOBODY: &str = "KIT-NOBODY";

/// Codes of the CRM that samples may name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Codes {
    /// What tells this run of the kit from every other one on the same CRM; the origins of its records begin
    /// with it.
    pub run: String,
    /// Two representatives.
    pub representatives: [String; 2],
    /// A partner.
    pub partner: Option<String>,
    /// A correspondent.
    pub correspondent: Option<String>,
    /// An interlocutor.
    pub interlocutor: Option<String>,
}

impl Codes {
    /// Two representatives, and nothing else.
    pub fn new(run: &str, representatives: [&str; 2]) -> Self {
        Self {
            run: run.to_owned(),
            representatives: representatives.map(str::to_owned),
            partner: None,
            correspondent: None,
            interlocutor: None,
        }
    }

    fn origin(&self, name: &str) -> String {
        format!("{}/{name}", self.run)
    }
}

/// Samples of every kind for a CRM that has these codes.
pub fn crm(codes: &Codes) -> Vec<Sample<OutlookX3>> {
    let mut all = vec![correspondent(codes), bare_correspondent(codes), task(codes), call(codes)];
    all.extend(appointments(codes));
    all
}

fn address() -> Address {
    filled(|one: &mut Address| {
        one.street = text("Königstraße 5; Hof\n2. Stock, links\n'c/o' Søren");
        one.postal_code = text("70173");
        one.city = text("Stuttgart, Mitte");
        one.country = text("Deutschland");
        one.phone = text("+49 711 5550-100");
        one.email = text("zoe.o'hara@example.org");
    })
}

fn correspondent(codes: &Codes) -> Sample<OutlookX3> {
    let [mine, other] = codes.representatives.clone();
    let comment = |representative: &str, words: &str| Comment {
        representative: representative.to_owned(),
        text: text(words),
    };
    let record = Record::from(filled(|one: &mut Correspondent| {
        one.origin = Some(codes.origin("correspondent"));
        one.partner.clone_from(&codes.partner);
        one.title = text("Mrs");
        one.last_name = text("Müller-Łęcka; O'Neill, d. J.");
        one.first_name = text("Zoë \\ Ann");
        one.job_title = text("Einkauf \"Süd\"; 100 %, 'x'");
        one.department = text("Werk 2, Süd");
        one.birthday = date(1968, 2, 29);
        one.professional = address();
        one.comments = vec![comment(&other, LINES), comment(&mine, STRANGE)];
        one.assigned = vec![mine.clone(), other.clone()];
    }));
    let mut all = Sample::new("every field filled", Kind::Contact, record);
    let patches = [
        filled(|patch: &mut CorrespondentPatch| {
            patch.last_name = Some(text("Ångström"));
            patch.professional.phone = Some(text("+33 1 70 18 00 00"));
            patch.comment = Some(comment(&mine, "Neu"));
        }),
        filled(|patch: &mut CorrespondentPatch| {
            patch.partner = Some(None);
            patch.company_label = Some(text("Söhne; Hof, \"5\""));
            patch.title = Some(text(""));
            patch.birthday = Some(None);
            patch.professional.street = Some(text(""));
            patch.personal.city = Some(text("Lyon"));
            patch.comment = Some(comment(&other, ""));
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::from));
    for words in hostile() {
        let patch = filled(|patch: &mut CorrespondentPatch| {
            patch.first_name = words.get(..20.min(words.len())).map(text);
            patch.comment = Some(comment(&mine, &words));
        });
        all.hostile.push(RecordPatch::from(patch));
    }
    let wrong = filled(|patch: &mut CorrespondentPatch| {
        patch.last_name = Some(text("Darf nicht bleiben"));
        patch.assign = Some(NOBODY.to_owned());
    });
    all.wrong_updates.push(RecordPatch::from(wrong));
    all
}

fn bare_correspondent(codes: &Codes) -> Sample<OutlookX3> {
    let [mine, other] = codes.representatives.clone();
    let record = Record::from(filled(|one: &mut Correspondent| {
        one.origin = Some(codes.origin("bare correspondent"));
        one.last_name = text("Nur ein Nachname");
        one.assigned = vec![mine];
    }));
    let mut all = Sample::new("a name only", Kind::Contact, record);
    let patch = filled(|patch: &mut CorrespondentPatch| {
        patch.assign = Some(other);
        patch.personal.street = Some(text("Rue de l'Église 1\nBât. B"));
        patch.birthday = Some(date(2001, 12, 31));
    });
    all.updates.push(RecordPatch::from(patch));
    all
}

fn task(codes: &Codes) -> Sample<OutlookX3> {
    let [mine, _] = codes.representatives.clone();
    let record = filled(|one: &mut CrmTask| {
        one.origin = Some(codes.origin("task"));
        one.representative = mine;
        one.partner.clone_from(&codes.partner);
        one.correspondent.clone_from(&codes.correspondent);
        one.interlocutor.clone_from(&codes.interlocutor);
        one.start = date(2027, 2, 28);
        one.due = date(2028, 2, 29);
        one.subject = text(STRANGE);
        one.report = text(LINES);
        one.time_spent = 95;
    });
    let mut wrong = record.clone();
    wrong.origin = Some(codes.origin("wrong task"));
    wrong.correspondent = Some(NOBODY.to_owned());
    let mut all = Sample::new("every field filled", Kind::Task, Record::from(record));
    all.wrong_records.push(Record::from(wrong));
    let patches = [
        filled(|patch: &mut CrmTaskPatch| {
            patch.subject = Some(text("Anderer Betreff"));
            patch.done = Some(true);
            patch.correspondent = Some(None);
            patch.interlocutor = Some(None);
        }),
        filled(|patch: &mut CrmTaskPatch| {
            patch.partner = Some(None);
            patch.report = Some(text(""));
            patch.start = Some(None);
            patch.due = Some(date(2027, 1, 1));
            patch.time_spent = Some(0);
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::from));
    for words in hostile() {
        let patch = filled(|patch: &mut CrmTaskPatch| {
            patch.subject = words.get(..200.min(words.len())).map(text);
            patch.report = Some(words.into());
        });
        all.hostile.push(RecordPatch::from(patch));
    }
    let wrong = filled(|patch: &mut CrmTaskPatch| {
        patch.subject = Some(text("Darf nicht bleiben"));
        patch.correspondent = Some(Some(NOBODY.to_owned()));
    });
    all.wrong_updates.push(RecordPatch::from(wrong));
    all
}

fn call(codes: &Codes) -> Sample<OutlookX3> {
    let [mine, _] = codes.representatives.clone();
    let record = filled(|one: &mut Call| {
        one.origin = Some(codes.origin("call"));
        one.representative = mine;
        one.time = NaiveTime::from_hms_opt(9, 5, 0);
        one.partner.clone_from(&codes.partner);
        one.correspondent.clone_from(&codes.correspondent);
        one.date = date(2027, 2, 28);
        one.subject = text(STRANGE);
        one.report = text(LINES);
        one.duration = 9999;
    });
    let mut all = Sample::new("every field filled", Kind::Call, Record::from(record));
    let patches = [
        filled(|patch: &mut CallPatch| {
            patch.date = Some(date(2028, 2, 29));
            patch.done = Some(true);
            patch.report = Some(text("Kurz"));
        }),
        filled(|patch: &mut CallPatch| {
            patch.correspondent = Some(None);
            patch.date = Some(None);
            patch.subject = Some(text(""));
            patch.duration = Some(0);
        }),
    ];
    all.updates.extend(patches.map(RecordPatch::from));
    let wrong = filled(|patch: &mut CallPatch| {
        patch.subject = Some(text("Darf nicht bleiben"));
        patch.partner = Some(Some(NOBODY.to_owned()));
    });
    all.wrong_updates.push(RecordPatch::from(wrong));
    all
}

fn appointments(codes: &Codes) -> Vec<Sample<OutlookX3>> {
    let [mine, other] = codes.representatives.clone();
    let one = |name, fill: &dyn Fn(&mut CrmAppointment)| {
        let record = filled(|one: &mut CrmAppointment| {
            one.origin = Some(codes.origin(name));
            one.organizer.clone_from(&mine);
            one.subject = text(STRANGE);
            one.report = text(LINES);
            fill(one);
        });
        Sample::new(name, Kind::Appointment, Record::from(record))
    };
    let mut all = [
        one("a morning", &|one| {
            one.partner.clone_from(&codes.partner);
            one.correspondents = codes.correspondent.iter().cloned().collect();
            one.participants = vec![other.clone()];
            one.meeting_id = Some("kit-meeting-1@example.org".to_owned());
            (one.start, one.end) = (time(1, 9, 0), time(1, 10, 30));
        }),
        one("over midnight", &|one| {
            (one.start, one.end) = (time(2, 23, 45), time(3, 0, 15));
        }),
        one("one whole day", &|one| {
            one.all_day = true;
            (one.start, one.end) = (time(5, 0, 0), time(5, 0, 0));
        }),
        one("three whole days", &|one| {
            one.all_day = true;
            (one.start, one.end) = (time(7, 0, 0), time(9, 0, 0));
        }),
    ];
    for (day, sample) in (12..).zip(&mut all) {
        let patches = [
            filled(|patch: &mut CrmAppointmentPatch| {
                patch.subject = Some(text("Verlegt, auf später"));
                patch.report = Some(text(""));
                patch.all_day = Some(false);
                patch.start = Some(time(day, 8, 0));
                patch.end = Some(time(day, 9, 45));
                patch.done = Some(true);
            }),
            filled(|patch: &mut CrmAppointmentPatch| {
                patch.correspondents = Some(codes.correspondent.iter().cloned().collect());
                patch.invite = Some(vec![other.clone()]);
                patch.all_day = Some(true);
                patch.start = Some(time(day, 0, 0));
                patch.end = Some(time(day, 0, 0));
            }),
            filled(|patch: &mut CrmAppointmentPatch| {
                patch.correspondents = Some(Vec::new());
                patch.participants = Some(Vec::new());
                patch.partner = Some(None);
            }),
        ];
        sample.updates.extend(patches.map(RecordPatch::from));
        let wrong = filled(|patch: &mut CrmAppointmentPatch| {
            patch.subject = Some(text("Darf nicht bleiben"));
            patch.participants = Some(vec![other.clone(), NOBODY.to_owned()]);
        });
        sample.wrong_updates.push(RecordPatch::from(wrong));
    }
    all.into()
}
