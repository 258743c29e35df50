//! Agreed values expressed in the shape of the side that must receive them.
//!
//! Each kind writes the values it is given into what it is given: a blank record with the profile's defaults becomes a
//! new one, an empty patch becomes an update, from which everything the target shows already is taken away.

mod activity;
mod appointment;
mod contact;

use super::crm::{
    Correspondent, CorrespondentFields as _, CorrespondentPatch, CrmAppointment,
    CrmAppointmentPatch, CrmTask, CrmTaskPatch,
};
use super::kind::Kind;
use super::run::Run;
use super::schema::{Native, OutlookX3, Record, RecordPatch, Slot};
use super::store::{
    Appointment, AppointmentPatch, Contact, ContactPatch, ContactRef, Task, TaskPatch,
};
use super::value::{Company, People, Person, Value};
use crate::model::record::Patch;
use crate::model::{Side, Text};
use crate::plan::Need;
use crate::profile::{Change, Entry, Expressed, Identities, KeyRef, Problem};
use crate::report::AnomalyCode;
use crate::schema::Kind as _;

/// Writes a value, where there is one.
macro_rules! put {
    ($out:ident.$field:ident, $value:expr) => {
        if let Some(value) = $value {
            $out.$field(value);
        }
    };
}
use put;

/// What expressing one record gathers beside its values: a line for each field that loses something (A12.3, A12.7).
#[derive(Debug, Default)]
struct Findings {
    needs: Vec<Need<OutlookX3>>,
    problems: Vec<Problem>,
    impossible: bool,
}

impl Findings {
    fn need(&mut self, op: usize, slot: Slot) {
        let op = u32::try_from(op).unwrap_or(u32::MAX);
        self.needs.push(Need::new(op, Some(slot)));
    }

    /// Something of side A's value was lost, or could not be carried.
    fn problem(
        &mut self,
        code: AnomalyCode,
        group: usize,
        store: Option<String>,
        crm: Option<String>,
    ) {
        self.problems.push(Problem { code, group, values: (store, crm), stays: false });
    }

    /// What could not be carried of side A's value stays as it is there.
    fn still(&mut self, code: AnomalyCode, group: usize, store: &str) {
        let values = (Some(store.to_owned()), None);
        self.problems.push(Problem { code, group, values, stays: true });
    }
}

/// What one kind is asked to express.
struct Work<'p> {
    run: &'p Run<'p>,
    identities: &'p dyn Identities,
    groups: &'p [usize],
    agreed: &'p dyn Fn(usize) -> Option<&'p Value<'p>>,
    is_new: bool,
    /// The target's record as it is, where listed; none of a creation.
    current: Option<Native<'p>>,
    /// The record the values come from, where listed.
    source: Option<Native<'p>>,
}

impl<'p> Work<'p> {
    /// Whether a company the directory does not list is the one the CRM's record has already.
    fn has_partner(&self, company: &Company) -> bool {
        let same = |code: &str| crate::model::folded(code) == crate::model::folded(&company.label);
        self.partner().is_some_and(same)
    }

    /// The partner the CRM's record has.
    fn partner(&self) -> Option<&'p str> {
        self.current.and_then(partner_of)
    }

    /// The co-workers the CRM's record has.
    fn participants(&self) -> &'p [String] {
        self.current.map(participants_of).unwrap_or_default()
    }

    /// The text of a value the CRM keeps in spite of the mailbox; a new record keeps none (A12.2, D14).
    fn kept(&self, value: impl FnOnce(Native<'p>) -> Option<String>) -> Option<String> {
        self.current.and_then(value).filter(|text| !text.is_empty())
    }

    /// The value of each group that is carried.
    fn carried(&self) -> impl Iterator<Item = (usize, &'p Value<'p>)> {
        self.groups.iter().filter_map(|place| Some((*place, (self.agreed)(*place)?)))
    }

    /// Whether a group is carried.
    fn carries(&self, place: usize) -> bool {
        self.groups.contains(&place)
    }

    /// The value of a group, if it is carried.
    fn value(&self, place: usize) -> Option<&'p Value<'p>> {
        if self.carries(place) { (self.agreed)(place) } else { None }
    }
}

