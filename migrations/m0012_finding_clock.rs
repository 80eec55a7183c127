//! When the time to mend a finding begins: 0 when it was first found open, the largest number while there is no fix.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer("clock_from").default(0).to_owned();
        manager.alter_table(Table::alter().table("finding").add_column(column).to_owned()).await
    }
}
