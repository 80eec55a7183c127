//! Files over a limit: that they came is kept, their bytes are not.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refused")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub no: i32,
    #[sea_orm(column_type = "Text")]
    pub file: String,
    pub sha256: String,
    pub bytes: i64,
    pub limit_name: String,
    pub at: i64,
    pub digest_is_partial: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
