//! Evidence items and the observations read from them. Rows hang on the item's integer `no` to stay narrow.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, boolean_null, integer, pk_auto, string, string_null, text,
    text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        items(manager).await?;
        sightings(manager).await?;
        components(manager).await?;
        findings(manager).await?;
        advisories(manager).await
    }
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.create_table(item_table()).await?;
    let same = Index::create()
        .name("ux_evidence_same")
        .table("evidence_item")
        .col("sha256")
        .col("kind")
        .col("subject")
        .unique()
        .to_owned();
    manager.create_index(same).await?;
    let newest = Index::create()
        .name("ix_evidence_subject")
        .table("evidence_item")
        .col("subject")
        .col("kind")
        .col("observed_at")
        .to_owned();
    manager.create_index(newest).await?;
    let received =
        Index::create().name("ix_evidence_received").table("evidence_item").col("received_at").to_owned();
    manager.create_index(received).await
}

fn item_table() -> TableCreateStatement {
    Table::create()
        .table("evidence_item")
        .col(pk_auto("no"))
        .col(string("id").unique_key())
        .col(string("kind"))
        .col(string("format"))
        .col(string_null("format_version"))
        .col(text("file"))
        .col(string("sha256"))
        .col(big_integer("bytes"))
        .col(big_integer("stored_bytes"))
        .col(string("subject"))
        .col(string_null("source_id"))
        .col(string_null("run_id"))
        .col(big_integer_null("produced_at"))
        .col(big_integer("observed_at"))
        .col(big_integer("collected_at"))
        .col(big_integer("received_at"))
        .col(text("collector"))
        .col(text("request"))
        .col(string("completeness"))
        .col(string("parser"))
        .col(boolean_null("schema_valid"))
        .col(string("status"))
        .col(text("receipt"))
        .col(text("summary"))
        .col(big_integer("ledger_index"))
        .to_owned()
}

async fn sightings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let seen = Table::create()
        .table("seen_again")
        .col(pk_auto("no"))
        .col(integer("item_no"))
        .col(big_integer("at"))
        .col(string_null("run_id"))
        .col(text("file"))
        .foreign_key(&mut item_key("fk_seen_item", "seen_again"))
        .to_owned();
    manager.create_table(seen).await?;
    let by_item =
        Index::create().name("ix_seen_item").table("seen_again").col("item_no").col("at").to_owned();
    manager.create_index(by_item).await
}

fn item_key(name: &str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(name)
        .from(table, "item_no")
        .to("evidence_item", "no")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn components(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let component = Table::create()
        .table("component")
        .col(integer("item_no"))
        .col(integer("ordinal"))
        .col(text("name"))
        .col(text_null("version"))
        .col(text_null("purl"))
        .col(text("purl_key"))
        .col(string_null("component_type"))
        .col(text_null("supplier"))
        .col(text_null("licences"))
        .col(integer("parent"))
        .primary_key(Index::create().col("item_no").col("ordinal"))
        .foreign_key(&mut item_key("fk_component_item", "component"))
        .to_owned();
    manager.create_table(component).await?;
    let purl = Index::create().name("ix_component_purl").table("component").col("purl_key").to_owned();
    manager.create_index(purl).await?;
    let dependency = Table::create()
        .table("dependency")
        .col(integer("item_no"))
        .col(integer("from_ordinal"))
        .col(integer("to_ordinal"))
        .primary_key(Index::create().col("item_no").col("from_ordinal").col("to_ordinal"))
        .foreign_key(&mut item_key("fk_dependency_item", "dependency"))
        .to_owned();
    manager.create_table(dependency).await
}

async fn findings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let finding = Table::create()
        .table("finding")
        .col(integer("item_no"))
        .col(integer("ordinal"))
        .col(string("identity"))
        .col(text("tool"))
        .col(text("rule"))
        .col(string("severity"))
        .col(text("severity_raw"))
        .col(text("title"))
        .col(text_null("location"))
        .col(string("state"))
        .primary_key(Index::create().col("item_no").col("ordinal"))
        .foreign_key(&mut item_key("fk_finding_item", "finding"))
        .to_owned();
    manager.create_table(finding).await?;
    let identity = Index::create().name("ix_finding_identity").table("finding").col("identity").to_owned();
    manager.create_index(identity).await?;
    // Rows that are few per item and richly typed: accounts, documents, changes. The body is the domain type as JSON.
    let observation = Table::create()
        .table("observation")
        .col(integer("item_no"))
        .col(integer("ordinal"))
        .col(string("row_kind"))
        .col(string("identity"))
        .col(text("body"))
        .primary_key(Index::create().col("item_no").col("ordinal"))
        .foreign_key(&mut item_key("fk_observation_item", "observation"))
        .to_owned();
    manager.create_table(observation).await
}

async fn advisories(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let feed = Table::create()
        .table("feed")
        .col(string("key").primary_key())
        .col(big_integer("last_updated"))
        .col(boolean("whole"))
        .to_owned();
    manager.create_table(feed).await?;
    let advisory = Table::create()
        .table("advisory")
        .col(string("feed"))
        .col(string("id"))
        .col(big_integer("modified_at"))
        .col(integer("item_no"))
        .col(text("body"))
        .primary_key(Index::create().col("feed").col("id"))
        .foreign_key(&mut item_key("fk_advisory_item", "advisory"))
        .to_owned();
    manager.create_table(advisory).await?;
    // Which limit a refused file broke: its bytes are not kept, that it came is.
    let refused = Table::create()
        .table("refused")
        .col(pk_auto("no"))
        .col(text("file"))
        .col(string("sha256"))
        .col(big_integer("bytes"))
        .col(string("limit_name"))
        .col(big_integer("at"))
        .col(boolean("digest_is_partial"))
        .to_owned();
    manager.create_table(refused).await
}
