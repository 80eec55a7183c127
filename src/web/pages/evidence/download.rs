//! An item's original bytes and its proof, as downloads that no browser shows in place.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpResponse, web};

use crate::base::Digest;
use crate::web::access::{DownloadEvidence, ViewCompliance};
use crate::web::guard::Guarded;
use crate::web::pages::evidence::evidence_id;
use crate::web::{Problem, attachment};

/// The bytes exactly as stored.
pub async fn raw(app: Guarded<DownloadEvidence>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = app.request().headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).and_then(digest_of);
    let raw = app.evidence_raw(app.actor(), evidence_id(&id)?, known).await?;
    let tag = format!("\"{}\"", raw.sha256.to_hex());
    let Some(bytes) = raw.bytes else {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    };
    Ok(attachment::saved(&raw.file, "application/octet-stream")
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((ETAG, tag))
        .body(bytes))
}

/// The inclusion proof of the item's ledger entry.
pub async fn proof(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (name, text) = app.evidence_proof(evidence_id(&id)?).await?;
    Ok(attachment::answer(&name, "text/plain; charset=utf-8", text.into()))
}

/// The digest in an entity tag of ours.
fn digest_of(tag: &str) -> Option<Digest> {
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_tag_is_the_digest() {
        let digest = Digest::of(b"x");
        assert_eq!(digest_of(&format!("W/\"{}\"", digest.to_hex())), Some(digest));
        assert_eq!(digest_of("\"x\""), None);
    }
}
