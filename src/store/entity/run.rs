//! One execution of a source or job: what it found, or that it was abandoned.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub job: String,
    pub source_id: Option<String>,
    pub schedule_id: Option<String>,
    pub trigger: String,
    pub state: String,
    pub due_at: i64,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub owner: String,
    pub fence: i64,
    pub lease_until: i64,
    pub missed: i32,
    pub accepted: i32,
    pub duplicates: i32,
    pub quarantined: i32,
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    #[sea_orm(column_type = "Text")]
    pub request: String,
    #[sea_orm(column_type = "Text")]
    pub progress: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
