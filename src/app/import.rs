//! The one way in for evidence: read, keep the bytes, record, answer with a receipt.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::app::matching::MATCHER;
use crate::app::summary::{Extent, feed_update, summary};
use crate::app::{App, Error};
use crate::base::{Digest, EvidenceId, UnixMillis};
use crate::controls::Record;
use crate::evidence::scan::matches::FORMAT as MATCH_FORMAT;
use crate::evidence::{
    Evidence, EvidenceKind, Problem, Reading, Receipt, ReceiptStatus, Upload, card_number, intake,
};
use crate::ledger::statement::PredicateKind;
use crate::report::pack::EvidencePredicate;
use crate::store::{EvidenceRow, NewEntry, NewEvidence, Recorded, Refusal};

/// Parser edition: a new one reads quarantined and known bytes again.
pub const PARSER: &str = concat!("attestry/", env!("CARGO_PKG_VERSION"));

/// One file to import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Name as given.
    pub file: String,
    /// Bytes as given.
    pub bytes: Bytes,
    /// Kind the caller insists on.
    pub kind: Option<EvidenceKind>,
    /// Key of the asset it is about.
    pub asset: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a document comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The source, when one collected it.
    pub source_id: Option<String>,
    /// The run that fetched it.
    pub run_id: Option<String>,
    /// Collector and its version.
    pub collector: String,
    /// The request that fetched it, as JSON.
    pub request: String,
    /// `proven`, `partial`, `failed` or `unknown`.
    pub completeness: String,
    /// When it was collected.
    pub collected_at: UnixMillis,
    /// The feed it was fetched for, when it is one's whole database; advisories without belong to their format's.
    pub feed: Option<String>,
}

impl Origin {
    /// A file handed in by a person, whose completeness nobody vouches for.
    pub fn upload(collected_at: UnixMillis, run_id: Option<String>) -> Self {
        Self {
            source_id: None,
            run_id,
            collector: concat!("attestry-import/", env!("CARGO_PKG_VERSION")).to_owned(),
            request: "{}".to_owned(),
            completeness: "unknown".to_owned(),
            collected_at,
            feed: None,
        }
    }
}

/// What the ledger says about an evidence item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenAgain {
    /// What the item is about.
    pub subject: String,
    /// Name under which it came this time.
    pub file: String,
    /// When.
    pub at: UnixMillis,
}

impl App {
    /// Imports one file: one receipt for a document, one per member for an archive.
    ///
    /// # Errors
    /// When the asset key is malformed, or database or blob store fail; nothing is half stored then.
    pub async fn import(&self, import: &Import) -> Result<Vec<Receipt>, Error> {
        let subject = match &import.asset {
            Some(key) => format!("asset:{}", checked_key(key)?),
            None => String::new(),
        };
        // A name is shown and signed: not even it may hold a card number.
        let import = &Import { file: card_number::masked_name(&import.file), ..import.clone() };
        if let Some(receipt) = self.import_known(import, &subject).await? {
            return Ok(vec![receipt]);
        }
        let mut readings = self.read(import).await?;
        readings.iter_mut().for_each(|reading| refuse_forged(import, reading));
        let mut receipts = Vec::with_capacity(readings.len());
        for reading in readings {
            receipts.push(self.record(import, &subject, reading).await?);
        }
        Ok(receipts)
    }

