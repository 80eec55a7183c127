//! The closed set of evidence kinds, and the three-valued answer sources give.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an evidence item is evidence of. The words are a stable contract (import receipt, API, file names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Software bill of materials.
    Sbom,
    /// Scanner result.
    Scan,
    /// Exploitability statement.
    Vex,
    /// Vulnerability advisories.
    Advisories,
    /// Access list.
    Access,
    /// Signed statement: in-toto, DSSE, provenance.
    Attestation,
    /// Vendor report, contract or certificate.
    Document,
    /// Configuration settings.
    Settings,
    /// Source or deployment changes.
    Changes,
}

impl EvidenceKind {
    /// Every kind, in the order they are shown.
    pub const ALL: [Self; 9] = [
        Self::Sbom,
        Self::Scan,
        Self::Access,
        Self::Document,
        Self::Advisories,
        Self::Changes,
        Self::Vex,
        Self::Attestation,
        Self::Settings,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sbom => "sbom",
            Self::Scan => "scan",
            Self::Vex => "vex",
            Self::Advisories => "advisories",
            Self::Access => "access",
            Self::Attestation => "attestation",
            Self::Document => "document",
            Self::Settings => "settings",
            Self::Changes => "changes",
        }
    }
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The word is no evidence kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is no evidence kind; one of sbom, scan, vex, advisories, access, attestation, document, settings, changes"
)]
pub struct KindError(String);

impl FromStr for EvidenceKind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or_else(|| KindError(text.to_owned()))
    }
}

/// An answer that may be missing: "the system does not say" is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tri {
    /// The source says yes.
    Yes,
    /// The source says no.
    No,
    /// The source does not say.
    Unknown,
}

impl Tri {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}
