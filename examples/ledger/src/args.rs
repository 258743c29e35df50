//! The command line.

use std::path::PathBuf;

use clap::Parser;
use counterpart::plan::Approval;
use counterpart::profiles::sage100::Request;
use counterpart::report::Language;
use groundwork::args::{approval, language};

/// Keeps a base of Sage 100 Gestion Commerciale and a Sage 100c CRM in step, each in one SQLite file.
///
/// Without files, works on a seeded ERP and CRM in ./counterpart-ledger, which are made at the first run and kept for
/// the next ones.
#[derive(Debug, Parser)]
#[command(version, about)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Args {
    /// The ERP's SQLite file.
    #[arg(long, value_name = "FILE", requires = "crm")]
    pub(crate) erp: Option<PathBuf>,
    /// The CRM's SQLite file.
    #[arg(long, value_name = "FILE", requires = "erp")]
    pub(crate) crm: Option<PathBuf>,
    /// Ask for something before the run: create-account=COM1, link=COM1,CODE, reassign=COM1,COM2, unlink=COM1,
    /// quarantine=COM1, reactivate=COM1, update-account=COM1, update-company=COM1, create-company=ACCOUNT,
    /// create-companies, delete-free-fields, refresh-turnover, resync-all, send-all. May be given several times.
    #[arg(long, value_name = "REQUEST", value_parser = request)]
    pub(crate) ask: Vec<Request>,
    /// List only what was modified or removed since the last run. What users ask for needs everything listed.
    #[arg(long, conflicts_with_all = ["ask", "tour", "errors", "anomalies", "explain"])]
    pub(crate) changes: bool,
    /// The language of what is printed: en or fr.
    #[arg(long, value_name = "CODE", default_value = "en", value_parser = language)]
    pub(crate) lang: Language,
    /// Play a tour of what a host can show, on a fresh ERP and CRM in ./counterpart-ledger/tour.
    #[arg(long, conflicts_with_all = ["erp", "ask", "json", "dry_run", "errors", "anomalies", "explain"])]
    pub(crate) tour: bool,
    /// Show the plan, write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Execute the deletions that were held back.
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Execute held operations of the plan with this hash, by their numbers; void when the plan has changed.
    #[arg(long, value_name = "PLAN:OP,OP", value_parser = approval, conflicts_with = "confirm")]
    pub(crate) approve: Option<Approval>,
    /// List the records that are in error, and why.
    #[arg(long, group = "question")]
    pub(crate) errors: bool,
    /// List the open anomalies.
    #[arg(long, group = "question")]
    pub(crate) anomalies: bool,
    /// Explain an account or contact of the ERP (CLEFEBV01, CLEFEBV01#K1), or a company, address or contact of the CRM
    /// (COM30, ADR30, CON30).
    #[arg(long, value_name = "KEY", group = "question")]
    pub(crate) explain: Option<String>,
    /// Keep the state of the last run in the CRM's file instead of in one beside it.
    #[arg(long)]
    pub(crate) state_in_crm: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A request: its name, and what it is about.
fn request(text: &str) -> Result<Request, String> {
    let (name, what) = text.split_once('=').unwrap_or((text, ""));
    let one = |make: fn(String) -> Request| {
        Some(what).filter(|what| !what.is_empty()).map(|what| make(what.to_owned()))
    };
    let two = |make: fn(String, String) -> Request| {
        let (first, second) = what.split_once(',')?;
        let whole = !first.is_empty() && !second.is_empty();
        whole.then(|| make(first.to_owned(), second.to_owned()))
    };
    let none = |request: Request| Some(request).filter(|_| what.is_empty());
    let request = match name {
        "create-account" => one(Request::CreateAccount),
        "create-companies" => none(Request::CreateCompanies),
        "create-company" => one(Request::CreateCompany),
        "delete-free-fields" => none(Request::DeleteFreeFields),
        "link" => two(|company, account| Request::Link { company, account }),
        "quarantine" => one(Request::Quarantine),
        "reactivate" => one(Request::Reactivate),
        "reassign" => two(|from, to| Request::Reassign { from, to }),
        "refresh-turnover" => none(Request::RefreshTurnover),
        "resync-all" => none(Request::ResyncAll),
        "send-all" => none(Request::SendAll),
        "unlink" => one(Request::Unlink),
        "update-account" => one(Request::UpdateAccount),
        "update-company" => one(Request::UpdateCompany),
        _ => return Err("there is no such request; --help names them".to_owned()),
    };
    request.ok_or_else(|| "what it is about is missing or too much; --help shows it".to_owned())
}
