//! One tick of the scheduler: reap, fire what is due, carry out what is ready.

use std::sync::Arc;

use crate::app::cron::Cron;
use crate::app::run::{HeldRun, LEASE_MS, owner};
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::store::{Finish, NewRun, RunRow, ScheduleRow, Trigger};

impl App {
    /// Fires every schedule that is due. Firings nobody carried out become one catch-up run that says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fire_due(&self) -> Result<u64, Error> {
        let now = self.now();
        let mut fired = 0;
        for due in self.store.schedule_list().await? {
            if due.next_at <= now && self.fire(&due, now).await? {
                fired += 1;
            }
        }
        Ok(fired)
    }

    async fn fire(&self, due: &ScheduleRow, now: UnixMillis) -> Result<bool, Error> {
        let cron = Cron::parse(&due.cron).map_err(|e| Error::invalid(e.to_string()))?;
        let missed = cron.firings_between(due.next_at, now);
        let next = cron.next_after(now).unwrap_or(UnixMillis(i64::MAX));
        let run = NewRun {
            job: due.job.clone(),
            source_id: due.source_id.clone(),
            schedule_id: Some(due.id.clone()),
            trigger: if missed > 0 { Trigger::CatchUp } else { Trigger::Schedule },
            due_at: due.next_at,
            missed,
            request: String::new(),
        };
        Ok(self.store.run_fire(due, next, &run).await?)
    }

    /// Claims and carries out one ready run; `false` when there was none.
    ///
    /// # Errors
    /// When the database fails. What goes wrong inside the run is its outcome, not an error.
    pub async fn work_once(&self) -> Result<bool, Error> {
        let now = self.now();
        let Some(row) = self.store.run_claim(&owner(), now, now.plus_millis(LEASE_MS)).await? else {
            return Ok(false);
        };
        let id = row.id;
        tracing::info!(run.id = %id, job = %row.job, "run {id} of {} begins", row.job);
        let run = HeldRun::hold(row.clone(), self.store.clone(), Arc::clone(&self.clock));
        match self.carry_out(run, &row).await {
            Ok(()) => tracing::info!(run.id = %id, "run {id} ended"),
            Err(error) => tracing::warn!(run.id = %id, error = ?error, "run {id} failed: {error}"),
        }
        Ok(true)
    }

    async fn carry_out(&self, run: HeldRun, row: &RunRow) -> Result<(), Error> {
        if let Some(source_id) = &row.source_id {
            let source = self.store.source_get(source_id).await?;
            let source = source.ok_or_else(|| Error::not_found("the source of the run was removed"))?;
            return self.collect_run(run, &source).await.map(|_| ());
        }
        if row.job == "pack" {
            return self.pack_carry_out(run, row).await;
        }
        let done = match row.job.as_str() {
            "evaluate" => self.evaluate_and_keep(self.now()).await.map(|_| ()),
            "match" => self.match_assets().await.map(|_| ()),
            "score" => self.score_vendors().await.map(|_| ()),
            "checkpoint" => self.checkpoint().await.map(|_| ()),
            other => Err(Error::invalid(format!("there is no job `{other}`"))),
        };
        let error = done.as_ref().err().map_or_else(String::new, ToString::to_string);
        self.finish(run, &Finish { error, ..Finish::default() }).await?;
        done
    }

    /// The next instant a schedule is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<UnixMillis>, Error> {
        Ok(self.store.schedule_list().await?.first().map(|s| s.next_at))
    }
}
