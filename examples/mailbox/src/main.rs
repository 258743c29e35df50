//! Keeps a mailbox of vCard and iCalendar files and a CRM in one SQLite file in step.
//!
//! Without arguments it works on a sample of its own in `./counterpart-demo`.

#![forbid(unsafe_code)]

mod run;
mod tell;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, SubsecRound as _, Utc};
use chrono_tz::Tz;
use clap::Parser;
use counterpart::profiles::outlook_x3::RunOptions;
use indicatif::{ProgressBar, ProgressStyle};
use mailbox::crm::Crm;
use mailbox::demo::{self, Demo};
use mailbox::state::{JournalFile, StateTable};
use mailbox::vdir::{Options, Vdir};

use run::{Settings, Sides};

/// Where the demonstration lies.
const DEMO: &str = "counterpart-demo";

/// Keeps a mailbox directory of vCard and iCalendar files and a CRM in step.
///
/// Without a mailbox, works on a sample mailbox and a seeded CRM in ./counterpart-demo, which are made at the
/// first run and kept for the next ones.
#[derive(Parser)]
#[command(version, about)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Args {
    /// The mailbox: a directory with one directory per collection, one file per item.
    #[arg(value_name = "MAILBOX_DIR", requires_all = ["crm", "user", "representative"])]
    mailbox: Option<PathBuf>,
    /// The CRM's SQLite file.
    #[arg(long, value_name = "FILE", requires = "mailbox")]
    crm: Option<PathBuf>,
    /// The X3 user code.
    #[arg(long, value_name = "CODE")]
    user: Option<String>,
    /// The user's representative code.
    #[arg(long, value_name = "CODE")]
    representative: Option<String>,
    /// Show the plan, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Take everything of the CRM again.
    #[arg(long)]
    force_crm: bool,
    /// Take everything of the mailbox that changed since then again (2026-01-31T00:00:00Z).
    #[arg(long, value_name = "SINCE")]
    force_store: Option<DateTime<Utc>>,
    /// Execute the deletions that were held back.
    #[arg(long)]
    confirm: bool,
    /// Keep the state of the last run in the CRM's file instead of in one beside it.
    #[arg(long)]
    state_in_crm: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// The e-mail address of the mailbox's owner: meetings he organises are his own.
    #[arg(long, value_name = "ADDRESS")]
    owner_email: Option<String>,
    /// The time zone of the CRM folder.
    #[arg(long, value_name = "NAME", default_value = "UTC")]
    time_zone: Tz,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match work(&args) {
        Ok((text, failed)) => match io::stdout().write_all(text.as_bytes()) {
            Ok(()) if failed => ExitCode::FAILURE,
            Ok(()) => ExitCode::SUCCESS,
            // Nobody reads on: `mailbox | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "mailbox: {message}");
            ExitCode::from(2)
        }
    }
}

/// Opens and lists both sides, runs, and says what to print, and whether the run stopped before its end.
fn work(args: &Args) -> Result<(String, bool), String> {
    let demo = match (&args.mailbox, &args.crm) {
        (Some(mailbox), Some(crm)) => Demo { mailbox: mailbox.clone(), crm: crm.clone() },
        _ => Demo::prepare(Path::new(DEMO)).map_err(one_line)?,
    };
    let at_mailbox = |error: io::Error| format!("{}: {error}", demo.mailbox.display());
    let owner_email = args.owner_email.clone();
    let owner_email =
        owner_email.or_else(|| args.mailbox.is_none().then(|| demo::OWNER_EMAIL.to_owned()));
    let options = Options { owner_email, time_zone: args.time_zone, ..Options::default() };
    let id = demo::store_id(&demo.mailbox, !args.dry_run).map_err(at_mailbox)?;
    let mut mailbox = Vdir::open(&demo.mailbox, id, options).map_err(at_mailbox)?;
    let crm = Crm::open(&demo.crm).map_err(one_line)?;
    let bar = progress("reading the mailbox");
    let store = mailbox.list_with(|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let store = store.map_err(at_mailbox)?;
    let records = crm.list().map_err(one_line)?;
    let settings = Settings {
        user: args.user.clone().unwrap_or_else(|| demo::USER.to_owned()),
        representative: args
            .representative
            .clone()
            .unwrap_or_else(|| demo::REPRESENTATIVE.to_owned()),
        dry_run: args.dry_run,
        options: RunOptions {
            now: Utc::now().trunc_subsecs(0),
            confirm: args.confirm,
            force_crm: args.force_crm,
            force_store_since: args.force_store,
        },
    };
    let mut sides = Sides { mailbox, store, crm, records };
    let (bar, id) = (progress("writing"), sides.store.store.id.clone());
    let told = if args.state_in_crm {
        let mut states = StateTable::open(&demo.crm, &id).map_err(one_line)?;
        run::run(&settings, &mut sides, &mut states, &bar)?
    } else {
        let mut states = JournalFile::beside(&demo.crm, &id);
        run::run(&settings, &mut sides, &mut states, &bar)?
    };
    if args.json {
        let text = serde_json::to_string_pretty(&told.json).map_err(one_line)?;
        Ok((format!("{text}\n"), told.failed))
    } else {
        Ok((told.lines.join("\n") + "\n", told.failed))
    }
}

/// A bar on standard error, and none where that is no terminal.
fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}");
    ProgressBar::new(0)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

fn one_line(error: impl Display) -> String {
    error.to_string().replace('\n', " ")
}
