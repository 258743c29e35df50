//! Writing to the mailbox.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::Instant;
use counterpart::model::record::Patch as _;
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{
    Appointment, Contact, OutlookX3, Record, RecordPatch, Task,
};

use super::edit::Edit;
use super::item::{Item, Shape};
use super::lines::Doc;
use super::time::{self, BadTime};
use super::{Vdir, contact, event, hash, task};

/// Why nothing was written.
enum Failure {
    Refused(String),
    Stale,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Refused(format!("the file cannot be written: {}", error.kind()))
    }
}

impl From<BadTime> for Failure {
    fn from(bad: BadTime) -> Self {
        Self::Refused(format!("the file {}", bad.0))
    }
}

impl Adapter<OutlookX3> for Vdir {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let done = match (&request.action, &request.id) {
            (Action::Create(record), _) => self.create(request, record),
            (Action::Update(patch), Some(id)) => {
                self.change(id, request.now, &Change::Patch(patch))
            }
            (Action::Stamp(key), Some(id)) => {
                self.change(id, request.now, &Change::Chrono(key.as_deref()))
            }
            (Action::Delete, Some(id)) => self.delete(id),
            (Action::Unassign(_), _) => Err(refused("a mailbox item is assigned to nobody")),
            (_, None) => Err(refused("the item has no id")),
            (_, Some(_)) => Err(refused("the mailbox does not know this operation")),
        };
        match done {
            Ok(Some(record)) => {
                let (id, modified) = key_of(&record);
                Response::Done {
                    id,
                    stored: Some(record),
                    modified,
                }
            }
            Ok(None) => {
                let id = request.id.clone().unwrap_or_default();
                Response::Done {
                    id,
                    stored: None,
                    modified: None,
                }
            }
            Err(Failure::Refused(message)) => Response::Refused {
                message,
                trace: None,
            },
            Err(Failure::Stale) => Response::Stale,
        }
    }
}

fn refused(message: &str) -> Failure {
    Failure::Refused(message.to_owned())
}

fn key_of(record: &Record) -> (String, Option<Instant>) {
    match record {
        Record::Contact(one) => (one.id.clone(), Some(one.modified)),
        Record::Task(one) => (one.id.clone(), Some(one.modified)),
        Record::Appointment(one) => (one.id.clone(), Some(one.modified)),
        _ => (String::new(), None),
    }
}

/// What an existing item gets.
enum Change<'a> {
    Patch(&'a RecordPatch),
    Chrono(Option<&'a str>),
}

impl Change<'_> {
    /// Writes the change into a record; `None` where it is one for another kind of record.
    fn apply(&self, record: &Record) -> Option<Record> {
        let mut record = record.clone();
        match (self, &mut record) {
            (Self::Patch(RecordPatch::Contact(patch)), Record::Contact(one)) => {
                patch.clone().apply(one)
            }
            (Self::Patch(RecordPatch::Task(patch)), Record::Task(one)) => patch.clone().apply(one),
            (Self::Patch(RecordPatch::Appointment(patch)), Record::Appointment(one)) => {
                patch.clone().apply(one);
            }
            (Self::Chrono(key), Record::Contact(one)) => one.chrono = key.map(str::to_owned),
            (Self::Chrono(key), Record::Task(one)) => one.chrono = key.map(str::to_owned),
            (Self::Chrono(key), Record::Appointment(one)) => one.chrono = key.map(str::to_owned),
            _ => return None,
        }
        Some(record)
    }
}

impl Vdir {
    fn create(
        &mut self,
        request: &Request<OutlookX3>,
        record: &Record,
    ) -> Result<Option<Record>, Failure> {
        let (folder, extension, skeleton) = match record {
            Record::Contact(one) => (&one.folder, "vcf", CARD),
            Record::Task(one) => (&one.folder, "ics", TODO),
            Record::Appointment(one) => (&one.folder, "ics", EVENT),
            _ => return Err(refused("the mailbox holds no such record")),
        };
        let folder = if folder.is_empty() {
            Self::collection(request.kind)
        } else {
            folder
        };
        if folder.starts_with('.') || folder.contains(['/', '\\', '\0']) {
            return Err(refused("the folder is no collection of the mailbox"));
        }
        let key = request.idempotency_key.clone().unwrap_or_else(|| {
            format!(
                "{}:{}",
                request.now.to_rfc3339(),
                serde_json::to_string(record).unwrap_or_default()
            )
        });
        let name = format!("{:032x}", hash(key.as_bytes()));
        let id = format!("{folder}/{name}.{extension}");
        let path = self.root.join(folder).join(format!("{name}.{extension}"));
        if path.exists() {
            // Asked for before, and made: the answer was lost.
            let (bytes, modified) = self.read_file(&path).map_err(Failure::Refused)?;
            self.seen.insert(id.clone(), hash(&bytes));
            let reason = |reason| Failure::Refused(format!("the file {reason}"));
            return self.item(bytes, &id, modified).map(Some).map_err(reason);
        }
        let meeting = match record {
            Record::Appointment(one) => one.meeting_id.clone(),
            _ => None,
        };
        let uid: String = meeting
            .unwrap_or(name)
            .chars()
            .filter(|letter| !letter.is_control())
            .collect();
        let text = skeleton
            .replace("{uid}", &uid)
            .replace("{now}", &time::stamp_text(request.now));
        let doc = Doc::new(text.replace('\n', "\r\n").into_bytes());
        let item = Item::find(&doc).map_err(Failure::Refused)?;
        let before = item.read(&doc, &id, request.now, &self.options)?;
        let bytes = self.edit(&doc, item, (&before, record), request.now)?;
        fs::create_dir_all(self.root.join(folder))?;
        self.store(&id, bytes, request.now).map(Some)
    }

