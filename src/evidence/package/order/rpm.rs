//! RPM's order: `rpmvercmp` on epoch, version and release.
//!
//! <https://rpm-software-management.github.io/rpm/man/rpm-version.7>

use crate::evidence::package::key::{KeyWriter, VersionKey};

const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const WORD: u8 = 4;
const NUMBER: u8 = 5;

const NO_RELEASE: u8 = 0;
const RELEASE: u8 = 1;

pub(super) fn key(text: &str) -> VersionKey {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = match rest.rsplit_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    let mut writer = KeyWriter::new();
    segments(&mut writer, if epoch.is_empty() { "0" } else { epoch });
    segments(&mut writer, version);
    match release {
        None => {
            writer.tag(NO_RELEASE);
        }
        Some(release) => segments(writer.tag(RELEASE), release),
    }
    writer.finish()
}

/// Runs of digits, runs of letters, `~` and `^`; everything else only separates.
fn segments(writer: &mut KeyWriter, mut text: &str) {
    while let Some(first) = text.chars().next() {
        let is_same: fn(char) -> bool = match first {
            '0'..='9' => |c| c.is_ascii_digit(),
            'a'..='z' | 'A'..='Z' => |c| c.is_ascii_alphabetic(),
            _ => {
                match first {
                    '~' => _ = writer.tag(TILDE),
                    '^' => _ = writer.tag(CARET),
                    _ => {}
                }
                text = text.get(first.len_utf8()..).unwrap_or_default();
                continue;
            }
        };
        let end = text.find(|c| !is_same(c)).unwrap_or(text.len());
        let (segment, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        match first {
            '0'..='9' => writer.tag(NUMBER).number(segment),
            _ => writer.tag(WORD).text(segment),
        };
        text = rest;
    }
    writer.tag(END);
}
