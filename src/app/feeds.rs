//! Advisory feeds: fetched from where they are published, mirrored or carried by hand, and how current each is.

mod carried;
mod status;

use std::collections::BTreeSet;

use crate::app::{App, Collected, Error, HeldRun, Import, Origin};
use crate::base::{Digest, UnixMillis};
use crate::collect::{
    ADVISORY_FEED, AdvisoryFeed, CollectError, FeedDocument, FeedName, FeedSettings, Fetched, Remembered,
};
use crate::evidence::{EvidenceKind, Receipt, ReceiptStatus};
use crate::store::{EvidenceRow, SourceRow};

use super::import::PARSER;

pub use status::{FeedState, FeedStatus};

/// A feed on its way in.
struct Feed<'a> {
    source: &'a SourceRow,
    run: &'a HeldRun,
    settings: FeedSettings,
    name: FeedName,
}

impl App {
    /// Collects feeds now: those of these names (of the source or the feed), or all that are enabled.
    ///
    /// # Errors
    /// When no source of that name is a feed, or the database fails. What a feed refuses is a problem of its run.
    pub async fn feeds_sync(&self, names: &[String]) -> Result<Vec<(String, Collected)>, Error> {
        let sources: Vec<SourceRow> = self.feed_sources().await?.into_iter().map(|(row, _)| row).collect();
        let mut wanted: Vec<String> = Vec::new();
        for name in names {
            let is_it = |row: &&SourceRow| row.name == *name || feed_key(row).as_deref() == Some(name);
            let found: Vec<String> = sources.iter().filter(is_it).map(|row| row.name.clone()).collect();
            if found.is_empty() {
                let known: Vec<&str> = sources.iter().map(|row| row.name.as_str()).collect();
                return Err(Error::not_found(format!(
                    "there is no advisory feed `{name}` ({}); declare it with [[source]]",
                    if known.is_empty() { "none is declared".to_owned() } else { known.join(", ") }
                )));
            }
            wanted.extend(found);
        }
        if names.is_empty() {
            wanted = sources.into_iter().filter(|row| row.enabled).map(|row| row.name).collect();
        }
        // without a name every source would be collected
        if wanted.is_empty() { Ok(Vec::new()) } else { self.collect(&wanted).await }
    }

    /// Carries out a run of a feed.
    pub(super) async fn collect_feed(&self, source: &SourceRow, run: &HeldRun) -> Result<Collected, Error> {
        let read = FeedSettings::read(&source.config).and_then(|s| s.check().and(s.name()).map(|n| (s, n)));
        let feed = match read {
            Ok((settings, name)) => Feed { source, run, settings, name },
            Err(error) => return Ok(Collected::failed(&error)),
        };
        let held = self.held(&feed).await?;
        let remembered = held.as_ref().map(|(remembered, _)| remembered.clone()).unwrap_or_default();
        let limit = self.config.limits.document_bytes;
        let fetched = AdvisoryFeed::new(feed.settings.clone(), limit).fetch(&remembered, self.now()).await;
        run.still_held()?;
        match (fetched, held) {
            (Ok(Fetched::Document(document)), _) => self.feed_taken(&feed, document).await,
            (Ok(Fetched::Unchanged(_)), Some((_, row))) => self.feed_unchanged(&feed, &row).await,
            // only who holds a copy asks whether it changed
            (Ok(Fetched::Unchanged(_)), None) => Ok(Collected::failed(&CollectError::Settings(
                "the server says that nothing changed, and there is nothing here".to_owned(),
            ))),
            (Err(error), _) => Ok(Collected::failed(&error)),
        }
    }

    /// The copy that was stored last, while it still speaks and this program would read it the same way.
    async fn held(&self, feed: &Feed<'_>) -> Result<Option<(Remembered, EvidenceRow)>, Error> {
        let remembered = Remembered::of(&feed.source.cursor);
        let Some(sha256) = remembered.sha256 else { return Ok(None) };
        let row = self.feed_item(feed.name.as_str(), sha256).await?;
        Ok(row.filter(|row| row.parser == PARSER).map(|row| (remembered, row)))
    }

