//! Account codes (B5).

use super::parameters::CODE_LENGTH;

/// What a company shows while its code is pending (B5.3).
pub(crate) const PENDING: &str = "[ATTENTE]";
/// What a company shows until the ERP has numbered its account (B5.5).
pub(crate) const AUTO: &str = "<AUTOERP>";

/// Why a typed code is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    Missing,
    Invalid,
    TooLong,
}

/// Whether a code stands for one that is not known yet.
pub(crate) fn is_placeholder(code: &str) -> bool {
    let code = code.trim();
    code.is_empty() || code == PENDING || code == AUTO
}

/// A typed code, trimmed, in capitals, with the suffix behind it once (B5.2, B5.8).
pub(crate) fn free(typed: &str, suffix: &str) -> Result<String, CodeRefusal> {
    let mut code = typed.trim().to_uppercase();
    if is_placeholder(&code) {
        return Err(CodeRefusal::Missing);
    }
    if !code.ends_with(suffix) {
        code.push_str(suffix);
    }
    if !code.bytes().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit()) {
        Err(CodeRefusal::Invalid)
    } else if code.len() > CODE_LENGTH {
        Err(CodeRefusal::TooLong)
    } else {
        Ok(code)
    }
}
