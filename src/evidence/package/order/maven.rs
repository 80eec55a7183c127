//! Maven's order of versions as Maven 3 has it: <https://maven.apache.org/pom.html#version-order-specification>.
//!
//! Maven's own comparison goes round in circles where zeros stand before a qualifier after a dot: `1.0.beta` is before
//! `1`, `1` before `1-1`, and `1-1` before `1.0.beta`. The bytes here keep the first two, so that a pre-release never
//! passes for its release.

use crate::evidence::package::key::{KeyWriter, VersionKey};

// What may follow, lowest first: a qualifier of a pre-release after a dot, after a hyphen, after zeros; the end, which is
// also what `ga`, `final` and `release` mean; any other qualifier in the same places, and numbers.
const DOT_PRE: u8 = 1;
const HYPHEN_PRE: u8 = 2;
const ZEROS_PRE: u8 = 3;
const END: u8 = 4;
const DOT_POST: u8 = 5;
const HYPHEN_POST: u8 = 6;
const HYPHEN_NUMBER: u8 = 7;
const ZEROS_POST: u8 = 8;
const DOT_NUMBER: u8 = 9;

const SERVICE_PACK: u8 = 1;
const OTHER: u8 = 2;

/// One part between separators, or between digits and letters.
struct Token<'t> {
    text: &'t str,
    hyphen: bool,
    /// Digits follow at once: `a1` means alpha 1.
    before_digit: bool,
}

pub(super) fn key(text: &str) -> VersionKey {
    let text = text.to_ascii_lowercase();
    let mut writer = KeyWriter::new();
    // Parts that mean nothing unless something after a dot follows.
    let mut held: Vec<Token<'_>> = Vec::new();
    for token in tokens(&text) {
        if token.hyphen {
            held.clear();
        }
        if token.is_null() {
            held.push(token);
        } else if token.is_number() {
            held.drain(..).for_each(|token| token.write(&mut writer, 0));
            token.write(&mut writer, 0);
        } else {
            token.write(&mut writer, held.len());
            held.clear();
        }
    }
    writer.tag(END);
    writer.finish()
}

impl Token<'_> {
    fn is_number(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn is_null(&self) -> bool {
        self.text.bytes().all(|byte| byte == b'0') || matches!(self.text, "ga" | "final" | "release")
    }

    /// The rank of a qualifier that comes before the release.
    fn pre_release(&self) -> Option<u8> {
        match (self.text, self.before_digit) {
            ("alpha", _) | ("a", true) => Some(1),
            ("beta", _) | ("b", true) => Some(2),
            ("milestone", _) | ("m", true) => Some(3),
            ("rc" | "cr", _) => Some(4),
            ("snapshot", _) => Some(5),
            _ => None,
        }
    }

    fn write(&self, writer: &mut KeyWriter, zeros: usize) {
        if self.is_number() {
            writer.tag(if self.hyphen { HYPHEN_NUMBER } else { DOT_NUMBER }).number(self.text);
            return;
        }
        if self.is_null() {
            writer.tag(END);
            return;
        }
        let rank = self.pre_release();
        let place = match (zeros > 0, self.hyphen, rank.is_some()) {
            (true, _, true) => ZEROS_PRE,
            (true, _, false) => ZEROS_POST,
            (false, true, true) => HYPHEN_PRE,
            (false, true, false) => HYPHEN_POST,
            (false, false, true) => DOT_PRE,
            (false, false, false) => DOT_POST,
        };
        writer.tag(place);
        if zeros > 0 {
            writer.count(u64::try_from(zeros).unwrap_or(u64::MAX));
        }
        match (rank, self.text) {
            (Some(rank), _) => writer.tag(rank),
            (None, "sp") => writer.tag(SERVICE_PACK),
            (None, word) => writer.tag(OTHER).text(word),
        };
    }
}

/// Parts with the separator in front; a change between digits and letters counts as a hyphen, an empty part as zero.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = Some(text);
    let mut hyphen = false;
    std::iter::from_fn(move || {
        let now = rest?;
        let digits = now.starts_with(|c: char| c.is_ascii_digit());
        let ends = |c: char| matches!(c, '.' | '-') || c.is_ascii_digit() != digits;
        let end = now.find(ends).unwrap_or(now.len());
        let (text, after) = now.split_at_checked(end)?;
        let before_digit = after.starts_with(|c: char| c.is_ascii_digit());
        let token = Token { text, hyphen, before_digit };
        let separator = after.chars().next();
        hyphen = separator != Some('.');
        rest = match separator {
            None => None,
            Some('.' | '-') => after.get(1..),
            Some(_) => Some(after),
        };
        Some(token)
    })
}
