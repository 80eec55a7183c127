//! What only some components have, kept apart so that a plain component stays small.

use serde::Serialize;

use crate::evidence::sbom::about::Stamp;
use crate::evidence::sbom::party::Party;

/// The facts of a component that most do not have.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Details {
    /// Every identifier but the first package URL, in document order, each once.
    pub identifiers: Vec<Identifier>,
    /// Who distributes it (CycloneDX `supplier`, SPDX `supplier`).
    pub supplier: Option<Party>,
    /// Who made it (CycloneDX `manufacturer`, SPDX `originator`).
    pub manufacturer: Option<Party>,
    /// Who published it, as written.
    pub publisher: Option<String>,
    /// Who wrote it: CycloneDX `authors` and the deprecated `author`.
    pub authors: Vec<Party>,
    /// Hashes of the component as delivered.
    pub hashes: Vec<Hash>,
    /// References to the outside.
    pub external_references: Vec<ExternalReference>,
    /// Name-value pairs; at most [`Details::MOST_PROPERTIES`], values cut at [`Property::VALUE_BYTES`].
    pub properties: Vec<Property>,
    /// How the component was found.
    pub evidence: Evidence,
    /// Where it comes from. Kept as facts: none of these is a component of the document.
    pub pedigree: Pedigree,
    /// Name of the file it is delivered as (SPDX `packageFileName`, BSI TR-03183-2 `bsi:component:filename`).
    pub file_name: Option<String>,
    /// Media type as written.
    pub mime_type: Option<String>,
    /// Whether only its interface is in the product (CycloneDX 1.7 `isExternal`).
    pub is_external: Option<bool>,
    /// Whether the files in it were looked at (SPDX 2.x `filesAnalyzed`).
    pub files_analysed: Option<bool>,
    /// When it was released (SPDX `releaseDate`, `releaseTime`).
    pub released: Option<Stamp>,
    /// When it was built (SPDX `builtDate`, `builtTime`).
    pub built: Option<Stamp>,
    /// Until when its supplier supports it (SPDX `validUntilDate`, `validUntilTime`).
    pub valid_until: Option<Stamp>,
    /// Range of versions of an external component (CycloneDX 1.7 `versionRange`, vers notation).
    pub version_range: Option<String>,
}

impl Details {
    /// Properties kept of one component.
    pub const MOST_PROPERTIES: usize = 200;

    /// The value of the first property of that name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|property| property.name == name)?.value.as_deref()
    }
}

/// The system an [`Identifier`] belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// Package URL.
    Purl,
    /// Common Platform Enumeration 2.2 or 2.3.
    Cpe,
    /// Software identification tag (ISO/IEC 19770-2): its tag id.
    Swid,
    /// `OmniBOR` artifact id (gitoid).
    Omnibor,
    /// Software Heritage id.
    Swhid,
    /// Any other; SPDX external references of other types.
    Other,
}

/// A name of the component in some system, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identifier {
    /// The system.
    pub kind: IdentifierKind,
    /// The name in it.
    pub value: String,
}

/// A hash as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hash {
    /// The algorithm's name as written, known or not (`SHA-256`).
    pub algorithm: String,
    /// The value as written, usually hexadecimal.
    pub value: String,
}

/// A reference to something outside the document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExternalReference {
    /// Its type as written (`vcs`, `website`, `distribution`, …).
    pub kind: String,
    /// The address as written; any URI, BOM-Links too.
    pub url: String,
    /// A remark.
    pub comment: Option<String>,
    /// Hashes of what is found there.
    pub hashes: Vec<Hash>,
}

/// A name-value pair outside the format's own vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Property {
    /// The name; names may repeat.
    pub name: String,
    /// The value, cut at [`Property::VALUE_BYTES`].
    pub value: Option<String>,
}

impl Property {
    /// How much of a value is kept, in bytes.
    pub const VALUE_BYTES: usize = 4096;
}

/// How a component was found. CycloneDX `evidence`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// What its identity was concluded from.
    pub identities: Vec<IdentityEvidence>,
    /// Where it was found.
    pub occurrences: Vec<Occurrence>,
    /// Licences found in it, as written; found is not concluded.
    pub licences: Vec<crate::evidence::sbom::Licence>,
    /// How many copyright notices were found.
    pub copyrights: u32,
    /// Frames of a call stack that reaches it.
    pub call_frames: u32,
}

impl Evidence {
    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One conclusion on what a component is. CycloneDX `evidence.identity`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IdentityEvidence {
    /// Which field it speaks of (`purl`, `name`, `hash`, …).
    pub field: Option<String>,
    /// How sure it is, 0 to 1.
    pub confidence: Option<f64>,
    /// The value that was concluded.
    pub concluded: Option<String>,
    /// Techniques used (`manifest-analysis`, …).
    pub techniques: Vec<String>,
}

/// A place a component was found in. CycloneDX `evidence.occurrences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Occurrence {
    /// Path or address.
    pub location: String,
    /// Line, counted from 1.
    pub line: Option<u64>,
}

/// Where a component comes from. CycloneDX `pedigree`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pedigree {
    /// What it was made from.
    pub ancestors: Vec<Relative>,
    /// What was made from it.
    pub descendants: Vec<Relative>,
    /// Things with a common ancestor.
    pub variants: Vec<Relative>,
    /// Commits that made the difference: identifier or address.
    pub commits: Vec<String>,
    /// Patches that made the difference.
    pub patches: Vec<Patch>,
    /// A remark.
    pub notes: Option<String>,
}

impl Pedigree {
    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A component another one is related to by descent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Relative {
    /// Type as written.
    pub component_type: Option<String>,
    /// Name, with its group in front when there is one.
    pub name: String,
    /// Version as written.
    pub version: Option<String>,
    /// Package URL as written.
    pub purl: Option<String>,
    /// CPE name as written.
    pub cpe: Option<String>,
}

/// A change made to a component. CycloneDX `pedigree.patches`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Patch {
    /// `unofficial`, `monkey`, `backport`, `cherry-pick` or another word.
    pub kind: Option<String>,
    /// What it resolves: type and identifier (`security`, `CVE-2020-1`).
    pub resolves: Vec<(Option<String>, Option<String>)>,
    /// Where the difference is found.
    pub url: Option<String>,
}
