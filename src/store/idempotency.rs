//! Requests that carried an idempotency key, and how they were answered.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::base::{Digest, UnixMillis};
use crate::store::entity::idempotency;
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who asked.
    pub actor: String,
    /// Their key.
    pub key: String,
    /// Digest of what was asked.
    pub request: Digest,
    /// When.
    pub at: UnixMillis,
    /// The status it was answered with; 0 while it runs.
    pub status: u16,
    /// The answer's `Location`; empty for none.
    pub location: String,
    /// The answer's body.
    pub body: String,
}

impl Store {
    /// Notes that a request begins; `false` when one with its key is known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idempotency_begin(&self, row: &KeyedRequest) -> Result<bool, StoreError> {
        let model = idempotency::ActiveModel {
            actor: Set(row.actor.clone()),
            key: Set(row.key.clone()),
            request: Set(row.request.to_hex()),
            at: Set(row.at.0),
            status: Set(i32::from(row.status)),
            location: Set(row.location.clone()),
            body: Set(row.body.clone()),
        };
        let added = idempotency::Entity::insert(model)
            .on_conflict_do_nothing_on([idempotency::Column::Actor, idempotency::Column::Key])
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("note a request with a key"))?;
        Ok(matches!(added, sea_orm::TryInsertResult::Inserted(rows) if rows == 1))
    }

    /// The request of that key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idempotency_get(&self, actor: &str, key: &str) -> Result<Option<KeyedRequest>, StoreError> {
        let row = idempotency::Entity::find_by_id((actor.to_owned(), key.to_owned()))
            .one(&self.writer)
            .await
            .map_err(StoreError::of("look for a request with a key"))?;
        row.map(|m| {
            Ok(KeyedRequest {
                request: readable("digest", m.request.parse())?,
                status: readable("status", u16::try_from(m.status))?,
                at: UnixMillis(m.at),
                actor: m.actor,
                key: m.key,
                location: m.location,
                body: m.body,
            })
        })
        .transpose()
    }

    /// Keeps the answer of a request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idempotency_end(&self, row: &KeyedRequest) -> Result<(), StoreError> {
        idempotency::Entity::update_many()
            .col_expr(idempotency::Column::Status, Expr::value(i32::from(row.status)))
            .col_expr(idempotency::Column::Location, Expr::value(row.location.clone()))
            .col_expr(idempotency::Column::Body, Expr::value(row.body.clone()))
            .filter(idempotency::Column::Actor.eq(row.actor.as_str()))
            .filter(idempotency::Column::Key.eq(row.key.as_str()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("keep the answer of a request with a key"))?;
        Ok(())
    }

    /// Forgets a request that failed, so that it can be sent again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idempotency_forget(&self, actor: &str, key: &str) -> Result<(), StoreError> {
        idempotency::Entity::delete_by_id((actor.to_owned(), key.to_owned()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("forget a request with a key"))?;
        Ok(())
    }

    /// Forgets requests from before an instant, and those that still ran before another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn idempotency_sweep(&self, before: UnixMillis, running: UnixMillis) -> Result<(), StoreError> {
        use idempotency::Column as C;
        let left = Condition::all().add(C::Status.eq(0)).add(C::At.lt(running.0));
        idempotency::Entity::delete_many()
            .filter(Condition::any().add(C::At.lt(before.0)).add(left))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("forget old requests with keys"))?;
        Ok(())
    }
}
