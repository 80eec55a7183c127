//! The only error drivers see: a kind to act on, a sentence to show, and a cause to log.

use std::borrow::Cow;

use crate::base::{ErrorKind, ListError};
use crate::store::StoreError;

/// A use case failed.
#[derive(Debug)]
pub struct Error {
    /// How a caller may act on it.
    pub kind: ErrorKind,
    /// What may be shown: what is wrong, where, and how to mend it.
    pub public: Cow<'static, str>,
    /// What goes to the log.
    pub source: Option<anyhow::Error>,
}

impl Error {
    /// An error with a public sentence.
    pub fn new(kind: ErrorKind, public: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, public: public.into(), source: None }
    }

    /// Wrong input or use.
    pub fn invalid(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Invalid, public)
    }

    /// No such thing.
    pub fn not_found(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::NotFound, public)
    }

    /// Something that could not be read or reached.
    pub fn upstream(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Upstream, public)
    }

    /// A digest, signature or proof that does not hold.
    pub fn integrity(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Integrity, public)
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.public)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| s.as_ref() as _)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::new(error.kind(), error.to_string()).caused_by(error)
    }
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Self {
        Self::invalid(error.to_string())
    }
}
