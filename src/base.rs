//! The words every layer shares: identifiers, instants, digests, severities and error kinds.
//!
//! Nothing here knows a database, a network or a framework; nothing here reads the clock except [`SystemClock`].

mod digest;
mod error_kind;
mod id;
mod list;
pub mod relative;
mod severity;
mod time;

pub use digest::{Digest, DigestError, IdentityHasher};
pub use error_kind::ErrorKind;
pub use id::{
    EngagementId, EvidenceId, IdError, PackId, PersonId, RunId, ScoreId, SessionId, SourceId, TokenId,
    WithdrawalId,
};
pub use list::{COUNT_MOST, Count, ListError, ListQuery, Listed};
pub use severity::Severity;
pub use time::{Clock, DAY_MS, FixedClock, SystemClock, TimeError, UnixMillis};
