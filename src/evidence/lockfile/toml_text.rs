//! Reads TOML lock files into typed records, with the line in the error.

use serde::Deserialize;

use crate::evidence::DecodeError;

/// Reads a document.
///
/// # Errors
/// With the line and what is wrong there.
pub(super) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, DecodeError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count();
        let message =
            format!("the lock file's TOML cannot be read at line {line}: {}; lock again", error.message());
        DecodeError::at("malformed-lockfile", format!("line {line}"), message)
    })
}
