//! Agreed values expressed in the shape of the side that must receive them.
//!
//! Each kind fills a patch from the values it is given. A new record is a blank one with the profile's
//! defaults, patched; an update is a patch from which everything the target shows already is taken away.

mod activity;
mod appointment;
mod contact;

use super::crm::{Correspondent, CrmAppointment, CrmTask};
use super::kind::Kind;
use super::run::Run;
use super::schema::{Native, OutlookX3, Record, RecordPatch, Slot};
use super::store::{Appointment, Contact, Task};
use super::value::{Company, Person, Value};
use crate::model::record::Patch;
use crate::model::{Side, Text};
use crate::plan::Need;
use crate::profile::{Change, Entry, Expressed, Identities, KeyRef, Problem};
use crate::report::AnomalyCode;

/// What expressing one record gathers beside its patch.
#[derive(Debug, Default)]
struct Findings {
    needs: Vec<Need<OutlookX3>>,
    problems: Vec<Problem>,
    impossible: bool,
}

impl Findings {
    fn need(&mut self, op: usize, slot: Slot) {
        let op = u32::try_from(op).unwrap_or(u32::MAX);
        self.needs.push(Need { op, slot: Some(slot) });
    }

    /// Something of side A's value was lost, or could not be carried.
    fn problem(
        &mut self,
        code: AnomalyCode,
        group: usize,
        store: Option<String>,
        crm: Option<String>,
    ) {
        self.problems.push(Problem { code, group, values: (store, crm) });
    }
}

/// What one kind is asked to express.
struct Work<'p> {
    run: &'p Run<'p>,
    identities: &'p dyn Identities,
    groups: &'p [usize],
    agreed: &'p [Value],
    is_new: bool,
}

impl<'p> Work<'p> {
    /// The value of each group that is carried.
    fn carried(&self) -> impl Iterator<Item = (usize, &'p Value)> {
        self.groups.iter().filter_map(|place| Some((*place, self.agreed.get(*place)?)))
    }
}

/// A new record of the target side.
pub(crate) fn create<'r>(
    run: &Run<'r>,
    change: &Change<'_, '_, Run<'r>>,
    source: &Entry<'_, Run<'r>>,
    identities: &dyn Identities,
) -> Expressed<Run<'r>, Option<Record>> {
    let origin = format!("{}/{}", run.store.id, source.id);
    let blank = match change.target {
        Side::A => blank_item(run, change.kind, source.id),
        Side::B => blank_record(run, change.kind, origin, source),
    };
    let current = blank.native();
    let (patch, findings) = patch(run, change, Some(current), true, identities);
    let mut record = blank.clone();
    apply(patch, &mut record);
    Expressed {
        payload: (!findings.impossible).then_some(record),
        needs: findings.needs,
        problems: findings.problems,
    }
}

/// A patch of the target's record; none when it shows everything already.
pub(crate) fn update<'r>(
    run: &Run<'r>,
    change: &Change<'_, '_, Run<'r>>,
    identities: &dyn Identities,
) -> Expressed<Run<'r>, Option<RecordPatch>> {
    let current = change.current.map(|entry| entry.native);
    let (mut patch, findings) = patch(run, change, current, false, identities);
    reduce(&mut patch, current, !findings.needs.is_empty());
    Expressed {
        payload: (!is_empty(&patch) || !findings.needs.is_empty()).then_some(patch),
        needs: findings.needs,
        problems: findings.problems,
    }
}

/// A patch that puts the user on a correspondent's assignment list again (D30).
pub(crate) fn reclaim(run: &Run<'_>, kind: Kind) -> Option<RecordPatch> {
    let assign = Some(run.representative.to_owned());
    (kind == Kind::Contact).then(|| {
        RecordPatch::Correspondent(super::crm::CorrespondentPatch { assign, ..Default::default() })
    })
}

