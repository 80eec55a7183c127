//! The import receipt: what was read from one file, field by field. A stable contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, EvidenceId};
use crate::evidence::{DecodeError, EvidenceKind};

mod notes;

pub use notes::{Note, Notes};

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// Read and stored.
    Accepted,
    /// The same bytes are already stored for the same kind and subject; seen again.
    Duplicate,
    /// Stored, but not understood or not trusted; closes and proves nothing.
    Quarantined,
}

/// How the file was compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
    /// The .xz format.
    Xz,
    /// A member of a zip archive.
    Zip,
}

/// The serialisation the document was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// RFC 8259.
    Json,
    /// XML 1.0.
    Xml,
    /// Protocol buffers.
    Protobuf,
    /// SPDX tag-value.
    TagValue,
    /// YAML 1.2.
    Yaml,
    /// RDF/XML.
    Rdf,
    /// RFC 4180.
    Csv,
    /// TOML 1.0 (also as front matter of a Markdown file).
    Toml,
    /// One JSON value a line.
    Jsonl,
}

/// What happened to every record of the input: `read = kept + merged + dropped`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Records in the input.
    pub read: u64,
    /// Stored as their own observation.
    pub kept: u64,
    /// Folded into an equal one.
    pub merged: u64,
    /// Left out, each with a warning that says why.
    pub dropped: u64,
}

impl Records {
    /// Whether every record read is accounted for.
    pub const fn balanced(&self) -> bool {
        self.read == self.kept + self.merged + self.dropped
    }
}

/// Figures by key (`components`, `findings`, …); an absent key means 0 or not applicable.
pub type Counts = BTreeMap<String, u64>;

/// Something a reader of the evidence should know; counted per code and path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable kebab-case code, for example `dangling-ref`.
    pub code: String,
    /// JSON pointer, line or member of the first occurrence.
    pub path: String,
    /// How often it occurred.
    pub count: u64,
    /// One sentence for a person.
    pub message: String,
}

/// Why the file was quarantined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable kebab-case code, for example `unknown-format`.
    pub code: String,
    /// Where in the document; empty when it is the document as a whole.
    pub path: String,
    /// What is wrong and how to mend it, in one or two sentences.
    pub message: String,
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        Self { code: error.code.to_owned(), path: error.path, message: error.message }
    }
}

/// The import receipt of one document (`attestry import --json`, API, page). Field names are fixed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The file as given; archive members are `a.zip!/member.json`.
    pub file: String,
    /// Digest of the stored bytes, before decompression.
    pub sha256: Digest,
    /// Size of the file as given, in bytes.
    pub bytes: u64,
    /// How it was compressed, if it was.
    pub compression: Option<Compression>,
    /// What became of it.
    pub status: ReceiptStatus,
    /// What it is evidence of; null when that could not be told.
    pub kind: Option<EvidenceKind>,
    /// The format's name, for example `cyclonedx`.
    pub format: Option<String>,
    /// The format's version as written in the document.
    pub format_version: Option<String>,
    /// The serialisation.
    pub encoding: Option<Encoding>,
    /// Whether the format's rules hold; null until a rule set for the format exists.
    pub schema_valid: Option<bool>,
    /// The stored item; null only when nothing was stored.
    pub evidence_id: Option<EvidenceId>,
    /// What happened to every record.
    pub records: Records,
    /// Figures by key; empty when quarantined.
    pub counts: Counts,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Why it was quarantined; empty otherwise.
    pub errors: Vec<Problem>,
    /// How many secrets were replaced by keyed hashes before the bytes were stored.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redacted: u64,
}

impl Receipt {
    /// A quarantined receipt about which nothing but its bytes is known yet.
    pub fn blank(file: impl Into<String>, sha256: Digest, bytes: u64) -> Self {
        Self {
            file: file.into(),
            sha256,
            bytes,
            compression: None,
            status: ReceiptStatus::Quarantined,
            kind: None,
            format: None,
            format_version: None,
            encoding: None,
            schema_valid: None,
            evidence_id: None,
            records: Records::default(),
            counts: Counts::new(),
            warnings: Vec::new(),
            errors: Vec::new(),
            redacted: 0,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to skip_serializing_if")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}
