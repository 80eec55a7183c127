//! Sessions, by the digest of their secret.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::base::{Digest, PersonId, SessionId, UnixMillis};
use crate::store::entity::{person, session};
use crate::store::error::readable;
use crate::store::person::into_person;
use crate::store::{PersonRow, Store, StoreError};

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Digest of the secret in the cookie.
    pub token: Digest,
    /// Identifier that may be shown.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// How much was proven.
    pub level: String,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it was last used, within a minute.
    pub seen_at: UnixMillis,
    /// When it ends at the latest.
    pub expires_at: UnixMillis,
    /// When the person last proved who they are.
    pub confirmed_at: UnixMillis,
    /// Address it began from.
    pub ip: String,
    /// What the browser called itself.
    pub agent: String,
}

impl Store {
    /// Begins a session, in place of `replaced` if one is given: a secret is never raised to a higher level.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_begin(&self, row: &SessionRow, replaced: Option<Digest>) -> Result<(), StoreError> {
        let txn = self.write().await?;
        if let Some(old) = replaced {
            let ended = session::Entity::delete_by_id(old.to_hex()).exec(&txn).await;
            ended.map_err(StoreError::of("end a session"))?;
        }
        let model = session::Model {
            token_sha256: row.token.to_hex(),
            id: row.id.to_string(),
            person_id: row.person.to_string(),
            level: row.level.clone(),
            created_at: row.created_at.0,
            seen_at: row.seen_at.0,
            expires_at: row.expires_at.0,
            confirmed_at: row.confirmed_at.0,
            ip: row.ip.clone(),
            agent: row.agent.clone(),
        };
        let done = session::Entity::insert(model.into_active_model()).exec_without_returning(&txn).await;
        done.map_err(StoreError::of("begin a session"))?;
        txn.commit().await.map_err(StoreError::of("commit a session"))
    }

    /// The session of a secret with its person, in one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_find(&self, token: Digest) -> Result<Option<(SessionRow, PersonRow)>, StoreError> {
        let found = session::Entity::find_by_id(token.to_hex())
            .find_also_related(person::Entity)
            .one(&self.reader)
            .await
            .map_err(StoreError::of("look for a session"))?;
        let Some((session, Some(person))) = found else { return Ok(None) };
        Ok(Some((into_session(session)?, into_person(person)?)))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_touch(&self, token: Digest, at: UnixMillis) -> Result<(), StoreError> {
        let done = session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(at.0))
            .filter(session::Column::TokenSha256.eq(token.to_hex()))
            .exec(&self.writer)
            .await;
        done.map_err(StoreError::of("touch a session"))?;
        Ok(())
    }

    /// Sessions of a person, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_list(&self, person: PersonId) -> Result<Vec<SessionRow>, StoreError> {
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(person.to_string()))
            .order_by_desc(session::Column::SeenAt)
            .order_by_desc(session::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list sessions"))?;
        rows.into_iter().map(into_session).collect()
    }

    /// Ends one session of a person; `false` when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_end(&self, person: PersonId, id: SessionId) -> Result<bool, StoreError> {
        let ended = session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(person.to_string()))
            .filter(session::Column::Id.eq(id.to_string()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("end a session"))?;
        Ok(ended.rows_affected == 1)
    }

    /// Ends every session of a person but `kept`; returns how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_end_all(
        &self,
        person: PersonId,
        kept: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let mut ending =
            session::Entity::delete_many().filter(session::Column::PersonId.eq(person.to_string()));
        if let Some(kept) = kept {
            ending = ending.filter(session::Column::Id.ne(kept.to_string()));
        }
        let ended = ending.exec(&self.writer).await.map_err(StoreError::of("end sessions"))?;
        Ok(ended.rows_affected)
    }

    /// Removes sessions that ended by themselves.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_sweep(&self, at: UnixMillis) -> Result<(), StoreError> {
        let done = session::Entity::delete_many()
            .filter(session::Column::ExpiresAt.lt(at.0))
            .exec(&self.writer)
            .await;
        done.map_err(StoreError::of("remove ended sessions"))?;
        Ok(())
    }
}

fn into_session(m: session::Model) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        token: readable("session digest", m.token_sha256.parse())?,
        id: readable("session id", m.id.parse())?,
        person: readable("person id", m.person_id.parse())?,
        level: m.level,
        created_at: UnixMillis(m.created_at),
        seen_at: UnixMillis(m.seen_at),
        expires_at: UnixMillis(m.expires_at),
        confirmed_at: UnixMillis(m.confirmed_at),
        ip: m.ip,
        agent: m.agent,
    })
}
