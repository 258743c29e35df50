//! Builds small worlds of the profile `outlook_x3` from bytes: every byte is a choice among few, so that keys
//! collide, orphans and copies occur, and a generator that shrinks bytes shrinks worlds.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use counterpart::model::{Instant, Text};
use counterpart::profiles::outlook_x3::{
    Address, Appointment, Call, Comment, CompanyText, Conflict, Contact, ContactRef, Correspondent,
    CorrespondentKind, Crm, CrmAppointment, CrmTask, Parameters, Partner, PartnerKind, Permissions,
    Recipient, Representative, Role, Status, Store, StoreKind, Task,
};
use counterpart::rules::Merge;
use serde_json::{Map, Value};

/// The bytes of one record or one step.
pub(crate) type Genes = [u8; 24];

/// The bytes of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spec {
    pub(crate) settings: [u8; 32],
    pub(crate) contacts: Vec<Genes>,
    pub(crate) tasks: Vec<Genes>,
    pub(crate) appointments: Vec<Genes>,
    pub(crate) correspondents: Vec<Genes>,
    pub(crate) crm_tasks: Vec<Genes>,
    pub(crate) calls: Vec<Genes>,
    pub(crate) crm_appointments: Vec<Genes>,
    pub(crate) steps: Vec<Genes>,
}

/// Reads choices from bytes; when they are used up every choice is the first.
pub(crate) struct Dice<'g>(std::slice::Iter<'g, u8>);

impl<'g> Dice<'g> {
    pub(crate) fn new(genes: &'g [u8]) -> Self {
        Self(genes.iter())
    }

    pub(crate) fn roll(&mut self, sides: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % sides
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let sides = u8::try_from(choices.len()).expect("few choices");
        choices[usize::from(self.roll(sides))]
    }

    /// Yes once in `n` times, and not when the bytes are used up.
    pub(crate) fn rarely(&mut self, n: u8) -> bool {
        self.roll(n) == n - 1
    }
}

/// The user's representative in every world.
pub(crate) const USER: &str = "REP01";
/// The store of every world.
pub(crate) const STORE: &str = "mailbox-1";
/// What stands in every text that people write on an item while it is private.
pub(crate) const SECRET: &str = "HUSHHUSH";

/// What people write. No word of it is a code, a key or the name of a field.
pub(crate) const WORDS: [&str; 7] = [
    "",
    "quokka",
    "wombat",
    "numbat\r\nbandicoot  ",
    "potoroo\tdunnart",
    "bilby",
    "quoll-kowari-mulgara",
];

const COMPANIES: [&str; 9] = [
    "",
    "#DIS001#",
    "DIS002",
    "#NOPE77#",
    "Acme Trading",
    "dis001",
    "Anything   #DIS002#",
    "#",
    "#REP02#",
];

const REPRESENTATIVES: [&str; 3] = [USER, "REP02", "REP03"];
const EMAILS: [&str; 5] =
    ["", "rep02@example.test", "REP03@example.test", "guest@example.test", "rep01@example.test"];
const TITLES: [&str; 5] = ["", "Mr", "Mme", "Ms", "Professor"];

/// The flags of A1.2.
pub(crate) const FLAGS: [&str; 23] = [
    "COROTKCRE",
    "COROTKUPD",
    "COROTKDLT",
    "CORADXCRE",
    "CORADXUPD",
    "CORADXDLT",
    "TSKOTKCRE",
    "TSKOTKUPD",
    "TSKOTKDLT",
    "TSKADXCRE",
    "TSKADXUPD",
    "TSKADXDLT",
    "CLLOTKCRE",
    "CLLOTKUPD",
    "CLLOTKDLT",
    "CLLADXUPD",
    "CLLADXDLT",
    "BAPOTKCRE",
    "BAPOTKUPD",
    "BAPOTKDLT",
    "BAPADXCRE",
    "BAPADXUPD",
    "BAPADXDLT",
];

/// The instant of the first run; everything in a new world is older.
pub(crate) fn start() -> Instant {
    DateTime::from_timestamp(1_772_438_400, 0).expect("2026-03-02T08:00:00Z")
}

