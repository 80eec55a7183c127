//! Work under a lease: every import, collection and evaluation is a run, and a dead process's run becomes visible.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::{App, Error};
use crate::base::{Clock, UnixMillis};
use crate::store::{Finish, NewRun, RunRow, Store, Trigger};

/// How long a run is held without a sign of life.
pub const LEASE_MS: i64 = 60_000;

/// A run this process works on. Renews its lease until it is finished or dropped.
pub struct HeldRun {
    /// The run.
    pub row: RunRow,
    /// Cancelled when the lease was lost to the reaper: stop working.
    pub lost: CancellationToken,
    store: Store,
    clock: Arc<dyn Clock>,
    heartbeat: tokio::task::JoinHandle<()>,
}

impl HeldRun {
    /// Takes over a started or claimed run.
    pub fn hold(row: RunRow, store: Store, clock: Arc<dyn Clock>) -> Self {
        let lost = CancellationToken::new();
        let heartbeat = tokio::spawn(beat(row.clone(), store.clone(), Arc::clone(&clock), lost.clone()));
        Self { row, lost, store, clock, heartbeat }
    }

    /// Asked before anything is stored.
    ///
    /// # Errors
    /// When the lease was lost: the work is somebody else's now.
    pub(super) fn still_held(&self) -> Result<(), Error> {
        if self.lost.is_cancelled() {
            let text = "the run was given up as abandoned meanwhile";
            return Err(Error::new(crate::base::ErrorKind::Conflict, text));
        }
        Ok(())
    }

    /// Ends the run.
    ///
    /// # Errors
    /// When the database does not answer, or the lease was lost in between.
    pub async fn finish(self, end: &Finish) -> Result<(), Error> {
        let kept = self.store.run_finish(&self.row, end, self.clock.now()).await?;
        if kept {
            return Ok(());
        }
        let id = self.row.id;
        Err(Error::new(
            crate::base::ErrorKind::Conflict,
            format!("run {id} was given up as abandoned meanwhile"),
        ))
    }
}

impl Drop for HeldRun {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

async fn beat(row: RunRow, store: Store, clock: Arc<dyn Clock>, lost: CancellationToken) {
    let mut interval = tokio::time::interval(Duration::from_millis(LEASE_MS.unsigned_abs() / 3));
    interval.tick().await;
    loop {
        interval.tick().await;
        match store.run_renew(&row, clock.now().plus_millis(LEASE_MS)).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(run.id = %row.id, "run {} lost its lease", row.id);
                lost.cancel();
                return;
            }
            // The lease still stands for a while; the next beat may succeed.
            Err(error) => {
                tracing::warn!(run.id = %row.id, %error, "could not renew the lease of run {}", row.id)
            }
        }
    }
}

/// Who this process is in the run table: `host/pid`.
pub fn owner() -> String {
    format!("{}/{}", host(), std::process::id())
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "host".to_owned(), |h| h.trim().to_owned())
}

/// Whether an owner is a process of this machine that no longer exists. Unknown counts as alive: the lease decides.
fn is_dead(owner: &str) -> bool {
    let Some((machine, pid)) = owner.rsplit_once('/') else { return false };
    machine == host()
        && std::path::Path::new("/proc/self").exists()
        && !std::path::Path::new("/proc").join(pid).exists()
}

impl App {
    /// Starts a run of this process.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_here(&self, job: &str, source_id: Option<String>) -> Result<HeldRun, Error> {
        let now = self.now();
        let new = NewRun {
            job: job.to_owned(),
            source_id,
            schedule_id: None,
            trigger: Trigger::Command,
            due_at: now,
            missed: 0,
            request: String::new(),
        };
        let row = self.store.run_start(&new, &owner(), now.plus_millis(LEASE_MS)).await?;
        Ok(HeldRun::hold(row, self.store.clone(), Arc::clone(&self.clock)))
    }

    /// Ends a run, and signs the ledger's head over what it added: nothing a batch recorded stays uncovered.
    ///
    /// # Errors
    /// When the database does not answer, or the lease was lost in between.
    pub async fn finish(&self, run: HeldRun, end: &Finish) -> Result<(), Error> {
        let covered = self.store.checkpoint_largest().await?;
        if self.store.ledger_tree_head().await?.size > covered {
            self.checkpoint().await?;
        }
        run.finish(end).await
    }

    /// Marks runs abandoned whose process died or stopped renewing its lease; returns how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reap(&self) -> Result<u64, Error> {
        let dead: Vec<String> = self.store.run_owners().await?.into_iter().filter(|o| is_dead(o)).collect();
        let reaped = self.store.run_reap(self.now(), &dead).await?;
        if reaped > 0 {
            tracing::warn!(count = reaped, "{reaped} runs were abandoned by a process that ended");
        }
        Ok(reaped)
    }

    /// Queues a collection of one source at once.
    ///
    /// # Errors
    /// When there is no such source or the database does not answer.
    pub async fn run_now(&self, source_name: &str) -> Result<crate::base::RunId, Error> {
        let source = self.source_named(source_name).await?;
        let new = NewRun {
            job: "collect".to_owned(),
            source_id: Some(source.id),
            schedule_id: None,
            trigger: Trigger::Now,
            due_at: self.now(),
            missed: 0,
            request: String::new(),
        };
        let id = self.store.run_enqueue(&new).await?;
        self.wake.notify_one();
        Ok(id)
    }

    /// The newest runs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn runs(&self, limit: u64) -> Result<Vec<RunRow>, Error> {
        Ok(self.store.run_list(limit).await?)
    }

    /// The present instant by this process's clock.
    pub fn now(&self) -> UnixMillis {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dead_processes_of_this_machine_count_as_dead() {
        assert!(!is_dead(&owner()));
        assert!(!is_dead("elsewhere/1"));
        assert!(is_dead(&format!("{}/4194305", host())));
    }
}
