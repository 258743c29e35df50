//! A seeded ERP base and CRM to try things out with.

use std::path::Path;

use groundwork::database::{FileError, made_whole};

use crate::crm::Crm;
use crate::erp::Erp;
use crate::integration::Integration;
use crate::seed::{self, Size};

/// Seeds an ERP base and a CRM of a size in a directory, where they are not there already: a second run goes on with what the
/// first one left.
///
/// # Errors
/// The directory cannot be written.
pub fn prepare(directory: &Path, size: Size) -> Result<Integration, FileError> {
    let integration = Integration {
        erp: directory.join("erp.sqlite"),
        crm: directory.join("crm.sqlite"),
        state_in_crm: false,
        changes: false,
    };
    made_whole(&integration.erp, |half| Erp::create(half, seed::BASE)?.seed(&seed::erp(size)))?;
    made_whole(&integration.crm, |half| Crm::create(half)?.seed(&seed::crm(size)))?;
    Ok(integration)
}
