//! The figures a monitor scrapes.

use crate::app::{App, Error};
use crate::store::RunState;

/// Gauges, read when asked.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Evidence items by kind and status.
    pub evidence: Vec<(String, String, u64)>,
    /// Requirements of the newest evaluation by framework and status.
    pub requirements: Vec<(String, String, u64)>,
    /// Of the newest hundred runs, how many are in which state.
    pub runs: Vec<(&'static str, u64)>,
    /// Entries in the ledger.
    pub ledger_entries: u64,
    /// Seconds since the newest checkpoint; absent before the first.
    pub checkpoint_age_seconds: Option<i64>,
    /// Seconds since each advisory feed's content.
    pub feed_age_seconds: Vec<(String, i64)>,
    /// SQL statements of this process before these figures were read.
    pub statements: u64,
}

impl App {
    /// SQL statements since the data directory was opened; transactions' begins and ends not counted.
    pub fn statements(&self) -> u64 {
        self.store.statements()
    }

    /// Reads the figures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self) -> Result<Figures, Error> {
        let now = self.now();
        let mut figures = Figures { statements: self.statements(), ..Figures::default() };
        figures.ledger_entries = self.store.ledger_tree_head().await?.size;
        figures.evidence = self.store.evidence_counts().await?;
        if let Some(row) = self.store.evaluation_newest(now).await? {
            for verdict in self.store.evaluation_requirements(row.no).await? {
                add(&mut figures.requirements, verdict.framework, verdict.status);
            }
        }
        let runs = self.store.run_list(100).await?;
        let states =
            [RunState::Ready, RunState::Running, RunState::Done, RunState::Failed, RunState::Abandoned];
        figures.runs = states
            .into_iter()
            .map(|state| (state.as_str(), runs.iter().filter(|r| r.state == state).count() as u64))
            .collect();
        let checkpoint = self.store.checkpoint_newest(now).await?;
        figures.checkpoint_age_seconds = checkpoint.map(|c| now.since(c.at) / 1000);
        let feeds = self.store.feed_list().await?;
        figures.feed_age_seconds =
            feeds.into_iter().map(|f| (f.key, now.since(f.last_updated) / 1000)).collect();
        Ok(figures)
    }
}

fn add(counts: &mut Vec<(String, String, u64)>, one: String, two: String) {
    match counts.iter_mut().find(|(a, b, _)| *a == one && *b == two) {
        Some((_, _, n)) => *n += 1,
        None => counts.push((one, two, 1)),
    }
}
