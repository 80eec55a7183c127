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

/// Arch Linux: like RPM without `~` and `^`, words before the end, and a separator before none.
///
/// <https://man.archlinux.org/man/vercmp.8>. There a version without release equals every release of it; a key cannot
/// say that of two releases that differ, so that here it comes before them.
pub(super) fn arch_key(text: &str) -> VersionKey {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = match rest.rsplit_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    let mut writer = KeyWriter::new();
    writer.number(
        epoch
            .trim_matches(|c: char| !c.is_ascii_digit())
            .split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap_or_default(),
    );
    arch_segments(&mut writer, version);
    match release {
        None => _ = writer.tag(NO_RELEASE),
        Some(release) => arch_segments(writer.tag(RELEASE), release),
    }
    writer.finish()
}

// What may follow a segment in Arch's order: letters at once, nothing, a separator with letters, then numbers.
const ARCH_WORD: u8 = 1;
const ARCH_END: u8 = 2;
const ARCH_SEPARATED: u8 = 3;
const ARCH_NUMBER: u8 = 4;

fn arch_segments(writer: &mut KeyWriter, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let separated = start > 0;
        rest = rest.get(start..).unwrap_or_default();
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let same = |c: char| c.is_ascii_alphanumeric() && c.is_ascii_digit() == digits;
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (segment, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        match (digits, separated) {
            (true, _) => writer.tag(ARCH_NUMBER).number(segment),
            (false, true) => writer.tag(ARCH_SEPARATED).text(segment),
            (false, false) => writer.tag(ARCH_WORD).text(segment),
        };
        rest = after;
    }
    writer.tag(ARCH_END);
}
