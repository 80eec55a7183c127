//! When the recurring jobs run.

use serde::{Deserialize, Serialize};

use crate::app::Error;
use crate::app::cron::Cron;

/// When the recurring jobs run: five POSIX cron fields in UTC, or empty for never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedules {
    /// Advisories asked about the newest bill of materials of every asset.
    #[serde(rename = "match")]
    pub matching: String,
    /// Evaluation of all frameworks.
    pub evaluate: String,
    /// Vendor scores.
    pub score: String,
    /// Ledger checkpoint, also when nothing was added.
    pub checkpoint: String,
}

impl Default for Schedules {
    fn default() -> Self {
        Self {
            matching: "5 * * * *".to_owned(),
            evaluate: "15 * * * *".to_owned(),
            score: "30 4 * * *".to_owned(),
            checkpoint: "0 * * * *".to_owned(),
        }
    }
}

impl Schedules {
    /// Whether every expression can be read.
    pub(super) fn check(&self) -> Result<(), Error> {
        let all = [
            ("match", &self.matching),
            ("evaluate", &self.evaluate),
            ("score", &self.score),
            ("checkpoint", &self.checkpoint),
        ];
        for (key, cron) in all.into_iter().filter(|(_, cron)| !cron.is_empty()) {
            Cron::parse(cron).map_err(|e| Error::invalid(format!("schedule.{key}: {e}")))?;
        }
        Ok(())
    }
}
