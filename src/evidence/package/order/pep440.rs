//! Python's order: <https://packaging.python.org/en/latest/specifications/version-specifiers/>.
//!
//! What PEP 440 does not cover sorts before everything it does, in the order of setuptools before version 66.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const LEGACY: u8 = 0;
const STANDARD: u8 = 1;

const END: u8 = 0;
const WORD: u8 = 1;
const NUMBER: u8 = 2;

const NOTHING: u8 = 0;
const SOMETHING: u8 = 1;

/// A development release of the version itself: before its pre-releases.
const ONLY_DEV: u8 = 0;
const NO_PRE: u8 = 4;

pub(super) fn key(text: &str) -> VersionKey {
    let text = text.to_ascii_lowercase();
    standard(&text).unwrap_or_else(|| legacy(&text))
}

fn standard(text: &str) -> Option<VersionKey> {
    let mut reader = Reader { rest: text.strip_prefix('v').unwrap_or(text) };
    let mut writer = KeyWriter::new();
    writer.tag(STANDARD);
    let (epoch, release) = reader.epoch_and_release()?;
    writer.number(epoch);
    writer.numbers(NUMBER, release);
    let pre = reader.labelled(&[
        ("alpha", 1),
        ("a", 1),
        ("beta", 2),
        ("b", 2),
        ("preview", 3),
        ("pre", 3),
        ("rc", 3),
        ("c", 3),
    ]);
    let post = reader.post();
    let dev = reader.labelled(&[("dev", 0)]);
    match (pre, post, dev) {
        (Some((letter, number)), _, _) => writer.tag(letter).number(number),
        (None, None, Some(_)) => writer.tag(ONLY_DEV),
        (None, _, _) => writer.tag(NO_PRE),
    };
    match post {
        Some(number) => writer.tag(SOMETHING).number(number),
        None => writer.tag(NOTHING),
    };
    match dev {
        // A development release comes before what it develops.
        Some((_, number)) => writer.tag(NOTHING).number(number),
        None => writer.tag(SOMETHING),
    };
    local(&mut writer, reader.rest)?;
    Some(writer.finish())
}

/// The label after `+`: no label first, then words before numbers.
fn local(writer: &mut KeyWriter, rest: &str) -> Option<()> {
    if rest.is_empty() {
        writer.tag(NOTHING);
        return Some(());
    }
    writer.tag(SOMETHING);
    for part in rest.strip_prefix('+')?.split(['.', '-', '_']) {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            writer.tag(NUMBER).number(part);
        } else {
            writer.tag(WORD).text(part);
        }
    }
    writer.tag(END);
    Some(())
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn digits(&mut self) -> &'t str {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn epoch_and_release(&mut self) -> Option<(&'t str, &'t str)> {
        let epoch = match self.rest.split_once('!') {
            Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.rest = rest;
                epoch
            }
            _ => "0",
        };
        let start = self.rest;
        if self.digits().is_empty() {
            return None;
        }
        while let Some(after) = self.rest.strip_prefix('.').filter(|r| r.starts_with(is_digit)) {
            self.rest = after;
            self.digits();
        }
        let release = start.get(..start.len() - self.rest.len())?;
        Some((epoch, release))
    }

    /// A label with a number, separated in any way: `-rc.1`, `rc1`, `_rc`.
    fn labelled(&mut self, labels: &[(&str, u8)]) -> Option<(u8, &'t str)> {
        let rest = unseparated(self.rest);
        let (rest, rank) =
            labels.iter().find_map(|(label, rank)| Some((rest.strip_prefix(label)?, *rank)))?;
        self.rest = unseparated(rest);
        Some((rank, self.digits()))
    }

    /// A post-release: `.post1`, `-r1`, or a number alone after a hyphen.
    fn post(&mut self) -> Option<&'t str> {
        if let Some(number) = self.rest.strip_prefix('-').filter(|rest| rest.starts_with(is_digit)) {
            self.rest = number;
            return Some(self.digits());
        }
        self.labelled(&[("post", 0), ("rev", 0), ("r", 0)]).map(|(_, number)| number)
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn unseparated(text: &str) -> &str {
    text.strip_prefix(['.', '-', '_']).unwrap_or(text)
}

/// The order of setuptools: numbers after words, `final` where the version ends, zeros before a word left out.
fn legacy(text: &str) -> VersionKey {
    let mut parts: Vec<&str> = Vec::new();
    for part in legacy_parts(text).chain(["final"]) {
        let is_number = part.starts_with(is_digit);
        if !is_number && part <= "final" {
            if part < "final" {
                while parts.last() == Some(&"final-") {
                    parts.pop();
                }
            }
            while parts.last().is_some_and(|last| last.bytes().all(|byte| byte == b'0')) {
                parts.pop();
            }
        }
        parts.push(part);
    }
    let mut writer = KeyWriter::new();
    writer.tag(LEGACY);
    for part in parts {
        if part.starts_with(is_digit) {
            writer.tag(NUMBER).number(part);
        } else {
            writer.tag(WORD).text(part);
        }
    }
    writer.tag(END);
    writer.finish()
}

/// Runs of digits, runs of letters, hyphens, and whatever else stands between.
fn legacy_parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let class = class_of(first);
            let end = match class {
                Class::Separator => first.len_utf8(),
                class @ (Class::Digit | Class::Letter | Class::Other) => {
                    rest.find(|c| class_of(c) != class).unwrap_or(rest.len())
                }
            };
            let (part, after) = rest.split_at_checked(end)?;
            rest = after;
            match part {
                "." => {}
                "-" => return Some("final-"),
                "pre" | "preview" | "rc" => return Some("c"),
                "dev" => return Some("@"),
                part => return Some(part),
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Digit,
    Letter,
    Separator,
    Other,
}

fn class_of(c: char) -> Class {
    match c {
        '0'..='9' => Class::Digit,
        'a'..='z' => Class::Letter,
        '.' | '-' => Class::Separator,
        _ => Class::Other,
    }
}