    fn change(
        &mut self,
        id: &str,
        now: Instant,
        change: &Change<'_>,
    ) -> Result<Option<Record>, Failure> {
        let (doc, before) = self.current(id)?;
        let item =
            Item::find(&doc).map_err(|reason| Failure::Refused(format!("the file {reason}")))?;
        let wanted = change
            .apply(&before)
            .ok_or_else(|| refused("the change is for another kind of item"))?;
        let bytes = self.edit(&doc, item, (&before, &wanted), now)?;
        if bytes == doc.bytes() {
            return Ok(Some(before));
        }
        let after = self
            .item(bytes.clone(), id, now)
            .map_err(Failure::Refused)?;
        // What is written must change what was asked for, and nothing else that the engine can see.
        if change.apply(&after).map(undated) != Some(undated(wanted)) {
            return Err(refused(
                "the file cannot hold this change without changing something else",
            ));
        }
        self.store(id, bytes, now).map(Some)
    }

    fn delete(&mut self, id: &str) -> Result<Option<Record>, Failure> {
        let path = self.path(id)?;
        let bytes = self.unchanged(id, &path)?.0;
        drop(bytes);
        fs::remove_file(path)?;
        self.seen.remove(id);
        Ok(None)
    }

    /// The path of an item that was listed.
    fn path(&self, id: &str) -> Result<PathBuf, Failure> {
        let plain =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
        if id.split('/').all(plain) && id.split('/').count() <= 2 {
            Ok(self.root.join(id))
        } else {
            Err(refused("the id is none of this mailbox"))
        }
    }

    /// A file's content, if it is still what was listed.
    fn unchanged(&self, id: &str, path: &Path) -> Result<(Vec<u8>, Instant), Failure> {
        if !path.exists() {
            return Err(Failure::Stale);
        }
        let (bytes, modified) = self
            .read_file(path)
            .map_err(|reason| Failure::Refused(format!("the file {reason}")))?;
        match self.seen.get(id) {
            Some(seen) if *seen == hash(&bytes) => Ok((bytes, modified)),
            Some(_) | None => Err(Failure::Stale),
        }
    }

    fn current(&self, id: &str) -> Result<(Doc, Record), Failure> {
        let path = self.path(id)?;
        let (bytes, modified) = self.unchanged(id, &path)?;
        let record = self
            .item(bytes.clone(), id, modified)
            .map_err(|reason| Failure::Refused(format!("the file {reason}")))?;
        Ok((Doc::new(bytes), record))
    }

    /// The bytes of a file whose item goes from one state to another.
    fn edit(
        &self,
        doc: &Doc,
        item: Item,
        (before, wanted): (&Record, &Record),
        now: Instant,
    ) -> Result<Vec<u8>, Failure> {
        let mut edit = Edit::new(doc, item.component, item.dialect(doc));
        match (before, wanted) {
            (Record::Contact(before), Record::Contact(wanted)) => {
                contact::write(&mut edit, before, wanted);
            }
            (Record::Task(before), Record::Task(wanted)) => {
                task::write(&mut edit, before, wanted, (self.options.time_zone, now))?;
            }
            (Record::Appointment(before), Record::Appointment(wanted)) => {
                event::write(&mut edit, before, wanted, &self.options)?;
            }
            _ => return Err(refused("the change is for another kind of item")),
        }
        if edit.is_empty() {
            return Ok(doc.bytes().to_vec());
        }
        let stamp = item.stamp();
        if edit.first(stamp).is_some() {
            edit.set_plain(stamp, Some(format!("{stamp}:{}", time::stamp_text(now))));
        }
        edit.render()
            .map_err(|_| refused("the file's character set cannot hold the text"))
    }

    /// Puts a file in place as a whole, dated `now`, and reads back what it holds.
    fn store(&mut self, id: &str, bytes: Vec<u8>, now: Instant) -> Result<Record, Failure> {
        let path = self.path(id)?;
        replace(&path, &bytes, now)?;
        let (bytes, modified) = self.read_file(&path).map_err(Failure::Refused)?;
        self.seen.insert(id.to_owned(), hash(&bytes));
        self.item(bytes, id, modified)
            .map_err(|reason| Failure::Refused(format!("the file {reason}")))
    }
}

/// A record without its modification stamp.
fn undated(record: Record) -> Record {
    match record {
        Record::Contact(mut one) => {
            one.modified = Contact::default().modified;
            Record::Contact(one)
        }
        Record::Task(mut one) => {
            one.modified = Task::default().modified;
            Record::Task(one)
        }
        Record::Appointment(mut one) => {
            one.modified = Appointment::default().modified;
            Record::Appointment(one)
        }
        other => other,
    }
}

/// Writes a file beside the old one and puts it in its place, so that nobody ever sees half of it.
fn replace(path: &Path, bytes: &[u8], now: Instant) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.tmp"));
    let result = (|| {
        let mut file = fs::File::create(&beside)?;
        file.write_all(bytes)?;
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.set_modified(SystemTime::from(now))?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    if result.is_err() {
        let _ = fs::remove_file(&beside);
    }
    result
}

const CARD: &str = "BEGIN:VCARD
VERSION:3.0
PRODID:-//counterpart//mailbox//EN
UID:{uid}
N:;;;;
FN:
REV:{now}
END:VCARD
";

const TODO: &str = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//counterpart//mailbox//EN
BEGIN:VTODO
UID:{uid}
DTSTAMP:{now}
CREATED:{now}
LAST-MODIFIED:{now}
END:VTODO
END:VCALENDAR
";

/// An event must begin some time; a record without a start gets the time of its creation.
const EVENT: &str = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//counterpart//mailbox//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:{now}
CREATED:{now}
LAST-MODIFIED:{now}
DTSTART:{now}
END:VEVENT
END:VCALENDAR
";
