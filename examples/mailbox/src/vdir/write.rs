//! Writing to the mailbox.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use counterpart::host::{Adapter, Request, Response};
use counterpart::model::Instant;
use counterpart::model::record::Patch as _;
use counterpart::plan::Action;
use counterpart::profiles::outlook_x3::{OutlookX3, Record, RecordPatch};

use super::edit::Edit;
use super::item::{Item, Own};
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
        refused(format_args!("cannot be written: {}", error.kind()))
    }
}

impl From<BadTime> for Failure {
    fn from(bad: BadTime) -> Self {
        refused(bad.0)
    }
}

impl Adapter<OutlookX3> for Vdir {
    fn write(&mut self, request: &Request<OutlookX3>) -> Response<OutlookX3> {
        let done = match (&request.action, &request.id) {
            (Action::Create(record), _) => self.create(request, record),
            (Action::Update(patch), Some(id)) => self.change(id, request, &Change::Patch(patch)),
            (Action::Stamp(key), Some(id)) => {
                self.change(id, request, &Change::Chrono(key.as_deref()))
            }
            (Action::Delete, Some(id)) => self.delete(id, request),
            (Action::Unassign(_), _) => Err(refused("is assigned to nobody")),
            (_, None) => Err(refused("is not named")),
            (_, Some(_)) => Err(refused("cannot take this operation")),
        };
        match done {
            Ok(Some(mut own)) => {
                let (id, _, modified) = own.key();
                let (id, modified) = (id.clone(), Some(*modified));
                Response::Done { id, stored: Some(own.into()), modified }
            }
            Ok(None) => {
                let id = request.id.clone().unwrap_or_default();
                Response::Done { id, stored: None, modified: None }
            }
            Err(Failure::Refused(message)) => Response::Refused { message, trace: None },
            Err(Failure::Stale) => Response::Stale,
        }
    }
}

/// A refusal; the reason is the rest of a sentence about the file.
fn refused(reason: impl std::fmt::Display) -> Failure {
    Failure::Refused(format!("the file {reason}"))
}

/// What an existing item gets.
enum Change<'a> {
    Patch(&'a RecordPatch),
    Chrono(Option<&'a str>),
}

impl Change<'_> {
    /// Writes the change into an item; `None` where it is one for another kind of item.
    fn apply(&self, own: &Own) -> Option<Own> {
        let mut own = own.clone();
        match (self, &mut own) {
            (Self::Chrono(key), own) => *own.chrono() = key.map(str::to_owned),
            (Self::Patch(RecordPatch::Contact(patch)), Own::Contact(one)) => {
                patch.clone().apply(one);
            }
            (Self::Patch(RecordPatch::Task(patch)), Own::Task(one)) => patch.clone().apply(one),
            (Self::Patch(RecordPatch::Appointment(patch)), Own::Appointment(one)) => {
                patch.clone().apply(one);
            }
            (Self::Patch(_), _) => return None,
        }
        Some(own)
    }
}

