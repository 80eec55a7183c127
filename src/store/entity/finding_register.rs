//! Where each finding stands after the newest scans of its subject.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "finding_register")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub no: i32,
    pub subject: String,
    pub identity: String,
    #[sea_orm(column_type = "Text")]
    pub tool: String,
    #[sea_orm(column_type = "Text")]
    pub rule: String,
    pub severity: String,
    pub severity_rank: i32,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub location: String,
    #[sea_orm(column_type = "Text")]
    pub sought: String,
    pub state: String,
    pub standing: i32,
    pub first_seen: i64,
    pub opened_at: i64,
    pub last_seen: i64,
    pub closed_at: i64,
    pub due_at: i64,
    pub item_no: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
