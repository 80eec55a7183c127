//! Vendor scores: each calculation is an immutable row with its sum.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::base::{ScoreId, UnixMillis};
use crate::store::entity::vendor_score;
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A stored score.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// Identifier.
    pub id: ScoreId,
    /// The vendor's key.
    pub vendor: String,
    /// The instant it is for.
    pub at: UnixMillis,
    /// Version of the rules.
    pub rule_set: String,
    /// Inherent risk, 0 to 100.
    pub inherent: f64,
    /// Residual risk, 0 to 100.
    pub residual: f64,
    /// Confidence, 0 to 1.
    pub confidence: f64,
    /// Tier word.
    pub tier: String,
    /// The whole calculation as JSON.
    pub body: String,
}

impl Store {
    /// Stores a score together with its ledger entry.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn score_put(&self, row: &ScoreRow, entry: &super::NewEntry) -> Result<(), StoreError> {
        let txn = self.write().await?;
        let index = super::ledger::append_in(&txn, entry).await?;
        let model = vendor_score::Model {
            id: row.id.to_string(),
            vendor: row.vendor.clone(),
            at: row.at.0,
            rule_set: row.rule_set.clone(),
            inherent: row.inherent,
            residual: row.residual,
            confidence: row.confidence,
            tier: row.tier.clone(),
            body: row.body.clone(),
            ledger_index: index,
        };
        let done = vendor_score::Entity::insert(model.into_active_model()).exec_without_returning(&txn).await;
        done.map_err(StoreError::of("store a vendor score"))?;
        txn.commit().await.map_err(StoreError::of("commit a vendor score"))
    }

    /// The newest score of a vendor for an instant up to `at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn score_newest(&self, vendor: &str, at: UnixMillis) -> Result<Option<ScoreRow>, StoreError> {
        let row = vendor_score::Entity::find()
            .filter(vendor_score::Column::Vendor.eq(vendor))
            .filter(vendor_score::Column::At.lte(at.0))
            .order_by_desc(vendor_score::Column::At)
            .order_by_desc(vendor_score::Column::Id)
            .one(&self.reader)
            .await
            .map_err(StoreError::of("read a vendor score"))?;
        row.map(|m| {
            Ok(ScoreRow {
                id: readable("score id", m.id.parse())?,
                vendor: m.vendor,
                at: UnixMillis(m.at),
                rule_set: m.rule_set,
                inherent: m.inherent,
                residual: m.residual,
                confidence: m.confidence,
                tier: m.tier,
                body: m.body,
            })
        })
        .transpose()
    }
}
