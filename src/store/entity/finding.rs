//! Results of scanners.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_no: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    pub identity: String,
    #[sea_orm(column_type = "Text")]
    pub tool: String,
    #[sea_orm(column_type = "Text")]
    pub rule: String,
    pub severity: String,
    #[sea_orm(column_type = "Text")]
    pub severity_raw: String,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub location: Option<String>,
    pub state: String,
    pub clock_from: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
