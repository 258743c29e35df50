//! A mailbox in a *vdir*: one directory per collection, one vCard or iCalendar file per item.
//!
//! Reading never stops at a bad file: what cannot be listed is a [`Problem`]. Writing changes single lines
//! of a file; all others stay as they are, byte for byte.

mod common;
mod contact;
mod edit;
mod event;
mod item;
mod lines;
mod task;
mod time;
mod value;
mod write;
mod zone;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::DateTime;
use chrono_tz::Tz;
use counterpart::model::Instant;
use counterpart::profiles::outlook_x3::{Kind, Store, StoreKind};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::hash::Hasher as _;

use item::{Item, Own};
use lines::Doc;

/// The collection of new contacts.
pub const CONTACTS: &str = "contacts";
/// The collection of new tasks.
pub const TASKS: &str = "tasks";
/// The collection of new calendar items.
pub const CALENDAR: &str = "calendar";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 32 << 20;

/// What the files do not say by themselves.
#[derive(Clone)]
pub struct Options {
    /// The e-mail address of the mailbox's owner: his own meetings are those he organises.
    pub owner_email: Option<String>,
    /// Whether a meeting is the owner's own where its organiser or his address is not known.
    pub own_unless_known: bool,
    /// The time zone of the CRM folder, in whose wall-clock times the engine thinks.
    pub time_zone: Tz,
}

impl fmt::Debug for Options {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Options").field("time_zone", &self.time_zone).finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { owner_email: None, own_unless_known: false, time_zone: Tz::UTC }
    }
}

/// A file that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its path below the mailbox.
    pub file: String,
    /// Why, as the rest of a sentence that begins with the file.
    pub reason: String,
}

/// What a mailbox holds.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Its items, sorted by id.
    pub store: Store,
    /// The files that could not be listed, sorted by name.
    pub problems: Vec<Problem>,
}

/// A mailbox in a directory.
#[derive(Debug)]
pub struct Vdir {
    root: PathBuf,
    store_id: String,
    options: Options,
    /// What each file held when it was last read or written here.
    seen: BTreeMap<String, u128>,
}

impl Vdir {
    /// Opens a mailbox.
    ///
    /// # Errors
    /// The directory does not exist or cannot be read.
    pub fn open(
        root: impl Into<PathBuf>,
        store_id: impl Into<String>,
        options: Options,
    ) -> io::Result<Self> {
        let root = root.into();
        fs::read_dir(&root)?;
        Ok(Self { root, store_id: store_id.into(), options, seen: BTreeMap::new() })
    }

    /// The collection that new items of a kind go to.
    pub const fn collection(kind: Kind) -> &'static str {
        match kind {
            Kind::Task | Kind::Call => TASKS,
            Kind::Appointment => CALENDAR,
            Kind::Contact | _ => CONTACTS,
        }
    }

    /// The names of its collections, sorted.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn collections(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = entries(&self.root)?
            .into_iter()
            .filter(|(_, path)| path.is_dir())
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }

    /// Lists every item.
    ///
    /// # Errors
    /// The directory itself cannot be read. A file that cannot be read is a problem, not an error.
    pub fn list(&mut self) -> io::Result<Listed> {
        self.list_with(|_, _| ())
    }

    /// Lists every item, and tells after each file how many of how many are read.
    ///
    /// # Errors
    /// As with [`Vdir::list`].
    pub fn list_with(&mut self, mut progress: impl FnMut(usize, usize)) -> io::Result<Listed> {
        let mut listed = Listed {
            store: Store::new(self.store_id.clone(), StoreKind::Local),
            problems: Vec::new(),
        };
        self.seen.clear();
        let files = self.files(&mut listed.problems)?;
        let all = files.len();
        for (done, (id, path)) in (1..).zip(files) {
            progress(done, all);
            match Self::read_file(&path) {
                Ok((bytes, modified)) => {
                    self.seen.insert(id.clone(), hash(&bytes));
                    match self.item(bytes, &id, modified) {
                        Ok(Own::Contact(one)) => listed.store.contacts.push(*one),
                        Ok(Own::Task(one)) => listed.store.tasks.push(*one),
                        Ok(Own::Appointment(one)) => listed.store.appointments.push(*one),
                        Err(reason) => listed.problems.push(Problem { file: id, reason }),
                    }
                }
                Err(reason) => listed.problems.push(Problem { file: id, reason }),
            }
        }
        listed.problems.sort_by(|one, other| one.file.cmp(&other.file));
        Ok(listed)
    }

    /// Every file of an item, sorted by id.
    fn files(&self, problems: &mut Vec<Problem>) -> io::Result<Vec<(String, PathBuf)>> {
        let mut files = Vec::new();
        for (name, path) in entries(&self.root)? {
            let shown = name.to_string_lossy().into_owned();
            if !path.is_dir() {
                keep_item(&mut files, problems, (shown, path), name.to_str().is_some());
                continue;
            }
            match entries(&path) {
                Ok(inside) => {
                    for (file, path) in inside.into_iter().filter(|(_, path)| !path.is_dir()) {
                        let readable = name.to_str().is_some() && file.to_str().is_some();
                        let id = format!("{shown}/{}", file.to_string_lossy());
                        keep_item(&mut files, problems, (id, path), readable);
                    }
                }
                Err(error) => {
                    problems.push(Problem {
                        file: shown,
                        reason: format!("cannot be read: {}", error.kind()),
                    });
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn read_file(path: &Path) -> Result<(Vec<u8>, Instant), String> {
        let refuse = |error: io::Error| format!("cannot be read: {}", error.kind());
        let file = fs::File::open(path).map_err(refuse)?;
        let about = file.metadata().map_err(refuse)?;
        if about.len() > LARGEST {
            return Err("is larger than 32 MB".to_owned());
        }
        let mut bytes = Vec::new();
        // The file may grow while it is read.
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(refuse)?;
        if bytes.len() as u64 > LARGEST {
            return Err("is larger than 32 MB".to_owned());
        }
        let modified = about.modified().map_err(refuse)?;
        Ok((bytes, instant(modified)))
    }

    fn item(&self, bytes: Vec<u8>, id: &str, modified: Instant) -> Result<Own, String> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err("is UTF-16; a vdir file is UTF-8".to_owned());
        }
        let doc = Doc::new(bytes);
        let item = Item::find(&doc)?;
        item.read(&doc, id, modified, &self.options).map_err(|bad| bad.0)
    }
}

/// The entries of a directory that are not hidden.
fn entries(path: &Path) -> io::Result<Vec<(std::ffi::OsString, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

fn keep_item(
    files: &mut Vec<(String, PathBuf)>,
    problems: &mut Vec<Problem>,
    (id, path): (String, PathBuf),
    readable: bool,
) {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    if extension != "vcf" && extension != "ics" {
        return;
    }
    if readable {
        files.push((id, path));
    } else {
        problems.push(Problem { file: id, reason: "has a name that is not UTF-8".to_owned() });
    }
}

/// A file's time in whole seconds; one before 1970 or beyond all calendars counts as 1970.
fn instant(time: SystemTime) -> Instant {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map(|since| since.as_secs());
    let seconds = seconds.ok().and_then(|seconds| i64::try_from(seconds).ok());
    seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default()
}

fn hash(bytes: &[u8]) -> u128 {
    let mut hasher = SipHasher13::new();
    hasher.write(bytes);
    hasher.finish128().as_u128()
}
