//! Reads the protocol buffer form, versions 1.3 to 1.7: rewrites it as the JSON form for the one reader.
//!
//! Protocol buffers have no magic number, so a document is only taken for CycloneDX when its outermost fields are, from
//! the first byte to the last, those of the format's `Bom` message and the first one is a version.

mod component;
mod message;
mod write;

use prost::Message;

use crate::evidence::decoder::DecodeError;
use message::Bom;

/// The outermost field numbers: the highest of version 1.7.
const LAST_FIELD: u64 = 16;

/// Wire types of protocol buffers.
const VARINT: u64 = 0;
const LENGTH: u64 = 2;

/// Whether the bytes are a CycloneDX message. Looks at the outermost keys and lengths only.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    // field 1 of three bytes: `1.` and a digit
    if !matches!(bytes, [0x0a, 3, b'1', b'.', b'0'..=b'9', ..]) {
        return false;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(after) = after_field(rest) else { return false };
        rest = after;
    }
    true
}

/// What follows the first field; `None` when it is no field of a `Bom`.
fn after_field(bytes: &[u8]) -> Option<&[u8]> {
    let (key, rest) = varint(bytes)?;
    let (field, wire) = (key >> 3, key & 7);
    match (field, wire) {
        // the document's version is the only number
        (2, VARINT) => varint(rest).map(|(_, rest)| rest),
        (1 | 3..=LAST_FIELD, LENGTH) => {
            let (length, rest) = varint(rest)?;
            rest.get(usize::try_from(length).ok()?..)
        }
        _ => None,
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(place).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

/// Rewrites a message as JSON.
///
/// # Errors
/// When the bytes are no such message.
pub(super) fn rewrite(bytes: &[u8]) -> Result<String, DecodeError> {
    let unreadable = |what: String| {
        let message = format!("not a CycloneDX protocol buffer message: {what}; export the document again");
        DecodeError::new("invalid-protobuf", message)
    };
    let bom = Bom::decode(bytes).map_err(|e| unreadable(e.to_string()))?;
    serde_json::to_string(&bom).map_err(|e| unreadable(e.to_string()))
}

#[cfg(test)]
mod tests;
