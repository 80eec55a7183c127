//! Components of bills of materials.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "component")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_no: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub version: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub purl: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub purl_key: String,
    pub component_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub supplier: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub licences: Option<String>,
    pub parent: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
