//! Runs: when we looked, what we found, what we missed. A run is audit evidence itself and is never deleted.

mod words;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use crate::base::{RunId, UnixMillis};
use crate::store::entity::{run, schedule};
use crate::store::error::readable;
use crate::store::source::ScheduleRow;
use crate::store::{Store, StoreError};

pub use words::{RunState, Trigger};

/// A run to be made.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What runs.
    pub job: String,
    /// The source, for `collect`.
    pub source_id: Option<String>,
    /// The schedule that fired.
    pub schedule_id: Option<String>,
    /// Why.
    pub trigger: Trigger,
    /// When it was due.
    pub due_at: UnixMillis,
    /// Firings before this one that nobody carried out.
    pub missed: u32,
    /// What exactly is asked for, as JSON; empty where the job says it all.
    pub request: String,
}

/// A stored run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Identifier.
    pub id: RunId,
    /// What runs.
    pub job: String,
    /// The source, for `collect`.
    pub source_id: Option<String>,
    /// Why.
    pub trigger: Trigger,
    /// Where it stands.
    pub state: RunState,
    /// When it was due.
    pub due_at: UnixMillis,
    /// When it was started; the due time while nobody has.
    pub started_at: UnixMillis,
    /// When it ended.
    pub finished_at: Option<UnixMillis>,
    /// Who works on it (`host/pid`).
    pub owner: String,
    /// Counts claims: only the newest claimant may finish it.
    pub fence: i64,
    /// Firings missed before it.
    pub missed: u32,
    /// Documents accepted.
    pub accepted: u32,
    /// Documents seen before.
    pub duplicates: u32,
    /// Documents quarantined.
    pub quarantined: u32,
    /// Problems and outcome, in words.
    pub detail: String,
    /// What exactly was asked for, as JSON; empty where the job says it all.
    pub request: String,
    /// How far it has come, in words.
    pub progress: String,
}

/// How a run ended.
#[derive(Debug, Clone, Default)]
pub struct Finish {
    /// Documents accepted.
    pub accepted: u32,
    /// Documents seen before.
    pub duplicates: u32,
    /// Documents quarantined.
    pub quarantined: u32,
    /// What failed; empty when all went well.
    pub error: String,
}

pub(super) fn into_run(m: run::Model) -> Result<RunRow, StoreError> {
    Ok(RunRow {
        id: readable("run id", m.id.parse())?,
        trigger: readable("trigger", Trigger::parse(&m.trigger))?,
        state: readable("run state", RunState::parse(&m.state))?,
        job: m.job,
        source_id: m.source_id,
        due_at: UnixMillis(m.due_at),
        started_at: UnixMillis(m.started_at),
        finished_at: m.finished_at.map(UnixMillis),
        owner: m.owner,
        fence: m.fence,
        missed: m.missed.unsigned_abs(),
        accepted: m.accepted.unsigned_abs(),
        duplicates: m.duplicates.unsigned_abs(),
        quarantined: m.quarantined.unsigned_abs(),
        detail: m.detail,
        request: m.request,
        progress: m.progress,
    })
}

fn new_model(new: &NewRun) -> run::Model {
    run::Model {
        id: RunId::new().to_string(),
        job: new.job.clone(),
        source_id: new.source_id.clone(),
        schedule_id: new.schedule_id.clone(),
        trigger: new.trigger.as_str().to_owned(),
        state: RunState::Ready.as_str().to_owned(),
        due_at: new.due_at.0,
        started_at: new.due_at.0,
        finished_at: None,
        owner: String::new(),
        fence: 0,
        lease_until: 0,
        missed: i32::try_from(new.missed).unwrap_or(i32::MAX),
        accepted: 0,
        duplicates: 0,
        quarantined: 0,
        detail: String::new(),
        request: new.request.clone(),
        progress: String::new(),
    }
}