fn day(dice: &mut Dice<'_>) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2026, 3, 10)?;
    match dice.roll(5) {
        0 => None,
        4 => NaiveDate::from_ymd_opt(2025, 1, 7),
        days => first.checked_add_days(Days::new(u64::from(days))),
    }
}

fn moment(dice: &mut Dice<'_>, all_day: bool) -> Option<NaiveDateTime> {
    let hour = if all_day { 0 } else { u32::from(dice.roll(3)) + 8 };
    let second = if all_day || !dice.rarely(4) { 0 } else { 30 };
    Some(day(dice)?.and_time(NaiveTime::from_hms_opt(hour, 0, second)?))
}

fn word(dice: &mut Dice<'_>, private: bool) -> Text {
    let word = dice.pick(&WORDS);
    match (private, dice.rarely(12)) {
        (_, true) => Text::UNREADABLE,
        (true, false) => Text::from(format!("{word} {SECRET}")),
        (false, false) => Text::from(word),
    }
}

fn company(dice: &mut Dice<'_>, private: bool) -> Text {
    let text = dice.pick(&COMPANIES);
    if private { Text::from(format!("{text} {SECRET}")) } else { Text::from(text) }
}

fn address(one: &mut Address, dice: &mut Dice<'_>, private: bool) {
    let field = match dice.roll(6) {
        0 => &mut one.phone,
        1 => &mut one.street,
        2 => &mut one.city,
        3 => &mut one.email,
        4 => &mut one.fax,
        _ => &mut one.mobile,
    };
    *field = word(dice, private);
}

fn references(dice: &mut Dice<'_>) -> Vec<ContactRef> {
    let one = |dice: &mut Dice<'_>| ContactRef {
        name: Text::from(dice.pick(&["potto", "kinkajou"])),
        item: dice.pick(&[Some("C1"), None, Some("C2"), Some("C3"), Some("C9")]).map(str::to_owned),
        chrono: dice
            .pick(&[None, Some("COR00000001"), Some("COR00000002"), Some("COR00000077")])
            .map(str::to_owned),
    };
    (0..dice.roll(4)).map(|_| one(dice)).collect()
}

/// Sets one field of a contact.
pub(crate) fn touch_contact(one: &mut Contact, dice: &mut Dice<'_>) {
    let private = one.private;
    match dice.roll(9) {
        0 => one.last_name = word(dice, private),
        1 => one.company = company(dice, private),
        2 => one.job_title = word(dice, private),
        3 => one.notes = notes(dice, private),
        4 => address(&mut one.business, dice, private),
        5 => address(&mut one.home, dice, private),
        6 => one.title = Text::from(dice.pick(&TITLES)),
        7 => one.birthday = day(dice),
        _ => one.department = word(dice, private),
    }
}

fn notes(dice: &mut Dice<'_>, private: bool) -> Text {
    let own = word(dice, private);
    match (dice.roll(3), own.known()) {
        (1, Some(own)) => Text::from(format!("[#-- REP02 --#]\nechidna\n[#-- {USER} --#]\n{own}")),
        (2, Some(own)) => Text::from(format!("{own}\n\\[#-- {USER} --#]")),
        _ => own,
    }
}

/// Sets one field of a task.
pub(crate) fn touch_task(one: &mut Task, dice: &mut Dice<'_>) {
    let private = one.private;
    match dice.roll(8) {
        0 => one.subject = word(dice, private),
        1 => one.contacts = references(dice),
        2 => one.company = company(dice, private),
        3 => one.body = word(dice, private),
        4 => one.status = dice.pick(&[Status::NotStarted, Status::Completed, Status::InProgress]),
        5 => one.start = day(dice),
        6 => one.due = day(dice),
        _ => one.actual_work = dice.pick(&[0, 90, 12_000]),
    }
}

