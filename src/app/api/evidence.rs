//! Evidence for programs: items, receipts, uploads, withdrawals.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::api::{Page, instant, known};
use crate::app::identity::Actor;
use crate::app::{App, Error, Handed, Turned, Uploads, Verdict};
use crate::base::{EvidenceId, ListQuery, UnixMillis, WithdrawalId};
use crate::evidence::{EvidenceKind, Receipt};
use crate::store::{EvidenceLine, EvidenceRow, WithdrawalState};

/// An evidence item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceRecord {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// File name as given.
    pub file: String,
    /// What it is evidence of, when that could be told.
    pub kind: Option<String>,
    /// The format's name.
    pub format: Option<String>,
    /// The format's version as written.
    pub format_version: Option<String>,
    /// What it is about: `asset:KEY`, `vendor:KEY` or `feed:KEY`.
    pub subject: Option<String>,
    /// `accepted`, `quarantined` or `withdrawn`.
    pub status: String,
    /// Whether somebody asked to withdraw it and nobody decided yet.
    pub withdrawal_asked: bool,
    /// When it was collected.
    #[schema(format = DateTime)]
    pub collected_at: String,
    /// When it was recorded here.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// Name of the source; null for an upload. Given in lists.
    pub source: Option<String>,
    /// Size of the stored bytes.
    pub bytes: u64,
    /// SHA-256 of the stored bytes, in hexadecimal.
    pub sha256: String,
    /// Index of its ledger entry.
    pub ledger_index: u64,
}

/// What happened to every record of a file: `read = kept + merged + dropped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordCounts {
    /// Records in the input.
    pub read: u64,
    /// Stored.
    pub kept: u64,
    /// Folded into an equal one.
    pub merged: u64,
    /// Left out, each with a warning.
    pub dropped: u64,
}

/// A warning, or the reason for quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteRecord {
    /// Stable word.
    pub code: String,
    /// Where in the document; empty for the whole of it.
    pub path: String,
    /// How often; absent for a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// One or two sentences.
    pub message: String,
}

/// The import receipt of one document.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReceiptRecord {
    /// The file as given; members of an archive are `a.zip!/member.json`.
    pub file: String,
    /// SHA-256 of the stored bytes, in hexadecimal.
    pub sha256: String,
    /// Size of the file as given.
    pub bytes: u64,
    /// How it was compressed.
    pub compression: Option<String>,
    /// `accepted`, `duplicate` or `quarantined`.
    pub status: String,
    /// What it is evidence of.
    pub kind: Option<String>,
    /// The format's name.
    pub format: Option<String>,
    /// The format's version as written.
    pub format_version: Option<String>,
    /// How it is written.
    pub encoding: Option<String>,
    /// Whether the format's rules hold; null until there is a rule set for it.
    pub schema_valid: Option<bool>,
    /// The stored item.
    #[schema(format = "uuid")]
    pub evidence_id: Option<String>,
    /// What happened to every record.
    pub records: RecordCounts,
    /// Figures by key; an absent key means 0 or not applicable.
    pub counts: BTreeMap<String, u64>,
    /// What a reader should know.
    pub warnings: Vec<NoteRecord>,
    /// Why it was quarantined.
    pub errors: Vec<NoteRecord>,
    /// Secrets replaced before the bytes were stored.
    pub redacted: u64,
}

/// A file that is handed in by a program.
#[derive(Debug, Clone, Default)]
pub struct Handing {
    /// Its name.
    pub file: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Key of the asset it is about; empty for none.
    pub asset: String,
    /// The kind it must be of; empty for any.
    pub kind: String,
}

/// A request to withdraw an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WithdrawalAsked {
    /// The request: somebody else decides on it.
    #[schema(format = "uuid")]
    pub id: String,
    /// The item.
    #[schema(format = "uuid")]
    pub evidence_id: String,
}

/// A requirement whose verdict changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequirementTurn {
    /// Framework.
    pub framework: String,
    /// Requirement.
    pub requirement: String,
}

/// A decision on a request to withdraw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WithdrawalDecided {
    /// The item.
    #[schema(format = "uuid")]
    pub evidence_id: String,
    /// Requirements whose verdict changed.
    pub changed: Vec<RequirementTurn>,
}

