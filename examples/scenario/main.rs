//! Runs a scenario file on the in-memory host and prints its trace as JSON.
//!
//! `cargo run --quiet --example scenario -- FILE.json`. Exit code 0 when the scenario ran, whatever its runs
//! reported; 2 with one line on standard error when the file is bad.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod changes;
mod dispatch;
mod fault;
mod file;
mod sage100;
mod trace;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: scenario FILE.json");
        return ExitCode::from(2);
    };
    let trace = std::fs::read_to_string(&path)
        .map_err(|error| error.to_string())
        .and_then(|text| dispatch::run(&text));
    match trace
        .and_then(|trace| serde_json::to_string_pretty(&trace).map_err(|error| error.to_string()))
    {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::from(2)
        }
    }
}