/// Sets one field of an appointment.
pub(crate) fn touch_appointment(one: &mut Appointment, dice: &mut Dice<'_>) {
    let private = one.private;
    match dice.roll(9) {
        0 => one.subject = word(dice, private),
        1 => one.contacts = references(dice),
        2 => one.company = company(dice, private),
        3 => {
            one.body = word(dice, private);
            one.location = one.body.clone();
        }
        4 => one.start = moment(dice, one.all_day),
        5 => one.end = moment(dice, one.all_day),
        6 => {
            one.all_day = dice.rarely(2);
            one.start = moment(dice, one.all_day);
            one.end = one.start.and_then(|start| start.checked_add_days(Days::new(1)));
        }
        7 => one.done = dice.pick(&[None, Some(false), Some(true)]),
        _ => {
            one.role = dice.pick(&[Role::Organizer, Role::Appointment]);
            let one_of = |dice: &mut Dice<'_>| Recipient {
                name: Text::default(),
                email: Text::from(dice.pick(&EMAILS)),
            };
            one.recipients = (0..dice.roll(3)).map(|_| one_of(dice)).collect();
        }
    }
}

fn code(dice: &mut Dice<'_>, codes: &[Option<&str>]) -> Option<String> {
    dice.pick(codes).map(str::to_owned)
}

fn partner(dice: &mut Dice<'_>) -> Option<String> {
    code(dice, &[None, Some("DIS001"), Some("DIS002")])
}

/// Sets one field of a correspondent.
pub(crate) fn touch_correspondent(one: &mut Correspondent, dice: &mut Dice<'_>) {
    match dice.roll(9) {
        0 => one.last_name = word(dice, false),
        1 => {
            one.partner = partner(dice);
            let label = if one.partner.is_none() { dice.pick(&WORDS) } else { "" };
            one.company_label = Text::from(label);
        }
        2 => one.job_title = word(dice, false),
        3 => {
            let text = Text::from(dice.pick(&WORDS));
            one.set_comment(Comment {
                representative: dice.pick(&REPRESENTATIVES).to_owned(),
                text,
            });
        }
        4 => address(&mut one.professional, dice, false),
        5 => address(&mut one.personal, dice, false),
        6 => one.title = Text::from(dice.pick(&["", "Mr", "Mrs"])),
        7 => one.birthday = day(dice),
        _ => one.interlocutor = code(dice, &[None, Some("INT01")]),
    }
}

/// Sets one field of a CRM task.
pub(crate) fn touch_crm_task(one: &mut CrmTask, dice: &mut Dice<'_>) {
    match dice.roll(7) {
        0 => one.subject = word(dice, false),
        1 => one.correspondent = correspondent(dice),
        2 => one.partner = partner(dice),
        3 => one.report = word(dice, false),
        4 => one.done = dice.rarely(2),
        5 => (one.start, one.due) = (day(dice), day(dice)),
        _ => one.time_spent = dice.pick(&[0, 90, 12_000]),
    }
}

fn correspondent(dice: &mut Dice<'_>) -> Option<String> {
    code(dice, &[None, Some("COR00000001"), Some("COR00000002"), Some("COR00000077")])
}

/// Sets one field of a call.
pub(crate) fn touch_call(one: &mut Call, dice: &mut Dice<'_>) {
    match dice.roll(7) {
        0 => one.subject = word(dice, false),
        1 => one.correspondent = correspondent(dice),
        2 => one.partner = partner(dice),
        3 => one.report = word(dice, false),
        4 => one.done = dice.rarely(2),
        5 => one.date = day(dice),
        _ => one.duration = dice.pick(&[0, 90]),
    }
}

/// Sets one field of a CRM appointment.
pub(crate) fn touch_crm_appointment(one: &mut CrmAppointment, dice: &mut Dice<'_>) {
    match dice.roll(8) {
        0 => one.subject = word(dice, false),
        1 => one.correspondents = (0..dice.roll(4)).filter_map(|_| correspondent(dice)).collect(),
        2 => one.partner = partner(dice),
        3 => {
            one.report = word(dice, false);
            one.place.city = one.report.clone();
        }
        4 => one.done = dice.rarely(2),
        5 | 6 => {
            one.all_day = dice.rarely(3);
            one.start = moment(dice, one.all_day);
            one.end = one.start;
        }
        _ => {
            let others = [Some("REP02"), Some("REP03"), None];
            one.participants = (0..dice.roll(3)).filter_map(|_| code(dice, &others)).collect();
        }
    }
}

fn stamped(dice: &mut Dice<'_>) -> Instant {
    start() - TimeDelta::hours(10 + i64::from(dice.roll(3)))
}

