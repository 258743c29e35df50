//! Two mailboxes and a CRM to try things out with, and what a mailbox is called.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use groundwork::database::{FileError, made_whole};
use include_dir::{Dir, include_dir};
use siphasher::sip::SipHasher13;
use std::hash::Hasher as _;
use thiserror::Error;

use crate::crm::Crm;
use crate::desk::Desk;
use crate::vdir::Options;

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample");
static COLLEAGUE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample-weber");

/// The date of the copied files: 2026-01-13T07:00:00Z. A fixed one makes every first run the same.
const COPIED: Duration = Duration::from_secs(1_768_287_600);

/// A person of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The e-mail address of the mailbox.
    pub email: &'static str,
    /// The user code.
    pub user: &'static str,
    /// The code of the representative.
    pub representative: &'static str,
}

/// Whose mailbox the first sample is.
pub const CLAIRE: Person =
    Person { email: "claire.morel@example.com", user: "CMOREL", representative: "REP01" };
/// Whose mailbox the second one is.
pub const JONAS: Person =
    Person { email: "jonas.weber@example.com", user: "JWEBER", representative: "REP02" };
/// The name of the CRM folder.
pub const FOLDER: &str = "SEED";

/// The demonstration could not be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The CRM could not be made or opened.
    #[error(transparent)]
    Crm(#[from] FileError),
    /// The sample could not be copied.
    #[error("{} cannot be written: {}", file.display(), error.kind())]
    Io {
        /// Where to.
        file: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

/// The id of Claire's mailbox.
pub const STORE: &str = "sample";
/// The id of Jonas's mailbox.
pub const COLLEAGUE_STORE: &str = "sample-weber";
/// The file that holds a mailbox's id.
const ID: &str = ".counterpart-id";

/// Where a demonstration lies.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Claire's mailbox.
    pub mailbox: PathBuf,
    /// Jonas's mailbox.
    pub colleague: PathBuf,
    /// The CRM that both work on.
    pub crm: PathBuf,
}

impl Demo {
    /// Copies the sample mailboxes and seeds a CRM, where they are not there already: a second run goes on
    /// with what the first one left.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub fn prepare(directory: &Path) -> Result<Self, DemoError> {
        let io = |file: &Path| {
            let file = file.to_owned();
            move |error| DemoError::Io { file, error }
        };
        let demo = Self {
            mailbox: directory.join("mailbox"),
            colleague: directory.join("mailbox-weber"),
            crm: directory.join("crm.sqlite"),
        };
        let mailboxes =
            [(&demo.mailbox, &SAMPLE, STORE), (&demo.colleague, &COLLEAGUE, COLLEAGUE_STORE)];
        for (mailbox, sample, id) in mailboxes.into_iter().filter(|one| !one.0.exists()) {
            // Under another name first: a copy that was broken off is not taken for a mailbox.
            let half = directory.join(".mailbox.tmp");
            if half.exists() {
                fs::remove_dir_all(&half).map_err(io(&half))?;
            }
            fs::create_dir_all(&half).map_err(io(&half))?;
            copy(sample, &half).map_err(io(&half))?;
            fs::write(half.join(ID), format!("{id}\n")).map_err(io(&half))?;
            fs::rename(&half, mailbox).map_err(io(mailbox))?;
        }
        made_whole(&demo.crm, |half| Crm::create(half, FOLDER)?.seed())?;
        Ok(demo)
    }

    /// Both persons at their desks, Claire first.
    pub fn desks(&self) -> [Desk; 2] {
        let desk = |person: Person, mailbox: &Path| Desk {
            mailbox: mailbox.to_owned(),
            crm: self.crm.clone(),
            user: person.user.to_owned(),
            representative: person.representative.to_owned(),
            options: Options { owner_email: Some(person.email.to_owned()), ..Options::default() },
            state_in_crm: false,
        };
        [desk(CLAIRE, &self.mailbox), desk(JONAS, &self.colleague)]
    }
}

fn copy(from: &Dir<'_>, to: &Path) -> io::Result<()> {
    for directory in from.dirs() {
        fs::create_dir_all(to.join(directory.path()))?;
        copy(directory, to)?;
    }
    for file in from.files() {
        let path = to.join(file.path());
        fs::write(&path, file.contents())?;
        let written = fs::File::options().write(true).open(&path)?;
        written.set_modified(SystemTime::UNIX_EPOCH + COPIED)?;
    }
    Ok(())
}

/// The id of a mailbox: what its file `.counterpart-id` says, else one made of where it lies. With `keep`, that
/// is written down, so that the mailbox stays the same when it moves.
///
/// # Errors
/// The directory cannot be read, or the file cannot be written.
pub fn store_id(mailbox: &Path, keep: bool) -> io::Result<String> {
    let file = mailbox.join(ID);
    match fs::read_to_string(&file) {
        Ok(id) if !id.trim().is_empty() => return Ok(id.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let place = fs::canonicalize(mailbox)?;
    let mut hasher = SipHasher13::new();
    hasher.write(place.as_os_str().as_encoded_bytes());
    let id = format!("vdir-{:016x}", hasher.finish());
    if keep {
        fs::write(&file, format!("{id}\n"))?;
    }
    Ok(id)
}