impl App {
    /// A page of evidence as it was at an instant.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_evidence(
        &self,
        query: &ListQuery,
        at: Option<UnixMillis>,
    ) -> Result<Page<EvidenceRecord>, Error> {
        let listed = self.store.evidence_page(query, at.unwrap_or_else(|| self.now())).await?;
        Ok(listed.map(of_line).into())
    }

    /// One item.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_evidence_item(&self, id: EvidenceId) -> Result<EvidenceRecord, Error> {
        let row = self.api_row(id).await?;
        let withdrawals = self.store.withdrawal_of_item(row.no).await?;
        let is = |state| withdrawals.iter().any(|w| w.state == state);
        let (withdrawn, asked) = (is(WithdrawalState::Withdrawn), is(WithdrawalState::Asked));
        let source = match &row.source_id {
            Some(id) => self.store.source_get(id).await?.map(|s| s.name),
            None => None,
        };
        Ok(EvidenceRecord {
            id: id.to_string(),
            file: row.file,
            kind: known(&row.kind),
            format: known(&row.format),
            format_version: row.format_version,
            subject: known(&row.subject),
            status: if withdrawn { "withdrawn".to_owned() } else { row.status },
            withdrawal_asked: asked,
            collected_at: instant(row.collected_at),
            received_at: instant(row.received_at),
            source,
            bytes: row.stored_bytes,
            sha256: row.sha256.to_hex(),
            ledger_index: row.ledger_index.unsigned_abs(),
        })
    }

    /// The receipt of an item.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_receipt(&self, id: EvidenceId) -> Result<ReceiptRecord, Error> {
        let row = self.api_row(id).await?;
        let receipt: Receipt = serde_json::from_str(&row.receipt)
            .map_err(|e| Error::integrity(format!("the receipt of {id} cannot be read")).caused_by(e))?;
        Ok(ReceiptRecord::from(&receipt))
    }

    async fn api_row(&self, id: EvidenceId) -> Result<EvidenceRow, Error> {
        let row = self.store.evidence_get(id).await?;
        row.ok_or_else(|| Error::not_found("there is no such evidence item"))
    }

    /// Imports a file, evaluates, and gives its receipts: several for an archive.
    ///
    /// # Errors
    /// When asset or kind cannot be, or database or blob store fail.
    pub async fn api_upload(&self, actor: &Actor, file: &Handing) -> Result<Vec<ReceiptRecord>, Error> {
        let sent = Uploads {
            files: vec![Handed { name: file.file.clone(), bytes: file.bytes.clone() }],
            asset: file.asset.clone(),
            other_asset: String::new(),
            kind: file.kind.clone(),
        };
        let receipts = self.take_in(actor, &sent).await?;
        self.evaluate_and_tell().await?;
        Ok(receipts.iter().map(ReceiptRecord::from).collect())
    }

    /// Asks that an item be withdrawn.
    ///
    /// # Errors
    /// As [`App::withdrawal_ask`].
    pub async fn api_withdrawal_ask(
        &self,
        actor: &Actor,
        id: EvidenceId,
        reason: &str,
    ) -> Result<WithdrawalAsked, Error> {
        let asked = self.withdrawal_ask(actor, id, reason).await?;
        Ok(WithdrawalAsked { id: asked.to_string(), evidence_id: id.to_string() })
    }

    /// Decides on a request somebody else made.
    ///
    /// # Errors
    /// As [`App::withdrawal_decide`].
    pub async fn api_withdrawal_decide(
        &self,
        actor: &Actor,
        id: WithdrawalId,
        decision: (Verdict, &str),
    ) -> Result<WithdrawalDecided, Error> {
        let decided = self.withdrawal_decide(actor, id, decision).await?;
        Ok(WithdrawalDecided {
            evidence_id: decided.evidence.to_string(),
            changed: decided.turned.iter().map(turn).collect(),
        })
    }
}

fn turn(turned: &Turned) -> RequirementTurn {
    RequirementTurn { framework: turned.framework.clone(), requirement: turned.id.clone() }
}

fn of_line(line: EvidenceLine) -> EvidenceRecord {
    EvidenceRecord {
        id: line.id.to_string(),
        kind: known(&line.kind),
        format: known(&line.format),
        subject: known(&line.subject),
        source: known(&line.source),
        file: line.file,
        format_version: line.format_version,
        status: line.status,
        withdrawal_asked: line.is_asked,
        collected_at: instant(line.collected_at),
        received_at: instant(line.received_at),
        bytes: line.bytes,
        sha256: line.sha256.to_hex(),
        ledger_index: line.ledger_index.unsigned_abs(),
    }
}

/// The word an enum of a receipt is written as.
fn word<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

impl From<&Receipt> for ReceiptRecord {
    fn from(receipt: &Receipt) -> Self {
        let records = receipt.records;
        let note = |code: &str, path: &str, (count, message): (Option<u64>, &str)| NoteRecord {
            code: code.to_owned(),
            path: path.to_owned(),
            count,
            message: message.to_owned(),
        };
        Self {
            file: receipt.file.clone(),
            sha256: receipt.sha256.to_hex(),
            bytes: receipt.bytes,
            compression: word(&receipt.compression),
            status: word(&receipt.status).unwrap_or_default(),
            kind: receipt.kind.map(|kind: EvidenceKind| kind.as_str().to_owned()),
            format: receipt.format.clone(),
            format_version: receipt.format_version.clone(),
            encoding: word(&receipt.encoding),
            schema_valid: receipt.schema_valid,
            evidence_id: receipt.evidence_id.map(|id| id.to_string()),
            records: RecordCounts {
                read: records.read,
                kept: records.kept,
                merged: records.merged,
                dropped: records.dropped,
            },
            counts: receipt.counts.clone(),
            warnings: receipt
                .warnings
                .iter()
                .map(|w| note(&w.code, &w.path, (Some(w.count), &w.message)))
                .collect(),
            errors: receipt.errors.iter().map(|e| note(&e.code, &e.path, (None, &e.message))).collect(),
            redacted: receipt.redacted,
        }
    }
}
