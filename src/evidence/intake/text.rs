//! Makes bytes readable: byte-order marks, UTF-16, NUL, broken UTF-8 and nesting, each handled on purpose.

use std::borrow::Cow;

use crate::evidence::intake::fault::Fault;
use crate::evidence::intake::json_scan;
use crate::evidence::receipt::{Note, Notes};
use crate::evidence::{Limit, Limits, Warning};

const UTF16: Note = Note { code: "utf16", message: "the document is UTF-16 and was read as such" };
const DECLARED: Note = Note {
    code: "declared-encoding",
    message: "the document was read in the encoding it declares, which is not UTF-8",
};
const NUL: Note = Note {
    code: "nul-removed",
    message: "U+0000 cannot be stored in text and was left out; the original bytes are unchanged",
};
const INVALID_UTF8: Note = Note {
    code: "invalid-utf8",
    message: "bytes that are not UTF-8 were read as U+FFFD; the original bytes are unchanged",
};
const LONE_SURROGATE: Note = Note {
    code: "lone-surrogate",
    message: "half a surrogate pair was read as U+FFFD; the original bytes are unchanged",
};

mod declared;

/// `serde_json`'s own recursion limit; deeper values cannot be read whatever the configuration allows.
const JSON_DEPTH: u32 = 127;

/// A document as decoders see it.
#[derive(Debug)]
pub(super) struct Text<'a> {
    /// UTF-8 without byte-order mark, wherever the document is text.
    pub(super) bytes: Cow<'a, [u8]>,
    /// What had to be mended.
    pub(super) warnings: Vec<Warning>,
}

/// Makes one document readable and checks how deep it nests.
pub(super) fn normalise<'a>(bytes: Cow<'a, [u8]>, limits: &Limits) -> Result<Text<'a>, Fault> {
    let mut notes = Notes::default();
    let mut bytes = decode_utf16(bytes, &mut notes);
    strip(&mut bytes, b"\xef\xbb\xbf");
    if is_textual(&bytes) {
        bytes = without_nul(bytes, &mut notes);
        if let Some(text) = declared::decode(&bytes) {
            notes.add(DECLARED, String::new);
            bytes = Cow::Owned(text.into_bytes());
        } else if let Err(error) = std::str::from_utf8(&bytes) {
            let at = error.valid_up_to();
            notes.add(INVALID_UTF8, || format!("byte {at}"));
            bytes = Cow::Owned(String::from_utf8_lossy(&bytes).into_owned().into_bytes());
        }
    }
    let too_deep = match first_sign(&bytes) {
        Some(b'{' | b'[') => {
            let limit = limits.depth.min(JSON_DEPTH);
            let found = json_scan::look(&bytes, limit);
            if found.depth <= limit && found.nul + found.lone > 0 {
                notes.add_many(NUL, found.nul, String::new);
                notes.add_many(LONE_SURROGATE, found.lone, String::new);
                bytes = Cow::Owned(json_scan::mend(&bytes));
            }
            found.depth > limit
        }
        Some(b'<') => xml_depth(&bytes, limits.depth) > limits.depth,
        _ => false,
    };
    if too_deep {
        return Err(Fault::Over(Limit::Depth));
    }
    Ok(Text { bytes, warnings: notes.into_warnings() })
}

/// The first byte that is no space.
pub(super) fn first_sign(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn strip(bytes: &mut Cow<'_, [u8]>, mark: &[u8]) {
    if bytes.starts_with(mark) {
        match bytes {
            Cow::Borrowed(slice) => *slice = slice.get(mark.len()..).unwrap_or_default(),
            Cow::Owned(vec) => drop(vec.drain(..mark.len())),
        }
    }
}

/// UTF-16 with a byte-order mark, or without one where every other byte of the beginning is zero.
fn decode_utf16<'a>(bytes: Cow<'a, [u8]>, notes: &mut Notes) -> Cow<'a, [u8]> {
    let big_endian = match *bytes {
        [0xff, 0xfe, ..] => false,
        [0xfe, 0xff, ..] => true,
        [b'{' | b'[' | b'<' | b'\r' | b'\n' | b' ', 0, sign, 0, ..] if sign != 0 => false,
        [0, b'{' | b'[' | b'<' | b'\r' | b'\n' | b' ', 0, sign, ..] if sign != 0 => true,
        _ => return bytes,
    };
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [a, b] if big_endian => u16::from_be_bytes([a, b]),
        [a, b] => u16::from_le_bytes([a, b]),
        _ => 0xFFFD,
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    notes.add(UTF16, String::new);
    Cow::Owned(text.into_bytes())
}

