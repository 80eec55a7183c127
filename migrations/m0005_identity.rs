//! People, how they prove who they are, and what they may see: sessions, tokens, passkeys, links, engagements.

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
        people(manager).await?;
        sessions(manager).await?;
        credentials(manager).await?;
        ceremonies(manager).await
    }
}

async fn people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let engagement = Table::create()
        .table("engagement")
        .col(string("id").primary_key())
        .col(text("name"))
        .col(text("frameworks"))
        .col(big_integer("period_from"))
        .col(big_integer("period_to"))
        .col(string("time_zone"))
        .col(big_integer("created_at"))
        .col(big_integer_null("closed_at"))
        .to_owned();
    manager.create_table(engagement).await?;
    let person = Table::create()
        .table("person")
        .col(string("id").primary_key())
        // lower case: an address is one person, however it is typed
        .col(string("email").unique_key())
        .col(text("name"))
        .col(string("role"))
        .col(string_null("engagement_id"))
        .col(text_null("password"))
        // sealed under the master key
        .col(text_null("totp"))
        .col(big_integer("totp_step"))
        .col(text("recovery"))
        .col(string_null("sso_subject").unique_key())
        .col(boolean("disabled"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_person_engagement")
                .from("person", "engagement_id")
                .to("engagement", "id"),
        )
        .to_owned();
    manager.create_table(person).await
}

fn person_key(name: &str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(name)
        .from(table, "person_id")
        .to("person", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let session = Table::create()
        .table("session")
        // only the digest of the secret is stored
        .col(string("token_sha256").primary_key())
        .col(string("id").unique_key())
        .col(string("person_id"))
        .col(string("level"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .col(big_integer("expires_at"))
        .col(big_integer("confirmed_at"))
        .col(text("ip"))
        .col(text("agent"))
        .foreign_key(&mut person_key("fk_session_person", "session"))
        .to_owned();
    manager.create_table(session).await?;
    let by_person = Index::create().name("ix_session_person").table("session").col("person_id").to_owned();
    manager.create_index(by_person).await
}

async fn credentials(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let token = Table::create()
        .table("api_token")
        .col(string("id").primary_key())
        .col(string("token_sha256").unique_key())
        .col(string("person_id"))
        .col(text("name"))
        .col(text("scopes"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("last_used_at"))
        .col(big_integer_null("revoked_at"))
        .foreign_key(&mut person_key("fk_token_person", "api_token"))
        .to_owned();
    manager.create_table(token).await?;
    let passkey = Table::create()
        .table("passkey")
        .col(string("id").primary_key())
        .col(string("person_id"))
        .col(text("name"))
        .col(text("credential"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_used_at"))
        .foreign_key(&mut person_key("fk_passkey_person", "passkey"))
        .to_owned();
    manager.create_table(passkey).await?;
    let by_person = Index::create().name("ix_passkey_person").table("passkey").col("person_id").to_owned();
    manager.create_index(by_person).await?;
    let link = Table::create()
        .table("one_time_link")
        .col(string("token_sha256").primary_key())
        .col(string("purpose"))
        .col(string_null("person_id"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .foreign_key(&mut person_key("fk_link_person", "one_time_link"))
        .to_owned();
    manager.create_table(link).await
}

async fn ceremonies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What a passkey or single sign-on ceremony must remember between its two halves: single use, minutes long.
    let ceremony = Table::create()
        .table("ceremony")
        .col(string("id").primary_key())
        .col(string("purpose"))
        .col(string_null("person_id"))
        .col(text("state"))
        .col(big_integer("expires_at"))
        .to_owned();
    manager.create_table(ceremony).await?;
    // Counters of failed sign-ins, by account and by address, so that replicas share them.
    let throttle = Table::create()
        .table("throttle")
        .col(string("key").primary_key())
        .col(integer("failures"))
        .col(big_integer("last_at"))
        .to_owned();
    manager.create_table(throttle).await
}
