//! PHP's `version_compare` on versions as Composer normalises them.
//!
//! <https://www.php.net/manual/en/function.version-compare.php>, <https://getcomposer.org/doc/articles/versions.md>

use crate::evidence::package::key::{KeyWriter, VersionKey};

const UNKNOWN: u8 = 1;
const DEV: u8 = 2;
const ALPHA: u8 = 3;
const BETA: u8 = 4;
const CANDIDATE: u8 = 5;
const END: u8 = 6;
const NUMBER: u8 = 7;
const PATCH: u8 = 8;

/// Composer fills numbers up to four.
const NUMBERS: usize = 4;

pub(super) fn key(text: &str) -> VersionKey {
    // Build metadata says nothing about the order.
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut writer = KeyWriter::new();
    let mut leading = Some(0_usize);
    for token in tokens(text) {
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            leading = leading.map(|count| count + 1);
            writer.tag(NUMBER).number(token);
        } else {
            fill(&mut writer, leading.take());
            writer.tag(form(token));
        }
    }
    fill(&mut writer, leading);
    writer.tag(END);
    writer.finish()
}

fn fill(writer: &mut KeyWriter, leading: Option<usize>) {
    // A version that starts with a word (`dev-main`) has no numbers to fill up.
    if let Some(count @ 1..) = leading {
        for _ in count..NUMBERS {
            writer.tag(NUMBER).number("0");
        }
    }
}

/// The rank of a word, by its beginning; words PHP does not know are all alike and before all others.
fn form(word: &str) -> u8 {
    let starts = |name: &str| word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if starts("dev") {
        DEV
    } else if starts("a") {
        ALPHA
    } else if starts("b") {
        BETA
    } else if starts("rc") {
        CANDIDATE
    } else if starts("p") {
        PATCH
    } else {
        UNKNOWN
    }
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