/// A new record of the target side.
pub(crate) fn create<'r>(
    run: &Run<'r>,
    change: &Change<'_, '_, Run<'r>>,
    source: &Entry<'_, Run<'r>>,
    identities: &dyn Identities,
) -> Expressed<Run<'r>, Option<Record>> {
    let mut findings = Findings::default();
    let work = Work {
        run,
        identities,
        groups: change.groups,
        agreed: &|place| change.agreed(place),
        is_new: true,
        current: None,
        source: change.source.map(|entry| entry.native),
    };
    let mut record = match change.target {
        Side::A => blank_item(run, change.kind, source.id),
        Side::B => blank_record(run, change.kind, source),
    };
    match &mut record {
        Record::Appointment(item) => {
            appointment::to_store(&work, None, &mut findings, &mut **item);
        }
        Record::Contact(item) => {
            contact::to_store(&work, None, &mut findings, &mut **item);
        }
        Record::Correspondent(one) => contact::to_crm(&work, &mut findings, &mut **one),
        Record::CrmAppointment(one) => appointment::to_crm(&work, &mut findings, &mut **one),
        Record::CrmTask(one) => activity::to_task(&work, &mut findings, &mut **one),
        Record::Task(item) => activity::to_store(&work, None, &mut findings, &mut **item),
        // Nobody but the CRM makes calls (A1.15).
        Record::Call(_) => {}
    }
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
    let (mut patch, findings) = patch(run, change, current, identities);
    reduce(&mut patch, current, !findings.needs.is_empty());
    Expressed {
        payload: (!is_empty(&patch) || !findings.needs.is_empty()).then_some(patch),
        needs: findings.needs,
        problems: findings.problems,
    }
}

/// A patch that puts the user on a correspondent's assignment list again (D30), beside what another one writes.
pub(crate) fn reclaim(
    run: &Run<'_>,
    kind: Kind,
    patch: Option<RecordPatch>,
) -> Option<RecordPatch> {
    let mut assigned = CorrespondentPatch::default();
    if let Some(RecordPatch::Correspondent(patch)) = patch {
        assigned = *patch;
    }
    assigned.assign(run.representative.to_owned());
    (kind == Kind::Contact).then_some(RecordPatch::from(assigned))
}

/// The mailbox contact of a correspondent that is still to be made: everything but its key.
pub(crate) fn contact_of(
    run: &Run<'_>,
    record: &Correspondent,
    identities: &dyn Identities,
) -> Record {
    let groups: Vec<usize> = (0..Kind::Contact.groups().len()).collect();
    let agreed = groups.iter().map(|place| super::project::correspondent(run, record, *place));
    let agreed: Vec<Value<'_>> = agreed.collect();
    let work = Work {
        run,
        identities,
        groups: &groups,
        agreed: &|place| agreed.get(place),
        is_new: true,
        current: None,
        source: None,
    };
    let mut item = contact_item(run, "");
    contact::to_store(&work, None, &mut Findings::default(), &mut item);
    Record::from(item)
}

fn patch(
    run: &Run<'_>,
    change: &Change<'_, '_, Run<'_>>,
    current: Option<Native<'_>>,
    identities: &dyn Identities,
) -> (RecordPatch, Findings) {
    let mut findings = Findings::default();
    let (groups, agreed) = (change.groups, &|place| change.agreed(place));
    let source = change.source.map(|entry| entry.native);
    let work = Work { run, identities, groups, agreed, is_new: false, current, source };
    let patch = match (change.kind, change.target) {
        (Kind::Contact, Side::A) => {
            let item = if let Some(Native::Contact(item)) = current { Some(item) } else { None };
            let mut patch = Box::<ContactPatch>::default();
            contact::to_store(&work, item, &mut findings, &mut *patch);
            RecordPatch::Contact(patch)
        }
        (Kind::Contact, Side::B) => {
            let mut patch = Box::<CorrespondentPatch>::default();
            contact::to_crm(&work, &mut findings, &mut *patch);
            RecordPatch::Correspondent(patch)
        }
        (Kind::Task | Kind::Call, Side::A) => {
            let item = if let Some(Native::Task(item)) = current { Some(item) } else { None };
            let mut patch = Box::<TaskPatch>::default();
            activity::to_store(&work, item, &mut findings, &mut *patch);
            RecordPatch::Task(patch)
        }
        (Kind::Task, Side::B) => {
            let mut patch = Box::<CrmTaskPatch>::default();
            activity::to_task(&work, &mut findings, &mut *patch);
            RecordPatch::CrmTask(patch)
        }
        (Kind::Call, Side::B) => RecordPatch::from(activity::to_call(&work, &mut findings)),
        (Kind::Appointment, Side::A) => {
            let item = if let Some(Native::Appointment(one)) = current { Some(one) } else { None };
            let mut patch = Box::<AppointmentPatch>::default();
            appointment::to_store(&work, item, &mut findings, &mut *patch);
            RecordPatch::Appointment(patch)
        }
        (Kind::Appointment, Side::B) => {
            let mut patch = Box::<CrmAppointmentPatch>::default();
            appointment::to_crm(&work, &mut findings, &mut *patch);
            RecordPatch::CrmAppointment(patch)
        }
    };
    (patch, findings)
}