fn patch(
    run: &Run<'_>,
    change: &Change<'_, '_, Run<'_>>,
    current: Option<Native<'_>>,
    is_new: bool,
    identities: &dyn Identities,
) -> (RecordPatch, Findings) {
    let mut findings = Findings::default();
    let work = Work { run, identities, groups: change.groups, agreed: change.agreed, is_new };
    let patch = match (change.kind, change.target, current) {
        (Kind::Contact, Side::A, Some(Native::Contact(current))) => {
            RecordPatch::Contact(contact::to_store(&work, Some(current)))
        }
        (Kind::Contact, Side::A, _) => RecordPatch::Contact(contact::to_store(&work, None)),
        (Kind::Contact, Side::B, _) => {
            RecordPatch::Correspondent(contact::to_crm(&work, &mut findings))
        }
        (Kind::Task | Kind::Call, Side::A, Some(Native::Task(current))) => {
            RecordPatch::Task(activity::to_store(&work, change.kind, Some(current), &mut findings))
        }
        (Kind::Task | Kind::Call, Side::A, _) => {
            RecordPatch::Task(activity::to_store(&work, change.kind, None, &mut findings))
        }
        (Kind::Task, Side::B, _) => RecordPatch::CrmTask(activity::to_task(&work, &mut findings)),
        (Kind::Call, Side::B, _) => RecordPatch::Call(activity::to_call(&work, &mut findings)),
        (Kind::Appointment, Side::A, Some(Native::Appointment(current))) => {
            RecordPatch::Appointment(appointment::to_store(&work, Some(current), &mut findings))
        }
        (Kind::Appointment, Side::A, _) => {
            RecordPatch::Appointment(appointment::to_store(&work, None, &mut findings))
        }
        (Kind::Appointment, Side::B, _) => {
            RecordPatch::CrmAppointment(appointment::to_crm(&work, &mut findings))
        }
    };
    (patch, findings)
}

/// A new mailbox item: in the default folder, with the key of its record.
fn blank_item(run: &Run<'_>, kind: Kind, key: &str) -> Record {
    let folder = run.parameters.folders.of(kind).unwrap_or_default().to_owned();
    let (chrono, modified) = (Some(key.to_owned()), run.now);
    let created = Some(run.now);
    match kind {
        Kind::Contact => {
            Record::Contact(Contact { modified, folder, created, chrono, ..Contact::default() })
        }
        Kind::Task | Kind::Call => {
            Record::Task(Task { modified, folder, created, chrono, ..Task::default() })
        }
        Kind::Appointment => Record::Appointment(Appointment {
            modified,
            folder,
            created,
            chrono,
            ..Appointment::default()
        }),
    }
}

/// A new CRM record: the user's, with the site and category of A1.29 and A1.8.
fn blank_record(run: &Run<'_>, kind: Kind, origin: String, source: &Entry<'_, Run<'_>>) -> Record {
    let (origin, modified) = (Some(origin), run.now);
    let representative = run.representative.to_owned();
    let site = run.parameters.default_site.clone();
    match kind {
        Kind::Contact => Record::Correspondent(Correspondent {
            origin,
            modified,
            assigned: vec![representative],
            ..Correspondent::default()
        }),
        Kind::Task | Kind::Call => Record::CrmTask(CrmTask {
            modified,
            origin,
            representative,
            site,
            ..CrmTask::default()
        }),
        Kind::Appointment => Record::CrmAppointment(CrmAppointment {
            origin,
            modified,
            site,
            organizer: representative,
            category: run.parameters.appointment_category.clone(),
            meeting_id: if let Native::Appointment(item) = source.native {
                item.meeting_id.clone()
            } else {
                None
            },
            ..CrmAppointment::default()
        }),
    }
}

/// Applies a patch to a record of its own sort.
fn apply(patch: RecordPatch, record: &mut Record) {
    match (patch, record) {
        (RecordPatch::Appointment(patch), Record::Appointment(record)) => patch.apply(record),
        (RecordPatch::Call(patch), Record::Call(record)) => patch.apply(record),
        (RecordPatch::Contact(patch), Record::Contact(record)) => patch.apply(record),
        (RecordPatch::Correspondent(patch), Record::Correspondent(record)) => patch.apply(record),
        (RecordPatch::CrmAppointment(patch), Record::CrmAppointment(record)) => patch.apply(record),
        (RecordPatch::CrmTask(patch), Record::CrmTask(record)) => patch.apply(record),
        (RecordPatch::Task(patch), Record::Task(record)) => patch.apply(record),
        _ => {}
    }
}

