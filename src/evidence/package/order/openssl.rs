//! OpenSSL's order: <https://www.openssl.org/policies/general/versioning-policy.html>, and before version 3 a letter
//! per patch (`1.0.2y`, then `1.0.2za`).

use crate::evidence::package::key::{KeyWriter, VersionKey};

const PRE_RELEASE: u8 = 1;
const RELEASE: u8 = 2;
const AFTER: u8 = 3;
const NUMBER: u8 = 1;
const END: u8 = 0;

/// The key; `None` when it does not start with a number.
pub(super) fn key(text: &str) -> Option<VersionKey> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at_checked(end)?;
    let (letters, suffix) = match rest.split_once('-') {
        Some((letters, suffix)) => (letters, Some(suffix)),
        None => (rest, None),
    };
    if numbers.split('.').any(str::is_empty) || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let mut writer = KeyWriter::new();
    for number in numbers.split('.') {
        writer.tag(NUMBER).number(number);
    }
    writer.tag(END).text(letters);
    match suffix {
        None => _ = writer.tag(RELEASE),
        Some(suffix) if ["alpha", "beta", "pre", "rc"].iter().any(|word| suffix.starts_with(word)) => {
            labelled(writer.tag(PRE_RELEASE), suffix);
        }
        Some(suffix) => labelled(writer.tag(AFTER), suffix),
    }
    Some(writer.finish())
}

/// A word and its number: `beta2` before `beta10`.
fn labelled(writer: &mut KeyWriter, suffix: &str) {
    let word = suffix.trim_end_matches(|c: char| c.is_ascii_digit());
    writer.text(word).number(suffix.get(word.len()..).unwrap_or_default());
}
