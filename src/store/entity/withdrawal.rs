//! Requests to withdraw an evidence item, and what became of them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "withdrawal")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub no: i32,
    pub id: String,
    pub item_no: i32,
    pub state: String,
    pub slot: String,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub asked_by: String,
    pub asked_at: i64,
    pub decided_by: String,
    pub decided_at: i64,
    #[sea_orm(column_type = "Text")]
    pub decision_reason: String,
    pub ledger_index: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::evidence_item::Entity",
        from = "Column::ItemNo",
        to = "super::evidence_item::Column::No"
    )]
    Item,
}

impl Related<super::evidence_item::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Item.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