fn key(dice: &mut Dice<'_>, prefix: &str) -> Option<String> {
    let number = dice.pick(&[0, 0, 0, 1, 2, 99]);
    (number > 0).then(|| format!("{prefix}{number:08}"))
}

fn origin(dice: &mut Dice<'_>, letter: char) -> Option<String> {
    match dice.roll(6) {
        3 => Some(format!("{STORE}/{letter}1")),
        4 => Some(format!("{STORE}/{letter}2")),
        5 => Some(format!("mailbox-2/{letter}1")),
        _ => None,
    }
}

fn folder(dice: &mut Dice<'_>, usual: &str) -> String {
    if dice.rarely(10) { "Elsewhere".to_owned() } else { usual.to_owned() }
}

pub(crate) fn contact(id: String, genes: &[u8]) -> Contact {
    let dice = &mut Dice::new(genes);
    let mut one = Contact::default();
    one.id = id;
    one.chrono = key(dice, "COR");
    one.private = dice.rarely(4);
    one.modified = stamped(dice);
    one.created = Some(one.modified);
    one.folder = folder(dice, "Contacts");
    for _ in 0..dice.roll(6) {
        touch_contact(&mut one, dice);
    }
    one
}

pub(crate) fn task(id: String, genes: &[u8]) -> Task {
    let dice = &mut Dice::new(genes);
    let mut one = Task::default();
    one.id = id;
    let prefix = dice.pick(&["TSK", "CLL"]);
    one.chrono = key(dice, prefix);
    one.private = dice.rarely(4);
    one.modified = stamped(dice);
    one.created = Some(one.modified);
    one.folder = folder(dice, "Tasks");
    for _ in 0..dice.roll(6) {
        touch_task(&mut one, dice);
    }
    one
}

pub(crate) fn appointment(id: String, genes: &[u8]) -> Appointment {
    let dice = &mut Dice::new(genes);
    let mut one = Appointment::default();
    one.id = id;
    one.chrono = key(dice, "BAP");
    one.private = dice.rarely(4);
    one.modified = stamped(dice);
    one.created = Some(one.modified);
    one.folder = folder(dice, "Calendar");
    let sorts =
        [Role::Appointment, Role::Organizer, Role::Appointment, Role::Attendee, Role::Request];
    one.role = dice.pick(&sorts);
    one.recurring = dice.rarely(10);
    for _ in 0..dice.roll(6) {
        touch_appointment(&mut one, dice);
    }
    one
}

fn correspondent_record(chrono: String, genes: &[u8]) -> Correspondent {
    let dice = &mut Dice::new(genes);
    let mut one = Correspondent::default();
    one.chrono = chrono;
    one.origin = origin(dice, 'C');
    one.modified = stamped(dice);
    let colleague = dice.rarely(6);
    for _ in 0..dice.roll(6) {
        touch_correspondent(&mut one, dice);
    }
    if colleague {
        one.kind = CorrespondentKind::Representative;
        one.partner = Some("REP02".to_owned());
        one.professional.email = Text::from(EMAILS[1]);
    }
    one.assigned = dice
        .pick(&[&[USER][..], &[USER, "REP02"], &["REP02"]])
        .iter()
        .map(|one| (*one).to_owned())
        .collect();
    one
}

fn crm_task(chrono: String, genes: &[u8]) -> CrmTask {
    let dice = &mut Dice::new(genes);
    let mut one = CrmTask::default();
    one.chrono = chrono;
    one.origin = origin(dice, 'T');
    one.modified = stamped(dice);
    one.representative = dice.pick(&[USER, USER, USER, "REP02"]).to_owned();
    for _ in 0..dice.roll(6) {
        touch_crm_task(&mut one, dice);
    }
    one
}

fn call(chrono: String, genes: &[u8]) -> Call {
    let dice = &mut Dice::new(genes);
    let mut one = Call::default();
    one.chrono = chrono;
    one.origin = origin(dice, 'T');
    one.modified = stamped(dice);
    one.representative = dice.pick(&[USER, USER, USER, "REP02"]).to_owned();
    for _ in 0..dice.roll(6) {
        touch_call(&mut one, dice);
    }
    one
}

