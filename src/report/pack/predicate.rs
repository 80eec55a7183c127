//! What the ledger entry of an evidence item says, word for word, also in a pack's manifest.

use serde::{Deserialize, Serialize};

use crate::base::{Digest, EvidenceId, UnixMillis};
use crate::evidence::ReceiptStatus;
use crate::ledger::statement::{PredicateKind, Statement, StatementError, Subject};

/// The predicate of an `evidence` statement: everything that is claimed about one file.
///
/// The order of the fields is the order of the signed bytes, and an absent value is written as `null`; a change here
/// is a new predicate version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidencePredicate {
    /// The evidence item.
    pub id: EvidenceId,
    /// What it is evidence of; `unknown` when that could not be told.
    pub kind: String,
    /// Its format (`cyclonedx`); `unknown` when that could not be told.
    pub format: String,
    /// The format's version as written in the document.
    pub format_version: Option<String>,
    /// The file as given; also the name of the statement's subject.
    pub file: String,
    /// The asset or vendor it is about.
    pub subject: String,
    /// Size of the stored bytes.
    pub bytes: u64,
    /// Where it was collected from; `None` when a person uploaded it.
    pub source: Option<String>,
    /// When the tool says it produced the document.
    pub produced_at: Option<UnixMillis>,
    /// Start of the interval it speaks for.
    pub observed_from: UnixMillis,
    /// End of the interval it speaks for.
    pub observed_at: UnixMillis,
    /// When it was collected.
    pub collected_at: UnixMillis,
    /// When it was stored.
    pub received_at: UnixMillis,
    /// What became of it on import.
    pub status: ReceiptStatus,
    /// `proven`, `partial`, `failed` or `unknown`.
    pub completeness: String,
    /// What collected it, with its version.
    pub collector: String,
    /// What read it, with its version.
    pub parser: String,
    /// Digest of the stored import receipt.
    pub receipt_sha256: Digest,
}

impl EvidencePredicate {
    /// The statement that goes into the ledger; its one subject is the file with its stored bytes.
    ///
    /// A pack's verifier rebuilds this very statement from the manifest and asks for the same bytes.
    ///
    /// # Errors
    /// Never for a predicate that is one; the type is that of [`Statement::new`].
    pub fn statement(&self, sha256: Digest) -> Result<Statement, StatementError> {
        let subject = Subject { name: self.file.clone(), sha256 };
        Statement::new(PredicateKind::Evidence, vec![subject], self)
    }
}
