//! An evidence item as stored, and its row.

use sea_orm::{NotSet, Set};

use crate::base::{Digest, EvidenceId, UnixMillis};
use crate::store::StoreError;
use crate::store::entity::evidence_item;
use crate::store::error::readable;

/// One evidence item as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRow {
    /// Identifier.
    pub id: EvidenceId,
    /// Row number other tables refer to; 0 before it is stored.
    pub no: i32,
    /// Evidence kind; empty when unknown.
    pub kind: String,
    /// Format name; empty when unknown.
    pub format: String,
    /// Format version as written.
    pub format_version: Option<String>,
    /// File name as given.
    pub file: String,
    /// Address of the stored bytes.
    pub sha256: Digest,
    /// Size in bytes as given.
    pub bytes: u64,
    /// Size of the stored bytes (redacted, or one member of an archive).
    pub stored_bytes: u64,
    /// `asset:KEY`, `vendor:KEY`, `feed:KEY`, or empty.
    pub subject: String,
    /// The source it came from.
    pub source_id: Option<String>,
    /// The run that fetched it.
    pub run_id: Option<String>,
    /// When the tool says it was produced.
    pub produced_at: Option<UnixMillis>,
    /// The instant it speaks for.
    pub observed_at: UnixMillis,
    /// When it was collected.
    pub collected_at: UnixMillis,
    /// When it was recorded here.
    pub received_at: UnixMillis,
    /// Who collected it, with version.
    pub collector: String,
    /// The request that fetched it, as JSON.
    pub request: String,
    /// `proven`, `partial`, `failed` or `unknown`.
    pub completeness: String,
    /// Parser and version.
    pub parser: String,
    /// Whether the format's rules hold.
    pub schema_valid: Option<bool>,
    /// `accepted` or `quarantined`.
    pub status: String,
    /// The receipt as JSON.
    pub receipt: String,
    /// Summary fields as JSON.
    pub summary: String,
    /// Index of its ledger entry.
    pub ledger_index: i64,
}

impl From<EvidenceRow> for evidence_item::ActiveModel {
    fn from(r: EvidenceRow) -> Self {
        Self {
            no: NotSet,
            id: Set(r.id.to_string()),
            kind: Set(r.kind),
            format: Set(r.format),
            format_version: Set(r.format_version),
            file: Set(r.file),
            sha256: Set(r.sha256.to_hex()),
            bytes: Set(i64::try_from(r.bytes).unwrap_or(i64::MAX)),
            stored_bytes: Set(i64::try_from(r.stored_bytes).unwrap_or(i64::MAX)),
            subject: Set(r.subject),
            source_id: Set(r.source_id),
            run_id: Set(r.run_id),
            produced_at: Set(r.produced_at.map(|t| t.0)),
            observed_at: Set(r.observed_at.0),
            collected_at: Set(r.collected_at.0),
            received_at: Set(r.received_at.0),
            collector: Set(r.collector),
            request: Set(r.request),
            completeness: Set(r.completeness),
            parser: Set(r.parser),
            schema_valid: Set(r.schema_valid),
            status: Set(r.status),
            receipt: Set(r.receipt),
            summary: Set(r.summary),
            ledger_index: Set(r.ledger_index),
        }
    }
}

pub(in crate::store) fn into_row(m: evidence_item::Model) -> Result<EvidenceRow, StoreError> {
    Ok(EvidenceRow {
        id: readable("evidence id", m.id.parse())?,
        sha256: readable("digest", m.sha256.parse())?,
        no: m.no,
        kind: m.kind,
        format: m.format,
        format_version: m.format_version,
        file: m.file,
        bytes: m.bytes.unsigned_abs(),
        stored_bytes: m.stored_bytes.unsigned_abs(),
        subject: m.subject,
        source_id: m.source_id,
        run_id: m.run_id,
        produced_at: m.produced_at.map(UnixMillis),
        observed_at: UnixMillis(m.observed_at),
        collected_at: UnixMillis(m.collected_at),
        received_at: UnixMillis(m.received_at),
        collector: m.collector,
        request: m.request,
        completeness: m.completeness,
        parser: m.parser,
        schema_valid: m.schema_valid,
        status: m.status,
        receipt: m.receipt,
        summary: m.summary,
        ledger_index: m.ledger_index,
    })
}
