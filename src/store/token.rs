//! API tokens, by the digest of their secret.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::base::{Digest, PersonId, TokenId, UnixMillis};
use crate::store::entity::{api_token, person};
use crate::store::error::readable;
use crate::store::person::into_person;
use crate::store::{PersonRow, Store, StoreError};

/// An API token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Identifier that may be shown.
    pub id: TokenId,
    /// Digest of the secret.
    pub token: Digest,
    /// Whose.
    pub person: PersonId,
    /// Name as given.
    pub name: String,
    /// Permissions' words, separated by spaces.
    pub scopes: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// When it was last used, within a minute.
    pub last_used_at: Option<UnixMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

impl Store {
    /// Adds a token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_insert(&self, row: &TokenRow) -> Result<(), StoreError> {
        let model = api_token::Model {
            id: row.id.to_string(),
            token_sha256: row.token.to_hex(),
            person_id: row.person.to_string(),
            name: row.name.clone(),
            scopes: row.scopes.clone(),
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            last_used_at: row.last_used_at.map(|t| t.0),
            revoked_at: row.revoked_at.map(|t| t.0),
        };
        let model = model.into_active_model();
        let done = api_token::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("add an API token"))?;
        Ok(())
    }

    /// The token of a secret with its person, in one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_find(&self, token: Digest) -> Result<Option<(TokenRow, PersonRow)>, StoreError> {
        let found = api_token::Entity::find()
            .filter(api_token::Column::TokenSha256.eq(token.to_hex()))
            .find_also_related(person::Entity)
            .one(&self.reader)
            .await
            .map_err(StoreError::of("look for an API token"))?;
        let Some((token, Some(person))) = found else { return Ok(None) };
        Ok(Some((into_token(token)?, into_person(person)?)))
    }

    /// Tokens of a person, or everybody's, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_list(&self, person: Option<PersonId>) -> Result<Vec<TokenRow>, StoreError> {
        let mut tokens = api_token::Entity::find();
        if let Some(person) = person {
            tokens = tokens.filter(api_token::Column::PersonId.eq(person.to_string()));
        }
        let rows = tokens
            .order_by_desc(api_token::Column::CreatedAt)
            .order_by_desc(api_token::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list API tokens"))?;
        rows.into_iter().map(into_token).collect()
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_touch(&self, id: TokenId, at: UnixMillis) -> Result<(), StoreError> {
        let done = api_token::Entity::update_many()
            .col_expr(api_token::Column::LastUsedAt, Expr::value(at.0))
            .filter(api_token::Column::Id.eq(id.to_string()))
            .exec(&self.writer)
            .await;
        done.map_err(StoreError::of("touch an API token"))?;
        Ok(())
    }

    /// Revokes a token; `false` when there is none, or it was revoked before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_revoke(&self, id: TokenId, at: UnixMillis) -> Result<bool, StoreError> {
        let done = api_token::Entity::update_many()
            .col_expr(api_token::Column::RevokedAt, Expr::value(at.0))
            .filter(api_token::Column::Id.eq(id.to_string()))
            .filter(api_token::Column::RevokedAt.is_null())
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("revoke an API token"))?;
        Ok(done.rows_affected == 1)
    }
}

fn into_token(m: api_token::Model) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: readable("token id", m.id.parse())?,
        token: readable("token digest", m.token_sha256.parse())?,
        person: readable("person id", m.person_id.parse())?,
        name: m.name,
        scopes: m.scopes,
        created_at: UnixMillis(m.created_at),
        expires_at: UnixMillis(m.expires_at),
        last_used_at: m.last_used_at.map(UnixMillis),
        revoked_at: m.revoked_at.map(UnixMillis),
    })
}