    async fn feed_item(&self, key: &str, sha256: Digest) -> Result<Option<EvidenceRow>, Error> {
        let rows = self.store.evidence_of_subject(&format!("feed:{key}"), self.now()).await?;
        Ok(rows.into_iter().rev().find(|row| row.sha256 == sha256 && row.status == "accepted"))
    }

    async fn feed_taken(&self, feed: &Feed<'_>, document: FeedDocument) -> Result<Collected, Error> {
        let import = Import {
            file: format!("{}/{}", feed.name, document.name),
            bytes: document.bytes,
            kind: Some(EvidenceKind::Advisories),
            asset: None,
            origin: Origin {
                request: document.request,
                completeness: document.completeness.to_owned(),
                ..feed.origin(document.as_of)
            },
        };
        let receipts = self.import(&import).await?;
        let problems: Vec<String> = fault(&receipts, &feed.name).into_iter().collect();
        if problems.is_empty() {
            // Only now: a file that could not be read is fetched again, whether it changed or not.
            self.store.source_cursor(&feed.source.id, &document.remember.cursor().0).await?;
        }
        Ok(Collected { receipts, problems })
    }

    async fn feed_unchanged(&self, feed: &Feed<'_>, row: &EvidenceRow) -> Result<Collected, Error> {
        let receipt = self.seen_again(row, &row.file, &feed.origin(self.now())).await?;
        Ok(Collected { receipts: vec![receipt], problems: Vec::new() })
    }

    /// Sources that are feeds, with their settings.
    pub(super) async fn feed_sources(&self) -> Result<Vec<(SourceRow, FeedSettings)>, Error> {
        let sources = self.store.source_list().await?.into_iter().filter(|s| s.source_type == ADVISORY_FEED);
        Ok(sources.filter_map(|row| FeedSettings::read(&row.config).ok().map(|s| (row, s))).collect())
    }

    /// Databases that a source followed at `at`: it is enabled, and had looked at least once.
    pub(super) async fn feeds_followed(&self, at: UnixMillis) -> Result<BTreeSet<String>, Error> {
        let mut followed = BTreeSet::new();
        for (row, settings) in self.feed_sources().await? {
            if row.enabled
                && !ranks_only(&settings.feed)
                && self.store.run_of_source(&row.id, None, at).await?.is_some()
            {
                followed.insert(settings.feed);
            }
        }
        Ok(followed)
    }
}

impl Feed<'_> {
    fn origin(&self, collected_at: UnixMillis) -> Origin {
        Origin {
            source_id: Some(self.source.id.clone()),
            collector: AdvisoryFeed::COLLECTOR.to_owned(),
            feed: Some(self.name.to_string()),
            ..Origin::upload(collected_at, Some(self.run.row.id.to_string()))
        }
    }
}

/// Whether the feed of that key only says how urgent vulnerabilities are: no match rests on it.
pub(super) fn ranks_only(key: &str) -> bool {
    FeedName::parse(key).is_ok_and(|name| name.ranks_only())
}

fn feed_key(source: &SourceRow) -> Option<String> {
    FeedSettings::read(&source.config).ok().map(|settings| settings.feed)
}

/// What keeps the receipts from being one database of that feed.
fn fault(receipts: &[Receipt], name: &FeedName) -> Option<String> {
    let [receipt] = receipts else {
        let files = receipts.len();
        return Some(format!("the file of {name} holds {files} documents and not one database"));
    };
    let why = receipt.errors.first().map_or("it was not accepted", |error| error.message.as_str());
    let found = receipt.format.as_deref().unwrap_or_default();
    if receipt.status == ReceiptStatus::Quarantined {
        return Some(format!("the file of {name} could not be read: {why}"));
    }
    (found != name.format()).then(|| format!("the file of {name} holds `{found}`: check the address"))
}
