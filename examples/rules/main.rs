//! Prints the table of rules: `cargo run --quiet --example rules > docs/rules.md`.
//!
//! What it cannot find is on standard error, and then the exit code is 1.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod table;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = std::fs::read_to_string(root.join("docs/rules.txt"))
        .map_err(|error| error.to_string())
        .and_then(|text| table::parse(&text))
        .and_then(|systems| Ok((systems, table::scan(root).map_err(|error| error.to_string())?)));
    match made {
        Ok((systems, found)) => {
            print!("{}", table::render(&systems, &found));
            let gaps = table::gaps(&systems, &found);
            for gap in &gaps {
                eprintln!("{gap}");
            }
            if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
