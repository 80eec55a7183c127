//! What a pack is made of: facts and finished pages from the caller, bytes and proofs fetched one at a time.

use std::error::Error;

use super::manifest::PackMode;
use super::predicate::EvidencePredicate;
use crate::base::Digest;
use crate::controls::{Evaluation, Facts, RequirementStatus, SourceFile};
use crate::evidence::ReceiptStatus;
use crate::ledger::key::SigningKey;
use crate::ledger::note::VerifierKey;

/// Everything a pack is made of except the bytes of [`PackData`].
#[derive(Debug, Clone, Copy)]
pub struct PackInput<'a> {
    /// Whose pack it is.
    pub organisation: &'a str,
    /// The installation that makes it.
    pub installation: &'a str,
    /// Whether the data is sample data.
    pub sample: bool,
    /// What it is about in time.
    pub mode: PackMode,
    /// Framework ids.
    pub frameworks: &'a [String],
    /// Rendered pages by path: `README.html`, `report.html`, `controls/<framework>/<id>/control.html`.
    pub pages: &'a [PackFile],
    /// Evidence items, quarantined ones too.
    pub items: &'a [PackItem],
    /// Which requirement rests on which item.
    pub links: &'a [EvidenceLink],
    /// Requirements whose evidence is not enough.
    pub gaps: &'a [Gap],
    /// What is needed to recompute every verdict.
    pub replay: ReplayInput<'a>,
    /// The population of each test.
    pub populations: &'a [PopulationTable],
    /// Further files by path (`vendors/acme.json`).
    pub files: &'a [PackFile],
    /// The audit log, one JSON object a line; empty when there is none.
    pub audit_log: &'a [String],
    /// Checkpoint, keys and proof of consistency.
    pub ledger: LedgerInput<'a>,
}

/// What a pack takes from the ledger.
#[derive(Debug, Clone, Copy)]
pub struct LedgerInput<'a> {
    /// The signed note of the first checkpoint that covers the last item **and** the last key change.
    pub checkpoint: &'a str,
    /// The key that signed it, under the log's name.
    pub key: &'a VerifierKey,
    /// The same key, to sign the manifest.
    pub signer: &'a SigningKey,
    /// How the key came to be the log's key; `None` while the log's first key is in use.
    pub rotation: Option<KeyRotation<'a>>,
    /// An earlier checkpoint that this one extends, such as the one at the start of the period.
    pub earlier: Option<EarlierCheckpoint<'a>>,
}

/// The way from the log's first key to its present one.
#[derive(Debug, Clone, Copy)]
pub struct KeyRotation<'a> {
    /// The log's first key.
    pub first: &'a VerifierKey,
    /// Ledger indexes of every `key-change` entry.
    pub changes: &'a [u64],
}

/// A checkpoint that the pack's one extends.
#[derive(Debug, Clone, Copy)]
pub struct EarlierCheckpoint<'a> {
    /// Its signed note.
    pub note: &'a str,
    /// The consistency proof from it to the pack's checkpoint.
    pub proof: &'a [Digest],
}

/// One file with its path from the pack's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// The path.
    pub path: String,
    /// The content.
    pub text: String,
}

/// One evidence item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackItem {
    /// Where its entry stands in the ledger.
    pub ledger_index: u64,
    /// Digest of its stored bytes.
    pub sha256: Digest,
    /// Why it was quarantined.
    pub reason: Option<String>,
    /// What its ledger entry says.
    pub statement: EvidencePredicate,
    /// The stored import receipt, exactly the bytes that `statement.receipt_sha256` is of.
    pub receipt: Option<String>,
}

impl PackItem {
    /// Whether it proves nothing.
    pub fn is_quarantined(&self) -> bool {
        self.statement.status == ReceiptStatus::Quarantined
    }
}

/// A requirement rests on an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidenceLink {
    /// Framework id.
    pub framework: String,
    /// Requirement id.
    pub requirement: String,
    /// Id of the evidence item.
    pub evidence: String,
}

/// A requirement whose evidence is not enough, or is somebody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Framework id.
    pub framework: String,
    /// Requirement id.
    pub requirement: String,
    /// Its status.
    pub status: RequirementStatus,
    /// Why.
    pub reason: String,
    /// Tests that speak for it.
    pub tests: Vec<String>,
    /// What to do about it.
    pub what_to_do: String,
}

/// What is needed to recompute every verdict.
#[derive(Debug, Clone, Copy)]
pub struct ReplayInput<'a> {
    /// Frameworks and tests as loaded.
    pub definitions: &'a [SourceFile],
    /// The normalised inputs.
    pub facts: &'a Facts,
    /// The verdicts.
    pub evaluation: &'a Evaluation,
    /// The limit for advisory feeds that they were made with.
    pub feed_max_age_hours: u32,
    /// Vendor scores; `None` when there are no vendors.
    pub scores: Option<ScoreFiles<'a>>,
}

/// Vendor scores with what they were computed from, as opaque texts.
#[derive(Debug, Clone, Copy)]
pub struct ScoreFiles<'a> {
    /// The rule set (YAML).
    pub rules: &'a str,
    /// The facts (JSON).
    pub facts: &'a str,
    /// The scores (JSON).
    pub scores: &'a str,
}

/// Everybody a test had to cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationTable {
    /// The test's id.
    pub test: String,
    /// Column names.
    pub heading: Vec<String>,
    /// One row per subject.
    pub rows: Vec<Vec<String>>,
}

/// Why bytes or a proof could not be had.
pub type FetchError = Box<dyn Error + Send + Sync>;

/// Where a pack's bytes come from, one at a time, so that memory stays bounded by the largest of them.
///
/// Each envelope and proof is asked for three times: to check it, to list it, to write it.
pub trait PackData {
    /// The stored bytes with that digest.
    ///
    /// # Errors
    /// When they are not to be had.
    fn blob(&mut self, sha256: &Digest) -> Result<Vec<u8>, FetchError>;

    /// The exact bytes of the ledger entry at that index.
    ///
    /// # Errors
    /// When they are not to be had.
    fn envelope(&mut self, index: u64) -> Result<Vec<u8>, FetchError>;

    /// The inclusion proof of that entry in the log of `size` entries.
    ///
    /// # Errors
    /// When it cannot be made.
    fn proof(&mut self, index: u64, size: u64) -> Result<Vec<Digest>, FetchError>;
}