impl Store {
    /// Puts a run in the queue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_enqueue(&self, new: &NewRun) -> Result<RunId, StoreError> {
        let model = new_model(new);
        let id = readable("run id", model.id.parse())?;
        let done = run::Entity::insert(model.into_active_model()).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("queue a run"))?;
        Ok(id)
    }

    /// Starts a run of this very process, past the queue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_start(
        &self,
        new: &NewRun,
        owner: &str,
        lease_until: UnixMillis,
    ) -> Result<RunRow, StoreError> {
        let model = run::Model {
            state: RunState::Running.as_str().to_owned(),
            owner: owner.to_owned(),
            fence: 1,
            lease_until: lease_until.0,
            ..new_model(new)
        };
        let row = into_run(model.clone())?;
        let done = run::Entity::insert(model.into_active_model()).exec_without_returning(&self.writer).await;
        match done.map_err(StoreError::of("start a run")) {
            Err(error) if error.is_duplicate() => Err(StoreError::SourceBusy),
            other => other.map(|_| row),
        }
    }

    /// Moves a due schedule on and queues its run: one row won means this node owns the firing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_fire(
        &self,
        due: &ScheduleRow,
        next: UnixMillis,
        run: &NewRun,
    ) -> Result<bool, StoreError> {
        let txn = self.write().await?;
        let moved = schedule::Entity::update_many()
            .col_expr(schedule::Column::NextAt, Expr::value(next.0))
            .filter(schedule::Column::Id.eq(&due.id))
            .filter(schedule::Column::NextAt.eq(due.next_at.0))
            .exec(&txn)
            .await
            .map_err(StoreError::of("move a schedule on"))?;
        if moved.rows_affected == 0 {
            return Ok(false);
        }
        // A crash before the commit leaves the schedule due: it fires again.
        let queued =
            run::Entity::insert(new_model(run).into_active_model()).exec_without_returning(&txn).await;
        queued.map_err(StoreError::of("queue a due run"))?;
        txn.commit().await.map_err(StoreError::of("commit a firing"))?;
        Ok(true)
    }

    /// Takes the oldest ready run whose source nobody works on. One statement; `None` when there is nothing to do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_claim(
        &self,
        owner: &str,
        now: UnixMillis,
        lease_until: UnixMillis,
    ) -> Result<Option<RunRow>, StoreError> {
        loop {
            match self.claim_once([owner.into(), lease_until.0.into(), now.0.into()]).await {
                // Another process took a run of the same source meanwhile: its being there changes the choice.
                Err(error) if error.is_duplicate() => {}
                other => return other,
            }
        }
    }

    async fn claim_once(&self, values: [sea_orm::Value; 3]) -> Result<Option<RunRow>, StoreError> {
        let skip = self.skip_locked();
        let sql = format!(
            "UPDATE run SET state = 'running', owner = $1, fence = fence + 1, lease_until = $2, started_at = $3 \
             WHERE state = 'ready' AND id = (SELECT r.id FROM run r WHERE r.state = 'ready' AND r.due_at <= $3 \
             AND NOT EXISTS (SELECT 1 FROM run b WHERE b.state = 'running' AND b.source_id = r.source_id) \
             ORDER BY r.due_at, r.id LIMIT 1{skip}) RETURNING id"
        );
        let statement = Statement::from_sql_and_values(self.writer.get_database_backend(), sql, values);
        let claimed = self.writer.query_one_raw(statement).await.map_err(StoreError::of("claim a run"))?;
        let Some(claimed) = claimed else { return Ok(None) };
        let id: String = claimed.try_get("", "id").map_err(StoreError::of("read the claimed run"))?;
        self.run_get(&id).await
    }

    /// The run of that id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_get(&self, id: &str) -> Result<Option<RunRow>, StoreError> {
        let row = run::Entity::find_by_id(id.to_owned()).one(&self.writer).await;
        row.map_err(StoreError::of("read a run"))?.map(into_run).transpose()
    }

    /// Renews a lease; `false` means it was lost and the work must stop.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_renew(&self, held: &RunRow, lease_until: UnixMillis) -> Result<bool, StoreError> {
        let renewed = run::Entity::update_many()
            .col_expr(run::Column::LeaseUntil, Expr::value(lease_until.0))
            .filter(run::Column::Id.eq(held.id.to_string()))
            .filter(run::Column::Fence.eq(held.fence))
            .filter(run::Column::State.eq(RunState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("renew a lease"))?;
        Ok(renewed.rows_affected == 1)
    }

    /// Notes how far a run has come.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_progress(&self, held: &RunRow, words: &str) -> Result<(), StoreError> {
        let done = run::Entity::update_many()
            .col_expr(run::Column::Progress, Expr::value(words))
            .filter(run::Column::Id.eq(held.id.to_string()))
            .filter(run::Column::Fence.eq(held.fence))
            .exec(&self.writer)
            .await;
        done.map_err(StoreError::of("note the progress of a run"))?;
        Ok(())
    }

    /// Ends a run; `false` when the lease was lost in between.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_finish(&self, held: &RunRow, end: &Finish, at: UnixMillis) -> Result<bool, StoreError> {
        let state = if end.error.is_empty() { RunState::Done } else { RunState::Failed };
        let count = |n: u32| Expr::value(i32::try_from(n).unwrap_or(i32::MAX));
        let ended = run::Entity::update_many()
            .col_expr(run::Column::State, Expr::value(state.as_str()))
            .col_expr(run::Column::FinishedAt, Expr::value(at.0))
            .col_expr(run::Column::Accepted, count(end.accepted))
            .col_expr(run::Column::Duplicates, count(end.duplicates))
            .col_expr(run::Column::Quarantined, count(end.quarantined))
            .col_expr(run::Column::Detail, Expr::value(end.error.clone()))
            .filter(run::Column::Id.eq(held.id.to_string()))
            .filter(run::Column::Fence.eq(held.fence))
            .filter(run::Column::State.eq(RunState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("end a run"))?;
        Ok(ended.rows_affected == 1)
    }

    /// Marks runs abandoned whose lease ran out, or whose owner is one of the given dead ones.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_reap(&self, now: UnixMillis, dead_owners: &[String]) -> Result<u64, StoreError> {
        let lost = run::Column::LeaseUntil.lt(now.0).or(run::Column::Owner.is_in(dead_owners));
        let reaped = run::Entity::update_many()
            .col_expr(run::Column::State, Expr::value(RunState::Abandoned.as_str()))
            .col_expr(run::Column::FinishedAt, Expr::value(now.0))
            .filter(run::Column::State.eq(RunState::Running.as_str()))
            .filter(lost)
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("reap abandoned runs"))?;
        Ok(reaped.rows_affected)
    }

    /// Owners of runs that are said to be running.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_owners(&self) -> Result<Vec<String>, StoreError> {
        let rows =
            run::Entity::find().filter(run::Column::State.eq(RunState::Running.as_str())).all(&self.reader);
        let mut owners: Vec<String> =
            rows.await.map_err(StoreError::of("list running runs"))?.into_iter().map(|r| r.owner).collect();
        owners.sort();
        owners.dedup();
        Ok(owners)
    }

    /// The newest runs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_list(&self, limit: u64) -> Result<Vec<RunRow>, StoreError> {
        let rows = run::Entity::find()
            .order_by_desc(run::Column::StartedAt)
            .order_by_desc(run::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list runs"))?;
        rows.into_iter().map(into_run).collect()
    }

    /// The newest run of a source that had ended by `until`, for its health: what comes later changes no answer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_of_source(
        &self,
        source: &str,
        state: Option<RunState>,
        until: UnixMillis,
    ) -> Result<Option<RunRow>, StoreError> {
        let mut query = run::Entity::find()
            .filter(run::Column::SourceId.eq(source))
            .filter(run::Column::FinishedAt.lte(until.0));
        if let Some(state) = state {
            query = query.filter(run::Column::State.eq(state.as_str()));
        }
        let newest =
            query.order_by_desc(run::Column::StartedAt).order_by_desc(run::Column::Id).one(&self.reader);
        newest.await.map_err(StoreError::of("read a source's newest run"))?.map(into_run).transpose()
    }
}
