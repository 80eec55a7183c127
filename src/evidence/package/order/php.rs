//! PHP's `version_compare`, as OSV orders the versions of Composer's packages.
//!
//! <https://www.php.net/manual/en/function.version-compare.php>

use crate::evidence::package::key::{KeyWriter, VersionKey};

const UNKNOWN: u8 = 1;
const DEV: u8 = 2;
const ALPHA: u8 = 3;
const BETA: u8 = 4;
const CANDIDATE: u8 = 5;
const END: u8 = 6;
const NUMBER: u8 = 7;
const PATCH: u8 = 8;

pub(super) fn key(text: &str) -> VersionKey {
    // Build metadata says nothing about the order.
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut writer = KeyWriter::new();
    for token in tokens(text) {
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            writer.tag(NUMBER).number(token);
        } else {
            writer.tag(form(token));
        }
    }
    writer.tag(END);
    writer.finish()
}

/// The words PHP knows, by their beginning and in this case.
const FORMS: &[(&str, u8)] =
    &[("dev", DEV), ("a", ALPHA), ("b", BETA), ("RC", CANDIDATE), ("rc", CANDIDATE), ("p", PATCH)];

/// The rank of a word; those PHP does not know are all alike and before all others.
fn form(word: &str) -> u8 {
    FORMS.iter().find(|(form, _)| word.starts_with(form)).map_or(UNKNOWN, |(_, rank)| *rank)
}

/// Runs of digits and of letters between whatever separates them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(char::is_alphanumeric)?;
        rest = rest.get(start..)?;
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let same = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == digits;
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(token)
    })
}
