//! Settings, scope (assets and vendors), sources, schedules and runs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, string, string_null, text, text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        settings_and_scope(manager).await?;
        sources(manager).await?;
        runs(manager).await
    }
}

async fn settings_and_scope(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let setting =
        Table::create().table("setting").col(string("key").primary_key()).col(text("value")).to_owned();
    manager.create_table(setting).await?;
    let asset = Table::create()
        .table("asset")
        .col(string("key").primary_key())
        .col(text("name"))
        .col(string("asset_type"))
        .col(boolean("in_scope"))
        .col(string("environment"))
        .col(text("owner"))
        .col(text("data_classes"))
        .col(boolean("internet_facing"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(asset).await?;
    let vendor = Table::create()
        .table("vendor")
        .col(string("key").primary_key())
        .col(text("name"))
        .col(text("facts"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(vendor).await
}

async fn sources(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let source = Table::create()
        .table("source")
        .col(string("id").primary_key())
        .col(string("name").unique_key())
        .col(string("source_type"))
        .col(text("config"))
        .col(text_null("secret"))
        .col(boolean("enabled"))
        .col(text("cursor"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(source).await?;
    let schedule = Table::create()
        .table("schedule")
        .col(string("id").primary_key())
        .col(string("job"))
        .col(string_null("source_id"))
        .col(string("cron"))
        .col(big_integer("next_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_schedule_source")
                .from("schedule", "source_id")
                .to("source", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(schedule).await?;
    let due = Index::create().name("ix_schedule_next").table("schedule").col("next_at").to_owned();
    manager.create_index(due).await
}

async fn runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let run = Table::create()
        .table("run")
        .col(string("id").primary_key())
        .col(string("job"))
        .col(string_null("source_id"))
        .col(string_null("schedule_id"))
        .col(string("trigger"))
        .col(string("state"))
        .col(big_integer("due_at"))
        .col(big_integer("started_at"))
        .col(big_integer_null("finished_at"))
        .col(string("owner"))
        .col(big_integer("fence"))
        .col(big_integer("lease_until"))
        .col(integer("missed"))
        .col(integer("accepted"))
        .col(integer("duplicates"))
        .col(integer("quarantined"))
        .col(text("detail"))
        .to_owned();
    manager.create_table(run).await?;
    // One firing of a schedule is one run, however many processes tick. Runs by hand have no schedule.
    let firing = Index::create()
        .name("ux_run_firing")
        .table("run")
        .col("schedule_id")
        .col("due_at")
        .unique()
        .to_owned();
    manager.create_index(firing).await?;
    // One run of a source at a time, whoever looks at the same moment. Both engines have partial indexes.
    let one = "CREATE UNIQUE INDEX ux_run_source ON run (source_id) WHERE state = 'running'";
    manager.get_connection().execute_unprepared(one).await?;
    let state = Index::create().name("ix_run_state").table("run").col("state").col("lease_until").to_owned();
    manager.create_index(state).await?;
    let newest = Index::create().name("ix_run_started").table("run").col("started_at").to_owned();
    manager.create_index(newest).await
}