/// Takes away what the target shows already. Contact lists with an entry to be filled in stay.
fn reduce(patch: &mut RecordPatch, current: Option<Native<'_>>, keep_lists: bool) {
    match (patch, current) {
        (RecordPatch::Appointment(patch), Some(Native::Appointment(record))) => {
            let list = patch.contacts.clone().filter(|_| keep_lists);
            patch.reduce(record);
            patch.contacts = list.or_else(|| patch.contacts.take());
        }
        (RecordPatch::Call(patch), Some(Native::Call(record))) => {
            patch.reduce(record);
        }
        (RecordPatch::Contact(patch), Some(Native::Contact(record))) => {
            patch.reduce(record);
        }
        (RecordPatch::Correspondent(patch), Some(Native::Correspondent(record))) => {
            patch.reduce(record);
        }
        (RecordPatch::CrmAppointment(patch), Some(Native::CrmAppointment(record))) => {
            patch.reduce(record);
        }
        (RecordPatch::CrmTask(patch), Some(Native::CrmTask(record))) => {
            patch.reduce(record);
        }
        (RecordPatch::Task(patch), Some(Native::Task(record))) => {
            let list = patch.contacts.clone().filter(|_| keep_lists);
            patch.reduce(record);
            patch.contacts = list.or_else(|| patch.contacts.take());
        }
        _ => {}
    }
}

fn is_empty(patch: &RecordPatch) -> bool {
    match patch {
        RecordPatch::Appointment(patch) => patch.is_empty(),
        RecordPatch::Call(patch) => patch.is_empty(),
        RecordPatch::Contact(patch) => patch.is_empty(),
        RecordPatch::Correspondent(patch) => patch.is_empty(),
        RecordPatch::CrmAppointment(patch) => patch.is_empty(),
        RecordPatch::CrmTask(patch) => patch.is_empty(),
        RecordPatch::Task(patch) => patch.is_empty(),
    }
}

/// A text as it is written; `None` where the value is no text.
fn text(value: &Value) -> Option<Text> {
    if let Value::Text(text) = value {
        return Some(Text::from(text.as_str()));
    }
    if let Value::Line(line) = value { Some(Text::from(line.full.as_str())) } else { None }
}

/// A line as the side that holds its beginning only shows it.
fn held(value: &Value) -> Option<Text> {
    if let Value::Line(line) = value { Some(Text::from(line.held.as_str())) } else { text(value) }
}

fn done(value: &Value) -> Option<super::value::Done> {
    if let Value::Done(done) = value { Some(*done) } else { None }
}

fn minutes(value: &Value) -> Option<u32> {
    if let Value::Minutes(minutes) = value { Some(*minutes) } else { None }
}

/// The company text of a mailbox item.
fn company_text(task: &Work<'_>, value: &Value) -> Option<Text> {
    let company = super::project::company_of(Some(value))?;
    let form = task.run.parameters.company_text;
    Some(Text::from(super::company::text(company, form, &task.run.directory)))
}

/// The partner of an activity (A5.18 to A5.22); the outer `None` leaves it as it is.
fn activity_partner(
    task: &Work<'_>,
    group: usize,
    company: &Company,
    people: Option<&Value>,
    findings: &mut Findings,
) -> Option<Option<String>> {
    if company.partner.is_some() {
        return Some(company.partner.clone());
    }
    if !company.label.is_empty() {
        let written = if company.unknown_code {
            format!("#{}#", company.label)
        } else {
            company.label.clone()
        };
        findings.problem(AnomalyCode::UnknownCompany, group, Some(written), None);
        return task.is_new.then_some(None);
    }
    let Some(Value::People(people)) = people else {
        return Some(None);
    };
    let known = || match people.persons.first() {
        Some(Person::Key(KeyRef::Known(key))) => {
            task.run.directory.facts(task.identities, key).partner
        }
        _ => None,
    };
    Some(people.partner.clone().or_else(known))
}
