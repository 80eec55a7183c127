//! Bounds on what an importer will read: size, depth, ratio, members.

use serde::{Deserialize, Serialize};

/// The limits one import runs under. Every one is checked while reading, never after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one document, as given and after decompression.
    pub document_bytes: u64,
    /// Bytes all members of one archive may have together after decompression.
    pub archive_bytes: u64,
    /// Members of one archive.
    pub archive_members: u32,
    /// Decompressed bytes per compressed byte, checked once more than 1 MiB came out.
    pub ratio: u32,
    /// Nesting depth of JSON, YAML and XML.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 256 * 1024 * 1024,
            archive_bytes: 512 * 1024 * 1024,
            archive_members: 10_000,
            ratio: 200,
            depth: 128,
        }
    }
}

/// Which limit was exceeded. The name appears in receipts and in HTTP 413 answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Limits::document_bytes`].
    DocumentBytes,
    /// [`Limits::archive_bytes`].
    ArchiveBytes,
    /// [`Limits::archive_members`].
    ArchiveMembers,
    /// [`Limits::ratio`].
    Ratio,
    /// [`Limits::depth`].
    Depth,
}

impl Limit {
    /// The configuration key of the limit.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DocumentBytes => "document_bytes",
            Self::ArchiveBytes => "archive_bytes",
            Self::ArchiveMembers => "archive_members",
            Self::Ratio => "ratio",
            Self::Depth => "depth",
        }
    }
}
