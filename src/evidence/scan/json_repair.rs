//! Mends JSON that real tools write wrongly inside strings; everything outside strings stays as it is.
//!
//! Three faults only: raw control characters, escapes JSON does not know (`\X`), and halves of surrogate pairs.

/// What was mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repairs {
    /// Raw control characters that are now escaped.
    pub control: u64,
    /// Backslashes that are now doubled because no escape follows.
    pub escapes: u64,
    /// Halves of surrogate pairs that are now U+FFFD.
    pub surrogates: u64,
}

/// The mended text, or `None` when there is nothing of the kind to mend.
pub(crate) fn repair(bytes: &[u8]) -> Option<(Vec<u8>, Repairs)> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut repairs = Repairs::default();
    let mut at = 0;
    let mut in_string = false;
    while let Some(&byte) = bytes.get(at) {
        if !in_string || !(byte == b'\\' || byte < 0x20) {
            in_string ^= byte == b'"';
            out.push(byte);
            at += 1;
        } else if byte == b'\\' {
            at += escape(&bytes[at..], &mut out, &mut repairs);
        } else {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            repairs.control += 1;
            at += 1;
        }
    }
    (repairs != Repairs::default()).then_some((out, repairs))
}

/// Copies or mends the escape `rest` starts with; returns how many bytes it took.
fn escape(rest: &[u8], out: &mut Vec<u8>, repairs: &mut Repairs) -> usize {
    match rest.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
            out.extend_from_slice(&rest[..2]);
            2
        }
        Some(b'u') => unicode_escape(rest, out, repairs),
        _ => {
            out.extend_from_slice(b"\\\\");
            repairs.escapes += 1;
            1
        }
    }
}

fn unicode_escape(rest: &[u8], out: &mut Vec<u8>, repairs: &mut Repairs) -> usize {
    match (code_unit(rest), rest.get(6..).and_then(code_unit)) {
        (None, _) => {
            out.extend_from_slice(b"\\\\");
            repairs.escapes += 1;
            1
        }
        (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => {
            out.extend_from_slice(&rest[..12]);
            12
        }
        (Some(0xD800..0xE000), _) => {
            out.extend_from_slice(b"\\ufffd");
            repairs.surrogates += 1;
            6
        }
        (Some(_), _) => {
            out.extend_from_slice(&rest[..6]);
            6
        }
    }
}

/// The code unit of the `\uXXXX` that `rest` starts with.
fn code_unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        String::from_utf8(repair(text.as_bytes()).expect("something to mend").0).unwrap()
    }

    #[test]
    fn raw_control_characters_in_strings_are_escaped_and_white_space_between_is_kept() {
        assert_eq!(mended("{\n\"a\":\"x\r\ny\"\n}"), "{\n\"a\":\"x\\u000d\\u000ay\"\n}");
    }

    #[test]
    fn unknown_escapes_and_half_surrogates_become_readable() {
        assert_eq!(mended(r#""C:\Xen \u12""#), r#""C:\\Xen \\u12""#);
        assert_eq!(mended(r#""\ud800x \ud83d\ude00""#), r#""\ufffdx \ud83d\ude00""#);
    }

    #[test]
    fn sound_json_is_left_alone() {
        assert_eq!(repair(br#"{"a":"\"\\\n\u00e9","b":[1]}"#), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = repair(&bytes);
        }

        #[test]
        fn what_is_mended_needs_no_second_mending(text in "[\"\\\\u0-9a-fx\n]{0,60}") {
            if let Some((bytes, _)) = repair(text.as_bytes()) {
                proptest::prop_assert_eq!(repair(&bytes), None);
            }
        }
    }
}
