//! The database schema, forward only. A released migration is never edited: add a file instead.
//!
//! Portable by rule: instants are `BIGINT` milliseconds, enums are text, JSON is text that is never queried into,
//! sort columns are `NOT NULL`, every migration runs in a transaction on both engines.

use sea_orm_migration::prelude::*;

mod m0001_core;
mod m0002_evidence;
mod m0003_ledger;
mod m0004_verdicts;
mod m0005_identity;
mod m0006_audit_trail;
mod m0007_withdrawal;
mod m0008_changed_verdicts;
mod m0009_finding_lists;
mod m0010_requests;
mod m0011_idempotency;
mod m0012_finding_clock;

/// Runs every migration in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_core::Migration),
            Box::new(m0002_evidence::Migration),
            Box::new(m0003_ledger::Migration),
            Box::new(m0004_verdicts::Migration),
            Box::new(m0005_identity::Migration),
            Box::new(m0006_audit_trail::Migration),
            Box::new(m0007_withdrawal::Migration),
            Box::new(m0008_changed_verdicts::Migration),
            Box::new(m0009_finding_lists::Migration),
            Box::new(m0010_requests::Migration),
            Box::new(m0011_idempotency::Migration),
            Box::new(m0012_finding_clock::Migration),
        ]
    }
}
