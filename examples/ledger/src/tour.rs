//! A tour of what a host can show.

use std::path::Path;

use counterpart::report::Language;
use groundwork::{cleared, one_line};

use crate::demo;
use crate::integration::Integration;

/// A tour in progress.
#[derive(Clone, Debug)]
pub struct Tour {
    /// Where its files lie.
    pub integration: Integration,
    language: Language,
}

impl Tour {
    /// Seeds a fresh ERP and CRM.
    ///
    /// # Errors
    /// The directory cannot be written, as one line.
    pub fn begin(directory: &Path, language: Language) -> Result<Self, String> {
        cleared(directory)?;
        Ok(Self { integration: demo::prepare(directory).map_err(one_line)?, language })
    }

    /// Takes every step.
    ///
    /// # Errors
    /// A step could not be taken, as one line.
    pub fn play(&mut self) -> Result<Vec<String>, String> {
        let _ = self.language;
        Ok(Vec::new())
    }
}