/// Whether the beginning reads like text; NUL alone does not speak against it.
fn is_textual(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    let structured = matches!(first_sign(head), Some(b'{' | b'[' | b'<'));
    let control = |b: &u8| *b < 0x20 && !matches!(b, 0 | b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    structured || (!head.iter().any(control) && std::str::from_utf8(bytes).is_ok())
}

fn without_nul<'a>(bytes: Cow<'a, [u8]>, notes: &mut Notes) -> Cow<'a, [u8]> {
    let Some(first) = bytes.iter().position(|b| *b == 0) else { return bytes };
    let mut bytes = bytes.into_owned();
    let before = bytes.len();
    bytes.retain(|b| *b != 0);
    notes.add_many(NUL, (before - bytes.len()) as u64, || format!("byte {first}"));
    Cow::Owned(bytes)
}

/// Deepest nesting of elements; stops at the first one deeper than `limit`.
fn xml_depth(bytes: &[u8], limit: u32) -> u32 {
    let (mut depth, mut deepest, mut at) = (0_u32, 0_u32, 0_usize);
    while let Some(open) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'<')) {
        let tag = bytes.get(at + open..).unwrap_or_default();
        let end: &[u8] = match tag {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', b'[', ..] => b"]]>",
            [b'<', b'?', ..] => b"?>",
            _ => b">",
        };
        let Some(length) = find(tag, end) else { break };
        at += open + length + end.len();
        match tag {
            [_, b'!' | b'?', ..] => {}
            [_, b'/', ..] => depth = depth.saturating_sub(1),
            _ if length > 0 && tag.get(length - 1) == Some(&b'/') => deepest = deepest.max(depth + 1),
            _ => {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
        if deepest > limit {
            break;
        }
    }
    deepest
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let last = *needle.last()?;
    let mut from = needle.len() - 1;
    loop {
        let end = from + bytes.get(from..)?.iter().position(|b| *b == last)?;
        let start = end + 1 - needle.len();
        if bytes.get(start..=end) == Some(needle) {
            return Some(start);
        }
        from = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<String>) {
        let text = normalise(Cow::Borrowed(bytes), &Limits::default()).unwrap();
        let codes = text.warnings.into_iter().map(|w| w.code).collect();
        (String::from_utf8(text.bytes.into_owned()).unwrap(), codes)
    }

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn byte_order_marks_and_utf16_are_undone() {
        assert_eq!(read(b"\xef\xbb\xbf{\"a\":1}").0, "{\"a\":1}");
        for big_endian in [true, false] {
            assert_eq!(read(&utf16("\u{feff}{\"a\":\"é😀\"}", big_endian)).0, "{\"a\":\"é😀\"}");
            assert_eq!(
                read(&utf16("{\"a\":1}", big_endian)),
                ("{\"a\":1}".to_owned(), vec!["utf16".to_owned()])
            );
        }
    }

    #[test]
    fn nul_and_broken_utf8_in_text_are_mended_with_a_warning() {
        assert_eq!(read(b"{\"a\":\"x\"}\0\0"), ("{\"a\":\"x\"}".to_owned(), vec!["nul-removed".to_owned()]));
        assert_eq!(
            read(b"{\"a\":\"\xe9\"}"),
            ("{\"a\":\"\u{fffd}\"}".to_owned(), vec!["invalid-utf8".to_owned()])
        );
    }

    #[test]
    fn binary_content_is_left_alone() {
        let binary = b"\x0a\x031.6\x00\xff\x01";

        let text = normalise(Cow::Borrowed(binary), &Limits::default()).unwrap();

        assert_eq!(&*text.bytes, binary);
    }

    #[test]
    fn nesting_is_bounded_in_json_and_xml() {
        let deep = "[".repeat(200);
        let tags = "<a>".repeat(200);
        let flat = "<a/><!-- <b><b> --><![CDATA[<c>]]><d></d>".repeat(200);

        for text in [&deep, &tags] {
            let fault = normalise(Cow::Borrowed(text.as_bytes()), &Limits::default()).unwrap_err();
            assert_eq!(fault, Fault::Over(Limit::Depth));
        }
        assert_eq!(xml_depth(flat.as_bytes(), 128), 1);
    }
}
