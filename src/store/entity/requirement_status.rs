//! Verdicts of requirements per evaluation.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "requirement_status")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_no: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub framework: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub item: String,
    pub ordinal: i32,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub explanation: String,
    #[sea_orm(column_type = "Text")]
    pub tests: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub provide: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
