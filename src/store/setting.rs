//! Installation settings.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};

use crate::store::entity::setting;
use crate::store::{Store, StoreError};

impl Store {
    /// The setting of that key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting_get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = setting::Entity::find_by_id(key.to_owned()).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read a setting"))?.map(|r| r.value))
    }

    /// Writes a setting.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting_put(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
        setting::Entity::insert(row)
            .on_conflict(
                OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("write a setting"))?;
        Ok(())
    }

    /// Writes a setting unless it is there already; two first starts at once agree on one value.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting_put_new(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
        setting::Entity::insert(row)
            .on_conflict_do_nothing_on([setting::Column::Key])
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("write a setting"))?;
        Ok(())
    }
}
