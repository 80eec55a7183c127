//! Packs ever created.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pack")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub number: i32,
    pub made_at: i64,
    #[sea_orm(column_type = "Text")]
    pub frameworks: String,
    pub period_from: Option<i64>,
    pub as_of: i64,
    pub sha256: String,
    pub bytes: i64,
    pub items: i32,
    pub gaps: i32,
    pub checkpoint_size: i64,
    #[sea_orm(column_type = "Text")]
    pub file: String,
    pub run_id: Option<String>,
    pub engagement_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
