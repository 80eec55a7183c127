//! The order of `Gem::Version`: words before numbers, and a version that ends goes on with zeros.
//!
//! <https://docs.ruby-lang.org/en/master/Gem/Version.html>

use crate::evidence::package::key::{KeyWriter, VersionKey};

// A version is as if followed by zeros without end. What comes before them sorts by whether it is a word (older) or
// a number above zero (newer), and by how many zeros stand in front of it.
const WORD: u8 = 1;
const ZEROS_THEN_WORD: u8 = 2;
const END: u8 = 3;
const ZEROS_THEN_NUMBER: u8 = 4;
const NUMBER: u8 = 5;

pub(super) fn key(text: &str) -> Option<VersionKey> {
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || !text.chars().all(is_version) {
        return None;
    }
    let mut writer = KeyWriter::new();
    let mut zeros = 0_u64;
    let mut in_words = false;
    for segment in segments(text) {
        let is_number = segment.starts_with(|c: char| c.is_ascii_digit());
        if is_number && segment.bytes().all(|byte| byte == b'0') {
            zeros += 1;
            continue;
        }
        if !is_number && !in_words {
            // `1.0.a` and `1.a` are one version: zeros in front of the first word do not count.
            in_words = true;
            zeros = 0;
        }
        let run = std::mem::take(&mut zeros);
        match (is_number, run) {
            (true, 0) => writer.tag(NUMBER).number(segment),
            (true, run) => writer.tag(ZEROS_THEN_NUMBER).count(u64::MAX - run).number(segment),
            (false, 0) => writer.tag(WORD).text(segment),
            (false, run) => writer.tag(ZEROS_THEN_WORD).count(run).text(segment),
        };
    }
    writer.tag(END);
    Some(writer.finish())
}

fn is_version(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

/// Runs of digits and of letters; a hyphen reads `.pre.`.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if first == '-' {
                rest = rest.get(1..)?;
                return Some("pre");
            }
            if !first.is_ascii_alphanumeric() {
                rest = rest.get(first.len_utf8()..)?;
                continue;
            }
            let digits = first.is_ascii_digit();
            let same = |c: char| if digits { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
            let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
            let (segment, after) = rest.split_at_checked(end)?;
            rest = after;
            return Some(segment);
        }
    })
}
