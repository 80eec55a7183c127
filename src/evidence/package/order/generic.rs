//! An order for versions of unknown making: numbers by value, words by letter, a word before the bare version.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const WORD: u8 = 1;
const END: u8 = 2;
const SUFFIX: u8 = 3;
const NUMBER: u8 = 4;

/// Words that mark what comes before a release, here as in most schemes.
const BEFORE: &[&str] =
    &["dev", "snapshot", "alpha", "a", "beta", "b", "milestone", "m", "pre", "preview", "rc", "cr"];

pub(super) fn key(text: &str) -> VersionKey {
    let text = text
        .strip_prefix(['v', 'V'])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(text);
    let mut writer = KeyWriter::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = rest.get(start..).unwrap_or_default();
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let same = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == digits;
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match (digits, BEFORE.iter().any(|word| word.eq_ignore_ascii_case(token))) {
            (true, _) => writer.tag(NUMBER).number(token),
            (false, true) => writer.tag(WORD).caseless(token),
            (false, false) => writer.tag(SUFFIX).caseless(token),
        };
        rest = after;
    }
    writer.tag(END);
    writer.finish()
}
