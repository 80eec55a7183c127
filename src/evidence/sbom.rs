//! Our own small model of a bill of materials, the same for every format it was written in.

use serde::Serialize;

use crate::base::UnixMillis;

mod about;
mod builder;
mod component;
pub mod cyclonedx;
mod details;
mod draft;
mod lenient;
mod licence;
mod notes;
mod party;
pub mod purl;
mod semantic;
pub mod spdx;
mod stream;
mod vulnerability;

pub use about::{About, Composition, DataFlow, ExternalDocument, Lifecycle, Service, Stamp};
pub use component::{Component, Scope};
pub use details::{
    Details, Evidence, ExternalReference, Hash, Identifier, IdentifierKind, IdentityEvidence, Occurrence,
    Patch, Pedigree, Property, Relative,
};
pub use licence::{Licence, LicenceKind, LicenceRole};
pub use party::{Contact, Party, PartyKind};
pub use vulnerability::{
    Affected, AffectedVersion, Analysis, Rating, RelatedVulnerability, Source, StatedAdvisory,
    StatedVulnerability,
};

/// A software bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    /// What the document says of itself.
    pub about: About,
    /// The thing described, whole; `None` when the document does not say. Its identity follows the same rules as a
    /// component's; where it is also listed as a component, that one stays in `components`.
    pub root: Option<Box<Component>>,
    /// Every distinct component, nested ones flattened, in document order; equal ones are merged into the first.
    pub components: Vec<Component>,
    /// Distinct edges (dependent, dependency) as indices into `components`, sorted; `None` is the described thing
    /// itself. Where an SPDX document describes several packages, each is a dependency of `None`.
    pub dependencies: Vec<(Option<u32>, u32)>,
    /// Further nesting of merged components (outer, inner) as indices into `components`, sorted: what
    /// [`Component::parent`] says of the first one, this says of the others.
    pub nestings: Vec<(Option<u32>, u32)>,
    /// Vulnerabilities stated inside the document.
    pub vulnerabilities: Vec<StatedVulnerability>,
}
