//! Withdrawals of wrong uploads: asked by one person, decided by another. The item itself is never touched.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, pk_auto, string, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut item = ForeignKey::create()
            .name("fk_withdrawal_item")
            .from("withdrawal", "item_no")
            .to("evidence_item", "no")
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let withdrawal = Table::create()
            .table("withdrawal")
            .col(pk_auto("no"))
            .col(string("id").unique_key())
            .col(integer("item_no"))
            .col(string("state"))
            // one request at a time and one withdrawal for ever: `asked:ITEM`, `withdrawn:ITEM`, `declined:ID`
            .col(string("slot").unique_key())
            .col(text("reason"))
            .col(string("asked_by"))
            .col(big_integer("asked_at"))
            // empty and 0 while nobody decided
            .col(string("decided_by"))
            .col(big_integer("decided_at"))
            .col(text("decision_reason"))
            .col(big_integer("ledger_index"))
            .foreign_key(&mut item)
            .to_owned();
        manager.create_table(withdrawal).await?;
        for (name, column) in [("ix_withdrawal_item", "item_no"), ("ix_withdrawal_state", "state")] {
            let index = Index::create().name(name).table("withdrawal").col(column).col("no").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
