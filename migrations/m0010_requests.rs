//! Work that is asked for on a page: what was asked, how far it has come, and the packs that came of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_null, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // one column a statement: SQLite adds no more at once
        for column in ["request", "progress"] {
            let added = Table::alter().table("run").add_column(text(column).default("")).to_owned();
            manager.alter_table(added).await?;
        }
        let name = Table::alter().table("pack").add_column(text("file").default("")).to_owned();
        manager.alter_table(name).await?;
        for column in ["run_id", "engagement_id"] {
            let added = Table::alter().table("pack").add_column(string_null(column)).to_owned();
            manager.alter_table(added).await?;
        }
        let engagement = Index::create()
            .name("ix_pack_engagement")
            .table("pack")
            .col("engagement_id")
            .col("number")
            .to_owned();
        manager.create_index(engagement).await
    }
}
