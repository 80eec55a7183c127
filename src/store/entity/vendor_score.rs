//! Vendor scores ever calculated.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor_score")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub vendor: String,
    pub at: i64,
    pub rule_set: String,
    pub inherent: f64,
    pub residual: f64,
    pub confidence: f64,
    pub tier: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub ledger_index: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
