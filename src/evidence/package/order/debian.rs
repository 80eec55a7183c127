//! Debian's order: <https://www.debian.org/doc/debian-policy/ch-controlfields.html#version>.

use crate::evidence::package::key::{KeyWriter, VersionKey};

/// `~` sorts before everything, the end of a part included.
const TILDE: u8 = 1;
const END: u8 = 2;
/// Stands before what is no letter: all letters sort before it.
const OTHER: u8 = 0xff;

/// The key; `None` without any digit, since a version has to start with one and names such as `unknown` have none.
pub(super) fn key(text: &str) -> Option<VersionKey> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
        _ => ("0", text),
    };
    // No revision is the revision 0.
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
    let mut writer = KeyWriter::new();
    writer.number(epoch);
    part(&mut writer, upstream);
    part(&mut writer, revision);
    Some(writer.finish())
}

/// Turns of what is no digit and of digits. A missing turn is empty or zero, which is what the end writes too.
fn part(writer: &mut KeyWriter, mut text: &str) {
    while !text.is_empty() {
        let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
        let after = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, rest) = rest.split_at_checked(after).unwrap_or((rest, ""));
        for byte in word.bytes() {
            match byte {
                b'~' => writer.tag(TILDE),
                byte if byte.is_ascii_alphabetic() => writer.tag(byte),
                byte => writer.tag(OTHER).tag(byte),
            };
        }
        writer.tag(END).number(number);
        text = rest;
    }
    writer.tag(END);
}
