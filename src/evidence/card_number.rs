//! Finds payment card numbers in what is imported, so that none comes to rest here (PCI DSS 3.4.1, 3.5.1).
//!
//! A card number is 13 to 19 digits, in one piece or in the groups cards are printed in, that begins like an issuer's,
//! whose check digit is right, and that is no part of something longer: a digest, a UUID, a decimal, another number.
//!
//! One pass, linear, nothing allocated: every number has at least `SHORTEST` bytes, so one byte in so many tells
//! whether there can be one, and a text without long numbers is hardly touched.

mod issuer;

use std::ops::Range;

pub use issuer::Issuer;
use issuer::{is_test_number, luhn};

/// Digits of the shortest and the longest card number.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Digits that may be shown: the issuer's and the last of the account's.
const SHOWN: (usize, usize) = (6, 4);

/// A card number's place in a text. Never the number itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its bytes, separators included.
    pub span: Range<usize>,
    /// Whose cards begin like it.
    pub issuer: Issuer,
    /// Whether it is published for tests and belongs to no account.
    pub is_test: bool,
}

/// What the card numbers of one text amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How many there are.
    pub count: u64,
    /// How many of them are published test numbers.
    pub tests: u64,
    /// The first, with at most the first six and the last four of its digits.
    pub masked: String,
    /// Whose cards begin like the first.
    pub issuer: Issuer,
    /// The line of the first, from 1.
    pub line: u64,
    /// The byte at which the first begins, from 0.
    pub offset: u64,
}

/// Every card number of a text, in order.
pub fn hits(text: &[u8]) -> impl Iterator<Item = Hit> + '_ {
    let mut scan = Scan { text, from: 0, floor: 0, run: None };
    std::iter::from_fn(move || scan.next())
}

/// What the card numbers of a text amount to; `None` when it has none.
pub fn survey(text: &[u8]) -> Option<Survey> {
    let mut all = hits(text);
    let first = all.next()?;
    let before = text.get(..first.span.start).unwrap_or_default();
    let (mut count, mut tests) = (1, u64::from(first.is_test));
    for hit in all {
        count += 1;
        tests += u64::from(hit.is_test);
    }
    let mut masked = text.get(first.span.clone()).unwrap_or_default().to_vec();
    mask(&mut masked);
    Some(Survey {
        count,
        tests,
        masked: String::from_utf8_lossy(&masked).into_owned(),
        issuer: first.issuer,
        line: 1 + before.iter().filter(|b| **b == b'\n').count() as u64,
        offset: first.span.start as u64,
    })
}

/// The text with every card number masked, and how many there were; `None` when it has none.
pub fn masked(text: &[u8]) -> Option<(Vec<u8>, u64)> {
    let mut out = Vec::new();
    let mut count = 0;
    for hit in hits(text) {
        if count == 0 {
            out = text.to_vec();
        }
        count += 1;
        mask(out.get_mut(hit.span).unwrap_or_default());
    }
    (count > 0).then_some((out, count))
}

