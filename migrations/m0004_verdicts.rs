//! Evaluations, vendor scores and packs. Append-only: a verdict is never rewritten.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, double, integer, pk_auto, string, text, text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        evaluations(manager).await?;
        scores_and_packs(manager).await
    }
}

async fn evaluations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let evaluation = Table::create()
        .table("evaluation")
        .col(pk_auto("no"))
        .col(big_integer("at"))
        .col(big_integer("made_at"))
        .col(string("catalog"))
        .to_owned();
    manager.create_table(evaluation).await?;
    let at = Index::create().name("ix_evaluation_at").table("evaluation").col("at").to_owned();
    manager.create_index(at).await?;
    let result = Table::create()
        .table("test_result")
        .col(integer("evaluation_no"))
        .col(string("test"))
        .col(string("definition"))
        .col(string("inputs"))
        .col(string("status"))
        .col(big_integer_null("valid_until"))
        .col(text("body"))
        .primary_key(Index::create().col("evaluation_no").col("test"))
        .foreign_key(&mut evaluation_key("fk_result_evaluation", "test_result"))
        .to_owned();
    manager.create_table(result).await?;
    let requirement = Table::create()
        .table("requirement_status")
        .col(integer("evaluation_no"))
        .col(string("framework"))
        .col(string("item"))
        .col(integer("ordinal"))
        .col(string("status"))
        .col(text("explanation"))
        .col(text("tests"))
        .col(text_null("provide"))
        .primary_key(Index::create().col("evaluation_no").col("framework").col("item"))
        .foreign_key(&mut evaluation_key("fk_requirement_evaluation", "requirement_status"))
        .to_owned();
    manager.create_table(requirement).await
}

fn evaluation_key(name: &str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(name)
        .from(table, "evaluation_no")
        .to("evaluation", "no")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn scores_and_packs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let score = Table::create()
        .table("vendor_score")
        .col(string("id").primary_key())
        .col(string("vendor"))
        .col(big_integer("at"))
        .col(string("rule_set"))
        .col(double("inherent"))
        .col(double("residual"))
        .col(double("confidence"))
        .col(string("tier"))
        .col(text("body"))
        .col(big_integer("ledger_index"))
        .to_owned();
    manager.create_table(score).await?;
    let newest =
        Index::create().name("ix_score_vendor").table("vendor_score").col("vendor").col("at").to_owned();
    manager.create_index(newest).await?;
    let pack = Table::create()
        .table("pack")
        .col(string("id").primary_key())
        .col(integer("number").unique_key())
        .col(big_integer("made_at"))
        .col(text("frameworks"))
        .col(big_integer_null("period_from"))
        .col(big_integer("as_of"))
        .col(string("sha256"))
        .col(big_integer("bytes"))
        .col(integer("items"))
        .col(integer("gaps"))
        .col(big_integer("checkpoint_size"))
        .to_owned();
    manager.create_table(pack).await
}
