//! An evaluation stores only what differs from the one before. `base_no` says where the rows it builds on begin.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = integer("base_no").default(0).to_owned();
        manager.alter_table(Table::alter().table("evaluation").add_column(column).to_owned()).await?;
        // Evaluations made before stand on their own: each has all its rows.
        let whole = Query::update().table("evaluation").value("base_no", Expr::col("no")).to_owned();
        manager.execute(whole).await?;
        let item = Index::create()
            .name("ix_requirement_item")
            .table("requirement_status")
            .col("framework")
            .col("item")
            .col("evaluation_no")
            .to_owned();
        manager.create_index(item).await?;
        let test = Index::create()
            .name("ix_result_test")
            .table("test_result")
            .col("test")
            .col("evaluation_no")
            .to_owned();
        manager.create_index(test).await
    }
}
