//! Keeps a base of Sage 100 Gestion Commerciale and a Sage 100c CRM in step, each in one SQLite file.
//!
//! Without arguments it works on a seeded ERP and CRM of its own in `./counterpart-ledger`.

#![forbid(unsafe_code)]

mod args;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use counterpart::profiles::sage100::RunOptions;
use groundwork::one_line;
use groundwork::terminal::{end, now};
use groundwork::told::{Told, json, text};
use ledger::integration::Integration;
use ledger::run::{Order, run};
use ledger::seed::Size;
use ledger::tour::Tour;
use ledger::{ask, demo};

use args::Args;

/// Where the demonstration lies.
const DEMO: &str = "counterpart-ledger";

fn main() -> ExitCode {
    end("ledger", work(&Args::parse()))
}

/// Does what is asked, and says what to print, and whether a run stopped before its end.
fn work(args: &Args) -> Result<(String, bool), String> {
    if args.tour {
        let steps = Tour::begin(&Path::new(DEMO).join("tour"), args.lang)?.play()?;
        return Ok((steps.join("\n") + "\n", false));
    }
    let integration = integration(args)?;
    let mut told = Told::new(args.lang);
    if args.errors {
        ask::errors(&integration, &mut told)?;
    } else if args.anomalies {
        ask::anomalies(&integration, &mut told)?;
    } else if let Some(key) = &args.explain {
        ask::explain(&integration, key, now(), &mut told)?;
    } else {
        run(&integration, &order(args), &mut told)?;
    }
    let failed = told.failed;
    let all = vec![told];
    Ok((if args.json { json(all)? } else { text(all) }, failed))
}

fn order(args: &Args) -> Order {
    Order {
        dry_run: args.dry_run,
        options: RunOptions { confirm: args.confirm, ..RunOptions::at(now()) },
        requests: args.ask.clone(),
        approval: args.approve.clone(),
    }
}

/// The integration that is meant: the one of the arguments, or the demonstration's.
fn integration(args: &Args) -> Result<Integration, String> {
    let mut integration = match (&args.erp, &args.crm) {
        (Some(erp), Some(crm)) => {
            Integration { erp: erp.clone(), crm: crm.clone(), state_in_crm: false, changes: false }
        }
        _ => demo::prepare(Path::new(DEMO), Size::DEMONSTRATION).map_err(one_line)?,
    };
    integration.state_in_crm = args.state_in_crm;
    integration.changes = args.changes;
    Ok(integration)
}
