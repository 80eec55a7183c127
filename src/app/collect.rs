//! Collects one source: fetch, import through the one way in, move the cursor, end the run.

use futures::StreamExt as _;

use crate::app::{App, Error, HeldRun, Import, Origin};
use crate::base::ErrorKind;
use crate::collect::{ADVISORY_FEED, CollectError, Collector, Cursor, RawDocument, collector};
use crate::evidence::{Receipt, ReceiptStatus};
use crate::store::{Finish, SourceRow};

/// What a collection brought.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// The receipts, in the order of the documents.
    pub receipts: Vec<Receipt>,
    /// What failed, in words.
    pub problems: Vec<String>,
}

impl Collected {
    /// Nothing, and why.
    pub(super) fn failed(error: &CollectError) -> Self {
        Self { problems: vec![in_words(error)], ..Self::default() }
    }

    /// Counts for the run.
    pub fn finish(&self) -> Finish {
        let count = |status| {
            u32::try_from(self.receipts.iter().filter(|r| r.status == status).count()).unwrap_or(u32::MAX)
        };
        Finish {
            accepted: count(ReceiptStatus::Accepted),
            duplicates: count(ReceiptStatus::Duplicate),
            quarantined: count(ReceiptStatus::Quarantined),
            error: self.problems.join("\n"),
        }
    }
}

impl App {
    /// Collects the named sources, or all that are enabled.
    ///
    /// # Errors
    /// When a name is unknown or the database fails. What a source refuses is a problem of its run, not an error.
    pub async fn collect(&self, names: &[String]) -> Result<Vec<(String, Collected)>, Error> {
        let mut sources = Vec::new();
        if names.is_empty() {
            sources = self.store.source_list().await?.into_iter().filter(|s| s.enabled).collect();
        }
        for name in names {
            sources.push(self.source_named(name).await?);
        }
        let mut all = Vec::new();
        for source in sources {
            let collected = match self.run_here("collect", Some(source.id.clone())).await {
                Ok(run) => self.collect_run(run, &source).await?,
                Err(busy) if busy.kind == ErrorKind::Busy => {
                    Collected { problems: vec![busy.to_string()], ..Collected::default() }
                }
                Err(error) => return Err(error),
            };
            all.push((source.name.clone(), collected));
        }
        Ok(all)
    }

    /// Carries out one held run of a source to its end.
    pub(super) async fn collect_run(&self, run: HeldRun, source: &SourceRow) -> Result<Collected, Error> {
        let collected = self.collect_source(source, &run).await;
        let end = match &collected {
            Ok(collected) => collected.finish(),
            Err(error) => Finish { error: error.to_string(), ..Finish::default() },
        };
        self.finish(run, &end).await?;
        collected
    }

    async fn collect_source(&self, source: &SourceRow, run: &HeldRun) -> Result<Collected, Error> {
        if source.source_type == ADVISORY_FEED {
            return self.collect_feed(source, run).await;
        }
        match collector(&source.source_type, &source.config, self.config.limits.document_bytes) {
            Ok(collector) => self.collect_from(collector.as_ref(), source, run).await,
            Err(error) => Ok(Collected::failed(&error)),
        }
    }

    async fn collect_from(
        &self,
        collector: &dyn Collector,
        source: &SourceRow,
        run: &HeldRun,
    ) -> Result<Collected, Error> {
        let from = Cursor(source.cursor.clone());
        let mut documents = collector.documents(&from, self.now());
        let mut collected = Collected::default();
        while let Some(document) = documents.next().await {
            run.still_held()?;
            match document {
                Ok(document) => {
                    let receipts = self.import_document(collector, source, run, &document).await?;
                    // Only now: progress never outruns what is stored. A crash in between fetches the document again.
                    self.store.source_cursor(&source.id, &document.resume.0).await?;
                    collected.receipts.extend(receipts);
                }
                Err(error) => collected.problems.push(in_words(&error)),
            }
        }
        Ok(collected)
    }

    async fn import_document(
        &self,
        collector: &dyn Collector,
        source: &SourceRow,
        run: &HeldRun,
        document: &RawDocument,
    ) -> Result<Vec<Receipt>, Error> {
        let settings: crate::collect::SourceSettings = serde_json::from_str(&source.config)
            .map_err(|e| Error::invalid(format!("the settings of source {} are wrong: {e}", source.name)))?;
        let import = Import {
            file: document.name.clone(),
            bytes: document.bytes.clone(),
            kind: document.kind,
            asset: settings.asset,
            origin: Origin {
                source_id: Some(source.id.clone()),
                run_id: Some(run.row.id.to_string()),
                collector: collector.name().to_owned(),
                request: document.request.clone(),
                completeness: document.completeness.to_owned(),
                collected_at: self.now(),
                feed: None,
            },
        };
        self.import(&import).await
    }
}

/// The whole chain of causes in one line.
pub(super) fn in_words(error: &CollectError) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}
