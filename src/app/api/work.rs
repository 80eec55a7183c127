//! Sources and runs for programs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::api::{Page, instant};
use crate::app::identity::Actor;
use crate::app::{App, Error};
use crate::base::{ListQuery, RunId, UnixMillis};
use crate::store::{RunLine, SourceLine};

/// A source with its newest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRecord {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind of source.
    #[serde(rename = "type")]
    pub source_type: String,
    /// Whether it is collected at all.
    pub enabled: bool,
    /// Five cron fields in UTC; null when it runs only when asked to.
    pub cron: Option<String>,
    /// When it is due next.
    #[schema(format = DateTime)]
    pub next_at: Option<String>,
    /// Its newest run.
    #[schema(format = "uuid")]
    pub newest_run: Option<String>,
    /// Where that stands.
    pub newest_state: Option<String>,
    /// When that began.
    #[schema(format = DateTime)]
    pub newest_started_at: Option<String>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunRecord {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// What ran: `collect`, `evaluate`, `score`, `checkpoint`, `pack`, `upload`, …
    pub job: String,
    /// The source, for `collect`.
    pub source_id: Option<String>,
    /// Its name.
    pub source: Option<String>,
    /// Why it ran.
    pub trigger: String,
    /// `ready`, `running`, `done`, `failed` or `abandoned`.
    pub state: String,
    /// When it was due.
    #[schema(format = DateTime)]
    pub due_at: String,
    /// When it began; the due time while nobody has.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// Firings missed before it.
    pub missed: i32,
    /// Documents accepted.
    pub accepted: i32,
    /// Documents seen before.
    pub duplicates: i32,
    /// Documents quarantined.
    pub quarantined: i32,
    /// Problems, in words; empty for none.
    pub detail: String,
}

/// A run that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StartedRun {
    /// Its identifier: `/api/v1/runs/{id}` tells how far it is.
    #[schema(format = "uuid")]
    pub run_id: String,
}

impl App {
    /// A page of sources.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_sources(&self, query: &ListQuery) -> Result<Page<SourceRecord>, Error> {
        Ok(self.store.source_line_page(query).await?.map(source).into())
    }

    /// One source.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_source(&self, id: &str) -> Result<SourceRecord, Error> {
        let line = self.store.source_line(id).await?;
        line.map(source).ok_or_else(|| Error::not_found("there is no such source"))
    }

    /// Queues a collection.
    ///
    /// # Errors
    /// As [`App::source_run`].
    pub async fn api_source_run(&self, actor: &Actor, id: &str) -> Result<StartedRun, Error> {
        let run = self.source_run(id, actor).await?;
        Ok(StartedRun { run_id: run.to_string() })
    }

    /// A page of runs.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_runs(&self, query: &ListQuery) -> Result<Page<RunRecord>, Error> {
        Ok(self.store.run_page(query).await?.map(run).into())
    }

    /// One run.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_run(&self, id: RunId) -> Result<RunRecord, Error> {
        let line = self.store.run_line(&id.to_string()).await?;
        line.map(run).ok_or_else(|| Error::not_found("there is no such run"))
    }
}

fn source(line: SourceLine) -> SourceRecord {
    let at = |millis: i64| instant(UnixMillis(millis));
    SourceRecord {
        id: line.id,
        name: line.name,
        source_type: line.source_type,
        enabled: line.enabled,
        cron: line.cron,
        next_at: line.next_at.map(at),
        newest_run: line.run_id,
        newest_state: line.state,
        newest_started_at: line.started_at.map(at),
    }
}

fn run(line: RunLine) -> RunRecord {
    let at = |millis: i64| instant(UnixMillis(millis));
    RunRecord {
        id: line.id,
        job: line.job,
        source_id: line.source_id,
        source: line.source_name,
        trigger: line.trigger,
        state: line.state,
        due_at: at(line.due_at),
        started_at: at(line.started_at),
        finished_at: line.finished_at.map(at),
        missed: line.missed,
        accepted: line.accepted,
        duplicates: line.duplicates,
        quarantined: line.quarantined,
        detail: line.detail,
    }
}
