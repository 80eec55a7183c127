//! Answers in JSON with their entity tag, and bodies in JSON under a limit.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::{Digest, ErrorKind};
use crate::web::Problem;

/// Largest JSON body, in bytes.
const MAX_JSON: u64 = 64 * 1024;

/// An answer before it is sent; with an idempotency key it is also kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

impl Answer {
    pub fn new<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Problem> {
        Ok(Self { status: status.as_u16(), location: String::new(), body: text(body)? })
    }

    pub fn at(mut self, location: String) -> Self {
        self.location = location;
        self
    }

    pub fn send(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut answer = HttpResponse::build(status);
        answer.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
        if !self.location.is_empty() {
            answer.insert_header((LOCATION, self.location));
        }
        answer.body(self.body)
    }
}

fn text<T: Serialize>(body: &T) -> Result<String, Problem> {
    let failed =
        |e| Problem::from(crate::app::Error::new(ErrorKind::Internal, "could not write JSON").caused_by(e));
    serde_json::to_string(body).map_err(|e: serde_json::Error| failed(e))
}

/// Something to read, with its entity tag; nothing but the tag when the caller has it already.
pub fn shown<T: Serialize>(request: &HttpRequest, body: &T) -> Result<HttpResponse, Problem> {
    Ok(tagged(request, text(body)?))
}

/// The same for what is JSON already.
pub fn tagged(request: &HttpRequest, text: String) -> HttpResponse {
    let tag = format!("\"{}\"", &Digest::of(text.as_bytes()).to_hex()[..32]);
    let known = is_known(request, &tag);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "private, no-cache"));
    if known { answer.finish() } else { answer.content_type("application/json").body(text) }
}

/// Whether `If-None-Match` names that tag (RFC 9110 §13.1.2, weak comparison).
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let given = request.headers().get_all(IF_NONE_MATCH).filter_map(|v| v.to_str().ok());
    given.flat_map(|v| v.split(',')).map(str::trim).any(|v| v == "*" || v.trim_start_matches("W/") == tag)
}

/// Reads a body under a limit.
pub async fn bytes(mut payload: Payload, most: u64) -> Result<Bytes, Problem> {
    let mut all = actix_web::web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|e| Problem::new(ErrorKind::Invalid, format!("the body broke off: {e}")))?;
        if (all.len() + chunk.len()) as u64 > most {
            return Err(Problem::new(ErrorKind::TooLarge, format!("the body is larger than {most} bytes")));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

/// Reads a JSON body; gives also its bytes.
pub async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(T, Bytes), Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(ErrorKind::UnsupportedMedia, "send the body as application/json"));
    }
    let bytes = bytes(payload, MAX_JSON).await?;
    let wrong =
        |e: &dyn std::fmt::Display| Problem::new(ErrorKind::Invalid, format!("the body cannot be read: {e}"));
    let read: T = serde_json::from_slice(&bytes).map_err(|e| wrong(&e))?;
    // the databases cannot hold it, and no word needs it
    if bytes.windows(6).any(|w| w == b"\\u0000") {
        return Err(wrong(&"it holds the character NUL"));
    }
    Ok((read, bytes))
}
