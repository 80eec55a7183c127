//! Fetches raw documents from places. Knows no controls and no database.

mod directory;
mod feed;
mod git;
mod local_repository;
mod sbom;

use std::path::PathBuf;

use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::base::{ErrorKind, UnixMillis};
use crate::evidence::EvidenceKind;
use crate::net::NetError;

pub use directory::{Directory, files_below};
pub use feed::{
    AdvisoryFeed, FeedDocument, FeedName, FeedSettings, Fetched, Place, Remembered, packed_folder,
};
pub use local_repository::LocalRepository;
pub use sbom::workspace_sbom;

/// Where a collection goes on; opaque to everybody but its collector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor(pub String);

/// One document as it was fetched.
#[derive(Debug, Clone)]
pub struct RawDocument {
    /// Name for people and receipts.
    pub name: String,
    /// The bytes, untouched.
    pub bytes: Bytes,
    /// What it is known to be; decided by content when absent.
    pub kind: Option<EvidenceKind>,
    /// The request that fetched it, as JSON.
    pub request: String,
    /// Whether everything asked for came: `proven`, `partial`, `failed` or `unknown`.
    pub completeness: &'static str,
    /// Where to go on once this document is stored.
    pub resume: Cursor,
}

/// Settings of the sources of this module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Directory to read.
    pub path: PathBuf,
    /// Asset the evidence is about.
    #[serde(default)]
    pub asset: Option<String>,
}

/// Fetches documents from one kind of source.
pub trait Collector: Send + Sync {
    /// Name and version, recorded with each document.
    fn name(&self) -> &'static str;

    /// The documents from the cursor on, as of `at`. An error ends the stream; what came before it counts.
    fn documents<'a>(
        &'a self,
        from: &'a Cursor,
        at: UnixMillis,
    ) -> BoxStream<'a, Result<RawDocument, CollectError>>;
}

/// Why a source could not be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The kind of source is unknown.
    #[error("`{0}` is no kind of source; one of local-repository, directory, advisory-feed")]
    UnknownKind(String),
    /// The settings cannot be read.
    #[error("the settings of the source are wrong: {0}")]
    Settings(String),
    /// The place is not there.
    #[error("{0} does not exist or cannot be read")]
    Gone(PathBuf, #[source] std::io::Error),
    /// A tool the collector needs failed.
    #[error("{tool} failed in {place}: {detail}")]
    Tool {
        /// Which tool.
        tool: &'static str,
        /// Where.
        place: PathBuf,
        /// What it said, shortened.
        detail: String,
    },
    /// A server was not asked, or did not answer as it should.
    #[error(transparent)]
    Net(NetError),
    /// A server answered something else than the file.
    #[error("{host} answered with status {status}: {advice}")]
    Refused {
        /// Its host.
        host: String,
        /// The status.
        status: u16,
        /// What to do.
        advice: &'static str,
    },
    /// A file is over the limit; it is named and left out.
    #[error("{path} has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
}

impl CollectError {
    /// How a caller may act on it.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownKind(_) | Self::Settings(_) => ErrorKind::Invalid,
            Self::Gone(..) | Self::Tool { .. } | Self::Net(_) | Self::Refused { .. } => ErrorKind::Upstream,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
        }
    }
}

/// Kinds of source that can be declared.
const KINDS: [&str; 3] = ["local-repository", "directory", ADVISORY_FEED];

/// The kind of source that is an [`AdvisoryFeed`].
pub const ADVISORY_FEED: &str = "advisory-feed";

/// Whether the kind of source exists.
///
/// # Errors
/// When it does not.
pub fn check_kind(kind: &str) -> Result<(), CollectError> {
    if KINDS.contains(&kind) { Ok(()) } else { Err(CollectError::UnknownKind(kind.to_owned())) }
}

/// The collector of a declared source.
///
/// # Errors
/// When its kind is unknown or its settings cannot be read.
pub fn collector(kind: &str, settings: &str, file_limit: u64) -> Result<Box<dyn Collector>, CollectError> {
    let settings: SourceSettings =
        serde_json::from_str(settings).map_err(|e| CollectError::Settings(e.to_string()))?;
    match kind {
        "local-repository" => Ok(Box::new(LocalRepository::new(settings.path))),
        "directory" => Ok(Box::new(Directory::new(settings.path, file_limit))),
        other => Err(CollectError::UnknownKind(other.to_owned())),
    }
}
