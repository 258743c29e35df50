//! A tour of what a host can show: two representatives, their mailboxes, and one CRM, step by step.
//!
//! Every step does what a person would do, runs, and tells what came of it. The tour has a clock of its own, so
//! that it is the same at any time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta};
use counterpart::model::Instant;
use counterpart::profiles::outlook_x3::{KeyRange, RunOptions, Selection};
use counterpart::report::Language;
use groundwork::one_line;
use groundwork::told::Told;
use groundwork::tour::{Step, cleared, play};

use crate::ask;
use crate::demo::{CLAIRE, Demo, JONAS, Person};
use crate::desk::Desk;
use crate::run::{Order, run};

/// When the tour begins: 2026-01-13T08:00:00Z, an hour after the samples were copied.
const BEGIN: i64 = 1_768_291_200;
/// The trade fair, which Claire organises in the CRM; Jonas is one of the co-workers.
pub const FAIR: &str = "BAP00000004";
/// An appointment at the time of a visit.
const CLASH: &str = "calendar/clash.ics";
/// A task of a company that the CRM does not know.
const UNKNOWN: &str = "tasks/unknown-company.ics";

/// A tour in progress. The steps are meant to be taken in their order.
#[derive(Clone, Debug)]
pub struct Tour {
    /// Where its samples lie.
    pub demo: Demo,
    claire: Desk,
    jonas: Desk,
    language: Language,
    now: Instant,
}

impl Tour {
    /// Copies fresh samples into a directory; what an earlier tour left there goes.
    ///
    /// # Errors
    /// The directory cannot be written, as one line.
    pub fn begin(directory: &Path, language: Language) -> Result<Self, String> {
        cleared(directory)?;
        let demo = Demo::prepare(directory).map_err(one_line)?;
        let [claire, jonas] = demo.desks();
        let now = DateTime::from_timestamp(BEGIN, 0).unwrap_or_default();
        Ok(Self { demo, claire, jonas, language, now })
    }

    /// Takes every step.
    ///
    /// # Errors
    /// A step could not be taken, as one line.
    pub fn play(&mut self) -> Result<Vec<String>, String> {
        let steps: [Step<Self>; 7] = [
            Self::first_runs,
            Self::shared_correspondent,
            Self::organised_meeting,
            Self::forced_run,
            Self::overlap,
            Self::anomaly,
            Self::nothing_to_do,
        ];
        play(self, &steps)
    }

