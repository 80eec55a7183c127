//! The audit trail: who did what. Names and addresses are encrypted per row, so that they can be erased while every
//! proof stays valid.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_auto, string, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entry = Table::create()
            .table("audit_entry")
            .col(pk_auto("no"))
            .col(big_integer("at"))
            .col(string("action"))
            .col(string("outcome"))
            .col(string("actor"))
            .col(text("object"))
            // who, from where, before and after: encrypted under the row's own key
            .col(text("sealed"))
            // that key, sealed under the master key; empty once it was destroyed
            .col(text("row_key"))
            .col(string("sha256"))
            .col(big_integer("ledger_index"))
            .to_owned();
        manager.create_table(entry).await?;
        for (name, column) in
            [("ix_audit_at", "at"), ("ix_audit_actor", "actor"), ("ix_audit_object", "object")]
        {
            let index = Index::create().name(name).table("audit_entry").col(column).col("no").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
