//! How a program begins and ends: the clock, the progress bar, the exit code.

use std::io::{self, Write as _};
use std::process::ExitCode;

use chrono::{DateTime, SubsecRound as _, Utc};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints what a program has to say. It ends with 0; with 1 where a run stopped before its end; with 2 where it could
/// not do what it was asked, and the reason is one line on standard error.
pub fn end(program: &str, result: Result<(String, bool), String>) -> ExitCode {
    match result {
        Ok((text, failed)) => match io::stdout().write_all(text.as_bytes()) {
            Ok(()) if failed => ExitCode::FAILURE,
            Ok(()) => ExitCode::SUCCESS,
            // Nobody reads on, as with `| head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{program}: {message}");
            ExitCode::from(2)
        }
    }
}

/// The instant of a run: now, in whole seconds.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(0)
}

/// A bar on standard error, and none where that is no terminal.
pub fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}");
    ProgressBar::new(0)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}
