//! Bodies of requests, read under a limit, and the token that says which page they come from.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};

use crate::base::ErrorKind;
use crate::web::Problem;
use crate::web::guard::Visit;

/// Largest form without files, in bytes.
const MAX_FORM: usize = 64 * 1024;
/// Most parts of one upload.
const MAX_PARTS: usize = 200;

/// What an upload carried.
#[derive(Debug, Default)]
pub struct Files {
    /// Fields that are no files, in the order sent.
    pub fields: Vec<(String, String)>,
    /// The files.
    pub files: Vec<File>,
}

/// One uploaded file.
#[derive(Debug)]
pub struct File {
    /// Its name at the sender's, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Files {
    /// The first field of that name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The text of a form's body.
pub(super) async fn form_text(request: &HttpRequest, payload: Payload) -> Result<String, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::new(
            ErrorKind::UnsupportedMedia,
            "a form is sent as application/x-www-form-urlencoded",
        ));
    }
    let bytes = collect(payload, MAX_FORM, "form").await?;
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Problem::new(ErrorKind::Invalid, "the form is not UTF-8 text"))
}

/// The first field of that name in a form's body.
pub(super) fn field(text: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(text.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// A session's form carries the session's token. Strangers have no session that could be misused.
pub(super) fn check_token(visit: &Visit, given: Option<String>) -> Result<(), Problem> {
    if visit.token_fits(given.as_deref()) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorKind::Forbidden,
        "this form belongs to another session: load the page again and send it from there",
    ))
}

/// Reads a multipart body. The token comes first, so that nothing of a foreign form is read.
pub(super) async fn files(request: &HttpRequest, payload: Payload, visit: &Visit) -> Result<Files, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Err(Problem::new(ErrorKind::UnsupportedMedia, "files are sent as multipart/form-data"));
    }
    let wrong = |e: actix_multipart::MultipartError| {
        Problem::new(ErrorKind::Invalid, format!("the upload cannot be read: {e}"))
    };
    let limit = usize::try_from(visit.config().limits.archive_bytes).unwrap_or(usize::MAX);
    let mut parts = Multipart::new(request.headers(), payload);
    let mut found = Files::default();
    let (mut checked, mut count, mut left) = (false, 0_usize, limit);
    while let Some(part) = parts.next().await {
        let part = part.map_err(wrong)?;
        count += 1;
        if count > MAX_PARTS {
            return Err(Problem::new(ErrorKind::TooLarge, format!("more than {MAX_PARTS} files at once")));
        }
        let field = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|d| d.get_filename()).map(bare_name);
        let bytes = collect(part, if file.is_some() { left } else { MAX_FORM }, "upload").await?;
        left = left.saturating_sub(bytes.len());
        match file {
            None if field == "csrf" => {
                check_token(visit, Some(String::from_utf8_lossy(&bytes).into_owned()))?;
                checked = true;
            }
            _ if !checked => check_token(visit, None)?,
            None => found.fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            // what a browser sends when no file was chosen
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => found.files.push(File { name, bytes }),
        }
    }
    if checked { Ok(found) } else { check_token(visit, None).map(|()| found) }
}

/// A file's name without folders, as some browsers send them.
fn bare_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// Collects a stream of bytes under a limit.
async fn collect<S, E>(mut stream: S, limit: usize, what: &str) -> Result<Bytes, Problem>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let mut bytes = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|e| Problem::new(ErrorKind::Invalid, format!("the {what} broke off: {e}")))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::new(
                ErrorKind::TooLarge,
                format!("the {what} is larger than {limit} bytes"),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}
