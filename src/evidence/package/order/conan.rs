//! Conan's order: <https://docs.conan.io/2/tutorial/versioning/versions.html>.

use crate::evidence::package::key::{KeyWriter, VersionKey};

const END: u8 = 0;
const NUMBER: u8 = 1;
const WORD: u8 = 2;

const PRE_RELEASE: u8 = 1;
const RELEASE: u8 = 2;

pub(super) fn key(text: &str) -> VersionKey {
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (text, pre) = match text.split_once('-') {
        Some((text, pre)) => (text, Some(pre)),
        None => (text, None),
    };
    let mut writer = KeyWriter::new();
    items(&mut writer, text);
    match pre {
        Some(pre) => items(writer.tag(PRE_RELEASE), pre),
        None => _ = writer.tag(RELEASE),
    }
    match build {
        Some(build) => items(writer.tag(NUMBER), build),
        None => _ = writer.tag(END),
    }
    writer.finish()
}

/// Numbers before words; zeros at the end do not count.
fn items(writer: &mut KeyWriter, text: &str) {
    let mut zeros = 0_usize;
    for item in text.split('.') {
        let is_number = !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && item.bytes().all(|byte| byte == b'0') {
            zeros += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut zeros) {
            writer.tag(NUMBER).number("0");
        }
        match is_number {
            true => writer.tag(NUMBER).number(item),
            false => writer.tag(WORD).caseless(item),
        };
    }
    writer.tag(END);
}
