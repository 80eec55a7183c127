//! Advisories as their feeds last stated them, and how old the feeds are.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder,
};

use crate::base::UnixMillis;
use crate::evidence::advisory::Advisory;
use crate::store::entity::{advisory, feed};
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// An advisory feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Its key (`rustsec`, `osv`).
    pub key: String,
    /// The instant its content speaks for.
    pub last_updated: UnixMillis,
    /// Whether a whole database was imported; single records say nothing about what they do not name.
    pub whole: bool,
    /// How many advisories it has.
    pub advisories: u64,
}

/// What an import says about its feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedUpdate {
    /// Key of the feed.
    pub key: String,
    /// The instant the import speaks for.
    pub updated: UnixMillis,
    /// Whether it is a whole database.
    pub whole: bool,
}

/// Takes over every statement that is at least as new as the one held.
pub(super) async fn upsert_in(
    txn: &DatabaseTransaction,
    item_no: i32,
    update: &FeedUpdate,
    advisories: &[Advisory],
) -> Result<(), StoreError> {
    update_feed_in(txn, update).await?;
    for chunk in unique(advisories).chunks(1000) {
        let rows = chunk.iter().map(|a| advisory_model(&update.key, item_no, a).into_active_model());
        let not_older = Expr::col((advisory::Entity, advisory::Column::ModifiedAt))
            .lte(Expr::cust("excluded.modified_at"));
        advisory::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([advisory::Column::Feed, advisory::Column::Id])
                    .update_columns(advisory::Column::iter())
                    .action_and_where(not_older)
                    .to_owned(),
            )
            .exec_without_returning(txn)
            .await
            .map_err(StoreError::of("take over advisories"))?;
    }
    Ok(())
}

async fn update_feed_in(txn: &DatabaseTransaction, update: &FeedUpdate) -> Result<(), StoreError> {
    let row = feed::Model { key: update.key.clone(), last_updated: update.updated.0, whole: update.whole };
    // A single record neither refreshes a whole database nor unmakes it; an older import changes nothing.
    let newer = Expr::col((feed::Entity, feed::Column::LastUpdated)).lte(update.updated.0);
    let fits = Expr::col((feed::Entity, feed::Column::Whole)).eq(false).or(Expr::val(update.whole).eq(true));
    feed::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(feed::Column::Key)
                .update_columns([feed::Column::LastUpdated, feed::Column::Whole])
                .action_and_where(newer.and(fits))
                .to_owned(),
        )
        .exec_without_returning(txn)
        .await
        .map_err(StoreError::of("update a feed"))?;
    Ok(())
}

fn advisory_model(feed: &str, item_no: i32, advisory: &Advisory) -> advisory::Model {
    advisory::Model {
        feed: feed.to_owned(),
        id: advisory.id.clone(),
        modified_at: advisory.modified.or(advisory.published).map_or(0, |t| t.0),
        item_no,
        body: serde_json::to_string(advisory).unwrap_or_default(),
    }
}

/// One statement may not touch a row twice, so of two records with one id the newer counts.
fn unique(advisories: &[Advisory]) -> Vec<&Advisory> {
    let mut newest = std::collections::BTreeMap::<&str, &Advisory>::new();
    for advisory in advisories {
        let held = newest.entry(&advisory.id).or_insert(advisory);
        if advisory.modified > held.modified {
            *held = advisory;
        }
    }
    newest.into_values().collect()
}

impl Store {
    /// Every feed, by key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn feed_list(&self) -> Result<Vec<FeedRow>, StoreError> {
        use sea_orm::PaginatorTrait as _;
        let rows = feed::Entity::find().order_by_asc(feed::Column::Key).all(&self.reader).await;
        let mut feeds = Vec::new();
        for row in rows.map_err(StoreError::of("list feeds"))? {
            let count = advisory::Entity::find()
                .filter(advisory::Column::Feed.eq(&row.key))
                .count(&self.reader)
                .await;
            feeds.push(FeedRow {
                advisories: count.map_err(StoreError::of("count advisories"))?,
                last_updated: UnixMillis(row.last_updated),
                whole: row.whole,
                key: row.key,
            });
        }
        Ok(feeds)
    }

    /// Every advisory of every feed that nobody withdrew by now.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn advisory_list(&self) -> Result<Vec<Advisory>, StoreError> {
        self.advisory_speaking(UnixMillis(i64::MAX)).await
    }

    /// Every advisory of every feed that nobody had withdrawn at `at`.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn advisory_speaking(&self, at: UnixMillis) -> Result<Vec<Advisory>, StoreError> {
        let rows = advisory::Entity::find()
            .filter(advisory::Column::ItemNo.not_in_subquery(super::withdrawal::silent(at)))
            .order_by_asc(advisory::Column::Feed)
            .order_by_asc(advisory::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list advisories"))?;
        rows.iter().map(|m| readable("advisory", serde_json::from_str(&m.body))).collect()
    }
}
