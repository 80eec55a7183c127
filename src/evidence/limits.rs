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

    /// One sentence that names the limit, its value and what to do.
    pub fn explain(self, limits: &Limits) -> String {
        let name = self.name();
        match self {
            Self::DocumentBytes => {
                format!("the document is larger than the limit `{name}` of {} bytes", limits.document_bytes)
            }
            Self::ArchiveBytes => {
                format!(
                    "the archive unpacks to more than the limit `{name}` of {} bytes",
                    limits.archive_bytes
                )
            }
            Self::ArchiveMembers => {
                format!("the archive has more files than the limit `{name}` of {}", limits.archive_members)
            }
            Self::Ratio => format!(
                "it unpacks to more than {} times its size (limit `{name}`), as decompression bombs do",
                limits.ratio
            ),
            Self::Depth => format!("values are nested deeper than the limit `{name}` of {}", limits.depth),
        }
    }
}
