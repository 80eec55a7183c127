//! One-time links, by the digest of their secret.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};

use crate::base::{Digest, PersonId, UnixMillis};
use crate::store::entity::{one_time_link, person};
use crate::store::error::readable;
use crate::store::person::from_person;
use crate::store::{PersonRow, Store, StoreError};

/// A one-time link as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Digest of the secret in the address.
    pub token: Digest,
    /// Purpose's word.
    pub purpose: String,
    /// For whom; nobody yet for the first administrator, everybody of the sample for a sample's link.
    pub person: Option<PersonId>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// When it was used.
    pub used_at: Option<UnixMillis>,
}

/// Whose row a used link writes.
#[derive(Debug, Clone, Copy)]
pub enum Redeemed<'a> {
    /// Somebody new.
    New(&'a PersonRow),
    /// Somebody known.
    Known(&'a PersonRow),
}

impl Store {
    /// Adds a link.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_insert(&self, row: &LinkRow) -> Result<(), StoreError> {
        let model = one_time_link::Model {
            token_sha256: row.token.to_hex(),
            purpose: row.purpose.clone(),
            person_id: row.person.map(|p| p.to_string()),
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            used_at: row.used_at.map(|t| t.0),
        };
        let model = model.into_active_model();
        let done = one_time_link::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("add a one-time link"))?;
        Ok(())
    }

    /// The link of a secret.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_find(&self, token: Digest) -> Result<Option<LinkRow>, StoreError> {
        let row = one_time_link::Entity::find_by_id(token.to_hex()).one(&self.reader).await;
        row.map_err(StoreError::of("look for a one-time link"))?.map(into_link).transpose()
    }

    /// Uses a link up and writes the person it was for, both or neither; `false` when somebody was faster.
    ///
    /// # Errors
    /// When the address is taken or the database does not answer.
    pub async fn link_redeem(
        &self,
        token: Digest,
        at: UnixMillis,
        redeemed: Redeemed<'_>,
    ) -> Result<bool, StoreError> {
        let txn = self.write().await?;
        if !use_up_in(&txn, token, at).await? {
            return Ok(false);
        }
        match redeemed {
            Redeemed::New(row) => {
                let model = from_person(row).into_active_model();
                let done = person::Entity::insert(model).exec_without_returning(&txn).await;
                done.map_err(StoreError::of("add a person"))?;
                void_unclaimed_in(&txn, at).await?;
            }
            Redeemed::Known(row) => {
                let model = from_person(row).into_active_model().reset_all();
                let done = person::Entity::update(model).exec_without_returning(&txn).await;
                done.map_err(StoreError::of("change a person"))?;
            }
        }
        txn.commit().await.map_err(StoreError::of("commit a one-time link"))?;
        Ok(true)
    }

    /// Voids the unused links of a purpose, those of one person or those of nobody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_void(&self, purpose: &str, person: Option<PersonId>) -> Result<(), StoreError> {
        let mut voided = one_time_link::Entity::delete_many()
            .filter(one_time_link::Column::Purpose.eq(purpose))
            .filter(one_time_link::Column::UsedAt.is_null());
        voided = match person {
            Some(person) => voided.filter(one_time_link::Column::PersonId.eq(person.to_string())),
            None => voided.filter(one_time_link::Column::PersonId.is_null()),
        };
        voided.exec(&self.writer).await.map_err(StoreError::of("void one-time links"))?;
        Ok(())
    }

    /// Removes links that ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_sweep(&self, at: UnixMillis) -> Result<(), StoreError> {
        let ended = one_time_link::Entity::delete_many().filter(one_time_link::Column::ExpiresAt.lt(at.0));
        ended.exec(&self.writer).await.map_err(StoreError::of("remove ended links"))?;
        Ok(())
    }
}

/// Compare and swap: of two who use a link at once, one finds it used.
async fn use_up_in(txn: &DatabaseTransaction, token: Digest, at: UnixMillis) -> Result<bool, StoreError> {
    let used = one_time_link::Entity::update_many()
        .col_expr(one_time_link::Column::UsedAt, Expr::value(at.0))
        .filter(one_time_link::Column::TokenSha256.eq(token.to_hex()))
        .filter(one_time_link::Column::UsedAt.is_null())
        .filter(one_time_link::Column::ExpiresAt.gt(at.0))
        .exec(txn)
        .await
        .map_err(StoreError::of("use a one-time link"))?;
    Ok(used.rows_affected == 1)
}

/// Once there is an administrator, links that would make somebody unnamed one too are void.
async fn void_unclaimed_in(txn: &DatabaseTransaction, at: UnixMillis) -> Result<(), StoreError> {
    let void = one_time_link::Entity::update_many()
        .col_expr(one_time_link::Column::UsedAt, Expr::value(at.0))
        .filter(one_time_link::Column::Purpose.eq("administrator"))
        .filter(one_time_link::Column::PersonId.is_null())
        .filter(one_time_link::Column::UsedAt.is_null());
    void.exec(txn).await.map_err(StoreError::of("void one-time links"))?;
    Ok(())
}

fn into_link(m: one_time_link::Model) -> Result<LinkRow, StoreError> {
    let person = m.person_id.map(|p| p.parse()).transpose();
    Ok(LinkRow {
        token: readable("link digest", m.token_sha256.parse())?,
        purpose: m.purpose,
        person: readable("person id", person)?,
        created_at: UnixMillis(m.created_at),
        expires_at: UnixMillis(m.expires_at),
        used_at: m.used_at.map(UnixMillis),
    })
}
