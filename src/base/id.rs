//! Typed identifiers: a vendor's id cannot be handed in where a run's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text was not a UUID.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no identifier: a UUID is expected")]
pub struct IdError(String);

macro_rules! typed_id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new version 7 UUID (RFC 9562 §5.7): sorts by creation time.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError(text.to_owned()))
            }
        }
    )+};
}

typed_id! {
    /// One stored evidence item.
    EvidenceId,
    /// One run of a source or job.
    RunId,
    /// One place evidence is collected from.
    SourceId,
    /// One vendor score calculation.
    ScoreId,
    /// One audit pack.
    PackId,
    /// One person who may sign in.
    PersonId,
    /// One session of a person.
    SessionId,
    /// One API token.
    TokenId,
    /// One engagement of an auditor.
    EngagementId,
    /// One request to withdraw an evidence item.
    WithdrawalId,
}
