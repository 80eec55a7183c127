//! Our own small model of a bill of materials, the same for every format it was written in.

use crate::base::{Digest, Severity, UnixMillis};

mod builder;
pub mod cyclonedx;
mod draft;
mod lenient;
mod notes;
pub mod spdx;
mod stream;

/// A software bill of materials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sbom {
    /// Name of the thing described.
    pub name: Option<String>,
    /// Version of the thing described.
    pub version: Option<String>,
    /// Serial number or document namespace.
    pub serial: Option<String>,
    /// When the tool says it was made.
    pub produced_at: Option<UnixMillis>,
    /// Tools that made it, as `name version`.
    pub tools: Vec<String>,
    /// Every distinct component, nested ones flattened, in document order; equal ones are merged into the first.
    pub components: Vec<Component>,
    /// Distinct edges (dependent, dependency) as indices into `components`, sorted; `None` is the described thing
    /// itself. Where an SPDX document describes several packages, each is a dependency of `None`.
    pub dependencies: Vec<(Option<u32>, u32)>,
    /// Vulnerabilities stated inside the document.
    pub vulnerabilities: Vec<StatedVulnerability>,
}

/// One component of a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Stable identity: hash of the canonical purl with qualifiers (and the version where the purl names none), else
    /// of type, name with group, and version, else of everything known of it. Never of its place in the document.
    pub identity: Digest,
    /// The document's own reference (bom-ref, SPDXID), if it has one; of merged components the first one's.
    pub reference: Option<String>,
    /// Component type as written (`library`, `application`, …).
    pub component_type: Option<String>,
    /// Name, with its group or namespace in front when there is one; empty when the document gives none.
    pub name: String,
    /// Version as written.
    pub version: Option<String>,
    /// Package URL as written.
    pub purl: Option<String>,
    /// Canonical package URL without qualifiers and subpath; `None` when absent or unreadable.
    pub purl_key: Option<String>,
    /// Supplier, manufacturer or publisher.
    pub supplier: Option<String>,
    /// Licences as written, each identifier, name or expression.
    pub licences: Vec<String>,
    /// Index of the component it is nested in.
    pub parent: Option<u32>,
}

/// A vulnerability the document itself states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedVulnerability {
    /// Identifier as written.
    pub id: String,
    /// Worst stated severity.
    pub severity: Severity,
    /// Analysis state as written, if any.
    pub state: Option<String>,
    /// References it affects; those of merged components are written as the kept one's.
    pub affects: Vec<String>,
}
