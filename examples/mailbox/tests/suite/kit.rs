//! Both adapters in the engine's conformance kit.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use counterpart::host::Adapter;
use counterpart::model::{Instant, Side};
use counterpart::profiles::outlook_x3::{Kind, OutlookX3, Record};
use counterpart::testkit::outlook_x3::{Codes, crm, mailbox};
use counterpart::testkit::{Check, Inspect as _, Listed, Listing, Subject, check};
use mailbox::crm::Crm;
use mailbox::vdir::{Options, Vdir};

use crate::support::NOW;

fn listing(records: impl IntoIterator<Item = (Kind, Record)>) -> Listing<OutlookX3> {
    let listed = |(kind, record): (Kind, Record)| {
        let id = OutlookX3::id(&record).into_owned();
        let modified = OutlookX3::modified(&record).unwrap();
        Listed { id, kind, record, modified }
    };
    Listing { records: records.into_iter().map(listed).collect(), complete: true }
}

struct Files {
    root: PathBuf,
    vdir: Vdir,
    options: Options,
}

impl Files {
    fn open(root: &Path, options: Options) -> Self {
        let vdir = Vdir::open(root, "mailbox-1", options.clone()).unwrap();
        Self { root: root.to_owned(), vdir, options }
    }
}

/// The lines of a file, with their folds.
fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").replace("\r\n\t", "").lines().map(str::to_owned).collect()
}

impl Subject<OutlookX3> for Files {
    fn adapter(&mut self) -> &mut dyn Adapter<OutlookX3> {
        &mut self.vdir
    }

    fn list(&mut self) -> Result<Listing<OutlookX3>, String> {
        let listed = self.vdir.list().map_err(|error| error.to_string())?;
        if let Some(problem) = listed.problems.first() {
            return Err(format!("{} {}", problem.file, problem.reason));
        }
        let store = listed.store;
        let contacts = store.contacts.into_iter().map(|one| (Kind::Contact, Record::from(one)));
        let tasks = store.tasks.into_iter().map(|one| (Kind::Task, Record::from(one)));
        let of = |one| (Kind::Appointment, Record::from(one));
        Ok(listing(contacts.chain(tasks).chain(store.appointments.into_iter().map(of))))
    }

    fn edit_elsewhere(&mut self, _: Kind, id: &str, at: Instant) -> Result<(), String> {
        let path = self.root.join(id);
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        // Another program's properties, one of them in a group and folded, and an alarm where there may be one.
        let foreign = format!(
            "X-FOREIGN;X-P=\"a;b\":1\\,2\r\nitem7.X-FOREIGN-LABEL:lang und gefal\r\n tet über zwei Zeilen\r\nCATEGORIES:{at}\r\n"
        );
        let alarm =
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n";
        let mut text = text;
        for (end, alarm) in [("END:VCARD", ""), ("END:VEVENT", alarm), ("END:VTODO", alarm)] {
            text = text.replace(&format!("\r\n{end}"), &format!("\r\n{foreign}{alarm}{end}"));
        }
        fs::write(&path, text).map_err(|error| error.to_string())?;
        let file =
            fs::File::options().write(true).open(&path).map_err(|error| error.to_string())?;
        file.set_modified(SystemTime::from(at)).map_err(|error| error.to_string())
    }

    fn extras(&mut self, _: Kind, id: &str) -> Option<String> {
        let text = fs::read_to_string(self.root.join(id)).ok()?;
        let known = [
            "X-FOREIGN",
            "item7.",
            "CATEGORIES",
            "BEGIN:",
            "END:",
            "ACTION",
            "TRIGGER",
            "UID",
            "PRODID",
            "VERSION",
            "DTSTAMP",
            "CREATED",
        ];
        let mut lines = lines(&text);
        lines.retain(|line| known.iter().any(|start| line.starts_with(start)));
        Some(lines.join("\n"))
    }

    fn restart(&mut self) -> Result<bool, String> {
        *self = Self::open(&self.root, self.options.clone());
        Ok(true)
    }
}

fn examine_files(options: Options) {
    let root = tempfile::tempdir().unwrap();
    let mut files = Files::open(root.path(), options);
    let findings = check(&mut files, Side::A, &mailbox(), NOW.parse().unwrap());
    assert!(findings.is_empty(), "{findings}");
    assert_eq!(Vec::from_iter(findings.not_made()), [Check::UnassignOnlyNamed]);
    assert!(files.list().unwrap().records.is_empty(), "all samples are deleted");
}

