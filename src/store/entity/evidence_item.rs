//! Evidence items: immutable, one row per document and subject.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_item")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub no: i32,
    pub id: String,
    pub kind: String,
    pub format: String,
    pub format_version: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub file: String,
    pub sha256: String,
    pub bytes: i64,
    pub stored_bytes: i64,
    pub subject: String,
    pub source_id: Option<String>,
    pub run_id: Option<String>,
    pub produced_at: Option<i64>,
    pub observed_at: i64,
    pub collected_at: i64,
    pub received_at: i64,
    #[sea_orm(column_type = "Text")]
    pub collector: String,
    #[sea_orm(column_type = "Text")]
    pub request: String,
    pub completeness: String,
    pub parser: String,
    pub schema_valid: Option<bool>,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub receipt: String,
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    pub ledger_index: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
