//! Requests that carried an idempotency key, with the answer they were given, for a day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("idempotency")
            .col(string("actor"))
            .col(string("key"))
            .col(string("request"))
            .col(big_integer("at"))
            .col(integer("status"))
            .col(text("location"))
            .col(text("body"))
            .primary_key(Index::create().col("actor").col("key"))
            .to_owned();
        manager.create_table(table).await?;
        let at = Index::create().name("ix_idempotency_at").table("idempotency").col("at").to_owned();
        manager.create_index(at).await
    }
}
