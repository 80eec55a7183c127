//! Plain lists of numbers: a list that goes on is newer than one that ends.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const END: u8 = 0;
const NUMBER: u8 = 1;

pub(super) fn key(text: &str, separators: &[char]) -> Option<VersionKey> {
    let mut writer = KeyWriter::new();
    for part in text.split(separators) {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        writer.tag(NUMBER).number(part);
    }
    writer.tag(END);
    Some(writer.finish())
}
