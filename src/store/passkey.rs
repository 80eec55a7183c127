//! Passkeys of people, by credential id.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::base::{PersonId, UnixMillis};
use crate::store::entity::passkey;
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A passkey as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The credential's id.
    pub id: String,
    /// Whose.
    pub person: PersonId,
    /// Name as given.
    pub name: String,
    /// Public key and counter, as JSON.
    pub credential: String,
    /// When it was added.
    pub created_at: UnixMillis,
    /// When it was last used.
    pub last_used_at: Option<UnixMillis>,
}

impl Store {
    /// Adds a passkey.
    ///
    /// # Errors
    /// When it is there already or the database does not answer.
    pub async fn passkey_insert(&self, row: &PasskeyRow) -> Result<(), StoreError> {
        let model = passkey::Model {
            id: row.id.clone(),
            person_id: row.person.to_string(),
            name: row.name.clone(),
            credential: row.credential.clone(),
            created_at: row.created_at.0,
            last_used_at: row.last_used_at.map(|t| t.0),
        };
        let done = passkey::Entity::insert(model.into_active_model()).exec_without_returning(&self.writer);
        done.await.map_err(StoreError::of("add a passkey"))?;
        Ok(())
    }

    /// Passkeys of a person, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_list(&self, person: PersonId) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows = passkey::Entity::find()
            .filter(passkey::Column::PersonId.eq(person.to_string()))
            .order_by_asc(passkey::Column::CreatedAt)
            .order_by_asc(passkey::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list passkeys"))?;
        rows.into_iter().map(into_passkey).collect()
    }

    /// How many passkeys a person has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_count(&self, person: PersonId) -> Result<u64, StoreError> {
        let of_person = passkey::Entity::find().filter(passkey::Column::PersonId.eq(person.to_string()));
        of_person.count(&self.reader).await.map_err(StoreError::of("count passkeys"))
    }

    /// A passkey of a person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_get(&self, person: PersonId, id: &str) -> Result<Option<PasskeyRow>, StoreError> {
        let row = passkey::Entity::find_by_id(id.to_owned())
            .filter(passkey::Column::PersonId.eq(person.to_string()))
            .one(&self.reader)
            .await;
        row.map_err(StoreError::of("look for a passkey"))?.map(into_passkey).transpose()
    }

    /// Notes that a passkey was used, with its new counter where it has one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_used(
        &self,
        id: &str,
        credential: Option<&str>,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let mut used = passkey::Entity::update_many()
            .col_expr(passkey::Column::LastUsedAt, Expr::value(at.0))
            .filter(passkey::Column::Id.eq(id));
        if let Some(credential) = credential {
            used = used.col_expr(passkey::Column::Credential, Expr::value(credential));
        }
        used.exec(&self.writer).await.map_err(StoreError::of("note the use of a passkey"))?;
        Ok(())
    }

    /// Gives a passkey another name; `false` when the person has no such passkey.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_rename(&self, person: PersonId, id: &str, name: &str) -> Result<bool, StoreError> {
        let renamed = passkey::Entity::update_many()
            .col_expr(passkey::Column::Name, Expr::value(name))
            .filter(passkey::Column::Id.eq(id))
            .filter(passkey::Column::PersonId.eq(person.to_string()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("rename a passkey"))?;
        Ok(renamed.rows_affected == 1)
    }

    /// Removes a passkey; `false` when the person has no such passkey.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_remove(&self, person: PersonId, id: &str) -> Result<bool, StoreError> {
        let removed = passkey::Entity::delete_many()
            .filter(passkey::Column::Id.eq(id))
            .filter(passkey::Column::PersonId.eq(person.to_string()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("remove a passkey"))?;
        Ok(removed.rows_affected == 1)
    }
}

fn into_passkey(m: passkey::Model) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        id: m.id,
        person: readable("person id", m.person_id.parse())?,
        name: m.name,
        credential: m.credential,
        created_at: UnixMillis(m.created_at),
        last_used_at: m.last_used_at.map(UnixMillis),
    })
}