impl Vdir {
    fn create(
        &mut self,
        request: &Request<OutlookX3>,
        record: &Record,
    ) -> Result<Option<Own>, Failure> {
        let mut wanted = Own::of(record)
            .ok_or_else(|| refused("would hold a record that is none of a mailbox"))?;
        let (extension, skeleton) = match &wanted {
            Own::Appointment(_) => ("ics", EVENT),
            Own::Contact(_) => ("vcf", CARD),
            Own::Task(_) => ("ics", TODO),
        };
        let folder = wanted.key().1.clone();
        let folder =
            if folder.is_empty() { Self::collection(request.kind) } else { folder.as_str() };
        if folder.starts_with('.') || folder.contains(['/', '\\', '\0']) {
            return Err(refused("would lie in a folder that is no collection"));
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
        let path = self.path(&id)?;
        if path.exists() {
            // Asked for before, and made: the answer was lost.
            let (bytes, modified) = Self::read_file(&path).map_err(refused)?;
            self.seen.insert(id.clone(), hash(&bytes));
            return self.item(bytes, &id, modified).map(Some).map_err(refused);
        }
        let meeting = match &wanted {
            Own::Appointment(one) => one.meeting_id.clone(),
            Own::Contact(_) | Own::Task(_) => None,
        };
        let uid: String =
            meeting.unwrap_or(name).chars().filter(|letter| !letter.is_control()).collect();
        let text = skeleton.replace("{uid}", &uid).replace("{now}", &time::stamp_text(request.now));
        let doc = Doc::new(text.replace('\n', "\r\n").into_bytes());
        let item = Item::find(&doc).map_err(refused)?;
        let before = item.read(&doc, &id, request.now, &self.options)?;
        let bytes = self.edit(&doc, item, (&before, &wanted), request.now)?;
        fs::create_dir_all(self.root.join(folder))?;
        self.store(&id, &bytes, request.now).map(Some)
    }

    fn change(
        &mut self,
        id: &str,
        request: &Request<OutlookX3>,
        change: &Change<'_>,
    ) -> Result<Option<Own>, Failure> {
        let now = request.now;
        let (doc, item, before) = self.expected(id, request)?;
        let other = "holds another kind of item";
        let mut wanted = change.apply(&before).ok_or_else(|| refused(other))?;
        let bytes = self.edit(&doc, item, (&before, &wanted), now)?;
        if bytes == doc.bytes() {
            return Ok(Some(before));
        }
        // What is written must change what was asked for, and nothing else that the engine can see.
        let mut after = self.item(bytes.clone(), id, now).map_err(refused)?;
        *wanted.key().2 = *after.key().2;
        if change.apply(&after).as_ref() != Some(&wanted) {
            return Err(refused("cannot hold this change without changing something else"));
        }
        self.store(id, &bytes, now).map(Some)
    }

    fn delete(&mut self, id: &str, request: &Request<OutlookX3>) -> Result<Option<Own>, Failure> {
        self.expected(id, request)?;
        fs::remove_file(self.path(id)?)?;
        self.seen.remove(id);
        Ok(None)
    }

    /// The item of a file, if both are still what was listed and what the request expects: a file that was
    /// listed again since then is not what the plan was made from.
    fn expected(
        &self,
        id: &str,
        request: &Request<OutlookX3>,
    ) -> Result<(Doc, Item, Own), Failure> {
        let (bytes, modified) = self.unchanged(id, &self.path(id)?)?;
        let doc = Doc::new(bytes);
        let item = Item::find(&doc).map_err(refused)?;
        let mut own = item.read(&doc, id, modified, &self.options)?;
        let modified = *own.key().2;
        if request.expect.is_some_and(|expect| expect != modified) {
            return Err(Failure::Stale);
        }
        Ok((doc, item, own))
    }

    /// The path of an item that was listed.
    fn path(&self, id: &str) -> Result<PathBuf, Failure> {
        let plain =
            |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
        if id.split('/').all(plain) && id.split('/').count() <= 2 {
            Ok(self.root.join(id))
        } else {
            Err(refused("is none of this mailbox"))
        }
    }

    /// A file's content, if it is still what was listed.
    fn unchanged(&self, id: &str, path: &Path) -> Result<(Vec<u8>, Instant), Failure> {
        if !path.exists() {
            return Err(Failure::Stale);
        }
        let (bytes, modified) = Self::read_file(path)
            .map_err(|reason| Failure::Refused(format!("the file {reason}")))?;
        match self.seen.get(id) {
            Some(seen) if *seen == hash(&bytes) => Ok((bytes, modified)),
            Some(_) | None => Err(Failure::Stale),
        }
    }

    /// The bytes of a file whose item goes from one state to another.
    fn edit(
        &self,
        doc: &Doc,
        item: Item,
        (before, wanted): (&Own, &Own),
        now: Instant,
    ) -> Result<Vec<u8>, Failure> {
        let mut edit = Edit::new(doc, item.component, item.dialect(doc));
        match (before, wanted) {
            (Own::Contact(before), Own::Contact(wanted)) => {
                contact::write(&mut edit, before, wanted);
            }
            (Own::Task(before), Own::Task(wanted)) => {
                task::write(&mut edit, before, wanted, (self.options.time_zone, now))?;
            }
            (Own::Appointment(before), Own::Appointment(wanted)) => {
                event::write(&mut edit, before, wanted, &self.options)?;
            }
            _ => return Err(refused("holds another kind of item")),
        }
        if edit.is_empty() {
            return Ok(doc.bytes().to_vec());
        }
        let stamp = item.stamp();
        if edit.first(stamp).is_some() {
            edit.set_plain(stamp, Some(format!("{stamp}:{}", time::stamp_text(now))));
        }
        edit.render().map_err(|_| refused("has a character set that cannot hold the text"))
    }

    /// Puts a file in place as a whole, dated `now`, and reads back what it holds.
    fn store(&mut self, id: &str, bytes: &[u8], now: Instant) -> Result<Own, Failure> {
        let path = self.path(id)?;
        replace(&path, bytes, now)?;
        let (bytes, modified) = Self::read_file(&path).map_err(refused)?;
        self.seen.insert(id.to_owned(), hash(&bytes));
        self.item(bytes, id, modified).map_err(refused)
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
        fs::rename(&beside, path)?;
        // The new name is on the disk when its directory is; not every system can be asked for that.
        if let Some(directory) = path.parent().and_then(|parent| fs::File::open(parent).ok()) {
            let _ = directory.sync_all();
        }
        Ok(())
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
