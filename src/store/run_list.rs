//! Sources and runs, page by page.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::base::{ListQuery, Listed};
use crate::store::entity::{evidence_item, run, schedule, seen_again, source};
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError};

/// A source with its schedule and its newest run. Instants are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SourceLine {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind of source.
    pub source_type: String,
    /// Whether it is collected at all.
    pub enabled: bool,
    /// Five cron fields.
    pub cron: Option<String>,
    /// When it is due next.
    pub next_at: Option<i64>,
    /// The newest run.
    pub run_id: Option<String>,
    /// Its state.
    pub state: Option<String>,
    /// When it began.
    pub started_at: Option<i64>,
    /// Documents it brought.
    pub accepted: Option<i32>,
    /// Documents it had seen before.
    pub duplicates: Option<i32>,
    /// Documents nobody could read.
    pub quarantined: Option<i32>,
}

/// A run in the list. Instants are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct RunLine {
    /// Identifier.
    pub id: String,
    /// What ran.
    pub job: String,
    /// The source, for `collect`.
    pub source_id: Option<String>,
    /// Its name.
    pub source_name: Option<String>,
    /// Why.
    pub trigger: String,
    /// Where it stands.
    pub state: String,
    /// When it was due.
    pub due_at: i64,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Firings missed before it.
    pub missed: i32,
    /// Documents accepted.
    pub accepted: i32,
    /// Documents seen before.
    pub duplicates: i32,
    /// Documents quarantined.
    pub quarantined: i32,
    /// Problems, in words.
    pub detail: String,
}

/// A document of a run or source.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct BroughtItem {
    /// Evidence id.
    pub id: String,
    /// Name as given.
    pub file: String,
    /// Kind word; empty when unknown.
    pub kind: String,
    /// `asset:KEY`, `vendor:KEY`, `feed:KEY`, or empty.
    pub subject: String,
    /// `accepted`, `quarantined`, …
    pub status: String,
    /// The receipt as JSON.
    pub receipt: String,
    /// When it was received, in milliseconds.
    pub received_at: i64,
}

const NEWEST_RUN: &str = "run.id = (SELECT r.id FROM run r WHERE r.source_id = source.id \
     ORDER BY r.started_at DESC, r.id DESC LIMIT 1)";

const SOURCE_NAME: &str = "(SELECT s.name FROM source s WHERE s.id = run.source_id)";

fn with_newest_run() -> sea_orm::Select<source::Entity> {
    use run::Column as R;
    use source::Column as S;
    let mut base = source::Entity::find()
        .select_only()
        .columns([S::Id, S::Name, S::SourceType, S::Enabled])
        .columns([schedule::Column::Cron, schedule::Column::NextAt])
        .column_as(R::Id, "run_id")
        .columns([R::State, R::StartedAt, R::Accepted, R::Duplicates, R::Quarantined]);
    let query = QueryTrait::query(&mut base);
    query.join(JoinType::LeftJoin, schedule::Entity, Expr::cust("schedule.source_id = source.id"));
    query.join(JoinType::LeftJoin, run::Entity, Expr::cust(NEWEST_RUN));
    base
}

impl Store {
    /// A page of sources with their newest runs.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn source_line_page(&self, query: &ListQuery) -> Result<Listed<SourceLine>, StoreError> {
        use source::Column as S;
        let plan = ListPlan::new(
            [Key::text("name", S::Name), Key::text("type", S::SourceType)],
            [Key::text("id", S::Id)],
        )
        .search([S::Name, S::SourceType])
        .filter(Key::boolean("enabled", S::Enabled));
        plan.page(&self.reader, with_newest_run(), query).await
    }

    /// One source with its newest run.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_line(&self, id: &str) -> Result<Option<SourceLine>, StoreError> {
        let one = with_newest_run().filter(source::Column::Id.eq(id)).into_model::<SourceLine>();
        one.one(&self.reader).await.map_err(StoreError::of("read a source with its newest run"))
    }

    /// A page of runs.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn run_page(&self, query: &ListQuery) -> Result<Listed<RunLine>, StoreError> {
        use run::Column as R;
        let plan = ListPlan::new(
            [Key::integer("started", R::StartedAt), Key::text("state", R::State)],
            [Key::text("id", R::Id)],
        )
        .filter(Key::text("state", R::State))
        .filter(Key::text("job", R::Job))
        .filter(Key::text("trigger", R::Trigger))
        .filter(Key::text("source", R::SourceId));
        let base = run::Entity::find().column_as(Expr::cust(SOURCE_NAME), "source_name");
        plan.page(&self.reader, base, query).await
    }

    /// One run with its source's name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_line(&self, id: &str) -> Result<Option<RunLine>, StoreError> {
        let found = run::Entity::find_by_id(id.to_owned()).column_as(Expr::cust(SOURCE_NAME), "source_name");
        let found = found.into_model::<RunLine>().one(&self.reader);
        found.await.map_err(StoreError::of("read a run with its source"))
    }

    /// Documents a run recorded, in the order they came; at most `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_items(&self, run: &str, most: u64) -> Result<Vec<BroughtItem>, StoreError> {
        brought(evidence_item::Column::RunId.eq(run))
            .order_by_asc(evidence_item::Column::No)
            .limit(most)
            .into_model::<BroughtItem>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list what a run brought"))
    }

    /// Documents a run saw again; at most `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_items_again(&self, run: &str, most: u64) -> Result<Vec<BroughtItem>, StoreError> {
        let seen = seen_again::Entity::find()
            .select_only()
            .column(seen_again::Column::ItemNo)
            .filter(seen_again::Column::RunId.eq(run));
        brought(evidence_item::Column::No.in_subquery(QueryTrait::into_query(seen)))
            .order_by_asc(evidence_item::Column::No)
            .limit(most)
            .into_model::<BroughtItem>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list what a run saw again"))
    }

    /// The newest documents of a source; at most `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn source_items(&self, source: &str, most: u64) -> Result<Vec<BroughtItem>, StoreError> {
        brought(evidence_item::Column::SourceId.eq(source))
            .order_by_desc(evidence_item::Column::ReceivedAt)
            .order_by_desc(evidence_item::Column::No)
            .limit(most)
            .into_model::<BroughtItem>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list what a source brought"))
    }
}

fn brought(filter: impl sea_orm::sea_query::IntoCondition) -> sea_orm::Select<evidence_item::Entity> {
    use evidence_item::Column as E;
    evidence_item::Entity::find()
        .select_only()
        .columns([E::Id, E::File, E::Kind, E::Subject, E::Status, E::Receipt, E::ReceivedAt])
        .filter(filter.into_condition())
}
