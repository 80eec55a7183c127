//! Looks at JSON text without reading it: nesting, escapes no text column can hold, and the outermost members.
//!
//! Runs before any recursive reader does, on well-formed and broken text alike, in one pass over the bytes.

use crate::evidence::decoder::JsonOutline;

/// How much of a document [`head`] looks at.
const HEAD_BYTES: usize = 64 * 1024;

/// Something worth stopping at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Open,
    Close,
    /// `\u0000` at this offset.
    Nul(usize),
    /// One half of a surrogate pair without the other, at this offset.
    Lone(usize),
}

/// Length of a `\uXXXX` escape.
const ESCAPE: usize = 6;

/// Walks over JSON text event by event.
struct Events<'a> {
    bytes: &'a [u8],
    at: usize,
    in_string: bool,
}

impl<'a> Events<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, in_string: false }
    }

    /// Steps over one escape sequence and reports the ones that need mending.
    fn escape(&mut self) -> Option<Event> {
        let start = self.at;
        if self.bytes.get(start + 1) != Some(&b'u') {
            self.at += 2;
            return None;
        }
        self.at += ESCAPE;
        match code_unit(self.bytes, start)? {
            0 => Some(Event::Nul(start)),
            0xD800..=0xDBFF => {
                let low = code_unit(self.bytes, start + ESCAPE);
                if low.is_some_and(|unit| (0xDC00..=0xDFFF).contains(&unit)) {
                    self.at += ESCAPE;
                    return None;
                }
                Some(Event::Lone(start))
            }
            0xDC00..=0xDFFF => Some(Event::Lone(start)),
            _ => None,
        }
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            if self.in_string {
                self.at += rest.iter().position(|b| matches!(b, b'"' | b'\\'))?;
                if self.bytes[self.at] == b'"' {
                    self.in_string = false;
                    self.at += 1;
                } else if let Some(event) = self.escape() {
                    return Some(event);
                }
                continue;
            }
            self.at += rest.iter().position(|b| matches!(b, b'"' | b'{' | b'[' | b'}' | b']'))? + 1;
            match self.bytes[self.at - 1] {
                b'"' => self.in_string = true,
                b'{' | b'[' => return Some(Event::Open),
                _ => return Some(Event::Close),
            }
        }
    }
}

/// The UTF-16 code unit of the escape that starts at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + ESCAPE)?;
    if &escape[..2] != b"\\u" {
        return None;
    }
    escape[2..].iter().try_fold(0_u16, |unit, &digit| {
        let value = (digit as char).to_digit(16)?;
        Some(unit << 4 | u16::try_from(value).ok()?)
    })
}

/// What a pass over the text found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Deepest nesting.
    pub(super) depth: u32,
    /// `\u0000` escapes.
    pub(super) nul: u64,
    /// Surrogate halves that stand alone.
    pub(super) lone: u64,
}

/// Looks the text over, stopping as soon as it nests deeper than `limit`.
pub(super) fn look(bytes: &[u8], limit: u32) -> Findings {
    let mut found = Findings::default();
    let mut depth = 0_u32;
    for event in Events::new(bytes) {
        match event {
            Event::Open => {
                depth += 1;
                found.depth = found.depth.max(depth);
                if depth > limit {
                    break;
                }
            }
            Event::Close => depth = depth.saturating_sub(1),
            Event::Nul(_) => found.nul += 1,
            Event::Lone(_) => found.lone += 1,
        }
    }
    found
}

/// The text without `\u0000`, and with U+FFFD for every surrogate half that stands alone.
pub(super) fn mend(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for event in Events::new(bytes) {
        let (at, instead): (usize, &[u8]) = match event {
            Event::Nul(at) => (at, b""),
            Event::Lone(at) => (at, b"\\ufffd"),
            Event::Open | Event::Close => continue,
        };
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(instead);
        done = at + ESCAPE;
    }
    out.extend_from_slice(&bytes[done..]);
    out
}

/// The outermost members of an object within the first 64 KiB; needs no well-formed document.
pub(super) fn head(bytes: &[u8]) -> JsonOutline {
    let text = &bytes[..bytes.len().min(HEAD_BYTES)];
    let start = text.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(text.len());
    let mut outline = JsonOutline { is_array: text.get(start) == Some(&b'['), members: Vec::new() };
    if text.get(start) != Some(&b'{') {
        return outline;
    }
    let (mut at, mut depth) = (start + 1, 1_u32);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                let Some(end) = string_end(text, at) else { break };
                if depth == 1 {
                    at = take_member(text, (at, end), &mut outline);
                } else {
                    at = end;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    // a name written twice counts as its last value, as everywhere here
    outline.members.reverse();
    outline
}

/// Records the member whose name is the string at `name`; the place to go on from.
fn take_member(text: &[u8], name: (usize, usize), outline: &mut JsonOutline) -> usize {
    let colon = skip_space(text, name.1);
    if text.get(colon) != Some(&b':') {
        return name.1;
    }
    let Ok(key) = serde_json::from_slice::<String>(&text[name.0..name.1]) else { return name.1 };
    let at = skip_space(text, colon + 1);
    let value_end = if text.get(at) == Some(&b'"') { string_end(text, at) } else { None };
    let value = value_end
        .and_then(|end| serde_json::from_slice::<String>(&text[at..end]).ok())
        .filter(|value| value.len() < 200);
    outline.members.push((key, value));
    value_end.unwrap_or(at)
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// The offset behind the closing quote of the string that opens at `at`.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut i = at + 1;
    loop {
        match text.get(i)? {
            b'"' => return Some(i + 1),
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_ignores_brackets_in_strings() {
        assert_eq!(look(br#"{"a":"[[[[\"[","b":[{}]}"#, 99).depth, 3);
    }

    #[test]
    fn the_look_stops_at_the_limit() {
        assert_eq!(look(&[b'['; 1_000_000], 128).depth, 129);
    }

    #[test]
    fn nul_and_lone_surrogates_are_mended_and_pairs_are_left() {
        let text = br#"{"a":"x\u0000y","b":"\ud83d\ude00","c":"\ud83dz","d":"\\u0000","e":"\udc00"}"#;

        let found = look(text, 9);
        let value: serde_json::Value = serde_json::from_slice(&mend(text)).unwrap();

        assert_eq!((found.nul, found.lone), (1, 2));
        assert_eq!(value["a"], "xy");
        assert_eq!(value["b"], "😀");
        assert_eq!(value["c"], "\u{fffd}z");
        assert_eq!(value["d"], "\\u0000");
        assert_eq!(value["e"], "\u{fffd}");
    }

    #[test]
    fn the_head_of_a_broken_document_is_still_told() {
        let text = br#" {"a" : {"x":"y"}, "bomFormat":"CycloneDX", "n":[1,{"specVersion":"9"}], "specVersion":"1.6", "c"#;

        let outline = head(text);

        assert_eq!(outline.text("bomFormat"), Some("CycloneDX"));
        assert_eq!(outline.text("specVersion"), Some("1.6"));
        assert!(!outline.has("x") && outline.has("n"));
    }
}
