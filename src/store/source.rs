//! Sources and their schedules.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder};

use crate::base::{ListQuery, Listed, UnixMillis};
use crate::store::entity::{schedule, source};
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError};

/// A place evidence is collected from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Identifier (UUID).
    pub id: String,
    /// Unique name.
    pub name: String,
    /// `local-repository` or `directory`.
    pub source_type: String,
    /// Settings as JSON.
    pub config: String,
    /// Secret, sealed under the master key.
    pub secret: Option<String>,
    /// Whether it is collected at all.
    pub enabled: bool,
    /// Where the next collection goes on; empty at the beginning.
    pub cursor: String,
    /// When it was last declared.
    pub updated_at: UnixMillis,
}

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Identifier: the source's id, or the job's name.
    pub id: String,
    /// What runs: `collect`, `evaluate`, `score`, `checkpoint`.
    pub job: String,
    /// The source, for `collect`.
    pub source_id: Option<String>,
    /// Five POSIX cron fields, in UTC.
    pub cron: String,
    /// Next instant it is due.
    pub next_at: UnixMillis,
}

impl From<schedule::Model> for ScheduleRow {
    fn from(m: schedule::Model) -> Self {
        Self { id: m.id, job: m.job, source_id: m.source_id, cron: m.cron, next_at: UnixMillis(m.next_at) }
    }
}

impl Store {
    /// Declares a source by name. An existing one keeps its id, its cursor and, when none is given, its secret.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_put(&self, row: &SourceRow) -> Result<String, StoreError> {
        let existing = self.source_by_name(&row.name).await?;
        let model = source::Model {
            id: existing.as_ref().map_or_else(|| row.id.clone(), |e| e.id.clone()),
            name: row.name.clone(),
            source_type: row.source_type.clone(),
            config: row.config.clone(),
            secret: row.secret.clone().or_else(|| existing.as_ref().and_then(|e| e.secret.clone())),
            enabled: row.enabled,
            cursor: existing.map_or_else(|| row.cursor.clone(), |e| e.cursor),
            updated_at: row.updated_at.0,
        };
        let id = model.id.clone();
        source::Entity::insert(model.into_active_model())
            .on_conflict(
                OnConflict::column(source::Column::Name).update_columns(source::Column::iter()).to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("declare a source"))?;
        Ok(id)
    }

    /// The source of that name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_by_name(&self, name: &str) -> Result<Option<SourceRow>, StoreError> {
        let row = source::Entity::find().filter(source::Column::Name.eq(name)).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read a source"))?.map(into_source))
    }

    /// The source of that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_get(&self, id: &str) -> Result<Option<SourceRow>, StoreError> {
        let row = source::Entity::find_by_id(id.to_owned()).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read a source"))?.map(into_source))
    }

    /// Every source, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_list(&self) -> Result<Vec<SourceRow>, StoreError> {
        let rows = source::Entity::find().order_by_asc(source::Column::Name).all(&self.reader).await;
        Ok(rows.map_err(StoreError::of("list sources"))?.into_iter().map(into_source).collect())
    }

    /// One page of sources: by `name` or `updated`, searched by name, narrowed by `type` and `enabled`.
    ///
    /// # Errors
    /// When the query names anything else, or the database does not answer.
    pub async fn source_page(&self, query: &ListQuery) -> Result<Listed<SourceRow>, StoreError> {
        let sorts =
            [Key::text("name", source::Column::Name), Key::integer("updated", source::Column::UpdatedAt)];
        let plan = ListPlan::new(sorts, [Key::text("id", source::Column::Id)])
            .search([source::Column::Name, source::Column::SourceType])
            .filter(Key::text("type", source::Column::SourceType))
            .filter(Key::boolean("enabled", source::Column::Enabled));
        let page: Listed<source::Model> = plan.page(&self.reader, source::Entity::find(), query).await?;
        Ok(page.map(into_source))
    }

    /// Remembers where the next collection goes on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_cursor(&self, id: &str, cursor: &str) -> Result<(), StoreError> {
        source::Entity::update_many()
            .col_expr(source::Column::Cursor, cursor.into())
            .filter(source::Column::Id.eq(id))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("move a source's cursor"))?;
        Ok(())
    }

    /// Declares a schedule; an unchanged cron expression keeps the next instant it had.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schedule_put(&self, row: &ScheduleRow) -> Result<(), StoreError> {
        let existing = schedule::Entity::find_by_id(row.id.clone()).one(&self.reader).await;
        let existing = existing.map_err(StoreError::of("read a schedule"))?;
        let next_at = existing.filter(|e| e.cron == row.cron).map_or(row.next_at.0, |e| e.next_at);
        let model = schedule::Model {
            id: row.id.clone(),
            job: row.job.clone(),
            source_id: row.source_id.clone(),
            cron: row.cron.clone(),
            next_at,
        };
        schedule::Entity::insert(model.into_active_model())
            .on_conflict(
                OnConflict::column(schedule::Column::Id).update_columns(schedule::Column::iter()).to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::of("declare a schedule"))?;
        Ok(())
    }

    /// Removes a schedule; runs it made stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schedule_remove(&self, id: &str) -> Result<(), StoreError> {
        let gone = schedule::Entity::delete_by_id(id.to_owned()).exec(&self.writer).await;
        gone.map_err(StoreError::of("remove a schedule"))?;
        Ok(())
    }

    /// Every schedule, soonest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schedule_list(&self) -> Result<Vec<ScheduleRow>, StoreError> {
        let rows = schedule::Entity::find().order_by_asc(schedule::Column::NextAt).all(&self.reader).await;
        Ok(rows.map_err(StoreError::of("list schedules"))?.into_iter().map(Into::into).collect())
    }
}

fn into_source(m: source::Model) -> SourceRow {
    SourceRow {
        id: m.id,
        name: m.name,
        source_type: m.source_type,
        config: m.config,
        secret: m.secret,
        enabled: m.enabled,
        cursor: m.cursor,
        updated_at: UnixMillis(m.updated_at),
    }
}
