//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Parser;
use counterpart::plan::Approval;
use counterpart::profiles::outlook_x3::{ContactSelection, KeyRange, Selection};
use counterpart::report::Language;
use groundwork::args::{approval, language};

/// Keeps a mailbox directory of vCard and iCalendar files and a CRM in step.
///
/// Without a mailbox, works on two sample mailboxes and a seeded CRM in ./counterpart-demo, which are made at the
/// first run and kept for the next ones.
#[derive(Debug, Parser)]
#[command(version, about)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Args {
    /// The mailbox: a directory with one directory per collection, one file per item.
    #[arg(value_name = "MAILBOX_DIR", requires_all = ["crm", "user", "representative"])]
    pub(crate) mailbox: Option<PathBuf>,
    /// The CRM's SQLite file.
    #[arg(long, value_name = "FILE", requires = "mailbox")]
    pub(crate) crm: Option<PathBuf>,
    /// The X3 user code; without a mailbox, whose sample mailbox is meant: CMOREL or JWEBER.
    #[arg(long, value_name = "CODE")]
    pub(crate) user: Option<String>,
    /// The user's representative code.
    #[arg(long, value_name = "CODE")]
    pub(crate) representative: Option<String>,
    /// The language of what is printed: en or fr.
    #[arg(long, value_name = "CODE", default_value = "en", value_parser = language)]
    pub(crate) lang: Language,
    /// Play a tour of what a host can show, on fresh samples in ./counterpart-demo/tour.
    #[arg(long, conflicts_with_all = ["mailbox", "user", "representative", "json", "dry_run"])]
    pub(crate) tour: bool,
    /// Show the plan, write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take everything of the CRM again.
    #[arg(long)]
    pub(crate) force_crm: bool,
    /// Take some of the CRM's records again: contacts, tasks, calls or appointments, with keys (tasks=TSK1..TSK9).
    #[arg(long, value_name = "KIND[=FROM..TO]", value_parser = forced)]
    pub(crate) force: Vec<Forced>,
    /// Take everything of the mailbox that changed since then again (2026-01-31T00:00:00Z).
    #[arg(long, value_name = "SINCE")]
    pub(crate) force_store: Option<DateTime<Utc>>,
    /// Execute the deletions that were held back.
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Execute held operations of the plan with this hash, by their numbers; void when the plan has changed.
    #[arg(long, value_name = "PLAN:OP,OP", value_parser = approval, conflicts_with = "confirm")]
    pub(crate) approve: Option<Approval>,
    /// List the open anomalies.
    #[arg(long, group = "question")]
    pub(crate) anomalies: bool,
    /// Settle the open anomaly of this number by a value.
    #[arg(long, value_name = "NUMBER=VALUE", value_parser = settled, group = "question")]
    pub(crate) settle: Option<Settled>,
    /// Explain an item of the mailbox (contacts/one.vcf) or a record of the CRM (COR00000001).
    #[arg(long, value_name = "KEY", group = "question")]
    pub(crate) explain: Option<String>,
    /// Keep the state of the last run in the CRM's file instead of in one beside it.
    #[arg(long)]
    pub(crate) state_in_crm: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The e-mail address of the mailbox's owner: meetings he organises are his own.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) owner_email: Option<String>,
    /// The time zone of the CRM folder.
    #[arg(long, value_name = "NAME", default_value = "UTC")]
    pub(crate) time_zone: Tz,
}

impl Args {
    /// Which of the CRM's records are forced; of a kind that is named twice the last range.
    pub(crate) fn selection(&self) -> Selection {
        let mut selection = Selection::default();
        for Forced { kind, keys } in &self.force {
            let keys = keys.clone();
            match kind {
                ForcedKind::Appointments => selection.appointments = Some(keys),
                ForcedKind::Calls => selection.calls = Some(keys),
                ForcedKind::Contacts => {
                    selection.contacts = Some(ContactSelection { keys, ..Default::default() });
                }
                ForcedKind::Tasks => selection.tasks = Some(keys),
            }
        }
        selection
    }
}

#[derive(Clone, Copy, Debug)]
enum ForcedKind {
    Appointments,
    Calls,
    Contacts,
    Tasks,
}

/// Records to be taken again: a kind, and which keys of it.
#[derive(Clone, Debug)]
pub(crate) struct Forced {
    kind: ForcedKind,
    keys: KeyRange,
}

/// A value for an open anomaly.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    /// The number of the anomaly.
    pub(crate) number: usize,
    /// The value.
    pub(crate) value: String,
}

fn forced(text: &str) -> Result<Forced, String> {
    let (kind, keys) = text.split_once('=').unwrap_or((text, ".."));
    let kind = match kind {
        "appointments" => ForcedKind::Appointments,
        "calls" => ForcedKind::Calls,
        "contacts" => ForcedKind::Contacts,
        "tasks" => ForcedKind::Tasks,
        _ => return Err("contacts, tasks, calls or appointments".to_owned()),
    };
    // One key alone is a range of its own.
    let (from, to) = keys.split_once("..").unwrap_or((keys, keys));
    let end = |key: &str| Some(key.to_owned()).filter(|key| !key.is_empty());
    Ok(Forced { kind, keys: KeyRange { from: end(from), to: end(to) } })
}

fn settled(text: &str) -> Result<Settled, String> {
    let (number, value) = text.split_once('=').ok_or("a number, =, the value")?;
    let number = number.trim().parse().map_err(|_| "a number before the =")?;
    Ok(Settled { number, value: value.to_owned() })
}
