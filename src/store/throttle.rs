//! Counters of failed sign-ins, shared by all replicas. Each change names the count it saw, so none is lost.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, TryInsertResult};

use crate::base::UnixMillis;
use crate::store::entity::throttle;
use crate::store::{Store, StoreError};

/// A counter as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottleRow {
    /// Failures counted.
    pub failures: u32,
    /// When the last one was.
    pub last_at: UnixMillis,
}

impl Store {
    /// The counters of some keys, in one statement; those that never failed are missing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn throttle_get(&self, keys: &[&str]) -> Result<Vec<(String, ThrottleRow)>, StoreError> {
        let rows = throttle::Entity::find()
            .filter(throttle::Column::Key.is_in(keys.iter().copied()))
            .all(&self.writer)
            .await
            .map_err(StoreError::of("read the counters of failed sign-ins"))?;
        let row = |m: throttle::Model| {
            let failures = u32::try_from(m.failures).unwrap_or(0);
            (m.key, ThrottleRow { failures, last_at: UnixMillis(m.last_at) })
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Moves a counter on from what was seen; `false` when somebody else counted in between.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn throttle_count(
        &self,
        key: &str,
        seen: Option<ThrottleRow>,
        next: ThrottleRow,
    ) -> Result<bool, StoreError> {
        let failures = i32::try_from(next.failures).unwrap_or(i32::MAX);
        let Some(seen) = seen else {
            let row = throttle::ActiveModel {
                key: Set(key.to_owned()),
                failures: Set(failures),
                last_at: Set(next.last_at.0),
            };
            let done = throttle::Entity::insert(row)
                .on_conflict_do_nothing_on([throttle::Column::Key])
                .exec_without_returning(&self.writer)
                .await
                .map_err(StoreError::of("count a failed sign-in"))?;
            return Ok(matches!(done, TryInsertResult::Inserted(1)));
        };
        let moved = throttle::Entity::update_many()
            .col_expr(throttle::Column::Failures, Expr::value(failures))
            .col_expr(throttle::Column::LastAt, Expr::value(next.last_at.0))
            .filter(throttle::Column::Key.eq(key))
            .filter(throttle::Column::Failures.eq(i32::try_from(seen.failures).unwrap_or(i32::MAX)))
            .filter(throttle::Column::LastAt.eq(seen.last_at.0))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("count a failed sign-in"))?;
        Ok(moved.rows_affected == 1)
    }

    /// Forgets the failures of a key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn throttle_clear(&self, key: &str) -> Result<(), StoreError> {
        let done = throttle::Entity::delete_by_id(key.to_owned()).exec(&self.writer).await;
        done.map_err(StoreError::of("clear a counter of failed sign-ins"))?;
        Ok(())
    }

    /// Takes back one failure that was counted before it was known to be a success.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn throttle_take_back(&self, key: &str) -> Result<(), StoreError> {
        let done = throttle::Entity::update_many()
            .col_expr(throttle::Column::Failures, Expr::col(throttle::Column::Failures).sub(1))
            .filter(throttle::Column::Key.eq(key))
            .filter(throttle::Column::Failures.gt(0))
            .exec(&self.writer)
            .await;
        done.map_err(StoreError::of("correct a counter of failed sign-ins"))?;
        Ok(())
    }

    /// Removes counters nobody added to since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn throttle_sweep(&self, before: UnixMillis) -> Result<(), StoreError> {
        let old = throttle::Entity::delete_many().filter(throttle::Column::LastAt.lt(before.0));
        old.exec(&self.writer).await.map_err(StoreError::of("remove old counters"))?;
        Ok(())
    }
}