/// The partner a CRM record has.
fn partner_of(record: Native<'_>) -> Option<&str> {
    match record {
        Native::Call(one) => one.partner.as_deref(),
        Native::Correspondent(one) => one.partner.as_deref(),
        Native::CrmAppointment(one) => one.partner.as_deref(),
        Native::CrmTask(one) => one.partner.as_deref(),
        Native::Appointment(_) | Native::Contact(_) | Native::Task(_) => None,
    }
}

/// Whom a CRM activity names, as text.
fn persons_of(record: Native<'_>) -> Option<String> {
    match record {
        Native::Call(one) => one.correspondent.clone(),
        Native::CrmAppointment(one) => Some(one.correspondents.join(", ")),
        Native::CrmTask(one) => one.correspondent.clone(),
        Native::Appointment(_)
        | Native::Contact(_)
        | Native::Correspondent(_)
        | Native::Task(_) => None,
    }
}

/// The co-workers a CRM record has.
fn participants_of(record: Native<'_>) -> &[String] {
    if let Native::CrmAppointment(one) = record { &one.participants } else { &[] }
}

/// A new mailbox item: in the default folder, with the key of its record. The side stamps its dates.
fn blank_item(run: &Run<'_>, kind: Kind, key: &str) -> Record {
    let folder = || run.parameters.folders.of(kind).unwrap_or_default().to_owned();
    let chrono = || Some(key.to_owned());
    match kind {
        Kind::Contact => Record::from(contact_item(run, key)),
        Kind::Task | Kind::Call => {
            Record::from(Task { folder: folder(), chrono: chrono(), ..Task::default() })
        }
        Kind::Appointment => {
            let (folder, chrono) = (folder(), chrono());
            Record::from(Appointment { folder, chrono, ..Appointment::default() })
        }
    }
}

fn contact_item(run: &Run<'_>, key: &str) -> Contact {
    let folder = run.parameters.folders.of(Kind::Contact).unwrap_or_default().to_owned();
    Contact { folder, chrono: Some(key.to_owned()), ..Contact::default() }
}

