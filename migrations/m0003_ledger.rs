//! The Merkle ledger: entries, complete subtree hashes, the head, checkpoints and keys.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, pk_auto, string, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entry = Table::create()
            .table("ledger_entry")
            .col(big_integer("seq").primary_key())
            .col(string("predicate"))
            .col(string("subject_sha256"))
            .col(text("envelope"))
            .col(big_integer("at"))
            .to_owned();
        manager.create_table(entry).await?;
        let subject =
            Index::create().name("ix_ledger_subject").table("ledger_entry").col("subject_sha256").to_owned();
        manager.create_index(subject).await?;
        let node = Table::create()
            .table("ledger_node")
            .col(integer("level"))
            .col(big_integer("idx"))
            .col(string("hash"))
            .primary_key(Index::create().col("level").col("idx"))
            .to_owned();
        manager.create_table(node).await?;
        let head = Table::create()
            .table("ledger_head")
            .col(integer("id").primary_key())
            .col(big_integer("size"))
            .col(text("frontier"))
            .to_owned();
        manager.create_table(head).await?;
        checkpoints_and_keys(manager).await
    }
}

async fn checkpoints_and_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let checkpoint = Table::create()
        .table("checkpoint")
        .col(pk_auto("no"))
        .col(big_integer("size"))
        .col(big_integer("at"))
        .col(text("note"))
        .to_owned();
    manager.create_table(checkpoint).await?;
    let size = Index::create().name("ix_checkpoint_size").table("checkpoint").col("size").to_owned();
    manager.create_index(size).await?;
    let key = Table::create()
        .table("signing_key")
        .col(string("fingerprint").primary_key())
        .col(text("sealed"))
        .col(text("vkey"))
        .col(big_integer("created_at"))
        .col(big_integer_null("retired_at"))
        .to_owned();
    manager.create_table(key).await
}