    pub(super) async fn read(&self, import: &Import) -> Result<Vec<Reading>, Error> {
        let (import, limits, key) = (import.clone(), self.config.limits, self.signer.redaction_key);
        let read = move || {
            let (name, bytes, kind) = (import.file.as_str(), import.bytes.as_ref(), import.kind);
            intake::read(&Upload { name, bytes, kind, limits, redaction_key: &key })
        };
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|e| Error::new(crate::base::ErrorKind::Internal, "reading the file failed").caused_by(e))
    }

    /// Bytes that are stored already for this subject need no reading: the digest says all.
    async fn import_known(&self, import: &Import, subject: &str) -> Result<Option<Receipt>, Error> {
        let digest = Digest::of(&import.bytes);
        let known = self.store.evidence_of_bytes(digest).await?;
        let feed = import.origin.feed.as_ref().map(|key| format!("feed:{key}"));
        let same = known.into_iter().find(|row| {
            let subject_fits = match &feed {
                Some(feed) => row.subject == *feed,
                None => {
                    row.subject == subject
                        || (subject.is_empty()
                            && (row.subject.starts_with("vendor:") || row.subject.starts_with("feed:")))
                }
            };
            let kind_fits = import.kind.is_none_or(|kind| kind.as_str() == row.kind);
            subject_fits && kind_fits && row.parser == PARSER
        });
        let Some(row) = same else { return Ok(None) };
        self.seen_again(&row, &import.file, &import.origin).await.map(Some)
    }

    /// Records that a stored item came again, or that its publisher says that it is still what there is.
    pub(super) async fn seen_again(
        &self,
        row: &EvidenceRow,
        file: &str,
        origin: &Origin,
    ) -> Result<Receipt, Error> {
        let now = self.now();
        let feed = row.subject.strip_prefix("feed:").map(|key| {
            let fields: Record = serde_json::from_str(&row.summary).unwrap_or_default();
            feed_update((key, extent(origin, key)), &fields, origin.collected_at)
        });
        let entry = self.seen_entry(&row.subject, file, row.sha256, now)?;
        let seen = crate::store::Sighting {
            item_no: row.no,
            at: now,
            run_id: origin.run_id.clone(),
            file: file.to_owned(),
            feed,
            entry,
        };
        self.store.evidence_seen(&seen).await?;
        duplicate(&row.receipt, file, row.id)
    }

    fn seen_entry(
        &self,
        subject: &str,
        file: &str,
        digest: Digest,
        at: UnixMillis,
    ) -> Result<NewEntry, Error> {
        let predicate = SeenAgain { subject: subject.to_owned(), file: file.to_owned(), at };
        self.signer.entry(PredicateKind::SeenAgain, (file, digest), &predicate, at)
    }

    async fn record(&self, import: &Import, subject: &str, reading: Reading) -> Result<Receipt, Error> {
        let now = self.now();
        if let Some(limit) = reading.over {
            let receipt = reading.receipt;
            let refusal = Refusal {
                file: receipt.file.clone(),
                sha256: receipt.sha256,
                bytes: receipt.bytes,
                limit,
                at: now,
            };
            self.store.evidence_refuse(&refusal).await?;
            return Ok(receipt);
        }
        let bytes = reading.stored.clone().map_or_else(|| import.bytes.clone(), Bytes::from);
        // The blob first: a crash after this line leaves an orphan, never a row without its bytes.
        self.blobs.put(bytes).await?;
        let subject = subject_of(subject, import.origin.feed.as_deref(), &reading);
        self.declare_subject(&subject, &reading).await?;
        let mut receipt = reading.receipt.clone();
        let id = EvidenceId::new();
        receipt.evidence_id = Some(id);
        let new = self.new_evidence(import, &subject, &reading, &receipt, now)?;
        match self.store.evidence_record(&new).await? {
            Recorded::New(_) => Ok(receipt),
            Recorded::Already { id, receipt: stored } => duplicate(&stored, &receipt.file, id),
        }
    }

    fn new_evidence<'r>(
        &self,
        import: &Import,
        subject: &'r str,
        reading: &'r Reading,
        receipt: &Receipt,
        now: UnixMillis,
    ) -> Result<NewEvidence<'r>, Error> {
        let item = item(import, subject, reading, receipt, now)?;
        let statement = predicate(&item).statement(item.sha256);
        let entry = self.signer.sign(statement, item.sha256, now)?;
        let seen_entry = self.seen_entry(subject, &item.file, item.sha256, now)?;
        let feed = subject.strip_prefix("feed:").zip(reading.evidence.as_ref());
        let feed = feed.map(|(key, evidence)| {
            let extent = extent(&import.origin, key);
            feed_update((key, extent), &summary(evidence), import.origin.collected_at)
        });
        Ok(NewEvidence { item, evidence: reading.evidence.as_ref(), feed, entry, seen_entry })
    }
}

/// Match reports close findings, so only our own matcher may bring one.
fn refuse_forged(import: &Import, reading: &mut Reading) {
    let report = reading.receipt.format.as_deref() == Some(MATCH_FORMAT);
    if report && import.origin.collector != MATCHER && reading.evidence.is_some() {
        reading.quarantine(Problem {
            code: "not-handed-in".to_owned(),
            path: String::new(),
            message: "match reports are made here, by `attestry advisories match` and the job of that name; import the \
                      SBOM and the advisories instead"
                .to_owned(),
        });
    }
}

