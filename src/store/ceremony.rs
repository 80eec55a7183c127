//! What the second half of a ceremony needs of the first: kept for minutes, taken once.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::base::{PersonId, UnixMillis};
use crate::store::entity::ceremony;
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A ceremony as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeremonyRow {
    /// Under what it is found again.
    pub id: String,
    /// Purpose's word.
    pub purpose: String,
    /// Whose; nobody's before sign-in.
    pub person: Option<PersonId>,
    /// What was kept; sealed where it holds a secret.
    pub state: String,
    /// When it is over.
    pub expires_at: UnixMillis,
}

impl Store {
    /// Keeps the state of a ceremony, in place of an earlier one of the same id. Those that are over go.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ceremony_put(&self, row: &CeremonyRow, at: UnixMillis) -> Result<(), StoreError> {
        let over = ceremony::Entity::delete_many().filter(ceremony::Column::ExpiresAt.lte(at.0));
        over.exec(&self.writer).await.map_err(StoreError::of("remove ceremonies that are over"))?;
        let model = ceremony::Model {
            id: row.id.clone(),
            purpose: row.purpose.clone(),
            person_id: row.person.map(|p| p.to_string()),
            state: row.state.clone(),
            expires_at: row.expires_at.0,
        };
        let columns = [
            ceremony::Column::Purpose,
            ceremony::Column::PersonId,
            ceremony::Column::State,
            ceremony::Column::ExpiresAt,
        ];
        ceremony::Entity::insert(model.into_active_model())
            .on_conflict(OnConflict::column(ceremony::Column::Id).update_columns(columns).to_owned())
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("keep a ceremony"))?;
        Ok(())
    }

    /// The state of a ceremony that is not over; it stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ceremony_get(&self, id: &str, at: UnixMillis) -> Result<Option<CeremonyRow>, StoreError> {
        let row = ceremony::Entity::find_by_id(id.to_owned())
            .filter(ceremony::Column::ExpiresAt.gt(at.0))
            .one(&self.writer)
            .await
            .map_err(StoreError::of("read a ceremony"))?;
        row.map(into_ceremony).transpose()
    }

    /// Takes the state of a ceremony; of two who try, one gets it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ceremony_take(&self, id: &str, at: UnixMillis) -> Result<Option<CeremonyRow>, StoreError> {
        let Some(row) = self.ceremony_get(id, at).await? else { return Ok(None) };
        let gone = ceremony::Entity::delete_many()
            .filter(ceremony::Column::Id.eq(id))
            .filter(ceremony::Column::ExpiresAt.eq(row.expires_at.0))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("take a ceremony"))?;
        Ok((gone.rows_affected == 1).then_some(row))
    }
}

fn into_ceremony(m: ceremony::Model) -> Result<CeremonyRow, StoreError> {
    let person = m.person_id.map(|p| p.parse()).transpose();
    Ok(CeremonyRow {
        id: m.id,
        purpose: m.purpose,
        person: readable("person id", person)?,
        state: m.state,
        expires_at: UnixMillis(m.expires_at),
    })
}
