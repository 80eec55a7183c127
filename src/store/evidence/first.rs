//! The first rows of an item's content, for its page: never the whole of a large document.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::store::entity::{advisory, component, finding, observation};
use crate::store::{Store, StoreError};

impl Store {
    /// Name, version and package URL of the first components.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn component_first(
        &self,
        no: i32,
        limit: u64,
    ) -> Result<Vec<(String, Option<String>, Option<String>)>, StoreError> {
        let rows = component::Entity::find()
            .filter(component::Column::ItemNo.eq(no))
            .order_by_asc(component::Column::Ordinal)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the first components"))?;
        Ok(rows.into_iter().map(|m| (m.name, m.version, m.purl)).collect())
    }

    /// Severity, title, place and state of the first findings.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_first(&self, no: i32, limit: u64) -> Result<Vec<[String; 4]>, StoreError> {
        let rows = finding::Entity::find()
            .filter(finding::Column::ItemNo.eq(no))
            .order_by_asc(finding::Column::Ordinal)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the first findings"))?;
        let row = |m: finding::Model| [m.severity, m.title, m.location.unwrap_or_default(), m.state];
        Ok(rows.into_iter().map(row).collect())
    }

    /// Bodies of the first accounts, documents or changes, as JSON of the domain's type.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn observation_first(&self, no: i32, limit: u64) -> Result<Vec<String>, StoreError> {
        let rows = observation::Entity::find()
            .filter(observation::Column::ItemNo.eq(no))
            .order_by_asc(observation::Column::Ordinal)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the first rows of an item"))?;
        Ok(rows.into_iter().map(|m| m.body).collect())
    }

    /// Feed and identifier of the first advisories an item states.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advisory_first(&self, no: i32, limit: u64) -> Result<Vec<(String, String)>, StoreError> {
        let rows = advisory::Entity::find()
            .filter(advisory::Column::ItemNo.eq(no))
            .order_by_asc(advisory::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the first advisories"))?;
        Ok(rows.into_iter().map(|m| (m.feed, m.id)).collect())
    }
}
