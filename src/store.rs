//! The only home of SQL: rows in, rows out, transactions. Knows the domain's types, decides nothing.
//!
//! Queries are `impl Store`, one file per noun, noun first (`evidence_record`, `run_claim`). Multi-step work is one
//! public method that owns its transaction; helpers take the transaction and end in `_in`.

mod advisory;
mod audit;
mod blob;
mod ceremony;
mod component_list;
mod connect;
mod credential;
mod entity;
mod error;
mod evaluation;
mod evidence;
mod finding_list;
mod finding_register;
mod idempotency;
mod ledger;
mod link;
mod list;
mod observations;
mod pack;
mod passkey;
mod people_list;
mod person;
mod run;
mod run_list;
mod scope;
mod score;
mod search;
mod session;
mod setting;
mod source;
mod standing;
mod statements;
mod throttle;
mod token;
mod trail;
mod vendor_list;
mod withdrawal;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

pub use advisory::{FeedRow, FeedUpdate};
pub use audit::AuditRow;
pub use blob::BlobStore;
pub use ceremony::CeremonyRow;
pub use component_list::{ComponentLine, ComponentScope, PackageUse, SbomLine};
pub use connect::DatabaseUrl;
pub use error::StoreError;
pub use evaluation::{EvaluationRow, RequirementRow, VerdictChange};
pub use evidence::{EvidenceLine, EvidenceRow, NewEvidence, Recorded, Refusal, Sighting, SightingRow};
pub use finding_list::{FindingSighting, StandingFinding};
pub use idempotency::KeyedRequest;
pub use ledger::{CheckpointRow, EntryRow, LedgerHead, NewEntry, SigningKeyRow};
pub use link::{LinkRow, Redeemed};
pub use observations::ComponentRow;
pub use pack::PackRow;
pub use passkey::PasskeyRow;
pub use people_list::{EngagementLine, PersonLine, PersonSet, TokenLine};
pub use person::{EngagementRow, PersonRow};
pub use run::{Finish, NewRun, RunRow, RunState, Trigger};
pub use run_list::{BroughtItem, RunLine, SourceLine};
pub use scope::{AssetRow, VendorRow};
pub use score::ScoreRow;
pub use search::{Hit, SEARCHED_ROWS};
pub use session::SessionRow;
pub use source::{ScheduleRow, SourceRow};
pub use standing::{Occurrence, Pulse, Unread};
pub use throttle::ThrottleRow;
pub use token::TokenRow;
pub use trail::{AuditSpan, Erasable};
pub use vendor_list::{PastScore, VendorScoreLine};
pub use withdrawal::{Deciding, WithdrawalRow, WithdrawalState};

/// A connected, migrated database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// One connection on SQLite, a pool on PostgreSQL.
    writer: DatabaseConnection,
    /// Read-only connections on SQLite, the same pool on PostgreSQL.
    reader: DatabaseConnection,
    statements: statements::Statements,
}

impl Store {
    /// Begins a writing transaction. SQLite takes its write lock at once: a deferred upgrade would fail without waiting.
    async fn write(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await.map_err(StoreError::of("begin a transaction"))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader.ping().await.map_err(StoreError::of("reach the database"))
    }
}
