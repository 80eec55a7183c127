//! The register of findings: where each stands after the newest scans; and what the supply-chain lists look up by.
//!
//! `finding` keeps what every scan said. Which of it is open takes a look at all scans of the subject, so the answer
//! is kept here and moves with each import. It can be made again from the scans at any time.

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
        manager.create_table(register()).await?;
        let unique = Index::create()
            .name("ux_register_same")
            .table("finding_register")
            .col("subject")
            .col("identity")
            .unique()
            .to_owned();
        manager.create_index(unique).await?;
        for (name, table, columns) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(*table);
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Name, table and columns.
const INDEXES: &[(&str, &str, &[&str])] = &[
    ("ix_register_identity", "finding_register", &["identity"]),
    // the orders of the list of what is open
    ("ix_register_severity", "finding_register", &["standing", "severity_rank", "no"]),
    ("ix_register_opened", "finding_register", &["standing", "opened_at", "no"]),
    ("ix_register_subject", "finding_register", &["standing", "subject", "no"]),
    ("ix_register_state", "finding_register", &["state", "severity_rank", "no"]),
    ("ix_register_due", "finding_register", &["standing", "due_at", "no"]),
    ("ix_evidence_run", "evidence_item", &["run_id"]),
    ("ix_evidence_source", "evidence_item", &["source_id", "received_at"]),
    ("ix_evidence_kind_observed", "evidence_item", &["kind", "observed_at", "no"]),
    ("ix_run_of_source", "run", &["source_id", "started_at"]),
    ("ix_component_name", "component", &["name"]),
];

fn register() -> TableCreateStatement {
    Table::create()
        .table("finding_register")
        .col(pk_auto("no"))
        .col(string("subject"))
        .col(string("identity"))
        .col(text("tool"))
        .col(text("rule"))
        .col(string("severity"))
        // 5 critical … 0 unknown
        .col(integer("severity_rank"))
        .col(text("title"))
        // empty when the tool names no place
        .col(text("location"))
        // title, rule, place and subject in lower case: what a search looks through, once per row
        .col(text("sought"))
        // what the newest scan that names it says, or `closed`
        .col(string("state"))
        // 1 while somebody has to do something about it
        .col(integer("standing"))
        .col(big_integer("first_seen"))
        // when it began to be open the last time: the deadline counts from here
        .col(big_integer("opened_at"))
        .col(big_integer("last_seen"))
        // 0 unless closed
        .col(big_integer("closed_at"))
        // the largest number when there is no deadline
        .col(big_integer("due_at"))
        // the newest scan that names it
        .col(integer("item_no"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_register_item")
                .from("finding_register", "item_no")
                .to("evidence_item", "no")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
