//! Dependency edges; `from_ordinal` -1 is the described thing itself.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dependency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_no: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_ordinal: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub to_ordinal: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
