//! Asks the advisories about the newest bill of materials of every asset, and keeps the answers as evidence.

mod report;
mod statements;

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::app::feeds::ranks_only;
use crate::app::{App, Error, Import, Origin};
use crate::base::{DAY_MS, Digest, UnixMillis};
use crate::evidence::advisory::Index;
use crate::evidence::scan::matches::{AskedFeed, AskedSbom, MatchReport};
use crate::evidence::{EvidenceKind, Receipt};
use crate::store::EvidenceRow;

use self::statements::Statements;

/// Collector of match reports, recorded with each; nobody else may bring one.
pub(super) const MATCHER: &str = concat!("attestry-matcher/", env!("CARGO_PKG_VERSION"));

/// How often an unchanged answer is worth a record of its own.
const REPEAT_MS: i64 = DAY_MS;

/// What the questions rest on, gathered once.
struct Asked {
    index: Index,
    feeds: Vec<AskedFeed>,
    statements: Statements,
}

impl App {
    /// Asks about every asset; gives the receipts of reports that are new, or seen again after a day.
    ///
    /// # Errors
    /// When the database fails or holds something unreadable.
    pub async fn match_assets(&self) -> Result<Vec<Receipt>, Error> {
        let now = self.now();
        let advisories = self.store.advisory_speaking(now).await?;
        if advisories.is_empty() {
            // silence of nobody is no answer
            return Ok(Vec::new());
        }
        let asked = Asked {
            index: Index::build(advisories),
            feeds: self.asked_feeds().await?,
            statements: self.vex_statements(now).await?,
        };
        let mut receipts = Vec::new();
        for (key, row) in self.newest_sboms(now).await? {
            let report = self.match_report(&key, &row, &asked).await?;
            if let Some(receipt) = self.keep_report(&key, &row, &report).await? {
                receipts.push(receipt);
            }
        }
        Ok(receipts)
    }

    async fn asked_feeds(&self) -> Result<Vec<AskedFeed>, Error> {
        let feeds = self.store.feed_list().await?.into_iter().filter(|feed| !ranks_only(&feed.key));
        let asked = |feed: crate::store::FeedRow| AskedFeed {
            key: feed.key,
            updated: feed.last_updated,
            whole: feed.whole,
            advisories: feed.advisories,
        };
        Ok(feeds.map(asked).collect())
    }

    /// The newest accepted bill of materials of each asset, by the asset's key.
    async fn newest_sboms(&self, now: UnixMillis) -> Result<BTreeMap<String, EvidenceRow>, Error> {
        let seen: BTreeMap<i32, UnixMillis> = self.store.evidence_sightings(now).await?.into_iter().collect();
        let age = |row: &EvidenceRow| {
            (seen.get(&row.no).map_or(row.observed_at, |again| row.observed_at.max(*again)), row.no)
        };
        let mut newest: BTreeMap<String, EvidenceRow> = BTreeMap::new();
        for row in self.store.evidence_speaking(now).await? {
            let sbom = row.kind == EvidenceKind::Sbom.as_str() && row.status == "accepted";
            let Some(key) = row.subject.strip_prefix("asset:").filter(|_| sbom) else { continue };
            if newest.get(key).is_none_or(|known| age(known) < age(&row)) {
                newest.insert(key.to_owned(), row);
            }
        }
        Ok(newest)
    }

    async fn match_report(&self, key: &str, row: &EvidenceRow, asked: &Asked) -> Result<MatchReport, Error> {
        let sbom = AskedSbom {
            evidence: row.id,
            sha256: row.sha256,
            observed_at: row.observed_at,
            in_scope: self.store.asset_in_scope(key).await?.unwrap_or(false),
        };
        let components = self.store.component_list(row.no).await?;
        let mut report = MatchReport::new(sbom, asked.feeds.clone());
        report::fill(&mut report, key, &components, asked);
        Ok(report)
    }

    /// Imports a report through the one way in, unless the very same answer was kept within a day.
    async fn keep_report(
        &self,
        key: &str,
        row: &EvidenceRow,
        report: &MatchReport,
    ) -> Result<Option<Receipt>, Error> {
        let now = self.now();
        let bytes = Bytes::from(report.encode());
        let subject = format!("asset:{key}");
        for known in self.store.evidence_of_bytes(Digest::of(&bytes)).await? {
            let again = self.store.evidence_last_seen(known.no).await?;
            let last = again.map_or(known.received_at, |again| again.max(known.received_at));
            if known.subject == subject && now.since(last) < REPEAT_MS {
                return Ok(None);
            }
        }
        let origin = Origin {
            collector: MATCHER.to_owned(),
            // the answer is as whole as what was asked about
            completeness: row.completeness.clone(),
            ..Origin::upload(now, None)
        };
        let import = Import {
            file: format!("{key}.matches.json"),
            bytes,
            kind: Some(EvidenceKind::Scan),
            asset: Some(key.to_owned()),
            origin,
        };
        Ok(self.import(&import).await?.into_iter().next())
    }
}
