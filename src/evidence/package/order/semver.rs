//! Semantic Versioning and the two schemes built on it.

use crate::evidence::package::key::{KeyWriter, VersionKey};

/// Ends the numbers, the identifiers; below everything that may follow instead.
const END: u8 = 0;
const NUMERIC: u8 = 1;
const WORD: u8 = 2;
const PRE_RELEASE: u8 = 1;
const RELEASE: u8 = 2;
const BUILD: u8 = 1;

/// A version taken apart.
struct Parts<'t> {
    numbers: &'t str,
    pre: Option<&'t str>,
    build: Option<&'t str>,
}

pub(super) fn key(text: &str) -> Option<VersionKey> {
    let parts = parts(text)?;
    let mut writer = KeyWriter::new();
    writer.numbers(NUMERIC, parts.numbers);
    pre_release(&mut writer, parts.pre);
    Some(writer.finish())
}

/// Like [`key`], without regard to case.
pub(super) fn nuget_key(text: &str) -> Option<VersionKey> {
    let parts = parts(text)?;
    let mut writer = KeyWriter::new();
    writer.numbers(NUMERIC, parts.numbers);
    pre_release(&mut writer, parts.pre.map(str::to_ascii_lowercase).as_deref());
    Some(writer.finish())
}

/// Like [`key`], then by build metadata: none before some.
pub(super) fn pub_key(text: &str) -> Option<VersionKey> {
    let parts = parts(text)?;
    let mut writer = KeyWriter::new();
    writer.numbers(NUMERIC, parts.numbers);
    pre_release(&mut writer, parts.pre);
    match parts.build {
        None => writer.tag(END),
        Some(build) => identifiers(writer.tag(BUILD), build),
    };
    Some(writer.finish())
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.strip_prefix('=').map_or(text, str::trim_start);
    let text = text.strip_prefix(['v', 'V']).map_or(text, str::trim_start);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at_checked(end)?;
    // `1.0.rc1`: the dot belongs to what follows.
    let numbers = if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        numbers.strip_suffix('.').unwrap_or(numbers)
    } else {
        numbers
    };
    if numbers.split('.').any(str::is_empty) || !rest.chars().all(is_identifier) {
        return None;
    }
    let (pre, build) = match rest.split_once('+') {
        Some((pre, build)) => (pre, Some(build)),
        None => (rest, None),
    };
    let pre = pre.strip_prefix('-').unwrap_or(pre);
    Some(Parts { numbers, pre: (!pre.is_empty()).then_some(pre), build })
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_' | '~')
}

fn pre_release(writer: &mut KeyWriter, pre: Option<&str>) {
    match pre {
        None => writer.tag(RELEASE),
        Some(pre) => identifiers(writer.tag(PRE_RELEASE), pre),
    };
}

fn identifiers<'w>(writer: &'w mut KeyWriter, text: &str) -> &'w mut KeyWriter {
    for identifier in text.split('.') {
        if !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit()) {
            writer.tag(NUMERIC).number(identifier);
        } else {
            writer.tag(WORD).text(identifier);
        }
    }
    writer.tag(END)
}
