//! The only home of SQL: rows in, rows out, transactions. Knows the domain's types, decides nothing.
//!
//! Queries are `impl Store`, one file per noun, noun first (`evidence_record`, `run_claim`). Multi-step work is one
//! public method that owns its transaction; helpers take the transaction and end in `_in`.

mod advisory;
mod audit;
mod blob;
mod connect;
mod entity;
mod error;
mod evaluation;
mod evidence;
mod finding_list;
mod finding_register;
mod ledger;
mod list;
mod observations;
mod pack;
mod person;
mod run;
mod scope;
mod score;
mod session;
mod setting;
mod source;
mod standing;
mod token;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

pub use advisory::{FeedRow, FeedUpdate};
pub use audit::AuditRow;
pub use blob::BlobStore;
pub use connect::DatabaseUrl;
pub use error::StoreError;
pub use evaluation::{EvaluationRow, RequirementRow, VerdictChange};
pub use evidence::{EvidenceRow, NewEvidence, Recorded, Refusal, Sighting};
pub use finding_list::{FindingSighting, StandingFinding};
pub use ledger::{CheckpointRow, EntryRow, LedgerHead, NewEntry, SigningKeyRow};
pub use observations::ComponentRow;
pub use pack::PackRow;
pub use person::{EngagementRow, PersonRow};
pub use run::{Finish, NewRun, RunRow, RunState, Trigger};
pub use scope::{AssetRow, VendorRow};
pub use score::ScoreRow;
pub use session::SessionRow;
pub use source::{ScheduleRow, SourceRow};
pub use standing::{Occurrence, Pulse, Unread};
pub use token::TokenRow;

/// A connected, migrated database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// One connection on SQLite, a pool on PostgreSQL.
    writer: DatabaseConnection,
    /// Read-only connections on SQLite, the same pool on PostgreSQL.
    reader: DatabaseConnection,
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
