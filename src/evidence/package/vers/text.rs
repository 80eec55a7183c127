//! Constraints as text, and what makes them canonical.

use std::borrow::Cow;

use super::{Comparator, Constraint, VersError};

/// Characters with a meaning in a range: in a version they are escaped.
const RESERVED: &[char] = &['<', '>', '=', '!', '*', '|', '%', '/', '?', '#', '@', '\\', '"', ',', ' '];

/// One constraint; none where it is `*`.
pub(super) fn constraint(kind: &str, part: &str) -> Result<Option<Constraint>, VersError> {
    if part == "*" {
        return Ok(None);
    }
    let (comparator, version) = Comparator::split(part);
    if version.is_empty() || version.contains(['<', '>', '=', '!', '*']) {
        return Err(VersError::Constraint);
    }
    let version = decoded(version)?.into_owned();
    Ok(Some(Constraint::new(kind, comparator.unwrap_or(Comparator::Equal), version)))
}

pub(super) fn check_pipes(list: &str) -> Result<(), VersError> {
    if list.starts_with('|') {
        Err(VersError::LeadingPipe)
    } else if list.ends_with('|') {
        Err(VersError::TrailingPipe)
    } else if list.contains("||") {
        Err(VersError::ConsecutivePipes)
    } else {
        Ok(())
    }
}

/// Whether the version of a constraint is escaped as it should be.
pub(super) fn check_canonical(kind: &str, part: &str) -> Result<(), VersError> {
    let (_, version) = Comparator::split(part);
    let is_datetime = kind == "datetime";
    let decoded = decoded(version)?;
    if is_datetime && version.contains("%3A") {
        return Err(VersError::DatetimeColon);
    }
    if is_datetime && !version.contains('%') && version.contains(['t', 'z']) {
        return Err(VersError::DatetimeCase);
    }
    // `+` may stand for itself: written either way in the wild, and without a meaning here.
    let canonical = |text: &str| text.replace("%2B", "+");
    if part == "*" || canonical(&escaped(&decoded)) == canonical(version) {
        Ok(())
    } else {
        Err(VersError::EscapeNotCanonical)
    }
}

/// The version with percent signs decoded.
fn decoded(version: &str) -> Result<Cow<'_, str>, VersError> {
    if !version.contains('%') {
        return Ok(Cow::Borrowed(version));
    }
    let mut parts = version.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or(VersError::InvalidEscape)?);
        bytes.extend_from_slice(part.as_bytes().get(2..).unwrap_or_default());
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| VersError::InvalidEscape)
}

/// The version with whatever has a meaning, and whatever is not ASCII, escaped.
pub(super) fn escaped(version: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_graphic() && !RESERVED.contains(&c);
    if version.chars().all(plain) {
        return Cow::Borrowed(version);
    }
    let mut out = String::with_capacity(version.len() + 8);
    for c in version.chars() {
        if plain(c) {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    Cow::Owned(out)
}
