//! Files that are handed out: never shown in the page's place, under a name that cannot leave its header.

use std::fmt::Write as _;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;

use crate::app::Exported;

/// Longest name offered for saving, in characters.
const LONGEST_NAME: usize = 120;

/// The answer that saves a file.
pub fn answer(name: &str, media_type: &'static str, bytes: Bytes) -> HttpResponse {
    saved(name, media_type).insert_header((CACHE_CONTROL, "private, no-store")).body(bytes)
}

/// The answer that saves a list.
pub fn list(file: Exported) -> HttpResponse {
    answer(&file.file_name, file.media_type, file.bytes.into())
}

/// The head of an answer that saves a file; how long it may be kept is left to the caller.
pub fn saved(name: &str, media_type: &'static str) -> HttpResponseBuilder {
    let mut head = HttpResponse::Ok();
    head.content_type(media_type)
        .insert_header((CONTENT_DISPOSITION, disposition(name)))
        // should a browser show it all the same: nothing in it runs or is loaded
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"));
    head
}

/// `attachment` with the name twice: in plain ASCII (RFC 6266) and as it is (RFC 8187).
fn disposition(file: &str) -> String {
    let name = saved_name(file);
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ()+,@".contains(c) { c } else { '_' })
        .collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            exact.push(char::from(byte));
        } else {
            write!(exact, "%{byte:02X}").unwrap_or_default();
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// The last part of a name, without what could climb, hide or break a header.
fn saved_name(file: &str) -> String {
    let last = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|c| !c.is_control() && !is_direction(*c)).take(LONGEST_NAME).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    if clean.is_empty() { "download".to_owned() } else { clean.to_owned() }
}

/// Marks that turn the direction of writing, with which `txt.exe` is made to look like `exe.txt`.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_neither_climbs_nor_breaks_the_header() {
        for (file, name) in [
            ("a.zip!/../../etc/passwd", "passwd"),
            ("C:\\..\\boot.ini", "boot.ini"),
            ("x\r\nSet-Cookie: a=b", "xSet-Cookie: a=b"),
            ("..", "download"),
            ("", "download"),
            ("bill\u{202e}txt.exe", "billtxt.exe"),
        ] {
            assert_eq!(saved_name(file), name, "{file:?}");
        }
    }

    #[test]
    fn a_name_is_offered_plainly_and_exactly() {
        assert_eq!(
            disposition("Prüfung \"1\";.json"),
            "attachment; filename=\"Pr_fung _1__.json\"; filename*=UTF-8''Pr%C3%BCfung%20%221%22%3B.json"
        );
    }
}