fn crm_appointment(chrono: String, genes: &[u8]) -> CrmAppointment {
    let dice = &mut Dice::new(genes);
    let mut one = CrmAppointment::default();
    one.chrono = chrono;
    one.origin = origin(dice, 'A');
    one.modified = stamped(dice);
    one.organizer = dice.pick(&[USER, USER, "REP02"]).to_owned();
    for _ in 0..dice.roll(6) {
        touch_crm_appointment(&mut one, dice);
    }
    if one.organizer != USER && !dice.rarely(3) && !one.participants.iter().any(|code| code == USER)
    {
        one.participants.push(USER.to_owned());
    }
    one
}

fn each<T>(genes: &[Genes], prefix: &str, one: impl Fn(String, &[u8]) -> T) -> Vec<T> {
    let numbered = genes.iter().enumerate();
    let id = |place: usize| {
        if prefix.len() == 1 {
            format!("{prefix}{}", place + 1)
        } else {
            format!("{prefix}{:08}", place + 1)
        }
    };
    numbered.map(|(place, genes)| one(id(place), genes)).collect()
}

/// The mailbox of a world.
pub(crate) fn store(spec: &Spec) -> Store {
    let mut dice = Dice::new(&spec.settings);
    let kind = dice.pick(&[StoreKind::Local, StoreKind::Exchange]);
    let mut store = Store::new(STORE, kind);
    store.contacts = each(&spec.contacts, "C", contact);
    store.tasks = each(&spec.tasks, "T", task);
    store.appointments = each(&spec.appointments, "A", appointment);
    store
}

/// The CRM of a world.
pub(crate) fn crm(spec: &Spec) -> Crm {
    let mut crm = Crm::new("SEED");
    let business = |code: &str, name: &str, kind| Partner {
        code: code.to_owned(),
        name: Text::from(name),
        kind,
        ..Partner::default()
    };
    crm.partners = vec![
        business("DIS001", "Distribution One", PartnerKind::Customer),
        business("DIS002", "Distribution Two", PartnerKind::Prospect),
        business("REP02", "Second Seller", PartnerKind::Representative),
    ];
    crm.representatives = REPRESENTATIVES
        .iter()
        .map(|code| Representative {
            code: (*code).to_owned(),
            name: Text::from("Some Seller"),
            email: Text::from(format!("{}@example.test", code.to_lowercase())),
            ..Representative::default()
        })
        .collect();
    crm.correspondents = each(&spec.correspondents, "COR", correspondent_record);
    crm.tasks = each(&spec.crm_tasks, "TSK", crm_task);
    crm.calls = each(&spec.calls, "CLL", call);
    crm.appointments = each(&spec.crm_appointments, "BAP", crm_appointment);
    crm
}

/// The user's parameters in a world.
pub(crate) fn parameters(spec: &Spec) -> Parameters {
    let dice = &mut Dice::new(spec.settings.get(1..).unwrap_or_default());
    let mut parameters = Parameters::new("U1", USER);
    parameters.conflict =
        dice.pick(&[Conflict::LastModified, Conflict::Crm, Conflict::Store, Conflict::Hold]);
    parameters.merge = dice.pick(&[Merge::Fields, Merge::Record]);
    parameters.company_text = dice.pick(&[CompanyText::Code, CompanyText::NameAndCode]);
    parameters.deletion_delay_months = dice.pick(&[None, Some(6)]);
    parameters.contacts = !dice.rarely(10);
    parameters.tasks = !dice.rarely(10);
    parameters.calls = !dice.rarely(10);
    parameters.appointments = !dice.rarely(10);
    parameters.limits.contacts = dice.pick(&[10, 1]);
    parameters.limits.participants = dice.pick(&[10, 1]);
    parameters.limits.subject = dice.pick(&[255, 5]);
    let shown = &mut Dice::new(spec.settings.get(15..17).unwrap_or_default());
    (parameters.display.preamble, parameters.display.location) = (shown.rarely(3), shown.rarely(3));
    if dice.rarely(2) {
        let flags: Map<String, Value> =
            FLAGS.iter().map(|flag| ((*flag).to_owned(), Value::Bool(dice.rarely(2)))).collect();
        let flags = serde_json::from_value::<Permissions>(Value::Object(flags));
        parameters.permissions = flags.expect("the flags of A1.2");
    }
    parameters
}
