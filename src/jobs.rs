//! The scheduler: one loop that ticks, fires what is due and works off what is ready.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Runs of different sources that may work at the same time.
const PARALLEL: usize = 2;
/// Longest pause between two looks.
const TICK: Duration = Duration::from_secs(10);
/// How long running work may go on after the stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

/// A scheduler at work.
pub struct Scheduler {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Starts the scheduler.
pub fn start(app: Arc<App>) -> Scheduler {
    let stop = CancellationToken::new();
    let task = tokio::spawn(drive(app, stop.clone()));
    Scheduler { stop, task }
}

impl Scheduler {
    /// Claims no more work and waits for what is running.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            tracing::warn!(
                "work was still running after {} s; its runs will show as abandoned",
                GRACE.as_secs()
            );
        }
    }
}

async fn drive(app: Arc<App>, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(PARALLEL));
    let mut work = JoinSet::new();
    while !stop.is_cancelled() {
        tick(&app).await;
        while let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            // One claim per free slot; a worker goes on until nothing is ready.
            if work.len() >= PARALLEL {
                break;
            }
            let (app, stop) = (Arc::clone(&app), stop.clone());
            work.spawn(async move {
                work_off(&app, &stop).await;
                drop(slot);
            });
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.woken() => {}
            () = tokio::time::sleep(TICK) => {}
        }
        while work.try_join_next().is_some() {}
    }
    while work.join_next().await.is_some() {}
}

/// A database error is logged and slept on: the scheduler never dies of one.
async fn tick(app: &App) {
    if let Err(error) = app.reap().await {
        tracing::warn!(error = ?error, "could not look for abandoned runs: {error}");
    }
    match app.fire_due().await {
        Ok(0) => {}
        Ok(fired) => tracing::debug!("{fired} schedules fired"),
        Err(error) => tracing::warn!(error = ?error, "could not look for due schedules: {error}"),
    }
}

async fn work_off(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match app.work_once().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(error = ?error, "could not carry out a run: {error}");
                return;
            }
        }
    }
}
