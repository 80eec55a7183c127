//! What can go wrong below the use cases.

use sea_orm::{DbErr, SqlErr};

use crate::base::{Digest, ErrorKind, ListError};

/// A failure of the database or the blob store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement or connection failed.
    #[error("could not {action}")]
    Database {
        /// What was attempted.
        action: &'static str,
        /// The cause.
        #[source]
        source: DbErr,
    },
    /// The blob store failed.
    #[error("could not {action} blob {digest}")]
    Blob {
        /// What was attempted.
        action: &'static str,
        /// Which blob.
        digest: Digest,
        /// The cause.
        #[source]
        source: object_store::Error,
    },
    /// Stored bytes no longer have the digest they are filed under.
    #[error("blob {expected} was changed: its bytes now hash to {found}")]
    BlobChanged {
        /// The address.
        expected: Digest,
        /// What the bytes hash to.
        found: Digest,
    },
    /// A stored value cannot be read back.
    #[error("the database holds an unreadable {what}: {detail}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// A list was asked for in a way it cannot answer.
    #[error(transparent)]
    List(#[from] ListError),
    /// Someone else moved the ledger head in between.
    #[error("the ledger was appended to by someone else at the same time")]
    LedgerMoved,
    /// Somebody is at work on the same source.
    #[error("another run collects this source right now; try again when it has ended")]
    SourceBusy,
    /// The database URL is not one we know.
    #[error(
        "`{0}` is no database URL: write sqlite:///path/attestry.db or postgres://user:password@host/database"
    )]
    Url(String),
    /// A directory cannot be made or opened.
    #[error("could not prepare {path}")]
    Directory {
        /// The directory.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl StoreError {
    /// Wraps a database error with what was attempted.
    pub(super) fn of(action: &'static str) -> impl FnOnce(DbErr) -> Self {
        move |source| Self::Database { action, source }
    }

    /// How a caller may act on it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database { source, .. } => match source.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => ErrorKind::Conflict,
                Some(_) | None => ErrorKind::Upstream,
            },
            Self::Blob { source: object_store::Error::NotFound { .. }, .. } | Self::BlobChanged { .. } => {
                ErrorKind::Integrity
            }
            Self::Blob { .. } | Self::Directory { .. } => ErrorKind::Upstream,
            Self::Unreadable { .. } => ErrorKind::Internal,
            Self::LedgerMoved | Self::SourceBusy => ErrorKind::Busy,
            Self::Url(_) | Self::List(_) => ErrorKind::Invalid,
        }
    }

    /// Whether a unique index refused the row.
    pub(super) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database { .. }) && self.kind() == ErrorKind::Conflict
    }
}

/// Reads a stored word back into its type.
pub(super) fn readable<T, E: std::fmt::Display>(
    what: &'static str,
    value: Result<T, E>,
) -> Result<T, StoreError> {
    value.map_err(|e| StoreError::Unreadable { what, detail: e.to_string() })
}
