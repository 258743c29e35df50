//! A mailbox and a CRM to try things out with, and what a mailbox is called.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use include_dir::{Dir, include_dir};
use siphasher::sip::SipHasher13;
use std::hash::Hasher as _;
use thiserror::Error;

use crate::crm::{Crm, CrmError};

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample");

/// The date of the copied files: 2026-01-13T07:00:00Z. A fixed one makes every first run the same.
const COPIED: Duration = Duration::from_secs(1_768_287_600);

/// Whose mailbox the sample is.
pub const OWNER_EMAIL: &str = "claire.morel@example.com";
/// The user code of its owner.
pub const USER: &str = "CMOREL";
/// The representative its owner is.
pub const REPRESENTATIVE: &str = "REP01";
/// The name of the CRM folder.
pub const FOLDER: &str = "SEED";

/// The demonstration could not be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The CRM could not be made or opened.
    #[error(transparent)]
    Crm(#[from] CrmError),
    /// The sample could not be copied.
    #[error("{} cannot be written: {}", file.display(), error.kind())]
    Io {
        /// Where to.
        file: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

/// The id of the sample mailbox.
pub const STORE: &str = "sample";
/// The file that holds a mailbox's id.
const ID: &str = ".counterpart-id";

/// Where a demonstration lies.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The mailbox.
    pub mailbox: PathBuf,
    /// The CRM.
    pub crm: PathBuf,
}

impl Demo {
    /// Copies the sample mailbox and seeds a CRM, where they are not there already: a second run goes on
    /// with what the first one left.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub fn prepare(directory: &Path) -> Result<Self, DemoError> {
        let io = |file: &Path| {
            let file = file.to_owned();
            move |error| DemoError::Io { file, error }
        };
        let demo = Self { mailbox: directory.join("mailbox"), crm: directory.join("crm.sqlite") };
        if !demo.mailbox.exists() {
            // Under another name first: a copy that was broken off is not taken for a mailbox.
            let half = directory.join(".mailbox.tmp");
            if half.exists() {
                fs::remove_dir_all(&half).map_err(io(&half))?;
            }
            fs::create_dir_all(&half).map_err(io(&half))?;
            copy(&SAMPLE, &half).map_err(io(&half))?;
            fs::write(half.join(ID), format!("{STORE}\n")).map_err(io(&half))?;
            fs::rename(&half, &demo.mailbox).map_err(io(&demo.mailbox))?;
        }
        if !demo.crm.exists() {
            let half = directory.join(".crm.tmp");
            if half.exists() {
                fs::remove_file(&half).map_err(io(&half))?;
            }
            let mut crm = Crm::create(&half, FOLDER)?;
            crm.seed()?;
            drop(crm);
            fs::rename(&half, &demo.crm).map_err(io(&demo.crm))?;
        }
        Ok(demo)
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
