//! Packs that were created: numbered, immutable.

use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder, QuerySelect};

use crate::base::{Digest, PackId, UnixMillis};
use crate::store::entity::pack;
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A created pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// Identifier.
    pub id: PackId,
    /// Its number, from 1.
    pub number: u32,
    /// When it was made.
    pub made_at: UnixMillis,
    /// Framework ids.
    pub frameworks: Vec<String>,
    /// Start of the period, in period mode.
    pub period_from: Option<UnixMillis>,
    /// The instant it is for.
    pub as_of: UnixMillis,
    /// Digest of the zip file.
    pub sha256: Digest,
    /// Size of the zip file in bytes.
    pub bytes: u64,
    /// Evidence items in it.
    pub items: u32,
    /// Gaps in it.
    pub gaps: u32,
    /// Entries the checkpoint it pins covers.
    pub checkpoint_size: u64,
}

impl Store {
    /// Numbers and stores a created pack together with its ledger entry.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn pack_put(&self, row: &PackRow, entry: &super::NewEntry) -> Result<u32, StoreError> {
        let txn = self.write().await?;
        // Appending takes the ledger's lock, so two packs never get one number.
        super::ledger::append_in(&txn, entry).await?;
        let newest = pack::Entity::find().order_by_desc(pack::Column::Number).one(&txn).await;
        let newest = newest.map_err(StoreError::of("number a pack"))?;
        let number = newest.map_or(1, |p| p.number + 1);
        let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let model = pack::Model {
            id: row.id.to_string(),
            number,
            made_at: row.made_at.0,
            frameworks: row.frameworks.join(" "),
            period_from: row.period_from.map(|t| t.0),
            as_of: row.as_of.0,
            sha256: row.sha256.to_hex(),
            bytes: i64::try_from(row.bytes).unwrap_or(i64::MAX),
            items: count(row.items),
            gaps: count(row.gaps),
            checkpoint_size: i64::try_from(row.checkpoint_size).unwrap_or(i64::MAX),
        };
        let done = pack::Entity::insert(model.into_active_model()).exec_without_returning(&txn).await;
        done.map_err(StoreError::of("store a pack"))?;
        txn.commit().await.map_err(StoreError::of("commit a pack"))?;
        Ok(number.unsigned_abs())
    }

    /// The newest packs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pack_list(&self, limit: u64) -> Result<Vec<PackRow>, StoreError> {
        let rows =
            pack::Entity::find().order_by_desc(pack::Column::Number).limit(limit).all(&self.reader).await;
        rows.map_err(StoreError::of("list packs"))?
            .into_iter()
            .map(|m| {
                Ok(PackRow {
                    id: readable("pack id", m.id.parse())?,
                    number: m.number.unsigned_abs(),
                    made_at: UnixMillis(m.made_at),
                    frameworks: m.frameworks.split_whitespace().map(str::to_owned).collect(),
                    period_from: m.period_from.map(UnixMillis),
                    as_of: UnixMillis(m.as_of),
                    sha256: readable("digest", m.sha256.parse())?,
                    bytes: m.bytes.unsigned_abs(),
                    items: m.items.unsigned_abs(),
                    gaps: m.gaps.unsigned_abs(),
                    checkpoint_size: m.checkpoint_size.unsigned_abs(),
                })
            })
            .collect()
    }
}