#[test]
fn the_mailbox_of_files_passes() {
    examine_files(Options::default());
}

#[test]
fn the_mailbox_of_files_passes_in_another_time_zone() {
    let owner_email = Some("claire.morel@example.com".to_owned());
    let time_zone = "Europe/Paris".parse().unwrap();
    examine_files(Options { owner_email, time_zone, ..Options::default() });
}

struct Database {
    file: PathBuf,
    crm: Crm,
}

impl Database {
    fn table(kind: Kind) -> &'static str {
        match kind {
            Kind::Task => "tasks",
            Kind::Call => "calls",
            Kind::Appointment => "appointments",
            Kind::Contact | _ => "correspondents",
        }
    }

    /// What another program does to the row of a record.
    fn execute(&self, sql: &str, values: &[&str]) -> Result<(), String> {
        let other = rusqlite::Connection::open(&self.file).map_err(|error| error.to_string())?;
        let columns =
            Self::tables().map(|table| format!("ALTER TABLE {table} ADD COLUMN z_foreign TEXT;"));
        for column in columns {
            let _ = other.execute_batch(&column);
        }
        let done = other.execute(sql, rusqlite::params_from_iter(values));
        done.map(drop).map_err(|error| error.to_string())
    }

    const fn tables() -> [&'static str; 4] {
        ["correspondents", "tasks", "calls", "appointments"]
    }
}

impl Subject<OutlookX3> for Database {
    fn adapter(&mut self) -> &mut dyn Adapter<OutlookX3> {
        &mut self.crm
    }

    fn list(&mut self) -> Result<Listing<OutlookX3>, String> {
        let crm = self.crm.list().map_err(|error| error.to_string())?;
        let of = |one| (Kind::Contact, Record::from(one));
        let correspondents = crm.correspondents.into_iter().map(of);
        let tasks = crm.tasks.into_iter().map(|one| (Kind::Task, Record::from(one)));
        let calls = crm.calls.into_iter().map(|one| (Kind::Call, Record::from(one)));
        let of = |one| (Kind::Appointment, Record::from(one));
        let appointments = crm.appointments.into_iter().map(of);
        Ok(listing(correspondents.chain(tasks).chain(calls).chain(appointments)))
    }

    fn edit_elsewhere(&mut self, kind: Kind, id: &str, at: Instant) -> Result<(), String> {
        let table = Self::table(kind);
        let sql = format!("UPDATE {table} SET modified = ?1, z_foreign = ?1 WHERE chrono = ?2");
        self.execute(&sql, &[&at.format("%Y-%m-%dT%H:%M:%SZ").to_string(), id])
    }

    fn remove_elsewhere(&mut self, kind: Kind, id: &str) -> Result<bool, String> {
        self.execute(&format!("DELETE FROM {} WHERE chrono = ?1", Self::table(kind)), &[id])?;
        Ok(true)
    }

    fn extras(&mut self, kind: Kind, id: &str) -> Option<String> {
        let other = rusqlite::Connection::open(&self.file).ok()?;
        let sql = format!("SELECT z_foreign FROM {} WHERE chrono = ?1", Self::table(kind));
        let digest: Option<String> = other.query_row(&sql, [id], |row| row.get(0)).ok()?;
        digest
    }

    fn restart(&mut self) -> Result<bool, String> {
        self.crm = Crm::open(&self.file).map_err(|error| error.to_string())?;
        Ok(true)
    }
}

#[test]
fn the_crm_in_a_file_passes() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("crm.sqlite");
    let mut crm_file = Crm::create(&file, "SEED").unwrap();
    crm_file.seed().unwrap();
    let mut database = Database { file, crm: crm_file };
    let before = database.list().unwrap();
    let mut codes = Codes::new("run 1", ["REP01", "REP02"]);
    codes.partner = Some("ATELIER".to_owned());
    codes.correspondent = Some("COR00000003".to_owned());
    codes.interlocutor = Some("CNT0001".to_owned());
    let findings = check(&mut database, Side::B, &crm(&codes), NOW.parse().unwrap());
    assert!(findings.is_empty(), "{findings}");
    assert_eq!(Vec::from_iter(findings.not_made()), [Check::StampKept]);
    assert_eq!(database.list().unwrap(), before);
}
