//! Results of tests per evaluation.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "test_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluation_no: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub test: String,
    pub definition: String,
    pub inputs: String,
    pub status: String,
    pub valid_until: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
