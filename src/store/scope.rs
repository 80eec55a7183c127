//! Assets and vendors: what the evidence is about.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel, Iterable, QueryOrder};

use crate::base::UnixMillis;
use crate::store::entity::{asset, vendor};
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A system component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRow {
    /// Stable key.
    pub key: String,
    /// Name as shown.
    pub name: String,
    /// `deployable`, `repository`, `cloud_account`, `website`, …
    pub asset_type: String,
    /// Whether it is in scope of the audits.
    pub in_scope: bool,
    /// `production`, `staging`, …
    pub environment: String,
    /// Who answers for it.
    pub owner: String,
    /// Data classes it handles.
    pub data_classes: Vec<String>,
    /// Whether the internet reaches it.
    pub internet_facing: bool,
    /// When it was last declared.
    pub updated_at: UnixMillis,
}

/// A third party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorRow {
    /// Stable key.
    pub key: String,
    /// Name as shown.
    pub name: String,
    /// Declared facts as JSON; the use cases own its shape.
    pub facts: String,
    /// When it was last declared.
    pub updated_at: UnixMillis,
}

impl Store {
    /// Declares an asset, replacing an earlier declaration of the same key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asset_put(&self, row: &AssetRow) -> Result<(), StoreError> {
        let model = asset::Model {
            key: row.key.clone(),
            name: row.name.clone(),
            asset_type: row.asset_type.clone(),
            in_scope: row.in_scope,
            environment: row.environment.clone(),
            owner: row.owner.clone(),
            data_classes: serde_json::json!(row.data_classes).to_string(),
            internet_facing: row.internet_facing,
            updated_at: row.updated_at.0,
        };
        asset::Entity::insert(model.into_active_model())
            .on_conflict(
                OnConflict::column(asset::Column::Key).update_columns(asset::Column::iter()).to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("declare an asset"))?;
        Ok(())
    }

    /// Every asset, by key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asset_list(&self) -> Result<Vec<AssetRow>, StoreError> {
        let rows = asset::Entity::find().order_by_asc(asset::Column::Key).all(&self.reader).await;
        rows.map_err(StoreError::of("list assets"))?
            .into_iter()
            .map(|m| {
                Ok(AssetRow {
                    data_classes: readable("list of data classes", serde_json::from_str(&m.data_classes))?,
                    key: m.key,
                    name: m.name,
                    asset_type: m.asset_type,
                    in_scope: m.in_scope,
                    environment: m.environment,
                    owner: m.owner,
                    internet_facing: m.internet_facing,
                    updated_at: UnixMillis(m.updated_at),
                })
            })
            .collect()
    }

    /// Whether the asset was ever declared.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asset_exists(&self, key: &str) -> Result<bool, StoreError> {
        let found = asset::Entity::find_by_id(key.to_owned()).one(&self.reader).await;
        Ok(found.map_err(StoreError::of("look for an asset"))?.is_some())
    }

    /// Declares a vendor, replacing an earlier declaration of the same key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn vendor_put(&self, row: &VendorRow) -> Result<(), StoreError> {
        let model = vendor::Model {
            key: row.key.clone(),
            name: row.name.clone(),
            facts: row.facts.clone(),
            updated_at: row.updated_at.0,
        };
        vendor::Entity::insert(model.into_active_model())
            .on_conflict(
                OnConflict::column(vendor::Column::Key).update_columns(vendor::Column::iter()).to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("declare a vendor"))?;
        Ok(())
    }

    /// Every vendor, by key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn vendor_list(&self) -> Result<Vec<VendorRow>, StoreError> {
        let rows = vendor::Entity::find().order_by_asc(vendor::Column::Key).all(&self.reader).await;
        let rows = rows.map_err(StoreError::of("list vendors"))?;
        Ok(rows
            .into_iter()
            .map(|m| VendorRow {
                key: m.key,
                name: m.name,
                facts: m.facts,
                updated_at: UnixMillis(m.updated_at),
            })
            .collect())
    }
}
