//! One run: from two listings to what is reported.

use chrono::{DateTime, Utc};
use mailbox::crm::Crm;
use mailbox::vdir::{Listed, Vdir};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The X3 user code.
    pub(crate) user: String,
    /// The user's representative.
    pub(crate) representative: String,
    /// Plan only; write nothing.
    #[expect(dead_code, reason = "planning needs it")]
    pub(crate) dry_run: bool,
    /// Everything of the CRM again, whatever the state says.
    #[expect(dead_code, reason = "planning needs it")]
    pub(crate) force_crm: bool,
    /// Everything of the mailbox that changed since then again.
    #[expect(dead_code, reason = "planning needs it")]
    pub(crate) force_store: Option<DateTime<Utc>>,
    /// Execute what a guard held back.
    #[expect(dead_code, reason = "planning needs it")]
    pub(crate) confirm: bool,
    /// Where the state of the last run is kept.
    #[expect(dead_code, reason = "planning needs it")]
    pub(crate) state: PathBuf,
    /// The run's "now".
    pub(crate) now: DateTime<Utc>,
}

/// Both sides, opened and listed.
#[derive(Debug)]
pub(crate) struct Sides {
    /// The mailbox.
    #[expect(dead_code, reason = "the execution of a plan writes to it")]
    pub(crate) mailbox: Vdir,
    /// What it holds.
    pub(crate) store: Listed,
    /// The CRM.
    #[expect(dead_code, reason = "the execution of a plan writes to it")]
    pub(crate) crm: Crm,
    /// What it holds.
    pub(crate) records: counterpart::profiles::outlook_x3::Crm,
}

/// What a run says about itself: lines for a person, and the same as JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// For a person.
    pub(crate) lines: Vec<String>,
    /// For a program.
    pub(crate) json: Value,
}

/// Lists both sides.
pub(crate) fn run(settings: &Settings, sides: &Sides) -> Said {
    let (store, crm) = (&sides.store.store, &sides.records);
    let problems = sides.store.problems.iter();
    let mut lines = vec![
        format!(
            "mailbox {}: {} contacts, {} tasks, {} appointments, {} files left out",
            store.id,
            store.contacts.len(),
            store.tasks.len(),
            store.appointments.len(),
            sides.store.problems.len(),
        ),
        format!(
            "crm {}: {} partners, {} representatives, {} correspondents, {} tasks, {} calls, {} appointments",
            crm.folder,
            crm.partners.len(),
            crm.representatives.len(),
            crm.correspondents.len(),
            crm.tasks.len(),
            crm.calls.len(),
            crm.appointments.len(),
        ),
    ];
    lines.extend(
        problems
            .clone()
            .map(|one| format!("left out: {} {}", one.file, one.reason)),
    );
    let problems: Vec<Value> = problems
        .map(|one| json!({ "file": one.file, "reason": one.reason }))
        .collect();
    let json = json!({
        "now": settings.now.to_rfc3339(),
        "user": settings.user,
        "representative": settings.representative,
        "store": {
            "id": store.id,
            "contacts": store.contacts.len(),
            "tasks": store.tasks.len(),
            "appointments": store.appointments.len(),
            "problems": problems,
        },
        "crm": {
            "folder": crm.folder,
            "partners": crm.partners.len(),
            "representatives": crm.representatives.len(),
            "interlocutors": crm.interlocutors.len(),
            "correspondents": crm.correspondents.len(),
            "tasks": crm.tasks.len(),
            "calls": crm.calls.len(),
            "appointments": crm.appointments.len(),
        },
    });
    Said { lines, json }
}
