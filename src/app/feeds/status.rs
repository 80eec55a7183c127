//! How current each feed is, and what that means for verdicts.

use serde::Serialize;

use crate::app::feeds::ranks_only;
use crate::app::{App, Error};
use crate::base::{Digest, UnixMillis};
use crate::collect::FeedSettings;
use crate::controls::Value;
use crate::store::{EvidenceRow, FeedRow, RunState, SourceRow};

/// Whether a feed can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// Whole, and not too old.
    Current,
    /// Whole, and older than allowed.
    Stale,
    /// Single records, or a database of which a part was withdrawn.
    Partial,
    /// Declared, and nothing of it was ever taken in.
    Never,
}

impl FeedState {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Partial => "partial",
            Self::Never => "never fetched",
        }
    }
}

/// One feed as `advisories status` shows it. Field names are fixed; instants are milliseconds since 1970 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedStatus {
    /// Its name (`rustsec`, `osv:npm`).
    pub feed: String,
    /// The enabled source that follows it; null when it is imported by hand.
    pub source: Option<String>,
    /// Where that source has it from.
    pub place: Option<String>,
    /// Records of the newest revision.
    pub records: u64,
    /// Records of it that could not be read.
    pub dropped: u64,
    /// Digest of the newest revision's bytes.
    pub revision: Option<Digest>,
    /// When that revision came.
    pub revised_at: Option<UnixMillis>,
    /// The instant its content speaks for.
    pub updated_at: Option<UnixMillis>,
    /// When it was last fetched, or confirmed to be unchanged.
    pub checked_at: Option<UnixMillis>,
    /// Seconds since `updated_at`.
    pub age_seconds: Option<i64>,
    /// Whether it is a whole database.
    pub whole: bool,
    /// Whether it can be relied on.
    pub state: FeedState,
    /// Why the newest run of its source failed; null when it did not.
    pub failure: Option<String>,
    /// Whether verdicts rest on it: not so for what only ranks vulnerabilities.
    pub decides: bool,
    /// What that means for verdicts.
    pub meaning: String,
}

/// A feed by key, with what is known of it.
struct Known {
    key: String,
    row: Option<FeedRow>,
    source: Option<(SourceRow, FeedSettings)>,
}

impl App {
    /// Every feed that was taken in or is declared, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_statuses(&self) -> Result<Vec<FeedStatus>, Error> {
        let sources = self.feed_sources().await?.into_iter();
        let mut sources: Vec<_> = sources.filter(|(row, _)| row.enabled).collect();
        let mut known: Vec<Known> = Vec::new();
        for row in self.store.feed_list().await? {
            let at = sources.iter().position(|(_, settings)| settings.feed == row.key);
            let source = at.map(|at| sources.remove(at));
            sources.retain(|(_, settings)| settings.feed != row.key);
            known.push(Known { key: row.key.clone(), row: Some(row), source });
        }
        known.extend(sources.into_iter().map(|(row, settings)| Known {
            key: settings.feed.clone(),
            row: None,
            source: Some((row, settings)),
        }));
        known.sort_by(|a, b| a.key.cmp(&b.key));
        // two mirrors of one feed are one feed
        known.dedup_by(|a, b| a.key == b.key);
        let mut statuses = Vec::new();
        for feed in &known {
            statuses.push(self.feed_status(feed).await?);
        }
        Ok(statuses)
    }

    async fn feed_status(&self, known: &Known) -> Result<FeedStatus, Error> {
        let now = self.now();
        let newest = match &known.row {
            Some(_) => self.newest_revision(&known.key).await?,
            None => None,
        };
        let checked_at = match &newest {
            Some(item) => self.store.evidence_last_seen(item.no).await?.max(Some(item.collected_at)),
            None => None,
        };
        let updated_at = known.row.as_ref().map(|row| row.last_updated);
        let state = self.feed_state(known.row.as_ref(), now);
        let failure = match &known.source {
            Some((source, _)) => self.feed_failure(source).await?,
            None => None,
        };
        let (records, dropped) = newest.as_ref().map_or((0, 0), figures);
        let decides = !ranks_only(&known.key);
        Ok(FeedStatus {
            feed: known.key.clone(),
            source: known.source.as_ref().map(|(row, _)| row.name.clone()),
            place: known.source.as_ref().map(|(_, settings)| settings.shown()),
            records,
            dropped,
            revision: newest.as_ref().map(|item| item.sha256),
            revised_at: newest.as_ref().map(|item| item.received_at),
            updated_at,
            checked_at,
            age_seconds: updated_at.map(|at| now.since(at) / 1000),
            whole: known.row.as_ref().is_some_and(|row| row.whole),
            state,
            failure,
            decides,
            meaning: meaning(state, decides, known.source.is_some()).to_owned(),
        })
    }

    /// Whether a feed can be relied on, with the configured age.
    pub(in crate::app) fn feed_state(&self, row: Option<&FeedRow>, now: UnixMillis) -> FeedState {
        match row {
            None => FeedState::Never,
            Some(row) if !row.whole => FeedState::Partial,
            Some(row) if now.since(row.last_updated) > self.config.advisories.max_age_ms() => {
                FeedState::Stale
            }
            Some(_) => FeedState::Current,
        }
    }

    /// The document the feed was taken from last.
    async fn newest_revision(&self, key: &str) -> Result<Option<EvidenceRow>, Error> {
        let rows = self.store.evidence_of_subject(&format!("feed:{key}"), self.now()).await?;
        Ok(rows.into_iter().rev().find(|row| row.status == "accepted"))
    }

    async fn feed_failure(&self, source: &SourceRow) -> Result<Option<String>, Error> {
        let run = self.store.run_of_source(&source.id, None, self.now()).await?;
        Ok(run.filter(|run| matches!(run.state, RunState::Failed | RunState::Abandoned)).map(|run| {
            run.detail.lines().next().filter(|l| !l.is_empty()).unwrap_or("its process ended").to_owned()
        }))
    }
}

/// Records of a revision, and how many of them could not be read.
fn figures(item: &EvidenceRow) -> (u64, u64) {
    let summary: crate::controls::Record = serde_json::from_str(&item.summary).unwrap_or_default();
    let count = |key: &str| match summary.get(key) {
        Some(Value::Int(n)) => Some(n.unsigned_abs()),
        Some(Value::Bool(_) | Value::Num(_) | Value::Text(_) | Value::List(_)) | None => None,
    };
    let records = count("advisories").or_else(|| count("vulnerabilities")).unwrap_or_default();
    let receipt: Result<crate::evidence::Receipt, _> = serde_json::from_str(&item.receipt);
    (records, receipt.map_or(0, |receipt| receipt.records.dropped))
}

const fn meaning(state: FeedState, decides: bool, followed: bool) -> &'static str {
    match (decides, state, followed) {
        (false, _, _) => "ranks vulnerabilities; no verdict rests on it",
        (true, FeedState::Current, _) => "verdicts rest on it: no match means none known",
        (true, FeedState::Never, _) => "verdicts that need it are unknown until it was fetched",
        (true, FeedState::Stale | FeedState::Partial, true) => {
            "what it finds counts; where it finds nothing, verdicts are unknown"
        }
        (true, FeedState::Stale | FeedState::Partial, false) => {
            "what it finds counts; where it finds nothing, verdicts are unknown unless another whole feed is current"
        }
    }
}