/// The same name without card numbers. A dot in a name begins its ending, not a fraction.
pub fn masked_name(name: &str) -> String {
    let words = name.replace('.', "/");
    let mut bytes = name.as_bytes().to_vec();
    for hit in hits(words.as_bytes()) {
        mask(bytes.get_mut(hit.span).unwrap_or_default());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Stars over every digit of a number but the first six and the last four.
fn mask(number: &mut [u8]) {
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    let hidden = SHOWN.0..digits.saturating_sub(SHOWN.1);
    for (place, digit) in number.iter_mut().filter(|b| b.is_ascii_digit()).enumerate() {
        if hidden.contains(&place) {
            *digit = b'*';
        }
    }
}

/// Walks a text from one run of digits to the next.
struct Scan<'t> {
    text: &'t [u8],
    /// The next byte to look at.
    from: usize,
    /// What lies before this was looked at.
    floor: usize,
    /// The run in hand, and from where in it to go on.
    run: Option<(Range<usize>, usize)>,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<Hit> {
        loop {
            if let Some((run, at)) = self.run.take()
                && let Some(hit) = in_run(self.text, &run, at)
            {
                self.run = Some((run, hit.span.end));
                return Some(hit);
            }
            let run = self.next_run()?;
            let start = run.start;
            self.run = Some((run, start));
        }
    }

    /// The next run of digits with single spaces or dashes between them that is long enough.
    fn next_run(&mut self) -> Option<Range<usize>> {
        loop {
            let at = self.from + SHORTEST - 1;
            let byte = *self.text.get(at)?;
            if !self.is_inside(at, byte) {
                self.from = at + 1;
                continue;
            }
            let run = self.run_around(at);
            self.from = run.end;
            self.floor = run.end;
            if run.len() >= SHORTEST {
                return Some(run);
            }
        }
    }

    /// Whether the byte can stand in a number: a digit, or a separator between two.
    fn is_inside(&self, at: usize, byte: u8) -> bool {
        let digit = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(u8::is_ascii_digit);
        byte.is_ascii_digit() || (is_separator(byte) && digit(at.checked_sub(1)) && digit(Some(at + 1)))
    }

    fn run_around(&self, at: usize) -> Range<usize> {
        let inside = |at: usize| self.text.get(at).is_some_and(|b| self.is_inside(at, *b));
        let (mut start, mut end) = (at, at + 1);
        while start > self.floor && inside(start - 1) {
            start -= 1;
        }
        while inside(end) {
            end += 1;
        }
        start..end
    }
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-')
}

/// The first number of a run at or after `at`.
fn in_run(text: &[u8], run: &Range<usize>, at: usize) -> Option<Hit> {
    let mut at = at;
    while at < run.end {
        let group = group_at(text, at, run.end);
        if group.is_empty() {
            at += 1;
            continue;
        }
        if let Some(hit) = number_at(text, run, &group) {
            return Some(hit);
        }
        at = group.end;
    }
    None
}

/// The digits from `at` on, one more than the longest number at most matter.
fn group_at(text: &[u8], at: usize, end: usize) -> Range<usize> {
    let digits = text.get(at..end).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    at..at + digits
}

/// The number that begins with this group: the group itself, or with the groups after it.
fn number_at(text: &[u8], run: &Range<usize>, group: &Range<usize>) -> Option<Hit> {
    if group.len() >= SHORTEST {
        return checked(text, group.clone()).filter(|hit| stands_alone(text, &hit.span));
    }
    let separator = *text.get(group.end).filter(|_| group.end < run.end)?;
    let (mut lengths, mut end) = ([group.len(), 0, 0, 0, 0], group.end);
    for count in 2..=lengths.len() {
        if text.get(end) != Some(&separator) || end + 1 >= run.end {
            return None;
        }
        let next = group_at(text, end + 1, run.end);
        *lengths.get_mut(count - 1)? = next.len();
        end = next.end;
        let so_far = lengths.get(..count)?;
        if PRINTED.contains(&so_far)
            && let Some(hit) = checked(text, group.start..end)
            && stands_alone(text, &hit.span)
            && !goes_on(text, &hit.span, separator)
        {
            return Some(hit);
        }
        if !PRINTED.iter().any(|p| p.starts_with(so_far)) {
            return None;
        }
    }
    None
}

/// The groups in which numbers are printed and typed.
const PRINTED: [&[usize]; 10] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 1],
    &[4, 4, 4, 3],
    &[4, 4, 5],
    &[6, 13],
    &[8, 8],
];

/// The number, when it begins like an issuer's and its check digit is right.
fn checked(text: &[u8], span: Range<usize>) -> Option<Hit> {
    let mut digits = [0_u8; LONGEST];
    let mut count = 0;
    for byte in text.get(span.clone())?.iter().filter(|b| b.is_ascii_digit()) {
        *digits.get_mut(count)? = byte - b'0';
        count += 1;
    }
    let digits = digits.get(..count)?;
    let issuer = Issuer::of(digits)?;
    luhn(digits).then(|| Hit { span, issuer, is_test: is_test_number(digits) })
}

/// Whether nothing beside it makes it a part of something longer.
fn stands_alone(text: &[u8], span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    ends_well(before) && begins_well(after)
}

/// What stands before a number: no letter or digit, no `+` of a telephone number, no `0.` of a decimal, no part of a
/// UUID.
fn ends_well(before: &[u8]) -> bool {
    match before {
        [.., b'+'] => false,
        [.., digit, b'.'] if digit.is_ascii_digit() => false,
        [rest @ .., b'-'] => !is_hex_word(rest.rsplit(|b| !b.is_ascii_alphanumeric()).next()),
        [.., last] => !is_wordy(*last),
        [] => true,
    }
}

/// What stands after a number: as before it, but for `.0`, with which spreadsheets write whole numbers, and for `:1`,
/// with which line fingerprints end.
fn begins_well(after: &[u8]) -> bool {
    match after {
        [b'.', rest @ ..] => {
            let fraction = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            rest.iter().take(fraction).all(|b| *b == b'0')
        }
        [b'-', rest @ ..] => !is_hex_word(rest.split(|b| !b.is_ascii_alphanumeric()).next()),
        [b':', digit, rest @ ..] if digit.is_ascii_digit() => rest.first().is_some_and(u8::is_ascii_digit),
        [first, ..] => !is_wordy(*first),
        [] => true,
    }
}

const fn is_wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A piece of an identifier: hexadecimal digits, as between the dashes of a UUID.
fn is_hex_word(word: Option<&[u8]>) -> bool {
    word.is_some_and(|w| {
        !w.is_empty() && w.iter().all(u8::is_ascii_hexdigit) && w.iter().any(u8::is_ascii_digit)
    })
}

/// Whether more groups of four follow or precede: then it is a longer number, written in fours.
fn goes_on(text: &[u8], span: &Range<usize>, separator: u8) -> bool {
    let next = text.get(span.end) == Some(&separator) && group_at(text, span.end + 1, text.len()).len() == 4;
    let before = text.get(..span.start).unwrap_or_default();
    let previous = before
        .strip_suffix(&[separator])
        .is_some_and(|rest| rest.iter().rev().take(5).take_while(|b| b.is_ascii_digit()).count() == 4);
    next || previous
}

#[cfg(test)]
mod tests;