    /// Both representatives synchronise for the first time. Claire's run makes correspondents of the colleagues in
    /// the fair that she organises (A7.9), and Jonas's calendar gets the fair (A7.11b).
    ///
    /// # Errors
    /// A run could not be done, as one line.
    pub fn first_runs(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "1. First runs of two representatives on one CRM",
            "1. Premières synchronisations de deux représentants avec un même CRM",
        );
        self.turns(&mut told, &[CLAIRE, JONAS, CLAIRE])?;
        let copy = find(&self.jonas, "calendar", FAIR)?;
        let copy = copy.strip_prefix(&self.demo.colleague).unwrap_or(&copy).display().to_string();
        told.say(
            &format!("The fair that Claire organises ({FAIR}) is in Jonas's calendar: {copy}"),
            &format!("Le salon que Claire organise ({FAIR}) est dans l'agenda de Jonas : {copy}"),
        );
        Ok(told.lines)
    }

    /// Jonas corrects the telephone number of a correspondent that both look after; it reaches Claire (A7.14).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn shared_correspondent(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "2. Jonas corrects the telephone number of Petra Vogel, whom Claire looks after as well",
            "2. Jonas corrige le téléphone de Petra Vogel, que Claire suit aussi",
        );
        let card = find(&self.jonas, "contacts", "COR00000003")?;
        self.edit(&card, "+49 711 5550 131", "+49 711 5550 199")?;
        self.turns(&mut told, &[JONAS, CLAIRE])?;
        Ok(told.lines)
    }

    /// Claire moves the meeting that she organises; it moves in Jonas's calendar (A7.5).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn organised_meeting(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "3. Claire puts the fair that she organises off by a day; Jonas is one of the co-workers",
            "3. Claire reporte d'un jour le salon qu'elle organise ; Jonas en est un participant",
        );
        let event = find(&self.claire, "calendar", FAIR)?;
        let text = read(&event)?;
        let text = text.replace("20260212", "20260213").replace("20260211", "20260212");
        self.put(&event, &text.replace("20260210", "20260211"))?;
        self.turns(&mut told, &[CLAIRE, JONAS])?;
        Ok(told.lines)
    }

    /// Jonas deletes his copy of the fair, which stays dismissed (A7.8b) until he has the CRM send it again (A9.3).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn forced_run(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "4. Jonas deletes his copy of the fair, and gets it back by --force appointments=BAP00000004",
            "4. Jonas supprime sa copie du salon et la récupère par --force appointments=BAP00000004",
        );
        let copy = find(&self.jonas, "calendar", FAIR)?;
        fs::remove_file(&copy).map_err(one_line)?;
        self.turns(&mut told, &[JONAS])?;
        let appointments = Some(KeyRange::between(FAIR, FAIR));
        let selection = Selection { appointments, ..Selection::default() };
        let order = Order { selection, ..Order::plain(RunOptions::at(self.tick())) };
        run(&self.jonas, &order, &mut told)?;
        Ok(told.lines)
    }

    /// Claire's new appointment overlaps a visit of hers and is refused (D13); she moves it, and it is taken.
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn overlap(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "5. Claire enters an appointment at the time of another one; it is refused, and she moves it",
            "5. Claire saisit un rendez-vous qui en chevauche un autre ; il est refusé, elle le déplace",
        );
        let event = self.claire.mailbox.join(CLASH);
        self.put(&event, &clash("09", "10"))?;
        self.turns(&mut told, &[CLAIRE])?;
        self.put(&event, &clash("15", "16"))?;
        self.turns(&mut told, &[CLAIRE])?;
        Ok(told.lines)
    }

    /// Claire's task names a company that the CRM does not know: an anomaly is listed, explained, and settled by a
    /// value that the next run carries to the mailbox (A12.5).
    ///
    /// # Errors
    /// A file or a run failed, or the value is not taken; as one line.
    pub fn anomaly(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "6. A task of Claire's names an unknown company: --anomalies, --explain, --settle NUMBER=LUMIERE",
            "6. Une tâche de Claire cite une société inconnue : --anomalies, --explain, --settle NUMÉRO=LUMIERE",
        );
        self.put(&self.claire.mailbox.join(UNKNOWN), &unknown_company())?;
        self.turns(&mut told, &[CLAIRE])?;
        let first = told.lines.len();
        ask::anomalies(&self.claire, &mut told)?;
        let listed = told.lines.iter().skip(first).position(|line| line.contains(UNKNOWN));
        let number = listed.ok_or("the anomaly is not listed")? + 1;
        ask::explain(&self.claire, UNKNOWN, self.now, &mut told)?;
        let now = self.tick();
        ask::settle(&self.claire, (number, "LUMIERE"), now, &mut told)?;
        self.turns(&mut told, &[CLAIRE])?;
        Ok(told.lines)
    }

    /// Both run once more, and there is nothing to do.
    ///
    /// # Errors
    /// A run could not be done, as one line.
    pub fn nothing_to_do(&mut self) -> Result<Vec<String>, String> {
        let mut told = self
            .step("7. Once more, and there is nothing to do", "7. Encore une fois : rien à faire");
        self.turns(&mut told, &[CLAIRE, JONAS])?;
        Ok(told.lines)
    }

    fn step(&self, en: &str, fr: &str) -> Told {
        Told::step(self.language, en, fr)
    }

    /// A plain run of each, one after the other.
    fn turns(&mut self, told: &mut Told, people: &[Person]) -> Result<(), String> {
        for person in people {
            let order = Order::plain(RunOptions::at(self.tick()));
            let desk = if *person == CLAIRE { &self.claire } else { &self.jonas };
            run(desk, &order, told)?;
        }
        if told.failed {
            return Err("a run of the tour stopped before its end".to_owned());
        }
        Ok(())
    }

    /// Ten minutes later.
    fn tick(&mut self) -> Instant {
        self.now += TimeDelta::minutes(10);
        self.now
    }

    fn edit(&mut self, file: &Path, from: &str, to: &str) -> Result<(), String> {
        self.put(file, &read(file)?.replace(from, to))
    }

    /// Writes a file as a person's program does, now.
    fn put(&mut self, file: &Path, text: &str) -> Result<(), String> {
        let now = SystemTime::from(self.tick());
        let write = || {
            fs::write(file, text)?;
            fs::File::options().write(true).open(file)?.set_modified(now)
        };
        write().map_err(|error| format!("{}: {}", file.display(), error.kind()))
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {}", file.display(), error.kind()))
}

/// The file of a collection that holds the key of a record.
fn find(desk: &Desk, collection: &str, key: &str) -> Result<PathBuf, String> {
    let place = desk.mailbox.join(collection);
    let files = fs::read_dir(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    let mut files = files.filter_map(Result::ok).map(|entry| entry.path());
    let found = files.find(|file| read(file).is_ok_and(|text| text.contains(key)));
    found.ok_or_else(|| format!("{}: nothing has the key {key}", place.display()))
}

fn clash(from: &str, to: &str) -> String {
    let lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nextcloud Calendar",
        "BEGIN:VEVENT",
        "UID:5a2f3c0e-clash@example.com",
        &format!("DTSTART:20260122T{from}3000Z"),
        &format!("DTEND:20260122T{to}3000Z"),
        "SUMMARY:Budget round",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    lines.join("\r\n")
}

fn unknown_company() -> String {
    let lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nextcloud Tasks v0.16.0",
        "BEGIN:VTODO",
        "UID:9c1d7b52-unknown@example.com",
        "SUMMARY:Quote for paper samples",
        "X-COUNTERPART-COMPANY:#LUMIER#",
        "DUE;VALUE=DATE:20260127",
        "STATUS:NEEDS-ACTION",
        "END:VTODO",
        "END:VCALENDAR",
        "",
    ];
    lines.join("\r\n")
}