/// A new CRM record: the user's, with the site and category of A1.29 and A1.8. The side stamps its date.
fn blank_record(run: &Run<'_>, kind: Kind, source: &Entry<'_, Run<'_>>) -> Record {
    let mut origin = String::with_capacity(run.store.id.len() + 1 + source.id.len());
    origin.extend([run.store.id.as_str(), "/", source.id]);
    let origin = Some(origin);
    let representative = run.representative.to_owned();
    let site = || run.parameters.default_site.clone();
    match kind {
        Kind::Contact => Record::from(Correspondent {
            origin,
            assigned: vec![representative],
            ..Correspondent::default()
        }),
        Kind::Task | Kind::Call => {
            Record::from(CrmTask { origin, representative, site: site(), ..CrmTask::default() })
        }
        Kind::Appointment => Record::from(CrmAppointment {
            origin,
            organizer: representative,
            category: run.parameters.appointment_category.clone(),
            site: site(),
            meeting_id: if let Native::Appointment(item) = source.native {
                item.meeting_id.clone()
            } else {
                None
            },
            ..CrmAppointment::default()
        }),
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
fn text(value: &Value<'_>) -> Option<Text> {
    if let Value::Text(text) = value {
        return Some(Text::from(&**text));
    }
    if let Value::Line(line) = value { Some(Text::from(&*line.full)) } else { None }
}

/// The body of a mailbox item: the report, with details of its record where they are wanted (A2.7).
fn body(work: &Work<'_>, value: &Value<'_>, current: Option<&Text>) -> Option<Text> {
    let report = text(value)?;
    let current = current.and_then(Text::known);
    let report = report.or_empty();
    let body = super::details::body(work.run, work.source, current, report, work.identities);
    Some(Text::from(body))
}

/// A line as the side that holds its beginning only shows it.
fn held(value: &Value<'_>) -> Option<Text> {
    if let Value::Line(line) = value { Some(Text::from(&*line.held)) } else { text(value) }
}

fn done(value: &Value<'_>) -> Option<super::value::Done> {
    if let Value::Done(done) = value { Some(*done) } else { None }
}

fn minutes(value: &Value<'_>) -> Option<u32> {
    if let Value::Minutes(minutes) = value { Some(*minutes) } else { None }
}

fn people_of<'v>(value: &'v Value<'_>) -> Option<&'v People> {
    if let Value::People(people) = value { Some(people) } else { None }
}

/// The contact list a mailbox item gets (A6.3); entries of contacts that this plan makes are filled in later.
fn contact_list(
    work: &Work<'_>,
    people: &People,
    known: &[ContactRef],
    findings: &mut Findings,
) -> Vec<ContactRef> {
    let (entries, made) =
        super::people::entries(people, known, &work.run.directory, work.identities);
    for (place, op) in made {
        findings.need(op, Slot::ContactItem(place));
    }
    entries
}

/// The company text of a mailbox item; `None` leaves it as it is. One that names no company the CRM knows stays until the
/// CRM's record names another, and so does what is said of it (D28).
fn company_text(
    work: &Work<'_>,
    (place, value): (usize, &Value<'_>),
    findings: &mut Findings,
) -> Option<Text> {
    let company = super::project::company_of(Some(value))?;
    let (run, own) = (work.run, work.current.and_then(written_company));
    if let Some(own) = own.filter(|_| company.partner.is_none()) {
        let read = super::company::parse(own, &run.directory);
        let is_contact = matches!(work.current, Some(Native::Contact(_)));
        let is_open = read.unknown_code || !is_contact && !read.label.is_empty();
        // A correspondent holds the label; an activity has no place for it.
        let says = if is_contact { read.label.as_str() } else { "" };
        if read.partner.is_none() && is_open && company.label == says {
            findings.still(AnomalyCode::UnknownCompany, place, own);
            return None;
        }
    }
    Some(Text::from(super::company::text(company, run.parameters.company_text, &run.directory)))
}

/// The company text of a mailbox item, as it is written there.
fn written_company(native: Native<'_>) -> Option<&str> {
    match native {
        Native::Contact(one) => one.company.known(),
        Native::Task(one) => one.company.known(),
        Native::Appointment(one) => one.company.known(),
        Native::Call(_)
        | Native::Correspondent(_)
        | Native::CrmAppointment(_)
        | Native::CrmTask(_) => None,
    }
}

/// The partner of an activity, where its company or its contacts are carried (A5.18 to A5.22, A12.4, D15); the outer
/// `None` leaves it as it is. `places` are those of the two groups.
fn activity_partner(
    work: &Work<'_>,
    places: (usize, usize),
    findings: &mut Findings,
) -> Option<Option<String>> {
    let people = (work.agreed)(places.1).and_then(people_of);
    // The company follows the contact where its own text says nothing (A5.20, A6.6).
    let of_contacts =
        people.filter(|_| work.carries(places.1)).and_then(|people| people.partner.clone());
    let company = super::project::company_of(work.value(places.0));
    let Some(company) = company else { return of_contacts.map(Some) };
    if company.partner.is_some() {
        return Some(company.partner.clone());
    }
    if !company.label.is_empty() {
        if work.has_partner(company) {
            return None;
        }
        let written = work.source.and_then(written_company).unwrap_or(&company.label).to_owned();
        let kept = work.kept(|record| partner_of(record).map(|code| format!("#{code}#")));
        findings.problem(AnomalyCode::UnknownCompany, places.0, Some(written), kept);
        return work.is_new.then_some(None);
    }
    let of_first = || match people?.persons.first() {
        Some(Person::Key(KeyRef::Known(key))) => {
            work.run.directory.facts(work.identities, key).partner
        }
        _ => None,
    };
    let of_people = || people.and_then(|people| people.partner.clone());
    Some(of_contacts.or_else(of_people).or_else(of_first))
}
