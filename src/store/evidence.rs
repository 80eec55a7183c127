//! Evidence items: recorded in one transaction with their rows and their ledger entry, never changed afterwards.

mod first;
mod list;
mod row;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::base::{Digest, EvidenceId, UnixMillis};
use crate::evidence::{Evidence, Limit};
use crate::store::advisory::FeedUpdate;
use crate::store::entity::{evidence_item, refused, seen_again};
use crate::store::error::readable;
use crate::store::finding_register::ScanSeen;
use crate::store::ledger::NewEntry;
use crate::store::{Store, StoreError};

pub use list::{EvidenceLine, SightingRow};
pub use row::EvidenceRow;
pub(in crate::store) use row::into_row;

/// A document to be recorded. Its bytes are in the blob store already.
#[derive(Debug, Clone)]
pub struct NewEvidence<'a> {
    /// The item; its `ledger_index` is assigned here.
    pub item: EvidenceRow,
    /// The content; `None` when quarantined.
    pub evidence: Option<&'a Evidence>,
    /// Feed the advisories belong to.
    pub feed: Option<FeedUpdate>,
    /// The signed envelope for the ledger.
    pub entry: NewEntry,
    /// The signed envelope for the ledger in case the bytes are known already.
    pub seen_entry: NewEntry,
}

/// What recording did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// A new item.
    New(EvidenceId),
    /// The same bytes of the same kind on the same subject were there: seen again.
    Already {
        /// The item that was there.
        id: EvidenceId,
        /// Its receipt.
        receipt: String,
    },
}

/// Bytes that are stored already came again.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Row number of the item.
    pub item_no: i32,
    /// When.
    pub at: UnixMillis,
    /// The run that fetched them.
    pub run_id: Option<String>,
    /// Name under which they came.
    pub file: String,
    /// The feed that is thereby up to date.
    pub feed: Option<FeedUpdate>,
    /// The signed envelope for the ledger.
    pub entry: NewEntry,
}

/// A file over a limit.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Name as given.
    pub file: String,
    /// Digest of what was read.
    pub sha256: Digest,
    /// Size as far as it was read.
    pub bytes: u64,
    /// The limit.
    pub limit: Limit,
    /// When.
    pub at: UnixMillis,
}

