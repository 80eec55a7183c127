//! Maven's order of versions.
//!
//! <https://maven.apache.org/pom.html#version-order-specification>. One rule more than the text has, as Maven itself
//! does since 3.9 (MNG-7559, MNG-7644): zeros in front of a qualifier do not count whatever separates it, without
//! which `1.0.alpha < 1 < 1-sp < 1.0.alpha` would go round in a circle.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const ALPHA: u8 = 0x10;
const BETA: u8 = 0x11;
const MILESTONE: u8 = 0x12;
const CANDIDATE: u8 = 0x13;
const SNAPSHOT: u8 = 0x14;
/// The end, which is also what `ga`, `final` and `release` mean.
const END: u8 = 0x20;
const SERVICE_PACK: u8 = 0x30;
const QUALIFIER: u8 = 0x31;
const HYPHEN_NUMBER: u8 = 0x40;
const DOT_NUMBER: u8 = 0x50;

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
    // Parts that mean nothing unless a number with a dot follows.
    let mut held: Vec<Token<'_>> = Vec::new();
    for token in tokens(&text) {
        if is_null(&token) {
            if token.hyphen {
                held.clear();
            }
            held.push(token);
            continue;
        }
        let is_number = token.text.starts_with(|c: char| c.is_ascii_digit());
        if is_number && !token.hyphen {
            held.iter().for_each(|token| write(&mut writer, token));
        }
        held.clear();
        write(&mut writer, &token);
    }
    writer.tag(END);
    writer.finish()
}

fn is_null(token: &Token<'_>) -> bool {
    token.text.bytes().all(|byte| byte == b'0') || matches!(token.text, "ga" | "final" | "release")
}

fn write(writer: &mut KeyWriter, token: &Token<'_>) {
    if token.text.bytes().all(|byte| byte.is_ascii_digit()) {
        writer.tag(if token.hyphen { HYPHEN_NUMBER } else { DOT_NUMBER }).number(token.text);
        return;
    }
    match (token.text, token.before_digit) {
        ("alpha", _) | ("a", true) => writer.tag(ALPHA),
        ("beta", _) | ("b", true) => writer.tag(BETA),
        ("milestone", _) | ("m", true) => writer.tag(MILESTONE),
        ("rc" | "cr", _) => writer.tag(CANDIDATE),
        ("snapshot", _) => writer.tag(SNAPSHOT),
        ("ga" | "final" | "release", _) => writer.tag(END),
        ("sp", _) => writer.tag(SERVICE_PACK),
        (word, _) => writer.tag(QUALIFIER).text(word),
    };
}

/// Parts with the separator in front; a change between digits and letters counts as a hyphen, an empty part as zero.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = Some(text);
    let mut hyphen = false;
    std::iter::from_fn(move || {
        let now = rest?;
        let digits = now.starts_with(|c: char| c.is_ascii_digit());
        let ends = |c: char| matches!(c, '.' | '-' | '_') || c.is_ascii_digit() != digits;
        let end = now.find(ends).unwrap_or(now.len());
        let (text, after) = now.split_at_checked(end)?;
        let before_digit = after.starts_with(|c: char| c.is_ascii_digit());
        let token = Token { text, hyphen, before_digit };
        let separator = after.chars().next();
        hyphen = separator != Some('.');
        rest = match separator {
            None => None,
            Some('.' | '-' | '_') => after.get(1..),
            Some(_) => Some(after),
        };
        Some(token)
    })
}
