//! The order of apk-tools 3: <https://gitlab.alpinelinux.org/alpine/apk-tools>, `src/version.c`.
//!
//! What is no valid version still gets a place: an invalid rest sorts before the end, and all invalid rests are alike.

use crate::evidence::package::key::{KeyWriter, VersionKey};

// What may follow a part, lowest first: a pre-release, something invalid, nothing, and so on.
const BEFORE: u8 = 1;
const INVALID: u8 = 2;
const END: u8 = 3;
const REVISION: u8 = 4;
const COMMIT: u8 = 5;
const SUFFIX_NUMBER: u8 = 6;
const SUFFIX: u8 = 7;
const LETTER: u8 = 8;
const NUMBER: u8 = 9;

/// A number with zeros in front sorts by its text, before all others.
const BY_TEXT: u8 = 1;
const BY_VALUE: u8 = 2;

const PRE_SUFFIXES: &[&str] = &["alpha", "beta", "pre", "rc"];
const POST_SUFFIXES: &[&str] = &["cvs", "svn", "git", "hg", "p"];

pub(super) fn key(text: &str) -> VersionKey {
    let mut reader = Reader { rest: text, state: NUMBER, writer: KeyWriter::new() };
    let first = reader.take(|c| c.is_ascii_digit());
    reader.writer.number(first);
    while let Some(next) = reader.rest.chars().next() {
        if reader.step(next).is_none() {
            reader.writer.tag(INVALID);
            return reader.writer.finish();
        }
    }
    reader.writer.tag(END);
    reader.writer.finish()
}

struct Reader<'t> {
    rest: &'t str,
    /// The last part that was read.
    state: u8,
    writer: KeyWriter,
}

impl<'t> Reader<'t> {
    fn take(&mut self, is: fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !is(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip(&mut self, prefix: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(prefix)?;
        Some(())
    }

    /// Reads one part; `None` when the version is invalid from here.
    fn step(&mut self, next: char) -> Option<()> {
        match next {
            'a'..='z' => self.letter(next),
            '.' => {
                self.skip(".")?;
                self.number()
            }
            '0'..='9' if self.state == SUFFIX => {
                self.state = SUFFIX_NUMBER;
                let digits = self.take(|c| c.is_ascii_digit());
                self.writer.tag(SUFFIX_NUMBER).number(digits);
                Some(())
            }
            '0'..='9' => self.number(),
            '_' => self.suffix(),
            '~' => self.commit(),
            '-' => self.revision(),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.state < LETTER {
            return None;
        }
        self.state = NUMBER;
        let digits = self.take(|c| c.is_ascii_digit());
        match digits.as_bytes() {
            // Two dots in a row: invalid, yet what follows still tells versions apart.
            [] => self.writer.tag(INVALID),
            [b'0', ..] => self.writer.tag(NUMBER).tag(BY_TEXT).text(digits),
            _ => self.writer.tag(NUMBER).tag(BY_VALUE).number(digits),
        };
        Some(())
    }

    fn letter(&mut self, letter: char) -> Option<()> {
        if self.state != NUMBER {
            return None;
        }
        self.state = LETTER;
        self.rest = self.rest.get(1..)?;
        self.writer.tag(LETTER).tag(u8::try_from(letter).ok()?);
        Some(())
    }

    fn suffix(&mut self) -> Option<()> {
        if self.state < SUFFIX_NUMBER {
            return None;
        }
        self.skip("_")?;
        let word = self.take(|c| c.is_ascii_lowercase());
        let place = |words: &[&str]| words.iter().position(|known| *known == word);
        let (tag, place) = match (place(PRE_SUFFIXES), place(POST_SUFFIXES)) {
            (Some(before), _) => (BEFORE, before),
            (None, after) => (SUFFIX, after?),
        };
        self.state = SUFFIX;
        self.writer.tag(tag).tag(u8::try_from(place).ok()?);
        Some(())
    }

    fn commit(&mut self) -> Option<()> {
        if self.state <= COMMIT {
            return None;
        }
        self.skip("~")?;
        self.state = COMMIT;
        let hash = self.take(|c| c.is_ascii_hexdigit());
        self.writer.tag(COMMIT).text(hash);
        Some(())
    }

    fn revision(&mut self) -> Option<()> {
        if self.state <= REVISION {
            return None;
        }
        self.skip("-r")?;
        let digits = self.take(|c| c.is_ascii_digit());
        if digits.is_empty() && !self.rest.is_empty() {
            return None;
        }
        self.state = REVISION;
        self.writer.tag(REVISION).number(digits);
        Some(())
    }
}
