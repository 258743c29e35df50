//! Keeps a mailbox of vCard and iCalendar files and a CRM in one SQLite file in step.
//!
//! Without arguments it works on two sample mailboxes of its own in `./counterpart-demo`.

#![forbid(unsafe_code)]

mod args;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use counterpart::profiles::outlook_x3::RunOptions;
use groundwork::one_line;
use groundwork::terminal::{end, now};
use groundwork::told::{Told, json, text};
use mailbox::ask;
use mailbox::demo::Demo;
use mailbox::desk::Desk;
use mailbox::run::{Order, run};
use mailbox::tour::Tour;
use mailbox::vdir::Options;

use args::Args;

/// Where the demonstration lies.
const DEMO: &str = "counterpart-demo";
/// How often the mailboxes of the demonstration are gone through, until there is nothing to do.
const TURNS: usize = 3;

fn main() -> ExitCode {
    let args = Args::parse();
    end("mailbox", work(&args))
}

/// Does what is asked, and says what to print, and whether a run stopped before its end.
fn work(args: &Args) -> Result<(String, bool), String> {
    if args.tour {
        let steps = Tour::begin(&Path::new(DEMO).join("tour"), args.lang)?.play()?;
        return Ok((steps.join("\n") + "\n", false));
    }
    let desks = desks(args)?;
    if desks.len() > 1 && (args.settle.is_some() || args.approve.is_some()) {
        return Err(
            "--settle and --approve need --user: numbers and plans are one user's".to_owned()
        );
    }
    let mut all = Vec::new();
    for desk in &desks {
        all.push(one(args, desk, desks.len())?);
    }
    let unknown = all.iter().all(|told| told.json.get("explained").is_none());
    if let (Some(key), true) = (&args.explain, unknown) {
        return Err(format!("neither a mailbox nor the CRM knows {key}"));
    }
    // What one run wrote into the CRM may concern the mailboxes that had their turn before.
    let plain = args.settle.is_none() && args.explain.is_none() && !args.anomalies;
    let mut busy = plain && !args.dry_run && desks.len() > 1 && moved(&all);
    for _ in 1..TURNS {
        if !busy {
            break;
        }
        let mut turn = Vec::new();
        for desk in &desks {
            let mut told = Told::new(args.lang);
            run(desk, &Order::plain(RunOptions::at(now())), &mut told)?;
            turn.push(told);
        }
        busy = moved(&turn);
        all.extend(turn.into_iter().filter(|told| told.done > 0));
    }
    let failed = all.iter().any(|told| told.failed);
    Ok((if args.json { json(all)? } else { text(all) }, failed))
}

fn moved(all: &[Told]) -> bool {
    all.iter().any(|told| told.done > 0)
}

/// What is asked, for one user.
fn one(args: &Args, desk: &Desk, desks: usize) -> Result<Told, String> {
    let mut told = Told::new(args.lang);
    if let Some(settled) = &args.settle {
        ask::settle(desk, (settled.number, &settled.value), now(), &mut told)?;
    } else if let Some(key) = &args.explain {
        told.lines.push(format!("== {} ({})", desk.user, desk.representative));
        match ask::explain(desk, key, now(), &mut told) {
            Err(message) if desks > 1 => told.lines.push(message),
            done => done?,
        }
    } else if args.anomalies {
        told.lines.push(format!("== {} ({})", desk.user, desk.representative));
        ask::anomalies(desk, &mut told)?;
    } else {
        run(desk, &order(args), &mut told)?;
    }
    Ok(told)
}

fn order(args: &Args) -> Order {
    Order {
        dry_run: args.dry_run,
        options: RunOptions {
            now: now(),
            confirm: args.confirm,
            force_crm: args.force_crm,
            force_store_since: args.force_store,
        },
        selection: args.selection(),
        approval: args.approve.clone(),
    }
}

/// The desks that are meant: the one of the arguments, or of the demonstration those that they name.
fn desks(args: &Args) -> Result<Vec<Desk>, String> {
    let named = (&args.mailbox, &args.crm, &args.user, &args.representative);
    let mut desks = if let (Some(mailbox), Some(crm), Some(user), Some(representative)) = named {
        vec![Desk {
            mailbox: mailbox.clone(),
            crm: crm.clone(),
            user: user.clone(),
            representative: representative.clone(),
            options: Options::default(),
            state_in_crm: false,
        }]
    } else {
        let mut desks = Demo::prepare(Path::new(DEMO)).map_err(one_line)?.desks().to_vec();
        desks.retain(|desk| {
            args.user.as_ref().is_none_or(|user| *user == desk.user)
                && args.representative.as_ref().is_none_or(|code| *code == desk.representative)
        });
        desks
    };
    if desks.is_empty() {
        return Err("the demonstration knows CMOREL (REP01) and JWEBER (REP02)".to_owned());
    }
    for desk in &mut desks {
        desk.options.time_zone = args.time_zone;
        desk.state_in_crm = args.state_in_crm;
        if args.owner_email.is_some() {
            desk.options.owner_email.clone_from(&args.owner_email);
        }
    }
    Ok(desks)
}
