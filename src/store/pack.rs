//! Packs that were created: numbered, immutable.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::base::{Digest, EngagementId, ListQuery, Listed, PackId, RunId, UnixMillis};
use crate::store::entity::pack;
use crate::store::error::readable;
use crate::store::list::{Key, ListPlan};
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
    /// Name of the file.
    pub file: String,
    /// The run that made it, when it was asked for on a page.
    pub run: Option<RunId>,
    /// The engagement it was made for.
    pub engagement: Option<EngagementId>,
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
            file: row.file.clone(),
            run_id: row.run.map(|id| id.to_string()),
            engagement_id: row.engagement.map(|id| id.to_string()),
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
        rows.map_err(StoreError::of("list packs"))?.into_iter().map(into_pack).collect()
    }

    /// The pack of that number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pack_get(&self, number: u32) -> Result<Option<PackRow>, StoreError> {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let row = pack::Entity::find().filter(pack::Column::Number.eq(number)).one(&self.reader).await;
        row.map_err(StoreError::of("read a pack"))?.map(into_pack).transpose()
    }

    /// The pack a run made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pack_of_run(&self, run: RunId) -> Result<Option<PackRow>, StoreError> {
        let row = pack::Entity::find().filter(pack::Column::RunId.eq(run.to_string())).one(&self.reader);
        row.await.map_err(StoreError::of("look for a run's pack"))?.map(into_pack).transpose()
    }

    /// Packs as a list is asked for, those of one engagement when one is given.
    ///
    /// # Errors
    /// When the query is wrong or the database does not answer.
    pub async fn pack_page(
        &self,
        query: &ListQuery,
        engagement: Option<EngagementId>,
    ) -> Result<Listed<PackRow>, StoreError> {
        let mut packs = pack::Entity::find();
        if let Some(engagement) = engagement {
            packs = packs.filter(pack::Column::EngagementId.eq(engagement.to_string()));
        }
        let plan = ListPlan::new(
            [
                Key::integer("number", pack::Column::Number),
                Key::integer("made", pack::Column::MadeAt),
                Key::integer("as_of", pack::Column::AsOf),
                Key::integer("items", pack::Column::Items),
                Key::integer("gaps", pack::Column::Gaps),
                Key::integer("bytes", pack::Column::Bytes),
            ],
            [Key::integer("number", pack::Column::Number)],
        )
        .search([pack::Column::File, pack::Column::Frameworks, pack::Column::Sha256]);
        let listed: Listed<pack::Model> = plan.page(&self.reader, packs, query).await?;
        listed.try_map(into_pack)
    }
}

fn into_pack(m: pack::Model) -> Result<PackRow, StoreError> {
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
        file: m.file,
        run: readable("run id", m.run_id.map(|id| id.parse()).transpose())?,
        engagement: readable("engagement id", m.engagement_id.map(|id| id.parse()).transpose())?,
    })
}
