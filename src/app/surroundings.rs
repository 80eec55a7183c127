//! What is known beside the verdicts: sources, vendors, assets, feeds, the quarantine. Read whole when something
//! changed or the minute did, and remembered in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::score::ScoreLine;
use crate::app::standing::Standing;
use crate::app::withdrawal::PendingWithdrawal;
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::store::{
    AssetRow, CheckpointRow, FeedRow, PackRow, Pulse, RunRow, ScheduleRow, SourceRow, Unread,
};

const MINUTE_MS: i64 = 60_000;

/// What an answer holds for: until something is stored, and for a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pulse: Pulse,
    minute: i64,
    as_of: Option<UnixMillis>,
}

/// Everything beside the verdicts.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// The instant everything is for.
    pub at: UnixMillis,
    /// Whether that is now.
    pub is_now: bool,
    /// The newest evaluation.
    pub standing: Option<Arc<Standing>>,
    /// The newest of a week before.
    pub week_before: Option<Arc<Standing>>,
    /// Sources with their schedule and newest run.
    pub sources: Vec<SourceState>,
    /// Assets.
    pub assets: Vec<AssetRow>,
    /// Which kinds of evidence were accepted about what, as `(asset:shop, sbom)`.
    pub kinds: BTreeSet<(String, String)>,
    /// Files that could not be read.
    pub unread: Vec<Unread>,
    /// Requests to withdraw evidence that wait for somebody.
    pub withdrawals: Vec<PendingWithdrawal>,
    /// Advisory feeds.
    pub feeds: Vec<FeedRow>,
    /// Vendors with facts and score.
    pub vendors: Vec<ScoreLine>,
    /// Newest packs.
    pub packs: Vec<PackRow>,
    /// The newest checkpoint, and the ledger's size.
    pub ledger: Option<(CheckpointRow, u64)>,
}

/// A source and what became of it.
#[derive(Debug)]
pub(super) struct SourceState {
    /// The source.
    pub row: SourceRow,
    /// When it is due; `None` without a schedule.
    pub schedule: Option<ScheduleRow>,
    /// Its newest run that ended.
    pub run: Option<RunRow>,
}

impl App {
    /// What an answer made now holds for. One statement.
    pub(super) async fn moment(&self, as_of: Option<UnixMillis>) -> Result<Moment, Error> {
        let pulse = self.store.pulse().await?;
        Ok(Moment { pulse, minute: self.now().0 / MINUTE_MS, as_of })
    }

    /// Everything beside the verdicts at that moment.
    pub(super) async fn surroundings(&self, moment: &Moment) -> Result<Surroundings, Error> {
        let at = moment.as_of.unwrap_or_else(|| self.now());
        let checkpoint = self.store.checkpoint_newest(at).await?;
        let size = self.store.ledger_tree_head().await?.size;
        Ok(Surroundings {
            at,
            is_now: moment.as_of.is_none(),
            standing: self.standing(at).await?,
            week_before: self.standing(at.plus_days(-7)).await?,
            sources: self.source_states(at).await?,
            assets: self.store.asset_list().await?,
            kinds: self.store.evidence_kinds(at).await?.into_iter().collect(),
            unread: self.store.evidence_unread(at, 50).await?,
            withdrawals: self.pending_withdrawals().await?,
            feeds: self.store.feed_list().await?,
            vendors: self.scores_at(at).await?,
            packs: self.store.pack_list(3).await?,
            ledger: checkpoint.map(|c| (c, size)),
        })
    }

    async fn source_states(&self, at: UnixMillis) -> Result<Vec<SourceState>, Error> {
        let mut schedules = self.store.schedule_list().await?;
        let mut runs = self.store.runs_of_sources(at).await?;
        let mut states = Vec::new();
        for row in self.store.source_list().await? {
            let schedule = schedules.iter().position(|s| s.source_id.as_ref() == Some(&row.id));
            let run = runs.iter().position(|r| r.source_id.as_ref() == Some(&row.id));
            states.push(SourceState {
                schedule: schedule.map(|n| schedules.swap_remove(n)),
                run: run.map(|n| runs.swap_remove(n)),
                row,
            });
        }
        Ok(states)
    }
}
