//! Dated sightings of bytes that are already stored.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seen_again")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub no: i32,
    pub item_no: i32,
    pub at: i64,
    pub run_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub file: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
