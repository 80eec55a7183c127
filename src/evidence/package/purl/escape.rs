//! Percent-encoding as package URLs want it: letters, digits, `.`, `-`, `_`, `~` and `:` stand for themselves.

use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a text holds percent signs to decode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Encoded,
    Plain,
}

/// Writes a text encoded, each byte changed first; `None` when it decodes to what is no UTF-8.
pub(super) fn encode(out: &mut String, text: &str, source: Source, change: fn(u8) -> u8) -> Option<()> {
    if source == Source::Encoded && text.contains('%') {
        let decoded = decode(text);
        std::str::from_utf8(&decoded).ok()?;
        write(out, &decoded, change);
    } else {
        write(out, text.as_bytes(), change);
    }
    Some(())
}

/// The text with its percent signs decoded.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(String::from_utf8_lossy(&decode(text)).into_owned())
}

fn write(out: &mut String, bytes: &[u8], change: fn(u8) -> u8) {
    for &byte in bytes {
        let byte = change(byte);
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().map_or('0', char::from);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// A percent sign without two digits behind it stands for itself.
fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        let escaped = match (first, rest) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                bytes = rest.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                bytes = rest;
            }
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
