//! Gentoo's order: Package Manager Specification §3.3.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const END: u8 = 0;
/// A number with zeros in front is a fraction: it sorts by its text, before all others.
const FRACTION: u8 = 1;
const NUMBER: u8 = 2;

/// Where no suffix follows: after what comes before a release, before what comes after it.
const NO_SUFFIX: u8 = 5;
const SUFFIXES: &[(&str, u8)] = &[("alpha", 1), ("beta", 2), ("pre", 3), ("rc", 4), ("p", 6)];

/// The key; `None` for what the specification does not allow.
pub(super) fn key(text: &str) -> Option<VersionKey> {
    let (text, revision) = match text.rsplit_once("-r") {
        Some((text, revision)) => (text, revision),
        None => (text, "0"),
    };
    let (main, suffixes) = match text.split_once('_') {
        Some((main, suffixes)) => (main, Some(suffixes)),
        None => (text, None),
    };
    let letter = main.chars().next_back().filter(char::is_ascii_lowercase);
    let numbers = letter.and_then(|letter| main.strip_suffix(letter)).unwrap_or(main);
    let mut writer = KeyWriter::new();
    for (index, number) in numbers.split('.').enumerate() {
        digits(number).filter(|number| !number.is_empty())?;
        if index > 0 && number.starts_with('0') {
            writer.tag(FRACTION).text(number.trim_end_matches('0'));
        } else {
            writer.tag(NUMBER).number(number);
        }
    }
    writer.tag(END).tag(letter.and_then(|letter| u8::try_from(letter).ok()).unwrap_or(END));
    for suffix in suffixes.into_iter().flat_map(|suffixes| suffixes.split('_')) {
        let (number, rank) =
            SUFFIXES.iter().find_map(|(word, rank)| Some((digits(suffix.strip_prefix(word)?)?, *rank)))?;
        writer.tag(rank).number(number);
    }
    writer.tag(NO_SUFFIX).number(digits(revision)?);
    Some(writer.finish())
}

fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}