impl Store {
    /// Records one document: item, rows, ledger entry, all or nothing.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn evidence_record(&self, new: &NewEvidence<'_>) -> Result<Recorded, StoreError> {
        let txn = self.write().await?;
        if let Some(known) = find_same_in(&txn, &new.item).await? {
            return seen_again(txn, known, new).await;
        }
        match self.record_in(txn, new).await {
            Err(error) if error.is_duplicate() => self.record_after_race(new, error).await,
            other => other,
        }
    }

    /// On PostgreSQL two writers may bring the same bytes at once; the one the index refused has seen them again.
    async fn record_after_race(
        &self,
        new: &NewEvidence<'_>,
        error: StoreError,
    ) -> Result<Recorded, StoreError> {
        let txn = self.write().await?;
        match find_same_in(&txn, &new.item).await? {
            Some(known) => seen_again(txn, known, new).await,
            None => Err(error),
        }
    }

    async fn record_in(
        &self,
        txn: DatabaseTransaction,
        new: &NewEvidence<'_>,
    ) -> Result<Recorded, StoreError> {
        let mut item = evidence_item::ActiveModel::from(new.item.clone());
        item.ledger_index = Set(-1);
        let inserted = evidence_item::Entity::insert(item).exec(&txn).await;
        let no = inserted.map_err(StoreError::of("record an evidence item"))?.last_insert_id;
        if let Some(evidence) = new.evidence {
            super::observations::insert_in(&txn, no, evidence).await?;
            if let Evidence::Scan(scan) = evidence {
                let rows = super::observations::finding_models(no, scan);
                super::finding_register::take_in(&txn, &ScanSeen::of_row(no, &new.item), rows).await?;
            }
            if let Some(feed) = &new.feed {
                super::advisory::upsert_in(&txn, no, feed, evidence.advisories()).await?;
            }
        }
        // Last, because appending holds the ledger's lock until the commit.
        let index = super::ledger::append_in(&txn, &new.entry).await?;
        let mut placed = evidence_item::ActiveModel { no: Set(no), ..Default::default() };
        placed.ledger_index = Set(index);
        let update = evidence_item::Entity::update(placed).exec_without_returning(&txn).await;
        update.map_err(StoreError::of("place an evidence item in the ledger"))?;
        // A crash before this line leaves nothing but an orphaned blob; the document is simply fetched again.
        txn.commit().await.map_err(StoreError::of("commit an evidence item"))?;
        Ok(Recorded::New(new.item.id))
    }

    /// Records that stored bytes came again.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn evidence_seen(&self, seen: &Sighting) -> Result<(), StoreError> {
        let txn = self.write().await?;
        seen_in(&txn, seen).await?;
        txn.commit().await.map_err(StoreError::of("commit a sighting"))
    }

    /// Every item stored for these bytes, whatever it is about.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_of_bytes(&self, sha256: Digest) -> Result<Vec<EvidenceRow>, StoreError> {
        let rows = evidence_item::Entity::find()
            .filter(evidence_item::Column::Sha256.eq(sha256.to_hex()))
            .order_by_asc(evidence_item::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("look for evidence by digest"))?;
        rows.into_iter().map(into_row).collect()
    }

    /// Remembers that a file over a limit came, without its bytes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_refuse(&self, refusal: &Refusal) -> Result<(), StoreError> {
        let row = refused::ActiveModel {
            no: NotSet,
            file: Set(refusal.file.clone()),
            sha256: Set(refusal.sha256.to_hex()),
            bytes: Set(i64::try_from(refusal.bytes).unwrap_or(i64::MAX)),
            limit_name: Set(refusal.limit.name().to_owned()),
            at: Set(refusal.at.0),
            digest_is_partial: Set(false),
        };
        let done = refused::Entity::insert(row).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("record a refusal"))?;
        Ok(())
    }

    /// Every item received up to `at`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_until(&self, at: UnixMillis) -> Result<Vec<EvidenceRow>, StoreError> {
        let rows = evidence_item::Entity::find()
            .filter(evidence_item::Column::ReceivedAt.lte(at.0))
            .order_by_asc(evidence_item::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list evidence"))?;
        rows.into_iter().map(into_row).collect()
    }

    /// Every item that speaks at `at`: received, and not withdrawn; oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_speaking(&self, at: UnixMillis) -> Result<Vec<EvidenceRow>, StoreError> {
        let rows = evidence_item::Entity::find()
            .filter(evidence_item::Column::ReceivedAt.lte(at.0))
            .filter(evidence_item::Column::No.not_in_subquery(super::withdrawal::silent(at)))
            .order_by_asc(evidence_item::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list evidence that speaks"))?;
        rows.into_iter().map(into_row).collect()
    }

    /// Every item about a subject that speaks at `at`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_of_subject(
        &self,
        subject: &str,
        at: UnixMillis,
    ) -> Result<Vec<EvidenceRow>, StoreError> {
        let rows = evidence_item::Entity::find()
            .filter(evidence_item::Column::Subject.eq(subject))
            .filter(evidence_item::Column::ReceivedAt.lte(at.0))
            .filter(evidence_item::Column::No.not_in_subquery(super::withdrawal::silent(at)))
            .order_by_asc(evidence_item::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list evidence of a subject"))?;
        rows.into_iter().map(into_row).collect()
    }

    /// The item of that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_get(&self, id: EvidenceId) -> Result<Option<EvidenceRow>, StoreError> {
        let row = evidence_item::Entity::find()
            .filter(evidence_item::Column::Id.eq(id.to_string()))
            .one(&self.reader);
        row.await.map_err(StoreError::of("read an evidence item"))?.map(into_row).transpose()
    }

    /// The items of those identifiers, in the order they were recorded.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_some(&self, ids: &[EvidenceId]) -> Result<Vec<EvidenceRow>, StoreError> {
        let rows = evidence_item::Entity::find()
            .filter(evidence_item::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .order_by_asc(evidence_item::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read evidence items"))?;
        rows.into_iter().map(into_row).collect()
    }

    /// Newest sighting of each item up to `at`: row number and instant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_sightings(&self, at: UnixMillis) -> Result<Vec<(i32, UnixMillis)>, StoreError> {
        let rows = seen_again::Entity::find()
            .filter(seen_again::Column::At.lte(at.0))
            .order_by_asc(seen_again::Column::At)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list sightings"))?;
        Ok(rows.into_iter().map(|r| (r.item_no, UnixMillis(r.at))).collect())
    }

    /// Stored items by kind and status.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_counts(&self) -> Result<Vec<(String, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> = evidence_item::Entity::find()
            .select_only()
            .column(evidence_item::Column::Kind)
            .column(evidence_item::Column::Status)
            .column_as(evidence_item::Column::No.count(), "items")
            .group_by(evidence_item::Column::Kind)
            .group_by(evidence_item::Column::Status)
            .order_by_asc(evidence_item::Column::Kind)
            .order_by_asc(evidence_item::Column::Status)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("count evidence"))?;
        Ok(rows.into_iter().map(|(kind, status, n)| (kind, status, n.unsigned_abs())).collect())
    }

    /// How many items are stored.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_count(&self) -> Result<u64, StoreError> {
        evidence_item::Entity::find().count(&self.reader).await.map_err(StoreError::of("count evidence"))
    }
}

async fn find_same_in(
    txn: &DatabaseTransaction,
    item: &EvidenceRow,
) -> Result<Option<evidence_item::Model>, StoreError> {
    evidence_item::Entity::find()
        .filter(evidence_item::Column::Sha256.eq(item.sha256.to_hex()))
        .filter(evidence_item::Column::Kind.eq(&item.kind))
        .filter(evidence_item::Column::Subject.eq(&item.subject))
        .one(txn)
        .await
        .map_err(StoreError::of("look for the same evidence"))
}

async fn seen_again(
    txn: DatabaseTransaction,
    known: evidence_item::Model,
    new: &NewEvidence<'_>,
) -> Result<Recorded, StoreError> {
    let seen = Sighting {
        item_no: known.no,
        at: new.item.received_at,
        run_id: new.item.run_id.clone(),
        file: new.item.file.clone(),
        feed: new.feed.clone(),
        entry: new.seen_entry.clone(),
    };
    seen_in(&txn, &seen).await?;
    txn.commit().await.map_err(StoreError::of("commit a sighting"))?;
    Ok(Recorded::Already { id: readable("evidence id", known.id.parse())?, receipt: known.receipt })
}

async fn seen_in(txn: &DatabaseTransaction, seen: &Sighting) -> Result<(), StoreError> {
    let row = seen_again::ActiveModel {
        no: NotSet,
        item_no: Set(seen.item_no),
        at: Set(seen.at.0),
        run_id: Set(seen.run_id.clone()),
        file: Set(seen.file.clone()),
    };
    let done = seen_again::Entity::insert(row).exec_without_returning(txn).await;
    done.map_err(StoreError::of("record a sighting"))?;
    if let Some(feed) = &seen.feed {
        super::advisory::upsert_in(txn, seen.item_no, feed, &[]).await?;
    }
    super::finding_register::seen_in(txn, seen.item_no).await?;
    super::ledger::append_in(txn, &seen.entry).await?;
    Ok(())
}
