//! An item's original bytes and its proof, as downloads that no browser shows in place.

use std::fmt::Write as _;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, HttpResponseBuilder, web};

use crate::base::Digest;
use crate::web::Problem;
use crate::web::access::{DownloadEvidence, ViewCompliance};
use crate::web::guard::Guarded;
use crate::web::pages::evidence::evidence_id;

/// Longest name offered for saving, in characters.
const LONGEST_NAME: usize = 120;

/// The bytes exactly as stored.
pub async fn raw(app: Guarded<DownloadEvidence>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = app.request().headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).and_then(digest_of);
    let raw = app.evidence_raw(app.actor(), evidence_id(&id)?, known).await?;
    let tag = format!("\"{}\"", raw.sha256.to_hex());
    let Some(bytes) = raw.bytes else {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    };
    Ok(attached(HttpResponse::Ok(), &raw.file)
        .insert_header((CONTENT_TYPE, "application/octet-stream"))
        .insert_header((ETAG, tag))
        .body(bytes))
}

/// The inclusion proof of the item's ledger entry.
pub async fn proof(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (name, text) = app.evidence_proof(evidence_id(&id)?).await?;
    Ok(attached(HttpResponse::Ok(), &name)
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(text))
}

/// Headers of what is saved and never shown: even a page of HTML among the evidence can do nothing.
fn attached(mut answer: HttpResponseBuilder, file: &str) -> HttpResponseBuilder {
    answer
        .insert_header((CONTENT_DISPOSITION, disposition(file)))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "private, no-cache"));
    answer
}

/// The digest in an entity tag of ours.
fn digest_of(tag: &str) -> Option<Digest> {
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok()
}

/// `Content-Disposition` for a name that may hold anything: the plain form for every browser, the exact one for those
/// that read RFC 8187.
fn disposition(file: &str) -> String {
    let name = saved_name(file);
    let plain: String =
        name.chars()
            .map(|c| {
                if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' }
            })
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
    if clean.is_empty() { "evidence".to_owned() } else { clean.to_owned() }
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
            ("..\\..\\boot.ini", "boot.ini"),
            ("x\r\nSet-Cookie: a=b", "xSet-Cookie: a=b"),
            ("..", "evidence"),
            ("", "evidence"),
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

    #[test]
    fn an_entity_tag_is_the_digest() {
        let digest = Digest::of(b"x");
        assert_eq!(digest_of(&format!("W/\"{}\"", digest.to_hex())), Some(digest));
        assert_eq!(digest_of("\"x\""), None);
    }
}