fn item(
    import: &Import,
    subject: &str,
    reading: &Reading,
    receipt: &Receipt,
    now: UnixMillis,
) -> Result<EvidenceRow, Error> {
    let origin = &import.origin;
    let json = |what, value: Result<String, serde_json::Error>| {
        value.map_err(|e| Error::new(crate::base::ErrorKind::Internal, what).caused_by(e))
    };
    let stored_bytes = reading.stored.as_ref().map_or(import.bytes.len(), Vec::len) as u64;
    // A clock ahead of ours must not make evidence fresher than its arrival.
    let observed_at = reading.produced_at.map_or(origin.collected_at, |t| t.min(origin.collected_at));
    Ok(EvidenceRow {
        id: receipt.evidence_id.unwrap_or_default(),
        no: 0,
        kind: receipt.kind.map_or_else(String::new, |k| k.as_str().to_owned()),
        format: receipt.format.clone().unwrap_or_default(),
        format_version: receipt.format_version.clone(),
        file: receipt.file.clone(),
        sha256: receipt.sha256,
        bytes: receipt.bytes,
        stored_bytes,
        subject: subject.to_owned(),
        source_id: origin.source_id.clone(),
        run_id: origin.run_id.clone(),
        produced_at: reading.produced_at,
        observed_at,
        collected_at: origin.collected_at,
        received_at: now,
        collector: origin.collector.clone(),
        request: origin.request.clone(),
        completeness: origin.completeness.clone(),
        parser: PARSER.to_owned(),
        schema_valid: receipt.schema_valid,
        status: if receipt.status == ReceiptStatus::Quarantined { "quarantined" } else { "accepted" }
            .to_owned(),
        receipt: json("could not write the receipt", serde_json::to_string(receipt))?,
        summary: json(
            "could not write the summary",
            serde_json::to_string(&reading.evidence.as_ref().map(summary).unwrap_or_default()),
        )?,
        ledger_index: -1,
    })
}

/// What the ledger says about an item.
pub fn predicate(item: &EvidenceRow) -> EvidencePredicate {
    let known = |word: &str| if word.is_empty() { "unknown" } else { word }.to_owned();
    EvidencePredicate {
        id: item.id,
        kind: known(&item.kind),
        format: known(&item.format),
        format_version: item.format_version.clone(),
        file: item.file.clone(),
        subject: item.subject.clone(),
        bytes: item.stored_bytes,
        source: item.source_id.clone(),
        produced_at: item.produced_at,
        observed_from: item.observed_at,
        observed_at: item.observed_at,
        collected_at: item.collected_at,
        received_at: item.received_at,
        status: super::report::status_of(item),
        completeness: item.completeness.clone(),
        collector: item.collector.clone(),
        parser: item.parser.clone(),
        receipt_sha256: Digest::of(item.receipt.as_bytes()),
    }
}

/// Vendor documents and advisories say themselves what they are about.
fn subject_of(given: &str, feed: Option<&str>, reading: &Reading) -> String {
    match &reading.evidence {
        Some(Evidence::Document(document)) => format!("vendor:{}", document.vendor),
        Some(Evidence::Advisories(_) | Evidence::Exploitation(_)) => {
            let format = reading.receipt.format.as_deref().unwrap_or("advisories");
            // what a feed's address serves in another format is not that feed
            let fits = |feed: &&str| feed.split(':').next() == Some(format);
            format!("feed:{}", feed.filter(fits).unwrap_or(format))
        }
        Some(
            Evidence::Sbom(_)
            | Evidence::Scan(_)
            | Evidence::Access(_)
            | Evidence::Changes(_)
            | Evidence::Vex(_)
            | Evidence::Attestation(_),
        )
        | None => given.to_owned(),
    }
}

/// Whether the origin says that the document is all of that feed.
fn extent(origin: &Origin, key: &str) -> Extent {
    if origin.feed.as_deref() == Some(key) { Extent::Whole } else { Extent::BySize }
}

fn duplicate(stored: &str, file: &str, id: EvidenceId) -> Result<Receipt, Error> {
    let mut receipt: Receipt = serde_json::from_str(stored)
        .map_err(|e| Error::integrity(format!("the stored receipt of {id} cannot be read")).caused_by(e))?;
    file.clone_into(&mut receipt.file);
    receipt.evidence_id = Some(id);
    if receipt.status == ReceiptStatus::Accepted {
        receipt.status = ReceiptStatus::Duplicate;
    }
    Ok(receipt)
}

/// Keys appear in addresses, file names and reports.
pub fn checked_key(key: &str) -> Result<&str, Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !key.is_empty() && key.len() <= 120 && key.chars().all(fits) && !key.contains("..") {
        return Ok(key);
    }
    Err(Error::invalid(format!("`{key}` is no key: use up to 120 letters, digits, `-`, `_`, `.` and `/`")))
}
