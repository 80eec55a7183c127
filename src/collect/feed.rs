//! One published advisory database: a file behind an address or on this machine, fetched only when it changed.
//!
//! A server that says "not modified" proves that the stored copy is what it publishes now. A file on this machine
//! proves only what its time of change says: whoever mirrors it writes it anew.

mod attempt;
mod folder;
mod name;
mod settings;

use std::path::Path;

use bytes::Bytes;
use http::header::{AUTHORIZATION, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, Version};
use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};
use crate::collect::{CollectError, Cursor};

pub use folder::packed_folder;
pub use name::FeedName;
pub use settings::{FeedSettings, Place};

/// What was fetched last, as the source's cursor remembers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Where it came from, as configured: another place knows nothing of our copy.
    pub place: String,
    /// `ETag` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Digest of the stored bytes.
    pub sha256: Option<Digest>,
}

impl Remembered {
    /// What a cursor remembers; nothing when it is empty or of another kind of source.
    pub fn of(cursor: &str) -> Self {
        serde_json::from_str(cursor).unwrap_or_default()
    }

    /// The cursor that remembers it.
    pub fn cursor(&self) -> Cursor {
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }
}

/// What looking at a feed came to.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// The whole file, new or changed.
    Document(FeedDocument),
    /// The publisher says that the copy of that digest is what it has now.
    Unchanged(Digest),
}

/// The file of a feed.
#[derive(Debug, Clone)]
pub struct FeedDocument {
    /// Name for receipts: the last part of the address.
    pub name: String,
    /// The bytes, untouched.
    pub bytes: Bytes,
    /// The request that fetched it, as JSON.
    pub request: String,
    /// `proven` when the transfer itself shows that nothing is missing, else `unknown`.
    pub completeness: &'static str,
    /// The instant the file speaks for, at the latest.
    pub as_of: UnixMillis,
    /// What to remember once it is stored.
    pub remember: Remembered,
}

/// Fetches one feed.
#[derive(Debug)]
pub struct AdvisoryFeed {
    settings: FeedSettings,
    limit: u64,
}

impl AdvisoryFeed {
    /// Name and version, recorded with each document.
    pub const COLLECTOR: &str = concat!("attestry-advisory-feed/", env!("CARGO_PKG_VERSION"));

    /// A collector of files up to `limit` bytes.
    pub const fn new(settings: FeedSettings, limit: u64) -> Self {
        Self { settings, limit }
    }

    /// Looks at the feed as of `now`; `held` is what is stored and can be relied on.
    ///
    /// # Errors
    /// When it cannot be reached, refuses, breaks off or is over the limit. Nothing of it is used then.
    pub async fn fetch(&self, held: &Remembered, now: UnixMillis) -> Result<Fetched, CollectError> {
        match self.settings.place()? {
            Place::File(path) => self.read(&path, now),
            Place::Web(url) => self.download(url.as_str(), held, now).await,
        }
    }

    fn read(&self, path: &Path, now: UnixMillis) -> Result<Fetched, CollectError> {
        use std::io::Read as _;
        let gone = |e| CollectError::Gone(path.to_owned(), e);
        let file = std::fs::File::open(path).map_err(gone)?;
        let about = file.metadata().map_err(gone)?;
        if about.len() > self.limit {
            let (path, bytes, limit) = (path.to_owned(), about.len(), self.limit);
            return Err(CollectError::TooLarge { path, bytes, limit });
        }
        let mut bytes = Vec::new();
        file.take(self.limit).read_to_end(&mut bytes).map_err(gone)?;
        let written = about.modified().ok().and_then(millis).unwrap_or(now);
        let name = path.file_name().map_or_else(|| "feed".to_owned(), |n| n.to_string_lossy().into_owned());
        let remember = Remembered {
            place: path.display().to_string(),
            sha256: Some(Digest::of(&bytes)),
            ..Remembered::default()
        };
        Ok(Fetched::Document(FeedDocument {
            name,
            bytes: Bytes::from(bytes),
            request: serde_json::json!({ "file": path, "written": written }).to_string(),
            completeness: "unknown",
            as_of: written.min(now),
            remember,
        }))
    }

    async fn download(
        &self,
        address: &str,
        held: &Remembered,
        now: UnixMillis,
    ) -> Result<Fetched, CollectError> {
        let uri: Uri = address.parse().map_err(|_| CollectError::Settings("url: no address".to_owned()))?;
        let held = Some(held).filter(|held| held.place == address);
        let headers = self.headers(held)?;
        let answer = attempt::patiently(&self.settings.http(self.limit)?, &uri, &headers).await?;
        match (answer.status(), held.and_then(|held| held.sha256)) {
            (StatusCode::NOT_MODIFIED, Some(sha256)) => Ok(Fetched::Unchanged(sha256)),
            (StatusCode::OK, _) => Ok(Fetched::Document(document(address, answer, now))),
            (status, _) => Err(attempt::refused(&uri, status)),
        }
    }

    /// What is asked with: the token, and what we hold already.
    fn headers(&self, held: Option<&Remembered>) -> Result<HeaderMap, CollectError> {
        let mut headers = HeaderMap::new();
        if let Some(token) = self.settings.token()? {
            headers.insert(AUTHORIZATION, token);
        }
        let Some(held) = held else { return Ok(headers) };
        let told = [(IF_NONE_MATCH, &held.etag), (IF_MODIFIED_SINCE, &held.last_modified)];
        for (name, value) in told {
            let value = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok());
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }
}

fn document(address: &str, answer: Response<Vec<u8>>, now: UnixMillis) -> FeedDocument {
    let text = |name: HeaderName| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned)
    };
    // HTTP/1 without a length ends where the connection does, and so does a broken one.
    let framed = answer.version() >= Version::HTTP_2
        || answer.headers().contains_key(TRANSFER_ENCODING)
        || answer.headers().contains_key(http::header::CONTENT_LENGTH);
    let shown = settings::without_query(address);
    let name = shown.rsplit('/').find(|part| !part.is_empty()).unwrap_or("feed").to_owned();
    let (etag, last_modified) = (text(ETAG), text(LAST_MODIFIED));
    let request = serde_json::json!({ "url": shown, "etag": etag, "last_modified": last_modified });
    let bytes = Bytes::from(answer.into_body());
    FeedDocument {
        name,
        request: request.to_string(),
        completeness: if framed { "proven" } else { "unknown" },
        as_of: now,
        remember: Remembered {
            place: address.to_owned(),
            etag,
            last_modified,
            sha256: Some(Digest::of(&bytes)),
        },
        bytes,
    }
}

fn millis(time: std::time::SystemTime) -> Option<UnixMillis> {
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(UnixMillis)
}
